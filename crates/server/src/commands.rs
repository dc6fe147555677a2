//! What the command line does with a data folder, whether it holds the folder itself or asks the server that does.
//!
//! An [`Order`] says what is wanted, [`run`] does it, and its [`Outcome`] is printed by whoever asked.

mod backup;
mod check;
mod csv;
mod database;
mod export;
mod index;
mod local;
mod nx;
mod outline;
mod owner;
mod print;
mod restore;
mod token;
mod user;

pub use local::{absolute, carry_out};
pub use print::{json, text};
pub use restore::restore;

use crate::config::Spoken;
use crate::spelling::Spelling;
use engine::Engine;
use model::{Error, Json};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use transfer::Broken;
use transfer::export::Reader;

/// What is wanted.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    CreateDatabase {
        name: String,
        workspace: Option<String>,
    },
    ListDatabases,
    CreateToken {
        name: String,
        scopes: Vec<String>,
        databases: Vec<String>,
        expires: Option<String>,
        rate_limit: Option<u32>,
        profile: Option<Spoken>,
    },
    ListTokens,
    RevokeToken {
        id: String,
    },
    AddUser {
        email: String,
        name: Option<String>,
        password: Option<String>,
        administrator: bool,
    },
    ListUsers,
    DisableUser {
        user: String,
    },
    EnableUser {
        user: String,
    },
    SetDefaultDatabase {
        user: String,
        database: String,
    },
    SetPassword {
        user: String,
        password: Option<String>,
    },
    ListIndexes {
        database: String,
    },
    CreateIndex {
        database: String,
        table: String,
        field: String,
    },
    DropIndex {
        database: String,
        name: String,
    },
    Backup {
        folder: PathBuf,
    },
    Check,
    Export {
        database: String,
        file: PathBuf,
    },
    Import {
        database: String,
        table: String,
        file: PathBuf,
        key: Option<String>,
        /// Whether broken rows are left out.
        partial: bool,
    },
    ExportCsv {
        database: String,
        table: String,
        view: Option<String>,
        /// Whether it is for programs.
        raw: bool,
        /// None: one among the temporary files, which the asker takes away.
        file: Option<PathBuf>,
    },
    ImportOutline {
        database: String,
        file: PathBuf,
        form: Option<String>,
        title: Option<String>,
    },
    ExportOutline {
        database: String,
        /// None: all of them.
        outline: Option<String>,
        file: PathBuf,
    },
    Script {
        database: String,
        script: String,
        mode: Mode,
    },
    /// What may stand at a byte of a script.
    CompleteScript {
        database: String,
        script: String,
        cursor: usize,
    },
    ListTables {
        database: String,
    },
}

/// What is done with a script.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It runs and only reads.
    Query,
    /// It runs and may write.
    Exec,
    /// It runs, only reads, and what it did is told in the place of its result.
    Explain,
}

/// What came of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Database(Database),
    Databases(Vec<Database>),
    Token(NewToken),
    Tokens(Vec<KnownToken>),
    Revoked {
        id: String,
    },
    User(KnownUser),
    Users(Vec<KnownUser>),
    Indexes(Vec<Index>),
    IndexDropped {
        name: String,
    },
    BackedUp {
        folder: PathBuf,
        databases: usize,
        bytes: u64,
    },
    Checked {
        faults: Vec<String>,
    },
    Exported {
        file: PathBuf,
    },
    Imported(Imported),
    ExportedCsv {
        file: PathBuf,
    },
    ImportedOutline {
        title: String,
        items: usize,
    },
    /// The result of a script.
    Ran {
        result: Json,
    },
    Explained {
        told: Json,
        text: String,
    },
    /// A script with mistakes, as a terminal shows them.
    Mistaken {
        drawn: String,
    },
    Completions(Vec<Completion>),
    Tables(Vec<Table>),
}

/// Something that may stand in a script, and the bytes that it replaces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Completion {
    pub text: String,
    /// What it is.
    pub told: String,
    pub start: usize,
    pub end: usize,
}

/// A table and its fields, by name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub fields: Vec<Field>,
}

/// A field of a table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    /// Its kind, in a word.
    pub kind: String,
}

/// A database, by all its ids.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Database {
    pub name: String,
    #[serde(flatten)]
    pub spelling: Spelling,
}

/// A token with its text, which is shown this once.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NewToken {
    pub id: String,
    pub name: String,
    pub token: String,
    /// The database it is for: the one it reaches, or the owner's first.
    #[serde(flatten)]
    pub database: Option<Spelling>,
}

/// A token without its text.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KnownToken {
    pub id: String,
    pub name: String,
    /// The beginning of its text.
    pub prefix: String,
    pub expires: Option<String>,
    pub last_used: Option<String>,
}

/// A user, with a password only where one was made up just now.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KnownUser {
    pub id: String,
    pub name: String,
    pub email: String,
    pub administrator: bool,
    pub disabled: bool,
    pub created: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// An index, by the names of its table and fields.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Index {
    pub name: String,
    pub table: String,
    pub fields: Vec<String>,
    pub form: String,
    pub origin: String,
    pub built: bool,
    pub used: String,
}

/// What came of an import.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Imported {
    /// Whether the rows are in the table, all but those that were left out.
    pub done: bool,
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub left_out: u64,
    pub error_count: u64,
    /// The first of them.
    pub errors: Vec<RowError>,
    /// Why not everything could be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_behind: Option<String>,
}

/// Something wrong with a row.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RowError {
    pub line: u64,
    pub field: Option<String>,
    pub message: String,
}

/// Does what is wanted.
pub async fn run(engine: Engine, order: Order) -> Result<Outcome, String> {
    let outcome = match order {
        Order::CreateDatabase { name, workspace } => database::create(&engine, &name, workspace.as_deref()),
        Order::ListDatabases => database::list(&engine),
        Order::CreateToken { name, scopes, databases, expires, rate_limit, profile } => {
            token::create(&engine, &name, &scopes, &databases, expires.as_deref(), rate_limit, profile)
        }
        Order::ListTokens => token::list(&engine),
        Order::RevokeToken { id } => token::revoke(&engine, &id),
        Order::AddUser { email, name, password, administrator } => {
            user::add(&engine, &email, name, password, administrator).await
        }
        Order::ListUsers => user::list(&engine),
        Order::DisableUser { user } => user::set_standing(&engine, &user, user::Standing::Disabled),
        Order::EnableUser { user } => user::set_standing(&engine, &user, user::Standing::Enabled),
        Order::SetDefaultDatabase { user, database } => user::set_default_database(&engine, &user, &database),
        Order::SetPassword { user, password } => user::password(&engine, &user, password).await,
        Order::ListIndexes { database } => index::list(&engine, &database),
        Order::CreateIndex { database, table, field } => index::create(&engine, &database, table, field).await,
        Order::DropIndex { database, name } => {
            apart(engine, move |engine| index::remove(engine, &database, name)).await
        }
        Order::Backup { folder } => apart(engine, move |engine| backup::backup(engine, folder)).await,
        Order::Check => apart(engine, check::check).await,
        Order::Import { database, table, file, key, partial } => {
            let broken = if partial { Broken::LeaveOut } else { Broken::Refuse };
            csv::import(&engine, &database, table, file, key, broken).await
        }
        Order::ExportCsv { database, table, view, raw, file } => {
            let reader = if raw { Reader::Program } else { Reader::Spreadsheet };
            csv::export(&engine, &database, table, view, reader, file).await
        }
        Order::ImportOutline { database, file, form, title } => {
            outline::import(&engine, &database, &file, form.as_deref(), title).await
        }
        Order::ExportOutline { database, outline, file } => outline::export(&engine, &database, outline, file).await,
        Order::Script { database, script, mode } => nx::run(&engine, &database, script, mode).await,
        Order::CompleteScript { database, script, cursor } => nx::complete(&engine, &database, script, cursor).await,
        Order::ListTables { database } => nx::tables(&engine, &database).await,
        Order::Export { database, file } => apart(engine, move |engine| export::export(engine, &database, file)).await,
    };
    outcome.map_err(|error| cause(&error))
}

/// Runs what takes long on a thread of its own.
async fn apart(
    engine: Engine,
    job: impl FnOnce(&Engine) -> model::Result<Outcome> + Send + 'static,
) -> model::Result<Outcome> {
    let done = tokio::task::spawn_blocking(move || job(&engine)).await;
    done.unwrap_or_else(|error| Err(Error::Internal(error.to_string())))
}

/// Why something failed, for whoever runs the server: a client is not told as much.
pub fn cause(error: &Error) -> String {
    match error {
        Error::Unavailable(why) | Error::Internal(why) => why.clone(),
        Error::Unauthenticated(_)
        | Error::Forbidden(_)
        | Error::NotFound { .. }
        | Error::Invalid(_)
        | Error::Script { .. }
        | Error::Conflict(_)
        | Error::TooLarge { .. }
        | Error::RateLimited { .. }
        | Error::PreconditionFailed
        | Error::Busy { .. }
        | Error::TimedOut => error.to_string(),
    }
}
