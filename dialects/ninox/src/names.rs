//! Ids: how this door spells the addresses of things. The only place that knows.
//!
//! A team has 17 mixed-case letters and digits, a database the 12 of its key, a table and a field capital letters from
//! `A` (reference, "Table Definitions"), a record its number, and with its table before it where a text must name it
//! ("B78670", facts 11). Users have the shape of teams, views 16 characters (reference, "Get changes in a database").

use engine::View;
use model::{DatabaseKey, Error, FieldId, RecordAddress, RecordId, Result, Subject, Table, TableId};
use model::{UserId, ViewId, WorkspaceId};
use std::sync::Arc;

/// The first characters of every team, user and view, and the digits of the number that follow.
const TEAM: &str = "mAnyTonGue0";
const USER: &str = "mAnyTonGue1";
const VIEW: &str = "mAnyTonGue";
const DIGITS: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Characters of a team's id.
pub const TEAM_LENGTH: usize = 17;
/// More letters than any number of ours has.
const MOST_LETTERS: usize = 7;

/// The id of a team.
pub fn team(workspace: WorkspaceId) -> String {
    numbered(TEAM, workspace.0)
}

/// The workspace of a team's id.
pub fn read_team(text: &str) -> Option<WorkspaceId> {
    read_numbered(text, TEAM).map(WorkspaceId)
}

/// The id of a user.
pub fn user(user: UserId) -> String {
    numbered(USER, user.0)
}

/// The user of an id.
pub fn read_user(text: &str) -> Option<UserId> {
    read_numbered(text, USER).map(UserId)
}

/// Appends a user's id.
pub fn write_user(out: &mut Vec<u8>, user: UserId) {
    out.extend_from_slice(USER.as_bytes());
    out.extend_from_slice(&digits(user.0));
}

/// The id of a view.
pub fn view(view: ViewId) -> String {
    numbered(VIEW, view.0)
}

/// The view of an id.
pub fn read_view(text: &str) -> Option<ViewId> {
    read_numbered(text, VIEW).map(ViewId)
}

/// The id of a database.
pub fn database(key: DatabaseKey) -> String {
    key.to_string()
}

/// The database of an id.
pub fn read_database(text: &str) -> Option<DatabaseKey> {
    DatabaseKey::parse(text)
}

/// `A` … `Z`, `AA` …: a table.
pub fn table(table: TableId) -> String {
    letters(table.0)
}

/// `A` … `Z`, `AA` …: a field.
pub fn field(field: FieldId) -> String {
    letters(field.0)
}

/// The table of an id.
pub fn read_table(text: &str) -> Option<TableId> {
    read_letters(text).filter(|n| *n <= RecordAddress::MAX_TABLE).map(TableId)
}

/// The field of an id.
pub fn read_field(text: &str) -> Option<FieldId> {
    read_letters(text).map(FieldId)
}

/// `B78670`: a record with its table.
pub fn record(address: RecordAddress) -> String {
    format!("{}{}", table(address.table), address.record.0)
}

/// The record of `B78670`.
pub fn read_record_with_table(text: &str) -> Option<RecordAddress> {
    let end = text.find(|c: char| c.is_ascii_digit())?;
    Some(RecordAddress { table: read_table(&text[..end])?, record: read_record(&text[end..])? })
}

/// The record of a number in a path.
pub fn read_record(text: &str) -> Option<RecordId> {
    let is_number = !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).map(RecordId)
}

/// The table that a path names, by its id or by its name (facts 2); of several of one name the first.
pub fn find_table(view: &View<'_>, text: &str) -> Result<Arc<Table>> {
    if let Some(id) = read_table(text)
        && let Ok(table) = view.table(id)
    {
        return Ok(table);
    }
    view.table_named(text).ok_or_else(|| missing(Subject::Table))
}

/// Something that a path names and that is not there, or not to be known: the same answer for both. Nothing of what was
/// given comes back.
pub fn missing(subject: Subject) -> Error {
    Error::not_found(subject, "")
}

/// A number in letters: 1 is `A`, 26 `Z`, 27 `AA`.
fn letters(number: u32) -> String {
    let (mut left, mut text) = (number, Vec::new());
    while left > 0 {
        left -= 1;
        text.push(b'A' + (left % 26) as u8);
        left /= 26;
    }
    text.iter().rev().map(|letter| char::from(*letter)).collect()
}

fn read_letters(text: &str) -> Option<u32> {
    if text.is_empty() || text.len() > MOST_LETTERS || !text.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let number = text.bytes().fold(0_u64, |number, letter| number * 26 + u64::from(letter - b'A') + 1);
    u32::try_from(number).ok()
}

fn numbered(prefix: &str, number: u32) -> String {
    let mut text = String::with_capacity(prefix.len() + DIGITS);
    text.push_str(prefix);
    text.extend(digits(number).iter().map(|digit| char::from(*digit)));
    text
}

fn digits(number: u32) -> [u8; DIGITS] {
    let (mut left, mut digits) = (number, [b'0'; DIGITS]);
    for place in digits.iter_mut().rev() {
        *place = BASE62[(left % 62) as usize];
        left /= 62;
    }
    digits
}

fn read_numbered(text: &str, prefix: &str) -> Option<u32> {
    let digits = text.strip_prefix(prefix).filter(|digits| digits.len() == DIGITS)?;
    let mut number = 0_u64;
    for digit in digits.bytes() {
        number = number * 62 + BASE62.iter().position(|d| *d == digit)? as u64;
    }
    u32::try_from(number).ok().filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_id_reads_back_to_what_it_names(n in 1..=u32::MAX, t in 1..=RecordAddress::MAX_TABLE) {
            prop_assert_eq!(read_team(&team(WorkspaceId(n))), Some(WorkspaceId(n)));
            prop_assert_eq!(read_user(&user(UserId(n))), Some(UserId(n)));
            prop_assert_eq!(read_view(&view(ViewId(n))), Some(ViewId(n)));
            prop_assert_eq!(read_field(&field(FieldId(n))), Some(FieldId(n)));
            prop_assert_eq!(read_table(&table(TableId(t))), Some(TableId(t)));
            let address = RecordAddress { table: TableId(t), record: RecordId(n) };
            prop_assert_eq!(read_record_with_table(&record(address)), Some(address));
            prop_assert_eq!(team(WorkspaceId(n)).len(), TEAM_LENGTH);
            let mut written = Vec::new();
            write_user(&mut written, UserId(n));
            prop_assert_eq!(written, user(UserId(n)).into_bytes());
        }

        #[test]
        fn no_text_makes_reading_panic(text in "\\PC{0,40}") {
            for text in [text.clone(), format!("mAnyTonGue0{text}"), format!("A{text}")] {
                let _ = (read_team(&text), read_user(&text), read_view(&text), read_record(&text));
                let _ = (read_table(&text), read_field(&text), read_record_with_table(&text));
            }
        }
    }

    #[test]
    fn letters_count_like_columns_of_a_spreadsheet() {
        for (number, text) in [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (702, "ZZ"), (703, "AAA")] {
            assert_eq!((letters(number).as_str(), read_letters(text)), (text, Some(number)));
        }
        for wrong in ["", "a", "A1", "ÄA", "AAAAAAAA", "ZZZZZZZ"] {
            assert_eq!(read_letters(wrong), None, "{wrong}");
        }
        for wrong in ["", "0", "01", "-1", "+1", "1.0", "4294967296"] {
            assert_eq!(read_record(wrong), None, "{wrong}");
        }
        assert_eq!(read_team("mAnyTonGue0000000"), None, "there is no team 0");
    }
}
