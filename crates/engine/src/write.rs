//! Writes: the plan of a door, judged, applied, logged and committed as one.

use crate::apply::Work;
use crate::files::FileRow;
use crate::once::Once;
use crate::undo::client_of;
use crate::view::{Scope, View};
use crate::{Cause, Engine};
use model::{Actor, Change, DatabaseKey, Error, FieldId, NavId, RecordId, Result, Seq, TableId, ViewId};
use parking_lot::Mutex;
use std::cell::OnceCell;
use std::sync::Arc;
use store::database::WriteTx;

/// What a write carries beside its changes.
#[derive(Clone, Debug)]
pub struct WriteContext {
    /// The client's name for itself (`X-Window-Id`): what it wrote can be undone by that name.
    pub client: Option<String>,
    pub cause: Cause,
    /// Whether the scripts of the tables run after this write. What scripts and imports write runs none.
    pub triggers: Triggers,
    /// Files that were just sent, for the records of this write. Nobody else knows them.
    pub files: Vec<FileRow>,
    pub faults: Faults,
}

/// When a write that has faulty values is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Faults {
    /// At the change that has them: what follows it is not looked at.
    #[default]
    AtOnce,
    /// At the end, together with what is judged there (required, unique).
    Together,
}

/// Whether scripts run after a write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Triggers {
    Run,
    Skip,
}

impl Default for WriteContext {
    fn default() -> WriteContext {
        WriteContext {
            client: None,
            cause: Cause::Write,
            triggers: Triggers::Run,
            files: Vec::new(),
            faults: Faults::AtOnce,
        }
    }
}

impl WriteContext {
    /// The same, with all faults told together.
    pub fn gathering(self) -> WriteContext {
        WriteContext { faults: Faults::Together, ..self }
    }

    /// The context as the log keeps it: a client's name is one of its user's.
    pub(crate) fn of(self, actor: &Actor) -> WriteContext {
        let client = self.client.as_deref().map(|client| client_of(actor, client));
        WriteContext { client, ..self }
    }
}

/// What a write did.
#[derive(Clone, PartialEq, Debug)]
pub struct Receipt {
    /// Its sequence; none when nothing changed.
    pub seq: Option<Seq>,
    /// What each change made, in order.
    pub made: Vec<Made>,
}

/// What one change made.
#[derive(Clone, PartialEq, Debug)]
pub enum Made {
    Nothing,
    Records { table: TableId, ids: Vec<RecordId> },
    Table(TableId),
    Field { table: TableId, field: FieldId },
    View { table: TableId, view: ViewId },
    NavItem(NavId),
}

impl Engine {
    /// Writes to a database. `plan` sees the present inside the transaction and says what to change; `render` sees the
    /// result inside the same transaction and makes the answer. When either fails, or a change is refused, nothing is
    /// written. The answer is given after the commit.
    ///
    /// Both may be run again: an engine across a network rolls back and tries again. They must not consume what they
    /// captured, and must have no effect besides the transaction. The answer is what the last run made.
    ///
    /// In a request with an `Idempotency-Key` neither is run when an earlier attempt did this write: the answer is then
    /// the earlier one, if it is of a type that `once.rs` keeps.
    pub async fn write<T: Send + 'static>(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        context: WriteContext,
        mut plan: impl FnMut(&mut View<'_>) -> Result<Vec<Change>> + Send + 'static,
        mut render: impl FnMut(&mut View<'_>, &Receipt) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let scope = self.scope(actor, database)?;
        let open = self.inner().store.database(database)?;
        let once = Once::next();
        // Made once: however often the write is run, its row in the log is the same.
        let key = self.write_key();
        let context = context.of(actor);
        open.write(move |w| {
            Once::or_kept(once.as_ref(), w, |w| carry_out(w, &scope, (key, context.clone()), &mut plan, &mut render))
        })
        .await
    }

    /// Makes a write as [`Engine::write`] does, answers what it would, and leaves nothing of it: whether it could be done.
    pub async fn judge<T: Send + 'static>(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        context: WriteContext,
        mut plan: impl FnMut(&mut View<'_>) -> Result<Vec<Change>> + Send + 'static,
        mut render: impl FnMut(&mut View<'_>, &Receipt) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let scope = self.scope(actor, database)?;
        let open = self.inner().store.database(database)?;
        let key = self.write_key();
        let context = context.of(actor);
        let told: Arc<Mutex<Option<T>>> = Arc::default();
        let kept = told.clone();
        let refused = open
            .write(move |w| {
                kept.lock().take();
                *kept.lock() = Some(carry_out(w, &scope, (key, context.clone()), &mut plan, &mut render)?);
                // Refused, so that it is taken back.
                Err::<(), Error>(Error::Conflict("only judged".to_owned()))
            })
            .await;
        let answer = told.lock().take();
        match (answer, refused) {
            (Some(answer), _) => Ok(answer),
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(Error::Internal("a write was neither judged nor refused".to_owned())),
        }
    }

    /// A key for the log's row of a write: 48 bits of time, 80 random bits.
    pub(crate) fn write_key(&self) -> [u8; 16] {
        let mut key = self.random_bytes::<16>();
        key[..6].copy_from_slice(&self.now().0.to_be_bytes()[2..]);
        key
    }
}

/// Plans a write, does it and renders its answer in a running transaction.
fn carry_out<T>(
    w: &mut WriteTx<'_>,
    scope: &Scope,
    (key, context): ([u8; 16], WriteContext),
    plan: &mut impl FnMut(&mut View<'_>) -> Result<Vec<Change>>,
    render: &mut impl FnMut(&mut View<'_>, &Receipt) -> Result<T>,
) -> Result<T> {
    let present = w.catalog();
    let changes = plan(&mut View::new(&mut *w.tx, present, scope))?;
    let receipt = run(w, scope, key, context, changes)?;
    let present = w.catalog();
    render(&mut View::new(&mut *w.tx, present, scope).after(&receipt.made), &receipt)
}

/// Judges, applies and logs changes in a running transaction.
pub(crate) fn run(
    w: &mut WriteTx<'_>,
    scope: &Scope,
    key: [u8; 16],
    context: WriteContext,
    changes: Vec<Change>,
) -> Result<Receipt> {
    let manager = OnceCell::new();
    let mut work = Work::new(w, scope);
    work.new_files.clone_from(&context.files);
    work.gathers = context.faults;
    let mut made = Vec::with_capacity(changes.len());
    for change in changes {
        made.push(work.apply(change)?);
    }
    if context.triggers == Triggers::Run && context.cause == Cause::Write {
        work.run_triggers(scope, &manager)?;
    }
    let seq = work.finish(key, context)?;
    Ok(Receipt { seq, made })
}
