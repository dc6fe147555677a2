//! Formulas worked out by the core, over a record with a value in each field and one with none.

use super::{calls, formula};
use crate::field::making;
use crate::names;
use crate::sample::{ALL, PEOPLE, Sample};
use engine::{GO_ON, View};
use model::change::{NewRecord, NewTable};
use model::error::Path;
use model::filter::Operand;
use model::kind::formula::FormulaResult;
use model::query::{Projection, Query};
use model::time::{Instant, Zone};
use model::{Change, ChoiceId, FieldId, Json, Kind, RecordAddress, RecordId, Slot, TableId, Value};
use serde_json::json;

/// The table with the formulas, behind those of the sample.
const TABLE: TableId = TableId(3);
/// Fields before the formulas.
const OTHERS: u32 = 11;

fn fields(people: &str) -> Vec<Json> {
    let choices = json!([{"name": "A"}, {"name": "B"}]);
    let local = json!({"date": "D/M/YYYY", "time": "HH:mm", "timeZone": "utc"});
    let link = |relationship: &str| json!({"relationship": relationship, "foreignTableId": people, "isOneWay": true});
    vec![
        json!({"name": "Name", "type": "singleLineText"}),
        json!({"name": "Num", "type": "number"}),
        json!({"name": "Other", "type": "number"}),
        json!({"name": "Check", "type": "checkbox"}),
        json!({"name": "When", "type": "date", "options": {"formatting": local}}),
        json!({"name": "Pick", "type": "singleSelect", "options": {"choices": choices}}),
        json!({"name": "Tags", "type": "multipleSelect", "options": {"choices": choices}}),
        json!({"name": "Boss", "type": "link", "options": link("manyOne")}),
        json!({"name": "Team", "type": "link", "options": link("manyMany")}),
        json!({"name": "Files", "type": "attachment"}),
        json!({"name": "Code", "type": "singleLineText"}),
    ]
}

fn record() -> NewRecord {
    let person = |number| RecordAddress { table: PEOPLE, record: RecordId(number) };
    let values = [
        Value::text("Hello World"),
        Value::Number(7.5),
        Value::Number(2.0),
        Value::Bool(true),
        Value::Instant(Instant::parse("2024-03-15T14:05:09.250Z").expect("an instant").0),
        Value::Choice(ChoiceId(2)),
        Value::Choices(vec![ChoiceId(1), ChoiceId(2)]),
        Value::Reference(person(1)),
        Value::References(vec![person(1), person(2)]),
        Value::Null,
        Value::text("$ 1,234.50"),
    ];
    let slot = |i: usize| Slot::plain(FieldId(i as u32 + 1));
    NewRecord {
        values: values.into_iter().enumerate().map(|(i, value)| (slot(i), value)).collect(),
        ..NewRecord::default()
    }
}

/// What formulas give of the full record and of the empty one, and what their fields say that they are.
fn worked_out(expressions: &[&str]) -> Vec<(FormulaResult, Json, Json)> {
    let sample = Sample::new();
    let people = names::table(sample.name(PEOPLE));
    let mut specs = fields(&people);
    specs.extend(expressions.iter().enumerate().map(
        |(i, expression)| json!({"name": format!("F{i}"), "type": "formula", "options": {"expression": expression}}),
    ));
    let members = sample.members();
    sample.write(move |view| {
        let fields = making::fields(view, &members, TABLE, Some(&specs))?;
        let table = NewTable { name: "Formulas".to_owned(), fields, ..NewTable::default() };
        let records = vec![record(), NewRecord::default()];
        Ok(vec![Change::CreateTable { table: Box::new(table) }, Change::CreateRecords { table: TABLE, records }])
    });
    let count = expressions.len() as u32;
    sample.look(TABLE, move |view, shape| {
        let mut query = Query::table(TABLE);
        let slot = |i: u32| Operand::Slot(Slot::plain(FieldId(OTHERS + 1 + i)));
        query.projection = Projection::These((0..count).map(slot).collect());
        let mut rows: Vec<Vec<Json>> = Vec::new();
        view.select(&query, &mut |row| {
            rows.push((0..count as usize).map(|i| shown(&row.value(i))).collect());
            Ok(GO_ON)
        })
        .expect("records");
        let class = |i: u32| match &shape.table.field(FieldId(OTHERS + 1 + i)).expect("a field").kind {
            Kind::Formula(formula) => formula.result,
            other => panic!("{other:?}"),
        };
        (0..count).map(|i| (class(i), rows[0][i as usize].clone(), rows[1][i as usize].clone())).collect()
    })
}

fn shown(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Number(number) if number.fract() == 0.0 => json!(*number as i64),
        Value::Number(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Instant(ms) => json!(Instant(*ms).to_iso()),
        other => panic!("{other:?}"),
    }
}

/// Each expression with what it gives of the full record and of the empty one.
fn hold(cases: &[(&str, Json, Json)]) {
    let expressions: Vec<&str> = cases.iter().map(|(expression, _, _)| *expression).collect();
    let found = worked_out(&expressions);
    let wrong: Vec<String> = cases
        .iter()
        .zip(&found)
        .filter(|((_, full, empty), (_, a, b))| (full, empty) != (a, b))
        .map(|((expression, full, empty), (_, a, b))| format!("{expression}: {a} for {full}, {b} for {empty}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Why an expression is refused.
fn refusal(expression: &str, zone: &str) -> String {
    let (expression, zone) = (expression.to_owned(), Zone::parse(zone).expect("a zone"));
    let sample = Sample::new();
    sample.look(ALL, move |view: &mut View<'_>, shape| {
        let world = super::World { view, table: &shape.table, name: shape.name, zone: zone.clone() };
        let refused = formula(&world, &expression, &Path::of("expression"));
        refused.err().map(|error| error.to_string()).unwrap_or_default()
    })
}

#[test]
fn an_empty_cell_is_nothing_in_arithmetic_and_no_text_in_texts() {
    hold(&[
        ("{Num} + {Other}", json!(9.5), json!(0)),
        ("{Num} - {Other} - 1", json!(4.5), json!(-1)),
        ("{Num} * {Other}", json!(15), json!(0)),
        ("{Num} / {Other}", json!(3.75), Json::Null),
        ("{Num} % {Other}", json!(1.5), Json::Null),
        ("{Other} / 0", Json::Null, Json::Null),
        ("1 / {Other} * 2", json!(1), json!(0)),
        ("-{Num}", json!(-7.5), Json::Null),
        ("2 + 3 * 4 - -1", json!(15), json!(15)),
        ("(2 + 3) * 4", json!(20), json!(20)),
        ("{Check} + 1", json!(2), json!(1)),
        ("'3' * 2", json!(6), json!(6)),
        ("{Name} * 2", Json::Null, json!(0)),
        ("{Name} & '-' & {Num}", json!("Hello World-7.5"), json!("-")),
        ("{Num} & {Other}", json!("7.52"), json!("")),
        ("{Name} + {Num}", json!("Hello World7.5"), json!("")),
        ("1 + 2 + '!' + 3", json!("3!3"), json!("3!3")),
        ("{Pick} & {Tags} & {Boss} & {Team}", json!("BA, BAnnAnn, Bob"), json!("")),
        ("{When} & ''", json!("15/3/2024 14:05"), json!("")),
        ("{When}", json!("2024-03-15T14:05:09.250Z"), Json::Null),
        ("{Check}", json!(true), Json::Null),
        ("{Team}", json!("Ann, Bob"), json!("")),
        ("{Check} & ''", json!("true"), json!("")),
    ]);
}

#[test]
fn comparisons_take_an_empty_number_for_nothing_and_an_empty_text_for_none() {
    let (yes, no) = (json!(true), json!(false));
    hold(&[
        ("{Num} > 5", yes.clone(), no.clone()),
        ("{Num} < 5", no.clone(), yes.clone()),
        ("{Num} = 0", no.clone(), no.clone()),
        ("{Num} <> 7.5", no.clone(), yes.clone()),
        ("{Num} = BLANK()", no.clone(), yes.clone()),
        ("{Num} = ''", no.clone(), yes.clone()),
        ("{Name} = \"\"", no.clone(), yes.clone()),
        ("{Name} != ''", yes.clone(), no.clone()),
        ("{Name} = 'Hello World'", yes.clone(), no.clone()),
        ("{Name} = 'hello world'", no.clone(), no.clone()),
        ("{Pick} = 'B'", yes.clone(), no.clone()),
        ("{Boss} = 'Ann'", yes.clone(), no.clone()),
        ("{Check} = TRUE", yes.clone(), no.clone()),
        ("{Check} = false", no.clone(), yes.clone()),
        ("{Num} = '7.5'", yes.clone(), no.clone()),
        ("{Num} = {Name}", no.clone(), yes.clone()),
        ("{Num} != {Name}", yes.clone(), no.clone()),
        ("{When} > '2024-03-15'", yes.clone(), no.clone()),
        ("{When} = '2024-03-15T14:05:09.250Z'", yes.clone(), no.clone()),
        ("{Num} > 5 && {Check}", yes.clone(), no.clone()),
        ("{Num} > 5 || {Check}", yes.clone(), no.clone()),
        ("!{Check}", no.clone(), yes.clone()),
        ("{Num} >= {Other} = TRUE", yes.clone(), yes.clone()),
        ("'a' & {Num} > 3", json!("atrue"), json!("afalse")),
    ]);
}

#[test]
fn functions_of_conditions() {
    hold(&[
        ("IF({Num} > 5, 'big', 'small')", json!("big"), json!("small")),
        ("IF({Check}, {Num}, BLANK())", json!(7.5), Json::Null),
        ("IF({Check}, 1, 'none')", json!("1"), json!("none")),
        ("IF({Check}, {When}, NOW()) = {When}", json!(true), json!(false)),
        ("IF({Check}, {Tags}, 'none')", json!("A, B"), json!("none")),
        ("SWITCH({Pick}, 'A', 1, 'B', 2, 3)", json!(2), json!(3)),
        ("SWITCH({Num}, 7.5, 'x')", json!("x"), Json::Null),
        ("AND({Num}, {Check})", json!(true), json!(false)),
        ("OR({Num} = 1, {Check}, FALSE)", json!(true), json!(false)),
        ("XOR(TRUE, {Check}, {Num})", json!(true), json!(true)),
        ("NOT({Name})", json!(false), json!(true)),
        ("AND({Tags})", json!(true), json!(false)),
        ("OR({Team})", json!(true), json!(false)),
        ("BLANK()", Json::Null, Json::Null),
    ]);
}

#[test]
fn functions_of_numbers() {
    hold(&[
        ("SUM({Num}, {Other}, {Check}, 1)", json!(11.5), json!(1)),
        ("AVERAGE({Num}, {Other})", json!(4.75), json!(0)),
        ("MAX({Num}, {Other})", json!(7.5), Json::Null),
        ("MIN({Num}, {Other}, 1)", json!(1), json!(1)),
        ("MAX({When}, BLANK())", json!("2024-03-15T14:05:09.250Z"), Json::Null),
        ("ROUND({Num})", json!(8), Json::Null),
        ("ROUND(-2.5)", json!(-2), json!(-2)),
        ("ROUND(1234.5678, 2)", json!(1234.57), json!(1234.57)),
        ("ROUND(1234.5678, -2)", json!(1200), json!(1200)),
        ("ROUNDUP(-1.21, 1)", json!(-1.3), json!(-1.3)),
        ("ROUNDUP({Num})", json!(8), Json::Null),
        ("ROUNDDOWN(-1.29, 1)", json!(-1.2), json!(-1.2)),
        ("ROUNDDOWN({Num}, 0)", json!(7), Json::Null),
        ("CEILING(1.21, 1)", json!(1.3), json!(1.3)),
        ("CEILING({Num})", json!(8), Json::Null),
        ("FLOOR(-1.21, 1)", json!(-1.3), json!(-1.3)),
        ("INT(-1.5)", json!(-2), json!(-2)),
        ("EVEN(1.5)", json!(2), json!(2)),
        ("EVEN(-3)", json!(-4), json!(-4)),
        ("EVEN({Num})", json!(8), Json::Null),
        ("ODD(0)", json!(1), json!(1)),
        ("ODD(-1.5)", json!(-3), json!(-3)),
        ("ABS(-3)", json!(3), json!(3)),
        ("SQRT(16)", json!(4), json!(4)),
        ("SQRT(-1)", Json::Null, Json::Null),
        ("POWER({Other}, 10)", json!(1024), Json::Null),
        ("POWER(5, 0)", json!(1), json!(1)),
        ("EXP(0)", json!(1), json!(1)),
        ("LOG(1000)", json!(3), json!(3)),
        ("LOG(8, {Other})", json!(3), json!(0.9030899869919435)),
        ("MOD(7, 3)", json!(1), json!(1)),
        ("MOD(-7, 3)", json!(1), json!(1)),
        ("MOD(7, -3)", json!(-1), json!(-1)),
        ("MOD({Num}, 0)", Json::Null, Json::Null),
        ("VALUE({Code})", json!(1234.5), Json::Null),
        ("VALUE('-12-34 kg')", json!(-12), json!(-12)),
        ("VALUE('none')", Json::Null, Json::Null),
        ("ROUND('2.6')", json!(3), json!(3)),
    ]);
}

#[test]
fn functions_of_texts() {
    hold(&[
        ("CONCATENATE({Name}, 1, {Tags}, {Check})", json!("Hello World1A, Btrue"), json!("1")),
        ("FIND('o', {Name})", json!(5), Json::Null),
        ("FIND('o', {Name}, 6)", json!(8), Json::Null),
        ("FIND('z', {Name})", json!(0), Json::Null),
        ("SEARCH('World', {Name})", json!(7), Json::Null),
        ("SEARCH('world', {Name})", Json::Null, Json::Null),
        ("MID({Name}, 6, 5)", json!("World"), Json::Null),
        ("LEFT({Name}, 5)", json!("Hello"), Json::Null),
        ("LEFT({Name})", json!("H"), Json::Null),
        ("RIGHT({Name}, 5)", json!("World"), Json::Null),
        ("RIGHT({Name}, 99)", json!("Hello World"), Json::Null),
        ("RIGHT({Name}, 0)", json!(""), Json::Null),
        ("REPLACE({Name}, 1, 5, 'Bye')", json!("Bye World"), Json::Null),
        ("REPLACE('abc', 3, 1, 'x')", json!("abx"), json!("abx")),
        ("REGEXP_REPLACE({Name}, '[lo]', '_')", json!("He___ W_r_d"), Json::Null),
        ("REGEXP_REPLACE('a1b22', '\\d+', '#')", json!("a#b#"), json!("a#b#")),
        ("SUBSTITUTE({Name}, 'o', '0')", json!("Hell0 W0rld"), Json::Null),
        ("SUBSTITUTE({Name}, 'o', '0', 1)", json!("Hell0 World"), Json::Null),
        ("SUBSTITUTE({Name}, 'o', '0', 2)", json!("Hello W0rld"), Json::Null),
        ("SUBSTITUTE({Name}, 'o', '0', 3)", json!("Hello World"), Json::Null),
        ("LOWER({Name}) & UPPER({Name})", json!("hello worldHELLO WORLD"), json!("")),
        ("REPT('ab', 3)", json!("ababab"), json!("ababab")),
        ("REPT({Name}, 0)", json!(""), Json::Null),
        ("TRIM('  a b ')", json!("a b"), json!("a b")),
        ("LEN({Name})", json!(11), Json::Null),
        ("LEN('é😀')", json!(2), json!(2)),
        ("T({Name})", json!("Hello World"), Json::Null),
        ("T({Num})", Json::Null, Json::Null),
        ("ENCODE_URL_COMPONENT({Name})", json!("Hello%20World"), Json::Null),
        (r"'C:\\new' & '\n\t' & 'it\'s'", json!("C:\\new\n\tit's"), json!("C:\\new\n\tit's")),
    ]);
}

#[test]
fn functions_of_dates() {
    hold(&[
        ("YEAR({When}) & '/' & MONTH({When}) & '/' & DAY({When})", json!("2024/3/15"), json!("//")),
        ("HOUR({When}) * 10000 + MINUTE({When}) * 100 + SECOND({When})", json!(140_509), json!(0)),
        ("WEEKDAY({When})", json!(5), Json::Null),
        ("WEEKDAY('2024-03-17')", json!(0), json!(0)),
        ("WEEKDAY('2024-03-17', 'Monday')", json!(6), json!(6)),
        ("WEEKNUM('2023-09-08')", json!(36), json!(36)),
        ("TODAY() <= NOW()", json!(true), json!(true)),
        ("DATETIME_DIFF('2022-08-01T16:30:00Z', '2023-09-08T19:20:00Z')", json!(-403), json!(-403)),
        ("DATETIME_DIFF('2023-09-08T19:20:00Z', '2022-08-01T16:30:00Z', 'year')", json!(1), json!(1)),
        ("DATETIME_DIFF('2023-09-08T19:20:00Z', '2022-08-01T16:30:00Z', 'months')", json!(13), json!(13)),
        ("DATETIME_DIFF('2023-09-08T19:20:00Z', '2022-08-01T16:30:00Z', 'hour')", json!(9674), json!(9674)),
        ("DATETIME_DIFF('2023-09-08T19:20:00Z', '2022-08-01T16:30:00Z', 'm')", json!(580_490), json!(580_490)),
        (
            "ROUND(DATETIME_DIFF('2023-09-08T19:20:00Z', '2022-08-01T16:30:00Z', 'M', TRUE), 2)",
            json!(13.23),
            json!(13.23),
        ),
        ("DATETIME_DIFF('2024-02-29', '2024-01-31', 'month')", json!(1), json!(1)),
        ("DATETIME_DIFF('2024-01-31', '2024-02-29', 'month')", json!(-1), json!(-1)),
        ("DATETIME_DIFF('2024-02-14', '2024-01-15', 'month')", json!(0), json!(0)),
        ("DATETIME_DIFF({When}, '2024-03-15', 'h', TRUE) > 14", json!(true), json!(false)),
        ("DATE_ADD('2024-01-31', 1, 'month')", json!("2024-02-29T00:00:00.000Z"), json!("2024-02-29T00:00:00.000Z")),
        ("DATE_ADD({When}, -1, 'years')", json!("2023-03-15T14:05:09.250Z"), Json::Null),
        ("DATE_ADD({When}, {Other}, 'day')", json!("2024-03-17T14:05:09.250Z"), Json::Null),
        ("DATE_ADD({When}, 90, 'm')", json!("2024-03-15T15:35:09.250Z"), Json::Null),
        ("DATETIME_FORMAT({When})", json!("2024-03-15 14:05"), Json::Null),
        (
            "DATETIME_FORMAT({When}, 'dddd, D MMM YYYY [at] h:mm a Q')",
            json!("Friday, 15 Mar 2024 at 2:05 pm Q"),
            Json::Null,
        ),
        ("DATETIME_PARSE('2024-03-15') = DATETIME_PARSE({Name})", Json::Null, json!(false)),
        ("DATESTR({When}) & ' ' & TIMESTR({When})", json!("2024-03-15 14:05:09"), json!(" ")),
        ("IS_SAME({When}, '2024-03-15')", json!(true), Json::Null),
        ("IS_SAME({When}, '2024-03-10', 'week')", json!(true), Json::Null),
        ("IS_AFTER({When}, '2024-03-15')", json!(false), Json::Null),
        ("IS_AFTER({When}, '2024-03-15', 'hour')", json!(true), Json::Null),
        ("IS_BEFORE({When}, '2024-04-01', 'month')", json!(true), Json::Null),
        ("DATESTR(WORKDAY('2023-09-08', 200))", json!("2024-06-14"), json!("2024-06-14")),
        (
            "DATESTR(WORKDAY('2023-09-08', 200, '2024-01-22, 2024-01-23, 2024-01-24, 2024-01-25'))",
            json!("2024-06-20"),
            json!("2024-06-20"),
        ),
        ("DATESTR(WORKDAY('2023-09-08', -100))", json!("2023-04-21"), json!("2023-04-21")),
        ("WORKDAY_DIFF('2023-06-18', '2023-10-01')", json!(75), json!(75)),
        ("WORKDAY_DIFF('2023-06-18', '2023-10-01', '2023-07-12, 2023-08-18, 2023-08-19')", json!(73), json!(73)),
        ("WORKDAY_DIFF('2023-09-11', '2023-09-05')", json!(-5), json!(-5)),
        ("FROMNOW(DATE_ADD(NOW(), -36, 'day'), 'day')", json!(36), json!(36)),
        ("TONOW(DATE_ADD(NOW(), 25, 'hour'), 'day', TRUE) > 1", json!(true), json!(true)),
    ]);
}

#[test]
fn functions_of_lists_and_of_the_record() {
    hold(&[
        ("COUNT({Num}, {Name}, 3, {Check})", json!(2), json!(1)),
        ("COUNTA({Num}, {Name}, {Tags}, {When})", json!(5), json!(0)),
        ("COUNTALL({Tags})", json!(2), json!(0)),
        ("COUNTALL({Files}) + COUNTALL({Num})", json!(1), json!(0)),
        ("ARRAY_JOIN({Team}, '; ')", json!("Ann; Bob"), json!("")),
        ("ARRAY_UNIQUE({Tags}, {Pick}, 'A')", json!("A, B"), json!("A")),
        ("ARRAY_FLATTEN({Tags}, {Num})", json!("A, B, 7.5"), json!("")),
        ("ARRAY_COMPACT({Name}, '', 'x')", json!("Hello World, x"), json!("x")),
        ("COUNTALL(ARRAYUNIQUE({Team}, {Boss}))", json!(2), json!(0)),
        ("LEN(TEXT_ALL({Tags}))", json!(4), Json::Null),
        ("AUTO_NUMBER()", json!(1), json!(2)),
        ("LEFT(RECORD_ID(), 3) & LEN(RECORD_ID())", json!("rec24"), json!("rec24")),
        ("CREATED_TIME() <= NOW()", json!(true), json!(true)),
        ("LAST_MODIFIED_TIME()", Json::Null, Json::Null),
    ]);
}

#[test]
fn the_id_of_a_record_is_the_one_that_answers_have() {
    let sample = Sample::new();
    let members = sample.members();
    let name = sample.name(TABLE);
    sample.write(move |view| {
        let specs = [json!({"name": "Id", "type": "formula", "options": {"expression": "RECORD_ID()"}})];
        let fields = making::fields(view, &members, TABLE, Some(&specs))?;
        let table = NewTable { name: "Ids".to_owned(), fields, ..NewTable::default() };
        let records = vec![NewRecord::default(); 70];
        Ok(vec![Change::CreateTable { table: Box::new(table) }, Change::CreateRecords { table: TABLE, records }])
    });
    let ids = sample.look(TABLE, |view, _| {
        let mut query = Query::table(TABLE);
        query.projection = Projection::These(vec![Operand::Slot(Slot::plain(FieldId(1)))]);
        let mut found = Vec::new();
        view.select(&query, &mut |row| {
            found.push((row.id(), shown(&row.value(0))));
            Ok(GO_ON)
        })
        .expect("records");
        found
    });
    assert_eq!(ids.len(), 70);
    for (record, id) in ids {
        assert_eq!(id, json!(names::record(name.database, RecordAddress { table: TABLE, record })));
    }
}

#[test]
fn the_class_of_a_formula_is_told_by_its_values() {
    let conditional = "IF({Check}, {When}, BLANK())";
    let found = worked_out(&["{Num} * 2", "{Name} & 1", "{Num} > 1", "{When}", conditional, "{Tags}"]);
    let classes: Vec<FormulaResult> = found.into_iter().map(|(class, _, _)| class).collect();
    use FormulaResult as R;
    assert_eq!(classes, [R::Number, R::Text, R::Boolean, R::Instant, R::Instant, R::Text]);
}

#[test]
fn a_formula_builds_on_others_that_stand_anywhere() {
    hold(&[
        ("{Num} * {Other}", json!(15), json!(0)),
        ("{F0} + 1", json!(16), json!(1)),
        ("{F1} & '!'", json!("16!"), json!("1!")),
    ]);
}

#[test]
fn what_cannot_be_said_is_refused_by_its_name() {
    let cases = [
        ("", "is required"),
        ("{Nothing} + 1", "names the field {Nothing}, which is not there"),
        ("NOTHING(1)", "there is no function NOTHING"),
        ("IS_ERROR(1)", "IS_ERROR is not spoken here"),
        ("ERROR('x')", "ERROR is not spoken here"),
        ("IF(1, 2)", "IF needs at least 3 values"),
        ("ABS(1, 2)", "ABS takes at most 1 values"),
        ("1 +", "a value is wanted where there is its end"),
        ("(1", ") is wanted where there is its end"),
        ("1 2", "the end or an operator is wanted where there is 2"),
        ("Number * 2", "has the word Number"),
        ("'open", "has a text that is not closed by '"),
        ("{open", "has a field that is not closed by }"),
        ("1 # 2", "has the character #"),
        ("1e999", "has a number that is too large"),
        ("'a\0b'", "has the character NUL"),
        ("ROUND({When})", "ROUND does not take a date"),
        ("{When} - {When}", "- does not take a date"),
        ("{When} > 3", "> does not compare a date with a number"),
        ("{Check} = 'x'", "= does not compare true or false with a text"),
        ("{When} > 'soon'", "compares a date with soon, which is none"),
        ("{Files} & ''", "& does not take what this field holds"),
        ("{When} & ''", "a date in the time zone Asia/Tokyo cannot be put in a text"),
        ("DATE_ADD({When}, 1, 'moon')", "moon is no unit of time"),
        ("DATE_ADD({When}, 1, {Text})", "an option of DATE_ADD must be a text in quotes"),
        ("DATETIME_PARSE({Text}, 'DD')", "DATETIME_PARSE reads ISO 8601 alone"),
        ("WEEKDAY({When}, 'Friday')", "weeks begin on Sunday or Monday in WEEKDAY"),
        ("WORKDAY({When}, 1, 'tomorrow')", "tomorrow is no day YYYY-MM-DD"),
    ];
    for (expression, says) in cases {
        let refused = refusal(expression, "utc");
        assert!(refused.contains(says), "{expression}: {refused}");
    }
    assert!(
        refusal("YEAR({When})", "Europe/Berlin").contains("YEAR goes by UTC, and options.timeZone is Europe/Berlin")
    );
    assert_eq!(refusal("{Number} * 2", "Europe/Berlin"), "");
    assert_eq!(refusal("DATE_ADD({When}, 1, 'hour')", "Europe/Berlin"), "");
}

#[test]
fn deep_and_long_expressions_are_refused() {
    let deep = format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(refusal(&deep, "utc").contains("is nested deeper than"));
    assert!(refusal(&format!("1{}", " + 1".repeat(4_900)), "utc").contains("has more than"));
    assert!(refusal(&"-".repeat(15_000), "utc").contains("is nested deeper than"));
    assert!(refusal(&"1".repeat(30_000), "utc").contains("20000"));
    assert_eq!(refusal(&format!("1{}", " + 1".repeat(900)), "utc"), "");
}

#[test]
fn names_become_ids_and_ids_stay() {
    let sample = Sample::new();
    let id = names::field(sample.name(ALL), FieldId(3));
    let given = format!("{{Number}} + {{{id}}} /* {{Number}} */ & '{{Number}}'");
    let expected = format!("{{{id}}} + {{{id}}} /* {{Number}} */ & '{{Number}}'");
    let found = sample.look(ALL, move |view: &mut View<'_>, shape| {
        let world = super::World { view, table: &shape.table, name: shape.name, zone: Zone::utc() };
        formula(&world, &given, &Path::default()).expect("a formula")
    });
    assert_eq!(found.expression, expected);
    assert!(found.script.contains("@2.3") && !found.script.contains("@2.4"), "{}", found.script);
}

#[test]
fn every_function_is_in_the_documents() {
    let (_, what) = crate::docs::DIFFERENCES.iter().find(|(what, _)| *what == "formulas: functions").expect("a row");
    for name in calls::names() {
        assert!(what.contains(name), "{name}");
    }
}
