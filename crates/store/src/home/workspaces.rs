//! Workspaces: groups of databases with members of their own.

use super::{MAX_LIST, id, next_number, number, text};
use crate::tx::{self, Row, Tx};
use model::{Cell, Result, WorkspaceId};

/// A workspace as stored.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkspaceRow {
    pub id: WorkspaceId,
    pub name: String,
    /// UTC milliseconds.
    pub created_at: i64,
}

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

fn read(row: &dyn Row) -> WorkspaceRow {
    WorkspaceRow { id: WorkspaceId(id(row, 0)), name: text(row, 1), created_at: number(row, 2) }
}
