//! Text in addresses of the web.

use super::TEXT;
use crate::builtin::given::{given, optional, takes};
use crate::builtin::{Builtin, Context};
use crate::fault::Fault;
use crate::ops::Bounded;
use crate::value::Value;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "urlEncode",
        signature: "urlEncode(t)",
        summary: "The text as a part of an address: all but letters, digits and `-_.!~*'()` as `%` and two digits.",
        examples: &[
            ("urlEncode(\"Frank Böhmer\")", "\"Frank%20B%C3%B6hmer\""),
            ("urlEncode(\"a&b=c/d?\")", "\"a%26b%3Dc%2Fd%3F\""),
            ("urlEncode(null)", "null"),
        ],
        call: |context, arguments| {
            let mut encoded = Bounded::default();
            encode(&given!(context.text(&arguments[0])?), &mut encoded)?;
            Ok(encoded.into_value())
        },
        ..TEXT
    },
    Builtin {
        name: "urlDecode",
        signature: "urlDecode(t)",
        summary: "The text of what `urlEncode` makes.",
        examples: &[
            ("urlDecode(\"Frank%20B%C3%B6hmer\")", "\"Frank Böhmer\""),
            ("urlDecode(\"a+b\")", "\"a+b\""),
            ("urlDecode(null)", "null"),
        ],
        call: |context, arguments| decode(&given!(context.text(&arguments[0])?)),
        ..TEXT
    },
    Builtin {
        name: "url",
        signature: "url(t [, object])",
        summary: "An address with the keys of an object as its query; keys with null are left out.",
        arity: (1, Some(2)),
        examples: &[
            ("url(\"https://example.com\")", "\"https://example.com\""),
            ("url(\"https://example.com/x\", { q: \"a b\", n: 2, z: null })", "\"https://example.com/x?q=a%20b&n=2\""),
            ("url(\"https://example.com/?a=1#top\", { b: \"é\" })", "\"https://example.com/?a=1&b=%C3%A9#top\""),
        ],
        call: url,
        ..TEXT
    },
];

fn encode(text: &str, encoded: &mut Bounded) -> Result<(), Fault> {
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')')
    };
    let coded = text.bytes().filter(|byte| !is_plain(*byte)).count();
    encoded.room(text.len().saturating_add(coded.saturating_mul(2)))?;
    for byte in text.bytes() {
        if is_plain(byte) {
            encoded.push_char(char::from(byte))?;
        } else {
            encoded.push_formatted(format_args!("%{byte:02X}"))?;
        }
    }
    Ok(())
}

fn decode(text: &str) -> Result<Value, Fault> {
    let wrong = || takes("urlDecode", "an encoded text", &Value::text(text));
    let bytes = text.as_bytes();
    let (mut decoded, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        if *byte == b'%' {
            let digits = bytes.get(at + 1..at + 3).ok_or_else(wrong)?;
            let digit = |byte: u8| char::from(byte).to_digit(16).ok_or_else(wrong);
            decoded.push((digit(digits[0])? * 16 + digit(digits[1])?) as u8);
            at += 3;
        } else {
            decoded.push(*byte);
            at += 1;
        }
    }
    String::from_utf8(decoded).map(Value::text).map_err(|_| wrong())
}

fn url(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let address = given!(context.text(&arguments[0])?);
    let query = match optional(arguments, 1) {
        None => return Ok(Value::Text(address)),
        Some(Value::Object(query)) => query,
        Some(other) => return Err(takes("url", "an object as its query", other)),
    };
    let (before, fragment) = address.split_at(address.find('#').unwrap_or(address.len()));
    let mut url = Bounded::default();
    url.push(before)?;
    let mut separator = if before.contains('?') { "&" } else { "?" };
    for (key, value) in &query.entries {
        let Some(value) = context.text(value)? else { continue };
        url.push(separator)?;
        encode(key, &mut url)?;
        url.push("=")?;
        encode(&value, &mut url)?;
        separator = "&";
    }
    url.push(fragment)?;
    Ok(url.into_value())
}
