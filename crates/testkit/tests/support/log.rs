//! Looks behind the door: the log of a base, and walking it back.

use model::{Actor, DatabaseKey, Seq};
use std::sync::Arc;
use store::database::log;
use store::tx::GO_ON;
use testkit::server::Server;

/// The key of a base in its id.
pub fn key_of(base: &str) -> DatabaseKey {
    DatabaseKey::parse(&base[3..15]).expect("a base id holds its key")
}

/// The sequence of the last write.
pub fn last(server: &Server, base: &str) -> Seq {
    let database = server.engine.store().database(key_of(base)).expect("an open database");
    *database.seq().borrow()
}

/// The sequences in the log, oldest first, and what its own check has to say.
pub fn sequences(server: &Server, base: &str) -> (Vec<u64>, Vec<String>) {
    let database = server.engine.store().database(key_of(base)).expect("an open database");
    let (mut found, expected) = (Vec::new(), last(server, base));
    let faults = database.read_blocking(|read| {
        log::rows_back_to(read.tx, Seq(0), &mut |row| {
            found.push(row.seq.0);
            Ok(GO_ON)
        })?;
        log::check(read.tx, expected)
    });
    found.reverse();
    (found, faults.expect("a readable log"))
}

/// Walks the log of a base back to a point.
pub fn rewind(server: &Server, base: &str, point: Seq) -> model::Result<Option<Seq>> {
    let actor = Arc::new(Actor::local(None));
    server.wait(server.engine.rewind(&actor, key_of(base), point))
}
