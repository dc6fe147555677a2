//! The figures as Markdown.

use crate::slice::Slice;
use std::time::Duration;

pub const HEAD: &str = "\
| work | clients | floor req/s | ours req/s | ratio | floor p50 ms | ours p50 ms | floor p99 ms | ours p99 ms |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |";

/// The table of the project's README.
pub const SHORT_HEAD: &str = "\
| work | clients | ours, requests/s | p50 ms | p99 ms | ratio |
| --- | ---: | ---: | ---: | ---: | ---: |";

/// All rounds of one workload.
pub struct Measured {
    pub clients: usize,
    /// The middle one of the rounds' ratios.
    pub ratio: f64,
    pub floors: Vec<Slice>,
    pub ours: Vec<Slice>,
}

impl Measured {
    /// A row below [`SHORT_HEAD`].
    pub fn short_row(&self, name: &str) -> String {
        let times = Times::of(&self.ours);
        format!(
            "| {name} | {} | {} | {} | {} | {} |",
            self.clients,
            speed(&self.ours),
            times.share(50),
            times.share(99),
            ratio(self.ratio)
        )
    }

    /// A row below [`HEAD`].
    pub fn row(&self, name: &str) -> String {
        let (floor, ours) = (Times::of(&self.floors), Times::of(&self.ours));
        format!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.clients,
            speed(&self.floors),
            speed(&self.ours),
            ratio(self.ratio),
            floor.share(50),
            ours.share(50),
            floor.share(99),
            ours.share(99),
        )
    }
}

/// Requests per second in the middle one of the rounds.
fn speed(slices: &[Slice]) -> String {
    number(median(slices.iter().map(Slice::per_second).collect()))
}

/// All answer times of all rounds, sorted.
struct Times(Vec<Duration>);

impl Times {
    fn of(slices: &[Slice]) -> Times {
        let mut times: Vec<Duration> = slices.iter().flat_map(|slice| slice.latencies.iter().copied()).collect();
        times.sort_unstable();
        Times(times)
    }

    fn share(&self, percent: usize) -> String {
        let Some(last) = self.0.len().checked_sub(1) else { return "-".to_owned() };
        number(self.0[last * percent / 100].as_secs_f64() * 1000.0)
    }
}

/// A line of the second table; `ratio` is ours to the floor's, whichever way is better.
pub fn fact(name: &str, unit: &str, floor: f64, ours: f64) -> String {
    format!("| {name} | {unit} | {} | {} | {} |", number(floor), number(ours), ratio(ours / floor))
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match (values.len() / 2, values.len() % 2) {
        (0, 0) => f64::NAN,
        (middle, 0) => (values[middle - 1] + values[middle]) / 2.0,
        (middle, _) => values[middle],
    }
}

fn ratio(ratio: f64) -> String {
    if ratio < 0.1 { format!("{ratio:.3}") } else { format!("{ratio:.2}") }
}

/// About three digits that mean something, and a comma for each thousand.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => {
            let digits = format!("{value:.0}");
            let mut out = String::new();
            for (place, digit) in digits.chars().enumerate() {
                if place > 0 && (digits.len() - place).is_multiple_of(3) {
                    out.push(',');
                }
                out.push(digit);
            }
            out
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_grouped() {
        let shown: Vec<String> = [0.123, 45.67, 999.6, 30_456.2].into_iter().map(number).collect();
        assert_eq!(shown, ["0.12", "45.7", "1,000", "30,456"]);
        assert_eq!((ratio(0.0123), ratio(1.5)), ("0.012".to_owned(), "1.50".to_owned()));
    }

    #[test]
    fn percentiles_are_over_all_rounds() {
        let slice =
            |from: u64| Slice { latencies: (from..from + 50).map(Duration::from_millis).collect(), ..Slice::default() };
        let times = Times::of(&[slice(51), slice(1)]);
        assert_eq!((times.share(50), times.share(99)), ("50.0".to_owned(), "99.0".to_owned()));
    }
}
