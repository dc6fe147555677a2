//! Trigram indexes. On PostgreSQL one is a GIN index of `pg_trgm` over folded texts. On SQLite it is an FTS5 table beside the records that holds which records contain which three characters.
//!
//! It keeps neither the texts nor where in them a trigram stands, so it is small and only proposes records: those that
//! have all trigrams of the needle. Triggers keep it, so no writer of records knows of it. A written record first waits
//! in a list, and is proposed whatever the needle; hundreds of them are taken in at once, since FTS5 is slow to take
//! in one. That it still proposes a record for a text that is gone does no harm.

use crate::database::beside;
use crate::database::layout::{self, column_name};
use crate::flavor::Flavor;
use crate::tx::{self, Tx};
use model::{Cell, ColumnId, Result, TableId};

/// Most trigrams of a needle that are looked up: more of them hardly rule out more records.
const MOST: usize = 8;
/// How many written records wait to be taken in.
const WAITING: u32 = 512;

/// The FTS5 table of a column.
pub fn table_name(table: TableId, column: ColumnId) -> String {
    format!("x{}_{}", table.0, column.0)
}

/// The list of records that wait to be taken into it.
pub fn waiting_name(table: TableId, column: ColumnId) -> String {
    format!("w{}_{}", table.0, column.0)
}

/// Makes the empty index and the triggers that keep it from now on.
pub fn create(table: TableId, column: ColumnId) -> String {
    let (name, waiting) = (table_name(table, column), waiting_name(table, column));
    let (records, text) = (layout::table_name(table), column_name(column));
    format!(
        "CREATE VIRTUAL TABLE {name} USING fts5(v, tokenize = 'trigram case_sensitive 1', content = '', \
         contentless_delete = 1, detail = none);
         CREATE TABLE {waiting} (place INTEGER PRIMARY KEY, id INTEGER NOT NULL) STRICT;
         CREATE TRIGGER {name}_insert AFTER INSERT ON {records} WHEN new.{text} <> '' BEGIN
           INSERT INTO {waiting} (id) VALUES (new.id);
         END;
         CREATE TRIGGER {name}_delete AFTER DELETE ON {records} WHEN old.{text} <> '' BEGIN
           INSERT INTO {waiting} (id) VALUES (old.id);
         END;
         CREATE TRIGGER {name}_update AFTER UPDATE OF {text} ON {records} WHEN new.{text} IS NOT old.{text} BEGIN
           INSERT INTO {waiting} (id) VALUES (new.id);
         END;
         CREATE TRIGGER {name}_take AFTER INSERT ON {waiting} WHEN new.place >= {WAITING} BEGIN
           DELETE FROM {name} WHERE rowid IN (SELECT id FROM {waiting});
           INSERT INTO {name} (rowid, v) SELECT id, mt_fold({text}) FROM {records}
             WHERE id IN (SELECT id FROM {waiting}) AND {text} <> '';
           DELETE FROM {waiting};
         END;"
    )
}

/// Takes the index and its triggers away.
pub fn drop_sql(table: TableId, column: ColumnId) -> String {
    let (name, waiting) = (table_name(table, column), waiting_name(table, column));
    format!(
        "DROP TRIGGER IF EXISTS {name}_insert; DROP TRIGGER IF EXISTS {name}_delete; \
         DROP TRIGGER IF EXISTS {name}_update; DROP TABLE IF EXISTS {waiting}; DROP TABLE IF EXISTS {name};"
    )
}

/// Takes the texts of up to `rows` records after `filled` in. The last record taken in; none when there are no more.
pub fn fill(tx: &mut dyn Tx, table: TableId, column: ColumnId, filled: u32, rows: u32) -> Result<Option<u32>> {
    let (name, records, text) = (table_name(table, column), layout::table_name(table), column_name(column));
    let last = format!("SELECT max(id) FROM (SELECT id FROM {records} WHERE id > ?1 ORDER BY id LIMIT ?2)");
    let params = [Cell::Integer(filled.into()), Cell::Integer(rows.into())];
    let last = tx::first(tx, &last, &params, |row| Ok(row.cell(0).integer()))?.flatten();
    let Some(last) = last else { return Ok(None) };
    // A record written since the triggers stand may be in the index already; it is taken in anew.
    let fill = format!(
        "INSERT OR REPLACE INTO {name} (rowid, v) \
         SELECT id, mt_fold({text}) FROM {records} WHERE id > ?1 AND id <= ?2 AND {text} <> '' ORDER BY id"
    );
    tx.execute(&fill, &[Cell::Integer(filled.into()), Cell::Integer(last)])?;
    Ok(Some(u32::try_from(last).unwrap_or(u32::MAX)))
}

/// The statement that makes the index on PostgreSQL; `place` is where its operators are.
pub fn create_gin(table: TableId, column: ColumnId, place: &str, concurrently: bool) -> String {
    let (name, records) = (table_name(table, column), layout::table_name(table));
    let how = if concurrently { "INDEX CONCURRENTLY" } else { "INDEX" };
    let text = beside::folded_of(Flavor::Postgres, &records, column).replace(&format!("{records}."), "");
    format!("CREATE {how} IF NOT EXISTS {name} ON {records} USING gin (({text}) {place}.gin_trgm_ops)")
}

/// What a text that contains a folded needle is `LIKE`.
pub fn like_pattern(folded: &str) -> String {
    let mut pattern = String::with_capacity(folded.len() + 2);
    pattern.push('%');
    for c in folded.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// What to `MATCH` to find the records that may contain a folded needle; none when the needle is too short to tell.
pub fn match_text(folded: &str) -> Option<String> {
    // The tokenizer ends at U+0000, and no cell holds one.
    if folded.contains('\0') {
        return None;
    }
    let chars: Vec<(usize, char)> = folded.char_indices().collect();
    let count = chars.len().checked_sub(2).filter(|n| *n > 0)?;
    let mut trigrams: Vec<&str> = Vec::with_capacity(MOST);
    // Spread over the needle: neighbours share two characters and rule out the same records.
    let step = count.div_ceil(MOST);
    for i in (0..count).step_by(step).chain([count - 1]) {
        let end = chars.get(i + 3).map_or(folded.len(), |(at, _)| *at);
        let trigram = &folded[chars[i].0..end];
        if !trigrams.contains(&trigram) {
            trigrams.push(trigram);
        }
    }
    let quoted: Vec<String> = trigrams.iter().map(|t| format!("\"{}\"", t.replace('"', "\"\""))).collect();
    Some(quoted.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_becomes_the_trigrams_it_must_have() {
        let cases = [
            ("ab", None),
            ("abc", Some(r#""abc""#)),
            ("abcd", Some(r#""abc" AND "bcd""#)),
            (r#"a"b"#, Some(r#""a""b""#)),
            ("größe", Some(r#""grö" AND "röß" AND "öße""#)),
            ("aaaaa", Some(r#""aaa""#)),
            ("a\0bc", None),
        ];
        for (needle, expected) in cases {
            assert_eq!(match_text(needle).as_deref(), expected, "{needle}");
        }
        let long = "abcdefghijklmnopqrstuvwxyz".repeat(4);
        assert!(match_text(&long).unwrap().matches("AND").count() <= MOST);
    }
}
