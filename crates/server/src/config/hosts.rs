//! Hosts that may be asked although they are not public, as people write them.

use outbound::Hosts;
use serde::de::{Deserialize, Deserializer, Error};
use std::str::FromStr;

/// `"127.0.0.1:9999, files.internal"`, in a file also a list of texts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HostList(pub Hosts);

impl FromStr for HostList {
    type Err = String;

    fn from_str(text: &str) -> Result<HostList, String> {
        text.parse().map(HostList)
    }
}

impl<'de> Deserialize<'de> for HostList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HostList, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            List(Vec<String>),
        }
        let text = match Written::deserialize(deserializer)? {
            Written::Text(text) => text,
            Written::List(list) => list.join(","),
        };
        text.parse().map_err(D::Error::custom)
    }
}
