//! What came of an import.

use model::Json;

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

    /// The report of an import that is done, as it is kept for whoever asks again.
    pub(crate) fn kept(&self) -> Json {
        let numbers = [self.rows, self.created, self.updated, self.left_out, self.error_count, self.writes];
        let error = |error: &RowError| {
            let field = error.field.clone().map_or(Json::Null, Json::String);
            Json::Array(vec![error.line.into(), field, error.message.clone().into()])
        };
        let errors = self.errors.iter().map(error).collect();
        Json::Array(vec![numbers.to_vec().into(), errors, self.client.clone().into()])
    }

    /// The same back.
    pub(crate) fn of_kept(kept: &Json) -> Option<Report> {
        let number = |place: usize| kept.get(0)?.get(place)?.as_u64();
        let error = |error: &Json| {
            let field = error.get(1)?.as_str().map(str::to_owned);
            Some(RowError { line: error.get(0)?.as_u64()?, field, message: error.get(2)?.as_str()?.to_owned() })
        };
        Some(Report {
            rows: number(0)?,
            created: number(1)?,
            updated: number(2)?,
            left_out: number(3)?,
            error_count: number(4)?,
            writes: number(5)?,
            errors: kept.get(1)?.as_array()?.iter().map(error).collect::<Option<_>>()?,
            client: kept.get(2)?.as_str()?.to_owned(),
            taken_back: false,
            left_behind: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_report_comes_back_whole() {
        let error =
            |field: Option<&str>| RowError { line: 7, field: field.map(str::to_owned), message: "é".to_owned() };
        let errors = vec![error(Some("Name")), error(None)];
        let client = "import-1".to_owned();
        let report = Report {
            rows: 9,
            created: 1,
            updated: 2,
            left_out: 6,
            error_count: 8,
            errors,
            client,
            writes: 3,
            ..Report::default()
        };
        assert_eq!(Report::of_kept(&report.kept()), Some(report));
        assert_eq!(Report::of_kept(&Json::Null), None);
    }
}
