//! What the layer around all doors does, on two small doors.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use edge::{Answer, Call, Door, Endpoint, Mounted, Routes, Settings, mount_routers, respond};
use engine::Engine;
use model::{Error, Path, Rule, Subject};
use std::sync::Arc;

const fn endpoint(method: Method, path: &'static str, name: &'static str) -> Endpoint {
    Endpoint { method, path, name, summary: "", needs: "" }
}

static ENDPOINTS: &[Endpoint] = &[
    endpoint(Method::GET, "/table/{table}/record/{record}", "get"),
    endpoint(Method::POST, "/table/{table}/record", "create"),
    endpoint(Method::GET, "/boom", "boom"),
    endpoint(Method::GET, "/busy", "busy"),
    endpoint(Method::GET, "/long", "long"),
];

/// A door whose errors are lines of its name, the status and the cause.
struct Lines(&'static str, &'static [&'static str]);

impl Door for Lines {
    fn name(&self) -> &'static str {
        self.0
    }

    fn prefixes(&self) -> &'static [&'static str] {
        self.1
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        ENDPOINTS
    }

    fn router(&self, _: Engine) -> Router {
        unreachable!("the routers of these tests need no engine")
    }

    fn render_error(&self, error: &Error, request_id: &str) -> Response {
        let status = match error {
            Error::NotFound { .. } => StatusCode::NOT_FOUND,
            Error::Invalid(_) => StatusCode::BAD_REQUEST,
            Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        respond::text(status, format!("{}: {error} [{}]", self.0, if request_id == "mine" { "mine" } else { "ours" }))
    }
}

async fn get(call: Call) -> Answer {
    let record = call.segment("record");
    if record == "none" {
        return Err(Error::not_found(Subject::Record, record).into());
    }
    let params = call.params()?;
    Ok(respond::text(StatusCode::OK, format!("{} {record} {:?}", call.segment("table"), params.one("q")?)))
}

async fn create(mut call: Call) -> Answer {
    let json: model::Json = call.json().await?;
    match json.as_object() {
        Some(object) => Ok(respond::text(StatusCode::CREATED, object.len().to_string())),
        None => Err(Error::invalid(Path::of("body"), Rule::Type("an object")).into()),
    }
}

async fn boom(call: Call) -> Answer {
    let nothing: Option<u8> = call.raw_query().parse().ok();
    Ok(respond::text(StatusCode::OK, nothing.expect("the secret of the database").to_string()))
}

async fn busy(_: Call) -> Answer {
    Err(Error::RateLimited { retry_after: 7 }.into())
}

async fn long(_: Call) -> Answer {
    Ok(respond::text(StatusCode::OK, "a".repeat(100_000)))
}

fn doors() -> Mounted {
    let door = |name, prefixes: &'static [&'static str]| {
        let routes = Routes::new(prefixes, ENDPOINTS).on("get", get).on("create", create);
        let router = routes.on("boom", boom).on("busy", busy).on("long", long).finish(());
        (Arc::new(Lines(name, prefixes)) as Arc<dyn Door>, router)
    };
    let settings = Settings { body_limit: 1000, ..Settings::default() };
    mount_routers(vec![door("one", &["/api", "/one/api"]), door("two", &["/api/v1"])], settings)
}

async fn ask(method: Method, uri: &str, headers: &[(&str, &str)], body: &str) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = doors().answer(request.body(Body::from(body.to_owned())).expect("a request")).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

async fn get_it(uri: &str) -> (u16, String) {
    let (status, _, body) = ask(Method::GET, uri, &[], "").await;
    (status.as_u16(), body)
}

fn answer(status: u16, body: &str) -> (u16, String) {
    (status, body.to_owned())
}

#[tokio::test]
async fn the_door_of_the_longest_prefix_answers() {
    assert_eq!(get_it("/api/table/a/record/b").await, answer(200, "a b None"));
    assert_eq!(get_it("/one/api/table/a/record/b%2Fc%20d/?q=%20").await, answer(200, "a b/c d Some(\" \")"));
    assert_eq!(get_it("/api/unknown").await, answer(404, "one: No endpoint  [ours]"));
    assert_eq!(get_it("/api/v1/unknown").await, answer(404, "two: No endpoint  [ours]"));
    assert_eq!(get_it("/api/v1x").await, answer(404, "one: No endpoint  [ours]"));
    assert_eq!(get_it("/apix").await, answer(404, "{\"message\":\"No endpoint\"}"));
}

#[tokio::test]
async fn every_failure_has_the_shape_of_its_door() {
    assert_eq!(get_it("/api/table/a/record/none").await, answer(404, "one: No record none [ours]"));
    assert_eq!(get_it("/api/v1/table/a/record/b?q=1&q=2").await, answer(400, "two: q is given more than once [ours]"));
    assert_eq!(get_it("/api/v1/../x").await, answer(400, "two: path has a segment of dots [ours]"));
    assert_eq!(get_it("/api/table/%00/record/b").await, answer(400, "one: path has control characters [ours]"));
    assert_eq!(get_it(&format!("/api{}", "/a".repeat(5000))).await.0, 413);
    assert_eq!(get_it("/api/boom").await, answer(500, "one: Internal error [ours]"));
    let (status, headers, body) = ask(Method::DELETE, "/api/table/a/record", &[("x-request-id", "mine")], "").await;
    assert_eq!((status.as_u16(), body.as_str()), (405, "one: No endpoint  [mine]"));
    assert_eq!(
        (&headers[header::ALLOW], &headers["x-request-id"]),
        (&"POST".parse().expect("value"), &"mine".parse().expect("value"))
    );
    assert_eq!(ask(Method::GET, "/api/busy", &[], "").await.1[header::RETRY_AFTER], "7");
}

#[tokio::test]
async fn bodies_are_bounded() {
    let post = async |body: &str| {
        let (status, _, text) = ask(Method::POST, "/api/table/a/record", &[], body).await;
        (status.as_u16(), text)
    };
    assert_eq!(post("{\"a\": 1}").await, answer(201, "1"));
    assert_eq!(post("[]").await, answer(400, "one: body must be an object [ours]"));
    assert_eq!(post("{").await.0, 400);
    assert_eq!(post(&"[".repeat(900)).await, answer(400, "one: body must not be nested deeper than 128 levels [ours]"));
    assert_eq!(post(&" ".repeat(1001)).await, answer(413, "one: The body is larger than 1000 [ours]"));
}

#[tokio::test]
async fn pages_of_other_origins_may_read_but_never_with_credentials() {
    let origin = ("origin", "https://example.com");
    let (status, headers, _) =
        ask(Method::OPTIONS, "/api/table/a/record", &[origin, ("access-control-request-method", "POST")], "").await;
    assert_eq!((status.as_u16(), &headers["access-control-allow-origin"]), (204, &"*".parse().expect("value")));
    let allowed = headers["access-control-allow-headers"].to_str().expect("text");
    assert!(allowed.contains("authorization") && allowed.contains("x-window-id"), "{allowed}");
    for headers in [headers, ask(Method::GET, "/api/table/a/record/b", &[origin], "").await.1] {
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert!(!headers.contains_key("access-control-allow-credentials"));
    }
    let (_, headers, _) = ask(Method::GET, "/api/table/a/record/b", &[], "").await;
    assert!(!headers.contains_key("access-control-allow-origin"));
    assert_eq!(headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn long_answers_are_compressed_for_those_who_ask() {
    let asks = [("accept-encoding", "br, gzip")];
    let (_, headers, body) = ask(Method::GET, "/api/long", &asks, "").await;
    assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
    assert!(body.len() < 10_000);
    assert!(!ask(Method::GET, "/api/long", &[], "").await.1.contains_key(header::CONTENT_ENCODING));
    assert!(!ask(Method::GET, "/api/busy", &asks, "").await.1.contains_key(header::CONTENT_ENCODING));
}

#[tokio::test]
async fn answers_are_counted_by_endpoint_and_never_by_path() {
    let doors = doors();
    for path in ["/api/table/a/record/b", "/api/table/c/record/none", "/api/whatever", "/api/boom"] {
        doors.clone().answer(Request::get(path).body(Body::empty()).expect("a request")).await;
    }
    let mut out = Vec::new();
    doors.metrics().write(&mut out);
    let text = String::from_utf8(out).expect("text");
    for line in [
        "manytongue_http_requests_total{door=\"one\",endpoint=\"get\",status=\"2xx\"} 1\n",
        "manytongue_http_requests_total{door=\"one\",endpoint=\"get\",status=\"4xx\"} 1\n",
        "manytongue_http_requests_total{door=\"one\",endpoint=\"none\",status=\"4xx\"} 1\n",
        "manytongue_http_requests_total{door=\"one\",endpoint=\"boom\",status=\"5xx\"} 1\n",
        "manytongue_http_request_duration_seconds_count{door=\"one\",endpoint=\"get\"} 2\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("whatever"));
}
