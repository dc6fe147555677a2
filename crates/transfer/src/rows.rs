//! The rows of a file, a batch at a time, each with the line it begins on.

use crate::sniff::{Format, Header};
use crate::source::Source;
use crate::utf8::Utf8;
use csv::{Reader, ReaderBuilder, StringRecord};
use model::{Error, Result};
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Most bytes of one row: a quote that is never closed must not take all memory.
const LONGEST_ROW: u64 = 8 << 20;
/// Most columns of a file.
pub const MOST_COLUMNS: usize = 2_000;
/// Rows, and bytes of text, of a batch.
const BATCH_ROWS: usize = 5_000;
const BATCH_BYTES: usize = 4 << 20;

/// Some rows that follow each other.
#[derive(Debug, Default)]
pub struct Batch {
    /// The place of the first row among all, the header not counted.
    pub first: usize,
    /// How many cells a row has to have.
    pub width: usize,
    pub rows: Vec<StringRecord>,
}

impl Batch {
    /// The line in the file on which a row begins, from 1.
    pub fn line(&self, row: usize) -> u64 {
        self.rows[row].position().map_or(0, csv::Position::line)
    }
}

/// Reads rows.
pub struct Rows {
    reader: Reader<Counted<Box<dyn Read + Send>>>,
    read: Arc<AtomicU64>,
    /// The cells of the first row where it is a header.
    pub header: Option<StringRecord>,
    /// How many cells the first row has.
    width: Option<usize>,
    next: usize,
}

impl Rows {
    /// Opens a source; where its first row is a header, that is read.
    pub fn open(source: &Source, format: &Format) -> Result<Rows> {
        let text: Box<dyn Read + Send> = Box::new(Utf8::new(source.open(), format.encoding));
        let mut rows = Rows::of_text(text, format);
        if format.header == Header::Row {
            let mut header = StringRecord::new();
            if rows.next_row(&mut header)? {
                rows.header = Some(header);
            }
        }
        Ok(rows)
    }

    /// The rows of text, with no header.
    pub fn of_text(text: Box<dyn Read + Send>, format: &Format) -> Rows {
        let read = Arc::new(AtomicU64::new(0));
        let text = Counted { inner: text, read: read.clone() };
        let reader = ReaderBuilder::new()
            .delimiter(format.delimiter)
            .quote(format.quote)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(text);
        Rows { reader, read, header: None, width: None, next: 0 }
    }

    /// The next row; false at the end.
    pub fn next_row(&mut self, row: &mut StringRecord) -> Result<bool> {
        self.read.store(0, Ordering::Relaxed);
        let found = self.reader.read_record(row).map_err(|error| unreadable(&error))?;
        if row.len() > MOST_COLUMNS {
            return Err(Error::TooLarge { what: "number of columns", limit: MOST_COLUMNS as u64 });
        }
        if found && self.width.is_none() {
            self.width = Some(row.len());
        }
        Ok(found)
    }

    /// The next rows; none at the end.
    pub fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = Batch { first: self.next, ..Batch::default() };
        let mut bytes = 0;
        while batch.rows.len() < BATCH_ROWS && bytes < BATCH_BYTES {
            // Most rows are about as long as the one before.
            let like = batch.rows.last();
            let mut row = StringRecord::with_capacity(
                like.map_or(64, |row| row.as_slice().len() + 16),
                like.map_or(8, StringRecord::len),
            );
            if !self.next_row(&mut row)? {
                break;
            }
            bytes += row.as_slice().len();
            batch.rows.push(row);
        }
        self.next += batch.rows.len();
        batch.width = self.width.unwrap_or(0);
        Ok((!batch.rows.is_empty()).then_some(batch))
    }
}

/// Counts what is read since the last row began.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let before = self.read.fetch_add(read as u64, Ordering::Relaxed);
        if before > LONGEST_ROW {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a row is too long"));
        }
        Ok(read)
    }
}

fn unreadable(error: &csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            Error::TooLarge { what: "row of the file (is a quote not closed?)", limit: LONGEST_ROW }
        }
        csv::ErrorKind::Io(error) => Error::Unavailable(format!("the file cannot be read: {error}")),
        _ => Error::malformed("file", "is not text"),
    }
}
