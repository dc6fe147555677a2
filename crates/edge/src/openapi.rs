//! A document of OpenAPI 3.1, made from the list of a door's endpoints and a description of each.
//!
//! The list is what the router is made from, so nothing that is spoken can be missing; the goldens of a door hold its
//! descriptions to what is really asked and answered.

use crate::endpoint::Endpoint;
use model::Json;
use serde_json::{Map, json};

/// What an endpoint takes and gives.
#[derive(Debug)]
pub struct Operation {
    /// The endpoint's name in its door's list.
    pub name: &'static str,
    /// The heading that it stands under.
    pub tag: &'static str,
    pub query: &'static [Parameter],
    /// What it may be sent: media type and schema. None: no body.
    pub body: &'static [Content],
    /// Whether it may also be called without a body.
    pub optional_body: bool,
    /// The status of success.
    pub status: u16,
    /// What success answers; none: nothing.
    pub answer: Option<Content>,
}

/// A parameter of the query string or a header.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub schema: Schema,
    pub about: &'static str,
}

/// A media type and what it holds.
#[derive(Clone, Copy, Debug)]
pub struct Content {
    pub media: &'static str,
    pub schema: Schema,
}

/// A schema in few words: the name of a component (`Record`), a list of one (`[Record]`), a simple type (`text`,
/// `integer`, `number`, `boolean`, `bytes`, `any`), or JSON (`{…}`), in which `"$Record"` stands for a component.
pub type Schema = &'static str;

/// JSON of this schema.
pub const fn json_of(schema: Schema) -> Content {
    Content { media: "application/json", schema }
}

/// What a door says of its document.
#[derive(Debug)]
pub struct About {
    pub title: &'static str,
    pub description: &'static str,
    /// Below which prefix the paths are.
    pub prefix: &'static str,
    /// The named schemas, as a JSON object.
    pub components: &'static str,
    /// The component of an error's body.
    pub error: &'static str,
    /// What the name of a placeholder in a path stands for.
    pub placeholder: fn(&str) -> &'static str,
}

/// The document. `server` is where the server is reached.
///
/// # Panics
/// When an endpoint has no description, a description no endpoint, or a schema is no JSON: a test calls it.
pub fn document(about: &About, endpoints: &[Endpoint], operations: &[&Operation], server: &str) -> Json {
    let mut paths = Map::new();
    for operation in operations {
        let named = endpoints.iter().filter(|endpoint| endpoint.name == operation.name).count();
        assert!(named == 1, "{} is described and is {named} endpoints", operation.name);
    }
    for endpoint in endpoints {
        let mut found = operations.iter().filter(|operation| operation.name == endpoint.name);
        let operation = found.next().unwrap_or_else(|| panic!("{} is not described", endpoint.name));
        assert!(found.next().is_none(), "{} is described twice", endpoint.name);
        let path = paths.entry(endpoint.path.replace("{*", "{")).or_insert_with(|| json!({}));
        path[endpoint.method.as_str().to_ascii_lowercase()] = operation_json(about, endpoint, operation);
    }
    let components: Json = serde_json::from_str(about.components).expect("components are JSON");
    json!({
        "openapi": "3.1.0",
        "info": {"title": about.title, "version": env!("CARGO_PKG_VERSION"), "description": about.description},
        "servers": [{"url": format!("{server}{}", about.prefix)}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": resolved(components),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": crate::auth::SESSION_COOKIE},
            },
        },
    })
}

fn operation_json(about: &About, endpoint: &Endpoint, operation: &Operation) -> Json {
    let mut parameters: Vec<Json> = placeholders(endpoint.path)
        .map(|name| {
            let says = (about.placeholder)(name);
            json!({"name": name, "in": "path", "required": true, "description": says, "schema": {"type": "string"}})
        })
        .collect();
    parameters.extend(operation.query.iter().map(|parameter| {
        let schema = schema(parameter.schema);
        json!({"name": parameter.name, "in": "query", "description": parameter.about, "schema": schema})
    }));
    let mut out = json!({
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [operation.tag],
        "parameters": parameters,
    });
    if endpoint.needs == "nothing" {
        out["security"] = json!([]);
    } else if !endpoint.needs.is_empty() {
        out["description"] = json!(format!("Needs: {}.", endpoint.needs));
    }
    if !operation.body.is_empty() {
        let content: Map<String, Json> = operation.body.iter().map(content_json).collect();
        out["requestBody"] = json!({"required": !operation.optional_body, "content": content});
    }
    let mut success = json!({"description": "Success."});
    if let Some(answer) = &operation.answer {
        success["content"] = Json::Object([content_json(answer)].into_iter().collect());
    }
    let refused = json!({
        "description": "Refused; nothing was written.",
        "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{}", about.error)}}},
    });
    out["responses"] = json!({operation.status.to_string(): success, "default": refused});
    out
}

fn content_json(content: &Content) -> (String, Json) {
    (content.media.to_owned(), json!({"schema": schema(content.schema)}))
}

fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    let inside = path.split('{').skip(1).filter_map(|part| part.split_once('}'));
    inside.map(|(name, _)| name.trim_start_matches('*'))
}

/// A schema in few words, as JSON.
fn schema(words: &str) -> Json {
    if words.starts_with('{') {
        let given: Json = serde_json::from_str(words).unwrap_or_else(|error| panic!("{words}: {error}"));
        return resolved(given);
    }
    if let Some(item) = words.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return json!({"type": "array", "items": schema(item)});
    }
    match words {
        "text" => json!({"type": "string"}),
        "integer" | "number" | "boolean" => json!({"type": words}),
        "bytes" => json!({"type": "string", "format": "binary"}),
        "any" => json!({}),
        component => json!({"$ref": format!("#/components/schemas/{component}")}),
    }
}

/// JSON with every text that begins with `$` replaced by the schema that its few words stand for.
fn resolved(given: Json) -> Json {
    match given {
        Json::String(text) => match text.strip_prefix('$') {
            Some(words) => schema(words),
            None => Json::String(text),
        },
        Json::Array(list) => Json::Array(list.into_iter().map(resolved).collect()),
        Json::Object(map) => Json::Object(map.into_iter().map(|(key, value)| (key, resolved(value))).collect()),
        other => other,
    }
}
