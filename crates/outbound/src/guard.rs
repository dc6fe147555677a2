//! The client: an address checked, asked, and followed where it leads.

use crate::allow::Allowed;
use crate::body::{Bounded, too_large};
use crate::resolve::{Checked, Lookup, Open, SystemLookup, is_not_public};
use crate::target::{self, LAW, Law, NOT_PUBLIC, Target};
use engine::ports::outbound::{Ask, Asking, Outbound, OutboundError, Reply, Verb};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_DISPOSITION, TRANSFER_ENCODING};
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Client, Method, Response, StatusCode, Url};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// Redirections that are followed.
const MOST_HOPS: usize = 3;
/// Requests at the same time; more wait, within their own time.
const AT_ONCE: usize = 64;
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How long nothing may come.
const IDLE: Duration = Duration::from_secs(15);
/// Longest time that a request may take, whatever it asks for.
const LONGEST: Duration = Duration::from_secs(3600);
/// Most headers of an answer. Together they have at most some 400 KiB, which the parser holds to.
const MOST_HEADERS: usize = 64;

/// Headers that the client makes itself: what somebody gave must not change where a request goes or ends.
const OWN: [&str; 10] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "proxy-authorization",
    "expect",
    "accept-encoding",
];

/// The guarded way out. Every request of the server to an address that somebody gave is one of its.
pub struct Guard {
    allowed: Allowed,
    law: Law,
    lookup: Arc<dyn Lookup>,
    places: Arc<Semaphore>,
    /// Connects to checked addresses only. Made at the first use, since it reads the system's certificates.
    checked: OnceLock<Option<Client>>,
    /// Connects to listed hosts.
    open: OnceLock<Option<Client>>,
}

impl Guard {
    /// A way out to public addresses and the allowed hosts.
    pub fn new(allowed: Allowed) -> Guard {
        Guard::of(allowed, LAW, Arc::new(SystemLookup))
    }

    pub(crate) fn of(allowed: Allowed, law: Law, lookup: Arc<dyn Lookup>) -> Guard {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        Guard { allowed, law, lookup, places, checked: OnceLock::new(), open: OnceLock::new() }
    }

    async fn run(&self, ask: Ask) -> Result<Reply, OutboundError> {
        let mut target = target::check(&ask.url, ask.purpose, &self.allowed, self.law).map_err(refused)?;
        let mut headers = headers(&ask)?;
        let deadline = Instant::now() + ask.within.min(LONGEST);
        let place = timeout_at(deadline, self.places.clone().acquire_owned()).await;
        let place = place.ok().and_then(Result::ok).ok_or_else(|| failed("too many requests are under way"))?;
        for _ in 0..=MOST_HOPS {
            let sending = self.send(&ask, &target, headers.clone());
            let response = timeout_at(deadline, sending).await.map_err(|_| failed("there was no answer in time"))??;
            let Some(next) = self.next(&ask, &target, &response)? else {
                return reply(&ask, &target.url, response, deadline, place);
            };
            if next.url.origin() != target.url.origin() {
                // What was meant for one host is not for another.
                headers = headers.into_iter().filter_map(plain).collect();
            }
            target = next;
        }
        Err(failed("the address redirects too often"))
    }

    async fn send(&self, ask: &Ask, target: &Target, headers: HeaderMap) -> Result<Response, OutboundError> {
        let client = self.client(target).ok_or_else(|| failed("the certificates of the system cannot be read"))?;
        let mut request = match ask.verb {
            Verb::Get => client.request(Method::GET, target.url.clone()),
            Verb::Post => client.request(Method::POST, target.url.clone()).body(ask.body.clone()),
        };
        request = request.headers(headers);
        request.send().await.map_err(|error| match () {
            () if is_not_public(&error) => refused(NOT_PUBLIC),
            () if error.is_timeout() => failed("there was no answer in time"),
            () if error.is_connect() => failed("no connection could be made"),
            () => failed("there was no answer"),
        })
    }

    fn client(&self, target: &Target) -> Option<&Client> {
        let lookup = || self.lookup.clone();
        let made = if target.is_listed {
            self.open.get_or_init(|| client(Open { lookup: lookup() }))
        } else {
            self.checked.get_or_init(|| client(Checked { lookup: lookup(), law: self.law }))
        };
        made.as_ref()
    }

    /// Where an answer sends us, checked as if somebody had given it; none when it is the answer itself.
    fn next(&self, ask: &Ask, from: &Target, response: &Response) -> Result<Option<Target>, OutboundError> {
        let keeps_the_body = match response.status() {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => false,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
            _ => return Ok(None),
        };
        if ask.verb == Verb::Post && !keeps_the_body {
            return Err(failed("the address redirects, and what is posted is not sent again"));
        }
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
        let to = to.and_then(|to| from.url.join(to).ok()).ok_or_else(|| failed("the address redirects to nowhere"))?;
        if from.url.scheme() == "https" && to.scheme() == "http" {
            return Err(refused("the address redirects from https to http"));
        }
        target::judge(to, ask.purpose, &self.allowed, self.law).map(Some).map_err(refused)
    }
}

impl Outbound for Guard {
    fn ask(&self, ask: Ask) -> Asking<'_> {
        Box::pin(self.run(ask))
    }
}

/// A client without anything that would act on its own: no proxies, cookies, redirections, decompression or reuse.
fn client(resolver: impl reqwest::dns::Resolve + 'static) -> Option<Client> {
    let client = Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .http1_only()
        .http1_max_headers(MOST_HEADERS)
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT)
        .read_timeout(IDLE)
        .user_agent(concat!("manytongue/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(resolver);
    client.build().ok()
}

fn headers(ask: &Ask) -> Result<HeaderMap, OutboundError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    for (name, value) in &ask.headers {
        let read = HeaderName::try_from(name).ok().zip(HeaderValue::try_from(value).ok());
        let (name, value) = read.ok_or_else(|| refused("a header of the request is malformed"))?;
        if OWN.contains(&name.as_str()) {
            return Err(refused("a header of the request is not for the asker to set"));
        }
        headers.append(name, value);
    }
    Ok(headers)
}

/// A header that says nothing of who asks.
fn plain((name, value): (Option<HeaderName>, HeaderValue)) -> Option<(HeaderName, HeaderValue)> {
    name.filter(|name| name == CONTENT_TYPE || name == ACCEPT_ENCODING).map(|name| (name, value))
}

/// The answer, once its head is found to be honest.
fn reply(
    ask: &Ask,
    url: &Url,
    response: Response,
    deadline: Instant,
    place: OwnedSemaphorePermit,
) -> Result<Reply, OutboundError> {
    let head = response.headers();
    let text = |name: &HeaderName| head.get(name).and_then(|value| value.to_str().ok());
    let is_plain = |name: &HeaderName, plain: &str| {
        head.get_all(name).iter().all(|value| value.to_str().is_ok_and(|v| v.trim().eq_ignore_ascii_case(plain)))
    };
    if !is_plain(&CONTENT_ENCODING, "identity") || !is_plain(&TRANSFER_ENCODING, "chunked") {
        return Err(failed("the answer is compressed, though it was asked for as it is"));
    }
    if text(&CONTENT_LENGTH).and_then(|n| n.parse::<u64>().ok()).is_some_and(|n| n > ask.most) {
        return Err(OutboundError::Failed(too_large(ask.most)));
    }
    let file_name = text(&CONTENT_DISPOSITION).and_then(named_in_disposition).or_else(|| named_in_path(url));
    Ok(Reply {
        status: response.status().as_u16(),
        content_type: text(&CONTENT_TYPE).filter(|text| text.len() <= 255).map(str::to_owned),
        file_name,
        body: Box::pin(Bounded::new(reqwest::Body::from(response), ask.most, deadline, place)),
    })
}

/// `filename="…"` of a disposition. The extended form is left to the path of the address.
fn named_in_disposition(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("filename=")?;
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => rest.split(';').next()?.trim(),
    };
    cut(name)
}

fn named_in_path(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back()?;
    cut(&decoded(last))
}

/// A name of at most 255 characters.
fn cut(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|c| !c.is_control()).take(255).collect();
    (!name.is_empty()).then_some(name)
}

/// Percent-decoding; what is not decodable stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'%').then(|| after.get(..2)).flatten();
        let hex = hex.filter(|hex| hex.iter().all(u8::is_ascii_hexdigit)).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn refused(why: &str) -> OutboundError {
    OutboundError::Refused(why.to_owned())
}

fn failed(why: &str) -> OutboundError {
    OutboundError::Failed(why.to_owned())
}
