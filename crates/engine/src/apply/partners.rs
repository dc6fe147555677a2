//! Reverse partners: every reference field has one in each table it leads to, with a field number of its own.

use super::Work;
use model::change::NewField;
use model::kind::Kind;
use model::kind::reference::{Partner, Reference};
use model::kind::reverse::Reverse;
use model::{Ability, Field, FieldId, Result, Table, TableId};
use store::database::tables;

impl Work<'_, '_> {
    /// Makes the partners of a new reference or links field; for a reverse field that names no partner yet (field 0),
    /// makes the reference in the other table. Their inverses are the owner's: deleting it hides them.
    pub(super) fn attach_partners(
        &mut self,
        id: TableId,
        field: FieldId,
        reverse_name: Option<String>,
        hidden_in: &[String],
    ) -> Result<()> {
        let table = self.table(id)?;
        let kind = table.field(field)?.kind.clone();
        let name = reverse_name.unwrap_or_else(|| table.name.clone());
        match kind {
            Kind::Reference(Reference { targets, .. }) => {
                let partners = self.make_reverses(id, field, &targets, &name, hidden_in)?;
                self.edit_kind(id, field, |kind| {
                    if let Kind::Reference(reference) = kind {
                        reference.partners = partners;
                    }
                })
            }
            Kind::Links(links) => {
                let partners = self.make_reverses(id, field, &links.targets, &name, hidden_in)?;
                self.edit_kind(id, field, |kind| {
                    if let Kind::Links(links) = kind {
                        links.partners = partners;
                    }
                })
            }
            Kind::Reverse(Reverse { table: other, field: FieldId(0) }) => {
                let partners = vec![Partner { table: id, field }];
                let kind = Kind::Reference(Reference { targets: vec![id], partners, exclusive: false });
                let made = self.add_field(other, &name, kind, hidden_in)?;
                self.edit_kind(id, field, |kind| *kind = Kind::Reverse(Reverse { table: other, field: made }))
            }
            _ => Ok(()),
        }
    }

    fn make_reverses(
        &mut self,
        owner: TableId,
        field: FieldId,
        targets: &[TableId],
        name: &str,
        hidden_in: &[String],
    ) -> Result<Vec<Partner>> {
        let mut partners = Vec::with_capacity(targets.len());
        for target in targets {
            let kind = Kind::Reverse(Reverse { table: owner, field });
            partners.push(Partner { table: *target, field: self.add_field(*target, name, kind, hidden_in)? });
        }
        Ok(partners)
    }

    /// Adds a field at the end of a table under a free name.
    fn add_field(&mut self, id: TableId, name: &str, kind: Kind, hidden_in: &[String]) -> Result<FieldId> {
        // The other table gets a field: that takes the right to make one there.
        self.require(Some(id), Ability::FieldCreate)?;
        let mut table = Table::clone(&*self.table(id)?);
        let mut free = name.to_owned();
        let mut n = 2;
        while table.field_named(&free).is_some() {
            free = format!("{name} {n}");
            n += 1;
        }
        let mut field: Field = self.build_field(&mut table, NewField::of(free, kind))?;
        field.hidden_in = hidden_in.to_vec();
        tables::add_columns(self.w, &table, &field)?;
        table.fields.push(field.clone());
        self.put_table(table)?;
        let table = self.table(id)?;
        tables::create_indexes(self.w, &table, &field)?;
        Ok(field.id)
    }

    fn edit_kind(&mut self, id: TableId, field: FieldId, edit: impl FnOnce(&mut Kind)) -> Result<()> {
        let mut table = Table::clone(&*self.table(id)?);
        if let Some(found) = table.fields.iter_mut().find(|f| f.id == field) {
            edit(&mut found.kind);
        }
        self.put_table(table)
    }
}
