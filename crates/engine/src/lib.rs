//! The engine: the rules, and the only caller of the store. Doors ask it to read and to write; it judges rights,
//! validators and the laws of the tree, applies changes and keeps their inverses.
//!
//! Everything inside a transaction is synchronous: a door's `plan` is a function of a [`View`] to a list of
//! [`Change`](model::Change)s, its `render` a function of a view and a [`Receipt`]. Start with `write.rs`.

pub mod access;
mod apply;
mod buttons;
mod changes;
pub mod deploys;
pub mod files;
mod formula;
mod history;
mod indexes;
mod judge;
mod nav;
mod once;
mod places;
pub mod ports;
mod replay;
mod script;
pub mod shapes;
mod stepwise;
mod trash;
mod undo;
mod view;
mod write;

pub use buttons::ButtonAt;
pub use changes::Gone;
pub use history::{FieldMeta, HistoryAsk, HistoryEntry, HistoryPage, HistoryPoint};
pub use indexes::IndexInfo;
pub use nav::NavLine;
pub use once::{KeptAnswer, LongWork, Retry};
pub use script::{Explained, ScriptLimits, ScriptPlace, Standing};
pub use stepwise::Steps;
pub use store::database::Weight;
pub use store::database::log::Cause;
pub use store::database::runs::{Outcome, Run, State as RunState};
pub use store::print::{Output, RecordRow};
pub use store::tx::{GO_ON, Next, STOP};
pub use trash::{Keeping, TrashItem, TrashKind, TrashPage, Trashed, TrashedDatabase, TrashedWorkspace};
pub use undo::UndoOutcome;
pub use view::View;
pub use write::{Faults, Made, Receipt, Triggers, WriteContext};

use model::time::Instant;
use model::{Actor, DatabaseKey, Result};
use ports::Ports;
use std::sync::Arc;
use store::store::Store;
use tokio::sync::Semaphore;
use view::{Members, Scope};

/// The rules over one data folder. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

/// What an operator may set.
#[derive(Clone, Default)]
pub struct Options {
    pub files: files::FileOptions,
    pub scripts: ScriptLimits,
}

/// What the engine holds.
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) ports: Ports,
    pub(crate) access: access::State,
    /// Places for clicks whose webhooks are called.
    pub(crate) deliveries: Arc<Semaphore>,
    pub(crate) trash_days: trash::Days,
    pub(crate) files: files::State,
    pub(crate) formulas: formula::State,
    pub(crate) script_limits: script::ScriptLimits,
}

impl Engine {
    /// The engine over an open store, with files in its data folder.
    pub fn open(store: Store, ports: Ports) -> Result<Engine> {
        Engine::open_with(store, ports, Options::default())
    }

    /// The engine over an open store.
    pub fn open_with(store: Store, ports: Ports, options: Options) -> Result<Engine> {
        let files = files::State::open(&store, &ports, options.files)?;
        let deliveries = Arc::new(Semaphore::new(buttons::DELIVERIES));
        let (access, trash_days) = (access::State::default(), trash::Days::default());
        let (formulas, script_limits) = (formula::State::default(), options.scripts);
        let inner = Inner { store, ports, access, deliveries, trash_days, files, formulas, script_limits };
        Ok(Engine { inner: Arc::new(inner) })
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// The store, for the command line: backup, check, export.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Whether other servers may work on the same store.
    pub fn is_shared(&self) -> bool {
        self.inner.store.is_shared()
    }

    /// Runs what a request does: it sees every change of rights and schemas that was answered before now, by whatever
    /// server on the same store. An error when the store cannot be reached.
    pub async fn arrive<T>(&self, request: impl Future<Output = T>) -> Result<T> {
        self.inner.store.arrive(request).await
    }

    /// As [`Engine::arrive`], for a request that can be run again while nothing of it stands: one that only reads, or
    /// whose first write is all that it does before it looks.
    pub async fn arrive_lightly<T, F: Future<Output = T>>(&self, request: impl FnMut() -> F) -> Result<T> {
        self.inner.store.arrive_lightly(request).await
    }

    /// The time of the engine's clock.
    pub fn now(&self) -> Instant {
        self.inner.ports.clock.now()
    }

    /// Bytes that nobody can guess.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.inner.ports.dice.fill(&mut bytes);
        bytes
    }

    /// Reads a database on a snapshot. What the actor may not see is not in the view. `ask` may be run again: what an
    /// earlier run gave is forgotten.
    pub async fn read<T: Send + 'static>(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        weight: Weight,
        ask: impl FnMut(&mut View<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut ask = ask;
        let scope = self.scope(actor, database)?;
        let open = self.inner.store.database(database)?;
        let watched = open.clone();
        open.read(weight, move |read| {
            let view = View::new(&mut *read.tx, read.catalog.clone(), &scope);
            ask(&mut view.watched(&watched).brief(read.is_brief))
        })
        .await
    }

    /// The scope of a request: who asks, of which database, with which role.
    pub(crate) fn scope(&self, actor: &Arc<Actor>, database: DatabaseKey) -> Result<Scope> {
        let (listed, role) = self.reached_database(actor, database)?;
        let (actor, directory, now) = (actor.clone(), self.directory(), self.now());
        let members = Members::new(self.clone(), listed);
        let keeping = self.keeping();
        Ok(Scope { key: database, actor, role, directory, members, now, keeping, origin: files::origin() })
    }
}
