//! Any tree, printed and read again, is the same tree.

use super::sources::read;
use nx::ir::{Operator, Span};
use nx::syntax::ast::{Block, Expr, ExprKind, Name, Piece};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::sync::Arc;

fn node(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

fn name() -> BoxedStrategy<Name> {
    let text = prop_oneof!["[a-zA-Z_][a-z0-9_]{0,5}", "(end|if|by|Order)", "[a-z'\"{} ]{1,6}", "[äß日]x?"];
    text.prop_map(|text| Name { text: text.into(), span: Span::default() }).boxed()
}

/// A text that can be written: one with a backslash before `n`, `t` or `r` cannot.
fn text() -> BoxedStrategy<Arc<str>> {
    "[a-m \"'{}\n\t\\\\;-]{0,8}".prop_map(|text| text.into()).boxed()
}

fn leaf() -> impl Strategy<Value = Expr> {
    prop_oneof![
        Just(ExprKind::Null),
        any::<bool>().prop_map(ExprKind::Bool),
        (0.0..1e6_f64).prop_map(ExprKind::Number),
        (0_u32..50).prop_map(|n| ExprKind::Number(f64::from(n))),
        any::<f64>().prop_map(|n| if n.is_finite() { ExprKind::Number(n.abs()) } else { ExprKind::Null }),
        text().prop_map(ExprKind::Text),
        Just(ExprKind::This),
        name().prop_map(ExprKind::Name),
        name().prop_map(|table| ExprKind::Select { table }),
        name().prop_map(|table| ExprKind::Create { table }),
    ]
    .prop_map(node)
}

fn operator() -> impl Strategy<Value = Operator> {
    prop::sample::select(vec![
        Operator::Add,
        Operator::Subtract,
        Operator::Multiply,
        Operator::Divide,
        Operator::Remainder,
        Operator::Equal,
        Operator::NotEqual,
        Operator::Less,
        Operator::LessOrEqual,
        Operator::Greater,
        Operator::GreaterOrEqual,
        Operator::Like,
    ])
}

/// Statements over expressions.
fn block(expr: BoxedStrategy<Expr>) -> BoxedStrategy<Block> {
    let of = move || expr.clone().prop_map(Box::new).boxed();
    let statement = prop_oneof![
        6 => of().prop_map(|expr| *expr),
        1 => (name(), of()).prop_map(|(name, value)| node(ExprKind::Let { name, value })),
        1 => Just(node(ExprKind::Break)),
        1 => (name(), vec(name(), 0..3), vec(of(), 0..3)).prop_map(|(name, parameters, body)| {
            node(ExprKind::Function { name, parameters, body: plain(body.into_iter().map(|e| *e).collect()) })
        }),
    ];
    vec(statement, 0..3).prop_map(plain).boxed()
}

fn plain(statements: Vec<Expr>) -> Block {
    Block { statements, span: Span::default() }
}

/// A block in parentheses; around one expression there are none.
fn parenthesised(block: Block) -> Expr {
    match block.statements.as_slice() {
        [only] if !matches!(only.kind, ExprKind::Let { .. } | ExprKind::Function { .. } | ExprKind::Break) => {
            only.clone()
        }
        _ => node(ExprKind::Block(block)),
    }
}

/// A template as the lexer gives it: no empty text, none beside another, none that would end early.
fn template(pieces: Vec<(String, Block)>, last: String) -> ExprKind {
    let text = |text: String| (!text.is_empty()).then(|| Piece::Text(text.into()));
    let mut all: Vec<Piece> =
        pieces.into_iter().flat_map(|(before, block)| text(before).into_iter().chain([Piece::Block(block)])).collect();
    all.extend(text(last));
    ExprKind::Template(all)
}

fn expr() -> BoxedStrategy<Expr> {
    let tree = leaf().prop_recursive(5, 60, 4, |inner| {
        let inner = inner.boxed();
        let of = || inner.clone().prop_map(Box::new).boxed();
        let block = || block(inner.clone());
        let operators = prop_oneof![
            (operator(), of(), of()).prop_map(|(operator, left, right)| ExprKind::Binary { operator, left, right }),
            (of(), of()).prop_map(|(a, b)| ExprKind::And(a, b)),
            (of(), of()).prop_map(|(a, b)| ExprKind::Or(a, b)),
            of().prop_map(ExprKind::Not),
            of().prop_map(ExprKind::Negate),
            of().prop_map(ExprKind::Delete),
            (of(), of()).prop_map(|(of, key)| ExprKind::Order { of, key }),
            (of(), name(), of()).prop_map(|(of, name, value)| {
                ExprKind::Assign { target: Box::new(node(ExprKind::Path { of, name })), value }
            }),
            (name(), of())
                .prop_map(|(name, value)| { ExprKind::Assign { target: Box::new(node(ExprKind::Name(name))), value } }),
        ];
        let operands = prop_oneof![
            (of(), name()).prop_map(|(of, name)| ExprKind::Path { of, name }),
            (of(), block()).prop_map(|(of, body)| ExprKind::Map { of, body }),
            (of(), block()).prop_map(|(of, condition)| ExprKind::Filter { of, condition }),
            (name(), of()).prop_map(|(table, condition)| {
                ExprKind::Where { of: Box::new(node(ExprKind::Select { table })), condition }
            }),
            (name(), vec(inner.clone(), 0..3)).prop_map(|(name, arguments)| ExprKind::Call { name, arguments }),
            vec(inner.clone(), 0..3).prop_map(ExprKind::Array),
            vec((text(), inner.clone()), 0..3).prop_map(|entries| {
                ExprKind::Object(entries.into_iter().filter(|(key, _)| !key.is_empty()).collect())
            }),
            (vec(("[a-z }\"'\n]{0,4}", block()), 0..3), "[a-z }\"']{0,4}").prop_map(|(p, last)| template(p, last)),
            block().prop_map(|block| parenthesised(block).kind),
        ];
        let control = prop_oneof![
            (of(), block(), option::of(block()))
                .prop_map(|(condition, then, otherwise)| { ExprKind::If { condition, then, otherwise } }),
            (of(), vec((inner.clone(), block()), 0..3), option::of(block()))
                .prop_map(|(subject, cases, default)| ExprKind::Switch { subject, cases, default }),
            (name(), of(), block()).prop_map(|(name, of, body)| ExprKind::ForEach { name, of, body }),
            (name(), of(), of(), option::of(of()), block())
                .prop_map(|(name, from, to, step, body)| { ExprKind::ForRange { name, from, to, step, body } }),
            (of(), block()).prop_map(|(condition, body)| ExprKind::While { condition, body }),
            block().prop_map(|body| ExprKind::Do { r#as: None, body }),
        ];
        prop_oneof![operators.boxed(), operands.boxed(), control.boxed()].prop_map(node).boxed()
    });
    tree.boxed()
}

proptest! {
    #[test]
    fn a_printed_tree_is_read_as_the_same_tree(tree in block(expr())) {
        let printed = tree.to_string();
        prop_assert_eq!(read(&printed), Ok(tree), "{}", printed);
    }
}
