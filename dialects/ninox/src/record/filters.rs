//! `filters`: fields and the values that records must have in them, all of them (facts 5).

use super::shape::Shape;
use crate::cell::decode::Decoder;
use crate::field::shown::Shown;
use engine::View;
use model::error::Path;
use model::filter::{Operand, Predicate, Test};
use model::kind::{Class, Kind};
use model::{Error, Filter, Json, Result, Rule, Value};
use serde_json::Map;

/// What a request wants fields to be, by their names or ids.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Wanted(Map<String, Json>);

impl Wanted {
    /// Reads `{"<field>": value}` or, as n8n sends it, `{"fields": {"<field>": value}}`.
    pub fn of(given: Json) -> Result<Wanted> {
        match given {
            Json::Null => Ok(Wanted::default()),
            Json::Object(mut object) => match (object.len(), object.get_mut("fields").map(Json::take)) {
                (1, Some(Json::Object(fields))) => Ok(Wanted(fields)),
                (_, Some(other)) => {
                    object.insert("fields".to_owned(), other);
                    Ok(Wanted(object))
                }
                (_, None) => Ok(Wanted(object)),
            },
            _ => Err(Error::invalid(Path::of("filters"), Rule::Type("an object"))),
        }
    }

    /// Reads the JSON of a query parameter.
    pub fn of_text(text: &str) -> Result<Wanted> {
        if text.trim().is_empty() {
            return Ok(Wanted::default());
        }
        Wanted::of(edge::body::json_at("filters", text.as_bytes())?)
    }

    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The condition that it means.
    pub fn filter(&self, view: &View<'_>, shape: &Shape) -> Result<Filter> {
        let decoder = Decoder::of(view);
        let mut parts = Vec::with_capacity(self.0.len());
        for (key, given) in &self.0 {
            let at = || Path::of("filters").key(key);
            let shown = &shape.find(key).ok_or_else(|| Error::invalid(at(), Rule::Unknown))?.shown;
            if shown.is_broken || matches!(shown.kind, Kind::Files(_)) {
                let why = "cannot be compared with a value";
                return Err(Error::invalid(at(), Rule::Malformed(why.to_owned())));
            }
            let predicate = predicate(&decoder, shown, given).map_err(|rule| Error::invalid(at(), rule))?;
            parts.push(Filter::Test(Test { operand: shown.operand.clone(), predicate }));
        }
        Ok(Filter::And(parts))
    }
}

fn predicate(decoder: &Decoder, shown: &Shown, given: &Json) -> std::result::Result<Predicate, Rule> {
    let value = decoder.decode_tested(shown, given)?;
    if value.is_empty() {
        return Ok(Predicate::IsEmpty);
    }
    let several = match value {
        Value::Choices(ids) => ids.into_iter().map(Value::Choice).collect(),
        Value::Users(users) => users.into_iter().map(Value::User).collect(),
        Value::References(records) => records.into_iter().map(Value::Reference).collect(),
        one => {
            let is_list = shown.is_lookup && !matches!(shown.operand, Operand::Through { .. });
            let is_list = is_list || (shown.kind.class() == Class::List && !matches!(one, Value::Number(_)));
            return Ok(if is_list { Predicate::HasAny(vec![one]) } else { Predicate::Equals(one) });
        }
    };
    // One value is among those of the cell; a list is all of them.
    Ok(if given.is_array() { Predicate::SameSet(several) } else { Predicate::HasAny(several) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_forms_mean_the_same() {
        let plain = Wanted::of(json!({"L": "Stanley"})).expect("filters");
        assert_eq!(Wanted::of(json!({"fields": {"L": "Stanley"}})), Ok(plain.clone()));
        assert_eq!(Wanted::of_text(r#"{"L":"Stanley"}"#), Ok(plain));
        // A field may be called so.
        let named = Wanted::of(json!({"fields": "x"})).expect("filters");
        assert_eq!(named.0.len(), 1);
        assert!(Wanted::of_text(" ").expect("nothing").is_empty());
        assert!(Wanted::of_text("{\"L\":").is_err() && Wanted::of(json!([1])).is_err());
    }
}
