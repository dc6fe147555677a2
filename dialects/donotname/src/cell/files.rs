//! Attachments: what a cell shows of its files (facts A3), with addresses that need no header.

use edge::json::{self, Commas};
use engine::View;
use engine::files::{Dimensions, FilePlace, Seals, Thumbnail, may_be_shrunk};
use model::Json;

/// Characters of a file's token that are in the id of an attachment.
pub const ID: usize = 16;

/// What makes the addresses of attachments in one answer.
pub struct FileLinks(Option<Seals>);

impl FileLinks {
    /// For an answer with attachments. Without addresses, when none can be made, an attachment is still one.
    pub fn of(view: &View<'_>) -> FileLinks {
        FileLinks(view.seals().ok().flatten())
    }

    /// For an answer without attachments.
    pub fn none() -> FileLinks {
        FileLinks(None)
    }

    /// For uploads that are in no cell.
    pub fn sealed_with(seals: Option<Seals>) -> FileLinks {
        FileLinks(seals)
    }

    /// Appends the attachments of a cell: a list of them, or one.
    pub fn value(&self, out: &mut Vec<u8>, value: &Json, place: FilePlace) {
        match value {
            Json::Array(items) => {
                out.push(b'[');
                let mut commas = Commas::default();
                for item in items {
                    commas.next(out);
                    self.item(out, item, place);
                }
                out.push(b']');
            }
            item => self.item(out, item, place),
        }
    }

    /// Appends one attachment.
    fn item(&self, out: &mut Vec<u8>, item: &Json, place: FilePlace) {
        let text = |key: &str| item.get(key).and_then(Json::as_str).unwrap_or_default();
        let number = |key: &str| item.get(key).and_then(Json::as_u64);
        let token = text("token");
        out.extend_from_slice(b"{\"id\":");
        json::string(out, &id(token));
        let texts = [("name", text("name")), ("path", &format!("table/{token}")), ("token", token)];
        for (key, value) in texts {
            key_of(out, key);
            json::string(out, value);
        }
        key_of(out, "size");
        json::integer(out, number("size").unwrap_or(0) as i64);
        key_of(out, "mimetype");
        json::string(out, text("mimetype"));
        if let Some(url) = self.url(token, place, None) {
            key_of(out, "presignedUrl");
            json::string(out, &url);
        }
        let (Some(width), Some(height)) = (number("width"), number("height")) else {
            out.push(b'}');
            return;
        };
        for (key, value) in [("width", width), ("height", height)] {
            key_of(out, key);
            json::integer(out, value as i64);
        }
        let short = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        if may_be_shrunk(text("mimetype"), Dimensions { width: short(width), height: short(height) }) {
            for (key, size) in [("smThumbnailUrl", Thumbnail::Small), ("lgThumbnailUrl", Thumbnail::Large)] {
                if let Some(url) = self.url(token, place, Some(size)) {
                    key_of(out, key);
                    json::string(out, &url);
                }
            }
        }
        out.push(b'}');
    }

    fn url(&self, token: &str, place: FilePlace, size: Option<Thumbnail>) -> Option<String> {
        let seals = self.0.as_ref()?;
        let (claim, signature) = seals.seal(token, place, size);
        let size = size.map_or(String::new(), |size| format!("&size={}", size.word()));
        let origin = seals.origin();
        Some(format!("{origin}/api/attachments/read/{token}?for={claim}{size}&signature={signature}"))
    }
}

/// The id of an attachment: `act` and the beginning of its token, which stands beside it anyway.
pub fn id(token: &str) -> String {
    format!("act{}", token.get(..ID).unwrap_or(token))
}

/// The beginning of a token in the id of an attachment.
pub fn read_id(text: &str) -> Option<&str> {
    let head = text.strip_prefix("act")?;
    (head.len() == ID && head.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(head)
}

fn key_of(out: &mut Vec<u8>, key: &str) {
    out.push(b',');
    json::key(out, key);
}
