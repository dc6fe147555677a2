//! `GET /assets/{site}/{file}`: the bytes of a file by its path, as published pages have them; of a picture also in
//! another shape (`w`, `h`, `fit`, `fm`, `q`), and what is known of it (`fm=json`).
//!
//! A path holds what nobody can guess. It shows the file to everybody while the file stands where the site's read-only
//! token may read it, else only to who shows a credential of their own that may.

use crate::cell::files;
use crate::door::State;
use crate::session;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use edge::file::{self, Described, Wanted};
use edge::{Answer, Call, Params, Presented, respond};
use engine::files::{FileRow, Fit, Format, LONGEST_SIDE, Shape, known_type};
use engine::{View, Weight};
use model::error::Path;
use model::{Actor, DatabaseId, Error, Result, Rule, Subject};
use serde_json::json;
use std::sync::Arc;

/// What is asked of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asked {
    Whole,
    Described,
    Shaped(Shape),
}

pub async fn answer(Shared(state): Shared<State>, call: Call) -> Answer {
    // A wrong shape costs nothing but this look at it (S11).
    let asked = match asked(&call.params()?) {
        Ok(asked) => asked,
        Err(error) => {
            call.stranger()?;
            return Err(error.into());
        }
    };
    let named = Named::of(&state, &call)?;
    let headers = call.headers().clone();
    drop(call);
    let found = find(&state, named).await?;
    match asked {
        Asked::Whole => whole(&state, &headers, &found).await,
        Asked::Described => described(&found),
        Asked::Shaped(shape) => shaped(&state, &headers, &found, shape).await,
    }
}

/// The file that a path names, and who asks for it, if they show a credential.
struct Named {
    site: DatabaseId,
    token: String,
    actor: Option<Arc<Actor>>,
}

impl Named {
    fn of(state: &State, call: &Call) -> Result<Named> {
        let actor = if call.presented() == Presented::Nothing {
            call.stranger()?;
            None
        } else {
            Some(session::asker(call, &state.engine)?.actor)
        };
        let path = format!("/{}/{}", call.segment("site"), call.segment("file"));
        let site = call.segment("site").parse().map(DatabaseId).map_err(|_| missing())?;
        let token = files::read_path(&path).map(|(token, _)| token.to_owned()).ok_or_else(missing)?;
        Ok(Named { site, token, actor })
    }
}

/// The file, if it is published or the asker may read it.
async fn find(state: &State, named: Named) -> Result<FileRow> {
    let Named { site, token, actor } = named;
    let actor = match (state.engine.published_file(site, &token).await, actor) {
        (Err(Error::NotFound { .. }), Some(actor)) => actor,
        (found, _) => return found,
    };
    let all = state.engine.list_all_databases(&actor)?;
    let key = all.iter().find(|info| info.id == site).ok_or_else(missing)?.key;
    let own = token.clone();
    let look = move |view: &mut View<'_>| view.file_anywhere(&own);
    match state.engine.read(&actor, key, Weight::Point, look).await {
        Err(Error::NotFound { .. } | Error::Forbidden(_)) => state.engine.get_upload(&actor, &token, None),
        found => found,
    }
}

fn missing() -> Error {
    Error::not_found(Subject::File, "")
}

fn asked(params: &Params<'_>) -> Result<Asked> {
    params.refuse_unknown(&["w", "h", "fit", "fm", "q"])?;
    let wrong = |key: &str, why: String| Error::malformed(key, why);
    let number = |key: &str, most: u32| match params.one(key)? {
        None => Ok(None),
        Some(text) => {
            let number = text.parse::<u32>().ok().filter(|number| (1..=most).contains(number));
            number.map(Some).ok_or_else(|| wrong(key, format!("must be a whole number from 1 to {most}")))
        }
    };
    let one_of = |key: &str, words: &[&str], given: &str| {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Error::invalid_given(Path::of(key), Rule::Enum(words), given)
    };
    let (width, height) = (number("w", LONGEST_SIDE)?, number("h", LONGEST_SIDE)?);
    let quality = number("q", 100)?;
    let fit = params.one("fit")?;
    let format = match params.one("fm")? {
        None => None,
        Some("json") => return Ok(Asked::Described),
        Some("jpg" | "jpeg" | "pjpg") => Some(Format::Jpeg),
        Some("png") => Some(Format::Png),
        Some("webp") => Some(Format::WebP),
        Some(other) => return Err(one_of("fm", &["json", "jpg", "png", "webp"], other)),
    };
    if (width, height, quality, fit, format) == (None, None, None, None, None) {
        return Ok(Asked::Whole);
    }
    let fit = match fit {
        None | Some("clip") => Fit::Clip,
        Some("max") => Fit::Max,
        Some("crop") => Fit::Crop,
        Some("scale") => Fit::Scale,
        Some(other) => return Err(one_of("fit", &["clip", "max", "crop", "scale"], other)),
    };
    Ok(Asked::Shaped(Shape { width, height, fit, format, quality: quality.map_or(QUALITY, |q| q as u8) }))
}

/// Of a JPEG when nobody says.
const QUALITY: u8 = 75;

/// What is known of a file, in the words of who serves the live service's pictures (facts 1, "uploadImage").
fn described(found: &FileRow) -> Answer {
    let (width, height) = found.dimensions.unzip();
    let told = json!({
        "Content-Type": known_type(&found.media_type),
        "Content-Length": found.size,
        "PixelWidth": width,
        "PixelHeight": height,
    });
    Ok(respond::wire(StatusCode::OK, &told)?)
}

async fn whole(state: &State, headers: &HeaderMap, found: &FileRow) -> Answer {
    let etag = etag(found, "");
    let media_type = known_type(&found.media_type);
    let described = Described { media_type, name: &found.name, size: found.size, etag: &etag };
    let (range, part) = match file::wanted(headers, &etag, found.size) {
        Wanted::Nothing => return Ok(file::not_modified(described)),
        Wanted::Beyond => {
            let mut response = crate::error::render(&Error::malformed("Range", "is not of this file"));
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            file::say_beyond(&mut response, found.size);
            return Ok(response);
        }
        Wanted::Whole => (0..found.size, None),
        Wanted::Part(range) => (range.clone(), Some(range)),
    };
    let reading = state.engine.read_file(found, range).await?;
    Ok(file::answer(described, part, reading))
}

async fn shaped(state: &State, headers: &HeaderMap, found: &FileRow, shape: Shape) -> Answer {
    let etag = etag(found, &format!("{shape:?}").replace(|c: char| !c.is_ascii_alphanumeric(), ""));
    if let Wanted::Nothing = file::wanted(headers, &etag, u64::MAX) {
        let media_type = known_type(&found.media_type);
        return Ok(file::not_modified(Described { media_type, name: &found.name, size: 0, etag: &etag }));
    }
    let made = state.engine.read_shaped(found, shape).await?;
    let (bytes, media_type) =
        made.ok_or_else(|| Error::malformed("file", "is no picture that can have another shape"))?;
    let described = Described { media_type, name: &found.name, size: bytes.len() as u64, etag: &etag };
    Ok(file::answer_bytes(described, bytes))
}

/// The same bytes in the same shape have the same tag.
fn etag(found: &FileRow, form: &str) -> String {
    let head: String = found.hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{head}{form}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_read_and_what_is_none_is_refused_by_its_name() {
        let of = |query: &str| {
            let params = Params::parse(query, 1000).expect("a query");
            asked(&params).map_err(|error| error.to_string())
        };
        assert_eq!(of(""), Ok(Asked::Whole));
        assert_eq!(of("fm=json&w=10"), Ok(Asked::Described));
        let shape = Shape { width: Some(10), height: None, fit: Fit::Clip, format: None, quality: QUALITY };
        assert_eq!(of("w=10"), Ok(Asked::Shaped(shape)));
        let full = Shape { height: Some(20), fit: Fit::Crop, format: Some(Format::WebP), quality: 50, ..shape };
        assert_eq!(of("w=10&h=20&fit=crop&fm=webp&q=50"), Ok(Asked::Shaped(full)));
        for wrong in ["w=0", "w=-1", "w=4097", "w=x", "w=1&w=2", "q=101", "fit=bend", "fm=exe", "blur=10"] {
            let name = wrong.split('=').next().expect("a name");
            let said = of(wrong).expect_err(wrong);
            assert!(said.starts_with(name), "{wrong}: {said}");
        }
    }
}
