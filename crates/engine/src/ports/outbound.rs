//! The way out: every request of the server to an address that somebody gave goes through this one port.
//!
//! Who implements it checks the address before anything is sent: the scheme, the port, and every address that the
//! name resolves to, at each redirection anew.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use tokio::io::AsyncRead;

/// What a request is for. Each purpose has a list of its own of hosts that are allowed although they are not public.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Purpose {
    /// Fetching a file that a client named by its address.
    File,
    /// Telling another system, as an action of a button does.
    Webhook,
}

/// How to ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    Get,
    Post,
}

/// A request to the outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    pub purpose: Purpose,
    pub verb: Verb,
    /// As somebody gave it: anything.
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Most bytes of the answer's body; reading beyond fails.
    pub most: u64,
    /// How long all of it may take, the body included.
    pub within: Duration,
}

/// What came back. A redirection was followed, or is an error.
pub struct Reply {
    pub status: u16,
    /// The declared media type, if it is ASCII; only a hint.
    pub content_type: Option<String>,
    /// The name that the answer or the address gives the file; data, never a path.
    pub file_name: Option<String>,
    /// Bounded in bytes and time.
    pub body: Pin<Box<dyn AsyncRead + Send>>,
}

/// Why there is no reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OutboundError {
    /// The address may not be asked. Nothing was sent to it.
    Refused(String),
    /// It was asked and did not answer as it should. The text tells nothing of what is behind the address.
    Failed(String),
}

/// What [`Outbound::ask`] gives.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Result<Reply, OutboundError>> + Send + 'a>>;

/// Requests to addresses that somebody gave.
pub trait Outbound: Send + Sync {
    /// Asks, once the address is checked.
    fn ask(&self, ask: Ask) -> Asking<'_>;
}

/// No way out: refuses every address.
pub struct NoOutbound;

impl Outbound for NoOutbound {
    fn ask(&self, _: Ask) -> Asking<'_> {
        let refused = OutboundError::Refused("requests to other servers are switched off".to_owned());
        Box::pin(std::future::ready(Err(refused)))
    }
}
