//! Identifiers. Inside a database they are small integers; each dialect spells them its own way in its `names.rs`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A table of a database. Numbers start at 1, are never reused and stay below 2^21, so that an address fits 2^53.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TableId(pub u32);

/// A field of a table, numbered from 1 within it, never reused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldId(pub u32);

/// A physical column of a table. A field has one per locale, and a fresh one after each conversion.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ColumnId(pub u32);

/// A record of a table, numbered from 1 within it, never reused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub u32);

/// A view of a table, numbered from 1 within the database.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ViewId(pub u32);

/// An option of a choice field, numbered from 1 within the field, never reused: renaming an option touches no record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChoiceId(pub u32);

/// An item of the navigation tree of a database.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NavId(pub u32);

/// A locale of a database. [`LocaleId::NONE`] addresses the value of a field that is not localized and, for a
/// localized one, the value of the database's first locale.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocaleId(pub u16);

impl LocaleId {
    /// No locale named.
    pub const NONE: LocaleId = LocaleId(0);
}

/// A user of the server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub u32);

/// A workspace of the server (Ninox team, Donotname space).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkspaceId(pub u32);

/// A database by its home number, which never changes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DatabaseId(pub u32);

/// An access token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenId(pub u32);

/// An invitation to a workspace or database.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvitationId(pub u32);

/// The sequence number of a database: one per committed write, no gaps.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

/// The random public key of a database: 12 lower-case alphanumerics, first a letter (the shape of Ninox database ids).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DatabaseKey([u8; 12]);

impl DatabaseKey {
    /// Letters a key may start with.
    pub const FIRST: &'static [u8; 26] = b"abcdefghijklmnopqrstuvwxyz";
    /// Letters and digits of the rest.
    pub const REST: &'static [u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

    /// The key in `text`, if it has exactly the shape of one.
    pub fn parse(text: &str) -> Option<DatabaseKey> {
        let bytes: [u8; 12] = text.as_bytes().try_into().ok()?;
        let fits =
            bytes[0].is_ascii_lowercase() && bytes[1..].iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        fits.then_some(DatabaseKey(bytes))
    }

    /// The key made of twelve random numbers, each reduced to its alphabet.
    pub fn from_dice(dice: [u8; 12]) -> DatabaseKey {
        let mut key = [0; 12];
        for (i, (slot, roll)) in key.iter_mut().zip(dice).enumerate() {
            *slot = if i == 0 { Self::FIRST[roll as usize % 26] } else { Self::REST[roll as usize % 36] };
        }
        DatabaseKey(key)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a key is ASCII")
    }
}

impl fmt::Display for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The address of a record in its database: table x 2^32 + record, below 2^53, so it is exact as a JSON number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct RecordAddress {
    pub table: TableId,
    pub record: RecordId,
}

impl RecordAddress {
    /// The largest table number of an address.
    pub const MAX_TABLE: u32 = (1 << 21) - 1;

    /// The address as one integer.
    pub fn pack(self) -> i64 {
        (i64::from(self.table.0) << 32) | i64::from(self.record.0)
    }

    /// The address in `packed`, or none when it is out of range.
    pub fn unpack(packed: i64) -> Option<RecordAddress> {
        let table = u32::try_from(packed >> 32).ok().filter(|t| (1..=Self::MAX_TABLE).contains(t))?;
        let record = u32::try_from(packed & 0xffff_ffff).ok().filter(|r| *r > 0)?;
        Some(RecordAddress { table: TableId(table), record: RecordId(record) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_packs_below_two_to_the_53_and_unpacks_to_itself() {
        let far = RecordAddress { table: TableId(RecordAddress::MAX_TABLE), record: RecordId(u32::MAX) };
        assert!(far.pack() < 1 << 53);
        assert_eq!(RecordAddress::unpack(far.pack()), Some(far));
        assert_eq!(RecordAddress::unpack(5), None, "table 0 does not exist");
        assert_eq!(RecordAddress::unpack(-1), None);
    }

    #[test]
    fn a_database_key_has_one_exact_shape() {
        assert!(DatabaseKey::parse("abcdefghij12").is_some());
        for wrong in ["1bcdefghij12", "abcdefghij1", "abcdefghij123", "Abcdefghij12", "abcdefghij1_", ""] {
            assert_eq!(DatabaseKey::parse(wrong), None, "{wrong}");
        }
    }
}
