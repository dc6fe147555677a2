//! What `/metrics` says beside the counters of the doors: the process.

use edge::metrics::{head, line};
use std::time::Instant;

/// Appends the process' own figures. What the system does not tell is left out.
pub fn write_process(out: &mut Vec<u8>, started: Instant) {
    gauge(out, "manytongue_uptime_seconds", "Seconds since the start.", started.elapsed().as_secs());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(kib) = figure(&status, "VmRSS:") {
        gauge(out, "process_resident_memory_bytes", "Memory in use, pages of files included.", kib * 1024);
    }
    if let Some(kib) = figure(&status, "RssAnon:") {
        gauge(out, "manytongue_anonymous_memory_bytes", "Memory of the process' own.", kib * 1024);
    }
    if let Some(threads) = figure(&status, "Threads:") {
        gauge(out, "process_threads", "Threads.", threads);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        gauge(out, "process_open_fds", "Open files and connections.", open.count() as u64);
    }
}

fn gauge(out: &mut Vec<u8>, name: &str, help: &str, value: u64) {
    head(out, name, "gauge", help);
    line(out, format_args!("{name} {value}"));
}

fn figure(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_the_system_are_found_in_its_text() {
        let status = "Name:\tmanytongue\nVmRSS:\t   1234 kB\nThreads:\t7\n";
        assert_eq!((figure(status, "VmRSS:"), figure(status, "Threads:")), (Some(1234), Some(7)));
        assert_eq!(figure(status, "RssAnon:"), None);
    }
}
