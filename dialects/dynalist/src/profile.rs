//! Two ways to say that all went well: as the reference has it, and as the live service does (facts 1.1, 1.2, 6.1).

use axum::http::StatusCode;
use axum::response::Response;
use edge::{Call, respond};
use model::access::Profile;
use model::{Actor, Json, Result};
use serde_json::Map;

/// What the prefixed addresses begin with.
const OWN_PREFIX: &str = "/dynalist/";
/// The service's own names: who asks by one has a client made for it.
const OWN_HOSTS: [&str; 2] = ["dynalist.io", "www.dynalist.io"];

/// The profile of a request: that of its address or of its token, unless it names the service itself as its host.
pub fn of(call: &Call, actor: &Actor) -> Profile {
    let host = call.header("host").map(|host| host.split(':').next().unwrap_or_default());
    let is_own = host.is_some_and(|host| OWN_HOSTS.iter().any(|own| host.eq_ignore_ascii_case(own)));
    call.profile(actor, is_own || call.uri().path().starts_with(OWN_PREFIX))
}

/// The beginning of every good answer, in JSON without its end.
pub fn head(profile: Profile) -> &'static str {
    match profile {
        Profile::Documented => r#"{"_code":"OK","_msg":"""#,
        Profile::Observed => r#"{"_code":"Ok""#,
    }
}

/// A good answer with these members.
pub fn answer(profile: Profile, members: Map<String, Json>) -> Result<Response> {
    let mut body = head(profile).as_bytes().to_vec();
    for (key, value) in &members {
        body.push(b',');
        edge::json::key(&mut body, key);
        edge::json::value(&mut body, value);
    }
    body.push(b'}');
    Ok(respond::json(StatusCode::OK, body))
}
