//! Judging values: each at its change, and at the end of a write what can only be judged then.

pub mod deferred;
pub mod values;
