//! How much a script may take.

use nx::budget::{Budget, Limits};
use std::time::Duration;

/// Limits that an operator may set; the others are the language's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScriptLimits {
    /// How long a script that reads may run.
    pub query_time: Duration,
    /// How long a script may hold the writer of its database.
    pub exec_time: Duration,
    /// Turns of a script: loops, calls, statements.
    pub steps: u64,
}

impl ScriptLimits {
    /// The budget of a script that reads.
    pub(crate) fn query(&self) -> Budget {
        Budget::new(Limits { steps: self.steps, time: self.query_time, ..Limits::default() })
    }

    /// The budget of a script that has the writer of its database.
    pub(crate) fn exec(&self) -> Budget {
        Budget::new(Limits { steps: self.steps, time: self.exec_time, ..Limits::default() })
    }
}

impl Default for ScriptLimits {
    fn default() -> ScriptLimits {
        ScriptLimits { query_time: Duration::from_secs(10), exec_time: Duration::from_secs(1), steps: 1_000_000 }
    }
}
