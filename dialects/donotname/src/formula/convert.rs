//! What becomes of a value where another class is wanted, as Teable's functions take their arguments.

use super::code::{Block, Class, Code, quoted};
use super::dates;
use super::writer::{Writer, Written};
use model::time::Instant;

/// The pattern of an instant as ISO 8601, which is what a date is as text.
const ISO: &str = "YYYY-MM-DD[T]HH:mm:ss.SSS[Z]";

/// A date of a field in text: as its column shows it, or whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DatesAs {
    Shown,
    Iso,
}

impl Writer<'_, '_, '_> {
    /// One value: of a list its only one; a list of several has none.
    pub fn single(&mut self, code: Code) -> Code {
        if !code.many {
            return code;
        }
        let mut block = Block::default();
        let list = self.hold(&mut block, &code.text);
        let text = block.gives(format!("if length({list}) < 2 then first({list}) end"));
        Code { text, many: false, filled: false, ..code }
    }

    /// A number. A text is the number that it says.
    pub fn number(&mut self, function: &str, code: Code) -> Result<String, String> {
        let code = self.single(code);
        match code.class {
            Class::Number | Class::Blank => Ok(code.text),
            Class::Bool | Class::Text => Ok(format!("number({})", code.text)),
            Class::Date | Class::Other => Err(not_taken(function, &code)),
        }
    }

    /// A number that is 0 where there is none.
    pub fn count(&mut self, function: &str, code: Code) -> Result<String, String> {
        let is_sure = code.filled && code.class == Class::Number && !code.many;
        let number = self.number(function, code)?;
        Ok(if is_sure { number } else { format!("(0 + {number})") })
    }

    /// A text, null where there is none. The items of a list are joined.
    pub fn text(&mut self, function: &str, code: Code, dates: DatesAs) -> Result<String, String> {
        if code.many {
            let items = self.texts(function, code, dates)?;
            return Ok(format!("join({items}, \", \")"));
        }
        item_text(function, &code, &code.text, dates)
    }

    /// A list of texts of a list.
    pub fn texts(&mut self, function: &str, code: Code, dates: DatesAs) -> Result<String, String> {
        if code.class == Class::Text {
            return Ok(code.text);
        }
        let name = self.variables.fresh();
        let item = item_text(function, &code, &name, dates)?;
        Ok(format!("(for {name} in {} do {item} end)", code.text))
    }

    /// An instant. A text is read as a date; one that is written out must be one.
    pub fn date(&mut self, function: &str, code: Code) -> Result<String, String> {
        let code = self.single(code);
        match (code.class, &code.literal) {
            (Class::Date, _) => Ok(code.text),
            (Class::Blank, _) => Ok("datetime(null)".to_owned()),
            (Class::Text, Some(literal)) => {
                let instant = Instant::parse(literal).ok_or_else(|| format!("has {literal}, which is no date"))?;
                self.utc(function)?;
                Ok(dates::instant(instant))
            }
            (Class::Text, None) => {
                self.utc(function)?;
                Ok(format!("datetime({})", code.text))
            }
            (Class::Number | Class::Bool | Class::Other, _) => Err(not_taken(function, &code)),
        }
    }

    /// The text that an argument is; it must be written out.
    pub fn word<'c>(&self, function: &str, code: &'c Code) -> Result<&'c str, String> {
        let written = code.literal.as_deref();
        written.ok_or_else(|| format!("cannot be worked out: an option of {function} must be a text in quotes"))
    }

    /// Whether an option is on; it must be written out.
    pub fn flag(&self, function: &str, code: Option<&Code>) -> Result<bool, String> {
        match code.map(|code| (code.class, code.text.as_str())) {
            None | Some((Class::Blank, _) | (Class::Bool, "false")) => Ok(false),
            Some((Class::Bool, "true")) => Ok(true),
            Some(_) => Err(format!("cannot be worked out: an option of {function} must be TRUE or FALSE")),
        }
    }

    /// Refuses to ask for days and hours in another zone than that of NX.
    pub fn utc(&self, function: &str) -> Result<(), String> {
        let zone = &self.world.zone;
        if *zone == model::time::Zone::utc() {
            return Ok(());
        }
        Err(format!("cannot be worked out: {function} goes by UTC, and options.timeZone is {}", zone.name()))
    }

    /// The values of several choices, made one class: their own when they agree, text otherwise.
    pub fn unified(&mut self, function: &str, codes: Vec<Code>) -> Result<(Class, bool, Vec<Code>), String> {
        let told: Vec<(Class, bool)> =
            codes.iter().filter(|code| code.class != Class::Blank).map(|code| (code.class, code.many)).collect();
        match told.first() {
            None => Ok((Class::Blank, false, codes)),
            Some((class, many)) if told.iter().all(|one| one == &(*class, *many)) => Ok((*class, *many, codes)),
            Some(_) => {
                let text = |code: Code| {
                    let filled = code.filled;
                    self.text(function, code, DatesAs::Iso).map(|text| Code { filled, ..Code::text(text) })
                };
                Ok((Class::Text, false, codes.into_iter().map(text).collect::<Result<_, _>>()?))
            }
        }
    }
}

/// The text of one value, whose NX is `value`.
fn item_text(function: &str, code: &Code, value: &str, dates: DatesAs) -> Result<String, String> {
    match (code.class, dates, &code.shown) {
        (Class::Text | Class::Blank, _, _) => Ok(value.to_owned()),
        (Class::Number | Class::Bool, _, _) => Ok(format!("text({value})")),
        (Class::Date, DatesAs::Shown, Some(Ok(pattern))) => Ok(format!("format({value}, {})", quoted(pattern))),
        (Class::Date, DatesAs::Shown, Some(Err(why))) => Err(why.clone()),
        (Class::Date, _, _) => Ok(format!("format({value}, \"{ISO}\")")),
        (Class::Other, _, _) => Err(not_taken(function, code)),
    }
}

/// The refusal of an argument.
pub fn not_taken(function: &str, code: &Code) -> String {
    format!("cannot be worked out: {function} does not take {}", code.class.word())
}

/// A text of one value or of none.
pub fn written(text: String) -> Written {
    Ok(Code::text(text))
}
