//! The pieces of SQL that the engines spell differently. Everything else that the printer writes is common to both.

use crate::flavor::Flavor;

/// A JSON array of the column `v` of a select, in its order; null when there are no rows.
pub fn list_of(flavor: Flavor, select: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("nullif({}, {})", whole_list_of(flavor, select), empty_list(flavor)),
        Flavor::Postgres => format!("(SELECT {} FROM ({select}) AS listed)", aggregated("v")),
    }
}

/// [`list_of`] with an empty array when there are no rows.
pub fn whole_list_of(flavor: Flavor, select: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("(SELECT json_group_array(v) FROM ({select}))"),
        Flavor::Postgres => format!("coalesce({}, {})", list_of(flavor, select), empty_list(flavor)),
    }
}

/// The array is written as we store arrays, without spaces, since lists are compared as their texts.
fn aggregated(value: &str) -> String {
    format!("'[' || string_agg(coalesce(to_json({value})::text, 'null'), ',') || ']'")
}

/// An empty JSON array.
pub fn empty_list(flavor: Flavor) -> &'static str {
    match flavor {
        Flavor::Sqlite | Flavor::Postgres => "'[]'",
    }
}

/// A JSON array of these expressions.
pub fn array_of(flavor: Flavor, items: &[&str]) -> String {
    match flavor {
        Flavor::Sqlite => format!("json_array({})", items.join(", ")),
        Flavor::Postgres => {
            let json = |item: &&str| match *item {
                // A null of no type.
                "NULL" => "'null'".to_owned(),
                item => format!("coalesce(to_json({item})::text, 'null')"),
            };
            let items: Vec<String> = items.iter().map(json).collect();
            format!("('[' || {} || ']')", items.join(" || ',' || "))
        }
    }
}

/// The elements of a JSON array of whole numbers as rows called `alias`.
pub fn each(flavor: Flavor, array: &str, alias: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("json_each({array}) AS {alias}"),
        Flavor::Postgres => {
            format!("json_array_elements_text(({array})::json) WITH ORDINALITY AS {alias}(value, key)")
        }
    }
}

/// Joins to each row before it those of a table, called `alias`, that a condition finds by an index. PostgreSQL would
/// read the whole table at every level of a recursion, since it cannot know how few rows each has.
pub fn join_by_index(flavor: Flavor, table: &str, alias: &str, condition: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("JOIN {table} AS {alias} ON {condition}"),
        Flavor::Postgres => {
            format!("CROSS JOIN LATERAL (SELECT * FROM {table} AS {alias} WHERE {condition} OFFSET 0) AS {alias}")
        }
    }
}

/// An element of [`each`].
pub fn element(flavor: Flavor, alias: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("{alias}.value"),
        Flavor::Postgres => format!("{alias}.value::bigint"),
    }
}

/// The place of an element of [`each`].
pub fn place(flavor: Flavor, alias: &str) -> String {
    match flavor {
        Flavor::Sqlite | Flavor::Postgres => format!("{alias}.key"),
    }
}

/// The first element of a JSON array of whole numbers; null when there is none.
pub fn first_of(flavor: Flavor, array: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("({array} ->> 0)"),
        Flavor::Postgres => format!("((({array})::json ->> 0)::bigint)"),
    }
}

/// How many elements a JSON array has; null when it has none.
pub fn length_of(flavor: Flavor, array: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("nullif(json_array_length({array}), 0)"),
        Flavor::Postgres => format!("nullif(json_array_length(({array})::json), 0)"),
    }
}

/// Whether a text contains a needle that is folded already. Where the engine has no folding of ours, `text` is what
/// [`super::operand::Aspect::Folded`] prints.
pub fn contains(flavor: Flavor, text: &str, needle: &str) -> String {
    match flavor {
        Flavor::Sqlite => format!("mt_contains({text}, {needle})"),
        Flavor::Postgres => format!("strpos({text}, {needle}) > 0"),
    }
}

/// What a trigram index is asked, and how the answer is had.
pub enum Proposer {
    /// The index proposes records by their trigrams, and those that wait to be taken in; `asked` is what to match.
    Table { table: String, waiting: String, asked: String },
    /// The index stands behind an operator; `pattern` is matched.
    Operator { pattern: String },
}

/// Whether the text of a record contains a needle, found by an index. `bind` gives a text its place.
pub fn found(
    flavor: Flavor,
    (record, text): (&str, &str),
    index: Proposer,
    needle: String,
    bind: &mut dyn FnMut(String) -> String,
) -> String {
    match index {
        Proposer::Table { table, waiting, asked } => {
            let (needle, asked) = (bind(needle), bind(asked));
            let contains = contains(flavor, text, &needle);
            format!(
                "({record} IN (SELECT rowid FROM {table} WHERE {table} MATCH {asked} UNION ALL SELECT id FROM {waiting}) \
                 AND {contains})"
            )
        }
        Proposer::Operator { pattern } => format!("{text} LIKE {}", bind(pattern)),
    }
}

/// A whole number as text.
pub fn digits(flavor: Flavor, number: &str) -> String {
    match flavor {
        Flavor::Sqlite | Flavor::Postgres => format!("CAST({number} AS TEXT)"),
    }
}

/// Records by their numbers in the order given: what follows the select, whose table is `table`. The numbers are a JSON
/// array.
pub fn wanted(table: &str, numbers: &str) -> String {
    format!(
        " JOIN json_array_elements_text({numbers}::json) WITH ORDINALITY AS wanted(number, place) \
         ON {table}.id = wanted.number::bigint ORDER BY wanted.place"
    )
}
