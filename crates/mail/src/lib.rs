//! Letters to people, over SMTP or into a folder. Only the configured server is ever spoken to.
//!
//! A letter is taken at once and sent later, on a task of its own that tries again a few times; what the server is
//! stopped in is lost, and so is what is refused. The log never has an address or a word of a letter.
//! Start with [`PostOffice`]; the words are in `words.rs`.

mod smtp;
mod words;

use engine::ports::mailer::{Letter, Mailer};
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Message, Tokio1Executor};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Letters that wait at the same time; more are refused.
const MOST_WAITING: usize = 1000;
/// Letters that are being sent at the same time.
const AT_ONCE: usize = 4;
/// The pauses before each further attempt.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(2), Duration::from_secs(15), Duration::from_secs(60), Duration::from_secs(300)];
/// From whom letters are when nobody said so; nobody can answer it.
const FROM: &str = "Manytongue <manytongue@localhost>";

/// How letters go.
pub struct Settings {
    /// `smtp://user:password@host:port`, or `smtps://`; none for files in the folder.
    pub smtp: Option<String>,
    /// From whom: `Name <address>`. Needed for SMTP.
    pub from: Option<String>,
    /// Where letters are kept when there is no SMTP.
    pub folder: PathBuf,
    /// Where people reach the server, as its owner set it; without one letters have no links.
    pub public_url: Option<String>,
}

/// Takes letters and sends them.
pub struct PostOffice {
    inner: Arc<Inner>,
    waiting: Arc<Semaphore>,
}

struct Inner {
    way: Way,
    from: Mailbox,
    public_url: Option<String>,
    at_once: Semaphore,
    pauses: Vec<Duration>,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder { path: PathBuf, count: AtomicU64 },
}

/// Why an attempt failed.
enum Failure {
    /// It may go better later.
    Later(String),
    Never(String),
}

impl PostOffice {
    /// Opens. An error says which setting is wrong; it never repeats the URL, which holds a password.
    pub fn open(settings: Settings) -> Result<PostOffice, String> {
        let from = match (&settings.from, &settings.smtp) {
            (Some(from), _) => from.as_str(),
            (None, None) => FROM,
            (None, Some(_)) => return Err("mail_from is needed with smtp_url".to_owned()),
        };
        let from =
            from.parse().map_err(|_| "mail_from is not an address such as Name <name@example.com>".to_owned())?;
        let way = match &settings.smtp {
            Some(url) => Way::Smtp(smtp::transport(url)?),
            None => Way::Folder { path: settings.folder, count: AtomicU64::new(0) },
        };
        let inner = Inner {
            way,
            from,
            public_url: settings.public_url,
            at_once: Semaphore::new(AT_ONCE),
            pauses: PAUSES.to_vec(),
        };
        Ok(PostOffice { inner: Arc::new(inner), waiting: Arc::new(Semaphore::new(MOST_WAITING)) })
    }

    /// The same with other pauses between attempts. For tests, before the first letter.
    pub fn with_pauses(mut self, pauses: Vec<Duration>) -> PostOffice {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.pauses = pauses;
        }
        self
    }
}

impl Mailer for PostOffice {
    fn post(&self, letter: Letter) {
        let (Ok(place), Ok(runtime)) =
            (self.waiting.clone().try_acquire_owned(), tokio::runtime::Handle::try_current())
        else {
            tracing::warn!("a letter is not sent: too many are waiting");
            return;
        };
        let inner = self.inner.clone();
        runtime.spawn(async move {
            inner.deliver(&letter).await;
            drop(place);
        });
    }
}

impl Inner {
    async fn deliver(&self, letter: &Letter) {
        let message = match self.message(letter) {
            Ok(message) => message,
            Err(why) => {
                tracing::warn!(why, "a letter cannot be written");
                return;
            }
        };
        let mut pauses = self.pauses.iter();
        loop {
            let outcome = self.attempt(&message).await;
            match (outcome, pauses.next()) {
                (Ok(()), _) => return,
                (Err(Failure::Later(why)), Some(pause)) => {
                    tracing::info!(why, "a letter is sent again later");
                    tokio::time::sleep(*pause).await;
                }
                (Err(Failure::Later(why) | Failure::Never(why)), _) => {
                    tracing::warn!(why, "a letter is not sent");
                    return;
                }
            }
        }
    }

    /// The message. Addresses are parsed and the subject is ours, so nobody adds a line to its head.
    fn message(&self, letter: &Letter) -> Result<Message, &'static str> {
        let to = letter.to.parse().map_err(|_| "no address")?;
        let words = words::of(&letter.says, self.public_url.as_deref());
        let message = Message::builder().from(self.from.clone()).to(Mailbox::new(None, to)).subject(words.subject);
        message.singlepart(SinglePart::plain(words.text)).map_err(|_| "no message")
    }

    async fn attempt(&self, message: &Message) -> Result<(), Failure> {
        let _turn = self.at_once.acquire().await.map_err(|_| Failure::Never("closed".to_owned()))?;
        match &self.way {
            Way::Smtp(transport) => match transport.send(message.clone()).await {
                Ok(_) => Ok(()),
                Err(error) if error.is_permanent() => Err(Failure::Never(smtp::said(&error))),
                Err(error) => Err(Failure::Later(smtp::said(&error))),
            },
            Way::Folder { path, count } => {
                let number = count.fetch_add(1, Ordering::Relaxed);
                let (path, bytes) = (path.clone(), message.formatted());
                let kept = tokio::task::spawn_blocking(move || keep(&path, number, &bytes)).await;
                let why = |error: &dyn std::fmt::Display| Failure::Later(error.to_string());
                kept.map_err(|error| why(&error))?.map_err(|error| why(&error))
            }
        }
    }
}

/// Writes a letter to a file of its own, for the owner of the folder alone.
fn keep(folder: &Path, number: u64, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let time = std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis());
    let path = folder.join(format!("{time}-{}-{number}.eml", std::process::id()));
    // Under its own name it is whole.
    let part = path.with_extension("part");
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(part, path)
}
