//! The directory: all users of the server, for names in cells and for finding them.

use crate::Engine;
use model::UserId;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::home::users::{self, UserRow, UserState};

/// A user as others may see them.
#[derive(Clone, PartialEq, Debug)]
pub struct User {
    pub id: UserId,
    pub name: String,
    /// Empty when the user was deleted. Only for those with [`EmailRead`](model::Ability::EmailRead).
    pub email: String,
    pub avatar: Option<String>,
}

/// The users at one moment.
#[derive(Default, Debug)]
pub struct Directory {
    users: BTreeMap<UserId, User>,
    by_name: HashMap<String, UserId>,
    by_email: HashMap<String, UserId>,
}

impl Directory {
    fn new(rows: Vec<UserRow>) -> Directory {
        let mut directory = Directory::default();
        for row in rows {
            let email = row.email.unwrap_or_default();
            if matches!(row.state, UserState::Active | UserState::Suspended) {
                // Of two with one name the first keeps it: the answer must not change when others come.
                directory.by_name.entry(row.name.clone()).or_insert(row.id);
                directory.by_email.insert(users::fold_email(&email), row.id);
            }
            directory.users.insert(row.id, User { id: row.id, name: row.name, email, avatar: row.avatar });
        }
        directory
    }

    /// The user of a number, deleted ones included: their names still stand in records.
    pub fn get(&self, user: UserId) -> Option<&User> {
        self.users.get(&user)
    }

    /// The user that a text means: an e-mail address whatever its case, an exact name, or a number.
    pub fn find(&self, text: &str) -> Option<UserId> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let by_number = || text.parse().ok().map(UserId).filter(|user| self.users.contains_key(user));
        self.by_email.get(&users::fold_email(text)).or_else(|| self.by_name.get(text)).copied().or_else(by_number)
    }

    /// All users by number.
    pub fn iter(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }
}

impl Engine {
    /// The users of the server as of now; cached. Empty when they cannot be read: names are then missing, no more.
    pub fn directory(&self) -> Arc<Directory> {
        let (state, home) = (&self.inner().access, self.inner().store.home());
        let epoch = home.people_epoch();
        if let Some((of, directory)) = &*state.directory.read()
            && *of == epoch
        {
            return directory.clone();
        }
        match home.read(users::all) {
            Ok(rows) => {
                let directory = Arc::new(Directory::new(rows));
                *state.directory.write() = Some((epoch, directory.clone()));
                directory
            }
            Err(error) => {
                tracing::error!(%error, "the users cannot be read");
                Arc::default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_address_name_or_number_and_a_deleted_one_only_by_number() {
        let row = |id, name: &str, email: Option<&str>, state| UserRow {
            id: UserId(id),
            name: name.to_owned(),
            email: email.map(str::to_owned),
            avatar: None,
            created_at: 0,
            administrator: false,
            state,
            bag: model::Bag::default(),
        };
        let directory = Directory::new(vec![
            row(1, "Ada", Some("Ada@example.com"), UserState::Active),
            row(2, "Ada", Some("other@example.com"), UserState::Suspended),
            row(3, "Cay", None, UserState::Deleted),
        ]);
        let cases = [
            (" ADA@example.com", Some(1)),
            ("Ada", Some(1)),
            ("ada", None),
            ("2", Some(2)),
            ("3", Some(3)),
            ("4", None),
            ("Cay", None),
            ("", None),
        ];
        for (text, user) in cases {
            assert_eq!(directory.find(text), user.map(UserId), "{text}");
        }
        assert_eq!(directory.get(UserId(3)).expect("kept").name, "Cay");
    }
}
