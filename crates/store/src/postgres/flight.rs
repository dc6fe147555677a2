//! Groups on their way: one that the server works at, and one that waits behind it, so that the server need not wait for us.
//!
//! A group that is sent behind another whose outcome nobody knows looks for what that one wrote, and so finds out by
//! itself when it has failed. Only a group of one job is followed. The outcome of a larger one is worth to be waited for: it
//! keeps the server busy, and those who come meanwhile make one group, which costs both sides, and a slow disk above all,
//! less than two.

use super::Failure;
use super::connection::Connection;
use super::groups::{Key, SentGroup, Told};
use super::pool::Pooled;
use std::collections::VecDeque;

/// Most groups on their way.
const MOST: usize = 2;

/// Groups in a row on one connection.
pub struct Row {
    pub place: Option<Pooled>,
    pub flight: Flight,
}

/// Groups that were sent on a connection, in their order, and whose outcome nobody knows.
pub struct Flight {
    told: Told,
    groups: VecDeque<SentGroup>,
    /// One that stands, and whose callers are still to be told.
    ended: Option<SentGroup>,
    /// Why the first has failed.
    failure: Option<Failure>,
}

impl Flight {
    pub fn new(told: Told) -> Flight {
        Flight { told, groups: VecDeque::new(), ended: None, failure: None }
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    pub fn push(&mut self, group: SentGroup) {
        self.groups.push_back(group);
    }

    /// What another group has to find when it is sent now: the key of the last row in the log of the group before it.
    /// None when it has to wait.
    pub fn to_find(&self) -> Option<Key> {
        let last = self.groups.back().filter(|last| self.groups.len() < MOST && last.jobs.len() == 1)?;
        last.sent.keys.last().copied()
    }

    /// Waits until the first group has ended, or for something else, which is then told. The callers of a group that has
    /// ended are told at once while the server has another to work at, and else by [`Flight::answer`], when it has the
    /// next. A failure is that of the first group; what becomes of it and of those behind it is left to
    /// [`Flight::fates`].
    pub fn step<T: Send>(
        &mut self,
        connection: &mut Connection,
        other: impl Future<Output = T> + Send,
    ) -> Result<Option<T>, Failure> {
        let came = connection.settle_or(other).inspect_err(|failure| self.failure = Some(failure.clone()))?;
        if came.is_none() {
            self.answer();
            self.ended = self.groups.pop_front();
            self.ended.iter().for_each(|group| self.told.of(&group.sent));
            if !self.is_empty() {
                self.answer();
            }
        }
        Ok(came)
    }

    /// Waits until all have ended and tells their callers.
    pub fn settle(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        while !self.is_empty() {
            self.step(connection, std::future::pending::<()>())?;
        }
        self.answer();
        Ok(())
    }

    /// Tells the callers of what stands.
    pub fn answer(&mut self) {
        self.ended.take().into_iter().for_each(SentGroup::stands);
    }

    /// Waits for what becomes of each group that has not ended well, after a failure.
    pub fn fates(&mut self, connection: &mut Connection) -> Vec<(SentGroup, Result<(), Failure>)> {
        self.answer();
        let mut first = self.failure.take();
        let fate = |group| (group, first.take().map_or_else(|| connection.settle(), Err));
        std::mem::take(&mut self.groups).into_iter().map(fate).collect()
    }
}

impl Row {
    pub fn new(told: &Told) -> Row {
        Row { place: None, flight: Flight::new(told.clone()) }
    }

    /// Gives the connection back, unless there was a failure.
    pub fn end(&mut self, failure: Option<&Failure>) {
        if let Some(mut pooled) = self.place.take() {
            pooled.ends_with(failure);
            if failure.is_none() {
                pooled.close();
            }
        }
    }
}
