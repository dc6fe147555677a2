//! One slice of traffic: some clients, each on a connection and a thread of its own, send one request after the other.

use crate::http::{Client, Request};
use crate::process::TOKEN;
use crate::work::{Table, Work};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A slice ends after a time, or after a count of requests; never later than this many.
const MOST: u64 = 5_000_000;

#[derive(Clone, Copy)]
pub enum Bound {
    Time(Duration),
    Requests(u64),
}

#[derive(Default)]
pub struct Slice {
    pub requests: u64,
    pub took: Duration,
    pub latencies: Vec<Duration>,
}

impl Slice {
    pub fn per_second(&self) -> f64 {
        self.requests as f64 / self.took.as_secs_f64()
    }
}

/// Sends the requests `first`, `first + 1`, ... of `work`, without gaps. Any answer but a success ends it.
pub fn run(port: u16, table: &Table, work: Work, clients: usize, first: u64, bound: Bound) -> Result<Slice, String> {
    let (limit, requests) = match bound {
        Bound::Time(limit) => (limit, MOST),
        Bound::Requests(requests) => (Duration::MAX, requests),
    };
    let connections = (0..clients).map(|_| Client::connect(port, TOKEN)).collect::<Result<Vec<_>, _>>()?;
    let (next, failed) = (AtomicU64::new(first), AtomicBool::new(false));
    let (next, failed, started) = (&next, &failed, Instant::now());

    let send_all = |mut client: Client| {
        let (mut request, mut latencies) = (Request::default(), Vec::new());
        while started.elapsed() < limit && !failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= first + requests {
                break;
            }
            work.write_request(number, table, &mut request);
            let sent = Instant::now();
            let answer = client.send(&request).and_then(|answer| answer.success().map(|_| ()));
            latencies.push(sent.elapsed());
            if let Err(cause) = answer {
                failed.store(true, Ordering::Relaxed);
                return Err(format!("{} {} {cause}", request.method, request.path));
            }
        }
        Ok(latencies)
    };
    let mut slice = Slice::default();
    thread::scope(|scope| {
        let send_all = &send_all;
        let threads: Vec<_> = connections.into_iter().map(|client| scope.spawn(move || send_all(client))).collect();
        for thread in threads {
            slice.latencies.extend(thread.join().map_err(|_| "a client panicked")??);
        }
        Ok::<(), String>(())
    })?;
    slice.took = started.elapsed();
    slice.requests = slice.latencies.len() as u64;
    Ok(slice)
}
