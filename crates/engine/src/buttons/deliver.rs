//! Webhooks of a click: called one after the other once the click is stored, and what they answered is kept.
//!
//! Each is called at most once: a server that ends meanwhile leaves the rest as pending for ever.

use crate::Engine;
use crate::ports::outbound::{Ask, OutboundError, Purpose, Verb};
use model::kind::button::Deed;
use model::{DatabaseKey, Error, Seq};
use std::time::{Duration, Instant};
use store::database::runs::{self, Outcome, State};

/// How long one webhook may take.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Most clicks whose webhooks are being called at the same time.
pub const AT_ONCE: usize = 128;
/// Longest text of an error that is kept, in characters.
const LONGEST: usize = 300;
/// Bytes that an answer may announce. It is not read.
const MOST: u64 = 1 << 20;

/// A click whose webhooks find no place.
pub fn too_many() -> Error {
    Error::RateLimited { retry_after: PATIENCE.as_secs() as u32 }
}

/// A webhook to be called.
pub struct Call {
    /// The place of its action.
    pub index: usize,
    pub url: String,
    pub body: Vec<u8>,
}

/// The webhooks of a run.
pub struct Delivering {
    pub engine: Engine,
    pub database: DatabaseKey,
    pub seq: Seq,
    pub started: Instant,
    pub calls: Vec<Call>,
    /// Of all actions.
    pub outcomes: Vec<Outcome>,
}

impl Delivering {
    /// Calls them in their order and keeps what came of it.
    pub async fn run(self) {
        let Delivering { engine, database, seq, started, calls, mut outcomes } = self;
        for call in calls {
            let delivery = format!("{database}-{}-{}", seq.0, call.index + 1);
            let index = call.index;
            let outcome = one(&engine, call, delivery).await;
            if let Some(place) = outcomes.get_mut(index) {
                *place = outcome;
            }
        }
        let took = started.elapsed().as_millis() as i64;
        let kept = match engine.inner().store.database(database) {
            Ok(open) => open.write(move |w| runs::finish(w, seq, &outcomes, took)).await,
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            tracing::warn!(database.key = %database, seq = seq.0, %error, "what webhooks answered is not kept");
        }
    }
}

async fn one(engine: &Engine, call: Call, delivery: String) -> Outcome {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let ask = Ask {
        purpose: Purpose::Webhook,
        verb: Verb::Post,
        url: call.url,
        headers: vec![
            header("content-type", "application/json"),
            header("x-manytongue-event", "button.click"),
            header("x-manytongue-delivery", &delivery),
        ],
        body: call.body,
        most: MOST,
        within: PATIENCE,
    };
    let failed = |status, error: String| {
        let error = error.chars().take(LONGEST).collect();
        Outcome { action: Deed::CallWebhook, state: State::Failed, status, error: Some(error), result: None }
    };
    match engine.inner().ports.outbound.ask(ask).await {
        Ok(reply) if (200..300).contains(&reply.status) => Outcome {
            action: Deed::CallWebhook,
            state: State::Done,
            status: Some(reply.status),
            error: None,
            result: None,
        },
        Ok(reply) => failed(Some(reply.status), format!("it answered {}", reply.status)),
        Err(OutboundError::Refused(why) | OutboundError::Failed(why)) => failed(None, why),
    }
}
