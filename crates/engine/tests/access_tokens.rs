//! Tokens: what they open, for how long, and that none makes more of itself.

mod access_support;

use access_support::*;
use engine::access::{AccountPatch, NewToken, Place, TokenPatch};
use model::access::{Credential, Reach};
use model::change::Patch;
use model::error::Credentials;
use model::time::Instant;
use model::{Ability, AbilitySet, Bag, Error, Role, Subject, TokenId, WorkspaceId};

const UNKNOWN: Error = Error::Unauthenticated(Credentials::Unknown);
const EXPIRED: Error = Error::Unauthenticated(Credentials::Expired);

fn scoped(abilities: impl IntoIterator<Item = Ability>) -> NewToken {
    NewToken { name: "Script".to_owned(), abilities: AbilitySet::of(abilities), ..NewToken::default() }
}

fn full() -> NewToken {
    NewToken { name: "Full".to_owned(), full_access: true, ..NewToken::default() }
}

fn only(workspaces: &[WorkspaceId]) -> Reach {
    Reach::Only { workspaces: workspaces.to_vec(), databases: vec![] }
}

#[test]
fn a_token_has_the_roles_of_its_user_cut_by_its_scopes_and_its_reach() {
    let world = World::new();
    let (engine, first) = (&world.engine, &world.first);
    let (info, secret) =
        engine.create_token(&world.owner(), scoped([Ability::RecordRead, Ability::DatabaseRead])).expect("made");
    assert!(secret.as_str().starts_with(&format!("teable_{}_", info.public_id)));
    let actor = engine.authenticate(secret.as_str()).expect("known");
    assert_eq!((actor.user, actor.credential), (Some(first.user), Credential::Token(info.id)));
    assert!(!actor.administrator, "managing the server is for full access");
    let (_, role) = engine.resolve_database(&actor, first.database).expect("reached");
    assert_eq!(role, Role::Owner);
    assert!(actor.may(role, Ability::RecordRead) && !actor.may(role, Ability::RecordUpdate));
    assert_eq!(engine.list_workspaces(&actor), Err(Error::Forbidden(Ability::WorkspaceRead)));

    let other = engine.create_workspace(&world.owner(), "Other").expect("made").id;
    let bound = NewToken { reach: only(&[other]), ..full() };
    let (_, secret) = engine.create_token(&world.owner(), bound).expect("made");
    let actor = engine.authenticate(secret.as_str()).expect("known");
    assert!(!actor.administrator, "a token that is bound to a workspace does not reach the server");
    assert!(engine.resolve_database(&actor, first.database).is_err());
    assert_eq!(engine.list_workspaces(&actor).expect("listed").len(), 1);
    assert_eq!(engine.list_all_databases(&actor).expect("listed"), []);
}

#[test]
fn what_ends_a_token_ends_it_at_once() {
    let world = World::new();
    let engine = &world.engine;
    let mira = world.add_member("Mira", Role::Edit);
    let actor = world.person(mira);
    let end = Some(Instant(NOW + DAY));
    let (info, old) = engine.create_token(&actor, NewToken { expires_at: end, ..full() }).expect("made");
    let ask = |text: &str| engine.authenticate(text).map(drop);
    assert_eq!(ask(old.as_str()), Ok(()));

    world.clock.set(Instant(NOW + DAY - 1));
    assert_eq!(ask(old.as_str()), Ok(()));
    world.clock.set(Instant(NOW + DAY));
    assert_eq!(ask(old.as_str()), Err(EXPIRED));
    let (renewed, new) = engine.refresh_token(&actor, info.id, Some(Instant(NOW + 2 * DAY))).expect("renewed");
    assert_eq!((renewed.id, renewed.public_id), (info.id, info.public_id));
    assert_eq!(ask(old.as_str()), Err(UNKNOWN), "the old text is dead");
    assert_eq!(ask(new.as_str()), Ok(()));

    let suspend = |suspended| AccountPatch { suspended: Some(suspended), ..AccountPatch::default() };
    engine.update_user(&world.owner(), mira, suspend(true)).expect("suspended");
    assert_eq!(ask(new.as_str()), Err(UNKNOWN));
    engine.update_user(&world.owner(), mira, suspend(false)).expect("back");
    assert_eq!(ask(new.as_str()), Ok(()));

    let seen = engine.authenticate(new.as_str()).expect("known");
    assert!(engine.resolve_database(&seen, world.first.database).is_ok());
    engine.remove_collaborator(&world.owner(), Place::Workspace(world.first.workspace), mira).expect("out");
    let seen = engine.authenticate(new.as_str()).expect("known still");
    assert!(engine.resolve_database(&seen, world.first.database).is_err(), "without the role");

    engine.delete_token(&actor, info.id).expect("deleted");
    assert_eq!(ask(new.as_str()), Err(UNKNOWN));
    assert_eq!(engine.renewed(&seen).map(drop), Err(UNKNOWN));
    for text in ["", "x", &"x".repeat(100_000), "teable_accAAAAAAAAAAAAAAAA_wrong"] {
        assert_eq!(ask(text), Err(UNKNOWN));
    }
}

#[test]
fn no_secret_is_in_any_file() {
    let world = World::new();
    let engine = &world.engine;
    let (_, token) = engine.create_token(&world.owner(), full()).expect("made");
    let chosen = "my-own-token-text-0123456789";
    engine.store_token(&world.owner(), chosen, full()).expect("kept");
    engine.authenticate(chosen).expect("known");
    let (cookie, _) = block_on(engine.sign_in("olga@example.com", PASSWORD)).expect("signed in");
    let secret = token.as_str().rsplit('_').next().expect("three parts").to_owned();
    let first = world.first.token.as_str().rsplit('_').next().expect("three parts").to_owned();
    engine.flush_last_used().expect("written");
    for entry in std::fs::read_dir(world.bed.path()).expect("listed") {
        let path = entry.expect("listed").path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for secret in [secret.as_str(), &first, chosen, &cookie, PASSWORD] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds a secret", path.display());
        }
    }
}

#[test]
fn a_token_manages_tokens_only_with_full_access_and_never_beyond_itself() {
    let world = World::new();
    let (engine, owner) = (&world.engine, world.owner());
    let forbidden = Err(Error::Forbidden(Ability::TokenManage));
    let every = scoped(Ability::ALL);
    let (weak, text) = engine.create_token(&owner, every).expect("made");
    assert!(!weak.abilities.has(Ability::TokenManage) && !weak.abilities.has(Ability::ServerManage));
    let weak = engine.authenticate(text.as_str()).expect("known");
    assert_eq!(engine.create_token(&weak, scoped([])).map(drop), forbidden);
    assert_eq!(engine.list_tokens(&weak).map(drop), forbidden);

    let here = world.first.workspace;
    let other = engine.create_workspace(&owner, "Other").expect("made").id;
    let end = Instant(NOW + DAY);
    let bound = NewToken { reach: only(&[here]), expires_at: Some(end), ..full() };
    let (own, text) = engine.create_token(&owner, bound).expect("made");
    let actor = engine.authenticate(text.as_str()).expect("known");
    let make = |reach: Reach, expires_at: Option<Instant>| {
        engine.create_token(&actor, NewToken { reach, expires_at, ..full() }).map(|(info, _)| info.id)
    };
    let within = make(only(&[here]), Some(end)).expect("as wide as itself");
    let database = Reach::Only { workspaces: vec![], databases: vec![world.first.database] };
    make(database, Some(end)).expect("a database of its workspace");
    assert_eq!(make(Reach::All, Some(end)), Err(Error::Forbidden(Ability::TokenManage)));
    assert!(matches!(make(only(&[other]), Some(end)), Err(Error::NotFound { subject: Subject::Workspace, .. })));
    for later in [None, Some(Instant(end.0 + 1)), Some(Instant(NOW))] {
        assert!(matches!(make(only(&[here]), later), Err(Error::Invalid(_))), "{later:?}");
    }
    let widen = TokenPatch { reach: Some(Reach::All), ..TokenPatch::default() };
    assert_eq!(engine.update_token(&actor, own.id, widen).map(drop), forbidden);
    // A wider token of the same user: its new text would be a way out.
    let (wide, _) = engine.create_token(&owner, full()).expect("made");
    assert_eq!(engine.refresh_token(&actor, wide.id, Some(end)).map(drop), forbidden);
    let narrow = TokenPatch { reach: Some(only(&[here])), ..TokenPatch::default() };
    assert_eq!(engine.update_token(&actor, wide.id, narrow).map(drop), forbidden);
    engine.refresh_token(&actor, within, Some(end)).expect("its own kind");
}

#[test]
fn a_token_of_somebody_else_is_not_found() {
    let world = World::new();
    let (engine, owner) = (&world.engine, world.owner());
    let (mine, _) = engine.create_token(&owner, full()).expect("made");
    let other = world.person(world.add_member("Mira", Role::Owner));
    let missing = |id: TokenId| Err(Error::not_found(Subject::Token, id.0.to_string()));
    for id in [mine.id, TokenId(4711)] {
        assert_eq!(engine.get_token(&other, id).map(drop), missing(id));
        assert_eq!(engine.update_token(&other, id, TokenPatch::default()).map(drop), missing(id));
        assert_eq!(engine.refresh_token(&other, id, None).map(drop), missing(id));
        assert_eq!(engine.delete_token(&other, id), missing(id));
    }
    assert!(engine.find_token_named(&other, &mine.public_id).is_err());
    assert_eq!(engine.find_token_named(&owner, &mine.public_id).expect("mine").id, mine.id);
    assert_eq!(engine.list_tokens(&other).expect("listed"), []);
}

#[test]
fn words_come_back_as_given_and_a_patch_changes_what_it_names() {
    let world = World::new();
    let (engine, owner) = (&world.engine, world.owner());
    let words = Bag::from([("donotname".to_owned(), serde_json::json!(["record|read", "enterprise|read"]))]);
    let new = NewToken { words: words.clone(), description: Some("nightly".to_owned()), ..scoped([]) };
    let (info, _) = engine.create_token(&owner, new).expect("made");
    assert_eq!(info.words, words);
    let patch = TokenPatch {
        name: Some(" Renamed ".to_owned()),
        description: Patch::Clear,
        abilities: Some(AbilitySet::of([Ability::RecordRead])),
        ..TokenPatch::default()
    };
    let changed = engine.update_token(&owner, info.id, patch).expect("changed");
    assert_eq!((changed.name.as_str(), changed.description.as_deref()), ("Renamed", None));
    assert_eq!((&changed.words, changed.abilities), (&words, AbilitySet::of([Ability::RecordRead])));
    assert_eq!(engine.get_token(&owner, info.id).expect("there"), changed);
    assert!(matches!(engine.create_token(&owner, NewToken { name: " ".to_owned(), ..full() }), Err(Error::Invalid(_))));
}

#[test]
fn the_time_of_use_is_noted_once_a_minute_and_written_when_asked() {
    let world = World::new();
    let (engine, owner) = (&world.engine, world.owner());
    let (info, secret) = engine.create_token(&owner, full()).expect("made");
    let shown = || engine.get_token(&owner, info.id).expect("there").last_used_at.map(|at| at.0);
    assert_eq!(shown(), None);
    for (later, noted) in [(0, NOW), (MINUTE - 1, NOW), (MINUTE, NOW + MINUTE), (MINUTE + 1, NOW + MINUTE)] {
        world.clock.set(Instant(NOW + later));
        engine.authenticate(secret.as_str()).expect("known");
        assert_eq!(shown(), Some(noted), "{later}");
    }
    engine.flush_last_used().expect("written");
    assert_eq!(shown(), Some(NOW + MINUTE));
    let epoch = engine.store().home().access_epoch();
    engine.flush_last_used().expect("nothing to write");
    assert_eq!(engine.store().home().access_epoch(), epoch, "no cache was made stale");
}

#[test]
fn a_bound_token_can_use_the_workspace_that_it_has_made() {
    let world = World::new();
    let (engine, owner) = (&world.engine, world.owner());
    let bound = NewToken { reach: only(&[world.first.workspace]), ..full() };
    let (_, secret) = engine.create_token(&owner, bound).expect("made");
    let before = engine.authenticate(secret.as_str()).expect("known");
    let made = engine.create_workspace(&before, "Mine").expect("made");
    let actor = engine.renewed(&before).expect("known");
    assert_eq!(engine.get_workspace(&actor, made.id).expect("reached").role, Role::Owner);
    let database = engine.create_database(&actor, made.id, "Base", Some("🗂")).expect("made");
    let again = engine.authenticate(secret.as_str()).expect("known");
    assert_eq!(engine.get_database(&again, database.key).expect("reached"), database);
}

#[test]
fn only_an_administrator_sets_a_token_text_and_no_text_twice() {
    let world = World::new();
    let (engine, owner) = (&world.engine, world.owner());
    let text = "teable_accABCDEFGHIJKLMNOP_secret0123456789";
    let info = engine.store_token(&owner, text, full()).expect("kept");
    assert_eq!(info.public_id, "accABCDEFGHIJKLMNOP");
    assert_eq!(info.prefix, "teable_accABCDEFGHIJKLMNOP_");
    assert!(engine.authenticate(text).is_ok());
    assert!(matches!(engine.store_token(&owner, text, full()), Err(Error::Invalid(_))));
    let member = world.person(world.add_member("Mira", Role::Owner));
    let refused = engine.store_token(&member, "another-text-of-mine", full());
    assert_eq!(refused.map(drop), Err(Error::Forbidden(Ability::ServerManage)));
}
