//! What a script may use up: steps, rows, memory, depth, time. A runaway script is stopped with an error that names the
//! budget; what was used can be read afterwards.
//!
//! A step is a turn: of a loop, a call of a function of the script, an item of a map. Rows that a filter looks at have a
//! budget of their own.

use crate::fault::Fault;
use std::time::{Duration, Instant};

/// How much a script may use.
#[derive(Clone, PartialEq, Debug)]
pub struct Limits {
    /// Turns.
    pub steps: u64,
    /// Items that filters look at.
    pub tested: u64,
    /// Records and values of records that are held at once in arrays, added up.
    pub rows: u64,
    /// Calls of functions of the script within each other.
    pub calls: usize,
    /// Bytes of the thread's stack that expressions within each other may use, functions that are called included. What
    /// the host needs comes on top: threads have 2 MiB.
    pub stack: usize,
    /// Bytes of the texts, arrays and objects that it makes, added up.
    pub bytes: u64,
    pub time: Duration,
    /// Bytes of the result.
    pub result: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            steps: 1_000_000,
            tested: 50_000_000,
            rows: 100_000,
            calls: 200,
            stack: 1 << 20,
            bytes: 512 << 20,
            time: Duration::from_secs(10),
            result: 32 << 20,
        }
    }
}

impl Limits {
    /// For a script that writes: it has the writer of its database, which others wait for.
    pub fn exec() -> Limits {
        Limits { time: Duration::from_secs(1), ..Limits::default() }
    }
}

/// What a script has used.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Spent {
    pub steps: u64,
    pub tested: u64,
    pub rows: u64,
    pub bytes: u64,
    /// The deepest call.
    pub calls: usize,
    /// Questions to the host.
    pub queries: u64,
    /// Records that the host handed out.
    pub read: u64,
    /// Changes.
    pub writes: u64,
    pub time: Duration,
}

/// The budget of one run.
pub struct Budget {
    pub limits: Limits,
    pub spent: Spent,
    clock: Box<dyn Fn() -> Duration + Send>,
    ticks: u32,
}

/// How many ticks lie between two looks at the clock.
const TICKS: u32 = 512;

impl Budget {
    /// A budget whose time runs from now.
    pub fn new(limits: Limits) -> Budget {
        let start = Instant::now();
        Budget::with_clock(limits, move || start.elapsed())
    }

    /// A budget with a clock of its own: it tells the time since the start.
    pub fn with_clock(limits: Limits, clock: impl Fn() -> Duration + Send + 'static) -> Budget {
        Budget { limits, spent: Spent::default(), clock: Box::new(clock), ticks: 0 }
    }

    /// Something small was done; now and then the clock is looked at.
    #[inline]
    pub(crate) fn tick(&mut self) -> Result<(), Fault> {
        self.ticks += 1;
        if self.ticks < TICKS { Ok(()) } else { self.look() }
    }

    /// Looks at the clock.
    #[cold]
    #[inline(never)]
    pub(crate) fn look(&mut self) -> Result<(), Fault> {
        self.ticks = 0;
        self.spent.time = (self.clock)();
        if self.spent.time > self.limits.time {
            return Err(over(format!("time: it ran longer than {} ms", self.limits.time.as_millis())));
        }
        Ok(())
    }

    /// One turn.
    #[inline]
    pub(crate) fn step(&mut self) -> Result<(), Fault> {
        self.spent.steps += 1;
        if self.spent.steps > self.limits.steps {
            return Err(over(format!("steps: it took more than {}", self.limits.steps)));
        }
        Ok(())
    }

    /// Items that a filter looks at.
    #[inline]
    pub(crate) fn test(&mut self, items: u64) -> Result<(), Fault> {
        self.spent.tested += items;
        if self.spent.tested > self.limits.tested {
            return Err(over(format!("tested rows: its filters looked at more than {}", self.limits.tested)));
        }
        Ok(())
    }

    /// Rows that become items of an array.
    #[inline]
    pub(crate) fn hold(&mut self, rows: u64) -> Result<(), Fault> {
        self.spent.rows += rows;
        if self.spent.rows > self.limits.rows {
            return Err(over(format!("rows: it held more than {} in arrays", self.limits.rows)));
        }
        Ok(())
    }

    /// Bytes of what it makes. To be asked before they are there.
    #[inline]
    pub(crate) fn make(&mut self, bytes: usize) -> Result<(), Fault> {
        self.spent.bytes = self.spent.bytes.saturating_add(bytes as u64);
        if self.spent.bytes > self.limits.bytes {
            return Err(over(format!("memory: its texts and arrays took more than {} bytes", self.limits.bytes)));
        }
        Ok(())
    }

    /// A call at this depth.
    pub(crate) fn call(&mut self, depth: usize) -> Result<(), Fault> {
        self.spent.calls = self.spent.calls.max(depth);
        if depth > self.limits.calls {
            return Err(over(format!("depth: functions called each other more than {} deep", self.limits.calls)));
        }
        Ok(())
    }

    /// Expressions within each other.
    #[cold]
    pub(crate) fn too_nested(&self) -> Fault {
        over(format!("depth: what is within each other took more than {} bytes of the stack", self.limits.stack))
    }

    /// The result, in bytes.
    pub(crate) fn result(&mut self, bytes: u64) -> Result<(), Fault> {
        if bytes > self.limits.result {
            return Err(over(format!("result: it is larger than {} bytes", self.limits.result)));
        }
        Ok(())
    }
}

fn over(what: String) -> Fault {
    Fault::Budget(format!("the script used up its budget of {what}"))
}
