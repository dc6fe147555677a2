//! The words of an expression, with their places in bytes.

/// A word.
#[derive(Clone, PartialEq, Debug)]
pub enum Token {
    Number(f64),
    Text(String),
    /// What stands in braces.
    Field(String),
    /// A name: of a function, or `TRUE` and `FALSE`.
    Word(String),
    Sign(Sign),
    End,
}

/// A sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    Open,
    Close,
    Comma,
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Not,
    Join,
}

/// Signs as they are written; of those that begin alike the longer comes first.
const SIGNS: [(&str, Sign); 19] = [
    ("&&", Sign::And),
    ("||", Sign::Or),
    ("!=", Sign::NotEqual),
    ("<>", Sign::NotEqual),
    ("<=", Sign::LessOrEqual),
    (">=", Sign::GreaterOrEqual),
    ("(", Sign::Open),
    (")", Sign::Close),
    (",", Sign::Comma),
    ("+", Sign::Plus),
    ("-", Sign::Minus),
    ("*", Sign::Times),
    ("/", Sign::Divide),
    ("%", Sign::Remainder),
    ("=", Sign::Equal),
    ("<", Sign::Less),
    (">", Sign::Greater),
    ("!", Sign::Not),
    ("&", Sign::Join),
];

impl Sign {
    /// As it is written.
    pub fn text(self) -> &'static str {
        SIGNS.iter().find(|(_, sign)| *sign == self).map_or("", |(text, _)| text)
    }
}

/// A word and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Spanned {
    pub token: Token,
    pub start: usize,
    pub end: usize,
}

/// The words of an expression, [`Token::End`] last.
pub fn lex(source: &str) -> Result<Vec<Spanned>, String> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        let length = if first.is_whitespace() {
            first.len_utf8()
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map(|end| end + 2).ok_or("has a comment that is not closed by */")?
        } else {
            let (token, length) = word(rest, first)?;
            tokens.push(Spanned { token, start: at, end: at + length });
            length
        };
        at += length;
    }
    tokens.push(Spanned { token: Token::End, start: at, end: at });
    Ok(tokens)
}

/// The word that a source begins with, and its length.
fn word(rest: &str, first: char) -> Result<(Token, usize), String> {
    match first {
        '"' | '\'' => text(rest, first),
        '{' => match rest.find('}') {
            Some(end) => Ok((Token::Field(rest[1..end].to_owned()), end + 1)),
            None => Err("has a field that is not closed by }".to_owned()),
        },
        '0'..='9' => number(rest),
        c if c == '_' || c.is_alphabetic() => {
            let end = rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len());
            Ok((Token::Word(rest[..end].to_owned()), end))
        }
        other => match SIGNS.iter().find(|(text, _)| rest.starts_with(text)) {
            Some((text, sign)) => Ok((Token::Sign(*sign), text.len())),
            None => Err(format!("has the character {other}, which means nothing here")),
        },
    }
}

fn number(rest: &str) -> Result<(Token, usize), String> {
    let digits = |from: usize| rest[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(0);
    if rest[end..].starts_with('.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if rest[end..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[end + 1..].starts_with(['+', '-']));
        let count = digits(end + 1 + sign);
        end += if count > 0 { 1 + sign + count } else { 0 };
    }
    match rest[..end].parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((Token::Number(number), end)),
        Ok(_) | Err(_) => Err(format!("has a number that is too large: {}", &rest[..end.min(40)])),
    }
}

/// A text in quotes. A backslash before what it does not know stays.
fn text(rest: &str, quote: char) -> Result<(Token, usize), String> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\0' => return Err("has the character NUL".to_owned()),
            c if c == quote => return Ok((Token::Text(text), at + c.len_utf8())),
            '\\' => match characters.next().map(|(_, escaped)| escaped) {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('b') => text.push('\u{8}'),
                Some('f') => text.push('\u{c}'),
                Some('v') => text.push('\u{b}'),
                Some(escaped @ ('\\' | '"' | '\'')) => text.push(escaped),
                Some('\0') => return Err("has the character NUL".to_owned()),
                Some(other) => text.extend(['\\', other]),
                None => break,
            },
            c => text.push(c),
        }
    }
    Err(format!("has a text that is not closed by {quote}"))
}
