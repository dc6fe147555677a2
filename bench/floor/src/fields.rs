//! The columns of the one table.

use serde::Deserialize;

/// In the order in which every statement lists them.
pub const COLUMNS: [&str; 8] = ["name", "status", "revenue", "founded", "email", "active", "notes", "city"];

/// A record's fields as a client sends them: an absent one stays as it is, or is null in a new record.
#[derive(Deserialize)]
pub struct Fields {
    pub name: Option<String>,
    pub status: Option<String>,
    pub revenue: Option<f64>,
    pub founded: Option<String>,
    pub email: Option<String>,
    pub active: Option<bool>,
    pub notes: Option<String>,
    pub city: Option<String>,
}
