//! Two tables with a link between them.

use super::{Table, text};
use serde_json::{Value, json};
use testkit::server::Server;

/// Authors and books, with a link of this relationship from books to authors.
pub struct Library {
    _server: Server,
    pub authors: Table,
    pub books: Table,
}

/// Makes the two tables and the link.
pub fn library(relationship: &str, one_way: bool) -> Library {
    let server = Server::start();
    let (client, base) = (server.client(), server.new_base());
    let fields = json!([{"name": "Name", "type": "singleLineText"}, {"name": "Age", "type": "number"}]);
    let authors = Table::make(&client, &base, "Authors", &fields);
    let mut books = Table::make(&client, &base, "Books", &json!([{"name": "Name", "type": "singleLineText"}]));
    let options = json!({"relationship": relationship, "foreignTableId": authors.id, "isOneWay": one_way});
    books.add_field(&json!({"name": "By", "type": "link", "options": options})).expect(201);
    let mut library = Library { _server: server, authors, books };
    library.authors.refresh();
    library
}

impl Library {
    /// The name of the authors' side of the link.
    #[track_caller]
    pub fn back(&self) -> String {
        let link = self.books.client.get(&self.books.path(&format!("/field/{}", self.books.field("By")))).expect(200);
        let symmetric = link.text_at("/options/symmetricFieldId");
        let (name, _) = self.authors.fields.iter().find(|(_, id)| **id == symmetric).expect("the other side");
        name.clone()
    }
}

/// The ids in a cell of links, one or many.
pub fn ids(cell: &Value) -> Vec<String> {
    match cell {
        Value::Null => Vec::new(),
        Value::Array(list) => list.iter().map(|one| text(&one["id"])).collect(),
        one => vec![text(&one["id"])],
    }
}
