//! What goes wrong while a script runs.

use model::Error;
use std::fmt;

/// Why a script stopped. Where it stopped is known to the evaluator, which adds it.
#[derive(Debug)]
pub enum Fault {
    /// A mistake of the script, in words that name the offending part.
    Script(String),
    /// A budget is used up; in words that name it.
    Budget(String),
    /// The host refused or failed: rights, validators, the store.
    Host(Error),
}

impl Fault {
    /// A mistake of the script.
    pub fn script(message: impl Into<String>) -> Fault {
        Fault::Script(message.into())
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Host(error)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Script(message) | Fault::Budget(message) => f.write_str(message),
            Fault::Host(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Fault {}
