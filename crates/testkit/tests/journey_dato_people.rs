//! People of a site through the content API: invited, coming in, renamed, out again; and who may do what (S34, S35, S39).

mod support;

use engine::ports::FixedClock;
use engine::ports::mailer::{Code, Says};
use model::time::Instant;
use serde_json::{Value, json};
use support::site::{Site, at_field, body, body_of, refusal, site};
use testkit::client::{Client, Reply};
use testkit::server::{EMAIL, PASSWORD, Server};

/// The code in the newest of at least this many letters.
fn mailed(server: &Server, count: usize) -> String {
    let letter = server.mail.wait_for(count).pop().expect("a letter");
    let (Says::Reset { code: Code(code), .. } | Says::Invitation { code: Code(code), .. }) = letter.says;
    code
}

fn invite(site: &Site, email: &str) -> Reply {
    let attributes = json!({"email": email, "first_name": "Mark", "last_name": "van Smith"});
    site.writing.post("/users", &body("user", attributes))
}

fn session(client: &Client, kind: &str, attributes: Value) -> Reply {
    client.post("/sessions", &body(kind, attributes))
}

/// An answer without what differs in any two.
fn told(reply: &Reply) -> (u16, String) {
    (reply.status, reply.text.clone())
}

#[test]
fn somebody_is_invited_comes_in_writes_and_is_taken_out() {
    let server = Server::start();
    let site = site(&server);
    let invited = invite(&site, "Mark@Example.com").expect(201).json();
    assert_eq!(
        invited["data"]["attributes"],
        json!({
            "email": "Mark@Example.com", "first_name": "Mark", "last_name": "van Smith", "state": "INVITATION_PENDING",
        })
    );
    let id = invited["data"]["id"].as_str().expect("an id").to_owned();
    let code = mailed(&server, 1);
    let come = |password: &str| session(&site.stranger, "invitation", json!({"token": code, "password": password}));
    assert_eq!(at_field(&come("short")), (422, "password".to_owned(), "VALIDATION_LENGTH".to_owned()));
    let came = come("changeme-1").expect(201);
    assert_eq!(came.json()["included"][0]["attributes"]["state"], "REGISTERED");
    assert_eq!(came.json()["data"]["relationships"]["user"]["data"], json!({"type": "user", "id": id}));
    assert_eq!(at_field(&come("changeme-1")).1, "token", "a code is used once");
    let own = Client::new(&server.base, Some(&came.text_at("/data/id")));
    let seen = own.get("/site").expect(200).json();
    assert_eq!(seen["data"]["id"], site.id.0.to_string());
    assert!(seen["data"]["attributes"].get("readwrite_token").is_none(), "{seen}");
    let renamed = site.writing.put(&format!("/users/{id}"), &body_of("user", &id, json!({"first_name": "Marc"})));
    assert_eq!(renamed.expect(200).json()["data"]["attributes"]["first_name"], "Marc");
    let listed = site.writing.get("/users").expect(200).json();
    let emails: Vec<&str> = listed["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|user| user["attributes"]["email"].as_str().expect("text"))
        .collect();
    assert_eq!(emails, [EMAIL, "Mark@Example.com"]);
    assert!(!listed.to_string().contains("password"), "{listed}");
    let gone = site.writing.delete(&format!("/users/{id}")).expect(200).json();
    assert_eq!(gone["data"]["id"], id);
    assert_eq!(refusal(&own.get("/site")).0, 404, "a session reaches the site no more");
    assert_eq!(refusal(&site.writing.get(&format!("/users/{id}"))), (404, "NOT_FOUND".to_owned()));
    let credentials = json!({"email": "mark@example.com", "password": "changeme-1"});
    let domain = format!("{}.admin.example.com", site.key);
    let named = [("x-site-domain", domain.as_str())];
    let text = body("email_credentials", credentials).to_string();
    let refused = site.stranger.send("POST", "/sessions", &named, Some(text));
    assert_eq!(refusal(&refused), (401, "INVALID_CREDENTIALS".to_owned()));
}

#[test]
fn a_session_is_of_the_site_that_the_request_names() {
    let server = Server::start();
    let (one, two) = (site(&server), site(&server));
    let credentials = || body("email_credentials", json!({"email": EMAIL, "password": PASSWORD}));
    let of = |reply: Reply| {
        let own = Client::new(&server.base, Some(&reply.expect(201).text_at("/data/id")));
        own.get("/site").expect(200).text_at("/data/id")
    };
    for site in [&one, &two] {
        let number = site.id.0.to_string();
        assert_eq!(of(site.writing.post("/sessions", &credentials())), number);
        assert_eq!(of(site.stranger.post(&format!("/dato/{}/sessions", site.key), &credentials())), number);
        let domain = format!("{}.admin.example.com", site.key);
        let named = [("x-site-domain", domain.as_str())];
        assert_eq!(of(site.stranger.send("POST", "/sessions", &named, Some(credentials().to_string()))), number);
    }
    one.stranger.post("/sessions", &credentials()).expect(201);
    let wrong = Client::new(&server.base, Some("teable_accNobody00000000_x"));
    assert_eq!(refusal(&wrong.post("/sessions", &credentials())).0, 401);
}

#[test]
fn what_is_wrong_with_a_session_or_user_is_told_by_its_name_and_nothing_is_done() {
    let server = Server::start();
    let site = site(&server);
    let cases = [
        ("/sessions", json!({"data": {"type": "magic", "attributes": {}}}), 422, "INVALID_FORMAT"),
        ("/sessions", body("email_credentials", json!({"email": EMAIL})), 422, "MISSING_FIELDS"),
        ("/sessions", body("email_credentials", json!({"email": 1, "password": "x"})), 422, "INVALID_FIELD"),
        ("/sessions", body("email_credentials", json!({"email": EMAIL, "password": "x"})), 401, "INVALID_CREDENTIALS"),
        ("/sessions", body("invitation", json!({"token": "x", "password": "changeme-1"})), 422, "INVALID_FIELD"),
        ("/sessions", body("password_reset", json!({"token": "x", "password": "changeme-1"})), 422, "INVALID_FIELD"),
        ("/users", body("user", json!({"email": "a@example.com"})), 422, "MISSING_FIELDS"),
        ("/users", body("user", json!({"email": "none", "first_name": "A", "last_name": "B"})), 422, "INVALID_FIELD"),
        (
            "/users",
            body("user", json!({"email": "a@example.com", "first_name": "", "last_name": ""})),
            422,
            "INVALID_FIELD",
        ),
        ("/users", body("user", json!({"email": EMAIL, "first_name": "A", "last_name": "B"})), 422, "INVALID_FIELD"),
        ("/users", body("item", json!({})), 422, "INVALID_FORMAT"),
        ("/users/reset_password", body("user", json!({})), 422, "MISSING_FIELDS"),
        ("/users/reset_password", body("user", json!({"email": "none"})), 422, "INVALID_FIELD"),
    ];
    for (path, body, status, code) in cases {
        let refused = refusal(&site.writing.post(path, &body));
        assert_eq!(refused, (status, code.to_owned()), "{path} {body}");
    }
    for id in ["0", "999", "x", "-1", "4294967297"] {
        for method in ["GET", "PUT", "DELETE"] {
            let text = (method == "PUT").then(|| body_of("user", id, json!({"first_name": "X"})).to_string());
            let refused = refusal(&site.writing.send(method, &format!("/users/{id}"), &[], text));
            assert_eq!(refused, (404, "NOT_FOUND".to_owned()), "{method} {id}");
        }
    }
    assert_eq!(site.writing.get("/users").expect(200).json()["data"].as_array().map(Vec::len), Some(1));
    assert!(server.mail.wait_for(0).is_empty());
}

#[test]
fn s34_asking_for_a_new_password_tells_nobody_who_has_an_account() {
    let server = Server::start();
    let site = site(&server);
    let ask = |client: &Client, email: &str| {
        let headers = [("host", "evil.example"), ("x-forwarded-host", "evil.example")];
        let text = body("user", json!({"email": email})).to_string();
        client.send("POST", "/users/reset_password", &headers, Some(text))
    };
    for client in [&site.writing, &site.stranger] {
        let (known, unknown) = (ask(client, EMAIL).expect(200), ask(client, "nobody@elsewhere.example").expect(200));
        assert_eq!(told(&known).1.replace(EMAIL, "_"), told(&unknown).1.replace("nobody@elsewhere.example", "_"));
        let document = known.json();
        assert_eq!((&document["type"], &document["data"]["type"]), (&json!("user"), &json!("user")));
        assert!(!known.text.contains("password"), "{}", known.text);
    }
    let letters = server.mail.wait_for(2);
    assert!(letters.iter().all(|letter| letter.to == EMAIL) && letters.len() == 2);
    assert!(!format!("{letters:?}").contains("evil"));
    let code = mailed(&server, 2);
    let before = session(&site.writing, "email_credentials", json!({"email": EMAIL, "password": PASSWORD})).expect(201);
    let reset = |password: &str| session(&site.writing, "password_reset", json!({"token": code, "password": password}));
    assert_eq!(at_field(&reset("weak")).1, "password");
    let done = reset("Another-horse-8").expect(201);
    assert!(!done.text.contains(&code) && !done.text.contains("Another"));
    let old = Client::new(&server.base, Some(&before.text_at("/data/id")));
    assert_eq!(old.get("/site").status, 401, "sessions of before end");
    Client::new(&server.base, Some(&done.text_at("/data/id"))).get("/site").expect(200);
    let never = session(&site.writing, "password_reset", json!({"token": "0".repeat(64), "password": "Third-horse-9"}));
    assert_eq!(told(&reset("Third-horse-9")), told(&never));
    for (file, bytes) in server.kept() {
        let found = bytes.windows(code.len()).any(|part| part == code.as_bytes());
        assert!(!found, "the code is in {file}");
    }
}

#[test]
fn s34_s39_a_letter_lasts_half_an_hour_and_guesses_are_braked() {
    let clock = FixedClock::at(Instant(1_700_000_000_000));
    let server = Server::with_clock(clock.clone());
    let site = site(&server);
    site.writing.post("/users/reset_password", &body("user", json!({"email": EMAIL}))).expect(200);
    let code = mailed(&server, 1);
    clock.advance(30 * 60_000);
    let late = session(&site.writing, "password_reset", json!({"token": code, "password": "Another-horse-8"}));
    assert_eq!(at_field(&late).1, "token");
    let guess =
        |email: &str| session(&site.stranger, "email_credentials", json!({"email": email, "password": "wrong"}));
    for email in [EMAIL, "nobody@elsewhere.example"] {
        let codes: Vec<(u16, String)> = (0..7).map(|_| refusal(&guess(email))).collect();
        assert!(codes[..5].iter().all(|code| *code == (401, "INVALID_CREDENTIALS".to_owned())), "{codes:?}");
        assert_eq!(codes[6], (429, "RATE_LIMIT_EXCEEDED".to_owned()));
    }
    let right = session(&site.stranger, "email_credentials", json!({"email": EMAIL, "password": PASSWORD}));
    assert_eq!(right.status, 429, "the right password waits as well");
    clock.advance(15 * 60_000);
    session(&site.stranger, "email_credentials", json!({"email": EMAIL, "password": PASSWORD})).expect(201);
    let letters: Vec<u16> = (0..10)
        .map(|_| site.stranger.post("/users/reset_password", &body("user", json!({"email": "x@example.com"}))).status)
        .collect();
    assert!(letters.contains(&429), "{letters:?}");
}

#[test]
fn s35_secrets_of_a_site_are_for_who_manages_it_and_passwords_for_nobody() {
    let server = Server::start();
    let site = site(&server);
    let whole = site.writing.get("/site").expect(200).json();
    let attributes = &whole["data"]["attributes"];
    assert_eq!(attributes["readwrite_token"], site.readwrite.as_str());
    assert_eq!(attributes["readonly_token"], site.readonly.as_str());
    assert!(attributes["webhook_url"].as_str().expect("an address").starts_with("http"));
    invite(&site, "editor@example.com").expect(201);
    let code = mailed(&server, 1);
    let came = session(&site.stranger, "invitation", json!({"token": code, "password": "changeme-1"})).expect(201);
    let editor = Client::new(&server.base, Some(&came.text_at("/data/id")));
    for client in [&site.reading, &editor] {
        for path in ["/site", "/site?include=item_types,item_types.fields"] {
            let text = client.get(path).expect(200).text;
            for secret in [&site.readwrite, &site.readonly] {
                assert!(!text.contains(secret.as_str()), "{text}");
            }
            assert!(!text.contains("deploy-results") && !text.contains("deploy_settings"), "{text}");
        }
        let again = client.put("/site", &body_of("site", &site.id.0.to_string(), json!({"name": "Mine"})));
        assert_eq!(refusal(&again), (403, "INSUFFICIENT_PERMISSIONS".to_owned()));
    }
    for path in ["/users", "/users/1", "/deploy-events"] {
        assert_eq!(refusal(&site.reading.get(path)), (403, "INSUFFICIENT_PERMISSIONS".to_owned()), "{path}");
    }
    let users = editor.get("/users").expect(200);
    assert!(!users.text.contains("password") && !users.text.contains("token"), "{}", users.text);
    let id = came.text_at("/included/0/id");
    let attempts = [
        editor.post("/users", &body("user", json!({"email": "x@example.com", "first_name": "X", "last_name": "Y"}))),
        editor.put("/users/1", &body_of("user", "1", json!({"first_name": "X"}))),
        editor.delete("/users/1"),
    ];
    for refused in &attempts {
        assert_eq!(refusal(refused), (403, "INSUFFICIENT_PERMISSIONS".to_owned()));
    }
    for (name, value) in [("email", "other@example.com"), ("password", "Changed-99")] {
        let mut attributes = serde_json::Map::new();
        attributes.insert(name.to_owned(), value.into());
        let refused = site.writing.put(&format!("/users/{id}"), &body_of("user", &id, attributes.into()));
        assert_eq!(at_field(&refused), (422, name.to_owned(), "VALIDATION_READ_ONLY".to_owned()));
    }
    let own = json!({"email": "me@example.com", "password": "Changed-99", "first_name": "Me"});
    let changed = editor.put(&format!("/users/{id}"), &body_of("user", &id, own)).expect(200);
    assert!(!changed.text.contains("Changed-99"));
    editor.get("/site").expect(200);
    let credentials = json!({"email": "me@example.com", "password": "Changed-99"});
    session(&site.writing, "email_credentials", credentials).expect(201);
}

#[test]
fn a_session_of_one_site_is_nobody_in_another() {
    let server = Server::start();
    let (one, two) = (site(&server), site(&server));
    invite(&one, "mark@example.com").expect(201);
    let code = mailed(&server, 1);
    let came = session(&one.stranger, "invitation", json!({"token": code, "password": "changeme-1"})).expect(201);
    let id = came.text_at("/data/id");
    let (secret, _) = id.split_once('.').expect("a session of a site");
    for other in [format!("{secret}.{}", two.key), format!("{secret}.aaaaaaaaaaaa")] {
        let client = Client::new(&server.base, Some(&other));
        assert_eq!(refusal(&client.get("/site")).0, 404, "{other}");
    }
    let credentials = json!({"email": "mark@example.com", "password": "changeme-1"});
    let refused = session(&two.writing, "email_credentials", credentials);
    assert_eq!(refusal(&refused), (401, "INVALID_CREDENTIALS".to_owned()));
    let person = came.text_at("/included/0/id");
    assert_eq!(refusal(&two.writing.get(&format!("/users/{person}"))), (404, "NOT_FOUND".to_owned()));
    assert_eq!(refusal(&two.writing.delete(&format!("/users/{person}"))), (404, "NOT_FOUND".to_owned()));
}
