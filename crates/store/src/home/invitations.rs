//! Invitations. Only the hash of an invitation's code is kept; one that is used up or revoked is gone.

use super::sessions::Hash;
use super::{grants, id, next_number, number, number_cell, text};
use crate::tx::{self, Row, Tx};
use model::{Cell, DatabaseId, InvitationId, Result, Role, TokenId, UserId, WorkspaceId};

/// What an invitation is to: a database is named with its workspace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct To {
    pub workspace: WorkspaceId,
    pub database: Option<DatabaseId>,
}

/// An invitation as stored. Times are UTC milliseconds.
#[derive(Clone, PartialEq, Debug)]
pub struct InvitationRow {
    pub id: InvitationId,
    pub to: To,
    pub role: Role,
    /// The folded address that it was mailed to; none for a link, which may be used many times.
    pub email: Option<String>,
    /// None: a token without a user, or the command line.
    pub created_by: Option<UserId>,
    /// The token without a user that made it.
    pub by_token: Option<TokenId>,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    /// Who is invited by name: a row among the users that waits for it.
    pub person: Option<UserId>,
    /// The address as it was given, of one with a person.
    pub address: String,
}

const COLUMNS: &str = "id, workspace_id, database_id, role, email_folded, created_by, created_at, expires_at, token_id, \
                       person, address";
const INSERT: &str = "INSERT INTO invitations (id, hash, workspace_id, database_id, role, email_folded, created_by, \
                      created_at, expires_at, token_id, person, address) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
const SET_ROLE: &str = "UPDATE invitations SET role = ?2 WHERE id = ?1";
const DELETE: &str = "DELETE FROM invitations WHERE id = ?1";
const DELETE_MAILED: &str =
    "DELETE FROM invitations WHERE workspace_id = ?1 AND database_id = ?2 AND email_folded = ?3";
const DELETE_EXPIRED: &str = "DELETE FROM invitations WHERE expires_at <= ?1";
const DELETE_OF_USER: &str = "DELETE FROM invitations WHERE created_by = ?1";
const DELETE_OF_DATABASE: &str = "DELETE FROM invitations WHERE database_id = ?1";
const COUNT: &str = "SELECT count(*) FROM invitations WHERE workspace_id = ?1 AND database_id = ?2";

/// Keeps an invitation under a new number.
pub fn insert(tx: &mut dyn Tx, hash: &Hash, invitation: &InvitationRow) -> Result<InvitationId> {
    let id = next_number(tx, "invitations")?;
    let [workspace, database] = place(invitation.to);
    let params = [
        Cell::Integer(id.into()),
        Cell::Bytes(hash),
        workspace,
        database,
        Cell::Integer(grants::code(invitation.role)),
        Cell::Text(invitation.email.as_deref().unwrap_or_default()),
        Cell::Integer(invitation.created_by.map_or(0, |user| user.0.into())),
        Cell::Integer(invitation.created_at),
        number_cell(invitation.expires_at),
        number_cell(invitation.by_token.map(|token| token.0.into())),
        number_cell(invitation.person.map(|user| user.0.into())),
        Cell::Text(&invitation.address),
    ];
    tx.execute(INSERT, &params)?;
    Ok(InvitationId(id))
}

/// The invitation of a code's hash.
pub fn by_hash(tx: &mut dyn Tx, hash: &Hash) -> Result<Option<InvitationRow>> {
    let sql = format!("SELECT {COLUMNS} FROM invitations WHERE hash = ?1");
    tx::first(tx, &sql, &[Cell::Bytes(hash)], |row| Ok(read(row)))
}

/// An invitation.
pub fn find(tx: &mut dyn Tx, invitation: InvitationId) -> Result<Option<InvitationRow>> {
    let sql = format!("SELECT {COLUMNS} FROM invitations WHERE id = ?1");
    tx::first(tx, &sql, &[Cell::Integer(invitation.0.into())], |row| Ok(read(row)))
}

/// The links to a place, oldest first.
pub fn links(tx: &mut dyn Tx, to: To) -> Result<Vec<InvitationRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM invitations WHERE workspace_id = ?1 AND database_id = ?2 AND email_folded = '' \
         ORDER BY id LIMIT {}",
        super::MAX_LIST
    );
    tx::all(tx, &sql, &place(to), |row| Ok(read(row)))
}

/// The invitations of people by name to a place, oldest first.
pub fn of_people(tx: &mut dyn Tx, to: To) -> Result<Vec<InvitationRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM invitations WHERE workspace_id = ?1 AND database_id = ?2 AND person IS NOT NULL \
         ORDER BY id LIMIT {}",
        super::MAX_LIST
    );
    tx::all(tx, &sql, &place(to), |row| Ok(read(row)))
}

/// What was mailed to an address for a place.
pub fn mailed(tx: &mut dyn Tx, to: To, email: &str) -> Result<Option<InvitationRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM invitations WHERE workspace_id = ?1 AND database_id = ?2 AND email_folded = ?3");
    let [workspace, database] = place(to);
    tx::first(tx, &sql, &[workspace, database, Cell::Text(email)], |row| Ok(read(row)))
}

/// How many invitations to a place there are.
pub fn count(tx: &mut dyn Tx, to: To) -> Result<usize> {
    let found = tx::first(tx, COUNT, &place(to), |row| Ok(number(row, 0)))?;
    Ok(found.unwrap_or(0).max(0) as usize)
}

/// Gives an invitation another role.
pub fn set_role(tx: &mut dyn Tx, invitation: InvitationId, role: Role) -> Result<()> {
    tx.execute(SET_ROLE, &[Cell::Integer(invitation.0.into()), Cell::Integer(grants::code(role))])?;
    Ok(())
}

/// Ends an invitation.
pub fn delete(tx: &mut dyn Tx, invitation: InvitationId) -> Result<()> {
    tx.execute(DELETE, &[Cell::Integer(invitation.0.into())])?;
    Ok(())
}

/// Ends what was mailed to an address before, for the same place.
pub fn delete_mailed(tx: &mut dyn Tx, to: To, email: &str) -> Result<()> {
    let [workspace, database] = place(to);
    tx.execute(DELETE_MAILED, &[workspace, database, Cell::Text(email)])?;
    Ok(())
}

/// Ends all invitations that a user made.
pub fn delete_of_user(tx: &mut dyn Tx, user: UserId) -> Result<()> {
    tx.execute(DELETE_OF_USER, &[Cell::Integer(user.0.into())])?;
    Ok(())
}

/// Ends all invitations to a database.
pub fn delete_of_database(tx: &mut dyn Tx, database: DatabaseId) -> Result<()> {
    tx.execute(DELETE_OF_DATABASE, &[Cell::Integer(database.0.into())])?;
    Ok(())
}

/// Takes away the invitations that ended before `now`.
pub fn delete_expired(tx: &mut dyn Tx, now: i64) -> Result<()> {
    tx.execute(DELETE_EXPIRED, &[Cell::Integer(now)])?;
    Ok(())
}

fn place(to: To) -> [Cell<'static>; 2] {
    [Cell::Integer(to.workspace.0.into()), Cell::Integer(to.database.map_or(0, |database| database.0.into()))]
}

fn read(row: &dyn Row) -> InvitationRow {
    InvitationRow {
        id: InvitationId(id(row, 0)),
        to: To { workspace: WorkspaceId(id(row, 1)), database: Some(DatabaseId(id(row, 2))).filter(|id| id.0 > 0) },
        role: grants::role_of(number(row, 3)),
        email: Some(text(row, 4)).filter(|email| !email.is_empty()),
        created_by: Some(UserId(id(row, 5))).filter(|user| user.0 > 0),
        created_at: number(row, 6),
        expires_at: row.cell(7).integer(),
        by_token: Some(TokenId(id(row, 8))).filter(|token| token.0 > 0),
        person: Some(UserId(id(row, 9))).filter(|user| user.0 > 0),
        address: text(row, 10),
    }
}
