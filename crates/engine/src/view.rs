//! What an actor may see of a database. A door gets nothing else, so it cannot leak what is not to be known.

mod names;
mod traced;

use crate::access::Directory;
use crate::trash::Keeping;
use crate::{Engine, Made};
use model::access::Reach;
use model::filter::{Filter, Operand};
use model::kind::{Class, Kind};
use model::query::{Projection, Query, Source, Summary};
use model::time::Instant as Moment;
use model::{
    Ability, AbilitySet, Actor, DatabaseKey, Error, Expr, FieldId, RecordAddress, RecordId, Result, Role, Schema,
    Subject, Table, TableId, UserId, Value,
};
pub(crate) use names::ReadingNames;
use names::SeenNames;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use store::database::Database;
use store::database::catalog::Catalog;
use store::database::ground::{Ground, Grounds};
use store::database::records;
use store::home::databases::DatabaseRow;
use store::print::{self, RecordRow};
use store::tx::{Next, STOP, Tx};

/// Who asks, of which database, with which role: fixed for a request.
pub(crate) struct Scope {
    pub key: DatabaseKey,
    pub actor: Arc<Actor>,
    pub role: Role,
    pub directory: Arc<Directory>,
    pub members: Members,
    pub now: Moment,
    /// How long deleted things can be brought back.
    pub keeping: Keeping,
    /// By which address the request came.
    pub origin: Arc<str>,
}

impl Scope {
    /// The same request with the rights of a manager of this database and of nothing else: for what was judged when it
    /// was saved, such as the actions of a button.
    pub fn as_manager(&self) -> Scope {
        let delegate = Actor {
            user: self.actor.user,
            credential: self.actor.credential,
            // Addresses of people are not for webhooks and formulas.
            abilities: AbilitySet::of(Ability::ALL.into_iter().filter(|ability| *ability != Ability::EmailRead)),
            reach: Reach::Only { workspaces: Vec::new(), databases: vec![self.key] },
            grants: Arc::default(),
            administrator: false,
            rate: None,
            profile: None,
        };
        Scope {
            key: self.key,
            actor: Arc::new(delegate),
            role: Role::Manage,
            directory: self.directory.clone(),
            members: Members::new(self.members.engine.clone(), self.members.database.clone()),
            now: self.now,
            keeping: self.keeping,
            origin: self.origin.clone(),
        }
    }
}

/// The people of the database, read when somebody is named.
pub(crate) struct Members {
    engine: Engine,
    /// As it is listed.
    database: Arc<DatabaseRow>,
    found: OnceLock<BTreeMap<UserId, Role>>,
}

impl Members {
    pub fn new(engine: Engine, database: Arc<DatabaseRow>) -> Members {
        Members { engine, database, found: OnceLock::new() }
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a user has a role here. When that cannot be read, nobody has.
    pub fn has(&self, user: UserId) -> bool {
        self.found
            .get_or_init(|| self.engine.member_roles(self.database.workspace, self.database.id).unwrap_or_default())
            .contains_key(&user)
    }

    /// Everybody with a role here.
    pub fn roles(&self) -> Result<BTreeMap<UserId, Role>> {
        self.engine.member_roles(self.database.workspace, self.database.id)
    }
}

/// A database as one actor may see it, at one moment.
pub struct View<'a> {
    pub(crate) tx: &'a mut dyn Tx,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) scope: &'a Scope,
    /// The database whose advisor watches the reads; none inside a write.
    watched: Option<&'a Arc<Database>>,
    /// Whether the read is given up when it is long.
    is_brief: bool,
    /// Tables made by the write that this view is of: who made one sees it in the answer.
    own: &'a [Made],
}

impl Grounds for View<'_> {
    fn at(&mut self, table: TableId) -> Result<(&mut dyn Tx, Ground)> {
        let ground = self.catalog.ground(table)?;
        Ok((&mut *self.tx, ground))
    }
}

impl<'a> View<'a> {
    pub(crate) fn new(tx: &'a mut dyn Tx, catalog: Arc<Catalog>, scope: &'a Scope) -> View<'a> {
        View { tx, catalog, scope, watched: None, is_brief: false, own: &[] }
    }

    pub(crate) fn after(self, made: &'a [Made]) -> View<'a> {
        View { own: made, ..self }
    }

    pub(crate) fn watched(self, database: &'a Arc<Database>) -> View<'a> {
        View { watched: Some(database), ..self }
    }

    pub(crate) fn brief(self, is_brief: bool) -> View<'a> {
        View { is_brief, ..self }
    }

    /// Whether the read is given up when it is long, and begun again where it holds up nobody: whoever finds out that an
    /// answer will be long fails with [`Error::TimedOut`].
    pub fn is_brief(&self) -> bool {
        self.is_brief
    }

    /// The database's key.
    pub fn key(&self) -> DatabaseKey {
        self.scope.key
    }

    /// The moment of the request.
    pub fn now(&self) -> Moment {
        self.scope.now
    }

    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.scope.actor
    }

    /// The actor's role on the database.
    pub fn role(&self) -> Role {
        self.scope.role
    }

    /// The users of the server.
    pub fn directory(&self) -> &Arc<Directory> {
        &self.scope.directory
    }

    /// The whole schema, whatever the actor may see of it: for settings and versions, not for naming tables.
    pub fn schema(&self) -> &Schema {
        &self.catalog.schema
    }

    /// The actor's role on a table.
    pub fn table_role(&self, table: TableId) -> Role {
        self.scope.actor.table_role(self.scope.role, self.scope.key, table)
    }

    /// The tables that the actor may see, by number.
    pub fn tables(&self) -> Vec<Arc<Table>> {
        let schema = &self.catalog.schema;
        schema.live_tables().filter(|t| self.table_role(t.id) > Role::None).map(|t| self.visible(t)).collect()
    }

    /// A table, without the fields that the actor may not see. What is not to be known is not found.
    pub fn table(&self, table: TableId) -> Result<Arc<Table>> {
        let found = self.catalog.schema.table(table)?;
        if self.table_role(table) == Role::None {
            return Err(Error::not_found(Subject::Table, table.0.to_string()));
        }
        Ok(self.visible(found))
    }

    fn visible(&self, table: &Arc<Table>) -> Arc<Table> {
        if self.scope.actor.grants.fields.is_empty() {
            return table.clone();
        }
        let role = self.table_role(table.id);
        let seen = |field: FieldId| self.scope.actor.field_role(role, self.scope.key, table.id, field) > Role::None;
        let mut shown = Table::clone(table);
        shown.fields.retain(|f| seen(f.id));
        Arc::new(shown)
    }

    /// Refuses what neither the actor's role nor the credential's scopes allow, on a table or the whole database.
    pub fn require(&self, table: Option<TableId>, ability: Ability) -> Result<()> {
        let role = match table {
            Some(table) if self.own.contains(&Made::Table(table)) => return Ok(()),
            Some(table) => self.table_role(table),
            None => self.scope.role,
        };
        if role == Role::None {
            return Err(Error::not_found(Subject::Table, String::new()));
        }
        if self.scope.actor.may(role, ability) { Ok(()) } else { Err(Error::Forbidden(ability)) }
    }

    /// Reads records. Fields that are not to be seen cannot be filtered, sorted, searched or projected.
    pub fn select(&mut self, query: &Query, each: &mut dyn FnMut(&RecordRow<'_>) -> Next) -> Result<()> {
        let query = self.admitted(query)?;
        if self.is_brief && !store::index::is_brief(&self.catalog, &query) {
            return Err(Error::TimedOut);
        }
        let names = SeenNames { scope: self.scope };
        let started = Instant::now();
        let result = print::select(self.tx, &self.catalog, &query, &names, each);
        if let (Some(database), Ok(())) = (self.watched, &result) {
            database.notice(self.tx, &self.catalog, &query, started.elapsed());
        }
        result
    }

    /// Records by their numbers, in that order; those that are not there are passed over.
    pub fn by_ids(
        &mut self,
        table: TableId,
        ids: &[RecordId],
        projection: &Projection,
        each: &mut dyn FnMut(&RecordRow<'_>) -> Next,
    ) -> Result<()> {
        self.require(Some(table), Ability::RecordRead)?;
        self.admit_projection(table, projection)?;
        print::by_ids(self.tx, &self.catalog, table, ids, projection, each)
    }

    /// Whether a record is there.
    pub fn exists(&mut self, record: RecordAddress) -> Result<bool> {
        self.require(Some(record.table), Ability::RecordRead)?;
        records::exists(self, record)
    }

    /// The sequence of the write that made a record what it is; none when it is not there.
    pub fn version(&mut self, record: RecordAddress) -> Result<Option<u64>> {
        let mut version = None;
        self.by_ids(record.table, &[record.record], &Projection::These(Vec::new()), &mut |row| {
            version = Some(row.seq());
            Ok(STOP)
        })?;
        Ok(version)
    }

    /// How many records a query finds, whatever its page. Inside a write, what the same group of writes created or
    /// deleted may not be counted yet when the query has no condition.
    pub fn count(&mut self, query: &Query) -> Result<u64> {
        let query = self.admitted(query)?;
        let names = SeenNames { scope: self.scope };
        print::count(self.tx, &self.catalog, &query, &names)
    }

    /// Measures over groups of records.
    pub fn summarize(&mut self, summary: &Summary) -> Result<Vec<(Vec<Value>, Vec<Value>)>> {
        let mut operands: Vec<&Operand> = summary.group.iter().map(|s| &s.by).collect();
        operands.extend(summary.measures.iter().map(|m| &m.over));
        self.admit_source(&summary.source, &summary.filter, &operands)?;
        let mut summary = summary.clone();
        summary.filter = self.at_now(&summary.source, summary.filter);
        let names = SeenNames { scope: self.scope };
        print::summarize(self.tx, &self.catalog, &summary, &names)
    }

    /// The value meant by loose input, with users and record titles known.
    pub fn coerce(&mut self, kind: &Kind, given: &Value) -> Option<Value> {
        let names = ReadingNames { tx: RefCell::new(&mut *self.tx), catalog: &self.catalog, scope: self.scope };
        kind.behaviour().coerce(given, &names)
    }

    /// A value as people see it.
    pub fn display(&mut self, kind: &Kind, value: &Value) -> String {
        let names = ReadingNames { tx: RefCell::new(&mut *self.tx), catalog: &self.catalog, scope: self.scope };
        kind.behaviour().display(value, &names)
    }

    fn admitted(&self, query: &Query) -> Result<Query> {
        let operands: Vec<&Operand> = query.sort.iter().map(|s| &s.by).collect();
        self.admit_source(&query.source, &query.filter, &operands)?;
        if let Source::Table(table) = query.source {
            self.admit_projection(table, &query.projection)?;
            if let Some(search) = &query.search {
                let seen = self.table(table)?;
                search.fields.iter().try_for_each(|f| seen.field(*f).map(drop))?;
            }
        }
        let mut query = query.clone();
        query.filter = self.at_now(&query.source, query.filter);
        Ok(query)
    }

    fn admit_source(&self, source: &Source, filter: &Filter, operands: &[&Operand]) -> Result<()> {
        filter.check_bounds()?;
        operands.iter().try_for_each(|operand| operand.check_bounds())?;
        let tables: &[TableId] = match source {
            Source::Table(table) => std::slice::from_ref(table),
            Source::Tables(tables) => tables,
        };
        for table in tables {
            let seen = self.table(*table)?;
            self.require(Some(*table), Ability::RecordRead)?;
            self.admit_filter(&seen, filter)?;
            operands.iter().try_for_each(|operand| self.admit_operand(&seen, operand))?;
        }
        Ok(())
    }

    /// Whether an expression still stands at the records of a table, and the actor may see all that it reads.
    pub fn sees(&self, table: TableId, expr: &Expr) -> bool {
        let stands = || {
            expr.class(&self.catalog.schema, table)?;
            self.admit_expr(&*self.table(table)?, expr)
        };
        stands().is_ok()
    }

    fn admit_filter(&self, table: &Table, filter: &Filter) -> Result<()> {
        match filter {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().try_for_each(|part| self.admit_filter(table, part)),
            Filter::Not(part) => self.admit_filter(table, part),
            Filter::Test(test) => self.admit_operand(table, &test.operand),
            Filter::Holds(expr) => self.admit_expr(table, expr),
        }
    }

    fn admit_projection(&self, table: TableId, projection: &Projection) -> Result<()> {
        let Projection::These(operands) = projection else { return Ok(()) };
        // Without grants on fields or tables there is nothing that could be hidden, and unknown fields of a door's own
        // making do not occur: lists need not look at each column again.
        if self.scope.actor.grants.fields.is_empty() && self.scope.actor.grants.tables.is_empty() {
            return Ok(());
        }
        let seen = self.table(table)?;
        operands.iter().try_for_each(|operand| self.admit_operand(&seen, operand))
    }

    /// Whether the actor may see what the operand reads, on this table and on those it reaches through links.
    fn admit_operand(&self, table: &Table, operand: &Operand) -> Result<()> {
        match operand {
            Operand::System(_) => Ok(()),
            Operand::Slot(slot) => self.admit_field(table, slot.field),
            Operand::Title(field) => {
                for target in link_targets(table.field(*field)?) {
                    let target = self.table(target)?;
                    target.field(target.primary)?;
                }
                Ok(())
            }
            Operand::Through { link, slot } => link_targets(table.field(*link)?)
                .into_iter()
                .try_for_each(|target| self.table(target)?.field(slot.field).map(drop)),
            Operand::Expr(expr) => self.admit_expr(table, expr),
        }
    }

    /// Whether the actor may see all that an expression reads, in this table and in those it reaches.
    fn admit_expr(&self, table: &Table, expr: &Expr) -> Result<()> {
        match expr {
            Expr::Cell(operand) => self.admit_operand(table, operand),
            Expr::At { link, table: target, of } => self.admit_expr(&*self.linked(table, *link, *target)?, of),
            Expr::Over { link, table: target, only, function: _, of } => {
                let target = self.linked(table, *link, *target)?;
                self.admit_expr(&target, only)?;
                self.admit_expr(&target, of)
            }
            Expr::Constant(_)
            | Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::If { .. }
            | Expr::Compare { .. }
            | Expr::Calculate { .. }
            | Expr::Call { .. } => expr.parts().into_iter().try_for_each(|part| self.admit_expr(table, part)),
        }
    }

    /// The table at the other side of a link, if the actor may see the link and read records there.
    fn linked(&self, table: &Table, link: FieldId, target: TableId) -> Result<Arc<Table>> {
        table.field(link)?;
        let target = self.table(target)?;
        self.require(Some(target.id), Ability::RecordRead)?;
        Ok(target)
    }

    fn admit_field(&self, table: &Table, field: FieldId) -> Result<()> {
        match &table.field(field)?.kind {
            Kind::Lookup(lookup) => self.table(lookup.target_table)?.field(lookup.target).map(drop),
            Kind::Rollup(rollup) => self.table(rollup.target_table)?.field(rollup.target).map(drop),
            _ => Ok(()),
        }
    }

    fn at_now(&self, source: &Source, filter: Filter) -> Filter {
        let table = match source {
            Source::Table(table) => self.catalog.schema.table(*table).ok().cloned(),
            Source::Tables(_) => None,
        };
        let holds_days =
            |table: &Table, field: FieldId| table.field(field).is_ok_and(|field| field.kind.class() == Class::Date);
        filter.at(self.scope.now, &|operand| match (operand, &table) {
            (Operand::Slot(slot), Some(table)) => holds_days(table, slot.field),
            (Operand::Through { link, slot }, Some(table)) => {
                let targets = table.field(*link).map(link_targets).unwrap_or_default();
                let target = targets.first().and_then(|target| self.catalog.schema.table(*target).ok());
                target.is_some_and(|target| holds_days(target, slot.field))
            }
            (Operand::Expr(expr), Some(table)) => {
                expr.class(&self.catalog.schema, table.id).is_ok_and(|class| class == Some(Class::Date))
            }
            (
                Operand::Slot(_) | Operand::System(_) | Operand::Through { .. } | Operand::Title(_) | Operand::Expr(_),
                _,
            ) => false,
        })
    }
}

/// The tables that a field's links lead to.
pub(crate) fn link_targets(field: &model::Field) -> Vec<TableId> {
    match &field.kind {
        Kind::Reference(reference) => reference.targets.clone(),
        Kind::Links(links) => links.targets.clone(),
        Kind::Reverse(reverse) => vec![reverse.table],
        _ => Vec::new(),
    }
}
