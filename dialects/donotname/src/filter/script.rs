//! `{script}` in a filter, which is ours: a condition in NX.
//!
//! In a view it is kept with the numbers of tables and fields in the place of their names, so that renaming changes
//! nothing, and shown with the names that they have now, to whoever may see all of them.

use super::Origin;
use engine::{Standing, View};
use model::error::Path;
use model::{Error, Filter, Json, Result, TableId};

/// The filter of a script; none when it is of a saved view and no longer stands.
pub fn filter(view: &mut View<'_>, table: TableId, origin: Origin, script: &str, at: &Path) -> Result<Option<Filter>> {
    let at = at.clone().key("script");
    match origin {
        Origin::Request => view.script_filter(table, script, Standing::Once, &at).map(Some),
        Origin::ToBeSaved => view.script_filter(table, script, Standing::Saved, &at).map(Some),
        Origin::Saved => match view.script_filter(table, script, Standing::Saved, &at) {
            Ok(filter) => Ok(Some(filter)),
            Err(Error::Invalid(_)) => Ok(None),
            Err(error) => Err(error),
        },
    }
}

/// A filter with its scripts in the form that is kept.
pub fn kept(view: &View<'_>, table: TableId, given: &Json) -> Json {
    let keep = |script: &str| Some(view.kept_script(table, script).unwrap_or_else(|| script.to_owned()));
    changed(given, &keep).unwrap_or_default()
}

/// A kept filter with its scripts as people read them, without those that name what is not to be seen.
pub fn told(view: &View<'_>, kept: &Json) -> Json {
    changed(kept, &|script| view.script_shown(script)).unwrap_or_default()
}

/// The same with other scripts, and without the items whose script is none any more.
fn changed(given: &Json, change: &dyn Fn(&str) -> Option<String>) -> Option<Json> {
    match given {
        Json::Array(list) => Some(list.iter().filter_map(|item| changed(item, change)).collect()),
        Json::Object(object) => match object.get("script").and_then(Json::as_str) {
            Some(script) => Some(serde_json::json!({"script": change(script)?})),
            None => {
                let entries =
                    object.iter().map(|(key, value)| (key.clone(), changed(value, change).unwrap_or_default()));
                Some(Json::Object(entries.collect()))
            }
        },
        other => Some(other.clone()),
    }
}
