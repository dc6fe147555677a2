//! Users: the people of a site. The core has one name for each; the two of this door are kept in their bag.

use crate::field::DOOR;
use crate::names;
use crate::wire::{self, Attributes};
use engine::access::{Person, PersonStanding};
use model::{Bag, Json, Result};
use serde_json::json;

/// The two names of somebody.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Names {
    pub first: String,
    pub last: String,
}

impl Names {
    /// The names of a person: as they were given here, unless another door gave another name since.
    pub fn of(person: &Person) -> Names {
        Names::read(&person.name, &person.bag)
    }

    fn read(name: &str, bag: &Bag) -> Names {
        let kept = |key: &str| bag.get(DOOR).and_then(|kept| kept.get(key)).and_then(Json::as_str);
        if let (Some(first), Some(last)) = (kept("first_name"), kept("last_name")) {
            let names = Names { first: first.to_owned(), last: last.to_owned() };
            if names.joined() == name {
                return names;
            }
        }
        let (first, last) = name.rsplit_once(' ').unwrap_or((name, ""));
        Names { first: first.trim().to_owned(), last: last.to_owned() }
    }

    /// These with what a body says.
    pub fn changed(mut self, attributes: &Attributes) -> Result<Names> {
        if let Some(first) = wire::text(attributes, "first_name")? {
            self.first = first.trim().to_owned();
        }
        if let Some(last) = wire::text(attributes, "last_name")? {
            self.last = last.trim().to_owned();
        }
        Ok(self)
    }

    /// The name of the core.
    pub fn joined(&self) -> String {
        format!("{} {}", self.first, self.last).trim().to_owned()
    }

    /// As an entry of a bag.
    pub fn to_bag(&self) -> Bag {
        Bag::from([(DOOR.to_owned(), json!({"first_name": self.first, "last_name": self.last}))])
    }
}

/// A user as JSON (reference, "User"). The document's password is never told (facts 3.10).
pub fn object(person: &Person) -> Json {
    let names = Names::of(person);
    let state = match person.standing {
        PersonStanding::Invited => "INVITATION_PENDING",
        PersonStanding::Member => "REGISTERED",
    };
    shown(&names::user(person.id), &person.email, &names, state)
}

/// A user of whom nothing is known but the address that was asked for.
pub fn nobody(email: &str) -> Json {
    shown("0", email, &Names::default(), "REGISTERED")
}

fn shown(id: &str, email: &str, names: &Names, state: &str) -> Json {
    json!({
        "type": "user",
        "id": id,
        "attributes": {
            "email": email,
            "first_name": names.first,
            "last_name": names.last,
            "state": state,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_they_were_given_and_follow_another_door() {
        for (first, last) in [("Mark", "Smith"), ("Ludwig", "van Beethoven"), ("Mary Ann", "Smith"), ("Cher", "")] {
            let names = Names { first: first.to_owned(), last: last.to_owned() };
            assert_eq!(Names::read(&names.joined(), &names.to_bag()), names);
            let other = Names::read("Ada King Lovelace", &names.to_bag());
            assert_eq!((other.first.as_str(), other.last.as_str()), ("Ada King", "Lovelace"));
        }
        assert_eq!(Names::read("Owner", &Bag::new()), Names { first: "Owner".to_owned(), last: String::new() });
    }
}
