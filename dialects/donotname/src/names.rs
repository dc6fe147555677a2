//! Ids: how this door spells the addresses of things. The only place that knows.
//!
//! What lives in a database is a prefix, the 12 characters of the database's key and 9 base-62 digits of the address
//! (facts A1: prefix + at least 16 alphanumerics). What lives beside databases is a prefix and 16 digits of a number.
//! Reading checks prefix, shape and, through the `…_of` functions, that an id belongs where it is used.

use crate::base62;
use model::{
    ChoiceId, DatabaseKey, Error, FieldId, InvitationId, RecordAddress, RecordId, Result, Subject, TableId, UserId,
    ViewId, WorkspaceId,
};

/// Length of the key of a database.
const KEY: usize = 12;
/// Digits of an address.
pub const ADDRESS: usize = 9;
/// Digits of a number that is 32 bits long.
const SHORT: usize = 6;
/// Digits of a number outside any database.
const HOME: usize = 16;

/// A table and the database it is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TableName {
    pub database: DatabaseKey,
    pub table: TableId,
}

/// A point of the history: the sequence of a write and the place of the change in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HistoryName {
    pub seq: u64,
    pub index: u32,
}

/// `bse` + key: a database.
pub fn base(key: DatabaseKey) -> String {
    with_address("bse", key, 0)
}

/// `tbl…`: a table.
pub fn table(name: TableName) -> String {
    with_address("tbl", name.database, name.table.0.into())
}

/// `fld…`: a field of a table.
pub fn field(of: TableName, field: FieldId) -> String {
    with_address("fld", of.database, below(of.table, field.0))
}

/// `rec…`: a record.
pub fn record(database: DatabaseKey, address: RecordAddress) -> String {
    with_address("rec", database, below(address.table, address.record.0))
}

/// `viw…`: a view.
pub fn view(database: DatabaseKey, view: ViewId) -> String {
    with_address("viw", database, view.0.into())
}

/// `cho…`: an option of a field.
pub fn choice(of: TableName, field: FieldId, choice: ChoiceId) -> String {
    let mut text = with_address("cho", of.database, below(of.table, field.0));
    push(&mut text, &base62::digits::<SHORT>(choice.0.into()));
    text
}

/// `rhi…`: an item of the history.
pub fn history(database: DatabaseKey, at: HistoryName) -> String {
    let mut text = with_address("rhi", database, at.seq);
    push(&mut text, &base62::digits::<SHORT>(at.index.into()));
    text
}

/// `run…`: a run of a button, by the sequence of its write.
pub fn run(database: DatabaseKey, seq: u64) -> String {
    with_address("run", database, seq)
}

/// An item of the trash: the write that deleted it, and which kind of things of that write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TrashName {
    pub database: DatabaseKey,
    pub seq: u64,
    pub kind: u8,
}

/// `trs…`: an item of the trash of a base.
pub fn trash(name: TrashName) -> String {
    with_address("trs", name.database, name.seq * 4 + u64::from(name.kind % 4))
}

/// The item of a `trs…` id.
pub fn read_trash(text: &str) -> Option<TrashName> {
    let (database, address) = read_address(text, "trs", 0)?;
    Some(TrashName { database, seq: address / 4, kind: (address % 4) as u8 })
}

/// `spc…`: a workspace.
pub fn space(workspace: WorkspaceId) -> String {
    of_home("spc", workspace.0)
}

/// `inv…`: an invitation.
pub fn invitation(invitation: InvitationId) -> String {
    of_home("inv", invitation.0)
}

/// `usr…`: a user.
pub fn user(user: UserId) -> String {
    of_home("usr", user.0)
}

/// The database of a `bse…` id.
pub fn read_base(text: &str) -> Option<DatabaseKey> {
    let (key, address) = read_address(text, "bse", 0)?;
    (address == 0).then_some(key)
}

/// The table of a `tbl…` id.
pub fn read_table(text: &str) -> Option<TableName> {
    let (database, number) = read_address(text, "tbl", 0)?;
    let table = u32::try_from(number).ok().filter(|t| (1..=RecordAddress::MAX_TABLE).contains(t))?;
    Some(TableName { database, table: TableId(table) })
}

/// The field of a `fld…` id of this table.
pub fn read_field(text: &str, of: TableName) -> Option<FieldId> {
    let (table, field) = read_any_field(text, of.database)?;
    (table == of.table).then_some(field)
}

/// The field of a `fld…` id of any table of the database.
pub fn read_any_field(text: &str, database: DatabaseKey) -> Option<(TableId, FieldId)> {
    let (key, address) = read_address(text, "fld", 0)?;
    let address = RecordAddress::unpack(i64::try_from(address).ok()?)?;
    (key == database).then_some((address.table, FieldId(address.record.0)))
}

/// Whether a text is the id of some field, wherever.
pub fn is_field(text: &str) -> bool {
    read_address(text, "fld", 0).is_some()
}

/// The record of a `rec…` id of this table.
pub fn read_record(text: &str, of: TableName) -> Option<RecordId> {
    let address = read_any_record(text, of.database)?;
    (address.table == of.table).then_some(address.record)
}

/// The record of a `rec…` id of any table of the database.
pub fn read_any_record(text: &str, database: DatabaseKey) -> Option<RecordAddress> {
    let (key, address) = read_address(text, "rec", 0)?;
    (key == database).then_some(())?;
    RecordAddress::unpack(i64::try_from(address).ok()?)
}

/// The view of a `viw…` id of this database.
pub fn read_view(text: &str, database: DatabaseKey) -> Option<ViewId> {
    let (key, number) = read_address(text, "viw", 0)?;
    let number = u32::try_from(number).ok().filter(|n| *n > 0)?;
    (key == database).then_some(ViewId(number))
}

/// The option of a `cho…` id of this field.
pub fn read_choice(text: &str, of: TableName, field: FieldId) -> Option<ChoiceId> {
    let (key, address) = read_address(text, "cho", SHORT)?;
    let number = u32::try_from(base62::number(text.as_bytes().get(3 + KEY + ADDRESS..)?)?).ok()?;
    (key == of.database && address == below(of.table, field.0)).then_some(ChoiceId(number))
}

/// The point of a `rhi…` id of this database.
pub fn read_history(text: &str, database: DatabaseKey) -> Option<HistoryName> {
    let (key, seq) = read_address(text, "rhi", SHORT)?;
    let index = u32::try_from(base62::number(text.as_bytes().get(3 + KEY + ADDRESS..)?)?).ok()?;
    (key == database).then_some(HistoryName { seq, index })
}

/// The sequence of a `run…` id of this database.
pub fn read_run(text: &str, database: DatabaseKey) -> Option<u64> {
    let (key, seq) = read_address(text, "run", 0)?;
    (key == database).then_some(seq)
}

/// The workspace of a `spc…` id.
pub fn read_space(text: &str) -> Option<WorkspaceId> {
    read_home(text, "spc").map(WorkspaceId)
}

/// The invitation of an `inv…` id.
pub fn read_invitation(text: &str) -> Option<InvitationId> {
    read_home(text, "inv").map(InvitationId)
}

/// The user of a `usr…` id.
pub fn read_user(text: &str) -> Option<UserId> {
    read_home(text, "usr").map(UserId)
}

/// Something that a path names and that is not there, or not an id at all: the same answer for both (facts A1, S30).
/// Nothing of what was given comes back.
pub fn missing(subject: Subject) -> Error {
    Error::not_found(subject, "")
}

/// [`read_table`] for a path.
pub fn table_in_path(text: &str) -> Result<TableName> {
    read_table(text).ok_or_else(|| missing(Subject::Table))
}

/// [`read_record`] for a path.
pub fn record_in_path(text: &str, of: TableName) -> Result<RecordId> {
    read_record(text, of).ok_or_else(|| missing(Subject::Record))
}

/// [`read_field`] for a path.
pub fn field_in_path(text: &str, of: TableName) -> Result<FieldId> {
    read_field(text, of).ok_or_else(|| missing(Subject::Field))
}

/// [`read_view`] for a path.
pub fn view_in_path(text: &str, of: TableName) -> Result<ViewId> {
    read_view(text, of.database).ok_or_else(|| missing(Subject::View))
}

/// The constant head of the record ids of a table's database; [`write_record`] adds the digits.
pub fn record_head(database: DatabaseKey) -> [u8; 3 + KEY] {
    let mut head = *b"rec000000000000";
    head[3..].copy_from_slice(database.as_str().as_bytes());
    head
}

/// Appends a record's id.
pub fn write_record(out: &mut Vec<u8>, head: &[u8; 3 + KEY], address: RecordAddress) {
    out.extend_from_slice(head);
    out.extend_from_slice(&base62::digits::<ADDRESS>(below(address.table, address.record.0)));
}

/// Appends a user's id.
pub fn write_user(out: &mut Vec<u8>, user: UserId) {
    out.extend_from_slice(b"usr");
    out.extend_from_slice(&base62::digits::<HOME>(user.0.into()));
}

/// The address of something numbered within a table.
fn below(table: TableId, number: u32) -> u64 {
    (u64::from(table.0) << 32) | u64::from(number)
}

fn with_address(prefix: &str, key: DatabaseKey, address: u64) -> String {
    let mut text = String::with_capacity(3 + KEY + ADDRESS + SHORT);
    text.push_str(prefix);
    text.push_str(key.as_str());
    push(&mut text, &base62::digits::<ADDRESS>(address));
    text
}

fn of_home(prefix: &str, number: u32) -> String {
    let mut text = String::with_capacity(3 + HOME);
    text.push_str(prefix);
    push(&mut text, &base62::digits::<HOME>(number.into()));
    text
}

fn push(text: &mut String, digits: &[u8]) {
    text.extend(digits.iter().map(|d| char::from(*d)));
}

/// Key and address of an id with this prefix and `more` characters after the address.
fn read_address(text: &str, prefix: &str, more: usize) -> Option<(DatabaseKey, u64)> {
    let rest = text.strip_prefix(prefix)?;
    if rest.len() != KEY + ADDRESS + more || !rest.is_ascii() {
        return None;
    }
    let key = DatabaseKey::parse(&rest[..KEY])?;
    let address = base62::number(&rest.as_bytes()[KEY..KEY + ADDRESS])?;
    (address < 1 << 53).then_some((key, address))
}

fn read_home(text: &str, prefix: &str) -> Option<u32> {
    let digits = text.strip_prefix(prefix)?.as_bytes();
    if digits.len() != HOME {
        return None;
    }
    base62::number(digits).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> impl Strategy<Value = DatabaseKey> {
        any::<[u8; 12]>().prop_map(DatabaseKey::from_dice)
    }

    fn table_name() -> impl Strategy<Value = TableName> {
        (key(), 1..=RecordAddress::MAX_TABLE)
            .prop_map(|(database, table)| TableName { database, table: TableId(table) })
    }

    proptest! {
        #[test]
        fn every_id_reads_back_to_what_it_names(
            of in table_name(), n in 1..=u32::MAX, m in 1..=u32::MAX, seq in 0u64..1 << 53,
        ) {
            let key = of.database;
            let address = RecordAddress { table: of.table, record: RecordId(n) };
            prop_assert_eq!(read_base(&base(key)), Some(key));
            prop_assert_eq!(read_table(&table(of)), Some(of));
            prop_assert_eq!(read_field(&field(of, FieldId(n)), of), Some(FieldId(n)));
            prop_assert_eq!(read_record(&record(key, address), of), Some(RecordId(n)));
            prop_assert_eq!(read_view(&view(key, ViewId(n)), key), Some(ViewId(n)));
            prop_assert_eq!(read_choice(&choice(of, FieldId(n), ChoiceId(m)), of, FieldId(n)), Some(ChoiceId(m)));
            let at = HistoryName { seq, index: n };
            prop_assert_eq!(read_history(&history(key, at), key), Some(at));
            prop_assert_eq!(read_run(&run(key, seq), key), Some(seq));
            prop_assert_eq!(read_space(&space(WorkspaceId(n))), Some(WorkspaceId(n)));
            prop_assert_eq!(read_user(&user(UserId(n))), Some(UserId(n)));
            let mut written = Vec::new();
            write_record(&mut written, &record_head(key), address);
            prop_assert_eq!(written, record(key, address).into_bytes());
        }

        #[test]
        fn no_text_makes_reading_panic(text in "\\PC{0,40}", of in table_name()) {
            let prefixed = ["bse", "tbl", "fld", "rec", "viw", "cho", "rhi", "spc", "usr", "acc"];
            for prefix in prefixed {
                let text = format!("{prefix}{text}");
                let _ = (read_base(&text), read_table(&text), read_field(&text, of), read_record(&text, of));
                let _ = (read_view(&text, of.database), read_choice(&text, of, FieldId(1)), read_space(&text));
                let _ = (read_history(&text, of.database), read_user(&text));
            }
        }
    }

    #[test]
    fn an_id_of_another_table_database_or_shape_is_no_id() {
        let key = DatabaseKey::parse("k3mw9x2vq8ta").expect("key");
        let other = DatabaseKey::parse("aaaaaaaaaaaa").expect("key");
        let (here, there) =
            (TableName { database: key, table: TableId(1) }, TableName { database: key, table: TableId(2) });
        let id = record(key, RecordAddress { table: TableId(1), record: RecordId(7) });
        assert_eq!(id, "reck3mw9x2vq8ta0004gfFCB");
        assert_eq!(read_record(&id, here), Some(RecordId(7)));
        assert_eq!(read_record(&id, there), None);
        assert_eq!(read_record(&id, TableName { database: other, ..here }), None);
        for wrong in [&id[..id.len() - 1], &format!("{id}0"), &id.replace("rec", "fld"), "rec_xyz789", "rec", ""] {
            assert_eq!(read_record(wrong, here), None, "{wrong}");
        }
        assert_eq!(read_table("tblk3mw9x2vq8ta000000000"), None, "there is no table 0");
    }
}
