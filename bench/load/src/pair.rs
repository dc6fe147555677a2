//! The two servers side by side: loaded with the same rows, then worked on in turns. Only one of them gets traffic at
//! any time, and each waits for the other's slice to end, so what else the machine does falls on both.

use crate::args::Args;
use crate::database::{self, Database};
use crate::door::{self, Records};
use crate::http::{Client, Request};
use crate::process::{FilterIndex, Process, Program, TOKEN, bytes_on_disk};
use crate::report::{Measured, median};
use crate::slice::{self, Bound, Slice};
use crate::work::{self, Table, Work};
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

const BATCH: u64 = 1000;
/// Batches in a row for one server while loading.
const TURN: u64 = 10;
/// Lets what a server still does after an answer end within its own turn.
const PAUSE: Duration = Duration::from_millis(50);
/// Requests whose answers are read and compared, per workload.
const SAMPLES: u64 = 3;
/// Requests per look at whether our server has made an index.
const LOOK: u64 = 15;

/// One of the two servers, running, with its table.
pub struct Side {
    program: Program,
    folder: PathBuf,
    pub process: Process,
    pub table: Table,
    pub loading: Duration,
    /// Removed after the process that works on it.
    database: Option<Database>,
}

impl Side {
    /// `database` is the one that `program` is told to use.
    pub fn start(
        program: Program,
        folder: PathBuf,
        database: Option<Database>,
        index: FilterIndex,
    ) -> Result<Side, String> {
        let process = Process::start(&program, &folder, index)?;
        let (id, ninox) = match program {
            Program::Floor { .. } => ("companies".to_owned(), None),
            Program::Ours { .. } => {
                let (id, ninox) = door::make_table(&mut Client::connect(process.port, TOKEN)?)?;
                (id, Some(ninox))
            }
        };
        let table = Table { id, ids: Vec::new(), ninox, since: 0 };
        Ok(Side { program, folder, process, table, loading: Duration::ZERO, database })
    }

    pub fn restart(self, index: FilterIndex) -> Result<Side, String> {
        self.process.stop();
        let process = Process::start(&self.program, &self.folder, index)?;
        Ok(Side { process, ..self })
    }

    pub fn disk(&self) -> Result<u64, String> {
        self.database.as_ref().map_or_else(|| bytes_on_disk(&self.folder), Database::bytes)
    }

    /// The middle of a few requests' times, by one client alone.
    pub fn alone(&self, work: Work) -> Result<Duration, String> {
        let mut times = slice::run(self.process.port, &self.table, work, 1, 0, Bound::Requests(LOOK))?.latencies;
        times.sort();
        Ok(times[times.len() / 2])
    }

    /// Asks until an answer takes a third of `before`, with rests in which the server may build. `None`: it never did.
    pub fn wait_for_index(&self, work: Work, before: Duration, longest: Duration) -> Result<Option<Duration>, String> {
        let started = Instant::now();
        while started.elapsed() < longest {
            if self.alone(work)? < before / 3 {
                return Ok(Some(started.elapsed()));
            }
            sleep(Duration::from_millis(300));
        }
        Ok(None)
    }

    /// Changes the first records one by one, each a write of its own.
    fn touch(&mut self) -> Result<(), String> {
        let mut client = Client::connect(self.process.port, TOKEN)?;
        if let Some(database) = &self.table.ninox {
            self.table.since = door::last_change(&mut client, database)?;
        }
        for id in self.table.ids.iter().take(work::CHANGED as usize) {
            let path = format!("/api/table/{}/record/{id}", self.table.id);
            let body = r#"{"record":{"fields":{"notes":"touched"}},"fieldKeyType":"name"}"#.to_owned();
            client.send(&Request { method: "PATCH", path, body })?.success()?;
        }
        Ok(())
    }

    fn load(&mut self, client: &mut Client, first: u64, count: u64) -> Result<(), String> {
        let mut request = Request { method: "POST", ..Request::default() };
        request.path = format!("/api/table/{}/record", self.table.id);
        work::write_new(&mut request.body, first, count);
        let sent = Instant::now();
        let answer = client.send(&request)?;
        self.loading += sent.elapsed();
        let made: Records = work::parse(answer.success()?)?;
        if made.records.len() as u64 != count {
            return Err(format!("{} records of {count} were made", made.records.len()));
        }
        self.table.ids.extend(made.records.into_iter().map(|record| record.id));
        Ok(())
    }
}

pub struct Pair {
    pub floor: Side,
    pub ours: Side,
    /// The number of the next request. Every slice goes on where the one before ended.
    next: u64,
    /// Rows made since the load.
    added: u64,
}

impl Pair {
    pub fn new(floor: Side, ours: Side) -> Pair {
        Pair { floor, ours, next: SAMPLES, added: 0 }
    }

    /// The same rows into both, in turns of some batches. Only the time from request to answer counts.
    pub fn load(&mut self, rows: u64) -> Result<(), String> {
        let mut to_floor = Client::connect(self.floor.process.port, TOKEN)?;
        let mut to_ours = Client::connect(self.ours.process.port, TOKEN)?;
        for turn in (0..rows).step_by((BATCH * TURN) as usize) {
            let end = rows.min(turn + BATCH * TURN);
            for first in (turn..end).step_by(BATCH as usize) {
                self.floor.load(&mut to_floor, first, BATCH.min(end - first))?;
            }
            for first in (turn..end).step_by(BATCH as usize) {
                self.ours.load(&mut to_ours, first, BATCH.min(end - first))?;
            }
        }
        [&self.floor, &self.ours].into_iter().filter_map(|side| side.database.as_ref()).try_for_each(Database::tidy)
    }

    /// Makes the changes that are asked about later.
    pub fn touch(&mut self) -> Result<(), String> {
        self.floor.touch()?;
        self.ours.touch()
    }

    /// Compares some answers, then lets the servers work in turns.
    pub fn measure(&mut self, work: Work, clients: usize, args: &Args) -> Result<Measured, String> {
        self.compare(work)?;
        if work.writes() {
            // What earlier writes left to the system to write out would slow whichever server comes first.
            match &args.postgres {
                Some(url) => database::write_out(url)?,
                None => drop(Command::new("sync").status()),
            }
        } else {
            let warming = Bound::Time((args.slice / 8).min(Duration::from_millis(300)));
            for side in [&self.floor, &self.ours] {
                slice::run(side.process.port, &side.table, work, clients, self.next, warming)?;
            }
        }
        let (mut floors, mut ours): (Vec<Slice>, Vec<Slice>) = (Vec::new(), Vec::new());
        for round in 0..args.rounds {
            // Both must hold the same rows: each slice has as many writes as our server had time for in its first one.
            let bound = match ours.first() {
                Some(slice) if work.writes() => Bound::Requests(slice.requests),
                _ => Bound::Time(args.slice),
            };
            let (floor, our) = if round % 2 == 0 {
                let our = run(&self.ours, work, clients, self.next, bound)?;
                let bound = if work.writes() { Bound::Requests(our.requests) } else { bound };
                (run(&self.floor, work, clients, self.next, bound)?, our)
            } else {
                let floor = run(&self.floor, work, clients, self.next, bound)?;
                (floor, run(&self.ours, work, clients, self.next, bound)?)
            };
            self.next += floor.requests.max(our.requests);
            self.added += work.adds() * our.requests;
            floors.push(floor);
            ours.push(our);
        }
        let ratios = floors.iter().zip(&ours).map(|(floor, our)| our.per_second() / floor.per_second());
        Ok(Measured { clients, ratio: median(ratios.collect()), floors, ours })
    }

    /// The first requests of a workload must be answered alike by both.
    fn compare(&mut self, work: Work) -> Result<(), String> {
        let base = if work.writes() { self.next } else { 0 };
        for number in base..base + SAMPLES {
            let answer = |side: &Side| {
                let mut request = Request::default();
                work.write_request(number, &side.table, &mut request);
                let mut client = Client::connect(side.process.port, TOKEN)?;
                let answer = client.send(&request)?;
                let body = answer.success().map_err(|cause| format!("{} {} {cause}", request.method, request.path))?;
                work.judge(number, &side.table, body)
            };
            let floor = answer(&self.floor).map_err(|cause| format!("the floor: {cause}"))?;
            let ours = answer(&self.ours).map_err(|cause| format!("our server: {cause}"))?;
            if floor != ours {
                let place = floor.iter().zip(&ours).take_while(|(floor, our)| floor == our).count();
                return Err(format!(
                    "the servers differ: {} and {} records; at {place} the floor has {:?} and ours {:?}",
                    floor.len(),
                    ours.len(),
                    floor.get(place),
                    ours.get(place)
                ));
            }
            self.added += work.adds();
        }
        if work.writes() {
            self.next += SAMPLES;
        }
        Ok(())
    }

    /// After the writes: both hold as many rows as were sent, neither more nor less.
    pub fn verify_count(&self) -> Result<(), String> {
        let rows = self.ours.table.ids.len() as u64 + self.added;
        for side in [&self.floor, &self.ours] {
            let path = format!("/api/table/{}/record?take=100&skip={}&fieldKeyType=name", side.table.id, rows - 10);
            let mut client = Client::connect(side.process.port, TOKEN)?;
            let answer = client.send(&Request { method: "GET", path, body: String::new() })?;
            let left = work::parse::<Records>(answer.success()?)?.records.len();
            if left != 10 {
                return Err(format!("of {rows} rows, {left} are behind the last 10 on port {}", side.process.port));
            }
        }
        Ok(())
    }
}

fn run(side: &Side, work: Work, clients: usize, first: u64, bound: Bound) -> Result<Slice, String> {
    sleep(PAUSE);
    slice::run(side.process.port, &side.table, work, clients, first, bound)
}
