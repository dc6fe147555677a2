//! The sum of doubles: as SQLite's `sum`, by the algorithm of Kahan, Babuška and Neumaier, so that what it adds up and
//! what is added up here agree to the last digit.

/// A sum in the making.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Sum {
    sum: f64,
    /// What the additions before have lost.
    lost: f64,
    count: u64,
}

impl Sum {
    /// Adds a number.
    pub fn add(&mut self, number: f64) {
        let total = self.sum + number;
        self.lost +=
            if self.sum.abs() > number.abs() { (self.sum - total) + number } else { (number - total) + self.sum };
        self.sum = total;
        self.count += 1;
    }

    /// How many numbers were added.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The sum, 0 of nothing; none when it is not finite.
    pub fn total(&self) -> Option<f64> {
        let total = if self.lost.is_finite() { self.sum + self.lost } else { self.sum };
        // -0 is 0.
        total.is_finite().then_some(total + 0.0)
    }

    /// The average; none of nothing, and when the sum is not finite.
    pub fn average(&self) -> Option<f64> {
        if self.count == 0 { None } else { self.total().map(|total| total / self.count as f64 + 0.0) }
    }
}

impl Extend<f64> for Sum {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, numbers: I) {
        numbers.into_iter().for_each(|number| self.add(number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(numbers: &[f64]) -> Sum {
        let mut sum = Sum::default();
        sum.extend(numbers.iter().copied());
        sum
    }

    #[test]
    fn what_additions_lose_is_added_in_the_end() {
        assert_eq!(sum(&[0.1; 10]).total(), Some(1.0));
        assert_eq!(sum(&[1e300, 1.0, -1e300]).total(), Some(1.0));
        assert_eq!(sum(&[1.0, 2.0, 6.0]).average(), Some(3.0));
    }

    #[test]
    fn nothing_adds_up_to_zero_and_has_no_average() {
        assert_eq!((sum(&[]).total(), sum(&[]).average()), (Some(0.0), None));
    }

    #[test]
    fn a_sum_beyond_all_doubles_is_none() {
        assert_eq!(sum(&[f64::MAX, f64::MAX]).total(), None);
        assert_eq!(sum(&[f64::MAX, f64::MAX]).average(), None);
    }
}
