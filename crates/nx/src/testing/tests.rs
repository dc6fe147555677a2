//! The host in memory does what a store does.

use super::*;
use model::change::{Children, NewRecord, RecordSet, RecordUpdate};
use model::{Error, FieldId, Slot};

fn operand(field: u32) -> Operand {
    Operand::Slot(Slot::plain(FieldId(field)))
}

fn at(table: TableId, record: u32) -> RecordAddress {
    RecordAddress { table, record: RecordId(record) }
}

#[test]
fn cells_of_records_are_read_with_what_is_worked_out() {
    let mut host = MemoryHost::sample();
    let cells = host.cells(at(CUSTOMERS, 1), &[operand(1), operand(9), operand(16)]).unwrap().unwrap();
    let invoices = Value::References(vec![at(INVOICES, 1), at(INVOICES, 2)]);
    assert_eq!(cells, [Value::text("Ada"), invoices, Value::Number(150.5)]);
    assert_eq!(host.cells(at(CUSTOMERS, 9), &[]).unwrap(), None);
}

#[test]
fn a_new_record_takes_the_next_number_and_is_seen_from_the_other_side() {
    let mut host = MemoryHost::sample();
    let values = vec![(Slot::plain(FieldId(1)), Value::Reference(at(CUSTOMERS, 3)))];
    let records = vec![NewRecord { values, ..NewRecord::default() }];
    let made = host.change(Change::CreateRecords { table: INVOICES, records }).unwrap();
    assert_eq!(made, [RecordId(5)]);
    let cells = host.cells(at(CUSTOMERS, 3), &[operand(9)]).unwrap().unwrap();
    assert_eq!(cells, [Value::References(vec![at(INVOICES, 5)])]);
}

#[test]
fn writing_a_reverse_field_writes_the_links_of_the_other_side() {
    let mut host = MemoryHost::sample();
    let list = Value::References(vec![at(INVOICES, 2), at(INVOICES, 4)]);
    let updates = vec![RecordUpdate { record: RecordId(1), values: vec![(Slot::plain(FieldId(9)), list.clone())] }];
    host.change(Change::UpdateRecords { table: CUSTOMERS, updates }).unwrap();
    assert_eq!(host.cells(at(CUSTOMERS, 1), &[operand(9)]).unwrap().unwrap(), [list]);
    assert_eq!(host.cells(at(INVOICES, 1), &[operand(1)]).unwrap().unwrap(), [Value::Null]);
}

#[test]
fn a_deleted_record_leaves_no_links_and_no_number() {
    let mut host = MemoryHost::sample();
    let records = RecordSet::of([RecordId(4), RecordId(1)]);
    host.change(Change::DeleteRecords { table: INVOICES, records, children: Children::Delete }).unwrap();
    assert_eq!(host.cells(at(ITEMS, 1), &[operand(1)]).unwrap().unwrap(), [Value::Null]);
    let records = vec![NewRecord::default()];
    assert_eq!(host.change(Change::CreateRecords { table: INVOICES, records }).unwrap(), [RecordId(5)]);
}

#[test]
fn a_change_with_a_wrong_value_leaves_nothing() {
    let mut host = MemoryHost::sample();
    let slot = |field| Slot::plain(FieldId(field));
    let good = RecordUpdate { record: RecordId(1), values: vec![(slot(1), Value::text("Eve"))] };
    let wrong = RecordUpdate { record: RecordId(2), values: vec![(slot(4), Value::text("old"))] };
    let change = Change::UpdateRecords { table: CUSTOMERS, updates: vec![good, wrong] };
    assert!(matches!(host.change(change), Err(Error::Invalid(_))));
    assert_eq!(host.cells(at(CUSTOMERS, 1), &[operand(1)]).unwrap().unwrap(), [Value::text("Ada")]);
}

#[test]
fn a_host_that_only_reads_refuses_changes() {
    let mut host = MemoryHost::sample();
    host.read_only = ReadOnly::Yes;
    assert!(host.change(Change::CreateRecords { table: INVOICES, records: Vec::new() }).is_err());
}

#[test]
fn selections_stop_when_told_to() {
    let mut host = MemoryHost::sample();
    let query = Query { projection: Projection::These(vec![operand(2)]), ..Query::table(INVOICES) };
    let mut seen = Vec::new();
    let mut each = |id: RecordId, value: &mut dyn FnMut(usize) -> Value| {
        seen.push((id.0, value(0)));
        Ok(if seen.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    };
    host.select(&query, &mut each).unwrap();
    assert_eq!(seen, [(1, Value::text("2024-1")), (2, Value::text("2024-2"))]);
    assert_eq!(host.count(&query).unwrap(), 4);
}
