//! Rounds over a shared connection: what all requests that wait want to know is sent at once, behind one look at what
//! other nodes did. So the server is woken once for all of them, and one request alone waits for nothing but itself.

use super::address::Address;
use super::cells::{Bound, fits};
use super::epochs::Epochs;
use super::failure::{self, Failure};
use super::pulse::Watched;
use super::quoted;
use super::short::Answer;
use model::{Seq, StoredCell};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::sync::oneshot;
use tokio_postgres::{Client, Statement};

/// Most rows of a short answer.
const MOST_ROWS: usize = 2_000;
/// Most bytes of one: a longer one is handed out row by row.
const MOST_BYTES: usize = 4 << 20;
/// Prepared statements kept of a connection.
const MOST_STATEMENTS: usize = 256;
/// Statements of one round. Each is asked again whenever something comes, so there must not be too many.
const MOST_AT_ONCE: usize = 64;
/// A statement that takes longer was not short: it is stopped and the job run on a thread.
const SHORT_MS: u32 = 250;

/// A statement and what is bound.
pub type Wanted = (String, Vec<StoredCell>);

/// What a statement gave; none when that is long.
type Told = std::result::Result<Option<Answer>, Failure>;

/// A connection that requests share.
pub struct Rounds {
    client: Client,
    /// The state of the home store, and that of the database.
    home: Statement,
    state: Statement,
    statements: Mutex<HashMap<String, Statement>>,
    epochs: Arc<Epochs>,
    watched: Arc<Watched>,
    waiting: Mutex<Vec<Asked>>,
    running: AtomicBool,
}

/// What a request wants to know.
struct Asked {
    /// None when it only wants to look.
    wanted: Option<Wanted>,
    looks: bool,
    answer: oneshot::Sender<Told>,
}

/// A statement on its way.
struct Sent<'r> {
    asked: Asked,
    told: Pin<Box<dyn Future<Output = Told> + Send + 'r>>,
    /// What it gave, until the look has ended, too.
    held: Option<Told>,
}

impl Rounds {
    /// Opens a connection for the short reads of a database.
    pub async fn open(
        address: &Address,
        epochs: &Arc<Epochs>,
        watched: &Arc<Watched>,
    ) -> std::result::Result<Rounds, Failure> {
        let client = connect(address, &watched.schema).await?;
        let of = |error: tokio_postgres::Error| failure::of(&error);
        let home = client.prepare(&Epochs::sql(&address.prefix)).await.map_err(of)?;
        let state = format!("SELECT seq, schema_version FROM {}.state WHERE one = 1", quoted(&watched.schema));
        let state = client.prepare(&state).await.map_err(of)?;
        Ok(Rounds {
            client,
            home,
            state,
            statements: Mutex::default(),
            epochs: epochs.clone(),
            watched: watched.clone(),
            waiting: Mutex::default(),
            running: AtomicBool::new(false),
        })
    }

    pub fn is_open(&self) -> bool {
        !self.client.is_closed()
    }

    /// Whether a round is under way.
    pub fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire)
    }

    /// Sends a statement, if one is wanted, with the next round, behind a look that begins after now when `looks` says
    /// so. None when the answer is long, or nothing was wanted.
    pub async fn ask(self: &Arc<Rounds>, wanted: Option<Wanted>, looks: bool) -> Told {
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().push(Asked { wanted, looks, answer });
        if !self.running.swap(true, Ordering::AcqRel) {
            // A task of its own: the request that began it may go away.
            tokio::spawn(self.clone().run());
        }
        answered.await.unwrap_or_else(|_| Err(Failure::lost("shutting down".to_owned())))
    }

    async fn run(self: Arc<Rounds>) {
        loop {
            let mut asked = {
                let mut waiting = self.waiting.lock();
                let most = waiting.len().min(MOST_AT_ONCE);
                waiting.drain(..most).collect::<Vec<Asked>>()
            };
            if asked.is_empty() {
                self.running.store(false, Ordering::Release);
                // Somebody may have come between the two.
                if self.waiting.lock().is_empty() || self.running.swap(true, Ordering::AcqRel) {
                    return;
                }
                continue;
            }
            asked.retain(|asked| !asked.answer.is_closed());
            self.round(asked).await;
        }
    }

    async fn round(&self, asked: Vec<Asked>) {
        let began = Instant::now();
        let looks = asked.iter().any(|asked| asked.looks);
        let mut sent = Vec::with_capacity(asked.len());
        for mut asked in asked {
            let wanted = asked.wanted.take();
            let statement = match &wanted {
                Some((sql, params)) => self.prepared(sql, params).await,
                None => Ok(None),
            };
            let told: Pin<Box<dyn Future<Output = Told> + Send>> = match (statement, wanted) {
                (Ok(Some(statement)), Some(wanted)) => Box::pin(self.rows(statement, wanted)),
                (Ok(_), _) => Box::pin(std::future::ready(Ok(None))),
                (Err(failure), _) => Box::pin(std::future::ready(Err(failure))),
            };
            sent.push(Sent { asked, told, held: None });
        }
        let mut looked = if looks { None } else { Some(Ok(())) };
        let mut look = pin!(self.look(began));
        // The look goes first, and all are sent before the first answer is waited for.
        poll_fn(|context| {
            if looked.is_none()
                && let Poll::Ready(outcome) = look.as_mut().poll(context)
            {
                looked = Some(outcome);
            }
            let mut place = 0;
            while place < sent.len() {
                sent[place].poll(context);
                match (&looked, sent[place].held.is_some()) {
                    (Some(looked), true) => sent.swap_remove(place).tell(looked),
                    _ => place += 1,
                }
            }
            if sent.is_empty() && looked.is_some() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Looks at what other nodes did until `began`, and after.
    async fn look(&self, began: Instant) -> std::result::Result<(), Failure> {
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

    /// The prepared statement of a text, if what is bound fits it.
    async fn prepared(&self, sql: &str, params: &[StoredCell]) -> std::result::Result<Option<Statement>, Failure> {
        let known = self.statements.lock().get(sql).cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                let statement = self.client.prepare(&sql.replace('?', "$")).await;
                let statement = statement.map_err(|error| failure::of_statement(&error, sql))?;
                let mut statements = self.statements.lock();
                if statements.len() >= MOST_STATEMENTS {
                    statements.clear();
                }
                statements.insert(sql.to_owned(), statement.clone());
                statement
            }
        };
        let fits = statement.params().len() == params.len()
            && statement.params().iter().zip(params).all(|(kind, cell)| fits(cell.borrow(), kind));
        Ok(fits.then_some(statement))
    }

    async fn rows(&self, statement: Statement, (sql, params): Wanted) -> Told {
        let rows = self.client.query_raw(&statement, params.iter().map(Bound::from)).await;
        let mut rows = pin!(rows.map_err(|error| failure::of(&error))?);
        let (mut found, mut bytes) = (Vec::new(), 0);
        while let Some(row) = poll_fn(|context| futures_core::Stream::poll_next(rows.as_mut(), context)).await {
            let row = row.map_err(|error| failure::of(&error))?;
            bytes += row.raw_size_bytes();
            found.push(row);
            if found.len() > MOST_ROWS || bytes > MOST_BYTES {
                return Ok(None);
            }
        }
        Ok(Some(Answer { sql, params, rows: found }))
    }
}

impl Sent<'_> {
    fn poll(&mut self, context: &mut Context<'_>) {
        if self.held.is_none()
            && let Poll::Ready(told) = self.told.as_mut().poll(context)
        {
            self.held = Some(told);
        }
    }

    /// Tells the request what was found; it may have gone away.
    fn tell(self, looked: &std::result::Result<(), Failure>) {
        let told = match (looked, self.held) {
            (Err(failure), _) if self.asked.looks => Err(failure.clone()),
            (_, held) => held.unwrap_or(Ok(None)),
        };
        let _ = self.asked.answer.send(told);
    }
}

/// A connection driven by the runtime, whose names mean those of a schema.
async fn connect(address: &Address, schema: &str) -> std::result::Result<Client, Failure> {
    let (client, connection) =
        address.config.connect(address.tls.clone()).await.map_err(|error| failure::of(&error))?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a shared connection to PostgreSQL ended");
        }
    });
    for setting in [format!("search_path TO {}", quoted(schema)), format!("statement_timeout = {SHORT_MS}")] {
        client.batch_execute(&format!("SET {setting}")).await.map_err(|error| failure::of(&error))?;
    }
    Ok(client)
}
