//! What several groups of methods judge alike.

use model::access::{Credential, Reach};
use model::field::MAX_NAME;
use model::{Ability, AbilitySet, Actor, Error, Path, Result, Role, Rule, UserId, WorkspaceId};
use store::home::grants::Holder;
use store::home::{tokens, users};
use store::tx::Tx;

/// Longest description and other free text of the home store, in characters.
pub const MAX_TEXT: usize = 10_000;
/// Most workspaces and databases that a token is bound to.
pub const MAX_REACH: usize = 1000;

/// Refuses what role and scopes do not allow. With no role at all it is `missing` that is answered.
pub fn admit(actor: &Actor, role: Role, ability: Ability, missing: impl FnOnce() -> Error) -> Result<()> {
    if role == Role::None {
        return Err(missing());
    }
    if actor.may(role, ability) { Ok(()) } else { Err(Error::Forbidden(ability)) }
}

/// Refuses whoever may not manage the server.
pub fn admit_administrator(actor: &Actor) -> Result<()> {
    if actor.administrator && actor.abilities.has(Ability::ServerManage) {
        Ok(())
    } else {
        Err(Error::Forbidden(Ability::ServerManage))
    }
}

/// A name for people, without spaces at its ends.
pub fn name<'a>(at: &str, given: &'a str) -> Result<&'a str> {
    let name = given.trim();
    if name.is_empty() {
        return Err(Error::invalid(Path::of(at), Rule::Required));
    }
    bounded(at, name, MAX_NAME)?;
    Ok(name)
}

/// Refuses a text that is too long, or that not every engine can keep.
pub fn bounded(at: &str, text: &str, max: usize) -> Result<()> {
    if text.contains('\0') {
        return Err(Error::malformed(at, "must not contain the character U+0000"));
    }
    if text.chars().count() > max {
        return Err(Error::invalid(Path::of(at), Rule::Length { min: None, max: Some(max as u64), eq: None }));
    }
    Ok(())
}

/// Refuses an optional text that is too long.
pub fn bounded_option(at: &str, text: Option<&str>) -> Result<()> {
    text.map_or(Ok(()), |text| bounded(at, text, MAX_TEXT))
}

/// An e-mail address, without spaces at its ends. Only its shape is looked at.
pub fn email(given: &str) -> Result<&str> {
    let email = given.trim();
    let shaped = match email.split_once('@') {
        Some((who, host)) => !who.is_empty() && !host.is_empty() && !host.contains('@'),
        None => false,
    };
    if !shaped || email.len() > 254 || email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Error::malformed("email", "is not an e-mail address"));
    }
    Ok(email)
}

/// An e-mail address that mail can be sent to: without what means something else in a line of addresses.
pub fn mail_address<'a>(at: &str, given: &'a str) -> Result<&'a str> {
    let means_more = |c: char| matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"' | '\\');
    match email(given) {
        Ok(email) if !email.contains(means_more) => Ok(email),
        Ok(_) | Err(_) => Err(Error::malformed(at, "is not an e-mail address")),
    }
}

/// Who becomes the owner of what the actor makes: the user, the token without a user, or for the command line the
/// first administrator.
pub fn owner(tx: &mut dyn Tx, actor: &Actor) -> Result<Option<Holder>> {
    Ok(match (actor.user, actor.credential) {
        (Some(user), _) => Some(Holder::User(user)),
        (None, Credential::Token(token)) => Some(Holder::Token(token)),
        (None, Credential::Local | Credential::Session) => {
            users::administrators(tx)?.first().map(|user| Holder::User(*user))
        }
    })
}

/// Lets a token that is bound to some workspaces reach the one it has just made.
pub fn extend_reach(tx: &mut dyn Tx, actor: &Actor, workspace: WorkspaceId) -> Result<()> {
    let Credential::Token(token) = actor.credential else { return Ok(()) };
    let Some(row) = tokens::get(tx, token)? else { return Ok(()) };
    match row.reach {
        Reach::All => Ok(()),
        Reach::Only { mut workspaces, databases } => {
            if workspaces.len() + databases.len() >= MAX_REACH {
                return Err(Error::Conflict(format!("a token is bound to at most {MAX_REACH} places")));
            }
            workspaces.push(workspace);
            tokens::set_reach(tx, token, &Reach::Only { workspaces, databases })
        }
    }
}

/// Whose tokens the actor may manage: their own, with a session, on the command line, or with a token of full access.
pub fn token_owner(actor: &Actor) -> Result<UserId> {
    let may = match actor.credential {
        Credential::Session | Credential::Local => true,
        Credential::Token(_) => actor.abilities.has(Ability::TokenManage),
    };
    actor.user.filter(|_| may).ok_or(Error::Forbidden(Ability::TokenManage))
}

/// Whether every ability of the first set is in the second.
pub fn within(inner: AbilitySet, outer: AbilitySet) -> bool {
    inner.0 & !outer.0 == 0
}

/// Whether everything the first reaches the second reaches too. A database counts as reached through its workspace
/// when `workspace_of` says so.
pub fn reach_within(
    inner: &Reach,
    outer: &Reach,
    workspace_of: &dyn Fn(model::DatabaseKey) -> Option<WorkspaceId>,
) -> bool {
    match (inner, outer) {
        (_, Reach::All) => true,
        (Reach::All, Reach::Only { .. }) => false,
        (
            Reach::Only { workspaces, databases },
            Reach::Only { workspaces: outer_workspaces, databases: outer_databases },
        ) => {
            workspaces.iter().all(|workspace| outer_workspaces.contains(workspace))
                && databases.iter().all(|key| {
                    outer_databases.contains(key)
                        || workspace_of(*key).is_some_and(|workspace| outer_workspaces.contains(&workspace))
                })
        }
    }
}
