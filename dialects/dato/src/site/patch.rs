//! `PUT /site`: partial, absent attributes keep their value (facts 2).

use super::{Settings, seo, zone};
use crate::error::{attribute, wrong};
use crate::wire::{self, Attributes};
use model::change::{DatabasePatch, Patch};
use model::{Error, Json, Result, Rule};
use serde_json::Map;

/// Longest text of a setting, in characters.
pub const LONGEST: usize = 2_000;

/// What to change, checked as far as it can be without the site.
#[derive(Clone, Debug)]
pub struct SitePatch {
    pub name: Option<String>,
    locales: Option<Vec<String>>,
    attributes: Attributes,
}

impl SitePatch {
    /// Reads attributes.
    pub fn read(attributes: Attributes) -> Result<SitePatch> {
        let name = wire::text(&attributes, "name")?.map(str::to_owned);
        if let Some(name) = &name {
            if name.trim().is_empty() {
                return Err(wrong("name", Rule::Required));
            }
            if name.chars().count() > model::field::MAX_NAME {
                return Err(wrong(
                    "name",
                    Rule::Length { min: None, max: Some(model::field::MAX_NAME as u64), eq: None },
                ));
            }
        }
        let locales = locales(&attributes)?;
        let patch = SitePatch { name, locales, attributes };
        // What is wrong by itself is refused before anything is written.
        patch.change(&mut Settings::default(), &["en".to_owned()])?;
        Ok(patch)
    }

    /// The change of the database that has these settings and locales.
    pub fn database(&self, mut settings: Settings, present: &[String]) -> Result<DatabasePatch> {
        let codes = self.locales.as_deref().unwrap_or(present);
        self.change(&mut settings, codes)?;
        settings.global_seo.retain(|code, _| codes.contains(code));
        Ok(DatabasePatch { locales: self.locales.clone(), bag: settings.to_bag() })
    }

    fn change(&self, settings: &mut Settings, codes: &[String]) -> Result<()> {
        let given = &self.attributes;
        if let Some(name) = wire::text(given, "timezone")? {
            zone::find(name).ok_or_else(|| Error::invalid_given(attribute("timezone"), Rule::Unknown, name))?;
            name.clone_into(&mut settings.timezone);
        }
        if let Some(hue) = wire::whole(given, "theme_hue")? {
            let hue = u16::try_from(hue).ok().filter(|hue| *hue < 360);
            let range = Rule::Range { min: Some(0.0), max: Some(359.0) };
            settings.theme_hue = hue.ok_or_else(|| wrong("theme_hue", range))?;
        }
        if let Some(no_index) = wire::flag(given, "no_index")? {
            settings.no_index = no_index;
        }
        if let Some(favicon) = given.get("favicon") {
            settings.favicon = image("favicon", favicon)?;
        }
        if let Some(global_seo) = given.get("global_seo") {
            seo::change(settings, codes, global_seo)?;
        }
        let texts = [("ssg", &mut settings.ssg), ("frontend_url", &mut settings.frontend_url)];
        for (key, present) in texts {
            let patch = wire::nullable_text(given, key)?;
            if matches!(&patch, Patch::Set(text) if text.chars().count() > LONGEST) {
                return Err(wrong(key, Rule::Length { min: None, max: Some(LONGEST as u64), eq: None }));
            }
            patch.apply(present);
        }
        Ok(())
    }
}

fn locales(attributes: &Attributes) -> Result<Option<Vec<String>>> {
    let wrong_type = || wrong("locales", Rule::Type("a list of codes such as en or pt-BR"));
    let list = match attributes.get("locales") {
        None => return Ok(None),
        Some(Json::Array(list)) => list,
        Some(_) => return Err(wrong_type()),
    };
    list.iter().map(|code| code.as_str().map(str::to_owned).ok_or_else(wrong_type)).collect::<Result<_>>().map(Some)
}

/// An image of a setting: `{path, width, height, format, size}`, or null. Other members are passed over.
pub fn image(name: &str, given: &Json) -> Result<Json> {
    let object = match given {
        Json::Null => return Ok(Json::Null),
        Json::Object(object) => object,
        _ => return Err(wrong(name, Rule::Type("an image"))),
    };
    let mut kept = Map::new();
    for key in ["path", "width", "height", "format", "size"] {
        let value = object.get(key).unwrap_or(&Json::Null);
        let fits = match key {
            "path" => value.as_str().is_some_and(|path| path.starts_with('/') && path.len() <= LONGEST),
            "format" => value.is_null() || value.as_str().is_some_and(|text| text.len() <= 50),
            _ => value.is_null() || value.is_u64(),
        };
        if !fits {
            return Err(wrong(name, Rule::Malformed(format!("must have an image's {key}"))));
        }
        kept.insert(key.to_owned(), value.clone());
    }
    Ok(Json::Object(kept))
}
