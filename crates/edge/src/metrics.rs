//! Counters per door and endpoint: atomics, and no label that a request chooses.

use crate::door::Door;
use axum::http::StatusCode;
use model::Error;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper bounds of the latency buckets, in microseconds; one more bucket is without bound.
const BOUNDS: [u64; 13] =
    [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000];
const CLASSES: [&str; 6] = ["other", "1xx", "2xx", "3xx", "4xx", "5xx"];

/// What happened at all doors since the start.
#[derive(Default)]
pub struct Metrics {
    doors: Vec<DoorCounts>,
    /// Answers that say to come less often.
    limited: AtomicU64,
    /// Answers that say that the server has too much to do.
    shed: AtomicU64,
}

struct DoorCounts {
    name: &'static str,
    /// One for each endpoint, and one more for what reached none.
    endpoints: Vec<Counts>,
}

struct Counts {
    name: &'static str,
    classes: [AtomicU64; CLASSES.len()],
    buckets: [AtomicU64; BOUNDS.len() + 1],
    microseconds: AtomicU64,
}

impl Metrics {
    pub(crate) fn new<'a>(doors: impl IntoIterator<Item = &'a dyn Door>) -> Metrics {
        let counts = |name| Counts {
            name,
            classes: Default::default(),
            buckets: Default::default(),
            microseconds: AtomicU64::new(0),
        };
        let doors = doors.into_iter().map(|door| {
            let names = door.endpoints().iter().map(|endpoint| endpoint.name).chain(["none"]);
            DoorCounts { name: door.name(), endpoints: names.map(counts).collect() }
        });
        Metrics { doors: doors.collect(), ..Metrics::default() }
    }

    /// Counts a refusal of what comes too often or is too much.
    pub(crate) fn count_refusal(&self, error: &Error) {
        match error {
            Error::RateLimited { .. } => drop(self.limited.fetch_add(1, Relaxed)),
            Error::Busy { .. } => drop(self.shed.fetch_add(1, Relaxed)),
            _ => {}
        }
    }

    /// Counts an answer; an endpoint past the list is one that no endpoint gave.
    pub(crate) fn count(&self, door: usize, endpoint: usize, status: StatusCode, took: Duration) {
        let Some(door) = self.doors.get(door) else { return };
        let Some(counts) = door.endpoints.get(endpoint).or(door.endpoints.last()) else { return };
        let took = took.as_micros() as u64;
        let class = usize::from(status.as_u16() / 100);
        counts.classes[if class < CLASSES.len() { class } else { 0 }].fetch_add(1, Relaxed);
        counts.buckets[BOUNDS.iter().take_while(|bound| took > **bound).count()].fetch_add(1, Relaxed);
        counts.microseconds.fetch_add(took, Relaxed);
    }

    /// Appends the text that Prometheus reads. Endpoints that were never asked are left out.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.write_requests(out);
        self.write_durations(out);
        let (limited, shed) = (self.limited.load(Relaxed), self.shed.load(Relaxed));
        counter(out, "manytongue_requests_limited_total", "Requests refused by a rate limit.", limited);
        counter(out, "manytongue_requests_shed_total", "Requests refused because too many came at once.", shed);
    }

    fn write_requests(&self, out: &mut Vec<u8>) {
        head(out, "manytongue_http_requests_total", "counter", "Answers by door, endpoint and class of status.");
        for (door, counts) in self.asked() {
            for (class, count) in CLASSES.iter().zip(&counts.classes) {
                let count = count.load(Relaxed);
                if count > 0 {
                    let name = counts.name;
                    line(
                        out,
                        format_args!(
                            "manytongue_http_requests_total{{door=\"{door}\",endpoint=\"{name}\",status=\"{class}\"}} {count}"
                        ),
                    );
                }
            }
        }
    }

    fn write_durations(&self, out: &mut Vec<u8>) {
        let metric = "manytongue_http_request_duration_seconds";
        head(out, metric, "histogram", "Time from a request's head to its answer's head.");
        for (door, counts) in self.asked() {
            let labels = format!("door=\"{door}\",endpoint=\"{}\"", counts.name);
            let mut total = 0;
            for (bound, count) in BOUNDS.iter().zip(&counts.buckets) {
                total += count.load(Relaxed);
                line(out, format_args!("{metric}_bucket{{{labels},le=\"{}\"}} {total}", seconds(*bound)));
            }
            total += counts.buckets[BOUNDS.len()].load(Relaxed);
            line(out, format_args!("{metric}_bucket{{{labels},le=\"+Inf\"}} {total}"));
            line(out, format_args!("{metric}_sum{{{labels}}} {}", seconds(counts.microseconds.load(Relaxed))));
            line(out, format_args!("{metric}_count{{{labels}}} {total}"));
        }
    }

    fn asked(&self) -> impl Iterator<Item = (&'static str, &Counts)> {
        let all = self.doors.iter().flat_map(|door| door.endpoints.iter().map(|counts| (door.name, counts)));
        all.filter(|(_, counts)| counts.classes.iter().any(|count| count.load(Relaxed) > 0))
    }
}

/// Appends a counter without labels.
pub(crate) fn counter(out: &mut Vec<u8>, name: &str, help: &str, count: u64) {
    head(out, name, "counter", help);
    line(out, format_args!("{name} {count}"));
}

/// Appends what a metric is.
pub fn head(out: &mut Vec<u8>, name: &str, kind: &str, help: &str) {
    line(out, format_args!("# HELP {name} {help}"));
    line(out, format_args!("# TYPE {name} {kind}"));
}

/// Appends a line.
pub fn line(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("a Vec takes all that is written");
}

fn seconds(microseconds: u64) -> f64 {
    microseconds as f64 / 1_000_000.0
}
