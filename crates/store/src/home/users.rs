//! Users. A deleted one keeps its number and name, so that history stays readable; everything else of it is erased.

use super::{MAX_LIST, id, next_number, number, optional_text, text, text_cell};
use crate::database::catalog::{stored, to_stored};
use crate::tx::{self, Row, Tx};
use model::{Bag, Cell, Error, Path, Result, Rule, Subject, UserId};

/// Whether a user may come in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UserState {
    Active,
    /// Kept, but neither sessions nor tokens work.
    Suspended,
    Deleted,
    /// Invited by name and not here yet: nobody to anyone but who invited them.
    Invited,
}

/// A user as stored, without the password.
#[derive(Clone, PartialEq, Debug)]
pub struct UserRow {
    pub id: UserId,
    pub name: String,
    /// As given; unique after case folding. None when the user is deleted.
    pub email: Option<String>,
    pub avatar: Option<String>,
    /// UTC milliseconds.
    pub created_at: i64,
    pub administrator: bool,
    pub state: UserState,
    /// What each dialect keeps of them.
    pub bag: Bag,
}

/// A user to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub password_hash: Option<&'a str>,
    pub administrator: bool,
    pub at: i64,
}

const INSERT: &str = "INSERT INTO users (id, name, email, email_folded, password_hash, created_at, administrator, state) \
                      VALUES (?7, ?1, ?2, ?3, ?4, ?5, ?6, 0)";
const INSERT_INVITED: &str = "INSERT INTO users (id, name, created_at, administrator, state, bag) \
                              VALUES (?1, ?2, ?3, 0, 3, ?4)";
/// Those whose invitations have ended.
const FORGET_INVITED: &str = "DELETE FROM users WHERE state = 3 \
                              AND NOT EXISTS (SELECT 1 FROM invitations WHERE person = users.id)";
const GET: &str = "SELECT id, name, email, avatar, created_at, administrator, state, bag FROM users WHERE id = ?1";
const ALL: &str =
    "SELECT id, name, email, avatar, created_at, administrator, state, bag FROM users ORDER BY id LIMIT ?1";
const BY_EMAIL: &str = "SELECT id, name, email, avatar, created_at, administrator, state, bag, password_hash FROM users \
                        WHERE email_folded = ?1";
const PASSWORD: &str = "SELECT password_hash FROM users WHERE id = ?1";
const SET_PASSWORD: &str = "UPDATE users SET password_hash = ?2 WHERE id = ?1";
const UPDATE: &str = "UPDATE users SET name = ?2, email = ?3, email_folded = ?4, avatar = ?5, administrator = ?6, \
                      state = ?7, bag = ?8 WHERE id = ?1";
const ERASE: &str = "UPDATE users SET email = NULL, email_folded = NULL, password_hash = NULL, avatar = NULL, \
                     administrator = 0, state = 2, bag = '{}' WHERE id = ?1";
const ANY: &str = "SELECT 1 FROM users LIMIT 1";
const ADMINISTRATORS: &str = "SELECT id FROM users WHERE administrator = 1 AND state = 0 ORDER BY id LIMIT 1000";

/// The form in which e-mail addresses are compared.
pub fn fold_email(email: &str) -> String {
    model::text::fold(email.trim()).into_owned()
}

/// Makes a user. [`Rule::Taken`] when the e-mail address is another's.
pub fn insert(tx: &mut dyn Tx, user: &NewUser<'_>) -> Result<UserId> {
    let folded = fold_email(user.email);
    refuse_taken(tx, &folded, None)?;
    let id = next_number(tx, "users")?;
    let params = [
        Cell::Text(user.name),
        Cell::Text(user.email.trim()),
        Cell::Text(&folded),
        text_cell(user.password_hash),
        Cell::Integer(user.at),
        Cell::Integer(user.administrator.into()),
        Cell::Integer(id.into()),
    ];
    tx.execute(INSERT, &params)?;
    Ok(UserId(id))
}

/// Makes a row of somebody who is invited by name, without an address: it is nobody's until they come.
pub fn insert_invited(tx: &mut dyn Tx, name: &str, bag: &Bag, at: i64) -> Result<UserId> {
    let (id, bag) = (next_number(tx, "users")?, to_stored(bag)?);
    tx.execute(INSERT_INVITED, &[Cell::Integer(id.into()), Cell::Text(name), Cell::Integer(at), Cell::Text(&bag)])?;
    Ok(UserId(id))
}

/// Takes away the rows of those whom no invitation waits for any more.
pub fn forget_invited(tx: &mut dyn Tx) -> Result<()> {
    tx.execute(FORGET_INVITED, &[]).map(drop)
}

/// A user that is not deleted, and was not only invited.
pub fn get(tx: &mut dyn Tx, user: UserId) -> Result<UserRow> {
    find(tx, user)?
        .filter(|row| matches!(row.state, UserState::Active | UserState::Suspended))
        .ok_or_else(|| Error::not_found(Subject::User, user.0.to_string()))
}

/// A user, deleted or not.
pub fn find(tx: &mut dyn Tx, user: UserId) -> Result<Option<UserRow>> {
    tx::first(tx, GET, &[Cell::Integer(user.0.into())], read)
}

/// The user of an e-mail address, with the password's hash.
pub fn by_email(tx: &mut dyn Tx, email: &str) -> Result<Option<(UserRow, Option<String>)>> {
    let folded = fold_email(email);
    tx::first(tx, BY_EMAIL, &[Cell::Text(&folded)], |row| Ok((read(row)?, optional_text(row, 8))))
}

/// The hash of a user's password.
pub fn password(tx: &mut dyn Tx, user: UserId) -> Result<Option<String>> {
    let found = tx::first(tx, PASSWORD, &[Cell::Integer(user.0.into())], |row| Ok(optional_text(row, 0)))?;
    Ok(found.flatten())
}

/// The users by number, deleted ones included, at most [`MAX_LIST`].
pub fn all(tx: &mut dyn Tx) -> Result<Vec<UserRow>> {
    tx::all(tx, ALL, &[Cell::Integer(MAX_LIST as i64)], read)
}

/// Whether there ever was a user.
pub fn any(tx: &mut dyn Tx) -> Result<bool> {
    Ok(tx::first(tx, ANY, &[], |_| Ok(()))?.is_some())
}

/// The active administrators by number.
pub fn administrators(tx: &mut dyn Tx) -> Result<Vec<UserId>> {
    tx::all(tx, ADMINISTRATORS, &[], |row| Ok(UserId(id(row, 0))))
}

/// Stores name, e-mail address, avatar, administrator, state and bag.
pub fn update(tx: &mut dyn Tx, user: &UserRow) -> Result<()> {
    let folded = user.email.as_deref().map(fold_email);
    if let Some(folded) = &folded {
        refuse_taken(tx, folded, Some(user.id))?;
    }
    let bag = to_stored(&user.bag)?;
    let params = [
        Cell::Integer(user.id.0.into()),
        Cell::Text(&user.name),
        text_cell(user.email.as_deref().map(str::trim)),
        text_cell(folded.as_deref()),
        text_cell(user.avatar.as_deref()),
        Cell::Integer(user.administrator.into()),
        Cell::Integer(code(user.state)),
        Cell::Text(&bag),
    ];
    tx.execute(UPDATE, &params)?;
    Ok(())
}

/// Sets the hash of the password.
pub fn set_password(tx: &mut dyn Tx, user: UserId, hash: &str) -> Result<()> {
    tx.execute(SET_PASSWORD, &[Cell::Integer(user.0.into()), Cell::Text(hash)])?;
    Ok(())
}

/// Marks a user deleted and erases what is known of it but its name.
pub fn erase(tx: &mut dyn Tx, user: UserId) -> Result<()> {
    tx.execute(ERASE, &[Cell::Integer(user.0.into())])?;
    Ok(())
}

fn refuse_taken(tx: &mut dyn Tx, folded: &str, own: Option<UserId>) -> Result<()> {
    match by_email(tx, folded)? {
        Some((other, _)) if Some(other.id) != own => Err(Error::invalid_given(Path::of("email"), Rule::Taken, folded)),
        Some(_) | None => Ok(()),
    }
}

fn code(state: UserState) -> i64 {
    match state {
        UserState::Active => 0,
        UserState::Suspended => 1,
        UserState::Deleted => 2,
        UserState::Invited => 3,
    }
}

fn read(row: &dyn Row) -> Result<UserRow> {
    Ok(UserRow {
        id: UserId(id(row, 0)),
        name: text(row, 1),
        email: optional_text(row, 2),
        avatar: optional_text(row, 3),
        created_at: number(row, 4),
        administrator: number(row, 5) == 1,
        state: match number(row, 6) {
            0 => UserState::Active,
            1 => UserState::Suspended,
            3 => UserState::Invited,
            // A code of no meaning lets nobody in.
            _ => UserState::Deleted,
        },
        bag: stored(row.cell(7).text())?,
    })
}
