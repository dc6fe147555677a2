//! Requests that are carried out once however often they are sent (`Idempotency-Key`).
//!
//! A write to a database keeps what it gave in its own transaction, under a key that follows from the request's; a
//! second attempt finds it under the writer's lock, at whichever node, and gives the same without writing. Writes of the
//! home store keep there that they are done, and their answer after it.

use crate::{Engine, UndoOutcome};
use model::access::Credential;
use model::time::Instant;
use model::{Actor, DatabaseKey, Json, RecordId, Result, Seq};
use sha2::{Digest, Sha256};
use std::any::Any;
use std::sync::Arc;
use store::database::{Database, ReadTx, Weight, WriteTx, done};
use store::home::{self, Touch};
use store::once::{self, Attempt, KEPT_MS};

pub use store::home::done::Kept as KeptAnswer;

/// An attempt of a request that has an `Idempotency-Key`.
#[derive(Clone, Debug)]
pub struct Retry(Arc<Attempt>);

impl Retry {
    /// What all attempts of the same asker with the same key share.
    pub fn scope(&self) -> [u8; 32] {
        self.0.scope()
    }

    /// Whether something was found done by an earlier attempt.
    pub fn was_replayed(&self) -> bool {
        self.0.was_replayed()
    }
}

impl Engine {
    /// An attempt of a request with a key of its sender's choice; `parts` are what the request says. A key is the user's,
    /// or a token's that has no user. Of a sender that is not known the key counts for this very request only.
    pub fn retry(&self, actor: Option<&Actor>, key: &str, parts: &[&[u8]]) -> Retry {
        let mut said = Sha256::new();
        for part in parts {
            said.update((part.len() as u64).to_be_bytes());
            said.update(part);
        }
        let fingerprint: [u8; 32] = said.finalize().into();
        let mut scope = Sha256::new();
        match actor.map(|actor| (actor.user, actor.credential)) {
            Some((Some(user), _)) => scope.update(format!("user {}\n", user.0)),
            Some((None, Credential::Token(token))) => scope.update(format!("token {}\n", token.0)),
            Some((None, Credential::Session | Credential::Local)) => scope.update("local\n"),
            None => scope.update(fingerprint),
        }
        scope.update(key);
        Retry(Attempt::new(scope.finalize().into(), fingerprint, self.now().0))
    }

    /// The answer of an earlier attempt that wrote to the home store. An error when its answer was not kept.
    pub fn kept_answer(&self, retry: &Retry) -> Result<Option<KeptAnswer>> {
        self.inner().store.home().read(|tx| home::done::find(tx, &retry.0))
    }

    /// Runs a request as this attempt.
    pub async fn attempting<T>(&self, retry: &Retry, request: impl Future<Output = T>) -> T {
        once::attempting(retry.0.clone(), request).await
    }

    /// Whether the answer is to be kept: what databases gave is kept with the writes themselves.
    pub fn wants_answer(&self, retry: &Retry) -> bool {
        retry.0.wrote_home() && !retry.0.was_replayed()
    }

    /// Keeps the answer of an attempt that wrote to the home store.
    pub fn keep_answer(&self, retry: &Retry, answer: &KeptAnswer) -> Result<()> {
        if answer.body.len() > home::done::MAX_BODY {
            return Ok(());
        }
        let home = self.inner().store.home();
        store::blocking::blocking(|| home.write(Touch::Nothing, |tx| home::done::keep(tx, &retry.0, answer)))
    }

    /// Forgets what was done long enough ago, in the home store and the databases that are open.
    pub(crate) fn forget_done(&self, now: Instant) -> Result<()> {
        let (store, before) = (&self.inner().store, now.0 - KEPT_MS);
        store.home().write(Touch::Nothing, |tx| home::done::sweep(tx, before))?;
        for database in store.open_databases() {
            if database.read_blocking(|read| done::has_old(read.tx, before))? {
                database.write_blocking(move |w| done::sweep(w.tx, before))?;
            }
        }
        Ok(())
    }
}

/// One write of an attempt.
pub(crate) struct Once {
    attempt: Arc<Attempt>,
    key: [u8; 16],
}

impl Once {
    /// The next write of the attempt that runs, if one does.
    pub fn next() -> Option<Once> {
        once::current().map(|attempt| Once { key: attempt.next_write(), attempt })
    }

    /// What the write gave when it was done before; else runs it, and keeps what it gives.
    pub fn or_kept<T: 'static>(
        once: Option<&Once>,
        w: &mut WriteTx<'_>,
        write: impl FnOnce(&mut WriteTx<'_>) -> Result<T>,
    ) -> Result<T> {
        let Some(once) = once else { return write(w) };
        if let Some(kept) = done::find(w.tx, &once.attempt, &once.key)? {
            return decoded(&kept).ok_or_else(once::done_already);
        }
        let given = write(w)?;
        done::keep(w, &once.attempt, &once.key, encoded(&given).as_deref())?;
        Ok(given)
    }
}

/// Work of an attempt that is many writes, such as an import. None of them is kept by itself: the work is begun before
/// the first, and what it gave is kept after the last. When it was begun and never ended, nobody knows how much of it
/// stands, and another attempt is refused.
#[derive(Clone)]
pub struct LongWork {
    attempt: Arc<Attempt>,
    database: Arc<Database>,
}

impl Engine {
    /// The work in a database of the attempt that runs here, if one does.
    pub fn long_work(&self, database: DatabaseKey) -> Result<Option<LongWork>> {
        let Some(attempt) = once::current() else { return Ok(None) };
        Ok(Some(LongWork { attempt, database: self.inner().store.database(database)? }))
    }
}

impl LongWork {
    /// What it gave when it was done before; an error when it was begun and not ended.
    pub async fn given_before(&self) -> Result<Option<Json>> {
        let attempt = self.attempt.clone();
        let look = move |read: &mut ReadTx<'_>| done::find(read.tx, &attempt, &attempt.work());
        let kept = self.database.read(Weight::Point, look).await?;
        kept.map(|kept| decoded(&kept).ok_or_else(once::done_already)).transpose()
    }

    /// Begins it. An error when it was begun before.
    pub async fn begin(&self) -> Result<()> {
        let attempt = self.attempt.clone();
        let begin = move |w: &mut WriteTx<'_>| match done::find(w.tx, &attempt, &attempt.work())? {
            Some(_) => Err(once::done_already()),
            None => done::keep(w, &attempt, &attempt.work(), None),
        };
        self.database.write(begin).await
    }

    /// Ends it: keeps what it gave, or forgets it when nothing of it stands.
    pub async fn end(&self, given: Option<Json>) -> Result<()> {
        let (key, given) = (self.attempt.work(), given.and_then(|given| encoded(&given)));
        let end = move |w: &mut WriteTx<'_>| match &given {
            Some(given) => done::settle(w.tx, &key, given),
            None => done::forget(w.tx, &key),
        };
        self.database.write(end).await
    }
}

// What writes give, as bytes: the first tells the type. What is of no type here is not kept, and a second attempt is
// then told that it was done.
const NOTHING: u8 = 0;
const BYTES: u8 = 1;
const JSON: u8 = 2;
const BYTES_OF_RECORDS: u8 = 3;
const UNDO: u8 = 4;
const BYTES_OF_VERSION: u8 = 5;

/// Bytes about these records.
type OfRecords = (Vec<u8>, Vec<RecordId>);
/// Bytes about a record of this version, as far as there is one.
type OfVersion = (Vec<u8>, Option<u64>);

fn encoded(given: &dyn Any) -> Option<Vec<u8>> {
    if given.is::<()>() {
        return Some(vec![NOTHING]);
    }
    if let Some(bytes) = given.downcast_ref::<Vec<u8>>() {
        return Some([&[BYTES], bytes.as_slice()].concat());
    }
    if let Some(json) = given.downcast_ref::<Json>() {
        let mut out = vec![JSON];
        serde_json::to_writer(&mut out, json).ok()?;
        return Some(out);
    }
    if let Some((bytes, ids)) = given.downcast_ref::<OfRecords>() {
        let mut out = vec![BYTES_OF_RECORDS];
        out.extend(u32::try_from(ids.len()).ok()?.to_be_bytes());
        ids.iter().for_each(|id| out.extend(id.0.to_be_bytes()));
        out.extend(bytes);
        return Some(out);
    }
    if let Some((bytes, version)) = given.downcast_ref::<OfVersion>() {
        // No record has the version 0.
        let version = version.unwrap_or(0).to_be_bytes();
        return Some([&[BYTES_OF_VERSION], version.as_slice(), bytes.as_slice()].concat());
    }
    given.downcast_ref::<UndoOutcome>().map(|outcome| {
        let seq = match outcome {
            UndoOutcome::Fulfilled(seq) => seq.0,
            UndoOutcome::Empty => 0,
        };
        [&[UNDO], seq.to_be_bytes().as_slice()].concat()
    })
}

fn decoded<T: 'static>(kept: &[u8]) -> Option<T> {
    let (kind, rest) = kept.split_first()?;
    let found: Box<dyn Any> = match *kind {
        NOTHING => Box::new(()),
        BYTES => Box::new(rest.to_vec()),
        JSON => Box::new(serde_json::from_slice::<Json>(rest).ok()?),
        BYTES_OF_RECORDS => {
            let (length, rest) = rest.split_first_chunk::<4>()?;
            let ids = rest.get(..u32::from_be_bytes(*length) as usize * 4)?;
            let id = |four: &[u8]| four.try_into().map(|four| RecordId(u32::from_be_bytes(four))).ok();
            let of: OfRecords = (rest[ids.len()..].to_vec(), ids.chunks(4).map(id).collect::<Option<_>>()?);
            Box::new(of)
        }
        BYTES_OF_VERSION => {
            let (version, rest) = rest.split_first_chunk::<8>()?;
            let version = Some(u64::from_be_bytes(*version)).filter(|version| *version > 0);
            let of: OfVersion = (rest.to_vec(), version);
            Box::new(of)
        }
        UNDO => match u64::from_be_bytes(rest.try_into().ok()?) {
            0 => Box::new(UndoOutcome::Empty),
            seq => Box::new(UndoOutcome::Fulfilled(Seq(seq))),
        },
        _ => return None,
    };
    found.downcast().ok().map(|found: Box<T>| *found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn again<T: Any + PartialEq + std::fmt::Debug>(given: T) {
        let kept = encoded(&given).expect("kept");
        assert_eq!(decoded::<T>(&kept), Some(given));
    }

    #[test]
    fn what_a_write_gave_is_given_again_as_what_it_was() {
        again(());
        again(vec![1_u8, 2, 3]);
        again(Vec::<u8>::new());
        again(json!({"a": [1, null, "é"]}));
        again((b"{}".to_vec(), vec![RecordId(7), RecordId(u32::MAX)]));
        again((Vec::<u8>::new(), Vec::<RecordId>::new()));
        again((b"{}".to_vec(), Some(7_u64)));
        again((b"[]".to_vec(), None::<u64>));
        again(UndoOutcome::Empty);
        again(UndoOutcome::Fulfilled(Seq(9)));
        assert_eq!(encoded(&"a text"), None);
        assert_eq!(decoded::<()>(&encoded(&json!(1)).expect("kept")), None);
        for broken in [&[][..], &[JSON], &[BYTES_OF_RECORDS, 0, 0, 0, 9], &[UNDO, 1], &[99]] {
            assert_eq!(decoded::<OfRecords>(broken), None, "{broken:?}");
        }
    }
}
