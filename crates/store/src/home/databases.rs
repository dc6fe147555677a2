//! The list of databases. What a database holds is in its own file.

use super::{MAX_LIST, id, next_number, number, optional_text, text, text_cell};
use crate::database::catalog::{stored, to_stored};
use crate::tx::{self, Row, Tx};
use model::{Bag, Cell, DatabaseId, DatabaseKey, Error, Result, UserId, WorkspaceId};

/// A database as listed. Times are UTC milliseconds.
#[derive(Clone, PartialEq, Debug)]
pub struct DatabaseRow {
    pub id: DatabaseId,
    pub key: DatabaseKey,
    pub workspace: WorkspaceId,
    pub name: String,
    pub icon: Option<String>,
    pub created_at: i64,
    /// When it was deleted; its file is in the trash then.
    pub deleted_at: Option<i64>,
    pub bag: Bag,
}

/// A deleted database of a live workspace. Times are UTC milliseconds.
#[derive(Clone, PartialEq, Debug)]
pub struct DeletedRow {
    pub key: DatabaseKey,
    pub workspace: WorkspaceId,
    pub name: String,
    pub deleted_at: i64,
    pub deleted_by: Option<UserId>,
}

/// A database to be listed.
#[derive(Clone, Copy, Debug)]
pub struct NewDatabase<'a> {
    pub key: DatabaseKey,
    pub workspace: WorkspaceId,
    pub name: &'a str,
    pub icon: Option<&'a str>,
    pub at: i64,
}

const COLUMNS: &str =
    "d.id, d.key, d.workspace_id, d.name, d.icon, d.created_at, coalesce(d.deleted_at, w.deleted_at), d.bag";
const FROM: &str = "FROM databases d JOIN workspaces w ON w.id = d.workspace_id";
const LIVE: &str = "d.deleted_at IS NULL AND w.deleted_at IS NULL";
const INSERT: &str = "INSERT INTO databases (id, key, workspace_id, name, icon, created_at, rank) \
                      VALUES (?7, ?1, ?2, ?3, ?4, ?5, ?6)";
const LAST_RANK: &str = "SELECT max(rank) FROM databases WHERE workspace_id = ?1";
const UPDATE: &str = "UPDATE databases SET name = ?2, icon = ?3, bag = ?4 WHERE id = ?1";
const SET_DELETED: &str = "UPDATE databases SET deleted_at = ?2 WHERE id = ?1";
const DELETE_OF_WORKSPACE: &str = "UPDATE databases SET deleted_at = ?2 WHERE workspace_id = ?1 AND deleted_at IS NULL";
const NOTE_DELETER: &str = "UPDATE databases SET deleted_by = ?2 WHERE id = ?1";
const UNDELETE_OF_WORKSPACE: &str =
    "UPDATE databases SET deleted_at = NULL, deleted_by = NULL WHERE workspace_id = ?1 AND deleted_at = ?2";
const DELETED: &str = "SELECT d.key, d.workspace_id, d.name, d.deleted_at, d.deleted_by FROM databases d \
                       JOIN workspaces w ON w.id = d.workspace_id WHERE d.deleted_at >= ?1 AND w.deleted_at IS NULL \
                       ORDER BY d.deleted_at DESC, d.id LIMIT ?2";
const REMOVE: &str = "DELETE FROM databases WHERE id = ?1";

/// Lists a new database, last in its workspace.
pub fn insert(tx: &mut dyn Tx, database: &NewDatabase<'_>) -> Result<DatabaseId> {
    let workspace = Cell::Integer(database.workspace.0.into());
    let last = tx::first(tx, LAST_RANK, &[workspace], |row| Ok(optional_text(row, 0)))?.flatten();
    let rank = model::rank::between(last.as_deref(), None);
    let id = next_number(tx, "databases")?;
    let params = [
        Cell::Text(database.key.as_str()),
        workspace,
        Cell::Text(database.name),
        text_cell(database.icon),
        Cell::Integer(database.at),
        Cell::Text(&rank),
        Cell::Integer(id.into()),
    ];
    tx.execute(INSERT, &params)?;
    Ok(DatabaseId(id))
}

/// A database, deleted or not.
pub fn find(tx: &mut dyn Tx, key: DatabaseKey) -> Result<Option<DatabaseRow>> {
    tx::first(tx, &format!("SELECT {COLUMNS} {FROM} WHERE d.key = ?1"), &[Cell::Text(key.as_str())], read)
}

/// A database by its number, deleted or not.
pub fn numbered(tx: &mut dyn Tx, database: DatabaseId) -> Result<Option<DatabaseRow>> {
    tx::first(tx, &format!("SELECT {COLUMNS} {FROM} WHERE d.id = ?1"), &[Cell::Integer(database.0.into())], read)
}

/// The live databases of a workspace in their order, at most [`MAX_LIST`].
pub fn of_workspace(tx: &mut dyn Tx, workspace: WorkspaceId) -> Result<Vec<DatabaseRow>> {
    let sql =
        format!("SELECT {COLUMNS} {FROM} WHERE d.workspace_id = ?1 AND {LIVE} ORDER BY d.rank, d.id LIMIT {MAX_LIST}");
    tx::all(tx, &sql, &[Cell::Integer(workspace.0.into())], read)
}

/// The deleted databases of a live workspace, the last deleted first, at most [`MAX_LIST`].
pub fn deleted_of_workspace(tx: &mut dyn Tx, workspace: WorkspaceId) -> Result<Vec<DatabaseRow>> {
    let sql = format!(
        "SELECT {COLUMNS} {FROM} WHERE d.workspace_id = ?1 AND d.deleted_at IS NOT NULL AND w.deleted_at IS NULL \
         ORDER BY d.deleted_at DESC, d.id LIMIT {MAX_LIST}"
    );
    tx::all(tx, &sql, &[Cell::Integer(workspace.0.into())], read)
}

/// Hands out all databases, deleted ones included, by workspace and in their order.
pub fn each(tx: &mut dyn Tx, each: &mut dyn FnMut(DatabaseRow) -> Result<()>) -> Result<()> {
    let sql = format!("SELECT {COLUMNS} {FROM} ORDER BY d.workspace_id, d.rank, d.id");
    tx.query(&sql, &[], &mut |row| {
        each(read(row)?)?;
        Ok(tx::GO_ON)
    })
}

/// Stores name, icon and bag.
pub fn update(tx: &mut dyn Tx, database: &DatabaseRow) -> Result<()> {
    let bag = to_stored(&database.bag)?;
    let params = [
        Cell::Integer(database.id.0.into()),
        Cell::Text(&database.name),
        text_cell(database.icon.as_deref()),
        Cell::Text(&bag),
    ];
    tx.execute(UPDATE, &params)?;
    Ok(())
}

/// Marks a database deleted at a time, or live again.
pub fn set_deleted(tx: &mut dyn Tx, database: DatabaseId, at: Option<i64>) -> Result<()> {
    tx.execute(SET_DELETED, &[Cell::Integer(database.0.into()), super::number_cell(at)])?;
    Ok(())
}

/// Notes who deleted it.
pub fn note_deleter(tx: &mut dyn Tx, database: DatabaseId, user: Option<UserId>) -> Result<()> {
    let user = super::number_cell(user.map(|user| user.0.into()));
    tx.execute(NOTE_DELETER, &[Cell::Integer(database.0.into()), user]).map(drop)
}

/// Makes those databases of a workspace live again that were deleted at this instant.
pub fn undelete_of_workspace(tx: &mut dyn Tx, workspace: WorkspaceId, at: i64) -> Result<()> {
    tx.execute(UNDELETE_OF_WORKSPACE, &[Cell::Integer(workspace.0.into()), Cell::Integer(at)]).map(drop)
}

/// The databases of live workspaces that were deleted since an instant, newest first, at most [`MAX_LIST`].
pub fn deleted(tx: &mut dyn Tx, since: i64) -> Result<Vec<DeletedRow>> {
    tx::all(tx, DELETED, &[Cell::Integer(since), Cell::Integer(MAX_LIST as i64)], |row| {
        let key = text(row, 0);
        Ok(DeletedRow {
            key: DatabaseKey::parse(&key)
                .ok_or_else(|| Error::Unavailable(format!("the home store lists a database of the key {key:?}")))?,
            workspace: WorkspaceId(id(row, 1)),
            name: text(row, 2),
            deleted_at: number(row, 3),
            deleted_by: row.cell(4).integer().and_then(|user| u32::try_from(user).ok()).map(UserId),
        })
    })
}

/// Marks the live databases of a workspace deleted.
pub fn delete_of_workspace(tx: &mut dyn Tx, workspace: WorkspaceId, at: i64) -> Result<()> {
    tx.execute(DELETE_OF_WORKSPACE, &[Cell::Integer(workspace.0.into()), Cell::Integer(at)])?;
    Ok(())
}

/// Takes a database off the list for good, with the grants on it, the invitations to it and the tokens that it handed out.
pub fn remove(tx: &mut dyn Tx, database: DatabaseId) -> Result<()> {
    for token in super::secrets::tokens_of(tx, database)? {
        super::tokens::remove(tx, token)?;
    }
    super::secrets::remove_of_database(tx, database)?;
    super::grants::remove_of_database(tx, database)?;
    super::invitations::delete_of_database(tx, database)?;
    tx.execute(REMOVE, &[Cell::Integer(database.0.into())])?;
    Ok(())
}

fn read(row: &dyn Row) -> Result<DatabaseRow> {
    let key = text(row, 1);
    Ok(DatabaseRow {
        id: DatabaseId(id(row, 0)),
        key: DatabaseKey::parse(&key)
            .ok_or_else(|| Error::Unavailable(format!("the home store lists a database of the key {key:?}")))?,
        workspace: WorkspaceId(id(row, 2)),
        name: text(row, 3),
        icon: optional_text(row, 4),
        created_at: number(row, 5),
        deleted_at: row.cell(6).integer(),
        bag: stored(row.cell(7).text())?,
    })
}
