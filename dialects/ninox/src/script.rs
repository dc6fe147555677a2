//! Scripts of the NX language, as far as this door goes: who asks, where, and the script. The language is not spoken yet.

use crate::door::State;
use crate::error::NOT_YET;
use model::{Actor, DatabaseKey, Error, Result};
use std::sync::Arc;

/// Runs a script that only reads; the JSON of its value.
pub async fn query(_: &State, _: &Arc<Actor>, _: DatabaseKey, _: &str) -> Result<Vec<u8>> {
    Err(Error::Conflict(NOT_YET.to_owned()))
}

/// Runs a script that may write; the JSON of its value.
pub async fn exec(_: &State, _: &Arc<Actor>, _: DatabaseKey, _: &str) -> Result<Vec<u8>> {
    Err(Error::Conflict(NOT_YET.to_owned()))
}
