//! The few elements of HTML that other outliners have in their texts, as the marks of ours: links, bold, italic.

/// A text with its elements as marks; one without any is as it was.
pub fn html(text: &str) -> String {
    if !text.contains('<') && !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Where the address of the open link is.
    let mut link: Option<&str> = None;
    while let Some(at) = rest.find('<') {
        out.push_str(&plain(&rest[..at]));
        let Some((tag, after)) = rest[at + 1..].split_once('>') else {
            out.push_str(&rest[at..]);
            return out;
        };
        match tag.split_whitespace().next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "a" => {
                link = href(tag);
                out.push('[');
            }
            "/a" => {
                out.push_str(&format!("]({})", plain(link.take().unwrap_or_default())));
            }
            "b" | "/b" | "strong" | "/strong" => out.push_str("**"),
            "i" | "/i" | "em" | "/em" => out.push_str("__"),
            "br" | "br/" => out.push('\n'),
            // No element that we know, so it is text.
            _ => {
                out.push('<');
                out.push_str(tag);
                out.push('>');
            }
        }
        rest = after;
    }
    out.push_str(&plain(rest));
    out
}

fn href(tag: &str) -> Option<&str> {
    let (_, value) = tag.split_once("href=")?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next()
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}
