//! From `validators` of the wire to rules of the core (facts 2, "Validators"). Bounds may be text: `{"min": "0"}`.

use super::word::FieldType;
use crate::error::wrong;
use crate::names;
use engine::View;
use model::validator::Pattern;
use model::{FieldId, Json, Result, Rule, TableId, Validator};
use serde_json::Map;

/// What validators say.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rules {
    pub list: Vec<Validator>,
    /// The tables that links lead to; none when no validator says it.
    pub targets: Option<Vec<TableId>>,
    /// The field that a slug is made of, where a validator says it.
    pub slug_source: Option<FieldId>,
}

/// Reads validators for a field of a type.
pub fn read(view: &View<'_>, field_type: FieldType, given: &Map<String, Json>) -> Result<Rules> {
    let find = |id: &str| names::find_item_type(view, id).ok().map(|table| table.id);
    read_with(&find, field_type, given)
}

/// Reads validators; `find` tells the table of an item type's id.
pub fn read_with(
    find: &dyn Fn(&str) -> Option<TableId>,
    field_type: FieldType,
    given: &Map<String, Json>,
) -> Result<Rules> {
    let mut rules = Rules::default();
    for (name, options) in given {
        let options = Options { name, options };
        let validator = match name.as_str() {
            "required" => options.plain(Validator::Required)?,
            "unique" => options.plain(Validator::Unique)?,
            "enum" => Some(Validator::Enum(options.texts("values")?)),
            "format" => options.format()?,
            "slug_format" => options.slug_format()?,
            "number_range" => {
                let (min, max) = (options.number("min")?, options.number("max")?);
                Some(Validator::Range { min, max })
            }
            "length" => Some(Validator::Length {
                min: options.whole("min")?,
                max: options.whole("max")?,
                eq: options.whole("eq")?,
            }),
            "size" => Some(Validator::Size {
                min: options.whole("min")?,
                max: options.whole("max")?,
                eq: options.whole("eq")?,
            }),
            "date_range" | "date_time_range" => {
                Some(Validator::DateRange { min: options.text("min")?, max: options.text("max")? })
            }
            "extension" => options.extensions()?,
            "file_size" => Some(Validator::FileSize { min: options.bytes("min")?, max: options.bytes("max")? }),
            "image_dimensions" => Some(Validator::ImageDimensions {
                min_width: options.whole("width_min_value")?,
                max_width: options.whole("width_max_value")?,
                min_height: options.whole("height_min_value")?,
                max_height: options.whole("height_max_value")?,
            }),
            "title_length" | "description_length" => Some(Validator::PartLength {
                part: name.trim_end_matches("_length").to_owned(),
                min: options.whole("min")?,
                max: options.whole("max")?,
            }),
            "slug_title_field" if field_type == FieldType::Slug => {
                let id = options.text("title_field_id")?;
                let field =
                    id.as_deref().and_then(names::read_field).ok_or_else(|| options.wrong("has no such field"))?;
                rules.slug_source = Some(field.1);
                None
            }
            "item_item_type" | "items_item_type" | "rich_text_blocks"
                if field_type.target_validator() == Some(name.as_str()) =>
            {
                let mut tables = Vec::new();
                for id in options.ids("item_types")? {
                    let table = find(&id).ok_or_else(|| options.wrong("names an item type that does not exist"))?;
                    if !tables.contains(&table) {
                        tables.push(table);
                    }
                }
                rules.targets = Some(tables.clone());
                (!tables.is_empty()).then_some(Validator::Tables(tables))
            }
            _ => return Err(options.wrong(&format!("is no validator of a field of type {}", field_type.word()))),
        };
        rules.list.extend(validator);
    }
    Ok(rules)
}

/// The options of one validator.
struct Options<'a> {
    name: &'a str,
    options: &'a Json,
}

impl Options<'_> {
    fn wrong(&self, why: &str) -> model::Error {
        wrong("validators", Rule::Malformed(format!("{} {why}", self.name)))
    }

    /// A validator without options; `false` and null mean that it does not hold.
    fn plain(&self, validator: Validator) -> Result<Option<Validator>> {
        match self.options {
            Json::Null | Json::Bool(false) => Ok(None),
            Json::Object(_) | Json::Bool(true) => Ok(Some(validator)),
            Json::Number(_) | Json::String(_) | Json::Array(_) => Err(self.wrong("must be an object")),
        }
    }

    fn get(&self, key: &str) -> Option<&Json> {
        self.options.get(key).filter(|value| !value.is_null() && **value != "")
    }

    fn text(&self, key: &str) -> Result<Option<String>> {
        match self.get(key) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.wrong(&format!("must have text in {key}"))),
        }
    }

    fn number(&self, key: &str) -> Result<Option<f64>> {
        let number = match self.get(key) {
            None => return Ok(None),
            Some(Json::Number(number)) => number.as_f64(),
            Some(Json::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        let number = number.filter(|number: &f64| number.is_finite());
        number.map(Some).ok_or_else(|| self.wrong(&format!("must have a number in {key}")))
    }

    fn whole(&self, key: &str) -> Result<Option<u64>> {
        const MOST: f64 = 9_007_199_254_740_992.0;
        let Some(number) = self.number(key)? else { return Ok(None) };
        let whole = (number.fract() == 0.0 && (0.0..=MOST).contains(&number)).then_some(number as u64);
        whole.map(Some).ok_or_else(|| self.wrong(&format!("must have a whole number in {key}")))
    }

    /// A size with its unit, in bytes: `{"min_value": 2, "min_unit": "MB"}`.
    fn bytes(&self, end: &str) -> Result<Option<u64>> {
        let Some(number) = self.number(&format!("{end}_value"))? else { return Ok(None) };
        let unit = match self.text(&format!("{end}_unit"))?.as_deref() {
            None | Some("B") => 1.0,
            Some("KB") => 1024.0,
            Some("MB") => 1024.0 * 1024.0,
            Some(_) => return Err(self.wrong(&format!("must have B, KB or MB in {end}_unit"))),
        };
        Ok(Some((number * unit).max(0.0) as u64))
    }

    fn texts(&self, key: &str) -> Result<Vec<String>> {
        let wrong = || self.wrong(&format!("must have a list of texts in {key}"));
        let list = self.get(key).and_then(Json::as_array).ok_or_else(wrong)?;
        list.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
    }

    /// Ids, which some clients write as numbers.
    fn ids(&self, key: &str) -> Result<Vec<String>> {
        let wrong = || self.wrong(&format!("must have a list of ids in {key}"));
        let list = self.get(key).and_then(Json::as_array).ok_or_else(wrong)?;
        let id = |item: &Json| match item {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        };
        list.iter().map(|item| id(item).ok_or_else(wrong)).collect()
    }

    fn format(&self) -> Result<Option<Validator>> {
        if let Some(custom) = self.text("custom_pattern")? {
            return Ok(Some(Validator::Pattern(Pattern::Custom(custom))));
        }
        match self.text("predefined_pattern")?.as_deref() {
            Some("email") => Ok(Some(Validator::Pattern(Pattern::Email))),
            Some("url") => Ok(Some(Validator::Pattern(Pattern::Url))),
            Some(_) | None => Err(self.wrong("must have custom_pattern, or email or url in predefined_pattern")),
        }
    }

    fn slug_format(&self) -> Result<Option<Validator>> {
        if let Some(custom) = self.text("custom_pattern")? {
            return Ok(Some(Validator::Pattern(Pattern::Custom(custom))));
        }
        match self.text("predefined_pattern")?.as_deref() {
            Some("webpage_slug") => Ok(Some(Validator::Pattern(Pattern::Custom(WEBPAGE_SLUG.to_owned())))),
            Some(_) | None => Err(self.wrong("must have custom_pattern, or webpage_slug in predefined_pattern")),
        }
    }

    fn extensions(&self) -> Result<Option<Validator>> {
        if self.get("extensions").is_some() {
            let list = self.texts("extensions")?;
            return Ok(Some(Validator::Extension(list.into_iter().map(|e| e.to_lowercase()).collect())));
        }
        let list: &[&str] = match self.text("predefined_list")?.as_deref() {
            Some("image" | "transformable_image") => &["png", "jpg", "jpeg", "gif", "webp", "svg", "tiff", "bmp"],
            Some("video") => &["mp4", "mov", "webm", "avi", "mkv", "ogv"],
            Some("document") => {
                &["pdf", "doc", "docx", "odt", "rtf", "txt", "xls", "xlsx", "ods", "ppt", "pptx", "csv"]
            }
            Some(_) | None => return Err(self.wrong("must have a list in extensions or a name in predefined_list")),
        };
        Ok(Some(Validator::Extension(list.iter().map(|e| (*e).to_owned()).collect())))
    }
}

/// Lower-case words with dashes between them.
pub const WEBPAGE_SLUG: &str = "^[a-z0-9_]+(?:-[a-z0-9_]+)*$";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(field_type: FieldType, given: Json) -> String {
        let Json::Object(given) = given else { unreachable!() };
        let find = |id: &str| id.parse().ok().filter(|n| *n < 10).map(TableId);
        match read_with(&find, field_type, &given) {
            Ok(rules) => format!("{:?} {:?}", rules.list, rules.targets),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn validators_of_the_facts_are_read() {
        use FieldType::*;
        let cases = [
            (String, json!({"required": {}}), "[Required] None"),
            (String, json!({"unique": {}}), "[Unique] None"),
            (String, json!({"enum": {"values": ["a", "b"]}}), r#"[Enum(["a", "b"])] None"#),
            (String, json!({"format": {"predefined_pattern": "email"}}), "[Pattern(Email)] None"),
            (String, json!({"format": {"custom_pattern": "^a"}}), r#"[Pattern(Custom("^a"))] None"#),
            (Float, json!({"number_range": {"min": "0"}}), "[Range { min: Some(0.0), max: None }] None"),
            (Float, json!({"number_range": {"min": 1, "max": ""}}), "[Range { min: Some(1.0), max: None }] None"),
            (Text, json!({"length": {"eq": "5"}}), "[Length { min: None, max: None, eq: Some(5) }] None"),
            (
                Date,
                json!({"date_range": {"min": "2017-01-01"}}),
                r#"[DateRange { min: Some("2017-01-01"), max: None }] None"#,
            ),
            (Gallery, json!({"size": {"min": 1}}), "[Size { min: Some(1), max: None, eq: None }] None"),
            (
                Link,
                json!({"item_item_type": {"item_types": ["3", 4, "3"]}}),
                "[Tables([TableId(3), TableId(4)])] Some([TableId(3), TableId(4)])",
            ),
            (
                File,
                json!({"file_size": {"max_value": 2, "max_unit": "KB"}}),
                "[FileSize { min: None, max: Some(2048) }] None",
            ),
            (String, json!({"required": null}), "[] None"),
        ];
        for (field_type, given, expected) in cases {
            assert_eq!(said(field_type, given.clone()), expected, "{given}");
        }
    }

    #[test]
    fn what_is_no_validator_is_refused_by_its_name() {
        let cases = [
            (json!({"wrong": {}}), "attributes.validators wrong is no validator of a field of type string"),
            (json!({"required": 3}), "attributes.validators required must be an object"),
            (json!({"enum": {"values": [3]}}), "attributes.validators enum must have a list of texts in values"),
            (json!({"number_range": {"min": "x"}}), "attributes.validators number_range must have a number in min"),
            (json!({"length": {"min": -1}}), "attributes.validators length must have a whole number in min"),
            (
                json!({"items_item_type": {"item_types": []}}),
                "attributes.validators items_item_type is no validator of a field of type string",
            ),
        ];
        for (given, expected) in cases {
            assert_eq!(said(FieldType::String, given.clone()), expected, "{given}");
        }
        let unknown = json!({"item_item_type": {"item_types": ["77"]}});
        let said = said(FieldType::Link, unknown);
        assert_eq!(said, "attributes.validators item_item_type names an item type that does not exist");
    }
}
