//! What the limiter costs a request: `cargo run --release -p edge --example limiter`.
//!
//! A request is one take when it comes and one look when it is answered. Measured alone, and on two threads whose
//! tokens share nothing, and whose token is the same.

use edge::limit::{Buckets, Key, Over, Rule, Who};
use model::time::Instant as Moment;
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: u32 = 5_000_000;
const TOKENS: u32 = 1000;
const RULE: Rule = Rule::new(1000, 1, 10_000, Over::Debt);

/// Nanoseconds for each request of one thread, whose tokens are numbered from `first`.
fn measure(buckets: &Buckets, first: u32, tokens: u32) -> f64 {
    let started = Instant::now();
    for round in 0..ROUNDS {
        // The clock goes on, so that buckets fill again and nothing is refused.
        let now = Moment(1_700_000_000_000 + i64::from(round));
        let key = Key { who: Who::Token(first + round % tokens), door: 0, rate: 0 };
        black_box(RULE.take(buckets, key, 1, now)).ok();
        black_box(RULE.standing(buckets, key, now));
    }
    started.elapsed().as_nanos() as f64 / f64::from(ROUNDS)
}

fn main() {
    let buckets = Buckets::default();
    println!("one thread, {TOKENS} tokens: {:.0} ns a request", measure(&buckets, 0, TOKENS));
    println!("one thread, one token: {:.0} ns a request", measure(&buckets, 0, 1));
    for (what, apart) in [("tokens of their own", TOKENS), ("the same token", 0)] {
        let (buckets, tokens) = (&buckets, if apart == 0 { 1 } else { TOKENS });
        let both = std::thread::scope(|scope| {
            let other = scope.spawn(move || measure(buckets, apart, tokens));
            (measure(buckets, 0, tokens), other.join().unwrap_or(f64::NAN))
        });
        println!("two threads, {what}: {:.0} and {:.0} ns a request", both.0, both.1);
    }
}
