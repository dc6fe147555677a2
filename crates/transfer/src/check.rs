//! The first look at a file: every row is judged before any is written.

use crate::cells::{Reader, Said};
use crate::import::Target;
use crate::number::Point;
use crate::report::RowError;
use crate::rows::Batch;
use engine::{GO_ON, View};
use model::filter::{Operand, Predicate};
use model::kind::Storage;
use model::query::{Projection, Query};
use model::{Ability, Error, FieldId, Filter, Path, Result, Rule, Slot, Value};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{Hash, Hasher};

/// Values that are looked up at once.
const AT_ONCE: usize = 5_000;
/// Most new options of a field.
const MOST_OPTIONS: usize = 1_000;

/// What was found out about a batch.
#[derive(Default)]
pub struct Verdict {
    /// What is wrong, by row of the batch.
    faults: Vec<(usize, RowError)>,
    /// Values that may come once, by row and field, as hashes.
    singles: Vec<(usize, FieldId, u128)>,
    new_options: BTreeMap<FieldId, BTreeSet<String>>,
}

/// What was found out about all rows so far.
#[derive(Default)]
pub struct Findings {
    seen: HashSet<(FieldId, u128)>,
    /// Rows that cannot be written, a bit each.
    pub broken: Vec<u64>,
    pub broken_count: u64,
    pub new_options: BTreeMap<FieldId, BTreeSet<String>>,
}

/// Judges the rows of a batch against the fields, and their single values against the records that are there.
pub fn judge(view: &mut View<'_>, target: &Target, batch: &Batch, point: Point) -> Result<Verdict> {
    let table = view.table(target.table)?;
    let mut readers = Vec::with_capacity(target.columns.len());
    for (column, field) in &target.columns {
        readers.push((*column, Reader::new(table.field(*field)?, point)));
    }
    let mut verdict = Verdict::default();
    // The values of unique fields, to be looked up.
    let mut unique: BTreeMap<FieldId, Vec<(usize, Value)>> = BTreeMap::new();
    for (i, row) in batch.rows.iter().enumerate() {
        let line = batch.line(i);
        if row.len() < batch.width || row.iter().skip(batch.width).any(|cell| !cell.is_empty()) {
            let message = format!("has {} cells, and the first row has {}", row.len(), batch.width);
            verdict.faults.push((i, RowError { line, field: None, message }));
            continue;
        }
        for (column, reader) in &readers {
            let text = row.get(*column).unwrap_or_default();
            let field = &reader.field;
            let is_key = target.key == Some(field.id);
            let refused = match reader.read(view, text) {
                Ok(Said::NewOptions(names)) => {
                    let known = verdict.new_options.entry(field.id).or_default();
                    known.extend(names);
                    (known.len() > MOST_OPTIONS).then_some(Rule::TooMany { limit: MOST_OPTIONS as u64 })
                }
                Ok(Said::Value(Value::Null)) => (is_key || field.is_required()).then_some(Rule::Required),
                Ok(Said::Value(value)) => {
                    if is_key || field.is_unique() {
                        verdict.singles.push((i, field.id, hash(&value)));
                    }
                    if field.is_unique() && target.key.is_none() {
                        unique.entry(field.id).or_default().push((i, value));
                    }
                    None
                }
                Err(rule) => Some(rule),
            };
            if let Some(rule) = refused {
                verdict.faults.push((i, fault(line, &field.name, &rule, text)));
            }
        }
    }
    // Who may not read learns from the write itself whether a value is there.
    if view.require(Some(target.table), Ability::RecordRead).is_ok() {
        for (field, values) in unique {
            if !matches!(table.field(field)?.kind.storage(), Storage::Column(_)) {
                continue;
            }
            for some in values.chunks(AT_ONCE) {
                let taken = present(view, target, field, some.iter().map(|(_, value)| value.clone()).collect())?;
                for (i, _) in some.iter().filter(|(_, value)| taken.iter().any(|(_, there)| there == value)) {
                    let name = &table.field(field)?.name;
                    verdict.faults.push((*i, fault(batch.line(*i), name, &Rule::Unique, "")));
                }
            }
        }
    }
    Ok(verdict)
}

/// Which records have one of these values in a field.
pub fn present(
    view: &mut View<'_>,
    target: &Target,
    field: FieldId,
    values: Vec<Value>,
) -> Result<Vec<(model::RecordId, Value)>> {
    let mut query = Query::table(target.table);
    query.filter = Filter::field(field, Predicate::OneOf(values));
    query.projection = Projection::These(vec![Operand::Slot(Slot::plain(field))]);
    let mut found = Vec::new();
    view.select(&query, &mut |row| {
        found.push((row.id(), row.value(0)));
        Ok(GO_ON)
    })?;
    Ok(found)
}

/// Refuses a file that cannot fill a field which every record must have.
pub fn admit(view: &mut View<'_>, target: &Target) -> Result<()> {
    view.require(Some(target.table), Ability::TableImport)?;
    view.require(Some(target.table), Ability::RecordCreate)?;
    if target.key.is_some() {
        view.require(Some(target.table), Ability::RecordRead)?;
        view.require(Some(target.table), Ability::RecordUpdate)?;
    }
    let table = view.table(target.table)?;
    for (i, (_, field)) in target.columns.iter().enumerate() {
        let field = table.field(*field)?;
        if target.columns[..i].iter().any(|(_, before)| *before == field.id) {
            let twice = Rule::Malformed("is filled from two columns".to_owned());
            return Err(Error::invalid(Path::field(field.id, &field.name), twice));
        }
    }
    if let Some(key) = target.key {
        let field = table.field(key)?;
        let fits = matches!(field.kind.storage(), Storage::Column(_)) && !field.localized;
        if !fits || target.columns.iter().all(|(_, column)| *column != key) {
            let why = "must be a field with a value of its own that the file has a column for";
            return Err(Error::malformed("key", why));
        }
    }
    let is_left = |field: &&model::Field| {
        field.is_required() && field.default.is_none() && target.columns.iter().all(|(_, column)| *column != field.id)
    };
    match table.live_fields().find(is_left) {
        Some(field) if target.key.is_none() => Err(Error::invalid(Path::field(field.id, &field.name), Rule::Required)),
        Some(_) | None => Ok(()),
    }
}

impl Findings {
    /// Takes in what was found out about a batch; what is wrong goes to `tell` by line, once for each row and field.
    pub fn take(
        &mut self,
        verdict: Verdict,
        batch: &Batch,
        name: &dyn Fn(FieldId) -> String,
        tell: &mut dyn FnMut(RowError),
    ) {
        self.broken.resize((batch.first + batch.rows.len()).div_ceil(64), 0);
        let mut faults = verdict.faults;
        for (row, field, hash) in verdict.singles {
            if !self.seen.insert((field, hash)) {
                let message = "is in the file twice".to_owned();
                faults.push((row, RowError { line: batch.line(row), field: Some(name(field)), message }));
            }
        }
        faults.sort_by_key(|(row, _)| *row);
        for (row, error) in faults {
            if self.mark(batch.first + row) {
                self.broken_count += 1;
            }
            tell(error);
        }
        for (field, names) in verdict.new_options {
            let known = self.new_options.entry(field).or_default();
            known.extend(names);
        }
    }

    /// Notes that a row cannot be written; whether that is new.
    pub fn mark(&mut self, row: usize) -> bool {
        let (word, bit) = (&mut self.broken[row / 64], 1 << (row % 64));
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// The field that would get too many options.
    pub fn overfull(&self) -> Option<FieldId> {
        self.new_options.iter().find(|(_, names)| names.len() > MOST_OPTIONS).map(|(field, _)| *field)
    }
}

fn fault(line: u64, field: &str, rule: &Rule, given: &str) -> RowError {
    let short: String = given.chars().take(60).collect();
    let message = if short.is_empty() { rule.to_string() } else { format!("{rule} (given: {short})") };
    RowError { line, field: Some(field.to_owned()), message }
}

/// Two values with one hash are one value: 128 bits leave no room for chance.
fn hash(value: &Value) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        match value {
            Value::Text(text) => text.hash(&mut hasher),
            other => format!("{other:?}").hash(&mut hasher),
        }
        hasher.finish()
    };
    (u128::from(half(1)) << 64) | u128::from(half(2))
}
