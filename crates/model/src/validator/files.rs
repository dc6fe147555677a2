//! What validators look at in the cell of a files field.

use crate::Json;
use crate::value::Value;

/// The files of a value; a lone file as well as a list of them.
pub fn of(value: &Value) -> impl Iterator<Item = &Json> {
    let files = match value {
        Value::Structure(Json::Array(list)) => list.as_slice(),
        Value::Structure(lone @ Json::Object(_)) => std::slice::from_ref(lone),
        _ => &[],
    };
    files.iter()
}

/// A number of a file, if it is known.
pub fn number(file: &Json, key: &str) -> Option<u64> {
    file.get(key).and_then(Json::as_u64)
}

/// The lower-case extension of the file's name; empty without one.
pub fn extension(file: &Json) -> String {
    let name = file.get("name").and_then(Json::as_str).unwrap_or_default();
    name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}
