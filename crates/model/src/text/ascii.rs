//! Sort keys of ASCII text by a table, many times faster than by the collation's own tables. The bytes are the same:
//! the table is read off keys that the collation made, and a property test compares the two.
//!
//! A key has three levels. The first is the weights of the characters; a lead byte that neighbours share is written
//! once. The second is the same for all of ASCII: only its length counts. The third tells capitals from small letters,
//! with runs of small ones counted. (UCA, "Form Sort Key"; the compression is ICU's.)

use std::sync::LazyLock;

/// Where a run of common weights begins, and how many fit in one byte: second level and third.
const COMMON: u8 = 0x05;
const SECOND_RUN: usize = 33;
const THIRD_RUN: usize = 97;
/// What follows a lead byte that is not repeated, when the next one is lower or higher.
const LOWER: u8 = 0x03;
const HIGHER: u8 = 0xff;
const LEVEL: u8 = 0x01;

/// What the collation says of one character.
#[derive(Clone, Copy, Default)]
struct Weight {
    /// Lead byte first; 0 is none.
    first: [u8; 4],
    length: u8,
    /// Whether the lead byte is written once for neighbours that share it.
    shares: bool,
    /// The third-level weight of a capital; 0 for what is common.
    third: u8,
}

/// No weight for what the collation passes over or treats in a way of its own.
struct Table([Option<Weight>; 128]);

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table([None; 128]);
    for (c, weight) in (0_u8..128).zip(&mut table.0) {
        *weight = learned(char::from(c));
    }
    table
});

/// Reads the weight of a character off the keys of the character alone and doubled.
fn learned(c: char) -> Option<Weight> {
    let one = super::collated(c.encode_utf8(&mut [0; 4]));
    let mut levels = one.split(|byte| *byte == LEVEL);
    let (first, second, third) = (levels.next()?, levels.next()?, levels.next()?);
    let doubled = super::collated(&String::from_iter([c, c]));
    let of_two = doubled.split(|byte| *byte == LEVEL).next()?.len();
    let is_plain = levels.next().is_none() && (1..=4).contains(&first.len()) && second == [COMMON] && third.len() == 1;
    if !is_plain {
        return None;
    }
    let mut weight = Weight { length: first.len() as u8, shares: of_two < 2 * first.len(), ..Weight::default() };
    weight.first[..first.len()].copy_from_slice(first);
    weight.third = if third == [COMMON] { 0 } else { third[0] };
    Some(weight)
}

/// Appends the collation's sort key of a text, if all of it is in the table. Else nothing is appended.
pub(super) fn write_key(text: &str, out: &mut Vec<u8>) -> bool {
    let table = &*TABLE;
    let begin = out.len();
    let mut lead = 0;
    for byte in text.bytes() {
        let Some(weight) = table.0.get(usize::from(byte)).copied().flatten() else {
            out.truncate(begin);
            return false;
        };
        let own = weight.first[0];
        if !weight.shares || own != lead {
            if lead != 0 {
                out.push(if own < lead { LOWER } else { HIGHER });
            }
            out.push(own);
            lead = if weight.shares { own } else { 0 };
        }
        out.extend_from_slice(&weight.first[1..usize::from(weight.length)]);
    }
    out.push(LEVEL);
    write_run(out, text.len(), SECOND_RUN, Side::Low);
    out.push(LEVEL);
    let mut common = 0;
    for byte in text.bytes() {
        match table.0[usize::from(byte)].map_or(0, |weight| weight.third) {
            0 => common += 1,
            capital => {
                write_run(out, common, THIRD_RUN, Side::High);
                common = 0;
                out.push(capital);
            }
        }
    }
    write_run(out, common, THIRD_RUN, Side::Low);
    true
}

/// What a run of common weights is followed by: a lower weight or the end, or a higher one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Low,
    High,
}

fn write_run(out: &mut Vec<u8>, length: usize, most: usize, side: Side) {
    let Some(mut left) = length.checked_sub(1) else { return };
    while left >= most {
        out.push(COMMON + most as u8 - 1);
        left -= most;
    }
    out.push(match side {
        Side::Low => COMMON + left as u8,
        Side::High => COMMON + 2 * (most as u8 - 1) - left as u8,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quick(text: &str) -> Option<Vec<u8>> {
        let mut key = vec![7];
        let done = write_key(text, &mut key);
        assert_eq!(key[0], 7, "what was there stays");
        assert!(done || key.len() == 1, "nothing is appended");
        done.then(|| key.split_off(1))
    }

    #[test]
    fn all_printable_characters_are_in_the_table() {
        let missing: Vec<char> =
            (' '..='~').chain(['\t', '\n', '\r']).filter(|c| quick(&c.to_string()).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn the_keys_of_all_pairs_are_those_of_the_collation() {
        for a in 0_u8..128 {
            for b in 0_u8..128 {
                let text = String::from_iter([char::from(a), char::from(b)]);
                if let Some(key) = quick(&text) {
                    assert_eq!(key, super::super::collated(&text), "{text:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_key_is_that_of_the_collation(text in "[\\x00-\\x7f]{0,12}|[ -~]{0,40}|[a-zA-Z ]{0,300}|a{90,110}B?|A{0,3}a{30,40}") {
            if let Some(key) = quick(&text) {
                prop_assert_eq!(key, super::super::collated(&text));
            }
        }
    }
}
