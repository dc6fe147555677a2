//! One source of settings: what it says, and how it is read.

use super::{DatabaseUrl, Hardness, HostList, LogFormat, RatePlan, SignUpRule, Size, SmtpUrl, Spoken, Switch};
use clap::ValueEnum;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// What one source says; the rest is left to the next.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// The folder with all data, made at the first start [./data]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    #[arg(long, value_name = "URL", help = "Keep the store in PostgreSQL, postgres://user:password@host/database")]
    pub database_url: Option<DatabaseUrl>,
    /// The schema of the store there; those of its databases begin with it [manytongue]
    #[arg(long, value_name = "NAME")]
    pub database_schema: Option<String>,
    /// A PEM file with the authorities that may vouch for PostgreSQL [those of the system]
    #[arg(long, value_name = "FILE")]
    pub database_ca: Option<PathBuf>,
    /// The most connections to PostgreSQL, beside a few that are always there [12]
    #[arg(long, value_name = "N")]
    pub database_connections: Option<usize>,
    /// Address and port to listen on [127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Use a temporary folder and remove it at the end
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "true|false")]
    pub ephemeral: Option<bool>,
    #[arg(long, value_name = "URL", help = "Where clients reach the server, such as https://data.example.com")]
    pub public_url: Option<String>,
    /// How hard a commit is: full survives a crash of the machine [full]
    #[arg(long)]
    pub durability: Option<Hardness>,
    /// Whether slow filters and sorts get an index by themselves [on]
    #[arg(long, alias = "auto-index")]
    pub auto_indexes: Option<Switch>,
    /// How long building one may stop the writes of its database, in milliseconds [1000]
    #[arg(long, value_name = "MS")]
    pub index_pause_ms: Option<u64>,
    pub exec_ms: Option<u64>,
    /// The most bytes of a request's body [16 MiB]
    #[arg(long, value_name = "SIZE")]
    pub body_limit: Option<Size>,
    /// The most bytes of a file that is sent [1 GiB]
    #[arg(long, value_name = "SIZE")]
    pub upload_limit: Option<Size>,
    pub upload_quota: Option<Size>,
    #[arg(
        long,
        value_name = "URL",
        help = "Where the bytes of files are, s3://bucket/prefix or a folder [in the data folder]"
    )]
    pub files_url: Option<String>,
    /// Open databases that are kept open [64]
    #[arg(long, value_name = "N")]
    pub open_databases: Option<usize>,
    /// Threads for long reads, 0 for one each core [0]
    #[arg(long, value_name = "N")]
    pub scan_threads: Option<usize>,
    /// The most connections at the same time [8192]
    #[arg(long, value_name = "N")]
    pub connections: Option<usize>,
    /// How often a token may ask: as each API documents, fair, or as often as it likes [fair]
    #[arg(long)]
    pub rate_limits: Option<RatePlan>,
    /// The most requests that are worked on at the same time [256]
    #[arg(long, value_name = "N")]
    pub requests_at_once: Option<usize>,
    /// Proxies on other machines whose X-Forwarded-For says where a request comes from [none]
    #[arg(long, value_name = "ADDRESSES", value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<IpAddr>>,
    /// After how many days the trash is emptied, 0 for never [30]
    #[arg(long, value_name = "DAYS")]
    pub trash_days: Option<u32>,
    /// Lines of the log [text]
    #[arg(long)]
    pub log: Option<LogFormat>,
    /// How much is logged: error, warn, info, debug, trace [info]
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// Hosts that files may be fetched from although they are not public, as files.internal:8080 [none]
    #[arg(long, value_name = "HOST[:PORT],...")]
    pub allow_fetch: Option<HostList>,
    /// The same for webhooks [none]
    #[arg(long, value_name = "HOST[:PORT],...")]
    pub allow_webhook: Option<HostList>,
    /// The most bytes of a file that is imported [1 GiB]
    #[arg(long, value_name = "SIZE")]
    pub import_limit: Option<Size>,
    /// Who may make an account of their own: off, invited (with the code of an invitation) or open [off]
    #[arg(long)]
    pub sign_up: Option<SignUpRule>,
    #[arg(
        long,
        value_name = "URL",
        help = "The mail server, smtp://user:password@host:port; none keeps letters in data/mail"
    )]
    pub smtp_url: Option<SmtpUrl>,
    #[arg(long, value_name = "ADDRESS", help = "From whom letters are, such as Name <name@example.com>")]
    pub mail_from: Option<String>,
    /// What /v1 (Ninox) and /api/v1 (Dynalist) answer where their documents and live services differ; addresses under
    /// /ninox and /dynalist are always observed [documented]
    #[arg(long)]
    pub profile: Option<Spoken>,
}

impl Layer {
    /// Every setting's name, as in the file.
    #[cfg(test)]
    pub const NAMES: [&str; 32] = [
        "data",
        "database_url",
        "database_schema",
        "database_ca",
        "database_connections",
        "listen",
        "ephemeral",
        "public_url",
        "durability",
        "auto_indexes",
        "index_pause_ms",
        "exec_ms",
        "body_limit",
        "upload_limit",
        "upload_quota",
        "files_url",
        "open_databases",
        "scan_threads",
        "connections",
        "rate_limits",
        "requests_at_once",
        "trusted_proxies",
        "trash_days",
        "log",
        "log_level",
        "allow_fetch",
        "allow_webhook",
        "import_limit",
        "sign_up",
        "smtp_url",
        "mail_from",
        "profile",
    ];

    /// What a file says.
    pub fn of_file(text: &str) -> Result<Layer, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// What the environment says.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Layer, String> {
        let from = Environment(variable);
        Ok(Layer {
            data: from.parsed("MANYTONGUE_DATA")?,
            database_url: from.text("MANYTONGUE_DATABASE_URL").map(DatabaseUrl::from),
            database_schema: from.parsed("MANYTONGUE_DATABASE_SCHEMA")?,
            database_ca: from.parsed("MANYTONGUE_DATABASE_CA")?,
            database_connections: from.parsed("MANYTONGUE_DATABASE_CONNECTIONS")?,
            listen: from.parsed("MANYTONGUE_LISTEN")?,
            ephemeral: from.parsed("MANYTONGUE_EPHEMERAL")?,
            public_url: from.parsed("MANYTONGUE_PUBLIC_URL")?,
            durability: from.word("MANYTONGUE_DURABILITY")?,
            auto_indexes: from.word("MANYTONGUE_AUTO_INDEXES")?,
            index_pause_ms: from.parsed("MANYTONGUE_INDEX_PAUSE_MS")?,
            exec_ms: from.parsed("MANYTONGUE_EXEC_MS")?,
            body_limit: from.parsed("MANYTONGUE_BODY_LIMIT")?,
            upload_limit: from.parsed("MANYTONGUE_UPLOAD_LIMIT")?,
            upload_quota: from.parsed("MANYTONGUE_UPLOAD_QUOTA")?,
            files_url: from.text("MANYTONGUE_FILES_URL"),
            open_databases: from.parsed("MANYTONGUE_OPEN_DATABASES")?,
            scan_threads: from.parsed("MANYTONGUE_SCAN_THREADS")?,
            connections: from.parsed("MANYTONGUE_CONNECTIONS")?,
            rate_limits: from.word("MANYTONGUE_RATE_LIMITS")?,
            requests_at_once: from.parsed("MANYTONGUE_REQUESTS_AT_ONCE")?,
            trusted_proxies: from.list("MANYTONGUE_TRUSTED_PROXIES")?,
            trash_days: from.parsed("MANYTONGUE_TRASH_DAYS")?,
            log: from.word("MANYTONGUE_LOG")?,
            log_level: from.parsed("MANYTONGUE_LOG_LEVEL")?,
            allow_fetch: from.parsed("MANYTONGUE_ALLOW_FETCH")?,
            allow_webhook: from.parsed("MANYTONGUE_ALLOW_WEBHOOK")?,
            import_limit: from.parsed("MANYTONGUE_IMPORT_LIMIT")?,
            sign_up: from.word("MANYTONGUE_SIGN_UP")?,
            smtp_url: from.text("MANYTONGUE_SMTP_URL").map(SmtpUrl::from),
            mail_from: from.parsed("MANYTONGUE_MAIL_FROM")?,
            profile: from.word("MANYTONGUE_PROFILE")?,
        })
    }

    /// What this one says, and where it says nothing, what the next says.
    pub fn or(self, next: Layer) -> Layer {
        // Who names a folder means that one, whatever a weaker source says of temporary ones.
        let kept = self.data.is_some().then_some(false);
        Layer {
            data: self.data.or(next.data),
            database_url: self.database_url.or(next.database_url),
            database_schema: self.database_schema.or(next.database_schema),
            database_ca: self.database_ca.or(next.database_ca),
            database_connections: self.database_connections.or(next.database_connections),
            listen: self.listen.or(next.listen),
            ephemeral: self.ephemeral.or(kept).or(next.ephemeral),
            public_url: self.public_url.or(next.public_url),
            durability: self.durability.or(next.durability),
            auto_indexes: self.auto_indexes.or(next.auto_indexes),
            index_pause_ms: self.index_pause_ms.or(next.index_pause_ms),
            exec_ms: self.exec_ms.or(next.exec_ms),
            body_limit: self.body_limit.or(next.body_limit),
            upload_limit: self.upload_limit.or(next.upload_limit),
            upload_quota: self.upload_quota.or(next.upload_quota),
            files_url: self.files_url.or(next.files_url),
            open_databases: self.open_databases.or(next.open_databases),
            scan_threads: self.scan_threads.or(next.scan_threads),
            connections: self.connections.or(next.connections),
            rate_limits: self.rate_limits.or(next.rate_limits),
            requests_at_once: self.requests_at_once.or(next.requests_at_once),
            trusted_proxies: self.trusted_proxies.or(next.trusted_proxies),
            trash_days: self.trash_days.or(next.trash_days),
            log: self.log.or(next.log),
            log_level: self.log_level.or(next.log_level),
            allow_fetch: self.allow_fetch.or(next.allow_fetch),
            allow_webhook: self.allow_webhook.or(next.allow_webhook),
            import_limit: self.import_limit.or(next.import_limit),
            sign_up: self.sign_up.or(next.sign_up),
            smtp_url: self.smtp_url.or(next.smtp_url),
            mail_from: self.mail_from.or(next.mail_from),
            profile: self.profile.or(next.profile),
        }
    }
}

/// Variables by name. One that is set to nothing counts as not set.
struct Environment<F>(F);

impl<F: Fn(&str) -> Option<String>> Environment<F> {
    fn text(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|text| !text.is_empty())
    }

    fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, String> {
        let read = |text: String| text.parse().map_err(|_| format!("{name} cannot be {text}"));
        self.text(name).map(read).transpose()
    }

    fn list<T: FromStr>(&self, name: &str) -> Result<Option<Vec<T>>, String> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let read = |part: &str| part.trim().parse().map_err(|_| format!("{name} cannot be {text}"));
        text.split(',').map(read).collect::<Result<_, _>>().map(Some)
    }

    fn word<T: ValueEnum>(&self, name: &str) -> Result<Option<T>, String> {
        let read = |text: String| T::from_str(&text, true).map_err(|_| format!("{name} cannot be {text}"));
        self.text(name).map(read).transpose()
    }
}
