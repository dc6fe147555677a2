//! Mail to people: what is to be said to whom. The words, the links and the way are the mailer's business.

use parking_lot::{Condvar, Mutex};
use std::fmt;
use std::time::{Duration, Instant};

/// Something to be told to somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// The address, as somebody gave it: the mailer takes nothing for granted.
    pub to: String,
    pub says: Says,
}

/// What a letter says. The code is the secret of whoever gets it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Says {
    /// With the code a new password can be set.
    Reset { code: Code, minutes: u32 },
    /// The code lets its reader into a workspace or database.
    Invitation {
        code: Code,
        /// The name of the workspace or database, as its members chose it.
        place: String,
        /// The name of who invites.
        by: String,
        days: u32,
    },
}

/// A secret that is mailed. A log does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(pub String);

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

/// Takes letters to be sent.
pub trait Mailer: Send + Sync {
    /// Takes a letter and returns at once; sending it, trying again and giving up happen later.
    fn post(&self, letter: Letter);
}

/// No mail: letters are forgotten.
pub struct NoMailer;

impl Mailer for NoMailer {
    fn post(&self, _: Letter) {
        tracing::warn!("there is no way to send a letter");
    }
}

/// Keeps the letters. For tests.
#[derive(Default)]
pub struct MemoryMailer {
    letters: Mutex<Vec<Letter>>,
    came: Condvar,
}

impl MemoryMailer {
    /// The letters so far, when there are at least this many; those that are there when that takes ten seconds.
    pub fn wait_for(&self, count: usize) -> Vec<Letter> {
        let end = Instant::now() + Duration::from_secs(10);
        let mut letters = self.letters.lock();
        while letters.len() < count && !self.came.wait_until(&mut letters, end).timed_out() {}
        letters.clone()
    }
}

impl Mailer for MemoryMailer {
    fn post(&self, letter: Letter) {
        self.letters.lock().push(letter);
        self.came.notify_all();
    }
}
