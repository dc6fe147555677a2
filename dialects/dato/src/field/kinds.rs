//! The kind of the core that holds values of a type.

use super::validators_in::Rules;
use super::word::FieldType;
use crate::error::wrong;
use crate::names;
use model::kind::{
    Kind, boolean, color, date, datetime, files, integer, json, line, links, location, long_text, number, reference,
    seo, slug, video,
};
use model::{Json, Result, Rule, TableId};

/// The kind of a new field of a type. `rules` say where links lead, `appeareance` what a slug is made of.
pub fn kind(field_type: FieldType, rules: &Rules, appeareance: &Json) -> Result<Kind> {
    Ok(match field_type {
        FieldType::String => Kind::Line(line::Line::default()),
        FieldType::Text => Kind::LongText(long_text::LongText::default()),
        FieldType::Slug => Kind::Slug(slug(rules, appeareance)),
        FieldType::Boolean => Kind::Boolean(boolean::Boolean::default()),
        FieldType::Integer => Kind::Integer(integer::Integer::default()),
        FieldType::Float => Kind::Number(number::Number::default()),
        FieldType::Date => Kind::Date(date::Date::default()),
        FieldType::DateTime => Kind::DateTime(datetime::DateTime::default()),
        FieldType::Image | FieldType::File | FieldType::Gallery => Kind::Files(files::Files::default()),
        FieldType::Video => Kind::Video(video::Video::default()),
        FieldType::LatLon => Kind::Location(location::Location::default()),
        FieldType::Seo => Kind::Seo(seo::Seo::default()),
        FieldType::Link => Kind::Reference(reference::Reference { targets: targets(rules)?, ..Default::default() }),
        FieldType::Links | FieldType::RichText => {
            Kind::Links(links::Links { targets: targets(rules)?, ..Default::default() })
        }
        FieldType::Color => Kind::Color(color::Color::default()),
        FieldType::Json => Kind::Json(json::JsonKind::default()),
    })
}

/// A slug made of the field that `appeareance` names (facts 2), or the validator of later years.
pub fn slug(rules: &Rules, appeareance: &Json) -> slug::Slug {
    let named = |key: &str| appeareance.get(key).and_then(Json::as_str);
    let source = named("title_field_id").and_then(names::read_field).map(|(_, field)| field);
    slug::Slug { source: rules.slug_source.or(source), prefix: named("url_prefix").map(str::to_owned) }
}

fn targets(rules: &Rules) -> Result<Vec<TableId>> {
    rules.targets.clone().filter(|targets| !targets.is_empty()).ok_or_else(|| wrong("validators", Rule::Required))
}
