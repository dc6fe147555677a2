//! The command line.

use std::path::PathBuf;
use std::time::Duration;

pub const USAGE: &str = "\
load [--rows N] [--seconds S] [--rounds N] [--only WORDS] [--server PATH] [--floor PATH] [--dir FOLDER]
     [--postgres URL] [--settle SECONDS] [--no-index-env NAME=VALUE] [--self-test] [--keep]

  --rows          rows to load into each server (100000)
  --seconds       length of one slice of traffic (1.5)
  --rounds        slices that each server gets per workload, in turns (5)
  --only          run only the workloads whose name contains one of these words, with commas between them
  --server        our server's binary (../target/release/manytongue)
  --floor         the floor's binary (beside this one)
  --dir           where the data folders are made, and removed again (the system's temporary folder)
  --postgres      both servers keep their data on this PostgreSQL, each in a database that is made and removed again
  --settle        longest wait for our automatic index, per workload (30)
  --no-index-env  the setting that keeps our server from making indexes of its own (MANYTONGUE_AUTO_INDEXES=off)
  --self-test     let a second floor (or the one at --server) take our server's place
  --keep          keep the data folders and databases";

pub struct Args {
    pub rows: u64,
    pub slice: Duration,
    pub rounds: usize,
    /// None: all.
    pub only: Vec<String>,
    /// In a self-test, another floor to compare the floor with.
    pub server: Option<PathBuf>,
    pub floor: PathBuf,
    pub dir: PathBuf,
    /// `None`: `SQLite`.
    pub postgres: Option<String>,
    pub settle: Duration,
    pub no_index: (String, String),
    pub self_test: bool,
    pub keep: bool,
}

impl Args {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Args, String> {
        let beside = std::env::current_exe().map_err(|error| error.to_string())?.with_file_name("floor");
        let mut args = Args {
            rows: 100_000,
            slice: Duration::from_millis(1500),
            rounds: 5,
            only: Vec::new(),
            server: None,
            floor: beside,
            dir: std::env::temp_dir(),
            postgres: None,
            settle: Duration::from_secs(30),
            no_index: ("MANYTONGUE_AUTO_INDEXES".to_owned(), "off".to_owned()),
            self_test: false,
            keep: false,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--rows" => args.rows = parse(&value()?)?,
                "--seconds" => args.slice = seconds(&value()?)?,
                "--rounds" => args.rounds = parse(&value()?)?,
                "--only" => args.only = value()?.split(',').map(|word| word.trim().to_owned()).collect(),
                "--server" => args.server = Some(value()?.into()),
                "--floor" => args.floor = value()?.into(),
                "--dir" => args.dir = value()?.into(),
                "--postgres" => args.postgres = Some(value()?),
                "--settle" => args.settle = seconds(&value()?)?,
                "--no-index-env" => {
                    let text = value()?;
                    let (name, value) = text.split_once('=').ok_or("--no-index-env takes NAME=VALUE")?;
                    args.no_index = (name.to_owned(), value.to_owned());
                }
                "--self-test" => args.self_test = true,
                "--keep" => args.keep = true,
                _ => return Err(format!("unknown argument {word}\n{USAGE}")),
            }
        }
        // Fewer rows than a page, or more than the clients' ids fit in memory for, would measure something else.
        if !(1_000..=10_000_000).contains(&args.rows) || !(1..=99).contains(&args.rounds) {
            return Err("--rows is 1000 to 10000000, --rounds 1 to 99".to_owned());
        }
        Ok(args)
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is not a number"))
}

fn seconds(text: &str) -> Result<Duration, String> {
    Duration::try_from_secs_f64(parse(text)?)
        .ok()
        .filter(|time| *time <= Duration::from_secs(600))
        .ok_or_else(|| format!("{text} is not a time of 0 to 600 seconds"))
}
