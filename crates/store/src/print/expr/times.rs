//! Functions of numbers, dates and times. Days count from 1970 and instants are milliseconds, so what is no matter of
//! the calendar is arithmetic of whole numbers.

use super::super::operand::Printer;
use super::Term;
use crate::flavor::Flavor;
use crate::sqlite::part_number;
use model::expr::Function;
use model::kind::Class;
use model::time::{DAY_MS, Day, Instant};
use model::{Error, Result};

/// Days of 400 years: the calendar and the weekdays begin anew after them.
const CYCLE: i64 = 146_097;
/// Cycles that make every day positive, since a division of whole numbers rounds towards 0.
const CYCLES: i64 = 1_000;
/// Days that do the same for instants.
const DAYS: i64 = 200_000_000;

impl Printer<'_> {
    /// A function of one number, or a number of something.
    pub(super) fn of_number(&mut self, function: Function, argument: Term) -> Term {
        if argument.class.is_none() {
            return self.nothing(Some(Class::Number));
        }
        if function == Function::Number {
            let record = argument.class == Some(Class::Reference);
            // The number of a record is the lower half of its address.
            let sql = if record { format!("({} % {})", argument.sql, 1i64 << 32) } else { argument.sql.clone() };
            return self.double(Term { sql, ..argument });
        }
        let argument = self.double(argument);
        let x = &argument.sql;
        let sql = match (function, self.flavor) {
            (Function::Negate, _) => format!("(-{x})"),
            (Function::Absolute, _) => format!("abs({x})"),
            (Function::Floor, Flavor::Sqlite) => format!("mt_floor({x})"),
            (Function::Floor, Flavor::Postgres) => format!("floor({x})"),
            (Function::Ceiling, Flavor::Sqlite) => format!("mt_ceiling({x})"),
            (Function::Ceiling, Flavor::Postgres) => format!("ceil({x})"),
            (_, Flavor::Sqlite) => format!("CAST(sign({x}) AS REAL)"),
            (_, Flavor::Postgres) => format!("sign({x})"),
        };
        let (most, least) = match function {
            Function::Negate | Function::Absolute => (argument.most, argument.least),
            Function::Floor | Function::Ceiling => (argument.most.max(1.0), 1.0),
            _ => (1.0, 1.0),
        };
        Term { sql, simple: false, most, least, ..argument }
    }

    /// A function of dates and times.
    pub(super) fn of_time(&mut self, function: Function, arguments: &[Term]) -> Result<Term> {
        let first = arguments.first().and_then(|argument| argument.class);
        let class = match function {
            Function::DayOf => Class::Date,
            Function::BeginningOf => Class::Instant,
            Function::Elapsed => Class::Duration,
            Function::DaysLater | Function::Later => match first {
                Some(class) => class,
                None => return Ok(self.nothing(None)),
            },
            _ => Class::Integer,
        };
        if arguments.iter().any(|argument| argument.class.is_none()) {
            return Ok(self.nothing(Some(class)));
        }
        let sql = match arguments {
            [one] => self.of_moment(function, one),
            [one, other] => self.of_moments(function, one, other),
            _ => None,
        };
        let sql = sql.ok_or_else(|| Error::Internal("a function of other values".to_owned()))?;
        Ok(Term { most: 1e17, ..Term::of(class, sql) })
    }

    fn of_moment(&mut self, function: Function, moment: &Term) -> Option<String> {
        let x = &moment.sql;
        let of_day = match moment.class {
            Some(Class::Time) => x.clone(),
            _ => format!("(({x} + {}) % {DAY_MS})", DAYS * DAY_MS),
        };
        Some(match function {
            Function::Hour => format!("({of_day} / 3600000)"),
            Function::Minute => format!("({of_day} / 60000 % 60)"),
            Function::Second => format!("({of_day} / 1000 % 60)"),
            Function::DayOf => day_of(x),
            Function::BeginningOf => format!("({x} * {DAY_MS})"),
            _ => {
                let (sql, simple) = match moment.class {
                    Some(Class::Instant) => (day_of(x), false),
                    _ => (x.clone(), moment.simple),
                };
                return self.part(function, &Term { sql, simple, ..moment.clone() });
            }
        })
    }

    /// A part of a day in the calendar.
    fn part(&mut self, function: Function, day: &Term) -> Option<String> {
        let number = part_number(function)?;
        if self.flavor == Flavor::Sqlite {
            return Some(format!("mt_part({number}, {})", day.sql));
        }
        // The day at the same place of the cycle that began in 1970: PostgreSQL's dates do not reach as far as ours.
        let in_cycle = |day: &str| format!("(DATE '1970-01-01' + (({day} + {}) % {CYCLE})::int)", CYCLES * CYCLE);
        let extract = |field: &str, day: &str| format!("extract({field} FROM {})::bigint", in_cycle(day));
        let day_sql = &day.sql;
        Some(match function {
            Function::Year => self.named([day], |[day]| {
                let cycles = format!("(({day} + {}) / {CYCLE} - {CYCLES})", CYCLES * CYCLE);
                format!("({} + 400 * {cycles})", extract("year", &day))
            }),
            Function::Quarter => extract("quarter", day_sql),
            Function::Month => extract("month", day_sql),
            Function::Week => extract("week", day_sql),
            Function::Day => extract("day", day_sql),
            _ => format!("({} - 1)", extract("isodow", day_sql)),
        })
    }

    fn of_moments(&mut self, function: Function, one: &Term, other: &Term) -> Option<String> {
        let (x, y) = (&one.sql, &other.sql);
        Some(match function {
            Function::DaysBetween => format!("({y} - {x})"),
            Function::Elapsed => format!("({x} - {y})"),
            Function::Later if one.class == Some(Class::Time) => {
                format!("(({x} + {y} % {DAY_MS} + {DAY_MS}) % {DAY_MS})")
            }
            Function::Later => self.within(format!("({x} + {y})"), Instant::FURTHEST),
            Function::DaysLater => {
                let (unit, furthest) = match one.class {
                    Some(Class::Date) => (1, Day::FURTHEST.into()),
                    _ => (DAY_MS, Instant::FURTHEST),
                };
                let later = match self.flavor {
                    // A number that is too large becomes the largest, and what is too large then a double.
                    Flavor::Sqlite => format!("({x} + CAST({y} AS INTEGER) * {unit})"),
                    Flavor::Postgres => {
                        let days = self.double(other.clone());
                        self.named([one, &days], |[x, y]| {
                            format!("CASE WHEN abs({y}) <= {DAYS}.5 THEN {x} + trunc({y})::bigint * {unit} END")
                        })
                    }
                };
                self.within(later, furthest)
            }
            _ => return None,
        })
    }

    /// A whole number; null when it is further from 0 than that.
    fn within(&mut self, sql: String, furthest: i64) -> String {
        let whole = Term::of(Class::Integer, sql);
        self.named([&whole], |[x]| format!("CASE WHEN {x} BETWEEN -{furthest} AND {furthest} THEN {x} END"))
    }
}

/// The day of an instant.
fn day_of(instant: &str) -> String {
    format!("(({instant} + {}) / {DAY_MS} - {DAYS})", DAYS * DAY_MS)
}
