//! Every golden of every dialect against a server, each in a base of its own.

use engine::access::SignUp;
use std::collections::BTreeMap;
use std::path::Path;
use testkit::golden;
use testkit::schema::Document;
use testkit::server::{Server, TOKEN};

#[test]
fn every_golden_of_donotname_holds() {
    let server = Server::start();
    server.engine.allow_sign_up(SignUp::Open);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dialects/donotname/golden");
    let goldens = golden::read_all(&folder);
    assert!(!goldens.is_empty(), "there are goldens");
    let document = Document(server.client().get("/api/openapi.json").expect(200).json());
    let only = std::env::var("GOLDEN").ok();
    let mut failures = Vec::new();
    let mut run = 0;
    for (name, text) in goldens.iter().filter(|(name, _)| only.as_ref().is_none_or(|o| name.contains(o.as_str()))) {
        let variables = BTreeMap::from([
            ("space".to_owned(), server.space.clone()),
            ("base".to_owned(), server.new_base()),
            ("token".to_owned(), TOKEN.to_owned()),
        ]);
        run += 1;
        if let Err(why) = golden::run(&server.client(), text, variables, &document) {
            failures.push(format!("{name} ({}): {why}", text["title"]));
        }
    }
    println!("{} of {run} goldens hold", run - failures.len());
    assert!(failures.is_empty(), "{} of {run} goldens failed:\n{}", failures.len(), failures.join("\n"));
}
