//! What plain addresses answer where a document and its live service contradict each other: as the server says, or the
//! token.

mod support;

use edge::Settings;
use model::access::Profile;
use serde_json::{Value, json};
use support::ninox::{self, Ids};
use testkit::client::Client;
use testkit::server::{Server, TOKEN};

/// A token of full access with a profile.
fn token(server: &Server, profile: Value) -> (String, String) {
    let new = json!({
        "name": "own", "hasFullAccess": true, "scopes": [], "expiredTime": "2099-01-01", "profile": profile,
    });
    let made = server.client().post("/api/access-token", &new).expect(201);
    (made.text_at("/token"), made.text_at("/id"))
}

/// Whether Ninox' look-up by GET gives a list, and how Dynalist says that all went well.
fn spoken(client: &Client, token: &str, ids: &Ids, prefixed: bool) -> (bool, String) {
    let path = ids.at("/tables/A/records?filters=%7B%22Name%22%3A%22kept%22%7D");
    let (ninox, dynalist) = if prefixed { ("/ninox", "/dynalist") } else { ("", "") };
    let found = client.get(&format!("{ninox}{path}")).expect(200).json();
    let listed = client.post(&format!("{dynalist}/api/v1/file/list"), &json!({"token": token})).expect(200);
    (found.is_array(), listed.text_at("/_code"))
}

#[test]
fn a_token_has_a_profile_of_its_own() {
    let server = Server::start();
    let ids = ninox::things(&server);
    assert_eq!(spoken(&server.client(), TOKEN, &ids, false), (false, "OK".to_owned()));
    assert_eq!(spoken(&server.client(), TOKEN, &ids, true), (true, "Ok".to_owned()));
    let (own, id) = token(&server, json!("observed"));
    let client = server.client().with_token(Some(&own));
    assert_eq!(spoken(&client, &own, &ids, false), (true, "Ok".to_owned()));
    let shown = |client: &Client| client.get(&format!("/api/access-token/{id}")).expect(200).json()["profile"].clone();
    assert_eq!(shown(&server.client()), json!("observed"));
    // What a change does not name stays; null takes it away.
    let patch = json!({"name": "own", "hasFullAccess": true, "scopes": []});
    server.client().put(&format!("/api/access-token/{id}"), &patch).expect(200);
    assert_eq!(shown(&server.client()), json!("observed"));
    let patch = json!({"name": "own", "hasFullAccess": true, "scopes": [], "profile": null});
    server.client().put(&format!("/api/access-token/{id}"), &patch).expect(200);
    assert_eq!(spoken(&client, &own, &ids, false), (false, "OK".to_owned()));
    let wrong = json!({"name": "own", "scopes": [], "expiredTime": "2099-01-01", "profile": "guessed"});
    let refused = server.client().post("/api/access-token", &wrong).expect(400);
    assert!(refused.text.contains("guessed"), "{}", refused.text);
}

#[test]
fn a_server_has_one_and_a_token_may_go_against_it() {
    let server = Server::with_settings(Settings { profile: Profile::Observed, ..Settings::default() });
    let ids = ninox::things(&server);
    assert_eq!(spoken(&server.client(), TOKEN, &ids, false), (true, "Ok".to_owned()));
    let (own, _) = token(&server, json!("documented"));
    let client = server.client().with_token(Some(&own));
    assert_eq!(spoken(&client, &own, &ids, false), (false, "OK".to_owned()));
    // Who must change an address anyway has picked the one that fits.
    assert_eq!(spoken(&client, &own, &ids, true), (true, "Ok".to_owned()));
}
