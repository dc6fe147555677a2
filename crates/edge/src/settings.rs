//! The bounds of a request and what doors must know of the server around them.

use crate::auth::Secure;
use crate::limit::Plan;
use model::access::Profile;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Settings of the HTTP side, made once at the start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The most bytes of a request's body.
    pub body_limit: usize,
    /// How long a body may stand still.
    pub body_idle: Duration,
    /// How long a body may take in all.
    pub body_total: Duration,
    /// The most bytes of a file that is sent.
    pub upload_limit: u64,
    /// The most bytes of all files that one database keeps beside its records; none for as many as there is room.
    pub upload_quota: Option<u64>,
    /// How long sending a file may take in all.
    pub upload_total: Duration,
    /// The most bytes of a query string.
    pub query_limit: usize,
    /// Where the server is reached from outside, without a slash at its end: `https://data.example.com`.
    pub public_url: String,
    /// The most bytes of a file that is imported.
    pub import_limit: u64,
    /// How often a credential may ask.
    pub rate_limits: Plan,
    /// How many requests are worked on at once; a few times as many wait.
    pub requests_at_once: usize,
    /// Proxies, beside those on this machine, whose `X-Forwarded-For` says where a request comes from.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether addresses in answers follow the `Host` of the request rather than `public_url`.
    pub follows_host: bool,
    /// What the plain addresses answer where a dialect's document and its live service contradict each other.
    pub profile: Profile,
    /// Where answers wait that are too large for memory.
    pub spill_folder: PathBuf,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            body_limit: 16 << 20,
            body_idle: Duration::from_secs(30),
            body_total: Duration::from_secs(300),
            upload_limit: 1 << 30,
            upload_quota: None,
            upload_total: Duration::from_secs(3600),
            query_limit: 1 << 20,
            public_url: "http://127.0.0.1:8080".to_owned(),
            import_limit: 1 << 30,
            rate_limits: Plan::Off,
            requests_at_once: 256,
            trusted_proxies: Vec::new(),
            follows_host: true,
            profile: Profile::Documented,
            spill_folder: std::env::temp_dir(),
        }
    }
}

impl Settings {
    /// Whether the server is reached over TLS, so that cookies may say `Secure`.
    pub fn secure(&self) -> Secure {
        if self.public_url.starts_with("https://") { Secure::Yes } else { Secure::No }
    }
}
