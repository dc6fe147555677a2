//! The pieces of SQL that the engines spell differently. Everything else that the printer writes is common to both.

use crate::flavor::Flavor;

/// A JSON array of the column `v` of a select, in its order; null when there are no rows.
pub fn list_of(flavor: Flavor, select: &str) -> String {
    format!("nullif({}, {})", whole_list_of(flavor, select), empty_list(flavor))
}

/// [`list_of`] with an empty array when there are no rows.
pub fn whole_list_of(flavor: Flavor, select: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("(SELECT json_group_array(v) FROM ({select}))"),
    }
}

/// An empty JSON array.
pub fn empty_list(flavor: Flavor) -> &'static str {
    match flavor {
        Flavor::Sqlite => "'[]'",
    }
}

/// A JSON array of these expressions.
pub fn array_of(flavor: Flavor, items: &[&str]) -> String {
    match flavor {
        Flavor::Sqlite => format!("json_array({})", items.join(", ")),
    }
}

/// The elements of a JSON array as rows called `alias`.
pub fn each(flavor: Flavor, array: &str, alias: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("json_each({array}) AS {alias}"),
    }
}

/// An element of [`each`].
pub fn element(flavor: Flavor, alias: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("{alias}.value"),
    }
}

/// The place of an element of [`each`].
pub fn place(flavor: Flavor, alias: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("{alias}.key"),
    }
}

/// The first element of a JSON array; null when there is none.
pub fn first_of(flavor: Flavor, array: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("({array} ->> 0)"),
    }
}

/// How many elements a JSON array has; null when it has none.
pub fn length_of(flavor: Flavor, array: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("nullif(json_array_length({array}), 0)"),
    }
}

/// Whether a text contains a needle that is folded already.
pub fn contains(flavor: Flavor, text: &str, needle: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("mt_contains({text}, {needle})"),
    }
}

/// Whether a trigram index proposes a record. It always proposes those that wait to be taken in.
pub fn proposed(flavor: Flavor, record: &str, index: &Proposer, trigrams: &str) -> String {
    let Proposer { table, waiting } = index;
    match flavor {
        Flavor::Sqlite => format!(
            "{record} IN (SELECT rowid FROM {table} WHERE {table} MATCH {trigrams} UNION ALL SELECT id FROM {waiting})"
        ),
    }
}

/// A trigram index in SQL.
pub struct Proposer {
    pub table: String,
    /// Where records wait to be taken in.
    pub waiting: String,
}

/// A whole number as text.
pub fn digits(flavor: Flavor, number: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("CAST({number} AS TEXT)"),
    }
}

/// The natural order of a text column or expression.
pub fn natural_key(flavor: Flavor, text: &str) -> String {
    crate::index::natural_key(flavor, text)
}

/// Text compared by code points.
pub fn codepoint_key(flavor: Flavor, text: &str) -> String {
    match flavor {
        // The collation of every column is that of its bytes.
        Flavor::Sqlite => text.to_owned(),
    }
}
