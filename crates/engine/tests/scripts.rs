//! Scripts over a database: what they read and write, and by whose rights.

mod script_support;

use engine::{Standing, UndoOutcome};
use model::access::{Grants, Reach};
use model::change::{Change, FieldPatch, Patch, TablePatch};
use model::field::DefaultValue;
use model::{Ability, AbilitySet, Actor, Error, Role, Value};
use script_support::*;
use serde_json::json;
use std::sync::Arc;

fn price(number: f64, paid: bool) -> [(model::FieldId, Value); 2] {
    [(PRICE, Value::Number(number)), (PAID, Value::Bool(paid))]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_reads_what_other_doors_wrote() {
    let bench = bench().await;
    bench.create(INVOICES, &[&price(10.0, true), &price(20.0, false), &price(30.0, true)]).await;
    for (script, result) in [
        ("sum((select Invoices where Paid).Price)", json!(40)),
        ("cnt(select Invoices)", json!(3)),
        ("select Invoices where Price > 15", json!(["B2", "B3"])),
        ("let total := 0; for i in select Invoices do total := total + i.Price end; total", json!(60)),
        ("first(select Invoices order by -Price).Price", json!(30)),
        ("(select Invoices where Price = 99).Title", json!([])),
    ] {
        assert_eq!(bench.query(script).await.expect(script), result, "{script}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_cannot_write_and_says_where() {
    let bench = bench().await;
    for script in ["create Invoices", "let a := 1;\n delete (select Invoices)", "(select Invoices).(Price := 1)"] {
        let refused = bench.query(script).await.expect_err(script);
        assert!(matches!(&refused, Error::Script { line, .. } if *line >= 1), "{script}: {refused:?}");
    }
    assert_eq!(bench.query("cnt(select Invoices)").await.expect("a count"), json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn exec_is_one_write_that_undo_takes_back() {
    let bench = bench().await;
    let script = "let c := create Customers; c.Name := \"Acme\"; \
                  for i in range(3) do let v := create Invoices; v.Customer := c; v.Price := i end; \
                  [cnt(select Invoices), sum(c.Invoices.Price)]";
    assert_eq!(bench.exec(script).await.expect("it runs"), json!([3, 3]), "later statements see earlier writes");
    assert_eq!(bench.query("cnt(select Invoices where Customer.Name = \"Acme\")").await.expect("a count"), json!(3));
    assert!(matches!(bench.undo().await.expect("an undo"), UndoOutcome::Fulfilled(_)));
    assert_eq!(bench.query("[cnt(select Invoices), cnt(select Customers)]").await.expect("counts"), json!([0, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn exec_leaves_nothing_when_it_fails() {
    let bench = bench().await;
    let failing = "let v := create Invoices; v.Price := 1; parseJSON(\"{\")";
    assert!(matches!(bench.exec(failing).await, Err(Error::Script { .. })));
    assert_eq!(bench.query("cnt(select Invoices)").await.expect("a count"), json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn validators_hold_for_scripts_and_are_judged_at_the_end() {
    let bench = bench().await;
    let mut field = text_field("Number");
    field.validators = vec![model::Validator::Required, model::Validator::Unique];
    bench.add_field(CUSTOMERS, field).await.expect("a field");
    bench.exec("let c := create Customers; c.Number := \"1\"").await.expect("filled before the end");
    assert!(matches!(bench.exec("create Customers").await, Err(Error::Invalid(_))), "required");
    let twice = bench.exec("let c := create Customers; c.Number := \"1\"").await;
    assert!(matches!(twice, Err(Error::Invalid(_))), "unique: {twice:?}");
    assert_eq!(bench.query("cnt(select Customers)").await.expect("a count"), json!(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runaway_script_is_stopped() {
    let bench = bench().await;
    let stopped = bench.query("let i := 0; while true do i := i + 1 end").await.expect_err("a budget");
    assert!(matches!(&stopped, Error::Script { .. }), "{stopped:?}");
    let deep = bench.query("function f(n) do f(n + 1) end; f(0)").await.expect_err("a budget");
    assert!(matches!(&deep, Error::Script { .. }), "{deep:?}");
    assert_eq!(bench.query("1 + 1").await.expect("the next one runs"), json!(2));
}

/// Somebody with a role on the database who may not see one field of the invoices.
fn restricted(bench: &Bench, hidden: bool) -> Arc<Actor> {
    let mut grants = Grants::default();
    grants.databases.insert(bench.database, Role::Edit);
    if hidden {
        grants.fields.insert((bench.database, INVOICES, PRICE), Role::None);
        grants.tables.insert((bench.database, CUSTOMERS), Role::None);
    }
    Arc::new(Actor {
        user: bench.actor.user,
        credential: model::access::Credential::Session,
        abilities: AbilitySet::of(Ability::ALL),
        reach: Reach::All,
        grants: Arc::new(grants),
        administrator: false,
        rate: None,
        profile: None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_sees_exactly_what_its_actor_may_see() {
    let bench = bench().await;
    bench.create(CUSTOMERS, &[&[(NAME, Value::text("Acme"))]]).await;
    bench.create(INVOICES, &[&[(PRICE, Value::Number(1.0)), (CUSTOMER, customer(1))]]).await;
    let (all, some) = (restricted(&bench, false), restricted(&bench, true));
    assert_eq!(bench.query_as(&all, "(select Invoices).Price").await.expect("seen"), json!([1]));
    for script in [
        "(select Invoices).Price",
        "cnt(select Invoices where Price > 0)",
        "first(select Invoices).Customer.Name",
        "select Customers",
        "record(Customers, 1)",
        "get(first(select Invoices), \"Price\")",
    ] {
        let hidden = bench.query_as(&some, script).await;
        let is_hidden = matches!(&hidden, Err(_) | Ok(serde_json::Value::Null));
        assert!(is_hidden, "{script}: {hidden:?}");
    }
    let unknown = bench.query_as(&some, "(select Invoices).Price").await.expect_err("hidden").to_string();
    let missing = bench.query_as(&some, "(select Invoices).Prixe").await.expect_err("missing").to_string();
    assert_eq!(unknown.replace("Price", "X"), missing.replace("Prixe", "X"), "hidden and missing are told alike");
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_run_in_the_write_that_causes_them() {
    let bench = bench().await;
    let patch = TablePatch {
        after_create: Patch::Set("Title := \"new\"; Quantity := 1".to_owned()),
        after_update: Patch::Set("if Price > 100 then Paid := true end".to_owned()),
        ..TablePatch::default()
    };
    bench.write(vec![Change::EditTable { table: INVOICES, patch: Box::new(patch) }]).await.expect("triggers");
    bench.create(INVOICES, &[&[(PRICE, Value::Number(1.0))]]).await;
    assert_eq!(
        bench.query("first(select Invoices).{ t: Title, q: Quantity }").await.expect("it"),
        json!([{"t": "new", "q": 1}]).get(0).cloned().expect("one")
    );
    bench.set(INVOICES, 1, PRICE, Value::Number(500.0)).await;
    assert_eq!(bench.query("first(select Invoices).Paid").await.expect("it"), json!(true));
    bench.undo().await.expect("an undo");
    assert_eq!(bench.query("first(select Invoices).Paid").await.expect("it"), json!(null), "one write, one undo");
    bench.exec("let v := create Invoices; v.Price := 1").await.expect("a script");
    let titles = bench.query("(select Invoices).Title").await.expect("titles");
    assert_eq!(titles, json!(["new", null]), "what scripts write runs none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_that_fails_refuses_the_write() {
    let bench = bench().await;
    let patch = TablePatch { after_create: Patch::Set("parseJSON(Title)".to_owned()), ..TablePatch::default() };
    bench.write(vec![Change::EditTable { table: INVOICES, patch: Box::new(patch) }]).await.expect("a trigger");
    let record = model::change::NewRecord {
        values: vec![(model::Slot::plain(TITLE), Value::text("{"))],
        ..model::change::NewRecord::default()
    };
    let refused = bench.write(vec![Change::CreateRecords { table: INVOICES, records: vec![record] }]).await;
    assert!(matches!(refused, Err(Error::Script { .. })), "{refused:?}");
    assert_eq!(bench.query("cnt(select Invoices)").await.expect("a count"), json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_do_everything_saves_scripts_that_run_for_others() {
    let bench = bench().await;
    let mut grants = Grants::default();
    grants.databases.insert(bench.database, Role::Manage);
    grants.fields.insert((bench.database, INVOICES, PRICE), Role::None);
    let actor = Arc::new(Actor { grants: Arc::new(grants), ..Actor::clone(&restricted(&bench, false)) });
    let patch = TablePatch { after_create: Patch::Set("Quantity := 1".to_owned()), ..TablePatch::default() };
    let change = Change::EditTable { table: INVOICES, patch: Box::new(patch) };
    let context = engine::WriteContext::default();
    let plan = move |_: &mut engine::View<'_>| Ok(vec![change.clone()]);
    let refused = bench.engine.write(&actor, bench.database, context, plan, |_, _| Ok(())).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_default_may_be_a_script() {
    let bench = bench().await;
    let patch = FieldPatch {
        default: Patch::Set(DefaultValue::Script("cnt(select Invoices) + 1".to_owned())),
        ..FieldPatch::default()
    };
    bench
        .write(vec![Change::EditField { table: INVOICES, field: QUANTITY, patch: Box::new(patch) }])
        .await
        .expect("it");
    bench.create(INVOICES, &[&[]]).await;
    bench.create(INVOICES, &[&[]]).await;
    assert_eq!(bench.column(INVOICES, QUANTITY).await, [Value::Number(1.0), Value::Number(2.0)]);
}

/// The filter that a script is to an actor.
async fn filter_as(
    bench: &Bench,
    actor: &Arc<Actor>,
    script: &str,
    standing: Standing,
) -> Result<model::Filter, Error> {
    let script = script.to_owned();
    let ask = move |view: &mut engine::View<'_>| {
        view.script_filter(INVOICES, &script, standing, &model::error::Path::of("script"))
    };
    bench.engine.read(actor, bench.database, engine::Weight::Scan, ask).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_in_words_sees_exactly_what_its_actor_may_see() {
    let bench = bench().await;
    let (all, some) = (restricted(&bench, false), restricted(&bench, true));
    for script in
        ["Price > 3", "Customer.Name = \"Acme\"", "Quantity > cnt(select Customers)", "Quantity > 1 and Price > 3"]
    {
        assert!(filter_as(&bench, &all, script, Standing::Once).await.is_ok(), "{script}");
        let hidden = filter_as(&bench, &some, script, Standing::Once).await;
        assert!(matches!(hidden, Err(Error::Invalid(_))), "{script}: {hidden:?}");
    }
    let unknown = filter_as(&bench, &some, "Price > 3", Standing::Once).await.expect_err("hidden").to_string();
    let missing = filter_as(&bench, &some, "Prixe > 3", Standing::Once).await.expect_err("missing").to_string();
    assert_eq!(unknown.replace("Price", "X"), missing.replace("Prixe", "X"), "hidden and missing are told alike");
    assert!(filter_as(&bench, &some, "get(this, \"Price\") > 3", Standing::Once).await.is_err(), "not by another way");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_in_words_never_writes_and_a_saved_one_means_the_same_to_everybody() {
    let bench = bench().await;
    for script in ["Price := 3", "delete this", "create Invoices", "(select Invoices).(Price := 1)"] {
        let refused = filter_as(&bench, &bench.actor, script, Standing::Once).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{script}: {refused:?}");
    }
    for script in ["_cd < now()", "Price > random()", "Price > avg((select Invoices).Price)", "_cu = user()"] {
        assert!(filter_as(&bench, &bench.actor, script, Standing::Saved).await.is_err(), "{script}");
    }
    assert!(filter_as(&bench, &bench.actor, "_cd < now()", Standing::Once).await.is_ok());
    assert!(filter_as(&bench, &bench.actor, "Price > 3 and Customer.Discount > 0", Standing::Saved).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_script_is_not_shown_to_who_may_not_see_what_it_names() {
    let bench = bench().await;
    let (all, some) = (restricted(&bench, false), restricted(&bench, true));
    for (kept, shown) in [("@2.2 > 3", None), ("@2.3 > 3", Some("Quantity > 3")), ("@2.99 > 3", Some("@2.99 > 3"))] {
        for (actor, sees_all) in [(&all, true), (&some, false)] {
            let ask = move |view: &mut engine::View<'_>| Ok(view.script_shown(kept));
            let found = bench.engine.read(actor, bench.database, engine::Weight::Scan, ask).await.expect("a look");
            let expected = if sees_all { shown.or(Some("Price > 3")) } else { shown };
            assert_eq!(found.as_deref(), expected, "{kept}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_formula_reads_nothing_by_another_way_that_its_author_may_not_see() {
    let bench = bench().await;
    bench.create(INVOICES, &[&[(PRICE, Value::Number(7.0))]]).await;
    let mut grants = Grants::default();
    grants.databases.insert(bench.database, Role::Manage);
    grants.fields.insert((bench.database, INVOICES, PRICE), Role::None);
    let actor = Arc::new(Actor { grants: Arc::new(grants), ..Actor::clone(&restricted(&bench, false)) });
    let save = async |script: &str| {
        let field = formula_field("Spy", script);
        let change = Change::CreateField { table: INVOICES, field: Box::new(field), at: None };
        let plan = move |_: &mut engine::View<'_>| Ok(vec![change.clone()]);
        let context = engine::WriteContext::default();
        bench.engine.write(&actor, bench.database, context, plan, |_, _| Ok(())).await
    };
    for script in [
        "Price",
        "get(this, \"Price\")",
        "(select Invoices).(get(this, \"Price\"))",
        "let all := array(select Invoices, 1); first(all).Price",
        "array(select Invoices, 1).(Price)",
    ] {
        let refused = save(script).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{script}: {refused:?}");
    }
    save("parseJSON(\"{}\") = null or Quantity > 1").await.expect("what names no field by chance");
}
