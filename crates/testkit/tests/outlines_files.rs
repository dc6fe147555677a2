//! Documents in and out as files, over HTTP.

mod support;

use serde_json::{Value, json};
use support::outlines::{Outliner, assert_tree};
use support::text;
use testkit::client::{Client, Reply, encode};
use testkit::server::Server;

/// What a document says, without ids and times: depth and parts of each node in the order of the tree.
fn told(nodes: &[Value]) -> Vec<(usize, Value)> {
    assert_tree(nodes);
    let find = |id: &str| nodes.iter().find(|node| node["id"] == id).expect("a node").clone();
    let mut found = Vec::new();
    let mut next = vec![(0, "root".to_owned())];
    while let Some((depth, id)) = next.pop() {
        let mut node = find(&id);
        let children: Vec<String> = node["children"].as_array().into_iter().flatten().map(text).collect();
        next.extend(children.into_iter().rev().map(|child| (depth + 1, child)));
        let map = node.as_object_mut().expect("an object");
        for key in ["id", "created", "modified", "children"] {
            map.remove(key);
        }
        found.push((depth, node));
    }
    found
}

fn import(client: &Client, query: &str, file: String) -> Reply {
    client.send(
        "POST",
        &format!("/dynalist/import{query}"),
        &[("content-type", "application/octet-stream")],
        Some(file),
    )
}

fn sample(outliner: &Outliner) -> String {
    let document = outliner.document("Reise & \"mehr\"");
    let insert = |parent: &str, more: Value| {
        let mut change = json!({"action": "insert", "parent_id": parent, "index": -1});
        change.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        change
    };
    let top = outliner.edit(
        &document,
        json!([
            insert(
                "root",
                json!({"content": "**Packen**\n[ ] kein Kästchen", "note": "erste\n\n> zweite", "heading": 1})
            ),
            insert("root", json!({"content": "- <Geld> & Pässe", "checkbox": true, "checked": true, "color": 6})),
            insert("root", json!({"content": "", "checked": true})),
        ]),
    );
    let below = outliner.edit(&document, json!([insert(&top[0], json!({"content": "Zelt", "checkbox": true}))]));
    outliner.edit(
        &document,
        json!([insert(&below[0], json!({"content": "Heringe 🏕"})), insert(&top[1], json!({"content": "bar"}))]),
    );
    outliner.edit(&document, json!([{"action": "edit", "node_id": "root", "note": "im Mai"}]));
    document
}

#[test]
fn a_document_goes_out_and_comes_back_as_it_was() {
    let server = Server::start();
    let (outliner, client) = (Outliner::of(&server), server.client());
    let document = sample(&outliner);
    let before = told(&outliner.nodes(&document));
    for (format, kind, end) in [("opml", "text/x-opml", "opml"), ("markdown", "text/markdown", "md")] {
        let file = client.get(&format!("/dynalist/export/{document}?format={format}")).expect(200);
        assert!(file.header("content-type").is_some_and(|said| said.starts_with(kind)));
        assert!(
            file.header("content-disposition").is_some_and(|said| said.starts_with("attachment") && said.contains(end))
        );
        for query in [String::new(), format!("?format={format}")] {
            let made = import(&client, &query, file.text.clone()).expect(200).json();
            assert_eq!((&made["_code"], &made["nodes"]), (&json!("Ok"), &json!(6)), "{made}");
            assert_eq!(told(&outliner.nodes(&text(&made["file_id"]))), before, "{}", file.text);
        }
    }
    let plain = client.get(&format!("/dynalist/export/{document}?format=text")).expect(200).text;
    assert!(plain.contains("\n    * Zelt\n        * Heringe 🏕\n* - <Geld> & Pässe\n"), "{plain}");
    let answer = client.get(&format!("/dynalist/export/{document}?format=pdf")).json();
    assert_eq!(
        answer["_msg"],
        "format must be one of opml, markdown, text (given: pdf)".split(" (").next().expect("text")
    );
}

#[test]
fn an_import_has_a_title_and_a_place_and_says_what_is_wrong() {
    let server = Server::start();
    let (outliner, client) = (Outliner::of(&server), server.client());
    let root = outliner.root();
    let folder = json!({"action": "create", "type": "folder", "parent_id": root, "title": "Folder"});
    let folder = text(&outliner.good("/file/edit", json!({"changes": [folder]}))["created"][0]);
    let query = format!("?title={}&parent_id={folder}&index=0", encode("Mine & yours"));
    let made = import(&client, &query, "- one\n  - two\n".to_owned()).json();
    let files = outliner.good("/file/list", json!({}));
    let inside =
        files["files"].as_array().expect("files").iter().find(|f| f["id"] == folder.as_str()).expect("the folder");
    assert_eq!(inside["children"], json!([made["file_id"]]));
    let nodes = outliner.nodes(&text(&made["file_id"]));
    assert_eq!((nodes.len(), &nodes[0]["content"]), (3, &json!("Mine & yours")));
    assert_eq!(text(&import(&client, "", String::new()).json()["_code"]), "Ok", "an empty document");
    for (query, file, why) in [
        ("?format=docx", "x", "format must be one of"),
        ("?parent=x", "x", "parent is unknown"),
        ("?index=-3", "x", "index must be a whole number"),
        ("", "<html></html>", "file is not OPML"),
        ("", "<!DOCTYPE opml [<!ENTITY a \"b\">]><opml/>", "document type"),
        ("?format=opml", "- x", "file is not OPML"),
    ] {
        let answer = import(&client, query, file.to_owned()).json();
        assert!(answer["_code"] == "Invalid" && text(&answer["_msg"]).contains(why), "{query} {answer}");
    }
    let document = text(&made["file_id"]);
    assert_eq!(import(&client, &format!("?parent_id={document}"), "- x".to_owned()).json()["_code"], "NotFound");
    assert_eq!(import(&client, "?parent_id=x", "- x".to_owned()).json()["_code"], "NotFound");
}

#[test]
fn a_whole_account_goes_out_as_an_archive_of_opml() {
    let server = Server::start();
    let (outliner, client) = (Outliner::of(&server), server.client());
    sample(&outliner);
    let root = outliner.root();
    let folder = json!({"action": "create", "type": "folder", "parent_id": root, "title": "../Folder"});
    let folder = text(&outliner.good("/file/edit", json!({"changes": [folder]}))["created"][0]);
    let inside = json!({"action": "create", "type": "document", "parent_id": folder, "title": "a/b"});
    outliner.good("/file/edit", json!({"changes": [inside.clone(), inside]}));
    let whole = raw_export(&server);
    let names = names_in(&whole);
    assert_eq!(names, ["_Folder/a_b.opml", "_Folder/a_b (2).opml", "Reise & _mehr_.opml"]);
    let file = client.get("/dynalist/export?format=x").json();
    assert_eq!(file["_code"], "Invalid", "nothing unknown is passed over");
}

fn raw_export(server: &Server) -> Vec<u8> {
    let (status, whole) = support::raw::send_bytes(server, "GET /dynalist/export");
    assert_eq!(status, 200);
    whole
}

/// The names of an archive's directory.
fn names_in(zip: &[u8]) -> Vec<String> {
    let end = zip.windows(4).rposition(|four| four == b"PK\x05\x06").expect("an end");
    let number = |at: usize, length: usize| (0..length).fold(0, |sum, i| sum + (usize::from(zip[at + i]) << (8 * i)));
    let (count, mut at) = (number(end + 10, 2), number(end + 16, 4));
    let mut names = Vec::new();
    for _ in 0..count {
        assert_eq!(&zip[at..at + 4], b"PK\x01\x02");
        let (length, size, offset) = (number(at + 28, 2), number(at + 24, 4), number(at + 42, 4));
        let name = &zip[at + 46..at + 46 + length];
        let data = offset + 30 + length;
        assert_eq!(&zip[offset..offset + 4], b"PK\x03\x04");
        assert!(zip[data..data + size].starts_with(b"<?xml"), "a file stands where the directory says");
        names.push(String::from_utf8(name.to_vec()).expect("UTF-8"));
        at += 46 + length;
    }
    names
}
