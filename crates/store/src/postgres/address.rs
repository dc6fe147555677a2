//! Where PostgreSQL is, as the operator says it.

use super::failure;
use super::tls::{self, Tls};
use model::{Error, Result};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// What names the schemas of a store when nothing else is said.
pub const PREFIX: &str = "manytongue";
/// Longest prefix: PostgreSQL cuts names of more than 63 bytes, and a database's key follows.
const LONGEST_PREFIX: usize = 40;

/// Settings of a store on PostgreSQL.
#[derive(Clone, PartialEq)]
pub struct PostgresOptions {
    /// `postgres://user:password@host:port/database?sslmode=…`.
    pub url: String,
    /// The home schema; a database's schema is this, `_` and its key.
    pub prefix: String,
    /// A PEM file with the authorities to trust, instead of the system's.
    pub authorities: Option<PathBuf>,
    /// Whether a store may be begun where there is none.
    pub may_begin: bool,
    /// Most connections of this process besides the few it always has.
    pub connections: usize,
}

impl std::fmt::Debug for PostgresOptions {
    /// The address holds a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresOptions").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl PostgresOptions {
    /// The usual settings for an address.
    pub fn new(url: &str) -> PostgresOptions {
        PostgresOptions {
            url: url.to_owned(),
            prefix: PREFIX.to_owned(),
            authorities: None,
            may_begin: true,
            connections: 12,
        }
    }
}

/// An address that was understood.
#[derive(Clone)]
pub struct Address {
    pub config: Config,
    pub tls: Tls,
    pub prefix: String,
}

impl Address {
    /// Reads the settings. Messages never repeat the address: it holds a password.
    pub fn of(options: &PostgresOptions) -> Result<Address> {
        let prefix = options.prefix.as_str();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let sound = prefix.starts_with(|c: char| c.is_ascii_lowercase()) && prefix.chars().all(plain);
        if !sound || prefix.len() > LONGEST_PREFIX || prefix.starts_with("pg_") {
            return Err(Error::Unavailable(
                "the database schema must be a lower-case name of at most 40 letters, digits and _".to_owned(),
            ));
        }
        if !options.url.starts_with("postgres://") && !options.url.starts_with("postgresql://") {
            return Err(Error::Unavailable("the database URL must begin with postgres://".to_owned()));
        }
        if options.url.split('@').count() > 2 {
            // What is read as the host would be part of the password, and hosts are told.
            return Err(Error::Unavailable("in the database URL, an @ in user or password is written %40".to_owned()));
        }
        let (url, named) = split_tls(&options.url);
        let mut config = Config::from_str(&url).map_err(|error| {
            // It names an option at most, and those come after the password.
            Error::Unavailable(format!("the database URL cannot be read: {}", failure::whole(&error)))
        })?;
        if config.get_hosts().is_empty() {
            return Err(Error::Unavailable("the database URL names no host".to_owned()));
        }
        if !options.url.contains("sslmode=") {
            // A password crosses no network unguarded, unless somebody says so.
            let near = config.get_hosts().iter().all(is_near);
            config.ssl_mode(if near { SslMode::Disable } else { SslMode::Require });
        }
        if config.get_application_name().is_none() {
            config.application_name("manytongue");
        }
        // Statements are short and prepared: plans are made once, and neither compiled nor spread over processes.
        // The server is to notice a node that was cut off in a transaction, which keeps the others waiting until then.
        let own = "-c jit=off -c max_parallel_workers_per_gather=0 -c plan_cache_mode=force_generic_plan \
                   -c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";
        // A write that is one statement is a transaction as the writer's others are, whatever others would have.
        let fixed = "-c default_transaction_isolation=read\\ committed -c default_transaction_read_only=off";
        config.options(format!("{own} {} {fixed}", config.get_options().unwrap_or_default()));
        // A server that vanished without a word is missed before its clients give up.
        config.connect_timeout(Duration::from_secs(5)).tcp_user_timeout(Duration::from_secs(15));
        config
            .keepalives_idle(Duration::from_secs(15))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(3);
        let tls = tls::client(options.authorities.as_deref().or(named.as_deref()))?;
        Ok(Address { config, tls, prefix: prefix.to_owned() })
    }

    /// Host and database, for messages.
    pub fn shown(&self) -> String {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            Some(Host::Unix(path)) => path.display().to_string(),
            None => String::new(),
        };
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        let database = self.config.get_dbname().or(self.config.get_user()).unwrap_or("postgres");
        format!("{host}:{port}/{database}")
    }
}

/// Takes the words of libpq about certificates out of an address: ours are always checked whole. The file of
/// authorities, if it names one.
fn split_tls(url: &str) -> (String, Option<PathBuf>) {
    let Some((place, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut authorities = None;
    let mut kept: Vec<&str> = Vec::new();
    for part in query.split('&') {
        match part.split_once('=') {
            Some(("sslrootcert", "system")) => {}
            Some(("sslrootcert", file)) => authorities = Some(PathBuf::from(file)),
            Some(("sslmode", "verify-full" | "verify-ca")) => kept.push("sslmode=require"),
            Some(_) | None => kept.push(part),
        }
    }
    let url = if kept.is_empty() { place.to_owned() } else { format!("{place}?{}", kept.join("&")) };
    (url, authorities)
}

fn is_near(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_refused_without_repeating_its_password() {
        let url = |url: &str| Address::of(&PostgresOptions::new(url)).map(|address| address.shown());
        assert_eq!(url("postgres://me:secret@127.0.0.1:5433/box").expect("understood"), "127.0.0.1:5433/box");
        let wrong = ["mysql://me:secret@host/x", "secret", "postgres://", "postgres://me:secret@host:port/x"];
        for wrong in wrong.into_iter().chain(["postgres://me:pass@secret@host/x", "postgres://me:a@b?secret=c@host/x"])
        {
            let said = url(wrong).expect_err("refused").to_string();
            assert!(!said.contains("secret"), "{said}");
        }
        for prefix in ["", "Upper", "a-b", "pg_x", "1a", &"a".repeat(41)] {
            let options = PostgresOptions { prefix: prefix.to_owned(), ..PostgresOptions::new("postgres://h/x") };
            assert!(Address::of(&options).is_err(), "{prefix}");
        }
    }

    #[test]
    fn a_password_crosses_a_network_only_under_tls_unless_told() {
        let mode = |url: &str| Address::of(&PostgresOptions::new(url)).expect("understood").config.get_ssl_mode();
        assert_eq!(mode("postgres://me@127.0.0.1/x"), SslMode::Disable);
        assert_eq!(mode("postgres://me@127.0.0.1/x?sslmode=verify-full&sslrootcert=system"), SslMode::Require);
        let (url, file) = split_tls("postgres://me@h/x?sslmode=verify-ca&sslrootcert=/a/b.pem&application_name=y");
        assert_eq!(url, "postgres://me@h/x?sslmode=require&application_name=y");
        assert_eq!(file.as_deref(), Some(std::path::Path::new("/a/b.pem")));
        assert_eq!(mode("postgres://me@db.example.com/x"), SslMode::Require);
        assert_eq!(mode("postgres://me@db.example.com/x?sslmode=disable"), SslMode::Disable);
    }
}
