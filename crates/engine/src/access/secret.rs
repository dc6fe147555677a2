//! Secrets: the texts of tokens and sessions, shown once and kept as hashes only.

use crate::ports::Ports;
use model::{Error, Result};
use sha2::{Digest, Sha256};
use std::fmt;

/// The SHA-256 of a whole text. Looking it up compares hashes, which tells nobody how much of a guess was right.
pub type Hash = [u8; 32];

/// Longest text that is looked at.
pub const MAX_TEXT: usize = 512;
/// Shortest text that an administrator may set.
const MIN_TEXT: usize = 8;

/// The text of a token. Shown once; it is neither kept nor printed by a log.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret(String);

impl TokenSecret {
    /// A new text of a token with this public id.
    pub(super) fn new(ports: &Ports, public_id: &str) -> TokenSecret {
        TokenSecret(format!("teable_{public_id}_{}", ports.alphanumerics(40)))
    }

    /// A text that an administrator chose: visible ASCII, so that it fits a header.
    pub(super) fn chosen(text: &str) -> Result<TokenSecret> {
        if !(MIN_TEXT..=MAX_TEXT).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_graphic()) {
            let why = format!("must be {MIN_TEXT} to {MAX_TEXT} visible ASCII characters without spaces");
            return Err(Error::malformed("token", why));
        }
        Ok(TokenSecret(text.to_owned()))
    }

    /// A text that was kept.
    pub(super) fn kept(text: String) -> TokenSecret {
        TokenSecret(text)
    }

    /// The text, to be given to its owner.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> Hash {
        hash(&self.0)
    }

    /// The public id in the text, if it has the usual shape.
    pub(super) fn public_id(&self) -> Option<&str> {
        let mut parts = self.0.split('_');
        let (_, id, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
        let letters = id.strip_prefix("acc")?;
        (letters.len() == 16 && letters.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(id)
    }

    /// The beginning, for people to tell tokens apart: nothing that helps to guess the rest.
    pub(super) fn prefix(&self) -> String {
        match self.public_id().and_then(|id| self.0.split_once(id)) {
            Some((brand, _)) => format!("{brand}{}_", self.public_id().unwrap_or_default()),
            None if self.0.len() >= 24 => self.0[..4].to_owned(),
            None => String::new(),
        }
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret(..)")
    }
}

/// The code of an invitation. Shown once; it is neither kept nor printed by a log.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationCode(String);

impl InvitationCode {
    /// A new code: 256 random bits in hexadecimal.
    pub(super) fn new(ports: &Ports) -> InvitationCode {
        InvitationCode(new_session(ports))
    }

    /// The text, to be given to whoever is invited.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> Hash {
        hash(&self.0)
    }
}

impl fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationCode(..)")
    }
}

/// The hash under which a text is kept.
pub fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

/// A new public id of a token.
pub fn new_public_id(ports: &Ports) -> String {
    format!("acc{}", ports.alphanumerics(16))
}

/// A new secret of a session, or of a letter: 256 random bits in hexadecimal.
pub fn new_session(ports: &Ports) -> String {
    let mut bytes = [0; 32];
    ports.dice.fill(&mut bytes);
    hex(&bytes)
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{FixedClock, SeededDice};
    use model::time::Instant;

    #[test]
    fn a_new_text_has_its_three_parts_and_is_never_printed() {
        let ports = Ports::of(FixedClock::at(Instant(0)), SeededDice::new(1));
        let id = new_public_id(&ports);
        let secret = TokenSecret::new(&ports, &id);
        let parts: Vec<&str> = secret.as_str().split('_').collect();
        assert_eq!((parts.len(), parts[0], parts[1], parts[2].len()), (3, "teable", id.as_str(), 40));
        assert_eq!(secret.public_id(), Some(id.as_str()));
        assert_eq!(secret.prefix(), format!("teable_{id}_"));
        assert_eq!(format!("{secret:?}"), "TokenSecret(..)");
    }

    #[test]
    fn a_chosen_text_is_visible_ascii_and_its_prefix_gives_little_away() {
        for wrong in ["", "short", "with space in it", "tab\tin the text", "é is not ASCII", &"x".repeat(513)] {
            assert!(TokenSecret::chosen(wrong).is_err(), "{wrong}");
        }
        for (text, prefix) in [("eightish", ""), ("a-rather-long-token-of-ours", "a-ra")] {
            assert_eq!(TokenSecret::chosen(text).expect("fits").prefix(), prefix);
        }
    }
}
