//! Files: `{path, format, size}`, of an image with `width`, `height`, `alt` and `title` (facts 2).
//!
//! A path is the id of the upload request that took the file in: `/SITE/UNIXTIME-TOKEN-NAME`. The token in it is what the
//! core knows the file by, so that a path needs no look-up and cannot be guessed. A cell keeps the path that it was given;
//! files that came through other doors get one made of their name.

use model::{DatabaseId, Json, Value};
use serde_json::{Map, json};

/// Longest name in a path that we make, in characters.
const LONGEST_NAME: usize = 120;
/// Characters of a file's token.
const TOKEN: usize = 32;
/// What a cell keeps of a file beside what the core knows of it.
pub const KEPT: [&str; 3] = ["path", "alt", "title"];

/// How the files of a cell are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Image,
    File,
    Gallery,
}

/// The path of a file of a site that was announced at a time (UTC seconds).
pub fn path(site: DatabaseId, at: i64, token: &str, name: &str) -> String {
    format!("/{}/{at}-{token}-{name}", site.0)
}

/// A name as it stands in a path: what is no letter, digit, dot, dash or underscore of ASCII becomes a dash.
pub fn plain_name(given: &str) -> String {
    let given = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut name = String::with_capacity(given.len().min(LONGEST_NAME));
    for c in given.chars() {
        match (fits(c), name.ends_with('-')) {
            (true, _) => name.push(c),
            (false, false) => name.push('-'),
            (false, true) => {}
        }
    }
    let name = name.trim_matches(['-', '.']);
    // The end of a long name says what it is.
    let start = name.len().saturating_sub(LONGEST_NAME);
    if name.is_empty() { "file".to_owned() } else { name[start..].to_owned() }
}

/// The token and name in a path.
pub fn read_path(path: &str) -> Option<(&str, &str)> {
    let (_, rest) = path.strip_prefix('/')?.split_once('/')?;
    let (at, rest) = rest.split_once('-')?;
    let (token, name) = rest.split_once('-')?;
    let fits = at.bytes().all(|b| b.is_ascii_digit())
        && token.len() == TOKEN
        && token.bytes().all(|b| b.is_ascii_alphanumeric())
        && !name.is_empty();
    fits.then_some((token, name))
}

/// The files of a cell as this door shows them.
pub fn shown(form: Form, site: DatabaseId, files: &Json) -> Json {
    let list: &[Json] = files.as_array().map_or(&[], Vec::as_slice);
    match form {
        Form::Gallery => list.iter().map(|file| image(site, file)).collect(),
        Form::Image => list.first().map_or(Json::Null, |file| image(site, file)),
        Form::File => list.first().map_or(
            Json::Null,
            |file| json!({"path": path_of(site, file), "format": format(file), "size": file.get("size")}),
        ),
    }
}

fn image(site: DatabaseId, file: &Json) -> Json {
    json!({
        "path": path_of(site, file),
        "width": file.get("width"),
        "height": file.get("height"),
        "format": format(file),
        "size": file.get("size"),
        "alt": file.get("alt"),
        "title": file.get("title"),
    })
}

fn path_of(site: DatabaseId, file: &Json) -> String {
    let text = |key: &str| file.get(key).and_then(Json::as_str).unwrap_or_default();
    match text("path") {
        "" => path(site, 0, text("token"), text("name")),
        kept => kept.to_owned(),
    }
}

/// The extension of the name, in lower case.
pub fn format(file: &Json) -> Json {
    let name = file.get("name").and_then(Json::as_str).unwrap_or_default();
    name.rsplit_once('.').map_or(Json::Null, |(_, extension)| Json::from(extension.to_lowercase()))
}

/// The value meant: a list of files, each by its path. What is no file comes back as it is, for the core to refuse.
/// `present` is what the cell holds now: files behind the first that a cell of one file has from other doors stay.
pub fn decode(form: Form, given: &Json, present: Option<&Value>) -> Value {
    let unfit = || Value::Structure(given.clone());
    match (form, given) {
        (Form::Gallery, Json::Array(list)) => {
            let files: Option<Vec<Json>> = list.iter().map(file).collect();
            files.map_or_else(unfit, |files| Value::Structure(Json::Array(files)))
        }
        (Form::Image | Form::File, Json::Object(_)) => {
            let Some(first) = file(given) else { return unfit() };
            let mut files = vec![first];
            if let Some(Value::Structure(Json::Array(present))) = present
                && present.first().is_some_and(|was| was.get("token") == files[0].get("token"))
            {
                files.extend_from_slice(&present[1..]);
            }
            Value::Structure(Json::Array(files))
        }
        _ => unfit(),
    }
}

/// A file of the wire as a cell keeps it. Size and pixels come from the file itself.
fn file(given: &Json) -> Option<Json> {
    let path = given.get("path")?.as_str()?;
    let (token, name) = read_path(path)?;
    let mut kept = Map::new();
    kept.insert("token".to_owned(), token.into());
    kept.insert("name".to_owned(), name.into());
    for key in KEPT {
        match given.get(key) {
            None | Some(Json::Null) => {}
            Some(Json::String(text)) => {
                kept.insert(key.to_owned(), text.as_str().into());
            }
            Some(_) => return None,
        }
    }
    Some(Json::Object(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: DatabaseId = DatabaseId(7);

    fn token() -> String {
        "aB3".repeat(11)[..32].to_owned()
    }

    #[test]
    fn a_path_names_its_file() {
        let path = path(SITE, 1_455_102_967, &token(), "my-image.png");
        assert_eq!(read_path(&path), Some((token().as_str(), "my-image.png")));
        for wrong in ["/7/1455102967-image.png", "7/1-x-y", "", "/", "/7/1-short-name", "/7/x-aB3-y"] {
            assert_eq!(read_path(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_name_in_a_path_is_plain() {
        let cases = [
            ("my-image.png", "my-image.png"),
            ("My picture.PNG", "My-picture.PNG"),
            ("../../etc/passwd", "passwd"),
            ("C:\\a b.txt", "a-b.txt"),
            ("é", "file"),
            ("", "file"),
            ("..", "file"),
            ("a\r\nb.txt", "a-b.txt"),
        ];
        for (given, expected) in cases {
            assert_eq!(plain_name(given), expected, "{given:?}");
        }
        assert_eq!(plain_name(&format!("{}.png", "n".repeat(4096))).len(), LONGEST_NAME);
    }

    #[test]
    fn what_is_shown_can_be_written_back() {
        let path = path(SITE, 5, &token(), "a.PNG");
        let given =
            json!({"path": path, "width": 1, "height": 2, "format": "png", "size": 9, "alt": "A", "title": null});
        let Value::Structure(kept) = decode(Form::Image, &given, None) else { panic!("a structure") };
        assert_eq!(kept[0]["token"], token());
        let mut known = kept[0].clone();
        (known["size"], known["width"], known["height"]) = (9.into(), 1.into(), 2.into());
        let present = Value::Structure(json!([known, {"token": "other"}]));
        let Value::Structure(present_json) = &present else { unreachable!() };
        let shown_now = shown(Form::Image, SITE, present_json);
        assert_eq!(shown_now, given);
        let Value::Structure(again) = decode(Form::Image, &shown_now, Some(&present)) else { panic!("a structure") };
        assert_eq!(again[1]["token"], "other", "what this door does not show stays");
        let gallery = shown(Form::Gallery, SITE, &json!([known]));
        assert_eq!(gallery[0], given);
        assert_eq!(decode(Form::File, &json!("x"), None), Value::Structure(json!("x")));
        assert_eq!(decode(Form::Gallery, &json!([{"path": "/x"}]), None), Value::Structure(json!([{"path": "/x"}])));
    }
}
