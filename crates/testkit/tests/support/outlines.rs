//! Documents through the Dynalist door.

use super::text;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use testkit::client::{Client, Reply};
use testkit::server::{Server, TOKEN};

/// A client of this API: the token is in the body.
#[derive(Clone)]
pub struct Outliner {
    pub client: Client,
    pub token: String,
}

impl Outliner {
    /// One with the owner's token.
    pub fn of(server: &Server) -> Outliner {
        Outliner { client: server.client().with_token(None), token: TOKEN.to_owned() }
    }

    /// The same with another token.
    pub fn with_token(&self, token: &str) -> Outliner {
        Outliner { token: token.to_owned(), ..self.clone() }
    }

    /// The answer to a request, whatever it is.
    #[track_caller]
    pub fn ask(&self, path: &str, mut body: Value) -> Reply {
        body["token"] = self.token.clone().into();
        self.client.post(&format!("/api/v1{path}"), &body).expect(200)
    }

    /// The answer to a request that must go well.
    #[track_caller]
    pub fn good(&self, path: &str, body: Value) -> Value {
        let answer = self.ask(path, body).json();
        assert_eq!(answer["_code"], "OK", "{path}: {answer}");
        answer
    }

    /// The code of an answer.
    #[track_caller]
    pub fn code(&self, path: &str, body: Value) -> String {
        text(&self.ask(path, body).json()["_code"])
    }

    /// The id of the root folder.
    pub fn root(&self) -> String {
        text(&self.good("/file/list", json!({}))["root_file_id"])
    }

    /// A new document at the end of the root.
    pub fn document(&self, title: &str) -> String {
        let change =
            json!({"action": "create", "type": "document", "parent_id": self.root(), "index": -1, "title": title});
        text(&self.good("/file/edit", json!({"changes": [change]}))["created"][0])
    }

    /// Changes of a document; the new ids.
    #[track_caller]
    pub fn edit(&self, document: &str, changes: Value) -> Vec<String> {
        let answer = self.good("/doc/edit", json!({"file_id": document, "changes": changes}));
        answer["new_node_ids"].as_array().expect("ids").iter().map(text).collect()
    }

    /// The nodes of a document, the root first.
    #[track_caller]
    pub fn nodes(&self, document: &str) -> Vec<Value> {
        self.good("/doc/read", json!({"file_id": document}))["nodes"].as_array().expect("nodes").clone()
    }

    pub fn version(&self, document: &str) -> u64 {
        let answer = self.good("/doc/check_for_updates", json!({"file_ids": [document]}));
        answer["versions"][document].as_u64().expect("a version")
    }
}

/// Refuses nodes that are no tree: each must be below the root, once, and nothing else.
#[track_caller]
pub fn assert_tree(nodes: &[Value]) {
    let ids: BTreeSet<String> = nodes.iter().map(|node| text(&node["id"])).collect();
    assert_eq!(ids.len(), nodes.len(), "an id is there twice");
    let children: BTreeMap<String, Vec<String>> = nodes
        .iter()
        .map(|node| {
            let list = node["children"].as_array().map(|list| list.iter().map(text).collect());
            (text(&node["id"]), list.unwrap_or_default())
        })
        .collect();
    let mut seen = BTreeSet::new();
    let mut next = vec!["root".to_owned()];
    while let Some(id) = next.pop() {
        assert!(ids.contains(&id), "{id} is a child and no node");
        next.extend(children[&id].iter().cloned());
        assert!(seen.insert(id), "a node is reached twice");
    }
    assert_eq!(seen, ids, "a node is not below the root");
}
