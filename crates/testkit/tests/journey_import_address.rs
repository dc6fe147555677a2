//! Imports of files that are named by an address: what was sent for them, what stands in a cell, and other servers'.

mod support;

use engine::ports::outbound::{Ask, Asking, Outbound, OutboundError, Reply as Answer};
use model::Role;
use serde_json::{Value, json};
use std::sync::Arc;
use support::{Table, assert_refused, files, people};
use testkit::client::{Client, Reply, query};
use testkit::server::Server;

const FILE: &str = "Name,Count\nfirst,1\nsecond,2\n";

/// Sends a file for an import, as the published clients do; what `notify` tells of it.
fn sent(client: &Client, file: &str) -> Value {
    let announced = json!({"contentType": "text/csv", "contentLength": file.len(), "type": 5});
    let signed = client.post("/api/attachments/signature", &announced).expect(201);
    let url = signed.text_at("/url");
    let path = &url[url.find("/api/").expect("an address of the API")..];
    client.with_token(None).send("PUT", path, &[("content-type", "text/csv")], Some(file.to_owned())).expect(200);
    let notify = format!("/api/attachments/notify/{}?filename=a.csv", signed.text_at("/token"));
    client.post(&notify, &json!({})).expect(201).json()
}

fn analyze(client: &Client, url: &str) -> Reply {
    client.get(&format!("/api/import/analyze{}", query([("attachmentUrl", url), ("fileType", "csv")])))
}

/// As the published clients say where columns go.
fn import(client: &Client, table: &Table, url: &str) -> Reply {
    let map = json!({table.field("Name"): 0, table.field("Count"): 1});
    let config = json!({"sourceWorkSheetKey": "Import Table", "excludeFirstRow": true, "sourceColumnMap": map});
    let body = json!({"attachmentUrl": url, "fileType": "csv", "insertConfig": config, "notification": true});
    client.patch(&format!("/api/import/{}/{}", table.base, table.id), &body)
}

fn names(table: &Table) -> Vec<Value> {
    table.rows(&[]).iter().map(|row| row["fields"]["Name"].clone()).collect()
}

#[test]
fn a_file_that_was_sent_is_analyzed_and_imported_by_every_address_of_it() {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let told = sent(&table.client, FILE);
    let [url, path, signed] = ["url", "path", "presignedUrl"].map(|key| told[key].as_str().expect("an address"));
    let from = signed.find("/api/").expect("an address of ours");
    let elsewhere = format!("https://data.example.com{}", &signed[from..]);
    let prefixed = format!("http://x/donotname{}", &signed[from..]);
    for address in [url, path, signed, &signed[from..], &elsewhere, &prefixed] {
        let found = analyze(&table.client, address).expect(200).json();
        assert_eq!(found["rows"], 2, "{address}");
        let columns = json!([{"type": "singleLineText", "name": "Name"}, {"type": "number", "name": "Count"}]);
        assert_eq!(found["worksheets"]["Import Table"]["columns"], columns, "{address}");
    }
    assert_eq!(import(&table.client, &table, signed).expect(200).json()["created"], 2);
    assert_eq!(names(&table), ["first", "second"]);
    let columns = json!([
        {"type": "singleLineText", "name": "Name", "sourceColumnIndex": 0},
        {"type": "number", "name": "Count", "sourceColumnIndex": 1},
    ]);
    let sheet = json!({"name": "New", "columns": columns, "useFirstRowAsHeader": true, "importData": true});
    let body = json!({"attachmentUrl": url, "fileType": "csv", "worksheets": {"Import Table": sheet}, "tz": "UTC"});
    let made = table.client.post(&format!("/api/import/{}", table.base), &body).expect(201).json();
    assert_eq!((&made[0]["name"], &made[0]["import"]["created"]), (&json!("New"), &json!(2)));
}

#[test]
fn a_file_in_a_cell_is_imported_by_its_signed_address() {
    let server = Server::start();
    let (holder, record) = files::table(&server);
    files::upload(&server, &holder, &record, "a.csv", "text/csv", FILE.as_bytes()).expect(201);
    let table = Table::plain(&holder.client, &holder.base);
    let url = files::cell(&holder, &record)[0]["presignedUrl"].as_str().expect("an address").to_owned();
    assert_eq!(import(&table.client, &table, &url).expect(200).json()["created"], 2);
    assert_refused(&import(&table.client, &table, &url.replace("signature=", "signature=0")), &[404]);
    assert_refused(&import(&table.client, &table, &format!("{url}&size=sm")), &[400]);
    assert_eq!(names(&table), ["first", "second"]);
}

#[test]
fn s16_an_address_opens_no_file_that_the_asker_may_not_read() {
    let server = Server::start();
    let (holder, record) = files::table(&server);
    files::upload(&server, &holder, &record, "a.csv", "text/csv", FILE.as_bytes()).expect(201);
    let in_cell = files::cell(&holder, &record)[0]["presignedUrl"].as_str().expect("an address").to_owned();
    let waiting = sent(&holder.client, FILE);
    let other_base = server.new_base();
    let other = people::member(&server, "other", &other_base, Role::Owner);
    let client = server.client().with_token(Some(&other.token));
    let table = Table::plain(&client, &other_base);
    let refused = analyze(&client, "/table/00000000000000000000000000000000").expect(404).json();
    let addresses = [waiting["url"].clone(), waiting["presignedUrl"].clone(), json!(in_cell)];
    for address in addresses.iter().map(|address| address.as_str().expect("an address")) {
        assert_eq!(analyze(&client, address).expect(404).json(), refused, "{address}");
        assert_refused(&import(&client, &table, address), &[404]);
    }
    assert_eq!(names(&table), [""; 0]);
}

/// A way out that knows one file.
struct OneFile;

impl Outbound for OneFile {
    fn ask(&self, ask: Ask) -> Asking<'_> {
        let answer = match ask.url.as_str() {
            "https://example.com/a.csv" => {
                Ok(Answer { status: 200, content_type: None, file_name: None, body: Box::pin(FILE.as_bytes()) })
            }
            _ => Err(OutboundError::Refused("it is not public".to_owned())),
        };
        Box::pin(std::future::ready(answer))
    }
}

#[test]
fn s01_a_file_of_another_server_is_fetched_through_the_guarded_way_out() {
    let server = Server::with_outbound(Arc::new(OneFile));
    let table = Table::plain(&server.client(), &server.new_base());
    assert_eq!(analyze(&table.client, "https://example.com/a.csv").expect(200).json()["rows"], 2);
    assert_eq!(import(&table.client, &table, "https://example.com/a.csv").expect(200).json()["created"], 2);
    for wrong in ["http://127.0.0.1/", "http://169.254.169.254/", "file:///etc/passwd", "/etc/passwd", "nonsense", ""] {
        assert_refused(&analyze(&table.client, wrong), &[400]);
        assert_refused(&import(&table.client, &table, wrong), &[400]);
    }
    assert_eq!(names(&table), ["first", "second"]);
}

#[test]
fn a_file_is_the_one_part_of_a_form_and_no_longer_than_it_may_be() {
    let bound = engine::ports::Ports::system();
    let server = Server::start_with(bound, |settings| settings.import_limit = 1000);
    let table = Table::plain(&server.client(), &server.new_base());
    let form = |method: &str, path: &str, name: &str, file: &str| {
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.csv\"\r\n\r\n{file}\r\n--b--\r\n"
        );
        table.client.send(method, path, &[("content-type", "multipart/form-data; boundary=b")], Some(body))
    };
    let into = format!("/api/import/{}/{}", table.base, table.id);
    assert_eq!(form("PATCH", &into, "file", FILE).expect(200).json()["created"], 2);
    assert_eq!(form("POST", "/api/import/analyze", "file", FILE).expect(200).json()["rows"], 2);
    let made = form("POST", &format!("/api/import/{}?name=Formed", table.base), "file", FILE).expect(201).json();
    assert_eq!(made[0]["name"], "Formed");
    assert_refused(&form("PATCH", &into, "other", FILE), &[400]);
    let long = format!("Name,Count\n{}", "x,1\n".repeat(400));
    assert_refused(&form("PATCH", &into, "file", &long), &[413]);
    assert_eq!(names(&table), ["first", "second"]);
    // What is stored may be longer than what may be imported.
    let announced = json!({"contentType": "text/csv", "contentLength": 1001, "type": 5});
    assert_refused(&table.client.post("/api/attachments/signature", &announced), &[413]);
}
