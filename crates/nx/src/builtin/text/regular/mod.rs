//! Regular expressions, as JavaScript writes them; matched in time that grows with the text alone.

mod cache;
mod template;
#[cfg(test)]
mod tests;
mod translate;

use super::TEXT;
use crate::builtin::given::given;
use crate::builtin::{Builtin, Context, result};
use crate::fault::Fault;
use crate::ops::{self, Bounded};
use crate::value::Value;
use cache::{Pattern, Scope, pattern};
use regex::Captures;

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "testx",
        signature: "testx(t, pattern [, flags])",
        summary: "Whether a regular expression matches somewhere in a text.",
        arity: (2, Some(3)),
        result: result::boolean,
        examples: &[
            ("testx(\"Hello\", \"h\", \"i\")", "true"),
            ("testx(\"Hello\", \"^h\")", "false"),
            ("testx(\"a/b\", \"a\\/b\")", "true"),
            ("testx(\"٣\", \"\\d\")", "false"),
            ("testx(null, \"a\")", "null"),
        ],
        call: |context, arguments| {
            let text = given!(context.text(&arguments[0])?);
            let pattern = given!(compiled(context, &arguments[1], arguments.get(2))?);
            Ok(Value::Bool(pattern.regex.is_match(&text)))
        },
        ..TEXT
    },
    Builtin {
        name: "extractx",
        signature: "extractx(t, pattern [, flags] [, template])",
        summary: "The first match of a regular expression, or a template with its groups (`$1`); null when there is none.",
        arity: (2, Some(4)),
        examples: &[
            ("extractx(\"Order 4711\", \"\\d+\")", "\"4711\""),
            ("extractx(\"2024-03-15\", \"(\\d+)-(\\d+)\", \"$2/$1\")", "\"03/2024\""),
            ("extractx(\"Ada L\", \"(?<first>ada)\", \"i\", \"<$<first>>\")", "\"<Ada>\""),
            ("extractx(\"none\", \"\\d+\")", "null"),
            ("extractx(\"5\", \"\\d\", \"$$&$1\")", "\"$&$1\""),
        ],
        call: extractx,
        ..TEXT
    },
    Builtin {
        name: "replacex",
        signature: "replacex(t, pattern, [flags,] by)",
        summary: "The text with matches replaced: all of them, or with flags the first, unless `g` is among them.",
        arity: (3, Some(4)),
        examples: &[
            ("replacex(\"Ça\", \"Ç\", \"g\", \"C\")", "\"Ca\""),
            ("replacex(\"a1b22\", \"\\d+\", \"#\")", "\"a#b#\""),
            ("replacex(\"aAa\", \"a\", \"i\", \"x\")", "\"xAa\""),
            ("replacex(\"aAa\", \"a\", \"gi\", \"x\")", "\"xxx\""),
            ("replacex(\"John Smith\", \"(\\w+) (\\w+)\", \"$2, $1\")", "\"Smith, John\""),
            ("replacex(\"abc\", \"x*\", \"-\")", "\"-a-b-c-\""),
        ],
        call: replacex,
        ..TEXT
    },
    Builtin {
        name: "splitx",
        signature: "splitx(t, pattern [, flags])",
        summary: "The parts of a text between matches of a regular expression, empty ones too.",
        arity: (2, Some(3)),
        result: result::texts,
        examples: &[
            ("splitx(\"a, b;c\", \"[,;]\\s*\")", "[\"a\",\"b\",\"c\"]"),
            ("splitx(\"aé\", \"\")", "[\"a\",\"é\"]"),
            ("splitx(\"x\", \"x\")", "[\"\",\"\"]"),
        ],
        call: splitx,
        ..TEXT
    },
];

/// The pattern of two arguments; none when it is null.
fn compiled(context: &mut Context<'_>, source: &Value, flags: Option<&Value>) -> Result<Option<Pattern>, Fault> {
    let Some(source) = context.text(source)? else { return Ok(None) };
    let flags = match flags {
        Some(flags) => context.text(flags)?.unwrap_or_default(),
        None => "".into(),
    };
    pattern(&source, &flags).map(Some)
}

fn extractx(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let text = given!(context.text(&arguments[0])?);
    let (flags, template) = match arguments {
        [_, _, template] => (None, Some(template)),
        [_, _, flags, template] => (Some(flags), Some(template)),
        _ => (None, None),
    };
    let pattern = given!(compiled(context, &arguments[1], flags)?);
    let template = match template {
        Some(template) => Some(given!(context.text(template)?)),
        None => None,
    };
    let found = given!(pattern.regex.captures(&text));
    match template {
        None => Ok(Value::text(&found[0])),
        Some(template) => {
            let mut extracted = Bounded::default();
            template::expand(&template, &text, &found, &pattern.regex, &mut extracted)?;
            Ok(extracted.into_value())
        }
    }
}

fn replacex(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let text = given!(context.text(&arguments[0])?);
    let (flags, by) = match arguments {
        [_, _, flags, by] => (Some(flags), by),
        _ => (None, &arguments[2]),
    };
    let pattern = given!(compiled(context, &arguments[1], flags)?);
    let by = given!(context.text(by)?);
    // Without flags all matches are replaced.
    let scope = if flags.is_some() { pattern.scope } else { Scope::All };
    let (mut replaced, mut rest) = (Bounded::default(), 0);
    for found in matches(&pattern, &text) {
        let Some(whole) = found.get(0) else { continue };
        replaced.push(&text[rest..whole.start()])?;
        template::expand(&by, &text, &found, &pattern.regex, &mut replaced)?;
        rest = whole.end();
        if scope == Scope::First {
            break;
        }
    }
    replaced.push(&text[rest..])?;
    Ok(replaced.into_value())
}

/// All matches as JavaScript finds them: after an empty one the next begins a character later, after any other right
/// behind it, even if it is empty.
fn matches<'t>(pattern: &Pattern, text: &'t str) -> impl Iterator<Item = Captures<'t>> {
    let (regex, mut from) = (pattern.regex.clone(), Some(0));
    std::iter::from_fn(move || {
        let found = regex.captures_at(text, from?)?;
        let (start, end) = found.get(0).map(|whole| (whole.start(), whole.end()))?;
        from = if start == end { text[end..].chars().next().map(|c| end + c.len_utf8()) } else { Some(end) };
        Some(found)
    })
}

fn splitx(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let text = given!(context.text(&arguments[0])?);
    let pattern = given!(compiled(context, &arguments[1], arguments.get(2))?);
    let (mut parts, mut rest) = (Vec::new(), 0);
    for found in pattern.regex.find_iter(&text) {
        // An empty match parts nothing at an end, nor right behind another.
        if found.is_empty() && (found.start() == rest || found.end() == text.len()) {
            continue;
        }
        parts.push(Value::text(&text[rest..found.start()]));
        ops::check_items(parts.len() + 1)?;
        rest = found.end();
    }
    if !(text.is_empty() && pattern.regex.is_match("")) {
        parts.push(Value::text(&text[rest..]));
    }
    Ok(Value::array(parts))
}
