//! `manytongue token create`, `list` and `revoke`: the owner's tokens.

use super::database::{find, spelling};
use super::owner::owner;
use super::{KnownToken, NewToken, Outcome};
use crate::config::Spoken;
use engine::Engine;
use engine::access;
use engine::access::TokenInfo;
use model::access::{Profile, RateLimit, Reach};
use model::time::{DAY_MS, Day, Instant};
use model::{Bag, Error, Result};

pub fn create(
    engine: &Engine,
    name: &str,
    scopes: &[String],
    databases: &[String],
    expires: Option<&str>,
    rate_limit: Option<u32>,
    profile: Option<Spoken>,
) -> Result<Outcome> {
    let actor = owner(engine)?;
    let mut reached = Vec::with_capacity(databases.len());
    for text in databases {
        reached.push(find(engine, text)?);
    }
    let reach = match reached.as_slice() {
        [] => Reach::All,
        some => Reach::Only { workspaces: Vec::new(), databases: some.iter().map(|info| info.key).collect() },
    };
    let words = match scopes {
        [] => Bag::new(),
        // The words of the one dialect that has scopes, as its own door keeps them.
        some => Bag::from([("donotname".to_owned(), some.into())]),
    };
    let new = access::NewToken {
        name: name.to_owned(),
        description: None,
        abilities: donotname::scopes::abilities(scopes)?,
        words,
        reach,
        full_access: scopes.is_empty(),
        expires_at: expires.map(last_instant).transpose()?,
        // Ten seconds' worth at once.
        profile: profile.map(Profile::from),
        rate: rate_limit.map(|n| RateLimit { per_second: n, burst: n.saturating_mul(10) }),
    };
    let (info, secret) = engine.create_token(&actor, new)?;
    let database = match reached.into_iter().next() {
        Some(first) => Some(first),
        None => engine.list_all_databases(&actor)?.into_iter().next(),
    };
    let token = secret.as_str().to_owned();
    let database = database.as_ref().map(spelling);
    Ok(Outcome::Token(NewToken { id: info.public_id, name: info.name, token, database }))
}

pub fn list(engine: &Engine) -> Result<Outcome> {
    let all = engine.list_tokens(&owner(engine)?)?;
    Ok(Outcome::Tokens(all.into_iter().map(known).collect()))
}

pub fn revoke(engine: &Engine, id: &str) -> Result<Outcome> {
    let actor = owner(engine)?;
    let token = engine.find_token_named(&actor, id)?;
    engine.delete_token(&actor, token.id)?;
    Ok(Outcome::Revoked { id: token.public_id })
}

fn known(info: TokenInfo) -> KnownToken {
    let text = |instant: Option<Instant>| instant.map(Instant::to_iso);
    let (expires, last_used) = (text(info.expires_at), text(info.last_used_at));
    KnownToken { id: info.public_id, name: info.name, prefix: info.prefix, expires, last_used }
}

/// The end of a day in UTC.
fn last_instant(text: &str) -> Result<Instant> {
    let day = Day::parse(text).ok_or_else(|| Error::malformed("expires", "must be a date such as 2030-12-31"))?;
    Ok(Instant((i64::from(day.0) + 1) * DAY_MS - 1))
}
