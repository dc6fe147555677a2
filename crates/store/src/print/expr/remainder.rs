//! Remainders of doubles, exact: of a large number and a small one the quotient has more digits than a double.

use super::super::operand::Printer;
use super::Term;
use super::numbers::two_to;
use crate::flavor::Flavor;

/// Whole numbers below this are exact.
const WHOLE: i64 = 1 << 53;
/// The bits of a double behind its exponent.
const FRACTION: i64 = (1 << 52) - 1;

impl Printer<'_> {
    /// The remainder with the sign of the left side; null by 0 and null. Null on the left counts as 0.
    pub(super) fn remainder(&mut self, left: &Term, right: &Term) -> String {
        match self.flavor {
            Flavor::Sqlite => format!("mt_remainder(coalesce({}, 0.0), {})", left.sql, right.sql),
            Flavor::Postgres => {
                let alias = self.alias();
                self.named([left, right], |[l, r]| {
                    let exact = of_bits(&alias, &l, &r);
                    format!(
                        "CASE WHEN {r} = 0 OR {r} IS NULL THEN NULL WHEN {l} IS NULL THEN 0 \
                         WHEN abs({l}) < abs({r}) THEN {l} \
                         WHEN abs({l}) < {WHOLE} THEN CASE WHEN {l} = trunc({l}) AND {r} = trunc({r}) \
                         THEN ({l}::bigint % {r}::bigint)::double precision ELSE {exact} END \
                         ELSE {exact} END"
                    )
                })
            }
        }
    }
}

/// The remainder from the bits of both numbers, of which the left one is not smaller: as whole numbers of any length
/// times a power of two.
fn of_bits(alias: &str, l: &str, r: &str) -> String {
    let bits = |x: &str| format!("('x' || encode(float8send(abs({x})), 'hex'))::bit(64)::bigint");
    // What is closest to 0 has no bit before its fraction.
    let fraction =
        |bits: &str| format!("({bits} & {FRACTION}) + CASE WHEN {bits} > {FRACTION} THEN {} ELSE 0 END", FRACTION + 1);
    let exponent = |bits: &str| format!("(greatest({bits} >> 52, 1) - 1075)");
    let (down, back) = (two_to(-100), 100);
    format!(
        "(SELECT sign({l}) * CASE WHEN {alias}.e < 0 \
         THEN {alias}.n * power(2::double precision, {alias}.e + {back}) * {down} \
         ELSE {alias}.n * power(2::double precision, {alias}.e) END \
         FROM (SELECT {er}::double precision AS e, \
         mod(({fl})::numeric * power(2::numeric, {el} - {er}), ({fr})::numeric)::double precision AS n \
         FROM (SELECT {bl} AS l, {br} AS r OFFSET 0) AS {alias}b OFFSET 0) AS {alias})",
        er = exponent(&format!("{alias}b.r")),
        el = exponent(&format!("{alias}b.l")),
        fl = fraction(&format!("{alias}b.l")),
        fr = fraction(&format!("{alias}b.r")),
        bl = bits(l),
        br = bits(r),
    )
}
