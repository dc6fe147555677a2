//! The file that an address names (Teable's `attachmentUrl`): one of ours, which is read from where it is kept, or one
//! of another server.

use crate::door::{PREFIXES, State};
use crate::endpoints::read_attachment;
use edge::{Params, Settings, Spool};
use engine::files::{Claim, FileRow};
use model::error::Path;
use model::{Actor, Error, Result, Rule};
use std::sync::Arc;
use transfer::Source;

/// The part of a request that names the address.
const PLACE: &str = "attachmentUrl";
/// Longest address, in bytes.
const LONGEST: usize = 8 << 10;

/// The file, once it is known that the asker may read it. `origin` is by which address the request came.
pub async fn open(
    state: &State,
    actor: &Arc<Actor>,
    settings: &Arc<Settings>,
    origin: &str,
    url: &str,
) -> Result<Source> {
    let limit = settings.import_limit;
    match read(state, url.trim(), origin)? {
        Named::Upload(token) => kept(state, settings, &state.engine.get_upload(actor, &token, None)?).await,
        Named::Sealed { claim, token } => {
            // The seal says which cell is meant; who asks must be able to read it by right, too.
            let found = read_attachment::find(state, actor, claim, token).await?;
            kept(state, settings, &found).await
        }
        Named::Elsewhere(url) => {
            let mut fetching = state.engine.begin_fetch(PLACE, url, limit).await?;
            let mut spool = Spool::begin(settings, "file", limit).await?;
            while let Some(piece) = fetching.next().await? {
                spool.take(&piece).await?;
            }
            Ok(Source::File(spool.finish().await?))
        }
    }
}

/// The bytes of a file of ours, in a file that can be read again: they may be in a bucket.
async fn kept(state: &State, settings: &Arc<Settings>, found: &FileRow) -> Result<Source> {
    let limit = settings.import_limit;
    if found.size > limit {
        return Err(Error::TooLarge { what: "file", limit });
    }
    let mut reading = state.engine.read_file(found, 0..found.size).await?;
    let mut spool = Spool::begin(settings, "file", limit).await?;
    let broken = |error: std::io::Error| Error::Unavailable(format!("a file cannot be read: {error}"));
    while let Some(piece) = reading.next().await.map_err(broken)? {
        spool.take(&piece).await?;
    }
    Ok(Source::File(spool.finish().await?))
}

/// What an address names.
enum Named<'u> {
    /// An upload by its token, as `url` and `path` of an upload have it.
    Upload(String),
    /// A file by a signed address whose seal holds.
    Sealed {
        claim: Claim,
        token: String,
    },
    Elsewhere(&'u str),
}

fn read<'u>(state: &State, url: &'u str, origin: &str) -> Result<Named<'u>> {
    if url.len() > LONGEST {
        return Err(Error::malformed(PLACE, "is too long"));
    }
    let Parts { host, path, query } = Parts::of(url)?;
    if host.is_none()
        && let Some(token) = path.trim_start_matches('/').strip_prefix("table/")
    {
        return Ok(Named::Upload(token.to_owned()));
    }
    let token = PREFIXES.iter().find_map(|prefix| path.strip_prefix(prefix)?.strip_prefix("/attachments/read/"));
    let unsealed = token.map(|token| unseal(state, token, query));
    match (unsealed, host) {
        (Some(Ok(claim)), _) => Ok(Named::Sealed { claim, token: token.unwrap_or_default().to_owned() }),
        // Another server of this kind has addresses that look alike.
        (Some(Err(_)) | None, Some(host)) if host != origin => Ok(Named::Elsewhere(url)),
        (Some(Err(error)), _) => Err(error),
        (None, _) => Err(Error::invalid(Path::of(PLACE), Rule::Unknown)),
    }
}

/// What a signed address allows, if its seal holds.
fn unseal(state: &State, token: &str, query: &str) -> Result<Claim> {
    let params = Params::parse(query, LONGEST)?;
    // A small copy of a picture is not what anybody imports.
    params.refuse_unknown(&["for", "signature"])?;
    let (claim, signature) = (params.one("for")?.unwrap_or_default(), params.one("signature")?.unwrap_or_default());
    Ok(state.engine.unseal(token, None, claim, signature)?.0)
}

/// An address, cut.
#[derive(PartialEq, Eq, Debug)]
struct Parts<'u> {
    /// Scheme and host, `https://example.com`; none for an address within this server.
    host: Option<&'u str>,
    path: &'u str,
    query: &'u str,
}

impl<'u> Parts<'u> {
    fn of(url: &'u str) -> Result<Parts<'u>> {
        let url = url.split('#').next().unwrap_or_default();
        let (head, query) = url.split_once('?').unwrap_or((url, ""));
        let Some((scheme, rest)) = head.split_once("://") else {
            return Ok(Parts { host: None, path: head, query });
        };
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Err(Error::malformed(PLACE, "must be an address with http or https"));
        }
        let host = head.len() - rest.len() + rest.find('/').unwrap_or(rest.len());
        Ok(Parts { host: Some(&head[..host]), path: &head[host..], query })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_where_its_parts_meet() {
        let cases = [
            ("https://example.com/a/b?c=/d#e?f", Some("https://example.com"), "/a/b", "c=/d"),
            ("HTTP://example.com", Some("HTTP://example.com"), "", ""),
            ("/table/abc", None, "/table/abc", ""),
            ("table/abc?x", None, "table/abc", "x"),
            ("/a?b=https://c", None, "/a", "b=https://c"),
        ];
        for (url, host, path, query) in cases {
            assert_eq!(Parts::of(url), Ok(Parts { host, path, query }), "{url}");
        }
        for wrong in ["file:///etc/passwd", "ftp://example.com/a", "://a"] {
            assert!(Parts::of(wrong).is_err(), "{wrong}");
        }
    }
}
