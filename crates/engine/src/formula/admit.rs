//! Scripts that are being saved: checked against what their author may see, and brought into the form that is kept, in
//! which tables and fields have numbers instead of names.

use super::set::result_of;
use crate::apply::Work;
use crate::script::schema_for;
use model::error::Path;
use model::field::DefaultValue;
use model::kind::button::Action;
use model::{Ability, Error, Field, Kind, Result, Role, Rule, Schema, Table};
use nx::Setting;
use std::sync::Arc;

impl Work<'_, '_> {
    /// Settles the scripts of a field: a formula, the scripts and conditions of a button, a default. `table` may be
    /// still in the making.
    pub(crate) fn settle_scripts(&self, table: &Table, was: Option<&Field>, field: &mut Field) -> Result<()> {
        if self.trusted {
            return Ok(());
        }
        let options = || Path::field(field.id, &field.name).key("options");
        let settled = match &field.kind {
            Kind::Formula(formula) if !formula.script.is_empty() => match was.map(|was| &was.kind) {
                // What stays as it is was checked before, by somebody who may have seen more.
                Some(Kind::Formula(was)) if was.script == formula.script => {
                    Some(Kind::Formula(was.clone())).map(|kind| with_expression(kind, &formula.expression))
                }
                Some(_) | None => {
                    let at = options().key("expression");
                    let (script, program) = self.checked(table, &formula.script, Setting::formula(table.id), at)?;
                    // It is worked out with a manager's rights: by such a name it would read what its author may not.
                    if program.open && !self.sees_all() {
                        let why = "reads a field by a name that is known only when it runs";
                        return Err(Error::invalid(options().key("expression"), Rule::Malformed(why.to_owned())));
                    }
                    let mut formula = formula.clone();
                    formula.script = script;
                    formula.result = result_of(&program.root.ty);
                    Some(Kind::Formula(formula))
                }
            },
            Kind::Button(button) => {
                let mut button = button.clone();
                for (index, action) in button.actions.iter_mut().enumerate() {
                    let at = || options().key("actions").index(index);
                    match action {
                        Action::RunScript { script } => {
                            let setting = Setting::action(table.id);
                            *script = self.checked(table, script, setting, at().key("script"))?.0;
                        }
                        Action::CallWebhook { condition: Some(condition), .. } => {
                            let setting = Setting::formula(table.id);
                            *condition = self.checked(table, condition, setting, at().key("condition"))?.0;
                        }
                        Action::CallWebhook { .. } | Action::SetFields { .. } | Action::CreateRecord { .. } => {}
                    }
                }
                Some(Kind::Button(button))
            }
            _ => None,
        };
        let default = match &field.default {
            Some(DefaultValue::Script(script)) if was.is_none_or(|was| was.default != field.default) => {
                // It runs with a manager's rights for whoever makes a record.
                self.require_whole()?;
                let at = options().key("defaultValue");
                Some(DefaultValue::Script(self.checked(table, script, Setting::QUERY, at)?.0))
            }
            Some(_) | None => field.default.clone(),
        };
        field.default = default;
        if let Some(kind) = settled {
            field.kind = kind;
        }
        Ok(())
    }

    /// Settles the scripts that run after writes. Who saves them lets everybody who writes do what they do, so it takes
    /// a manager of the whole database.
    pub(crate) fn settle_triggers(&self, was: &Table, table: &mut Table) -> Result<()> {
        if self.trusted || was.triggers == table.triggers {
            return Ok(());
        }
        for (script, before, word) in [
            (table.triggers.after_create.clone(), &was.triggers.after_create, "afterCreate"),
            (table.triggers.after_update.clone(), &was.triggers.after_update, "afterUpdate"),
        ] {
            let settled = match script {
                Some(script) if Some(&script) != before.as_ref() => {
                    Some(self.checked(table, &script, Setting::action(table.id), Path::of(word))?.0)
                }
                other => other,
            };
            match word {
                "afterCreate" => table.triggers.after_create = settled,
                _ => table.triggers.after_update = settled,
            }
        }
        if was.triggers != table.triggers { self.require_whole() } else { Ok(()) }
    }

    /// Refuses who may not do everything in this database: what they save runs with a manager's rights for others.
    pub(crate) fn require_whole(&self) -> Result<()> {
        let actor = &self.scope.actor;
        let needed = [
            Ability::AutomationUpdate,
            Ability::RecordRead,
            Ability::RecordCreate,
            Ability::RecordUpdate,
            Ability::RecordDelete,
        ];
        match needed.into_iter().find(|ability| !actor.may(self.scope.role, *ability)) {
            Some(ability) => Err(Error::Forbidden(ability)),
            None if !self.sees_all() || self.scope.role < Role::Manage => {
                Err(Error::Forbidden(Ability::AutomationUpdate))
            }
            None => Ok(()),
        }
    }

    /// Whether no table and field may be hidden from the actor.
    fn sees_all(&self) -> bool {
        let grants = &self.scope.actor.grants;
        grants.tables.is_empty() && grants.fields.is_empty()
    }

    /// A script in the form that is kept, and checked, against what its author may see.
    fn checked(&self, table: &Table, script: &str, setting: Setting, at: Path) -> Result<(String, nx::Program)> {
        let mut schema = Schema::clone(&self.catalog().schema);
        schema.tables.insert(table.id, Arc::new(table.clone()));
        let seen = schema_for(&Arc::new(schema), self.scope);
        let program = nx::compile(script, &seen, setting).map_err(|mistakes| {
            let first = mistakes.first().map(ToString::to_string).unwrap_or_default();
            Error::invalid(at, Rule::Malformed(format!("cannot be read: {first}")))
        })?;
        Ok((nx::stored::numbered(script, &program), program))
    }
}

/// The same formula, as its door writes it now.
fn with_expression(kind: Kind, expression: &str) -> Kind {
    match kind {
        Kind::Formula(formula) => {
            Kind::Formula(model::kind::formula::Formula { expression: expression.to_owned(), ..formula })
        }
        other => other,
    }
}
