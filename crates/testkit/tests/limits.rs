//! Limits of requests: by token, by address, and by a token's own limit; nobody pays for somebody else.

mod support;

use edge::limit::Plan;
use engine::ports::{FixedClock, Ports, SystemDice};
use model::time::Instant;
use serde_json::{Value, json};
use std::sync::Arc;
use support::Table;
use testkit::client::{Client, Reply};
use testkit::server::{EMAIL, PASSWORD, Server};

/// A server whose clock stands still, and the clock.
fn server(plan: Plan) -> (Server, Arc<FixedClock>) {
    let clock = FixedClock::at(Instant::now());
    let server = Server::start_with(Ports::of(clock.clone(), Arc::new(SystemDice)), |s| s.rate_limits = plan);
    // What the preparation of a test server asked is forgotten.
    clock.advance(600_000);
    (server, clock)
}

/// Another token of the owner's, with these keys more in the body: its id and text.
#[track_caller]
fn token(client: &Client, more: &Value) -> (String, String) {
    let mut body = json!({"name": "t", "scopes": ["record|read"], "hasFullAccess": true, "expiredTime": "2099-01-01"});
    for (key, value) in more.as_object().expect("an object") {
        body[key] = value.clone();
    }
    let made = client.post("/api/access-token", &body).expect(201);
    (made.text_at("/id"), made.text_at("/token"))
}

fn number(reply: &Reply, header: &str) -> Option<u64> {
    reply.header(header).and_then(|text| text.parse().ok())
}

#[test]
fn a_token_asks_as_often_as_documented_and_is_told_how_it_stands() {
    let (server, clock) = server(Plan::Documented);
    let client = server.client();
    for left in (0..10).rev() {
        let reply = client.get("/api/space").expect(200);
        assert_eq!(number(&reply, "x-ratelimit-limit"), Some(10));
        // A client of this API never asks again once it has read that nothing is left.
        assert_eq!(number(&reply, "x-ratelimit-remaining"), (left > 0).then_some(left));
        let seconds = server.engine.now().0 as u64 / 1000;
        assert!(number(&reply, "x-ratelimit-reset").is_some_and(|at| (seconds..=seconds + 2).contains(&at)));
    }
    let refused = client.get("/api/space").expect(429);
    assert_eq!(refused.json()["code"], "too_many_requests");
    assert_eq!(number(&refused, "retry-after"), Some(1));
    assert_eq!(number(&refused, "x-ratelimit-remaining"), Some(0));
    clock.advance(100);
    client.get("/api/space").expect(200);
    client.get("/api/space").expect(429);
}

#[test]
fn a_batch_counts_its_records_and_is_paid_off_by_its_own_token_alone() {
    let (server, clock) = server(Plan::Documented);
    let base = server.new_base();
    let table = Table::plain(&server.client(), &base);
    let (_, other) = token(&server.client(), &json!({}));
    let other = server.client().with_token(Some(&other));
    clock.advance(10_000);
    let records: Vec<Value> = (0..50).map(|i| json!({"Count": i})).collect();
    table.create(&records);
    // Forty are owed, and the next is one more.
    let refused = table.list(&[]).expect(429);
    assert_eq!(number(&refused, "retry-after"), Some(5));
    table.try_create(&records, &json!({})).expect(429);
    let theirs = Table { client: other, ..table.clone() };
    for _ in 0..10 {
        theirs.list(&[]).expect(200);
    }
    clock.advance(4_100);
    assert_eq!(table.rows(&[("take", "2000")]).len(), 50);
}

#[test]
fn a_flood_from_one_token_does_not_touch_another() {
    let (server, _) = server(Plan::Documented);
    let (_, calm) = token(&server.client(), &json!({}));
    let calm = server.client().with_token(Some(&calm));
    let flooding = server.client();
    std::thread::scope(|scope| {
        let floods: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..100).filter(|_| flooding.get("/api/space").status == 429).count()))
            .collect();
        for _ in 0..10 {
            calm.get("/api/space").expect(200);
        }
        let refused: usize = floods.into_iter().map(|flood| flood.join().expect("a flood")).sum();
        assert!(refused >= 390, "{refused}");
    });
}

#[test]
fn fair_limits_let_a_busy_script_pass_and_off_says_nothing() {
    let (fair, _) = server(Plan::Fair);
    let reply = fair.client().get("/api/space").expect(200);
    assert_eq!(number(&reply, "x-ratelimit-limit"), Some(10_000));
    let (off, _) = server(Plan::Off);
    assert_eq!(off.client().get("/api/space").expect(200).header("x-ratelimit-limit"), None);
}

#[test]
fn a_limit_of_a_token_counts_at_once_and_only_administrators_set_one() {
    let (server, _) = server(Plan::Off);
    let owner = server.client();
    let (id, text) = token(&owner, &json!({"rateLimit": {"perSecond": 1, "burst": 2}}));
    let limited = owner.with_token(Some(&text));
    let reply = limited.get("/api/space").expect(200);
    assert_eq!(number(&reply, "x-ratelimit-limit"), Some(2));
    limited.get("/api/space").expect(200);
    limited.get("/api/space").expect(429);
    let change = |rate: Value| {
        let body = json!({"name": "t", "scopes": ["record|read"], "hasFullAccess": true, "rateLimit": rate});
        owner.put(&format!("/api/access-token/{id}"), &body)
    };
    let shown = change(json!({"perSecond": 5})).expect(200).json();
    assert_eq!(shown["rateLimit"], json!({"perSecond": 5, "burst": 50}));
    assert_eq!(number(&limited.get("/api/space").expect(200), "x-ratelimit-limit"), Some(50));
    if testbed::on_postgres() {
        let second = server.second();
        let there = Client::new(&second.base, Some(&text));
        assert_eq!(number(&there.get("/api/space").expect(200), "x-ratelimit-limit"), Some(50));
        change(json!({"perSecond": 6})).expect(200);
        assert_eq!(number(&there.get("/api/space").expect(200), "x-ratelimit-limit"), Some(60));
        change(json!({"perSecond": 5})).expect(200);
    }
    // What it makes is limited as itself.
    let (_, child) = token(&limited, &json!({}));
    let child = owner.with_token(Some(&child));
    assert_eq!(number(&child.get("/api/space").expect(200), "x-ratelimit-limit"), Some(50));
    support::assert_refused(&change(json!({"perSecond": 0})), &[400]);
    support::assert_refused(&change(json!({"perSecond": 1, "perMinute": 1})), &[400]);
    change(Value::Null).expect(200);
    assert_eq!(limited.get("/api/space").expect(200).header("x-ratelimit-limit"), None);
    let guest = support::people::stranger(&server, "guest").client;
    let body =
        json!({"name": "t", "scopes": ["record|read"], "expiredTime": "2099-01-01", "rateLimit": {"perSecond": 9}});
    guest.post("/api/access-token", &body).expect(403);
}

#[test]
fn who_guesses_credentials_is_slowed_down_and_who_has_one_is_not() {
    let (server, clock) = server(Plan::Fair);
    let client = server.client();
    let wrong = client.with_token(Some("teable_accGuess000000000_guessguessguessguess"));
    let statuses: Vec<u16> = (0..110).map(|_| wrong.get("/api/space").status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 100);
    assert_eq!(statuses[100..], [429; 10]);
    // Neither are passwords guessed meanwhile, even a right one.
    let person = client.with_token(None);
    let sign_in = || person.post("/api/auth/signin", &json!({"email": EMAIL, "password": PASSWORD}));
    let refused = sign_in().expect(429);
    assert!(number(&refused, "retry-after").is_some());
    client.get("/api/space").expect(200);
    // Who comes from elsewhere, by a proxy on this machine, is another.
    let elsewhere = [("x-forwarded-for", "198.51.100.1, 192.0.2.1")];
    assert_eq!(wrong.send("GET", "/api/space", &elsewhere, None).status, 401);
    clock.advance(1000);
    sign_in().expect(200);
}
