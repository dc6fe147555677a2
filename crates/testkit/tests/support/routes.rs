//! Every route of the Donotname door as a request that would succeed: what tests of rights walk over.

use super::{Table, people};
use edge::Door;
use model::Role;
use serde_json::{Value, json};
use testkit::client::{Client, Reply};
use testkit::server::Server;

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
    /// A button of the table.
    pub button: String,
    /// A member of the space and of the base.
    pub user: String,
    /// An invitation to the space, with its code, and one to the base.
    pub invitation: String,
    pub code: String,
    pub base_invitation: String,
    /// An item of the table's trash, which is restored once.
    pub trash: String,
    /// A field of attachments.
    pub files: String,
    /// The token of an upload of the owner's.
    pub upload: String,
}

/// Method, path, query and body of each route; `{}` names are filled from [`Ids`].
const ROWS: &[(&str, &str, &str, &str)] = &[
    ("POST", "/auth/signin", "", r#"{"email":"nobody@example.com","password":"wrong-Password-1"}"#),
    ("POST", "/auth/signout", "", "{}"),
    ("POST", "/auth/signup", "", r#"{"email":"new@example.com","password":"new-Password-1"}"#),
    ("PATCH", "/auth/change-password", "", r#"{"password":"correct-horse-7","newPassword":"correct-horse-7"}"#),
    ("POST", "/auth/send-reset-password-email", "", r#"{"email":"nobody@example.com"}"#),
    ("POST", "/auth/reset-password", "", r#"{"password":"new-Password-1","code":"guess"}"#),
    ("PATCH", "/user/name", "", r#"{"name":"Renamed"}"#),
    ("POST", "/invitation/link/accept", "", r#"{"invitationCode":"{code}","invitationId":"{invitationId}"}"#),
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
    ("GET", "/space/{spaceId}/collaborators", "", ""),
    (
        "PATCH",
        "/space/{spaceId}/collaborators",
        "",
        r#"{"principalId":"{userId}","principalType":"user","role":"viewer"}"#,
    ),
    ("DELETE", "/space/{spaceId}/collaborators", "?principalId={userId}&principalType=user", ""),
    (
        "POST",
        "/space/{spaceId}/collaborator",
        "",
        r#"{"collaborators":[{"principalId":"{userId}","principalType":"user"}],"role":"viewer"}"#,
    ),
    ("POST", "/space/{spaceId}/invitation/link", "", r#"{"role":"viewer"}"#),
    ("GET", "/space/{spaceId}/invitation/link", "", ""),
    ("PATCH", "/space/{spaceId}/invitation/link/{invitationId}", "", r#"{"role":"viewer"}"#),
    ("DELETE", "/space/{spaceId}/invitation/link/{invitationId}", "", ""),
    ("POST", "/space/{spaceId}/invitation/email", "", r#"{"emails":["guest@example.com"],"role":"viewer"}"#),
    ("DELETE", "/space/{spaceId}", "", ""),
    ("POST", "/base", "", r#"{"spaceId":"{spaceId}","name":"New"}"#),
    ("GET", "/base/access/all", "", ""),
    ("GET", "/base/{baseId}", "", ""),
    ("PATCH", "/base/{baseId}", "", r#"{"name":"Renamed"}"#),
    ("GET", "/base/{baseId}/permission", "", ""),
    ("GET", "/base/{baseId}/collaborators", "", ""),
    ("GET", "/base/{baseId}/collaborators/users", "", ""),
    (
        "PATCH",
        "/base/{baseId}/collaborators",
        "",
        r#"{"principalId":"{userId}","principalType":"user","role":"viewer"}"#,
    ),
    ("DELETE", "/base/{baseId}/collaborators", "?principalId={userId}&principalType=user", ""),
    (
        "POST",
        "/base/{baseId}/collaborator",
        "",
        r#"{"collaborators":[{"principalId":"{userId}","principalType":"user"}],"role":"viewer"}"#,
    ),
    ("POST", "/base/{baseId}/invitation/link", "", r#"{"role":"viewer"}"#),
    ("GET", "/base/{baseId}/invitation/link", "", ""),
    ("PATCH", "/base/{baseId}/invitation/link/{invitationId}", "", r#"{"role":"viewer"}"#),
    ("DELETE", "/base/{baseId}/invitation/link/{invitationId}", "", ""),
    ("POST", "/base/{baseId}/invitation/email", "", r#"{"emails":["guest@example.com"],"role":"viewer"}"#),
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
    ("GET", "/table/{tableId}/aggregation", "?field[count][]={fieldId}", ""),
    ("GET", "/table/{tableId}/aggregation/group-points", "", ""),
    ("GET", "/table/{tableId}/aggregation/search-count", "?search[]=kept", ""),
    ("GET", "/table/{tableId}/aggregation/search-index", "?search[]=kept&take=10", ""),
    (
        "GET",
        "/table/{tableId}/aggregation/calendar-daily-collection",
        "?startDate=2024-01-01&endDate=2024-01-31&startDateFieldId=When&endDateFieldId=When",
        "",
    ),
    (
        "PUT",
        "/table/{tableId}/view/{viewId}/manual-sort",
        "",
        r#"{"sortObjs":[{"fieldId":"{fieldId}","order":"asc"}]}"#,
    ),
    ("GET", "/import/analyze", "?attachmentUrl=/table/{token}&fileType=csv", ""),
    ("POST", "/import/analyze", "", r#"{"fileType":"csv","csv":"Name,Notes\na,b\n"}"#),
    ("POST", "/import/{baseId}", "", r#"{"fileType":"csv","csv":"Name,Notes\na,b\n"}"#),
    (
        "PATCH",
        "/import/{baseId}/{tableId}",
        "",
        r#"{"fileType":"csv","csv":"x\nnew\n","insertConfig":{"excludeFirstRow":true,"sourceColumnMap":{"{fieldId}":0}}}"#,
    ),
    ("GET", "/export/{tableId}", "", ""),
    ("POST", "/table/{tableId}/undo-redo/undo", "", "{}"),
    ("POST", "/table/{tableId}/undo-redo/redo", "", "{}"),
    ("DELETE", "/table/{tableId}/record/{recordId}", "", ""),
    ("DELETE", "/table/{tableId}/record", "?recordIds={recordId}", ""),
    ("POST", "/table/{tableId}/record/{recordId}/{fieldId}/button-click", "", "{}"),
    ("GET", "/openapi.json", "", ""),
    ("GET", "/docs", "", ""),
    ("GET", "/docs/page.js", "", ""),
    ("GET", "/docs/page.css", "", ""),
    ("GET", "/docs/{tableId}", "", ""),
    ("POST", "/table/{tableId}/record/{recordId}/{fieldId}/button-reset", "", "{}"),
    ("GET", "/table/{tableId}/field/{fieldId}/runs", "", ""),
    ("GET", "/table/{tableId}/triggers", "", ""),
    ("PUT", "/table/{tableId}/triggers", "", r#"{"afterCreate":null}"#),
    ("GET", "/trash", "?resourceType=base", ""),
    ("GET", "/trash/items", "?resourceType=table&resourceId={tableId}", ""),
    ("POST", "/trash/restore/{trashId}", "", ""),
    ("DELETE", "/trash/reset-items", "?resourceType=table&resourceId={tableId}", ""),
];

/// Ends of addresses whose field is a button.
const OF_BUTTONS: &[&str] = &["/button-click", "/button-reset", "/runs"];

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
        // It ends nothing that others name.
        Effect::Ends if route.path.starts_with("/trash") => 2,
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
        "/auth/signin"
        | "/auth/signout"
        | "/auth/signup"
        | "/auth/send-reset-password-email"
        | "/auth/reset-password" => Entry::Open,
        "/auth/user/me" | "/auth/change-password" | "/user/name" | "/invitation/link/accept" => Entry::Session,
        // Signed addresses: who asks is said there.
        "/attachments/upload/{token}" | "/attachments/read/{token}" => Entry::Open,
        "/openapi.json" | "/docs" | "/docs/page.js" | "/docs/page.css" => Entry::Open,
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
        let elsewhere = self.query.contains(&key) || self.body.is_some_and(|body| body.contains(&key));
        self.is_at(kind) || elsewhere
    }

    /// Whether its address names something of this kind, not only its query or body.
    pub fn is_at(&self, kind: &str) -> bool {
        match (kind, self.path.contains("{baseId}")) {
            // Invitations are to a space or to a base, and neither's is the other's.
            ("invitation", true) | ("base_invitation", false) => false,
            ("base_invitation", true) => self.path.contains("{invitationId}"),
            _ => self.template().contains(&format!("{{{kind}Id}}")),
        }
    }

    /// The path, with the kind of field that it is about.
    fn template(&self) -> String {
        match OF_BUTTONS.iter().any(|end| self.path.ends_with(end)) {
            true => self.path.replace("{fieldId}", "{buttonId}"),
            false => self.path.to_owned(),
        }
    }

    /// The address with these ids.
    pub fn address(&self, ids: &Ids) -> String {
        let path = match self.path.ends_with("Attachment") {
            true => self.path.replace("{fieldId}", &ids.files),
            false => self.template(),
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
        let actions = json!([{"type": "setFields", "fields": {"Notes": "clicked"}}]);
        let options = json!({"label": "Go", "color": "teal", "maxCount": 1000, "resetCount": true, "actions": actions});
        let button = json!({"name": "Go", "type": "button", "options": options});
        let button = table.client.post(&table.path("/field"), &button).expect(201).text_at("/id");
        let gone = table.create(&[json!({"Name": "gone"})]);
        table.client.delete(&table.path(&format!("/record/{}", gone[0]))).expect(200);
        let trash = format!("/api/trash/items?resourceType=table&resourceId={}", table.id);
        let trash = table.client.get(&trash).expect(200).text_at("/trashItems/0/id");
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
            button,
            trash,
            files: files_of(table),
            upload: upload_of(&table.client),
            user: "usr000000000000zzzz".to_owned(),
            invitation: "inv000000000000zzzz".to_owned(),
            code: "0".repeat(64),
            base_invitation: "inv000000000000zzzy".to_owned(),
        }
    }

    /// The same with a new member of the space and base and with invitations to both, made by somebody who may.
    pub fn with_people(self, server: &Server, owner: &Client, member: &str) -> Ids {
        let person = people::stranger(server, member);
        let (space, base) = (people::place_of(&self.space), people::place_of(&self.base));
        for place in [space, base] {
            server.engine.set_collaborator(&people::local(), place, person.id, Role::Edit).expect("a role");
        }
        let link =
            |of: String| owner.post(&format!("/api/{of}/invitation/link"), &json!({"role": "viewer"})).expect(201);
        let (to_space, to_base) = (link(format!("space/{}", self.space)), link(format!("base/{}", self.base)));
        Ids {
            user: person.client.get("/api/auth/user").expect(200).text_at("/id"),
            invitation: to_space.text_at("/invitationId"),
            code: to_space.text_at("/invitationCode"),
            base_invitation: to_base.text_at("/invitationId"),
            ..self
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
            "button" => &mut self.button,
            "user" => &mut self.user,
            "invitation" => &mut self.invitation,
            "base_invitation" => &mut self.base_invitation,
            "trash" => &mut self.trash,
            _ => panic!("no ids of {kind}"),
        }
    }

    fn fill(&self, text: &str) -> String {
        let invitation = if text.contains("{baseId}") { &self.base_invitation } else { &self.invitation };
        let pairs = [
            ("{spaceId}", &self.space),
            ("{baseId}", &self.base),
            ("{tableId}", &self.table),
            ("{fieldId}", &self.field),
            ("{recordId}", &self.record),
            ("{anchorId}", &self.anchor),
            ("{viewId}", &self.view),
            ("{tokenId}", &self.token),
            ("{buttonId}", &self.button),
            ("{userId}", &self.user),
            ("{invitationId}", invitation),
            ("{code}", &self.code),
            ("{trashId}", &self.trash),
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
