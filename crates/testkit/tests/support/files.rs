//! Files for tests: sent and fetched byte by byte.

use super::Table;
use super::raw;
use serde_json::{Value, json};
use testkit::client::{Client, Reply};
use testkit::server::{Server, TOKEN};

/// A picture of one pixel.
pub const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// A table with a name and a field of attachments, and one record.
pub fn table(server: &Server) -> (Table, String) {
    table_in(server, &server.new_base())
}

/// The same in a base that is there.
pub fn table_in(server: &Server, base: &str) -> (Table, String) {
    let fields = json!([{"name": "Name", "type": "singleLineText"}, {"name": "Files", "type": "attachment"}]);
    let table = Table::make(&server.client(), base, "Things", &fields);
    let record = table.create(&[json!({"Name": "one"})])[0].clone();
    (table, record)
}

/// The path that takes files for a cell.
pub fn path(table: &Table, record: &str) -> String {
    table.path(&format!("/record/{record}/{}/uploadAttachment", table.field("Files")))
}

/// A body of one file.
pub fn body(name: &str, declared: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--bound\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {declared}\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n--bound--\r\n"].concat()
}

/// Sends a file as the owner.
pub fn upload(server: &Server, table: &Table, record: &str, name: &str, declared: &str, bytes: &[u8]) -> Reply {
    upload_as(server, TOKEN, &path(table, record), &body(name, declared, bytes))
}

/// Sends a body of parts with a token.
pub fn upload_as(server: &Server, token: &str, path: &str, body: &[u8]) -> Reply {
    let headers =
        [format!("content-length: {}", body.len()), "content-type: multipart/form-data; boundary=bound".to_owned()];
    raw::reply(raw::send_as(server, token, &format!("POST {path}"), &headers, body))
}

/// The attachments of a cell.
pub fn cell(table: &Table, record: &str) -> Vec<Value> {
    table.cell(record, "Files").as_array().cloned().unwrap_or_default()
}

/// Fetches an address of an attachment without any token.
pub fn fetch(client: &Client, url: &Value, headers: &[(&str, &str)]) -> Reply {
    let url = url.as_str().expect("an address");
    client.with_token(None).send("GET", &url[url.find("/api/").expect("an address of ours")..], headers, None)
}

/// Whether an address of an attachment gives its bytes, whatever they are.
pub fn status(client: &Client, url: &Value) -> u16 {
    let url = url.as_str().expect("an address");
    client.with_token(None).send("HEAD", &url[url.find("/api/").expect("an address of ours")..], &[], None).status
}
