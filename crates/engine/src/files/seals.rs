//! Addresses that need no header: what they allow is written in them and signed.
//!
//! The key that signs is made of the server's key and of the credential in whose name the address was given: when the
//! token is revoked or renewed, or the password changed, the address is dead. Whatever it names is judged again when it
//! is used, with the rights of then.

use super::{FilePlace, TOKEN, Thumbnail, missing};
use crate::Engine;
use crate::access::Bearer;
use crate::view::View;
use hmac::{Hmac, KeyInit, Mac};
use model::{Actor, DatabaseKey, FieldId, RecordId, Result, TableId};
use sha2::Sha256;
use std::sync::Arc;

/// An address lasts between one and two of these, so that it is the same for a while and can be cached.
const STEP_MS: i64 = 12 * 3600 * 1000;
/// How long an address to send bytes to lasts.
const UPLOAD_MS: i64 = 3600 * 1000;
/// Bytes of a signature in an address: 160 bits.
const SIGNATURE: usize = 20;
/// The parts of the token of an upload: letters of chance, of the second until which it is good, and of its signature.
const CHANCE: usize = 13;
const SECONDS: usize = 6;
const SIGNED: usize = TOKEN - CHANCE - SECONDS;

/// Makes addresses of files for one answer.
pub struct Seals {
    /// None: of an upload that is in no record.
    database: Option<DatabaseKey>,
    bearer: Bearer,
    key: [u8; 32],
    until: i64,
    origin: Arc<str>,
}

/// What an address of a file says that it allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claim {
    /// None: an upload that is in no record.
    pub database: Option<DatabaseKey>,
    /// Record 0: a record that a lookup leads to.
    pub place: FilePlace,
    bearer: Bearer,
    until: i64,
}

/// What an address to send a named file of any length to allows.
#[derive(Clone, Debug)]
pub struct DirectClaim {
    /// Who was given it.
    pub actor: Arc<Actor>,
    pub database: DatabaseKey,
}

/// What an address to send bytes to allows.
#[derive(Clone, Debug)]
pub struct UploadClaim {
    /// Who was given it.
    pub actor: Arc<Actor>,
    /// How many bytes must come.
    pub length: u64,
}

impl Seals {
    /// How the address begins by which the request came.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What is to be said in the address of a file in a cell: the claim and its signature.
    pub fn seal(&self, token: &str, place: FilePlace, size: Option<Thumbnail>) -> (String, String) {
        let claim = Claim { database: self.database, place, bearer: self.bearer, until: self.until }.text();
        let signature = sign(&self.key, &parts_of_read(token, size, &claim));
        (claim, hex(&signature))
    }
}

impl Claim {
    fn text(&self) -> String {
        let FilePlace { table, record, field } = self.place;
        let (database, bearer, until) = (self.database, self.bearer, self.until / 1000);
        let database = database.as_ref().map_or("", DatabaseKey::as_str);
        format!("{database}.{}.{}.{}.{bearer}.{until}", table.0, record.0, field.0)
    }

    fn parse(text: &str) -> Option<Claim> {
        let mut parts = text.split('.');
        let database = match parts.next()? {
            "" => None,
            key => Some(DatabaseKey::parse(key)?),
        };
        let mut number = || parts.next()?.parse::<u32>().ok();
        let place = FilePlace { table: TableId(number()?), record: RecordId(number()?), field: FieldId(number()?) };
        let bearer = Bearer::parse(parts.next()?)?;
        let until = parts.next()?.parse::<u32>().ok()?;
        parts.next().is_none().then_some(Claim { database, place, bearer, until: i64::from(until) * 1000 })
    }
}

impl View<'_> {
    /// What makes addresses of files in this answer; none for who has no credential that can end.
    pub fn seals(&self) -> Result<Option<Seals>> {
        let origin = self.scope.origin.clone();
        self.scope.members.engine().seals_in(&self.scope.actor, Some(self.scope.key), origin)
    }
}

impl Engine {
    /// What makes addresses of uploads of an actor that are in no record yet.
    pub fn seals_of_uploads(&self, actor: &Actor) -> Result<Option<Seals>> {
        self.seals_in(actor, None, super::origin())
    }

    fn seals_in(&self, actor: &Actor, database: Option<DatabaseKey>, origin: Arc<str>) -> Result<Option<Seals>> {
        let Some(bearer) = Bearer::of(actor) else { return Ok(None) };
        let key = self.bearer(bearer)?.key;
        let until = (self.now().0 / STEP_MS + 2) * STEP_MS;
        Ok(Some(Seals { database, bearer, key, until, origin }))
    }

    /// What the address of a file allows, and in whose name. Whatever does not hold is "not found", alike.
    pub fn unseal(
        &self,
        token: &str,
        size: Option<Thumbnail>,
        claim: &str,
        signature: &str,
    ) -> Result<(Claim, Arc<Actor>)> {
        let read = Claim::parse(claim).ok_or_else(missing)?;
        let known = self.bearer(read.bearer).map_err(|_| missing())?;
        if !holds(&known.key, &parts_of_read(token, size, claim), signature) || read.until <= self.now().0 {
            return Err(missing());
        }
        Ok((read, known.actor.clone()))
    }

    /// The token of a file of this many bytes that this actor is to send. It is signed, with an end to it, so that the
    /// file may be sent with the token and the actor's own credential, too.
    pub fn new_upload_token(&self, actor: &Actor, length: u64) -> Result<String> {
        let bearer = Bearer::of(actor).ok_or_else(missing)?;
        let mut token = self.inner().ports.alphanumerics(CHANCE);
        let mut until = (self.now().0 + UPLOAD_MS) / 1000;
        for _ in 0..SECONDS {
            token.push(letter(until % 62));
            until /= 62;
        }
        token.push_str(&letters(&self.bearer(bearer)?.key, &token, length));
        Ok(token)
    }

    /// Whether this token was given to this actor, in the name of the same credential and for so many bytes, and is
    /// still good.
    pub fn is_upload_token(&self, actor: &Actor, token: &str, length: u64) -> bool {
        let Some(known) = Bearer::of(actor).and_then(|bearer| self.bearer(bearer).ok()) else { return false };
        if token.len() != TOKEN || !token.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return false;
        }
        let (head, signed) = token.split_at(CHANCE + SECONDS);
        let right = letters(&known.key, head, length);
        // How long it takes does not tell how much of it was right.
        let difference = right.bytes().zip(signed.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        let value = |b: u8| LETTERS.iter().position(|letter| *letter == b).unwrap_or_default() as i64;
        let until = head.bytes().skip(CHANCE).rev().fold(0, |until, b| until * 62 + value(b));
        difference == 0 && until * 1000 > self.now().0
    }

    /// Makes what is to be said in an address to send this many bytes to: the claim and its signature.
    pub fn seal_upload(&self, actor: &Actor, token: &str, length: u64) -> Result<(String, String)> {
        let bearer = Bearer::of(actor).ok_or_else(missing)?;
        let claim = format!("{bearer}.{length}.{}", (self.now().0 + UPLOAD_MS) / 1000);
        let signature = sign(&self.bearer(bearer)?.key, &["upload", token, "", &claim]);
        Ok((claim, hex(&signature)))
    }

    /// What such an address allows.
    pub fn unseal_upload(&self, token: &str, claim: &str, signature: &str) -> Result<UploadClaim> {
        let mut parts = claim.split('.');
        let mut next = || parts.next().ok_or_else(missing);
        let bearer = Bearer::parse(next()?).ok_or_else(missing)?;
        let length = next()?.parse::<u64>().map_err(|_| missing())?;
        let until = next()?.parse::<u32>().map_err(|_| missing())?;
        let known = self.bearer(bearer).map_err(|_| missing())?;
        let in_time = i64::from(until) * 1000 > self.now().0;
        if !holds(&known.key, &["upload", token, "", claim], signature) || !in_time {
            return Err(missing());
        }
        Ok(UploadClaim { actor: known.actor.clone(), length })
    }

    /// Makes what is to be said in an address to send the file of a token and a name to, for a database: the claim, which
    /// ends at an instant (UTC milliseconds), and its signature.
    pub fn seal_direct_upload(
        &self,
        actor: &Actor,
        database: DatabaseKey,
        token: &str,
        name: &str,
        until: i64,
    ) -> Result<(String, String)> {
        let bearer = Bearer::of(actor).ok_or_else(missing)?;
        let claim = format!("{database}.{bearer}.{}", until / 1000);
        let signature = sign(&self.bearer(bearer)?.key, &["direct", token, name, &claim]);
        Ok((claim, hex(&signature)))
    }

    /// What such an address allows.
    pub fn unseal_direct_upload(&self, token: &str, name: &str, claim: &str, signature: &str) -> Result<DirectClaim> {
        let mut parts = claim.split('.');
        let mut next = || parts.next().ok_or_else(missing);
        let database = DatabaseKey::parse(next()?).ok_or_else(missing)?;
        let bearer = Bearer::parse(next()?).ok_or_else(missing)?;
        let until = next()?.parse::<u32>().map_err(|_| missing())?;
        let known = self.bearer(bearer).map_err(|_| missing())?;
        let in_time = i64::from(until) * 1000 > self.now().0;
        if parts.next().is_some() || !holds(&known.key, &["direct", token, name, claim], signature) || !in_time {
            return Err(missing());
        }
        Ok(DirectClaim { actor: known.actor.clone(), database })
    }

    /// A key of its own for a use, made of the server's.
    pub(crate) fn derived_key(&self, of: &str) -> [u8; 32] {
        let mut mac = keyed(&self.inner().files.key);
        mac.update(format!("{of} key").as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The key that signs in the name of a credential. `stamp` changes when the credential does.
    pub(crate) fn bearer_key(&self, bearer: Bearer, stamp: &[u8]) -> [u8; 32] {
        let mut mac = keyed(&self.inner().files.key);
        mac.update(format!("bearer {bearer} ").as_bytes());
        mac.update(stamp);
        mac.finalize().into_bytes().into()
    }
}

fn parts_of_read<'a>(token: &'a str, size: Option<Thumbnail>, claim: &'a str) -> [&'a str; 4] {
    ["read", token, size.map_or("", Thumbnail::word), claim]
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).expect("a key of any length fits")
}

fn mac_of(key: &[u8; 32], parts: &[&str]) -> Hmac<Sha256> {
    let mut mac = keyed(key);
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac
}

fn sign(key: &[u8; 32], parts: &[&str]) -> [u8; SIGNATURE] {
    let whole: [u8; 32] = mac_of(key, parts).finalize().into_bytes().into();
    let mut signature = [0; SIGNATURE];
    signature.copy_from_slice(&whole[..SIGNATURE]);
    signature
}

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn letter(value: i64) -> char {
    char::from(LETTERS[(value % 62) as usize])
}

/// The signature of the head of a token, in letters and digits: 77 bits.
fn letters(key: &[u8; 32], head: &str, length: u64) -> String {
    let whole: [u8; 32] = mac_of(key, &["token", head, &length.to_string()]).finalize().into_bytes().into();
    whole.iter().take(SIGNED).map(|byte| letter(i64::from(*byte))).collect()
}

/// Whether a signature is that of these parts. How long it takes does not tell how much of it was right.
fn holds(key: &[u8; 32], parts: &[&str], signature: &str) -> bool {
    let mut given = [0; SIGNATURE];
    let digits = signature.as_bytes();
    if digits.len() != SIGNATURE * 2 || !digits.iter().all(|d| d.is_ascii_digit() || (b'a'..=b'f').contains(d)) {
        return false;
    }
    for (byte, pair) in given.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |d: u8| if d.is_ascii_digit() { d - b'0' } else { d - b'a' + 10 };
        *byte = digit(pair[0]) * 16 + digit(pair[1]);
    }
    mac_of(key, parts).verify_truncated_left(&given).is_ok()
}

fn hex(bytes: &[u8]) -> String {
    crate::access::hex(bytes)
}
