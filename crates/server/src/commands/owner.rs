//! As whom a command acts: the first administrator, with every right.

use engine::Engine;
use model::{Actor, Error, Result, Subject};
use store::home::users;

/// The actor of the command line.
pub fn owner(engine: &Engine) -> Result<Actor> {
    let administrators = engine.store().home().read(users::administrators)?;
    let first = administrators.first().copied();
    first
        .map(|user| Actor::local(Some(user)))
        .ok_or_else(|| Error::not_found(Subject::User, "that is an administrator"))
}
