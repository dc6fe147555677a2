//! The readable page of the API: its calls work as they stand, and nothing of the data is markup.

use serde_json::{Value, json};
use testkit::server::{Server, TOKEN};

/// A table whose every name is hostile.
fn hostile(server: &Server) -> Value {
    let bad = "<img src=x onerror=alert(1)>'\"&";
    let body = json!({
        "name": bad,
        "fieldKeyType": "name",
        "fields": [
            {"name": bad, "type": "singleLineText"},
            {"name": "It's one", "type": "singleSelect", "options": {"choices": [{"name": "a'b\"c"}]}},
            {"name": "Count", "type": "number"},
        ],
        "records": [{"fields": {bad: "first"}}],
    });
    let base = server.new_base();
    server.client().post(&format!("/api/base/{base}/table/"), &body).expect(201).json()
}

#[test]
fn the_page_of_a_table_has_its_own_ids_and_no_markup_of_the_data() {
    let server = Server::start();
    let table = hostile(&server);
    let id = table["id"].as_str().expect("an id");
    for address in ["/api/docs".to_owned(), format!("/api/docs/{id}")] {
        let page = server.client().get(&address).expect(200);
        assert!(!page.text.contains("<img"), "{address} has markup of the data");
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(page.text.contains(id), "{address} names the table");
    }
    let page = server.client().get(&format!("/api/docs/{id}")).expect(200).text;
    let record = table["records"][0]["id"].as_str().expect("a record");
    assert!(page.contains(record), "the calls are about a record that is there");
    assert!(!page.contains(TOKEN), "no token is shown");
}

#[test]
fn a_call_of_the_page_works_as_it_stands() {
    let server = Server::start();
    let table = hostile(&server);
    let id = table["id"].as_str().expect("an id");
    let page = server.client().get(&format!("/api/docs/{id}")).expect(200).text;
    let calls: Vec<String> = page.split("<code>curl").skip(1).map(unescaped).collect();
    assert!(calls.len() >= 7, "{} calls", calls.len());
    for call in calls.iter().filter(|call| !call.contains("-X DELETE")) {
        let call = format!("curl -sS -o /dev/null -w %{{http_code}}{call}").replace("YOUR_TOKEN", TOKEN);
        let call = call.replace("http://127.0.0.1:8080", &server.base);
        let done = std::process::Command::new("sh").arg("-c").arg(&call).output().expect("a shell");
        let status = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(status == "200" || status == "201", "{status} {}: {call}", String::from_utf8_lossy(&done.stderr));
    }
    let list = server.client().get(&format!("/api/table/{id}/record")).expect(200).json();
    assert_eq!(list["records"].as_array().map(Vec::len), Some(2), "the call that creates has created");
}

fn unescaped(part: &str) -> String {
    let text = part.split("</code>").next().unwrap_or_default();
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    named.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn who_may_not_read_a_table_is_told_nothing_of_it() {
    let server = Server::start();
    let table = hostile(&server);
    let id = table["id"].as_str().expect("an id");
    let nobody = server.client().with_token(None);
    let page = nobody.send("GET", &format!("/api/docs/{id}"), &[("accept", "text/html,*/*")], None).expect(401);
    assert!(page.text.contains("Sign in") && !page.text.contains("Count"));
    let told = nobody.get(&format!("/api/docs/{id}")).expect(401);
    assert_eq!(told.json()["code"], "unauthorized", "a program is told so in the API's words");
    nobody.get("/api/docs").expect(200);
    nobody.get("/api/openapi.json").expect(200);
    server.client().get("/api/docs/tblAAAAAAAAAAAAAAAA").expect(404);
    server.client().with_token(Some("teable_accWrong_x")).get(&format!("/api/docs/{id}")).expect(401);
}
