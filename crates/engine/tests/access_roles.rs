//! Roles and reach: who may do what with workspaces, databases and their members.

mod access_support;

use access_support::*;
use engine::access::{DatabasePatch, NewToken, Part, PartRole, Place};
use model::access::Reach;
use model::change::Patch;
use model::{Ability, Actor, Error, Role, Subject, TableId, UserId, WorkspaceId};

/// What an attempt came to.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Outcome {
    Done,
    Forbidden,
    Missing,
}

fn outcome<T>(result: Result<T, Error>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(Error::Forbidden(_)) => Outcome::Forbidden,
        Err(Error::NotFound { .. }) => Outcome::Missing,
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn each_role_may_do_what_it_may_and_no_more() {
    use Outcome::{Done, Forbidden, Missing};
    let world = World::new();
    let (engine, workspace, key) = (&world.engine, world.first.workspace, world.first.database);
    let guest = world.add_user("Guest");
    type Attempt<'a> = (&'a str, [Outcome; 6], &'a dyn Fn(&Actor) -> Outcome);
    let rename = || DatabasePatch { name: Some("Renamed".to_owned()), ..DatabasePatch::default() };
    // None, Read, Comment, Edit, Manage, Owner.
    let readers = [Missing, Done, Done, Done, Done, Done];
    let managers = [Missing, Forbidden, Forbidden, Forbidden, Done, Done];
    let owners = [Missing, Forbidden, Forbidden, Forbidden, Forbidden, Done];
    let attempts: [Attempt<'_>; 9] = [
        ("get workspace", readers, &|a| outcome(engine.get_workspace(a, workspace))),
        ("list members", readers, &|a| outcome(engine.list_collaborators(a, Place::Workspace(workspace)))),
        ("list databases", readers, &|a| outcome(engine.list_databases(a, workspace))),
        ("get database", readers, &|a| outcome(engine.get_database(a, key))),
        ("create database", managers, &|a| outcome(engine.create_database(a, workspace, "New", None))),
        ("update database", managers, &|a| outcome(engine.update_database(a, key, rename()))),
        ("rename workspace", owners, &|a| outcome(engine.update_workspace(a, workspace, "Renamed"))),
        ("invite to it", owners, &|a| {
            outcome(engine.set_collaborator(a, Place::Workspace(workspace), guest, Role::Read))
        }),
        ("invite to database", owners, &|a| {
            outcome(engine.set_collaborator(a, Place::Database(key), guest, Role::Read))
        }),
    ];
    let roles = [Role::None, Role::Read, Role::Comment, Role::Edit, Role::Manage, Role::Owner];
    for (i, role) in roles.into_iter().enumerate() {
        let name = format!("User{i}");
        let user = if role == Role::None { world.add_user(&name) } else { world.add_member(&name, role) };
        let actor = world.person(user);
        for (what, expected, attempt) in &attempts {
            assert_eq!(attempt(&actor), expected[i], "{what} as {role:?}");
        }
    }
    // Last, for they end the rest.
    let manager = world.person(world.add_member("Late", Role::Manage));
    assert_eq!(outcome(engine.delete_database(&manager, key)), Forbidden);
    assert_eq!(outcome(engine.delete_workspace(&manager, workspace)), Forbidden);
    assert_eq!(outcome(engine.delete_database(&world.owner(), key)), Done);
    assert_eq!(outcome(engine.delete_workspace(&world.owner(), workspace)), Done);
    assert_eq!(outcome(engine.get_workspace(&world.owner(), workspace)), Missing);
}

#[test]
fn missing_deleted_and_foreign_are_the_same_answer() {
    let world = World::new();
    let (engine, owner) = (&world.engine, world.owner());
    let stranger = world.person(world.add_user("Stranger"));
    let doomed = engine.create_database(&owner, world.first.workspace, "Doomed", None).expect("made").key;
    engine.delete_database(&owner, doomed).expect("deleted");
    for key in [world.first.database, doomed, key("zzzzzzzzzzzz")] {
        let missing = Error::not_found(Subject::Database, key.to_string());
        for _ in 0..2 {
            assert_eq!(engine.resolve_database(&stranger, key), Err(missing.clone()));
        }
        assert_eq!(engine.delete_database(&stranger, key), Err(missing.clone()));
        assert_eq!(engine.restore_database(&stranger, key), Err(missing));
    }
    for id in [world.first.workspace, WorkspaceId(4711)] {
        let missing = Error::not_found(Subject::Workspace, id.0.to_string());
        assert_eq!(engine.get_workspace(&stranger, id), Err(missing.clone()));
        assert_eq!(engine.list_databases(&stranger, id), Err(missing.clone()));
        assert_eq!(engine.delete_workspace(&stranger, id), Err(missing.clone()));
        assert_eq!(engine.create_database(&stranger, id, "Mine", None), Err(missing));
    }
    let restored = engine.restore_database(&owner, doomed).expect("out of the trash");
    assert_eq!(restored.name, "Doomed");
}

#[test]
fn a_role_on_a_database_opens_that_one_and_not_its_workspace() {
    let world = World::new();
    let (engine, owner, workspace) = (&world.engine, world.owner(), world.first.workspace);
    let here = world.first.database;
    let there = engine.create_database(&owner, workspace, "Second", None).expect("made").key;
    let guest = world.add_user("Guest");
    engine.set_collaborator(&owner, Place::Database(here), guest, Role::Edit).expect("invited");
    let actor = world.person(guest);
    assert_eq!(engine.resolve_database(&actor, here).expect("reached").1, Role::Edit);
    assert!(engine.resolve_database(&actor, there).is_err());
    assert!(engine.get_workspace(&actor, workspace).is_err());
    assert_eq!(engine.list_workspaces(&actor).expect("listed"), []);
    let keys = |list: Vec<engine::access::DatabaseInfo>| list.into_iter().map(|d| d.key).collect::<Vec<_>>();
    assert_eq!(keys(engine.list_all_databases(&actor).expect("listed")), [here]);
    assert_eq!(keys(engine.list_databases(&actor, workspace).expect("listed")), [here]);
    assert_eq!(keys(engine.list_all_databases(&owner).expect("listed")), [here, there]);
    let local = Actor::local(None);
    assert_eq!(keys(engine.list_all_databases(&local).expect("listed")), [here, there]);
}

#[test]
fn the_reach_of_a_token_cuts_every_list_and_look_up() {
    let world = World::new();
    let (engine, owner) = (&world.engine, world.owner());
    let other = engine.create_workspace(&owner, "Other").expect("made").id;
    let owner = world.owner();
    let (a, b) = (world.first.workspace, other);
    let in_a = world.first.database;
    let in_b = engine.create_database(&owner, b, "B", None).expect("made").key;
    // Reach, then whether workspace a, workspace b, the database in a and the one in b are reached.
    let cases = [
        (Reach::All, [true, true, true, true]),
        (Reach::Only { workspaces: vec![a], databases: vec![] }, [true, false, true, false]),
        (Reach::Only { workspaces: vec![], databases: vec![in_b] }, [false, false, false, true]),
        (Reach::Only { workspaces: vec![b], databases: vec![in_a] }, [false, true, true, true]),
        (Reach::Only { workspaces: vec![], databases: vec![] }, [false, false, false, false]),
    ];
    for (reach, expected) in cases {
        let new = NewToken { name: "T".to_owned(), full_access: true, reach: reach.clone(), ..NewToken::default() };
        let (_, secret) = engine.create_token(&owner, new).expect("made");
        let actor = engine.authenticate(secret.as_str()).expect("known");
        let found = [
            engine.get_workspace(&actor, a).is_ok(),
            engine.get_workspace(&actor, b).is_ok(),
            engine.get_database(&actor, in_a).is_ok(),
            engine.get_database(&actor, in_b).is_ok(),
        ];
        assert_eq!(found, expected, "{reach:?}");
        let workspaces: Vec<WorkspaceId> =
            engine.list_workspaces(&actor).expect("listed").into_iter().map(|w| w.id).collect();
        assert_eq!([workspaces.contains(&a), workspaces.contains(&b)], expected[..2], "{reach:?}");
        let keys: Vec<_> = engine.list_all_databases(&actor).expect("listed").into_iter().map(|d| d.key).collect();
        assert_eq!([keys.contains(&in_a), keys.contains(&in_b)], expected[2..], "{reach:?}");
    }
}

#[test]
fn a_workspace_always_keeps_an_owner() {
    let world = World::new();
    let (engine, place) = (&world.engine, Place::Workspace(world.first.workspace));
    let owner = world.first.user;
    let conflict = |result: Result<(), Error>| assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
    conflict(engine.remove_collaborator(&world.owner(), place, owner));
    conflict(engine.set_collaborator(&world.owner(), place, owner, Role::Read));
    conflict(engine.delete_user(&world.owner(), owner));
    let second = world.add_member("Second", Role::Owner);
    conflict(engine.delete_user(&world.owner(), owner));
    engine.remove_collaborator(&world.owner(), place, owner).expect("leaves");
    assert!(engine.get_workspace(&world.owner(), world.first.workspace).is_err());
    conflict(engine.delete_user(&world.owner(), second));
    let members = engine.list_collaborators(&world.person(second), place).expect("listed");
    assert_eq!(members.iter().map(|m| (m.user.name.as_str(), m.role)).collect::<Vec<_>>(), [("Second", Role::Owner)]);
    assert!(matches!(
        engine.set_collaborator(&world.person(second), place, UserId(4711), Role::Read),
        Err(Error::NotFound { subject: Subject::User, .. })
    ));
}

#[test]
fn members_leave_by_themselves_and_addresses_are_shown_to_who_may_see_them() {
    let world = World::new();
    let (engine, place) = (&world.engine, Place::Workspace(world.first.workspace));
    let (mira, noor) = (world.add_member("Mira", Role::Read), world.add_member("Noor", Role::Read));
    let actor = world.person(mira);
    let members = engine.list_collaborators(&actor, place).expect("listed");
    assert!(members.iter().all(|m| m.user.email.contains('@')));
    let abilities = model::AbilitySet::of([Ability::WorkspaceRead]);
    let members = engine.list_collaborators(&Actor { abilities, ..(*actor).clone() }, place).expect("listed");
    assert!(members.len() == 3 && members.iter().all(|m| m.user.email.is_empty()));
    let refused = engine.remove_collaborator(&actor, place, noor);
    assert_eq!(refused, Err(Error::Forbidden(Ability::WorkspaceInvite)));
    engine.remove_collaborator(&actor, place, mira).expect("leaves");
    assert!(engine.get_workspace(&world.person(mira), world.first.workspace).is_err());
}

#[test]
fn roles_on_tables_are_for_owners_and_outlive_only_what_they_should() {
    let world = World::new();
    let (engine, key) = (&world.engine, world.first.database);
    let mira = world.add_member("Mira", Role::Edit);
    let part = Part::Table(TableId(1));
    let missing = engine.set_part_role(&world.owner(), key, part, mira, Role::None);
    assert!(matches!(missing, Err(Error::NotFound { subject: Subject::Table, .. })), "the table is not there yet");
    let refused = engine.list_part_roles(&world.person(mira), key);
    assert_eq!(refused, Err(Error::Forbidden(Ability::DatabaseInvite)));
    make_table(&world);
    engine.set_part_role(&world.owner(), key, part, mira, Role::None).expect("hidden");
    let expected = PartRole { user: mira, part, role: Role::None };
    assert_eq!(engine.list_part_roles(&world.owner(), key).expect("listed"), [expected]);
    assert_eq!(world.person(mira).table_role(Role::Edit, key, TableId(1)), Role::None);
    // A member of the workspace: leaving the database must not lift what was narrowed in it.
    engine.set_collaborator(&world.owner(), Place::Database(key), mira, Role::Manage).expect("invited");
    engine.remove_collaborator(&world.owner(), Place::Database(key), mira).expect("out");
    assert_eq!(world.person(mira).table_role(Role::Edit, key, TableId(1)), Role::None);
    engine.remove_part_role(&world.owner(), key, part, mira).expect("lifted");
    assert_eq!(world.person(mira).table_role(Role::Edit, key, TableId(1)), Role::Edit);
}

/// A table in the first database, straight through the store: the rules for it are not what is tested here.
fn make_table(world: &World) {
    let table = serde_json::json!({
        "id": 1, "name": "T", "key": "t", "shape": "plain", "primary": 1, "fields": [], "next_field": 1, "next_column": 1
    });
    let table: model::Table = serde_json::from_value(table).expect("a table");
    let database = world.engine.store().database(world.first.database).expect("opens");
    database.write_blocking(move |w| store::database::tables::create(w, &table)).expect("made");
}

#[test]
fn a_deleted_workspace_takes_its_databases_along() {
    let world = World::new();
    let (engine, owner) = (&world.engine, world.owner());
    let held = engine.store().database(world.first.database).expect("opens");
    drop(held);
    engine.delete_workspace(&owner, world.first.workspace).expect("deleted");
    assert!(engine.resolve_database(&owner, world.first.database).is_err());
    assert!(engine.store().database(world.first.database).is_err());
    let file = format!("{}.db", world.first.database);
    assert!(testbed::on_postgres() || world.bed.path().join("trash").join(&file).exists());
    assert!(engine.restore_database(&owner, world.first.database).is_err(), "it goes with its workspace");
    assert_eq!(engine.store().check(), Vec::<String>::new());
}

#[test]
fn a_patch_of_a_database_changes_what_it_names_and_is_seen_at_once() {
    let world = World::new();
    let (engine, owner, key) = (&world.engine, world.owner(), world.first.database);
    engine.resolve_database(&owner, key).expect("cached");
    let patch = DatabasePatch { icon: Patch::Set("📚".to_owned()), ..DatabasePatch::default() };
    let changed = engine.update_database(&owner, key, patch).expect("changed");
    assert_eq!((changed.name.as_str(), changed.icon.as_deref()), ("Database", Some("📚")));
    assert_eq!(engine.resolve_database(&owner, key).expect("reached").0, changed);
    let long = DatabasePatch { name: Some("x".repeat(256)), ..DatabasePatch::default() };
    assert!(matches!(engine.update_database(&owner, key, long), Err(Error::Invalid(_))));
}
