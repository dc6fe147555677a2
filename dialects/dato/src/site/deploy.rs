//! What a site says of its deploys.

use super::Settings;
use serde_json::{Map, Value, json};

/// Adds the attributes about deploys that whoever manages the site may see.
pub fn add(attributes: &mut Map<String, Value>, settings: &Settings) {
    let pairs = [
        ("webhook_url", Value::Null),
        ("deploy_adapter", json!(settings.deploy_adapter)),
        ("deploy_settings", Value::Null),
        ("last_deploy_at", Value::Null),
        ("deployable", json!(false)),
        ("deploy_status", json!("unstarted")),
    ];
    attributes.extend(pairs.map(|(key, value)| (key.to_owned(), value)));
}
