//! Databases on a PostgreSQL: one for each server that runs on it, made for it and removed after it.

use postgres::{Client, NoTls, SimpleQueryMessage};

/// A database of a server of its own.
pub struct Database {
    /// Where databases are made from.
    server: String,
    name: String,
    keep: bool,
}

impl Database {
    pub fn make(server: &str, name: &str, keep: bool) -> Result<Database, String> {
        ask(server, &format!("CREATE DATABASE {name}"))?;
        Ok(Database { server: server.to_owned(), name: name.to_owned(), keep })
    }

    /// The server's URL with the path of this database.
    pub fn url(&self) -> String {
        let (before, options) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let host = before.find("://").map_or(0, |at| at + 3);
        let end = before[host..].find('/').map_or(before.len(), |at| host + at);
        let mark = if options.is_empty() { "" } else { "?" };
        format!("{}/{}{mark}{options}", &before[..end], self.name)
    }

    pub fn bytes(&self) -> Result<u64, String> {
        let bytes = ask(&self.server, &format!("SELECT pg_database_size('{}')", self.name))?;
        bytes.first().and_then(|text| text.parse().ok()).ok_or_else(|| "no size".to_owned())
    }

    /// What PostgreSQL does by itself some time after so many rows came in; waiting for that would take minutes.
    pub fn tidy(&self) -> Result<(), String> {
        ask(&self.url(), "VACUUM (ANALYZE)").map(|_| ())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let remove = || ask(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name));
        match if self.keep { Err("asked to".to_owned()) } else { remove() } {
            Ok(_) => {}
            Err(cause) => eprintln!("kept the database {}: {cause}", self.name),
        }
    }
}

/// Writes out what waits for it in memory, for it would slow whichever server comes next.
pub fn write_out(server: &str) -> Result<(), String> {
    ask(server, "CHECKPOINT").map(|_| ())
}

/// A line about the PostgreSQL at this URL: figures of one that does not write to the disk are worth nothing.
pub fn describe(server: &str) -> Result<String, String> {
    let mut line = format!("PostgreSQL {}", ask(server, "SHOW server_version")?.join(""));
    for name in ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers"] {
        line += &format!(", {name} {}", ask(server, &format!("SHOW {name}"))?.join(""));
    }
    Ok(line)
}

/// The first column of the answer.
fn ask(url: &str, statement: &str) -> Result<Vec<String>, String> {
    let answer = Client::connect(url, NoTls).and_then(|mut client| client.simple_query(statement));
    let answer = answer.map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        format!("PostgreSQL: {statement}: {error}{cause}")
    })?;
    let column = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    };
    Ok(answer.iter().filter_map(column).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_database_is_the_servers_with_another_path() {
        let url = |server: &str| Database { server: server.to_owned(), name: "b".to_owned(), keep: true }.url();
        assert_eq!(url("postgres://u:p@127.0.0.1:5432/postgres"), "postgres://u:p@127.0.0.1:5432/b");
        assert_eq!(url("postgres://u@h"), "postgres://u@h/b");
        assert_eq!(url("postgres://u@h/x?sslmode=disable"), "postgres://u@h/b?sslmode=disable");
    }
}
