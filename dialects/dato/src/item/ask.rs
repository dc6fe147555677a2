//! What a list asks for (reference, "Item Index"; facts 2, 3.1).

use crate::names;
use edge::Params;
use model::error::Path;
use model::{Error, RecordAddress, Result, Rule};

/// Without a limit (reference).
const LIMIT: u64 = 30;
/// Clients ask for pages of 500 (facts 1).
const MOST: u64 = 500;
/// Most ids of one filter.
const MOST_IDS: usize = 1_000;
/// Where pages end.
const FURTHEST: u64 = 1 << 32;

const KNOWN: &[&str] =
    &["filter[ids]", "filter[query]", "filter[type]", "page[limit]", "page[offset]", "version", "nested"];

/// A list as asked.
#[derive(Clone, PartialEq, Debug)]
pub struct Ask {
    /// The items with these ids; none inside is no item.
    pub ids: Option<Vec<RecordAddress>>,
    /// Item types by id or `api_key`.
    pub types: Option<Vec<String>>,
    pub query: Option<String>,
    pub limit: u64,
    pub offset: u64,
}

impl Ask {
    /// Reads the parameters.
    pub fn of(params: &Params<'_>) -> Result<Ask> {
        params.refuse_unknown(KNOWN)?;
        // The present alone is kept: there are no other versions to ask for.
        if let Some(version) = params.one("version")?.filter(|v| !["", "current", "published"].contains(v)) {
            return Err(Error::invalid_given(Path::of("version"), Rule::Unknown, version));
        }
        let filter = |name: &str| -> Result<Option<&str>> {
            Ok(params.one(name)?.map(str::trim).filter(|text| !text.is_empty()))
        };
        let list = |text: &str| -> Vec<String> {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let ids = filter("filter[ids]")?.map(list);
        if ids.as_ref().is_some_and(|ids| ids.len() > MOST_IDS) {
            return Err(Error::invalid(Path::of("filter[ids]"), Rule::TooMany { limit: MOST_IDS as u64 }));
        }
        Ok(Ask {
            // What is no id of ours is the id of nothing.
            ids: ids.map(|ids| ids.iter().filter_map(|id| names::read_item(id)).collect()),
            types: filter("filter[type]")?.map(list),
            query: filter("filter[query]")?.map(str::to_owned),
            limit: number(params, "page[limit]", MOST)?.unwrap_or(LIMIT),
            offset: number(params, "page[offset]", FURTHEST)?.unwrap_or(0),
        })
    }
}

/// A whole number up to a bound.
fn number(params: &Params<'_>, key: &str, most: u64) -> Result<Option<u64>> {
    let Some(text) = params.one(key)?.filter(|text| !text.is_empty()) else { return Ok(None) };
    let number: Option<u64> = text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let number = number.ok_or_else(|| Error::invalid_given(Path::of(key), Rule::Type("a whole number"), text))?;
    if number > most {
        return Err(Error::invalid(Path::of(key), Rule::Range { min: Some(0.0), max: Some(most as f64) }));
    }
    Ok(Some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> std::result::Result<Ask, String> {
        let params = Params::parse(query, 10_000).expect("a query string");
        Ask::of(&params).map_err(|error| error.to_string())
    }

    #[test]
    fn pages_begin_at_zero_and_have_bounds() {
        let plain = ask("").expect("a list");
        assert_eq!((plain.limit, plain.offset), (30, 0));
        let page = ask("page%5Blimit%5D=500&page%5Boffset%5D=1000").expect("a list");
        assert_eq!((page.limit, page.offset), (500, 1000));
        for (wrong, why) in [
            ("page[limit]=501", "page[limit] must be a number from 0 to 500"),
            ("page[limit]=-1", "page[limit] must be a whole number (given: -1)"),
            ("page[offset]=1.5", "page[offset] must be a whole number (given: 1.5)"),
            ("filter[kind]=a", "filter[kind] is unknown"),
            ("version=7", "version is unknown (given: 7)"),
        ] {
            assert_eq!(ask(wrong), Err(why.to_owned()));
        }
    }

    #[test]
    fn filters_are_lists_with_commas() {
        let asked = ask("filter%5Bids%5D=4294967297%2C,x&filter[type]=post,7&filter[query]=+").expect("a list");
        assert_eq!(asked.ids.as_ref().map(Vec::len), Some(1), "what is no id finds nothing");
        assert_eq!(asked.types, Some(vec!["post".to_owned(), "7".to_owned()]));
        assert_eq!(asked.query, None);
    }
}
