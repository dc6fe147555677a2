//! PostgreSQL as an engine: a home schema, and a schema for each database, in one PostgreSQL database.
//!
//! Every statement stays inside one schema and no sequences are used, so that schemas can be spread over several
//! servers. A process is a node: any number of them may work on one store. Start with [`Node`], then `connection.rs`
//! and `tx.rs`; `writer.rs` is where writes of several nodes meet.

mod address;
mod ahead;
mod cells;
mod connection;
mod epochs;
mod failure;
mod flight;
mod groups;
mod joined;
mod news;
mod pool;
mod pulse;
mod readers;
pub(crate) mod rights;
mod rounds;
mod rows;
mod short;
mod tls;
mod tx;
mod wanted;
mod writer;

use crate::blocking::blocking;
use crate::database::catalog::Catalog;
use crate::database::readers::ReadTx;
use crate::tx::Tx;
use address::Address;
use connection::Connection;
use failure::Failure;
use model::{DatabaseKey, Error, Result};
use pool::{Pool, Pooled};
use short::{Line, Lines, ShortTx};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

pub use address::PostgresOptions;
pub(crate) use epochs::Epochs;
pub(crate) use pulse::{Arrival, Pulse, Watched};
pub(crate) use readers::PostgresReaders;
pub(crate) use tx::PostgresTx;
pub(crate) use writer::PostgresWriter;

/// The oldest server we run on.
const LEAST_VERSION: i64 = 150_000;
/// Connections for the home store: writes of databases look things up there, so it has its own.
const HOME_CONNECTIONS: usize = 4;

/// Between two attempts to take a copy of the epoch of rights away that somebody else uses.
const DROP_PAUSE: Duration = Duration::from_secs(1);

/// How a read begins: one snapshot, bounded in time. What follows a query that was cancelled is read on the same one.
pub(crate) const READ: &str =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 30000; SAVEPOINT begun";
/// How a read goes on after a query that was cancelled.
const READ_ON: &str = "ROLLBACK TO SAVEPOINT begun";
/// How a write begins: each of its statements sees what was committed before, whatever the server's own default is. A
/// node that stops in the middle loses its transaction, and with it the lock of the sequence; who waits longer for
/// another node's write than that gives up.
pub(crate) const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = 45000; \
                                SET LOCAL idle_in_transaction_session_timeout = 30000";
/// What a connection is told whose writes may be statements without a beginning.
const WRITES_ALONE: &str = "SET lock_timeout = 45000";
const WRITES_NOT_ALONE: &str = "RESET lock_timeout";

/// This process among those that work on one store.
pub struct Node {
    pub(crate) pool: Arc<Pool>,
    home: Arc<Pool>,
    pub(crate) pulse: Pulse,
    lines: Lines,
    pub(crate) epochs: Arc<Epochs>,
    prefix: String,
    trigrams: Option<String>,
    /// Divides by zero when the rights are of a later epoch than this. An earlier one is that of a store that lost its
    /// last changes, and changes nothing either.
    rights: String,
}

impl Node {
    /// Connects, looks whether the server will do, and makes the home schema when it `may_begin` a store there.
    pub fn open(options: &PostgresOptions, may_begin: bool) -> Result<Arc<Node>> {
        let address = Address::of(options)?;
        let shown = address.shown();
        let told = |error: Error| match error {
            Error::Unavailable(why) => Error::Unavailable(format!("{shown}: {why}")),
            other => other,
        };
        let mut connection = Connection::open(&address.config, &address.tls).map_err(|failure| told(failure.error))?;
        let trigrams = examine(&mut connection, &address.prefix, may_begin).map_err(told)?;
        drop(connection);
        let epochs = Arc::new(Epochs::default());
        let pool = Pool::new(address.clone(), options.connections);
        let home = Pool::new(address.clone(), HOME_CONNECTIONS);
        let prefix = address.prefix.clone();
        let lines = Lines::new(address.clone(), epochs.clone());
        let pulse = Pulse::start(address, epochs.clone(), vec![Arc::downgrade(&pool), Arc::downgrade(&home)])?;
        let rights = format!(
            "SELECT 1 / (CASE WHEN value <= ?1 THEN 1 ELSE 0 END) FROM {}.meta WHERE key = '{}'",
            quoted(&prefix),
            crate::home::ACCESS
        );
        Ok(Arc::new(Node { pool, home, pulse, lines, epochs, prefix, trigrams, rights }))
    }

    /// The schema of a database.
    pub fn schema_of(&self, key: DatabaseKey) -> String {
        format!("{}_{key}", self.prefix)
    }

    /// The schema where the operators of trigram indexes are.
    pub(crate) fn trigrams(&self) -> Option<&str> {
        self.trigrams.as_deref()
    }

    /// Runs a job in a transaction of the home schema.
    pub(crate) fn in_home<T>(&self, opening: &'static str, job: impl FnOnce(&mut dyn Tx) -> Result<T>) -> Result<T> {
        if opening == WRITE
            && let Some(arrival) = Arrival::here()
        {
            arrival.admit_write()?;
        }
        blocking(|| in_transaction(self.home.get(&self.prefix)?, self.trigrams(), opening, |tx| job(tx)))
    }

    /// Runs a job that writes to the home schema and raises the epoch of rights: the copies of it are set in the same
    /// transaction. `raised` tells the epoch from what the job gave.
    pub(crate) fn in_home_raising<T>(
        &self,
        job: impl FnOnce(&mut dyn Tx) -> Result<T>,
        raised: impl FnOnce(&T) -> u64,
    ) -> Result<T> {
        if let Some(arrival) = Arrival::here() {
            arrival.admit_write()?;
        }
        let job = |tx: &mut PostgresTx<'_>| {
            let done = job(tx)?;
            rights::spread(tx, &self.prefix, raised(&done))?;
            Ok(done)
        };
        blocking(|| in_transaction(self.home.get(&self.prefix)?, self.trigrams(), WRITE, job))
    }

    /// Sets the copy of the epoch of rights in a schema where it is none.
    pub(crate) fn copy_rights(&self, schema: &str) -> Result<()> {
        let job = |tx: &mut PostgresTx<'_>| {
            let epoch = crate::home::locked_access(tx)?;
            tx.put_text(rights::set(schema, epoch));
            Ok(())
        };
        blocking(|| in_transaction(self.home.get(&self.prefix)?, None, WRITE, job))
    }

    /// Takes note that a database is written to.
    pub(crate) fn written(self: &Arc<Node>, watched: &Arc<Watched>) {
        if self.lines.is_missing(watched)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (node, watched) = (self.clone(), watched.clone());
            runtime.spawn(async move { node.lines.open_for(&watched).await });
        }
    }

    /// Runs a job of short statements on the task of its request. None when it asks anything else, or needs a newer
    /// catalog: it is then to be run on a thread.
    pub(crate) async fn read_short<T>(
        &self,
        watched: &Arc<Watched>,
        catalog: &Arc<Catalog>,
        rounds: usize,
        job: &mut (dyn FnMut(&mut ReadTx<'_>) -> Result<T> + Send),
    ) -> Result<Option<T>> {
        let arrival = Arrival::here();
        let mut answers = Vec::new();
        let mut fresh = watched.is_fresh(arrival.as_deref());
        if fresh && catalog.schema.version < watched.version.load(Ordering::Acquire) {
            return Ok(None);
        }
        let mut line: Option<Arc<Line>> = None;
        loop {
            let (result, wanted) = {
                let mut tx = ShortTx::new(&answers, self.trigrams());
                let result = job(&mut ReadTx { tx: &mut tx, catalog: catalog.clone(), is_brief: false });
                if tx.other {
                    return Ok(None);
                }
                (result, tx.wanted.take())
            };
            if wanted.is_none() && fresh {
                return result.map(Some);
            }
            if answers.len() >= rounds {
                return Ok(None);
            }
            if line.is_none() {
                line = self.lines.of(watched).await;
            }
            let Some(line) = &line else { return Ok(None) };
            // What is not short after all, or lost, is told by the thread.
            match wanted {
                Some(wanted) => match line.ask(wanted, !fresh).await {
                    Ok(Some(answer)) => answers.push(answer),
                    Ok(None) | Err(_) => return Ok(None),
                },
                None => {
                    if line.look().await.is_err() {
                        return Ok(None);
                    }
                }
            }
            if !fresh {
                if let Some(arrival) = arrival.as_ref().filter(|arrival| arrival.must_look()) {
                    arrival.looked(&self.epochs)?;
                }
                if catalog.schema.version < watched.version.load(Ordering::Acquire) {
                    return Ok(None);
                }
                fresh = true;
            }
        }
    }

    /// Runs what a request does, once a look that began after now has ended.
    pub(crate) async fn arrive<T>(&self, request: impl Future<Output = T>) -> Result<T> {
        let came = Instant::now();
        if !self.lines.look().await {
            self.pulse.look(None).await?;
        }
        Ok(Arrival::looked_since(came, &self.epochs).scope(request).await)
    }

    /// Runs what a request does that can be run again while nothing of it stands. Its first statement, or the transaction
    /// of its first write, brings the look along; when that tells that rights have changed the request is run again.
    pub(crate) async fn arrive_lightly<T, F: Future<Output = T>>(&self, mut request: impl FnMut() -> F) -> Result<T> {
        let arrival = Arrival::now(&self.epochs);
        let answer = arrival.clone().scope(request()).await;
        if arrival.must_look() && !arrival.is_unsure() {
            // It asked nothing that looks, but was judged by rights.
            if !self.lines.look().await {
                self.pulse.look(None).await?;
            }
            let _ = arrival.looked(&self.epochs);
        }
        if arrival.is_stale() { self.arrive(request()).await } else { Ok(answer) }
    }

    /// Runs a job in a transaction of a schema.
    pub(crate) fn in_schema<T>(
        &self,
        schema: &str,
        opening: &'static str,
        job: impl FnOnce(&mut dyn Tx) -> Result<T>,
    ) -> Result<T> {
        in_transaction(self.pool.get(schema)?, self.trigrams(), opening, |tx| job(tx))
    }

    /// Runs statements in the schema of a database, each by itself.
    pub(crate) fn alone<T>(&self, key: DatabaseKey, job: impl FnOnce(&mut dyn Tx) -> Result<T>) -> Result<T> {
        let mut pooled = self.pool.get(&self.schema_of(key))?;
        pooled.write_alone(false)?;
        let mut tx = PostgresTx::bare(&mut pooled, self.trigrams());
        let result = job(&mut tx);
        let failure = tx.failure().cloned();
        pooled.ends_with(failure.as_ref());
        result
    }

    /// Whether a schema is there.
    pub(crate) fn has_schema(&self, schema: &str) -> Result<bool> {
        let mut pooled = self.pool.get(&self.prefix)?;
        let mut tx = PostgresTx::bare(&mut pooled, None);
        has_schema(&mut tx, schema)
    }

    /// The schemas of databases, listed or not, as the keys in their names.
    pub(crate) fn schemas(&self) -> Result<Vec<String>> {
        let mut pooled = self.pool.get(&self.prefix)?;
        let mut tx = PostgresTx::bare(&mut pooled, None);
        let sql = "SELECT nspname::text FROM pg_catalog.pg_namespace WHERE starts_with(nspname::text, ?1) ORDER BY 1";
        let prefix = format!("{}_", self.prefix);
        crate::tx::all(&mut tx, sql, &[model::Cell::Text(&prefix)], |row| {
            Ok(row.cell(0).text().unwrap_or("")[prefix.len()..].to_owned())
        })
    }

    /// A number that no other store has.
    pub(crate) fn random(&self) -> Result<i64> {
        let mut pooled = self.pool.get(&self.prefix)?;
        let mut tx = PostgresTx::bare(&mut pooled, None);
        let sql = "SELECT abs(hashtextextended(gen_random_uuid()::text, 0) / 2) + 1";
        let number = crate::tx::first(&mut tx, sql, &[], |row| Ok(row.cell(0).integer().unwrap_or(0)))?;
        number.ok_or_else(|| Error::Internal("no random number".to_owned()))
    }

    /// Takes the whole store away, the home schema last.
    pub fn erase(&self) -> Result<()> {
        for key in self.schemas()? {
            self.drop_at_once(&format!("{}_{key}", self.prefix))?;
        }
        self.drop_at_once(&self.prefix)
    }

    /// Takes the schema of a database and all in it away.
    pub(crate) fn drop_schema(&self, schema: &str) -> Result<()> {
        // Its copy of the epoch goes first, behind the lock of those who set copies: they would fail by a table that goes
        // under their hands. Somebody may read it for long, a dump for one; the lock is not held while that is waited for.
        while !blocking(|| self.drop_copy(schema))? {
            std::thread::sleep(DROP_PAUSE);
        }
        self.drop_at_once(schema)
    }

    /// Takes the copy of the epoch in a schema away. False when somebody else uses it.
    fn drop_copy(&self, schema: &str) -> Result<bool> {
        let mut pooled = self.home.get(&self.prefix)?;
        pooled.broken = true;
        let lock = format!("UPDATE meta SET value = value WHERE key = '{}'", crate::home::ACCESS);
        let steps = ["BEGIN", "SET LOCAL lock_timeout = 200", &lock, &rights::drop_in(schema), "COMMIT"];
        let dropped = steps.into_iter().try_for_each(|step| pooled.simple(step));
        let dropped = match dropped {
            Err(failure) if failure.is_of_a_lock() => pooled.simple("ROLLBACK").map(|()| false),
            other => other.map(|()| true),
        };
        pooled.ends_with(dropped.as_ref().err());
        Ok(dropped?)
    }

    fn drop_at_once(&self, schema: &str) -> Result<()> {
        let mut pooled = self.pool.get(&self.prefix)?;
        pooled.write_alone(false)?;
        Ok(pooled.simple(&format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(schema)))?)
    }
}

/// What the server is, and whether it will do; the schema where trigram operators are.
fn examine(connection: &mut Connection, home: &str, may_begin: bool) -> Result<Option<String>> {
    let mut tx = PostgresTx::bare(connection, None);
    let setting = |tx: &mut PostgresTx<'_>, name: &str| {
        let found = crate::tx::first(tx, &format!("SELECT current_setting('{name}')"), &[], |row| {
            Ok(row.cell(0).text().unwrap_or("").to_owned())
        })?;
        Ok::<String, Error>(found.unwrap_or_default())
    };
    let number = setting(&mut tx, "server_version_num")?;
    judge(&number, &setting(&mut tx, "server_version")?, &setting(&mut tx, "server_encoding")?)?;
    if !has_schema(&mut tx, home)? {
        if !may_begin {
            return Err(Error::Unavailable(format!(
                "there is no store in the schema {home}, where there was one or should be"
            )));
        }
        // Two that make it at the same time would fail in spite of the condition. The lock goes with the connection.
        tx.script(&format!("SELECT pg_advisory_lock(hashtext('{home} begins'))"))?;
        tx.script(&format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(home)))?;
    }
    let found = trigrams(&mut tx)?;
    if found.is_some() {
        return Ok(found);
    }
    // Without it, `contains` reads all records. Another node may make it at the same time.
    for place in ["public".to_owned(), quoted(home)] {
        match connection.simple(&format!("CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA {place}")) {
            Ok(()) => break,
            Err(failure) => tracing::info!(cause = ?failure.error, "no pg_trgm: texts are searched without an index"),
        }
    }
    trigrams(&mut PostgresTx::bare(connection, None))
}

/// Refuses a server that will not do.
fn judge(number: &str, version: &str, encoding: &str) -> Result<()> {
    let refused = |why: String| Err(Error::Unavailable(why));
    if number.parse::<i64>().unwrap_or(0) < LEAST_VERSION {
        return refused(format!("PostgreSQL {version} is too old; 15 is needed"));
    }
    if encoding != "UTF8" {
        return refused(format!("the database has the encoding {encoding}; UTF8 is needed"));
    }
    Ok(())
}

fn has_schema(tx: &mut dyn Tx, schema: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?1";
    Ok(crate::tx::first(tx, sql, &[model::Cell::Text(schema)], |_| Ok(()))?.is_some())
}

fn trigrams(tx: &mut dyn Tx) -> Result<Option<String>> {
    let sql = "SELECT n.nspname::text FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n \
               ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'";
    crate::tx::first(tx, sql, &[], |row| Ok(quoted(row.cell(0).text().unwrap_or(""))))
}

/// Runs a job between a beginning and a commit or rollback.
fn in_transaction<T>(
    mut pooled: Pooled,
    trigrams: Option<&str>,
    opening: &'static str,
    job: impl FnOnce(&mut PostgresTx<'_>) -> Result<T>,
) -> Result<T> {
    // Until it is ended in order, the connection is not to be used again.
    pooled.broken = true;
    let mut tx = PostgresTx::begin(&mut pooled, trigrams, opening);
    let result = job(&mut tx).and_then(|result| tx.commit().map(|()| result));
    if result.is_err() && tx.failure().is_none() {
        drop(tx);
        pooled.simple("ROLLBACK").map_err(|failure: Failure| failure.error)?;
        pooled.broken = false;
    } else {
        let failure = tx.failure().cloned();
        pooled.ends_with(failure.as_ref());
    }
    result
}

/// A name in SQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_refused_for_its_age_or_its_encoding_by_name() {
        assert_eq!(judge("150000", "15.0", "UTF8"), Ok(()));
        assert_eq!(judge("180001", "18.1 (Debian 18.1-1)", "UTF8"), Ok(()));
        let cause = |error: Error| match error {
            Error::Unavailable(why) => why,
            other => other.to_string(),
        };
        assert_eq!(
            cause(judge("140012", "14.12", "UTF8").expect_err("old")),
            "PostgreSQL 14.12 is too old; 15 is needed"
        );
        let encoding = cause(judge("160003", "16.3", "SQL_ASCII").expect_err("not UTF8"));
        assert_eq!(encoding, "the database has the encoding SQL_ASCII; UTF8 is needed");
    }
}
