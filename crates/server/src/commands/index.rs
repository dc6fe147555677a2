//! `manytongue index list` and `drop`.

use super::owner::owner;
use super::{Index, Outcome, database};
use engine::Engine;
use model::Result;
use model::time::Instant;

pub fn list(engine: &Engine, named: &str) -> Result<Outcome> {
    let info = database::find(engine, named)?;
    let all = engine.list_indexes(&owner(engine)?, info.key)?.into_iter().map(|index| Index {
        name: index.name,
        table: index.table,
        fields: index.fields,
        form: index.form.to_owned(),
        origin: index.origin.to_owned(),
        built: index.built,
        used: Instant(index.used_at).to_iso(),
    });
    Ok(Outcome::Indexes(all.collect()))
}

pub fn remove(engine: &Engine, named: &str, name: String) -> Result<Outcome> {
    let info = database::find(engine, named)?;
    engine.drop_index(&owner(engine)?, info.key, &name)?;
    Ok(Outcome::IndexDropped { name })
}
