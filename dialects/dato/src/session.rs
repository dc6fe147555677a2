//! Sessions: their id is the secret of one with the key of the site that it is about, `SECRET.KEY`, and is shown as a
//! token is. So a session names its site, as those of the live service do (facts 2, "POST /sessions").

use edge::{Call, Presented};
use engine::Engine;
use model::{Actor, DatabaseKey, Result};
use std::sync::Arc;

/// Characters of a session's secret, which is in hexadecimal.
const SECRET: usize = 64;

/// Who asks, and of which site if the credential tells.
pub struct Asker {
    pub actor: Arc<Actor>,
    pub site: Option<DatabaseKey>,
}

/// The id of a session about a site.
pub fn id(secret: &str, site: DatabaseKey) -> String {
    format!("{secret}.{site}")
}

/// The secret and the site in an id.
pub fn read(id: &str) -> Option<(&str, DatabaseKey)> {
    let (secret, site) = id.split_once('.')?;
    let is_secret = secret.len() == SECRET && secret.bytes().all(|b| b.is_ascii_hexdigit());
    DatabaseKey::parse(site).filter(|_| is_secret).map(|site| (secret, site))
}

/// The session that a request shows, as its secret.
pub fn presented(call: &Call) -> Option<(&str, DatabaseKey)> {
    match call.presented() {
        Presented::Token(text) => read(text),
        Presented::Session(_) | Presented::Nothing => None,
    }
}

/// Who asks, by a session's id or by what any door takes. It counts as one request of theirs.
pub fn asker(call: &Call, engine: &Engine) -> Result<Asker> {
    let Some((secret, site)) = presented(call) else {
        return Ok(Asker { actor: call.actor(engine)?, site: None });
    };
    let actor = engine.authenticate_session(secret)?;
    call.measure(&actor)?;
    Ok(Asker { actor, site: Some(site) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_site_and_nothing_else_is_one() {
        let site = DatabaseKey::parse("abcdefghij12").expect("a key");
        let secret = "0a".repeat(32);
        assert_eq!(read(&id(&secret, site)), Some((secret.as_str(), site)));
        let wrong =
            ["", ".", &secret, &format!("{secret}."), &format!("{secret}x.abcdefghij12"), "teable_a_b.abcdefghij12"];
        for text in wrong {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
