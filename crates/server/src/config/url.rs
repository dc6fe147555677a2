//! Addresses of other servers, which hold passwords: they are never shown.

use serde::Deserialize;
use std::fmt;

/// The address of PostgreSQL, which does not show itself.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(pub String);

impl From<String> for DatabaseUrl {
    fn from(url: String) -> DatabaseUrl {
        DatabaseUrl(url)
    }
}

impl From<&str> for DatabaseUrl {
    fn from(url: &str) -> DatabaseUrl {
        DatabaseUrl(url.to_owned())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a database URL")
    }
}

/// The address of the mail server, which does not show itself.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SmtpUrl(pub String);

impl From<String> for SmtpUrl {
    fn from(url: String) -> SmtpUrl {
        SmtpUrl(url)
    }
}

impl From<&str> for SmtpUrl {
    fn from(url: &str) -> SmtpUrl {
        SmtpUrl(url.to_owned())
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SMTP URL")
    }
}
