//! The advisor of a database: it watches reads, asks for an index when one shape of them stays slow, and takes
//! automatic indexes away that nobody uses any more. All in memory; only when an index was used is written, rarely.

use super::build;
use super::shape::wanted;
use super::{Definition, Form, Origin, Standing};
use crate::database::WriteTx;
use crate::database::catalog::Catalog;
use model::query::Query;
use model::time::{DAY_MS, Instant};
use model::{Cell, Result};
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// What automatic indexes may do.
#[derive(Clone, Copy, Debug)]
pub struct AdvisorOptions {
    pub enabled: bool,
    /// Tables with fewer records never get one.
    pub min_rows: u64,
    /// How long a build may stop writes.
    pub budget_ms: u64,
    /// Most automatic indexes of one table.
    pub max_per_table: usize,
    /// Days without use after which an automatic index goes.
    pub unused_days: i64,
}

impl Default for AdvisorOptions {
    fn default() -> AdvisorOptions {
        AdvisorOptions { enabled: true, min_rows: 5_000, budget_ms: 1_000, max_per_table: 3, unused_days: 30 }
    }
}

/// A read that takes less is not slow.
const SLOW: Duration = Duration::from_millis(2);
/// Slow reads of one shape until an index is asked for.
const PATIENCE: u32 = 3;
/// Most shapes remembered; beyond that the counting begins anew.
const MOST_SHAPES: usize = 1_000;

const USED: &str = "UPDATE indexes SET used_at = ?2 WHERE name = ?1 AND used_at < ?2";

/// When indexes were used.
pub struct Usage(HashMap<String, i64>);

/// Watches the reads of one database.
pub struct Advisor {
    options: AdvisorOptions,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    slow: HashMap<Definition, u32>,
    asked: HashSet<Definition>,
    /// When indexes were used, not yet written.
    used: HashMap<String, i64>,
}

impl Advisor {
    pub fn new(options: AdvisorOptions) -> Advisor {
        Advisor { options, state: Mutex::default() }
    }

    /// What it was made with.
    pub fn options(&self) -> &AdvisorOptions {
        &self.options
    }

    /// Takes note of a read and how long it took. An index to build, when this shape has been slow often enough: give it
    /// to [`super::run_build`] on a thread of its own. `rows` is only asked when the read was slow.
    pub fn note(
        &self,
        catalog: &Catalog,
        standing: &[Standing],
        query: &Query,
        elapsed: Duration,
        rows: impl FnOnce() -> u64,
    ) -> Option<Definition> {
        if query.filter.is_all() && query.sort.is_empty() && query.search.is_none() {
            return None;
        }
        // Quick reads without automatic indexes have nothing to tell.
        let slow = self.options.enabled && elapsed >= SLOW;
        if !slow && standing.iter().all(|s| s.definition.origin != Origin::Automatic) {
            return None;
        }
        let wanted = wanted(catalog, query)?;
        if let Some(serving) = standing.iter().find(|s| s.definition.serves(&wanted)) {
            if serving.definition.origin == Origin::Automatic && serving.built {
                let (used, now) = (&mut self.state.lock().used, Instant::now().0);
                match used.get_mut(&serving.name) {
                    Some(at) => *at = now,
                    None => drop(used.insert(serving.name.clone(), now)),
                }
            }
            return None;
        }
        let automatic = standing
            .iter()
            .filter(|s| s.definition.table == wanted.table && s.definition.origin == Origin::Automatic)
            .count();
        if !slow || automatic >= self.options.max_per_table || rows() < self.options.min_rows {
            return None;
        }
        let mut state = self.state.lock();
        if state.asked.contains(&wanted) {
            return None;
        }
        if state.slow.len() >= MOST_SHAPES {
            state.slow.clear();
        }
        let times = state.slow.entry(wanted.clone()).or_default();
        *times += 1;
        if *times < PATIENCE {
            return None;
        }
        state.slow.remove(&wanted);
        let asked = state.asked.iter().filter(|d| d.table == wanted.table).count();
        if asked + automatic >= self.options.max_per_table {
            return None;
        }
        state.asked.insert(wanted.clone());
        Some(wanted)
    }

    /// Takes note that a build has ended, well or not: only then may the same index be asked for again.
    pub fn built(&self, definition: &Definition) {
        self.state.lock().asked.remove(definition);
    }

    /// Whether there is something to write down.
    pub fn has_usage(&self) -> bool {
        !self.state.lock().used.is_empty()
    }

    /// Takes what there is to write down, for [`Advisor::maintain`].
    pub fn take_usage(&self) -> Usage {
        Usage(std::mem::take(&mut self.state.lock().used))
    }

    /// Writes down which indexes were used and drops automatic ones that were not for long. Whether one was dropped.
    /// Once a day is enough.
    pub fn maintain(&self, w: &mut WriteTx<'_>, usage: &Usage, now: Instant) -> Result<bool> {
        for (name, at) in &usage.0 {
            w.tx.execute(USED, &[Cell::Text(name), Cell::Integer(*at)])?;
        }
        let before = now.0 - self.options.unused_days * DAY_MS;
        let mut dropped = false;
        for standing in super::list(w.tx)? {
            if standing.definition.origin != Origin::Automatic || standing.used_at >= before {
                continue;
            }
            if standing.definition.form == Form::Trigram && standing.built {
                // A statement of a reader may name it still: it goes the next time.
                build::retire(w, &standing.name)?;
            } else {
                build::drop(w, &standing.name)?;
                dropped = true;
            }
        }
        Ok(dropped)
    }
}

/// Microseconds of a build per record, measured on two cores: how long an ordered index stops writes is judged by it.
pub fn microseconds_per_row(definition: &Definition) -> f64 {
    let natural = definition.columns.iter().filter(|c| c.natural).count();
    match definition.form {
        Form::Ordered => 1.5 + 2.5 * natural as f64,
        Form::Trigram => 10.0,
    }
}
