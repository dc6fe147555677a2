//! Indexes as people see them: listed by names of tables and fields, and removable unless a field needs them.

use crate::Engine;
use model::change::{Change, FieldPatch};
use model::ids::ColumnId;
use model::{Actor, DatabaseKey, Error, Result, Role, Subject, Table};
use std::sync::Arc;
use store::database::tables::{self, Left};
use store::index::{self, Form, IndexKey, Origin, Standing};

/// An index that stands.
#[derive(Clone, PartialEq, Debug)]
pub struct IndexInfo {
    /// What to remove it by.
    pub name: String,
    pub table: String,
    /// Field names, `descending` said behind them.
    pub fields: Vec<String>,
    /// `ordered` or `trigram`.
    pub form: &'static str,
    /// `required`, `asked` or `automatic`.
    pub origin: &'static str,
    /// Whether it covers all records yet.
    pub built: bool,
    /// UTC milliseconds.
    pub used_at: i64,
}

impl Engine {
    /// The indexes of a database. Needs role 3 (manage).
    pub fn list_indexes(&self, actor: &Actor, database: DatabaseKey) -> Result<Vec<IndexInfo>> {
        self.require_manager(actor, database)?;
        let catalog = self.inner().store.database(database)?.catalog();
        let info = |standing: &Standing| {
            let table = catalog.schema.tables.get(&standing.definition.table)?;
            Some(shown(table, standing))
        };
        Ok(catalog.indexes.iter().filter_map(info).collect())
    }

    /// Makes an index on a field, which somebody asks for; the table and the field are named as people name them.
    pub async fn create_index(
        &self,
        actor: &Arc<Actor>,
        database: DatabaseKey,
        table: String,
        field: String,
    ) -> Result<()> {
        let plan = move |view: &mut crate::View<'_>| {
            let tables = view.tables();
            let found = tables.iter().find(|t| t.name == table);
            let found = found.ok_or_else(|| Error::not_found(Subject::Table, table.clone()))?;
            let named = found.field_named(&field).ok_or_else(|| Error::not_found(Subject::Field, field.clone()))?;
            let patch = Box::new(FieldPatch { indexed: Some(true), ..FieldPatch::default() });
            Ok(vec![Change::EditField { table: found.id, field: named.id, patch }])
        };
        self.write(actor, database, crate::WriteContext::default(), plan, |_, _| Ok(())).await
    }

    /// Takes an index away. One that a field needs stays; an automatic one may come back when reads ask for it again.
    pub fn drop_index(&self, actor: &Actor, database: DatabaseKey, name: &str) -> Result<()> {
        self.require_manager(actor, database)?;
        let open = self.inner().store.database(database)?;
        let name = name.to_owned();
        open.write_blocking(move |w| {
            let catalog = w.catalog();
            let found = catalog.indexes.iter().find(|s| s.name == name);
            let standing = found.ok_or_else(|| Error::not_found(Subject::Index, name.clone()))?;
            if standing.definition.origin == Origin::Required {
                return Err(Error::Conflict(format!("a field needs the index {name}")));
            }
            index::drop(w, &name)
        })
    }

    /// Notes which indexes were used and drops automatic ones that were not for long, in the databases that are open;
    /// finishes what a deletion left, and takes bytes of files away that nothing refers to. Once an hour is enough.
    pub fn maintain(&self) -> Result<()> {
        let now = self.now();
        self.inner().store.sweep()?;
        self.forget_done(now)?;
        self.expire_trash(now)?;
        self.refresh_volatile();
        self.sweep_files_now_and_then()?;
        for database in self.inner().store.open_databases() {
            // What tables left behind that moved out of the shared one; nobody reads with a catalog so old.
            database.write_blocking(move |w| tables::sweep(w.tx, Left::long_ago()))?;
            let automatic = |s: &Standing| s.definition.origin == Origin::Automatic;
            if database.advisor().has_usage() || database.catalog().indexes.iter().any(automatic) {
                let (watched, usage) = (database.clone(), database.advisor().take_usage());
                database.write_blocking(move |w| watched.advisor().maintain(w, &usage, now).map(drop))?;
            }
        }
        Ok(())
    }

    fn require_manager(&self, actor: &Actor, database: DatabaseKey) -> Result<()> {
        let (_, role) = self.resolve_database(actor, database)?;
        if actor.may(role, model::Ability::TableUpdate) && role >= Role::Manage {
            return Ok(());
        }
        Err(Error::Forbidden(model::Ability::TableUpdate))
    }
}

fn shown(table: &Table, standing: &Standing) -> IndexInfo {
    let field_of = |column: ColumnId| {
        let field = table.fields.iter().find(|f| f.columns.iter().any(|c| c.column == column));
        field.map_or_else(|| format!("column {}", column.0), |f| f.name.clone())
    };
    let fields = standing.definition.columns.iter().map(|c| {
        let name = match c.column {
            IndexKey::Column(column) => field_of(column),
            IndexKey::System(system) => format!("{system:?}"),
        };
        if c.descending { format!("{name} descending") } else { name }
    });
    IndexInfo {
        name: standing.name.clone(),
        table: table.name.clone(),
        fields: fields.collect(),
        form: match standing.definition.form {
            Form::Ordered => "ordered",
            Form::Trigram => "trigram",
        },
        origin: match standing.definition.origin {
            Origin::Required => "required",
            Origin::Asked => "asked",
            Origin::Automatic => "automatic",
        },
        built: standing.built,
        used_at: standing.used_at,
    }
}
