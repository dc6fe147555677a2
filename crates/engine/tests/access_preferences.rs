//! Preferences: whose they are, who sets them, and which database is meant when none is named.

mod access_support;

use access_support::*;
use engine::access::{End, Inbox, NewToken, Preferences};
use model::access::Reach;
use model::{Ability, AbilitySet, Actor, Error, RecordId, Role, TableId};
use std::sync::Arc;

fn token(world: &World, new: NewToken) -> Arc<Actor> {
    let new = NewToken { name: "t".to_owned(), ..new };
    let (_, secret) = world.engine.create_token(&world.owner(), new).expect("a token");
    world.engine.authenticate(secret.as_str()).expect("known")
}

#[test]
fn preferences_are_the_users_whatever_the_credential_and_go_with_the_user() {
    let world = World::new();
    let (owner, all) = (world.owner(), token(&world, NewToken { full_access: true, ..NewToken::default() }));
    assert_eq!(world.engine.preferences(&owner), Ok(Preferences::default()));
    let inbox = Inbox { database: world.first.database, table: TableId(3), record: Some(RecordId(7)) };
    world.engine.change_preferences(&all, |own| own.inbox = Some(inbox)).expect("changed");
    world.engine.change_preferences(&owner, |own| own.inbox_end = End::Top).expect("changed");
    let expected = Preferences { inbox: Some(inbox), inbox_end: End::Top, ..Preferences::default() };
    assert_eq!(world.engine.preferences(&all), Ok(expected.clone()));
    let other = world.add_member("Mia", Role::Edit);
    let person = world.person(other);
    assert_eq!(world.engine.preferences(&person), Ok(Preferences::default()));
    world.engine.change_preferences(&person, |own| own.inbox = Some(inbox)).expect("changed");
    world.engine.delete_user(&owner, other).expect("deleted");
    assert_eq!(world.engine.preferences(&person), Ok(Preferences::default()), "nothing of them is kept");
    assert_eq!(world.engine.preferences(&owner), Ok(expected));
}

#[test]
fn a_credential_that_writes_nothing_changes_no_preference() {
    let world = World::new();
    let abilities = AbilitySet::of([Ability::RecordRead, Ability::DatabaseRead]);
    let reader = token(&world, NewToken { abilities, ..NewToken::default() });
    let refused = world.engine.change_preferences(&reader, |own| own.inbox_end = End::Top);
    assert_eq!(refused, Err(Error::Forbidden(Ability::RecordUpdate)));
    assert_eq!(world.engine.preferences(&reader), Ok(Preferences::default()));
}

#[test]
fn the_first_database_is_the_bound_one_else_the_chosen_else_ones_own() {
    let world = World::new();
    let owner = world.owner();
    let second = world.engine.create_database(&owner, world.first.workspace, "Second", None).expect("made").key;
    let first = |actor: &Actor| world.engine.databases_by_preference(actor).expect("databases")[0].key;
    assert_eq!(first(&owner), world.first.database);
    world.engine.change_preferences(&owner, |own| own.default_database = Some(second)).expect("changed");
    assert_eq!(first(&owner), second);
    assert_eq!(world.engine.databases_by_preference(&owner).expect("databases").len(), 2);
    let reach = Reach::Only { workspaces: Vec::new(), databases: vec![world.first.database] };
    let bound = token(&world, NewToken { full_access: true, reach, ..NewToken::default() });
    let listed = world.engine.databases_by_preference(&bound).expect("databases");
    assert_eq!(listed.iter().map(|d| d.key).collect::<Vec<_>>(), [world.first.database]);
    // What was chosen and is gone counts for nothing.
    world.engine.delete_database(&owner, second).expect("deleted");
    assert_eq!(first(&owner), world.first.database);
    // Where they have no role, a choice that an administrator makes for somebody counts for nothing either.
    let user = world.add_user("Nobody");
    world.engine.set_default_database(&owner, user, world.first.database).expect("chosen");
    let stranger = world.person(user);
    let refused = world.engine.set_default_database(&stranger, user, world.first.database);
    assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
    let refused = world.engine.set_default_database(&stranger, owner.user.expect("a user"), world.first.database);
    assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
    assert_eq!(world.engine.databases_by_preference(&stranger), Ok(Vec::new()));
}
