//! The store: the only crate that names a database engine and the only one with SQL.
//!
//! A [`Store`](store::Store) is a data folder: a home file (users, tokens, the list of databases) and one file per
//! database; or a schema of PostgreSQL for each of these. Work on a database is a plain function that gets a [`ReadTx`](database::ReadTx) or a
//! [`WriteTx`](database::WriteTx); everything they do goes through the small trait [`Tx`](tx::Tx), which is all that
//! an engine has to implement. Start with `database/mod.rs`.

pub mod blocking;
pub mod database;
pub mod flavor;
pub mod folder;
pub mod home;
pub mod index;
pub mod migrations;
pub mod once;
pub mod postgres;
pub mod print;
pub mod sqlite;
pub mod store;
pub mod traced;
pub mod tx;
