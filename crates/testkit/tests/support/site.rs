//! A site: a database with its own two tokens, as the content API of them knows it.

use super::people::local;
use model::{DatabaseId, DatabaseKey};
use serde_json::{Value, json};
use testkit::client::{Client, Reply};
use testkit::server::Server;

/// A site with a client for each of its tokens.
pub struct Site {
    pub base: String,
    pub key: DatabaseKey,
    pub id: DatabaseId,
    pub readwrite: String,
    pub readonly: String,
    pub writing: Client,
    pub reading: Client,
    /// Without a token.
    pub stranger: Client,
}

/// Makes one.
pub fn site(server: &Server) -> Site {
    let base = server.new_base();
    let key = super::log::key_of(&base);
    let secrets = server.engine.database_secrets(&local(), key).expect("read").expect("handed out");
    let id = server.engine.get_database(&local(), key).expect("a database").id;
    let (readwrite, readonly) = (secrets.read_write.as_str().to_owned(), secrets.read_only.as_str().to_owned());
    let client = |token: Option<&str>| Client::new(&server.base, token);
    let (writing, reading, stranger) = (client(Some(&readwrite)), client(Some(&readonly)), client(None));
    Site { base, key, id, readwrite, readonly, writing, reading, stranger }
}

/// The body of a thing.
pub fn body(kind: &str, attributes: Value) -> Value {
    json!({"data": {"type": kind, "attributes": attributes}})
}

/// The body of a thing that is there.
pub fn body_of(kind: &str, id: &str, attributes: Value) -> Value {
    json!({"data": {"type": kind, "id": id, "attributes": attributes}})
}

/// The code of a refusal, in both of its places.
#[track_caller]
pub fn refusal(reply: &Reply) -> (u16, String) {
    let code = reply.text_at("/data/0/id");
    assert_eq!(reply.text_at("/data/0/attributes/code"), code);
    assert!(reply.json()["data"][0]["attributes"]["details"].is_object(), "{}", reply.text);
    (reply.status, code)
}

/// What a refusal says of a field.
#[track_caller]
pub fn at_field(reply: &Reply) -> (u16, String, String) {
    let (status, code) = refusal(reply);
    assert_eq!(code, "INVALID_FIELD", "{}", reply.text);
    (status, reply.text_at("/data/0/attributes/details/field"), reply.text_at("/data/0/attributes/details/code"))
}
