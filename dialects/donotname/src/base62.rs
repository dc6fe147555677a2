//! Numbers as base-62 digits of a fixed width, fast: every record of a list has one.

/// The digits in ASCII order, so that ids of one width sort as their numbers do.
pub const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Two digits at a time.
static PAIRS: [[u8; 2]; 3844] = pairs();

const fn pairs() -> [[u8; 2]; 3844] {
    let mut pairs = [[0; 2]; 3844];
    let mut i = 0;
    while i < 3844 {
        pairs[i] = [DIGITS[i / 62], DIGITS[i % 62]];
        i += 1;
    }
    pairs
}

/// The number in `N` digits, zeros first. Digits that do not fit are lost: nine hold more than 2^53.
pub fn digits<const N: usize>(mut number: u64) -> [u8; N] {
    let mut out = [b'0'; N];
    let mut end = N;
    while end >= 2 {
        let pair = PAIRS[(number % 3844) as usize];
        number /= 3844;
        out[end - 2] = pair[0];
        out[end - 1] = pair[1];
        end -= 2;
    }
    if end == 1 {
        out[0] = DIGITS[(number % 62) as usize];
    }
    out
}

/// The number in these digits; none when one of them is no digit or the number is too large.
pub fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'Z' => digit - b'A' + 10,
            b'a'..=b'z' => digit - b'a' + 36,
            _ => return None,
        };
        number.checked_mul(62)?.checked_add(u64::from(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_padded_and_read_back() {
        assert_eq!(&digits::<9>(0), b"000000000");
        assert_eq!(&digits::<9>(61), b"00000000z");
        assert_eq!(&digits::<9>(62), b"000000010");
        assert_eq!(&digits::<4>(3844), b"0100");
        let far = (1u64 << 53) - 1;
        assert_eq!(number(&digits::<9>(far)), Some(far));
    }

    #[test]
    fn other_characters_and_overflow_are_refused() {
        assert_eq!(number(b"00_0"), None);
        assert_eq!(number(&[b'z'; 16]), None);
    }
}
