//! From settings to a running server, and back.

use crate::commands::{absolute, cause};
use crate::config::{Config, Folder, RatePlan, Switch};
use crate::first_start::{self, Made};
use crate::own::Own;
use crate::{cli, control, logs, serve, shutdown};
use edge::limit::Plan;
use edge::{Door, Settings};
use engine::files::{FileOptions, Place};
use engine::ports::Ports;
use engine::ports::mailer::Mailer;
use engine::{Engine, Options, ScriptLimits};
use mail::PostOffice;
use outbound::Guard;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::index::AdvisorOptions;
use store::store::{Store, StoreOptions};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Between two writings of when tokens were last used.
const NOTE_USES: Duration = Duration::from_secs(60);
/// Between two rounds of looking after indexes and the trash.
const MAINTAIN: Duration = Duration::from_secs(3600);

/// An engine over a data folder, and what was made if it is new.
pub struct Opened {
    pub engine: Engine,
    pub made: Option<Made>,
}

/// One worker for each core.
pub fn runtime() -> Result<Runtime, String> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())
}

/// Opens the data folder, and makes the owner and a first database if it is new.
pub fn open(config: &Config, folder: &Path) -> Result<Opened, String> {
    let options = StoreOptions {
        postgres: config.postgres.clone(),
        durability: config.durability,
        scan_threads: config.scan_threads,
        open_databases: config.open_databases,
        advice: AdvisorOptions {
            enabled: config.auto_indexes == Switch::On,
            budget_ms: config.index_pause_ms,
            ..AdvisorOptions::default()
        },
    };
    let store = Store::open(folder, options, model::time::Instant::now().0).map_err(|error| cause(&error))?;
    let files = FileOptions {
        place: config.files_url.as_deref().map(Place::parse).transpose().map_err(|error| cause(&error))?,
        // Never a flag: other users of the machine can see those.
        secret_key: std::env::var("MANYTONGUE_SECRET_KEY").ok().filter(|key| !key.is_empty()),
    };
    let mailer: Arc<dyn Mailer> = Arc::new(PostOffice::open(mail_settings(config, folder))?);
    let outbound = Arc::new(Guard::new(config.allowed.clone()));
    let ports = Ports { mailer, outbound, ..Ports::system() };
    let scripts = ScriptLimits { exec_time: config.exec_time, ..ScriptLimits::default() };
    let engine = Engine::open_with(store, ports, Options { files, scripts }).map_err(|error| cause(&error))?;
    engine.allow_sign_up(config.sign_up);
    engine.keep_trash(config.trash_days);
    let made = first_start::of(&engine).map_err(|error| cause(&error))?;
    Ok(Opened { engine, made })
}

/// Links in letters only where the owner says where people reach the server: nobody else's word counts for that.
fn mail_settings(config: &Config, folder: &Path) -> mail::Settings {
    mail::Settings {
        smtp: config.smtp_url.as_ref().map(|url| url.0.clone()),
        from: config.mail_from.clone(),
        folder: folder.join("mail"),
        public_url: config.public_url.clone(),
    }
}

impl Opened {
    /// Writes what is only in memory. The files close with the last handle of the engine.
    pub fn close(self) {
        if let Err(error) = self.engine.flush_last_used() {
            tracing::warn!(cause = cause(&error), "when tokens were last used is not kept");
        }
    }
}

/// Serves until a signal says stop.
pub fn serve(flags: cli::Serve) -> Result<(), String> {
    let config = Config::load(flags.layer, flags.config)?;
    logs::start(config.log, &config.log_level)?;
    raise_file_limit();
    runtime()?.block_on(run(config))
}

async fn run(mut config: Config) -> Result<(), String> {
    let stop = shutdown::on_signal().map_err(|error| error.to_string())?;
    let listen = config.listen;
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    // With port 0 the system chose one.
    config.listen = listener.local_addr().map_err(|error| error.to_string())?;
    // The temporary folder goes when this function ends, after the engine that is dropped before it.
    let (_temporary, folder) = folder(&config.data)?;
    let opened = open(&config, &folder)?;
    let engine = opened.engine.clone();
    let socket = engine.store().folder().control_socket();
    let control = control::Listener::open(&socket).map_err(|error| format!("{}: {error}", socket.display()))?;
    let settings = Settings {
        body_limit: config.body_limit,
        import_limit: config.import_limit,
        public_url: config.url(),
        rate_limits: match config.rate_limits {
            RatePlan::Documented => Plan::Documented,
            RatePlan::Fair => Plan::Fair,
            RatePlan::Off => Plan::Off,
        },
        requests_at_once: config.requests_at_once,
        trusted_proxies: config.trusted_proxies.clone(),
        upload_limit: config.upload_limit,
        upload_quota: config.upload_quota,
        follows_host: config.public_url.is_none(),
        profile: config.profile,
        spill_folder: spill_folder(&folder)?,
        ..Settings::default()
    };
    let doors: Vec<Arc<dyn Door>> = vec![
        Arc::new(donotname::Donotname),
        Arc::new(ninox::Ninox),
        Arc::new(dynalist::Dynalist),
        Arc::new(dato::Dato),
        Arc::new(Own::new()),
    ];
    let doors = edge::mount(doors, &engine, settings);
    announce(&config, &folder, opened.made.as_ref());
    tokio::select! {
        () = serve::serve(listener, doors, config.connections, stop) => {}
        () = control.answer(&engine) => {}
        () = note_uses(&engine) => {}
        () = maintain(&engine) => {}
    }
    drop(control);
    drop(engine);
    opened.close();
    tracing::info!("stopped");
    Ok(())
}

fn folder(data: &Folder) -> Result<(Option<TempDir>, PathBuf), String> {
    match data {
        Folder::Kept(path) => Ok((None, absolute(path.clone())?)),
        Folder::Temporary => {
            let folder = tempfile::Builder::new().prefix("manytongue-").tempdir().map_err(|error| error.to_string())?;
            let path = folder.path().to_owned();
            Ok((Some(folder), path))
        }
    }
}

/// On the disk of the data: a system's temporary folder is often in memory. What is in it has no names, so nothing is
/// ever left behind.
fn spill_folder(data: &Path) -> Result<PathBuf, String> {
    let path = data.join("answers");
    std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

fn announce(config: &Config, folder: &Path, made: Option<&Made>) {
    let url = config.url();
    match made {
        Some(made) => print!("{}", first_start::message(&url, &folder.display().to_string(), made)),
        None => println!("Manytongue is at {url}"),
    }
    tracing::info!(url, folder = %folder.display(), version = env!("CARGO_PKG_VERSION"), "serving");
}

async fn note_uses(engine: &Engine) {
    loop {
        tokio::time::sleep(NOTE_USES).await;
        if let Err(error) = engine.flush_last_used() {
            tracing::warn!(cause = cause(&error), "when tokens were last used is not kept for now");
        }
    }
}

async fn maintain(engine: &Engine) {
    loop {
        tokio::time::sleep(MAINTAIN).await;
        let engine = engine.clone();
        let done = tokio::task::spawn_blocking(move || engine.maintain()).await;
        if let Ok(Err(error)) = done {
            tracing::warn!(cause = cause(&error), "indexes and the trash are not looked after for now");
        }
    }
}

/// Every connection is an open file, and the usual limit is meant for other programs.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}
