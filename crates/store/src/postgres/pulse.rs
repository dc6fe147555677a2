//! What other nodes did: the state of the home store and of the databases in use, asked for on behalf of requests.
//!
//! A request must see every change of rights and of schemas that was answered before it came, by whatever node. So it
//! waits for a look at the state that began after it came, or its first statement or write brings one along
//! ([`Arrival`]). Looks are shared: all requests that wait share the next one,
//! so under load they cost little, and one request alone pays one round trip. `LISTEN` and `NOTIFY` only make a node
//! look on its own.

use super::address::Address;
use super::epochs::Epochs;
use super::failure::{self, Failure};
use super::news::{News, tell};
use super::pool::Pool;
use super::quoted;
use model::{Error, Result, Seq};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{oneshot, watch};
use tokio_postgres::{AsyncMessage, Client, Statement};

/// A database that was used this recently is looked at for every request, whether it is asked for or not.
const WARM: Duration = Duration::from_secs(2);
/// Most databases that are looked at unasked.
const MOST_WARM: usize = 8;
/// Longest a look may take.
pub const LOOK_TIME: Duration = Duration::from_secs(5);

tokio::task_local! {
    /// The request of this task.
    static ARRIVED: Arc<Arrival>;
}

/// A request while it is answered.
pub struct Arrival {
    came: Instant,
    /// The rights by which it is judged.
    access: u64,
    /// Whether it has waited for a look since it came.
    looked: AtomicBool,
    /// Whether it was judged by rights that are not those of when it came.
    stale: AtomicBool,
    /// Whether a write of it may stand, though nobody can say so.
    unsure: AtomicBool,
}

impl Arrival {
    /// The request of this task, if there is one.
    pub fn here() -> Option<Arc<Arrival>> {
        ARRIVED.try_with(Arc::clone).ok()
    }

    /// A request that comes now.
    pub fn now(epochs: &Epochs) -> Arc<Arrival> {
        Arrival::new(Instant::now(), epochs, false)
    }

    /// A request that came then, for which a look that began after has ended.
    pub fn looked_since(came: Instant, epochs: &Epochs) -> Arc<Arrival> {
        Arrival::new(came, epochs, true)
    }

    fn new(came: Instant, epochs: &Epochs, looked: bool) -> Arc<Arrival> {
        let access = epochs.access.load(Ordering::Acquire);
        Arc::new(Arrival { came, access, looked: looked.into(), stale: false.into(), unsure: false.into() })
    }

    /// Runs what the request does.
    pub async fn scope<T>(self: Arc<Arrival>, request: impl Future<Output = T>) -> T {
        ARRIVED.scope(self, request).await
    }

    /// Refuses a write of a request that is known to be judged by rights that have changed, whatever became of the read
    /// that found it out.
    pub fn admit_write(&self) -> Result<()> {
        if self.stale.load(Ordering::Acquire) { Err(self.refuse()) } else { Ok(()) }
    }

    /// Whether it must be judged anew, and nothing of it stands.
    pub fn is_stale(&self) -> bool {
        self.stale.load(Ordering::Acquire) && !self.is_unsure()
    }

    /// Whether a write of it may stand, though its caller is told otherwise.
    pub fn is_unsure(&self) -> bool {
        self.unsure.load(Ordering::Acquire)
    }

    /// The epoch of the rights by which it is judged.
    pub fn access(&self) -> u64 {
        self.access
    }

    /// Takes note of a write that was committed and brought the look along, or was refused for it.
    pub fn wrote(&self, by_rights_that_hold: bool) {
        self.looked.store(true, Ordering::Release);
        if !by_rights_that_hold {
            drop(self.refuse());
        }
    }

    /// Takes note that nobody knows whether its write stands.
    pub fn doubt(&self) {
        self.unsure.store(true, Ordering::Release);
    }

    /// Has it judged anew; what it is told until then.
    pub fn refuse(&self) -> Error {
        self.stale.store(true, Ordering::Release);
        Arrival::changed()
    }

    /// The error of what is judged by rights that have changed.
    pub fn changed() -> Error {
        Error::Unavailable("rights have changed meanwhile".to_owned())
    }

    /// Whether it still has to wait for a look.
    pub fn must_look(&self) -> bool {
        !self.looked.load(Ordering::Acquire)
    }

    /// Takes note of a look that began after it came. An error when rights have changed: it is then judged anew.
    pub fn looked(&self, epochs: &Epochs) -> Result<()> {
        self.looked.store(true, Ordering::Release);
        if epochs.access.load(Ordering::Acquire) == self.access {
            return Ok(());
        }
        Err(self.refuse())
    }
}

/// A database as the nodes know it.
pub struct Watched {
    pub schema: String,
    /// The version of its schema that was seen last.
    pub version: AtomicU64,
    announce: watch::Sender<Seq>,
    /// When the last look at it began.
    looked: Mutex<Option<Instant>>,
    used: Mutex<Instant>,
    /// Whether the other nodes are still to be told of a change.
    pub(super) has_news: AtomicBool,
}

impl Watched {
    pub fn new(schema: &str, version: u64, announce: watch::Sender<Seq>) -> Watched {
        let now = Instant::now();
        let (looked, used) = (Mutex::new(None), Mutex::new(now));
        let (version, has_news) = (AtomicU64::new(version), AtomicBool::new(false));
        Watched { schema: schema.to_owned(), version, announce, looked, used, has_news }
    }

    /// Takes a state in; an older one than is known changes nothing.
    pub fn saw(&self, seq: Seq, version: u64) {
        self.version.fetch_max(version, Ordering::AcqRel);
        self.announce.send_if_modified(|known| {
            let newer = seq > *known;
            if newer {
                *known = seq;
            }
            newer
        });
    }

    /// Takes a version of the schema in.
    pub fn saw_version(&self, version: u64) {
        self.version.fetch_max(version, Ordering::AcqRel);
    }

    /// The sequence that was seen last.
    pub fn seq(&self) -> Seq {
        *self.announce.borrow()
    }

    /// Whether it was looked at since a request came.
    pub fn is_fresh(&self, arrival: Option<&Arrival>) -> bool {
        let looked = *self.looked.lock();
        arrival.is_some_and(|a| !a.must_look() && looked.is_some_and(|looked| looked >= a.came))
    }

    /// Notes when a look at it and at the home store began, once what both told is taken in.
    pub fn looked_at(&self, began: Instant) {
        let mut looked = self.looked.lock();
        if looked.is_none_or(|before| before < began) {
            *looked = Some(began);
        }
    }

    fn is_warm(&self) -> bool {
        self.used.lock().elapsed() < WARM
    }
}

enum Ask {
    Look {
        database: Option<Arc<Watched>>,
        answer: oneshot::Sender<Result<()>>,
    },
    /// Tell the other nodes.
    Tell(News),
    Noticed(String),
}

/// The thread that looks.
pub struct Pulse {
    asks: UnboundedSender<Ask>,
    epochs: Arc<Epochs>,
    watched: Arc<RwLock<Vec<Weak<Watched>>>>,
}

impl Pulse {
    /// Starts the thread; it ends with the value.
    pub fn start(address: Address, epochs: Arc<Epochs>, pools: Vec<Weak<Pool>>) -> Result<Pulse> {
        let (asks, waiting) = unbounded_channel();
        let watched: Arc<RwLock<Vec<Weak<Watched>>>> = Arc::default();
        let unavailable = |error: std::io::Error| Error::Unavailable(format!("no thread for PostgreSQL: {error}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(unavailable)?;
        let known = epochs.clone();
        let looker =
            Looker { address, epochs, pools, watched: watched.clone(), noticed: asks.downgrade(), connected: None };
        std::thread::Builder::new()
            .name("pulse".to_owned())
            .spawn(move || runtime.block_on(looker.run(waiting)))
            .map_err(unavailable)?;
        Ok(Pulse { asks, epochs: known, watched })
    }

    /// Has a database looked at from now on.
    pub fn watch(&self, database: &Arc<Watched>) {
        let mut watched = self.watched.write();
        watched.retain(|other| other.strong_count() > 0);
        watched.push(Arc::downgrade(database));
    }

    /// Waits until a database was looked at since the request of this task came.
    pub async fn fresh(&self, database: &Arc<Watched>) -> Result<()> {
        let now = Instant::now();
        *database.used.lock() = now;
        let arrival = Arrival::here();
        let since = arrival.as_ref().map_or(now, |arrival| arrival.came);
        if database.looked.lock().is_none_or(|looked| looked < since) {
            self.look(Some(database.clone())).await?;
        }
        match arrival {
            Some(arrival) if arrival.must_look() => arrival.looked(&self.epochs),
            Some(_) | None => Ok(()),
        }
    }

    /// Waits for a look that begins after now, at a database too if one is given.
    pub async fn look(&self, database: Option<Arc<Watched>>) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        let ended = || Error::Unavailable("shutting down".to_owned());
        self.asks.send(Ask::Look { database, answer }).map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }

    /// As [`Pulse::fresh`], for callers outside an async runtime.
    pub fn look_blocking(&self, database: Option<Arc<Watched>>) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        let ended = || Error::Unavailable("shutting down".to_owned());
        self.asks.send(Ask::Look { database, answer }).map_err(|_| ended())?;
        match tokio::runtime::Handle::try_current() {
            Err(_) => answered.blocking_recv().map_err(|_| ended())?,
            Ok(_) => std::thread::scope(|scope| scope.spawn(|| answered.blocking_recv()).join())
                .map_err(|_| ended())?
                .map_err(|_| ended())?,
        }
    }

    /// Tells the other nodes that a database changed, unless they are about to be told.
    pub fn tell(&self, database: &Arc<Watched>) {
        if let Some(news) = News::of(database) {
            let _ = self.asks.send(Ask::Tell(news));
        }
    }
}

struct Looker {
    address: Address,
    epochs: Arc<Epochs>,
    pools: Vec<Weak<Pool>>,
    watched: Arc<RwLock<Vec<Weak<Watched>>>>,
    noticed: tokio::sync::mpsc::WeakUnboundedSender<Ask>,
    connected: Option<Connected>,
}

struct Connected {
    client: Arc<Client>,
    epochs: Statement,
    states: HashMap<String, Statement>,
    /// What other nodes are to be told.
    news: UnboundedSender<News>,
}

impl Looker {
    async fn run(mut self, mut asks: UnboundedReceiver<Ask>) {
        while let Some(first) = asks.recv().await {
            let mut answers = Vec::new();
            let mut databases: HashMap<String, Arc<Watched>> = HashMap::new();
            let mut changed = Vec::new();
            let mut next = Some(first);
            while let Some(ask) = next {
                match ask {
                    Ask::Look { database, answer } => {
                        answers.push(answer);
                        databases.extend(database.map(|database| (database.schema.clone(), database)));
                    }
                    Ask::Tell(news) => changed.push(news),
                    Ask::Noticed(schema) => {
                        let all = self.watched.read();
                        let known = all.iter().filter_map(Weak::upgrade).find(|known| known.schema == schema);
                        databases.extend(known.map(|database| (schema, database)));
                    }
                }
                next = asks.try_recv().ok();
            }
            if !answers.is_empty() {
                let warm = self.watched.read().iter().filter_map(Weak::upgrade).collect::<Vec<_>>();
                let warm = warm.into_iter().filter(|database| database.is_warm()).take(MOST_WARM);
                databases.extend(warm.map(|database| (database.schema.clone(), database)));
            }
            let databases: Vec<Arc<Watched>> = databases.into_values().collect();
            let looks = !answers.is_empty() || !databases.is_empty();
            let looked = self.look(looks, &databases, changed).await;
            for answer in answers {
                let _ = answer.send(looked.clone());
            }
        }
    }

    /// Looks, once more when the connection was lost.
    async fn look(&mut self, looks: bool, databases: &[Arc<Watched>], mut changed: Vec<News>) -> Result<()> {
        let mut again = self.connected.is_some();
        loop {
            let looked = match tokio::time::timeout(LOOK_TIME, self.try_look(looks, databases, &mut changed)).await {
                Ok(looked) => looked,
                Err(_) => Err(Failure::lost("PostgreSQL does not answer in time".to_owned())),
            };
            let Err(failure) = looked else { return Ok(()) };
            if self.connected.take().is_some() {
                self.lost();
            }
            if !failure.lost || !again {
                return Err(failure.error);
            }
            again = false;
        }
    }

    /// Has connections that were made before not used again: the server went away.
    fn lost(&self) {
        self.pools.iter().filter_map(Weak::upgrade).for_each(|pool| pool.lost());
    }

    async fn try_look(
        &mut self,
        looks: bool,
        databases: &[Arc<Watched>],
        changed: &mut Vec<News>,
    ) -> std::result::Result<(), Failure> {
        let began = Instant::now();
        // Who only tells would not notice it.
        let is_over = |connected: &mut Connected| connected.client.is_closed() || connected.news.is_closed();
        if self.connected.take_if(is_over).is_some() {
            self.lost();
        }
        if self.connected.is_none() {
            self.connected = Some(self.connect().await?);
        }
        let Some(connected) = &mut self.connected else { return Ok(()) };
        for news in changed.drain(..) {
            // They only look the sooner for it, so nobody waits until they are told.
            let _ = connected.news.send(news);
        }
        if !looks {
            return Ok(());
        }
        for database in databases {
            if !connected.states.contains_key(&database.schema) {
                let sql = format!("SELECT seq, schema_version FROM {}.state WHERE one = 1", quoted(&database.schema));
                let statement = connected.client.prepare(&sql).await;
                match statement.map_err(|error| failure::of(&error)) {
                    Ok(statement) => drop(connected.states.insert(database.schema.clone(), statement)),
                    // It was deleted for good; whoever uses it finds out.
                    Err(failure) if failure.is_missing() => {}
                    Err(failure) => return Err(failure),
                }
            }
        }
        let Connected { client, epochs, states, .. } = &*connected;
        let home = async { client.query(epochs, &[]).await.map_err(|error| failure::of(&error)) };
        let mut looked = Vec::with_capacity(databases.len());
        let states = async {
            let asked = databases.iter().filter_map(|database| Some((database, states.get(&database.schema)?)));
            let mut answers = Vec::new();
            for (database, statement) in asked {
                answers.push((database, Box::pin(client.query_opt(statement, &[]))));
            }
            // Sent one after the other before the first answer is waited for.
            std::future::poll_fn(|context| {
                let mut waiting = false;
                let mut failed = None;
                answers.retain_mut(|(database, answer)| match answer.as_mut().poll(context) {
                    std::task::Poll::Pending => {
                        waiting = true;
                        true
                    }
                    std::task::Poll::Ready(Ok(row)) => {
                        if let Some(row) = row {
                            let (seq, version): (i64, i64) = (row.get(0), row.get(1));
                            database.saw(Seq(seq as u64), version as u64);
                        }
                        looked.push(*database);
                        false
                    }
                    std::task::Poll::Ready(Err(error)) => {
                        let failure = failure::of(&error);
                        if !failure.is_missing() {
                            failed = Some(failure);
                        }
                        false
                    }
                });
                match failed {
                    Some(failure) => std::task::Poll::Ready(Err(failure)),
                    None if waiting => std::task::Poll::Pending,
                    None => std::task::Poll::Ready(Ok(())),
                }
            })
            .await
        };
        let (home, ()) = tokio::try_join!(home, states)?;
        self.epochs.saw(&home);
        looked.iter().for_each(|database| database.looked_at(began));
        Ok(())
    }

    async fn connect(&self) -> std::result::Result<Connected, Failure> {
        let of = |error: tokio_postgres::Error| failure::of(&error);
        let (client, mut connection) = self.address.config.connect(self.address.tls.clone()).await.map_err(of)?;
        let noticed = self.noticed.clone();
        let own = Arc::new(AtomicI32::new(0));
        let here = own.clone();
        tokio::spawn(async move {
            while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
                if let (AsyncMessage::Notification(said), Some(asks)) = (message, noticed.upgrade())
                    // What this node told is no news here.
                    && said.process_id() != here.load(Ordering::Acquire)
                {
                    let _ = asks.send(Ask::Noticed(said.payload().to_owned()));
                }
            }
        });
        let home = quoted(&self.address.prefix);
        // Telling takes a number of transaction, and with it a commit on the disk, for which it need not wait.
        client.batch_execute(&format!("SET synchronous_commit = off; LISTEN {home}")).await.map_err(of)?;
        own.store(client.query_one("SELECT pg_backend_pid()", &[]).await.map_err(of)?.get(0), Ordering::Release);
        let epochs = client.prepare(&Epochs::sql(&self.address.prefix)).await.map_err(of)?;
        let notify = client.prepare("SELECT pg_notify($1, $2)").await.map_err(of)?;
        let client = Arc::new(client);
        let (news, waiting) = unbounded_channel();
        tokio::spawn(tell(client.clone(), notify, self.address.prefix.clone(), waiting));
        Ok(Connected { client, epochs, states: HashMap::new(), news })
    }
}
