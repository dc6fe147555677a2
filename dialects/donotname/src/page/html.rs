//! The frame of a page, and text made safe for it.

use std::fmt::Write;

/// The end of a page.
pub const END: &str = "</main></body></html>";

/// A form that signs in; `page.js` sends it.
pub const SIGN_IN: &str = "<form id=\"sign-in\" data-action=\"/api/auth/signin\">\
    <label>E-mail address <input name=\"email\" type=\"email\" autocomplete=\"username\" required></label>\
    <label>Password <input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\
    <div role=\"alert\"></div><button>Sign in</button></form>";

/// The beginning of a page of this title.
pub fn begin(title: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/api/docs/page.css\"><script defer src=\"/api/docs/page.js\"></script>\
         </head><body><main>"
    )
}

/// A call to be copied.
pub fn call(out: &mut String, heading: &str, about: &str, text: &str) {
    let (heading, about, text) = (escaped(heading), escaped(about), escaped(text));
    let _ = write!(out, "<h2>{heading}</h2>");
    if !about.is_empty() {
        let _ = write!(out, "<p class=\"quiet\">{about}</p>");
    }
    let _ = write!(out, "<div class=\"call\"><pre tabindex=\"0\"><code>{text}</code></pre></div>");
}

/// Text in which nothing is markup.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(
            escaped("<img src=x onerror='a(\"&\")'>"),
            "&lt;img src=x onerror=&#39;a(&quot;&amp;&quot;)&#39;&gt;"
        );
    }
}
