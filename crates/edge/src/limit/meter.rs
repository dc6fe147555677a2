//! What one request is measured by, and what its answer says of it.

use super::bucket::Standing;
use super::buckets::Key;
use super::plan::Rules;
use axum::http::{HeaderMap, HeaderName, StatusCode};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The bucket and the rules of a request whose sender is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Meter {
    pub(super) key: Key,
    pub(super) rules: Rules,
}

/// Says on an answer how its sender stands. Nothing left is not said on a success: a published client of a dialect
/// never asks again once it has read that.
pub(crate) fn say(headers: &mut HeaderMap, status: StatusCode, standing: Standing) {
    headers.insert(LIMIT, standing.limit.into());
    if standing.remaining > 0 || !status.is_success() {
        headers.insert(REMAINING, standing.remaining.into());
    }
    headers.insert(RESET, standing.reset.into());
}
