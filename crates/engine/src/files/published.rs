//! Files that are published: whoever knows the token of one may read it, while it stands in a cell that the token of its
//! database which only reads may read. A database that never handed that token out publishes nothing.

use super::{FileRow, missing};
use crate::access::Bearer;
use crate::view::View;
use crate::{Engine, Weight};
use model::{DatabaseId, Result};

impl Engine {
    /// The published file of a token, of the database of this number. What is not published is not found, alike.
    pub async fn published_file(&self, database: DatabaseId, token: &str) -> Result<FileRow> {
        let home = self.inner().store.home();
        let found = home.read(|tx| store::home::databases::numbered(tx, database))?.ok_or_else(missing)?;
        let reading = self.reading_token(database)?.ok_or_else(missing)?;
        let actor = self.bearer(Bearer::Token(reading)).map_err(|_| missing())?.actor.clone();
        let token = token.to_owned();
        let look = move |view: &mut View<'_>| view.file_anywhere(&token);
        self.read(&actor, found.key, Weight::Point, look).await.map_err(|error| match error {
            model::Error::NotFound { .. } | model::Error::Forbidden(_) => missing(),
            other => other,
        })
    }
}
