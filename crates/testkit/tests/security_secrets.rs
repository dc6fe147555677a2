//! S35, S36: passwords and tokens are told once, kept as hashes, and never come back in answers, files or metrics.

mod support;

use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use support::Table;
use support::people;
use support::routes::{self, Entry, Ids};
use testkit::client::Client;
use testkit::server::{EMAIL, PASSWORD, Server, TOKEN};

/// The part of a token that nobody may know.
fn secret(token: &str) -> &str {
    token.rsplit('_').next().expect("a secret")
}

/// Keys of JSON that would hold a secret, wherever they are.
fn secret_keys(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let word = key.to_lowercase();
                let tells = ["password", "secret", "hash", "token", "salt", "cookie"].iter().any(|w| word.contains(w));
                // Whether there is one is no secret.
                if tells && !value.is_boolean() {
                    found.push(key.clone());
                }
                secret_keys(value, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|one| secret_keys(one, found)),
        _ => {}
    }
}

/// Everything kept by the server that holds one of the texts.
fn kept_with(server: &Server, texts: &[String]) -> Vec<String> {
    let holds = |bytes: &[u8], text: &String| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    let mut found = Vec::new();
    for (name, bytes) in server.kept() {
        found.extend(texts.iter().filter(|text| holds(&bytes, text)).map(|text| format!("{name} holds {text}")));
    }
    found
}

/// A day of work in which every secret there is gets used; the secrets and all answers but those that tell a new one.
fn day(server: &Server) -> (Vec<String>, Vec<String>) {
    let client = server.client();
    let table = Table::plain(&client, &server.new_base());
    let mut ids = Ids::of(&table, &server.space);
    let other = people::stranger(server, "other");
    let cookie = people::sign_in(&client, EMAIL, PASSWORD);
    let session = client.with_token(None);
    let ask = |method: &str, path: &str, body: Option<Value>| {
        session.send(method, path, &[("cookie", &cookie)], body.map(|b| b.to_string()))
    };
    let new = json!({"name": "t", "scopes": ["record|read"], "expiredTime": "2099-01-01"});
    let made = ask("POST", "/api/access-token", Some(new)).expect(201);
    ids.token = made.text_at("/id");
    let refresh = format!("/api/access-token/{}/refresh", ids.token);
    let renewed = ask("POST", &refresh, Some(json!({"expiredTime": "2099-01-01"}))).expect(200);
    let (first, second) = (made.text_at("/token"), renewed.text_at("/token"));
    assert_ne!(secret(&first), secret(&second));
    assert_eq!(client.with_token(Some(&first)).get("/api/auth/user").status, 401, "the old text is dead at once");
    client.with_token(Some(&second)).get("/api/auth/user").expect(200);
    let mut answers = vec![made.text.replace(&first, ""), renewed.text.replace(&second, "")];
    for route in routes::all() {
        let reply = match route.entry {
            Entry::Session | Entry::Open => route.ask_with(&session, &ids, &[("cookie", &cookie)]),
            Entry::Either => route.ask(&client, &ids),
        };
        if !matches!(route.name, "create token" | "refresh token") {
            answers.push(reply.text.clone());
            answers.extend(reply.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        }
        if route.entry == Entry::Either {
            answers.push(route.ask(&other.client, &ids).text);
        }
        let wrong = format!("{TOKEN}-nearly");
        answers.push(route.ask(&client.with_token(Some(&wrong)), &ids).text);
    }
    for body in
        [json!({"email": EMAIL, "password": format!("{PASSWORD}!")}), json!({"email": PASSWORD, "password": PASSWORD})]
    {
        answers.push(session.post("/api/auth/signin", &body).expect(400).text);
    }
    answers.push(session.post("/api/auth/signin", &json!({"email": EMAIL, "password": [PASSWORD]})).expect(400).text);
    answers.push(client.get(&format!("/api/table/{TOKEN}/record?token={TOKEN}")).text);
    let cookie = cookie.split_once('=').expect("a pair").1.to_owned();
    let mut secrets = vec![PASSWORD.to_owned(), other.password, cookie];
    secrets.extend([TOKEN, &first, &second, &other.token].map(|token| secret(token).to_owned()));
    (secrets, answers)
}

#[test]
fn no_answer_tells_a_password_or_token_again() {
    let server = Server::start();
    let (secrets, answers) = day(&server);
    assert!(answers.len() > 200, "{}", answers.len());
    for answer in &answers {
        for secret in &secrets {
            assert!(!answer.contains(secret.as_str()), "{secret} in {answer}");
        }
        // The document says what there is, by names of fields and addresses; it has no values.
        if answer.starts_with("{\"openapi\"") {
            continue;
        }
        let mut keys = Vec::new();
        secret_keys(&serde_json::from_str(answer).unwrap_or(Value::Null), &mut keys);
        // The answers that tell a new token were emptied of it.
        keys.retain(|key| !(key == "token" && answer.contains("\"token\":\"\"")));
        // The token of a file names it beside its address, and lets nobody in.
        let of_file = answer.contains("\"presignedUrl\"") || answer.contains("\"uploadMethod\"");
        keys.retain(|key| !(key == "token" && of_file));
        assert_eq!(keys, [""; 0], "{answer}");
    }
}

#[test]
fn no_file_of_the_data_folder_holds_a_secret() {
    let server = Server::start();
    let (secrets, _) = day(&server);
    server.engine.flush_last_used().expect("written");
    assert_eq!(kept_with(&server, &secrets), [""; 0]);
    let known = kept_with(&server, &[EMAIL.to_owned()]);
    assert!(!known.is_empty(), "the search finds what is there");
}

#[test]
fn the_data_folder_is_closed_to_other_users_of_the_machine() {
    use std::os::unix::fs::PermissionsExt;
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let mode = path.metadata().expect("a mode").permissions().mode();
            if path.is_dir() {
                walk(&path, found);
            } else if mode & 0o077 != 0 {
                found.push(format!("{} {mode:o}", path.display()));
            }
        }
    }
    let server = Server::start();
    day(&server);
    let mut open = Vec::new();
    walk(server.folder(), &mut open);
    assert_eq!(open, [""; 0]);
}

#[test]
fn metrics_have_no_label_that_a_request_chooses() {
    let server = Server::start();
    let mounted = edge::mount(vec![Arc::new(donotname::Donotname)], &server.engine, edge::Settings::default());
    let metrics = mounted.metrics().clone();
    let app = axum::Router::new().fallback_service(mounted);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    runtime.spawn(async move { axum::serve(listener, app).await });
    let client = Client::new(&base, Some(TOKEN));
    let table = Table::plain(&client, &server.new_base());
    let secret = "sEcReT-in-a-request";
    table.create(&[json!({"Name": secret})]);
    for path in [format!("/api/{secret}"), format!("/api/table/{secret}/record"), format!("/api/space?x={secret}")] {
        client.get(&path);
        client.send("GET", &path, &[("x-window-id", secret), ("x-request-id", secret), ("user-agent", secret)], None);
        client.with_token(Some(secret)).get(&path);
    }
    client.send("POST", "/api/space", &[], Some(secret.to_owned()));
    let mut text = Vec::new();
    metrics.write(&mut text);
    let text = String::from_utf8(text).expect("text");
    runtime.shutdown_background();
    assert!(text.contains("donotname") && text.contains("list records"), "{text}");
    for hidden in [secret, TOKEN, &table.id, &table.base, EMAIL, "x-window-id"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
}

#[test]
fn an_e_mail_address_is_told_to_whom_it_may_be_told() {
    let server = Server::start();
    let client = server.client();
    let cookie = people::sign_in(&client, EMAIL, PASSWORD);
    let words = [
        "space|read",
        "base|read",
        "table|read",
        "field|read",
        "view|read",
        "record|read",
        "record|update",
        "table_record_history|read",
    ];
    let blind = client.with_token(Some(&people::token_of_words(&client, &cookie, &words)));
    let mut table = Table::plain(&client, &server.new_base());
    table.add_field(&json!({"name": "Who", "type": "user"})).expect(201);
    table.add_field(&json!({"name": "Maker", "type": "createdBy"})).expect(201);
    let me = client.get("/api/auth/user").expect(200).text_at("/id");
    let id = table.create(&[json!({"Name": "x", "Who": {"id": me}})]).remove(0);
    table.update(&id, &json!({"Who": null})).expect(200);
    table.update(&id, &json!({"Who": {"id": me}})).expect(200);
    let ids = Ids { table: table.id.clone(), base: table.base.clone(), record: id, ..Ids::of(&table, &server.space) };
    for route in routes::all().into_iter().filter(|r| r.entry == Entry::Either && r.method != "DELETE") {
        let text = route.ask(&blind, &ids).text;
        assert!(!text.contains(EMAIL), "{}: {text}", route.name);
    }
    assert!(
        client.get(&table.path("/record")).expect(200).text.contains(EMAIL),
        "with the right to see it, it is there"
    );
}
