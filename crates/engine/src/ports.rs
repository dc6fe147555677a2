//! What the engine needs of the world outside and tests replace: the time, randomness, the way to other servers, mail.

pub mod mailer;
pub mod outbound;

use model::time::Instant;
use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The time.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Instant;
}

/// Randomness that nobody can guess.
pub trait Dice: Send + Sync {
    /// Fills all bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The ports of an engine.
#[derive(Clone)]
pub struct Ports {
    pub clock: Arc<dyn Clock>,
    pub dice: Arc<dyn Dice>,
    pub outbound: Arc<dyn outbound::Outbound>,
    pub mailer: Arc<dyn mailer::Mailer>,
}

impl Ports {
    /// The system's clock and randomness, and no way out, for mail neither.
    pub fn system() -> Ports {
        Ports::of(Arc::new(SystemClock), Arc::new(SystemDice))
    }

    /// This clock and these dice, and no way out.
    pub fn of(clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Ports {
        Ports { clock, dice, outbound: Arc::new(outbound::NoOutbound), mailer: Arc::new(mailer::NoMailer) }
    }

    /// This many random letters and digits, each as likely as the others.
    pub(crate) fn alphanumerics(&self, length: usize) -> String {
        const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut text = String::with_capacity(length);
        let mut rolls = [0; 64];
        while text.len() < length {
            self.dice.fill(&mut rolls);
            // 248 is four times 62: what lies above would favour the first letters.
            for roll in rolls.iter().filter(|roll| **roll < 248).take(length - text.len()) {
                text.push(char::from(LETTERS[usize::from(*roll) % 62]));
            }
        }
        text
    }
}

/// The clock of the system.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// The randomness of the system, stretched by a generator fit for secrets.
pub struct SystemDice;

impl Dice for SystemDice {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// A clock that stands still until it is set. For tests.
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that shows this instant.
    pub fn at(now: Instant) -> Arc<FixedClock> {
        Arc::new(FixedClock(AtomicI64::new(now.0)))
    }

    /// Shows another instant from now on.
    pub fn set(&self, now: Instant) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Goes on by this many milliseconds.
    pub fn advance(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

/// Dice that roll the same in every run. For tests only.
pub struct SeededDice(Mutex<StdRng>);

impl SeededDice {
    /// The dice of a seed.
    pub fn new(seed: u64) -> Arc<SeededDice> {
        Arc::new(SeededDice(Mutex::new(StdRng::seed_from_u64(seed))))
    }
}

impl Dice for SeededDice {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_text_has_its_length_and_only_letters_and_digits() {
        let ports = Ports::of(FixedClock::at(Instant(0)), SeededDice::new(1));
        for length in [0, 1, 16, 40, 200] {
            let text = ports.alphanumerics(length);
            assert_eq!(text.len(), length);
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric()), "{text}");
        }
        assert_ne!(ports.alphanumerics(16), ports.alphanumerics(16));
    }
}
