//! Grants: the roles of users, and of tokens without a user, on workspaces, databases, tables and fields.

use super::{MAX_LIST, id, number};
use crate::tx::{self, GO_ON, Tx};
use model::access::Grants;
use model::{Cell, DatabaseId, DatabaseKey, FieldId, Result, Role, TableId, TokenId, UserId, WorkspaceId};

/// Who holds a role.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Holder {
    User(UserId),
    Token(TokenId),
}

/// On what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Workspace(WorkspaceId),
    Database(DatabaseId),
    Table(DatabaseId, TableId),
    Field(DatabaseId, TableId, FieldId),
}

/// A grant of a list.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GrantRow {
    pub holder: Holder,
    pub place: Place,
    pub role: Role,
    /// UTC milliseconds.
    pub created_at: i64,
}

const OF_HOLDER: &str = "SELECT g.workspace_id, d.key, g.table_id, g.field_id, g.role FROM grants g \
                         LEFT JOIN databases d ON d.id = g.database_id WHERE g.user_id = ?1 AND g.token_id = ?2";
const COLUMNS: &str = "user_id, token_id, workspace_id, database_id, table_id, field_id, role, created_at";
const PUT: &str = "INSERT INTO grants (user_id, token_id, workspace_id, database_id, table_id, field_id, role, created_at) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
                   ON CONFLICT (user_id, token_id, workspace_id, database_id, table_id, field_id) \
                   DO UPDATE SET role = excluded.role";
const REMOVE: &str = "DELETE FROM grants WHERE user_id = ?1 AND token_id = ?2 AND workspace_id = ?3 \
                      AND database_id = ?4 AND table_id = ?5 AND field_id = ?6";
const GET: &str = "SELECT role FROM grants WHERE user_id = ?1 AND token_id = ?2 AND workspace_id = ?3 \
                   AND database_id = ?4 AND table_id = ?5 AND field_id = ?6";
const REMOVE_OF_USER: &str = "DELETE FROM grants WHERE user_id = ?1";
const REMOVE_OF_TOKEN: &str = "DELETE FROM grants WHERE token_id = ?1";
const REMOVE_OF_WORKSPACE: &str = "DELETE FROM grants WHERE workspace_id = ?1";
const REMOVE_OF_DATABASE: &str = "DELETE FROM grants WHERE database_id = ?1";
const REMOVE_WITHIN: &str = "DELETE FROM grants WHERE user_id = ?1 AND database_id = ?2";
const OWNERS: &str = "SELECT count(*) FROM grants g JOIN users u ON u.id = g.user_id \
                      WHERE g.workspace_id = ?1 AND g.role = 5 AND u.state = 0 AND u.id != ?2";
const IN_WORKSPACE: &str = "SELECT 1 FROM grants g LEFT JOIN databases d ON d.id = g.database_id \
                            WHERE g.user_id = ?1 AND g.role > 0 AND g.table_id = 0 \
                            AND (g.workspace_id = ?2 OR d.workspace_id = ?2) LIMIT 1";
const OWNED_BY: &str = "SELECT workspace_id FROM grants g JOIN workspaces w ON w.id = g.workspace_id \
                        WHERE g.user_id = ?1 AND g.role = 5 AND w.deleted_at IS NULL ORDER BY workspace_id";

/// All roles of a holder.
pub fn of_holder(tx: &mut dyn Tx, holder: Holder) -> Result<Grants> {
    let mut grants = Grants::default();
    let [user, token] = holder_cells(holder);
    tx.query(OF_HOLDER, &[user, token], &mut |row| {
        let role = role_of(number(row, 4));
        let (workspace, table, field) = (id(row, 0), TableId(id(row, 2)), FieldId(id(row, 3)));
        match row.cell(1).text().and_then(DatabaseKey::parse) {
            None if workspace > 0 => drop(grants.workspaces.insert(WorkspaceId(workspace), role)),
            None => {}
            Some(key) if table.0 == 0 => drop(grants.databases.insert(key, role)),
            Some(key) if field.0 == 0 => drop(grants.tables.insert((key, table), role)),
            Some(key) => drop(grants.fields.insert((key, table, field), role)),
        }
        Ok(GO_ON)
    })?;
    Ok(grants)
}

/// The grants on a workspace.
pub fn of_workspace(tx: &mut dyn Tx, workspace: WorkspaceId) -> Result<Vec<GrantRow>> {
    list(tx, "workspace_id = ?1", workspace.0)
}

/// The grants on a database, its tables and fields.
pub fn of_database(tx: &mut dyn Tx, database: DatabaseId) -> Result<Vec<GrantRow>> {
    list(tx, "database_id = ?1", database.0)
}

/// The role that a holder was given on a place.
pub fn get(tx: &mut dyn Tx, holder: Holder, place: Place) -> Result<Option<Role>> {
    tx::first(tx, GET, &key_cells(holder, place), |row| Ok(role_of(number(row, 0))))
}

/// Gives a role, in the place of the one that is there.
pub fn put(tx: &mut dyn Tx, holder: Holder, place: Place, role: Role, at: i64) -> Result<()> {
    let mut params = key_cells(holder, place).to_vec();
    params.extend([Cell::Integer(code(role)), Cell::Integer(at)]);
    tx.execute(PUT, &params)?;
    Ok(())
}

/// Takes a role away. Whether there was one.
pub fn remove(tx: &mut dyn Tx, holder: Holder, place: Place) -> Result<bool> {
    Ok(tx.execute(REMOVE, &key_cells(holder, place))? > 0)
}

/// Takes away all roles of a user on a database, its tables and fields.
pub fn remove_within(tx: &mut dyn Tx, user: UserId, database: DatabaseId) -> Result<bool> {
    Ok(tx.execute(REMOVE_WITHIN, &[Cell::Integer(user.0.into()), Cell::Integer(database.0.into())])? > 0)
}

/// Takes away all roles of a holder.
pub fn remove_of(tx: &mut dyn Tx, holder: Holder) -> Result<()> {
    match holder {
        Holder::User(user) => tx.execute(REMOVE_OF_USER, &[Cell::Integer(user.0.into())])?,
        Holder::Token(token) => tx.execute(REMOVE_OF_TOKEN, &[Cell::Integer(token.0.into())])?,
    };
    Ok(())
}

/// Takes away all roles on a workspace.
pub fn remove_of_workspace(tx: &mut dyn Tx, workspace: WorkspaceId) -> Result<()> {
    tx.execute(REMOVE_OF_WORKSPACE, &[Cell::Integer(workspace.0.into())])?;
    Ok(())
}

/// Takes away all roles on a database.
pub fn remove_of_database(tx: &mut dyn Tx, database: DatabaseId) -> Result<()> {
    tx.execute(REMOVE_OF_DATABASE, &[Cell::Integer(database.0.into())])?;
    Ok(())
}

/// How many active users other than this one own a workspace.
pub fn other_owners(tx: &mut dyn Tx, workspace: WorkspaceId, user: UserId) -> Result<u64> {
    let params = [Cell::Integer(workspace.0.into()), Cell::Integer(user.0.into())];
    let found = tx::first(tx, OWNERS, &params, |row| Ok(number(row, 0)))?;
    Ok(found.unwrap_or(0).max(0) as u64)
}

/// Whether a user has a role on a workspace or on a database of it.
pub fn is_in_workspace(tx: &mut dyn Tx, user: UserId, workspace: WorkspaceId) -> Result<bool> {
    let params = [Cell::Integer(user.0.into()), Cell::Integer(workspace.0.into())];
    Ok(tx::first(tx, IN_WORKSPACE, &params, |_| Ok(()))?.is_some())
}

/// The live workspaces that a user owns.
pub fn owned_by(tx: &mut dyn Tx, user: UserId) -> Result<Vec<WorkspaceId>> {
    tx::all(tx, OWNED_BY, &[Cell::Integer(user.0.into())], |row| Ok(WorkspaceId(id(row, 0))))
}

fn list(tx: &mut dyn Tx, condition: &str, of: u32) -> Result<Vec<GrantRow>> {
    let sql = format!("SELECT {COLUMNS} FROM grants WHERE {condition} ORDER BY created_at, user_id LIMIT {MAX_LIST}");
    tx::all(tx, &sql, &[Cell::Integer(of.into())], |row| {
        let holder = match id(row, 0) {
            0 => Holder::Token(TokenId(id(row, 1))),
            user => Holder::User(UserId(user)),
        };
        let (database, table, field) = (DatabaseId(id(row, 3)), TableId(id(row, 4)), FieldId(id(row, 5)));
        let place = match (id(row, 2), table.0, field.0) {
            (0, 0, _) => Place::Database(database),
            (0, _, 0) => Place::Table(database, table),
            (0, _, _) => Place::Field(database, table, field),
            (workspace, _, _) => Place::Workspace(WorkspaceId(workspace)),
        };
        Ok(GrantRow { holder, place, role: role_of(number(row, 6)), created_at: number(row, 7) })
    })
}

pub(super) fn holder_cells(holder: Holder) -> [Cell<'static>; 2] {
    match holder {
        Holder::User(user) => [Cell::Integer(user.0.into()), Cell::Integer(0)],
        Holder::Token(token) => [Cell::Integer(0), Cell::Integer(token.0.into())],
    }
}

fn key_cells(holder: Holder, place: Place) -> [Cell<'static>; 6] {
    let [user, token] = holder_cells(holder);
    let (workspace, database, table, field) = match place {
        Place::Workspace(workspace) => (workspace.0, 0, 0, 0),
        Place::Database(database) => (0, database.0, 0, 0),
        Place::Table(database, table) => (0, database.0, table.0, 0),
        Place::Field(database, table, field) => (0, database.0, table.0, field.0),
    };
    let cell = |number: u32| Cell::Integer(number.into());
    [user, token, cell(workspace), cell(database), cell(table), cell(field)]
}

/// The number under which a role is kept.
pub(super) fn code(role: Role) -> i64 {
    match role {
        Role::None => 0,
        Role::Read => 1,
        Role::Comment => 2,
        Role::Edit => 3,
        Role::Manage => 4,
        Role::Owner => 5,
    }
}

/// The role of a number that is kept.
pub(super) fn role_of(code: i64) -> Role {
    match code {
        1 => Role::Read,
        2 => Role::Comment,
        3 => Role::Edit,
        4 => Role::Manage,
        5 => Role::Owner,
        // A code of no meaning gives nothing.
        _ => Role::None,
    }
}
