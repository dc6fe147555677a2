//! Ranks: places among siblings as text, so that a record moves by writing one cell.
//!
//! A rank is a fraction between 0 and 1 in base 62, its digits `0-9A-Za-z` in ASCII order, without the leading "0."
//! and never with a zero at its end. There is always a rank between two others.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LAST: u8 = 61;
/// Longest rank that [`short_between`] gives.
const LONGEST: usize = 64;

/// A rank strictly between two others; none is an open end. At an open end ranks grow by a few digits in a million
/// steps. When `low` is not below `high`, `high` is passed over.
pub fn between(low: Option<&str>, high: Option<&str>) -> String {
    let low = low.map(read).filter(|digits| !digits.is_empty());
    let high = high.map(read).filter(|digits| !digits.is_empty() && low.as_ref().is_none_or(|low| low < digits));
    let digits = match (low, high) {
        (None, None) => vec![31],
        (Some(low), None) => after(&low),
        (None, Some(high)) => before(&high),
        (Some(low), Some(high)) => middle(&low, &high),
    };
    write(&digits)
}

/// As [`between`]; none when the two are not in order or the rank would be long: it is time to [`spread`] them.
pub fn short_between(low: Option<&str>, high: Option<&str>) -> Option<String> {
    if low.zip(high).is_some_and(|(low, high)| low >= high) {
        return None;
    }
    Some(between(low, high)).filter(|rank| rank.len() <= LONGEST)
}

/// `count` ranks in ascending order, evenly spaced and as short as that allows.
pub fn spread(count: usize) -> Vec<String> {
    let parts = count as u128 + 1;
    let (mut width, mut span) = (1, 62u128);
    // Room for as many again, so that the first records put between them stay short too.
    while span < parts * 2 {
        width += 1;
        span *= 62;
    }
    let mut ranks = Vec::with_capacity(count);
    for i in 1..parts {
        let mut number = i * span / parts;
        let mut digits = vec![0; width];
        for digit in digits.iter_mut().rev() {
            *digit = (number % 62) as u8;
            number /= 62;
        }
        trim(&mut digits);
        ranks.push(write(&digits));
    }
    ranks
}

// At an open end a rank is a run of r end digits (z at the top, 0 at the bottom) and a counter of 1 + 2r digits.
// The counter steps; when it is exhausted the run grows by one. So n steps take about log n digits.

/// A short rank above `low`.
fn after(low: &[u8]) -> Vec<u8> {
    let run = low.iter().take_while(|d| **d == LAST).count();
    let width = run + counter_width(run);
    let mut digits: Vec<u8> = low.iter().copied().chain(std::iter::repeat(0)).take(width).collect();
    loop {
        // The first digit of the counter is not the last one, so the step never runs out of the front.
        for digit in digits.iter_mut().rev() {
            if *digit < LAST {
                *digit += 1;
                break;
            }
            *digit = 0;
        }
        if digits.ends_with(&[0]) && digits[run] != LAST {
            continue;
        }
        break;
    }
    if digits[run] == LAST {
        digits = vec![LAST; run + 1];
        digits.extend(std::iter::repeat_n(0, counter_width(run + 1) - 1));
        digits.push(1);
    }
    digits
}

/// A short rank below `high`.
fn before(high: &[u8]) -> Vec<u8> {
    let run = high.iter().take_while(|d| **d == 0).count();
    let width = run + counter_width(run);
    let mut digits: Vec<u8> = high.iter().copied().chain(std::iter::repeat(0)).take(width).collect();
    let is_cut = high.len() > width;
    while !is_cut && digits == padded(high, width) || digits.ends_with(&[0]) {
        for digit in digits.iter_mut().rev() {
            if *digit > 0 {
                *digit -= 1;
                break;
            }
            *digit = LAST;
        }
        if digits[run] == 0 {
            digits = vec![0; run + 1];
            digits.extend(std::iter::repeat_n(LAST, counter_width(run + 1)));
            break;
        }
    }
    digits
}

fn counter_width(run: usize) -> usize {
    1 + 2 * run.min(8)
}

fn padded(digits: &[u8], width: usize) -> Vec<u8> {
    digits.iter().copied().chain(std::iter::repeat(0)).take(width).collect()
}

/// A rank between two where `low < high`: the digits they share, then the middle of the first that differ.
fn middle(low: &[u8], high: &[u8]) -> Vec<u8> {
    let shared = low.iter().zip(high).take_while(|(l, h)| l == h).count();
    let mut digits = low[..shared].to_vec();
    let (low, high) = (&low[shared..], &high[shared..]);
    match (low, high) {
        // Just above `low`: the same slow growth as at an open end, when all goes in at one place.
        ([], _) => digits.extend(before(high)),
        ([l, ..], [h, ..]) if h - l > 1 => digits.push((l + h) / 2),
        // Neighbours, but the higher one goes on: its head alone lies between.
        ([_, ..], [h, _, ..]) => digits.push(*h),
        // Neighbours: anything that starts like the lower one and lies above the rest of it.
        ([l, rest @ ..], _) => {
            digits.push(*l);
            digits.extend(if rest.is_empty() { vec![31] } else { after(rest) });
        }
    }
    digits
}

/// The digits of a rank. Bytes of no digit count as the nearest one, so that a foreign rank does no harm.
fn read(rank: &str) -> Vec<u8> {
    let mut digits: Vec<u8> =
        rank.bytes().map(|b| DIGITS.partition_point(|d| *d < b).min(LAST as usize) as u8).collect();
    trim(&mut digits);
    digits
}

fn write(digits: &[u8]) -> String {
    digits.iter().map(|d| DIGITS[*d as usize] as char).collect()
}

/// Takes the zeros off the end.
fn trim(digits: &mut Vec<u8>) {
    while digits.last() == Some(&0) {
        digits.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_between(low: Option<&str>, rank: &str, high: Option<&str>) -> bool {
        !rank.is_empty() && !rank.ends_with('0') && low.is_none_or(|l| l < rank) && high.is_none_or(|h| rank < h)
    }

    #[test]
    fn a_rank_lies_strictly_between_two_others() {
        let cases = [
            (None, None),
            (Some("V"), None),
            (None, Some("V")),
            (Some("z"), None),
            (Some("zzz"), None),
            (None, Some("1")),
            (None, Some("0001")),
            (Some("V"), Some("W")),
            (Some("V"), Some("V1")),
            (Some("V"), Some("V0001")),
            (Some("Vzzz"), Some("W")),
            (Some("Vzz"), Some("W001")),
        ];
        for (low, high) in cases {
            let rank = between(low, high);
            assert!(is_between(low, &rank, high), "{low:?} {rank} {high:?}");
        }
    }

    #[test]
    fn ranks_stay_short_when_all_goes_in_at_one_place() {
        let (mut last, mut first) = (between(None, None), between(None, None));
        let (mut above, mut below) = ("W".to_owned(), "V".to_owned());
        for _ in 0..50_000 {
            let next = between(Some(&last), None);
            assert!(is_between(Some(&last), &next, None));
            last = next;
            let next = between(None, Some(&first));
            assert!(is_between(None, &next, Some(&first)));
            first = next;
            let next = between(Some("V"), Some(&above));
            assert!(is_between(Some("V"), &next, Some(&above)));
            above = next;
            let next = between(Some(&below), Some("W"));
            assert!(is_between(Some(&below), &next, Some("W")));
            below = next;
        }
        assert!(last.len() <= 4 && first.len() <= 4, "{last} {first}");
        assert!(above.len() <= 8 && below.len() <= 8, "{above} {below}");
    }

    #[test]
    fn a_spread_is_ascending_even_and_short() {
        for count in [0, 1, 2, 30, 61, 1000, 100_000] {
            let ranks = spread(count);
            assert_eq!(ranks.len(), count);
            assert!(ranks.is_sorted_by(|a, b| a < b));
            assert!(ranks.iter().all(|rank| is_between(None, rank, None) && rank.len() <= 3));
        }
        assert_eq!(spread(1), ["V"]);
    }

    #[test]
    fn there_is_no_short_rank_between_two_that_are_the_same_or_too_close() {
        assert_eq!(short_between(Some("V"), Some("V")), None);
        assert_eq!(short_between(Some("W"), Some("V")), None);
        let low = format!("V{}1", "0".repeat(63));
        assert_eq!(short_between(Some("V"), Some(&low)), None);
        assert_eq!(short_between(Some("V"), Some("X")), Some("W".to_owned()));
    }

    #[test]
    fn a_foreign_rank_does_no_harm() {
        for (low, high) in [("é", "~"), ("", ""), ("000", "0"), ("b", "a"), (" ", "!")] {
            assert!(!between(Some(low), Some(high)).is_empty());
        }
    }

    proptest! {
        #[test]
        fn any_sequence_of_places_keeps_the_order(places in prop::collection::vec(0usize..1000, 1..200)) {
            let mut ranks: Vec<String> = Vec::new();
            for place in places {
                let at = place % (ranks.len() + 1);
                let low = at.checked_sub(1).map(|i| ranks[i].as_str());
                let rank = between(low, ranks.get(at).map(String::as_str));
                prop_assert!(is_between(low, &rank, ranks.get(at).map(String::as_str)));
                ranks.insert(at, rank);
            }
        }
    }
}
