//! What all doors share over HTTP: reading requests, writing JSON, and the one layer around every door.
//!
//! A door is a [`door::Door`]: a list of [`endpoint::Endpoint`]s, a router made of it with [`endpoint::Routes`], and
//! its shape of an error. Its handlers take a [`call::Call`] and give an [`call::Answer`]; what goes wrong is a
//! [`model::Error`] behind `?`, which [`mount`] renders in the door's shape. No dialect's word is known here.

mod address;
mod admission;
mod around;
pub mod auth;
pub mod body;
pub mod buffer;
pub mod call;
pub mod door;
pub mod endpoint;
pub mod etag;
pub mod file;
pub mod incoming;
pub mod json;
pub mod limit;
pub mod metrics;
pub mod mount;
pub mod multipart;
pub mod openapi;
pub mod origin;
pub mod params;
mod path;
mod request_id;
pub mod respond;
pub mod settings;
mod spool;

pub use auth::{Presented, bearer, cookie};
pub use buffer::Spill;
pub use call::{Answer, Call, Failure};
pub use door::Door;
pub use endpoint::{Endpoint, Routes};
pub use incoming::Incoming;
pub use mount::{Mounted, mount, mount_routers};
pub use multipart::Multipart;
pub use params::Params;
pub use settings::Settings;
pub use spool::Spool;
