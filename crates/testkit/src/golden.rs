//! Goldens: requests and the answers that the documents promise, written by hand in `dialects/*/golden`.
//!
//! A file is one story: `setup` steps, then `steps`, each a request with the status and the pattern of its answer.
//! `save` keeps parts of an answer under names that later steps use as `{{name}}`, `saveCookie` the cookie that it sets.
//! `headers` are those of the answer, null for one that must not be there.
//! `text` is an answer that is no JSON, whole.

use crate::client::{Client, Reply, encode};
use crate::pattern::difference;
use crate::schema::Document;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Runs one golden. `variables` start with what the server's preparation gave (`space`, `base`, `token`). Requests and
/// answers must fit the dialect's own document, if it has one.
pub fn run(
    client: &Client,
    golden: &Value,
    variables: BTreeMap<String, String>,
    document: Option<&Document>,
) -> Result<(), String> {
    let mut story = Story { client, variables, document };
    let none = Vec::new();
    for (part, strict) in [("setup", false), ("steps", true)] {
        for (i, step) in golden[part].as_array().unwrap_or(&none).iter().enumerate() {
            story.step(step, strict).map_err(|why| format!("{part} {}: {why}", i + 1))?;
        }
    }
    Ok(())
}

/// All goldens of a folder, by file name.
pub fn read_all(folder: &Path) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder of goldens") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|e| e == "json") {
            let text = std::fs::read_to_string(&path).expect("a readable golden");
            let golden = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            found.insert(name, golden);
        }
    }
    found
}

struct Story<'a> {
    client: &'a Client,
    document: Option<&'a Document>,
    variables: BTreeMap<String, String>,
}

impl Story<'_> {
    fn step(&mut self, step: &Value, strict: bool) -> Result<(), String> {
        let request = self.filled(&step["request"])?;
        let reply = self.send(&request, &self.filled(&step["token"])?);
        let what = format!("{} {}", request["method"], request["path"]);
        match step["status"].as_u64() {
            Some(status) if u64::from(reply.status) != status => {
                return Err(format!("{what} answered {} instead of {status}: {}", reply.status, reply.text));
            }
            None if strict || reply.status >= 300 => {
                return Err(format!("{what} answered {} and no status was expected: {}", reply.status, reply.text));
            }
            _ => {}
        }
        let answer = reply.json();
        if let Some(text) = step["text"].as_str()
            && reply.text != text
        {
            return Err(format!("{what} answered {:?} instead of {text:?}", reply.text));
        }
        if let Some(pattern) = step.get("answer")
            && let Some(found) = difference(&self.filled(pattern)?, Some(&answer), "")
        {
            return Err(format!("{what}: {found}\n   whole answer: {}", reply.text));
        }
        if let Some(why) = self.against_document(&request, reply.status, &answer) {
            return Err(format!("{what} and the OpenAPI document: {why}\n   whole answer: {}", reply.text));
        }
        for (name, expected) in step["headers"].as_object().into_iter().flatten() {
            let (found, expected) = (reply.header(name), self.filled(expected)?);
            if found != expected.as_str() {
                return Err(format!("{what}: the header {name} is {found:?} instead of {expected}"));
            }
        }
        for (name, pointer) in step["save"].as_object().into_iter().flatten() {
            let pointer = pointer.as_str().unwrap_or("");
            let saved = match answer.pointer(pointer) {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => return Err(format!("{what}: nothing to save at {pointer}: {}", reply.text)),
            };
            self.variables.insert(name.clone(), saved);
        }
        if let Some(name) = step["saveCookie"].as_str() {
            let cookie = reply.header("set-cookie").and_then(|line| line.split(';').next());
            let cookie = cookie.ok_or_else(|| format!("{what}: no cookie is set"))?;
            self.variables.insert(name.to_owned(), cookie.to_owned());
        }
        Ok(())
    }

    /// What of a request or its answer the server's document does not say.
    fn against_document(&self, request: &Value, status: u16, answer: &Value) -> Option<String> {
        let path = request["path"].as_str().unwrap_or_default().split('?').next().unwrap_or_default();
        let query: Vec<String> = request["query"].as_object().into_iter().flatten().map(|(k, _)| k.clone()).collect();
        let method = request["method"].as_str().unwrap_or("GET");
        self.document?.refuse(method, path, &query, request.get("body"), status, answer)
    }

    fn send(&self, request: &Value, token: &Value) -> Reply {
        let client = match token.as_str() {
            None => self.client.clone(),
            Some("none") => self.client.with_token(None),
            Some(token) => self.client.with_token(Some(token)),
        };
        let mut path = request["path"].as_str().unwrap_or("").to_owned();
        let mut pairs = Vec::new();
        for (key, value) in request["query"].as_object().into_iter().flatten() {
            match value {
                Value::String(text) => pairs.push((key, text.clone())),
                Value::Array(list) => pairs.extend(list.iter().map(|v| (key, plain(v)))),
                other => pairs.push((key, other.to_string())),
            }
        }
        for (key, value) in pairs {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(&format!("{}={}", encode(key), encode(&value)));
        }
        if let Some(raw) = request["rawQuery"].as_str() {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(raw);
        }
        let headers: Vec<(&str, &str)> = request["headers"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap_or("")))
            .collect();
        let body = match (request.get("body"), request["rawBody"].as_str()) {
            (_, Some(raw)) => Some(raw.to_owned()),
            (Some(body), None) => Some(body.to_string()),
            (None, None) => None,
        };
        client.send(request["method"].as_str().unwrap_or("GET"), &path, &headers, body)
    }

    /// The value with every `{{name}}` in its texts and keys replaced.
    fn filled(&self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => Value::String(self.fill(text)?),
            Value::Array(list) => Value::Array(list.iter().map(|v| self.filled(v)).collect::<Result<_, _>>()?),
            Value::Object(map) => {
                let entries = map.iter().map(|(k, v)| Ok((self.fill(k)?, self.filled(v)?)));
                Value::Object(entries.collect::<Result<_, String>>()?)
            }
            other => other.clone(),
        })
    }

    fn fill(&self, text: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, behind)) = after.split_once("}}") else { break };
            let value = self.variables.get(name).ok_or_else(|| format!("no variable {name}"))?;
            filled.push_str(before);
            filled.push_str(value);
            rest = behind;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
