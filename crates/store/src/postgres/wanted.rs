//! What requests want to know by short statements, and which of them can share one.

use super::failure::Failure;
use super::short::Answer;
use model::StoredCell;
use std::sync::Arc;
use tokio::sync::oneshot;

/// What a statement gave; none when that is long.
pub type Told = std::result::Result<Option<Arc<Answer>>, Failure>;

/// A statement that somebody waits for.
#[derive(Clone, PartialEq, Debug)]
pub struct Wanted {
    pub sql: String,
    pub params: Vec<StoredCell>,
    /// Whether it is one for [`crate::tx::Tx::query_keys`].
    pub by_key: bool,
}

/// What a request wants to know.
pub struct Asked {
    /// None when it only wants to look at what other nodes did.
    pub wanted: Option<Wanted>,
    /// Whether it waits for a look, too.
    pub looks: bool,
    pub answer: oneshot::Sender<Told>,
}

/// Who waits for an answer.
pub struct Asker {
    /// The place of what it wants among all that is wanted.
    pub place: usize,
    pub looks: bool,
    pub answer: oneshot::Sender<Told>,
}

/// What one statement tells, and whom. Nothing is wanted by those who only look; several differ by their keys.
#[derive(Default)]
pub struct Shared {
    pub wanted: Vec<Wanted>,
    pub askers: Vec<Asker>,
}

impl Wanted {
    /// The statement that finds it. What is found by a key stands behind the values of expressions, `look`: a row of a
    /// list would cost more by them than a look apart does.
    pub fn of_one(&self, look: &str) -> String {
        match self.sql.strip_prefix("SELECT ").filter(|_| self.by_key) {
            Some(rest) => format!("SELECT {look}, {rest}"),
            None => self.sql.clone(),
        }
    }

    /// What is bound before the key.
    pub fn lead(&self) -> &[StoredCell] {
        match self.params.split_last() {
            Some((_, lead)) if self.by_key => lead,
            _ => &self.params,
        }
    }

    /// The key.
    pub fn key(&self) -> Option<&StoredCell> {
        self.params.last().filter(|_| self.by_key)
    }

    /// The same for many keys, whose array takes the place of the key. None when nothing is wanted by a key.
    pub fn of_keys(&self, look: &str) -> Option<String> {
        let hole = format!("?{}", self.params.len());
        let one = self.of_one(look);
        let one = one.strip_suffix(&hole)?.strip_suffix("= ").filter(|_| self.by_key)?;
        Some(format!("{one}= ANY({hole}::bigint[])"))
    }

    /// Whether one statement can find both.
    fn differs_by_key(&self, other: &Wanted) -> bool {
        self.by_key && other.by_key && self.sql == other.sql && self.lead() == other.lead()
    }
}

impl Shared {
    pub fn is_by_key(&self) -> bool {
        self.wanted.first().is_some_and(|wanted| wanted.by_key)
    }

    /// Where something that is wanted has its place here, or could have.
    fn place_of(&self, wanted: &Wanted) -> Option<usize> {
        if let Some(place) = self.wanted.iter().position(|other| other == wanted) {
            return Some(place);
        }
        self.wanted.first().filter(|first| wanted.differs_by_key(first)).map(|_| self.wanted.len())
    }
}

/// Puts together what one statement can tell.
pub fn shared(asked: Vec<Asked>) -> Vec<Shared> {
    let mut all: Vec<Shared> = Vec::with_capacity(asked.len());
    for Asked { wanted, looks, answer } in asked {
        let found = all.iter().position(|shared| match &wanted {
            Some(wanted) => shared.place_of(wanted).is_some(),
            None => shared.wanted.is_empty(),
        });
        let found = found.unwrap_or_else(|| {
            all.push(Shared::default());
            all.len() - 1
        });
        let shared = &mut all[found];
        let place = wanted.as_ref().and_then(|wanted| shared.place_of(wanted)).unwrap_or(0);
        if place == shared.wanted.len() {
            shared.wanted.extend(wanted);
        }
        shared.askers.push(Asker { place, looks, answer });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(table: &str, key: i64) -> Wanted {
        let sql = format!("SELECT id, f1 || ?1 FROM {table} WHERE id = ?2");
        Wanted { sql, params: vec![StoredCell::Text("x".to_owned()), StoredCell::Integer(key)], by_key: true }
    }

    fn asked(wanted: Option<Wanted>) -> Asked {
        Asked { wanted, looks: true, answer: oneshot::channel().0 }
    }

    /// What is wanted together, by keys or as texts, and the places of the askers.
    fn together(wanted: Vec<Option<Wanted>>) -> Vec<(Vec<Wanted>, Vec<usize>)> {
        let shared = shared(wanted.into_iter().map(asked).collect());
        let of = |shared: Shared| (shared.wanted, shared.askers.iter().map(|asker| asker.place).collect());
        shared.into_iter().map(of).collect()
    }

    #[test]
    fn keys_of_one_statement_go_together_and_each_goes_once() {
        let wanted = [record("t1", 7), record("t2", 7), record("t1", 9), record("t1", 7)];
        let expected = [(vec![record("t1", 7), record("t1", 9)], vec![0, 1, 0]), (vec![record("t2", 7)], vec![0])];
        assert_eq!(together(wanted.map(Some).into()), expected);
    }

    #[test]
    fn what_is_the_same_is_asked_once_and_what_else_differs_by_itself() {
        let list = |take: i64| Wanted {
            sql: "SELECT id FROM t1 ORDER BY 1 LIMIT ?1".to_owned(),
            params: vec![StoredCell::Integer(take)],
            by_key: false,
        };
        let wanted = vec![Some(list(10)), None, Some(list(20)), Some(list(10)), None];
        let expected = [(vec![list(10)], vec![0, 0]), (vec![], vec![0, 0]), (vec![list(20)], vec![0])];
        assert_eq!(together(wanted), expected);
        let other_lead = Wanted { params: vec![StoredCell::Null, StoredCell::Integer(9)], ..record("t1", 9) };
        assert_eq!(together(vec![Some(record("t1", 7)), Some(other_lead)]).len(), 2);
    }

    #[test]
    fn a_look_goes_before_what_is_wanted_and_many_keys_take_the_place_of_one() {
        let one = "SELECT v, id, f1 || ?1 FROM t1 WHERE id = ?2";
        assert_eq!(record("t1", 7).of_one("v"), one);
        assert_eq!(Wanted { by_key: false, ..record("t1", 7) }.of_one("v"), record("t1", 7).sql);
        let many = "SELECT v, id, f1 || ?1 FROM t1 WHERE id = ANY(?2::bigint[])";
        assert_eq!(record("t1", 7).of_keys("v").as_deref(), Some(many));
        assert_eq!(Wanted { by_key: false, ..record("t1", 7) }.of_keys("v"), None);
        // `?2` is the end of no other.
        let params = vec![StoredCell::Null; 2];
        assert_eq!(Wanted { sql: "SELECT 1 WHERE id = ?12".to_owned(), params, by_key: true }.of_keys("v"), None);
    }
}
