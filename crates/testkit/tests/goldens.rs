//! Every golden of every dialect against a server, each in a base of its own.

use engine::access::SignUp;
use engine::ports::outbound::{Ask, Asking, Outbound, Reply};
use model::{Actor, DatabaseKey};
use outbound::{Allowed, Guard};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use testkit::golden;
use testkit::schema::Document;
use testkit::server::{Server, TOKEN};

/// A picture of two pixels.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x01\x08\x00\x00\x00\x00\xd1I V\x00\x00\x00\x0bIDATx\x9cc`\xf8\x0f\x00\x01\x02\x01\x00B\xbe\xbch\x00\x00\x00\x00IEND\xaeB`\x82";

/// The way out of the goldens: the picture of the reference's example is there without the network, and every other
/// address meets the guard.
struct Example(Guard);

impl Outbound for Example {
    fn ask(&self, ask: Ask) -> Asking<'_> {
        if ask.url != "https://example.com/image.png" {
            return self.0.ask(ask);
        }
        let content_type = Some("text/html".to_owned());
        let reply = Reply { status: 200, content_type, file_name: None, body: Box::pin(PNG) };
        Box::pin(std::future::ready(Ok(reply)))
    }
}

#[test]
fn every_golden_of_donotname_holds() {
    let server = Server::with_outbound(Arc::new(Example(Guard::new(Allowed::default()))));
    server.engine.allow_sign_up(SignUp::Open);
    let document = Document(server.client().get("/api/openapi.json").expect(200).json());
    hold(
        &server,
        "donotname",
        |server| {
            let base = server.new_base();
            let own_token = own_token(server, &base);
            let variables = [
                ("space", server.space.clone()),
                ("base", base),
                ("token", TOKEN.to_owned()),
                ("own_token", own_token),
            ];
            variables.map(|(name, value)| (name.to_owned(), value)).into()
        },
        Some(&document),
    );
}

#[test]
fn every_golden_of_ninox_holds() {
    let server = Server::start();
    let user = ninox::names::user(model::UserId(1));
    hold(
        &server,
        "ninox",
        |server| {
            let base = server.new_base();
            let key = base[3..15].to_owned();
            let team = server.client().get("/v1/teams").expect(200).text_at("/0/id");
            let variables = [("team", team), ("database", key), ("base", base), ("user", user.clone())];
            variables.map(|(name, value)| (name.to_owned(), value)).into()
        },
        None,
    );
}

#[test]
fn every_golden_of_dynalist_holds() {
    let server = Server::start();
    hold(
        &server,
        "dynalist",
        |server| {
            let base = server.new_base();
            let own_token = own_token(server, &base);
            let variables = [
                ("space", server.space.clone()),
                ("base", base),
                ("token", TOKEN.to_owned()),
                ("own_token", own_token),
            ];
            variables.map(|(name, value)| (name.to_owned(), value)).into()
        },
        None,
    );
}

#[test]
fn every_golden_of_dato_holds() {
    let server = Server::start();
    hold(
        &server,
        "dato",
        |server| {
            let base = server.new_base();
            let asker = own_token(server, &base);
            let reader = reader_token(server, &base);
            let (local, key) = (Actor::local(None), DatabaseKey::parse(&base[3..15]).expect("a key"));
            let secrets = server.engine.database_secrets(&local, key).expect("read").expect("handed out");
            let site = server.engine.get_database(&local, key).expect("a database").id;
            let variables = [
                ("site", dato::names::site(site)),
                ("key", key.to_string()),
                ("database", key.to_string()),
                ("base", base),
                ("asker", asker),
                ("reader", reader),
                ("readwrite", secrets.read_write.as_str().to_owned()),
                ("readonly", secrets.read_only.as_str().to_owned()),
                ("hook", secrets.hook.0),
            ];
            variables.map(|(name, value)| (name.to_owned(), value)).into()
        },
        None,
    );
}

/// Runs the goldens of a dialect, each with variables of its own.
fn hold(
    server: &Server,
    dialect: &str,
    variables: impl Fn(&Server) -> BTreeMap<String, String>,
    document: Option<&Document>,
) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dialects").join(dialect).join("golden");
    let goldens = golden::read_all(&folder);
    assert!(!goldens.is_empty(), "there are goldens");
    let only = std::env::var("GOLDEN").ok();
    let asked = |(name, _): &(&String, &Value)| only.as_ref().is_none_or(|only| name.contains(only.as_str()));
    let mut failures = Vec::new();
    let mut run = 0;
    for (name, text) in goldens.iter().filter(asked) {
        run += 1;
        let variables = variables(server);
        // Who asks where a step names no token: the owner, unless the dialect says who.
        let asker = variables.get("asker").map_or(TOKEN, String::as_str);
        let client = server.client().with_token(Some(asker));
        if let Err(why) = golden::run(&client, text, variables, document) {
            failures.push(format!("{name} ({}): {why}", text["title"]));
        }
    }
    println!("{} of {run} goldens hold", run - failures.len());
    assert!(failures.is_empty(), "{} of {run} goldens failed:\n{}", failures.len(), failures.join("\n"));
}

/// A token of full access to one base: a golden with it sees nothing of the others.
fn own_token(server: &Server, base: &str) -> String {
    let new =
        json!({"name": "own", "hasFullAccess": true, "scopes": [], "baseIds": [base], "expiredTime": "2099-01-01"});
    server.client().post("/api/access-token", &new).expect(201).text_at("/token")
}

/// A token that only reads one base.
fn reader_token(server: &Server, base: &str) -> String {
    let scopes = ["base|read", "table|read", "field|read", "record|read"];
    let new = json!({"name": "reader", "scopes": scopes, "baseIds": [base], "expiredTime": "2099-01-01"});
    server.client().post("/api/access-token", &new).expect(201).text_at("/token")
}
