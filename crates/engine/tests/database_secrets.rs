//! The tokens of a database and the secret of its hook: who is given them, what they can do, and how they are kept.

mod access_support;

use access_support::{MINUTE, NOW, PASSWORD, World};
use engine::access::{DatabaseSecret, NewToken};
use engine::files::FileOptions;
use engine::ports::{FixedClock, Ports, SeededDice};
use engine::{Engine, Options};
use model::access::{RateLimit, Reach};
use model::time::Instant;
use model::{Ability, AbilitySet, Actor, Error, Role};
use store::store::{Store, StoreOptions};
use testbed::Bed;

fn with_key(bed: &Bed, key: &str, seed: u64) -> Engine {
    let options = StoreOptions { scan_threads: 1, open_databases: 8, ..bed.options() };
    let store = Store::open(bed.path(), options, NOW).expect("opens");
    let files = FileOptions { secret_key: Some(key.to_owned()), ..FileOptions::default() };
    let ports = Ports::of(FixedClock::at(Instant(NOW)), SeededDice::new(seed));
    Engine::open_with(store, ports, Options { files, ..Options::default() }).expect("opens")
}

#[test]
fn who_owns_a_database_is_given_the_same_tokens_again_and_again() {
    let world = World::new();
    let key = world.first.database;
    let first = world.engine.database_secrets(&world.owner(), key).expect("read").expect("handed out");
    let again = world.engine.database_secrets(&world.owner(), key).expect("read").expect("handed out");
    assert!(first.read_only == again.read_only && first.read_write == again.read_write && first.hook == again.hook);
    assert_ne!(first.read_only, first.read_write);
    assert_eq!(format!("{first:?}").matches("(..)").count(), 3, "a log prints none: {first:?}");
    assert_eq!(world.engine.database_of_hook(&first.hook.0).map(|(_, key)| key), Ok(key));
    for wrong in ["", "x", &"x".repeat(40), &first.hook.0[1..]] {
        assert!(world.engine.database_of_hook(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn one_token_reads_and_the_other_writes_and_neither_goes_beyond_the_database() {
    let world = World::new();
    let key = world.first.database;
    let secrets = world.engine.database_secrets(&world.owner(), key).expect("read").expect("handed out");
    let reading = world.engine.authenticate(secrets.read_only.as_str()).expect("an actor");
    let writing = world.engine.authenticate(secrets.read_write.as_str()).expect("an actor");
    let role = |actor: &Actor| world.engine.resolve_database(actor, key).expect("there").1;
    assert_eq!((role(&reading), role(&writing)), (Role::Read, Role::Owner));
    for ability in [Ability::RecordUpdate, Ability::EmailRead, Ability::DatabaseInvite, Ability::HistoryRead] {
        assert!(!reading.abilities.has(ability), "{ability:?}");
    }
    for ability in [Ability::DatabaseDelete, Ability::TokenManage, Ability::ServerManage, Ability::WorkspaceCreate] {
        assert!(!writing.abilities.has(ability), "{ability:?}");
    }
    assert!(world.engine.database_secrets(&reading, key).expect("read").is_none());
    let seen = world.engine.database_secrets(&writing, key).expect("read").expect("handed out");
    assert_eq!(seen.read_write, secrets.read_write);
    let other = world.engine.create_database(&world.owner(), world.first.workspace, "Other", None).expect("made");
    assert!(world.engine.resolve_database(&writing, other.key).is_err());
    let there = world.engine.database_secrets(&world.owner(), other.key).expect("read").expect("handed out");
    assert!(there.read_only != secrets.read_only && there.hook != secrets.hook);
}

#[test]
fn nobody_is_given_a_token_that_could_do_more_than_what_they_come_with() {
    let world = World::new();
    let (key, owner) = (world.first.database, world.owner());
    let none = |actor: &Actor| world.engine.database_secrets(actor, key).expect("read").is_none();
    let member = world.add_member("Mia", Role::Manage);
    assert!(none(&world.person(member)));
    assert!(world.engine.renew_database_secret(&world.person(member), key, DatabaseSecret::ReadOnly).is_err());
    let token = |new: NewToken| {
        let new = NewToken { name: "t".to_owned(), ..new };
        let (_, text) = world.engine.create_token(&owner, new).expect("made");
        world.engine.authenticate(text.as_str()).expect("an actor")
    };
    let all = || NewToken { full_access: true, ..NewToken::default() };
    assert!(!none(&token(all())));
    let expires_at = Some(Instant(NOW + MINUTE));
    assert!(none(&token(NewToken { expires_at, ..all() })));
    let rate = Some(RateLimit { per_second: 1, burst: 1 });
    assert!(none(&token(NewToken { rate, ..all() })));
    let abilities = AbilitySet::of([Ability::DatabaseRead, Ability::RecordUpdate]);
    assert!(none(&token(NewToken { abilities, ..NewToken::default() })));
    let reach = Reach::Only { workspaces: Vec::new(), databases: vec![key] };
    assert!(!none(&token(NewToken { reach, ..all() })));
    let stranger = world.add_user("Sam");
    assert!(matches!(world.engine.database_secrets(&world.person(stranger), key), Err(Error::NotFound { .. })));
}

#[test]
fn a_token_that_is_renewed_is_dead_at_once_and_the_others_stay() {
    let world = World::new();
    let key = world.first.database;
    let before = world.engine.database_secrets(&world.owner(), key).expect("read").expect("handed out");
    world.engine.authenticate(before.read_only.as_str()).expect("alive");
    let after = world.engine.renew_database_secret(&world.owner(), key, DatabaseSecret::ReadOnly).expect("renewed");
    assert!(world.engine.authenticate(before.read_only.as_str()).is_err());
    world.engine.authenticate(after.read_only.as_str()).expect("alive");
    assert!(after.read_write == before.read_write && after.hook == before.hook);
    let last = world.engine.renew_database_secret(&world.owner(), key, DatabaseSecret::Hook).expect("renewed");
    assert!(world.engine.database_of_hook(&before.hook.0).is_err());
    assert_eq!(world.engine.database_of_hook(&last.hook.0).map(|(_, key)| key), Ok(key));
}

#[test]
fn they_end_with_the_database_and_come_back_with_it() {
    let world = World::new();
    let key = world.first.database;
    let secrets = world.engine.database_secrets(&world.owner(), key).expect("read").expect("handed out");
    world.engine.delete_database(&world.owner(), key).expect("deleted");
    let actor = world.engine.authenticate(secrets.read_write.as_str()).expect("a token still");
    assert!(world.engine.resolve_database(&actor, key).is_err());
    assert!(world.engine.database_of_hook(&secrets.hook.0).is_err());
    world.engine.restore_database(&world.owner(), key).expect("restored");
    assert!(world.engine.resolve_database(&actor, key).is_ok());
}

#[test]
fn they_are_not_in_the_store_in_plain_text_and_another_key_makes_them_anew() {
    let bed = Bed::new();
    let given = engine::access::FirstStart { name: "Olga", email: "olga@example.com", password: PASSWORD, token: None };
    let one = with_key(&bed, "one key of thirty-two characters!", 7);
    let first = one.first_start(given).expect("started").expect("the first time");
    let owner = Actor::local(Some(first.user));
    let before = one.database_secrets(&owner, first.database).expect("read").expect("handed out");
    drop(one);
    for (file, bytes) in bed.kept() {
        for secret in [before.read_only.as_str(), before.read_write.as_str(), &before.hook.0] {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "a secret is in {file}");
        }
    }
    let same = with_key(&bed, "one key of thirty-two characters!", 8);
    let again = same.database_secrets(&owner, first.database).expect("read").expect("handed out");
    assert_eq!((again.read_only.as_str(), &again.hook), (before.read_only.as_str(), &before.hook));
    drop(same);
    let other = with_key(&bed, "another key of thirty-two characters", 9);
    other.authenticate(before.read_only.as_str()).expect("until they are needed, those of before work");
    let anew = other.database_secrets(&owner, first.database).expect("read").expect("handed out");
    assert!(anew.read_only != before.read_only && anew.hook != before.hook);
    assert!(other.authenticate(before.read_only.as_str()).is_err());
    other.authenticate(anew.read_write.as_str()).expect("alive");
}

#[test]
fn what_is_made_at_once_by_many_is_made_once() {
    let world = World::new();
    let (key, owner) = (world.first.database, world.owner());
    let all: Vec<_> = std::thread::scope(|scope| {
        let one = || world.engine.database_secrets(&owner, key).expect("read").expect("handed out");
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().expect("done")).collect()
    });
    assert!(all.iter().all(|secrets| secrets.read_only == all[0].read_only && secrets.hook == all[0].hook));
}
