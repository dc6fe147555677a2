//! Converting a field to another kind: a new column is filled with what the new kind can read of the old values.

use super::Work;
use super::fields::partners_of;
use crate::Made;
use crate::judge::deferred::present_value;
use crate::view::ReadingNames;
use model::change::{Change, ReverseNaming};
use model::field::DefaultValue;
use model::kind::{Class, Kind, Storage};
use model::{Ability, Field, FieldId, RecordId, Result, Slot, Table, TableId, Value};
use std::cell::RefCell;
use store::database::{links, places, records, tables};

/// Most options that a conversion from text makes by itself.
const MAX_NEW_OPTIONS: usize = 500;

impl Work<'_, '_> {
    pub(super) fn convert_field(
        &mut self,
        id: TableId,
        field_id: FieldId,
        kind: Kind,
        reverse: ReverseNaming,
    ) -> Result<Made> {
        let was_table = self.table(id)?;
        self.require(Some(id), Ability::FieldUpdate)?;
        let was = was_table.field(field_id)?.clone();
        let mut table = Table::clone(&was_table);
        let mut field = was.clone();
        field.kind = kind;
        field
            .kind
            .behaviour()
            .check_settings()
            .map_err(|rule| model::Error::invalid(model::Path::field(was.id, &was.name).key("options"), rule))?;
        self.settle_scripts(&was_table, Some(&was), &mut field)?;
        self.admit_actions(id, Some(&was.kind), &field)?;
        field.validators.retain(|v| v.check_settings(&field.kind).is_ok());
        if let Some(DefaultValue::Fixed(value)) = &field.default
            && field.kind.check(value).is_err()
        {
            field.default = None;
        }
        let all = places::all_records(self.w, id)?;
        self.add_options_for(&was_table, &was, &mut field, &all)?;
        self.give_columns(&mut table, &mut field);
        if table.primary == field_id {
            let mut probe = table.clone();
            if let Some(f) = probe.fields.iter_mut().find(|f| f.id == field_id) {
                f.kind = field.kind.clone();
            }
            super::tables::check_primary(&probe, field_id)?;
        }
        tables::add_columns(self.w, &table, &field)?;
        if !field.kind.is_computed() {
            self.fill(&was_table, &was, &field, &all)?;
        }
        for (other, partner) in partners_of(&was) {
            if self.table_ever(other).is_ok_and(|t| t.field(partner).is_ok()) {
                self.hide_field(other, partner)?;
            }
        }
        // Partners may lie in this very table.
        let mut now = Table::clone(&*self.table(id)?);
        now.next_column = table.next_column;
        let made = self.swap_definition(now, &was, field)?;
        self.attach_partners(id, field_id, reverse.name, &reverse.hidden_in)?;
        // Taking the conversion back hides the partners that it made.
        for (other, partner) in partners_of(self.table(id)?.field(field_id)?) {
            let table = self.table(other)?;
            if let Some(at) = table.fields.iter().position(|f| f.id == partner) {
                let hidden = Field { deleted_at: Some(self.stamp.at), ..table.fields[at].clone() };
                self.keep_inverse(Some(other), Change::ReplaceField { table: other, field: Box::new(hidden), at });
            }
        }
        Ok(made)
    }

    /// Text that becomes options: names that are not there yet are added in the order in which they occur.
    fn add_options_for(&mut self, table: &Table, was: &Field, field: &mut Field, all: &[RecordId]) -> Result<()> {
        let splits = matches!(field.kind, Kind::MultiChoice(_));
        let options = match &field.kind {
            Kind::Choice(kind) if !kind.options.closed => kind.options.clone(),
            Kind::MultiChoice(kind) if !kind.options.closed => kind.options.clone(),
            _ => return Ok(()),
        };
        let mut options = options;
        for record in all {
            for c in &was.columns {
                let slot = Slot { field: was.id, locale: c.locale };
                let Some(text) = self.old_text(table, was, *record, slot)? else { continue };
                let names: Vec<&str> = if splits { text.split(',').collect() } else { vec![&text] };
                for name in names.into_iter().map(str::trim).filter(|n| !n.is_empty()) {
                    if options.named(name).is_none() && options.list.len() < MAX_NEW_OPTIONS {
                        options.add(name);
                    }
                }
            }
        }
        match &mut field.kind {
            Kind::Choice(kind) => kind.options = options,
            Kind::MultiChoice(kind) => kind.options = options,
            _ => {}
        }
        Ok(())
    }

    /// Writes the converted values. The old column stays as it is, for undo.
    fn fill(&mut self, table: &Table, was: &Field, field: &Field, all: &[RecordId]) -> Result<()> {
        for record in all {
            for (old, new) in was.columns.iter().zip(&field.columns) {
                let slot = Slot { field: was.id, locale: old.locale };
                let catalog = self.w.catalog();
                let layout = catalog.layout(table.id)?;
                let Some(value) = present_value(self.w.tx, layout, table, *record, slot)? else { continue };
                if value == Value::Null {
                    continue;
                }
                match self.converted(was, field, &value) {
                    Value::Null => {}
                    Value::References(targets) => {
                        let targets: Vec<i64> = targets.iter().map(|t| t.pack()).collect();
                        links::set(self.w.tx, table.id, new.column, *record, &targets)?;
                    }
                    value if matches!(field.kind.storage(), Storage::Column(_)) => {
                        let cell = field.kind.class().encode(&value);
                        records::set_cell(self.w, table.id, *record, new.column, &cell)?;
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// The value in the new kind: as it is, else read from what people saw of it, else nothing.
    fn converted(&mut self, was: &Field, field: &Field, value: &Value) -> Value {
        let catalog = self.w.catalog();
        let names = ReadingNames { tx: RefCell::new(&mut *self.w.tx), catalog: &catalog, scope: self.scope };
        let new = field.kind.behaviour();
        // A file is named by its token, and who may use which is not judged here.
        if matches!(field.kind, Kind::Files(_)) && !matches!(was.kind, Kind::Files(_)) {
            return Value::Null;
        }
        let same_class =
            was.kind.class() == field.kind.class() && !matches!(was.kind.class(), Class::Choice | Class::Choices);
        if same_class && let Some(kept) = new.coerce(value, &names) {
            return kept;
        }
        let direct = match (value, field.kind.class()) {
            (Value::Reference(one), Class::References) => Some(Value::References(vec![*one])),
            (Value::References(many), Class::Reference) => many.first().map(|one| Value::Reference(*one)),
            (Value::User(one), Class::Users) => Some(Value::Users(vec![*one])),
            (Value::Users(many), Class::User) => many.first().map(|one| Value::User(*one)),
            _ => None,
        };
        if let Some(direct) = direct
            && field.kind.check(&direct).is_ok()
        {
            return direct;
        }
        let text = was.kind.behaviour().display(value, &names);
        new.coerce(&Value::Text(text), &names).unwrap_or_default()
    }

    fn old_text(&mut self, table: &Table, was: &Field, record: RecordId, slot: Slot) -> Result<Option<String>> {
        let catalog = self.w.catalog();
        let Some(value) = present_value(self.w.tx, catalog.layout(table.id)?, table, record, slot)? else {
            return Ok(None);
        };
        let names = ReadingNames { tx: RefCell::new(&mut *self.w.tx), catalog: &catalog, scope: self.scope };
        Ok(Some(was.kind.behaviour().display(&value, &names)))
    }
}
