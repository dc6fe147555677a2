//! The list of endpoints as a JSON hyper-schema: a definition for each entity, a link for each endpoint.

use crate::endpoints::ENDPOINTS;
use edge::Endpoint;
use serde_json::{Map, Value, json};

/// The entities, by the first segment of their paths.
const ENTITIES: &[(&str, &str, &str)] = &[
    ("sessions", "session", "Session"),
    ("users", "user", "User"),
    ("site", "site", "Site"),
    ("menu-items", "menu_item", "Menu item"),
    ("deploy-events", "deploy_event", "Deploy activity"),
    ("item-types", "item_type", "Item type"),
    ("fields", "field", "Field"),
    ("items", "item", "Item"),
    ("upload-requests", "upload_request", "Upload request"),
    ("uploads", "upload", "Upload"),
];

/// Endpoints that are no method of a client: this document, and addresses that answers name or that are ours.
const NO_LINKS: &[&str] = &["hyper-schema", "send upload", "read asset", "deploy site", "tell deploy result"];

/// The document.
pub fn document() -> Value {
    let mut definitions = Map::new();
    let mut properties = Map::new();
    for (segment, entity, title) in ENTITIES {
        let links: Vec<Value> = spoken().filter(|e| segment_of(e) == *segment).map(link).collect();
        let schema = json!({
            "$schema": "http://json-schema.org/draft-04/hyper-schema",
            "title": title,
            "type": ["object"],
            "definitions": {
                "id": {"type": "string", "description": format!("ID of the {}", title.to_lowercase())},
                "type": {"type": "string", "pattern": format!("^{entity}$")},
            },
            "links": links,
            "properties": {
                "id": {"$ref": format!("#/definitions/{entity}/definitions/id")},
                "type": {"$ref": format!("#/definitions/{entity}/definitions/type")},
                "attributes": {"type": "object"},
                "relationships": {"type": "object"},
            },
        });
        definitions.insert((*entity).to_owned(), schema);
        properties.insert((*entity).to_owned(), json!({"$ref": format!("#/definitions/{entity}")}));
    }
    json!({
        "$schema": "http://interagent.github.io/interagent-hyper-schema",
        "title": "Site API",
        "description": "Site Management API",
        "type": ["object"],
        "definitions": definitions,
        "properties": properties,
    })
}

fn spoken() -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().filter(|endpoint| !NO_LINKS.contains(&endpoint.name))
}

/// The entity that an endpoint answers: fields are made and listed below their item type.
fn segment_of(endpoint: &Endpoint) -> &'static str {
    if endpoint.path.ends_with("/fields") {
        return "fields";
    }
    endpoint.path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

fn link(endpoint: &Endpoint) -> Value {
    let entity = ENTITIES.iter().find(|(segment, ..)| *segment == segment_of(endpoint)).map_or("", |(_, e, _)| *e);
    let reference = json!({"$ref": format!("#/definitions/{entity}")});
    let rel = rel(endpoint);
    let answered = match rel {
        "instances" => json!({"type": "object", "properties": {"data": {"type": "array", "items": reference}}}),
        _ => json!({"type": "object", "properties": {"data": reference}}),
    };
    let mut link = json!({
        "title": endpoint.summary,
        "href": href(endpoint.path),
        "method": endpoint.method.as_str(),
        "rel": rel,
        "targetSchema": answered,
    });
    if matches!(endpoint.method.as_str(), "POST" | "PUT") {
        let data = json!({
            "type": "object",
            "properties": {
                "type": {"type": "string", "pattern": format!("^{entity}$")},
                "attributes": {"type": "object"},
                "relationships": {"type": "object"},
            },
            "required": ["type", "attributes"],
        });
        link["schema"] = json!({"type": "object", "properties": {"data": data}, "required": ["data"]});
    }
    link
}

/// What a link is called, in the words that clients make methods of.
fn rel(endpoint: &Endpoint) -> &'static str {
    let ends_with_id = endpoint.path.ends_with('}') || endpoint.path == "/site";
    match endpoint.method.as_str() {
        "POST" if endpoint.path == "/items/validate" => "validate_new",
        "POST" if endpoint.path.ends_with("/validate") => "validate_existing",
        "POST" if endpoint.path == "/users/reset_password" => "reset_password",
        "POST" => "create",
        "PUT" => "update",
        "DELETE" => "destroy",
        _ if ends_with_id => "self",
        _ => "instances",
    }
}

/// A path with its placeholders as references: `/items/{(%23%2Fdefinitions%2Fitem%2Fdefinitions%2Fid)}`.
fn href(path: &str) -> String {
    let segments =
        path.split('/').map(|segment| match segment.strip_prefix('{').and_then(|inner| inner.strip_suffix("_id}")) {
            Some(entity) => format!("{{(%23%2Fdefinitions%2F{entity}%2Fdefinitions%2Fid)}}"),
            None => segment.to_owned(),
        });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_about_an_entity_is_a_link() {
        let document = document();
        let count: usize = ENTITIES
            .iter()
            .map(|(_, entity, _)| document["definitions"][entity]["links"].as_array().map_or(0, Vec::len))
            .sum();
        assert_eq!(count, ENDPOINTS.len() - NO_LINKS.len(), "all but those");
        let first = &document["definitions"]["field"]["links"][0];
        assert_eq!(first["href"], "/item-types/{(%23%2Fdefinitions%2Fitem_type%2Fdefinitions%2Fid)}/fields");
        assert_eq!((&first["rel"], &first["method"]), (&json!("create"), &json!("POST")));
    }
}
