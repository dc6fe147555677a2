//! Changes of tables: create, edit, delete, put back.

use super::Work;
use crate::Made;
use model::change::{Among, Change, NewTable, Place, TablePatch};
use model::error::Path;
use model::field::{Fields, MAX_NAME};
use model::kind::Kind;
use model::schema::key_from_name;
use model::table::{MAX_FIELDS, Shape, Triggers};
use model::{
    Ability, Bag, ColumnId, Error, FieldId, RecordAddress, RecordId, Result, Role, Rule, Subject, Table, TableId,
    ViewId,
};
use std::collections::HashSet;
use std::sync::Arc;
use store::database::{places, records, tables};

/// Most tables of one database, deleted ones included.
const MAX_TABLES: usize = 20_000;

impl Work<'_, '_> {
    pub(super) fn create_table(&mut self, new: NewTable) -> Result<Made> {
        // Making an outline (a document) needs less than making a table with fields of its own.
        if new.shape == Shape::Tree && self.scope.role == Role::Edit {
            self.require(None, Ability::RecordCreate)?;
        } else {
            self.require(None, Ability::TableCreate)?;
        }
        check_name("name", &new.name)?;
        let catalog = self.catalog();
        if catalog.schema.tables.len() >= MAX_TABLES {
            return Err(Error::Conflict(format!("A database has at most {MAX_TABLES} tables")));
        }
        if new.fields.is_empty() || new.fields.len() > MAX_FIELDS {
            return Err(Error::malformed("fields", format!("must be 1 to {MAX_FIELDS} fields")));
        }
        let mut settings = catalog.schema.settings.clone();
        let id = settings.next_table;
        if id.0 > RecordAddress::MAX_TABLE {
            return Err(Error::Conflict("The database has no numbers left for tables".to_owned()));
        }
        settings.next_table = TableId(id.0 + 1);
        self.w.put_settings(settings)?;
        let mut table = Table {
            id,
            key: self.table_key(id, new.key.as_deref(), &new.name)?,
            name: new.name,
            description: new.description,
            icon: new.icon,
            shape: new.shape,
            primary: FieldId(1),
            fields: Fields::default(),
            views: Vec::new(),
            next_field: FieldId(1),
            next_column: ColumnId(1),
            retired: Vec::new(),
            retired_links: Vec::new(),
            singleton: new.singleton,
            created_at: self.stamp.at,
            edited_at: self.stamp.at,
            deleted_at: None,
            triggers: Triggers::default(),
            bag: new.bag,
        };
        let mut reverse_names = Vec::new();
        // A formula may name fields that stand behind it.
        let (formulas, others): (Vec<_>, Vec<_>) = new
            .fields
            .into_iter()
            .enumerate()
            .partition(|(place, field)| *place > 0 && matches!(field.kind, Kind::Formula(_)));
        let mut places = Vec::new();
        for (place, field) in others.into_iter().chain(formulas) {
            let naming = (field.reverse_name.clone(), field.reverse_hidden_in.clone());
            let field = self.build_field(&mut table, field)?;
            reverse_names.push((field.id, naming));
            places.push((field.id, place));
            table.fields.push(field);
        }
        table.fields.sort_by_key(|field| places.iter().find(|(id, _)| *id == field.id).map(|(_, place)| *place));
        check_primary(&table, FieldId(1))?;
        tables::create(self.w, &table)?;
        let fields = table.fields.clone();
        self.put_table(table)?;
        self.note_own(id);
        fields.iter().try_for_each(|field| self.admit_actions(id, None, field))?;
        self.keep_inverse(Some(id), Change::DeleteTable { table: id });
        for (field, (name, hidden_in)) in reverse_names {
            self.attach_partners(id, field, name, &hidden_in)?;
        }
        Ok(Made::Table(id))
    }

    fn table_key(&self, id: TableId, asked: Option<&str>, name: &str) -> Result<String> {
        let catalog = self.catalog();
        let taken = |key: &str| catalog.schema.live_tables().any(|t| t.key == key && t.id != id);
        match asked {
            None => {
                let plain = key_from_name(name, "table", |_| false);
                // Of thousands of tables few have a key like this one, and many may have the same name.
                let like: HashSet<&str> = catalog
                    .schema
                    .live_tables()
                    .filter(|t| t.id != id && t.key.starts_with(&plain))
                    .map(|t| t.key.as_str())
                    .collect();
                Ok(key_from_name(name, "table", |key| like.contains(key)))
            }
            Some(key) => {
                check_key(key)?;
                if taken(key) {
                    Err(Error::invalid_given(Path::of("key"), Rule::Taken, key))
                } else {
                    Ok(key.to_owned())
                }
            }
        }
    }

    pub(super) fn edit_table(&mut self, id: TableId, patch: TablePatch) -> Result<Made> {
        let was = self.table(id)?;
        if was.shape == Shape::Tree && self.table_role(id) == Role::Edit {
            self.require(Some(id), Ability::RecordUpdate)?;
        } else if patch.view_order.is_some()
            && patch == (TablePatch { view_order: patch.view_order.clone(), ..TablePatch::default() })
        {
            self.require(Some(id), Ability::ViewUpdate)?;
        } else {
            self.require(Some(id), Ability::TableUpdate)?;
        }
        if let Some(shape) = patch.shape {
            self.change_shape(&was, shape)?;
        }
        let mut table = Table::clone(&*self.table(id)?);
        if let Some(name) = patch.name {
            check_name("name", &name)?;
            table.name = name;
        }
        if let Some(key) = patch.key {
            table.key = self.table_key(id, Some(&key), &table.name)?;
        }
        patch.description.apply(&mut table.description);
        patch.icon.apply(&mut table.icon);
        if let Some(singleton) = patch.singleton {
            table.singleton = singleton;
        }
        if let Some(primary) = patch.primary {
            check_primary(&table, primary)?;
            table.primary = primary;
        }
        if let Some(order) = patch.field_order {
            reorder_fields(&mut table, &order)?;
        }
        if let Some(order) = patch.view_order {
            reorder_views(&mut table, &order)?;
        }
        patch.after_create.apply(&mut table.triggers.after_create);
        patch.after_update.apply(&mut table.triggers.after_update);
        self.settle_triggers(&was, &mut table)?;
        merge_bag(&mut table.bag, patch.bag);
        if (&table.name, &table.description) != (&was.name, &was.description) {
            table.edited_at = self.stamp.at;
        }
        if table != *was {
            let was = Table::clone(&was);
            self.keep_inverse(Some(id), Change::ReplaceTable { table: Box::new(was) });
            self.put_table(table)?;
        }
        Ok(Made::Table(id))
    }

    /// Gives places to records that have none, or takes parents away.
    fn change_shape(&mut self, table: &Arc<Table>, shape: Shape) -> Result<()> {
        let id = table.id;
        if table.shape == shape {
            return Ok(());
        }
        if table.shape == Shape::Tree {
            for record in places::all_records(self.w, id)? {
                if places::of(self.w, id, record)?.is_some_and(|(parent, _)| parent != 0) {
                    self.move_records(id, vec![(record, Place { parent: None, among: Among::Last })])?;
                }
            }
        }
        if table.shape == Shape::Plain {
            self.place_the_rest(table)?;
        }
        let mut changed = Table::clone(table);
        changed.shape = shape;
        self.put_table(changed)
    }

    /// Puts the records of a plain table that never had a place last, in the order of creation. The others keep theirs,
    /// so that nothing is lost that the log would have to keep.
    fn place_the_rest(&mut self, table: &Table) -> Result<()> {
        let catalog = self.catalog();
        let layout = catalog.layout(table.id)?.clone();
        tables::create_place_index(self.w, table)?;
        let mut low = places::last(self.w, table.id, 0, RecordId(0))?;
        for record in places::unplaced(self.w, table.id)? {
            let rank = model::rank::between(low.as_deref(), None);
            records::set_place(self.w, &layout, record, 0, &rank)?;
            low = Some(rank);
        }
        Ok(())
    }

    pub(super) fn delete_table(&mut self, id: TableId) -> Result<Made> {
        let was = self.table(id)?;
        self.require(Some(id), Ability::TableDelete)?;
        // Fields of other tables that lead only here go too, and come back with the table.
        let catalog = self.catalog();
        let mut dependents = Vec::new();
        for table in catalog.schema.live_tables().filter(|t| t.id != id) {
            for field in table.live_fields() {
                let leads_here = match &field.kind {
                    Kind::Reference(kind) => kind.targets == [id],
                    Kind::Links(kind) => kind.targets == [id],
                    Kind::Reverse(kind) => kind.table == id,
                    _ => false,
                };
                if leads_here && field.id != table.primary {
                    dependents.push((table.id, field.id));
                }
            }
        }
        for (table, field) in dependents {
            self.hide_field(table, field)?;
        }
        let mut table = Table::clone(&*self.table(id)?);
        let was = Table::clone(&was);
        table.deleted_at = Some(self.stamp.at);
        self.keep_inverse(Some(id), Change::ReplaceTable { table: Box::new(was) });
        self.put_table(table)?;
        Ok(Made::Nothing)
    }

    /// Puts a definition back. Fields, views and columns made since stay known, so that nothing is orphaned.
    pub(super) fn replace_table(&mut self, table: Table) -> Result<Made> {
        let id = table.id;
        let present = self.table_ever(id)?;
        self.require(None, if present.deleted_at.is_some() { Ability::TableCreate } else { Ability::TableUpdate })?;
        let mut table = table;
        if present.shape == Shape::Plain && table.shape != Shape::Plain {
            self.place_the_rest(&present)?;
        }
        table.next_field = table.next_field.max(present.next_field);
        table.next_column = table.next_column.max(present.next_column);
        for field in &present.fields {
            if table.fields.iter().all(|f| f.id != field.id) {
                let mut kept = field.clone();
                kept.deleted_at = kept.deleted_at.or(Some(self.stamp.at));
                table.fields.push(kept);
            }
        }
        super::fields::keep_columns(&mut table, &present);
        let inverse = Change::ReplaceTable { table: Box::new(Table::clone(&present)) };
        self.keep_inverse(Some(id), inverse);
        self.put_table(table)?;
        Ok(Made::Table(id))
    }
}

/// Refuses an empty or overlong name.
pub(super) fn check_name(at: &str, name: &str) -> Result<()> {
    let length = name.chars().count();
    if name.trim().is_empty() {
        return Err(Error::invalid(Path::of(at), Rule::Required));
    }
    if length > MAX_NAME {
        return Err(Error::invalid(Path::of(at), Rule::Length { min: None, max: Some(MAX_NAME as u64), eq: None }));
    }
    if name.contains('\0') {
        return Err(Error::malformed(at, "must not contain the character NUL"));
    }
    Ok(())
}

/// Refuses a key that is not ASCII `snake_case` (letters, digits, `_`, first a letter or `_`).
pub(super) fn check_key(key: &str) -> Result<()> {
    let mut bytes = key.bytes();
    let head = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    if head && key.len() <= 64 && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Ok(());
    }
    Err(Error::invalid_given(Path::of("key"), Rule::Pattern("^[A-Za-z_][A-Za-z0-9_]{0,63}$".to_owned()), key))
}

/// Refuses a primary field whose values cannot name a record.
pub(super) fn check_primary(table: &Table, primary: FieldId) -> Result<()> {
    let field = table.field(primary)?;
    let unfit = matches!(
        field.kind,
        Kind::Reference(_)
            | Kind::Links(_)
            | Kind::Reverse(_)
            | Kind::Files(_)
            | Kind::Boolean(_)
            | Kind::Button(_)
            | Kind::Rollup(_)
            | Kind::Lookup(_)
    );
    if unfit {
        let why = format!("is a field of kind {}, which cannot name a record", field.kind.word());
        return Err(Error::invalid(Path::field(field.id, &field.name), Rule::Malformed(why)));
    }
    Ok(())
}

fn reorder_fields(table: &mut Table, order: &[FieldId]) -> Result<()> {
    let live: Vec<FieldId> = table.live_fields().map(|f| f.id).collect();
    if order.len() != live.len() || !live.iter().all(|id| order.contains(id)) {
        return Err(Error::malformed("fields", "must name every field once"));
    }
    table.fields.sort_by_key(|f| order.iter().position(|id| *id == f.id).unwrap_or(usize::MAX));
    Ok(())
}

fn reorder_views(table: &mut Table, order: &[ViewId]) -> Result<()> {
    if order.len() != table.views.len() || !table.views.iter().all(|v| order.contains(&v.id)) {
        return Err(Error::not_found(Subject::View, "in the order given".to_owned()));
    }
    table.views.sort_by_key(|v| order.iter().position(|id| *id == v.id).unwrap_or(usize::MAX));
    Ok(())
}

/// Puts entries into a bag; a null entry goes.
pub(super) fn merge_bag(bag: &mut Bag, entries: Bag) {
    for (key, entry) in entries {
        if entry.is_null() {
            bag.remove(&key);
        } else {
            bag.insert(key, entry);
        }
    }
}
