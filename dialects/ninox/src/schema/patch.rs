//! The changes that make a database's schema what a body of `PATCH …/schema` wants.
//!
//! What is not named stays as it is, also what this door does not show. New tables and fields get the next numbers in
//! the order of the body, references and then formulas last; keys of new ones only name them within the request.

use super::read::base;
use super::wanted::{Field as WantedField, Schema, Type};
use super::{kinds, views};
use crate::field::shown::{DOOR, is_shown, link_targets, partner, shown};
use crate::field::word::Word;
use crate::names;
use engine::View;
use model::change::{Change, DatabasePatch, FieldPatch, NewField, NewTable, Patch, ReverseNaming, TablePatch};
use model::error::Path;
use model::field::DefaultValue;
use model::kind::Kind;
use model::{Bag, Error, Field, FieldId, Json, Result, Rule, Table, TableId, Validator, Value};
use serde_json::Map;
use std::collections::HashMap;

/// Plans the changes.
pub fn plan(view: &View<'_>, wanted: &Schema) -> Result<Vec<Change>> {
    if wanted.version.is_some_and(|version| version != view.schema().version) {
        return Err(Error::Conflict("The schema was changed since it was read".to_owned()));
    }
    let mut planner = Planner::new(view, wanted);
    for (key, wanted) in &wanted.types {
        let at = Path::of("types").key(key.as_str());
        match (names::read_table(key).and_then(|id| view.table(id).ok()), wanted) {
            (Some(table), Some(wanted)) => planner.edit_table(&table, wanted, &at)?,
            (Some(table), None) => planner.gone.push(Change::DeleteTable { table: table.id }),
            (None, Some(wanted)) => planner.make_table(key, wanted, &at)?,
            (None, None) => return Err(Error::invalid(at, Rule::Unknown)),
        }
    }
    planner.finish(wanted)
}

struct Planner<'a, 'v> {
    view: &'a View<'v>,
    wanted: &'a Schema,
    /// The tables that keys of new ones stand for.
    new_tables: HashMap<&'a str, TableId>,
    gone: Vec<Change>,
    changes: Vec<Change>,
    /// References: after all tables and plain fields.
    references: Vec<Change>,
    /// Formulas, which may name any of them: a new field with whether it has an index, or what becomes of one.
    formulas: Vec<Formula>,
    /// The number of the next field of a table, before references are made.
    next_fields: HashMap<TableId, u32>,
}

/// What is to become of a formula.
enum Formula {
    Made { table: TableId, field: Box<NewField>, indexed: bool },
    Changed(Change),
}

impl<'a, 'v> Planner<'a, 'v> {
    fn new(view: &'a View<'v>, wanted: &'a Schema) -> Planner<'a, 'v> {
        let is_new = |key: &str| names::read_table(key).and_then(|id| view.table(id).ok()).is_none();
        let new = wanted.types.iter().filter(|(key, wanted)| wanted.is_some() && is_new(key));
        let first = view.schema().settings.next_table.0;
        let new_tables = new.zip(first..).map(|((key, _), number)| (key.as_str(), TableId(number))).collect();
        let (gone, changes, references, formulas) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Planner { view, wanted, new_tables, gone, changes, references, formulas, next_fields: HashMap::new() }
    }

    fn finish(mut self, wanted: &Schema) -> Result<Vec<Change>> {
        let mut all = std::mem::take(&mut self.gone);
        all.append(&mut self.changes);
        let mut next = std::mem::take(&mut self.next_fields);
        for change in &self.references {
            for table in made_in(change) {
                *next.entry(table).or_default() += 1;
            }
        }
        all.append(&mut self.references);
        for formula in self.formulas.drain(..) {
            match formula {
                Formula::Changed(change) => all.push(change),
                Formula::Made { table, field, indexed } => {
                    all.push(Change::CreateField { table, field, at: None });
                    let next = next.entry(table).or_default();
                    all.extend(indexed.then(|| index(table, FieldId(*next))));
                    *next += 1;
                }
            }
        }
        let bag = merged(&self.view.schema().settings.bag, &wanted.kept);
        if bag != self.view.schema().settings.bag {
            all.push(Change::EditDatabase { patch: DatabasePatch { locales: None, bag } });
        }
        Ok(all)
    }

    /// The table that a key stands for.
    fn target(&self, key: &str, at: &Path) -> Result<TableId> {
        let known = self.new_tables.get(key).copied();
        let known = known.or_else(|| names::find_table(self.view, key).ok().map(|table| table.id));
        known.ok_or_else(|| Error::invalid_given(at.clone().key("refTypeId"), Rule::Unknown, key))
    }

    fn make_table(&mut self, key: &str, wanted: &'a Type, at: &Path) -> Result<()> {
        let id = self.new_tables.get(key).copied().unwrap_or(self.view.schema().settings.next_table);
        let caption = wanted.caption.clone();
        let name = caption.ok_or_else(|| Error::invalid(at.clone().key("caption"), Rule::Required))?;
        let mut fields = Vec::new();
        let mut indexed = Vec::new();
        for (place, field) in sorted(&wanted.fields) {
            let at = at.clone().key("fields").key(place);
            let Some(field) = field else { return Err(Error::invalid(at, Rule::Unknown)) };
            match field.base {
                Some(Word::Ref) => self.make_reference(id, (key, place), field, &at)?,
                Some(Word::Rev) => self.check_reverse(field, &at)?,
                Some(Word::Fn) => self.make_formula(id, field, &at)?,
                _ => {
                    if field.indexed == Some(true) {
                        indexed.push(fields.len());
                    }
                    fields.push(self.new_field(field, None, &at)?);
                }
            }
        }
        // A record is named by its first field, which not every type can be.
        match fields.iter().position(|field| may_name(&field.kind)) {
            Some(place) => {
                let first = fields.remove(place);
                fields.insert(0, first);
                indexed.iter_mut().for_each(|i| *i = if *i == place { 0 } else { *i + usize::from(*i < place) });
            }
            None => {
                let name = if fields.iter().any(|field| field.name == "Name") { "Title" } else { "Name" };
                fields.insert(0, NewField::of(name, Kind::Line(model::kind::line::Line::default())));
                indexed.iter_mut().for_each(|i| *i += 1);
            }
        }
        self.next_fields.insert(id, fields.len() as u32 + 1);
        let table = NewTable {
            name,
            description: wanted.description.clone(),
            icon: wanted.icon.clone(),
            fields,
            bag: merged(&Bag::new(), &wanted.kept),
            ..NewTable::default()
        };
        self.changes.push(Change::CreateTable { table: Box::new(table) });
        self.changes.push(Change::CreateView { table: id, view: Box::new(views::first()), at: None });
        // Fields of a new table are numbered from 1.
        self.changes.extend(indexed.into_iter().map(|i| index(id, FieldId(i as u32 + 1))));
        Ok(())
    }

    fn edit_table(&mut self, table: &Table, wanted: &'a Type, at: &Path) -> Result<()> {
        let set = |given: &Option<String>, present: &Option<String>| match given {
            Some(text) if given != present => Patch::Set(text.clone()),
            Some(_) | None => Patch::Keep,
        };
        let bag = merged(&table.bag, &wanted.kept);
        let patch = TablePatch {
            name: wanted.caption.clone().filter(|name| *name != table.name),
            description: set(&wanted.description, &table.description),
            icon: set(&wanted.icon, &table.icon),
            bag: if bag == table.bag { Bag::new() } else { bag },
            ..TablePatch::default()
        };
        if patch != TablePatch::default() {
            self.changes.push(Change::EditTable { table: table.id, patch: Box::new(patch) });
        }
        let mut next = table.next_field;
        let mut is_longer = false;
        for (key, field) in sorted(&wanted.fields) {
            let at = at.clone().key("fields").key(key);
            let present = names::read_field(key).and_then(|id| table.field(id).ok()).filter(|f| is_shown(f));
            match (present, field) {
                (Some(present), None) => {
                    self.gone.push(Change::DeleteField { table: table.id, field: present.id });
                }
                (Some(present), Some(field)) => self.edit_field(table, present, field, &at)?,
                (None, None) => return Err(Error::invalid(at, Rule::Unknown)),
                (None, Some(field)) => {
                    is_longer = true;
                    match field.base {
                        Some(Word::Ref) => self.make_reference(table.id, (&names::table(table.id), key), field, &at)?,
                        Some(Word::Rev) => self.check_reverse(field, &at)?,
                        Some(Word::Fn) => self.make_formula(table.id, field, &at)?,
                        _ => {
                            let new = Box::new(self.new_field(field, None, &at)?);
                            self.changes.push(Change::CreateField { table: table.id, field: new, at: None });
                            if field.indexed == Some(true) {
                                self.changes.push(index(table.id, next));
                            }
                            next = FieldId(next.0 + 1);
                        }
                    }
                }
            }
        }
        self.next_fields.insert(table.id, next.0);
        if !is_longer {
            self.reorder(table, wanted);
        }
        Ok(())
    }

    /// Puts the fields of a table in the order that their `order` asks for, when that is another.
    fn reorder(&mut self, table: &Table, wanted: &Type) {
        let asked = |id: FieldId| {
            let key = names::field(id);
            let field = wanted.fields.iter().find(|(of, _)| *of == key);
            field.and_then(|(_, field)| field.as_ref()?.order)
        };
        let goes = |id: FieldId| {
            let key = names::field(id);
            wanted.fields.iter().any(|(of, field)| *of == key && field.is_none())
        };
        let live: Vec<&Field> = table.live_fields().filter(|field| !goes(field.id)).collect();
        let mut shown = 0;
        let mut places: Vec<(f64, bool, FieldId)> = Vec::with_capacity(live.len());
        for field in &live {
            // One that is not shown stays behind the one before it.
            let place = if is_shown(field) { f64::from(shown) } else { f64::from(shown) - 0.5 };
            shown += u32::from(is_shown(field));
            let asked = asked(field.id);
            // Where one is asked to be, it comes before the one that only happens to be there.
            places.push((asked.unwrap_or(place), asked.is_none(), field.id));
        }
        places.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let order: Vec<FieldId> = places.into_iter().map(|(_, _, id)| id).collect();
        if !order.iter().eq(live.iter().map(|field| &field.id)) {
            let patch = TablePatch { field_order: Some(order), ..TablePatch::default() };
            self.references.push(Change::EditTable { table: table.id, patch: Box::new(patch) });
        }
    }

    fn edit_field(&mut self, table: &Table, present: &Field, wanted: &WantedField, at: &Path) -> Result<()> {
        let is_other = |word: Word| word != base(&shown(self.view, table, present), present);
        let word = Word::of(&present.kind);
        let turns = match wanted.multiline {
            Some(multiline) => match present.kind {
                Kind::Line(_) => multiline,
                Kind::LongText(_) => !multiline,
                _ => false,
            },
            None => false,
        };
        let other = wanted.base.filter(|base| is_other(*base));
        if let Some(base) = other.or_else(|| turns.then_some(word)) {
            let target = wanted.ref_type.as_deref().map(|key| self.target(key, at)).transpose()?;
            let kind = Box::new(kinds::kind(base, wanted, target, at)?);
            let reverse = ReverseNaming::default();
            let converted = Change::ConvertField { table: table.id, field: present.id, kind, reverse };
            match base {
                Word::Fn => self.formulas.push(Formula::Changed(converted)),
                Word::Ref => self.references.push(converted),
                _ => self.changes.push(converted),
            }
        }
        let settings = match (&wanted.values, other) {
            (Some(values), None) => kinds::with_choices(&present.kind, values, at)?,
            _ => None,
        };
        if let (Kind::Formula(now), Some(script), None) = (&present.kind, &wanted.script, other)
            && *script != self.view.script_source(&now.script)
        {
            let settings = Some(kinds::kind(Word::Fn, wanted, None, at)?);
            let patch = Box::new(FieldPatch { settings, ..FieldPatch::default() });
            self.formulas.push(Formula::Changed(Change::EditField { table: table.id, field: present.id, patch }));
        }
        let description = match &wanted.tooltips {
            Some(text) if text.is_empty() && present.description.is_some() => Patch::Clear,
            Some(text) if !text.is_empty() && present.description.as_ref() != Some(text) => Patch::Set(text.clone()),
            Some(_) | None => Patch::Keep,
        };
        let validators = validators(&present.validators, wanted);
        let bag = merged(&present.bag, &wanted.kept);
        let patch = FieldPatch {
            name: wanted.caption.clone().filter(|name| *name != present.name),
            description,
            validators: (validators != present.validators).then_some(validators),
            settings,
            indexed: wanted.indexed.filter(|indexed| *indexed != present.indexed),
            bag: if bag == present.bag { Bag::new() } else { bag },
            ..FieldPatch::default()
        };
        if patch != FieldPatch::default() {
            self.changes.push(Change::EditField { table: table.id, field: present.id, patch: Box::new(patch) });
        }
        Ok(())
    }

    fn new_field(&self, wanted: &WantedField, target: Option<TableId>, at: &Path) -> Result<NewField> {
        let base = wanted.base.ok_or_else(|| Error::invalid(at.clone().key("base"), Rule::Required))?;
        let caption = wanted.caption.clone();
        let name = caption.ok_or_else(|| Error::invalid(at.clone().key("caption"), Rule::Required))?;
        let default = wanted.default.clone().filter(|text| !text.is_empty());
        Ok(NewField {
            description: wanted.tooltips.clone().filter(|text| !text.is_empty()),
            validators: validators(&[], wanted),
            default: default.map(|text| DefaultValue::Fixed(Value::Text(text))),
            bag: merged(&Bag::new(), &wanted.kept),
            ..NewField::of(name, kinds::kind(base, wanted, target, at)?)
        })
    }

    /// A new formula of a table, made when all that it may name is there.
    fn make_formula(&mut self, table: TableId, wanted: &WantedField, at: &Path) -> Result<()> {
        let field = Box::new(self.new_field(wanted, None, at)?);
        self.formulas.push(Formula::Made { table, field, indexed: wanted.indexed == Some(true) });
        Ok(())
    }

    /// A new reference of a table, whose other side is called as the request says, or like its table. It has an index
    /// anyway.
    fn make_reference(&mut self, of: TableId, key: (&str, &str), wanted: &WantedField, at: &Path) -> Result<()> {
        let named = wanted.ref_type.as_deref();
        let named = named.ok_or_else(|| Error::invalid(at.clone().key("refTypeId"), Rule::Required))?;
        let target = self.target(named, at)?;
        let mut field = self.new_field(wanted, Some(target), at)?;
        field.reverse_name = self.reverse_of(named, key);
        self.references.push(Change::CreateField { table: of, field: Box::new(field), at: None });
        Ok(())
    }

    /// What the request calls the other side of a reference.
    fn reverse_of(&self, target: &str, (table, field): (&str, &str)) -> Option<String> {
        let (_, wanted) = self.wanted.types.iter().find(|(key, _)| key == target)?;
        let mut reverses = wanted.as_ref()?.fields.iter().filter_map(|(_, field)| field.as_ref());
        let found = reverses.find(|other| {
            other.base == Some(Word::Rev)
                && other.ref_type.as_deref() == Some(table)
                && other.ref_field.as_deref() == Some(field)
        });
        found?.caption.clone()
    }

    /// Refuses a new other side of a reference that the request does not make.
    fn check_reverse(&self, wanted: &WantedField, at: &Path) -> Result<()> {
        let (table, field) = (wanted.ref_type.as_deref(), wanted.ref_field.as_deref());
        let made = self.wanted.types.iter().find(|(key, _)| Some(key.as_str()) == table).and_then(|(_, t)| t.as_ref());
        let made = made.and_then(|made| made.fields.iter().find(|(key, _)| Some(key.as_str()) == field));
        match made.and_then(|(_, field)| field.as_ref()) {
            Some(other) if other.base == Some(Word::Ref) => Ok(()),
            Some(_) | None => kinds::kind(Word::Rev, wanted, None, at).map(drop),
        }
    }
}

/// The members in the order that they ask for, else in that of the body.
fn sorted(fields: &[(String, Option<WantedField>)]) -> Vec<(&str, Option<&WantedField>)> {
    let mut sorted: Vec<_> = fields.iter().map(|(key, field)| (key.as_str(), field.as_ref())).collect();
    sorted.sort_by(|a, b| {
        let order = |field: Option<&WantedField>| field.and_then(|field| field.order).unwrap_or(f64::MAX);
        order(a.1).total_cmp(&order(b.1))
    });
    sorted
}

fn validators(present: &[Validator], wanted: &WantedField) -> Vec<Validator> {
    let mut list = present.to_vec();
    for (validator, asked) in [(Validator::Required, wanted.required), (Validator::Unique, wanted.unique)] {
        match asked {
            Some(true) if !list.contains(&validator) => list.push(validator),
            Some(false) => list.retain(|one| *one != validator),
            Some(true) | None => {}
        }
    }
    list
}

fn index(table: TableId, field: FieldId) -> Change {
    let patch = FieldPatch { indexed: Some(true), ..FieldPatch::default() };
    Change::EditField { table, field, patch: Box::new(patch) }
}

/// The tables in which a change of references makes a field: where it stands, and where its other side does.
fn made_in(change: &Change) -> Vec<TableId> {
    match change {
        Change::CreateField { table, field, .. } => [vec![*table], link_targets(&field.kind)].concat(),
        Change::ConvertField { kind, .. } => link_targets(kind),
        _ => Vec::new(),
    }
}

/// Whether a field of the kind can name a record.
fn may_name(kind: &Kind) -> bool {
    partner(kind).is_none() && !matches!(kind, Kind::Reference(_) | Kind::Files(_) | Kind::Boolean(_))
}

/// What stays in a bag, with what a client keeps there now.
fn merged(present: &Bag, kept: &Map<String, Json>) -> Bag {
    let mut bag = present.clone();
    if kept.is_empty() {
        return bag;
    }
    let mut ours = bag.get(DOOR).and_then(Json::as_object).cloned().unwrap_or_default();
    for (key, value) in kept {
        ours.insert(key.clone(), value.clone());
    }
    bag.insert(DOOR.to_owned(), Json::Object(ours));
    bag
}
