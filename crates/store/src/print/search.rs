//! Search in what people see of fields, as SQL where the cell shows it, else left to Rust.

use super::flavor_sql;
use super::operand::{Aspect, Linked, Printed, Printer, Scope};
use super::reading::{Reading, is_link};
use super::residual::Hidden;
use model::kind::number::NumberFormat;
use model::kind::{Class, Kind};
use model::time::{DateFormat, TimeFormat};
use model::{Field, LocaleId, Result, Slot, text};

/// How a search is judged: found by SQL, or in one of the hidden cells.
pub struct Search {
    /// Whether one of the fields that SQL can search contains the needle.
    pub sql: Option<String>,
    pub cells: Vec<Hidden>,
    pub folded: String,
}

/// How one value is searched.
enum Way {
    /// It cannot contain the needle.
    Never,
    Sql(String),
    Rust,
}

impl Printer<'_> {
    /// The search for a needle that is not empty in these fields of a table.
    pub fn search(&mut self, scope: &Scope, needle: &str, is_asked: &dyn Fn(&Field) -> bool) -> Result<Search> {
        let folded = text::fold(needle).into_owned();
        let mut found: Vec<String> = Vec::new();
        let mut cells = Vec::new();
        let table = scope.table.clone();
        for field in table.live_fields().filter(|field| is_asked(field)) {
            let locales: Vec<LocaleId> = match field.columns.as_slice() {
                [] => vec![LocaleId::NONE],
                columns => columns.iter().map(|column| column.locale).collect(),
            };
            for locale in locales {
                let slot = Slot { field: field.id, locale };
                let printed = self.slot(scope, slot, 0);
                match self.way(scope, slot, field, &printed, needle, &folded) {
                    Way::Never => {}
                    Way::Sql(sql) => found.push(sql),
                    Way::Rust => {
                        let links = printed.source.as_ref().is_some_and(|source| is_link(&source.field().kind));
                        let titles = links.then(|| self.titles(scope, field.id, 0));
                        cells.push(Hidden::of(printed, titles));
                    }
                }
            }
        }
        let sql = match found.len() {
            0 if cells.is_empty() => Some("FALSE".to_owned()),
            0 => None,
            1 => Some(found.remove(0)),
            _ => Some(format!("({})", found.join(" OR "))),
        };
        Ok(Search { sql, cells, folded })
    }

    fn way(&mut self, scope: &Scope, slot: Slot, field: &Field, printed: &Printed, needle: &str, folded: &str) -> Way {
        let Some(source) = printed.source.clone() else { return Way::Never };
        let class = match &printed.reading {
            Reading::Nothing => return Way::Never,
            Reading::Each(_) | Reading::Rolled(_) | Reading::Titles(_) => return Way::Rust,
            Reading::One(class) => *class,
        };
        // Elements are shown with ", " between them: such a needle may span two of them.
        let spans = folded.contains([',', ' ']);
        let sql = &printed.sql;
        let way = match class {
            Class::Text => {
                let index = field.column(slot.locale).filter(|_| field.kind.class() == Class::Text);
                let index = index.and_then(|column| self.trigrams(scope.table.id, column, folded));
                let text = self.with(Aspect::Folded, |printer| printer.slot(scope, slot, 0)).sql;
                Some(self.contains_folded(scope, &text, index, folded.to_owned()))
            }
            Class::Bool if text::contains_folded("true", folded) => Some(format!("{sql} <> 0")),
            Class::Bool => return Way::Never,
            Class::Choice => self.names_contain(printed, needle),
            Class::Choices if !spans => match self.options_named(printed, needle) {
                Some(found) if found.is_empty() => return Way::Never,
                Some(found) => {
                    let rows = self.rows_of(sql);
                    Some(rows.some(&format!("{} IN ({found})", rows.element)))
                }
                None => None,
            },
            Class::Reference => {
                let targets = self.targets(scope, field.id);
                self.title_contains(sql, &targets, needle)
            }
            Class::References if !spans => match self.linked(scope, slot, 0) {
                Some(Linked::Rows(rows)) => {
                    let targets = self.targets(scope, field.id);
                    self.title_contains(&rows.element, &targets, needle).map(|on| rows.some(&on))
                }
                Some(Linked::One(_)) | None => None,
            },
            Class::Integer if shows_digits(&source.field().kind) => {
                if !folded.chars().all(|c| c.is_ascii_digit() || c == '-') {
                    return Way::Never;
                }
                let digits = flavor_sql::digits(self.flavor, sql);
                Some(self.contains_folded(scope, &digits, None, folded.to_owned()))
            }
            Class::Choices
            | Class::References
            | Class::Integer
            | Class::Number
            | Class::Date
            | Class::Instant
            | Class::Time
            | Class::Duration
            | Class::Span
            | Class::User
            | Class::Users
            | Class::Structure
            | Class::List => None,
        };
        match way {
            Some(sql) => Way::Sql(sql),
            None if !may_show(&source.field().kind, folded) => Way::Never,
            None => Way::Rust,
        }
    }
}

/// Whether the kind shows a whole number by its digits alone.
fn shows_digits(kind: &Kind) -> bool {
    match kind {
        Kind::AutoNumber(_) | Kind::Rating(_) => true,
        Kind::Integer(kind) => kind.format == NumberFormat::Plain,
        _ => false,
    }
}

/// Whether the needle is written with what the kind shows. Most needles are words, and no number or date has them.
fn may_show(kind: &Kind, folded: &str) -> bool {
    let letters: String = match kind {
        Kind::Number(kind) => number_letters(&kind.format),
        Kind::Integer(kind) => number_letters(&kind.format),
        Kind::Date(kind) => date_letters(&kind.format),
        Kind::DateTime(kind) => date_letters(&kind.format),
        Kind::CreatedTime(kind) => date_letters(&kind.format),
        Kind::ModifiedTime(kind) => date_letters(&kind.format),
        Kind::Time(_) | Kind::Duration(_) => ":.-".to_owned(),
        _ => return true,
    };
    folded.chars().all(|c| c.is_ascii_digit() || letters.contains(c))
}

fn number_letters(format: &NumberFormat) -> String {
    match format {
        NumberFormat::Plain => ".-+e".to_owned(),
        NumberFormat::Decimal { .. } => ".-".to_owned(),
        NumberFormat::Percent { .. } => ".-%".to_owned(),
        NumberFormat::Currency { symbol, .. } => format!(".-,{}", text::fold(symbol)),
    }
}

fn date_letters(format: &DateFormat) -> String {
    let time = match format.time {
        TimeFormat::None => "",
        TimeFormat::H24 => " :",
        TimeFormat::H12 => " :apm",
    };
    // Years far away have a sign.
    format!("+-{time}{}", text::fold(&format.date))
}
