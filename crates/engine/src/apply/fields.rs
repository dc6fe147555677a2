//! Changes of fields: create, edit, delete, put back.

use super::Work;
use super::tables::{check_key, check_name, merge_bag};
use crate::Made;
use model::change::{Change, FieldPatch, NewField, RecordUpdate};
use model::error::Path;
use model::field::{DefaultValue, FieldColumn};
use model::filter::{Filter, Predicate};
use model::kind::choice::{ChoiceOption, Options};
use model::kind::{Class, Kind, Storage};
use model::schema::key_from_name;
use model::table::MAX_FIELDS;
use model::{
    Ability, Bag, ChoiceId, ColumnId, Error, Field, FieldId, LocaleId, Query, Result, Rule, Slot, Subject, Table,
    TableId, Value,
};
use store::database::tables;
use store::print;
use store::tx::GO_ON;

impl Work<'_, '_> {
    pub(super) fn create_field(&mut self, id: TableId, new: NewField, at: Option<usize>) -> Result<Made> {
        let was = self.table(id)?;
        self.require(Some(id), Ability::FieldCreate)?;
        if was.fields.len() >= MAX_FIELDS {
            return Err(Error::Conflict(format!("A table has at most {MAX_FIELDS} fields, deleted ones included")));
        }
        let (reverse_name, hidden_in) = (new.reverse_name.clone(), new.reverse_hidden_in.clone());
        let mut table = Table::clone(&was);
        let field = self.build_field(&mut table, new)?;
        tables::add_columns(self.w, &table, &field)?;
        let made = Made::Field { table: id, field: field.id };
        let at = at.unwrap_or(table.fields.len()).min(table.fields.len());
        table.fields.insert(at, field.clone());
        self.put_table(table)?;
        let table = self.table(id)?;
        self.admit_actions(id, None, &field)?;
        tables::create_indexes(self.w, &table, &field)?;
        self.keep_inverse(Some(id), Change::DeleteField { table: id, field: field.id });
        self.attach_partners(id, field.id, reverse_name, &hidden_in)?;
        if field.is_required() {
            self.rejudge_table(id)?;
        }
        Ok(made)
    }

    /// A field with numbers, key and columns of its own, judged. The caller puts it into the table.
    pub(super) fn build_field(&self, table: &mut Table, new: NewField) -> Result<Field> {
        check_name("name", &new.name)?;
        if table.field_named(&new.name).is_some() {
            return Err(Error::invalid_given(Path::of("name"), Rule::Taken, new.name));
        }
        let id = table.next_field;
        table.next_field = FieldId(id.0 + 1);
        let key = field_key(table, id, new.key.as_deref(), &new.name)?;
        let mut field = Field {
            id,
            name: new.name,
            key,
            description: new.description,
            kind: new.kind,
            validators: new.validators,
            localized: new.localized,
            default: new.default,
            columns: Vec::new(),
            indexed: false,
            hidden_in: Vec::new(),
            deleted_at: None,
            bag: new.bag,
        };
        self.check_field(&field)?;
        self.settle_scripts(table, None, &mut field)?;
        self.give_columns(table, &mut field);
        Ok(field)
    }

    /// Refuses settings, validators and a default that do not fit the kind.
    fn check_field(&self, field: &Field) -> Result<()> {
        let path = || Path::field(field.id, &field.name);
        field.kind.behaviour().check_settings().map_err(|rule| Error::invalid(path().key("options"), rule))?;
        for validator in &field.validators {
            let judged = validator.check_settings(&field.kind);
            judged.map_err(|rule| Error::invalid(path().key("validators"), rule))?;
        }
        let targets = match &field.kind {
            Kind::Reference(kind) => &kind.targets[..],
            Kind::Links(kind) => &kind.targets[..],
            Kind::Reverse(kind) => std::slice::from_ref(&kind.table),
            _ => &[],
        };
        for target in targets {
            self.table(*target)?;
        }
        if let Kind::Lookup(model::kind::lookup::Lookup { target_table, target, .. }) = &field.kind {
            self.table(*target_table)?.field(*target)?;
        }
        if let Kind::Rollup(rollup) = &field.kind {
            self.table(rollup.target_table)?.field(rollup.target)?;
        }
        match &field.default {
            Some(DefaultValue::Fixed(value)) => {
                field.kind.check(value).map_err(|rule| Error::invalid(path().key("defaultValue"), rule))
            }
            Some(DefaultValue::Now) if !matches!(field.kind.class(), Class::Instant | Class::Date) => {
                Err(Error::invalid(path().key("defaultValue"), Rule::Type("a value of the field")))
            }
            Some(DefaultValue::Me) if !matches!(field.kind.class(), Class::User | Class::Users) => {
                Err(Error::invalid(path().key("defaultValue"), Rule::Type("a value of the field")))
            }
            Some(DefaultValue::Script(script)) if script.trim().is_empty() => {
                Err(Error::invalid(path().key("defaultValue"), Rule::Required))
            }
            Some(DefaultValue::Now | DefaultValue::Me | DefaultValue::Script(_)) | None => Ok(()),
        }
    }

    /// Gives a field fresh columns: one, or one per locale.
    pub(crate) fn give_columns(&self, table: &mut Table, field: &mut Field) {
        field.columns.clear();
        if !matches!(field.kind.storage(), Storage::Column(_) | Storage::LinkRows) {
            return;
        }
        let locales: Vec<LocaleId> = if field.localized {
            self.catalog().schema.settings.locales.iter().map(|l| l.id).collect()
        } else {
            vec![LocaleId::NONE]
        };
        for locale in locales {
            field.columns.push(FieldColumn { locale, column: table.next_column });
            table.next_column = ColumnId(table.next_column.0 + 1);
        }
    }

    pub(super) fn edit_field(&mut self, id: TableId, field_id: FieldId, patch: FieldPatch) -> Result<Made> {
        let table = self.table(id)?;
        let was = table.field(field_id)?.clone();
        // Loose input that meets new option names adds options: whoever may write records may do that.
        let only_options = FieldPatch { add_options: patch.add_options.clone(), ..FieldPatch::default() } == patch;
        if !only_options {
            self.require(Some(id), Ability::FieldUpdate)?;
        } else if self.require(Some(id), Ability::RecordCreate).is_err() {
            self.require(Some(id), Ability::RecordUpdate)?;
        }
        let mut field = was.clone();
        if let Some(name) = patch.name {
            check_name("name", &name)?;
            if table.live_fields().any(|f| f.name == name && f.id != field_id) {
                return Err(Error::invalid_given(Path::of("name"), Rule::Taken, name));
            }
            field.name = name;
        }
        if let Some(key) = patch.key {
            field.key = field_key(&table, field_id, Some(&key), &field.name)?;
        }
        patch.description.apply(&mut field.description);
        patch.default.apply(&mut field.default);
        if let Some(validators) = patch.validators {
            field.validators = validators;
        }
        if let Some(hidden_in) = patch.hidden_in {
            field.hidden_in = hidden_in;
        }
        if let Some(indexed) = patch.indexed {
            field.indexed = indexed;
        }
        merge_bag(&mut field.bag, patch.bag);
        if let Some(settings) = patch.settings {
            field.kind = same_kind(&was, settings)?;
        }
        for (option, name) in patch.add_options {
            add_option(&mut field, option, &name)?;
        }
        self.check_field(&field)?;
        self.settle_scripts(&table, Some(&was), &mut field)?;
        self.admit_actions(id, Some(&was.kind), &field)?;
        self.clear_gone_options(&table, &was, &field)?;
        if let Some(localized) = patch.localized
            && localized != field.localized
        {
            return self.change_localized(id, was, field, localized);
        }
        if was.kind.storage() != field.kind.storage() || was.kind.class() != field.kind.class() {
            return self.put_formula(id, &was, field);
        }
        self.store_field(id, &was, field)
    }

    /// Stores a field's new definition in the place of the old, with its inverse.
    pub(super) fn store_field(&mut self, id: TableId, was: &Field, field: Field) -> Result<Made> {
        let made = Made::Field { table: id, field: field.id };
        if *was == field {
            return Ok(made);
        }
        let mut table = Table::clone(&*self.table(id)?);
        let Some(at) = table.fields.iter().position(|f| f.id == field.id) else {
            return Err(Error::not_found(Subject::Field, field.id.0.to_string()));
        };
        table.fields[at] = field.clone();
        self.keep_inverse(Some(id), Change::ReplaceField { table: id, field: Box::new(was.clone()), at });
        self.put_table(table)?;
        let table = self.table(id)?;
        tables::create_indexes(self.w, &table, &field)?;
        if was.validators != field.validators {
            self.rejudge_table(id)?;
        }
        Ok(made)
    }

    /// Empties the cells whose option is gone.
    fn clear_gone_options(&mut self, table: &Table, was: &Field, field: &Field) -> Result<()> {
        let (Some(before), Some(after)) = (options_of(&was.kind), options_of(&field.kind)) else { return Ok(()) };
        let gone: Vec<ChoiceId> = before.list.iter().map(|o| o.id).filter(|o| after.get(*o).is_none()).collect();
        if gone.is_empty() {
            return Ok(());
        }
        let values = gone.iter().map(|o| Value::Choice(*o)).collect();
        let predicate = match field.kind.class() {
            Class::Choices => Predicate::HasAny(values),
            _ => Predicate::OneOf(values),
        };
        let mut updates = Vec::new();
        for c in &was.columns {
            let slot = Slot { field: field.id, locale: c.locale };
            let mut query = Query::table(table.id);
            query.filter =
                Filter::Test(model::Test { operand: model::filter::Operand::Slot(slot), predicate: predicate.clone() });
            query.projection = model::query::Projection::These(vec![model::filter::Operand::Slot(slot)]);
            let names = model::kind::NoNames(self.scope.now);
            let catalog = self.w.catalog();
            print::select(self.w.tx, &catalog, &query, &names, &mut |row| {
                let value = match row.value(0) {
                    Value::Choices(list) => Value::Choices(list.into_iter().filter(|o| !gone.contains(o)).collect()),
                    _ => Value::Null,
                };
                updates.push(RecordUpdate { record: row.id(), values: vec![(slot, value)] });
                Ok(GO_ON)
            })?;
        }
        for update in updates.chunks(10_000) {
            self.update_records(table.id, update.to_vec())?;
        }
        Ok(())
    }

    /// Plain to localized: the values go to the first locale. Back: the first locale's values are kept.
    fn change_localized(&mut self, id: TableId, was: Field, mut field: Field, localized: bool) -> Result<Made> {
        let mut table = Table::clone(&*self.table(id)?);
        field.localized = localized;
        let mut fresh = field.clone();
        fresh.columns.clear();
        if localized {
            let catalog = self.catalog();
            for (i, locale) in catalog.schema.settings.locales.iter().enumerate() {
                match (i, field.columns.first().copied()) {
                    (0, Some(first)) => field.columns[0] = FieldColumn { locale: locale.id, ..first },
                    (0, None) => {}
                    _ => {
                        let column = FieldColumn { locale: locale.id, column: table.next_column };
                        table.next_column = ColumnId(table.next_column.0 + 1);
                        fresh.columns.push(column);
                        field.columns.push(column);
                    }
                }
            }
            tables::add_columns(self.w, &table, &fresh)?;
        } else {
            field.columns.truncate(1);
            if let Some(first) = field.columns.first_mut() {
                first.locale = LocaleId::NONE;
            }
        }
        self.swap_definition(table, &was, field)
    }

    /// Stores a definition whose columns differ from the old one's: what is not used any more is retired.
    pub(crate) fn swap_definition(&mut self, mut table: Table, was: &Field, field: Field) -> Result<Made> {
        let id = table.id;
        let Some(at) = table.fields.iter().position(|f| f.id == field.id) else {
            return Err(Error::not_found(Subject::Field, field.id.0.to_string()));
        };
        table.fields[at] = field.clone();
        retire(&mut table, was);
        self.keep_inverse(Some(id), Change::ReplaceField { table: id, field: Box::new(was.clone()), at });
        self.put_table(table)?;
        let table = self.table(id)?;
        tables::create_indexes(self.w, &table, &field)?;
        self.rejudge_table(id)?;
        Ok(Made::Field { table: id, field: field.id })
    }

    pub(super) fn delete_field(&mut self, id: TableId, field: FieldId) -> Result<Made> {
        let table = self.table(id)?;
        self.require(Some(id), Ability::FieldDelete)?;
        let found = table.field(field)?;
        if table.primary == field {
            return Err(Error::Conflict(format!("{} is the primary field and cannot be deleted", found.name)));
        }
        for partner in partners_of(found) {
            if let Ok(other) = self.table_ever(partner.0)
                && other.field(partner.1).is_ok()
            {
                self.hide_field(partner.0, partner.1)?;
            }
        }
        self.hide_field(id, field)?;
        Ok(Made::Nothing)
    }

    /// Marks a field as deleted; its column stays.
    pub(super) fn hide_field(&mut self, id: TableId, field: FieldId) -> Result<()> {
        let mut table = Table::clone(&*self.table_ever(id)?);
        let Some(at) = table.fields.iter().position(|f| f.id == field && f.is_live()) else { return Ok(()) };
        let was = table.fields[at].clone();
        table.fields[at].deleted_at = Some(self.stamp.at);
        self.keep_inverse(Some(id), Change::ReplaceField { table: id, field: Box::new(was), at });
        self.put_table(table)
    }

    pub(super) fn replace_field(&mut self, id: TableId, field: Field, at: usize) -> Result<Made> {
        let mut table = Table::clone(&*self.table(id)?);
        self.require(Some(id), Ability::FieldUpdate)?;
        if table.live_fields().any(|f| f.name == field.name && f.id != field.id) && !self.trusted {
            return Err(Error::invalid_given(Path::of("name"), Rule::Taken, field.name));
        }
        let Some(place) = table.fields.iter().position(|f| f.id == field.id) else {
            return Err(Error::not_found(Subject::Field, field.id.0.to_string()));
        };
        let mut field = field;
        if field.is_live() && table.live_fields().any(|f| f.key == field.key && f.id != field.id) {
            field.key = field_key(&table, field.id, None, &field.name)?;
        }
        let present = table.fields.remove(place);
        let at = at.min(table.fields.len());
        let made = Made::Field { table: id, field: field.id };
        table.fields.insert(at, field);
        retire(&mut table, &present);
        self.keep_inverse(Some(id), Change::ReplaceField { table: id, field: Box::new(present), at: place });
        self.put_table(table)?;
        Ok(made)
    }
}

/// Keeps the list of columns that no field uses right after `was` gave way to another definition.
fn retire(table: &mut Table, was: &Field) {
    let columns = was.columns.iter().map(|c| c.column);
    match was.kind.storage() {
        Storage::Column(_) => table.retired.extend(columns),
        Storage::LinkRows => table.retired_links.extend(columns),
        Storage::System(_) | Storage::Derived => {}
    }
    drop_used(table);
}

/// Takes over the columns that `present` knows and a definition that takes its place does not.
pub(super) fn keep_columns(table: &mut Table, present: &Table) {
    table.retired.extend(&present.retired);
    table.retired_links.extend(&present.retired_links);
    for field in &present.fields {
        let columns = field.columns.iter().map(|c| c.column);
        match field.kind.storage() {
            Storage::Column(_) => table.retired.extend(columns),
            Storage::LinkRows => table.retired_links.extend(columns),
            Storage::System(_) | Storage::Derived => {}
        }
    }
    drop_used(table);
}

/// Keeps only what no field uses in the lists of retired columns.
fn drop_used(table: &mut Table) {
    let used: Vec<ColumnId> = table.fields.iter().flat_map(|f| f.columns.iter().map(|c| c.column)).collect();
    for list in [&mut table.retired, &mut table.retired_links] {
        list.retain(|c| !used.contains(c));
        list.sort_unstable();
        list.dedup();
    }
}

/// The fields on the other side of a field's links.
pub(super) fn partners_of(field: &Field) -> Vec<(TableId, FieldId)> {
    match &field.kind {
        Kind::Reference(kind) => kind.partners.iter().map(|p| (p.table, p.field)).collect(),
        Kind::Links(kind) => kind.partners.iter().map(|p| (p.table, p.field)).collect(),
        Kind::Reverse(kind) => vec![(kind.table, kind.field)],
        _ => Vec::new(),
    }
}

/// The options of a choice kind.
pub(super) fn options_of(kind: &Kind) -> Option<&Options> {
    match kind {
        Kind::Choice(kind) => Some(&kind.options),
        Kind::MultiChoice(kind) => Some(&kind.options),
        _ => None,
    }
}

/// New settings of the same kind. Where links lead is not a setting: it takes a conversion.
fn same_kind(was: &Field, mut settings: Kind) -> Result<Kind> {
    if std::mem::discriminant(&was.kind) != std::mem::discriminant(&settings) {
        let why = format!("is of kind {}; another kind takes a conversion", was.kind.word());
        return Err(Error::invalid(Path::field(was.id, &was.name), Rule::Malformed(why)));
    }
    match (&was.kind, &mut settings) {
        (Kind::Reference(was), Kind::Reference(new)) => {
            new.targets.clone_from(&was.targets);
            new.partners.clone_from(&was.partners);
        }
        (Kind::Links(was), Kind::Links(new)) => {
            new.targets.clone_from(&was.targets);
            new.partners.clone_from(&was.partners);
        }
        (Kind::Reverse(was), Kind::Reverse(new)) => new.clone_from(was),
        _ => {}
    }
    Ok(settings)
}

fn add_option(field: &mut Field, id: ChoiceId, name: &str) -> Result<()> {
    let at = Path::field(field.id, &field.name);
    let options = match &mut field.kind {
        Kind::Choice(kind) => &mut kind.options,
        Kind::MultiChoice(kind) => &mut kind.options,
        _ => return Err(Error::invalid(at, Rule::Type("a field with options"))),
    };
    if id < options.next || name.trim().is_empty() || options.named(name).is_some() {
        return Err(Error::Conflict(format!("The option {name} cannot be added")));
    }
    options.list.push(ChoiceOption { id, name: name.to_owned(), color: None, bag: Bag::new() });
    options.next = ChoiceId(id.0 + 1);
    Ok(())
}

fn field_key(table: &Table, id: FieldId, asked: Option<&str>, name: &str) -> Result<String> {
    // A name that is asked for may be that of a deleted field, which then comes back under another.
    let taken = |key: &str| table.live_fields().any(|f| f.key == key && f.id != id);
    match asked {
        None => Ok(key_from_name(name, "field", |key| table.fields.iter().any(|f| f.key == key && f.id != id))),
        Some(key) => {
            check_key(key)?;
            if taken(key) { Err(Error::invalid_given(Path::of("key"), Rule::Taken, key)) } else { Ok(key.to_owned()) }
        }
    }
}
