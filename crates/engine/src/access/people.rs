//! The people of a database: its members, and those who are invited by name and have not come yet.
//!
//! Who is invited has a number at once, and keeps it when they come without an account of before. Nothing tells whether an
//! address has an account: everybody who is not a member is invited, and becomes one only by the mailed code.

use super::collaborators::Place;
use super::invitations::{self, MAILED_DAYS, keep_bounded};
use super::rules;
use super::secret::{self, InvitationCode};
use super::{DatabaseInfo, blocking};
use crate::Engine;
use crate::ports::mailer::{Code, Letter, Says};
use model::access::Credential;
use model::{Ability, Actor, Bag, DatabaseKey, Error, Path, Result, Role, Rule, Subject, UserId};
use std::collections::BTreeMap;
use store::home::Touch;
use store::home::grants::{self, Holder};
use store::home::invitations::{InvitationRow, To};
use store::home::users::{self, UserRow, UserState};
use store::tx::Tx;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Somebody of a database.
#[derive(Clone, PartialEq, Debug)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// What each dialect keeps of them.
    pub bag: Bag,
    pub standing: PersonStanding,
}

/// Whether somebody is here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonStanding {
    /// A letter waits for them.
    Invited,
    Member,
}

/// Somebody to be invited.
#[derive(Clone, PartialEq, Debug)]
pub struct NewPerson {
    pub name: String,
    pub email: String,
    pub bag: Bag,
}

impl Engine {
    /// The people of a database by number, members of its workspace among them. For who may read addresses.
    pub fn people(&self, actor: &Actor, key: DatabaseKey) -> Result<Vec<Person>> {
        let database = self.admit_to_people(actor, key, Ability::DatabaseRead)?;
        let roles = self.member_roles(&database)?;
        self.inner().store.home().read(|tx| self.people_in(tx, &database, &roles))
    }

    /// One of the people of a database.
    pub fn person(&self, actor: &Actor, key: DatabaseKey, user: UserId) -> Result<Person> {
        let found = self.people(actor, key)?.into_iter().find(|person| person.id == user);
        found.ok_or_else(|| not_found(user))
    }

    /// Invites somebody by name, by mail. Refused for who is a member; a letter of before to the same address ends, and
    /// its number stays. For who manages the members: they vouch for who comes, who needs no other leave to make an
    /// account.
    pub fn invite_person(&self, actor: &Actor, key: DatabaseKey, new: NewPerson, role: Role) -> Result<Person> {
        let database = self.admit_to_people(actor, key, Ability::DatabaseInvite)?;
        if role == Role::None || role > database.role {
            return Err(Error::Forbidden(Ability::DatabaseInvite));
        }
        let name = rules::name("name", &new.name)?.to_owned();
        check_bag(&new.bag)?;
        let email = rules::mail_address("email", &new.email)?;
        let (folded, now) = (users::fold_email(email), self.now());
        let roles = self.member_roles(&database)?;
        let by_token = match (actor.user, actor.credential) {
            (None, Credential::Token(token)) => Some(token),
            (None | Some(_), _) => None,
        };
        self.inner().access.mailed_invitations.lock().begin(&secret::hash(&folded), now.0)?;
        let code = InvitationCode::new(&self.inner().ports);
        let to = To { workspace: database.workspace, database: Some(database.id) };
        let person = blocking(|| {
            self.inner().store.home().write(Touch::People, |tx| {
                let known = users::by_email(tx, &folded)?.map(|(row, _)| row.id);
                if known.is_some_and(|user| roles.contains_key(&user)) {
                    return Err(Error::invalid_given(Path::of("email"), Rule::Taken, email));
                }
                keep_bounded(tx, to, 1, now)?;
                let before = store::home::invitations::mailed(tx, to, &folded)?.and_then(|row| row.person);
                let user = match before {
                    Some(user) => rename(tx, user, &name, &new.bag)?.id,
                    None => users::insert_invited(tx, &name, &new.bag, now.0)?,
                };
                store::home::invitations::delete_mailed(tx, to, &folded)?;
                let row = InvitationRow {
                    id: model::InvitationId(0),
                    to,
                    role,
                    email: Some(folded.clone()),
                    created_by: actor.user,
                    by_token,
                    created_at: now.0,
                    expires_at: Some(now.0 + i64::from(MAILED_DAYS) * DAY_MS),
                    person: Some(user),
                    address: email.to_owned(),
                };
                store::home::invitations::insert(tx, &code.hash(), &row)?;
                users::forget_invited(tx)?;
                Ok(invited(&row, user, name.clone(), new.bag.clone()))
            })
        })?;
        let directory = self.directory();
        let by = actor.user.and_then(|user| directory.get(user)).map_or("The server", |user| user.name.as_str());
        let (code, by) = (Code(code.as_str().to_owned()), by.to_owned());
        let says = Says::Invitation { code, place: database.name, by, days: MAILED_DAYS };
        self.inner().ports.mailer.post(Letter { to: email.to_owned(), says });
        Ok(person)
    }

    /// Gives one of the people of a database another name. Nothing else of them is the database's business.
    pub fn rename_person(
        &self,
        actor: &Actor,
        key: DatabaseKey,
        user: UserId,
        name: &str,
        bag: &Bag,
    ) -> Result<Person> {
        self.admit_to_people(actor, key, Ability::DatabaseInvite)?;
        let person = self.person(actor, key, user)?;
        let name = rules::name("name", name)?;
        check_bag(bag)?;
        let home = self.inner().store.home();
        let row = blocking(|| home.write(Touch::People, |tx| rename(tx, user, name, bag)))?;
        Ok(Person { name: row.name, bag: row.bag, ..person })
    }

    /// Ends what a person is to a database: their membership, or the invitation; who they were. Their account stays.
    /// Refused for who is a member by the workspace around it.
    pub fn remove_person(&self, actor: &Actor, key: DatabaseKey, user: UserId) -> Result<Person> {
        let database = self.admit_to_people(actor, key, Ability::DatabaseInvite)?;
        let person = self.person(actor, key, user)?;
        match person.standing {
            PersonStanding::Invited => blocking(|| {
                let to = To { workspace: database.workspace, database: Some(database.id) };
                self.inner().store.home().write(Touch::People, |tx| {
                    store::home::invitations::delete_mailed(tx, to, &users::fold_email(&person.email))?;
                    users::forget_invited(tx)
                })
            })?,
            PersonStanding::Member => {
                let held = self
                    .inner()
                    .store
                    .home()
                    .read(|tx| grants::get(tx, Holder::User(user), grants::Place::Database(database.id)))?;
                if held.is_none() {
                    let why = "the user is a member by the workspace around the database, and is taken out there";
                    return Err(Error::Conflict(why.to_owned()));
                }
                self.remove_collaborator(actor, Place::Database(key), user)?;
            }
        }
        Ok(person)
    }

    fn people_in(
        &self,
        tx: &mut dyn Tx,
        database: &DatabaseInfo,
        roles: &BTreeMap<UserId, Role>,
    ) -> Result<Vec<Person>> {
        let mut people = Vec::with_capacity(roles.len());
        for (user, role) in roles {
            let Some(row) = users::find(tx, *user)? else { continue };
            if !matches!(row.state, UserState::Active | UserState::Suspended) {
                continue;
            }
            let email = row.email.unwrap_or_default();
            let standing = PersonStanding::Member;
            people.push(Person { id: row.id, name: row.name, email, role: *role, bag: row.bag, standing });
        }
        let (to, now) = (To { workspace: database.workspace, database: Some(database.id) }, self.now().0);
        for row in store::home::invitations::of_people(tx, to)? {
            let Some(user) = row.person.filter(|_| invitations::is_open(&row, now)) else { continue };
            if let Some(found) = users::find(tx, user)?.filter(|found| found.state == UserState::Invited) {
                people.push(invited(&row, user, found.name, found.bag));
            }
        }
        people.sort_by_key(|person| person.id);
        Ok(people)
    }

    fn admit_to_people(&self, actor: &Actor, key: DatabaseKey, ability: Ability) -> Result<DatabaseInfo> {
        let found = self.admit_to_database(actor, key, ability)?;
        if actor.may(found.role, Ability::EmailRead) { Ok(found) } else { Err(Error::Forbidden(Ability::EmailRead)) }
    }
}

fn rename(tx: &mut dyn Tx, user: UserId, name: &str, bag: &Bag) -> Result<UserRow> {
    let mut row = users::find(tx, user)?.ok_or_else(|| not_found(user))?;
    row.name = name.to_owned();
    // What another dialect keeps stays.
    row.bag.extend(bag.clone());
    users::update(tx, &row)?;
    Ok(row)
}

fn invited(row: &InvitationRow, id: UserId, name: String, bag: Bag) -> Person {
    let (email, role, standing) = (row.address.clone(), row.role, PersonStanding::Invited);
    Person { id, name, email, role, bag, standing }
}

/// Refuses a bag that is no small thing.
pub(super) fn check_bag(bag: &Bag) -> Result<()> {
    let length = serde_json::to_string(bag).map_or(usize::MAX, |text| text.len());
    if length > rules::MAX_TEXT { Err(Error::TooLarge { what: "user", limit: rules::MAX_TEXT as u64 }) } else { Ok(()) }
}

fn not_found(user: UserId) -> Error {
    Error::not_found(Subject::User, user.0.to_string())
}
