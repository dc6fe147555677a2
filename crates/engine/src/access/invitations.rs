//! Invitations to workspaces and databases: by link, for whoever has it, and by mail, for one reader.
//!
//! An invitation is worth what its maker may do when it is accepted: who lost the right to invite, or the role, invites
//! nobody any more. The code is the proof, never an address: addresses of accounts are not verified.

use super::blocking;
use super::collaborators::Place;
use super::rules;
use super::secret::{self, InvitationCode};
use crate::Engine;
use crate::ports::mailer::{Code, Letter, Says};
use model::access::Credential;
use model::time::Instant;
use model::{Ability, Actor, Error, InvitationId, Path, Result, Role, Rule, Subject, TokenId, UserId};
use store::home::Touch;
use store::home::grants::{self, Holder};
use store::home::invitations::{self, InvitationRow, To};
use store::home::tokens;
use store::home::users::{self, UserState};
use store::tx::Tx;

/// How long a mailed invitation is good, in days.
pub(super) const MAILED_DAYS: u32 = 7;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Most addresses of one request.
const MAX_ADDRESSES: usize = 50;
/// Most open invitations to a place.
const MAX_INVITATIONS: usize = 1000;

/// An invitation, without its code.
#[derive(Clone, PartialEq, Debug)]
pub struct Invitation {
    pub id: InvitationId,
    pub role: Role,
    /// None: the command line.
    pub created_by: Option<UserId>,
    pub created_at: Instant,
    pub expires_at: Option<Instant>,
}

/// A place that the actor was admitted to, with their role there and its name.
struct Admitted {
    to: To,
    role: Role,
    name: String,
}

/// How an invitation gets to its reader.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Link,
    Mail,
}

impl Engine {
    /// Makes a link to a place, for as many people as use it; its code is answered here and never again.
    pub fn create_invitation_link(
        &self,
        actor: &Actor,
        place: Place,
        role: Role,
        expires_at: Option<Instant>,
    ) -> Result<(Invitation, InvitationCode)> {
        let admitted = self.admit_to_invite(actor, place, Way::Link)?;
        check_role(&admitted, role)?;
        let now = self.now();
        if expires_at.is_some_and(|at| at <= now) {
            return Err(Error::malformed("expiry", "must be in the future"));
        }
        let code = InvitationCode::new(&self.inner().ports);
        let mut row = row(&admitted, role, actor, now);
        row.expires_at = expires_at.map(|at| at.0);
        let row = blocking(|| {
            self.inner().store.home().write(Touch::Nothing, |tx| {
                keep_bounded(tx, admitted.to, 1, now)?;
                row.id = invitations::insert(tx, &code.hash(), &row)?;
                Ok(row)
            })
        })?;
        Ok((shown(&row), code))
    }

    /// The links to a place that have not ended, oldest first, without their codes.
    pub fn list_invitation_links(&self, actor: &Actor, place: Place) -> Result<Vec<Invitation>> {
        let (to, now) = (self.admit_to_invite(actor, place, Way::Link)?.to, self.now().0);
        let rows = self.inner().store.home().read(|tx| invitations::links(tx, to))?;
        Ok(rows.iter().filter(|row| is_open(row, now)).map(shown).collect())
    }

    /// Gives an invitation to a place another role.
    pub fn update_invitation(
        &self,
        actor: &Actor,
        place: Place,
        invitation: InvitationId,
        role: Role,
    ) -> Result<Invitation> {
        let admitted = self.admit_to_invite(actor, place, Way::Link)?;
        check_role(&admitted, role)?;
        let now = self.now().0;
        blocking(|| {
            self.inner().store.home().write(Touch::Nothing, |tx| {
                let mut row = of_place(tx, &admitted, invitation, now)?;
                row.role = role;
                invitations::set_role(tx, invitation, role)?;
                Ok(shown(&row))
            })
        })
    }

    /// Ends an invitation to a place, a link or a mailed one.
    pub fn delete_invitation(&self, actor: &Actor, place: Place, invitation: InvitationId) -> Result<()> {
        let admitted = self.admit_to_invite(actor, place, Way::Link)?;
        let now = self.now().0;
        blocking(|| {
            self.inner().store.home().write(Touch::Nothing, |tx| {
                of_place(tx, &admitted, invitation, now)?;
                invitations::delete(tx, invitation)
            })
        })
    }

    /// Mails an invitation to each address, whether somebody here has it or not: the answer is the same. The one who
    /// reads the mail may use it once, within a week; an earlier one to the same address ends.
    pub fn invite_by_mail(
        &self,
        actor: &Actor,
        place: Place,
        addresses: &[String],
        role: Role,
    ) -> Result<Vec<InvitationId>> {
        let admitted = self.admit_to_invite(actor, place, Way::Mail)?;
        check_role(&admitted, role)?;
        let emails = emails(addresses)?;
        let now = self.now();
        {
            let mut throttle = self.inner().access.mailed_invitations.lock();
            for email in &emails {
                throttle.begin(&secret::hash(&users::fold_email(email)), now.0)?;
            }
        }
        let codes: Vec<InvitationCode> = emails.iter().map(|_| InvitationCode::new(&self.inner().ports)).collect();
        let ids = blocking(|| {
            self.inner().store.home().write(Touch::Nothing, |tx| {
                keep_bounded(tx, admitted.to, emails.len(), now)?;
                let mut ids = Vec::with_capacity(emails.len());
                for (email, code) in emails.iter().zip(&codes) {
                    let folded = users::fold_email(email);
                    invitations::delete_mailed(tx, admitted.to, &folded)?;
                    let mut row = row(&admitted, role, actor, now);
                    row.email = Some(folded);
                    row.expires_at = Some(now.0 + i64::from(MAILED_DAYS) * DAY_MS);
                    ids.push(invitations::insert(tx, &code.hash(), &row)?);
                }
                Ok(ids)
            })
        })?;
        let directory = self.directory();
        let by = actor.user.and_then(|user| directory.get(user)).map_or("The server", |user| user.name.as_str());
        for (email, code) in emails.iter().zip(&codes) {
            let (code, place, by) = (Code(code.as_str().to_owned()), admitted.name.clone(), by.to_owned());
            let says = Says::Invitation { code, place, by, days: MAILED_DAYS };
            self.inner().ports.mailer.post(Letter { to: (*email).to_owned(), says });
        }
        Ok(ids)
    }

    /// Lets the actor, a person in a session or with a token of full access, into the place of an invitation's code. A
    /// role that is higher already stays; a link does not raise one at all. With a number, the code must be of that one.
    pub fn accept_invitation(&self, actor: &Actor, of: Option<InvitationId>, code: &str) -> Result<Place> {
        let user = rules::token_owner(actor)?;
        let (account, now) = (secret::hash(&format!("user {}", user.0)), self.now().0);
        self.inner().access.codes.lock().begin(&account, now)?;
        let hash = secret::hash(code);
        let place = blocking(|| {
            self.inner().store.home().write(Touch::Access, |tx| {
                let row = open_by_hash(tx, &hash, now)?.filter(|row| of.is_none_or(|id| id == row.id));
                let row = row.ok_or_else(|| not_found(""))?;
                accept(tx, &row, user, now)
            })
        })?;
        self.inner().access.codes.lock().succeed(&account);
        Ok(place)
    }

    /// Whether the actor may invite by link, before more is read of a request.
    pub fn may_invite_by_link(&self, actor: &Actor, place: Place) -> Result<()> {
        self.admit_to_invite(actor, place, Way::Link).map(drop)
    }

    /// Whether the actor may invite by mail.
    pub fn may_invite_by_mail(&self, actor: &Actor, place: Place) -> Result<()> {
        self.admit_to_invite(actor, place, Way::Mail).map(drop)
    }

    fn admit_to_invite(&self, actor: &Actor, place: Place, way: Way) -> Result<Admitted> {
        let (in_workspace, in_database) = match way {
            Way::Link => (Ability::WorkspaceInviteByLink, Ability::DatabaseInviteByLink),
            Way::Mail => (Ability::WorkspaceInviteByMail, Ability::DatabaseInviteByMail),
        };
        let admitted = match place {
            Place::Workspace(workspace) => {
                let found = self.admit_to_workspace(actor, workspace, in_workspace)?;
                Admitted { to: To { workspace, database: None }, role: found.role, name: found.name }
            }
            Place::Database(key) => {
                let found = self.admit_to_database(actor, key, in_database)?;
                let to = To { workspace: found.workspace, database: Some(found.id) };
                Admitted { to, role: found.role, name: found.name }
            }
        };
        if actor.user.is_none() && actor.credential != Credential::Local {
            // An invitation stands and falls with its maker, and a token without a user is nobody who could stay.
            return Err(Error::Forbidden(in_workspace));
        }
        Ok(admitted)
    }
}

/// The open invitation of a code's hash, while its maker may still invite to this role.
pub(super) fn open_by_hash(tx: &mut dyn Tx, hash: &secret::Hash, now: i64) -> Result<Option<InvitationRow>> {
    let Some(row) = invitations::by_hash(tx, hash)?.filter(|row| is_open(row, now)) else { return Ok(None) };
    if let Some(token) = row.by_token {
        return Ok(may_still(tx, token, &row)?.then_some(row));
    }
    let Some(maker) = row.created_by else { return Ok(Some(row)) };
    if users::find(tx, maker)?.is_none_or(|user| user.state != UserState::Active) {
        return Ok(None);
    }
    let on = |tx: &mut dyn Tx, place| grants::get(tx, Holder::User(maker), place).map(Option::unwrap_or_default);
    let mut role = on(tx, grants::Place::Workspace(row.to.workspace))?;
    if let Some(database) = row.to.database {
        role = role.max(on(tx, grants::Place::Database(database))?);
    }
    Ok((role >= row.role && role.allows(Ability::WorkspaceInviteByLink)).then_some(row))
}

/// Whether the token without a user that made an invitation still manages the members of its place.
fn may_still(tx: &mut dyn Tx, token: TokenId, row: &InvitationRow) -> Result<bool> {
    let Some(database) = row.to.database else { return Ok(false) };
    if tokens::get(tx, token)?.is_none() {
        return Ok(false);
    }
    let role = grants::get(tx, Holder::Token(token), grants::Place::Database(database))?.unwrap_or_default();
    Ok(role >= row.role && role.allows(Ability::DatabaseInvite))
}

/// Gives a user what an invitation gives, and uses it up if it was mailed.
pub(super) fn accept(tx: &mut dyn Tx, row: &InvitationRow, user: UserId, now: i64) -> Result<Place> {
    let (place, on) = match row.to.database {
        None => {
            let workspace = store::home::workspaces::find(tx, row.to.workspace)?.ok_or_else(|| not_found(""))?;
            (Place::Workspace(workspace.id), grants::Place::Workspace(workspace.id))
        }
        Some(database) => {
            let found = store::home::databases::numbered(tx, database)?.filter(|found| found.deleted_at.is_none());
            (Place::Database(found.ok_or_else(|| not_found(""))?.key), grants::Place::Database(database))
        }
    };
    let holder = Holder::User(user);
    let present = grants::get(tx, holder, on)?.unwrap_or_default();
    if present == Role::None || (row.email.is_some() && present < row.role) {
        grants::put(tx, holder, on, row.role, now)?;
    }
    if row.email.is_some() {
        invitations::delete(tx, row.id)?;
    }
    Ok(place)
}

/// Refuses to give no role, or a higher one than the actor's own.
fn check_role(admitted: &Admitted, role: Role) -> Result<()> {
    if role == Role::None {
        return Err(Error::invalid(Path::of("role"), Rule::Required));
    }
    let needed = match admitted.to.database {
        None => Ability::WorkspaceInvite,
        Some(_) => Ability::DatabaseInvite,
    };
    if role <= admitted.role { Ok(()) } else { Err(Error::Forbidden(needed)) }
}

/// Refuses more invitations than a place may have, once those that have ended are gone.
pub(super) fn keep_bounded(tx: &mut dyn Tx, to: To, more: usize, now: Instant) -> Result<()> {
    invitations::delete_expired(tx, now.0)?;
    if invitations::count(tx, to)? + more > MAX_INVITATIONS {
        return Err(Error::invalid(Path::of("invitations"), Rule::TooMany { limit: MAX_INVITATIONS as u64 }));
    }
    Ok(())
}

/// The addresses, each once whatever its case.
fn emails(addresses: &[String]) -> Result<Vec<&str>> {
    let at = || Path::of("emails");
    if addresses.is_empty() {
        return Err(Error::invalid(at(), Rule::Size { min: Some(1), max: None, eq: None }));
    }
    if addresses.len() > MAX_ADDRESSES {
        return Err(Error::invalid(at(), Rule::TooMany { limit: MAX_ADDRESSES as u64 }));
    }
    addresses.iter().map(|address| rules::mail_address("emails", address)).collect()
}

/// An open invitation to the place that the actor was admitted to, of a role that is not above theirs.
fn of_place(tx: &mut dyn Tx, admitted: &Admitted, invitation: InvitationId, now: i64) -> Result<InvitationRow> {
    let row = invitations::find(tx, invitation)?.filter(|row| row.to == admitted.to && is_open(row, now));
    let row = row.ok_or_else(|| not_found(&invitation.0.to_string()))?;
    check_role(admitted, row.role)?;
    Ok(row)
}

pub(super) fn is_open(row: &InvitationRow, now: i64) -> bool {
    row.expires_at.is_none_or(|at| at > now)
}

fn row(admitted: &Admitted, role: Role, actor: &Actor, now: Instant) -> InvitationRow {
    InvitationRow {
        id: InvitationId(0),
        to: admitted.to,
        role,
        email: None,
        created_by: actor.user,
        by_token: None,
        created_at: now.0,
        expires_at: None,
        person: None,
        address: String::new(),
    }
}

fn not_found(given: &str) -> Error {
    Error::not_found(Subject::Invitation, given)
}

fn shown(row: &InvitationRow) -> Invitation {
    Invitation {
        id: row.id,
        role: row.role,
        created_by: row.created_by,
        created_at: Instant(row.created_at),
        expires_at: row.expires_at.map(Instant),
    }
}
