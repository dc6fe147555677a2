//! Deploys: how one is asked for, what is kept of it, and who may say how.

mod access_support;

use access_support::{MINUTE, World, block_on};
use engine::deploys::{DeployEvent, DeployOutcome, DeployStatus, DeployTarget, DeployWay};
use model::{Actor, Error, Json, Role};
use serde_json::json;

fn way(url: &str, headers: &[(&str, &str)]) -> DeployWay {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let target = DeployTarget { url: url.to_owned(), headers, body: json!({"go": true}) };
    DeployWay { target: Some(target), words: json!({"token": "of-theirs-4711"}) }
}

fn status(world: &World, actor: &Actor) -> DeployStatus {
    block_on(world.engine.deploy_state(actor, world.first.database)).expect("told").status
}

fn events(world: &World) -> Vec<DeployEvent> {
    let events = block_on(world.engine.deploy_events(&world.owner(), world.first.database)).expect("listed");
    events.into_iter().map(|deploy| deploy.event).collect()
}

#[test]
fn a_deploy_is_pending_until_somebody_tells_or_its_time_is_over() {
    let world = World::new();
    let (key, owner) = (world.first.database, world.owner());
    assert_eq!(status(&world, &owner), DeployStatus::Unstarted);
    let asked = block_on(world.engine.deploy(&owner, key));
    assert!(matches!(asked, Err(Error::Conflict(_))), "nobody said how");
    world.engine.set_deploy_way(&owner, key, Some(&way("https://example.com/x", &[]))).expect("said");
    // Without a way out the request is refused; that is told by an event of its own.
    block_on(async {
        world.engine.deploy(&owner, key).await.expect("asked");
        while world.engine.deploy_events(&owner, key).await.expect("listed").len() < 2 {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(events(&world), [DeployEvent::RequestFailed, DeployEvent::Request]);
    assert_eq!(status(&world, &owner), DeployStatus::Fail);
    let hook = world.engine.database_secrets(&owner, key).expect("read").expect("handed out").hook.0;
    let (told, _) = block_on(world.engine.tell_outcome(&hook, DeployOutcome::Success, Json::Null)).expect("told");
    let state = block_on(world.engine.deploy_state(&owner, key)).expect("told");
    assert_eq!((state.status, state.succeeded_at, state.deployable), (DeployStatus::Success, Some(told.at), true));
    block_on(world.engine.tell_outcome(&hook, DeployOutcome::Failure, json!({"why": "x"}))).expect("told");
    let state = block_on(world.engine.deploy_state(&owner, key)).expect("told");
    assert_eq!((state.status, state.succeeded_at), (DeployStatus::Fail, Some(told.at)));
    assert!(block_on(world.engine.tell_outcome("unknown", DeployOutcome::Success, Json::Null)).is_err());
}

#[test]
fn a_deploy_of_which_nobody_tells_times_out_once() {
    let world = World::new();
    let (key, owner) = (world.first.database, world.owner());
    let open = world.engine.store().database(key).expect("open");
    let at = world.engine.now();
    open.write_blocking(move |w| store::database::deploys::insert(w, at, DeployEvent::Request, &Json::Null))
        .expect("kept");
    assert_eq!(status(&world, &owner), DeployStatus::Pending);
    world.clock.advance(29 * MINUTE);
    assert_eq!(events(&world), [DeployEvent::Request]);
    world.clock.advance(MINUTE);
    assert_eq!(status(&world, &owner), DeployStatus::Fail);
    for _ in 0..2 {
        assert_eq!(events(&world), [DeployEvent::ResponseTimeout, DeployEvent::Request]);
    }
}

#[test]
fn only_who_manages_a_database_says_and_sees_how_it_is_deployed() {
    let world = World::new();
    let (key, owner) = (world.first.database, world.owner());
    let said = way("https://example.com/x", &[("x-secret", "4711")]);
    world.engine.set_deploy_way(&owner, key, Some(&said)).expect("said");
    assert_eq!(world.engine.deploy_way(&owner, key), Ok(Some(said.clone())));
    for role in [Role::Read, Role::Edit, Role::Manage] {
        let member = world.person(world.add_member(&format!("{role:?}"), role));
        assert_eq!(world.engine.deploy_way(&member, key), Ok(None), "{role:?}");
        assert!(world.engine.set_deploy_way(&member, key, None).is_err(), "{role:?}");
        assert_eq!(block_on(world.engine.deploy(&member, key)).is_ok(), role >= Role::Edit, "{role:?}");
        assert_eq!(block_on(world.engine.deploy_events(&member, key)).is_ok(), role >= Role::Edit, "{role:?}");
    }
    let events = block_on(world.engine.deploy_events(&owner, key)).expect("listed");
    assert!(events.iter().all(|event| !event.data.to_string().contains("4711")), "values of headers are secrets");
    for (file, bytes) in world.bed.kept() {
        let secret = b"of-theirs-4711";
        assert!(!bytes.windows(secret.len()).any(|part| part == secret), "a secret is in {file}");
    }
    world.engine.set_deploy_way(&owner, key, None).expect("said");
    assert_eq!(world.engine.deploy_way(&owner, key), Ok(None));
    let stranger = world.person(world.add_user("Sam"));
    assert!(world.engine.deploy_way(&stranger, key).is_err());
}

#[test]
fn what_cannot_be_sent_is_refused_when_it_is_said() {
    let world = World::new();
    let (key, owner) = (world.first.database, world.owner());
    let refused = |way: &DeployWay| world.engine.set_deploy_way(&owner, key, Some(way)).is_err();
    for url in ["ftp://example.com", "file:///etc/passwd", "", "example.com"] {
        assert!(refused(&way(url, &[])), "{url}");
    }
    for (name, value) in
        [("host", "x"), ("Content-Length", "1"), ("a b", "x"), ("", "x"), ("x", "a\r\nb: c"), ("x", "é")]
    {
        assert!(refused(&way("https://example.com", &[(name, value)])), "{name}");
    }
    let many: Vec<(String, String)> = (0..30).map(|n| (format!("x-{n}"), "v".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert!(refused(&way("https://example.com", &many)));
    let long = DeployWay { target: None, words: json!("x".repeat(30_000)) };
    assert!(refused(&long));
}
