//! Some connections, each with its prepared statements. Requests share them in turn and never wait for one to be free:
//! `tokio_postgres` sends the statements of many requests behind each other and hands out the answers as they come.

use futures_util::future::try_join_all;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_postgres::{Client, Error, NoTls, Statement};

/// With as many clients as cores or more, what helps one statement alone costs the others: workers beside the
/// connection's own process, and compiling. The statements have one good plan each, which need not be made again.
/// Together, twice as many filtered lists in a second.
const SETTINGS: &str = "SET synchronous_commit = on; SET jit = off; SET max_parallel_workers_per_gather = 0; \
     SET plan_cache_mode = force_generic_plan";

pub struct Connections {
    all: Vec<Connection>,
    next: AtomicUsize,
}

pub struct Connection {
    pub client: Client,
    prepared: Mutex<HashMap<String, Statement>>,
}

impl Connections {
    pub async fn open(url: &str, count: usize) -> Result<Connections, Error> {
        let all = try_join_all((0..count).map(|_| Connection::open(url))).await?;
        Ok(Connections { all, next: AtomicUsize::new(0) })
    }

    pub fn next(&self) -> &Connection {
        &self.all[self.next.fetch_add(1, Ordering::Relaxed) % self.all.len()]
    }
}

impl Connection {
    async fn open(url: &str) -> Result<Connection, Error> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        // Its error is also that of the requests that it could not answer.
        tokio::spawn(connection);
        client.batch_execute(SETTINGS).await?;
        Ok(Connection { client, prepared: Mutex::default() })
    }

    pub async fn prepare(&self, sql: &str) -> Result<Statement, Error> {
        let known = self.prepared.lock().get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        self.prepared.lock().insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}
