//! Products and quotients in PostgreSQL, which ends a statement when one is too large, and also when one is too small to
//! be told from 0. Whether it would is found out on operands made larger or smaller by powers of two, which changes no
//! digit of the result.

use super::super::operand::Printer;
use super::Term;
use super::numbers::two_to;

impl Printer<'_> {
    /// The product of two doubles. One null counts as 0.
    pub(super) fn product(&mut self, left: &Term, right: &Term) -> String {
        let (down, up, tiny) = (two_to(-512), two_to(512), two_to(-51));
        // Of two that are smaller the product is 0, and even too small to be made larger.
        let smallest = two_to(-540);
        self.named([left, right], |[l, r]| {
            format!(
                "CASE WHEN ({l} IS NULL) <> ({r} IS NULL) THEN 0 \
                 WHEN abs({l}) >= 1 THEN CASE WHEN abs({r}) <= 1 THEN {l} * {r} \
                 WHEN abs(({l} * {down}) * ({r} * {down})) < 1 THEN {l} * {r} END \
                 WHEN abs({r}) >= 1 THEN {l} * {r} \
                 WHEN abs({l}) < {smallest} AND abs({r}) < {smallest} THEN 0 \
                 WHEN abs(({l} * {up}) * ({r} * {up})) > {tiny} THEN {l} * {r} \
                 WHEN {l} IS NOT NULL THEN 0 END"
            )
        })
    }

    /// The quotient of two doubles; null by 0 and null.
    pub(super) fn quotient(&mut self, left: &Term, right: &Term) -> String {
        let (down, up, tiny) = (two_to(-512), two_to(512), two_to(-51));
        let (smaller, larger, small) = (two_to(-600), two_to(500), two_to(-500));
        let (limit, low_limit, harmless) = (two_to(424), two_to(-76), two_to(-60));
        self.named([left, right], |[l, r]| {
            format!(
                "CASE WHEN {r} = 0 THEN NULL \
                 WHEN abs({r}) >= 1 THEN CASE WHEN abs({l}) >= 1 THEN {l} / {r} \
                 WHEN abs(({l} * {up}) / ({r} * {down})) > {tiny} THEN {l} / {r} \
                 WHEN {l} IS NOT NULL THEN 0 END \
                 WHEN abs({r}) >= {small} THEN CASE WHEN abs({l}) <= 1 THEN {l} / {r} \
                 WHEN abs(({l} * {smaller}) / {r}) < {limit} THEN {l} / {r} END \
                 WHEN abs({l}) <= {harmless} THEN {l} / {r} \
                 WHEN abs(({l} * {smaller}) / ({r} * {larger})) < {low_limit} THEN {l} / {r} END"
            )
        })
    }
}
