//! What the tests of access share: an engine on a fixed clock with an owner, and people to be let in.

#![allow(dead_code, reason = "each test file uses some of it")]

use engine::Engine;
use engine::access::{FirstStart, FirstThings, NewAccount, Place};
use engine::ports::mailer::MemoryMailer;
use engine::ports::{FixedClock, Ports, SeededDice};
use model::time::Instant;
use model::{Actor, DatabaseKey, Role, UserId};
use std::sync::Arc;
use store::store::{Store, StoreOptions};
use testbed::Bed;

pub const NOW: i64 = 1_700_000_000_000;
pub const PASSWORD: &str = "correct horse 1";
pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 24 * 60 * MINUTE;

/// An engine over a folder of its own, after its first start.
pub struct World {
    pub engine: Engine,
    pub clock: Arc<FixedClock>,
    pub first: FirstThings,
    /// The letters that it sent.
    pub mail: Arc<MemoryMailer>,
    /// The last, so that it goes after the engine.
    pub bed: Bed,
}

impl World {
    pub fn new() -> World {
        let bed = Bed::new();
        let clock = FixedClock::at(Instant(NOW));
        let mail = Arc::new(MemoryMailer::default());
        let engine = open_with(&bed, clock.clone(), mail.clone());
        let given = FirstStart { name: "Olga", email: "olga@example.com", password: PASSWORD, token: None };
        let first = engine.first_start(given).expect("started").expect("the first time");
        World { bed, engine, clock, first, mail }
    }

    /// The owner with all they may do, as in a session.
    pub fn owner(&self) -> Arc<Actor> {
        self.person(self.first.user)
    }

    /// A user as in a session.
    pub fn person(&self, user: UserId) -> Arc<Actor> {
        let actor = Actor { credential: model::access::Credential::Session, ..Actor::local(Some(user)) };
        self.engine.renewed(&actor).expect("an active user")
    }

    /// A new user without any role.
    pub fn add_user(&self, name: &str) -> UserId {
        let email = format!("{}@example.com", name.to_lowercase());
        let new = NewAccount { name: name.to_owned(), email, ..NewAccount::default() };
        block_on(self.engine.create_user(&self.owner(), new)).expect("made").id
    }

    /// A new user with a role in the first workspace.
    pub fn add_member(&self, name: &str, role: Role) -> UserId {
        let user = self.add_user(name);
        let place = Place::Workspace(self.first.workspace);
        self.engine.set_collaborator(&self.owner(), place, user, role).expect("a member");
        user
    }
}

pub fn open(bed: &Bed, clock: Arc<FixedClock>) -> Engine {
    open_with(bed, clock, Arc::new(MemoryMailer::default()))
}

/// The same, with a place for its letters.
pub fn open_with(bed: &Bed, clock: Arc<FixedClock>, mailer: Arc<MemoryMailer>) -> Engine {
    let options = StoreOptions { scan_threads: 1, open_databases: 8, ..bed.options() };
    let store = Store::open(bed.path(), options, NOW).expect("opens");
    Engine::open(store, Ports { mailer, ..Ports::of(clock, SeededDice::new(7)) }).expect("opens")
}

pub fn key(text: &str) -> DatabaseKey {
    DatabaseKey::parse(text).expect("a key")
}

/// Runs async work on a runtime of its own, as the server does.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work)
}
