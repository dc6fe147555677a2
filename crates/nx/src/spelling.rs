//! Ids as scripts spell them: tables and fields in letters (`A`, `Z`, `AA`), records as the table's letters and a number,
//! users in 17 letters and digits.

use model::{RecordAddress, RecordId, TableId, UserId};

/// The first characters of every user.
const USER: &str = "mAnyTonGue1";
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The id of a user: its number in six digits of base 62, behind what all users have in front.
pub fn user(user: UserId) -> String {
    let (mut left, mut digits) = (user.0, ['0'; 6]);
    for place in digits.iter_mut().rev() {
        *place = char::from(BASE62[(left % 62) as usize]);
        left /= 62;
    }
    let mut text = USER.to_owned();
    text.extend(digits);
    text
}

/// The user that an id spells.
pub fn read_user(text: &str) -> Option<UserId> {
    let digits = text.strip_prefix(USER).filter(|digits| digits.len() == 6)?;
    let mut number: u64 = 0;
    for byte in digits.bytes() {
        number = number * 62 + BASE62.iter().position(|digit| *digit == byte)? as u64;
    }
    u32::try_from(number).ok().map(UserId)
}

/// A number from 1 in letters: `A` to `Z`, `AA` to `ZZ`, and so on.
pub fn letters(number: u32) -> String {
    let mut digits = Vec::new();
    let mut rest = number;
    while rest > 0 {
        rest -= 1;
        digits.push(b'A' + (rest % 26) as u8);
        rest /= 26;
    }
    digits.iter().rev().map(|digit| char::from(*digit)).collect()
}

/// The number that letters spell.
pub fn read_letters(text: &str) -> Option<u32> {
    let mut number: u32 = 0;
    for byte in text.bytes() {
        let digit = byte.is_ascii_uppercase().then(|| u32::from(byte - b'A') + 1)?;
        number = number.checked_mul(26)?.checked_add(digit)?;
    }
    (number > 0).then_some(number)
}

/// The record that a text like `B78670` spells.
pub fn read_record(text: &str) -> Option<RecordAddress> {
    let split = text.find(|c: char| c.is_ascii_digit())?;
    let (table, record) = text.split_at(split);
    let record: u32 = record.parse().ok()?;
    Some(RecordAddress { table: TableId(read_letters(table)?), record: RecordId(record) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelled_in_letters_and_read_back() {
        for (number, spelled) in [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (702, "ZZ"), (703, "AAA")] {
            assert_eq!(letters(number), spelled);
            assert_eq!(read_letters(spelled), Some(number));
        }
        assert_eq!(read_letters("a"), None);
        assert_eq!(read_letters(""), None);
    }

    #[test]
    fn a_user_is_spelled_in_seventeen_characters_and_read_back() {
        for (number, spelled) in [(0, "mAnyTonGue1000000"), (5, "mAnyTonGue1000005"), (u32::MAX, "mAnyTonGue14gfFC3")] {
            assert_eq!(user(UserId(number)), spelled);
            assert_eq!(read_user(spelled), Some(UserId(number)));
        }
        for wrong in ["5", "mAnyTonGue100005", "mAnyTonGue1zzzzzz", "mAnyTonGue100000-"] {
            assert_eq!(read_user(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_record_is_its_table_and_its_number() {
        let record = RecordAddress { table: TableId(2), record: RecordId(78_670) };
        assert_eq!(crate::host::spelled(record), "B78670");
        assert_eq!(read_record("B78670"), Some(record));
        assert_eq!(read_record("78670"), None);
    }
}
