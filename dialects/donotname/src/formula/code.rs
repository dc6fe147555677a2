//! A part of a formula in NX, and what is known of its values.

use super::result_of;
use model::kind::formula::FormulaResult;
use std::fmt::Write;

/// What values a part has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Always empty.
    Blank,
    Number,
    Text,
    Bool,
    /// Instants.
    Date,
    /// What can only be counted, such as attachments.
    Other,
}

impl Class {
    /// In words, for messages.
    pub fn word(self) -> &'static str {
        match self {
            Class::Blank => "an empty value",
            Class::Number => "a number",
            Class::Text => "a text",
            Class::Bool => "true or false",
            Class::Date => "a date",
            Class::Other => "what this field holds",
        }
    }
}

/// A part in NX.
#[derive(Clone, Debug)]
pub struct Code {
    /// One operand: what binds more loosely stands in parentheses.
    pub text: String,
    pub class: Class,
    /// Whether it is a list.
    pub many: bool,
    /// Whether it is never null.
    pub filled: bool,
    /// The text that it is, where it is written out.
    pub literal: Option<String>,
    /// How `&` shows a date of a field: an NX pattern, or why it cannot.
    pub shown: Option<Result<String, String>>,
}

impl Code {
    pub fn of(class: Class, text: impl Into<String>) -> Code {
        Code { text: text.into(), class, many: false, filled: false, literal: None, shown: None }
    }

    pub fn number(text: impl Into<String>) -> Code {
        Code::of(Class::Number, text)
    }

    pub fn text(text: impl Into<String>) -> Code {
        Code::of(Class::Text, text)
    }

    pub fn bool(text: impl Into<String>) -> Code {
        Code::of(Class::Bool, text)
    }

    pub fn date(text: impl Into<String>) -> Code {
        Code::of(Class::Date, text)
    }

    pub fn list(class: Class, text: impl Into<String>) -> Code {
        Code { many: true, filled: true, ..Code::of(class, text) }
    }

    pub fn blank() -> Code {
        Code::of(Class::Blank, "null")
    }

    pub fn literal(text: &str) -> Code {
        Code { literal: Some(text.to_owned()), ..Code::text(quoted(text)).filled() }
    }

    /// Never null.
    pub fn filled(self) -> Code {
        Code { filled: true, ..self }
    }

    /// Whether it is the text "", written out.
    pub fn is_nothing(&self) -> bool {
        self.literal.as_deref() == Some("")
    }

    /// The whole script, and the class of its values. A list is the text of its items.
    pub fn finished(self) -> (String, FormulaResult) {
        match self.many {
            true => (format!("join({}, \", \")", self.text), FormulaResult::Text),
            false => (self.text, result_of(self.class)),
        }
    }
}

/// A text in NX. There a backslash before `n`, `t` and `r` means a control character and cannot be written otherwise,
/// so the text is taken apart between the two.
pub fn quoted(text: &str) -> String {
    let mut pieces = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let Some(piece) = pieces.last_mut() else { break };
        match c {
            '"' => piece.push_str("\"\""),
            c => piece.push(c),
        }
        if c == '\\' && matches!(characters.peek(), Some('n' | 't' | 'r')) {
            pieces.push(String::new());
        }
    }
    let quoted: Vec<String> = pieces.iter().map(|piece| format!("\"{piece}\"")).collect();
    if quoted.len() == 1 { quoted.concat() } else { format!("({})", quoted.join(" + ")) }
}

/// Variables of a script, each name given once.
#[derive(Default)]
pub struct Variables(usize);

/// A block in the making: what is used several times is worked out once.
#[derive(Default)]
pub struct Block(String);

impl Variables {
    pub fn fresh(&mut self) -> String {
        self.0 += 1;
        format!("v{}", self.0)
    }

    /// The name under which a block has a value; a bare field is as good.
    pub fn hold(&mut self, block: &mut Block, text: &str) -> String {
        let is_bare = text.starts_with('@') && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'@' | b'.'));
        if is_bare {
            return text.to_owned();
        }
        let name = self.fresh();
        // Writing to a string does not fail.
        let _ = write!(block.0, "let {name} := {text}; ");
        name
    }
}

impl Block {
    /// The block, with what it gives.
    pub fn gives(self, body: impl AsRef<str>) -> String {
        format!("({}{})", self.0, body.as_ref())
    }
}
