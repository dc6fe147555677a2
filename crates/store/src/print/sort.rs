//! Sort keys as SQL. Null comes first ascending and last descending, ties come in the order of creation.
//!
//! An order that SQL cannot say comes back as none: the caller sorts in Rust.

use super::flavor_sql;
use super::operand::{Aspect, Printed, Printer, Scope};
use super::reading::{Reading, Title};
use crate::index;
use model::filter::{Operand, System};
use model::kind::choice::Options;
use model::kind::{Class, Kind};
use model::query::{Direction, Sort, TextOrder};
use model::time::{Bucket, DAY_MS, Unit, Zone};
use model::{ChoiceId, Error, Result, StoredCell};

/// Most users that a sort key ranks: an engine takes only so many parameters.
const MOST_RANKS: usize = 10_000;

/// The beginning of the span of the calendar that holds a day or an instant; none where the engines do not know how
/// long it is.
fn begun(sql: &str, class: Class, bucket: &Bucket) -> Option<String> {
    let length = match (class, bucket.unit) {
        (Class::Date, Unit::Minute | Unit::Day) => return Some(sql.to_owned()),
        (Class::Instant, Unit::Minute) => 60_000,
        (Class::Instant, Unit::Day) if bucket.zone == Zone::utc() => DAY_MS,
        _ => return None,
    };
    // A remainder has the sign of what is divided, in both engines.
    Some(format!("({sql} - (({sql} % {length}) + {length}) % {length})"))
}

/// Whether every record has a value there.
fn is_never_null(operand: &Operand) -> bool {
    matches!(operand, Operand::System(System::Id | System::Seq))
}

impl Printer<'_> {
    /// What follows `ORDER BY`; none when a key cannot be said in SQL. Nothing is bound then.
    pub fn order_by(&mut self, scope: &Scope, sort: &[Sort]) -> Result<Option<String>> {
        let bound = self.params.len();
        let mut keys: Vec<String> = Vec::new();
        let mut unique = false;
        for key in sort {
            let Some(parts) = self.sort_key(scope, key)? else {
                self.params.truncate(bound);
                return Ok(None);
            };
            // An index that is in the order of what is never null serves only who does not ask where nulls come.
            let direction = match (key.direction, is_never_null(&key.by)) {
                (Direction::Ascending, true) => "ASC",
                (Direction::Descending, true) => "DESC",
                (Direction::Ascending, false) => "ASC NULLS FIRST",
                (Direction::Descending, false) => "DESC NULLS LAST",
            };
            keys.extend(parts.into_iter().map(|part| format!("{part} {direction}")));
            unique = key.by == Operand::System(System::Id);
            if unique {
                break;
            }
        }
        if !unique {
            keys.push(format!("{}.id", scope.name));
        }
        Ok(Some(keys.join(", ")))
    }

    fn sort_key(&mut self, scope: &Scope, sort: &Sort) -> Result<Option<Vec<String>>> {
        let printed = self.sort_operand(scope, &sort.by)?;
        let class = match printed.reading {
            Reading::Nothing => return Ok(Some(Vec::new())),
            Reading::One(class) => class,
            Reading::Each(_) | Reading::Rolled(_) | Reading::Titles(_) => return Ok(None),
        };
        let sql = printed.sql.clone();
        if let (Some(bucket), Class::Date | Class::Instant) = (&sort.bucket, class) {
            return Ok(begun(&sql, class, bucket).map(|sql| vec![sql]));
        }
        Ok(Some(match class {
            Class::Number
            | Class::Integer
            | Class::Date
            | Class::Instant
            | Class::Time
            | Class::Duration
            // An appointment lies as text that compares as its start, then its end; JSON compares as its text.
            | Class::Span
            | Class::Structure => vec![sql],
            Class::Bool if printed.source.is_none() => vec![sql],
            // Unchecked and never checked are the same to people.
            Class::Bool => vec![format!("coalesce({sql}, 0)")],
            Class::Text => return self.text_keys(scope, sort, &sql, |printer| {
                printer.sort_operand(scope, &sort.by).map(|printed| printed.sql)
            }),
            Class::Choice => match printed.source.as_ref().map(|source| &source.field().kind) {
                Some(Kind::Choice(kind)) => vec![self.option_places(&sql, &kind.options)],
                Some(_) | None => vec![sql],
            },
            Class::Choices => return Ok(self.options_key(&printed, sort.order)),
            Class::User => vec![self.rank(&sql, sort)?],
            Class::Users => {
                let first = flavor_sql::first_of(self.flavor, &sql);
                vec![self.rank(&first, sort)?, flavor_sql::length_of(self.flavor, &sql)]
            }
            Class::Reference if printed.source.is_none() => vec![sql],
            Class::Reference => {
                let Operand::Slot(slot) = &sort.by else { return Ok(None) };
                let targets = self.targets(scope, slot.field);
                let (title, Title::Text) = self.title(&sql, &targets, 0) else { return Ok(None) };
                return self.text_keys(scope, sort, &title, |printer| Ok(printer.title(&sql, &targets, 0).0));
            }
            Class::References | Class::List => return Ok(None),
        }))
    }

    /// The keys by which a text sorts; none when the engine has no natural key of it. `print` prints it anew.
    fn text_keys(
        &mut self,
        scope: &Scope,
        sort: &Sort,
        sql: &str,
        print: impl FnOnce(&mut Printer<'_>) -> Result<String>,
    ) -> Result<Option<Vec<String>>> {
        let natural = match sort.order {
            TextOrder::Codepoint => None,
            TextOrder::Natural => {
                // What is no column has no key beside it, and what is worked out is printed only once: its parameters
                // would have other places.
                let key = match sort.by {
                    Operand::Expr(_) => sql.to_owned(),
                    _ => self.with(Aspect::Key, |printer| print(printer))?,
                };
                let key = if key == sql { index::key_of_text(self.flavor, sql) } else { Some(key) };
                let Some(key) = key else { return Ok(None) };
                Some(key)
            }
        };
        let by_head = self.is_ordered(scope, &sort.by, natural.is_some());
        Ok(Some(index::text_order(self.flavor, sql, natural, by_head)))
    }

    /// The place of an option in the display order; unknown ones last, null where there is none.
    pub fn option_places(&mut self, sql: &str, options: &Options) -> String {
        let ids = options.list.iter().map(|option| option.id.0.into());
        let places: Vec<(i64, usize)> = ids.enumerate().map(|(place, id)| (id, place)).collect();
        self.places(sql, &places, Some(options.list.len()))
    }

    /// Several options: by the name of the first, then by how many there are.
    fn options_key(&mut self, printed: &Printed, order: TextOrder) -> Option<Vec<String>> {
        let source = printed.source.as_ref()?;
        let Kind::MultiChoice(kind) = &source.field().kind else { return None };
        let mut named: Vec<(&str, ChoiceId)> = kind.options.list.iter().map(|o| (o.name.as_str(), o.id)).collect();
        named.sort_by(|a, b| match order {
            TextOrder::Natural => model::text::compare_natural(a.0, b.0),
            TextOrder::Codepoint => a.0.cmp(b.0),
        });
        let places: Vec<(i64, usize)> = named.iter().enumerate().map(|(i, (_, id))| (id.0.into(), i)).collect();
        let first = flavor_sql::first_of(self.flavor, &printed.sql);
        let place = self.places(&first, &places, None);
        Some(vec![place, flavor_sql::length_of(self.flavor, &printed.sql)])
    }

    /// The rank of a user; those without come last.
    fn rank(&mut self, sql: &str, sort: &Sort) -> Result<String> {
        let Some(ranks) = &sort.ranks else { return Ok(sql.to_owned()) };
        if ranks.len() > MOST_RANKS {
            return Err(Error::TooLarge { what: "number of users to sort by", limit: MOST_RANKS as u64 });
        }
        // Of a user ranked twice the first place counts, here as there.
        let places: Vec<(i64, usize)> = ranks.iter().enumerate().map(|(place, user)| (*user, place)).collect();
        Ok(self.places(sql, &places, Some(ranks.len())))
    }

    /// The place that belongs to an id; `others` for ids without one.
    fn places(&mut self, sql: &str, places: &[(i64, usize)], others: Option<usize>) -> String {
        let mut cases = format!("CASE WHEN {sql} IS NOT NULL THEN CASE {sql}");
        for (id, place) in places {
            let id = self.bind(StoredCell::Integer(*id));
            cases.push_str(&format!(" WHEN {id} THEN {place}"));
        }
        match (places, others) {
            // A case needs a branch.
            ([], Some(others)) => return format!("CASE WHEN {sql} IS NOT NULL THEN {others} END"),
            ([], None) => return "NULL".to_owned(),
            (_, Some(others)) => cases.push_str(&format!(" ELSE {others} END END")),
            (_, None) => cases.push_str(" END END"),
        }
        cases
    }
}
