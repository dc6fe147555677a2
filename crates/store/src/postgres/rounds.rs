//! Rounds over a shared connection: what all requests that wait want to know is sent at once, with one look at what
//! other nodes did. So the server is woken once for all of them, and one request alone waits for nothing but itself.
//!
//! A look tells the version of the schema, and that the rights are those that the node knows, by the copy of their epoch
//! that the database has (`rights.rs`); a row that is found by its key begins with both. When the copy is another number,
//! the home store is asked.
//!
//! The server answers each statement by a message of its own, which costs more than finding a row. So requests that want
//! the same, or the same by other keys, share a statement (`wanted.rs`).

use super::address::Address;
use super::cells::{Bound, Param, PostgresRow, fits};
use super::epochs::Epochs;
use super::failure::{self, Failure};
use super::pulse::Watched;
use super::quoted;
use super::rights;
use super::short::Answer;
use super::wanted::{self, Asked, Asker, Shared, Told, Wanted};
use crate::tx::Row as _;
use futures_core::Stream;
use model::{Seq, StoredCell};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::future::{poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::oneshot::{self, error::TryRecvError};
use tokio_postgres::{Client, Row, RowStream, Statement};

/// Most rows of a short answer.
const MOST_ROWS: usize = 2_000;
/// Most bytes of one: a longer one is handed out row by row.
const MOST_BYTES: usize = 4 << 20;
/// Prepared statements kept of a connection.
const MOST_STATEMENTS: usize = 256;
/// Statements of one round. Each is asked again whenever something comes, so there must not be too many.
const MOST_AT_ONCE: usize = 64;
/// When nothing is told for so long, the server is not there as it was.
const SILENCE: Duration = Duration::from_secs(2);
/// A statement that takes longer was not short: it is stopped and the job run on a thread.
const SHORT_MS: u32 = 250;

/// Cells of a look, before those of what is found by a key.
pub const LOOK_WIDTH: usize = 2;

/// A connection that requests share.
pub struct Rounds {
    client: Client,
    /// The state of the home store, and that of the database.
    home: Statement,
    state: Statement,
    /// The expressions that tell the version of the schema, and the copy of the epoch of rights, within a statement.
    look: String,
    /// By their texts, those that find many keys apart.
    statements: Mutex<[HashMap<String, Statement>; 2]>,
    epochs: Arc<Epochs>,
    watched: Arc<Watched>,
    waiting: Mutex<Vec<Asked>>,
    running: AtomicBool,
    /// When the round that is under way began.
    since: Arc<Mutex<Option<Instant>>>,
}

/// A look at what other nodes did.
struct Look {
    began: Instant,
    /// Whether the rights are those that the node knows, as far as the database tells.
    known: OnceLock<bool>,
}

/// A statement on its way.
struct Sent<'r> {
    askers: Vec<Asker>,
    told: Pin<Box<dyn Future<Output = Vec<Told>> + Send + 'r>>,
    /// What it gave, until the look has ended, too.
    held: Option<Vec<Told>>,
}

/// Rounds that go on without whoever began them.
struct Lead(Option<Pin<Box<dyn Future<Output = ()> + Send>>>);

impl Lead {
    fn poll(&mut self, context: &mut Context<'_>) {
        if let Some(rounds) = &mut self.0
            && rounds.as_mut().poll(context).is_ready()
        {
            self.0 = None;
        }
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        if let (Some(rounds), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(rounds);
        }
    }
}

impl Rounds {
    /// Opens a connection for the short reads of a database.
    pub async fn open(
        address: &Address,
        epochs: &Arc<Epochs>,
        watched: &Arc<Watched>,
    ) -> std::result::Result<Rounds, Failure> {
        let since = Arc::default();
        let client = connect(address, &watched.schema, &since).await?;
        let of = |error: tokio_postgres::Error| failure::of(&error);
        let home = client.prepare(&Epochs::sql(&address.prefix)).await.map_err(of)?;
        let from = format!("FROM {}.state WHERE one = 1", quoted(&watched.schema));
        let rights = rights::copy_in(&watched.schema);
        let state = client.prepare(&format!("SELECT seq, schema_version, {rights} {from}")).await.map_err(of)?;
        Ok(Rounds {
            client,
            home,
            state,
            look: format!("(SELECT schema_version FROM {}.state), {rights}", quoted(&watched.schema)),
            statements: Mutex::default(),
            epochs: epochs.clone(),
            watched: watched.clone(),
            waiting: Mutex::default(),
            since,
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
        let (answer, mut answered) = oneshot::channel();
        self.waiting.lock().push(Asked { wanted, looks, answer });
        // Who finds no round under way runs it, without another task to be woken; once it has its answer, or goes away,
        // a task takes over.
        let is_idle = !self.running.swap(true, Ordering::AcqRel);
        let mut lead = Lead(is_idle.then(|| Box::pin(self.clone().run()) as _));
        let told = poll_fn(|context| {
            lead.poll(context);
            match (&lead.0, answered.try_recv()) {
                (_, Ok(told)) => Poll::Ready(Ok(told)),
                // Nobody but the round tells, and it runs here: to be woken by it, too, would be to run once more.
                (Some(_), Err(TryRecvError::Empty)) => Poll::Pending,
                _ => Pin::new(&mut answered).poll(context),
            }
        });
        told.await.unwrap_or_else(|_| Err(Failure::lost("shutting down".to_owned())))
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
            let began = Instant::now();
            *self.since.lock() = Some(began);
            self.round(asked, &Look { began, known: OnceLock::new() }).await;
            *self.since.lock() = None;
        }
    }

    async fn round(&self, asked: Vec<Asked>, look: &Look) {
        let looks = asked.iter().any(|asked| asked.looks);
        let shared = wanted::shared(asked);
        // A statement that finds keys looks by itself.
        let is_apart = looks && !shared.iter().any(Shared::is_by_key);
        let mut sent = Vec::with_capacity(shared.len());
        for Shared { wanted, askers } in shared {
            let prepared = self.prepared(&wanted).await;
            let told: Pin<Box<dyn Future<Output = Vec<Told>> + Send>> = match prepared {
                Ok(Some(statement)) => Box::pin(self.tell(statement, wanted, look)),
                Ok(None) => Box::pin(ready(Vec::new())),
                Err(failure) => Box::pin(ready(vec![Err(failure); wanted.len()])),
            };
            sent.push(Sent { askers, told, held: None });
        }
        let mut looked = if looks { None } else { Some(Ok(())) };
        let mut apart = pin!(async { if is_apart { self.look_apart(look).await } else { Ok(()) } });
        let mut is_apart_over = false;
        let mut rest = pin!(self.look_on(look));
        // All are sent before the first answer is waited for.
        poll_fn(|context| {
            if !is_apart_over && let Poll::Ready(outcome) = apart.as_mut().poll(context) {
                is_apart_over = true;
                looked = looked.take().or(outcome.err().map(Err));
            }
            sent.iter_mut().for_each(|sent| sent.poll(context));
            // Those that look may have failed.
            let is_told = look.known.get().is_some() || sent.iter().all(|sent| sent.held.is_some());
            if looked.is_none()
                && is_apart_over
                && is_told
                && let Poll::Ready(outcome) = rest.as_mut().poll(context)
            {
                looked = Some(outcome);
            }
            let Some(looked) = &looked else { return Poll::Pending };
            let held = sent.extract_if(.., |sent| sent.held.is_some());
            held.for_each(|sent| sent.tell(looked));
            if sent.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Looks by a statement of its own.
    async fn look_apart(&self, look: &Look) -> std::result::Result<(), Failure> {
        let state = self.client.query_opt(&self.state, &[]).await.map_err(|error| failure::of(&error))?;
        if let Some(state) = state {
            let (seq, version): (i64, i64) = (state.get(0), state.get(1));
            self.watched.saw(Seq(seq as u64), version as u64);
            self.told(look, state.get(2));
        }
        Ok(())
    }

    /// Takes in what a copy of the epoch of rights is.
    fn told(&self, look: &Look, copy: Option<i64>) {
        let known = self.epochs.access.load(Ordering::Acquire);
        look.known.get_or_init(|| copy == Some(known as i64));
    }

    /// Looks at what the database did not tell. Only then has somebody looked: others take that for a look at both.
    async fn look_on(&self, look: &Look) -> std::result::Result<(), Failure> {
        if look.known.get().is_none() {
            self.look_apart(look).await?;
        }
        if look.known.get() != Some(&true) {
            let rows = self.client.query(&self.home, &[]).await.map_err(|error| failure::of(&error))?;
            self.epochs.saw(&rows);
        }
        self.watched.looked_at(look.began);
        Ok(())
    }

    /// The prepared statement by which these are found, if what is bound fits it.
    async fn prepared(&self, wanted: &[Wanted]) -> std::result::Result<Option<Statement>, Failure> {
        let Some(first) = wanted.first() else { return Ok(None) };
        let is_many = wanted.len() > 1;
        let known = self.statements.lock()[usize::from(is_many)].get(&first.sql).cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                let text = if is_many { first.of_keys(&self.look) } else { Some(first.of_one(&self.look)) };
                let Some(text) = text else { return Ok(None) };
                let statement = self.client.prepare(&text.replace('?', "$")).await;
                let statement = statement.map_err(|error| failure::of_statement(&error, &text))?;
                let mut statements = self.statements.lock();
                if statements.iter().map(HashMap::len).sum::<usize>() >= MOST_STATEMENTS {
                    *statements = Default::default();
                }
                statements[usize::from(is_many)].insert(first.sql.clone(), statement.clone());
                statement
            }
        };
        let bound = if is_many { first.lead() } else { &first.params };
        let fits = statement.params().len() == first.params.len()
            && statement.params().iter().zip(bound).all(|(kind, cell)| fits(cell.borrow(), kind));
        Ok(fits.then_some(statement))
    }

    /// What a statement gives to all that is wanted of it.
    async fn tell(&self, statement: Statement, wanted: Vec<Wanted>, look: &Look) -> Vec<Told> {
        match self.find(&statement, &wanted, look).await {
            Ok(found) => {
                let answer =
                    |(wanted, rows): (Wanted, Option<Vec<Row>>)| Ok(rows.map(|rows| Arc::new(Answer { wanted, rows })));
                wanted.into_iter().zip(found).map(answer).collect()
            }
            Err(failure) => vec![Err(failure); wanted.len()],
        }
    }

    /// The rows of each that is wanted, and a look with those of keys; none of one that is long, or that others are too
    /// long for.
    async fn find(
        &self,
        statement: &Statement,
        wanted: &[Wanted],
        look: &Look,
    ) -> std::result::Result<Vec<Option<Vec<Row>>>, Failure> {
        let rows = match wanted {
            [one] => self.client.query_raw(statement, one.params.iter().map(Bound::from)).await,
            many => {
                let lead = many.first().map(Wanted::lead).unwrap_or_default();
                let keys = Param::Column(many.iter().filter_map(Wanted::key).map(Bound::from).collect());
                let params = lead.iter().map(|cell| Param::One(Bound::from(cell))).chain([keys]);
                self.client.query_raw(statement, params.collect::<Vec<Param<'_>>>()).await
            }
        };
        let mut rows = pin!(rows.map_err(|error| failure::of(&error))?);
        let mut found: Vec<Vec<Row>> = wanted.iter().map(|_| Vec::new()).collect();
        let (mut count, mut bytes) = (0, 0);
        let is_by_key = wanted.first().is_some_and(|wanted| wanted.by_key);
        while let Some(row) = next(rows.as_mut()).await? {
            if is_by_key && count == 0 {
                self.saw(&row, look)?;
            }
            (count, bytes) = (count + 1, bytes + row.raw_size_bytes());
            let is_of =
                |wanted: &Wanted| wanted.key().map(StoredCell::borrow) == Some(PostgresRow(&row).cell(LOOK_WIDTH));
            let place = if wanted.len() > 1 { wanted.iter().position(is_of) } else { Some(0) };
            if let Some(place) = place {
                found[place].push(row);
            }
            if count > MOST_ROWS || bytes > MOST_BYTES {
                break;
            }
        }
        if is_by_key && count == 0 {
            self.look_apart(look).await?;
        }
        let is_whole = count <= MOST_ROWS && bytes <= MOST_BYTES;
        // A key has one row at most.
        let is_told = |rows: &Vec<Row>| is_whole || (wanted.len() > 1 && !rows.is_empty());
        Ok(found.into_iter().map(|rows| is_told(&rows).then_some(rows)).collect())
    }

    /// Takes in the look that a row begins with.
    fn saw(&self, row: &Row, look: &Look) -> std::result::Result<(), Failure> {
        let version: i64 = row.try_get(0).map_err(|error| failure::of(&error))?;
        let rights: Option<i64> = row.try_get(1).map_err(|error| failure::of(&error))?;
        self.watched.saw_version(version as u64);
        self.told(look, rights);
        Ok(())
    }
}

/// The next row of a statement.
async fn next(mut rows: Pin<&mut RowStream>) -> std::result::Result<Option<Row>, Failure> {
    let row = poll_fn(|context| rows.as_mut().poll_next(context)).await;
    row.transpose().map_err(|error| failure::of(&error))
}

impl Sent<'_> {
    fn poll(&mut self, context: &mut Context<'_>) {
        if self.held.is_none()
            && let Poll::Ready(told) = self.told.as_mut().poll(context)
        {
            self.held = Some(told);
        }
    }

    /// Tells each request what was found; it may have gone away.
    fn tell(self, looked: &std::result::Result<(), Failure>) {
        let held = self.held.unwrap_or_default();
        for Asker { place, looks, answer } in self.askers {
            let told = match looked {
                Err(failure) if looks => Err(failure.clone()),
                _ => held.get(place).cloned().unwrap_or(Ok(None)),
            };
            let _ = answer.send(told);
        }
    }
}

/// A connection driven by the runtime, whose names mean those of a schema. It is given up when a round has lasted for too
/// long: whoever waits is then told. No request needs a timer for that, each of which would wake a thread.
async fn connect(
    address: &Address,
    schema: &str,
    since: &Arc<Mutex<Option<Instant>>>,
) -> std::result::Result<Client, Failure> {
    let (client, connection) =
        address.config.connect(address.tls.clone()).await.map_err(|error| failure::of(&error))?;
    let since = since.clone();
    tokio::spawn(async move {
        tokio::select! {
            ended = connection => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a shared connection to PostgreSQL ended");
                }
            }
            () = silent(&since) => tracing::debug!("a shared connection to PostgreSQL was silent for too long"),
        }
    });
    for setting in [format!("search_path TO {}", quoted(schema)), format!("statement_timeout = {SHORT_MS}")] {
        client.batch_execute(&format!("SET {setting}")).await.map_err(|error| failure::of(&error))?;
    }
    Ok(client)
}

/// Waits until a round has lasted for longer than it may.
async fn silent(since: &Mutex<Option<Instant>>) {
    loop {
        tokio::time::sleep(SILENCE / 4).await;
        if since.lock().is_some_and(|began| began.elapsed() > SILENCE) {
            return;
        }
    }
}
