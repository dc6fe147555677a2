//! The site: a database, with what the vendor keeps of one.

pub mod include;
pub mod managed;
pub mod object;
pub mod patch;
pub mod seo;
pub mod settings;
pub mod zone;

pub use settings::Settings;

use edge::Call;

/// The host by which a request came, without a port: what the internal domains of its sites end with.
pub fn host(call: &Call) -> String {
    let origin = call.origin();
    let host = origin.split_once("://").map_or(&*origin, |(_, host)| host);
    host.rsplit_once(':').map_or(host, |(host, _)| host).to_owned()
}
