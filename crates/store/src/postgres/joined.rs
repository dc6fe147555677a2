//! Writes that do not depend on each other as one statement: the server answers each statement with a message of its
//! own, and sending and taking in eight of them costs it and us more than a small group's rows.

use super::ahead::{columns, is_copied};
use super::cells::{Bound, Param};
use super::tx::Waiting;
use model::StoredCell;
use std::borrow::Cow;
use std::fmt::Write;

/// Most writes of one statement. It is enough for one table, its log and what is counted of it; groups that write to
/// several tables would come to a new statement for each choice of them.
const MOST: usize = 6;

/// Statements of a transaction as they are sent: each alone, or several that are independent as one.
pub fn joined(waiting: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let mut all: Vec<Vec<Waiting>> = Vec::with_capacity(waiting.len());
    for one in waiting {
        let joins = all.last().is_some_and(|run| run.iter().all(|other| are_apart(other, &one)));
        match all.last_mut() {
            Some(run) if joins => run.push(one),
            Some(_) | None => all.push(vec![one]),
        }
    }
    let part = |run: Vec<Waiting>| match run.len() > MOST {
        true => run.into_iter().map(|one| vec![one]).collect(),
        false => vec![run],
    };
    all.into_iter().flat_map(part).collect()
}

/// Whether all of these are sent as one statement with parameters.
pub fn are_one(waiting: &[Waiting]) -> bool {
    let all_apart = |(n, one): (usize, &Waiting)| waiting[..n].iter().all(|other| are_apart(other, one));
    match waiting {
        [Waiting::Put(..)] => true,
        [one] => table(one).is_some(),
        _ => (2..=MOST).contains(&waiting.len()) && waiting.iter().enumerate().all(all_apart),
    }
}

/// The table of rows that may be a part of a statement with others; none within for what has none.
fn table(waiting: &Waiting) -> Option<Option<&str>> {
    match waiting {
        Waiting::Rows(into, rows) => (!is_copied(into, rows)).then_some(Some(into.table.as_str())),
        Waiting::Apart(..) => Some(None),
        Waiting::Simple(_) | Waiting::Put(..) => None,
    }
}

/// Whether two writes may be parts of one statement, whose parts do not see each other.
fn are_apart(one: &Waiting, other: &Waiting) -> bool {
    match (table(one), table(other)) {
        (Some(Some(one)), Some(Some(other))) => one != other,
        (Some(_), Some(_)) => true,
        _ => false,
    }
}

/// Several writes as one statement.
pub struct Joined {
    /// Its text. The first of the writes is run before the others: it may be what locks.
    pub sql: String,
    run: Vec<Waiting>,
    /// The columns that many rows fill, of the writes that are such rows.
    used: Vec<Vec<usize>>,
}

impl Joined {
    pub fn of(run: Vec<Waiting>) -> Joined {
        let (mut texts, mut used) = (Vec::with_capacity(run.len()), Vec::with_capacity(run.len()));
        let mut holes = 0;
        for one in &run {
            let (mut columns, mut bound) = (Vec::new(), 0);
            let sql = match one {
                Waiting::Simple(sql) => Cow::Borrowed(&**sql),
                Waiting::Put(sql, params) | Waiting::Apart(sql, params) => {
                    bound = params.len();
                    Cow::Borrowed(sql.as_str())
                }
                Waiting::Rows(into, rows) if rows.len() == 1 => {
                    bound = into.types.len();
                    Cow::Borrowed(into.one.as_str())
                }
                Waiting::Rows(into, rows) => {
                    columns = into.used(rows);
                    bound = columns.len();
                    Cow::Owned(into.many(&columns))
                }
            };
            texts.push(shifted(&sql, holes));
            used.push(columns);
            holes += bound;
        }
        let (first, others) = texts.split_first().map_or(("", &[][..]), |(first, others)| (first, others));
        let others: Vec<String> = others.iter().enumerate().map(|(n, sql)| format!("w{n} AS ({sql})")).collect();
        Joined { sql: format!("WITH {} {first}", others.join(", ")), run, used }
    }

    /// What is bound.
    pub fn params(&self) -> Vec<Param<'_>> {
        let mut params = Vec::with_capacity(64);
        for (one, used) in self.run.iter().zip(&self.used) {
            let cells: &[StoredCell] = match one {
                Waiting::Simple(_) => &[],
                Waiting::Put(_, cells) | Waiting::Apart(_, cells) => cells,
                Waiting::Rows(_, rows) => match rows.as_slice() {
                    [row] => row,
                    rows => {
                        params.extend(columns(rows, used));
                        &[]
                    }
                },
            };
            params.extend(cells.iter().map(|cell| Param::One(Bound::from(cell))));
        }
        params
    }
}

/// A text whose parameters begin behind so many others.
fn shifted(sql: &str, holes: usize) -> String {
    let mut parts = sql.split('?');
    let mut text = parts.next().unwrap_or_default().to_owned();
    text.reserve(sql.len());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let hole = part[..digits].parse::<usize>().unwrap_or(0);
        let _ = write!(text, "?{}{}", hole + holes, &part[digits..]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flavor::{CellType, Flavor};
    use crate::tx::Insertion;
    use std::sync::Arc;

    fn rows(table: &str, n: usize) -> Waiting {
        let into = Insertion::new(Flavor::Postgres, table, &[("id", CellType::Integer), ("f1", CellType::Text)], "");
        Waiting::Rows(Arc::new(into), vec![vec![StoredCell::Integer(7), StoredCell::Null]; n])
    }

    fn apart(sql: &str) -> Waiting {
        Waiting::Apart(sql.to_owned(), vec![StoredCell::Integer(1), StoredCell::Integer(2)])
    }

    fn lengths(waiting: Vec<Waiting>) -> Vec<usize> {
        joined(waiting).iter().map(Vec::len).collect()
    }

    #[test]
    fn what_is_independent_is_one_statement_whose_first_part_is_its_body() {
        let mut runs = joined(vec![
            Waiting::Simple("BEGIN".into()),
            apart("UPDATE state SET seq = ?1 WHERE one = ?2"),
            rows("t1", 2),
            rows("log", 1),
            apart("UPDATE tables SET version = ?2 WHERE id = ?1"),
            Waiting::Simple("COMMIT".into()),
        ]);
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [1, 4, 1]);
        let joined = Joined::of(runs.remove(1));
        assert_eq!(
            joined.sql,
            "WITH w0 AS (INSERT INTO t1 (id) SELECT unnest(?3::bigint[]) ), \
             w1 AS (INSERT INTO log (id, f1) VALUES (?4, ?5) ), \
             w2 AS (UPDATE tables SET version = ?7 WHERE id = ?6) \
             UPDATE state SET seq = ?1 WHERE one = ?2"
        );
        assert_eq!(joined.params().len(), 7);
    }

    #[test]
    fn what_may_depend_on_another_goes_alone() {
        let put = || Waiting::Put("UPDATE t1 SET f1 = ?1 WHERE id = ?2".to_owned(), Vec::new());
        assert_eq!(lengths(vec![rows("t1", 2), put(), rows("log", 2), apart("a")]), [1, 1, 2]);
        // Rows of one table twice, and rows that are copied.
        assert_eq!(lengths(vec![rows("t1", 2), rows("t1", 1), apart("a")]), [1, 2]);
        assert_eq!(lengths(vec![apart("a"), rows("t1", 100), apart("b")]), [1, 1, 1]);
        assert!(
            are_one(&[put()]) && are_one(&[rows("t1", 1)]) && are_one(&[apart("a"), rows("t1", 2), rows("log", 2)])
        );
        assert!(!are_one(&[]) && !are_one(&[apart("a"), put()]) && !are_one(&[rows("t1", 1), rows("t1", 1)]));
        assert!(!are_one(&[rows("t1", 100)]) && !are_one(&[Waiting::Simple("SELECT 1".into())]));
        assert!(are_one(&[0; 6].map(|_| apart("a"))) && !are_one(&[0; 7].map(|_| apart("a"))));
        // Too many for one.
        assert_eq!(lengths((0..6).map(|n| rows(&format!("t{n}"), 1)).collect()), [6]);
        assert_eq!(lengths((0..7).map(|n| rows(&format!("t{n}"), 1)).collect()), [1; 7]);
    }
}
