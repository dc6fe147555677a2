//! The two tokens of a site.

use serde_json::{Map, Value};

/// Adds the tokens, for whoever manages the site.
pub fn add(attributes: &mut Map<String, Value>) {
    for key in ["readonly_token", "readwrite_token"] {
        attributes.insert(key.to_owned(), Value::Null);
    }
}
