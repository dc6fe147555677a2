//! What is kept of a site that the core has no word for: an entry of the bag of the database's settings.

use crate::field::DOOR;
use crate::site::zone;
use engine::View;
use model::time::Zone;
use model::{Bag, Json};
use serde::{Deserialize, Serialize};
use serde_json::Map;

/// A new site's zone and hue (facts 2, "GET /site").
const ZONE: &str = "Europe/London";
const HUE: u16 = 190;

/// The entry of the bag.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// As it was given: an IANA name, or the city alone.
    pub timezone: String,
    pub theme_hue: u16,
    pub no_index: bool,
    pub favicon: Json,
    /// By code of locale.
    pub global_seo: Map<String, Json>,
    pub ssg: Option<String>,
    pub frontend_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            timezone: ZONE.to_owned(),
            theme_hue: HUE,
            no_index: false,
            favicon: Json::Null,
            global_seo: Map::new(),
            ssg: None,
            frontend_url: None,
        }
    }
}

impl Settings {
    /// What is kept of a site.
    pub fn of(view: &View<'_>) -> Settings {
        let kept = view.schema().settings.bag.get(DOOR);
        kept.and_then(|kept| Settings::deserialize(kept).ok()).unwrap_or_default()
    }

    /// As an entry of a bag.
    pub fn to_bag(&self) -> Bag {
        Bag::from([(DOOR.to_owned(), serde_json::to_value(self).unwrap_or_default())])
    }

    /// The zone that moments are shown in.
    pub fn zone(&self) -> Zone {
        zone::find(&self.timezone).unwrap_or_default()
    }
}
