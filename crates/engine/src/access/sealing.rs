//! Secrets that must be handed out again: sealed with a key made of the server's, so that whoever has the store alone
//! cannot read them (AES-256-GCM with a random nonce; what a seal is for is bound to it).

use crate::Engine;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use model::{Error, Result};

impl Engine {
    /// Seals a text. `purpose` must be said again to open it.
    pub(crate) fn seal(&self, purpose: &str, text: &str) -> Result<Vec<u8>> {
        let failed = |_| Error::Internal("a secret cannot be sealed".to_owned());
        let nonce: [u8; NONCE_LEN] = self.random_bytes();
        let mut inside = text.as_bytes().to_vec();
        let aad = Aad::from(purpose.as_bytes());
        let key = self.sealing_key().map_err(failed)?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut inside).map_err(failed)?;
        Ok([nonce.as_slice(), &inside].concat())
    }

    /// The text in a seal; none when it was sealed with another key, or for something else.
    pub(crate) fn open_seal(&self, purpose: &str, sealed: &[u8]) -> Option<String> {
        let (nonce, inside) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut inside = inside.to_vec();
        let text = self.sealing_key().ok()?.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut inside).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }

    fn sealing_key(&self) -> std::result::Result<LessSafeKey, aws_lc_rs::error::Unspecified> {
        UnboundKey::new(&AES_256_GCM, &self.derived_key("seal")).map(LessSafeKey::new)
    }
}
