//! Deploys: events as JSON, and how the settings of an adapter say whom to tell.

use crate::error::wrong;
use crate::names;
use engine::deploys::{Deploy, DeployEvent, DeployStatus, DeployTarget, DeployWay};
use model::{DatabaseId, Json, Result, Rule};
use serde_json::json;

/// The adapters whose settings name an address that is told by a POST. Those of others are kept as they are.
const TOLD: [&str; 2] = ["custom", "netlify"];

/// An event as JSON (reference, "Deploy activity").
pub fn object(deploy: &Deploy, site: DatabaseId) -> Json {
    let word = match deploy.event {
        DeployEvent::Request => "request",
        DeployEvent::RequestFailed => "request_failed",
        DeployEvent::ResponseSuccess => "response_success",
        DeployEvent::ResponseFailure => "response_failure",
        DeployEvent::ResponseTimeout => "response_timeout",
    };
    json!({
        "type": "deploy_event",
        "id": deploy.id.to_string(),
        "attributes": {"event_type": word, "created_at": deploy.at.to_iso(), "data": deploy.data},
        "relationships": {"site": {"data": {"type": "site", "id": names::site(site)}}},
    })
}

/// The word of a status.
pub fn status(status: DeployStatus) -> &'static str {
    match status {
        DeployStatus::Unstarted => "unstarted",
        DeployStatus::Pending => "pending",
        DeployStatus::Success => "success",
        DeployStatus::Fail => "fail",
    }
}

/// How a site is deployed by its adapter and the settings of it: `{"trigger_url", "headers", "payload"}` of one that is
/// told by a POST.
pub fn way(adapter: Option<&str>, settings: &Json) -> Result<Option<DeployWay>> {
    let Some(adapter) = adapter else { return Ok(None) };
    let object = match settings {
        Json::Null => None,
        Json::Object(object) => Some(object),
        _ => return Err(wrong("deploy_settings", Rule::Type("an object or null"))),
    };
    let unfit = |why: &str| wrong("deploy_settings", Rule::Malformed(why.to_owned()));
    let mut target = None;
    if let Some(object) = object.filter(|_| TOLD.contains(&adapter)) {
        let url = match object.get("trigger_url") {
            None | Some(Json::Null) => None,
            Some(Json::String(url)) => Some(url.clone()),
            Some(_) => return Err(unfit("must have text in trigger_url")),
        };
        let headers = match object.get("headers") {
            None | Some(Json::Null) => Vec::new(),
            Some(Json::Object(headers)) => {
                let pair = |(name, value): (&String, &Json)| Some((name.clone(), value.as_str()?.to_owned()));
                let pairs: Option<Vec<_>> = headers.iter().map(pair).collect();
                pairs.ok_or_else(|| unfit("must have text in each of headers"))?
            }
            Some(_) => return Err(unfit("must have an object in headers")),
        };
        let body = object.get("payload").filter(|payload| !payload.is_null()).cloned().unwrap_or_else(|| json!({}));
        target = url.map(|url| DeployTarget { url, headers, body });
    }
    Ok(Some(DeployWay { target, words: json!({"adapter": adapter, "settings": settings}) }))
}

/// Adapter and settings as they were said.
pub fn words(way: Option<&DeployWay>) -> (Json, Json) {
    let word = |key: &str| way.and_then(|way| way.words.get(key)).cloned().unwrap_or_default();
    (word("adapter"), word("settings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_as_they_were_said_and_name_whom_to_tell() {
        let settings = json!({
            "trigger_url": "https://example.com/go", "headers": {"X-Key": "k"}, "payload": {"type": "build"}, "more": 1,
        });
        let said = way(Some("custom"), &settings).expect("fits").expect("a way");
        let target = said.target.clone().expect("a target");
        assert_eq!((target.url.as_str(), target.headers.len()), ("https://example.com/go", 1));
        assert_eq!(target.body, json!({"type": "build"}));
        assert_eq!(words(Some(&said)), (json!("custom"), settings.clone()));
        let other = way(Some("gitlab"), &settings).expect("fits").expect("a way");
        assert_eq!((other.target, other.words["settings"].clone()), (None, settings));
        assert_eq!(way(Some("custom"), &Json::Null).expect("fits").expect("a way").target, None);
        assert_eq!(way(None, &json!({})).expect("fits"), None);
        assert_eq!(words(None), (Json::Null, Json::Null));
        for wrong in [json!("x"), json!({"trigger_url": 1}), json!({"headers": []}), json!({"headers": {"a": 1}})] {
            assert!(way(Some("custom"), &wrong).is_err(), "{wrong}");
        }
    }
}
