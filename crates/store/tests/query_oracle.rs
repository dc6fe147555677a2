//! The evaluator is the oracle: random tables, random queries, the same records in the same order.

#[path = "query_oracle/asking.rs"]
mod asking;
#[path = "query_oracle/dice.rs"]
mod dice;
#[path = "query_oracle/expressions.rs"]
mod expressions;
#[path = "query_oracle/extremes.rs"]
mod extremes;
#[path = "query_oracle/sums.rs"]
mod sums;
#[path = "query_oracle/world.rs"]
mod world;

use dice::Dice;
use model::filter::Operand;
use model::kind::NoNames;
use model::query::{Page, Projection, Query};
use model::{Value, evaluate};
use proptest::prelude::*;
use store::print;
use store::tx::GO_ON;
use world::{People, Place};

/// Queries asked of each random database.
const QUERIES: usize = 32;
/// Of these by expressions.
const EXPRESSIONS: usize = 64;

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(64);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_store_answers_as_the_evaluator(seed in any::<u64>(), rows in 0usize..40) {
        let mut dice = Dice::new(seed);
        let place = Place::fill(&mut dice, rows);
        for _ in 0..QUERIES {
            let query = asking::query(&mut dice, &place);
            if check(&place, &query).is_err() {
                check(&place, &smallest(&place, query))?;
            }
        }
        for _ in 0..QUERIES / 4 {
            let summary = asking::summary(&mut dice, &place);
            if check_summary(&place, &summary).is_err() {
                check_summary(&place, &smallest_summary(&place, summary))?;
            }
        }
    }

    #[test]
    fn expressions_are_worked_out_as_by_the_evaluator(seed in any::<u64>(), rows in 0usize..30) {
        let mut dice = Dice::new(seed);
        let place = Place::fill(&mut dice, rows);
        for _ in 0..EXPRESSIONS {
            let query = asking::query_by_expressions(&mut dice, &place);
            if check(&place, &query).is_err() {
                check(&place, &smallest(&place, query))?;
            }
        }
        for _ in 0..EXPRESSIONS / 4 {
            let summary = asking::summary_by_expressions(&mut dice, &place);
            if check_summary(&place, &summary).is_err() {
                check_summary(&place, &smallest_summary(&place, summary))?;
            }
        }
    }
}

/// The smallest part of a query that still fails.
fn smallest(place: &Place, query: Query) -> Query {
    let smaller = asking::smaller(&query).into_iter().find(|smaller| check(place, smaller).is_err());
    match smaller {
        Some(smaller) => smallest(place, smaller),
        None => query,
    }
}

fn smallest_summary(place: &Place, summary: model::query::Summary) -> model::query::Summary {
    let smaller = asking::smaller_summary(&summary).into_iter().find(|s| check_summary(place, s).is_err());
    match smaller {
        Some(smaller) => smallest_summary(place, smaller),
        None => summary,
    }
}

fn check(place: &Place, query: &Query) -> Result<(), TestCaseError> {
    let expected: Vec<_> = match evaluate::select(&place.memory, query, &People) {
        Ok(rows) => rows,
        Err(error) => {
            let given = select(place, query);
            prop_assert!(given.is_err(), "{query:?} should fail: {error}");
            return Ok(());
        }
    };
    let operands: &[Operand] = match &query.projection {
        Projection::Nothing => &[],
        Projection::These(operands) => operands,
    };
    let expected: Vec<(u32, u32, Vec<Value>)> = expected
        .into_iter()
        .map(|row| {
            let values = operands.iter().map(|operand| evaluate::value_of(&place.memory, row, operand)).collect();
            (row.table.0, row.id.0, values)
        })
        .collect();
    let given = select(place, query).map_err(|e| TestCaseError::fail(format!("{query:?}\nfailed: {e:?}")))?;
    let ids = |rows: &[(u32, u32, Vec<Value>)]| rows.iter().map(|(t, r, _)| (*t, *r)).collect::<Vec<_>>();
    prop_assert_eq!(ids(&given), ids(&expected), "records of {:?}", query);
    for (given, expected) in given.iter().zip(&expected) {
        for (i, operand) in operands.iter().enumerate() {
            prop_assert_eq!(&given.2[i], &expected.2[i], "{:?} of record {}.{}", operand, given.0, given.1);
        }
    }
    let whole = Query { page: Page::All, projection: Projection::Nothing, ..query.clone() };
    let all = evaluate::select(&place.memory, &whole, &People).expect("it was selected before").len();
    let counted = place.database.read_blocking(|read| print::count(read.tx, &read.catalog, query, &People));
    prop_assert_eq!(counted, Ok(all as u64), "count of {:?}", query);
    Ok(())
}

fn select(place: &Place, query: &Query) -> model::Result<Vec<(u32, u32, Vec<Value>)>> {
    // The engine resolves periods before it asks the store.
    let mut query = query.clone();
    query.filter = place.at_now(&query);
    let mut found = Vec::new();
    place.database.read_blocking(|read| {
        let catalog = read.catalog.clone();
        print::select(read.tx, &catalog, &query, &People, &mut |row| {
            let values = (0..row.outputs().len()).map(|i| row.value(i)).collect();
            found.push((row.table().0, row.id().0, values));
            Ok(GO_ON)
        })
    })?;
    Ok(found)
}

fn check_summary(place: &Place, summary: &model::query::Summary) -> Result<(), TestCaseError> {
    let expected = evaluate::summarize(&place.memory, summary);
    let is_valid = expected.is_ok();
    let given = place.database.read_blocking(|read| {
        let catalog = read.catalog.clone();
        print::summarize(read.tx, &catalog, summary, &NoNames(world::NOW))
    });
    if !is_valid {
        prop_assert!(given.is_err(), "{:?} should fail", summary);
        return Ok(());
    }
    let (given, expected) = (given.map_err(|e| TestCaseError::fail(format!("{summary:?}\nfailed: {e:?}")))?, expected);
    let given = sums::nearly(&place.memory, summary, given);
    prop_assert_eq!(Ok(given), expected, "{:?}", summary);
    Ok(())
}
