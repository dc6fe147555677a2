//! The actions of a button, judged when it is saved. Clicks are carried out with more rights than the clicker's, so who
//! saves a button must have every right that its actions use.

use super::Work;
use crate::judge::values;
use crate::view::link_targets;
use model::error::Path;
use model::kind::button::{Action, Input};
use model::kind::{Class, Kind};
use model::{Ability, Error, Field, FieldId, Result, Rule, Slot, Table, TableId};
use std::sync::Arc;

/// Longest chain of lookups that is followed.
const MAX_CHAIN: usize = 8;

impl Work<'_, '_> {
    /// Judges the actions of a field that is being saved. Actions that stay as they are were judged before: another
    /// manager may change what the button looks like.
    pub(super) fn admit_actions(&self, id: TableId, was: Option<&Kind>, field: &Field) -> Result<()> {
        let Kind::Button(button) = &field.kind else { return Ok(()) };
        let stays = matches!(was, Some(Kind::Button(was)) if was.actions == button.actions);
        if self.trusted || stays {
            return Ok(());
        }
        for (index, action) in button.actions.iter().enumerate() {
            let at = Path::field(field.id, &field.name).key("options").key("actions").index(index);
            match action {
                Action::SetFields { values } => {
                    self.require(Some(id), Ability::RecordUpdate)?;
                    self.admit_values(&*self.table(id)?, values, id, &at)?;
                }
                Action::CreateRecord { table, values } => {
                    let target = self.table(*table).map_err(|_| Error::invalid(at.clone(), Rule::TargetTable))?;
                    self.require(Some(*table), Ability::RecordCreate)?;
                    self.admit_values(&target, values, id, &at)?;
                }
                Action::CallWebhook { fields, condition, .. } => {
                    // Also in a table that this write makes: what leaves the database does not belong to making it.
                    if !self.scope.actor.may(self.table_role(id), Ability::AutomationUpdate) {
                        return Err(Error::Forbidden(Ability::AutomationUpdate));
                    }
                    self.require(Some(id), Ability::RecordRead)?;
                    self.admit_sent(&*self.table(id)?, fields, &at)?;
                    // Whether it is called tells what its condition reads.
                    if condition.is_some() {
                        self.require_whole()?;
                    }
                }
                // A script does whatever it says, whoever clicks.
                Action::RunScript { .. } => self.require_whole()?,
            }
        }
        Ok(())
    }

    fn admit_values(&self, table: &Table, given: &[(FieldId, Input)], clicked: TableId, at: &Path) -> Result<()> {
        for (id, input) in given {
            let found = table.field(*id).map_err(|_| Error::invalid(at.clone().key("fields"), Rule::Unknown))?;
            let here = || Path::field(found.id, &found.name).under(at.clone().key("fields"));
            let field = self.writable_field(table, Slot::plain(*id))?;
            let class = field.kind.class();
            let wrong = |expected| Err(Error::invalid(here(), Rule::Type(expected)));
            match input {
                _ if matches!(field.kind, Kind::Button(_)) => return Err(Error::invalid(here(), Rule::ReadOnly)),
                Input::Fixed(value) => {
                    values::check(field, value, here).map_err(|fault| Error::Invalid(vec![fault]))?;
                }
                Input::Now if !matches!(class, Class::Date | Class::Instant) => return wrong("a date, to take now"),
                Input::Me if !matches!(class, Class::User | Class::Users) => return wrong("a user, to take me"),
                Input::Clicked if !link_targets(field).contains(&clicked) => {
                    return wrong("a link to the button's table, to take the clicked record");
                }
                Input::Now | Input::Me | Input::Clicked => {}
            }
        }
        Ok(())
    }

    /// Refuses fields that who saves the button may not see, or may not see all that they show.
    fn admit_sent(&self, table: &Table, fields: &[FieldId], at: &Path) -> Result<()> {
        match fields.iter().all(|id| self.sees(table, *id)) {
            true => Ok(()),
            false => Err(Error::invalid(at.clone().key("fieldIds"), Rule::Unknown)),
        }
    }

    /// Whether the actor sees a field, and what it shows of other tables: titles of linked records, looked-up values.
    fn sees(&self, table: &Table, id: FieldId) -> bool {
        let (mut table, mut id) = (Arc::new(table.clone()), id);
        for _ in 0..MAX_CHAIN {
            let role = self.table_role(table.id);
            let Ok(field) = table.field(id) else { return false };
            if self.scope.actor.field_role(role, self.scope.key, table.id, id) == model::Role::None {
                return false;
            }
            let next = match &field.kind {
                Kind::Lookup(lookup) => (lookup.target_table, lookup.target),
                Kind::Rollup(rollup) => (rollup.target_table, rollup.target),
                _ => match link_targets(field).first() {
                    Some(target) => match self.table(*target) {
                        Ok(target) => (target.id, target.primary),
                        Err(_) => return false,
                    },
                    None => return true,
                },
            };
            let Ok(there) = self.table(next.0) else { return false };
            (table, id) = (there, next.1);
        }
        false
    }
}
