//! Text of values as people see them, with the titles of records.

use super::World;
use super::values::{MAX_CHAIN, field_value, source};
use crate::field::Field;
use crate::ids::{LocaleId, RecordAddress, TableId, UserId};
use crate::kind::{Kind, Names, shared};
use crate::time::Instant;
use crate::value::Value;

/// The text of a value or of one element of a list, as the field it comes from shows it.
pub fn element_text(field: &Field, value: &Value, names: &dyn Names) -> String {
    match (&field.kind, value) {
        (Kind::MultiChoice(kind), Value::Choice(id)) => {
            kind.options.get(*id).map(|option| option.name.clone()).unwrap_or_default()
        }
        (_, Value::List(list)) => {
            list.iter().map(|item| element_text(field, item, names)).collect::<Vec<_>>().join(", ")
        }
        (_, Value::Reference(_) | Value::User(_)) => shared::plain_text(value, names).unwrap_or_default(),
        _ => field.kind.behaviour().display(value, names),
    }
}

/// Titles of the records of the world, and names of users from elsewhere.
pub struct Titles<'w> {
    world: &'w dyn World,
    users: Option<&'w dyn Names>,
    depth: usize,
}

impl<'w> Titles<'w> {
    /// The titles of the world, with the users of `names`.
    pub fn new(world: &'w dyn World, users: &'w dyn Names) -> Titles<'w> {
        Titles { world, users: Some(users), depth: 0 }
    }

    /// The titles of the world without users, that far down a chain of lookups.
    pub fn at_depth(world: &'w dyn World, depth: usize) -> Titles<'w> {
        Titles { world, users: None, depth }
    }
}

impl Names for Titles<'_> {
    fn now(&self) -> Instant {
        self.users.map_or_else(|| self.world.now(), |users| users.now())
    }

    fn find_user(&self, text: &str) -> Option<UserId> {
        self.users.and_then(|users| users.find_user(text))
    }

    fn user_name(&self, user: UserId) -> Option<String> {
        self.users.and_then(|users| users.user_name(user))
    }

    fn find_record(&self, tables: &[TableId], title: &str) -> Option<RecordAddress> {
        let addresses = tables.iter().flat_map(|table| self.world.rows(*table)).map(|row| row.address());
        addresses.filter(|address| self.record_title(*address).as_deref() == Some(title)).min()
    }

    fn record_title(&self, record: RecordAddress) -> Option<String> {
        let row = self.world.row(record).filter(|_| self.depth < MAX_CHAIN)?;
        let table = self.world.schema().table(record.table).ok()?;
        let primary = table.field(table.primary).ok()?;
        let value = field_value(self.world, row, primary, LocaleId::NONE, self.depth);
        // A primary field that is a link shows titles in its turn: one deeper.
        let deeper = Titles { world: self.world, users: self.users, depth: self.depth + 1 };
        Some(element_text(source(self.world, primary), &value, &deeper))
    }
}
