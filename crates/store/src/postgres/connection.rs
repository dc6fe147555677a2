//! One connection to PostgreSQL, driven by whoever uses it: its runtime runs only while somebody waits for an answer.

use super::ahead::{Ahead, Pending};
use super::cells::{Bound, Param, fits, own_type};
use super::failure::{self, Failure};
use super::rows::Rows;
use super::tls::Tls;
use bytes::Bytes;
use futures_util::SinkExt;
use model::Cell;
use std::collections::HashMap;
use std::ops::Deref;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Config, Statement};

/// Longest wait for a connection to be made.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// Prepared statements kept of a connection.
const MOST_STATEMENTS: usize = 512;
/// Longest wait for the outcome of statements that are not definitions: the server ends them before, if it is there.
const ANSWER_TIME: Duration = Duration::from_secs(60);
/// Longest wait on top of it for what may be here already.
const GRACE: Duration = Duration::from_secs(1);
/// Statements sent at once. Each is asked again whenever something comes, so there must not be too many.
const AT_ONCE: usize = 64;
/// A connection that was not used for this long is looked at before its next use.
const DOUBT: Duration = Duration::from_millis(200);

/// A connection. Everything it does blocks its caller.
pub struct Connection {
    runtime: Driver,
    client: Arc<Client>,
    tls: Tls,
    /// What was sent and whose outcome nobody has waited for.
    pending: Pending,
    /// The schema in which names are looked for.
    schema: String,
    /// Prepared statements by schema and text.
    statements: HashMap<String, HashMap<String, Statement>>,
    kept: usize,
    last_use: Instant,
    /// Whether an order to cancel a query is on its way: it may come so late that it meets another one.
    cancelled: bool,
    /// Whether a transaction was begun with the end of the one before.
    pub begun: bool,
    /// Whether a statement by itself may write as one of a transaction does: it waits for a lock no longer.
    writes_alone: bool,
}

/// A statement to be sent.
pub enum Outgoing<'p> {
    /// Without parameters or answer, in the simple protocol.
    Simple(&'p str),
    /// The same for definitions, which may take long.
    Script(&'p str),
    Prepared(Statement, Vec<Param<'p>>),
}

/// The runtime of a connection. It may end where nobody may wait.
struct Driver(Option<Runtime>);

impl Deref for Driver {
    type Target = Runtime;

    fn deref(&self) -> &Runtime {
        self.0.as_ref().expect("it is there until the drop")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// What becomes of a statement.
pub type Answer<'f> = Pin<Box<dyn Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'f>>;

impl Connection {
    /// Connects.
    pub fn open(config: &Config, tls: &Tls) -> Result<Connection, Failure> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Failure::lost(format!("no runtime: {e}")))?;
        let runtime = Driver(Some(runtime));
        let client = wait(&runtime, async {
            let connected = tokio::time::timeout(CONNECT_TIME, config.connect(tls.clone())).await;
            let (client, connection) = connected
                .map_err(|_| Failure::lost("PostgreSQL does not answer in time".to_owned()))?
                .map_err(|error| failure::of(&error))?;
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection to PostgreSQL ended");
                }
            });
            Ok::<Client, Failure>(client)
        })?;
        Ok(Connection {
            runtime,
            client: Arc::new(client),
            tls: tls.clone(),
            pending: Pending::default(),
            schema: String::new(),
            statements: HashMap::new(),
            kept: 0,
            last_use: Instant::now(),
            cancelled: false,
            begun: false,
            writes_alone: false,
        })
    }

    /// Whether the other side is still there, as far as one can tell without asking it.
    pub fn is_alive(&mut self) -> bool {
        if self.last_use.elapsed() > DOUBT {
            // Lets the driver see an end that has come meanwhile.
            wait(&self.runtime, async {
                for _ in 0..3 {
                    tokio::task::yield_now().await;
                }
            });
        }
        self.is_fit()
    }

    /// Whether it may be used by others, as far as is known.
    pub fn is_fit(&self) -> bool {
        !self.cancelled && !self.client.is_closed()
    }

    /// The schema that names mean now.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Has names mean those of a schema.
    pub fn enter(&mut self, schema: &str) -> Result<(), Failure> {
        if self.schema != schema {
            self.simple(&format!("SET search_path TO {}", super::quoted(schema)))?;
            schema.clone_into(&mut self.schema);
        }
        Ok(())
    }

    /// Whether a statement by itself may write.
    pub fn writes_alone(&self) -> bool {
        self.writes_alone
    }

    /// Has statements by themselves wait for a lock no longer than those of a transaction that writes, or as long as it
    /// takes.
    pub fn write_alone(&mut self, writes_alone: bool) -> Result<(), Failure> {
        if self.writes_alone != writes_alone {
            self.simple(if writes_alone { super::WRITES_ALONE } else { super::WRITES_NOT_ALONE })?;
            self.writes_alone = writes_alone;
        }
        Ok(())
    }

    /// Runs a script.
    pub fn simple(&mut self, sql: &str) -> Result<(), Failure> {
        self.last_use = Instant::now();
        wait(&self.runtime, self.client.batch_execute(sql)).map_err(|error| failure::of(&error))
    }

    /// The prepared statement of a text that takes these parameters.
    pub fn prepare(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<Statement, Failure> {
        let statement = match self.statements.get(&self.schema).and_then(|of| of.get(sql)) {
            Some(statement) => statement.clone(),
            None => self.prepare_new(sql, sql, &[])?,
        };
        let guessed = statement.params();
        if guessed.len() != params.len() {
            return Err(Failure::own(format!("{} parameters for {}: {sql}", params.len(), guessed.len())));
        }
        if params.iter().zip(guessed).all(|(cell, kind)| fits(*cell, kind)) {
            return Ok(statement);
        }
        // The server guessed a whole number where a fraction is compared with one: what is bound says what it is.
        let types: Vec<Type> = params.iter().zip(guessed).map(|(cell, kind)| own_type(*cell, kind)).collect();
        let name = types.iter().fold(sql.to_owned(), |name, kind| format!("{name}|{}", kind.oid()));
        match self.statements.get(&self.schema).and_then(|of| of.get(&name)) {
            Some(statement) => Ok(statement.clone()),
            None => self.prepare_new(&name, sql, &types),
        }
    }

    /// The prepared statement of a text that takes arrays, or nothing.
    pub fn prepare_plain(&mut self, sql: &str) -> Result<Statement, Failure> {
        match self.statements.get(&self.schema).and_then(|of| of.get(sql)) {
            Some(statement) => Ok(statement.clone()),
            None => self.prepare_new(sql, sql, &[]),
        }
    }

    fn prepare_new(&mut self, name: &str, sql: &str, types: &[Type]) -> Result<Statement, Failure> {
        if self.kept >= MOST_STATEMENTS {
            // A statement is deallocated with its last handle; those in use are prepared anew.
            self.statements.clear();
            self.kept = 0;
        }
        self.last_use = Instant::now();
        let text = dollars(sql);
        let prepared = self.pending.beside(self.client.prepare_typed(&text, types));
        let prepared = wait(&self.runtime, async { tokio::time::timeout(ANSWER_TIME, prepared).await });
        self.pending.failure()?;
        let statement = prepared.map_err(|_| late())?.map_err(|error| failure::of_statement(&error, sql))?;
        self.statements.entry(self.schema.clone()).or_default().insert(name.to_owned(), statement.clone());
        self.kept += 1;
        Ok(statement)
    }

    /// What statements are sent by.
    pub fn client(&self) -> Arc<Client> {
        self.client.clone()
    }

    /// Sends statements without waiting for their outcome, which belongs to that of those after them in their transaction.
    pub fn send_ahead(&mut self, sent: Vec<Ahead>) -> Result<(), Failure> {
        let mut sent = sent.into_iter().peekable();
        while sent.peek().is_some() {
            let part: Vec<Ahead> = sent.by_ref().take(AT_ONCE).collect();
            if self.pending.len() + part.len() > AT_ONCE {
                let all = async { tokio::time::timeout(ANSWER_TIME, self.pending.all()).await };
                wait(&self.runtime, all).map_err(|_| late())?;
                self.pending.failure()?;
            }
            self.last_use = Instant::now();
            self.pending.extend(part);
            wait(&self.runtime, self.pending.send());
        }
        Ok(())
    }

    /// Notes that a transaction was sent ahead to its end: what comes behind it has an outcome of its own.
    pub fn end_ahead(&mut self) {
        self.pending.end();
    }

    /// Waits for the outcome of the first transaction that was sent ahead to its end, or for something else, which is then
    /// told.
    pub fn settle_or<T: Send>(&mut self, other: impl Future<Output = T> + Send) -> Result<Option<T>, Failure> {
        // Who has not run for long may have an answer that it has not taken in.
        let deadline = (self.last_use + ANSWER_TIME).max(Instant::now() + GRACE);
        let ended = async { tokio::time::timeout_at(deadline.into(), self.pending.first_or(other)).await };
        match wait(&self.runtime, ended) {
            Ok(None) => {
                self.last_use = Instant::now();
                self.pending.first().map(|()| None)
            }
            Ok(came) => Ok(came),
            Err(_) => self.pending.first().and(Err(late())),
        }
    }

    /// Waits for the outcome of the first transaction that was sent ahead to its end.
    pub fn settle(&mut self) -> Result<(), Failure> {
        self.settle_or(std::future::pending::<()>()).map(drop)
    }

    /// Begins a copy of rows into a table; what is given is yet to be sent ahead.
    pub fn begin_copy(&mut self, copy: Statement, rows: Bytes) -> Result<Ahead, Failure> {
        self.last_use = Instant::now();
        let sink = wait(&self.runtime, self.pending.beside(in_time(self.client.copy_in::<_, Bytes>(&copy))));
        self.pending.failure()?;
        let sink = sink?;
        Ok(Box::pin(async move {
            let mut sink = pin!(sink);
            sink.send(rows).await?;
            sink.finish().await
        }))
    }

    /// Sends statements at once, in order; how many rows the last of them touched. The first failure is told.
    pub fn run(&mut self, statements: &[Outgoing<'_>]) -> Result<u64, Failure> {
        let mut touched = 0;
        for part in statements.chunks(AT_ONCE) {
            self.last_use = Instant::now();
            let mut answers: Vec<Answer<'_>> = self.pending.take()?;
            answers.extend(part.iter().map(|statement| answer(&self.client, statement)));
            let is_definition = part.iter().any(|statement| matches!(statement, Outgoing::Script(_)));
            touched = wait(&self.runtime, async {
                match is_definition {
                    true => pipelined(answers).await.map_err(|error| failure::of(&error)),
                    false => in_time(pipelined(answers)).await,
                }
            })?;
        }
        Ok(touched)
    }

    /// Sends statements and then a query, all at once; the rows of the query. `stop` is asked as in [`Self::next`].
    pub fn query(
        &mut self,
        before: &[Outgoing<'_>],
        query: &Statement,
        params: &[Cell<'_>],
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Rows, Failure> {
        let before = match before.len().checked_sub(AT_ONCE) {
            Some(many) if many > 0 => {
                self.run(&before[..many])?;
                &before[many..]
            }
            Some(_) | None => before,
        };
        self.last_use = Instant::now();
        let params: Vec<Bound<'_>> = params.iter().map(|cell| Bound(*cell)).collect();
        let ahead = self.pending.take()?;
        let (client, tls, cancelled) = (&*self.client, &self.tls, &mut self.cancelled);
        let rows = wait(&self.runtime, async {
            let mut answers: Vec<Answer<'_>> = ahead;
            answers.extend(before.iter().map(|statement| answer(client, statement)));
            let (sender, receiver) = tokio::sync::oneshot::channel();
            answers.push(Box::pin(async move {
                let rows = client.query_raw(query, params.iter()).await?;
                drop(sender.send(rows));
                Ok(0)
            }));
            // The server says nothing of a query before its first rows, which may take long.
            let mut begun = std::pin::pin!(in_time(pipelined(answers)));
            loop {
                match tokio::time::timeout(Rows::LOOK, begun.as_mut()).await {
                    Ok(begun) => {
                        begun?;
                        break;
                    }
                    Err(_) if !*cancelled && stop() => {
                        *cancelled = true;
                        let _ = client.cancel_token().cancel_query(tls.clone()).await;
                    }
                    Err(_) => {}
                }
            }
            Ok::<_, Failure>(receiver.await.ok())
        });
        match rows.map_err(|failure| self.told(failure))? {
            Some(rows) => Ok(Rows::new(rows)),
            None => Err(Failure::own("a query without an answer".to_owned())),
        }
    }

    /// The next rows of a query, none after the last; `stop` is asked now and then, and ends the query when it is true.
    pub fn next(
        &mut self,
        rows: &mut Rows,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<tokio_postgres::Row>, Failure> {
        let (client, tls) = (&self.client, &self.tls);
        let found = wait(&self.runtime, in_time(rows.next(client, tls, stop)));
        self.cancelled |= rows.stopped;
        found.map_err(|failure| self.told(failure))
    }

    /// Ends a query whose rows nobody wants any more. What is little is read to its end; a long query is cancelled when
    /// its transaction only reads, and the transaction goes on.
    pub fn end(&mut self, mut rows: Rows, may_cancel: bool) -> Result<(), Failure> {
        let (client, tls) = (&self.client, &self.tls);
        let ended = wait(&self.runtime, async {
            let never = || false;
            for _ in 0..4 {
                if rows.next(client, tls, &never).await?.is_empty() {
                    return Ok(());
                }
            }
            let cancel = || may_cancel;
            while !rows.next(client, tls, &cancel).await?.is_empty() {}
            Ok::<(), tokio_postgres::Error>(())
        });
        self.cancelled |= rows.stopped;
        match ended.map_err(|error| self.told(failure::of(&error))) {
            Err(failure) if failure.is_cancelled() && may_cancel => self.simple(super::READ_ON),
            other => other,
        }
    }

    /// The failure behind an error of a query that may have been cancelled.
    fn told(&mut self, failure: Failure) -> Failure {
        if failure.is_cancelled() {
            // The order has come.
            self.cancelled = false;
        }
        failure
    }
}

fn answer<'f>(client: &'f Client, statement: &'f Outgoing<'_>) -> Answer<'f> {
    match statement {
        Outgoing::Simple(sql) | Outgoing::Script(sql) => {
            Box::pin(async { client.batch_execute(sql).await.map(|()| 0) })
        }
        Outgoing::Prepared(statement, params) => Box::pin(client.execute_raw(statement, params.iter())),
    }
}

/// Waits for an answer as long as one may take.
async fn in_time<T>(answer: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, Failure> {
    match tokio::time::timeout(ANSWER_TIME, answer).await {
        Ok(answered) => answered.map_err(|error| failure::of(&error)),
        Err(_) => Err(late()),
    }
}

fn late() -> Failure {
    Failure::lost("PostgreSQL does not answer in time".to_owned())
}

/// Waits for all answers; each statement is sent when it is first asked, so they are asked in order. The first failure
/// in that order counts: those after it only say that the transaction is over.
async fn pipelined(mut answers: Vec<Answer<'_>>) -> Result<u64, tokio_postgres::Error> {
    let mut done: Vec<Option<Result<u64, tokio_postgres::Error>>> = answers.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (answer, done) in answers.iter_mut().zip(&mut done) {
            if done.is_none() {
                match answer.as_mut().poll(context) {
                    Poll::Ready(result) => *done = Some(result),
                    Poll::Pending => waiting = true,
                }
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    done.into_iter().flatten().try_fold(0, |_, touched| touched)
}

/// Waits on the connection's own runtime, wherever the caller is.
fn wait<F>(runtime: &Runtime, future: F) -> F::Output
where
    F: Future + Send,
    F::Output: Send,
{
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Err(_) => runtime.block_on(future),
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(|| runtime.block_on(future)),
        // A runtime of one thread lets nobody wait in it.
        Ok(_) => std::thread::scope(|scope| {
            let waiting = scope.spawn(|| runtime.block_on(future));
            waiting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }),
    }
}

/// Our `?1` as PostgreSQL's `$1`. No statement of ours has a question mark anywhere else: values are bound.
fn dollars(sql: &str) -> String {
    sql.replace('?', "$")
}
