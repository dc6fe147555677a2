//! Kinds of fields that a schema asks for.

use super::wanted::{Choice, Field};
use crate::field::object::options_of;
use crate::field::word::Word;
use model::error::Path;
use model::kind::choice::{ChoiceOption, Options};
use model::kind::{
    Kind, appointment, boolean, choice, color, date, datetime, duration, email, files, formula, html, icon, line,
    location, long_text, multi_choice, number, phone, reference, time, url, user,
};
use model::{Bag, ChoiceId, Error, Result, Rule, TableId};

/// The kind of a type; `target` is the table of a reference.
pub fn kind(word: Word, wanted: &Field, target: Option<TableId>, at: &Path) -> Result<Kind> {
    let options = |present: Options| options(present, wanted.values.as_deref().unwrap_or_default(), at);
    Ok(match word {
        Word::String if wanted.multiline == Some(true) => Kind::LongText(long_text::LongText::default()),
        Word::String => Kind::Line(line::Line::default()),
        Word::Number => Kind::Number(number::Number::default()),
        Word::Date => Kind::Date(date::Date::default()),
        Word::DateTime => Kind::DateTime(datetime::DateTime::default()),
        Word::Time => Kind::Time(time::Time::default()),
        Word::TimeInterval => Kind::Duration(duration::Duration::default()),
        Word::Appointment => Kind::Appointment(appointment::Appointment::default()),
        Word::Boolean => Kind::Boolean(boolean::Boolean::default()),
        Word::Choice => Kind::Choice(choice::Choice { options: options(Options::default())? }),
        Word::Multi => Kind::MultiChoice(multi_choice::MultiChoice { options: options(Options::default())? }),
        Word::Ref => {
            let target = target.ok_or_else(|| Error::invalid(at.clone().key("refTypeId"), Rule::Required))?;
            Kind::Reference(reference::Reference { targets: vec![target], partners: Vec::new(), exclusive: false })
        }
        // The other side of a reference comes with it.
        Word::Rev => {
            let why = "must be the other side of a reference in the same request";
            return Err(Error::invalid(at.clone().key("refFieldId"), Rule::Malformed(why.to_owned())));
        }
        Word::Phone => Kind::Phone(phone::Phone::default()),
        Word::Email => Kind::Email(email::Email::default()),
        Word::Url => Kind::Url(url::Url::default()),
        Word::Location => Kind::Location(location::Location::default()),
        Word::Html => Kind::Html(html::Html::default()),
        Word::Icon => Kind::Icon(icon::Icon::default()),
        Word::Color => Kind::Color(color::Color::default()),
        Word::User => Kind::User(user::User::default()),
        Word::File => Kind::Files(files::Files::default()),
        Word::Fn => {
            let script = wanted.script.as_deref().filter(|script| !script.trim().is_empty());
            let script = script.ok_or_else(|| Error::invalid(at.clone().key("fn"), Rule::Required))?;
            Kind::Formula(formula::Formula::new(script, script))
        }
    })
}

/// The same kind with other choices, when they are to change.
pub fn with_choices(present: &Kind, wanted: &[(u32, Option<Choice>)], at: &Path) -> Result<Option<Kind>> {
    let Some(options_now) = options_of(present) else {
        return Err(Error::invalid(at.clone().key("values"), Rule::Malformed("are for choices".to_owned())));
    };
    let options = options(options_now.clone(), wanted, at)?;
    if options == *options_now {
        return Ok(None);
    }
    Ok(match present {
        Kind::MultiChoice(_) => Some(Kind::MultiChoice(multi_choice::MultiChoice { options })),
        _ => Some(Kind::Choice(choice::Choice { options })),
    })
}

/// Choices renamed, added and taken away. Those that are not named stay.
fn options(mut options: Options, wanted: &[(u32, Option<Choice>)], at: &Path) -> Result<Options> {
    let never_given = options.next;
    // Where one is asked to be, it comes before the one that only happens to be there.
    let mut places: Vec<(ChoiceId, f64, u8)> =
        options.list.iter().enumerate().map(|(place, option)| (option.id, place as f64, 1)).collect();
    for (number, choice) in wanted {
        let id = ChoiceId(*number);
        let Some(choice) = choice else {
            options.list.retain(|option| option.id != id);
            continue;
        };
        if let Some(order) = choice.order {
            places.retain(|(of, ..)| *of != id);
            places.push((id, order, 0));
        }
        if let Some(option) = options.list.iter_mut().find(|option| option.id == id) {
            if let Some(caption) = &choice.caption {
                caption.trim().clone_into(&mut option.name);
            }
            option.color = choice.color.clone().or_else(|| option.color.take());
            continue;
        }
        if id < never_given {
            let why = "was a choice that is gone; its number is never given again";
            let at = at.clone().key("values").key(number.to_string());
            return Err(Error::invalid(at, Rule::Malformed(why.to_owned())));
        }
        let at = || at.clone().key("values").key(number.to_string()).key("caption");
        let caption = choice.caption.as_deref().ok_or_else(|| Error::invalid(at(), Rule::Required))?;
        let name = caption.trim().to_owned();
        options.list.push(ChoiceOption { id, name, color: choice.color.clone(), bag: Bag::new() });
        if places.iter().all(|(of, ..)| *of != id) {
            places.push((id, f64::MAX, 1));
        }
    }
    let highest = options.list.iter().map(|option| option.id.0).max().unwrap_or(0);
    options.next = ChoiceId(options.next.0.max(highest.saturating_add(1)));
    let place = |id: ChoiceId| places.iter().find(|(of, ..)| *of == id).map_or((f64::MAX, 1), |(_, at, by)| (*at, *by));
    options.list.sort_by(|a, b| {
        let (a, b) = (place(a.id), place(b.id));
        a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
    });
    Ok(options)
}
