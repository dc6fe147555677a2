//! Telling who deploys: a request to the address that was given, through the one way out, once the event is kept.

use super::{Deploy, DeployEvent, DeployTarget};
use crate::Engine;
use crate::ports::outbound::{Ask, OutboundError, Purpose, Verb};
use model::{Actor, DatabaseKey, Error, Json, Result};
use serde_json::json;
use std::time::Duration;
use store::database::deploys;

/// How long who deploys may take to answer that they were told.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes that the answer may announce. It is not read.
const MOST: u64 = 1 << 20;
/// Longest text of an error that is kept, in characters.
const LONGEST: usize = 300;

impl Engine {
    /// Asks for a deploy: keeps the event, which is answered, and tells who deploys after it. For who may write to the
    /// database. What comes of the telling is an event of its own, if it fails.
    pub async fn deploy(&self, actor: &Actor, key: DatabaseKey) -> Result<Deploy> {
        let open = self.open_to_deploy(actor, key)?;
        let (found, _) = self.resolve_database(actor, key)?;
        let target = self.deploy_target(&found)?;
        self.settle_deploys(&open).await?;
        let place = self.inner().deliveries.clone().try_acquire_owned();
        let place = place.map_err(|_| Error::RateLimited { retry_after: PATIENCE.as_secs() as u32 })?;
        let (now, data) = (self.now(), shown(&target));
        let asked = open.write(move |w| deploys::insert(w, now, DeployEvent::Request, &data)).await?;
        let (engine, id) = (self.clone(), asked.id);
        tokio::spawn(async move {
            engine.tell(key, id, target).await;
            drop(place);
        });
        Ok(asked)
    }

    async fn tell(&self, key: DatabaseKey, id: u32, target: DeployTarget) {
        let mut headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("x-manytongue-event".to_owned(), "deploy".to_owned()),
            ("x-manytongue-delivery".to_owned(), format!("{key}-deploy-{id}")),
        ];
        headers.extend(target.headers);
        let ask = Ask {
            purpose: Purpose::Webhook,
            verb: Verb::Post,
            url: target.url,
            headers,
            body: target.body.to_string().into_bytes(),
            most: MOST,
            within: PATIENCE,
        };
        let failed = match self.inner().ports.outbound.ask(ask).await {
            Ok(reply) if (200..300).contains(&reply.status) => return,
            Ok(reply) => json!({"status": reply.status}),
            Err(OutboundError::Refused(why) | OutboundError::Failed(why)) => {
                json!({"error": why.chars().take(LONGEST).collect::<String>()})
            }
        };
        let now = self.now();
        let kept = match self.inner().store.database(key) {
            Ok(open) => open.write(move |w| deploys::insert(w, now, DeployEvent::RequestFailed, &failed)).await,
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            tracing::warn!(database.key = %key, deploy = id, %error, "that a deploy could not be asked for is not kept");
        }
    }
}

/// What is told of a request: its body, and of its headers that they were sent, since their values are secrets.
fn shown(target: &DeployTarget) -> Json {
    let headers = target.headers.iter().map(|(name, _)| (name.clone(), Json::from("***")));
    json!({
        "request_body": target.body.to_string(),
        "request_headers": headers.collect::<serde_json::Map<String, Json>>(),
    })
}
