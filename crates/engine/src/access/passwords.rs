//! Passwords: Argon2id hashes in a text of our own, the rules of a new one, and a room that bounds the work.

use super::secret::hex;
use crate::ports::Ports;
use argon2::{Algorithm, Argon2, Params, Version};
use model::{Error, Path, Result, Rule};
use tokio::sync::Semaphore;

/// Memory in KiB, passes and lanes: the least that OWASP advises for Argon2id.
const COST: Cost = Cost { memory: 19_456, passes: 2, lanes: 1 };
/// Hashes worked out at once: each takes 19 MiB.
const AT_ONCE: usize = 4;
const SALT: usize = 16;
const OUTPUT: usize = 32;
const MIN_CHARACTERS: u64 = 8;
const MAX_BYTES: u64 = 1024;

/// The hash of a password that nobody knows, for accounts that do not exist: the answer must take as long.
const NOBODY: &str = "argon2id$19456$2$1$00000000000000000000000000000000$\
                      0000000000000000000000000000000000000000000000000000000000000000";

#[derive(Clone, Copy, PartialEq, Debug)]
struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// Where passwords are hashed, a few at a time, on threads that may be held up.
pub struct Room(Semaphore);

impl Default for Room {
    fn default() -> Room {
        Room(Semaphore::new(AT_ONCE))
    }
}

impl Room {
    /// Hashes a new password.
    pub async fn hash(&self, password: &str, ports: &Ports) -> Result<String> {
        let (password, ports) = (password.to_owned(), ports.clone());
        self.run(move || hash(&password, &ports)).await?
    }

    /// Whether a password is the one of a hash. Without a hash it is not, after as long.
    pub async fn verify(&self, password: &str, stored: Option<String>) -> Result<bool> {
        let password = password.to_owned();
        self.run(move || {
            let right = verify(&password, stored.as_deref().unwrap_or(NOBODY))?;
            Ok(right && stored.is_some())
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let permit = self.0.acquire().await.map_err(|_| Error::Unavailable("shutting down".to_owned()))?;
        let result = tokio::task::spawn_blocking(job).await;
        drop(permit);
        result.map_err(|e| Error::Internal(format!("a password was not hashed: {e}")))
    }
}

/// The hash of a password with a new salt, on this thread.
pub fn hash(password: &str, ports: &Ports) -> Result<String> {
    let mut salt = [0; SALT];
    ports.dice.fill(&mut salt);
    let output = argon2id(password, &salt, COST)?;
    let Cost { memory, passes, lanes } = COST;
    Ok(format!("argon2id${memory}${passes}${lanes}${}${}", hex(&salt), hex(&output)))
}

fn verify(password: &str, stored: &str) -> Result<bool> {
    if password.len() as u64 > MAX_BYTES {
        return Ok(false);
    }
    let (cost, salt, expected) =
        read(stored).ok_or_else(|| Error::Internal("a stored password cannot be read".to_owned()))?;
    let output = argon2id(password, &salt, cost)?;
    // Every byte is looked at, however early they differ.
    let difference = output.iter().zip(&expected).fold(0, |all, (a, b)| all | (a ^ b));
    Ok(difference == 0 && expected.len() == OUTPUT)
}

fn argon2id(password: &str, salt: &[u8], cost: Cost) -> Result<[u8; OUTPUT]> {
    let failure = |e: argon2::Error| Error::Internal(format!("a password cannot be hashed: {e}"));
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(OUTPUT)).map_err(failure)?;
    let mut output = [0; OUTPUT];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut output)
        .map_err(failure)?;
    Ok(output)
}

fn read(stored: &str) -> Option<(Cost, Vec<u8>, Vec<u8>)> {
    let parts: Vec<&str> = stored.split('$').collect();
    let ["argon2id", memory, passes, lanes, salt, output] = parts.as_slice() else { return None };
    let cost = Cost { memory: memory.parse().ok()?, passes: passes.parse().ok()?, lanes: lanes.parse().ok()? };
    Some((cost, unhex(salt)?, unhex(output)?))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.iter().all(u8::is_ascii_hexdigit) || !digits.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}

/// Refuses a new password that is too short, too long, or without a letter or a digit.
pub fn check(password: &str) -> Result<()> {
    let at = || Path::of("password");
    if (password.chars().count() as u64) < MIN_CHARACTERS {
        return Err(Error::invalid(at(), Rule::Length { min: Some(MIN_CHARACTERS), max: None, eq: None }));
    }
    if password.len() as u64 > MAX_BYTES {
        return Err(Error::invalid(at(), Rule::Length { min: None, max: Some(MAX_BYTES), eq: None }));
    }
    if !password.chars().any(char::is_alphabetic) || !password.chars().any(char::is_numeric) {
        return Err(Error::malformed("password", "must have a letter and a digit"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_hash_and_no_other() {
        let ports = Ports::system();
        let stored = hash("correct horse 1", &ports).expect("hashed");
        assert!(stored.starts_with("argon2id$19456$2$1$"));
        assert!(verify("correct horse 1", &stored).expect("read"));
        for wrong in ["", "correct horse 2", &"x".repeat(5000)] {
            assert!(!verify(wrong, &stored).expect("read"), "{wrong}");
        }
        assert_ne!(hash("correct horse 1", &ports).expect("hashed"), stored, "each has its own salt");
        assert!(verify("x", "plain text").is_err());
    }

    #[test]
    fn the_hash_of_nobody_costs_as_much_as_anybodys() {
        let (cost, salt, output) = read(NOBODY).expect("readable");
        assert_eq!((cost, salt.len(), output.len()), (COST, SALT, OUTPUT));
    }

    #[test]
    fn a_new_password_has_eight_characters_a_letter_and_a_digit() {
        for right in ["password1", "pässwörd1", "1234567a"] {
            assert_eq!(check(right), Ok(()), "{right}");
        }
        for wrong in ["", "short1", "onlyletters", "12345678", "!!!!!!!!", &"a1".repeat(600)] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
