//! S34, S38, S39, S41, S42: sessions, passwords and invitations as somebody would misuse them.

mod support;

use engine::access::SignUp;
use engine::ports::mailer::{Code, Says};
use serde_json::json;
use support::people::{self, Person};
use support::{Table, assert_refused};
use testkit::client::{Client, Reply};
use testkit::server::{EMAIL, PASSWORD, Server};

/// The code in the newest of at least this many letters.
fn mailed(server: &Server, count: usize) -> String {
    let letter = server.mail.wait_for(count).pop().expect("a letter");
    let (Says::Reset { code: Code(code), .. } | Says::Invitation { code: Code(code), .. }) = letter.says;
    code
}

fn stranger(server: &Server) -> Client {
    server.client().with_token(None)
}

fn as_session(server: &Server, cookie: &str, method: &str, path: &str, body: Option<serde_json::Value>) -> Reply {
    stranger(server).send(method, path, &[("cookie", cookie)], body.map(|body| body.to_string()))
}

/// An answer without what differs in any two.
fn told(reply: &Reply) -> (u16, String, Vec<(String, String)>) {
    let mut headers = reply.headers.clone();
    headers.retain(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
    (reply.status, reply.text.clone(), headers)
}

#[test]
fn asking_for_a_new_password_tells_nobody_who_has_an_account_and_the_asker_steers_no_link() {
    let server = Server::start();
    let ask = |email: &str, host: &str| {
        let body = json!({"email": email}).to_string();
        let headers = [("host", host), ("x-forwarded-host", host), ("x-forwarded-proto", "https")];
        stranger(&server).send("POST", "/api/auth/send-reset-password-email", &headers, Some(body))
    };
    let known = ask(EMAIL, "evil.example");
    assert_eq!(known.status, 201);
    assert_eq!(told(&known), told(&ask("nobody@example.com", "evil.example")));
    let code = mailed(&server, 1);
    assert!(!known.text.contains(&code));
    // What the mailer gets has no word of the request in it: it makes links of the owner's own setting.
    let letters = server.mail.wait_for(1);
    assert_eq!((letters.len(), letters[0].to.as_str()), (1, EMAIL));
    assert!(!format!("{letters:?}").contains("evil"));
    let reset = |code: &str, password: &str| {
        stranger(&server).post("/api/auth/reset-password", &json!({"code": code, "password": password}))
    };
    assert_refused(&reset(&code, "weak"), &[400]);
    let done = reset(&code, "Another-horse-8").expect(201);
    assert!(done.header("set-cookie").is_none() && done.text == "{}", "{}", done.text);
    let (used, never) = (reset(&code, "Third-horse-9"), reset(&"0".repeat(64), "Third-horse-9"));
    assert_eq!(told(&used), told(&never));
    assert_refused(&stranger(&server).post("/api/auth/signin", &json!({"email": EMAIL, "password": PASSWORD})), &[400]);
    people::sign_in(&server.client(), EMAIL, "Another-horse-8");
}

#[test]
fn a_password_that_was_set_anew_ends_every_session_at_once() {
    let server = Server::start();
    let cookies = [(); 2].map(|()| people::sign_in(&server.client(), EMAIL, PASSWORD));
    let me = |cookie: &str| as_session(&server, cookie, "GET", "/api/auth/user/me", None).status;
    assert_eq!(cookies.each_ref().map(|cookie| me(cookie)), [200, 200]);
    let change = json!({"password": PASSWORD, "newPassword": "Another-horse-8"});
    as_session(&server, &cookies[0], "PATCH", "/api/auth/change-password", Some(change)).expect(200);
    assert_eq!(cookies.each_ref().map(|cookie| me(cookie)), [200, 401]);
    stranger(&server).post("/api/auth/send-reset-password-email", &json!({"email": EMAIL})).expect(201);
    let body = json!({"code": mailed(&server, 1), "password": "Third-horse-9"});
    stranger(&server).post("/api/auth/reset-password", &body).expect(201);
    assert_eq!(cookies.each_ref().map(|cookie| me(cookie)), [401, 401]);
    // The tokens stay: whoever lost one ends it on the page of tokens.
    server.client().get("/api/auth/user").expect(200);
}

/// Somebody whom the owner let into a base as an editor, with a session.
fn editor(server: &Server, table: &Table) -> (Person, String, String) {
    let person = people::member(server, "editor", &table.base, model::Role::Edit);
    let cookie = people::sign_in(&person.client, &person.email, &person.password);
    let id = person.client.get("/api/auth/user").expect(200).text_at("/id");
    (person, cookie, id)
}

/// A role that is lowered on one server and a member who is taken out count at once, at `there` too.
fn changes_of_members_count_at(here: &Server, there: &Server) {
    let table = Table::plain(&here.client(), &here.new_base());
    let (person, cookie, id) = editor(here, &table);
    let path = table.path("/record");
    let body = json!({"records": [{"fields": {}}]});
    let write = || {
        let token = Client::new(&there.base, Some(&person.token)).post(&path, &body).status;
        (token, as_session(there, &cookie, "POST", &path, Some(body.clone())).status)
    };
    assert_eq!(write(), (201, 201));
    let members = format!("/api/base/{}/collaborators", table.base);
    let lower = json!({"principalId": id, "principalType": "user", "role": "viewer"});
    here.client().patch(&members, &lower).expect(200);
    assert_eq!(write(), (403, 403));
    here.client().delete(&format!("{members}?principalId={id}&principalType=user")).expect(200);
    assert_eq!(write(), (404, 404));
    here.engine
        .set_collaborator(&people::local(), people::place_of(&table.base), person.id, model::Role::Edit)
        .expect("in");
    assert_eq!(write(), (201, 201));
    here.engine.delete_user(&people::local(), person.id).expect("deleted");
    assert_eq!(write(), (401, 401));
}

#[test]
fn a_lowered_role_and_a_removed_person_count_at_once() {
    let server = Server::start();
    changes_of_members_count_at(&server, &server);
}

#[test]
fn a_lowered_role_and_a_removed_person_count_at_once_on_another_server() {
    // On SQLite one server alone has the store.
    if testbed::on_postgres() {
        let server = Server::start();
        changes_of_members_count_at(&server, &server.second());
    }
}

#[test]
fn another_site_begins_and_ends_no_session() {
    let server = Server::start();
    server.engine.allow_sign_up(SignUp::Open);
    let cookie = people::sign_in(&server.client(), EMAIL, PASSWORD);
    let knocks = [
        ("/api/auth/signin", json!({"email": EMAIL, "password": PASSWORD})),
        ("/api/auth/signup", json!({"email": "new@example.com", "password": "new-Password-1"})),
        ("/api/auth/signout", json!({})),
        ("/api/auth/send-reset-password-email", json!({"email": EMAIL})),
        ("/api/auth/reset-password", json!({"code": "0".repeat(64), "password": "new-Password-1"})),
    ];
    for (path, body) in &knocks {
        for site in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "null")] {
            for kind in ["text/plain", "application/json", "application/x-www-form-urlencoded"] {
                let headers = [("cookie", cookie.as_str()), site, ("content-type", kind)];
                let reply = stranger(&server).send("POST", path, &headers, Some(body.to_string()));
                assert_refused(&reply, &[401]);
                assert!(reply.header("set-cookie").is_none(), "{path} from {site:?}");
            }
        }
    }
    as_session(&server, &cookie, "GET", "/api/auth/user/me", None).expect(200);
    assert!(server.mail.wait_for(0).is_empty());
}

#[test]
fn no_page_of_another_origin_is_told_more_than_a_program_without_cookies() {
    let server = Server::start();
    let cookie = people::sign_in(&server.client(), EMAIL, PASSWORD);
    for origin in ["https://evil.example", "null", "http://127.0.0.1"] {
        for method in ["GET", "OPTIONS"] {
            let asks = ("access-control-request-method", "POST");
            let headers = [("cookie", cookie.as_str()), ("origin", origin), asks];
            let reply = stranger(&server).send(method, "/api/space", &headers, None);
            assert_eq!(reply.header("access-control-allow-origin"), Some("*"), "the origin is not repeated");
            assert!(reply.header("access-control-allow-credentials").is_none());
        }
    }
}

#[test]
fn a_session_is_kept_from_scripts_and_private_answers_from_caches() {
    let server = Server::start();
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let reply = stranger(&server).post("/api/auth/signin", &body).expect(200);
    let line = reply.header("set-cookie").expect("a cookie").to_owned();
    for word in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
        assert!(line.contains(word), "{word} in {line}");
    }
    assert!(!line.contains("Domain"));
    let cookie = line.split(';').next().expect("a pair");
    let secret = cookie.split_once('=').expect("a pair").1;
    assert!(!reply.text.contains(secret));
    for path in ["/api/auth/user/me", "/api/auth/user", "/api/space", "/api/access-token"] {
        let reply = as_session(&server, cookie, "GET", path, None).expect(200);
        assert!(!reply.text.contains(secret));
        let headers = ["cache-control", "x-content-type-options", "referrer-policy"].map(|name| reply.header(name));
        assert_eq!(headers, [Some("no-store"), Some("nosniff"), Some("no-referrer")], "{path}");
    }
    as_session(&server, cookie, "POST", "/api/auth/signout", None).expect(200);
    assert_eq!(as_session(&server, cookie, "GET", "/api/auth/user/me", None).status, 401);
}

#[test]
fn guessing_codes_and_addresses_is_braked() {
    let server = Server::start();
    server.engine.allow_sign_up(SignUp::Open);
    let cookie = people::sign_in(&server.client(), EMAIL, PASSWORD);
    let braked = |what: &str, ask: &dyn Fn(usize) -> Reply, free: usize| {
        let statuses: Vec<u16> = (0..free + 1).map(|n| ask(n).status).collect();
        let (last, before) = statuses.split_last().expect("some");
        assert!(*last == 429 && !before.contains(&429), "{what}: {statuses:?}");
    };
    let accept = |n: usize| {
        let body = json!({"invitationCode": format!("{n:064}")});
        as_session(&server, &cookie, "POST", "/api/invitation/link/accept", Some(body))
    };
    braked("codes of invitations", &accept, 5);
    let ask =
        |_: usize| stranger(&server).post("/api/auth/send-reset-password-email", &json!({"email": "a@b.example"}));
    braked("letters to one address", &ask, 5);
    let sign_up =
        |_: usize| stranger(&server).post("/api/auth/signup", &json!({"email": EMAIL, "password": "new-Password-1"}));
    braked("whether an address is taken", &sign_up, 5);
    let reset = |n: usize| {
        let body = json!({"code": format!("{n:064}"), "password": "new-Password-1"});
        stranger(&server).post("/api/auth/reset-password", &body)
    };
    let statuses: Vec<u16> = (0..110).map(|n| reset(n).status).collect();
    assert!(statuses.contains(&429) && !statuses.iter().any(|status| ![400, 429].contains(status)), "{statuses:?}");
    // Who signs in is not held up by any of it.
    people::sign_in(&server.client(), EMAIL, PASSWORD);
}

#[test]
fn an_invitation_lets_nobody_further_in_than_it_says() {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let other = server.new_base();
    let body = json!({"emails": ["guest@elsewhere.example"], "role": "viewer"});
    server.client().post(&format!("/api/base/{}/invitation/email", table.base), &body).expect(201);
    let guest = people::stranger(&server, "guest");
    assert_refused(&guest.client.get(&format!("/api/base/{}", table.base)), &[404]);
    let accept = json!({"invitationCode": mailed(&server, 1)});
    guest.client.post("/api/invitation/link/accept", &accept).expect(201);
    guest.client.get(&table.path("/record")).expect(200);
    assert_refused(&guest.client.post(&table.path("/record"), &json!({"records": [{"fields": {}}]})), &[403]);
    assert_refused(&guest.client.get(&format!("/api/base/{other}")), &[404]);
    assert_refused(&guest.client.get(&format!("/api/space/{}", server.space)), &[404]);
    assert_refused(&guest.client.post("/api/invitation/link/accept", &accept), &[404]);
}
