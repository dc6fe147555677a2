//! Where statements run. A point read runs on the request's own task, since it is shorter than a hand-over; a list
//! runs on a reader thread, so that a long scan never holds a worker of the runtime; all writes run on one thread,
//! which puts whatever is waiting into one transaction, so that one fsync serves many clients.

use super::table;
use crate::door::{Answer, Fault};
use parking_lot::Mutex;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use tokio::sync::oneshot;

/// The number is that of the write; a read has none and is given 0.
type Statements = Box<dyn FnOnce(&Connection, i64) -> Answer + Send>;
type Job = (Statements, oneshot::Sender<Answer>);

const POINT_CONNECTIONS: usize = 4;
const READER_THREADS: usize = 2;
/// Bounds how long the first writer of a group waits for the last.
const GROUP: usize = 512;

pub struct Store {
    points: Vec<Mutex<Connection>>,
    next: AtomicUsize,
    pub lists: Sender<Job>,
    pub writes: Sender<Job>,
}

impl Store {
    pub fn open(path: &str, indexes: &[&str]) -> rusqlite::Result<Store> {
        let (writer, last) = table::open_writer(path, indexes)?;
        let (writes, waiting) = mpsc::channel();
        thread::spawn(move || write_groups(&writer, last, &waiting));

        let (lists, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..READER_THREADS {
            let (connection, queue) = (table::open_reader(path)?, Arc::clone(&queue));
            thread::spawn(move || read_one_by_one(&connection, &queue));
        }
        let points = (0..POINT_CONNECTIONS).map(|_| table::open_reader(path).map(Mutex::new));
        Ok(Store { points: points.collect::<Result<_, _>>()?, next: AtomicUsize::new(0), lists, writes })
    }

    pub fn read_point(&self, read: impl FnOnce(&Connection) -> Answer) -> Answer {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let turn = |step: usize| &self.points[(start + step) % POINT_CONNECTIONS];
        let free = (0..POINT_CONNECTIONS).find_map(|step| turn(step).try_lock());
        read(&free.unwrap_or_else(|| turn(0).lock()))
    }
}

pub async fn hand_over(queue: &Sender<Job>, statements: Statements) -> Answer {
    let (reply, answer) = oneshot::channel();
    queue.send((statements, reply))?;
    answer.await?
}

fn read_one_by_one(connection: &Connection, queue: &Mutex<Receiver<Job>>) {
    loop {
        // The lock is let go before the read runs: the other thread takes the next one meanwhile.
        let job = queue.lock().recv();
        let Ok((statements, reply)) = job else { return };
        // A client that has gone away is no error.
        let _ = reply.send(statements(connection, 0));
    }
}

fn write_groups(connection: &Connection, mut seq: i64, waiting: &Receiver<Job>) {
    let mut done = Vec::with_capacity(GROUP);
    while let Ok(first) = waiting.recv() {
        let begun = connection.execute_batch("BEGIN IMMEDIATE");
        let mut job = Some(first);
        while let Some((statements, reply)) = job {
            seq += 1;
            done.push((statements(connection, seq), reply));
            job = if done.len() < GROUP { waiting.try_recv().ok() } else { None };
        }
        let committed = begun.and_then(|()| connection.execute_batch("COMMIT"));
        for (answer, reply) in done.drain(..) {
            let _ = reply.send(match &committed {
                Ok(()) => answer,
                Err(error) => Err(Fault::invalid(error.to_string())),
            });
        }
    }
}
