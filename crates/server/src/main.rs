//! The program: the command line, the settings, and the doors around one engine.
//!
//! Nothing here knows rules or data. Start with [`boot`] for serving and [`commands`] for the rest.

mod boot;
mod cli;
mod commands;
mod config;
mod control;
mod first_start;
mod logs;
mod metrics;
mod own;
mod pages;
mod serve;
mod shutdown;
mod spelling;
mod terminal;

use clap::Parser;
use cli::{Cli, Command, Database, Index, Place, Token, User};
use commands::{Mode, Order, Outcome, absolute};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None => boot::serve(cli.serve).map(|()| ExitCode::SUCCESS),
        Some(command) => run(command),
    };
    done.unwrap_or_else(|cause| {
        eprintln!("manytongue: {cause}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> Result<ExitCode, String> {
    let (place, order) = match command {
        Command::Serve(serve) => return boot::serve(serve).map(|()| ExitCode::SUCCESS),
        Command::Restore { backup, place } => {
            let outcome = commands::restore(&backup, &place)?;
            return print(&place, &outcome);
        }
        Command::Database(Database::Create { name, workspace, place }) => {
            (place, Order::CreateDatabase { name, workspace })
        }
        Command::Database(Database::List { place }) => (place, Order::ListDatabases),
        Command::Token(Token::Create { name, scopes, database: databases, expires, rate_limit, profile, place }) => {
            (place, Order::CreateToken { name, scopes, databases, expires, rate_limit, profile })
        }
        Command::Token(Token::List { place }) => (place, Order::ListTokens),
        Command::Token(Token::Revoke { id, place }) => (place, Order::RevokeToken { id }),
        Command::User(user) => user_order(user)?,
        Command::Index(Index::List { database, place }) => (place, Order::ListIndexes { database }),
        Command::Index(Index::Create { database, table, field, place }) => {
            (place, Order::CreateIndex { database, table, field })
        }
        Command::Index(Index::Drop { database, name, place }) => (place, Order::DropIndex { database, name }),
        Command::Backup { folder, place } => (place, Order::Backup { folder: absolute(folder)? }),
        Command::Check { place } => (place, Order::Check),
        Command::Export { database, file, place } => (place, Order::Export { database, file: absolute(file)? }),
        Command::Import { database, table, file, key, partial, place } => {
            (place, Order::Import { database, table, file: absolute(file)?, key, partial })
        }
        Command::ExportCsv { database, table, file: None, view, raw, place } => {
            let order = Order::ExportCsv { database, table, view, raw, file: None };
            return copy_out(&commands::carry_out(&place, order)?);
        }
        Command::ExportCsv { database, table, file: Some(file), view, raw, place } => {
            (place, Order::ExportCsv { database, table, view, raw, file: Some(absolute(file)?) })
        }
        Command::Nx { database, script, file, write, explain, place } => {
            let mode = match (write, explain) {
                (true, _) => Mode::Exec,
                (false, true) => Mode::Explain,
                (false, false) => Mode::Query,
            };
            return terminal::run(terminal::Asked { database, script, file, mode, place });
        }
        Command::ImportOutline { database, file, form, title, place } => {
            (place, Order::ImportOutline { database, file: absolute(file)?, form, title })
        }
        Command::ExportOutline { database, file, outline, place } => {
            (place, Order::ExportOutline { database, outline, file: absolute(file)? })
        }
    };
    let outcome = commands::carry_out(&place, order)?;
    print(&place, &outcome)
}

fn user_order(user: User) -> Result<(Place, Order), String> {
    Ok(match user {
        User::Add { email, name, administrator, password_stdin, place } => {
            let password = given_password(password_stdin)?;
            (place, Order::AddUser { email, name, password, administrator })
        }
        User::List { place } => (place, Order::ListUsers),
        User::Disable { user, place } => (place, Order::DisableUser { user }),
        User::Enable { user, place } => (place, Order::EnableUser { user }),
        User::Database { user, database, place } => (place, Order::SetDefaultDatabase { user, database }),
        User::Password { user, password_stdin, place } => {
            let password = given_password(password_stdin)?;
            (place, Order::SetPassword { user, password })
        }
    })
}

/// A password on standard input: never a flag, which other users of the machine can see.
fn given_password(from_stdin: bool) -> Result<Option<String>, String> {
    if !from_stdin {
        return Ok(None);
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|error| error.to_string())?;
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Copies a file that was made for it to standard output, and takes it away.
fn copy_out(outcome: &Outcome) -> Result<ExitCode, String> {
    let Outcome::ExportedCsv { file } = outcome else { return Err("the server gave no file".to_owned()) };
    let copied = std::fs::File::open(file).and_then(|mut from| {
        // Whoever reads on gets all of it, or knows that it is not all.
        std::fs::remove_file(file)?;
        std::io::copy(&mut from, &mut std::io::stdout().lock())
    });
    copied.map(|_| ExitCode::SUCCESS).map_err(|error| format!("{}: {error}", file.display()))
}

/// Prints what came of a command. Faults that were found are a failure to whoever called us.
fn print(place: &Place, outcome: &Outcome) -> Result<ExitCode, String> {
    if place.json {
        println!("{}", commands::json(outcome)?);
    } else {
        print!("{}", commands::text(outcome));
    }
    let is_well = match outcome {
        Outcome::Checked { faults } => faults.is_empty(),
        Outcome::Imported(imported) => imported.done,
        Outcome::Mistaken { .. } => false,
        _ => true,
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
