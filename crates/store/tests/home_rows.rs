//! The rows of the home store: what is unique, what is bounded, and when the epochs rise.

mod home_support;

use home_support::*;
use model::access::{Profile, RateLimit, Reach};
use model::{AbilitySet, Bag, Error, Path, Role, Rule, TokenId, UserId, WorkspaceId};
use store::home::grants::{self, Holder, Place};
use store::home::sessions::{self, SessionRow};
use store::home::tokens::{self, TokenRow};
use store::home::users::{self, NewUser, UserState};
use store::home::{Touch, workspaces};

fn user(email: &str) -> NewUser<'_> {
    NewUser { name: "Ada", email, password_hash: Some("hash"), administrator: false, at: NOW }
}

fn token(public_id: &str, user: Option<UserId>) -> TokenRow {
    TokenRow {
        id: TokenId(0),
        public_id: public_id.to_owned(),
        user,
        name: "Script".to_owned(),
        description: None,
        abilities: AbilitySet::ALL,
        words: Bag::from([("donotname".to_owned(), serde_json::json!(["record|read"]))]),
        reach: Reach::Only { workspaces: vec![WorkspaceId(1)], databases: vec![key("abcdefghij12")] },
        full_access: false,
        created_at: NOW,
        expires_at: Some(NOW + 1),
        last_used_at: None,
        prefix: "teable_".to_owned(),
        rate: Some(RateLimit { per_second: 3, burst: 30 }),
        profile: Some(Profile::Observed),
    }
}

#[test]
fn an_email_address_is_unique_whatever_its_case_until_its_user_is_deleted() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let insert = |email: &str| store.home().write(Touch::People, |tx| users::insert(tx, &user(email)));
    let first = insert("Ada@Example.com").expect("made");
    let taken = Error::invalid_given(Path::of("email"), Rule::Taken, "ada@example.com");
    assert_eq!(insert(" ada@EXAMPLE.com "), Err(taken));
    store.home().write(Touch::People, |tx| users::erase(tx, first)).expect("erased");
    let second = insert("ada@example.com").expect("free again");
    assert_ne!(first, second, "a new number, so no right of the old one");
    store
        .home()
        .read(|tx| {
            assert!(users::get(tx, first).is_err());
            let gone = users::find(tx, first)?.expect("kept for history");
            assert_eq!((gone.name.as_str(), gone.email, gone.state), ("Ada", None, UserState::Deleted));
            assert_eq!(users::password(tx, first)?, None);
            Ok(())
        })
        .expect("reads");
}

#[test]
fn a_token_comes_back_as_it_was_kept_and_a_revoked_one_has_no_hash() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let (id, row) = store
        .home()
        .write(Touch::Access, |tx| {
            let owner = users::insert(tx, &user("a@example.com"))?;
            let id = tokens::insert(tx, &token("accAAAAAAAAAAAAAAAA", Some(owner)), &[1; 32])?;
            Ok((id, tokens::get(tx, id)?.expect("there")))
        })
        .expect("made");
    let expected = TokenRow { id, ..token("accAAAAAAAAAAAAAAAA", row.user) };
    assert_eq!(row, expected);
    store
        .home()
        .write(Touch::Access, |tx| {
            tokens::used(tx, id, NOW + 5)?;
            tokens::used(tx, id, NOW + 3)?;
            assert_eq!(tokens::by_hash(tx, &[1; 32])?.expect("there").last_used_at, Some(NOW + 5));
            tokens::set_secret(tx, id, &[2; 32], "new", None)?;
            assert_eq!(tokens::by_hash(tx, &[1; 32])?, None, "the old text is dead");
            tokens::revoke(tx, id, NOW)?;
            assert_eq!(tokens::by_hash(tx, &[2; 32])?, None);
            assert_eq!(tokens::get(tx, id)?, None);
            assert!(tokens::is_public_id_taken(tx, "accAAAAAAAAAAAAAAAA")?);
            Ok(())
        })
        .expect("revoked");
}

#[test]
fn sessions_end_by_age_by_number_and_with_those_of_their_user() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    store
        .home()
        .write(Touch::Access, |tx| {
            let user = users::insert(tx, &user("a@example.com"))?;
            for n in 0..5u8 {
                let at = NOW + i64::from(n);
                let session = SessionRow { user, created_at: at, expires_at: at + 100, last_seen: at };
                sessions::insert(tx, &[n; 32], &session)?;
            }
            sessions::trim(tx, user, 3)?;
            assert!(sessions::get(tx, &[1; 32])?.is_none() && sessions::get(tx, &[2; 32])?.is_some());
            sessions::extend(tx, &[2; 32], NOW + 50, NOW + 150)?;
            sessions::delete_expired(tx, NOW + 103)?;
            assert!(sessions::get(tx, &[3; 32])?.is_none() && sessions::get(tx, &[2; 32])?.is_some());
            sessions::delete_of_user(tx, user, Some(&[4; 32]))?;
            assert!(sessions::get(tx, &[2; 32])?.is_none() && sessions::get(tx, &[4; 32])?.is_some());
            sessions::delete_of_user(tx, user, None)?;
            assert!(sessions::get(tx, &[4; 32])?.is_none());
            Ok(())
        })
        .expect("written");
}

#[test]
fn grants_are_one_a_place_and_read_back_by_holder() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    drop(add_database(&store, key("abcdefghij12")));
    let row = store.home().read(|tx| store::home::databases::find(tx, key("abcdefghij12")));
    let database = row.expect("reads").expect("listed").id;
    let holder = Holder::User(UserId(1));
    let grants = store
        .home()
        .write(Touch::Access, |tx| {
            users::insert(tx, &user("a@example.com"))?;
            let (table, field) = (model::TableId(3), model::FieldId(4));
            let places = [
                (Place::Workspace(WorkspaceId(1)), Role::Comment),
                (Place::Database(database), Role::Read),
                (Place::Database(database), Role::Owner),
                (Place::Table(database, table), Role::None),
                (Place::Field(database, table, field), Role::Edit),
            ];
            for (place, role) in places {
                grants::put(tx, holder, place, role, NOW)?;
            }
            assert_eq!(grants::of_database(tx, database)?.len(), 3);
            assert_eq!(grants::get(tx, holder, Place::Database(database))?, Some(Role::Owner));
            assert_eq!(grants::other_owners(tx, WorkspaceId(1), UserId(2))?, 0);
            grants::of_holder(tx, holder)
        })
        .expect("written");
    let key = key("abcdefghij12");
    assert_eq!(grants.workspaces.get(&WorkspaceId(1)), Some(&Role::Comment));
    assert_eq!(grants.databases.get(&key), Some(&Role::Owner));
    assert_eq!(grants.tables.get(&(key, model::TableId(3))), Some(&Role::None));
    assert_eq!(grants.fields.get(&(key, model::TableId(3), model::FieldId(4))), Some(&Role::Edit));
}

#[test]
fn the_epochs_rise_with_what_they_stand_for_and_outlive_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let epochs = |store: &store::store::Store| (store.home().access_epoch(), store.home().people_epoch());
    assert_eq!(epochs(&store), (0, 0));
    store.home().write(Touch::Nothing, |_| Ok(())).expect("written");
    assert_eq!(epochs(&store), (0, 0));
    store.home().write(Touch::Access, |tx| workspaces::insert(tx, "W", NOW)).expect("written");
    store.home().write(Touch::People, |tx| users::insert(tx, &user("a@example.com"))).expect("written");
    assert_eq!(epochs(&store), (2, 1));
    let failed = store.home().write(Touch::People, |tx| {
        workspaces::insert(tx, "Not kept", NOW)?;
        Err::<(), _>(Error::TimedOut)
    });
    assert_eq!(failed, Err(Error::TimedOut));
    assert_eq!(epochs(&store), (2, 1));
    assert_eq!(store.home().read(workspaces::all).expect("reads").len(), 1);
    drop(store);
    assert_eq!(epochs(&open(folder.path())), (2, 1));
}

#[test]
fn a_write_that_panics_leaves_the_home_store_usable() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.home().write(Touch::Access, |tx| {
            workspaces::insert(tx, "Not kept", NOW)?;
            if tx.flavor() == store::flavor::Flavor::Sqlite {
                panic!("in the middle");
            }
            Ok(())
        })
    }));
    assert!(panicked.is_err());
    store.home().write(Touch::Access, |tx| workspaces::insert(tx, "Kept", NOW)).expect("written");
    assert_eq!(store.home().read(workspaces::all).expect("reads").len(), 1);
}
