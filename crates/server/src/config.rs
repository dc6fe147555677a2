//! Settings: flags before the environment before the file before the defaults.
//!
//! Each source is a [`Layer`] in which everything may be absent; [`Config`] is what they come to.

mod hosts;
mod size;
mod source;
mod url;

pub use hosts::HostList;
pub use size::Size;
pub use source::Layer;
pub use url::{DatabaseUrl, SmtpUrl};

use engine::access::SignUp;
use model::access::Profile;
use outbound::{Allowed, Hosts};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use store::postgres::PostgresOptions;
use store::sqlite::Durability;

/// What the server runs with.
#[derive(Clone, PartialEq, Debug)]
pub struct Config {
    pub data: Folder,
    /// Where PostgreSQL is; none for files in the data folder.
    pub postgres: Option<PostgresOptions>,
    pub listen: SocketAddr,
    /// Without a slash at its end.
    pub public_url: Option<String>,
    pub durability: Durability,
    pub auto_indexes: Switch,
    /// How long building an index may stop the writes of its database.
    pub index_pause_ms: u64,
    /// How long a script may hold the writer of its database.
    pub exec_time: Duration,
    pub body_limit: usize,
    /// The most bytes of a file that is sent.
    pub upload_limit: u64,
    /// None: as much as there is room.
    pub upload_quota: Option<u64>,
    /// Where the bytes of files are; none for the data folder.
    pub files_url: Option<String>,
    pub open_databases: usize,
    pub scan_threads: usize,
    pub connections: usize,
    pub rate_limits: RatePlan,
    /// How many requests are worked on at the same time.
    pub requests_at_once: usize,
    pub trusted_proxies: Vec<IpAddr>,
    /// After how many days the trash is emptied; 0 for never.
    pub trash_days: u32,
    pub log: LogFormat,
    pub log_level: String,
    /// Hosts that may be asked although they are not public.
    pub allowed: Allowed,
    pub import_limit: u64,
    pub sign_up: SignUp,
    pub smtp_url: Option<SmtpUrl>,
    pub mail_from: Option<String>,
    /// What plain addresses answer where a document and its live service differ.
    pub profile: Profile,
}

/// Where the data is.
#[derive(Clone, PartialEq, Debug)]
pub enum Folder {
    Kept(PathBuf),
    /// A new one that goes with the server.
    Temporary,
}

/// On or off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    On,
    Off,
}

/// Whose limits of requests count, in the words of the settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum RatePlan {
    Documented,
    Fair,
    Off,
}

/// The form of the log's lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// Who may sign up, in the words of the settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum SignUpRule {
    Off,
    Invited,
    Open,
}

/// What plain addresses answer where a document and its live service differ, in the words of the settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, serde::Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Spoken {
    Documented,
    Observed,
}

impl From<Spoken> for Profile {
    fn from(spoken: Spoken) -> Profile {
        match spoken {
            Spoken::Documented => Profile::Documented,
            Spoken::Observed => Profile::Observed,
        }
    }
}

/// How hard a commit is, in the words of the settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Hardness {
    Full,
    Normal,
}

const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

impl Config {
    /// The settings that the layers come to, the first one that says something winning.
    pub fn of(layers: impl IntoIterator<Item = Layer>) -> Config {
        let all = layers.into_iter().reduce(Layer::or).unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let data = match all.ephemeral {
            Some(true) => Folder::Temporary,
            Some(false) | None => Folder::Kept(all.data.unwrap_or_else(|| PathBuf::from("./data"))),
        };
        let durability = match all.durability {
            Some(Hardness::Normal) => Durability::Normal,
            Some(Hardness::Full) | None => Durability::Full,
        };
        let postgres = all.database_url.map(|url| {
            let usual = PostgresOptions::new(&url.0);
            PostgresOptions {
                prefix: all.database_schema.unwrap_or(usual.prefix),
                authorities: all.database_ca,
                connections: all.database_connections.unwrap_or(usual.connections),
                may_begin: true,
                url: usual.url,
            }
        });
        Config {
            data,
            postgres,
            listen: all.listen.unwrap_or(LOCAL),
            public_url: all.public_url.map(|url| url.trim_end_matches('/').to_owned()),
            durability,
            auto_indexes: all.auto_indexes.unwrap_or(Switch::On),
            index_pause_ms: all.index_pause_ms.unwrap_or(1000),
            exec_time: Duration::from_millis(all.exec_ms.unwrap_or(1000)),
            body_limit: all.body_limit.map_or(16 << 20, |size| size.0),
            upload_limit: all.upload_limit.map_or(1 << 30, |size| size.0 as u64),
            upload_quota: all.upload_quota.map(|size| size.0 as u64).filter(|bytes| *bytes > 0),
            files_url: all.files_url,
            open_databases: all.open_databases.unwrap_or(64),
            scan_threads: all.scan_threads.filter(|n| *n > 0).unwrap_or(cores.max(2)),
            connections: all.connections.unwrap_or(8192).max(1),
            rate_limits: all.rate_limits.unwrap_or(RatePlan::Fair),
            requests_at_once: all.requests_at_once.unwrap_or(256).max(1),
            trusted_proxies: all.trusted_proxies.unwrap_or_default(),
            trash_days: all.trash_days.unwrap_or(30),
            log: all.log.unwrap_or(LogFormat::Text),
            log_level: all.log_level.unwrap_or_else(|| "info".to_owned()),
            allowed: Allowed { fetch: hosts(all.allow_fetch), webhook: hosts(all.allow_webhook) },
            import_limit: all.import_limit.map_or(1 << 30, |size| size.0 as u64),
            sign_up: match all.sign_up {
                Some(SignUpRule::Open) => SignUp::Open,
                Some(SignUpRule::Invited) => SignUp::Invited,
                Some(SignUpRule::Off) | None => SignUp::Off,
            },
            smtp_url: all.smtp_url,
            mail_from: all.mail_from,
            profile: all.profile.map(Profile::from).unwrap_or_default(),
        }
    }

    /// The settings of these flags, of the environment, and of the file that either names.
    pub fn load(flags: Layer, file: Option<PathBuf>) -> Result<Config, String> {
        let environment = Layer::of_environment(|name| std::env::var(name).ok())?;
        let file = file.or_else(|| std::env::var_os("MANYTONGUE_CONFIG").map(PathBuf::from));
        let file = match file {
            Some(path) => {
                let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
                Layer::of_file(&text).map_err(|e| format!("{}: {e}", path.display()))?
            }
            None => Layer::default(),
        };
        Ok(Config::of([flags, environment, file]))
    }

    /// Where clients reach the server.
    pub fn url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| {
            // Nobody can call "any address", but this machine answers to its own name.
            let host = if self.listen.ip().is_unspecified() { "localhost".to_owned() } else { host(self.listen) };
            format!("http://{host}:{}", self.listen.port())
        })
    }
}

fn hosts(list: Option<HostList>) -> Hosts {
    list.map(|list| list.0).unwrap_or_default()
}

fn host(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: &str = include_str!("../config.default.toml");

    fn environment(pairs: &[(&str, &str)]) -> Layer {
        let find = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Layer::of_environment(find).expect("an environment")
    }

    #[test]
    fn the_documented_file_says_the_defaults_and_names_every_setting() {
        let documented = Layer::of_file(DEFAULTS).expect("a file");
        assert_eq!(Config::of([documented]), Config::of([]));
        for name in Layer::NAMES {
            let said = DEFAULTS.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{name} = ")));
            assert!(said, "{name} is not in config.default.toml");
        }
    }

    #[test]
    fn a_flag_wins_over_the_environment_over_the_file_over_the_default() {
        let file = || Layer::of_file("listen = '1.1.1.1:1'\nbody_limit = '1 KiB'\nlog = 'json'").expect("a file");
        let env = || environment(&[("MANYTONGUE_LISTEN", "2.2.2.2:2"), ("MANYTONGUE_BODY_LIMIT", "2048")]);
        let flags = Layer { listen: Some("3.3.3.3:3".parse().expect("an address")), ..Layer::default() };
        let config = Config::of([flags, env(), file()]);
        assert_eq!((config.listen.to_string().as_str(), config.body_limit), ("3.3.3.3:3", 2048));
        assert_eq!((config.log, config.open_databases), (LogFormat::Json, 64));
        assert_eq!(Config::of([Layer::default(), env(), file()]).listen.port(), 2);
        assert_eq!(Config::of([Layer::default(), Layer::default(), file()]).listen.port(), 1);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let said = Layer::of_file("lisen = '1.1.1.1:1'").expect_err("refused");
        assert!(said.contains("lisen"), "{said}");
        let said = Layer::of_environment(|name| (name == "MANYTONGUE_LOG").then(|| "xml".to_owned())).expect_err("no");
        assert!(said.contains("MANYTONGUE_LOG") && said.contains("xml"), "{said}");
        assert!(Layer::of_file("body_limit = '1 potato'").is_err());
        let said = Layer::of_file("allow_webhook = ['a/b']").expect_err("refused");
        assert!(said.contains("a/b is no host"), "{said}");
        let said = Layer::of_environment(|name| (name == "MANYTONGUE_ALLOW_FETCH").then(|| "a,b@c".to_owned()));
        assert!(said.is_err_and(|said| said.contains("MANYTONGUE_ALLOW_FETCH")));
    }

    #[test]
    fn allowed_hosts_are_a_list_or_a_text_with_commas() {
        let list = Config::of([Layer::of_file("allow_fetch = ['a:81', 'b']").expect("a file")]);
        let text = Config::of([Layer::of_file("allow_fetch = 'a:81, b'").expect("a file")]);
        let variable = Config::of([environment(&[("MANYTONGUE_ALLOW_FETCH", "a:81,b")])]);
        assert_eq!(list, text);
        assert_eq!(list, variable);
        assert_ne!(list.allowed.fetch, list.allowed.webhook, "each purpose has its own");
    }

    #[test]
    fn the_url_is_the_one_that_clients_can_call() {
        let url = |text: &str| Config::of([Layer::of_file(text).expect("a file")]).url();
        assert_eq!(url(""), "http://127.0.0.1:8080");
        assert_eq!(url("listen = '0.0.0.0:80'"), "http://localhost:80");
        assert_eq!(url("listen = '[::1]:80'"), "http://[::1]:80");
        assert_eq!(url("public_url = 'https://a.example/'"), "https://a.example");
    }
}
