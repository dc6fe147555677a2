//! Every golden of every dialect against a server, each in a base of its own.

use engine::access::SignUp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use testkit::golden;
use testkit::schema::Document;
use testkit::server::{Server, TOKEN};

#[test]
fn every_golden_of_donotname_holds() {
    let server = Server::start();
    server.engine.allow_sign_up(SignUp::Open);
    let document = Document(server.client().get("/api/openapi.json").expect(200).json());
    hold(
        &server,
        "donotname",
        |server| {
            let base = server.new_base();
            let variables = [("space", server.space.clone()), ("base", base), ("token", TOKEN.to_owned())];
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
        if let Err(why) = golden::run(&server.client(), text, variables(server), document) {
            failures.push(format!("{name} ({}): {why}", text["title"]));
        }
    }
    println!("{} of {run} goldens hold", run - failures.len());
    assert!(failures.is_empty(), "{} of {run} goldens failed:\n{}", failures.len(), failures.join("\n"));
}
