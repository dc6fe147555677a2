//! Ids: how this door spells the addresses of things, all decimal strings (facts 2). The only place that knows.
//!
//! A record's address is table x 2^32 + record and unique in the site; a field's is made alike. Item types and items of
//! the menu are numbered.

use crate::error::not_found;
use crate::item_type::is_listed;
use engine::View;
use model::{
    DatabaseId, DatabaseKey, FieldId, NavId, RecordAddress, RecordId, Result, Subject, Table, TableId, UserId,
};
use std::sync::Arc;

/// The id of a site.
pub fn site(site: DatabaseId) -> String {
    site.0.to_string()
}

/// The id of an item type.
pub fn item_type(table: TableId) -> String {
    table.0.to_string()
}

/// The id of a field.
pub fn field(table: TableId, field: FieldId) -> String {
    pack(table, field.0).to_string()
}

/// The id of an item.
pub fn item(address: RecordAddress) -> String {
    address.pack().to_string()
}

/// The id of a menu item.
pub fn menu_item(item: NavId) -> String {
    item.0.to_string()
}

/// The id of a user.
pub fn user(user: UserId) -> String {
    user.0.to_string()
}

/// The item of an id.
pub fn read_item(text: &str) -> Option<RecordAddress> {
    RecordAddress::unpack(number(text)?)
}

/// The field of an id.
pub fn read_field(text: &str) -> Option<(TableId, FieldId)> {
    let address = RecordAddress::unpack(number(text)?)?;
    Some((address.table, FieldId(address.record.0)))
}

/// The menu item of an id.
pub fn read_menu_item(text: &str) -> Option<NavId> {
    small(text).map(NavId)
}

/// The table of an item type's id.
pub fn read_item_type(text: &str) -> Option<TableId> {
    small(text).map(TableId)
}

/// The user of an id.
pub fn read_user(text: &str) -> Option<UserId> {
    small(text).map(UserId)
}

/// The item type that a path, filter or relationship names, by its id or its `api_key` (facts 2, "GET /items").
pub fn find_item_type(view: &View<'_>, text: &str) -> Result<Arc<Table>> {
    let missing = || not_found(Subject::Table);
    if let Some(id) = read_item_type(text) {
        return view.table(id).map_err(|_| missing());
    }
    let found = view.tables().into_iter().find(|table| table.key == text && is_listed(table));
    found.ok_or_else(missing)
}

/// The number of a deploy event's id.
pub fn read_deploy_event(text: &str) -> Option<u32> {
    small(text)
}

/// The database that a domain names: its first label is the key (`internal_domain`, facts 1).
pub fn read_domain(domain: &str) -> Option<DatabaseKey> {
    DatabaseKey::parse(domain.split('.').next()?)
}

/// The domain of a site on a host.
pub fn internal_domain(key: DatabaseKey, host: &str) -> String {
    format!("{key}.admin.{host}")
}

fn pack(table: TableId, below: u32) -> i64 {
    RecordAddress { table, record: RecordId(below) }.pack()
}

fn number(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

fn small(text: &str) -> Option<u32> {
    number(text).and_then(|number| u32::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_and_nothing_else_does() {
        let address = RecordAddress { table: TableId(7), record: RecordId(3) };
        assert_eq!(item(address), "30064771075");
        assert_eq!(read_item("30064771075"), Some(address));
        assert_eq!(read_field(&field(TableId(7), FieldId(2))), Some((TableId(7), FieldId(2))));
        for wrong in ["", "0", "07", "+7", "-7", "7.0", "7 ", "x", "99999999999999999999"] {
            assert_eq!((read_item(wrong), read_item_type(wrong)), (None, None), "{wrong}");
        }
        assert_eq!(read_item("7"), None, "a table alone is no item");
        let key = DatabaseKey::parse("abcdefghij12").expect("a key");
        assert_eq!(read_domain(&internal_domain(key, "example.com")), Some(key));
        assert_eq!(read_domain("summer-star-15.admin.datocms.com"), None);
    }
}
