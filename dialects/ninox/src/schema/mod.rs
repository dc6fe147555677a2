//! Databases as `GET …/databases/{databaseId}` describes them and `PATCH …/schema` changes them (facts 2, 11).

pub mod kinds;
pub mod patch;
pub mod read;
pub mod views;
pub mod wanted;
