//! OPML 2.0 with the attributes of Dynalist (facts 4, "Export and import"): `text`, `_note`, `complete`, `checkbox`,
//! `collapsed`, `colorLabel`, `heading`; the outline itself is one element around the rest.
//!
//! Attributes that we do not know are passed over. A document type is refused, and with it every entity of a file's own.

use super::{DEEPEST, Item, Outline, unmarked};
use model::{Error, Path, Result, Rule};
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

/// The word in `flavor` of files whose first element is the outline itself.
const FLAVOR: &str = "dynalist";

/// Reads a file.
pub fn read(text: &str) -> Result<Outline> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut found = Reading::default();
    loop {
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|error| broken(at, &error.to_string()))?;
        match event {
            Event::Start(start) => found.begin(&start, at)?,
            Event::Empty(start) => {
                found.begin(&start, at)?;
                found.end();
            }
            Event::End(_) => found.end(),
            Event::Text(text) => {
                let text = text.decode().map_err(|error| broken(at, &error.to_string()))?;
                found.text(&text);
            }
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|error| broken(at, &error.to_string()))?;
                let text = unescape(&format!("&{name};")).map_err(|error| broken(at, &error.to_string()))?.into_owned();
                found.text(&text);
            }
            Event::CData(data) => found.text(&data.decode().map_err(|error| broken(at, &error.to_string()))?),
            Event::DocType(_) => return Err(broken(at, "a document type is not accepted")),
            Event::Eof if found.open.is_empty() && found.is_opml => return Ok(found.finish()),
            Event::Eof => return Err(broken(at, "it ends too early, or is no OPML")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
}

/// An element that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Title,
    Flavor,
    Outline,
    Other,
}

#[derive(Default)]
struct Reading {
    open: Vec<Open>,
    /// How many of them are items.
    depth: usize,
    is_opml: bool,
    title: String,
    flavor: String,
    outline: Outline,
}

impl Reading {
    fn begin(&mut self, start: &BytesStart<'_>, at: u64) -> Result<()> {
        if self.open.len() > DEEPEST + 8 {
            return Err(Error::invalid(Path::of("file"), Rule::TooDeep { limit: DEEPEST as u64 }));
        }
        let open = match start.local_name().as_ref() {
            b"opml" if self.open.is_empty() => {
                self.is_opml = true;
                Open::Other
            }
            _ if self.open.is_empty() => return Err(broken(at, "it is no OPML")),
            b"title" => Open::Title,
            b"flavor" => Open::Flavor,
            b"outline" => Open::Outline,
            _ => Open::Other,
        };
        if open == Open::Outline {
            let item = item(start, self.depth, at)?;
            self.outline.push(item)?;
            self.depth += 1;
        }
        self.open.push(open);
        Ok(())
    }

    fn end(&mut self) {
        if self.open.pop() == Some(Open::Outline) {
            self.depth -= 1;
        }
    }

    fn text(&mut self, text: &str) {
        match self.open.last() {
            Some(Open::Title) => self.title.push_str(text),
            Some(Open::Flavor) => self.flavor.push_str(text),
            Some(Open::Outline | Open::Other) | None => {}
        }
    }

    fn finish(mut self) -> Outline {
        let outline = &mut self.outline;
        outline.title = std::mem::take(&mut self.title);
        let is_whole = outline.items.iter().filter(|item| item.depth == 0).count() == 1;
        if self.flavor == FLAVOR && is_whole {
            let own = outline.items.remove(0);
            (outline.title, outline.note) = (own.content, own.note);
            outline.items.iter_mut().for_each(|item| item.depth -= 1);
        } else if self.flavor != FLAVOR {
            // Workflowy and its like have HTML in the text.
            for item in &mut outline.items {
                item.content = unmarked::html(&item.content);
                item.note = unmarked::html(&item.note);
            }
        }
        self.outline
    }
}

fn item(start: &BytesStart<'_>, depth: usize, at: u64) -> Result<Item> {
    let mut item = Item { depth, ..Item::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| broken(at, &error.to_string()))?;
        let raw = std::str::from_utf8(&attribute.value).map_err(|error| broken(at, &error.to_string()))?;
        let value = || unescape(raw).map_err(|error| broken(at, &error.to_string()));
        let number = |most: u8| value().map(|text| text.parse().ok().filter(|n| *n <= most).unwrap_or(0));
        match attribute.key.as_ref() {
            b"text" => item.content = value()?.into_owned(),
            b"_note" => item.note = value()?.into_owned(),
            b"complete" | b"_complete" => item.checked = value()? == "true",
            b"checkbox" => item.checkbox = value()? == "true",
            b"collapsed" => item.collapsed = value()? == "true",
            b"heading" => item.heading = number(3)?,
            b"colorLabel" => item.color = number(6)?,
            _ => {}
        }
    }
    Ok(item)
}

fn broken(at: u64, why: &str) -> Error {
    Error::malformed("file", format!("is not OPML: {why} (byte {at})"))
}

/// Appends a file.
pub fn write(outline: &Outline, out: &mut Vec<u8>) {
    let texts = outline.items.iter().flat_map(|item| [&item.content, &item.note]);
    // XML 1.0 has no word for control characters.
    let version = if [&outline.title, &outline.note].into_iter().chain(texts).any(|text| text.contains(is_control)) {
        "1.1"
    } else {
        "1.0"
    };
    out.extend_from_slice(
        format!("<?xml version=\"{version}\" encoding=\"utf-8\"?>\n<opml version=\"2.0\">\n").as_bytes(),
    );
    out.extend_from_slice(b"  <head>\n    <title>");
    escaped(out, &outline.title);
    out.extend_from_slice(
        format!("</title>\n    <flavor>{FLAVOR}</flavor>\n  </head>\n  <body>\n    <outline").as_bytes(),
    );
    attribute(out, "text", &outline.title);
    attribute(out, "_note", &outline.note);
    out.extend_from_slice(b">");
    let mut open = 0;
    for (place, item) in outline.items.iter().enumerate() {
        while open > item.depth {
            out.extend_from_slice(b"</outline>");
            open -= 1;
        }
        out.extend_from_slice(b"\n<outline");
        attribute(out, "text", &item.content);
        if !item.note.is_empty() {
            attribute(out, "_note", &item.note);
        }
        let flags = [("complete", item.checked), ("checkbox", item.checkbox), ("collapsed", item.collapsed)];
        flags.into_iter().filter(|(_, is_set)| *is_set).for_each(|(key, _)| attribute(out, key, "true"));
        let numbers = [("heading", item.heading), ("colorLabel", item.color)];
        numbers.into_iter().filter(|(_, n)| *n > 0).for_each(|(key, n)| attribute(out, key, &n.to_string()));
        if outline.items.get(place + 1).is_some_and(|next| next.depth > item.depth) {
            out.push(b'>');
            open += 1;
        } else {
            out.extend_from_slice(b"/>");
        }
    }
    (0..open).for_each(|_| out.extend_from_slice(b"</outline>"));
    out.extend_from_slice(b"\n    </outline>\n  </body>\n</opml>\n");
}

fn attribute(out: &mut Vec<u8>, key: &str, value: &str) {
    out.extend_from_slice(format!(" {key}=\"").as_bytes());
    escaped(out, value);
    out.push(b'"');
}

/// Text in an attribute or element: what a reader would change or not take is written by its number.
fn escaped(out: &mut Vec<u8>, text: &str) {
    let mut buffer = [0; 4];
    for c in text.chars() {
        match c {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\n' | '\r' | '\t' => out.extend_from_slice(format!("&#{};", u32::from(c)).as_bytes()),
            c if is_control(c) => out.extend_from_slice(format!("&#{};", u32::from(c)).as_bytes()),
            c => out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes()),
        }
    }
}

fn is_control(c: char) -> bool {
    !matches!(c, '\n' | '\r' | '\t') && (c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{2028}'))
}
