//! The guarded way out: the one client for every address that somebody gave.
//!
//! Nothing is sent to an address before it is checked: the text of the URL (`target.rs`), then each address that its
//! name resolves to, inside the connector itself (`resolve.rs`), and both anew at every redirection (`guard.rs`). What
//! comes back is bounded in bytes and time (`body.rs`). Named hosts can be allowed per purpose (`allow.rs`).

mod address;
mod allow;
mod body;
mod guard;
mod resolve;
mod target;
#[cfg(test)]
mod tests;

pub use allow::{Allowed, Hosts};
pub use guard::Guard;
