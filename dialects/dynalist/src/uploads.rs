//! Where uploads are kept: a table of the actor's database, made with the first of them and known by its bag.

use crate::error::QUOTA;
use engine::files::{FilePlace, FileRow};
use engine::{Engine, Made, Steps, View, Weight};
use model::change::{NewField, NewRecord, NewTable};
use model::field::Slot;
use model::filter::{Filter, Operand};
use model::kind::files::Files;
use model::kind::integer::Integer;
use model::kind::line::Line;
use model::query::{Aggregate, Measure, Source, Summary};
use model::{
    Ability, Actor, Change, DatabaseKey, Error, FieldId, Json, Kind, RecordId, Result, Subject, Table, TableId, Value,
};
use serde_json::json;
use std::sync::Arc;

/// The table's name, and its mark.
const NAME: &str = "Uploads";
const DOOR: &str = "dynalist";
const MARK: &str = "uploads";

/// A file that was kept: its place, and its token, which nobody can guess.
pub struct Kept {
    pub database: DatabaseKey,
    place: FilePlace,
    token: String,
}

impl Kept {
    /// The last part of its address: key of the database, table, record and field as numbers, and the token.
    pub fn id(&self) -> String {
        let FilePlace { table, record, field } = self.place;
        format!("{}-{}-{}-{}-{}", self.database, table.0, record.0, field.0, self.token)
    }

    /// The file of an address.
    pub fn read(id: &str) -> Option<Kept> {
        let mut parts = id.split('-');
        let database = DatabaseKey::parse(parts.next()?)?;
        let mut number = || parts.next()?.parse::<u32>().ok();
        let place = FilePlace { table: TableId(number()?), record: RecordId(number()?), field: FieldId(number()?) };
        let token = parts.next().filter(|token| !token.is_empty() && token.len() <= 64)?.to_owned();
        (place.record.0 > 0 && parts.next().is_none()).then_some(Kept { database, place, token })
    }
}

/// Refuses whoever may not keep a file here, or has no space left, before it is stored.
pub async fn admit(
    engine: &Engine,
    actor: &Arc<Actor>,
    database: DatabaseKey,
    size: u64,
    quota: Option<u64>,
) -> Result<()> {
    let look = move |view: &mut View<'_>| {
        match table(view) {
            Some(table) => view.require(Some(table.id), Ability::RecordCreate)?,
            None => view.require(None, Ability::TableCreate)?,
        }
        refuse_full(view, size, quota)
    };
    engine.read(actor, database, Weight::Point, look).await
}

/// Makes the record of a file, and the table if it is the first.
pub fn keep(steps: &mut Steps<'_, '_>, file: &FileRow, quota: Option<u64>) -> Result<Kept> {
    refuse_full(&mut steps.view(), file.size, quota)?;
    let table = match table(&steps.view()) {
        Some(table) => table,
        None => make(steps)?,
    };
    let field = |key: &str| table.field_keyed(key).map(|field| field.id).ok_or_else(missing);
    let cell = Value::Structure(json!([{"name": file.name, "token": file.token}]));
    let mut values = vec![(Slot::plain(field("file")?), cell)];
    // The other two are for people, who may have taken them away.
    values.extend(field("name").ok().map(|name| (Slot::plain(name), Value::text(short(&file.name)))));
    values.extend(field("size").ok().map(|size| (Slot::plain(size), Value::Number(file.size as f64))));
    let records = vec![NewRecord { values, ..NewRecord::default() }];
    let Made::Records { ids, .. } = steps.apply(Change::CreateRecords { table: table.id, records })? else {
        return Err(missing());
    };
    let record = ids.first().copied().ok_or_else(missing)?;
    let place = FilePlace { table: table.id, record, field: field("file")? };
    Ok(Kept { database: steps.view().key(), place, token: file.token.clone() })
}

/// The file of an address, if it still stands where the address says.
pub fn find(view: &mut View<'_>, kept: &Kept) -> Result<FileRow> {
    table(view).filter(|table| table.id == kept.place.table).ok_or_else(missing)?;
    view.file_at(&kept.token, kept.place)
}

fn make(steps: &mut Steps<'_, '_>) -> Result<Arc<Table>> {
    let fields = vec![
        NewField { key: Some("name".to_owned()), ..NewField::of("Name", Kind::Line(Line::default())) },
        NewField { key: Some("file".to_owned()), ..NewField::of("File", Kind::Files(Files::default())) },
        NewField { key: Some("size".to_owned()), ..NewField::of("Size", Kind::Integer(Integer::default())) },
    ];
    let bag = [(DOOR.to_owned(), json!({ MARK: true }))].into();
    let new = NewTable { name: NAME.to_owned(), fields, bag, ..NewTable::default() };
    match steps.apply(Change::CreateTable { table: Box::new(new) })? {
        Made::Table(table) => steps.view().table(table),
        _ => Err(missing()),
    }
}

fn table(view: &View<'_>) -> Option<Arc<Table>> {
    let is_marked =
        |table: &Arc<Table>| table.bag.get(DOOR).is_some_and(|bag| bag.get(MARK) == Some(&Json::Bool(true)));
    view.tables().into_iter().find(is_marked)
}

fn refuse_full(view: &mut View<'_>, size: u64, quota: Option<u64>) -> Result<()> {
    let Some(quota) = quota else { return Ok(()) };
    let mut used = 0.0;
    if let Some(table) = table(view)
        && let Some(field) = table.field_keyed("file")
    {
        let over = Operand::Slot(Slot::plain(field.id));
        let measures = vec![Measure { function: Aggregate::TotalSize, over }];
        let source = Source::Table(table.id);
        let summary = Summary { source, filter: Filter::all(), search: None, group: Vec::new(), measures };
        if let Some(Value::Number(bytes)) = view.summarize(&summary)?.first().and_then(|(_, all)| all.first()) {
            used = *bytes;
        }
    }
    if used + size as f64 > quota as f64 { Err(Error::TooLarge { what: QUOTA, limit: quota }) } else { Ok(()) }
}

fn missing() -> Error {
    Error::not_found(Subject::File, "")
}

fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(255).collect()
}

/// The bytes of base64 in the standard alphabet, with or without the filling at its end; line ends are passed over.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let trimmed = text.trim_end_matches(['\r', '\n']);
    let digits = trimmed.strip_suffix("==").or_else(|| trimmed.strip_suffix('=')).unwrap_or(trimmed);
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 3);
    let (mut waiting, mut bits) = (0u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'\r' | b'\n' => continue,
            _ => return None,
        };
        waiting = waiting << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((waiting >> bits) as u8);
            waiting &= (1 << bits) - 1;
        }
    }
    // What is left of the last digit must be nothing, and one digit alone is no byte.
    (bits < 6 && waiting == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn base64_is_read_strictly() {
        assert_eq!(decode("VGVzdCBkYXRh").as_deref(), Some(b"Test data".as_slice()));
        assert_eq!(decode("VGVz\r\ndCBk\nYXRh\n").as_deref(), Some(b"Test data".as_slice()));
        assert_eq!(decode("TQ==").as_deref(), Some(b"M".as_slice()));
        assert_eq!(decode("TQ").as_deref(), Some(b"M".as_slice()));
        assert_eq!(decode("").as_deref(), Some([].as_slice()));
        for wrong in ["A", "VGVzd", "TR==", "T Q=", "VG-_", "TQ==TQ==", "data:,x", "é"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn an_address_reads_back_and_no_text_makes_reading_panic(
            dice in any::<[u8; 12]>(), n in any::<(u32, u32, u32)>(), token in "[0-9A-Za-z]{32}", text in "\\PC{0,60}",
        ) {
            let database = DatabaseKey::from_dice(dice);
            let place = FilePlace { table: TableId(n.0), record: RecordId(n.1.max(1)), field: FieldId(n.2) };
            let id = Kept { database, place, token: token.clone() }.id();
            let read = Kept::read(&id).expect("an address");
            prop_assert_eq!((read.database, read.place, read.token), (database, place, token));
            let _ = (Kept::read(&text), decode(&text));
        }
    }
}
