//! The truth table of the facts, as filters of the core. What the filters find is the store's and the goldens' matter.

use super::{Origin, Translator};
use crate::record::keys::KeyType;
use crate::sample::{ALL, Sample};
use model::field::Slot;
use model::filter::{Comparison, Operand, Predicate, System, Test};
use model::time::{Instant, Period, PeriodMode, PeriodRelation, Zone};
use model::{ChoiceId, FieldId, Filter, Json, RecordAddress, RecordId, UserId, Value};
use serde_json::json;

fn translate(sample: &Sample, filter: Json, origin: Origin) -> Result<Filter, String> {
    sample.look(ALL, move |view, shape| {
        let mut translator = Translator { view, shape, key_type: KeyType::Name, origin };
        translator.of_json(&filter).map_err(|error| error.to_string())
    })
}

/// One condition of a request.
fn condition(sample: &Sample, field: &str, operator: &str, value: Json) -> Result<Filter, String> {
    let item = json!({"fieldId": field, "operator": operator, "value": value});
    translate(sample, json!({"conjunction": "and", "filterSet": [item]}), Origin::Request)
}

fn test(field: u32, predicate: Predicate) -> Filter {
    Filter::field(FieldId(field), predicate)
}

fn system(system: System, predicate: Predicate) -> Filter {
    Filter::Test(Test { operand: Operand::System(system), predicate })
}

#[test]
fn every_operator_of_every_type_means_what_the_truth_table_says() {
    let sample = Sample::new();
    let (ann, bob) = (sample.person(1), sample.person(2));
    let person = |record| Value::Reference(RecordAddress { table: crate::sample::PEOPLE, record: RecordId(record) });
    let me = crate::names::user(UserId(1));
    let choice = |id| Value::Choice(ChoiceId(id));
    let number = |n| Value::Number(n);
    let nothing = || Filter::Or(Vec::new());
    use Predicate as P;
    let cases: Vec<(&str, &str, Json, Filter)> = vec![
        ("Text", "is", json!("x"), test(1, P::Equals(Value::text("x")))),
        ("Text", "isNot", json!("x"), test(1, P::Equals(Value::text("x"))).negated()),
        ("Text", "contains", json!("%"), test(1, P::Contains("%".to_owned()))),
        ("Long", "doesNotContain", json!("x"), test(2, P::Contains("x".to_owned())).negated()),
        ("Text", "isEmpty", json!(null), test(1, P::IsEmpty)),
        ("Text", "isNotEmpty", json!(null), test(1, P::IsEmpty).negated()),
        ("Number", "is", json!(0), test(3, P::Equals(number(0.0)))),
        ("Number", "isNot", json!(-2.5), test(3, P::Equals(number(-2.5))).negated()),
        ("Number", "isGreater", json!(1), test(3, P::Compare(Comparison::Greater, number(1.0)))),
        ("Number", "isGreaterEqual", json!(1), test(3, P::Compare(Comparison::GreaterOrEqual, number(1.0)))),
        ("Stars", "isLess", json!(1), test(4, P::Compare(Comparison::Less, number(1.0)))),
        ("Auto", "isLessEqual", json!(1), system(System::Id, P::Compare(Comparison::LessOrEqual, number(1.0)))),
        ("One", "is", json!("B"), test(5, P::Equals(choice(2)))),
        ("One", "is", json!("gone"), nothing()),
        ("One", "isNot", json!("gone"), nothing().negated()),
        ("One", "isAnyOf", json!(["A", "gone"]), test(5, P::OneOf(vec![choice(1)]))),
        ("One", "isAnyOf", json!([]), test(5, P::OneOf(vec![]))),
        ("One", "isNoneOf", json!(["A"]), test(5, P::OneOf(vec![choice(1)])).negated()),
        ("Many", "hasAnyOf", json!(["A", "B"]), test(6, P::HasAny(vec![choice(1), choice(2)]))),
        ("Many", "hasAllOf", json!(["A", "gone"]), nothing()),
        ("Many", "hasAllOf", json!(["A"]), test(6, P::HasAll(vec![choice(1)]))),
        ("Many", "isExactly", json!(["B", "B"]), test(6, P::SameSet(vec![choice(2)]))),
        ("Many", "hasNoneOf", json!(["A"]), test(6, P::HasAny(vec![choice(1)])).negated()),
        ("Many", "isNotExactly", json!(["A"]), test(6, P::SameSet(vec![choice(1)])).negated()),
        ("Check", "is", json!(true), test(7, P::IsEmpty).negated()),
        ("Check", "is", json!(false), test(7, P::IsEmpty)),
        ("Check", "is", json!(null), test(7, P::IsEmpty)),
        ("Check", "isNot", json!(true), test(7, P::IsEmpty)),
        ("Check", "isNotEmpty", json!(null), test(7, P::IsEmpty).negated()),
        ("User", "is", json!("Me"), test(9, P::Equals(Value::User(UserId(1))))),
        ("User", "is", json!("me"), nothing()),
        ("Maker", "isAnyOf", json!([me]), system(System::CreatedBy, P::OneOf(vec![Value::User(UserId(1))]))),
        ("Users", "hasAnyOf", json!(["Me"]), test(10, P::HasAny(vec![Value::User(UserId(1))]))),
        ("Files", "isEmpty", json!(null), test(11, P::IsEmpty)),
        ("Link", "is", json!(ann), test(12, P::Equals(person(1)))),
        ("Link", "contains", json!("an"), test(12, P::Contains("an".to_owned()))),
        ("Links", "hasAllOf", json!([ann, bob]), test(13, P::HasAll(vec![person(1), person(2)]))),
        ("Links", "doesNotContain", json!("x"), test(13, P::Contains("x".to_owned())).negated()),
    ];
    for (field, operator, value, expected) in cases {
        assert_eq!(condition(&sample, field, operator, value.clone()), Ok(expected), "{field} {operator} {value}");
    }
}

#[test]
fn dates_are_periods_of_the_values_zone() {
    let sample = Sample::new();
    let noon = Instant::parse("2025-03-15T12:00:00.000Z").expect("an instant");
    let midnight = Instant::parse("2025-03-15").expect("an instant");
    let zone = |name| Zone::parse(name).expect("a zone");
    let value = |mode: &str| json!({"mode": mode, "timeZone": "utc", "exactDate": noon.to_iso(), "numberOfDays": 3});
    let cases: Vec<(&str, Json, PeriodRelation, PeriodMode, &str)> = vec![
        ("is", value("today"), PeriodRelation::Inside, PeriodMode::Today, "utc"),
        ("isWithIn", value("pastNumberOfDays"), PeriodRelation::Inside, PeriodMode::PastDays(3), "utc"),
        ("isBefore", value("exactDate"), PeriodRelation::Before, PeriodMode::ExactDay(noon), "utc"),
        ("isAfter", value("daysAgo"), PeriodRelation::After, PeriodMode::DaysAgo(3), "utc"),
        ("isGreater", value("nextWeekPeriod"), PeriodRelation::After, PeriodMode::NextWeek, "utc"),
        ("isLessEqual", value("nextWeek"), PeriodRelation::UpToEnd, PeriodMode::ComingWeek, "utc"),
        ("isOnOrAfter", value("exactDateTime"), PeriodRelation::FromStart, PeriodMode::ExactInstant(noon), "utc"),
        ("is", json!("2025-03-15"), PeriodRelation::Inside, PeriodMode::ExactDay(midnight), "Asia/Tokyo"),
    ];
    for (operator, value, relation, mode, name) in cases {
        let period = Period { mode, zone: zone(name) };
        let expected = test(8, Predicate::During(relation, period));
        assert_eq!(condition(&sample, "When", operator, value.clone()), Ok(expected), "{operator} {value}");
    }
}

#[test]
fn groups_join_their_own_items_and_absent_conditions_are_not_there() {
    let sample = Sample::new();
    let item = |field: &str, value: Json| json!({"fieldId": field, "operator": "is", "value": value});
    let group = |word: &str, items: Vec<Json>| json!({"conjunction": word, "filterSet": items});
    let text = || test(1, Predicate::Equals(Value::text("x")));
    let number = || test(3, Predicate::Equals(Value::Number(1.0)));
    let inner = group("or", vec![item("Text", json!("x")), item("Number", json!(1))]);
    let cases = [
        (json!(null), Filter::all()),
        (group("and", vec![]), Filter::all()),
        (group("or", vec![item("Text", json!(null))]), Filter::all()),
        (group("or", vec![item("Text", json!(null)), item("Number", json!(1))]), number()),
        (
            group("and", vec![item("Number", json!(1)), inner.clone(), group("or", vec![])]),
            Filter::And(vec![number(), Filter::Or(vec![text(), number()])]),
        ),
        (inner, Filter::Or(vec![text(), number()])),
    ];
    for (filter, expected) in cases {
        assert_eq!(translate(&sample, filter.clone(), Origin::Request), Ok(expected), "{filter}");
    }
}

#[test]
fn what_is_not_understood_is_refused_by_name() {
    let sample = Sample::new();
    let cases: Vec<(Json, &str)> = vec![
        (json!([]), "filter must be an object with conjunction and filterSet"),
        (json!({"filterSet": []}), "filter.conjunction is required"),
        (json!({"conjunction": "xor", "filterSet": []}), "filter.conjunction must be one of and, or (given: xor)"),
        (
            json!({"conjunction": "and", "filterSet": [{"fieldId": "Nope", "operator": "is", "value": 1}]}),
            "filter.filterSet[0].fieldId is unknown (given: Nope)",
        ),
        (
            json!({"conjunction": "and", "filterSet": [{"fieldId": "Text", "operator": "like", "value": 1}]}),
            "filter.filterSet[0].operator is unknown (given: like)",
        ),
        (
            json!({"conjunction": "and", "filterSet": [{"fieldId": "Text", "operator": "is", "val": 1}]}),
            "filter.filterSet[0].val is unknown",
        ),
        (
            json!({"conjunction": "and", "filterSet": [{"fieldId": "Text", "operator": "isGreater", "value": "a"}]}),
            "filter.filterSet[0].operator does not know the operator isGreater (it is a field of kind singleLineText)",
        ),
        (
            json!({"conjunction": "and", "filterSet": [{"fieldId": "One", "operator": "isAnyOf", "value": "A"}]}),
            "filter.filterSet[0].value must be a list",
        ),
        (
            json!({"conjunction": "and", "filterSet": [{"fieldId": "Number", "operator": "is", "value": "10"}]}),
            "filter.filterSet[0].value must be a number (given: \"10\")",
        ),
        (
            json!({"conjunction": "and", "filterSet": [{"fieldId": "When", "operator": "is", "value": {"mode": "someday", "timeZone": "utc"}}]}),
            "filter.filterSet[0].value.mode must be one of today",
        ),
    ];
    for (filter, says) in cases {
        let refused = translate(&sample, filter.clone(), Origin::Request).expect_err("refused");
        assert!(refused.starts_with(says), "{filter}: {refused}");
    }
    let deep = (0..40).fold(
        json!({"conjunction": "and", "filterSet": []}),
        |inner, _| json!({"conjunction": "and", "filterSet": [inner]}),
    );
    let refused = translate(&sample, deep, Origin::Request).expect_err("refused");
    assert!(refused.contains("must not be nested deeper than 28 levels"), "{refused}");
    let many = vec![json!({"fieldId": "Text", "operator": "is", "value": "x"}); 501];
    let refused = translate(&sample, json!({"conjunction": "or", "filterSet": many}), Origin::Request);
    assert_eq!(refused, Err("filter must have at most 500 items".to_owned()));
}

#[test]
fn a_saved_filter_passes_over_what_is_unfinished_or_gone() {
    let sample = Sample::new();
    let items = json!([
        {"fieldId": "One", "operator": "isAnyOf", "value": []},
        {"fieldId": "Gone", "operator": "is", "value": "x"},
        {"fieldId": "Number", "operator": "is", "value": 1},
    ]);
    let saved = translate(&sample, json!({"conjunction": "and", "filterSet": items}), Origin::Saved);
    assert_eq!(saved, Ok(test(3, Predicate::Equals(Value::Number(1.0)))));
}

#[test]
fn symbols_are_operators_only_where_a_condition_says_so() {
    let sample = Sample::new();
    let ask = |field: &str, symbol: &str, value: Json| {
        let item = json!({"fieldId": field, "operator": symbol, "value": value, "isSymbol": true});
        translate(&sample, json!({"conjunction": "and", "filterSet": [item]}), Origin::Request)
    };
    let choice = |id| Value::Choice(ChoiceId(id));
    assert_eq!(ask("Text", "LIKE", json!("x")), Ok(test(1, Predicate::Contains("x".to_owned()))));
    assert_eq!(ask("One", "IN", json!(["A"])), Ok(test(5, Predicate::OneOf(vec![choice(1)]))));
    assert_eq!(ask("Many", "NOT IN", json!(["A"])), Ok(test(6, Predicate::HasAny(vec![choice(1)])).negated()));
    assert_eq!(ask("Many", "HAS", json!(["A"])), Ok(test(6, Predicate::HasAll(vec![choice(1)]))));
    assert_eq!(ask("Text", "IS NULL", json!(null)), Ok(test(1, Predicate::IsEmpty)));
    assert!(ask("Text", "is", json!("x")).is_err());
    assert!(condition(&sample, "Text", "=", json!("x")).is_err());
    let operand = Operand::Slot(Slot::plain(FieldId(3)));
    let compared = Predicate::Compare(Comparison::GreaterOrEqual, Value::Number(1.0));
    assert_eq!(ask("Number", ">=", json!(1)), Ok(Filter::Test(Test { operand, predicate: compared })));
}
