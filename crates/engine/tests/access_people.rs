//! Signing up, invitations, and passwords that were forgotten.

mod access_support;

use access_support::*;
use engine::access::{AccountPatch, InvitationCode, Newcomer, Place, SignUp};
use engine::ports::mailer::{Code, Letter, Says};
use model::time::Instant;
use model::{Ability, Actor, Error, Role, Subject, UserId};

const NEW_PASSWORD: &str = "another horse 2";

fn newcomer<'a>(email: &'a str, invitation: Option<&'a str>) -> Newcomer<'a> {
    Newcomer { email, password: PASSWORD, workspace: None, invitation }
}

fn workspace(world: &World) -> Place {
    Place::Workspace(world.first.workspace)
}

fn link(world: &World, actor: &Actor, role: Role) -> InvitationCode {
    world.engine.create_invitation_link(actor, workspace(world), role, None).expect("a link").1
}

fn code_of(letter: &Letter) -> String {
    let (Says::Reset { code: Code(code), .. } | Says::Invitation { code: Code(code), .. }) = &letter.says;
    code.clone()
}

fn reset_code(world: &World, count: usize) -> String {
    block_on(async { world.engine.ask_for_reset("olga@example.com") }).expect("asked");
    code_of(world.mail.wait_for(count).last().expect("a letter"))
}

fn no_invitation<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    assert_eq!(outcome.map(drop), Err(Error::not_found(Subject::Invitation, "")));
}

#[test]
fn signing_up_is_off_until_the_server_allows_it_and_an_invitation_may_be_needed() {
    let world = World::new();
    let engine = &world.engine;
    let sign_up = |email: &str, code: Option<&str>| block_on(engine.sign_up(newcomer(email, code)));
    assert_eq!(sign_up("nora@example.com", None).map(drop), Err(Error::Forbidden(Ability::ServerManage)));
    engine.allow_sign_up(SignUp::Invited);
    // Without an invitation nobody learns which addresses have an account.
    let known = sign_up("olga@example.com", None).map(drop);
    assert!(matches!(known, Err(Error::Invalid(_))));
    assert_eq!(known, sign_up("nora@example.com", None).map(drop));
    assert_eq!(known, sign_up("nora@example.com", Some("guess")).map(drop));
    let code = link(&world, &world.owner(), Role::Edit);
    let (cookie, nora) = sign_up("nora@example.com", Some(code.as_str())).expect("in");
    let actor = engine.authenticate_session(&cookie).expect("a session");
    assert_eq!((actor.user, actor.workspace_role(world.first.workspace)), (Some(nora), Role::Edit));
    assert!(!actor.administrator);
    assert_eq!(actor.grants.workspaces.len(), 1, "an invited person gets no workspace of their own unasked");
    engine.allow_sign_up(SignUp::Open);
    let (cookie, _) = sign_up("Pia@example.com", None).expect("in");
    let actor = engine.authenticate_session(&cookie).expect("a session");
    assert_eq!(actor.grants.workspaces.values().collect::<Vec<_>>(), [&Role::Owner]);
    assert!(matches!(sign_up("pia@EXAMPLE.com", None), Err(Error::Invalid(_))), "taken, whatever its case");
    assert!(block_on(engine.sign_in("pia@example.com", PASSWORD)).is_ok());
}

#[test]
fn signing_up_is_braked_and_does_not_brake_signing_in() {
    let world = World::new();
    let engine = &world.engine;
    engine.allow_sign_up(SignUp::Invited);
    let tries = |n: usize| block_on(engine.sign_up(newcomer(&format!("p{n}@example.com"), Some("guess"))));
    for n in 0..100 {
        assert!(matches!(tries(n), Err(Error::Invalid(_))));
    }
    assert!(matches!(tries(100), Err(Error::RateLimited { .. })));
    assert!(block_on(engine.sign_in("olga@example.com", PASSWORD)).is_ok());
    world.clock.advance(MINUTE);
    assert!(matches!(tries(101), Err(Error::Invalid(_))));
}

#[test]
fn nobody_invites_to_more_than_they_have_or_without_the_right() {
    let world = World::new();
    let place = workspace(&world);
    let manager = world.person(world.add_member("Mira", Role::Manage));
    let editor = world.person(world.add_member("Enno", Role::Edit));
    let create = |actor: &Actor, role| world.engine.create_invitation_link(actor, place, role, None).map(drop);
    assert_eq!(create(&manager, Role::Manage), Ok(()));
    assert_eq!(create(&manager, Role::Owner), Err(Error::Forbidden(Ability::WorkspaceInvite)));
    assert_eq!(create(&editor, Role::Read), Err(Error::Forbidden(Ability::WorkspaceInviteByLink)));
    let addresses = ["x@example.com".to_owned()];
    let mailed = world.engine.invite_by_mail(&editor, place, &addresses, Role::Read);
    assert_eq!(mailed, Err(Error::Forbidden(Ability::WorkspaceInviteByMail)));
    let stranger = world.person(world.add_user("Sven"));
    assert!(matches!(create(&stranger, Role::Read), Err(Error::NotFound { subject: Subject::Workspace, .. })));
    // Nor does a manager lift a link of theirs, or touch one of an owner's.
    let (own, _) = world.engine.create_invitation_link(&manager, place, Role::Read, None).expect("a link");
    let (owners, _) = world.engine.create_invitation_link(&world.owner(), place, Role::Owner, None).expect("a link");
    let refused = Err(Error::Forbidden(Ability::WorkspaceInvite));
    assert_eq!(world.engine.update_invitation(&manager, place, own.id, Role::Owner).map(drop), refused);
    assert_eq!(world.engine.update_invitation(&manager, place, owners.id, Role::Read).map(drop), refused);
    assert_eq!(world.engine.delete_invitation(&manager, place, owners.id), refused);
}

#[test]
fn an_invitation_is_worth_what_its_maker_may_do_when_it_is_accepted() {
    let world = World::new();
    let (engine, place) = (&world.engine, workspace(&world));
    let mira = world.add_member("Mira", Role::Manage);
    let code = link(&world, &world.person(mira), Role::Edit);
    let guest = world.person(world.add_user("Gast"));
    let accept = || engine.accept_invitation(&guest, None, code.as_str());
    engine.change_collaborator(&world.owner(), place, mira, Role::Edit).expect("lowered");
    no_invitation(accept());
    engine.change_collaborator(&world.owner(), place, mira, Role::Manage).expect("raised");
    let suspended = |yes| AccountPatch { suspended: Some(yes), ..AccountPatch::default() };
    engine.update_user(&world.owner(), mira, suspended(true)).expect("suspended");
    no_invitation(accept());
    engine.update_user(&world.owner(), mira, suspended(false)).expect("back");
    engine.remove_collaborator(&world.owner(), place, mira).expect("out");
    no_invitation(accept());
    engine.set_collaborator(&world.owner(), place, mira, Role::Owner).expect("in");
    assert_eq!(accept(), Ok(place));
    let after = engine.renewed(&guest).expect("known");
    assert_eq!(after.workspace_role(world.first.workspace), Role::Edit);
}

#[test]
fn a_link_is_used_many_times_until_it_ends_and_raises_nobody() {
    let world = World::new();
    let (engine, place) = (&world.engine, workspace(&world));
    let end = Instant(NOW + DAY);
    let (invitation, code) =
        engine.create_invitation_link(&world.owner(), place, Role::Manage, Some(end)).expect("a link");
    let reader = world.person(world.add_member("Rita", Role::Read));
    let role = |actor: &Actor| engine.renewed(actor).expect("known").workspace_role(world.first.workspace);
    for name in ["Ann", "Ben"] {
        let person = world.person(world.add_user(name));
        engine.accept_invitation(&person, Some(invitation.id), code.as_str()).expect("in");
        assert_eq!(role(&person), Role::Manage);
    }
    engine.accept_invitation(&reader, None, code.as_str()).expect("in already");
    assert_eq!(role(&reader), Role::Read);
    assert_eq!(engine.list_invitation_links(&world.owner(), place).expect("a list").len(), 1);
    world.clock.advance(DAY);
    let late = world.person(world.add_user("Lea"));
    no_invitation(engine.accept_invitation(&late, None, code.as_str()));
    assert!(engine.list_invitation_links(&world.owner(), place).expect("a list").is_empty());
}

#[test]
fn a_mailed_invitation_is_for_one_reader_and_one_week() {
    let world = World::new();
    let (engine, place) = (&world.engine, Place::Database(world.first.database));
    let invite = |address: &str| {
        engine.invite_by_mail(&world.owner(), place, &[address.to_owned()], Role::Edit).expect("invited");
    };
    invite("ann@example.com");
    invite("ANN@example.com");
    let letters = world.mail.wait_for(2);
    assert_eq!(letters[0].to, "ann@example.com");
    // Whoever shows the code is the one: the address of an account proves nothing.
    let (ben, cay) = (world.person(world.add_user("Ben")), world.person(world.add_user("Cay")));
    no_invitation(engine.accept_invitation(&ben, None, &code_of(&letters[0])));
    assert_eq!(engine.accept_invitation(&ben, None, &code_of(&letters[1])), Ok(place));
    no_invitation(engine.accept_invitation(&cay, None, &code_of(&letters[1])));
    invite("cay@example.com");
    world.clock.advance(7 * DAY);
    no_invitation(engine.accept_invitation(&cay, None, &code_of(&world.mail.wait_for(3)[2])));
    assert!(engine.list_invitation_links(&world.owner(), place).expect("a list").is_empty(), "letters are no links");
}

#[test]
fn mail_to_one_address_is_braked_and_the_list_of_addresses_bounded() {
    let world = World::new();
    let invite = |addresses: &[String]| {
        world.engine.invite_by_mail(&world.owner(), workspace(&world), addresses, Role::Read).map(drop)
    };
    for _ in 0..5 {
        assert_eq!(invite(&["ann@example.com".to_owned()]), Ok(()));
    }
    assert!(matches!(invite(&["ANN@example.com".to_owned()]), Err(Error::RateLimited { .. })));
    let many: Vec<String> = (0..51).map(|n| format!("p{n}@example.com")).collect();
    assert!(matches!(invite(&many), Err(Error::Invalid(_))));
    assert_eq!(invite(&many[..50]), Ok(()));
}

#[test]
fn what_is_deleted_invites_nobody() {
    let world = World::new();
    let engine = &world.engine;
    let owner = world.owner();
    let made = engine.create_database(&owner, world.first.workspace, "Gone", None).expect("made");
    let place = Place::Database(made.key);
    let (_, code) = engine.create_invitation_link(&owner, place, Role::Edit, None).expect("a link");
    engine.delete_database(&owner, made.key).expect("deleted");
    let guest = world.person(world.add_user("Gast"));
    no_invitation(engine.accept_invitation(&guest, None, code.as_str()));
}

#[test]
fn only_people_of_the_workspace_can_be_added_without_an_invitation() {
    let world = World::new();
    let (engine, owner) = (&world.engine, world.owner());
    let stranger = world.add_user("Sven");
    let database = Place::Database(world.first.database);
    for place in [workspace(&world), database] {
        for user in [stranger, UserId(4711)] {
            let not_found = Err(Error::not_found(Subject::User, user.0.to_string()));
            assert_eq!(engine.change_collaborator(&owner, place, user, Role::Read), not_found);
            assert_eq!(engine.add_collaborators(&owner, place, &[user], Role::Read), not_found);
        }
    }
    let member = world.add_member("Mira", Role::Read);
    engine.add_collaborators(&owner, database, &[member], Role::Manage).expect("added");
    assert!(engine.add_collaborators(&owner, database, &[member, stranger], Role::Read).is_err());
    let role = world.person(member).database_role(world.first.workspace, world.first.database);
    assert_eq!(role, Role::Manage, "all or nothing");
    // A manager of the database touches nobody who has more, and an owner of the database not those of the workspace.
    let manager = world.person(member);
    assert_eq!(
        engine.change_collaborator(&manager, database, member, Role::Owner),
        Err(Error::Forbidden(Ability::DatabaseInvite))
    );
}

#[test]
fn a_reset_code_is_good_once_for_half_an_hour_and_ends_all_sessions() {
    let world = World::new();
    let engine = &world.engine;
    let reset = |code: &str| block_on(engine.reset_password(code, NEW_PASSWORD));
    let (cookie, _) = block_on(engine.sign_in("olga@example.com", PASSWORD)).expect("in");
    let first = reset_code(&world, 1);
    assert!(first.len() == 64 && first.bytes().all(|b| b.is_ascii_hexdigit()), "256 bits");
    let second = reset_code(&world, 2);
    assert!(reset(&first).is_err(), "the newest counts");
    assert!(reset(&second.to_uppercase()).is_err());
    world.clock.advance(30 * MINUTE);
    assert!(reset(&second).is_err(), "too late");
    let third = reset_code(&world, 3);
    assert!(block_on(engine.reset_password(&third, "short")).is_err());
    engine.authenticate_session(&cookie).expect("nothing happened yet");
    reset(&third).expect("set");
    assert!(reset(&third).is_err(), "used up");
    assert!(engine.authenticate_session(&cookie).is_err());
    assert!(block_on(engine.sign_in("olga@example.com", PASSWORD)).is_err());
    assert!(block_on(engine.sign_in("olga@example.com", NEW_PASSWORD)).is_ok());
    engine.authenticate(world.first.token.as_str()).expect("tokens stay");
}

#[test]
fn a_changed_password_address_or_account_ends_a_reset_code() {
    let world = World::new();
    let engine = &world.engine;
    let reset = |code: &str| block_on(engine.reset_password(code, NEW_PASSWORD));
    let owner = world.owner();
    let code = reset_code(&world, 1);
    block_on(engine.set_password(&owner, world.first.user, PASSWORD)).expect("set");
    assert!(reset(&code).is_err());
    let code = reset_code(&world, 2);
    let (cookie, _) = block_on(engine.sign_in("olga@example.com", PASSWORD)).expect("in");
    let actor = engine.authenticate_session(&cookie).expect("known");
    block_on(engine.change_password(&actor, &cookie, PASSWORD, "third horse 3")).expect("changed");
    assert!(reset(&code).is_err());
    let code = reset_code(&world, 3);
    let patch = AccountPatch { email: Some("olga@new.example".to_owned()), ..AccountPatch::default() };
    engine.update_user(&owner, world.first.user, patch).expect("changed");
    assert!(reset(&code).is_err());
}

#[test]
fn who_has_no_active_account_gets_no_letter() {
    let world = World::new();
    let engine = &world.engine;
    let sven = world.add_user("Sven");
    let patch = AccountPatch { suspended: Some(true), ..AccountPatch::default() };
    engine.update_user(&world.owner(), sven, patch).expect("suspended");
    block_on(async {
        for email in ["nobody@example.com", "sven@example.com", "olga@example.com"] {
            engine.ask_for_reset(email).expect("asked");
        }
    });
    // The runtime of the block has ended, so all that was to be done is done.
    let to: Vec<String> = world.mail.wait_for(1).into_iter().map(|letter| letter.to).collect();
    assert_eq!(to, ["olga@example.com"]);
    for _ in 0..4 {
        block_on(async { engine.ask_for_reset("nobody@example.com") }).expect("asked");
    }
    let refused = block_on(async { engine.ask_for_reset("nobody@example.com") });
    assert!(matches!(refused, Err(Error::RateLimited { .. })), "an address that is none is braked alike");
}

#[test]
fn secrets_that_are_mailed_or_linked_are_not_printed() {
    let world = World::new();
    let code = link(&world, &world.owner(), Role::Read);
    let reset = reset_code(&world, 1);
    let printed = format!("{code:?} {:?}", world.mail.wait_for(1));
    assert!(!printed.contains(code.as_str()) && !printed.contains(&reset), "{printed}");
    for (name, bytes) in world.bed.kept() {
        for secret in [code.as_str(), &reset] {
            assert!(!bytes.windows(64).any(|part| part == secret.as_bytes()), "{name}");
        }
    }
}
