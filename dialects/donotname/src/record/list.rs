//! What a list asks for: the query parameters that list, status and row count share (facts A3).

use super::keys::KeyType;
use super::order;
use super::shape::{Selection, Shape};
use super::write::CellFormat;
use crate::field::shown::{Shown, sees_titles};
use crate::filter::{Origin, Translator};
use crate::names;
use crate::{sort, views};
use edge::Params;
use engine::View;
use model::error::Path;
use model::filter::{Operand, Predicate, System, Test};
use model::query::{Page, Projection, Query, Search, Sort, Source};
use model::{Error, Filter, Json, Result, Rule, Subject, Value};
use std::collections::{BTreeMap, BTreeSet};

const DEFAULT_TAKE: u64 = 100;
const MAX_TAKE: u64 = 2_000;
/// Most fields of a groupBy.
const MAX_GROUPS: usize = 3;
/// Longest needle of a search, in bytes (S24).
const MAX_NEEDLE: usize = 10_000;
/// What every list, and what is around one, can be asked with.
const WORDS: [&str; 14] = [
    "viewId",
    "ignoreViewQuery",
    "filter",
    "orderBy",
    "groupBy",
    "collapsedGroupIds",
    "search",
    "projection",
    "selectedRecordIds",
    "take",
    "skip",
    "fieldKeyType",
    "cellFormat",
    "estimate",
];
/// Most record ids of a request.
pub const MAX_IDS: usize = 10_000;

/// A list as asked, with what only the table can tell still as text.
#[derive(Clone, Debug)]
pub struct Ask {
    view: Option<String>,
    ignore_view: bool,
    filter: Option<String>,
    order_by: Option<String>,
    group_by: Option<String>,
    take: u64,
    skip: u64,
    projection: Vec<String>,
    search: Option<SearchAsk>,
    selected: Option<Vec<String>>,
    /// The groups that are folded away.
    pub folded: BTreeSet<String>,
    pub key_type: KeyType,
    pub format: CellFormat,
}

#[derive(Clone, Debug)]
struct SearchAsk {
    needle: String,
    fields: String,
    filters: bool,
}

/// A list as it is read.
pub struct Plan {
    pub query: Query,
    /// The columns asked for; none for all.
    pub selection: Option<Selection>,
    /// The groups, which are the first sort keys.
    pub group: Vec<Sort>,
    /// The keys of records that the view has in an order made by hand, when nothing else sorts.
    pub by_hand: BTreeMap<u32, f64>,
}

impl Ask {
    /// Reads the parameters. One that neither a list has nor `beside` names is refused: whoever misspells a filter, or
    /// sends one that is not spoken here, would else get every record (S22, issue 3041).
    pub fn of(params: &Params<'_>, beside: &[&str]) -> Result<Ask> {
        let is_known = |key: &str| WORDS.contains(&key) || beside.contains(&key);
        if let Some(unknown) = params.keys().find(|key| !is_known(key)) {
            return Err(Error::invalid(Path::of(unknown), Rule::Unknown));
        }
        let text = |key: &str| params.one(key).map(|value| value.map(str::to_owned));
        Ok(Ask {
            view: text("viewId")?.filter(|id| !id.is_empty()),
            ignore_view: flag(params, "ignoreViewQuery")?,
            filter: text("filter")?,
            order_by: text("orderBy")?,
            group_by: text("groupBy")?,
            take: number(params, "take", 1, MAX_TAKE)?.unwrap_or(DEFAULT_TAKE),
            skip: number(params, "skip", 0, 1 << 53)?.unwrap_or(0),
            projection: texts(params, "projection")?,
            search: search(params)?,
            selected: selected(params)?,
            folded: folded(params)?,
            key_type: key_type(params)?,
            format: cell_format(params)?,
        })
    }

    /// What to read.
    pub fn plan(&self, view: &mut View<'_>, shape: &Shape) -> Result<Plan> {
        let saved = self.saved_view(shape)?;
        let mut filter = Filter::all();
        let mut group = Vec::new();
        if let Some(text) = &self.group_by {
            let sorts = self.sorts(view, shape, "groupBy", text)?;
            group = sorts.into_iter().map(|sort| sort::grouping(shape, sort)).collect::<Vec<Sort>>();
            if group.len() > MAX_GROUPS {
                return Err(Error::invalid(Path::of("groupBy"), Rule::TooMany { limit: MAX_GROUPS as u64 }));
            }
        }
        let mut sorts = group.clone();
        if let Some(text) = &self.order_by {
            let more = self.sorts(view, shape, "orderBy", text)?;
            add_new(&mut sorts, more);
        }
        let mut by_hand = BTreeMap::new();
        if let Some(saved) = saved.as_ref().filter(|_| !self.ignore_view) {
            filter = views::filter(view, shape, saved)?;
            add_new(&mut sorts, views::sorts(view, shape, saved));
            if sorts.is_empty() {
                by_hand = order::keys(saved);
            }
        }
        if let Some(text) = &self.filter {
            let asked = Translator { view, shape, key_type: self.key_type, origin: Origin::Request }.of_text(text)?;
            filter = filter.and(asked);
        }
        if let Some(selected) = &self.selected {
            filter = filter.and(of_ids(shape, selected));
        }
        let hidden =
            |shown: &Shown| !self.ignore_view && saved.as_ref().is_some_and(|saved| views::is_hidden(saved, shown.id));
        let search = self.search(view, shape, &hidden)?;
        let selection = self.selection(shape, &hidden)?;
        let projection = selection.as_ref().map_or_else(|| shape.whole.projection.clone(), |s| s.projection.clone());
        let query = Query {
            source: Source::Table(shape.table.id),
            filter,
            search,
            sort: sorts,
            page: Page::Window { skip: self.skip, take: self.take },
            projection,
        };
        Ok(Plan { query, selection, group, by_hand })
    }

    /// The same records, uncounted and unread: for who only asks which or how many.
    pub fn plan_bare(&self, view: &mut View<'_>, shape: &Shape) -> Result<Query> {
        let mut query = self.plan(view, shape)?.query;
        query.sort = Vec::new();
        query.page = Page::All;
        query.projection = Projection::Nothing;
        Ok(query)
    }

    /// The same list without an end.
    pub fn without_end(mut self) -> Ask {
        self.take = u64::MAX;
        self
    }

    /// How many records come before and how many are asked for.
    pub fn expected(&self) -> u64 {
        self.take
    }

    /// Whether it is one query, without anything to be asked before it.
    pub fn is_one_query(&self) -> bool {
        (self.view.is_none() || self.ignore_view)
            && self.group_by.is_none()
            && self.search.is_none()
            && self.selected.is_none()
            && self.folded.is_empty()
    }

    pub fn saved_view(&self, shape: &Shape) -> Result<Option<model::View>> {
        let Some(id) = &self.view else { return Ok(None) };
        if !id.starts_with("viw") {
            let rule = Rule::Malformed("must start with viw".to_owned());
            return Err(Error::invalid_given(Path::of("viewId"), rule, id.as_str()));
        }
        let found = names::read_view(id, shape.name.database).and_then(|id| shape.table.view(id).ok());
        found.cloned().map(Some).ok_or_else(|| names::missing(Subject::View))
    }

    fn sorts(&self, view: &View<'_>, shape: &Shape, key: &str, text: &str) -> Result<Vec<Sort>> {
        let json: Json = edge::body::json_at(key, text.as_bytes())?;
        sort::read(view, shape, self.key_type, Origin::Request, &json, &Path::of(key))
    }

    fn search(&self, view: &View<'_>, shape: &Shape, hidden: &dyn Fn(&Shown) -> bool) -> Result<Option<Search>> {
        match self.search.as_ref().filter(|ask| ask.filters) {
            Some(ask) => self.needle(view, shape, ask, hidden).map(Some),
            None => Ok(None),
        }
    }

    /// What is searched for, whether or not the list shows nothing else.
    pub fn plan_search(&self, view: &View<'_>, shape: &Shape) -> Result<Search> {
        let saved = self.saved_view(shape)?;
        let hidden =
            |shown: &Shown| !self.ignore_view && saved.as_ref().is_some_and(|saved| views::is_hidden(saved, shown.id));
        let ask = self.search.as_ref().ok_or_else(|| Error::invalid(Path::of("search"), Rule::Required))?;
        self.needle(view, shape, ask, &hidden)
    }

    fn needle(
        &self,
        view: &View<'_>,
        shape: &Shape,
        ask: &SearchAsk,
        hidden: &dyn Fn(&Shown) -> bool,
    ) -> Result<Search> {
        let mut fields = Vec::new();
        for key in ask.fields.split(',').map(str::trim).filter(|key| !key.is_empty()) {
            let column =
                shape.find(key, self.key_type).filter(|column| is_searched(view, &shape.columns[*column].shown));
            let column = column.ok_or_else(|| Error::invalid_given(Path::of("search").index(1), Rule::Unknown, key))?;
            fields.push(shape.columns[column].shown.id);
        }
        if fields.is_empty() {
            fields = shape
                .columns
                .iter()
                .map(|c| &c.shown)
                .filter(|s| !hidden(s) && is_searched(view, s))
                .map(|s| s.id)
                .collect();
        }
        Ok(Search { needle: ask.needle.clone(), fields })
    }

    /// The columns asked for; none for all.
    fn selection(&self, shape: &Shape, hidden: &dyn Fn(&Shown) -> bool) -> Result<Option<Selection>> {
        if !self.projection.is_empty() {
            return selection(shape, self.key_type, &self.projection).map(Some);
        }
        if !shape.columns.iter().any(|c| hidden(&c.shown)) {
            return Ok(None);
        }
        let columns = (0..shape.columns.len()).filter(|i| !hidden(&shape.columns[*i].shown)).collect();
        Ok(Some(shape.select(columns)))
    }
}

/// Whether the actor may see the texts of a field.
fn is_searched(view: &View<'_>, shown: &Shown) -> bool {
    !shown.is_broken && sees_titles(view, &shown.kind)
}

/// The columns of a projection, in the table's order.
pub fn selection(shape: &Shape, key_type: KeyType, projection: &[String]) -> Result<Selection> {
    let mut columns = Vec::with_capacity(projection.len());
    for (i, key) in projection.iter().enumerate() {
        match shape.find(key, key_type) {
            Some(column) => columns.push(column),
            None => return Err(Error::invalid_given(Path::of("projection").index(i), Rule::Unknown, key.as_str())),
        }
    }
    columns.sort_unstable();
    columns.dedup();
    Ok(shape.select(columns))
}

/// What the keys of the answer are.
pub fn key_type(params: &Params<'_>) -> Result<KeyType> {
    let Some(word) = params.one("fieldKeyType")? else { return Ok(KeyType::default()) };
    KeyType::parse(word).ok_or_else(|| {
        let words = ["id", "name", "dbFieldName"].map(str::to_owned).to_vec();
        Error::invalid_given(Path::of("fieldKeyType"), Rule::Enum(words), word)
    })
}

/// How cells are written.
pub fn cell_format(params: &Params<'_>) -> Result<CellFormat> {
    match params.one("cellFormat")? {
        None | Some("json") => Ok(CellFormat::Json),
        Some("text") => Ok(CellFormat::Text),
        Some(other) => {
            let words = ["json", "text"].map(str::to_owned).to_vec();
            Err(Error::invalid_given(Path::of("cellFormat"), Rule::Enum(words), other))
        }
    }
}

/// A whole number within bounds.
pub fn number(params: &Params<'_>, key: &str, min: u64, max: u64) -> Result<Option<u64>> {
    let Some(text) = params.one(key)? else { return Ok(None) };
    match text.parse::<u64>().ok().filter(|n| (min..=max).contains(n)) {
        Some(number) => Ok(Some(number)),
        None => {
            let rule = Rule::Malformed(format!("must be a whole number from {min} to {max}"));
            Err(Error::invalid_given(Path::of(key), rule, text))
        }
    }
}

/// The values of a list parameter: in any spelling of a list, or as one value that is a JSON array (so the `PyPI` client
/// sends `projection` and `selectedRecordIds`).
pub fn texts(params: &Params<'_>, key: &str) -> Result<Vec<String>> {
    let given = params.many(key);
    if let [one] = given.as_slice()
        && one.starts_with('[')
        && let Ok(list) = edge::body::json_at::<Vec<String>>(key, one.as_bytes())
    {
        return Ok(list);
    }
    Ok(given.into_iter().map(str::to_owned).collect())
}

/// A yes or no. Clients spell it `true` or, in Python, `True`.
pub fn flag(params: &Params<'_>, key: &str) -> Result<bool> {
    match params.one(key)? {
        None => Ok(false),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(text) if text.eq_ignore_ascii_case("false") || text.is_empty() => Ok(false),
        Some(other) => Err(Error::invalid_given(Path::of(key), Rule::Type("true or false"), other)),
    }
}

/// `search=[value, fields, hideNotMatch]`: rows are dropped only when the third part is true (facts A3, later versions).
fn search(params: &Params<'_>) -> Result<Option<SearchAsk>> {
    let parts = params.many("search");
    let Some(needle) = parts.first().filter(|needle| !needle.is_empty()) else { return Ok(None) };
    if needle.len() > MAX_NEEDLE {
        return Err(Error::TooLarge { what: "search", limit: MAX_NEEDLE as u64 });
    }
    let fields =
        parts.get(1).copied().filter(|fields| !fields.eq_ignore_ascii_case("true")).unwrap_or_default().to_owned();
    let filters = parts.get(2).is_some_and(|hides| hides.eq_ignore_ascii_case("true"));
    Ok(Some(SearchAsk { needle: (*needle).to_owned(), fields, filters }))
}

/// `collapsedGroupIds`: ids of groups, as a JSON list or in any spelling of one.
fn folded(params: &Params<'_>) -> Result<BTreeSet<String>> {
    let given = texts(params, "collapsedGroupIds")?;
    if given.len() > MAX_IDS {
        return Err(Error::invalid(Path::of("collapsedGroupIds"), Rule::TooMany { limit: MAX_IDS as u64 }));
    }
    Ok(given.into_iter().filter(|id| !id.is_empty()).collect())
}

fn selected(params: &Params<'_>) -> Result<Option<Vec<String>>> {
    if !params.has("selectedRecordIds") {
        return Ok(None);
    }
    record_ids(params, "selectedRecordIds").map(Some)
}

/// The record ids of a key; each must start with rec (facts A1). An empty one names nothing.
pub fn record_ids(params: &Params<'_>, key: &str) -> Result<Vec<String>> {
    let mut given = texts(params, key)?;
    given.retain(|id| !id.is_empty());
    if given.len() > MAX_IDS {
        return Err(Error::invalid(Path::of(key), Rule::TooMany { limit: MAX_IDS as u64 }));
    }
    if let Some((i, wrong)) = given.iter().enumerate().find(|(_, id)| !id.starts_with("rec")) {
        let rule = Rule::Malformed("must start with rec".to_owned());
        return Err(Error::invalid_given(Path::of(key).index(i), rule, wrong.as_str()));
    }
    Ok(given)
}

/// The records of these ids; ids of other tables are no record of this one.
fn of_ids(shape: &Shape, ids: &[String]) -> Filter {
    let found = ids.iter().filter_map(|id| names::read_record(id, shape.name));
    let values = found.map(|record| Value::Number(f64::from(record.0))).collect();
    Filter::Test(Test { operand: Operand::System(System::Id), predicate: Predicate::OneOf(values) })
}

/// Adds sort keys on what is not sorted by yet.
fn add_new(sorts: &mut Vec<Sort>, more: Vec<Sort>) {
    for sort in more {
        if sorts.iter().all(|s| s.by != sort.by || s.bucket != sort.bucket) {
            sorts.push(sort);
        }
    }
}
