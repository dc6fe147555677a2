//! Building an index beside the writes of others.

use super::advisor::{AdvisorOptions, microseconds_per_row};
use super::build::{Progress, announce, build_step, create_sql, ensure, finish};
use super::{Definition, Form};
use crate::database::catalog::Catalog;
use crate::database::layout::table_name;
use crate::database::{Database, blocks};
use crate::postgres::Node;
use model::Result;
use std::time::{Duration, Instant};

/// An index whose build would stop writes for longer than the budget waits until there were none for this long.
const IDLE: Duration = Duration::from_secs(2);
/// But no longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(200);

/// How long one chunk of a trigram index should take at most, and how many records it begins with.
const CHUNK: Duration = Duration::from_millis(40);
const FIRST_CHUNK: u32 = 1_000;

/// Builds an index by jobs of the writer, letting other writes in between. Blocks its thread until the index stands;
/// to be run on one of its own.
pub fn run_build(database: &Database, definition: &Definition, options: &AdvisorOptions) -> Result<()> {
    if let Some(node) = database.node() {
        return beside_writes(database, node, definition);
    }
    match definition.form {
        Form::Ordered => {
            let table = definition.table;
            let rows = database.read_blocking(move |read| blocks::count(read.tx, table))?;
            let estimate = rows as f64 * microseconds_per_row(definition) / 1000.0;
            if estimate > options.budget_ms as f64 {
                wait_for_idleness(database);
            }
            let definition = definition.clone();
            database.write_blocking(move |w| ensure(w, &definition))
        }
        Form::Trigram => fill_in_chunks(database, definition),
    }
}

/// PostgreSQL builds an index without holding writes up, outside any transaction. A build that was cut short leaves an
/// index that is not valid, which is made anew.
fn beside_writes(database: &Database, node: &Node, definition: &Definition) -> Result<()> {
    let name = definition.name();
    let standing = |catalog: &Catalog| catalog.indexes.iter().any(|s| s.name == name && s.built);
    if standing(&database.catalog()) {
        let definition = definition.clone();
        return database.write_blocking(move |w| ensure(w, &definition));
    }
    let announced = definition.clone();
    database.write_blocking(move |w| announce(w, &announced))?;
    node.alone(database.key(), |tx| {
        let sql = create_sql(tx, &database.catalog(), definition, true)?;
        tx.script(&format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"))?;
        tx.script(&sql)?;
        // Of what an index computes the planner knows nothing before.
        tx.script(&format!("ANALYZE {}", table_name(definition.table)))
    })?;
    let finished = definition.clone();
    database.write_blocking(move |w| finish(w, &finished))
}

fn fill_in_chunks(database: &Database, definition: &Definition) -> Result<()> {
    let mut rows = FIRST_CHUNK;
    loop {
        let step = definition.clone();
        let (progress, took) = database.write_blocking(move |w| {
            let start = Instant::now();
            Ok((build_step(w, &step, rows)?, start.elapsed()))
        })?;
        if progress == Progress::Done {
            return Ok(());
        }
        rows = if took > CHUNK { (rows / 2).max(100) } else { (rows + rows / 2).min(20_000) };
        // As long for the others as for the build.
        std::thread::sleep(took);
    }
}

/// Waits until nothing was written for a while, or long enough.
fn wait_for_idleness(database: &Database) {
    let seq = database.seq();
    let start = Instant::now();
    let (mut last, mut since) = (*seq.borrow(), Instant::now());
    while since.elapsed() < IDLE && start.elapsed() < LONGEST_WAIT {
        std::thread::sleep(LOOK);
        let present = *seq.borrow();
        if present != last {
            (last, since) = (present, Instant::now());
        }
    }
}
