//! A field as a request describes it: to be made, or to become.

use super::options_in::{self, Built, Place};
use super::shown::DOOR;
use super::word::Word;
use engine::View;
use model::change::NewField;
use model::error::Path;
use model::{Error, Json, Result, Rule, Table, Validator};
use serde::Deserialize;
use serde_json::Map;

type Object = Map<String, Json>;

/// A field in JSON. Keys that clients send back from a field object are tolerated.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Spec {
    /// A client's own id is refused.
    pub id: Option<Json>,
    pub name: Option<String>,
    pub db_field_name: Option<String>,
    #[serde(deserialize_with = "present")]
    pub description: Option<Option<String>>,
    #[serde(rename = "type")]
    pub word: Option<String>,
    pub options: Option<Object>,
    pub is_lookup: Option<bool>,
    pub lookup_options: Option<Object>,
    pub not_null: Option<bool>,
    pub unique: Option<bool>,
    pub order: Option<Object>,
}

/// Null is something else than nothing.
pub fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

impl Spec {
    /// Reads a field out of a list, with the place named in what is refused.
    pub fn of(json: &Json, at: &Path) -> Result<Spec> {
        Spec::deserialize(json)
            .map_err(|error| Error::invalid(at.clone(), Rule::Malformed(format!("is not as asked: {error}"))))
    }

    /// The kind and what belongs to it.
    pub fn build(&self, view: &View<'_>, place: &Place<'_>) -> Result<Built> {
        let empty = Object::new();
        if self.is_lookup.unwrap_or(false) {
            return options_in::build_lookup(view, place, self.lookup_options.as_ref());
        }
        let word = self.word.as_deref().ok_or_else(|| Error::invalid(Path::of("type"), Rule::Required))?;
        let word =
            Word::parse(word).ok_or_else(|| Error::invalid_given(Path::of("type"), Rule::Enum(Word::all()), word))?;
        let options = self.options.as_ref().unwrap_or(&empty);
        options_in::build(view, place, word, options, self.lookup_options.as_ref())
    }

    /// The field to make.
    pub fn new_field(&self, view: &View<'_>, place: &Place<'_>, name: String) -> Result<NewField> {
        if self.id.as_ref().is_some_and(|id| !id.is_null()) {
            return Err(Error::malformed("id", "must not be given: the server makes it"));
        }
        let built = self.build(view, place)?;
        let mut field = NewField::of(name, built.kind.clone());
        field.key.clone_from(&self.db_field_name);
        field.description = self.description.clone().flatten();
        field.validators = self.validators(&[]);
        field.default.clone_from(&built.default);
        field.bag = built.bag();
        if built.is_one_way {
            field.reverse_hidden_in = vec![DOOR.to_owned()];
        }
        Ok(field)
    }

    /// The validators of the field: those that this door has words for as asked, the others as they were.
    pub fn validators(&self, before: &[Validator]) -> Vec<Validator> {
        let had = |wanted: &Validator| before.contains(wanted);
        let mut validators: Vec<Validator> =
            before.iter().filter(|v| !matches!(v, Validator::Required | Validator::Unique)).cloned().collect();
        if self.not_null.unwrap_or(had(&Validator::Required)) {
            validators.push(Validator::Required);
        }
        if self.unique.unwrap_or(had(&Validator::Unique)) {
            validators.push(Validator::Unique);
        }
        validators
    }

    /// Where the field goes among the others: the first whole place not before `order.orderIndex`.
    pub fn place(&self) -> Result<Option<usize>> {
        let Some(order) = &self.order else { return Ok(None) };
        match order.get("orderIndex").map(|index| index.as_f64().filter(|i| (0.0..1e6).contains(i))) {
            None => Ok(None),
            Some(Some(index)) => Ok(Some(index.ceil() as usize)),
            Some(None) => Err(Error::malformed("order.orderIndex", "must be a number from 0")),
        }
    }

    /// The name given, or a free one of the type.
    pub fn name_or_free(&self, taken: &dyn Fn(&str) -> bool) -> String {
        if let Some(name) = &self.name {
            return name.trim().to_owned();
        }
        let word = self.word.as_deref().and_then(Word::parse).unwrap_or(Word::SingleLineText);
        free_name(word.label(), taken)
    }
}

/// A name that nothing has yet: with a number behind it if need be.
pub fn free_name(name: &str, taken: &dyn Fn(&str) -> bool) -> String {
    let mut free = name.to_owned();
    let mut n = 2;
    while taken(&free) {
        free = format!("{name} {n}");
        n += 1;
    }
    free
}

/// Whether a table has a field of this name.
pub fn name_is_taken(table: &Table) -> impl Fn(&str) -> bool + '_ {
    |name| table.field_named(name).is_some()
}

/// The place of a field of a list, in front of what was refused about it.
pub fn under(at: Path) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Invalid(faults) => Error::Invalid(
            faults.into_iter().map(|fault| model::Fault { at: fault.at.under(at.clone()), ..fault }).collect(),
        ),
        other => other,
    }
}
