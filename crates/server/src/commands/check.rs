//! `manytongue check`.

use super::Outcome;
use engine::Engine;
use model::Result;

pub fn check(engine: &Engine) -> Result<Outcome> {
    let mut faults = engine.store().check();
    faults.extend(engine.check_files());
    Ok(Outcome::Checked { faults })
}
