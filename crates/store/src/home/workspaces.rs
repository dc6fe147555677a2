//! Workspaces: groups of databases with members of their own.

use super::{MAX_LIST, id, next_number, number, text};
use crate::tx::{self, Row, Tx};
use model::{Cell, Result, UserId, WorkspaceId};

/// A workspace as stored.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkspaceRow {
    pub id: WorkspaceId,
    pub name: String,
    /// UTC milliseconds.
    pub created_at: i64,
}

/// A deleted workspace. Times are UTC milliseconds.
#[derive(Clone, PartialEq, Debug)]
pub struct DeletedRow {
    pub id: WorkspaceId,
    pub name: String,
    pub deleted_at: i64,
    pub deleted_by: Option<UserId>,
}

const DELETED: &str = "SELECT id, name, deleted_at, deleted_by FROM workspaces WHERE deleted_at >= ?1 \
                       ORDER BY deleted_at DESC, id LIMIT ?2";
const NOTE_DELETER: &str = "UPDATE workspaces SET deleted_by = ?2 WHERE id = ?1";
const UNDELETE: &str = "UPDATE workspaces SET deleted_at = NULL, deleted_by = NULL WHERE id = ?1 AND deleted_at = ?2";
const FORGETTABLE: &str = "SELECT id FROM workspaces WHERE deleted_at < ?1 \
                           AND NOT EXISTS (SELECT 1 FROM databases d WHERE d.workspace_id = workspaces.id) LIMIT 1000";
const REMOVE: &str = "DELETE FROM workspaces WHERE id = ?1";
const INSERT: &str = "INSERT INTO workspaces (id, name, created_at) VALUES (?3, ?1, ?2)";
const GET: &str = "SELECT id, name, created_at FROM workspaces WHERE id = ?1 AND deleted_at IS NULL";
const ALL: &str = "SELECT id, name, created_at FROM workspaces WHERE deleted_at IS NULL ORDER BY id LIMIT ?1";
const RENAME: &str = "UPDATE workspaces SET name = ?2 WHERE id = ?1";
const DELETE: &str = "UPDATE workspaces SET deleted_at = ?2 WHERE id = ?1";

/// Makes a workspace.
pub fn insert(tx: &mut dyn Tx, name: &str, at: i64) -> Result<WorkspaceId> {
    let id = next_number(tx, "workspaces")?;
    tx.execute(INSERT, &[Cell::Text(name), Cell::Integer(at), Cell::Integer(id.into())])?;
    Ok(WorkspaceId(id))
}

/// A workspace that is not deleted.
pub fn find(tx: &mut dyn Tx, workspace: WorkspaceId) -> Result<Option<WorkspaceRow>> {
    tx::first(tx, GET, &[Cell::Integer(workspace.0.into())], |row| Ok(read(row)))
}

/// The workspaces by number, at most [`MAX_LIST`].
pub fn all(tx: &mut dyn Tx) -> Result<Vec<WorkspaceRow>> {
    tx::all(tx, ALL, &[Cell::Integer(MAX_LIST as i64)], |row| Ok(read(row)))
}

/// Renames a workspace.
pub fn rename(tx: &mut dyn Tx, workspace: WorkspaceId, name: &str) -> Result<()> {
    tx.execute(RENAME, &[Cell::Integer(workspace.0.into()), Cell::Text(name)])?;
    Ok(())
}

/// Marks a workspace deleted. Its databases are the caller's business.
pub fn delete(tx: &mut dyn Tx, workspace: WorkspaceId, at: i64) -> Result<()> {
    tx.execute(DELETE, &[Cell::Integer(workspace.0.into()), Cell::Integer(at)])?;
    Ok(())
}

/// Notes who deleted it.
pub fn note_deleter(tx: &mut dyn Tx, workspace: WorkspaceId, user: Option<UserId>) -> Result<()> {
    let user = super::number_cell(user.map(|user| user.0.into()));
    tx.execute(NOTE_DELETER, &[Cell::Integer(workspace.0.into()), user]).map(drop)
}

/// The workspaces deleted since an instant, newest first, at most [`MAX_LIST`].
pub fn deleted(tx: &mut dyn Tx, since: i64) -> Result<Vec<DeletedRow>> {
    tx::all(tx, DELETED, &[Cell::Integer(since), Cell::Integer(MAX_LIST as i64)], |row| {
        let deleted_by = row.cell(3).integer().and_then(|user| u32::try_from(user).ok()).map(UserId);
        Ok(DeletedRow { id: WorkspaceId(id(row, 0)), name: text(row, 1), deleted_at: number(row, 2), deleted_by })
    })
}

/// Makes a workspace that was deleted at an instant live again. Whether it was.
pub fn undelete(tx: &mut dyn Tx, workspace: WorkspaceId, at: i64) -> Result<bool> {
    Ok(tx.execute(UNDELETE, &[Cell::Integer(workspace.0.into()), Cell::Integer(at)])? > 0)
}

/// The workspaces deleted before an instant that have no database left, some of them when they are many.
pub fn forgettable(tx: &mut dyn Tx, before: i64) -> Result<Vec<WorkspaceId>> {
    tx::all(tx, FORGETTABLE, &[Cell::Integer(before)], |row| Ok(WorkspaceId(id(row, 0))))
}

/// Removes a workspace for good. Grants on it and its databases are the caller's business.
pub fn remove(tx: &mut dyn Tx, workspace: WorkspaceId) -> Result<()> {
    tx.execute(REMOVE, &[Cell::Integer(workspace.0.into())]).map(drop)
}

fn read(row: &dyn Row) -> WorkspaceRow {
    WorkspaceRow { id: WorkspaceId(id(row, 0)), name: text(row, 1), created_at: number(row, 2) }
}
