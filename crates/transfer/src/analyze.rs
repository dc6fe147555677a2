//! What a file holds: its columns, their names and types. The whole file is looked at, so that a table made after it
//! can take every row.

use crate::guess::{Column, Guess};
use crate::number::Point;
use crate::rows::Rows;
use crate::sniff::Format;
use crate::sniff::{Hints, sniff};
use crate::source::Source;
use csv::StringRecord;
use model::{Error, Result};

/// What a file holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Analysis {
    pub columns: Vec<AnalyzedColumn>,
    /// The header not counted.
    pub rows: u64,
}

/// A column of a file.
#[derive(Clone, PartialEq, Debug)]
pub struct AnalyzedColumn {
    pub name: String,
    pub guess: Guess,
}

/// Looks at a whole file.
pub fn analyze(source: &Source, format: &Format) -> Result<Analysis> {
    let mut rows = Rows::open(source, format)?;
    let point = Point::of(format.delimiter);
    let mut columns: Vec<Column> = Vec::new();
    let (mut row, mut count) = (StringRecord::new(), 0);
    while rows.next_row(&mut row)? {
        count += 1;
        if columns.len() < row.len() {
            columns.resize_with(row.len(), Column::default);
        }
        for (column, cell) in columns.iter_mut().zip(&row) {
            column.look(cell, point);
        }
    }
    let header = rows.header.unwrap_or_default();
    if columns.len() < header.len() {
        columns.resize_with(header.len(), Column::default);
    }
    let mut names: Vec<String> = Vec::new();
    for i in 0..columns.len() {
        names.push(free_name(header.get(i).map(str::trim).unwrap_or_default(), i, &names));
    }
    let named = names.into_iter().zip(columns);
    let columns = named.map(|(name, column)| AnalyzedColumn { name, guess: column.guess() }).collect();
    Ok(Analysis { columns, rows: count })
}

/// How a file is written, and what its columns are called; those without a header by their places.
pub async fn examine(source: &Source, hints: Hints) -> Result<(Format, Vec<String>)> {
    let source = source.clone();
    apart(move || {
        let format = sniff(&source, hints)?;
        let mut rows = Rows::open(&source, &format)?;
        let mut first = rows.header.take().unwrap_or_default();
        if format.header == crate::Header::None {
            rows.next_row(&mut first)?;
            first = StringRecord::from(vec![""; first.len()]);
        }
        let mut names: Vec<String> = Vec::with_capacity(first.len());
        for (i, cell) in first.iter().enumerate() {
            names.push(free_name(cell.trim(), i, &names));
        }
        Ok((format, names))
    })
    .await
}

/// [`analyze`] on a thread that may wait for the disk.
pub async fn analyze_apart(source: &Source, format: &Format) -> Result<Analysis> {
    let (source, format) = (source.clone(), format.clone());
    apart(move || analyze(&source, &format)).await
}

async fn apart<T: Send + 'static>(job: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(job).await;
    done.unwrap_or_else(|error| Err(Error::Internal(format!("a look at a file ended badly: {error}"))))
}

/// The name of a column: what the header says, with a number behind it where another column says the same.
fn free_name(said: &str, place: usize, taken: &[String]) -> String {
    let name = match said.chars().take(200).collect::<String>() {
        empty if empty.is_empty() => format!("Field {}", place + 1),
        name => name,
    };
    let mut free = name.clone();
    let mut n = 2;
    while taken.contains(&free) {
        free = format!("{name} {n}");
        n += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sniff::{Hints, sniff};

    #[test]
    fn columns_get_a_name_and_a_type_each() {
        let text = "Name,Zip,Price,Day,Done,\na,01234,1.5,2024-01-01,true,x\nb,99999,2,,false,y\n";
        let source = Source::Bytes(text.as_bytes().into());
        let hints = Hints { header: Some(crate::Header::Row), ..Hints::default() };
        let format = sniff(&source, hints).expect("a format");
        let found = analyze(&source, &format).expect("columns");
        let columns: Vec<(&str, &Guess)> = found.columns.iter().map(|c| (c.name.as_str(), &c.guess)).collect();
        let expected = [
            ("Name", &Guess::Text),
            ("Zip", &Guess::Text),
            ("Price", &Guess::Number),
            ("Day", &Guess::Date),
            ("Done", &Guess::Checkbox),
            ("Field 6", &Guess::Text),
        ];
        assert_eq!((columns.as_slice(), found.rows), (expected.as_slice(), 2));
    }
}
