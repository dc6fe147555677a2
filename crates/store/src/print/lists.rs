//! Tests of lists as SQL: links where their rows lie, other lists as JSON arrays.

use super::filter::{check_number, exact_cell, is_empty, not};
use super::operand::{Printed, Printer, Rows, Scope};
use model::filter::Predicate;
use model::kind::Class;
use model::{Result, Slot, StoredCell, Value};

impl Printer<'_> {
    /// A test of a list that lies in its own rows.
    pub fn test_links(
        &mut self,
        scope: &Scope,
        slot: Slot,
        rows: Rows,
        predicate: &Predicate,
    ) -> Result<Option<String>> {
        match predicate {
            Predicate::IsEmpty => Ok(Some(format!("NOT {}", rows.some("")))),
            Predicate::Contains(needle) => {
                let targets = self.targets(scope, slot.field);
                Ok(self.title_contains(&rows.element, &targets, needle).map(|on| rows.some(&on)))
            }
            Predicate::HasAny(values) | Predicate::HasAll(values) | Predicate::SameSet(values) => {
                check_number(values)?;
                let cells = values.iter().map(|value| exact_cell(Class::Reference, value));
                if let Predicate::HasAny(_) = predicate {
                    let cells: Vec<StoredCell> = cells.flatten().collect();
                    return Ok(Some(match cells.is_empty() {
                        true => "FALSE".to_owned(),
                        false => self.holders(scope, &rows, cells),
                    }));
                }
                let Some(cells) = cells.collect::<Option<Vec<StoredCell>>>() else {
                    return Ok(Some("FALSE".to_owned()));
                };
                let mut all = vec![rows.some("")];
                for cell in &cells {
                    all.push(self.holders(scope, &rows, vec![cell.clone()]));
                }
                match (predicate, cells.is_empty()) {
                    (Predicate::SameSet(_), true) => return Ok(Some("FALSE".to_owned())),
                    (Predicate::SameSet(_), false) => {
                        let others = format!("{} NOT IN ({})", rows.element, self.bind_all(cells));
                        all.push(format!("NOT {}", rows.some(&others)));
                    }
                    (_, _) => {}
                }
                Ok(Some(format!("({})", all.join(" AND "))))
            }
            Predicate::Equals(_) | Predicate::OneOf(_) => {
                let printed = self.slot(scope, slot, 0);
                self.test_list(Class::References, &printed, predicate)
            }
            Predicate::Compare(..) | Predicate::During(..) => Ok(None),
        }
    }

    /// The records whose links hold one of these addresses, found from the side of the links.
    fn holders(&mut self, scope: &Scope, rows: &Rows, cells: Vec<StoredCell>) -> String {
        match &rows.back {
            Some(back) => {
                let less = cells.into_iter().filter_map(|cell| match cell {
                    StoredCell::Integer(packed) => Some(StoredCell::Integer(packed - back.offset)),
                    _ => None,
                });
                let wanted = self.bind_all(less.collect::<Vec<StoredCell>>());
                let (record, element) = (&back.record, &back.element);
                format!("{}.id IN (SELECT {record} FROM {} WHERE {element} IN ({wanted}))", scope.name, rows.from)
            }
            None => {
                let wanted = self.bind_all(cells);
                rows.some(&format!("{} IN ({wanted})", rows.element))
            }
        }
    }

    /// A test of a list that is a JSON array.
    pub fn test_list(&mut self, class: Class, list: &Printed, predicate: &Predicate) -> Result<Option<String>> {
        let sql = &list.sql;
        let element_class = match class {
            Class::Choices => Class::Choice,
            Class::Users => Class::User,
            _ => Class::Reference,
        };
        let rows = self.rows_of(sql);
        let some = |on: &str| rows.some(on);
        let cells = |values: &[Value]| {
            check_number(values)?;
            let cells = values.iter().map(|value| exact_cell(element_class, value));
            Ok::<_, model::Error>(cells.collect::<Vec<Option<StoredCell>>>())
        };
        let filled = not(&is_empty(class, sql));
        Ok(Some(match predicate {
            Predicate::IsEmpty => is_empty(class, sql),
            Predicate::Equals(value) => self.one_of((class, false), sql, std::slice::from_ref(value))?,
            Predicate::OneOf(values) => self.one_of((class, false), sql, values)?,
            Predicate::HasAny(values) => {
                let wanted: Vec<StoredCell> = cells(values)?.into_iter().flatten().collect();
                if wanted.is_empty() {
                    return Ok(Some("FALSE".to_owned()));
                }
                let wanted = self.bind_all(wanted);
                some(&format!("{} IN ({wanted})", rows.element))
            }
            Predicate::HasAll(values) | Predicate::SameSet(values) => {
                let Some(wanted) = cells(values)?.into_iter().collect::<Option<Vec<StoredCell>>>() else {
                    return Ok(Some("FALSE".to_owned()));
                };
                let mut all = vec![filled];
                let mut places = Vec::new();
                for cell in wanted {
                    let place = self.bind(cell);
                    all.push(some(&format!("{} = {place}", rows.element)));
                    places.push(place);
                }
                if let Predicate::SameSet(_) = predicate {
                    if places.is_empty() {
                        return Ok(Some("FALSE".to_owned()));
                    }
                    all.push(format!("NOT {}", some(&format!("{} NOT IN ({})", rows.element, places.join(", ")))));
                }
                format!("({})", all.join(" AND "))
            }
            Predicate::Contains(needle) if class == Class::Choices && !needle.is_empty() => {
                match self.options_named(list, needle) {
                    Some(found) if found.is_empty() => "FALSE".to_owned(),
                    Some(found) => some(&format!("{} IN ({found})", rows.element)),
                    None => return Ok(None),
                }
            }
            Predicate::Contains(_) | Predicate::Compare(..) | Predicate::During(..) => return Ok(None),
        }))
    }
}
