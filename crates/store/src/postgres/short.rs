//! Short reads on the task of their request: over connections that many requests share, without a thread of their own.
//!
//! A job of a read is a plain function, and nothing may wait inside it here. So it is run a first time to learn which
//! statement it asks, the statement is sent together with a look at what other nodes did, and the job is run again with
//! the answer at hand. Only statements that find few rows by an index go this way ([`Tx::query_short`]): on a shared
//! connection each waits for those before it. A job that asks anything else is run on a thread, with a snapshot.

use super::address::Address;
use super::cells::{Bound, PostgresRow, fits};
use super::failure::{self, Failure};
use super::pulse::{Epochs, Watched};
use super::quoted;
use crate::flavor::Flavor;
use crate::tx::{Next, Row, Tx};
use model::{Cell, Error, Result, Seq, StoredCell};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio_postgres::{Client, Statement};

/// Connections of a database that its short reads share.
const CLIENTS: usize = 2;
/// Databases that have such connections at the same time.
const MOST_LINES: usize = 4;
/// A line that was not used for this long gives way to another database.
const IDLE: Duration = Duration::from_secs(5);
/// Most rows of a short answer.
const MOST_ROWS: usize = 2_000;
/// Most bytes of one: a longer one is handed out row by row.
const MOST_BYTES: usize = 4 << 20;
/// Prepared statements kept of a connection.
const MOST_STATEMENTS: usize = 256;
/// A statement that takes longer was not short: it is stopped and the job run on a thread.
const SHORT_MS: u32 = 250;
/// When not even that is told, the server is not there as it was.
const SILENCE: Duration = Duration::from_secs(2);

/// A statement and its answer.
pub struct Answer {
    sql: String,
    params: Vec<StoredCell>,
    rows: Vec<tokio_postgres::Row>,
}

/// A run of a job that has these answers at hand.
pub struct ShortTx<'a> {
    answers: &'a [Answer],
    next: usize,
    trigrams: Option<&'a str>,
    /// The short statement whose answer is not at hand.
    pub wanted: Option<(String, Vec<StoredCell>)>,
    /// Whether it asked what is not short, or asked on after it was refused.
    pub other: bool,
}

impl<'a> ShortTx<'a> {
    pub fn new(answers: &'a [Answer], trigrams: Option<&'a str>) -> ShortTx<'a> {
        ShortTx { answers, next: 0, trigrams, wanted: None, other: false }
    }

    fn refuse<T>(&mut self) -> Result<T> {
        self.other = true;
        Err(Error::Internal("a statement that is not short".to_owned()))
    }
}

impl Tx for ShortTx<'_> {
    fn flavor(&self) -> Flavor {
        Flavor::Postgres
    }

    fn execute(&mut self, _: &str, _: &[Cell<'_>]) -> Result<u64> {
        self.refuse()
    }

    fn query(&mut self, _: &str, _: &[Cell<'_>], _: &mut dyn FnMut(&dyn Row) -> Next) -> Result<()> {
        self.refuse()
    }

    fn query_short(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Next) -> Result<()> {
        if self.wanted.is_some() || self.other {
            return self.refuse();
        }
        let same = |answer: &&Answer| {
            answer.sql == sql && answer.params.iter().map(StoredCell::borrow).eq(params.iter().copied())
        };
        let Some(answer) = self.answers.get(self.next).filter(same) else {
            self.wanted = Some((sql.to_owned(), params.iter().map(|cell| cell.to_stored()).collect()));
            return Err(Error::Internal("a statement to be asked".to_owned()));
        };
        self.next += 1;
        for row in &answer.rows {
            if each(&PostgresRow(row))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn trigrams(&self) -> Option<&str> {
        self.trigrams
    }

    fn script(&mut self, _: &str) -> Result<()> {
        self.refuse()
    }
}

/// The shared connections of all databases.
pub struct Lines {
    address: Address,
    epochs: Arc<Epochs>,
    open: Mutex<Vec<(String, Arc<Line>)>>,
}

/// The shared connections of one database.
pub struct Line {
    clients: Vec<Shared>,
    next: AtomicUsize,
    looks: Arc<Looks>,
    /// It was silent for too long.
    silent: AtomicBool,
    used: Mutex<Instant>,
}

struct Shared {
    client: Client,
    statements: Mutex<HashMap<String, Statement>>,
}

/// Looks at what other nodes did, each shared by the requests that came before it began.
struct Looks {
    client: Client,
    home: Statement,
    state: Statement,
    epochs: Arc<Epochs>,
    watched: Arc<Watched>,
    waiting: Mutex<Vec<oneshot::Sender<std::result::Result<(), Failure>>>>,
    running: AtomicBool,
}

impl Lines {
    pub fn new(address: Address, epochs: Arc<Epochs>) -> Lines {
        Lines { address, epochs, open: Mutex::default() }
    }

    /// Looks at what other nodes did until now, at the home store and at the database that was used last. False when no
    /// connection is open for it.
    pub async fn look(&self) -> bool {
        let recent = {
            let open = self.open.lock();
            open.iter()
                .filter(|(_, line)| line.is_open())
                .max_by_key(|(_, line)| *line.used.lock())
                .map(|(_, line)| line.clone())
        };
        match recent {
            Some(line) => line.look().await.is_ok(),
            None => false,
        }
    }

    /// The line of a database; none when other databases keep all of them busy.
    pub async fn of(&self, watched: &Arc<Watched>) -> Option<Arc<Line>> {
        {
            let mut open = self.open.lock();
            open.retain(|(_, line)| line.is_open());
            if let Some((_, line)) = open.iter().find(|(schema, _)| *schema == watched.schema) {
                *line.used.lock() = Instant::now();
                return Some(line.clone());
            }
            if open.len() >= MOST_LINES {
                let idle = open.iter().position(|(_, line)| line.used.lock().elapsed() > IDLE)?;
                open.swap_remove(idle);
            }
        }
        match Line::open(&self.address, &self.epochs, watched).await {
            Ok(line) => {
                let line = Arc::new(line);
                self.open.lock().push((watched.schema.clone(), line.clone()));
                Some(line)
            }
            Err(failure) => {
                tracing::debug!(error = ?failure.error, "no shared connection");
                None
            }
        }
    }
}

impl Line {
    /// Looks at what other nodes did until now.
    pub async fn look(&self) -> std::result::Result<(), Failure> {
        self.in_time(self.looks.look()).await
    }

    async fn in_time<T>(
        &self,
        answer: impl Future<Output = std::result::Result<T, Failure>>,
    ) -> std::result::Result<T, Failure> {
        match tokio::time::timeout(SILENCE, answer).await {
            Ok(answered) => answered,
            Err(_) => {
                self.silent.store(true, Ordering::Release);
                Err(Failure::lost("PostgreSQL does not answer in time".to_owned()))
            }
        }
    }

    async fn open(
        address: &Address,
        epochs: &Arc<Epochs>,
        watched: &Arc<Watched>,
    ) -> std::result::Result<Line, Failure> {
        let mut clients = Vec::with_capacity(CLIENTS);
        for _ in 0..CLIENTS {
            let client = connect(address, Some(&watched.schema)).await?;
            clients.push(Shared { client, statements: Mutex::default() });
        }
        // It looks into two schemas, and each statement names its own.
        let client = connect(address, None).await?;
        let of = |error: tokio_postgres::Error| failure::of(&error);
        let home = format!(
            "SELECT key, value FROM {}.meta WHERE key IN ('access_epoch', 'people_epoch')",
            quoted(&address.prefix)
        );
        let home = client.prepare(&home).await.map_err(of)?;
        let state = format!("SELECT seq, schema_version FROM {}.state WHERE one = 1", quoted(&watched.schema));
        let state = client.prepare(&state).await.map_err(of)?;
        let looks = Arc::new(Looks {
            client,
            home,
            state,
            epochs: epochs.clone(),
            watched: watched.clone(),
            waiting: Mutex::default(),
            running: AtomicBool::new(false),
        });
        let (next, silent) = (AtomicUsize::new(0), AtomicBool::new(false));
        Ok(Line { clients, next, looks, silent, used: Mutex::new(Instant::now()) })
    }

    fn is_open(&self) -> bool {
        !self.silent.load(Ordering::Acquire)
            && !self.looks.client.is_closed()
            && self.clients.iter().all(|shared| !shared.client.is_closed())
    }

    /// Sends a statement and, when `look` says so, looks at what other nodes did until now. None when the answer is
    /// long.
    pub async fn ask(
        &self,
        (sql, params): (String, Vec<StoredCell>),
        look: bool,
    ) -> std::result::Result<Option<Answer>, Failure> {
        let looked = async { if look { self.looks.look().await } else { Ok(()) } };
        let asked = async {
            let shared = &self.clients[self.next.fetch_add(1, Ordering::Relaxed) % self.clients.len()];
            let Some(statement) = shared.prepared(&sql).await? else { return Ok(None) };
            let fitting = statement.params().iter().zip(&params).all(|(kind, cell)| fits(cell.borrow(), kind));
            if !fitting || statement.params().len() != params.len() {
                return Ok(None);
            }
            let rows = shared.client.query_raw(&statement, params.iter().map(Bound::from)).await;
            let mut rows = pin!(rows.map_err(|error| failure::of(&error))?);
            let (mut found, mut bytes) = (Vec::new(), 0);
            while let Some(row) =
                std::future::poll_fn(|context| futures_core::Stream::poll_next(rows.as_mut(), context)).await
            {
                let row = row.map_err(|error| failure::of(&error))?;
                bytes += row.raw_size_bytes();
                found.push(row);
                if found.len() > MOST_ROWS || bytes > MOST_BYTES {
                    return Ok(None);
                }
            }
            Ok(Some(found))
        };
        let ((), rows) = self.in_time(async { tokio::try_join!(looked, asked) }).await?;
        Ok(rows.map(|rows| Answer { sql, params, rows }))
    }
}

impl Shared {
    /// A prepared statement; none when there are too many.
    async fn prepared(&self, sql: &str) -> std::result::Result<Option<Statement>, Failure> {
        if let Some(statement) = self.statements.lock().get(sql) {
            return Ok(Some(statement.clone()));
        }
        let statement =
            self.client.prepare(&sql.replace('?', "$")).await.map_err(|error| failure::of_statement(&error, sql))?;
        let mut statements = self.statements.lock();
        if statements.len() >= MOST_STATEMENTS {
            statements.clear();
        }
        statements.insert(sql.to_owned(), statement.clone());
        Ok(Some(statement))
    }
}

impl Looks {
    /// Waits for a look that begins after now.
    async fn look(self: &Arc<Looks>) -> std::result::Result<(), Failure> {
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().push(answer);
        if !self.running.swap(true, Ordering::AcqRel) {
            // A task of its own: the request that began it may go away.
            tokio::spawn(self.clone().run());
        }
        answered.await.unwrap_or_else(|_| Err(Failure::lost("shutting down".to_owned())))
    }

    async fn run(self: Arc<Looks>) {
        loop {
            let waiting = std::mem::take(&mut *self.waiting.lock());
            if waiting.is_empty() {
                self.running.store(false, Ordering::Release);
                // Somebody may have come between the two.
                if self.waiting.lock().is_empty() || self.running.swap(true, Ordering::AcqRel) {
                    return;
                }
                continue;
            }
            let looked = self.once().await;
            for answer in waiting {
                let _ = answer.send(looked.clone());
            }
        }
    }

    async fn once(&self) -> std::result::Result<(), Failure> {
        let began = Instant::now();
        let home = self.client.query(&self.home, &[]);
        let state = self.client.query_opt(&self.state, &[]);
        let (home, state) = tokio::try_join!(home, state).map_err(|error| failure::of(&error))?;
        self.epochs.saw(&home);
        if let Some(state) = state {
            let (seq, version): (i64, i64) = (state.get(0), state.get(1));
            self.watched.saw(Seq(seq as u64), version as u64);
        }
        self.watched.looked_at(began);
        Ok(())
    }
}

/// A connection driven by the runtime, whose names mean those of a schema if one is given.
async fn connect(address: &Address, schema: Option<&str>) -> std::result::Result<Client, Failure> {
    let (client, connection) =
        address.config.connect(address.tls.clone()).await.map_err(|error| failure::of(&error))?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a shared connection to PostgreSQL ended");
        }
    });
    let search_path = schema.map(|schema| format!("search_path TO {}", quoted(schema)));
    for setting in search_path.into_iter().chain([format!("statement_timeout = {SHORT_MS}")]) {
        client.batch_execute(&format!("SET {setting}")).await.map_err(|error| failure::of(&error))?;
    }
    Ok(client)
}
