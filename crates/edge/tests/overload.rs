//! More requests at once than the server takes: those that are let in finish, the others are told so at once.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use edge::{Answer, Call, Door, Endpoint, Mounted, Routes, Settings, mount_routers, respond};
use engine::Engine;
use model::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

static ENDPOINTS: &[Endpoint] =
    &[Endpoint { method: Method::GET, path: "/work", name: "work", summary: "", needs: "" }];
const PREFIXES: &[&str] = &["/api"];

struct Busy;

impl Door for Busy {
    fn name(&self) -> &'static str {
        "busy"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        PREFIXES
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        ENDPOINTS
    }

    fn router(&self, _: Engine) -> Router {
        unreachable!("the router of this test needs no engine")
    }

    fn render_error(&self, error: &Error, _: &str) -> Response {
        match error {
            Error::Busy { .. } => respond::text(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
            other => respond::text(StatusCode::INTERNAL_SERVER_ERROR, other.to_string()),
        }
    }
}

/// Work that ends when the test says so.
struct Work {
    begun: AtomicUsize,
    end: Semaphore,
}

async fn work(State(work): State<Arc<Work>>, _: Call) -> Answer {
    work.begun.fetch_add(1, Ordering::SeqCst);
    drop(work.end.acquire().await);
    Ok(respond::text(StatusCode::OK, "done"))
}

fn door(work_of: &Arc<Work>, places: usize) -> Mounted {
    let router = Routes::new(PREFIXES, ENDPOINTS).on("work", work).finish(work_of.clone());
    let settings = Settings { requests_at_once: places, ..Settings::default() };
    mount_routers(vec![(Arc::new(Busy) as Arc<dyn Door>, router)], settings)
}

fn request(token: usize) -> Request {
    let request = Request::get("/api/work").header(header::AUTHORIZATION, format!("Bearer {token}"));
    request.body(Body::empty()).expect("a request")
}

/// Waits until this many have been answered, all of them that there is too much to do; the others.
async fn refused(answers: Vec<JoinHandle<Response>>, wanted: usize) -> Vec<JoinHandle<Response>> {
    let (mut refused, mut left) = (0, answers);
    while refused < wanted {
        tokio::task::yield_now().await;
        let (ended, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(JoinHandle::is_finished);
        left = rest;
        for answer in ended {
            let response = answer.await.expect("no panic");
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers().get(header::RETRY_AFTER).map(|v| v.as_bytes()), Some(b"1".as_slice()));
            refused += 1;
        }
    }
    left
}

#[tokio::test]
async fn a_burst_over_the_bound_is_told_to_come_again_while_the_admitted_ones_finish() {
    let work = Arc::new(Work { begun: AtomicUsize::new(0), end: Semaphore::new(0) });
    let doors = door(&work, 2);
    let answers = (0..40).map(|token| tokio::spawn(doors.clone().answer(request(token)))).collect();
    // Two are at work and eight wait in the line: the other thirty are answered though nothing has ended yet.
    let answers = refused(answers, 30).await;
    assert_eq!((answers.len(), work.begun.load(Ordering::SeqCst)), (10, 2));
    work.end.add_permits(Semaphore::MAX_PERMITS / 2);
    for answer in answers {
        assert_eq!(answer.await.expect("no panic").status(), StatusCode::OK);
    }
    let again = doors.clone().answer(request(0)).await;
    assert_eq!(again.status(), StatusCode::OK, "a place is free again");
    let mut figures = Vec::new();
    doors.metrics().write(&mut figures);
    let figures = String::from_utf8(figures).expect("text");
    assert!(figures.contains("manytongue_requests_shed_total 30"), "{figures}");
}

#[tokio::test]
async fn a_crowd_of_one_credential_leaves_room_for_the_others() {
    let work = Arc::new(Work { begun: AtomicUsize::new(0), end: Semaphore::new(0) });
    let doors = door(&work, 2);
    let crowd = (0..40).map(|_| tokio::spawn(doors.clone().answer(request(1)))).collect();
    // Half of two places and eight in the line are five.
    let crowd = refused(crowd, 35).await;
    let other = tokio::spawn(doors.clone().answer(request(2)));
    tokio::task::yield_now().await;
    assert!(!other.is_finished(), "it is in the line");
    work.end.add_permits(Semaphore::MAX_PERMITS / 2);
    for answer in crowd.into_iter().chain([other]) {
        assert_eq!(answer.await.expect("no panic").status(), StatusCode::OK);
    }
}
