//! Sums of doubles depend on the order and the way in which they are added: SQLite adds as the evaluator but may read an
//! index, PostgreSQL adds plainly. What they give is compared within the error that such an order may have.

use crate::world::Memory;
use model::Value;
use model::evaluate;
use model::expr::{Expr, Function};
use model::filter::Operand;
use model::query::{Aggregate, Measure, Summary};

/// A share of the sum of all magnitudes: some dozens of additions lose less.
const ERROR: f64 = 1e-14;

/// The lines given, with the sums and averages of the evaluator in the place of those that are as good.
pub fn nearly(
    memory: &Memory,
    summary: &Summary,
    given: Vec<(Vec<Value>, Vec<Value>)>,
) -> Vec<(Vec<Value>, Vec<Value>)> {
    let magnitude = |measure: &Measure| {
        let cell = Expr::Cell(measure.over.clone());
        let over = Operand::expr(Expr::Call { function: Function::Absolute, arguments: vec![cell] });
        Measure { over, ..measure.clone() }
    };
    let expected = evaluate::summarize(memory, summary).unwrap_or_default();
    let mut lines = given;
    for (i, measure) in summary.measures.iter().enumerate() {
        if !matches!(measure.function, Aggregate::Sum | Aggregate::Average) {
            continue;
        }
        let magnitudes = Summary { measures: vec![magnitude(measure)], ..summary.clone() };
        // What is no number has no magnitude: it is compared as it is.
        let Ok(magnitudes) = evaluate::summarize(memory, &magnitudes) else { continue };
        for ((line, expected), (_, magnitude)) in lines.iter_mut().zip(&expected).zip(&magnitudes) {
            let near = match (&line.1[i], &expected.1[i], &magnitude[0]) {
                (Value::Number(given), Value::Number(expected), Value::Number(magnitude)) => {
                    (given - expected).abs() <= magnitude * ERROR
                }
                // On the way a sum may leave the doubles in one order, and come back in another.
                (_, _, Value::Null) => true,
                (_, _, _) => false,
            };
            if near {
                line.1[i] = expected.1[i].clone();
            }
        }
    }
    lines
}
