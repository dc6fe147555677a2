//! The inbox as a preference: which document, or which node of one, and which end of it.

use crate::names;
use engine::access::{End, Inbox};

/// The keys of preferences (reference, "Preference Keys").
pub const LOCATION: &str = "inbox_location";
pub const POSITION: &str = "inbox_move_position";

/// `FILE` or `FILE/NODE`.
pub fn location(inbox: Inbox) -> String {
    let document = names::Document { database: inbox.database, table: inbox.table };
    match inbox.record {
        None => names::document(document),
        Some(_) => format!("{}/{}", names::document(document), names::node(document, inbox.record)),
    }
}

/// The inbox of a location; ids have no slash (facts 4).
pub fn read_location(text: &str) -> Option<Inbox> {
    let (file, node) = text.split_once('/').unwrap_or((text, names::ROOT));
    let document = names::read_document(file)?;
    let record = names::read_node(node, document)?;
    Some(Inbox { database: document.database, table: document.table, record })
}

/// `top` or `bottom`.
pub fn position(end: End) -> &'static str {
    match end {
        End::Top => "top",
        End::Bottom => "bottom",
    }
}

/// The end of a word.
pub fn read_position(text: &str) -> Option<End> {
    [End::Top, End::Bottom].into_iter().find(|end| position(*end) == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{DatabaseKey, RecordId, TableId};

    #[test]
    fn a_location_reads_back_and_a_file_alone_means_its_root() {
        let database = DatabaseKey::parse("k3mw9x2vq8ta").expect("a key");
        for record in [None, Some(RecordId(7))] {
            let inbox = Inbox { database, table: TableId(3), record };
            assert_eq!(read_location(&location(inbox)), Some(inbox));
        }
        let file = location(Inbox { database, table: TableId(3), record: None });
        assert_eq!(read_location(&format!("{file}/root")), read_location(&file));
        for wrong in ["", "/", "x", &format!("{file}/"), &[file.as_str(), "root", "more"].join("/")] {
            assert_eq!(read_location(wrong), None, "{wrong}");
        }
        assert_eq!(read_position("top"), Some(End::Top));
        assert_eq!(read_position("Top"), None);
    }
}
