//! The schema of a database: its tables, navigation and locales, as one value.

use crate::Bag;
use crate::error::{Error, Result, Subject};
use crate::ids::{LocaleId, NavId, TableId, ViewId};
use crate::nav::NavItem;
use crate::numbered::Numbered;
use crate::table::Table;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Everything about a database but its records. Readers share one; a write that changes it makes a new one.
#[derive(Clone, PartialEq, Debug)]
pub struct Schema {
    /// Rises with every change of the schema.
    pub version: u64,
    pub settings: Settings,
    /// All tables, deleted ones included: ask [`Schema::table`].
    pub tables: Numbered<TableId, Arc<Table>>,
    pub nav: Numbered<NavId, NavItem>,
}

/// Settings of a database, and the lowest numbers not yet given away.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// The locales in order; the first is what doors without locales read and write.
    pub locales: Vec<Locale>,
    pub next_table: TableId,
    pub next_view: ViewId,
    pub next_nav: NavId,
    pub next_locale: LocaleId,
    #[serde(default)]
    pub bag: Bag,
}

/// A locale: `en`, `pt-BR`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Locale {
    pub id: LocaleId,
    pub code: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            locales: vec![Locale { id: LocaleId(1), code: "en".to_owned() }],
            next_table: TableId(1),
            next_view: ViewId(1),
            next_nav: NavId(1),
            next_locale: LocaleId(2),
            bag: Bag::new(),
        }
    }
}

impl Schema {
    /// The schema of a new database.
    pub fn empty() -> Schema {
        Schema { version: 0, settings: Settings::default(), tables: Numbered::new(), nav: Numbered::new() }
    }

    /// The live table of a number.
    pub fn table(&self, id: TableId) -> Result<&Arc<Table>> {
        self.tables
            .get(&id)
            .filter(|t| t.deleted_at.is_none())
            .ok_or_else(|| Error::not_found(Subject::Table, id.0.to_string()))
    }

    /// The live tables, by number.
    pub fn live_tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.values().filter(|t| t.deleted_at.is_none())
    }

    /// The live table of a name; of several, the one with the lowest number.
    pub fn table_named(&self, name: &str) -> Option<&Arc<Table>> {
        self.live_tables().find(|t| t.name == name)
    }
}

/// An ASCII `snake_case` key made from a name, not among `taken`: letters and digits kept, the rest becomes `_`,
/// at most 48 characters; `fallback` when nothing is left.
pub fn key_from_name(name: &str, fallback: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut key = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => key.push(c),
            _ if !key.is_empty() && !key.ends_with('_') => key.push('_'),
            _ => {}
        }
        if key.len() >= 48 {
            break;
        }
    }
    let mut key = key.trim_end_matches('_').to_owned();
    if key.is_empty() || key.starts_with(|c: char| c.is_ascii_digit()) {
        key = if key.is_empty() { fallback.to_owned() } else { format!("{fallback}_{key}") };
    }
    if !taken(&key) {
        return key;
    }
    let mut n = 2;
    loop {
        let numbered = format!("{key}_{n}");
        if !taken(&numbered) {
            return numbered;
        }
        n += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_of_a_name_and_never_taken_twice() {
        let cases = [("Company Name", "company_name"), ("Größe (m²)", "gr_e_m"), ("42", "field_42"), ("日本", "field")];
        for (name, key) in cases {
            assert_eq!(key_from_name(name, "field", |_| false), key, "{name}");
        }
        assert_eq!(key_from_name("Name", "field", |k| k == "name" || k == "name_2"), "name_3");
    }
}
