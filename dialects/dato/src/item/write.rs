//! An item as JSON, straight from the row (reference, "Item").

use super::places::Places;
use super::shape::{Cells, Shape};
use crate::cell::{World, encode};
use crate::names;
use edge::json::{self, Commas};
use engine::RecordRow;
use model::RecordAddress;
use model::table::Shape as TableShape;
use model::time::Instant;

/// Writes items of one shape.
pub struct ItemWriter<'a> {
    shape: &'a Shape,
    world: &'a World,
    places: &'a Places,
    /// What every item of the shape ends with.
    tail: Vec<u8>,
}

impl<'a> ItemWriter<'a> {
    /// `places` are those of the items that will be written, where the table has places.
    pub fn new(shape: &'a Shape, world: &'a World, places: &'a Places) -> ItemWriter<'a> {
        let tail = format!(
            r#"}},"relationships":{{"item_type":{{"data":{{"type":"item_type","id":"{}"}}}}}}}}"#,
            names::item_type(shape.table.id)
        );
        ItemWriter { shape, world, places, tail: tail.into_bytes() }
    }

    /// Appends an item.
    pub fn write(&self, out: &mut Vec<u8>, row: &RecordRow<'_>) {
        let address = RecordAddress { table: self.shape.table.id, record: row.id() };
        out.extend_from_slice(b"{\"type\":\"item\",\"id\":\"");
        json::integer(out, address.pack());
        out.extend_from_slice(b"\",\"attributes\":{");
        for column in &self.shape.columns {
            out.extend_from_slice(&column.head);
            match &column.cells {
                Cells::One(output) => encode::encode(out, &column.encoding, row, *output, self.world),
                Cells::ByLocale(cells) => {
                    out.push(b'{');
                    let mut commas = Commas::default();
                    for cell in cells {
                        commas.next(out);
                        out.extend_from_slice(&cell.head);
                        encode::encode(out, &column.encoding, row, cell.output, self.world);
                    }
                    out.push(b'}');
                }
            }
            out.push(b',');
        }
        out.extend_from_slice(b"\"updated_at\":");
        json::instant_iso(out, Instant(row.modified_at().unwrap_or_else(|| row.created_at())));
        out.extend_from_slice(b",\"is_valid\":");
        json::boolean(out, row.valid());
        if self.shape.table.shape != TableShape::Plain {
            out.extend_from_slice(b",\"position\":");
            json::integer(out, self.places.position(row.id()));
        }
        if self.shape.table.shape == TableShape::Tree {
            out.extend_from_slice(b",\"parent_id\":");
            match row.parent() {
                Some(parent) => {
                    json::string(out, &names::item(RecordAddress { table: self.shape.table.id, record: parent }));
                }
                None => out.extend_from_slice(b"null"),
            }
        }
        out.extend_from_slice(&self.tail);
    }
}
