//! Runs the same work against the floor and against our server and prints both figures and their ratio as Markdown.
//! A figure alone says more about the machine than about the server; the ratio is what to look at.
//! Start reading at `run`; `pair` is where the two are kept equal.

mod args;
mod companies;
mod database;
mod door;
mod http;
mod pair;
mod process;
mod report;
mod slice;
mod work;

use args::Args;
use database::Database;
use pair::{Pair, Side};
use process::{FilterIndex, Program};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use work::Work;

const READS: [(Work, &str, usize); 13] = [
    (Work::Get, "", 1),
    (Work::Get, "", 8),
    (Work::Get, "", 32),
    (Work::List, "", 8),
    (Work::DeepPage, "", 8),
    (Work::FilterWide, ", no index", 8),
    (Work::FilterNarrow, ", no index", 8),
    (Work::Contains, ", no index", 8),
    (Work::NxEqual, ", no index", 8),
    (Work::NxCount, ", no index", 8),
    (Work::NxSum, ", no index", 8),
    (Work::NxTest, "", 2),
    (Work::NinoxList, "", 8),
];
const INDEXED: [(Work, &str, usize); 5] = [
    (Work::FilterWide, ", index", 8),
    (Work::FilterNarrow, ", index", 8),
    (Work::Contains, ", our index (floor has none)", 8),
    (Work::NxEqual, ", index", 1),
    (Work::NxEqual, ", index", 8),
];
const WRITES: [(Work, &str, usize); 5] = [
    (Work::CreateOne, "", 1),
    (Work::CreateOne, "", 8),
    (Work::CreateOne, "", 32),
    (Work::CreateMany, "", 8),
    (Work::Update, "", 8),
];
/// Asked where both servers keep an index over the numbers of changes.
const SINCE: [(Work, &str, usize); 2] = [(Work::Changes, "", 1), (Work::Changes, "", 8)];
/// Starts on the loaded folder, of which the middle one counts.
const STARTS: usize = 5;
/// After a start, until a server's memory is looked at.
const REST: Duration = Duration::from_millis(500);
const MIB: f64 = (1 << 20) as f64;

fn main() -> ExitCode {
    if std::env::args().any(|word| word == "--help") {
        println!("{}", args::USAGE);
        return ExitCode::SUCCESS;
    }
    let outcome = Args::parse(std::env::args().skip(1)).and_then(|args| {
        let (short, facts, notes, failures) = Default::default();
        let mut bench = Bench { folder: Folder::make(&args)?, args, short, facts, notes, failures };
        bench.run()?;
        Ok(bench.failures.is_empty())
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(cause) => {
            eprintln!("{cause}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of this run, removed at its end.
struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    fn make(args: &Args) -> Result<Folder, String> {
        let path = args.dir.join(format!("manytongue-bench-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Folder { path, keep: args.keep })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.keep {
            eprintln!("kept {}", self.path.display());
        } else {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

struct Bench {
    // Dropped last, after the servers that write into it.
    args: Args,
    /// The first table once more, in the columns of the project's README.
    short: Vec<String>,
    facts: Vec<String>,
    notes: Vec<String>,
    failures: Vec<String>,
    folder: Folder,
}

impl Bench {
    fn run(&mut self) -> Result<(), String> {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let busy = load.split(' ').next().unwrap_or("?");
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        println!("## {} rows\n", report::number(self.args.rows as f64));
        println!(
            "{cores} cores, load before the run {busy}; {} rounds of {} s each.\n",
            self.args.rounds,
            self.args.slice.as_secs_f64()
        );
        if let Some(url) = &self.args.postgres {
            println!("{}.\n", database::describe(url)?);
        }
        if self.args.self_test {
            println!("Self-test: \"ours\" is a second floor.\n");
        }
        println!("{}", report::HEAD);
        self.run_reads()?;
        self.run_writes()?;
        println!("\n| | unit | floor | ours | ratio |\n| --- | --- | ---: | ---: | ---: |");
        for fact in &self.facts {
            println!("{fact}");
        }
        println!("\n{}", report::SHORT_HEAD);
        for row in &self.short {
            println!("{row}");
        }
        println!();
        for note in self.notes.iter().chain(&self.failures) {
            println!("- {note}");
        }
        Ok(())
    }

    fn run_reads(&mut self) -> Result<(), String> {
        if !READS.iter().chain(&INDEXED).any(|(work, ..)| self.wanted(*work)) {
            return Ok(());
        }
        let mut pair = self.start("reads", "0", FilterIndex::Without)?;
        self.load(&mut pair, "load")?;
        self.note_disk(&pair)?;
        let mut times = Vec::new();
        for (work, label, clients) in READS {
            let indexable = self.wanted(work) && INDEXED.iter().any(|(other, ..)| *other == work);
            let alone = |pair: &Pair| if indexable { pair.ours.alone(work).ok() } else { None };
            let before = alone(&pair);
            self.measure(&mut pair, work, label, clients);
            if let (Some(before), Some(after)) = (before, alone(&pair)) {
                if after < before / 3 {
                    self.notes
                        .push(format!("{}{label}: our server made an index while this was measured", work.name()));
                }
                times.push((work, before));
            }
        }
        self.note_memory(&pair, "memory after the reads")?;
        let mut pair = self.note_starts(pair)?;
        for (work, before) in times {
            self.wait_for_index(&pair, work, before);
        }
        for (work, label, clients) in INDEXED {
            self.measure(&mut pair, work, label, clients);
        }
        Ok(())
    }

    fn wait_for_index(&mut self, pair: &Pair, work: Work, before: Duration) {
        // The second floor of a self-test has its index from the start or never.
        if self.args.self_test {
            return;
        }
        match pair.ours.wait_for_index(work, before, self.args.settle) {
            Ok(Some(waited)) => self.notes.push(format!("{}: our index was there after {waited:.1?}", work.name())),
            Ok(None) => self.notes.push(format!("{}: no index of ours within {:?}", work.name(), self.args.settle)),
            Err(cause) => self.failures.push(format!("{}: {cause}", work.name())),
        }
    }

    /// On a new pair, since our server may have made indexes for the reads, which would slow its writes.
    fn run_writes(&mut self) -> Result<(), String> {
        if !WRITES.iter().chain(&SINCE).any(|(work, ..)| self.wanted(*work)) {
            return Ok(());
        }
        if !self.folder.keep {
            let _ = fs::remove_dir_all(self.folder.path.join("reads"));
        }
        let mut pair = self.start("writes", "1", FilterIndex::With)?;
        // A floor on PostgreSQL numbers no changes: it loads as it did for the reads.
        let name = if self.args.postgres.is_some() { "load, again" } else { "load, floor keeps a change index too" };
        self.load(&mut pair, name)?;
        for (work, label, clients) in WRITES {
            self.measure(&mut pair, work, label, clients);
        }
        if let Err(cause) = pair.verify_count() {
            self.failures.push(format!("after the writes: {cause}"));
        }
        // A floor on PostgreSQL numbers no changes.
        if self.args.postgres.is_none() && SINCE.iter().any(|(work, ..)| self.wanted(*work)) {
            pair.touch()?;
            for (work, label, clients) in SINCE {
                self.measure(&mut pair, work, label, clients);
            }
        }
        Ok(())
    }

    /// `index` is about our server; the floor has none at first.
    fn start(&self, name: &str, seq_index: &'static str, index: FilterIndex) -> Result<Pair, String> {
        let floor_data = self.database(name, "floor")?;
        let our_data = self.database(name, "ours")?;
        let url = |data: &Option<Database>| data.as_ref().map(Database::url);
        let floor = Program::Floor { binary: self.args.floor.clone(), seq_index, database: url(&floor_data) };
        let (server, database) = (self.args.server.clone(), url(&our_data));
        let ours = if self.args.self_test {
            Program::Floor { binary: server.unwrap_or_else(|| self.args.floor.clone()), seq_index, database }
        } else {
            let binary = server.unwrap_or_else(|| PathBuf::from("../target/release/manytongue"));
            Program::Ours { binary, no_index: self.args.no_index.clone(), database }
        };
        let folder = self.folder.path.join(name);
        // A self-test's second floor must not have an index that the first one lacks.
        let index = if self.args.self_test { FilterIndex::Without } else { index };
        let floor = Side::start(floor, folder.join("floor"), floor_data, FilterIndex::Without)?;
        let ours = Side::start(ours, folder.join("ours"), our_data, index)?;
        Ok(Pair::new(floor, ours))
    }

    fn database(&self, pair: &str, side: &str) -> Result<Option<Database>, String> {
        let Some(server) = &self.args.postgres else { return Ok(None) };
        let name = format!("manytongue_bench_{}_{pair}_{side}", std::process::id());
        Database::make(server, &name, self.args.keep).map(Some)
    }

    fn load(&mut self, pair: &mut Pair, name: &str) -> Result<(), String> {
        std::thread::sleep(REST);
        if name == "load" {
            self.note_memory(pair, "memory idle")?;
        }
        eprintln!("loading");
        pair.load(self.args.rows)?;
        let per_second = |side: &Side| self.args.rows as f64 / side.loading.as_secs_f64();
        self.facts.push(report::fact(name, "rows/s", per_second(&pair.floor), per_second(&pair.ours)));
        let time = |side: &Side| side.loading.as_secs_f64();
        self.facts.push(report::fact(name, "s", time(&pair.floor), time(&pair.ours)));
        if name == "load" {
            self.note_memory(pair, "memory after the load")?;
        }
        Ok(())
    }

    fn note_memory(&mut self, pair: &Pair, name: &str) -> Result<(), String> {
        let (floor, ours) = (pair.floor.process.anonymous_memory()?, pair.ours.process.anonymous_memory()?);
        self.facts.push(report::fact(name, "MiB", floor as f64 / MIB, ours as f64 / MIB));
        Ok(())
    }

    fn note_disk(&mut self, pair: &Pair) -> Result<(), String> {
        let (floor, ours) = (pair.floor.disk()?, pair.ours.disk()?);
        self.facts.push(report::fact("on disk after the load", "MiB", floor as f64 / MIB, ours as f64 / MIB));
        Ok(())
    }

    /// Leaves both running, and each with its index or allowed to make one.
    fn note_starts(&mut self, mut pair: Pair) -> Result<Pair, String> {
        let (mut floors, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            pair.floor = pair.floor.restart(FilterIndex::Without)?;
            pair.ours = pair.ours.restart(FilterIndex::With)?;
            floors.push(pair.floor.process.start_up.as_secs_f64() * 1000.0);
            ours.push(pair.ours.process.start_up.as_secs_f64() * 1000.0);
        }
        let (floor, our) = (report::median(floors), report::median(ours));
        self.facts.push(report::fact("start-up on the loaded folder", "ms", floor, our));
        pair.floor = pair.floor.restart(FilterIndex::With)?;
        Ok(pair)
    }

    /// A workload that fails is told at the end and does not keep the others from running.
    fn measure(&mut self, pair: &mut Pair, work: Work, label: &str, clients: usize) {
        if !self.wanted(work) {
            return;
        }
        let name = format!("{}{label}", work.name());
        eprintln!("{name}, {clients} clients");
        match pair.measure(work, clients, &self.args) {
            Ok(measured) => {
                println!("{}", measured.row(&name));
                self.short.push(measured.short_row(&name));
                if work == Work::NxTest {
                    let [floor, ours] = [&measured.floors, &measured.ours].map(|slices| {
                        report::median(slices.iter().map(|s| s.per_second() * self.args.rows as f64).collect())
                    });
                    self.facts.push(report::fact(&format!("{name}, rows tested"), "rows/s", floor, ours));
                }
            }
            Err(cause) => {
                println!("| {name} | {clients} | failed | | | | | | |");
                self.failures.push(format!("{name}, {clients} clients: {cause}"));
            }
        }
    }

    fn wanted(&self, work: Work) -> bool {
        self.args.only.is_empty() || self.args.only.iter().any(|word| work.name().contains(word))
    }
}
