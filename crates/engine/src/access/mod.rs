//! Access: who comes in, with what, and what they may do. Users, sessions, tokens, workspaces, databases, members.
//!
//! Each file is a group of methods of the [`Engine`](crate::Engine). A method takes the actor first and judges; what an
//! actor may not know of is not found. Methods that are not `async` and write hold their thread for a few
//! milliseconds, and tell the runtime so. An [`Actor`](model::Actor) is a picture of a moment: after making something,
//! ask [`Engine::renewed`](crate::Engine::renewed) for one that sees it. Start with `authenticate.rs`.

mod arrivals;
mod authenticate;
mod bearers;
mod cache;
mod collaborators;
mod database_secrets;
mod databases;
mod directory;
mod first_start;
mod invitations;
mod members;
mod part_roles;
mod passwords;
mod people;
mod preferences;
mod resets;
mod rules;
mod sealing;
mod secret;
mod sessions;
mod sign_up;
mod throttle;
mod tokens;
mod users;
mod workspaces;

pub use arrivals::OwnPatch;
pub(crate) use bearers::Bearer;
pub use collaborators::{Collaborator, Place, Principal};
pub(crate) use database_secrets::purpose;
pub use database_secrets::{DatabaseSecret, DatabaseSecrets, HookSecret};
pub use databases::{DatabaseInfo, DatabasePatch};
pub use directory::{Directory, User};
pub use first_start::{FirstStart, FirstThings};
pub use invitations::Invitation;
pub use part_roles::{Part, PartRole};
pub use people::{NewPerson, Person, PersonStanding};
pub use preferences::{End, Inbox, Preferences};
pub(crate) use secret::hex;
pub use secret::{InvitationCode, TokenSecret};
pub use sessions::SESSION_MS;
pub use sign_up::{Newcomer, SignUp};
pub use tokens::{NewToken, TokenInfo, TokenPatch};
pub use users::{Account, AccountPatch, NewAccount};
pub use workspaces::WorkspaceInfo;

use cache::Cache;
use model::DatabaseKey;
use parking_lot::{Mutex, RwLock};
use std::sync::Arc;
use store::blocking::blocking;
use store::home::databases::DatabaseRow;

/// What access keeps in memory.
#[derive(Default)]
pub struct State {
    tokens: Cache<secret::Hash, Arc<authenticate::Known>>,
    sessions: Cache<secret::Hash, Arc<authenticate::Known>>,
    bearers: Cache<Bearer, Arc<bearers::Standing>>,
    /// None: there is no such live database, remembered so that it costs as little as a foreign one.
    databases: Cache<DatabaseKey, Option<Arc<DatabaseRow>>>,
    /// The users as of an epoch.
    directory: RwLock<Option<(u64, Arc<Directory>)>>,
    /// When tokens and sessions were used, not written yet.
    seen: Mutex<authenticate::Seen>,
    throttle: Mutex<throttle::Throttle>,
    /// The brakes on signing up, on letters that strangers and members can cause, and on guessing codes: each of its own, so
    /// that who leans on one does not stop the others.
    sign_ups: Mutex<throttle::Throttle>,
    resets: Mutex<throttle::Throttle>,
    mailed_invitations: Mutex<throttle::Throttle>,
    codes: Mutex<throttle::Throttle>,
    sign_up: sign_up::SignUpRule,
    passwords: passwords::Room,
}
