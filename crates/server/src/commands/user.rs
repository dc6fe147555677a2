//! `manytongue user add`, `list`, `disable`, `enable`, `database` and `password`.

use super::owner::owner;
use super::{KnownUser, Outcome, database};
use crate::first_start::new_password;
use donotname::names;
use engine::Engine;
use engine::access::{Account, AccountPatch, NewAccount};
use model::{Actor, Error, Result, Subject};
use store::home::users::fold_email;

pub async fn add(
    engine: &Engine,
    email: &str,
    name: Option<String>,
    password: Option<String>,
    administrator: bool,
) -> Result<Outcome> {
    let actor = owner(engine)?;
    let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or(email).to_owned());
    let (password, told) = chosen(engine, password);
    let new = NewAccount { name, email: email.to_owned(), password: Some(password), administrator };
    let account = engine.create_user(&actor, new).await?;
    Ok(Outcome::User(KnownUser { password: told, ..known(account) }))
}

pub fn list(engine: &Engine) -> Result<Outcome> {
    let all = engine.list_users(&owner(engine)?)?;
    Ok(Outcome::Users(all.into_iter().map(known).collect()))
}

/// Whether an account lets its user in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Enabled,
    Disabled,
}

pub fn set_standing(engine: &Engine, user: &str, standing: Standing) -> Result<Outcome> {
    let actor = owner(engine)?;
    let account = find(engine, &actor, user)?;
    let patch = AccountPatch { suspended: Some(standing == Standing::Disabled), ..AccountPatch::default() };
    Ok(Outcome::User(known(engine.update_user(&actor, account.id, patch)?)))
}

pub fn set_default_database(engine: &Engine, user: &str, named: &str) -> Result<Outcome> {
    let actor = owner(engine)?;
    let account = find(engine, &actor, user)?;
    engine.set_default_database(&actor, account.id, database::find(engine, named)?.key)?;
    Ok(Outcome::User(known(account)))
}

pub async fn password(engine: &Engine, user: &str, password: Option<String>) -> Result<Outcome> {
    let actor = owner(engine)?;
    let account = find(engine, &actor, user)?;
    let (password, told) = chosen(engine, password);
    engine.set_password(&actor, account.id, &password).await?;
    Ok(Outcome::User(KnownUser { password: told, ..known(account) }))
}

/// The password that was given, or a new one, which is then to be told.
fn chosen(engine: &Engine, given: Option<String>) -> (String, Option<String>) {
    match given {
        Some(password) => (password, None),
        None => {
            let own = new_password(engine);
            (own.clone(), Some(own))
        }
    }
}

/// The user of an e-mail address or id.
fn find(engine: &Engine, actor: &Actor, text: &str) -> Result<Account> {
    let (id, folded) = (names::read_user(text), fold_email(text));
    let mut all = engine.list_users(actor)?.into_iter();
    let found = all.find(|account| Some(account.id) == id || fold_email(&account.email) == folded);
    found.ok_or_else(|| Error::not_found(Subject::User, text))
}

fn known(account: Account) -> KnownUser {
    KnownUser {
        id: names::user(account.id),
        name: account.name,
        email: account.email,
        administrator: account.administrator,
        disabled: account.suspended,
        created: account.created_at.to_iso(),
        password: None,
    }
}
