//! What a database hands out again and again to who manages it: a token that only reads, one that reads and writes, and
//! the secret of its hook. They are tokens like any other, by their hash; beside it their text is kept, sealed.
//!
//! They are made when they are first needed. Texts that the server's key does not open, since it is another than the one
//! with which they were sealed, are made anew: the old tokens end.

use super::rules::{admit, within};
use super::secret::{self, TokenSecret};
use super::tokens::NewToken;
use super::{DatabaseInfo, blocking};
use crate::Engine;
use model::access::{Credential, Reach};
use model::{Ability, AbilitySet, Actor, DatabaseId, DatabaseKey, Error, Result, Role, Subject, TokenId};
use store::home::grants::{self, Holder, Place};
use store::home::secrets::{self, Kind, SecretRow};
use store::home::{Touch, databases, tokens};
use store::tx::Tx;

/// One of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DatabaseSecret {
    ReadOnly,
    ReadWrite,
    Hook,
}

/// All of them. A log does not print them.
#[derive(Clone, Debug)]
pub struct DatabaseSecrets {
    /// The text of the token that reads and nothing else.
    pub read_only: TokenSecret,
    /// The text of the token that may do in the database what its owner may, but for deleting it.
    pub read_write: TokenSecret,
    /// The secret of the address to which the outcome of a deploy is told.
    pub hook: HookSecret,
}

/// The secret of a hook's address: whoever has it may tell what came of a deploy, and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct HookSecret(pub String);

impl std::fmt::Debug for HookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HookSecret(..)")
    }
}

/// Letters and digits of a hook's secret: 238 random bits.
const HOOK: usize = 40;

impl Engine {
    /// What a database hands out, made if it is not there yet; none for who may not have it. That is who could not do
    /// all that the tokens can: without the owner's role, with fewer scopes, for a time only, or with a limit of its own.
    pub fn database_secrets(&self, actor: &Actor, key: DatabaseKey) -> Result<Option<DatabaseSecrets>> {
        let (found, role) = self.resolve_database(actor, key)?;
        if !self.may_be_handed_out(actor, role)? {
            return Ok(None);
        }
        match self.inner().store.home().read(|tx| self.open_secrets(tx, &found))? {
            Some(all) => Ok(Some(all)),
            None => self.make_secrets(&found).map(Some),
        }
    }

    /// Makes one of them anew: the old one is dead.
    pub fn renew_database_secret(
        &self,
        actor: &Actor,
        key: DatabaseKey,
        which: DatabaseSecret,
    ) -> Result<DatabaseSecrets> {
        let (found, role) = self.resolve_database(actor, key)?;
        admit(actor, role, Ability::DatabaseInvite, || not_found(key))?;
        if !self.may_be_handed_out(actor, role)? {
            return Err(Error::Forbidden(Ability::DatabaseInvite));
        }
        blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                match which {
                    DatabaseSecret::ReadOnly => drop(self.new_token_of(tx, &found, Kind::ReadOnly)?),
                    DatabaseSecret::ReadWrite => drop(self.new_token_of(tx, &found, Kind::ReadWrite)?),
                    DatabaseSecret::Hook => drop(self.new_hook(tx, &found)?),
                }
                Ok(())
            })
        })?;
        self.database_secrets(actor, key)?.ok_or_else(|| not_found(key))
    }

    /// The database of a hook's secret. Unknown ones and those of databases that are gone are alike.
    pub fn database_of_hook(&self, hook: &str) -> Result<(DatabaseId, DatabaseKey)> {
        let unknown = || Error::not_found(Subject::Database, "");
        if hook.len() != HOOK {
            return Err(unknown());
        }
        let found = self.inner().store.home().read(|tx| match secrets::database_of(tx, &secret::hash(hook))? {
            Some(database) => databases::numbered(tx, database),
            None => Ok(None),
        })?;
        found.filter(|row| row.deleted_at.is_none()).map(|row| (row.id, row.key)).ok_or_else(unknown)
    }

    /// The token of a database that only reads, if it was ever handed out: what it may read is what is published.
    pub(crate) fn reading_token(&self, database: DatabaseId) -> Result<Option<TokenId>> {
        let found = self.inner().store.home().read(|tx| secrets::get(tx, database, Kind::ReadOnly))?;
        Ok(found.and_then(|secret| secret.token))
    }

    /// Whether the actor manages the database so far that the tokens are no step up.
    fn may_be_handed_out(&self, actor: &Actor, role: Role) -> Result<bool> {
        if role < Role::Owner || !within(abilities(Kind::ReadWrite), actor.abilities) || actor.rate.is_some() {
            return Ok(false);
        }
        let Credential::Token(token) = actor.credential else { return Ok(true) };
        let ends = self.inner().store.home().read(|tx| tokens::get(tx, token))?.and_then(|row| row.expires_at);
        Ok(ends.is_none())
    }

    fn open_secrets(&self, tx: &mut dyn Tx, database: &DatabaseInfo) -> Result<Option<DatabaseSecrets>> {
        let mut open = |kind| -> Result<Option<String>> {
            let found = secrets::get(tx, database.id, kind)?;
            Ok(found.and_then(|row| self.open_seal(&purpose(database.key, kind), &row.sealed)))
        };
        let (read_only, read_write, hook) = (open(Kind::ReadOnly)?, open(Kind::ReadWrite)?, open(Kind::Hook)?);
        Ok(read_only.zip(read_write).zip(hook).map(|((read_only, read_write), hook)| DatabaseSecrets {
            read_only: TokenSecret::kept(read_only),
            read_write: TokenSecret::kept(read_write),
            hook: HookSecret(hook),
        }))
    }

    /// Makes what is not there or does not open.
    fn make_secrets(&self, database: &DatabaseInfo) -> Result<DatabaseSecrets> {
        blocking(|| {
            self.inner().store.home().write_beside(Touch::Access, |tx| {
                // Another request may have been first.
                if let Some(all) = self.open_secrets(tx, database)? {
                    return Ok(all);
                }
                let mut token = |kind| {
                    let kept = secrets::get(tx, database.id, kind)?;
                    if kept.is_some() {
                        tracing::warn!(
                            database.key = %database.key,
                            "a token was sealed with another key than the server's of now, and is made anew"
                        );
                    }
                    self.new_token_of(tx, database, kind)
                };
                let (read_only, read_write) = (token(Kind::ReadOnly)?, token(Kind::ReadWrite)?);
                let hook = self.new_hook(tx, database)?;
                Ok(DatabaseSecrets { read_only, read_write, hook })
            })
        })
    }

    fn new_token_of(&self, tx: &mut dyn Tx, database: &DatabaseInfo, kind: Kind) -> Result<TokenSecret> {
        let now = self.now().0;
        if let Some(token) = secrets::get(tx, database.id, kind)?.and_then(|row| row.token) {
            tokens::revoke(tx, token, now)?;
            grants::remove_of(tx, Holder::Token(token))?;
        }
        let ports = &self.inner().ports;
        let text = TokenSecret::new(ports, &secret::new_public_id(ports));
        let (name, role) = match kind {
            Kind::ReadWrite => ("Reads and writes", Role::Owner),
            Kind::ReadOnly | Kind::Hook | Kind::Deploy => ("Reads", Role::Read),
        };
        let reach = Reach::Only { workspaces: Vec::new(), databases: vec![database.key] };
        let new = NewToken { name: name.to_owned(), abilities: abilities(kind), reach, ..NewToken::default() };
        let mut row = self.new_row(None, new);
        row.prefix = text.prefix();
        self.insert_token(tx, &mut row, &text)?;
        grants::put(tx, Holder::Token(row.id), Place::Database(database.id), role, now)?;
        let sealed = self.seal(&purpose(database.key, kind), text.as_str())?;
        secrets::put(tx, database.id, kind, &SecretRow { token: Some(row.id), sealed }, None)?;
        Ok(text)
    }

    fn new_hook(&self, tx: &mut dyn Tx, database: &DatabaseInfo) -> Result<HookSecret> {
        let text = self.inner().ports.alphanumerics(HOOK);
        let sealed = self.seal(&purpose(database.key, Kind::Hook), &text)?;
        let hash = secret::hash(&text);
        secrets::put(tx, database.id, Kind::Hook, &SecretRow { token: None, sealed }, Some(&hash))?;
        Ok(HookSecret(text))
    }
}

/// What a seal of a database's secret is for.
pub(crate) fn purpose(key: DatabaseKey, kind: Kind) -> String {
    format!("{key} {kind:?}")
}

/// The abilities of the tokens. Neither reaches beyond the database or ends it, and the one that reads sees nobody's
/// address.
fn abilities(kind: Kind) -> AbilitySet {
    use Ability as A;
    let reading = AbilitySet::of([A::DatabaseRead, A::TableRead, A::ViewRead, A::FieldRead, A::RecordRead]);
    if kind != Kind::ReadWrite {
        return reading;
    }
    let beyond = AbilitySet::of([
        A::WorkspaceCreate,
        A::WorkspaceRead,
        A::WorkspaceUpdate,
        A::WorkspaceDelete,
        A::WorkspaceInvite,
        A::WorkspaceInviteByMail,
        A::WorkspaceInviteByLink,
        A::DatabaseCreate,
        A::DatabaseDelete,
        A::TokenManage,
        A::ServerManage,
    ]);
    AbilitySet(AbilitySet::ALL.0 & !beyond.0)
}

fn not_found(key: DatabaseKey) -> Error {
    Error::not_found(Subject::Database, key.to_string())
}
