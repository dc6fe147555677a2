//! Every route of the DatoCMS door as a request that would succeed: what tests of rights walk over.

use super::dato::Site;
use edge::Door;
use serde_json::{Value, json};
use testkit::client::{Client, Reply};

/// Method, path and body of each route; names in braces are filled from [`Ids`].
const ROWS: &[(&str, &str, &str)] = &[
    ("GET", "/site", ""),
    ("PUT", "/site", r#"{"data":{"attributes":{"theme_hue":7}}}"#),
    ("GET", "/menu-items", ""),
    ("GET", "/menu-items/{menu_item_id}", ""),
    ("POST", "/menu-items", r#"{"data":{"attributes":{"label":"New"}}}"#),
    ("PUT", "/menu-items/{menu_item_id}", r#"{"data":{"attributes":{"label":"Renamed"}}}"#),
    ("GET", "/item-types", ""),
    ("GET", "/item-types/{item_type_id}", ""),
    ("POST", "/item-types", r#"{"data":{"attributes":{"name":"New","api_key":"new"}}}"#),
    ("PUT", "/item-types/{item_type_id}", r#"{"data":{"attributes":{"name":"Renamed"}}}"#),
    ("GET", "/item-types/{item_type_id}/fields", ""),
    (
        "POST",
        "/item-types/{item_type_id}/fields",
        r#"{"data":{"attributes":{"label":"New","field_type":"string","api_key":"new"}}}"#,
    ),
    ("GET", "/fields/{field_id}", ""),
    ("PUT", "/fields/{field_id}", r#"{"data":{"attributes":{"hint":"changed"}}}"#),
    ("GET", "/items", ""),
    ("GET", "/items/{item_id}", ""),
    ("POST", "/items/{item_id}/validate", r#"{"data":{"attributes":{"title":"judged"}}}"#),
    ("PUT", "/items/{item_id}", r#"{"data":{"attributes":{"title":"changed"}}}"#),
    ("POST", "/items/validate", NEW_ITEM),
    ("POST", "/items", NEW_ITEM),
    ("DELETE", "/items/{item_id}", ""),
    ("DELETE", "/fields/{field_id}", ""),
    ("DELETE", "/menu-items/{menu_item_id}", ""),
    ("DELETE", "/item-types/{item_type_id}", ""),
];

const NEW_ITEM: &str = r#"{"data":{"type":"item","attributes":{"title":"new"},
    "relationships":{"item_type":{"data":{"type":"item_type","id":"{item_type_id}"}}}}}"#;

/// Routes that anybody may ask.
const OPEN: &[&str] = &["hyper-schema"];

/// Routes about people, files and deploys, whose rights `journey_dato_people`, `_files` and `_deploys` tell apart: who only
/// reads is refused by some that read.
const ELSEWHERE: &[&str] = &[
    "create session",
    "create user",
    "update user",
    "list users",
    "show user",
    "reset password",
    "delete user",
    "deploy site",
    "list deploy events",
    "show deploy event",
    "tell deploy result",
    "create upload request",
    "send upload",
    "read asset",
    "create upload",
    "update upload",
    "list uploads",
    "show upload",
    "delete upload",
];

/// A route with what it needs to be asked.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub name: &'static str,
    pub method: &'static str,
    pub path: &'static str,
    body: &'static str,
}

/// The ids that stand in addresses and bodies.
#[derive(Clone, Debug)]
pub struct Ids {
    pub item_type: String,
    pub field: String,
    pub item: String,
    pub menu_item: String,
}

/// Every route, those that end something last.
pub fn all() -> Vec<Route> {
    let routes = ROWS.iter().filter_map(|(method, path, body)| {
        let found = dato::Dato.endpoints().iter().find(|e| e.method.as_str() == *method && e.path == *path)?;
        Some(Route { name: found.name, method, path, body })
    });
    routes.collect()
}

/// Routes of the door for which there is no row, and rows that are no routes.
pub fn unmatched() -> Vec<String> {
    let routes = all();
    let known = |name: &str| routes.iter().any(|r| r.name == name) || OPEN.contains(&name) || ELSEWHERE.contains(&name);
    let missing = dato::Dato.endpoints().iter().filter(|e| !known(e.name)).map(|e| e.name.to_owned());
    missing.chain((routes.len() < ROWS.len()).then(|| "a row is no route".to_owned())).collect()
}

impl Route {
    /// Whether it needs more than the right to read.
    pub fn writes(&self) -> bool {
        self.method != "GET"
    }

    /// Whether its address or body names something.
    pub fn names_something(&self) -> bool {
        self.path.contains('{') || self.body.contains("_id}")
    }

    /// Asks below a prefix, on a connection of its own: a refused body may be left unread on it.
    pub fn ask(&self, client: &Client, prefix: &str, ids: &Ids) -> Reply {
        let body = Some(ids.fill(self.body)).filter(|body| !body.is_empty());
        client.send(self.method, &format!("{prefix}{}", ids.fill(self.path)), &[("connection", "close")], body)
    }
}

impl Ids {
    /// An item type with a field and an item, and its item of the menu.
    pub fn make(site: &Site) -> Ids {
        let item_type = site.item_type("post", json!({}));
        let field = site.field(&item_type, "title", "string", json!({}));
        let item = site.item(&item_type, json!({"title": "kept"}));
        let menu_item = site.get("/menu-items")["data"][0]["id"].as_str().expect("an id").to_owned();
        Ids { item_type, field, item, menu_item }
    }

    /// Ids of nothing.
    pub fn nothing() -> Ids {
        let far = |n: u64| ((99 << 32) + n).to_string();
        Ids { item_type: "99".to_owned(), field: far(1), item: far(1), menu_item: "99".to_owned() }
    }

    fn fill(&self, text: &str) -> String {
        let pairs = [
            ("{item_type_id}", &self.item_type),
            ("{field_id}", &self.field),
            ("{item_id}", &self.item),
            ("{menu_item_id}", &self.menu_item),
        ];
        pairs.iter().fold(text.to_owned(), |text, (key, id)| text.replace(key, id))
    }
}

/// Everything that a site holds: what a refused request must leave as it was.
pub fn picture(site: &Site) -> Vec<Value> {
    ["/site", "/menu-items", "/item-types", "/item-types/post/fields", "/items?page[limit]=500"]
        .map(|page| site.get(page))
        .into()
}
