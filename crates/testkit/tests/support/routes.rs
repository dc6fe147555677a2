//! Every route of the Donotname door as a request that would succeed: what tests of rights walk over.

use super::Table;
use edge::Door;
use serde_json::{Value, json};
use testkit::client::{Client, Reply};

/// What a route does to what is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    Reads,
    Writes,
    /// Ends what its address names: to be tried last.
    Ends,
}

/// Who a route lets in, beside who has the rights.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// A token or a session.
    Either,
    /// A person in a session only.
    Session,
    /// Anybody.
    Open,
}

/// A route with what it needs to be asked.
#[derive(Clone, Debug)]
pub struct Route {
    pub name: &'static str,
    pub method: &'static str,
    pub path: &'static str,
    pub needs: &'static str,
    pub effect: Effect,
    pub entry: Entry,
    query: &'static str,
    body: Option<&'static str>,
}

/// The ids that stand in addresses and bodies.
#[derive(Clone, Debug)]
pub struct Ids {
    pub space: String,
    pub base: String,
    pub table: String,
    pub field: String,
    pub record: String,
    /// Another record of the table, to stand beside.
    pub anchor: String,
    pub view: String,
    pub token: String,
    /// A field of attachments.
    pub files: String,
    /// The token of an upload of the owner's.
    pub upload: String,
}

/// Method, path, query and body of each route; `{}` names are filled from [`Ids`].
const ROWS: &[(&str, &str, &str, &str)] = &[
    ("POST", "/auth/signin", "", r#"{"email":"nobody@example.com","password":"wrong-Password-1"}"#),
    ("POST", "/auth/signout", "", "{}"),
    ("GET", "/auth/user/me", "", ""),
    ("GET", "/auth/user", "", ""),
    ("POST", "/access-token", "", r#"{"name":"t","scopes":["record|read"],"expiredTime":"2099-01-01"}"#),
    ("GET", "/access-token", "", ""),
    ("GET", "/access-token/{tokenId}", "", ""),
    ("PUT", "/access-token/{tokenId}", "", r#"{"name":"t2","scopes":["record|read"]}"#),
    ("POST", "/access-token/{tokenId}/refresh", "", r#"{"expiredTime":"2099-01-01"}"#),
    ("DELETE", "/access-token/{tokenId}", "", ""),
    ("POST", "/space", "", r#"{"name":"New"}"#),
    ("GET", "/space", "", ""),
    ("GET", "/space/{spaceId}", "", ""),
    ("PATCH", "/space/{spaceId}", "", r#"{"name":"Renamed"}"#),
    ("GET", "/space/{spaceId}/base", "", ""),
    ("DELETE", "/space/{spaceId}", "", ""),
    ("POST", "/base", "", r#"{"spaceId":"{spaceId}","name":"New"}"#),
    ("GET", "/base/access/all", "", ""),
    ("GET", "/base/{baseId}", "", ""),
    ("PATCH", "/base/{baseId}", "", r#"{"name":"Renamed"}"#),
    ("GET", "/base/{baseId}/permission", "", ""),
    ("DELETE", "/base/{baseId}", "", ""),
    ("POST", "/base/{baseId}/table", "", r#"{"name":"New","records":[]}"#),
    ("GET", "/base/{baseId}/table", "", ""),
    ("GET", "/base/{baseId}/table/{tableId}", "", ""),
    ("GET", "/base/{baseId}/table/{tableId}/default-view-id", "", ""),
    ("GET", "/base/{baseId}/table/{tableId}/permission", "", ""),
    ("PUT", "/base/{baseId}/table/{tableId}/name", "", r#"{"name":"Renamed"}"#),
    ("PUT", "/base/{baseId}/table/{tableId}/icon", "", r#"{"icon":"x"}"#),
    ("PUT", "/base/{baseId}/table/{tableId}/description", "", r#"{"description":"x"}"#),
    ("PUT", "/base/{baseId}/table/{tableId}/db-table-name", "", r#"{"dbTableName":"renamed"}"#),
    ("PUT", "/base/{baseId}/table/{tableId}/order", "", r#"{"anchorId":"{tableId}","position":"before"}"#),
    ("POST", "/base/{baseId}/table/{tableId}/duplicate", "", r#"{"name":"Copy"}"#),
    ("DELETE", "/base/{baseId}/table/{tableId}", "", ""),
    ("DELETE", "/base/{baseId}/table/{tableId}/permanent", "", ""),
    ("GET", "/table/{tableId}/field", "", ""),
    ("POST", "/table/{tableId}/field", "", r#"{"name":"New","type":"number"}"#),
    ("GET", "/table/{tableId}/field/{fieldId}", "", ""),
    ("PATCH", "/table/{tableId}/field/{fieldId}", "", r#"{"name":"Renamed"}"#),
    ("PUT", "/table/{tableId}/field/{fieldId}/convert", "", r#"{"type":"longText"}"#),
    ("POST", "/table/{tableId}/field/{fieldId}/duplicate", "", r#"{"name":"Copy"}"#),
    ("DELETE", "/table/{tableId}/field/{fieldId}", "", ""),
    ("DELETE", "/table/{tableId}/field", "?fieldIds={fieldId}", ""),
    ("GET", "/table/{tableId}/view", "", ""),
    ("POST", "/table/{tableId}/view", "", r#"{"name":"New","type":"grid"}"#),
    ("GET", "/table/{tableId}/view/{viewId}", "", ""),
    ("PUT", "/table/{tableId}/view/{viewId}/name", "", r#"{"name":"Renamed"}"#),
    ("PUT", "/table/{tableId}/view/{viewId}/description", "", r#"{"description":"x"}"#),
    ("PUT", "/table/{tableId}/view/{viewId}/filter", "", r#"{"filter":null}"#),
    (
        "PUT",
        "/table/{tableId}/view/{viewId}/sort",
        "",
        r#"{"sort":{"sortObjs":[{"fieldId":"{fieldId}","order":"asc"}]}}"#,
    ),
    ("PUT", "/table/{tableId}/view/{viewId}/group", "", r#"{"group":[]}"#),
    ("PUT", "/table/{tableId}/view/{viewId}/locked", "", r#"{"isLocked":false}"#),
    ("PUT", "/table/{tableId}/view/{viewId}/order", "", r#"{"anchorId":"{viewId}","position":"before"}"#),
    ("PUT", "/table/{tableId}/view/{viewId}/column-meta", "", r#"[{"fieldId":"{fieldId}","columnMeta":{"width":99}}]"#),
    (
        "PUT",
        "/table/{tableId}/view/{viewId}/record-order",
        "",
        r#"{"anchorId":"{anchorId}","position":"before","recordIds":["{recordId}"]}"#,
    ),
    ("PATCH", "/table/{tableId}/view/{viewId}/options", "", r#"{"options":{"rowHeight":"tall"}}"#),
    ("DELETE", "/table/{tableId}/view/{viewId}", "", ""),
    ("GET", "/table/{tableId}/record", "", ""),
    ("POST", "/table/{tableId}/record", "", r#"{"records":[{"fields":{"{fieldId}":"new"}}]}"#),
    ("PATCH", "/table/{tableId}/record", "", r#"{"records":[{"id":"{recordId}","fields":{"{fieldId}":"changed"}}]}"#),
    ("GET", "/table/{tableId}/record/{recordId}", "", ""),
    ("PATCH", "/table/{tableId}/record/{recordId}", "", r#"{"record":{"fields":{"{fieldId}":"changed 2"}}}"#),
    ("POST", "/table/{tableId}/record/{recordId}/duplicate", "", "{}"),
    ("POST", "/table/{tableId}/record/{recordId}", "", "{}"),
    (
        "POST",
        "/table/{tableId}/record/{recordId}/{fieldId}/uploadAttachment",
        "",
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n",
    ),
    (
        "POST",
        "/table/{tableId}/record/{recordId}/{fieldId}/insertAttachment",
        "",
        r#"{"attachments":[{"name":"x","token":"{token}"}]}"#,
    ),
    ("POST", "/attachments/signature", "", r#"{"contentType":"text/plain","contentLength":1,"type":1}"#),
    ("PUT", "/attachments/upload/{token}", "", "x"),
    ("POST", "/attachments/upload/{token}", "", "x"),
    ("POST", "/attachments/notify/{token}", "", ""),
    ("GET", "/attachments/read/{token}", "", ""),
    ("GET", "/table/{tableId}/record/{recordId}/history", "", ""),
    ("GET", "/table/{tableId}/record/history", "", ""),
    ("GET", "/table/{tableId}/record/{recordId}/status", "", ""),
    ("GET", "/table/{tableId}/aggregation/row-count", "", ""),
    ("POST", "/table/{tableId}/undo-redo/undo", "", "{}"),
    ("POST", "/table/{tableId}/undo-redo/redo", "", "{}"),
    ("DELETE", "/table/{tableId}/record/{recordId}", "", ""),
    ("DELETE", "/table/{tableId}/record", "?recordIds={recordId}", ""),
];

/// Routes of the door for which there is no row: a new route must get one.
pub fn without_row() -> Vec<&'static str> {
    let has_row = |e: &edge::Endpoint| ROWS.iter().any(|row| row.0 == e.method.as_str() && row.1 == e.path);
    donotname::Donotname.endpoints().iter().filter(|e| !has_row(e)).map(|e| e.name).collect()
}

/// Rows that are no routes any more.
pub fn without_route() -> Vec<String> {
    let is_route = |row: &&(&str, &str, &str, &str)| {
        !donotname::Donotname.endpoints().iter().any(|e| row.0 == e.method.as_str() && row.1 == e.path)
    };
    ROWS.iter().filter(is_route).map(|row| format!("{} {}", row.0, row.1)).collect()
}

/// Every route that there is, those that end something last, the deepest of them first.
pub fn all() -> Vec<Route> {
    let mut found: Vec<Route> = donotname::Donotname
        .endpoints()
        .iter()
        .filter_map(|endpoint| {
            let row = ROWS.iter().find(|row| row.0 == endpoint.method.as_str() && row.1 == endpoint.path)?;
            Some(Route {
                name: endpoint.name,
                method: row.0,
                path: endpoint.path,
                needs: endpoint.needs,
                effect: effect(row.0),
                entry: entry(endpoint.path),
                query: row.2,
                body: Some(row.3).filter(|body| !body.is_empty()),
            })
        })
        .collect();
    found.sort_by_key(|route| match route.effect {
        Effect::Reads => 0,
        Effect::Writes => 1,
        Effect::Ends if route.path == "/space/{spaceId}" => 101,
        Effect::Ends => 100 - route.path.matches('/').count(),
    });
    found
}

fn effect(method: &str) -> Effect {
    match method {
        "GET" => Effect::Reads,
        "DELETE" => Effect::Ends,
        _ => Effect::Writes,
    }
}

fn entry(path: &str) -> Entry {
    match path {
        "/auth/signin" | "/auth/signout" => Entry::Open,
        "/auth/user/me" => Entry::Session,
        // Signed addresses: who asks is said there.
        "/attachments/upload/{token}" | "/attachments/read/{token}" => Entry::Open,
        _ if path.starts_with("/access-token") => Entry::Session,
        _ => Entry::Either,
    }
}

impl Route {
    /// Whether its address or body names something of this kind (`table`, `record`, …).
    pub fn names(&self, kind: &str) -> bool {
        let key = format!("{{{kind}Id}}");
        // The field of these is one of attachments, which has tests of its own.
        if kind == "field" && self.path.ends_with("Attachment") {
            return false;
        }
        self.path.contains(&key) || self.query.contains(&key) || self.body.is_some_and(|body| body.contains(&key))
    }

    /// Whether its address names something of this kind, not only its query or body.
    pub fn is_at(&self, kind: &str) -> bool {
        self.path.contains(&format!("{{{kind}Id}}"))
    }

    /// The address with these ids.
    pub fn address(&self, ids: &Ids) -> String {
        let path = match self.path.ends_with("Attachment") {
            true => self.path.replace("{fieldId}", &ids.files),
            false => self.path.to_owned(),
        };
        format!("/api{}{}", ids.fill(&path), ids.fill(self.query))
    }

    /// The body with these ids.
    pub fn body(&self, ids: &Ids) -> Option<String> {
        self.body.map(|body| ids.fill(body))
    }

    /// Asks.
    pub fn ask(&self, client: &Client, ids: &Ids) -> Reply {
        self.ask_with(client, ids, &[])
    }

    /// Asks with more headers. Each time on a connection of its own: a refused body may be left unread on it.
    pub fn ask_with(&self, client: &Client, ids: &Ids, headers: &[(&str, &str)]) -> Reply {
        let mut headers: Vec<(&str, &str)> = headers.iter().copied().chain([("connection", "close")]).collect();
        if self.path.ends_with("uploadAttachment") {
            headers.push(("content-type", "multipart/form-data; boundary=x"));
        }
        client.send(self.method, &self.address(ids), &headers, self.body(ids))
    }
}

impl Ids {
    /// The ids of a table with a record, a view and a text field that is not the primary one, and of what holds it.
    pub fn of(table: &Table, space: &str) -> Ids {
        let rows = table.create(&[json!({"Name": "kept", "Notes": "kept", "Count": 1}), json!({"Name": "anchor"})]);
        let view = table.client.get(&table.path("/view")).expect(200).text_at("/0/id");
        Ids {
            space: space.to_owned(),
            base: table.base.clone(),
            table: table.id.clone(),
            field: table.field("Notes").to_owned(),
            record: rows[0].clone(),
            anchor: rows[1].clone(),
            view,
            token: "accAAAAAAAAAAAAAAAA".to_owned(),
            files: files_of(table),
            upload: upload_of(&table.client),
        }
    }

    /// The id of a kind.
    pub fn get_mut(&mut self, kind: &str) -> &mut String {
        match kind {
            "space" => &mut self.space,
            "base" => &mut self.base,
            "table" => &mut self.table,
            "field" => &mut self.field,
            "record" => &mut self.record,
            "view" => &mut self.view,
            "token" => &mut self.token,
            _ => panic!("no ids of {kind}"),
        }
    }

    fn fill(&self, text: &str) -> String {
        let pairs = [
            ("{spaceId}", &self.space),
            ("{baseId}", &self.base),
            ("{tableId}", &self.table),
            ("{fieldId}", &self.field),
            ("{recordId}", &self.record),
            ("{anchorId}", &self.anchor),
            ("{viewId}", &self.view),
            ("{tokenId}", &self.token),
            ("{token}", &self.upload),
        ];
        pairs.iter().fold(text.to_owned(), |text, (key, id)| text.replace(key, id))
    }
}

/// A new field of attachments; its id.
fn files_of(table: &Table) -> String {
    table.client.post(&table.path("/field"), &json!({"name": "Files", "type": "attachment"})).expect(201).text_at("/id")
}

/// Sends a file that no record has yet; its token.
pub fn upload_of(client: &Client) -> String {
    let announced = json!({"contentType": "text/plain", "contentLength": 5, "type": 1});
    let signed = client.post("/api/attachments/signature", &announced).expect(201);
    let url = signed.text_at("/url");
    let path = &url[url.find("/api/").expect("an address of the API")..];
    client.with_token(None).send("PUT", path, &[("content-type", "text/plain")], Some("hello".to_owned())).expect(200);
    signed.text_at("/token")
}

/// As [`picture`], without the views.
pub fn picture_of_data(client: &Client, ids: &Ids) -> Vec<Value> {
    let mut pages = picture(client, ids);
    pages.remove(3);
    pages
}

/// Everything that a base holds, as its owner sees it: what a refused request must leave as it was.
pub fn picture(client: &Client, ids: &Ids) -> Vec<Value> {
    let mut pages = vec![format!("/api/base/{}", ids.base), format!("/api/base/{}/table", ids.base)];
    for rest in ["field", "view", "record?take=2000", "record/history"] {
        pages.push(format!("/api/table/{}/{rest}", ids.table));
    }
    pages.iter().map(|page| client.get(page).expect(200).json()).collect()
}
