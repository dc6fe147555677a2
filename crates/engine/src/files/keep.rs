//! Taking files in: their bytes, and what is known of them before a record has them.

use super::{FileRow, Stored, TOKEN, Upload, missing, name};
use crate::Engine;
use model::access::Credential;
use model::{Actor, Result};
use store::home::{Touch, uploads};

/// How long an upload waits for a record to take it, in milliseconds.
pub const GRACE_MS: i64 = 24 * 3600 * 1000;

impl Engine {
    /// Begins to take the bytes of a file in.
    pub fn begin_upload(&self) -> Result<Upload> {
        self.inner().files.blobs.begin()
    }

    /// A token for a file to come.
    pub fn new_file_token(&self) -> String {
        self.inner().ports.alphanumerics(TOKEN)
    }

    /// The file of bytes that are stored. It is known to nobody yet: give it to a write
    /// ([`WriteContext::files`](crate::WriteContext::files)) or to [`Engine::keep_upload`].
    pub fn new_file(&self, actor: &Actor, token: String, given_name: &str, stored: &Stored) -> FileRow {
        let by_token = match actor.credential {
            Credential::Token(token) => Some(token),
            Credential::Session | Credential::Local => None,
        };
        FileRow {
            token,
            hash: stored.hash.0,
            size: stored.size,
            media_type: stored.media_type.to_owned(),
            name: name::clean(given_name),
            dimensions: stored.dimensions.map(|d| (d.width, d.height)),
            created_at: self.now().0,
            user: actor.user,
            by_token,
        }
    }

    /// Keeps a file for who sent it, until a record takes it or [`GRACE_MS`] have passed.
    pub fn keep_upload(&self, file: &FileRow) -> Result<()> {
        let home = self.inner().store.home();
        store::blocking::blocking(|| home.write(Touch::Nothing, |tx| uploads::put(tx, file)))
    }

    /// The upload of a token, of who sent it; with a name, it is called so from now on.
    pub fn get_upload(&self, actor: &Actor, token: &str, given_name: Option<&str>) -> Result<FileRow> {
        let home = self.inner().store.home();
        let found = home.read(|tx| uploads::get(tx, token))?.filter(|file| is_of(file, actor));
        let mut file = found.filter(|file| file.created_at + GRACE_MS > self.now().0).ok_or_else(missing)?;
        if let Some(given) = given_name {
            file.name = name::clean(given);
            file.media_type = blobs::named_type(&file.media_type, &file.name).to_owned();
            let renamed = |file: &FileRow| {
                home.write(Touch::Nothing, |tx| uploads::rename(tx, token, &file.name, &file.media_type))
            };
            store::blocking::blocking(|| renamed(&file))?;
        }
        Ok(file)
    }
}

/// Whether a file was sent by this actor: the same person, or the same token that has no person.
pub(crate) fn is_of(file: &FileRow, actor: &Actor) -> bool {
    match (actor.user, actor.credential) {
        (Some(user), _) => file.user == Some(user),
        (None, Credential::Token(token)) => file.user.is_none() && file.by_token == Some(token),
        (None, Credential::Session | Credential::Local) => false,
    }
}
