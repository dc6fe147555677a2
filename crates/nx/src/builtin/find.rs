//! The table of all functions, and the way to one by its name.

use super::{Builtin, collections, json, numbers, records, refused::REFUSED, system, text, time};
use std::sync::LazyLock;

/// All functions, in the order of the reference.
pub static TABLE: &[&[Builtin]] = &[
    text::case::ROWS,
    text::cut::ROWS,
    text::search::ROWS,
    text::parts::ROWS,
    text::regular::ROWS,
    text::convert::ROWS,
    text::web::ROWS,
    numbers::round::ROWS,
    numbers::powers::ROWS,
    numbers::angles::ROWS,
    numbers::make::ROWS,
    time::make::ROWS,
    time::parts::ROWS,
    time::names::ROWS,
    time::spans::ROWS,
    time::intervals::ROWS,
    collections::aggregates::ROWS,
    collections::extremes::ROWS,
    collections::lists::ROWS,
    collections::make::ROWS,
    collections::options::ROWS,
    records::lookup::ROWS,
    records::ids::ROWS,
    records::access::ROWS,
    records::duplicate::ROWS,
    records::attached::ROWS,
    json::ROWS,
    system::people::ROWS,
    system::surroundings::ROWS,
    system::types::ROWS,
];

/// By name, for exact names.
static SORTED: LazyLock<Vec<&'static Builtin>> = LazyLock::new(|| {
    let mut rows: Vec<&'static Builtin> = TABLE.iter().copied().flatten().collect();
    rows.sort_by_key(|row| row.name);
    rows
});

/// The function of a name: as it is spelled, else whatever the case.
pub fn find(name: &str) -> Option<&'static Builtin> {
    match SORTED.binary_search_by(|row| row.name.cmp(name)) {
        Ok(place) => SORTED.get(place).copied(),
        Err(_) => SORTED.iter().copied().find(|row| row.name.eq_ignore_ascii_case(name)),
    }
}

/// Whether a name is that of a function of the original which no API offers.
pub fn is_refused(name: &str) -> bool {
    REFUSED.iter().any(|refused| refused.eq_ignore_ascii_case(name))
}
