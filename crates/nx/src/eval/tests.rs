//! The evaluator over trees built by hand.

use super::{Lowering, run_with};
use crate::budget::{Budget, Limits};
use crate::ir::{Access, Depth, Kind, Node, Operator, Program, Span};
use crate::testing::{CUSTOMERS, INVOICES, MemoryHost};
use crate::types::Type;
use crate::value::Value;
use model::{FieldId, TableId};

fn node(kind: Kind) -> Node {
    Node { kind, span: Span::default(), ty: Type::Any }
}

fn field(of: Node, table: TableId, field: u32) -> Node {
    node(Kind::Field { of: Box::new(of), table, access: Access::Field(FieldId(field)) })
}

fn this() -> Node {
    node(Kind::This(Depth(0)))
}

fn number(number: f64) -> Node {
    node(Kind::Constant(Value::Number(number)))
}

fn binary(operator: Operator, left: Node, right: Node) -> Node {
    node(Kind::Binary { operator, left: Box::new(left), right: Box::new(right) })
}

fn wherever(table: TableId, condition: Node) -> Node {
    let of = Box::new(node(Kind::Select(table)));
    node(Kind::Filter { of, context: Depth(0), condition: Box::new(condition) })
}

fn program(root: Node) -> Program {
    Program { root, functions: Vec::new(), names: Vec::new(), globals: 0, writes: false, volatile: false, open: false }
}

fn both(root: Node) -> (String, Budget) {
    let program = program(root);
    let mut host = MemoryHost::sample();
    let schema = std::sync::Arc::clone(&host.memory.schema);
    let results = [Lowering::Off, Lowering::On].map(|lowering| {
        let mut budget = Budget::new(Limits::default());
        let value = run_with(&program, &mut host, None, &mut budget, lowering).expect("it runs");
        (format!("{:?}", value), budget)
    });
    drop(schema);
    let [off, on] = results;
    assert_eq!(off.0, on.0);
    on
}

#[test]
fn a_condition_that_the_store_can_test_is_one_query() {
    let (result, budget) =
        both(wherever(CUSTOMERS, binary(Operator::Greater, field(this(), CUSTOMERS, 4), number(30.0))));
    assert!(result.contains("RecordId(1)"), "{result}");
    assert_eq!((budget.spent.queries, budget.spent.tested), (1, 0));
}

#[test]
fn what_the_store_cannot_test_is_tested_over_rows_with_the_cells_it_needs() {
    // A number beside a text: only the evaluator compares these.
    let condition = binary(Operator::Less, field(this(), INVOICES, 2), number(5000.0));
    let (_, budget) = both(wherever(INVOICES, condition));
    assert_eq!((budget.spent.queries, budget.spent.tested), (1, 4));
}
