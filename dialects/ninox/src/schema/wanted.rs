//! What a body of `PATCH …/schema` says, before anything is known of the database (facts 2, 11).

use crate::field::word::Word;
use model::error::Path;
use model::{Error, Json, Result, Rule};
use serde_json::Map;

/// Members by their keys; none is one that is to go.
pub type Members<T> = Vec<(String, Option<T>)>;

/// A schema as wanted. What it leaves out stays; null takes away.
#[derive(Debug, Default)]
pub struct Schema {
    /// The version that it was made from, if it says so.
    pub version: Option<u64>,
    pub types: Members<Type>,
    /// What a client keeps there for itself.
    pub kept: Map<String, Json>,
}

/// A table as wanted.
#[derive(Debug, Default)]
pub struct Type {
    pub caption: Option<String>,
    pub description: Option<String>,
    pub icon: Option<String>,
    pub fields: Members<Field>,
    pub kept: Map<String, Json>,
}

/// A field as wanted.
#[derive(Debug, Default)]
pub struct Field {
    pub base: Option<Word>,
    pub caption: Option<String>,
    pub tooltips: Option<String>,
    pub required: Option<bool>,
    pub unique: Option<bool>,
    pub indexed: Option<bool>,
    pub multiline: Option<bool>,
    pub order: Option<f64>,
    pub default: Option<String>,
    pub values: Option<Vec<(u32, Option<Choice>)>>,
    /// The script of a formula.
    pub script: Option<String>,
    pub ref_type: Option<String>,
    pub ref_field: Option<String>,
    pub kept: Map<String, Json>,
}

/// A choice as wanted.
#[derive(Debug, Default)]
pub struct Choice {
    pub caption: Option<String>,
    pub color: Option<String>,
    pub order: Option<f64>,
}

/// Most bytes of what a client keeps in one place for itself.
const MOST_KEPT: usize = 64 << 10;

impl Schema {
    pub fn of(body: Json) -> Result<Schema> {
        let mut schema = Schema::default();
        let mut part = Part::of(body, Path::default())?;
        schema.version = part.take("version", Json::as_u64, "a whole number")?;
        // Told, not asked for.
        part.drop(&["seq", "nextTypeId"]);
        schema.types = part.members("types", Type::of)?.unwrap_or_default();
        schema.kept = part.rest()?;
        Ok(schema)
    }
}

impl Type {
    fn of(body: Json, at: Path) -> Result<Type> {
        let mut part = Part::of(body, at)?;
        part.drop(&["nextFieldId", "order"]);
        Ok(Type {
            caption: part.text("caption")?,
            description: part.text("description")?,
            icon: part.text("icon")?,
            fields: part.members("fields", Field::of)?.unwrap_or_default(),
            kept: part.rest()?,
        })
    }
}

impl Field {
    fn of(body: Json, at: Path) -> Result<Field> {
        let mut part = Part::of(body, at)?;
        let base = part.text("base")?.map(|text| {
            let known = Word::parse(&text);
            known.ok_or_else(|| Error::invalid_given(part.at.clone().key("base"), Rule::Enum(Word::all()), text))
        });
        let base = base.transpose()?;
        let values = part.members("values", Choice::of)?.map(|values| {
            let number = |(id, value): (String, Option<Choice>)| match id.parse().ok().filter(|id| *id > 0) {
                Some(id) => Ok((id, value)),
                None => Err(Error::invalid(part.at.clone().key("values").key(id), Rule::Type("a number as its key"))),
            };
            values.into_iter().map(number).collect::<Result<Vec<_>>>()
        });
        let values = values.transpose()?;
        Ok(Field {
            base,
            caption: part.text("caption")?,
            tooltips: part.text("tooltips")?,
            required: part.take("required", Json::as_bool, "true or false")?,
            unique: part.take("unique", Json::as_bool, "true or false")?,
            indexed: part.take("hasIndex", Json::as_bool, "true or false")?,
            multiline: part.take("stringMultiline", Json::as_bool, "true or false")?,
            order: part.take("order", Json::as_f64, "a number")?,
            default: part.text("stringDefault")?,
            values,
            script: part.text("fn")?,
            ref_type: part.text("refTypeId")?,
            ref_field: part.text("refFieldId")?,
            kept: part.rest()?,
        })
    }
}

impl Choice {
    fn of(body: Json, at: Path) -> Result<Choice> {
        let mut part = Part::of(body, at)?;
        Ok(Choice {
            caption: part.text("caption")?,
            color: part.text("color")?,
            order: part.take("order", Json::as_f64, "a number")?,
        })
    }
}

/// An object and where it is.
struct Part {
    object: Map<String, Json>,
    at: Path,
}

impl Part {
    fn of(body: Json, at: Path) -> Result<Part> {
        match body {
            Json::Object(object) => Ok(Part { object, at }),
            _ if at.0.is_empty() => Err(Error::malformed("body", "must be an object")),
            _ => Err(Error::invalid(at, Rule::Type("an object"))),
        }
    }

    fn drop(&mut self, keys: &[&str]) {
        self.object.retain(|key, _| !keys.contains(&key.as_str()));
    }

    /// The value under a key; null and absent are none.
    fn take<T>(&mut self, key: &str, read: impl Fn(&Json) -> Option<T>, what: &'static str) -> Result<Option<T>> {
        match self.object.remove(key) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => match read(&value) {
                Some(read) => Ok(Some(read)),
                None => Err(Error::invalid(self.at.clone().key(key), Rule::Type(what))),
            },
        }
    }

    fn text(&mut self, key: &str) -> Result<Option<String>> {
        self.take(key, |value| value.as_str().map(str::to_owned), "text")
    }

    /// The members of an object under a key, each read; null is one that goes.
    fn members<T>(&mut self, key: &str, read: impl Fn(Json, Path) -> Result<T>) -> Result<Option<Members<T>>> {
        let at = self.at.clone().key(key);
        match self.object.remove(key) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Object(object)) => {
                let one = |(id, value): (String, Json)| match value {
                    Json::Null => Ok((id, None)),
                    value => {
                        let read = read(value, at.clone().key(id.as_str()))?;
                        Ok((id, Some(read)))
                    }
                };
                object.into_iter().map(one).collect::<Result<_>>().map(Some)
            }
            Some(_) => Err(Error::invalid(at, Rule::Type("an object"))),
        }
    }

    /// What is left: kept as it is, within bounds.
    fn rest(self) -> Result<Map<String, Json>> {
        let rest = Json::Object(self.object);
        if rest.to_string().len() > MOST_KEPT {
            return Err(Error::TooLarge { what: "rest of an object", limit: MOST_KEPT as u64 });
        }
        match rest {
            Json::Object(object) => Ok(object),
            _ => Ok(Map::new()),
        }
    }
}
