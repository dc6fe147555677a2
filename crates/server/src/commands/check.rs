//! `manytongue check`.

use super::Outcome;
use engine::Engine;
use model::Result;

pub fn check(engine: &Engine) -> Result<Outcome> {
    Ok(Outcome::Checked { faults: engine.store().check() })
}
