//! Types and options there and back.

use super::object;
use super::options_in::Place;
use super::shown::{relationship, shown_fields};
use super::spec::Spec;
use crate::names;
use crate::sample::{ALL, PEOPLE, Sample, specs};
use model::kind::Kind;
use model::{Json, Path};
use serde_json::json;

#[test]
fn every_type_is_shown_as_it_was_made() {
    let sample = Sample::new();
    let asked = specs(&names::table(sample.name(PEOPLE)));
    let shown: Vec<Json> = sample.look(ALL, |view, shape| {
        shown_fields(&shape.table).map(|field| object::field(view, &shape.table, field)).collect()
    });
    for (asked, shown) in asked.as_array().expect("a list").iter().zip(&shown) {
        assert_eq!((&shown["name"], &shown["type"]), (&asked["name"], &asked["type"]));
        for (key, value) in asked["options"].as_object().into_iter().flatten().filter(|(key, _)| *key != "choices") {
            assert_eq!(&shown["options"][key], value, "{} {key}", asked["name"]);
        }
    }
    assert_eq!(shown[0]["isPrimary"], json!(true));
    let choice = &shown[4]["options"]["choices"][1];
    assert_eq!((&choice["name"], &choice["color"]), (&json!("B"), &json!("cyanLight2")));
    assert!(choice["id"].as_str().is_some_and(|id| id.starts_with("cho")));
    let types = |key: &str| shown.iter().map(|field| field[key].as_str().unwrap_or("-")).collect::<Vec<_>>();
    assert_eq!(
        types("cellValueType"),
        [
            "string", "string", "number", "number", "string", "string", "boolean", "dateTime", "string", "string",
            "string", "string", "string", "number", "dateTime", "dateTime", "string", "string", "string"
        ]
    );
}

#[test]
fn the_other_side_of_a_link_is_shown_with_the_word_turned_round() {
    let sample = Sample::new();
    let words = |table| {
        sample.look(table, |view, shape| {
            let links = shown_fields(&shape.table)
                .filter(|f| matches!(f.kind, Kind::Reference(_) | Kind::Links(_) | Kind::Reverse(_)));
            links.map(|f| relationship(view, &f.kind)).collect::<Vec<_>>()
        })
    };
    assert_eq!(words(ALL), ["manyOne", "manyMany"]);
    assert_eq!(words(PEOPLE), ["oneMany", "manyMany"]);
}

#[test]
fn options_that_cannot_be_are_refused_by_name() {
    let sample = Sample::new();
    let cases = [
        (json!({"type": "sound"}), "type must be one of singleLineText"),
        (
            json!({"type": "number", "options": {"formatting": {"precision": 9}}}),
            "options.formatting.precision must be a whole number from 0 to 5",
        ),
        (json!({"type": "rating", "options": {"max": 11}}), "options.max must be a whole number from 1 to 10"),
        (json!({"type": "rating", "options": {"icon": "car"}}), "options.icon must be one of star"),
        (
            json!({"type": "singleSelect", "options": {"choices": [{"name": "a"}, {"name": " a "}]}}),
            "options.choices[1].name is already taken (given: a)",
        ),
        (
            json!({"type": "singleSelect", "options": {"choices": [{"name": "a", "color": "ultraviolet"}]}}),
            "options.choices[0].color is no colour name (given: ultraviolet)",
        ),
        (
            json!({"type": "date", "options": {"formatting": {"timeZone": "Mars/Olympus"}}}),
            "options.formatting.timeZone is no time zone",
        ),
        (json!({"type": "link", "options": {"relationship": "oneMany"}}), "options.foreignTableId is required"),
        (json!({"type": "formula"}), "options.expression is required"),
        (json!({"type": "rollup", "options": {"expression": "sum({values})"}}), "lookupOptions is required"),
        (
            json!({"type": "checkbox", "options": {"defaultValue": "yes"}}),
            "options.defaultValue must be a value of the field's type",
        ),
        (json!({"type": "singleLineText", "id": "fldmine"}), "id must not be given"),
    ];
    for (given, says) in cases {
        let (asked, members) = (given.clone(), sample.members());
        let refused = sample.look(ALL, move |view, shape| {
            let spec = Spec::of(&asked, &Path::default()).map_err(|e| e.to_string())?;
            let place = Place { table: shape.name, members: &members, present: None, making: None };
            spec.new_field(view, &place, "X".to_owned()).map(drop).map_err(|e| e.to_string())
        });
        assert!(refused.clone().is_err_and(|why| why.starts_with(says)), "{given}: {refused:?}");
    }
}

#[test]
fn options_of_a_select_keep_their_numbers_when_they_are_renamed() {
    let sample = Sample::new();
    let members = sample.members();
    let kept = sample.look(ALL, move |view, shape| {
        let field = shape.table.field_named("One").expect("a field");
        let id = names::choice(shape.name, field.id, model::ChoiceId(2));
        let choices = json!([{"id": id, "name": "Renamed"}, {"name": "A"}, {"name": "New"}]);
        let spec = Spec::of(&json!({"type": "singleSelect", "options": {"choices": choices}}), &Path::default());
        let place = Place { table: shape.name, members: &members, present: Some(field), making: None };
        let built = spec.and_then(|spec| spec.build(view, &place)).expect("a kind");
        let Kind::Choice(kind) = built.kind else { panic!("another kind") };
        kind.options.list.iter().map(|o| (o.id.0, o.name.clone())).collect::<Vec<_>>()
    });
    assert_eq!(kept, [(2, "Renamed".to_owned()), (1, "A".to_owned()), (4, "New".to_owned())]);
}
