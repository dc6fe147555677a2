//! What came of an import.

/// Most errors that are told; the others are counted.
pub const MOST_ERRORS: usize = 100;

/// What came of an import.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Report {
    /// Rows of the file, the header not counted.
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    /// Rows that were left out since something is wrong with them.
    pub left_out: u64,
    /// What is wrong with how many rows, and the first of them by line.
    pub error_count: u64,
    pub errors: Vec<RowError>,
    /// The client's name under which its writes can be undone, newest first, and how many they are.
    pub client: String,
    pub writes: u64,
    /// Whether something was written and taken back, because a later part could not be written.
    pub taken_back: bool,
    /// Why not everything could be taken back: somebody has changed it since.
    pub left_behind: Option<String>,
}

/// Something wrong with a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowError {
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    /// The name of the field, where it is about one.
    pub field: Option<String>,
    pub message: String,
}

impl Report {
    /// Notes an error.
    pub(crate) fn add(&mut self, error: RowError) {
        self.error_count += 1;
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error);
        }
    }

    /// Whether the file's rows are in the table, all but those that were left out.
    pub fn is_done(&self) -> bool {
        self.error_count == 0 || (self.left_out > 0 && !self.taken_back)
    }
}
