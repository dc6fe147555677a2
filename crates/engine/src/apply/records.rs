//! Creating and updating records.

use super::Work;
use crate::Made;
use crate::judge::values;
use crate::write::Faults;
use model::change::{Change, NewRecord, RecordSet, RecordUpdate};
use model::error::Path;
use model::field::{DefaultValue, Field, Slot};
use model::kind::{Class, Kind, Storage};
use model::table::Shape;
use model::{
    Ability, ColumnId, Error, Fault, FieldId, LocaleId, RecordAddress, RecordId, Result, Rule, StoredCell, Subject,
    Table, TableId, Value,
};
use std::sync::Arc;
use store::database::layout::Layout;
use store::database::links as link_rows;
use store::database::records::{self, NewRow};

/// Most records of one change.
const MOST: usize = 100_000;

/// A value on its way into a record: its field, its full slot, and where it lies.
struct Placed<'t> {
    field: &'t Field,
    slot: Slot,
    column: ColumnId,
    value: Value,
}

impl Work<'_, '_> {
    pub(super) fn create_records(&mut self, id: TableId, new: Vec<NewRecord>) -> Result<Made> {
        let table = self.table(id)?;
        self.require(Some(id), Ability::RecordCreate)?;
        if new.len() > MOST {
            return Err(Error::invalid(Path::of("records"), Rule::TooMany { limit: MOST as u64 }));
        }
        if new.is_empty() {
            return Ok(Made::Records { table: id, ids: Vec::new() });
        }
        if table.singleton && !self.trusted {
            let counted = store::database::blocks::count(self.w.tx, id)?;
            let present = counted.saturating_add_signed(self.w.uncounted(id));
            if present + new.len() as u64 > 1 {
                return Err(Error::Conflict(format!("The table {} has only one record", table.name)));
            }
        }
        let catalog = self.catalog();
        let layout = catalog.layout(id)?.clone();
        let free = new.iter().filter(|r| r.id.is_none()).count() as u32;
        let mut next = self.w.reserve(id, free)?;
        let mut ids = Vec::with_capacity(new.len());
        let (mut cells, mut reverses) = (Vec::new(), Vec::new());
        for (index, record) in new.into_iter().enumerate() {
            let at = || Path::of("records").index(index);
            let record_id = match record.id {
                Some(chosen) => self.chosen_number(id, chosen)?,
                None => {
                    let given = next;
                    next = RecordId(next.0 + 1);
                    given
                }
            };
            let from_here = self.create_record(&table, &layout, record_id, record, &at, &mut cells)?;
            reverses.extend(from_here.into_iter().map(|(field, value)| (record_id, field, value)));
            ids.push(record_id);
        }
        let inverse = Change::DeleteRecords {
            table: id,
            records: RecordSet::of(ids.iter().copied()),
            children: model::change::Children::Delete,
        };
        self.keep_inverse(Some(id), inverse);
        self.write_reverses(&table, reverses)?;
        Ok(Made::Records { table: id, ids })
    }

    /// Writes reverse fields, after what was written before them has its inverse: they are writes of their own.
    fn write_reverses(&mut self, table: &Table, reverses: Vec<(RecordId, FieldId, Value)>) -> Result<()> {
        for (record, field, value) in reverses {
            self.write_reverse(table, table.field(field)?, record, &value)?;
        }
        Ok(())
    }

    fn chosen_number(&mut self, table: TableId, chosen: RecordId) -> Result<RecordId> {
        if chosen.0 == 0 {
            return Err(Error::malformed("id", "must be a positive number"));
        }
        if records::exists(self.w, RecordAddress { table, record: chosen })? {
            return Err(Error::Conflict(format!("The record {} exists already", chosen.0)));
        }
        self.w.reserve_up_to(table, chosen)?;
        Ok(chosen)
    }

    fn create_record(
        &mut self,
        table: &Arc<Table>,
        layout: &Layout,
        id: RecordId,
        record: NewRecord,
        at: &dyn Fn() -> Path,
        cells: &mut Vec<StoredCell>,
    ) -> Result<Vec<(FieldId, Value)>> {
        let NewRecord { mut values, place, without_defaults, .. } = record;
        if !without_defaults {
            self.add_defaults(table, &mut values)?;
        }
        let (placed, reverses) = self.place_values(table, id, values, at)?;
        cells.clear();
        cells.resize(layout.columns.len(), StoredCell::Null);
        let mut links = Vec::new();
        for p in &placed {
            match &p.value {
                Value::References(targets) => {
                    links.push((p.column, targets.iter().map(|t| t.pack()).collect::<Vec<_>>()))
                }
                value => {
                    if let Some(i) = layout.columns.iter().position(|c| c.column == p.column) {
                        cells[i] = p.field.kind.class().encode(value);
                    }
                }
            }
        }
        let (parent, rank) = match table.shape {
            Shape::Plain => (None, None),
            Shape::Ordered | Shape::Tree => {
                let (parent, rank) = self.find_place(table, id, place.as_ref())?;
                (Some(parent), Some(rank))
            }
        };
        let row = NewRow { id, cells, valid: true, parent, rank: rank.as_deref() };
        records::insert(self.w, layout, self.stamp, &row)?;
        for (column, targets) in links {
            link_rows::set(self.w.tx, table.id, column, id, &targets)?;
        }
        self.touched.entry(table.id).or_default().created(id);
        self.dirty_created(table, id, &placed);
        Ok(reverses)
    }

    fn add_defaults(&mut self, table: &Table, values: &mut Vec<(Slot, Value)>) -> Result<()> {
        for field in table.live_fields() {
            let Some(default) = &field.default else { continue };
            if values.iter().any(|(slot, _)| slot.field == field.id) {
                continue;
            }
            let value = match default {
                DefaultValue::Fixed(value) => value.clone(),
                DefaultValue::Now if field.kind.class() == Class::Date => {
                    Value::Date(model::time::Zone::utc().day_of(self.scope.now).0)
                }
                DefaultValue::Now => Value::Instant(self.scope.now.0),
                DefaultValue::Me => match (self.scope.actor.user, field.kind.class()) {
                    (Some(user), Class::Users) => Value::Users(vec![user]),
                    (Some(user), _) => Value::User(user),
                    (None, _) => Value::Null,
                },
                DefaultValue::Script(script) => self.default_of(field, script)?,
            };
            values.push((Slot::plain(field.id), value));
        }
        Ok(())
    }

    /// Resolves and judges values one by one. Values of reverse fields come apart: they are written on the other side.
    #[expect(clippy::type_complexity, reason = "two plain lists")]
    fn place_values<'t>(
        &mut self,
        table: &'t Table,
        record: RecordId,
        values: Vec<(Slot, Value)>,
        at: &dyn Fn() -> Path,
    ) -> Result<(Vec<Placed<'t>>, Vec<(FieldId, Value)>)> {
        let mut faults = Vec::new();
        let (mut placed, mut reverses) = (Vec::with_capacity(values.len()), Vec::new());
        for (slot, value) in values {
            let field = self.writable_field(table, slot)?;
            let here = || Path::field(field.id, &field.name).under(at().key("fields"));
            let value = match (&field.kind, self.trusted) {
                (Kind::Files(_), false) => match self.settle_files(table, field, record, value)? {
                    Ok(value) => value,
                    Err(rule) => {
                        faults.push(Fault::new(here(), rule));
                        continue;
                    }
                },
                _ => value,
            };
            if !self.trusted
                && let Err(fault) = values::check(field, &value, here)
            {
                faults.push(fault);
                continue;
            }
            if matches!(field.kind.storage(), Storage::Derived) {
                reverses.push((field.id, value));
                continue;
            }
            let slot = self.full_slot(field, slot)?;
            let Some(column) = field.column(slot.locale) else {
                return Err(Error::invalid(here(), Rule::Unknown));
            };
            if let Some(fault) = self.check_targets(field, &value, here)? {
                faults.push(fault);
                continue;
            }
            placed.push(Placed { field, slot, column, value });
        }
        match self.gathers {
            Faults::AtOnce if !faults.is_empty() => return Err(Error::Invalid(faults)),
            Faults::AtOnce => {}
            Faults::Together => self.faults.append(&mut faults),
        }
        Ok((placed, reverses))
    }

    /// The field of a slot, if values of it can be written and this actor may.
    pub(super) fn writable_field<'t>(&self, table: &'t Table, slot: Slot) -> Result<&'t Field> {
        let field = table.field(slot.field)?;
        let role = self.table_role(table.id);
        let own = self.scope.actor.field_role(role, self.scope.key, table.id, field.id);
        if own == model::Role::None {
            return Err(Error::not_found(Subject::Field, field.id.0.to_string()));
        }
        if own < model::Role::Edit {
            return Err(Error::Forbidden(Ability::RecordUpdate));
        }
        if field.is_writable() {
            Ok(field)
        } else {
            Err(Error::invalid(Path::field(field.id, &field.name), Rule::ReadOnly))
        }
    }

    /// The slot with its locale: a localized field written without one gets the first.
    fn full_slot(&self, field: &Field, slot: Slot) -> Result<Slot> {
        let locale = match (field.localized, slot.locale) {
            (false, LocaleId::NONE) => LocaleId::NONE,
            (false, _) => return Err(Error::malformed(field.name.clone(), "has no values per locale")),
            (true, LocaleId::NONE) => field.columns.first().map_or(LocaleId::NONE, |c| c.locale),
            (true, given) => given,
        };
        Ok(Slot { field: field.id, locale })
    }

    /// Whether the records that a value refers to are there and in tables that the field allows, and the people belong
    /// here.
    fn check_targets(&mut self, field: &Field, value: &Value, here: impl Fn() -> Path) -> Result<Option<Fault>> {
        if self.trusted {
            return Ok(None);
        }
        let people = match value {
            Value::User(user) => std::slice::from_ref(user),
            Value::Users(users) => users,
            _ => &[],
        };
        if people.iter().any(|user| Some(*user) != self.scope.actor.user && !self.scope.members.has(*user)) {
            return Ok(Some(Fault::new(here(), Rule::Type("a person who belongs to this database"))));
        }
        let (targets, allowed): (&[RecordAddress], &[TableId]) = match (value, &field.kind) {
            (Value::Reference(target), Kind::Reference(kind)) => (std::slice::from_ref(target), &kind.targets),
            (Value::References(targets), Kind::Links(kind)) => (targets, &kind.targets),
            _ => return Ok(None),
        };
        for (i, target) in targets.iter().enumerate() {
            if targets[..i].contains(target) {
                return Ok(Some(Fault::new(here(), Rule::Malformed("has the same record twice".to_owned()))));
            }
            if !allowed.contains(&target.table) {
                return Ok(Some(Fault::new(here(), Rule::TargetTable)));
            }
            if self.table(target.table).is_err() || !records::exists(self.w, *target)? {
                return Ok(Some(Fault::new(here(), Rule::TargetRecord)));
            }
        }
        Ok(None)
    }

    pub(super) fn update_records(&mut self, id: TableId, updates: Vec<RecordUpdate>) -> Result<Made> {
        let table = self.table(id)?;
        self.require(Some(id), Ability::RecordUpdate)?;
        if updates.len() > MOST {
            return Err(Error::invalid(Path::of("records"), Rule::TooMany { limit: MOST as u64 }));
        }
        let catalog = self.catalog();
        let layout = catalog.layout(id)?.clone();
        let mut ids = Vec::with_capacity(updates.len());
        let mut before = Vec::with_capacity(updates.len());
        let mut reverses = Vec::new();
        let many = updates.len() > 1;
        for (index, update) in updates.into_iter().enumerate() {
            let at = || if many { Path::of("records").index(index) } else { Path::of("record") };
            let record = update.record;
            ids.push(record);
            let (was, from_here) = self.update_record(&table, &layout, update, &at)?;
            before.extend(was);
            reverses.extend(from_here.into_iter().map(|(field, value)| (record, field, value)));
        }
        if !before.is_empty() {
            // Newest first, so that a record that is named twice gets its oldest values back last.
            before.reverse();
            self.keep_inverse(Some(id), Change::UpdateRecords { table: id, updates: before });
        }
        if !reverses.is_empty() {
            // What is written over there can be undone from here too.
            self.note_table(id);
            self.write_reverses(&table, reverses)?;
        }
        Ok(Made::Records { table: id, ids })
    }

    /// Updates one record; what its changed cells held before, or none when no cell changed, and what is to be written
    /// to its reverse fields.
    #[expect(clippy::type_complexity, reason = "two plain lists")]
    fn update_record(
        &mut self,
        table: &Arc<Table>,
        layout: &Layout,
        update: RecordUpdate,
        at: &dyn Fn() -> Path,
    ) -> Result<(Option<RecordUpdate>, Vec<(FieldId, Value)>)> {
        let record = update.record;
        let (placed, reverses) = self.place_values(table, record, update.values, at)?;
        let stored: Vec<ColumnId> = placed.iter().filter(|p| !is_links(p)).map(|p| p.column).collect();
        let Some((valid, present)) = records::read_columns(self.w.tx, layout, record, &stored)? else {
            return Err(Error::not_found(Subject::Record, record.0.to_string()));
        };
        let mut present = present.into_iter();
        let (mut cells, mut links, mut before) = (Vec::new(), Vec::new(), Vec::new());
        for p in &placed {
            if is_links(p) {
                let was = link_rows::targets(self.w.tx, table.id, p.column, record)?;
                let now = packed(&p.value);
                if was != now {
                    let was = was.into_iter().filter_map(RecordAddress::unpack).collect();
                    before.push((p.slot, Value::References(was)));
                    links.push((p.column, now));
                }
                continue;
            }
            let was = present.next().unwrap_or_default();
            let now = p.field.kind.class().encode(&p.value);
            if was != now {
                before.push((p.slot, p.field.kind.class().decode(was.borrow())));
                cells.push((p.column, now));
            }
        }
        let changed = !before.is_empty();
        if changed {
            records::update(self.w, layout, self.stamp, record, valid, &cells)?;
            for (column, targets) in links {
                link_rows::set(self.w.tx, table.id, column, record, &targets)?;
            }
            let fields = before.iter().map(|(slot, _)| slot.field);
            self.touched.entry(table.id).or_default().updated(record, valid, fields);
            self.dirty_updated(table, record, &placed, &before);
            self.note_changed(table.id, record);
        }
        Ok((changed.then_some(RecordUpdate { record, values: before }), reverses))
    }
}

impl Work<'_, '_> {
    /// Notes a new record for the formulas, and the records that it points at.
    fn dirty_created(&mut self, table: &Table, record: RecordId, placed: &[Placed<'_>]) {
        if !self.minds_formulas() {
            return;
        }
        self.dirty.came(table.id, record);
        for p in placed {
            self.dirty_targets(p.field, &p.value);
        }
    }

    /// Notes changed cells for the formulas, and the records that they point or pointed at.
    fn dirty_updated(&mut self, table: &Table, record: RecordId, placed: &[Placed<'_>], before: &[(Slot, Value)]) {
        if !self.minds_formulas() {
            return;
        }
        self.dirty.changed(table.id, record, before.iter().map(|(slot, _)| slot.field));
        for (slot, was) in before {
            if let Some(p) = placed.iter().find(|p| p.slot == *slot) {
                self.dirty_targets(p.field, was);
                self.dirty_targets(p.field, &p.value);
            }
        }
    }

    /// Notes that the reverse of a link changed at the records in its value.
    pub(super) fn dirty_targets(&mut self, field: &Field, value: &Value) {
        let targets: &[RecordAddress] = match value {
            Value::Reference(target) => std::slice::from_ref(target),
            Value::References(targets) => targets,
            _ => return,
        };
        let partners = match &field.kind {
            Kind::Reference(kind) => &kind.partners,
            Kind::Links(kind) => &kind.partners,
            _ => return,
        };
        for target in targets {
            if let Some(partner) = partners.iter().find(|partner| partner.table == target.table) {
                self.dirty.changed(target.table, target.record, [partner.field]);
            }
        }
    }

    /// Whether there are formulas to be told what changes.
    pub(super) fn minds_formulas(&self) -> bool {
        self.began.has_formulas() || self.w.catalog().has_formulas()
    }
}

fn is_links(placed: &Placed<'_>) -> bool {
    placed.field.kind.storage() == Storage::LinkRows
}

fn packed(value: &Value) -> Vec<i64> {
    match value {
        Value::References(targets) => targets.iter().map(|t| t.pack()).collect(),
        _ => Vec::new(),
    }
}
