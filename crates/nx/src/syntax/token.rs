//! What a source is made of.

use std::sync::Arc;

/// One token. A source ends with [`Token::End`].
#[derive(Clone, PartialEq, Debug)]
pub enum Token {
    Number(f64),
    Text(Arc<str>),
    /// A name, quoted or not.
    Name(Arc<str>),
    /// A keyword.
    Word(Word),
    Sign(Sign),
    /// The `---` that opens a template.
    TemplateStart,
    TemplateText(Arc<str>),
    /// The `{` of a template, which opens a block.
    TemplateBlock,
    /// The `}` of a template.
    TemplateBlockEnd,
    /// The `---` that closes a template.
    TemplateEnd,
    End,
}

macro_rules! spelled {
    ($(#[$doc:meta])* $name:ident, $all:ident: $($variant:ident $text:literal),* $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $($variant),* }

        #[allow(dead_code, reason = "signs are never listed")]
        pub(crate) const $all: &[($name, &str)] = &[$(($name::$variant, $text)),*];

        impl $name {
            /// As it is written.
            pub fn text(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }

            /// The one that is written so.
            pub fn read(text: &str) -> Option<$name> {
                match text { $($text => Some($name::$variant),)* _ => None }
            }
        }
    };
}

spelled! {
    /// Keywords: reserved, in lower case.
    Word, WORDS:
    Let "let", Var "var", If "if", Then "then", Else "else", End "end", Switch "switch", Case "case",
    Default "default", Do "do", As "as", For "for", In "in", From "from", To "to", Step "step", While "while",
    Break "break", Select "select", Where "where", Order "order", By "by", Create "create", Delete "delete",
    Function "function", And "and", Or "or", Not "not", Like "like", True "true", False "false", Null "null",
    This "this",
}

spelled! {
    /// Operators and punctuation.
    Sign, SIGNS:
    Assign ":=", Equal "=", NotEqual "!=", Less "<", LessOrEqual "<=", Greater ">", GreaterOrEqual ">=",
    Plus "+", Minus "-", Star "*", Slash "/", Percent "%", Dot ".", Comma ",", Colon ":", Semicolon ";",
    ParenOpen "(", ParenClose ")", BracketOpen "[", BracketClose "]", BraceOpen "{", BraceClose "}",
}

impl Token {
    /// As a message names it.
    pub fn described(&self) -> String {
        match self {
            Token::Number(number) => format!("the number `{number}`"),
            Token::Text(_) => "a text".to_owned(),
            Token::Name(name) => crate::diagnostic::quoted(name),
            Token::Word(word) => format!("`{}`", word.text()),
            Token::Sign(sign) => format!("`{}`", sign.text()),
            Token::TemplateStart => "a template".to_owned(),
            Token::TemplateText(_) => "the text of a template".to_owned(),
            Token::TemplateBlock => "`{`".to_owned(),
            Token::TemplateBlockEnd => "`}`".to_owned(),
            Token::TemplateEnd => "`---`".to_owned(),
            Token::End => "the end of the script".to_owned(),
        }
    }

    /// Whether an expression may end with it.
    pub fn ends_operand(&self) -> bool {
        match self {
            Token::Number(_) | Token::Text(_) | Token::Name(_) | Token::TemplateEnd => true,
            Token::Word(word) => {
                matches!(word, Word::End | Word::True | Word::False | Word::Null | Word::This | Word::Break)
            }
            Token::Sign(sign) => matches!(sign, Sign::ParenClose | Sign::BracketClose | Sign::BraceClose),
            Token::TemplateStart
            | Token::TemplateText(_)
            | Token::TemplateBlock
            | Token::TemplateBlockEnd
            | Token::End => false,
        }
    }
}
