//! The Ninox door in tests: where it is, a world to ask it about, and every route as a request that would succeed.

use super::log::key_of;
use super::people;
use edge::Door;
use serde_json::{Value, json};
use testkit::client::{Client, Reply};
use testkit::server::Server;

/// Method, path, query and body of each route; names in braces are filled from [`Ids`].
const ROWS: &[(&str, &str, &str, &str)] = &[
    ("GET", "/teams", "", ""),
    ("GET", "/teams/{teamId}", "", ""),
    ("GET", "/teams/{teamId}/databases", "", ""),
    ("GET", "{db}", "?formatScripts=T", ""),
    ("GET", "{db}/query", "?query=(select+Things).Name", ""),
    ("POST", "{db}/query", "", r#"{"query":"(select Things).Name"}"#),
    ("GET", "{db}/{script}", "", ""),
    ("POST", "{db}/exec", "", r#"{"query":"let t := create Things; t.(Name := \"new\"); t"}"#),
    ("POST", "{db}/explain", "", r#"{"query":"(select Things).Name"}"#),
    ("GET", "{db}/tables", "", ""),
    ("GET", "{db}/changes", "?sinceSq=1", ""),
    ("PATCH", "{db}/schema", "", r#"{"types":{"A":{"caption":"Renamed"}}}"#),
    ("GET", "{db}/views", "?fullView=T", ""),
    ("POST", "{db}/views", "", r#"{"caption":"New","type":"A"}"#),
    ("POST", "{db}/json/views/update", "", r#"{"caption":"New","type":"A"}"#),
    ("GET", "{db}/reports", "?fullReport=T", ""),
    ("POST", "{db}/reports", "", r#"{"id":"R1","caption":"New"}"#),
    ("GET", "{db}/reports/{reportId}/files", "", ""),
    ("GET", "{db}/reports/{reportId}/files/{file}", "", ""),
    ("POST", "{db}/settings/update", "", r#"{"name":"Renamed"}"#),
    ("GET", "{db}/files/background.jpg", "", ""),
    ("GET", "{table}", "", ""),
    ("GET", "{table}/changes", "?sinceSq=1", ""),
    ("GET", "{table}/records", "", ""),
    ("POST", "{table}/records", "", r#"[{"fields":{"Name":"new"}}]"#),
    ("DELETE", "{table}/records", "", "[2]"),
    ("POST", "{table}/records/delete", "", "[3]"),
    ("GET", "{table}/record", "?filters=%7B%22Name%22%3A%22kept%22%7D", ""),
    ("POST", "{table}/record", "", r#"{"filters":{"Name":"kept"}}"#),
    ("GET", "{table}/records/{recordId}", "", ""),
    ("GET", "{table}/records/{recordId}/changes", "?sinceSq=1", ""),
    ("PUT", "{table}/records/{recordId}", "", r#"{"fields":{"Name":"changed"}}"#),
    ("GET", "{table}/records/{recordId}/files", "", ""),
    ("POST", "{table}/records/{recordId}/files", "", UPLOAD),
    ("GET", "{table}/records/{recordId}/files/{file}", "", ""),
    ("GET", "{table}/records/{recordId}/files/{file}/metadata", "", ""),
    ("GET", "{table}/records/{recordId}/files/{file}/thumb.jpg", "", ""),
    ("DELETE", "{table}/records/{recordId}/files/{file}", "", ""),
    ("DELETE", "{table}/records/{recordId}", "", ""),
];

const UPLOAD: &str =
    "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"new.txt\"\r\n\r\nhello\r\n--X--\r\n";

/// What stands for longer parts of paths in the rows.
const SHORT: &[(&str, &str)] =
    &[("{table}", "{db}/tables/{tableId}"), ("{db}", "/teams/{teamId}/databases/{databaseId}")];

/// A route with what it needs to be asked.
#[derive(Clone, Debug)]
pub struct Route {
    pub name: &'static str,
    pub method: &'static str,
    pub path: &'static str,
    query: &'static str,
    body: &'static str,
}

/// The ids that stand in addresses.
#[derive(Clone, PartialEq, Debug)]
pub struct Ids {
    pub team: String,
    pub database: String,
    pub table: String,
    pub record: String,
}

/// Every route, those that end something last.
pub fn all() -> Vec<Route> {
    let routes = ROWS.iter().filter_map(|(method, path, query, body)| {
        let whole = SHORT.iter().fold((*path).to_owned(), |path, (short, long)| path.replace(short, long));
        let endpoints = ninox::Ninox.endpoints();
        let found = endpoints.iter().find(|e| e.method.as_str() == *method && e.path == whole)?;
        Some(Route { name: found.name, method, path: found.path, query, body })
    });
    routes.collect()
}

/// Routes of the door for which there is no row, and rows that are no routes.
pub fn unmatched() -> Vec<String> {
    let routes = all();
    let endpoints = ninox::Ninox.endpoints();
    let missing = endpoints.iter().filter(|e| !routes.iter().any(|r| r.name == e.name)).map(|e| e.name.to_owned());
    missing.chain((routes.len() < ROWS.len()).then(|| "a row is no route".to_owned())).collect()
}

impl Route {
    /// Whether it changes what is stored.
    pub fn writes(&self) -> bool {
        !matches!(self.method, "GET") && !self.is_read_by_post()
    }

    fn is_read_by_post(&self) -> bool {
        ["/record", "/query", "/explain"].iter().any(|end| self.path.ends_with(end))
    }

    /// Whether its address names a database.
    pub fn is_of_database(&self) -> bool {
        self.path.contains("{databaseId}")
    }

    pub fn address(&self, ids: &Ids) -> String {
        let pairs = [
            ("{teamId}", ids.team.as_str()),
            ("{databaseId}", &ids.database),
            ("{tableId}", &ids.table),
            ("{recordId}", &ids.record),
            ("{file}", "kept.txt"),
            ("{reportId}", "R1"),
            ("{script}", "(select%20A)"),
        ];
        let path = pairs.iter().fold(self.path.to_owned(), |path, (key, id)| path.replace(key, id));
        format!("/v1{path}{}", self.query)
    }

    /// Asks, on a connection of its own: a refused body may be left unread on it.
    pub fn ask(&self, client: &Client, ids: &Ids) -> Reply {
        let mut headers = vec![("connection", "close")];
        if self.body == UPLOAD {
            headers.push(("content-type", "multipart/form-data; boundary=X"));
        }
        let body = Some(self.body.to_owned()).filter(|body| !body.is_empty());
        client.send(self.method, &self.address(ids), &headers, body)
    }
}

impl Ids {
    /// A table of a base with three records, a file and a report, made through the door.
    #[track_caller]
    pub fn make(client: &Client, space: &str, base: &str) -> Ids {
        let team = ninox::names::team(donotname::names::read_space(space).expect("a space"));
        let ids = Ids { team, database: key_of(base).to_string(), table: "A".to_owned(), record: "1".to_owned() };
        let schema = json!({"types": {"A": {"caption": "Things", "fields": {
            "A": {"base": "string", "caption": "Name"},
            "B": {"base": "string", "caption": "Notes"},
        }}}});
        client.patch(&ids.at("/schema"), &schema).expect(200);
        let rows: Value = ["kept", "two", "three"].iter().map(|name| json!({"fields": {"Name": name}})).collect();
        client.post(&ids.at("/tables/A/records"), &rows).expect(200);
        upload(client, &ids.at("/tables/A/records/1/files"), "kept.txt", "hello", None).expect(200);
        client.post(&ids.at("/reports"), &json!({"id": "R1", "caption": "kept"})).expect(200);
        ids
    }

    /// An address in the database.
    pub fn at(&self, rest: &str) -> String {
        format!("/v1/teams/{}/databases/{}{rest}", self.team, self.database)
    }

    /// Everything that is there, as this client sees it: what a refused request must leave as it was.
    pub fn picture(&self, client: &Client) -> Vec<Value> {
        let pages = ["", "/tables", "/changes?sinceSq=0", "/views?fullView=T", "/reports?fullReport=T"];
        let pages = pages.iter().chain(["/tables/A/records", "/tables/A/records/1/files"].iter());
        pages.map(|page| client.get(&self.at(page)).expect(200).json()).collect()
    }
}

/// Sends a file; with a field, that points at it.
pub fn upload(client: &Client, path: &str, name: &str, text: &str, field: Option<&str>) -> Reply {
    let mut body =
        format!("--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n");
    if let Some(field) = field {
        body.push_str(&format!("--X\r\nContent-Disposition: form-data; name=\"fieldName\"\r\n\r\n{field}\r\n"));
    }
    body.push_str("--X--\r\n");
    client.send("POST", path, &[("content-type", "multipart/form-data; boundary=X")], Some(body))
}

/// A base of the server with things in it.
pub fn things(server: &Server) -> Ids {
    Ids::make(&server.client(), &server.space, &server.new_base())
}

/// Somebody with a team of their own and the same things in it.
pub fn neighbour(server: &Server, name: &str) -> (people::Person, Ids) {
    let (person, space) = people::neighbour(server, name);
    let base = person.client.post("/api/base", &json!({"spaceId": space, "name": "Test"})).expect(201).text_at("/id");
    let ids = Ids::make(&person.client, &space, &base);
    (person, ids)
}
