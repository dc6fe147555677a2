//! Ids: how this door spells the addresses of things. The only place that knows.
//!
//! Files, folders and nodes have 24 characters of `A-Z a-z 0-9 - _` alike (facts 2): the key of the database, a letter
//! for what it is, and the number in base 62. The top node of every document is `root` (facts 1.6).

use model::{DatabaseKey, NavId, RecordAddress, RecordId, TableId};

/// The id of every document's own node.
pub const ROOT: &str = "root";
/// What follows the key in the id of a database's top folder.
const TOP: &str = "-_-_-_-_-_-_";
/// The root folder of somebody who reaches no database.
pub const NOWHERE: &str = "-_-_-_-_-_-_-_-_-_-_-_-_";

const KEY: usize = 12;
const DIGITS: usize = 11;
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DOCUMENT: u8 = b'D';
const FOLDER: u8 = b'F';
const NODE: u8 = b'N';

/// A document: a table that is a tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Document {
    pub database: DatabaseKey,
    pub table: TableId,
}

/// What can lie in the tree of files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum File {
    /// The top folder of a database.
    Top(DatabaseKey),
    Folder(DatabaseKey, NavId),
    Document(Document),
}

impl File {
    /// The database that it is in.
    pub fn database(self) -> DatabaseKey {
        match self {
            File::Top(database) | File::Folder(database, _) | File::Document(Document { database, .. }) => database,
        }
    }

    /// Its id.
    pub fn id(self) -> String {
        match self {
            File::Top(database) => top(database),
            File::Folder(database, item) => spelled(database, FOLDER, item.0.into()),
            File::Document(document) => self::document(document),
        }
    }
}

/// The top folder of a database.
pub fn top(database: DatabaseKey) -> String {
    format!("{database}{TOP}")
}

/// A document.
pub fn document(document: Document) -> String {
    spelled(document.database, DOCUMENT, document.table.0.into())
}

/// A node of a document; none is its own.
pub fn node(document: Document, record: Option<RecordId>) -> String {
    match record {
        None => ROOT.to_owned(),
        Some(record) => spelled(document.database, NODE, below(document.table, record)),
    }
}

/// The ids of a document's nodes, appended: what is the same in all is made once.
pub struct NodeIds {
    head: [u8; KEY + 1],
    table: TableId,
}

impl NodeIds {
    pub fn of(document: Document) -> NodeIds {
        let mut head = [NODE; KEY + 1];
        head[..KEY].copy_from_slice(document.database.as_str().as_bytes());
        NodeIds { head, table: document.table }
    }

    /// Appends the id of a node in quotes.
    pub fn write(&self, out: &mut Vec<u8>, record: RecordId) {
        out.push(b'"');
        out.extend_from_slice(&self.head);
        out.extend_from_slice(&digits(below(self.table, record)));
        out.push(b'"');
    }
}

/// The file of an id.
pub fn read_file(text: &str) -> Option<File> {
    if let Some(database) = text.strip_suffix(TOP).and_then(DatabaseKey::parse) {
        return Some(File::Top(database));
    }
    let (database, what, number) = read(text)?;
    let number = u32::try_from(number).ok().filter(|number| *number > 0)?;
    match what {
        FOLDER => Some(File::Folder(database, NavId(number))),
        DOCUMENT if number <= RecordAddress::MAX_TABLE => {
            Some(File::Document(Document { database, table: TableId(number) }))
        }
        _ => None,
    }
}

/// The document of an id.
pub fn read_document(text: &str) -> Option<Document> {
    match read_file(text)? {
        File::Document(document) => Some(document),
        File::Top(_) | File::Folder(..) => None,
    }
}

/// The node of an id of this document; its own is none. An id of another document is no id (facts 4, "move across
/// documents").
pub fn read_node(text: &str, of: Document) -> Option<Option<RecordId>> {
    if text == ROOT {
        return Some(None);
    }
    let (database, what, number) = read(text)?;
    let address = RecordAddress::unpack(i64::try_from(number).ok()?)?;
    (what == NODE && database == of.database && address.table == of.table).then_some(Some(address.record))
}

/// The database whose top folder has this id.
pub fn read_top(text: &str) -> Option<DatabaseKey> {
    match read_file(text)? {
        File::Top(database) => Some(database),
        File::Folder(..) | File::Document(_) => None,
    }
}

fn below(table: TableId, record: RecordId) -> u64 {
    (u64::from(table.0) << 32) | u64::from(record.0)
}

fn spelled(database: DatabaseKey, what: u8, number: u64) -> String {
    let mut text = String::with_capacity(KEY + 1 + DIGITS);
    text.push_str(database.as_str());
    text.push(char::from(what));
    text.extend(digits(number).map(char::from));
    text
}

fn digits(mut number: u64) -> [u8; DIGITS] {
    let mut digits = [b'0'; DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = LETTERS[(number % 62) as usize];
        number /= 62;
    }
    digits
}

fn read(text: &str) -> Option<(DatabaseKey, u8, u64)> {
    let bytes: &[u8; KEY + 1 + DIGITS] = text.as_bytes().try_into().ok()?;
    let database = DatabaseKey::parse(std::str::from_utf8(&bytes[..KEY]).ok()?)?;
    let number = bytes[KEY + 1..].iter().try_fold(0u64, |number, byte| {
        let digit = LETTERS.iter().position(|letter| letter == byte)? as u64;
        number.checked_mul(62)?.checked_add(digit)
    })?;
    (number < 1 << 53).then_some((database, bytes[KEY], number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> impl Strategy<Value = DatabaseKey> {
        any::<[u8; 12]>().prop_map(DatabaseKey::from_dice)
    }

    proptest! {
        #[test]
        fn every_id_has_24_characters_and_reads_back_to_what_it_names(
            database in key(), table in 1..=RecordAddress::MAX_TABLE, n in 1..=u32::MAX,
        ) {
            let of = Document { database, table: TableId(table) };
            for file in [File::Top(database), File::Folder(database, NavId(n)), File::Document(of)] {
                let id = file.id();
                prop_assert_eq!(id.len(), 24);
                prop_assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
                prop_assert_eq!(read_file(&id), Some(file));
            }
            prop_assert_eq!(read_document(&document(of)), Some(of));
            let id = node(of, Some(RecordId(n)));
            prop_assert_eq!(id.len(), 24);
            prop_assert_eq!(read_node(&id, of), Some(Some(RecordId(n))));
            prop_assert_eq!(read_file(&id), None);
            let mut written = Vec::new();
            NodeIds::of(of).write(&mut written, RecordId(n));
            prop_assert_eq!(written, format!("\"{id}\"").into_bytes());
        }

        #[test]
        fn no_text_makes_reading_panic(text in "\\PC{0,30}|[a-z][a-z0-9]{11}[DFN][0-9A-Za-z]{11}", database in key()) {
            let of = Document { database, table: TableId(1) };
            let _ = (read_file(&text), read_document(&text), read_node(&text, of), read_top(&text));
        }
    }

    #[test]
    fn an_id_of_another_document_or_shape_is_no_id() {
        let database = DatabaseKey::parse("k3mw9x2vq8ta").expect("a key");
        let of = Document { database, table: TableId(1) };
        assert_eq!(node(of, None), "root");
        assert_eq!(read_node("root", of), Some(None));
        let id = node(of, Some(RecordId(7)));
        assert_eq!(read_node(&id, Document { table: TableId(2), ..of }), None);
        for wrong in [&id[1..], &format!("{id}0"), "", "Root", NOWHERE, &document(of)] {
            assert_eq!(read_node(wrong, of), None, "{wrong}");
        }
        assert_eq!(NOWHERE.len(), 24);
        assert_eq!(read_file(NOWHERE), None);
        assert_eq!(top(database), "k3mw9x2vq8ta-_-_-_-_-_-_");
    }
}
