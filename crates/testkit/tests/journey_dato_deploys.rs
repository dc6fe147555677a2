//! Deploys of a site: said how, asked for, told of, and what came of them.

mod support;

use engine::ports::FixedClock;
use engine::ports::Ports;
use model::time::Instant;
use outbound::{Allowed, Guard, Hosts};
use serde_json::{Value, json};
use std::sync::Arc;
use support::receiver::Receiver;
use support::site::{Site, body_of, refusal, site};
use testkit::client::Reply;
use testkit::server::Server;

fn allowing(port: u16) -> Allowed {
    let webhook: Hosts = format!("127.0.0.1:{port}").parse().expect("hosts");
    Allowed { webhook, ..Allowed::default() }
}

fn set(site: &Site, attributes: Value) -> Reply {
    let id = site.id.0.to_string();
    site.writing.put("/site", &body_of("site", &id, attributes))
}

fn custom(url: &str) -> Value {
    let headers = json!({"X-Their-Key": "their-secret-4711"});
    let settings = json!({"trigger_url": url, "headers": headers, "payload": {"type": "build"}});
    json!({"deploy_adapter": "custom", "deploy_settings": settings})
}

fn attributes(site: &Site) -> Value {
    site.writing.get("/site").expect(200).json()["data"]["attributes"].clone()
}

/// The words of the events, newest first.
fn events(site: &Site) -> Vec<String> {
    let list = site.writing.get("/deploy-events").expect(200).json();
    let list = list["data"].as_array().expect("a list").clone();
    list.iter().map(|event| event["attributes"]["event_type"].as_str().expect("a word").to_owned()).collect()
}

/// The events, when there are this many.
fn events_of(site: &Site, count: usize) -> Vec<String> {
    loop {
        let events = events(site);
        if events.len() >= count {
            return events;
        }
        std::thread::yield_now();
    }
}

/// Tells what came of a deploy, as who deploys does.
fn tell(server: &Server, site: &Site, told: &Value) -> Reply {
    let url = attributes(site)["webhook_url"].as_str().expect("an address").to_owned();
    site.stranger.post(url.strip_prefix(&server.base).expect("of this server"), told)
}

#[test]
fn a_deploy_is_asked_for_told_and_answered() {
    let receiver = Receiver::answering("200 OK");
    let server = Server::allowing(allowing(receiver.port));
    let site = site(&server);
    let fresh = attributes(&site);
    assert_eq!((&fresh["deployable"], &fresh["deploy_status"]), (&json!(false), &json!("unstarted")));
    assert_eq!(refusal(&site.writing.post("/deploy", &json!({}))).0, 422, "nobody said how");
    set(&site, custom(&receiver.url())).expect(200);
    let said = attributes(&site);
    assert_eq!((&said["deployable"], &said["deploy_adapter"]), (&json!(true), &json!("custom")));
    assert_eq!(said["deploy_settings"], custom(&receiver.url())["deploy_settings"]);
    let asked = site.writing.post("/deploy", &json!({})).expect(201).json();
    assert_eq!(asked["data"]["attributes"]["event_type"], "request");
    assert!(!asked.to_string().contains("4711"), "{asked}");
    let site_data = json!({"type": "site", "id": site.id.0.to_string()});
    assert_eq!(asked["data"]["relationships"]["site"]["data"], site_data);
    let (head, sent) = receiver.next();
    assert_eq!(sent, r#"{"type":"build"}"#);
    assert!(
        head.starts_with("POST /hook ") && head.to_lowercase().contains("x-their-key: their-secret-4711"),
        "{head}"
    );
    assert_eq!(attributes(&site)["deploy_status"], "pending");
    assert_eq!(attributes(&site)["last_deploy_at"], Value::Null);
    let told = tell(&server, &site, &json!({"status": "success"})).expect(200);
    let now = attributes(&site);
    assert_eq!(now["deploy_status"], "success");
    assert_eq!(now["last_deploy_at"], told.json()["data"]["attributes"]["created_at"]);
    assert_eq!(events(&site), ["response_success", "request"]);
    let id = told.text_at("/data/id");
    assert_eq!(site.writing.get(&format!("/deploy-events/{id}")).expect(200).json()["data"], told.json()["data"]);
    tell(&server, &site, &json!({"status": "error"})).expect(200);
    assert_eq!(attributes(&site)["deploy_status"], "fail");
    assert_eq!(attributes(&site)["last_deploy_at"], now["last_deploy_at"]);
}

#[test]
fn who_cannot_be_told_is_an_event_and_no_address_of_ours_is_asked() {
    let receiver = Receiver::answering("500 Oops");
    let server = Server::allowing(allowing(receiver.port));
    let site = site(&server);
    set(&site, custom(&receiver.url())).expect(200);
    site.writing.post("/deploy", &json!({})).expect(201);
    assert_eq!(events_of(&site, 2), ["request_failed", "request"]);
    let newest = site.writing.get("/deploy-events").expect(200).json()["data"][0]["attributes"]["data"].clone();
    assert_eq!(newest, json!({"status": 500}));
    for (count, url) in
        ["http://169.254.169.254/x", "http://127.0.0.1:1/", "http://[::1]/", "http://0x7f000001/"].iter().enumerate()
    {
        set(&site, custom(url)).expect(200);
        site.writing.post("/deploy", &json!({})).expect(201);
        assert_eq!(events_of(&site, 4 + 2 * count)[0], "request_failed", "{url}");
    }
    assert_eq!(attributes(&site)["deploy_status"], "fail");
    for wrong in [
        json!("x"),
        json!({"trigger_url": "file:///etc/passwd"}),
        json!({"trigger_url": 7}),
        json!({"trigger_url": "http://a.example", "headers": {"Host": "b"}}),
    ] {
        let refused = set(&site, json!({"deploy_adapter": "custom", "deploy_settings": wrong}));
        assert_eq!(refusal(&refused).0, 422, "{wrong}");
    }
    assert_eq!(attributes(&site)["deploy_settings"]["trigger_url"], "http://0x7f000001/", "nothing of it is kept");
}

#[test]
fn settings_of_other_adapters_are_kept_and_what_is_absent_stays() {
    let server = Server::start();
    let site = site(&server);
    let settings = json!({"token": "abc", "ref": "master", "trigger_url": "https://gitlab.example/x"});
    set(&site, json!({"deploy_adapter": "gitlab", "deploy_settings": settings})).expect(200);
    let said = attributes(&site);
    assert_eq!((&said["deploy_settings"], &said["deployable"]), (&settings, &json!(false)));
    set(&site, json!({"name": "Other"})).expect(200);
    assert_eq!(attributes(&site)["deploy_settings"], settings);
    let mut back = attributes(&site);
    back["name"] = json!("Again");
    set(&site, back).expect(200);
    assert_eq!(attributes(&site)["deploy_settings"], settings, "what was read can be written back");
    set(&site, json!({"deploy_adapter": null, "deploy_settings": null})).expect(200);
    let said = attributes(&site);
    assert_eq!((&said["deploy_adapter"], &said["deploy_settings"]), (&Value::Null, &Value::Null));
    for (file, bytes) in server.kept() {
        let found = bytes.windows(14).any(|part| part == b"gitlab.example");
        assert!(!found, "settings are in {file}");
    }
}

#[test]
fn the_address_for_outcomes_does_nothing_else_and_is_told_by_its_secret_alone() {
    let server = Server::start();
    let site = site(&server);
    for wrong in
        ["", "?token=", "?token=x", &format!("?token={}", "x".repeat(40)), &format!("?token={}", site.readwrite)]
    {
        let refused = site.stranger.post(&format!("/dato/deploy-results{wrong}"), &json!({"status": "success"}));
        assert_eq!(refusal(&refused), (404, "NOT_FOUND".to_owned()), "{wrong}");
    }
    for told in [json!({}), json!({"status": "fine"}), json!([]), json!({"status": 1})] {
        assert_eq!(refusal(&tell(&server, &site, &told)).0, 422, "{told}");
    }
    let long = json!({"status": "success", "more": "x".repeat(20_000)});
    assert_eq!(refusal(&tell(&server, &site, &long)).0, 413);
    assert_eq!(events(&site), Vec::<String>::new());
    tell(&server, &site, &json!({"status": "success", "more": 1})).expect(200);
    assert_eq!(events(&site), ["response_success"]);
    for id in ["0", "2", "x", "-1"] {
        assert_eq!(refusal(&site.writing.get(&format!("/deploy-events/{id}"))), (404, "NOT_FOUND".to_owned()), "{id}");
    }
    for path in ["/deploy-events", "/deploy-events/1"] {
        assert_eq!(refusal(&site.reading.get(path)).0, 403, "{path}");
    }
    assert_eq!(refusal(&site.reading.post("/deploy", &json!({}))).0, 403);
    let other = support::site::site(&server);
    assert_eq!(events(&other), Vec::<String>::new());
}

#[test]
fn a_deploy_of_which_nobody_tells_times_out() {
    let clock = FixedClock::at(Instant(1_700_000_000_000));
    let receiver = Receiver::answering("200 OK");
    let ports =
        Ports { clock: clock.clone(), outbound: Arc::new(Guard::new(allowing(receiver.port))), ..Ports::system() };
    let server = Server::start_with(ports, |_| {});
    let site = site(&server);
    set(&site, custom(&receiver.url())).expect(200);
    site.writing.post("/deploy", &json!({})).expect(201);
    receiver.next();
    clock.advance(29 * 60_000);
    assert_eq!(
        (attributes(&site)["deploy_status"].clone(), events(&site)),
        (json!("pending"), vec!["request".to_owned()])
    );
    clock.advance(60_000);
    assert_eq!(attributes(&site)["deploy_status"], "fail");
    assert_eq!(events(&site), ["response_timeout", "request"]);
}
