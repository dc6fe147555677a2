//! Links seen from the other side: writing a reverse field writes the references of its partner.

use super::Work;
use model::change::RecordUpdate;
use model::error::Path;
use model::kind::Kind;
use model::{Error, Field, LocaleId, RecordAddress, RecordId, Result, Rule, Slot, StoredCell, Table, Value};
use store::database::{links, places, records};

impl Work<'_, '_> {
    /// Makes exactly the records in `value` refer to `record` through the partner of a reverse field.
    pub(super) fn write_reverse(
        &mut self,
        table: &Table,
        field: &Field,
        record: RecordId,
        value: &Value,
    ) -> Result<()> {
        let Kind::Reverse(reverse) = &field.kind else {
            return Err(Error::invalid(Path::field(field.id, &field.name), Rule::ReadOnly));
        };
        let wanted: Vec<RecordAddress> = match value {
            Value::Null => Vec::new(),
            Value::Reference(one) => vec![*one],
            Value::References(many) => many.clone(),
            _ => return Err(Error::invalid(Path::field(field.id, &field.name), Rule::Type("a list of records"))),
        };
        if wanted.iter().any(|w| w.table != reverse.table) {
            return Err(Error::invalid(Path::field(field.id, &field.name), Rule::TargetTable));
        }
        for w in &wanted {
            if !records::exists(self.w, *w)? {
                return Err(Error::invalid(Path::field(field.id, &field.name), Rule::TargetRecord));
            }
        }
        let partner_table = self.table(reverse.table)?;
        let partner = partner_table.field(reverse.field)?.clone();
        let Some(column) = partner.column(LocaleId::NONE) else { return Ok(()) };
        let me = RecordAddress { table: table.id, record };
        let slot = Slot::plain(partner.id);
        let present: Vec<RecordId> = match &partner.kind {
            Kind::Reference(_) => places::referring(self.w, partner_table.id, column, me.pack())?,
            _ => links::owners(self.w.tx, partner_table.id, column, me.pack())?.into_iter().map(|(o, _)| o).collect(),
        };
        let mut updates = Vec::new();
        let gone = present.iter().copied().filter(|p| wanted.iter().all(|w| w.record != *p));
        let come = wanted.iter().map(|w| w.record).filter(|w| !present.contains(w));
        for (owner, refers) in gone.map(|o| (o, false)).chain(come.map(|o| (o, true))) {
            let value = match &partner.kind {
                Kind::Reference(_) if refers => Value::Reference(me),
                Kind::Reference(_) => Value::Null,
                _ => {
                    let mut targets = links::targets(self.w.tx, partner_table.id, column, owner)?;
                    targets.retain(|t| *t != me.pack());
                    targets.extend(refers.then_some(me.pack()));
                    Value::References(targets.into_iter().filter_map(RecordAddress::unpack).collect())
                }
            };
            updates.push(RecordUpdate { record: owner, values: vec![(slot, value)] });
        }
        if !updates.is_empty() {
            self.update_records(partner_table.id, updates)?;
        }
        Ok(())
    }

    /// The owner that already has a target of an exclusive link field, if another one has.
    pub(crate) fn other_owner(&mut self, table: &Table, field: &Field, record: RecordId) -> Result<Option<RecordId>> {
        let Some(column) = field.column(LocaleId::NONE) else { return Ok(None) };
        match &field.kind {
            Kind::Reference(kind) if kind.exclusive => {
                let catalog = self.catalog();
                let layout = catalog.layout(table.id)?;
                let found = records::read_columns(self.w.tx, layout, record, &[column])?;
                match found.and_then(|(_, cells)| cells.into_iter().next()) {
                    Some(StoredCell::Integer(target)) => {
                        places::same_value(self.w, table.id, column, model::Cell::Integer(target), record)
                    }
                    _ => Ok(None),
                }
            }
            Kind::Links(kind) if kind.exclusive => {
                for target in links::targets(self.w.tx, table.id, column, record)? {
                    let owners = links::owners(self.w.tx, table.id, column, target)?;
                    if let Some((other, _)) = owners.into_iter().find(|(owner, _)| *owner != record) {
                        return Ok(Some(other));
                    }
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}
