//! Random records for the tables of [`super::MemoryHost::sample`], and the dice for them. A seed always gives the same.

use super::{CUSTOMERS, INVOICES, ITEMS, MemoryHost};
use model::{ChoiceId, RecordAddress, RecordId, TableId, UserId, Value};

/// A source of chance that a seed determines.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        // Seeds that differ little must not begin alike; nothing may begin with 0.
        Dice((seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 16
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        (self.next() % sides.max(1) as u64) as usize
    }

    pub(super) fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.roll(of.len())]
    }

    fn maybe<T>(&mut self, value: T, nothing: T) -> T {
        if self.roll(4) == 0 { nothing } else { value }
    }
}

pub(super) const TEXTS: [&str; 10] = ["", "Ada", "ada", "Ärger", "ärger", "straße", "STRASSE", "a b", "B", "日本"];

/// The sample with other records: some of everything, a quarter of the cells empty.
pub fn random_world(seed: u64) -> MemoryHost {
    let mut host = MemoryHost::sample();
    host.memory.rows.clear();
    host.memory.next.clear();
    let mut dice = Dice::new(seed);
    let counts = [dice.roll(8), dice.roll(14), dice.roll(20)];
    let to =
        |table: TableId, record: usize| Value::Reference(RecordAddress { table, record: RecordId(record as u32 + 1) });
    for record in 1..=counts[0] as u32 {
        let born = dice.roll(900) as i32 + 19_000;
        let tags: Vec<ChoiceId> = (1..=3).filter(|_| dice.roll(2) == 0).map(ChoiceId).collect();
        let values = [
            (1, Value::text(TEXTS[dice.roll(10)])),
            (2, Value::text(TEXTS[dice.roll(10)])),
            (3, Value::text("x@example.com")),
            (4, quarters(&mut dice)),
            (5, Value::Bool(dice.roll(2) == 0)),
            (6, Value::Choice(ChoiceId(dice.roll(3) as u32 + 1))),
            (7, if tags.is_empty() { Value::Null } else { Value::Choices(tags) }),
            (8, Value::Date(born)),
            (10, Value::User(UserId(5 + dice.roll(2) as u32))),
        ];
        set(&mut host, &mut dice, CUSTOMERS, record, values.to_vec());
    }
    for record in 1..=counts[1] as u32 {
        let mut values = vec![
            (2, Value::text(TEXTS[dice.roll(10)])),
            (3, quarters(&mut dice)),
            (4, Value::Date(19_700 + dice.roll(60) as i32)),
            (5, Value::Instant((19_700 + dice.roll(60) as i64) * 86_400_000 + dice.roll(3) as i64 * 43_200_000)),
            (6, Value::Bool(dice.roll(2) == 0)),
            (9, Value::Choice(ChoiceId(dice.roll(3) as u32 + 1))),
        ];
        if counts[0] > 0 {
            values.push((1, to(CUSTOMERS, dice.roll(counts[0]))));
        }
        set(&mut host, &mut dice, INVOICES, record, values);
    }
    for record in 1..=counts[2] as u32 {
        let mut values = vec![
            (2, Value::text(TEXTS[dice.roll(10)])),
            (3, Value::Number(dice.roll(7) as f64)),
            (4, quarters(&mut dice)),
            (5, Value::Duration(dice.roll(5) as i64 * 60_000)),
            (6, Value::Time(dice.roll(24) as i64 * 3_600_000)),
            (8, Value::Number(dice.roll(6) as f64)),
        ];
        if counts[1] > 0 {
            values.push((1, to(INVOICES, dice.roll(counts[1]))));
        }
        set(&mut host, &mut dice, ITEMS, record, values);
    }
    host
}

/// Quarters add up exactly in any order.
fn quarters(dice: &mut Dice) -> Value {
    Value::Number(dice.roll(40) as f64 / 4.0 - 3.0)
}

fn set(host: &mut MemoryHost, dice: &mut Dice, table: TableId, record: u32, values: Vec<(u32, Value)>) {
    let values: Vec<(u32, Value)> =
        values.into_iter().map(|(field, value)| (field, dice.maybe(value, Value::Null))).collect();
    host.memory.set(table, record, &values);
}
