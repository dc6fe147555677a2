//! Holds requests and answers to an OpenAPI document: as much of JSON Schema as our documents use. A word that is not
//! known here is a failure, so that nothing is taken for checked which was not.

use serde_json::Value;

/// A document, as a server gave it.
pub struct Document(pub Value);

/// Words that say nothing about what is valid.
const SILENT: &[&str] = &["description", "default", "format", "title", "example"];

impl Document {
    /// What is wrong with a request and its answer, by what the document says of them; nothing if they fit. `path` is
    /// as it was sent, without its query. A request that was refused need not fit.
    pub fn refuse(
        &self,
        method: &str,
        path: &str,
        query: &[String],
        sent: Option<&Value>,
        status: u16,
        answer: &Value,
    ) -> Option<String> {
        let Some(operation) = self.operation(method, path) else {
            return (status < 300).then(|| format!("{method} {path} is answered and not in the document"));
        };
        let said = &operation["responses"];
        if status >= 300 {
            let schema = &said["default"]["content"]["application/json"]["schema"];
            return self.wrong(schema, answer, "the error").filter(|_| status >= 400);
        }
        if said.get(status.to_string()).is_none() {
            return Some(format!("the status {status} is not in the document"));
        }
        let schema = &said[status.to_string()]["content"]["application/json"]["schema"];
        let known = |name: &String| {
            let listed = operation["parameters"].as_array().into_iter().flatten();
            listed.into_iter().any(|p| p["in"] == "query" && p["name"] == name.split("[").next().unwrap_or(name))
        };
        if let Some(unknown) = query.iter().find(|name| !known(name)) {
            return Some(format!("the parameter {unknown} is not in the document"));
        }
        if let Some(sent) = sent {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                return Some("a body was sent and is not in the document".to_owned());
            }
            if let Some(wrong) = self.wrong(schema, sent, "the body") {
                return Some(wrong);
            }
        }
        if schema.is_null() { None } else { self.wrong(schema, answer, "the answer") }
    }

    /// The operation of a path: literal segments win over placeholders.
    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let prefix = self.0["servers"][0]["url"].as_str()?.splitn(4, '/').nth(3).unwrap_or("").to_owned();
        let path = path.trim_start_matches('/').strip_prefix(&prefix)?.trim_matches('/');
        let given: Vec<&str> = path.split('/').collect();
        let mut found: Option<(usize, &Value)> = None;
        for (pattern, methods) in self.0["paths"].as_object()? {
            let wanted: Vec<&str> = pattern.trim_matches('/').split('/').collect();
            let fits =
                wanted.len() == given.len() && wanted.iter().zip(&given).all(|(w, g)| w.starts_with('{') || w == g);
            let literal = wanted.iter().filter(|w| !w.starts_with('{')).count();
            let operation = methods.get(method.to_ascii_lowercase());
            if let Some(operation) = operation.filter(|_| fits)
                && found.is_none_or(|(most, _)| literal > most)
            {
                found = Some((literal, operation));
            }
        }
        found.map(|(_, operation)| operation)
    }

    /// The first thing that is wrong with a value, by a schema; `at` says where it is.
    fn wrong(&self, schema: &Value, value: &Value, at: &str) -> Option<String> {
        let Value::Object(words) = schema else { return Some(format!("{at}: no schema: {schema}")) };
        words.iter().find_map(|(word, says)| match word.as_str() {
            "$ref" => {
                let found = self.0.pointer(says.as_str().unwrap_or_default().trim_start_matches('#'));
                found.map_or_else(|| Some(format!("{at}: {says} is nowhere")), |found| self.wrong(found, value, at))
            }
            "type" => wrong_type(says, value, at),
            "enum" => {
                let listed = says.as_array().is_some_and(|list| list.contains(value));
                (!listed).then(|| format!("{at}: {value} is none of {says}"))
            }
            "anyOf" => {
                let mut options = says.as_array().into_iter().flatten();
                let fits = options.any(|option| self.wrong(option, value, at).is_none());
                (!fits).then(|| format!("{at}: {value} fits nothing of {says}"))
            }
            "required" => {
                let object = value.as_object()?;
                let mut names = says.as_array().into_iter().flatten().filter_map(Value::as_str);
                names.find(|name| !object.contains_key(*name)).map(|name| format!("{at}: {name} is missing"))
            }
            "properties" => {
                let object = value.as_object()?;
                let mut named = says.as_object().into_iter().flatten();
                named.find_map(|(name, schema)| self.wrong(schema, object.get(name)?, &format!("{at}/{name}")))
            }
            "additionalProperties" => {
                let known = words.get("properties").and_then(Value::as_object);
                let more = value.as_object()?.iter().filter(|(name, _)| known.is_none_or(|k| !k.contains_key(*name)));
                let mut more = more;
                match says {
                    Value::Bool(true) => None,
                    Value::Bool(false) => more.next().map(|(name, _)| format!("{at}: {name} is not in the document")),
                    schema => more.find_map(|(name, value)| self.wrong(schema, value, &format!("{at}/{name}"))),
                }
            }
            "items" => {
                let mut items = value.as_array()?.iter().enumerate();
                items.find_map(|(i, item)| self.wrong(says, item, &format!("{at}/{i}")))
            }
            "minimum" | "maximum" | "minItems" | "maxItems" => None,
            silent if SILENT.contains(&silent) => None,
            unknown => Some(format!("{at}: the document uses {unknown}, which is not checked")),
        })
    }
}

fn wrong_type(says: &Value, value: &Value, at: &str) -> Option<String> {
    let is = |word: &str| match word {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        _ => false,
    };
    let fits = match says {
        Value::String(word) => is(word),
        Value::Array(words) => words.iter().filter_map(Value::as_str).any(is),
        _ => false,
    };
    (!fits).then(|| format!("{at}: {value} is no {says}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document() -> Document {
        Document(json!({
            "servers": [{"url": "http://127.0.0.1:8080/api"}],
            "paths": {
                "/a/{id}": {"get": {"parameters": [{"in": "query", "name": "k"}], "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
                    "default": {"content": {"application/json": {"schema": {"type": "object", "required": ["message"]}}}}}}},
            },
            "components": {"schemas": {"A": {"type": "object", "required": ["id"], "additionalProperties": false,
                "properties": {"id": {"type": "string"}, "n": {"type": ["integer", "null"]}}}}},
        }))
    }

    #[test]
    fn what_the_document_does_not_say_is_wrong() {
        let wrong = |answer: Value| document().refuse("GET", "/api/a/1", &[], None, 200, &answer);
        assert_eq!(wrong(json!({"id": "x", "n": null})), None);
        assert_eq!(wrong(json!({"n": 1})).as_deref(), Some("the answer: id is missing"));
        assert_eq!(wrong(json!({"id": 1})).as_deref(), Some("the answer/id: 1 is no \"string\""));
        assert_eq!(wrong(json!({"id": "x", "m": 1})).as_deref(), Some("the answer: m is not in the document"));
        let unknown = document().refuse("GET", "/api/a/1", &["q".to_owned()], None, 200, &json!({"id": "x"}));
        assert_eq!(unknown.as_deref(), Some("the parameter q is not in the document"));
        assert!(document().refuse("GET", "/api/b", &[], None, 200, &json!({})).is_some());
        assert!(document().refuse("GET", "/api/a/1", &[], None, 404, &json!({})).is_some());
    }
}
