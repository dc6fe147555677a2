//! From the text of a cell to a value of a field. Unlike loose input of a form, what cannot be read is an error: nobody
//! looks at each cell of a file.

use crate::number::{self, Point};
use engine::View;
use model::kind::choice::Options;
use model::kind::{Class, Kind};
use model::{ChoiceId, Field, Rule, Value};
use std::collections::HashMap;

/// How cells of one column become values of a field.
pub struct Reader {
    pub field: Field,
    point: Point,
    /// The options by name, of a field that has options.
    options: HashMap<String, ChoiceId>,
    closed: bool,
}

/// What a cell says.
pub enum Said {
    Value(Value),
    /// Options that are not there yet.
    NewOptions(Vec<String>),
}

impl Reader {
    pub fn new(field: &Field, point: Point) -> Reader {
        let known = options_of(&field.kind);
        let options = known.iter().flat_map(|o| &o.list).map(|o| (o.name.clone(), o.id)).collect();
        Reader { field: field.clone(), point, options, closed: known.is_none_or(|options| options.closed) }
    }

    /// The value of a cell; it fits its field by kind and validators.
    pub fn read(&self, view: &mut View<'_>, text: &str) -> Result<Said, Rule> {
        let kind = &self.field.kind;
        let value = match kind.class() {
            Class::Text => match self.text(text) {
                "" => Value::Null,
                text => Value::Text(text.to_owned()),
            },
            _ if text.trim().is_empty() => return Ok(Said::Value(Value::Null)),
            Class::Number | Class::Integer => match number::read(text, self.point) {
                Some(number) => Value::Number(number),
                None => return Err(Rule::Type("a number")),
            },
            Class::Bool => truth(text.trim())?,
            Class::Choice => match self.choice(text.trim())? {
                Ok(id) => Value::Choice(id),
                Err(new) => return Ok(Said::NewOptions(vec![new])),
            },
            Class::Choices => return self.choices(text.trim()),
            Class::Date
            | Class::Instant
            | Class::Time
            | Class::Duration
            | Class::Span
            | Class::User
            | Class::Users
            | Class::Reference
            | Class::References
            | Class::Structure
            | Class::List => match view.coerce(kind, &Value::text(text)) {
                // An impossible date, an unknown title: nothing that could be meant.
                None | Some(Value::Null) => return Err(Rule::Type(self.wanted())),
                Some(value) => value,
            },
        };
        self.checked(value).map(Said::Value)
    }

    /// What lies within the bounds of kind and validators; empty values of any shape are null.
    fn checked(&self, value: Value) -> Result<Value, Rule> {
        if value.is_empty() {
            return Ok(Value::Null);
        }
        self.field.kind.check(&value)?;
        self.field.validators.iter().try_for_each(|validator| validator.check(&self.field.kind, &value))?;
        Ok(value)
    }

    /// One line of text has no spaces at its ends.
    fn text<'t>(&self, text: &'t str) -> &'t str {
        match self.field.kind {
            Kind::LongText(_) | Kind::Html(_) => text,
            _ => text.trim(),
        }
    }

    /// The option of a name, or the name of one that can be made.
    fn choice(&self, name: &str) -> Result<Result<ChoiceId, String>, Rule> {
        match self.options.get(name) {
            Some(id) => Ok(Ok(*id)),
            None if self.closed => Err(Rule::Type("one of the field's options")),
            None => Ok(Err(name.to_owned())),
        }
    }

    fn choices(&self, text: &str) -> Result<Said, Rule> {
        // A name with a comma in it, as a whole, is tried first.
        if let Some(id) = self.options.get(text) {
            return self.checked(Value::Choices(vec![*id])).map(Said::Value);
        }
        let (mut ids, mut new) = (Vec::new(), Vec::new());
        for name in words(text) {
            match self.choice(&name)? {
                Ok(id) if ids.contains(&id) => {}
                Ok(id) => ids.push(id),
                Err(name) => new.push(name),
            }
        }
        if new.is_empty() { self.checked(Value::Choices(ids)).map(Said::Value) } else { Ok(Said::NewOptions(new)) }
    }

    fn wanted(&self) -> &'static str {
        match self.field.kind.class() {
            Class::Date | Class::Instant => "a date",
            Class::Time => "a time",
            Class::Duration => "a duration",
            Class::Span => "an appointment",
            Class::User | Class::Users => "people who belong to this database",
            Class::Reference | Class::References => "titles of linked records",
            _ => "readable as a value of this field",
        }
    }
}

/// The options of a field that has some.
pub fn options_of(kind: &Kind) -> Option<&Options> {
    match kind {
        Kind::Choice(kind) => Some(&kind.options),
        Kind::MultiChoice(kind) => Some(&kind.options),
        _ => None,
    }
}

fn truth(text: &str) -> Result<Value, Rule> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "yes", "1", "x", "on", "checked", "✓"]) {
        Ok(Value::Bool(true))
    } else if is(&["false", "no", "0", "off", "unchecked"]) {
        Ok(Value::Null)
    } else {
        Err(Rule::Type("true or false"))
    }
}

/// The words of a list: commas stand between them; a word within double quotes may have commas in it, and a doubled
/// quote is one.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let (mut quoted, mut was_quoted) = (false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                word.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if word.trim().is_empty() && !was_quoted => {
                word.clear();
                (quoted, was_quoted) = (true, true);
            }
            ',' if !quoted => {
                found.push(std::mem::take(&mut word));
                was_quoted = false;
            }
            c => word.push(c),
        }
    }
    found.push(word);
    found.into_iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_cut_at_commas_outside_quotes() {
        assert_eq!(words("a, b,c"), ["a", "b", "c"]);
        assert_eq!(words("\"a, b\",c \"d\""), ["a, b", "c \"d\""]);
        assert_eq!(words("\"say \"\"x\"\"\""), ["say \"x\""]);
        assert_eq!(words(" , ,"), [""; 0]);
    }
}
