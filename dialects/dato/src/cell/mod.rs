//! Cells: between values of the core and the JSON of this door (facts 2, "Field types").

pub mod decode;
pub mod encode;
pub mod files;
pub mod values;

use model::DatabaseId;
use model::time::Zone;

/// What cells are read and written with.
#[derive(Clone, Debug)]
pub struct World {
    /// Where moments are shown.
    pub zone: Zone,
    /// The site, which the paths of its files begin with.
    pub site: DatabaseId,
}
