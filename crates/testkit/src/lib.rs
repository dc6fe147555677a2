//! For tests only: a server in the test's own process, a small client, the golden runner.
//!
//! Start with [`server::Server::start`].

pub mod client;
pub mod golden;
pub mod pattern;
pub mod schema;
pub mod server;
