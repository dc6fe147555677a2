//! What a file is, told from its bytes by a list of what we know. What a client says of it is never believed.

/// The type of everything that is not on the list.
pub const OTHER: &str = "application/octet-stream";

/// How many bytes of the beginning are looked at.
pub(crate) const HEAD: usize = 4096;

/// Signatures: where they begin, the bytes, the type.
const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypqt  ", "video/quicktime"),
    (4, b"ftypM4A ", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
];

const ZIP: &str = "application/zip";
const TEXT: &str = "text/plain";

/// Office documents are zip files; which one, only their name says.
const OFFICE: &[(&str, &str)] = &[
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
];

/// Kinds of plain text that only their name tells apart. None of them is run by a browser.
const TEXTS: &[(&str, &str)] = &[("csv", "text/csv"), ("json", "application/json"), ("md", "text/markdown")];

/// The type of a file with this beginning. The name decides only between types that are equally harmless.
pub fn media_type(head: &[u8], name: &str) -> &'static str {
    let is_riff = head.starts_with(b"RIFF");
    let fits = |(at, bytes, _): &&(usize, &[u8], &str)| {
        (*at != 8 || is_riff) && head.get(*at..).is_some_and(|rest| rest.starts_with(bytes))
    };
    let known = SIGNATURES.iter().find(fits).map(|(_, _, media)| *media);
    match known {
        Some(media) => named_type(media, name),
        None if is_plain_text(head) => named_type(TEXT, name),
        None => OTHER,
    }
}

/// The type of a file that gets this name: it decides only between types that are equally harmless.
pub fn named_type(media_type: &str, name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    let by_name = |list: &[(&str, &'static str)]| list.iter().find(|(e, _)| *e == extension).map(|(_, media)| *media);
    match known_type(media_type) {
        ZIP => by_name(OFFICE).unwrap_or(ZIP),
        TEXT => by_name(TEXTS).unwrap_or(TEXT),
        other => other,
    }
}

/// The type as it stands on the list; whatever does not is [`OTHER`].
pub fn known_type(media_type: &str) -> &'static str {
    let signed = SIGNATURES.iter().map(|(_, _, media)| *media);
    let named = OFFICE.iter().chain(TEXTS).map(|(_, media)| *media);
    signed.chain(named).chain([TEXT]).find(|known| *known == media_type).unwrap_or(OTHER)
}

/// Text without markup: what begins like a page or an XML document is not called text.
fn is_plain_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end inside a character.
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    let begins = text.trim_start_matches('\u{feff}').trim_start();
    !text.is_empty() && !text.chars().any(is_control) && !begins.starts_with('<')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_say_what_a_file_is() {
        let cases: &[(&[u8], &str, &str)] = &[
            (b"\x89PNG\r\n\x1a\n....", "a.html", "image/png"),
            (b"RIFF....WEBPVP8 ", "a", "image/webp"),
            (b"RIFF....WAVEfmt ", "a", "audio/wav"),
            (b"....WEBPVP8 ", "a.webp", "text/plain"),
            (b"....ftypisom", "a", "video/mp4"),
            (b"PK\x03\x04..", "a.docx", OFFICE[0].1),
            (b"PK\x03\x04..", "a.html", ZIP),
            (b"%PDF-1.7", "a.svg", "application/pdf"),
            (b"a,b\n1,2\n", "A.CSV", "text/csv"),
            (b"a,b\n1,2\n", "a.html", "text/plain"),
            (b"alert(1)", "a.js", "text/plain"),
        ];
        for (head, name, media) in cases {
            assert_eq!(media_type(head, name), *media, "{name}");
        }
    }

    #[test]
    fn what_a_browser_could_run_has_no_type() {
        for page in ["<html>", "  <svg onload=x>", "\u{feff}<?xml version='1.0'?>", "\n<!doctype html>", "a\u{0}b", ""]
        {
            assert_eq!(media_type(page.as_bytes(), "a.svg"), OTHER, "{page}");
        }
    }
}
