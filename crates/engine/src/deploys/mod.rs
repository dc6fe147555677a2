//! Deploys: telling another system that what it makes of a database is to be made anew, and hearing what came of it.
//!
//! How a database is deployed is kept sealed, since it holds secrets of the other system, and handed out to who manages
//! the database. Each deploy leaves events in the database; the newest of them is how the deploy stands.

mod settings;
mod tell;

pub use settings::{DeployTarget, DeployWay};
pub use store::database::deploys::{Deploy, Event as DeployEvent};

use crate::{Engine, Weight};
use model::time::Instant;
use model::{Ability, Actor, DatabaseId, DatabaseKey, Error, Json, Result, Subject};
use std::sync::Arc;
use store::database::Database;
use store::database::deploys;
use store::tx::Tx;

/// How long who deploys has to tell what came of it, in milliseconds.
const PATIENCE_MS: i64 = 30 * 60 * 1000;
/// Most events of a list.
const MAX_EVENTS: usize = 1000;
/// Longest text of what is told of an outcome, in bytes.
const MAX_DATA: usize = 10_000;

/// How deploys of a database stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeployState {
    pub status: DeployStatus,
    /// When the newest deploy succeeded.
    pub succeeded_at: Option<Instant>,
    /// Whether it is known whom to tell.
    pub deployable: bool,
}

/// How the newest deploy stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeployStatus {
    Unstarted,
    Pending,
    Success,
    Fail,
}

/// What who deploys tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeployOutcome {
    Success,
    Failure,
}

impl Engine {
    /// How deploys of a database stand.
    pub async fn deploy_state(&self, actor: &Actor, key: DatabaseKey) -> Result<DeployState> {
        let (found, _) = self.resolve_database(actor, key)?;
        self.get_database(actor, key)?;
        let deployable = self.deploy_way_of(&found)?.is_some_and(|way| way.target.is_some());
        let open = self.inner().store.database(key)?;
        let (newest, succeeded) = open
            .read(Weight::Point, |read| {
                let newest = newest(read.tx)?;
                Ok((newest, deploys::newest_of(read.tx, DeployEvent::ResponseSuccess)?))
            })
            .await?;
        let status = match newest {
            None => DeployStatus::Unstarted,
            Some(Deploy { event: DeployEvent::Request, at, .. }) if self.is_in_time(at) => DeployStatus::Pending,
            Some(Deploy { event: DeployEvent::ResponseSuccess, .. }) => DeployStatus::Success,
            Some(_) => DeployStatus::Fail,
        };
        Ok(DeployState { status, succeeded_at: succeeded.map(|deploy| deploy.at), deployable })
    }

    /// The events of deploys, newest first, for who may write to the database.
    pub async fn deploy_events(&self, actor: &Actor, key: DatabaseKey) -> Result<Vec<Deploy>> {
        let open = self.open_to_deploy(actor, key)?;
        self.settle_deploys(&open).await?;
        open.read(Weight::Point, |read| deploys::newest(read.tx, MAX_EVENTS)).await
    }

    /// One event.
    pub async fn deploy_event(&self, actor: &Actor, key: DatabaseKey, id: u32) -> Result<Deploy> {
        let open = self.open_to_deploy(actor, key)?;
        self.settle_deploys(&open).await?;
        let found = open.read(Weight::Point, move |read| deploys::get(read.tx, id)).await?;
        found.ok_or_else(|| Error::not_found(Subject::Deploy, id.to_string()))
    }

    /// Notes what who deploys tells by the hook of a database; the event, and of which database it is.
    pub async fn tell_outcome(&self, hook: &str, outcome: DeployOutcome, data: Json) -> Result<(Deploy, DatabaseId)> {
        let (database, key) = self.database_of_hook(hook)?;
        if data.to_string().len() > MAX_DATA {
            return Err(Error::TooLarge { what: "outcome", limit: MAX_DATA as u64 });
        }
        let open = self.inner().store.database(key)?;
        let event = match outcome {
            DeployOutcome::Success => DeployEvent::ResponseSuccess,
            DeployOutcome::Failure => DeployEvent::ResponseFailure,
        };
        let now = self.now();
        Ok((open.write(move |w| deploys::insert(w, now, event, &data)).await?, database))
    }

    fn open_to_deploy(&self, actor: &Actor, key: DatabaseKey) -> Result<Arc<Database>> {
        self.admit_to_database(actor, key, Ability::RecordUpdate)?;
        self.inner().store.database(key)
    }

    /// Notes of a deploy of which nobody told for too long that it timed out.
    async fn settle_deploys(&self, open: &Arc<Database>) -> Result<()> {
        let is_late = |deploy: &Deploy| deploy.event == DeployEvent::Request && !self.is_in_time(deploy.at);
        let late = open.read(Weight::Point, |read| newest(read.tx)).await?.filter(is_late);
        let Some(late) = late else { return Ok(()) };
        open.write(move |w| {
            // Somebody may have told, or noted it, meanwhile.
            if newest(w.tx)?.is_some_and(|newest| newest.id == late.id) {
                let at = Instant(late.at.0 + PATIENCE_MS);
                deploys::insert(w, at, DeployEvent::ResponseTimeout, &Json::Null)?;
            }
            Ok(())
        })
        .await
    }

    fn is_in_time(&self, asked_at: Instant) -> bool {
        self.now().0 < asked_at.0 + PATIENCE_MS
    }
}

fn newest(tx: &mut dyn Tx) -> Result<Option<Deploy>> {
    Ok(deploys::newest(tx, 1)?.pop())
}
