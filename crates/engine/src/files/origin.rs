//! By which address a request reached the server: addresses in its answer begin so.
//!
//! It is known where requests come in and wanted where answers are written, deep inside a read or write; every scope of
//! a request carries it.

use std::sync::Arc;

tokio::task_local! {
    static ORIGIN: Arc<str>;
}

/// Runs what a request does; addresses in its answer begin with `origin` (`https://data.example.com`).
pub async fn reached_at<T>(origin: Arc<str>, request: impl Future<Output = T>) -> T {
    ORIGIN.scope(origin, request).await
}

/// The address by which the running request came; empty outside a request.
pub(crate) fn origin() -> Arc<str> {
    ORIGIN.try_with(Clone::clone).unwrap_or_else(|_| Arc::from(""))
}
