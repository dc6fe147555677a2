//! `global_seo`: flat while the site has one locale, by locale when it has several (facts 2).

use crate::error::wrong;
use crate::site::Settings;
use model::schema::Locale;
use model::{Json, Result, Rule};
use serde_json::{Map, json};

const NAME: &str = "global_seo";
const TEXTS: &[&str] = &["site_name", "title_suffix", "facebook_page_url", "twitter_account"];

/// The value as it is shown.
pub fn shown(settings: &Settings, locales: &[Locale]) -> Json {
    let of = |locale: &Locale| settings.global_seo.get(&locale.code).cloned().unwrap_or_default();
    match locales {
        [only] => of(only),
        several if several.iter().all(|locale| of(locale).is_null()) => Json::Null,
        several => Json::Object(several.iter().map(|locale| (locale.code.clone(), of(locale))).collect()),
    }
}

/// Takes a new value; locales that it does not name keep theirs. A flat one is the first locale's.
pub fn change(settings: &mut Settings, codes: &[String], given: &Json) -> Result<()> {
    let object = match given {
        Json::Null => {
            settings.global_seo.clear();
            return Ok(());
        }
        Json::Object(object) => object,
        _ => return Err(wrong(NAME, Rule::Type("an object"))),
    };
    let is_keyed = !object.is_empty()
        && object.iter().all(|(key, value)| (value.is_object() || value.is_null()) && codes.contains(key));
    if is_keyed {
        for (code, value) in object {
            settings.global_seo.insert(code.clone(), checked(value)?);
        }
    } else if let Some(first) = codes.first() {
        settings.global_seo.insert(first.clone(), checked(given)?);
    }
    Ok(())
}

/// The known members of one locale's value.
fn checked(given: &Json) -> Result<Json> {
    let Json::Object(object) = given else { return Ok(Json::Null) };
    let mut kept = Map::new();
    for key in TEXTS {
        kept.insert((*key).to_owned(), text(object.get(*key))?);
    }
    let fallback = match object.get("fallback_seo") {
        None | Some(Json::Null) => Json::Null,
        Some(Json::Object(seo)) => {
            let image = seo.get("image").unwrap_or(&Json::Null);
            json!({
                "title": text(seo.get("title"))?,
                "description": text(seo.get("description"))?,
                "image": super::patch::image(NAME, image)?,
            })
        }
        Some(_) => return Err(wrong(NAME, Rule::Malformed("must have an object in fallback_seo".to_owned()))),
    };
    kept.insert("fallback_seo".to_owned(), fallback);
    Ok(Json::Object(kept))
}

fn text(given: Option<&Json>) -> Result<Json> {
    match given {
        None | Some(Json::Null) => Ok(Json::Null),
        Some(Json::String(text)) if text.chars().count() <= super::patch::LONGEST => Ok(Json::from(text.as_str())),
        Some(_) => Err(wrong(NAME, Rule::Malformed("must have short texts".to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::LocaleId;

    fn locales(codes: &[&str]) -> Vec<Locale> {
        let locale = |(i, code): (usize, &&str)| Locale { id: LocaleId(i as u16 + 1), code: (*code).to_owned() };
        codes.iter().enumerate().map(locale).collect()
    }

    #[test]
    fn it_is_flat_with_one_locale_and_keyed_with_several() {
        let mut settings = Settings::default();
        let codes = ["en".to_owned(), "it".to_owned()];
        assert_eq!(shown(&settings, &locales(&["en"])), Json::Null);
        change(&mut settings, &codes[..1], &json!({"site_name": "A", "unknown": 1})).expect("flat");
        assert_eq!(shown(&settings, &locales(&["en"]))["site_name"], "A");
        assert_eq!(shown(&settings, &locales(&["en"])).get("unknown"), None);
        let keyed = shown(&settings, &locales(&["en", "it"]));
        assert_eq!((&keyed["en"]["site_name"], &keyed["it"]), (&json!("A"), &Json::Null));
        change(&mut settings, &codes, &keyed).expect("as it was read");
        assert_eq!(shown(&settings, &locales(&["en", "it"])), keyed);
        change(&mut settings, &codes, &json!({"it": {"site_name": "B"}})).expect("one of them");
        assert_eq!(shown(&settings, &locales(&["en", "it"]))["en"]["site_name"], "A");
        assert!(change(&mut settings, &codes, &json!({"site_name": 3})).is_err());
        assert!(change(&mut settings, &codes, &json!({"fallback_seo": {"image": {"path": 3}}})).is_err());
    }
}
