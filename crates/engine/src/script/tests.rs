//! What no door can show: the host itself refuses to write.

use super::{Reading, ScriptPlace};
use crate::access::FirstStart;
use crate::ports::Ports;
use crate::{Engine, Weight, WriteContext};
use model::change::{Change, NewField, NewRecord, NewTable};
use model::kind::Kind;
use model::kind::line::Line;
use model::{Actor, TableId};
use std::sync::Arc;
use testbed::Bed;

#[tokio::test(flavor = "multi_thread")]
async fn s26_a_host_that_reads_refuses_to_write_whatever_the_script_was_checked_for() {
    let bed = Bed::new();
    let engine = Engine::open(bed.store(), Ports::system()).expect("an engine");
    let owner = FirstStart { name: "Owner", email: "a@example.com", password: "correct-horse-7", token: None };
    let made = engine.first_start(owner).expect("a start").expect("things");
    let actor = Arc::new(Actor::local(Some(made.user)));
    let fields = vec![NewField::of("Name", Kind::Line(Line::default()))];
    let table = NewTable { name: "Kept".to_owned(), fields, ..NewTable::default() };
    let plan = move |_: &mut crate::View<'_>| {
        let records = vec![NewRecord::default()];
        Ok(vec![
            Change::CreateTable { table: Box::new(table.clone()) },
            Change::CreateRecords { table: TableId(1), records },
        ])
    };
    engine.write(&actor, made.database, WriteContext::default(), plan, |_, _| Ok(())).await.expect("a table");
    for script in ["create Kept", "delete first(select Kept)", "delete (select Kept)", "duplicate(first(select Kept))"]
    {
        let ask = move |view: &mut crate::View<'_>| {
            let program = nx::compile(script, &view.catalog.schema, nx::Setting::EXEC).expect("it may write");
            let mut host = Reading::new(view, ScriptPlace::default());
            let mut budget = nx::Budget::new(nx::Limits::default());
            Ok(nx::run(&program, &mut host, None, &mut budget).expect_err(script).fault)
        };
        let fault = engine.read(&actor, made.database, Weight::Scan, ask).await.expect("a read");
        assert!(matches!(&fault, nx::Fault::Host(error) if error.to_string().contains("may only read")), "{fault:?}");
    }
    let count = |view: &mut crate::View<'_>| view.count(&model::Query::table(TableId(1)));
    assert_eq!(engine.read(&actor, made.database, Weight::Scan, count).await.expect("a count"), 1);
}
