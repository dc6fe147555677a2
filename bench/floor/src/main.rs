//! The floor: the barest honest server for the work of `load`. It has one typed table and no rights, validators, history,
//! schema or dialects, so a server that has them cannot be expected to be faster. Start reading at `door`; below it is
//! either `sqlite` or `postgres`.
//!
//! Environment: `ADDR`, `DB` (a file, or the URL of a database of its own on a PostgreSQL), `INDEX=1` (indexes on status
//! and revenue, and on the e-mail address), for `SQLite` `SEQINDEX=1` (index on the change number), for PostgreSQL `READERS` and `WRITERS`
//! (connections).

mod door;
mod fields;
mod json;
mod postgres;
mod query;
mod sqlite;

use std::error::Error;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let setting = |key: &str, usual: &str| std::env::var(key).unwrap_or_else(|_| usual.to_owned());
    let (address, database) = (setting("ADDR", "127.0.0.1:8090"), setting("DB", "floor.db"));
    let asked = |key: &str| setting(key, "0") == "1";
    if database.starts_with("postgres") {
        let (readers, writers) = (setting("READERS", postgres::READERS), setting("WRITERS", postgres::WRITERS));
        let store = postgres::Store::open(&database, asked("INDEX"), readers.parse()?, writers.parse()?).await?;
        door::serve(store, &address).await
    } else {
        let mut indexes =
            vec![("INDEX", sqlite::INDEX_FILTER), ("INDEX", sqlite::INDEX_EMAIL), ("SEQINDEX", sqlite::INDEX_SEQ)];
        indexes.retain(|(key, _)| asked(key));
        let indexes: Vec<&str> = indexes.into_iter().map(|(_, statement)| statement).collect();
        door::serve(sqlite::Store::open(&database, &indexes)?, &address).await
    }
}
