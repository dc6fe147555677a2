//! The command line: what can be said, and nothing of how it is done.

use crate::config::{DatabaseUrl, Layer, Spoken};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

const ABOUT: &str = "One server for Ninox, Dynalist, DatoCMS and Donotname clients over the same data.";
const MORE: &str = "\
Without a command it serves. Every setting can also come from the environment (MANYTONGUE_DATA, MANYTONGUE_LISTEN, ...)
or a file (--config). MANYTONGUE_ADMIN_EMAIL, MANYTONGUE_ADMIN_PASSWORD and MANYTONGUE_ADMIN_TOKEN are taken at the
first start; without them it makes its own and prints them once.";

/// The whole command line.
#[derive(Parser, Debug)]
#[command(name = "manytongue", version, about = ABOUT, after_help = MORE, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: Serve,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve (as without a command)
    Serve(Serve),
    /// Databases
    #[command(subcommand)]
    Database(Database),
    /// Access tokens
    #[command(subcommand)]
    Token(Token),
    /// People with an account
    #[command(subcommand)]
    User(User),
    /// Indexes, the automatic ones included
    #[command(subcommand)]
    Index(Index),
    /// Copy everything into a new folder, while the server goes on
    Backup {
        /// A folder that is empty or not there
        folder: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Make a new data folder of a backup
    Restore {
        /// The folder of the backup
        backup: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Look whether all files are sound
    Check {
        #[command(flatten)]
        place: Place,
    },
    #[command(about = "Write one database to a plain SQLite file with the names people gave")]
    Export {
        /// Its id, in the spelling of any API, or its name if no other has it
        database: String,
        /// A file that is not there
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Add the rows of a CSV file to a table; all of them, or none
    Import {
        /// The database's id, in the spelling of any API, or its name if no other has it
        database: String,
        /// The table's name or id
        table: String,
        /// The file; its first row names the fields
        file: PathBuf,
        /// A field whose value tells which record a row updates
        #[arg(long, value_name = "FIELD")]
        key: Option<String>,
        /// Leave out rows that are broken, instead of refusing the file
        #[arg(long)]
        partial: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Write a table as CSV, for a spreadsheet
    ExportCsv {
        /// As for the import
        database: String,
        /// The table's name or id
        table: String,
        /// A file that is not there [standard output]
        file: Option<PathBuf>,
        /// The view whose filter, order and columns count, by name or id
        #[arg(long, value_name = "NAME")]
        view: Option<String>,
        /// For programs: values whole, and nothing before what would begin a formula
        #[arg(long)]
        raw: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Ask a database in NX, the query language; without a script, one line after the other
    Nx {
        /// As for the import
        database: String,
        /// The script [the file; else what stands on standard input; else what you type]
        #[arg(conflicts_with = "file")]
        script: Option<String>,
        /// A file with the script
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Let it write: all of a script is one write, which can be undone
        #[arg(long)]
        write: bool,
        /// Run it and tell how: its plan, its SQL, rows read, time and budget used
        #[arg(long, conflicts_with = "write")]
        explain: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Make an outline of an OPML, Markdown or text file
    ImportOutline {
        /// As for the import
        database: String,
        /// The file
        file: PathBuf,
        /// opml, markdown or text [what its name or its beginning says]
        #[arg(long, value_name = "FORM")]
        form: Option<String>,
        /// The title [what the file says, else its name]
        #[arg(long)]
        title: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Write an outline as OPML, Markdown or text, or all outlines as an archive of OPML
    ExportOutline {
        /// As for the import
        database: String,
        /// A file that is not there; its end tells the form (.opml, .md, .txt)
        file: PathBuf,
        /// The outline's title or id [all of them, to a file that ends in .zip]
        #[arg(long, value_name = "TITLE")]
        outline: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand, Debug)]
pub enum Database {
    /// Make a database and print its ids
    Create {
        name: String,
        /// The workspace it goes into, in the spelling of any API [the owner's first]
        #[arg(long)]
        workspace: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Print the ids of all databases
    List {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand, Debug)]
pub enum Token {
    /// Make a token of the owner's and print it; it is not shown again
    Create {
        #[arg(long)]
        name: String,
        /// What it may, such as "record|read,record|update" [everything]
        #[arg(long, value_delimiter = ',')]
        scopes: Vec<String>,
        /// The databases it reaches, in the spelling of any API [all]
        #[arg(long, value_delimiter = ',')]
        database: Vec<String>,
        /// Its last day, as 2030-12-31 [none]
        #[arg(long)]
        expires: Option<String>,
        /// Its own limit, in requests a second [as the server's]
        #[arg(long, value_name = "N")]
        rate_limit: Option<u32>,
        /// What plain addresses answer it with where documents and live services differ [as the server's]
        #[arg(long)]
        profile: Option<Spoken>,
        #[command(flatten)]
        place: Place,
    },
    /// Print the owner's tokens, without their text
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Make a token useless
    Revoke {
        /// Its id, acc...
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand, Debug)]
pub enum User {
    /// Make an account and print its password, if none is given; it is not shown again
    Add {
        /// The e-mail address
        email: String,
        /// The name that others see [what stands before the @]
        #[arg(long)]
        name: Option<String>,
        /// May manage the server
        #[arg(long)]
        administrator: bool,
        /// Read the password from standard input, one line
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Print the accounts
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Let nobody in with an account: sessions end, tokens rest
    Disable {
        /// The e-mail address, or the id
        user: String,
        #[command(flatten)]
        place: Place,
    },
    /// Take back disabling
    Enable {
        /// The e-mail address, or the id
        user: String,
        #[command(flatten)]
        place: Place,
    },
    /// Set the database that a user means when they name none, as in the Dynalist API
    Database {
        /// The e-mail address, or the id
        user: String,
        /// Its id, in the spelling of any API, or its name if no other has it
        database: String,
        #[command(flatten)]
        place: Place,
    },
    /// Set a new password and print it, if none is given; all sessions of the user end
    Password {
        /// The e-mail address, or the id
        user: String,
        /// Read the password from standard input, one line
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand, Debug)]
pub enum Index {
    /// Print the indexes of a database
    List {
        /// Its id, in the spelling of any API, or its name if no other has it
        database: String,
        #[command(flatten)]
        place: Place,
    },
    /// Make an index on a field
    Create {
        /// As for the list
        database: String,
        /// The table's name
        table: String,
        /// The field's name
        field: String,
        #[command(flatten)]
        place: Place,
    },
    /// Take an index away; an automatic one may come back when reads ask for it again
    Drop {
        /// As for the list
        database: String,
        /// Its name in the list
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Args, Debug, Default)]
pub struct Serve {
    /// A file of settings; see config.default.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub layer: Layer,
}

/// Which data folder a command is for.
#[derive(Args, Debug)]
pub struct Place {
    /// The data folder [./data]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Where PostgreSQL is, when the store is there
    #[arg(long, value_name = "URL")]
    pub database_url: Option<DatabaseUrl>,
    /// A file of settings
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serving_needs_no_command() {
        for words in [&["manytongue", "--listen", "1.2.3.4:5"][..], &["manytongue", "serve", "--listen", "1.2.3.4:5"]] {
            let cli = Cli::try_parse_from(words).expect("understood");
            let serve = match cli.command {
                Some(Command::Serve(serve)) => serve,
                None => cli.serve,
                Some(other) => panic!("{other:?}"),
            };
            assert_eq!(serve.layer.listen.map(|address| address.port()), Some(5));
        }
    }
}
