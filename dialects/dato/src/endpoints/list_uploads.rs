//! `GET /uploads`: the media of the site, newest first (facts 4.10).

use crate::door::State;
use crate::media;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use edge::{Answer, Call, Params, respond};
use engine::{View, Weight};
use model::{Error, Result};
use serde_json::json;

/// How many come when nobody says, and the most.
const LIMIT: u64 = 30;
const MOST: u64 = 500;

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    let at = state.at(&call)?;
    let (skip, take) = page(&call.params()?)?;
    call.charge(take as usize)?;
    let read = move |view: &mut View<'_>| {
        let (list, count) = media::list(view, skip, take)?;
        Ok(json!({"data": list, "meta": {"total_count": count}}))
    };
    let document = state.engine.read(&at.actor, at.key(), Weight::Scan, read).await?;
    Ok(respond::wire(StatusCode::OK, &document)?)
}

fn page(params: &Params<'_>) -> Result<(u64, u64)> {
    params.refuse_unknown(&["page[offset]", "page[limit]"])?;
    let number = |key: &str| match params.one(key)? {
        None => Ok(None),
        Some(text) => {
            let number = text.parse::<u64>().ok().filter(|number| *number <= u64::from(u32::MAX));
            number.map(Some).ok_or_else(|| Error::malformed(key, "must be a whole number that is not negative"))
        }
    };
    let limit = number("page[limit]")?.unwrap_or(LIMIT);
    if limit > MOST {
        return Err(Error::malformed("page[limit]", format!("must be at most {MOST}")));
    }
    Ok((number("page[offset]")?.unwrap_or(0), limit))
}
