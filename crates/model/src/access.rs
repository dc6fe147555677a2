//! Who asks, and what they may do: roles, abilities and actors.

use crate::ids::{DatabaseKey, FieldId, TableId, TokenId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// A role on a workspace, database, table or field, lowest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Level 0: not there at all.
    #[default]
    None,
    /// Level 1.
    Read,
    /// Level 1 too: read, and comment.
    Comment,
    /// Level 2: records and views.
    Edit,
    /// Level 3: tables and fields too.
    Manage,
    /// Level 4: everything, members included.
    Owner,
}

impl Role {
    /// The number of the role, 0 to 4 (Dynalist's `permission`).
    pub fn level(self) -> u8 {
        match self {
            Role::None => 0,
            Role::Read | Role::Comment => 1,
            Role::Edit => 2,
            Role::Manage => 3,
            Role::Owner => 4,
        }
    }

    /// Whether the role alone, without a token's scopes, allows `ability`.
    pub fn allows(self, ability: Ability) -> bool {
        self >= ability.least_role()
    }
}

/// One thing that can be allowed. A closed set: each door maps its own words of scopes to these.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Ability {
    WorkspaceCreate,
    WorkspaceRead,
    WorkspaceUpdate,
    WorkspaceDelete,
    /// Giving, changing and taking roles on a workspace.
    WorkspaceInvite,
    DatabaseCreate,
    DatabaseRead,
    DatabaseUpdate,
    DatabaseDelete,
    /// Giving, changing and taking roles on a database and its parts.
    DatabaseInvite,
    TableCreate,
    TableRead,
    TableUpdate,
    TableDelete,
    TableImport,
    TableExport,
    ViewCreate,
    ViewRead,
    ViewUpdate,
    ViewDelete,
    ViewShare,
    FieldCreate,
    FieldRead,
    FieldUpdate,
    FieldDelete,
    RecordCreate,
    RecordRead,
    RecordUpdate,
    RecordDelete,
    RecordComment,
    HistoryRead,
    TrashRead,
    TrashUpdate,
    AutomationRead,
    AutomationUpdate,
    /// Seeing e-mail addresses of users.
    EmailRead,
    /// Making and changing one's own tokens.
    TokenManage,
    /// Settings and users of the server.
    ServerManage,
    WorkspaceInviteByMail,
    WorkspaceInviteByLink,
    DatabaseInviteByMail,
    DatabaseInviteByLink,
}

impl Ability {
    /// All abilities, in order.
    pub const ALL: [Ability; 42] = [
        Ability::WorkspaceCreate,
        Ability::WorkspaceRead,
        Ability::WorkspaceUpdate,
        Ability::WorkspaceDelete,
        Ability::WorkspaceInvite,
        Ability::DatabaseCreate,
        Ability::DatabaseRead,
        Ability::DatabaseUpdate,
        Ability::DatabaseDelete,
        Ability::DatabaseInvite,
        Ability::TableCreate,
        Ability::TableRead,
        Ability::TableUpdate,
        Ability::TableDelete,
        Ability::TableImport,
        Ability::TableExport,
        Ability::ViewCreate,
        Ability::ViewRead,
        Ability::ViewUpdate,
        Ability::ViewDelete,
        Ability::ViewShare,
        Ability::FieldCreate,
        Ability::FieldRead,
        Ability::FieldUpdate,
        Ability::FieldDelete,
        Ability::RecordCreate,
        Ability::RecordRead,
        Ability::RecordUpdate,
        Ability::RecordDelete,
        Ability::RecordComment,
        Ability::HistoryRead,
        Ability::TrashRead,
        Ability::TrashUpdate,
        Ability::AutomationRead,
        Ability::AutomationUpdate,
        Ability::EmailRead,
        Ability::TokenManage,
        Ability::ServerManage,
        Ability::WorkspaceInviteByMail,
        Ability::WorkspaceInviteByLink,
        Ability::DatabaseInviteByMail,
        Ability::DatabaseInviteByLink,
    ];

    /// The lowest role that has the ability where it applies.
    pub fn least_role(self) -> Role {
        match self {
            Ability::WorkspaceRead
            | Ability::DatabaseRead
            | Ability::TableRead
            | Ability::ViewRead
            | Ability::FieldRead
            | Ability::RecordRead
            | Ability::TableExport
            | Ability::EmailRead
            | Ability::AutomationRead => Role::Read,
            Ability::RecordComment => Role::Comment,
            Ability::RecordCreate
            | Ability::RecordUpdate
            | Ability::RecordDelete
            | Ability::ViewCreate
            | Ability::ViewUpdate
            | Ability::ViewDelete
            | Ability::HistoryRead
            | Ability::TrashRead => Role::Edit,
            Ability::TableCreate
            | Ability::TableUpdate
            | Ability::TableDelete
            | Ability::TableImport
            | Ability::ViewShare
            | Ability::FieldCreate
            | Ability::FieldUpdate
            | Ability::FieldDelete
            | Ability::DatabaseCreate
            | Ability::DatabaseUpdate
            | Ability::TrashUpdate
            | Ability::AutomationUpdate
            | Ability::WorkspaceInviteByMail
            | Ability::WorkspaceInviteByLink
            | Ability::DatabaseInviteByMail
            | Ability::DatabaseInviteByLink => Role::Manage,
            Ability::WorkspaceUpdate
            | Ability::WorkspaceDelete
            | Ability::WorkspaceInvite
            | Ability::DatabaseDelete
            | Ability::DatabaseInvite => Role::Owner,
            // Not a matter of a role on something: scopes (and being an administrator) alone decide.
            Ability::WorkspaceCreate | Ability::TokenManage | Ability::ServerManage => Role::None,
        }
    }

    /// The ability in words, for messages.
    pub fn word(self) -> &'static str {
        match self {
            Ability::WorkspaceCreate => "create workspaces",
            Ability::WorkspaceRead => "read the workspace",
            Ability::WorkspaceUpdate => "change the workspace",
            Ability::WorkspaceDelete => "delete the workspace",
            Ability::WorkspaceInvite => "manage members of the workspace",
            Ability::DatabaseCreate => "create databases",
            Ability::DatabaseRead => "read the database",
            Ability::DatabaseUpdate => "change the database",
            Ability::DatabaseDelete => "delete the database",
            Ability::DatabaseInvite => "manage members of the database",
            Ability::TableCreate => "create tables",
            Ability::TableRead => "read the table",
            Ability::TableUpdate => "change the table",
            Ability::TableDelete => "delete the table",
            Ability::TableImport => "import into the table",
            Ability::TableExport => "export the table",
            Ability::ViewCreate => "create views",
            Ability::ViewRead => "read views",
            Ability::ViewUpdate => "change views",
            Ability::ViewDelete => "delete views",
            Ability::ViewShare => "share views",
            Ability::FieldCreate => "create fields",
            Ability::FieldRead => "read fields",
            Ability::FieldUpdate => "change fields",
            Ability::FieldDelete => "delete fields",
            Ability::RecordCreate => "create records",
            Ability::RecordRead => "read records",
            Ability::RecordUpdate => "change records",
            Ability::RecordDelete => "delete records",
            Ability::RecordComment => "comment records",
            Ability::HistoryRead => "read the table's history",
            Ability::TrashRead => "read the trash",
            Ability::TrashUpdate => "empty or restore the trash",
            Ability::AutomationRead => "read automations",
            Ability::AutomationUpdate => "change automations",
            Ability::EmailRead => "read e-mail addresses",
            Ability::TokenManage => "manage tokens",
            Ability::ServerManage => "manage the server",
            Ability::WorkspaceInviteByMail => "invite to the workspace by e-mail",
            Ability::WorkspaceInviteByLink => "invite to the workspace by link",
            Ability::DatabaseInviteByMail => "invite to the database by e-mail",
            Ability::DatabaseInviteByLink => "invite to the database by link",
        }
    }
}

/// A set of abilities, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AbilitySet(pub u64);

impl AbilitySet {
    /// Every ability there is.
    pub const ALL: AbilitySet = AbilitySet((1 << Ability::ALL.len()) - 1);

    /// The set of these abilities.
    pub fn of(abilities: impl IntoIterator<Item = Ability>) -> AbilitySet {
        AbilitySet(abilities.into_iter().fold(0, |bits, ability| bits | 1 << ability as u8))
    }

    /// Whether the set holds the ability.
    pub fn has(self, ability: Ability) -> bool {
        self.0 & (1 << ability as u8) != 0
    }

    /// Both sets together.
    pub fn union(self, other: AbilitySet) -> AbilitySet {
        AbilitySet(self.0 | other.0)
    }

    /// The abilities in the set, in order.
    pub fn iter(self) -> impl Iterator<Item = Ability> {
        Ability::ALL.into_iter().filter(move |ability| self.has(*ability))
    }
}

/// What a token is bound to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Reach {
    /// Everything its user may reach.
    #[default]
    All,
    /// Only these workspaces (with their databases) and these databases.
    Only { workspaces: Vec<WorkspaceId>, databases: Vec<DatabaseKey> },
}

impl Serialize for DatabaseKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for DatabaseKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<DatabaseKey, D::Error> {
        let text = String::deserialize(deserializer)?;
        DatabaseKey::parse(&text).ok_or_else(|| serde::de::Error::custom("not a database key"))
    }
}

/// The roles of one user, or of a token without a user.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Grants {
    pub workspaces: HashMap<WorkspaceId, Role>,
    pub databases: HashMap<DatabaseKey, Role>,
    pub tables: HashMap<(DatabaseKey, TableId), Role>,
    pub fields: HashMap<(DatabaseKey, TableId, FieldId), Role>,
}

/// How the actor showed who they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Credential {
    /// A session cookie: a person in a browser.
    Session,
    Token(TokenId),
    /// The command line on the data folder itself.
    Local,
}

/// A bound on how often a credential may ask, set for it alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RateLimit {
    /// Requests a second in the long run.
    pub per_second: u32,
    /// Requests at once, when none came for a while.
    pub burst: u32,
}

/// Who asks: a user, or a token without a user, with the scopes and the reach of the credential.
///
/// An effective right is the user's role, cut by the token's scopes, cut by the token's workspaces and databases.
#[derive(Clone, Debug)]
pub struct Actor {
    pub user: Option<UserId>,
    pub credential: Credential,
    /// The credential's scopes; a session has all.
    pub abilities: AbilitySet,
    pub reach: Reach,
    pub grants: Arc<Grants>,
    /// May manage the server's users and settings.
    pub administrator: bool,
    /// The credential's own limit, in the place of the server's.
    pub rate: Option<RateLimit>,
    /// The credential's own profile, in the place of the server's.
    pub profile: Option<Profile>,
}

/// What a dialect answers where its document and its live service contradict each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// As the document says.
    #[default]
    Documented,
    /// As the live service answers and published clients need it.
    Observed,
}

impl Profile {
    /// How it is written.
    pub fn word(self) -> &'static str {
        match self {
            Profile::Documented => "documented",
            Profile::Observed => "observed",
        }
    }

    /// The profile of a word.
    pub fn parse(word: &str) -> Option<Profile> {
        [Profile::Documented, Profile::Observed].into_iter().find(|profile| profile.word() == word)
    }
}

impl Actor {
    /// The actor of the command line: may do everything.
    pub fn local(user: Option<UserId>) -> Actor {
        Actor {
            user,
            credential: Credential::Local,
            abilities: AbilitySet::ALL,
            reach: Reach::All,
            grants: Arc::default(),
            administrator: true,
            rate: None,
            profile: None,
        }
    }

    fn is_local(&self) -> bool {
        self.credential == Credential::Local
    }

    /// The role on a workspace, or none when the token does not reach it.
    pub fn workspace_role(&self, workspace: WorkspaceId) -> Role {
        if self.is_local() {
            return Role::Owner;
        }
        match &self.reach {
            Reach::Only { workspaces, .. } if !workspaces.contains(&workspace) => Role::None,
            Reach::Only { .. } | Reach::All => self.grants.workspaces.get(&workspace).copied().unwrap_or_default(),
        }
    }

    /// The role on a database: the higher of its own grant and its workspace's.
    pub fn database_role(&self, workspace: WorkspaceId, database: DatabaseKey) -> Role {
        if self.is_local() {
            return Role::Owner;
        }
        if let Reach::Only { workspaces, databases } = &self.reach
            && !workspaces.contains(&workspace)
            && !databases.contains(&database)
        {
            return Role::None;
        }
        let own = self.grants.databases.get(&database).copied().unwrap_or_default();
        own.max(self.grants.workspaces.get(&workspace).copied().unwrap_or_default())
    }

    /// The role on a table: its own grant replaces the database's.
    pub fn table_role(&self, database_role: Role, database: DatabaseKey, table: TableId) -> Role {
        if self.is_local() || database_role == Role::None {
            return database_role;
        }
        self.grants.tables.get(&(database, table)).copied().unwrap_or(database_role)
    }

    /// The role on a field: its own grant may only lower the table's.
    pub fn field_role(&self, table_role: Role, database: DatabaseKey, table: TableId, field: FieldId) -> Role {
        if self.is_local() || self.grants.fields.is_empty() {
            return table_role;
        }
        let own = self.grants.fields.get(&(database, table, field)).copied().unwrap_or(table_role);
        own.min(table_role)
    }

    /// Whether the credential's scopes and the role together allow the ability.
    pub fn may(&self, role: Role, ability: Ability) -> bool {
        self.abilities.has(ability) && role.allows(ability)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_of_the_abilities_are_their_places_in_the_list() {
        for (i, ability) in Ability::ALL.into_iter().enumerate() {
            assert_eq!(ability as usize, i);
        }
        assert!(AbilitySet::ALL.has(Ability::ServerManage));
        let two = AbilitySet::of([Ability::RecordRead, Ability::TableRead]);
        assert_eq!(two.iter().collect::<Vec<_>>(), [Ability::TableRead, Ability::RecordRead]);
    }

    #[test]
    fn a_token_bound_to_one_database_sees_no_other() {
        let (here, there) =
            (DatabaseKey::parse("aaaaaaaaaaaa").expect("key"), DatabaseKey::parse("bbbbbbbbbbbb").expect("key"));
        let workspace = WorkspaceId(1);
        let grants = Grants { workspaces: HashMap::from([(workspace, Role::Owner)]), ..Grants::default() };
        let actor = Actor {
            credential: Credential::Token(TokenId(1)),
            reach: Reach::Only { workspaces: vec![], databases: vec![here] },
            grants: Arc::new(grants),
            administrator: false,
            ..Actor::local(Some(UserId(1)))
        };
        assert_eq!(actor.database_role(workspace, here), Role::Owner);
        assert_eq!(actor.database_role(workspace, there), Role::None);
        assert_eq!(actor.workspace_role(workspace), Role::None);
    }

    #[test]
    fn a_tables_role_replaces_and_a_fields_role_only_lowers() {
        let key = DatabaseKey::parse("aaaaaaaaaaaa").expect("key");
        let (table, low, high) = (TableId(1), FieldId(1), FieldId(2));
        let grants = Grants {
            tables: HashMap::from([((key, table), Role::Edit)]),
            fields: HashMap::from([((key, table, low), Role::None), ((key, table, high), Role::Owner)]),
            ..Grants::default()
        };
        let actor =
            Actor { credential: Credential::Session, grants: Arc::new(grants), ..Actor::local(Some(UserId(1))) };
        assert_eq!(actor.table_role(Role::Read, key, table), Role::Edit);
        assert_eq!(actor.table_role(Role::Owner, key, table), Role::Edit);
        assert_eq!(actor.field_role(Role::Edit, key, table, low), Role::None);
        assert_eq!(actor.field_role(Role::Edit, key, table, high), Role::Edit);
    }
}
