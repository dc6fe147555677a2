//! `manytongue index list`, `create` and `drop`.

use super::owner::owner;
use super::{Index, Outcome, database};
use engine::Engine;
use model::Result;
use model::time::Instant;
use std::sync::Arc;

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

pub async fn create(engine: &Engine, named: &str, table: String, field: String) -> Result<Outcome> {
    let info = database::find(engine, named)?;
    engine.create_index(&Arc::new(owner(engine)?), info.key, table, field).await?;
    list(engine, named)
}

pub fn remove(engine: &Engine, named: &str, name: String) -> Result<Outcome> {
    let info = database::find(engine, named)?;
    engine.drop_index(&owner(engine)?, info.key, &name)?;
    Ok(Outcome::IndexDropped { name })
}
