//! Sort keys: `orderBy`, `groupBy` and those of views (facts B, "Sort").

use crate::field::shown::{Shown, sees_titles};
use crate::filter::Origin;
use crate::record::keys::KeyType;
use crate::record::shape::Shape;
use engine::View;
use model::error::Path;
use model::kind::{Class, Kind};
use model::query::{Direction, Sort, TextOrder};
use model::time::{Bucket, DateFormat};
use model::{Error, Json, Result, Rule};

/// Most sort keys of a request.
const MAX_KEYS: usize = 20;

/// Reads `[{fieldId, order}]`. An unknown field is refused, but passed over in a saved view.
pub fn read(
    view: &View<'_>,
    shape: &Shape,
    key_type: KeyType,
    origin: Origin,
    json: &Json,
    at: &Path,
) -> Result<Vec<Sort>> {
    let list = match json {
        Json::Null => return Ok(Vec::new()),
        Json::Array(list) if list.len() <= MAX_KEYS => list,
        Json::Array(_) => return Err(Error::invalid(at.clone(), Rule::TooMany { limit: MAX_KEYS as u64 })),
        _ => return Err(Error::invalid(at.clone(), Rule::Type("a list of {fieldId, order}"))),
    };
    let mut sorts = Vec::with_capacity(list.len());
    for (i, one) in list.iter().enumerate() {
        let at = at.clone().index(i);
        let object = one.as_object().ok_or_else(|| Error::invalid(at.clone(), Rule::Type("an object")))?;
        let key = crate::json::text(object, "fieldId", &at)?
            .ok_or_else(|| Error::invalid(at.clone().key("fieldId"), Rule::Required))?;
        let direction = match crate::json::text(object, "order", &at)? {
            Some("asc") => Direction::Ascending,
            Some("desc") => Direction::Descending,
            None => return Err(Error::invalid(at.key("order"), Rule::Required)),
            Some(other) => {
                let words = Rule::Enum(vec!["asc".to_owned(), "desc".to_owned()]);
                return Err(Error::invalid_given(at.key("order"), words, other));
            }
        };
        let found = shape.find(key, key_type).map(|column| &shape.columns[column].shown);
        match (found.filter(|shown| !shown.is_broken && sees_titles(view, &shown.kind)), origin) {
            (Some(shown), _) => sorts.push(of(view, shown, direction)),
            (None, Origin::Saved) => {}
            (None, Origin::Request | Origin::ToBeSaved) => {
                return Err(Error::invalid_given(at.key("fieldId"), Rule::Unknown, key));
            }
        }
    }
    Ok(sorts)
}

/// The sort key of a field. Links sort by the titles of their records, which the core knows (facts B).
pub fn of(view: &View<'_>, shown: &Shown, direction: Direction) -> Sort {
    let mut sort = Sort { by: shown.operand.clone(), direction, order: TextOrder::Natural, ranks: None, bucket: None };
    match shown.kind.class() {
        // The database does not know the names of users.
        Class::User | Class::Users => sort.ranks = Some(users_by_name(view)),
        _ => {}
    }
    sort
}

/// The sort key by which a field groups. Dates are grouped by what their format shows (facts B).
pub fn grouping(shape: &Shape, sort: Sort) -> Sort {
    let column = shape.columns.iter().find(|column| column.shown.operand == sort.by && !column.shown.many);
    let bucket = column.and_then(|column| date_format(&column.shown.kind)).map(Bucket::of);
    Sort { bucket, ..sort }
}

/// How a kind shows days or instants; none when it holds neither.
pub fn date_format(kind: &Kind) -> Option<&DateFormat> {
    match kind {
        Kind::Date(kind) => Some(&kind.format),
        Kind::DateTime(kind) => Some(&kind.format),
        Kind::CreatedTime(kind) => Some(&kind.format),
        Kind::ModifiedTime(kind) => Some(&kind.format),
        _ => None,
    }
}

/// The numbers of all users in the order of their names.
fn users_by_name(view: &View<'_>) -> Vec<i64> {
    let mut users: Vec<(&str, u32)> = view.directory().iter().map(|u| (u.name.as_str(), u.id.0)).collect();
    users.sort_by(|a, b| model::text::compare_natural(a.0, b.0).then(a.1.cmp(&b.1)));
    users.into_iter().map(|(_, id)| i64::from(id)).collect()
}
