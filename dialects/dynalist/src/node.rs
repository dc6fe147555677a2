//! Nodes in answers: written from the row straight into the answer. What is at its default is left out (facts 1.7).

use crate::names::{Document, NodeIds, ROOT};
use crate::outline::{Outline, Part, own_note};
use edge::json;
use engine::{GO_ON, RecordRow, View};
use model::kind::{Class, NoNames};
use model::time::Instant;
use model::{Cell, RecordId, Result, Table};

/// The children of every node of a document, in their order.
pub struct Children {
    /// Parent, and the place in `ids` where its children begin; ascending. The top is 0.
    starts: Vec<(u32, u32)>,
    ids: Vec<u32>,
}

impl Children {
    /// Reads them all: eight bytes for a node, and for a parent.
    pub fn read(view: &mut View<'_>, outline: &Outline) -> Result<Children> {
        let mut found = Children { starts: Vec::new(), ids: Vec::new() };
        view.each_by_place(outline.table.id, &mut |parent, record| {
            let parent = parent.map_or(0, |parent| parent.0);
            if found.starts.last().is_none_or(|(last, _)| *last != parent) {
                found.starts.push((parent, found.ids.len() as u32));
            }
            found.ids.push(record.0);
            Ok(GO_ON)
        })?;
        Ok(found)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The children of a node; of the document itself without one.
    pub fn of(&self, parent: Option<RecordId>) -> impl DoubleEndedIterator<Item = RecordId> + '_ {
        let parent = parent.map_or(0, |parent| parent.0);
        let range = match self.starts.binary_search_by_key(&parent, |(parent, _)| *parent) {
            Err(_) => 0..0,
            Ok(place) => {
                let end = self.starts.get(place + 1).map_or(self.ids.len(), |(_, start)| *start as usize);
                self.starts[place].1 as usize..end
            }
        };
        self.ids[range].iter().map(|id| RecordId(*id))
    }
}

/// Writes the nodes of one document.
pub struct NodeWriter<'a> {
    /// By part: the place of its value in a row.
    places: [Option<usize>; 7],
    children: &'a Children,
    ids: NodeIds,
    now: Instant,
}

impl<'a> NodeWriter<'a> {
    pub fn new(document: Document, parts: &[Part], children: &'a Children, now: Instant) -> NodeWriter<'a> {
        let places = Part::ALL.map(|part| parts.iter().position(|of| *of == part));
        NodeWriter { places, children, ids: NodeIds::of(document), now }
    }

    /// The document's own node, `root`: its content is the title (facts 1.6). It always has children, if none.
    pub fn write_root(&self, out: &mut Vec<u8>, table: &Table) {
        out.extend_from_slice(b"{\"id\":");
        json::string(out, ROOT);
        out.extend_from_slice(b",\"content\":");
        json::string(out, &table.name);
        out.extend_from_slice(b",\"note\":");
        json::string(out, own_note(table));
        self.write_times(out, table.created_at, table.edited_at);
        out.extend_from_slice(b",\"children\":[");
        self.write_children(out, None);
        out.extend_from_slice(b"]}");
    }

    /// A node.
    pub fn write(&self, out: &mut Vec<u8>, row: &RecordRow<'_>) {
        out.extend_from_slice(b"{\"id\":");
        self.ids.write(out, row.id());
        for (part, place) in Part::ALL.into_iter().zip(self.places) {
            match (part, place) {
                (_, Some(place)) => self.write_part(out, row, place, part),
                // These two are always there, also of a tree that keeps none, or none that is to be seen.
                (Part::Content | Part::Note, None) => {
                    member(out, part);
                    out.extend_from_slice(b"\"\"");
                }
                (Part::Checked | Part::Checkbox | Part::Heading | Part::Color | Part::Collapsed, None) => {}
            }
        }
        self.write_times(out, row.created_at(), row.modified_at().unwrap_or(row.created_at()));
        if self.children.of(Some(row.id())).next().is_some() {
            out.extend_from_slice(b",\"children\":[");
            self.write_children(out, Some(row.id()));
            out.push(b']');
        }
        out.push(b'}');
    }

    fn write_part(&self, out: &mut Vec<u8>, row: &RecordRow<'_>, place: usize, part: Part) {
        let cell = row.cell(place);
        match part {
            Part::Content | Part::Note => {
                member(out, part);
                match (cell, row.outputs().get(place).map(|output| output.class)) {
                    (Cell::Null, _) => out.extend_from_slice(b"\"\""),
                    (Cell::Text(text), Some(Class::Text)) => json::string(out, text),
                    // What names a record of a tree of another door may be no text.
                    _ => json::string(
                        out,
                        &model::kind::shared::plain_text(&row.value(place), &NoNames(self.now)).unwrap_or_default(),
                    ),
                }
            }
            Part::Checked | Part::Checkbox | Part::Collapsed => {
                if cell.integer() == Some(1) {
                    member(out, part);
                    out.extend_from_slice(b"true");
                }
            }
            Part::Heading | Part::Color => {
                if let Some(number) = cell.integer().filter(|number| *number > 0) {
                    member(out, part);
                    json::integer(out, number);
                }
            }
        }
    }

    fn write_times(&self, out: &mut Vec<u8>, created: i64, modified: i64) {
        out.extend_from_slice(b",\"created\":");
        json::integer(out, created);
        out.extend_from_slice(b",\"modified\":");
        json::integer(out, modified);
    }

    fn write_children(&self, out: &mut Vec<u8>, parent: Option<RecordId>) {
        let mut commas = json::Commas::default();
        for child in self.children.of(parent) {
            commas.next(out);
            self.ids.write(out, child);
        }
    }
}

fn member(out: &mut Vec<u8>, part: Part) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(part.key().as_bytes());
    out.extend_from_slice(b"\":");
}
