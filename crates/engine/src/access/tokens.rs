//! Access tokens: a person's own, managed in a session or with a token of full access.
//!
//! A token never makes, widens or renews one that could do more than itself: neither in abilities nor in reach nor in
//! time. Other people's tokens are not found.

use super::rules::{self, MAX_REACH, reach_within, token_owner, within};
use super::secret::{self, TokenSecret};
use super::{blocking, workspaces};
use crate::Engine;
use model::access::{Credential, Profile, RateLimit, Reach};
use model::change::Patch;
use model::time::Instant;
use model::{
    Ability, AbilitySet, Actor, Bag, DatabaseKey, Error, Path, Result, Role, Rule, Subject, TokenId, UserId,
    WorkspaceId,
};
use store::home::tokens::{self, TokenRow};
use store::home::{Touch, databases};
use store::tx::Tx;

/// Most tokens of a user.
const MAX_TOKENS: usize = 1000;

/// A token, without its text.
#[derive(Clone, PartialEq, Debug)]
pub struct TokenInfo {
    pub id: TokenId,
    /// `acc` and 16 letters and digits; also the middle of its text.
    pub public_id: String,
    pub user: Option<UserId>,
    pub name: String,
    pub description: Option<String>,
    pub abilities: AbilitySet,
    /// Each dialect's own words for the abilities, as they were given.
    pub words: Bag,
    pub reach: Reach,
    pub full_access: bool,
    pub created_at: Instant,
    pub expires_at: Option<Instant>,
    pub last_used_at: Option<Instant>,
    /// The beginning of its text.
    pub prefix: String,
    /// Its own limit of requests, in the place of the server's.
    pub rate: Option<RateLimit>,
    /// What dialects answer it with where their documents and live services differ, in the place of the server's choice.
    pub profile: Option<Profile>,
}

/// A token to be made. With `full_access` it has all abilities, whatever `abilities` says.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct NewToken {
    pub name: String,
    pub description: Option<String>,
    pub abilities: AbilitySet,
    pub words: Bag,
    pub reach: Reach,
    pub full_access: bool,
    pub expires_at: Option<Instant>,
    /// Its own limit of requests; only administrators set one.
    pub rate: Option<RateLimit>,
    /// Its own profile, in the place of the server's.
    pub profile: Option<Profile>,
}

/// What to change of a token.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TokenPatch {
    pub name: Option<String>,
    pub description: Patch<String>,
    pub abilities: Option<AbilitySet>,
    pub words: Option<Bag>,
    pub reach: Option<Reach>,
    pub full_access: Option<bool>,
    /// Its own limit of requests; only administrators change it.
    pub rate: Patch<RateLimit>,
    pub profile: Patch<Profile>,
}

impl Engine {
    /// Makes a token of the actor's; its text is answered here and never again.
    pub fn create_token(&self, actor: &Actor, new: NewToken) -> Result<(TokenInfo, TokenSecret)> {
        let owner = token_owner(actor)?;
        let ports = &self.inner().ports;
        let secret = TokenSecret::new(ports, &secret::new_public_id(ports));
        let info = self.keep_token(actor, owner, new, &secret)?;
        Ok((info, secret))
    }

    /// Keeps a token with a text that an administrator chose.
    pub fn store_token(&self, actor: &Actor, text: &str, new: NewToken) -> Result<TokenInfo> {
        rules::admit_administrator(actor)?;
        let owner = token_owner(actor)?;
        self.keep_token(actor, owner, new, &TokenSecret::chosen(text)?)
    }

    /// The actor's tokens, oldest first.
    pub fn list_tokens(&self, actor: &Actor) -> Result<Vec<TokenInfo>> {
        let owner = token_owner(actor)?;
        let rows = self.inner().store.home().read(|tx| tokens::of_user(tx, owner))?;
        Ok(rows.into_iter().map(|row| self.token_info(row)).collect())
    }

    /// One of the actor's tokens.
    pub fn get_token(&self, actor: &Actor, token: TokenId) -> Result<TokenInfo> {
        let owner = token_owner(actor)?;
        let row = self.inner().store.home().read(|tx| own(tx, owner, token))?;
        Ok(self.token_info(row))
    }

    /// One of the actor's tokens by its public id.
    pub fn find_token_named(&self, actor: &Actor, public_id: &str) -> Result<TokenInfo> {
        let owner = token_owner(actor)?;
        let row = self.inner().store.home().read(|tx| tokens::by_public_id(tx, public_id))?;
        let row = row.filter(|row| row.user == Some(owner));
        row.map(|row| self.token_info(row)).ok_or_else(|| Error::not_found(Subject::Token, public_id))
    }

    /// Changes a token; its text stays.
    pub fn update_token(&self, actor: &Actor, token: TokenId, patch: TokenPatch) -> Result<TokenInfo> {
        let owner = token_owner(actor)?;
        let new_reach = patch.reach.is_some();
        if patch.rate != Patch::Keep {
            rules::admit_administrator(actor)?;
        }
        let row = blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                let mut row = own(tx, owner, token)?;
                admit_token(tx, actor, &row)?;
                apply(&mut row, patch)?;
                // What it was bound to before may be gone by now, and is not asked again.
                if new_reach {
                    check_reach(tx, actor, &row.reach)?;
                }
                admit_token(tx, actor, &row)?;
                tokens::update(tx, &row)?;
                Ok(row)
            })
        })?;
        Ok(self.token_info(row))
    }

    /// Ends a token.
    pub fn delete_token(&self, actor: &Actor, token: TokenId) -> Result<()> {
        let owner = token_owner(actor)?;
        let now = self.now().0;
        blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                own(tx, owner, token)?;
                tokens::revoke(tx, token, now)
            })
        })
    }

    /// Gives a token a new text and a new end; the old text is dead at once.
    pub fn refresh_token(
        &self,
        actor: &Actor,
        token: TokenId,
        expires_at: Option<Instant>,
    ) -> Result<(TokenInfo, TokenSecret)> {
        let owner = token_owner(actor)?;
        let (row, secret) = blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                let mut row = own(tx, owner, token)?;
                admit_token(tx, actor, &row)?;
                row.expires_at = expires_at.map(|at| at.0);
                self.check_end(tx, actor, row.expires_at)?;
                let secret = TokenSecret::new(&self.inner().ports, &row.public_id);
                row.prefix = secret.prefix();
                tokens::set_secret(tx, token, &secret.hash(), &row.prefix, row.expires_at)?;
                Ok((row, secret))
            })
        })?;
        Ok((self.token_info(row), secret))
    }

    fn keep_token(&self, actor: &Actor, owner: UserId, new: NewToken, secret: &TokenSecret) -> Result<TokenInfo> {
        if new.rate.is_some() {
            rules::admit_administrator(actor)?;
        }
        let mut row = self.new_row(Some(owner), new);
        // A limited token does not get around its limit by tokens that it makes.
        row.rate = row.rate.or(actor.rate);
        check_words(&mut row)?;
        row.prefix = secret.prefix();
        let row = blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                check_reach(tx, actor, &row.reach)?;
                admit_token(tx, actor, &row)?;
                self.check_end(tx, actor, row.expires_at)?;
                if tokens::count(tx, owner)? >= MAX_TOKENS {
                    return Err(Error::invalid(Path::of("tokens"), Rule::TooMany { limit: MAX_TOKENS as u64 }));
                }
                self.insert_token(tx, &mut row, secret)?;
                Ok(row)
            })
        })?;
        Ok(self.token_info(row))
    }

    /// A row of a token that is not kept yet.
    pub(super) fn new_row(&self, user: Option<UserId>, new: NewToken) -> TokenRow {
        let full_access = new.full_access;
        TokenRow {
            id: TokenId(0),
            public_id: String::new(),
            user,
            name: new.name,
            description: new.description,
            abilities: scopes(new.abilities, full_access),
            words: new.words,
            reach: new.reach,
            full_access,
            created_at: self.now().0,
            expires_at: new.expires_at.map(|at| at.0),
            last_used_at: None,
            prefix: String::new(),
            rate: new.rate,
            profile: new.profile,
        }
    }

    /// Keeps a row under the hash of its text.
    pub(super) fn insert_token(&self, tx: &mut dyn Tx, row: &mut TokenRow, secret: &TokenSecret) -> Result<()> {
        if tokens::by_hash(tx, &secret.hash())?.is_some() {
            return Err(Error::invalid(Path::of("token"), Rule::Taken));
        }
        row.public_id = match secret.public_id() {
            Some(id) if !tokens::is_public_id_taken(tx, id)? => id.to_owned(),
            Some(_) | None => secret::new_public_id(&self.inner().ports),
        };
        row.id = tokens::insert(tx, row, &secret.hash())?;
        Ok(())
    }

    /// Refuses an end that has been, or that is after the end of the token that asks.
    fn check_end(&self, tx: &mut dyn Tx, actor: &Actor, expires_at: Option<i64>) -> Result<()> {
        if expires_at.is_some_and(|at| at <= self.now().0) {
            return Err(Error::malformed("expiry", "must be in the future"));
        }
        let Credential::Token(asking) = actor.credential else { return Ok(()) };
        let end = tokens::get(tx, asking)?.and_then(|row| row.expires_at);
        match (end, expires_at) {
            (None, _) => Ok(()),
            (Some(end), Some(at)) if at <= end => Ok(()),
            (Some(_), _) => Err(Error::malformed("expires_at", "must not be after the end of the token that asks")),
        }
    }

    fn token_info(&self, row: TokenRow) -> TokenInfo {
        let last_used_at = row.last_used_at.max(self.noted_use(row.id));
        TokenInfo {
            id: row.id,
            public_id: row.public_id,
            user: row.user,
            name: row.name,
            description: row.description,
            abilities: row.abilities,
            words: row.words,
            reach: row.reach,
            full_access: row.full_access,
            created_at: Instant(row.created_at),
            expires_at: row.expires_at.map(Instant),
            last_used_at: last_used_at.map(Instant),
            prefix: row.prefix,
            rate: row.rate,
            profile: row.profile,
        }
    }
}

/// The abilities of a token: tokens and the server are for full access only.
fn scopes(given: AbilitySet, full_access: bool) -> AbilitySet {
    let reserved = AbilitySet::of([Ability::TokenManage, Ability::ServerManage]);
    if full_access { AbilitySet::ALL } else { AbilitySet(given.0 & AbilitySet::ALL.0 & !reserved.0) }
}

fn apply(row: &mut TokenRow, patch: TokenPatch) -> Result<()> {
    if let Some(name) = patch.name {
        row.name = name;
    }
    patch.description.apply(&mut row.description);
    if let Some(words) = patch.words {
        row.words = words;
    }
    if let Some(reach) = patch.reach {
        row.reach = reach;
    }
    patch.rate.apply(&mut row.rate);
    patch.profile.apply(&mut row.profile);
    row.full_access = patch.full_access.unwrap_or(row.full_access);
    row.abilities = scopes(patch.abilities.unwrap_or(row.abilities), row.full_access);
    check_words(row)
}

/// Refuses a token without a name, or with too much to say.
fn check_words(row: &mut TokenRow) -> Result<()> {
    if row.rate.is_some_and(|rate| rate.per_second == 0 || rate.burst == 0) {
        return Err(Error::invalid(Path::of("rateLimit"), Rule::Range { min: Some(1.0), max: None }));
    }
    row.name = rules::name("name", &row.name)?.to_owned();
    rules::bounded_option("description", row.description.as_deref())?;
    let words = serde_json::to_string(&row.words).map_or(usize::MAX, |text| text.len());
    if words > rules::MAX_TEXT {
        Err(Error::TooLarge { what: "scopes", limit: rules::MAX_TEXT as u64 })
    } else {
        Ok(())
    }
}

/// Refuses to bind a token to what the actor does not know of.
fn check_reach(tx: &mut dyn Tx, actor: &Actor, reach: &Reach) -> Result<()> {
    let Reach::Only { workspaces: of, databases: single } = reach else { return Ok(()) };
    if of.len() + single.len() > MAX_REACH {
        return Err(Error::invalid(Path::of("reach"), Rule::TooMany { limit: MAX_REACH as u64 }));
    }
    for workspace in of {
        if actor.workspace_role(*workspace) == Role::None {
            return Err(workspaces::not_found(*workspace));
        }
    }
    for key in single {
        let found = databases::find(tx, *key)?.filter(|found| found.deleted_at.is_none());
        if found.is_none_or(|found| actor.database_role(found.workspace, *key) == Role::None) {
            return Err(Error::not_found(Subject::Database, key.to_string()));
        }
    }
    Ok(())
}

/// Refuses a token that could do more than the one that asks.
fn admit_token(tx: &mut dyn Tx, actor: &Actor, row: &TokenRow) -> Result<()> {
    if !matches!(actor.credential, Credential::Token(_)) {
        return Ok(());
    }
    let mut homes: Vec<(DatabaseKey, WorkspaceId)> = Vec::new();
    if let Reach::Only { databases: single, .. } = &row.reach {
        for key in single {
            homes.extend(databases::find(tx, *key)?.map(|found| (*key, found.workspace)));
        }
    }
    let workspace_of = |key| homes.iter().find(|(of, _)| *of == key).map(|(_, workspace)| *workspace);
    if within(row.abilities, actor.abilities) && reach_within(&row.reach, &actor.reach, &workspace_of) {
        Ok(())
    } else {
        Err(Error::Forbidden(Ability::TokenManage))
    }
}

/// A token of this user.
fn own(tx: &mut dyn Tx, owner: UserId, token: TokenId) -> Result<TokenRow> {
    tokens::get(tx, token)?
        .filter(|row| row.user == Some(owner))
        .ok_or_else(|| Error::not_found(Subject::Token, token.0.to_string()))
}
