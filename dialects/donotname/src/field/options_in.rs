//! From this door's type and options to a kind of the core (facts A4).

use super::shown::{self, DOOR};
use super::word::Word;
use super::{actions_in, default_in, formula_in};
use crate::json;
use crate::members::Members;
use crate::names::{self, TableName};
use engine::View;
use model::error::Path;
use model::field::DefaultValue;
use model::kind::choice::{ChoiceOption, Options};
use model::kind::number::NumberFormat;
use model::kind::rollup::RollupFunction;
use model::kind::{Kind, button, choice, created_time, datetime, email, links, lookup, modified_time};
use model::kind::{multi_choice, number, phone, rating, reference, reverse, rollup, url};
use model::time::{DateFormat, TimeFormat, Zone};
use model::{Bag, ChoiceId, Error, Field, Json, Result, Rule, Subject, Table, TableId};
use serde_json::Map;

type Object = Map<String, Json>;

/// Most options of a select field that one request may give.
const MAX_CHOICES: usize = 10_000;

/// A field as a request describes it, made into words of the core.
pub struct Built {
    pub kind: Kind,
    pub default: Option<DefaultValue>,
    /// Options that the core has no word for.
    pub kept: Object,
    /// Whether a link is not to be seen from the other side.
    pub is_one_way: bool,
}

impl Built {
    /// What goes into the field's bag.
    pub fn bag(&self) -> Bag {
        let mut bag = Bag::new();
        if !self.kept.is_empty() {
            bag.insert(DOOR.to_owned(), serde_json::json!({"options": self.kept}));
        }
        bag
    }
}

/// Where a field is being described: in which table, and the field that is there already.
pub struct Place<'a> {
    pub table: TableName,
    /// Who can be a default.
    pub members: &'a Members,
    pub present: Option<&'a Field>,
    /// The table as it will be, when it is still in the making.
    pub making: Option<&'a Table>,
}

/// The kind of a plain field, one that is no lookup.
pub fn build(
    view: &View<'_>,
    place: &Place<'_>,
    word: Word,
    options: &Object,
    lookup: Option<&Object>,
) -> Result<Built> {
    let at = Path::of("options");
    let mut built =
        Built { kind: Kind::Line(Default::default()), default: None, kept: Object::new(), is_one_way: false };
    let keep: &[&str] = match word {
        Word::SingleLineText => {
            built.kind = line(options, &at)?;
            &[]
        }
        Word::LongText => {
            built.kind = Kind::LongText(Default::default());
            &[]
        }
        Word::Number => {
            built.kind = Kind::Number(number::Number { format: number_format(options, &at)? });
            &["showAs"]
        }
        Word::Rating => {
            built.kind = Kind::Rating(stars(options, &at)?);
            &[]
        }
        Word::SingleSelect => {
            built.kind = Kind::Choice(choice::Choice { options: choices(place, options, &at)? });
            &[]
        }
        Word::MultipleSelect => {
            built.kind = Kind::MultiChoice(multi_choice::MultiChoice { options: choices(place, options, &at)? });
            &[]
        }
        Word::Checkbox => {
            built.kind = Kind::Boolean(Default::default());
            &[]
        }
        Word::Date => {
            built.kind = Kind::DateTime(datetime::DateTime { format: date_format(options, &at)? });
            &[]
        }
        Word::Attachment => {
            built.kind = Kind::Files(Default::default());
            &[]
        }
        Word::User => {
            let many = json::flag(options, "isMultiple", &at)?.unwrap_or(false);
            built.kind = if many { Kind::Users(Default::default()) } else { Kind::User(Default::default()) };
            &["shouldNotify"]
        }
        Word::Link => {
            (built.kind, built.is_one_way) = link(view, options, &at)?;
            &["lookupFieldId", "filter", "filterByViewId", "visibleFieldIds"]
        }
        Word::Formula => {
            built.kind = Kind::Formula(formula_in::formula(view, place, options, &at)?);
            &["timeZone", "formatting", "showAs"]
        }
        Word::Rollup => {
            built.kind = rolled(view, place, options, lookup, &at)?;
            &["timeZone", "formatting", "showAs"]
        }
        Word::AutoNumber => {
            built.kind = Kind::AutoNumber(Default::default());
            &[]
        }
        Word::CreatedTime => {
            built.kind = Kind::CreatedTime(created_time::CreatedTime { format: date_format(options, &at)? });
            &[]
        }
        Word::LastModifiedTime => {
            built.kind = Kind::ModifiedTime(modified_time::ModifiedTime { format: date_format(options, &at)? });
            &["trackedFieldIds"]
        }
        Word::CreatedBy => {
            built.kind = Kind::CreatedBy(Default::default());
            &[]
        }
        Word::LastModifiedBy => {
            built.kind = Kind::ModifiedBy(Default::default());
            &["trackedFieldIds"]
        }
        Word::Button => {
            built.kind = Kind::Button(push_button(view, place, options, &at)?);
            &["workflow"]
        }
    };
    for key in keep {
        if let Some(value) = options.get(*key).filter(|v| !v.is_null()) {
            built.kept.insert((*key).to_owned(), value.clone());
        }
    }
    // Actions are part of the kind. What is kept is shown to everybody.
    if let Some(Json::Object(workflow)) = built.kept.get_mut("workflow") {
        workflow.remove("actions");
    }
    if let Some(given) = options.get("defaultValue").filter(|v| !v.is_null()) {
        built.default = Some(default_in::value(&built.kind, given, place.members, &at)?);
    }
    Ok(built)
}

/// The kind of a lookup field.
pub fn build_lookup(view: &View<'_>, place: &Place<'_>, lookup: Option<&Object>) -> Result<Built> {
    let (link, target_table, target) = looked_up(view, place, lookup)?;
    let kind = Kind::Lookup(lookup::Lookup { link, target_table, target });
    Ok(Built { kind, default: None, kept: Object::new(), is_one_way: false })
}

/// A text field; how it is shown makes it an e-mail, telephone or web address of the core.
fn line(options: &Object, at: &Path) -> Result<Kind> {
    let Some(shown) = json::object(options, "showAs", at)? else { return Ok(Kind::Line(Default::default())) };
    let at = at.clone().key("showAs");
    Ok(match json::text(shown, "type", &at)? {
        None => Kind::Line(Default::default()),
        Some("email") => Kind::Email(email::Email {}),
        Some("phone") => Kind::Phone(phone::Phone {}),
        Some("url") => Kind::Url(url::Url {}),
        Some(other) => return Err(one_of(at.key("type"), &["url", "email", "phone"], other)),
    })
}

/// The formatting of a number.
pub fn number_format(options: &Object, at: &Path) -> Result<NumberFormat> {
    let Some(format) = json::object(options, "formatting", at)? else {
        return Ok(NumberFormat::Decimal { precision: 2 });
    };
    let at = at.clone().key("formatting");
    let precision = json::whole(format, "precision", &at, 0, 5)?.unwrap_or(2) as u8;
    Ok(match json::text(format, "type", &at)? {
        None | Some("decimal") => NumberFormat::Decimal { precision },
        Some("percent") => NumberFormat::Percent { precision },
        Some("currency") => {
            let symbol = json::text(format, "symbol", &at)?.unwrap_or("$").to_owned();
            NumberFormat::Currency { precision, symbol }
        }
        Some(other) => return Err(one_of(at.key("type"), &["decimal", "percent", "currency"], other)),
    })
}

fn stars(options: &Object, at: &Path) -> Result<rating::Rating> {
    let usual = rating::Rating::default();
    let icons = ["star", "moon", "sun", "zap", "flame", "heart", "apple", "thumb-up"];
    let colors = ["yellowBright", "redBright", "tealBright"];
    let word = |key: &str, words: &[&str], usual: &str| match json::text(options, key, at)? {
        None => Ok(usual.to_owned()),
        Some(word) if words.contains(&word) => Ok(word.to_owned()),
        Some(word) => Err(one_of(at.clone().key(key), words, word)),
    };
    Ok(rating::Rating {
        icon: word("icon", &icons, &usual.icon)?,
        color: word("color", &colors, &usual.color)?,
        max: json::whole(options, "max", at, 1, 10)?.unwrap_or(i64::from(usual.max)) as u8,
    })
}

/// The options of a select: known ids keep their numbers, then known names, the rest is new.
fn choices(place: &Place<'_>, options: &Object, at: &Path) -> Result<Options> {
    let before = place.present.and_then(|field| match &field.kind {
        Kind::Choice(kind) => Some(&kind.options),
        Kind::MultiChoice(kind) => Some(&kind.options),
        _ => None,
    });
    let closed = json::flag(options, "preventAutoNewOptions", at)?.unwrap_or(false);
    let at = at.clone().key("choices");
    let given = match options.get("choices") {
        None | Some(Json::Null) => return Ok(Options { closed, ..before.cloned().unwrap_or_default() }),
        Some(Json::Array(list)) if list.len() <= MAX_CHOICES => list,
        Some(Json::Array(_)) => return Err(Error::invalid(at, Rule::TooMany { limit: MAX_CHOICES as u64 })),
        Some(_) => return Err(Error::invalid(at, Rule::Type("a list"))),
    };
    let mut made = Options { list: Vec::with_capacity(given.len()), next: ChoiceId(1), closed };
    made.next = before.map_or(ChoiceId(1), |options| options.next);
    for (i, one) in given.iter().enumerate() {
        let at = at.clone().index(i);
        let one = one.as_object().ok_or_else(|| Error::invalid(at.clone(), Rule::Type("an object")))?;
        let name = json::text(one, "name", &at)?.map(str::trim).filter(|n| !n.is_empty());
        let name = name.ok_or_else(|| missing(&at, "name"))?;
        if made.named(name).is_some() {
            return Err(Error::invalid_given(at.key("name"), Rule::Taken, name));
        }
        let color = json::text(one, "color", &at)?;
        if let Some(color) = color.filter(|c| !is_color(c)) {
            return Err(Error::invalid_given(at.key("color"), Rule::Malformed("is no colour name".to_owned()), color));
        }
        let old = before.and_then(|before| {
            let by_id = one
                .get("id")
                .and_then(Json::as_str)
                .and_then(|id| names::read_choice(id, place.table, place.present?.id).and_then(|id| before.get(id)));
            by_id.or_else(|| before.named(name)).filter(|old| made.get(old.id).is_none())
        });
        match old {
            Some(old) => {
                let color = color.map(str::to_owned).or_else(|| old.color.clone());
                made.list.push(ChoiceOption { name: name.to_owned(), color, ..old.clone() });
            }
            None => {
                made.add(name);
                if let Some(option) = made.list.last_mut() {
                    option.color = color.map(str::to_owned);
                }
            }
        }
    }
    Ok(made)
}

/// Facts A4: a colour and a shade.
fn is_color(text: &str) -> bool {
    let colors = ["blue", "cyan", "gray", "green", "orange", "pink", "purple", "red", "teal", "yellow"];
    let shades = ["Light2", "Light1", "Bright", "", "Dark1"];
    colors.iter().any(|color| text.strip_prefix(color).is_some_and(|shade| shades.contains(&shade)))
}

/// The formatting of a date. A column of instants without a time shows days.
pub fn date_format(options: &Object, at: &Path) -> Result<DateFormat> {
    let Some(format) = json::object(options, "formatting", at)? else { return Ok(DateFormat::default()) };
    let at = at.clone().key("formatting");
    let dates = ["YYYY-MM-DD", "M/D/YYYY", "D/M/YYYY", "YYYY/MM/DD", "YYYY-MM", "MM-DD", "YYYY", "MM", "DD"];
    let date = match json::text(format, "date", &at)? {
        None => "YYYY-MM-DD",
        Some(date) if dates.contains(&date) => date,
        Some(other) => return Err(one_of(at.key("date"), &dates, other)),
    };
    let time = match json::text(format, "time", &at)? {
        None | Some("None") => TimeFormat::None,
        Some("HH:mm") => TimeFormat::H24,
        Some("hh:mm A") => TimeFormat::H12,
        Some(other) => return Err(one_of(at.key("time"), &["HH:mm", "hh:mm A", "None"], other)),
    };
    let zone = match json::text(format, "timeZone", &at)? {
        None => Zone::utc(),
        Some(name) => Zone::parse(name).ok_or_else(|| {
            Error::invalid_given(at.key("timeZone"), Rule::Malformed("is no time zone".to_owned()), name)
        })?,
    };
    Ok(DateFormat { date: date.to_owned(), time, zone })
}

fn link(view: &View<'_>, options: &Object, at: &Path) -> Result<(Kind, bool)> {
    let given = json::text(options, "foreignTableId", at)?.ok_or_else(|| missing(at, "foreignTableId"))?;
    let foreign = foreign_table(view, given)?;
    let one_way = json::flag(options, "isOneWay", at)?.unwrap_or(false);
    let targets = vec![foreign];
    let words = ["oneOne", "manyOne", "oneMany", "manyMany"];
    let kind = match json::text(options, "relationship", at)? {
        None => return Err(missing(at, "relationship")),
        Some("oneOne") => Kind::Reference(reference::Reference { targets, partners: Vec::new(), exclusive: true }),
        Some("manyOne") => Kind::Reference(reference::Reference { targets, partners: Vec::new(), exclusive: false }),
        // The other side holds it: the engine makes the link there when the field's number is 0.
        Some("oneMany") => Kind::Reverse(reverse::Reverse { table: foreign, field: model::FieldId(0) }),
        Some("manyMany") => Kind::Links(links::Links { targets, partners: Vec::new(), exclusive: false }),
        Some(other) => return Err(one_of(at.clone().key("relationship"), &words, other)),
    };
    Ok((kind, one_way))
}

/// A table that is not there, or not in this base, is not found.
fn foreign_table(view: &View<'_>, given: &str) -> Result<TableId> {
    let found = names::read_table(given).filter(|name| name.database == view.key());
    let found = found.and_then(|name| view.table(name.table).ok());
    found.map(|t| t.id).ok_or_else(|| names::missing(Subject::Table))
}

/// The link, the other table and its field that lookup options name.
fn looked_up(
    view: &View<'_>,
    place: &Place<'_>,
    lookup: Option<&Object>,
) -> Result<(model::FieldId, TableId, model::FieldId)> {
    let at = Path::of("lookupOptions");
    let Some(lookup) = lookup else { return Err(Error::invalid(at, Rule::Required)) };
    let link = json::text(lookup, "linkFieldId", &at)?.ok_or_else(|| missing(&at, "linkFieldId"))?;
    let target = json::text(lookup, "lookupFieldId", &at)?.ok_or_else(|| missing(&at, "lookupFieldId"))?;
    let unknown = |key: &str, given: &str| Error::invalid_given(at.clone().key(key), Rule::Unknown, given);
    // A table in the making has no link yet that could be named.
    let here = view.table(place.table.table).map_err(|_| unknown("linkFieldId", link))?;
    let link_id = names::read_field(link, place.table).ok_or_else(|| unknown("linkFieldId", link))?;
    let link_field = here.field(link_id).map_err(|_| unknown("linkFieldId", link))?;
    let targets = shown::link_targets(&link_field.kind);
    if targets.is_empty() {
        return Err(Error::invalid_given(at.key("linkFieldId"), Rule::Type("a link field"), link));
    }
    let (table, field) = names::read_any_field(target, view.key()).ok_or_else(|| unknown("lookupFieldId", target))?;
    let there = view.table(table).ok().filter(|t| targets.contains(&t.id) && t.field(field).is_ok());
    let there = there.ok_or_else(|| unknown("lookupFieldId", target))?;
    Ok((link_id, there.id, field))
}

fn rolled(view: &View<'_>, place: &Place<'_>, options: &Object, lookup: Option<&Object>, at: &Path) -> Result<Kind> {
    let (link, target_table, target) = looked_up(view, place, lookup)?;
    let expression = json::text(options, "expression", at)?.unwrap_or("countall({values})");
    let word = expression.trim().strip_suffix("({values})").unwrap_or("");
    let function = function_of(word)
        .ok_or_else(|| Error::invalid_given(at.clone().key("expression"), Rule::Unknown, expression))?;
    Ok(Kind::Rollup(rollup::Rollup { link, target_table, target, function }))
}

fn function_of(word: &str) -> Option<RollupFunction> {
    Some(match word.to_ascii_lowercase().as_str() {
        "countall" => RollupFunction::Countall,
        "counta" => RollupFunction::Counta,
        "count" => RollupFunction::Count,
        "sum" => RollupFunction::Sum,
        "max" => RollupFunction::Max,
        "min" => RollupFunction::Min,
        "and" => RollupFunction::And,
        "or" => RollupFunction::Or,
        "xor" => RollupFunction::Xor,
        "array_join" => RollupFunction::ArrayJoin,
        "array_unique" => RollupFunction::ArrayUnique,
        "array_compact" => RollupFunction::ArrayCompact,
        "concatenate" => RollupFunction::Concatenate,
        "average" => RollupFunction::Average,
        _ => return None,
    })
}

/// A button. Actions that are not named stay as they are.
fn push_button(view: &View<'_>, place: &Place<'_>, options: &Object, at: &Path) -> Result<button::Button> {
    let max = json::whole(options, "maxCount", at, 0, 1_000_000_000)?;
    let before = place.present.and_then(|field| match &field.kind {
        Kind::Button(button) => Some(button),
        _ => None,
    });
    let workflow = json::object(options, "workflow", at)?;
    let active = workflow.map_or(Ok(None), |workflow| json::flag(workflow, "isActive", &at.clone().key("workflow")))?;
    let actions = match actions_in::actions(view, place, options, at)? {
        Some(actions) => actions,
        None => before.map(|button| button.actions.clone()).unwrap_or_default(),
    };
    Ok(button::Button {
        label: json::text(options, "label", at)?.unwrap_or("Button").to_owned(),
        color: json::text(options, "color", at)?.unwrap_or("teal").to_owned(),
        max_count: max.filter(|max| *max > 0).map(|max| max as u32),
        reset: json::flag(options, "resetCount", at)?.unwrap_or(false),
        active: active.unwrap_or(true),
        actions,
    })
}

fn missing(at: &Path, key: &str) -> Error {
    Error::invalid(at.clone().key(key), Rule::Required)
}

fn one_of(at: Path, words: &[&str], given: &str) -> Error {
    Error::invalid_given(at, Rule::Enum(words.iter().map(|w| (*w).to_owned()).collect()), given)
}
