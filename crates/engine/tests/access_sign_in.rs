//! Signing in: sessions, passwords, the brake on guessing, and users.

mod access_support;

use access_support::*;
use engine::access::{AccountPatch, FirstStart, NewAccount, SESSION_MS};
use model::error::Credentials;
use model::time::Instant;
use model::{Ability, Actor, Error, Path, Role, Rule, UserId};
use std::time::{Duration, Instant as Moment};
use testbed::Bed;

const WRONG: Error = Error::Unauthenticated(Credentials::WrongPassword);
const UNKNOWN: Error = Error::Unauthenticated(Credentials::Unknown);
const EMAIL: &str = "olga@example.com";

#[test]
fn a_session_lasts_thirty_days_after_its_last_use_and_ends_when_signed_out() {
    let world = World::new();
    let engine = &world.engine;
    let (cookie, user) = block_on(engine.sign_in(" OLGA@example.com", PASSWORD)).expect("signed in");
    assert_eq!((user, cookie.len()), (world.first.user, 64));
    let actor = engine.authenticate_session(&cookie).expect("known");
    assert!(actor.administrator && actor.abilities.has(Ability::ServerManage));
    // Used after 20 days it lasts beyond the first 30, and the next process knows.
    world.clock.advance(20 * DAY);
    engine.authenticate_session(&cookie).expect("known");
    world.clock.advance(20 * DAY);
    engine.authenticate_session(&cookie).expect("known");
    engine.flush_last_used().expect("written");
    let World { bed, engine, clock, .. } = world;
    drop((actor, engine));
    let engine = open(&bed, clock.clone());
    clock.advance(SESSION_MS - 1);
    engine.authenticate_session(&cookie).expect("known");
    clock.advance(SESSION_MS);
    let expired = Error::Unauthenticated(Credentials::Expired);
    assert_eq!(engine.authenticate_session(&cookie).map(drop), Err(expired));
    let (cookie, _) = block_on(engine.sign_in(EMAIL, PASSWORD)).expect("signed in");
    engine.authenticate_session(&cookie).expect("known");
    assert_eq!(engine.authenticate(&cookie).map(drop), Err(UNKNOWN), "a cookie is no token");
    engine.sign_out(&cookie).expect("signed out");
    assert_eq!(engine.authenticate_session(&cookie).map(drop), Err(UNKNOWN));
    engine.sign_out(&cookie).expect("nothing more to do");
}

#[test]
fn a_new_password_ends_the_other_sessions() {
    let world = World::new();
    let engine = &world.engine;
    let sign_in = |password: &str| block_on(engine.sign_in(EMAIL, password)).map(|(cookie, _)| cookie);
    let (here, there) = (sign_in(PASSWORD).expect("in"), sign_in(PASSWORD).expect("in"));
    let actor = engine.authenticate_session(&here).expect("known");
    let change = |present: &str, new: &str| block_on(engine.change_password(&actor, &here, present, new));
    assert_eq!(change("not it at all 1", "another horse 2"), Err(WRONG));
    assert!(matches!(change(PASSWORD, "short"), Err(Error::Invalid(_))));
    engine.authenticate_session(&there).expect("still known");
    change(PASSWORD, "another horse 2").expect("changed");
    engine.authenticate_session(&here).expect("this one stays");
    assert_eq!(engine.authenticate_session(&there).map(drop), Err(UNKNOWN));
    assert_eq!(sign_in(PASSWORD), Err(WRONG));
    sign_in("another horse 2").expect("in");
    let token = engine.authenticate(world.first.token.as_str()).expect("known");
    let refused = block_on(engine.change_password(&token, "", "another horse 2", "third horse 3"));
    assert!(matches!(refused, Err(Error::Forbidden(_))), "a token does not change who its user is");
    block_on(engine.set_password(&Actor::local(None), world.first.user, "third horse 3")).expect("set");
    assert_eq!(engine.authenticate_session(&here).map(drop), Err(UNKNOWN), "set by others it ends all");
}

#[test]
fn an_unknown_address_a_wrong_password_and_a_suspended_user_are_one_answer_after_the_same_work() {
    let world = World::new();
    let engine = &world.engine;
    let new = NewAccount {
        name: "Sue".to_owned(),
        email: "sue@example.com".to_owned(),
        password: Some(PASSWORD.to_owned()),
        administrator: false,
    };
    let sue = block_on(engine.create_user(&world.owner(), new)).expect("made").id;
    let suspended = AccountPatch { suspended: Some(true), ..AccountPatch::default() };
    engine.update_user(&world.owner(), sue, suspended).expect("suspended");
    world.add_user("Nopassword");
    // Taken in turns, and the quickest of each, so that other work on the machine disturbs all alike. Without the hash
    // an answer would come a hundred times sooner.
    let emails = [EMAIL, "nobody@example.com", "sue@example.com", "nopassword@example.com", ""];
    let mut quickest = [Duration::MAX; 5];
    for _ in 0..4 {
        for (email, quickest) in emails.iter().zip(&mut quickest) {
            let password = if *email == EMAIL { "wrong horse 1" } else { PASSWORD };
            let begin = Moment::now();
            assert_eq!(block_on(engine.sign_in(email, password)).map(drop), Err(WRONG), "{email}");
            *quickest = begin.elapsed().min(*quickest);
        }
    }
    for (email, found) in emails.iter().zip(quickest) {
        assert!(found > quickest[0] / 8 && found < quickest[0] * 8, "{email}: {quickest:?}");
    }
}

#[test]
fn guessing_is_slowed_down_by_account_and_for_unknown_ones_alike() {
    let world = World::new();
    let engine = &world.engine;
    let try_in = |email: &str, password: &str| block_on(engine.sign_in(email, password)).map(drop);
    for email in [EMAIL, "nobody@example.com"] {
        for _ in 0..5 {
            assert_eq!(try_in(email, "wrong horse 1"), Err(WRONG));
        }
        assert_eq!(try_in(email, PASSWORD), Err(Error::RateLimited { retry_after: 1 }), "{email}");
    }
    world.clock.advance(1000);
    assert_eq!(try_in(EMAIL, "wrong horse 1"), Err(WRONG));
    assert_eq!(try_in(EMAIL, PASSWORD), Err(Error::RateLimited { retry_after: 2 }));
    world.clock.advance(2000);
    assert_eq!(try_in(EMAIL, PASSWORD), Ok(()));
    assert_eq!(try_in(EMAIL, "wrong horse 1"), Err(WRONG), "a success forgives");
    engine.authenticate(world.first.token.as_str()).expect("tokens are not slowed down");
}

#[test]
fn the_first_start_makes_everything_once() {
    let world = World::new();
    let (engine, first) = (&world.engine, &world.first);
    let owner = engine.authenticate(first.token.as_str()).expect("known");
    assert!(owner.administrator && owner.user == Some(first.user));
    assert_eq!(engine.list_workspaces(&owner).expect("listed")[0].name, "Workspace");
    let database = engine.get_database(&owner, first.database).expect("there");
    assert_eq!((database.name.as_str(), database.role), ("Database", Role::Owner));
    let token = &engine.list_tokens(&owner).expect("listed")[0];
    assert!(token.full_access && token.expires_at.is_none());
    let again = FirstStart { name: "X", email: "x@example.com", password: PASSWORD, token: None };
    assert_eq!(engine.first_start(again), Ok(None));
    assert_eq!(engine.store().check(), Vec::<String>::new());
}

#[test]
fn the_first_token_may_have_a_text_of_the_administrators_choice() {
    let bed = Bed::new();
    let engine = open(&bed, engine::ports::FixedClock::at(Instant(NOW)));
    let given = |token| FirstStart { name: "Olga", email: EMAIL, password: PASSWORD, token };
    assert!(matches!(engine.first_start(given(Some("short"))), Err(Error::Invalid(_))));
    let weak = FirstStart { password: "weak", ..given(None) };
    assert!(matches!(engine.first_start(weak), Err(Error::Invalid(_))));
    engine.first_start(given(Some("a-text-from-the-environment"))).expect("started").expect("the first time");
    engine.authenticate("a-text-from-the-environment").expect("known");
    assert_eq!(engine.store().check(), Vec::<String>::new(), "what was refused left no file or schema");
}

#[test]
fn users_are_the_administrators_business_and_a_name_ones_own() {
    let world = World::new();
    let engine = &world.engine;
    let mira = world.add_user("Mira");
    let actor = world.person(mira);
    assert_eq!(engine.list_users(&actor), Err(Error::Forbidden(Ability::ServerManage)));
    assert!(matches!(engine.get_user(&actor, world.first.user), Err(Error::NotFound { .. })));
    let named = |name: &str| AccountPatch { name: Some(name.to_owned()), ..AccountPatch::default() };
    engine.update_user(&actor, mira, named("Mira M.")).expect("one's own");
    assert_eq!(engine.directory().find("Mira M."), Some(mira), "the directory follows at once");
    let raise = AccountPatch { administrator: Some(true), ..AccountPatch::default() };
    assert_eq!(engine.update_user(&actor, mira, raise).map(drop), Err(Error::Forbidden(Ability::ServerManage)));
    let taken = AccountPatch { email: Some("OLGA@example.com".to_owned()), ..AccountPatch::default() };
    let fault = Error::invalid_given(Path::of("email"), Rule::Taken, EMAIL);
    assert_eq!(engine.update_user(&world.owner(), mira, taken), Err(fault));
    let alone = AccountPatch { administrator: Some(false), ..AccountPatch::default() };
    let refused = engine.update_user(&world.owner(), world.first.user, alone);
    assert!(matches!(refused, Err(Error::Conflict(_))), "the last administrator");
    for email in ["", "x", "@", "a@", "@b", "a@b@c", "a b@c"] {
        let new = NewAccount { name: "N".to_owned(), email: email.to_owned(), ..NewAccount::default() };
        let made = block_on(engine.create_user(&world.owner(), new));
        assert!(matches!(made, Err(Error::Invalid(_))), "{email}");
    }
    engine.delete_user(&world.owner(), mira).expect("deleted");
    assert_eq!(engine.renewed(&actor).map(drop), Err(UNKNOWN));
    assert_eq!(engine.directory().get(mira).map(|u| u.name.as_str()), Some("Mira M."), "kept for history");
    assert_ne!(world.add_user("Mira"), mira, "a namesake inherits nothing");
    assert!(matches!(engine.get_user(&world.owner(), UserId(4711)), Err(Error::NotFound { .. })));
}

#[test]
fn signing_out_everywhere_ends_sessions_and_tokens() {
    let world = World::new();
    let engine = &world.engine;
    let (cookie, _) = block_on(engine.sign_in(EMAIL, PASSWORD)).expect("in");
    let actor = engine.authenticate_session(&cookie).expect("known");
    engine.sign_out_everywhere(&actor).expect("done");
    assert_eq!(engine.authenticate_session(&cookie).map(drop), Err(UNKNOWN));
    assert_eq!(engine.authenticate(world.first.token.as_str()).map(drop), Err(UNKNOWN));
}
