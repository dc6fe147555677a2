//! A database and its workspace as each API spells their ids, for the command line and the first start.
//!
//! The spellings are their dialects' own. All are reversible without a list.

use donotname::names;
use engine::access::DatabaseSecrets;
use model::{DatabaseId, DatabaseKey, WorkspaceId};
use serde::{Deserialize, Serialize};

/// The ids of one database in every spelling.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Spelling {
    pub ninox: Ninox,
    pub donotname: Donotname,
    pub dato: Dato,
    pub dynalist: Dynalist,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Ninox {
    pub team: String,
    pub database: String,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Donotname {
    pub space: String,
    pub base: String,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Dato {
    pub site: String,
    /// Its tokens, where they are told: when the database is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readwrite_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readonly_token: Option<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Dynalist {
    pub folder: String,
}

impl Spelling {
    /// The ids of a database.
    pub fn of(workspace: WorkspaceId, database: DatabaseId, key: DatabaseKey) -> Spelling {
        Spelling {
            ninox: Ninox { team: ninox::names::team(workspace), database: ninox::names::database(key) },
            donotname: Donotname { space: names::space(workspace), base: names::base(key) },
            dato: Dato { site: dato::names::site(database), readwrite_token: None, readonly_token: None },
            dynalist: Dynalist { folder: dynalist::names::top(key) },
        }
    }
}

impl Dato {
    /// Tells the tokens of the database as well.
    pub fn tell(&mut self, secrets: &DatabaseSecrets) {
        self.readwrite_token = Some(secrets.read_write.as_str().to_owned());
        self.readonly_token = Some(secrets.read_only.as_str().to_owned());
    }
}

/// A database as somebody names it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Named<'a> {
    Key(DatabaseKey),
    Number(DatabaseId),
    Name(&'a str),
}

/// What a text names: an id in one of the spellings, else a name.
pub fn read_database(text: &str) -> Named<'_> {
    let key = names::read_base(text).or_else(|| ninox::names::read_database(text));
    let key = key.or_else(|| dynalist::names::read_top(text));
    let number = || text.parse().ok().filter(|n| *n > 0).map(|n| Named::Number(DatabaseId(n)));
    key.map(Named::Key).or_else(number).unwrap_or(Named::Name(text))
}

/// The workspace that an id names: Donotname's, Ninox', or the plain number.
pub fn read_workspace(text: &str) -> Option<WorkspaceId> {
    let number = || text.parse().ok().filter(|n| *n > 0).map(WorkspaceId);
    names::read_space(text).or_else(|| ninox::names::read_team(text)).or_else(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_reads_back_and_has_the_shape_of_its_api() {
        let key = DatabaseKey::parse("k3mw9x2vq8ta").expect("a key");
        for number in [1, 62, 4_000_000_000] {
            let (workspace, database) = (WorkspaceId(number), DatabaseId(number));
            let all = Spelling::of(workspace, database, key);
            assert_eq!((all.ninox.team.len(), all.ninox.database.len(), all.dynalist.folder.len()), (17, 12, 24));
            for space in [&all.ninox.team, &all.donotname.space] {
                assert_eq!(read_workspace(space), Some(workspace));
            }
            for base in [&all.ninox.database, &all.donotname.base, &all.dynalist.folder] {
                assert_eq!(read_database(base), Named::Key(key));
            }
            assert_eq!(read_database(&all.dato.site), Named::Number(database));
        }
        assert_eq!(read_database("My data"), Named::Name("My data"));
        assert_eq!(read_workspace("mAnyTonGue0000000"), None);
    }
}
