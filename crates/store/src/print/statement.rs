//! A statement with its parameters: those that its text names, and no others. An expression may turn out to be null
//! whatever a part of it is, and then what was bound for that part stands nowhere.

use model::{Cell, StoredCell};
use std::borrow::Cow;

/// The text of a statement with the cells that it names. No text of ours has a `?` that is not the place of a parameter.
pub fn statement<'s, 'p>(sql: &'s str, params: &'p [StoredCell]) -> (Cow<'s, str>, Vec<Cell<'p>>) {
    let mut named = vec![false; params.len()];
    for place in places(sql) {
        if let Some(named) = place.1.checked_sub(1).and_then(|place| named.get_mut(place)) {
            *named = true;
        }
    }
    if named.iter().all(|named| *named) {
        return (Cow::Borrowed(sql), params.iter().map(StoredCell::borrow).collect());
    }
    // The new place of each parameter.
    let mut places_now = vec![0; params.len()];
    let mut cells = Vec::new();
    for (place, cell) in params.iter().enumerate().filter(|(place, _)| named[*place]) {
        cells.push(cell.borrow());
        places_now[place] = cells.len();
    }
    let mut text = String::with_capacity(sql.len());
    let mut rest = 0;
    for (at, place) in places(sql) {
        text.push_str(&sql[rest..at]);
        let now = place.checked_sub(1).and_then(|place| places_now.get(place)).copied().unwrap_or(0);
        text.push_str(&format!("?{now}"));
        rest = at + 1 + place.to_string().len();
    }
    text.push_str(&sql[rest..]);
    (Cow::Owned(text), cells)
}

/// Where parameters stand in a text, and their numbers.
fn places(sql: &str) -> impl Iterator<Item = (usize, usize)> {
    sql.match_indices('?').filter_map(|(at, _)| {
        let digits = sql[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        sql[at + 1..at + 1 + digits].parse().ok().map(|place| (at, place))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_stand_nowhere_are_left_out() {
        let params: Vec<StoredCell> = (1..=11).map(StoredCell::Integer).collect();
        let (sql, cells) = statement("a = ?11 AND b IN (?2, ?11)", &params);
        assert_eq!(sql, "a = ?2 AND b IN (?1, ?2)");
        assert_eq!(cells, [Cell::Integer(2), Cell::Integer(11)]);
        let (sql, cells) = statement("a = ?2 AND b = ?1", &params[..2]);
        assert!(matches!(sql, Cow::Borrowed(_)));
        assert_eq!(cells.len(), 2);
    }
}
