//! Reading with an eye on what is sent to the store.

use super::View;
use model::{Ability, Role};
use store::traced::{Trace, Traced};

impl View<'_> {
    /// Reads, and tells the statements that were sent for it, without the values bound to them. They are only for who
    /// manages the database: they speak of columns and indexes, not of what an actor may see.
    pub fn traced<T>(&mut self, read: impl FnOnce(&mut View<'_>) -> T) -> (T, Option<Trace>) {
        let manages = self.scope.role >= Role::Manage && self.scope.actor.may(self.scope.role, Ability::TableUpdate);
        let mut traced = Traced::new(&mut *self.tx);
        // Nobody watches it: what an advisor asks would be among the statements.
        let mut view = View {
            tx: &mut traced,
            catalog: self.catalog.clone(),
            scope: self.scope,
            watched: None,
            is_brief: false,
            own: self.own,
        };
        let answer = read(&mut view);
        (answer, manages.then_some(traced.trace))
    }
}
