//! Whether a command does its work here or has the running server do it.

use super::{Order, Outcome, cause, run};
use crate::cli::Place;
use crate::config::{Config, Folder, Layer};
use crate::{boot, control, first_start};
use model::Error;
use std::path::PathBuf;
use store::folder::{self, DataFolder};

/// Carries out an order on the data folder of the place: over its server if it has one.
pub fn carry_out(place: &Place, order: Order) -> Result<Outcome, String> {
    let (folder, mut config) = folder_of(place)?;
    if let Some(postgres) = &mut config.postgres {
        postgres.may_begin = may_make_a_folder(&order);
    }
    let is_empty = !folder.join("home.db").exists() && !folder::control_socket(&folder).exists();
    // A folder that served a store on PostgreSQL is refused by its own words.
    let is_new = config.postgres.is_none() && is_empty && !folder.join("store").exists();
    if is_new && !may_make_a_folder(&order) {
        return Err(format!("there is no data in {}", folder.display()));
    }
    match DataFolder::open(&folder) {
        // Somebody may take the lock in between; then opening says so.
        Ok(free) => drop(free),
        Err(Error::Conflict(_)) => return control::ask(&folder::control_socket(&folder), order),
        Err(error) => return Err(cause(&error)),
    }
    boot::runtime()?.block_on(async {
        let opened = boot::open(&config, &folder)?;
        if let Some(made) = &opened.made {
            eprint!("{}", first_start::message(&config.url(), &folder.display().to_string(), made));
        }
        let outcome = run(opened.engine.clone(), order).await;
        opened.close();
        outcome
    })
}

/// The data folder of a place, as an absolute path, and the settings of it.
pub(super) fn folder_of(place: &Place) -> Result<(PathBuf, Config), String> {
    let database_url = place.database_url.clone();
    let layer = Layer { data: place.data.clone(), database_url, ..Layer::default() };
    let config = Config::load(layer, place.config.clone())?;
    match &config.data {
        Folder::Kept(folder) => Ok((absolute(folder.clone())?, config)),
        Folder::Temporary => Err("a temporary data folder has no commands: name one with --data".to_owned()),
    }
}

/// A path that means the same in another process.
pub fn absolute(path: PathBuf) -> Result<PathBuf, String> {
    std::path::absolute(&path).map_err(|error| format!("{}: {error}", path.display()))
}

fn may_make_a_folder(order: &Order) -> bool {
    match order {
        Order::CreateDatabase { .. } | Order::CreateToken { .. } => true,
        Order::ListDatabases
        | Order::ListTokens
        | Order::RevokeToken { .. }
        | Order::AddUser { .. }
        | Order::ListUsers
        | Order::DisableUser { .. }
        | Order::EnableUser { .. }
        | Order::SetDefaultDatabase { .. }
        | Order::SetPassword { .. }
        | Order::ListIndexes { .. }
        | Order::CreateIndex { .. }
        | Order::DropIndex { .. }
        | Order::Backup { .. }
        | Order::Check
        | Order::Export { .. }
        | Order::Import { .. }
        | Order::ExportCsv { .. }
        | Order::ImportOutline { .. }
        | Order::ExportOutline { .. }
        | Order::Script { .. }
        | Order::CompleteScript { .. }
        | Order::ListTables { .. } => false,
    }
}
