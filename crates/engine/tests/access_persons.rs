//! The people of a database: invited by name, coming in by the letter, renamed and taken out.

mod access_support;

use access_support::{DAY, MINUTE, PASSWORD, World, block_on};
use engine::access::{NewPerson, OwnPatch, Person, PersonStanding};
use engine::ports::mailer::Says;
use model::access::Credential;
use model::error::Credentials;
use model::{Actor, Bag, Error, Role, UserId};
use serde_json::json;
use std::sync::Arc;

fn named(name: &str, email: &str) -> NewPerson {
    let bag = Bag::from([("door".to_owned(), json!({"first": name}))]);
    NewPerson { name: name.to_owned(), email: email.to_owned(), bag }
}

fn invite(world: &World, actor: &Actor, email: &str) -> Person {
    world.engine.invite_person(actor, world.first.database, named("Mark Smith", email), Role::Edit).expect("invited")
}

/// The code in the letter of this number, from 1.
fn code(world: &World, count: usize) -> String {
    let letters = world.mail.wait_for(count);
    match &letters[count - 1].says {
        Says::Invitation { code, .. } | Says::Reset { code, .. } => code.0.clone(),
    }
}

/// The token of the first database that writes.
fn site(world: &World) -> Arc<Actor> {
    let secrets = world.engine.database_secrets(&world.owner(), world.first.database).expect("read");
    world.engine.authenticate(secrets.expect("handed out").read_write.as_str()).expect("an actor")
}

fn arrive(world: &World, code: &str, password: &str) -> Result<(String, UserId), Error> {
    block_on(world.engine.arrive_by_invitation(code, password))
}

#[test]
fn who_is_invited_keeps_their_number_and_gets_the_role_when_they_come() {
    let world = World::new();
    let (key, actor) = (world.first.database, site(&world));
    let person = invite(&world, &actor, "Mark@Example.com");
    assert_eq!((person.standing, person.email.as_str()), (PersonStanding::Invited, "Mark@Example.com"));
    assert_eq!(world.engine.person(&actor, key, person.id).expect("there"), person);
    assert!(world.engine.get_user(&world.owner(), person.id).is_err(), "an account is there only when they come");
    assert!(world.engine.list_users(&world.owner()).expect("read").iter().all(|user| user.id != person.id));
    assert!(arrive(&world, &code(&world, 1), "short").is_err());
    let (session, user) = arrive(&world, &code(&world, 1), "changeme-1").expect("in");
    assert_eq!(user, person.id);
    let here = world.engine.authenticate_session(&session).expect("an actor");
    assert_eq!(world.engine.resolve_database(&here, key).expect("a member").1, Role::Edit);
    let now = world.engine.person(&actor, key, user).expect("there");
    assert_eq!((now.standing, now.name.as_str(), now.bag), (PersonStanding::Member, "Mark Smith", person.bag));
    block_on(world.engine.sign_in("mark@example.com", "changeme-1")).expect("the password is theirs");
    assert!(arrive(&world, &code(&world, 1), "changeme-2").is_err(), "a code is used once");
}

#[test]
fn nothing_tells_whether_an_address_has_an_account_and_its_password_is_asked_for() {
    let world = World::new();
    let (key, actor) = (world.first.database, site(&world));
    let ada = world.add_user("Ada");
    block_on(world.engine.set_password(&world.owner(), ada, "ada-Password-1")).expect("set");
    let (known, unknown) = (invite(&world, &actor, "ada@example.com"), invite(&world, &actor, "eve@example.com"));
    assert_eq!((known.standing, &known.name), (unknown.standing, &unknown.name));
    assert_ne!(known.id, ada);
    let wrong = arrive(&world, &code(&world, 1), "changeme-1");
    assert_eq!(wrong, Err(Error::Unauthenticated(Credentials::WrongPassword)));
    let (_, user) = arrive(&world, &code(&world, 1), "ada-Password-1").expect("in");
    assert_eq!(user, ada);
    let ids: Vec<UserId> = world.engine.people(&actor, key).expect("read").iter().map(|person| person.id).collect();
    assert_eq!(ids, [world.first.user, ada, unknown.id]);
    let again = world.engine.invite_person(&actor, key, named("Ada", "ADA@example.com"), Role::Edit);
    assert!(matches!(again, Err(Error::Invalid(_))), "who is a member is not invited");
}

#[test]
fn a_second_letter_to_an_address_ends_the_first_and_keeps_the_number() {
    let world = World::new();
    let actor = site(&world);
    let first = invite(&world, &actor, "mark@example.com");
    world.clock.advance(MINUTE);
    let second = invite(&world, &actor, "MARK@example.com");
    assert_eq!(first.id, second.id);
    assert!(arrive(&world, &code(&world, 1), "changeme-1").is_err());
    arrive(&world, &code(&world, 2), "changeme-1").expect("in");
}

#[test]
fn an_invitation_ends_with_its_time_with_the_person_and_with_the_token_that_made_it() {
    let world = World::new();
    let (key, actor) = (world.first.database, site(&world));
    let person = invite(&world, &actor, "a@example.com");
    world.engine.remove_person(&actor, key, person.id).expect("removed");
    assert!(arrive(&world, &code(&world, 1), "changeme-1").is_err());
    assert!(world.engine.person(&actor, key, person.id).is_err());
    invite(&world, &actor, "b@example.com");
    world.clock.advance(8 * DAY);
    assert!(arrive(&world, &code(&world, 2), "changeme-1").is_err());
    assert_eq!(world.engine.people(&actor, key).expect("read").len(), 1);
    invite(&world, &actor, "c@example.com");
    let which = engine::access::DatabaseSecret::ReadWrite;
    world.engine.renew_database_secret(&world.owner(), key, which).expect("renewed");
    assert!(arrive(&world, &code(&world, 3), "changeme-1").is_err());
}

#[test]
fn a_token_renames_and_takes_out_members_of_its_database_and_nobody_else() {
    let world = World::new();
    let (key, actor) = (world.first.database, site(&world));
    invite(&world, &actor, "mark@example.com");
    let (session, user) = arrive(&world, &code(&world, 1), "changeme-1").expect("in");
    let bag = Bag::from([("other".to_owned(), json!(1))]);
    let renamed = world.engine.rename_person(&actor, key, user, "Marc", &bag).expect("renamed");
    assert_eq!((renamed.name.as_str(), renamed.bag.len()), ("Marc", 2));
    let other = world.add_user("Ada");
    assert!(world.engine.rename_person(&actor, key, other, "X", &bag).is_err());
    assert!(world.engine.remove_person(&actor, key, other).is_err());
    let refused = world.engine.remove_person(&actor, key, world.first.user);
    assert!(matches!(refused, Err(Error::Conflict(_))), "the owner is a member by the workspace");
    world.engine.remove_person(&actor, key, user).expect("taken out");
    let here = world.engine.authenticate_session(&session).expect("the account stays");
    assert!(world.engine.resolve_database(&here, key).is_err());
    let editor = world.person(user);
    assert!(world.engine.people(&editor, key).is_err());
}

#[test]
fn what_is_ones_own_changes_in_ones_own_session_only() {
    let world = World::new();
    let actor = site(&world);
    invite(&world, &actor, "mark@example.com");
    let (session, user) = arrive(&world, &code(&world, 1), "changeme-1").expect("in");
    let (other, _) = block_on(world.engine.sign_in("mark@example.com", "changeme-1")).expect("in");
    let own = world.engine.authenticate_session(&session).expect("an actor");
    let patch = OwnPatch {
        name: Some("Marc".to_owned()),
        email: Some("marc@example.com".to_owned()),
        password: Some("changed-2".to_owned()),
        ..OwnPatch::default()
    };
    assert!(block_on(world.engine.change_own(&actor, &session, patch.clone())).is_err());
    block_on(world.engine.change_own(&own, &session, patch)).expect("changed");
    assert!(world.engine.authenticate_session(&other).is_err(), "other sessions end");
    world.engine.authenticate_session(&session).expect("this one stays");
    let (_, again) = block_on(world.engine.sign_in("marc@example.com", "changed-2")).expect("in");
    assert_eq!(again, user);
    let taken = OwnPatch { email: Some("olga@example.com".to_owned()), ..OwnPatch::default() };
    assert!(matches!(block_on(world.engine.change_own(&own, &session, taken)), Err(Error::Invalid(_))));
}

#[test]
fn a_letter_for_a_new_password_begins_a_session_and_ends_the_others() {
    let world = World::new();
    let (old, _) = block_on(world.engine.sign_in("olga@example.com", PASSWORD)).expect("in");
    let code = block_on(async {
        world.engine.ask_for_reset("olga@example.com").expect("asked");
        code(&world, 1)
    });
    let (session, user) = block_on(world.engine.arrive_by_reset(&code, "changed-2")).expect("in");
    assert_eq!(user, world.first.user);
    assert!(world.engine.authenticate_session(&old).is_err());
    let actor = world.engine.authenticate_session(&session).expect("an actor");
    assert_eq!(actor.credential, Credential::Session);
    assert!(block_on(world.engine.arrive_by_reset(&code, "changed-3")).is_err());
}
