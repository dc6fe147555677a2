//! What a list asks for (reference 002, "Query Parameters"; facts 5). Parameters that are not known are passed over, as
//! clients rely on it.

use super::filters::Wanted;
use super::shape::Shape;
use super::style::Style;
use edge::Params;
use engine::View;
use model::error::Path;
use model::filter::{Comparison, Operand, Predicate, System, Test};
use model::kind::Class;
use model::query::{Direction, Page, Query, Sort, Source, TextOrder};
use model::{Error, Filter, Result, Rule, Value};

const PER_PAGE: u64 = 100;
/// More are not an error: the page is shorter (facts 5).
const MOST_PER_PAGE: u64 = 10_000;

/// A list as asked, with what only the table can tell still as text.
#[derive(Clone, Debug)]
pub struct Ask {
    page: u64,
    per_page: u64,
    order: Order,
    since_id: Option<i64>,
    since_sequence: Option<i64>,
    wanted: Wanted,
    pub style: Style,
}

/// The order asked for.
#[derive(Clone, PartialEq, Debug)]
enum Order {
    /// By number.
    Made(Direction),
    Field(String, Direction),
    /// The latest updates first, whatever `desc` says.
    Updated,
}

impl Ask {
    /// Reads the parameters; `wanted` is what a body says of filters.
    pub fn of(params: &Params<'_>, wanted: Wanted) -> Result<Ask> {
        let in_query = params.one("filters")?.map(Wanted::of_text).transpose()?.unwrap_or_default();
        Ok(Ask {
            page: number(params, "page")?.unwrap_or(0).max(0) as u64,
            per_page: number(params, "perPage")?.map_or(PER_PAGE, |n| n.clamp(0, MOST_PER_PAGE as i64) as u64),
            order: order(params)?,
            since_id: number(params, "sinceId")?,
            since_sequence: number(params, "sinceSq")?,
            wanted: if in_query.is_empty() { wanted } else { in_query },
            style: Style::of(params),
        })
    }

    /// Whether it looks for records by their values.
    pub fn is_lookup(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// How many records are expected at most.
    pub fn expected(&self) -> u64 {
        self.per_page
    }

    /// The same list, of its first record only.
    pub fn first(self) -> Ask {
        Ask { page: 0, per_page: 1, ..self }
    }

    /// What to read.
    pub fn query(&self, view: &View<'_>, shape: &Shape) -> Result<Query> {
        let mut filter = self.wanted.filter(view, shape)?;
        for (system, since) in [(System::Id, self.since_id), (System::Seq, self.since_sequence)] {
            // Numbers begin at 1: all are higher than 0.
            if let Some(since) = since.filter(|since| *since > 0) {
                filter = filter.and(above(system, since));
            }
        }
        Ok(Query {
            source: Source::Table(shape.table.id),
            filter,
            search: None,
            sort: self.sort(view, shape)?,
            page: Page::Window { skip: self.page.saturating_mul(self.per_page), take: self.per_page },
            projection: shape.projection.clone(),
        })
    }

    fn sort(&self, view: &View<'_>, shape: &Shape) -> Result<Vec<Sort>> {
        let by = |by, direction| Sort { by, direction, order: TextOrder::Natural, ranks: None, bucket: None };
        let (key, direction) = match &self.order {
            Order::Made(Direction::Ascending) => return Ok(Vec::new()),
            Order::Made(Direction::Descending) => {
                return Ok(vec![by(Operand::System(System::Id), Direction::Descending)]);
            }
            Order::Updated => {
                let operands = [System::Seq, System::Id].map(Operand::System);
                return Ok(operands.into_iter().map(|operand| by(operand, Direction::Descending)).collect());
            }
            Order::Field(key, direction) => (key, *direction),
        };
        let found = shape.find(key).map(|column| &column.shown).filter(|shown| !shown.is_broken);
        let shown = found.ok_or_else(|| Error::invalid_given(Path::of("order"), Rule::Unknown, key.as_str()))?;
        let mut sort = by(shown.operand.clone(), direction);
        match shown.kind.class() {
            // Links sort by the titles of their records, which must be to be seen.
            Class::Reference | Class::References => {
                let seen = shown.targets.iter().all(|t| view.table(*t).is_ok_and(|t| t.field(t.primary).is_ok()));
                if !seen {
                    return Err(Error::invalid_given(Path::of("order"), Rule::Unknown, key.as_str()));
                }
            }
            // The database does not know the names of users.
            Class::User | Class::Users => sort.ranks = Some(users_by_name(view)),
            _ => {}
        }
        Ok(vec![sort])
    }
}

/// Records whose number or sequence is higher.
pub fn above(system: System, than: i64) -> Filter {
    let predicate = Predicate::Compare(Comparison::Greater, Value::Number(than as f64));
    Filter::Test(Test { operand: Operand::System(system), predicate })
}

fn order(params: &Params<'_>) -> Result<Order> {
    let field = params.one("order")?.filter(|key| !key.is_empty());
    let direction = if flag(params, "desc")? { Direction::Descending } else { Direction::Ascending };
    let (new, updated) = (flag(params, "new")?, flag(params, "updated")?);
    match (field, new, updated) {
        (Some(_), true, _) => Err(Error::malformed("new", "cannot be combined with order")),
        (Some(_), _, true) => Err(Error::malformed("updated", "cannot be combined with order")),
        (Some(key), false, false) => Ok(Order::Field(key.to_owned(), direction)),
        (None, _, true) => Ok(Order::Updated),
        (None, true, false) => Ok(Order::Made(Direction::Descending)),
        (None, false, false) => Ok(Order::Made(direction)),
    }
}

/// A whole number; too large ones are as large as they can be.
pub fn number(params: &Params<'_>, key: &str) -> Result<Option<i64>> {
    /// Exact as a double.
    const LARGEST: i64 = 1 << 53;
    let Some(text) = params.one(key)?.filter(|text| !text.is_empty()) else { return Ok(None) };
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::invalid_given(Path::of(key), Rule::Type("a whole number"), text));
    }
    let number = text.parse().unwrap_or(if text.starts_with('-') { -LARGEST } else { LARGEST });
    Ok(Some(number.clamp(-LARGEST, LARGEST)))
}

/// A yes or no, as text.
fn flag(params: &Params<'_>, key: &str) -> Result<bool> {
    match params.one(key)? {
        None => Ok(false),
        Some(text) if text.eq_ignore_ascii_case("true") || text == "1" => Ok(true),
        Some(text) if text.eq_ignore_ascii_case("false") || text == "0" || text.is_empty() => Ok(false),
        Some(other) => Err(Error::invalid_given(Path::of(key), Rule::Type("true or false"), other)),
    }
}

/// The numbers of all users in the order of their names.
fn users_by_name(view: &View<'_>) -> Vec<i64> {
    let mut users: Vec<(&str, u32)> = view.directory().iter().map(|u| (u.name.as_str(), u.id.0)).collect();
    users.sort_by(|a, b| model::text::compare_natural(a.0, b.0).then(a.1.cmp(&b.1)));
    users.into_iter().map(|(_, id)| i64::from(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> Result<Ask> {
        Ask::of(&Params::parse(query, 1000).expect("a query"), Wanted::default())
    }

    #[test]
    fn a_page_is_cut_to_ten_thousand_and_what_is_not_known_passed_over() {
        let list = ask("page=2&perPage=20000&limit=1&offset=3&pageSize=4&per_page=5").expect("a list");
        assert_eq!((list.page, list.per_page), (2, 10_000));
        let list = ask("").expect("a list");
        assert_eq!((list.page, list.per_page, list.order), (0, 100, Order::Made(Direction::Ascending)));
        assert_eq!(ask("sinceSq=99999999999999999999").expect("a list").since_sequence, Some(1 << 53));
    }

    #[test]
    fn orders_exclude_each_other() {
        assert_eq!(ask("updated=true&desc=false").expect("a list").order, Order::Updated);
        assert_eq!(ask("new=true").expect("a list").order, Order::Made(Direction::Descending));
        for (query, message) in [
            ("order=A&new=true", "new cannot be combined with order"),
            ("order=A&updated=true", "updated cannot be combined with order"),
            ("page=x", "page must be a whole number (given: x)"),
            ("desc=maybe", "desc must be true or false (given: maybe)"),
        ] {
            assert_eq!(ask(query).expect_err("refused").to_string(), message);
        }
    }
}
