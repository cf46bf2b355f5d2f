//! A token that outlives its process: sealed, so that only who knows the client's secret can use it.
//!
//! Whoever keeps it is told by a [`Keeper`] and sees bytes that mean nothing to him: a version, a nonce, and a record
//! encrypted with ChaCha20-Poly1305. The key is drawn from the secrets that the token was asked for with, and from
//! everything else that it depends on: profile, addresses, ids, scopes. So what was kept under other settings, with a
//! secret that was changed since, by another version, or is damaged, cannot be opened. Then there is none, which is
//! never an error: one is asked for.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use dncsync_core::timestamp::Timestamp;
use reqwest::header::HeaderValue;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};

use crate::address;
use crate::grant::{Fresh, LONGEST_LIFE, TokenFacts};
use crate::secret::Secret;

/// In front of what is kept, and sealed with it. Another number means another form of all that follows.
const VERSION: u8 = 1;

/// Who keeps a token for the next process, and knows what time it is there.
///
/// Nothing depends on it: what it cannot read is not there, and what it cannot write is not kept.
pub trait Keeper: Send + Sync {
    /// Now, by the wall clock: a token's end must mean the same to the next process.
    fn now(&self) -> Timestamp;
    /// What was kept last.
    fn kept(&self) -> Option<Vec<u8>>;
    /// Keeps this instead of what was kept before.
    fn keep(&self, sealed: &[u8]);
    /// Keeps this no longer. What another process has kept since stays.
    fn discard(&self, sealed: &[u8]);
}

/// What a token is sealed with: the secrets, and in words everything else that it depends on.
pub(crate) struct Binding<'a> {
    pub(crate) secrets: Vec<&'a Secret>,
    pub(crate) told: Vec<&'a str>,
}

/// A keeper, and the key to what he keeps.
pub(crate) struct Safe {
    keeper: Arc<dyn Keeper>,
    key: LessSafeKey,
}

/// What was kept, as it lies there; it tells one token from the next.
#[derive(Clone)]
pub(crate) struct Sealed(Arc<[u8]>);

/// A token that was kept.
pub(crate) struct Kept {
    pub(crate) fresh: Fresh,
    /// How long ago it was asked for.
    pub(crate) age: Duration,
    pub(crate) sealed: Sealed,
}

#[derive(Serialize, Deserialize)]
struct Record {
    /// When it was asked for: its life is counted from then.
    asked_at: i64,
    life: u64,
    header: String,
    api: Option<String>,
    scopes: Vec<String>,
    tenant: Option<String>,
}

impl Safe {
    pub(crate) fn new(keeper: Arc<dyn Keeper>, binding: &Binding<'_>) -> Option<Self> {
        Some(Self { keeper, key: key(binding)? })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.keeper.now()
    }

    /// The token that was kept, where there is one and it can be from the past. Whether it is too old is not asked here.
    pub(crate) fn open(&self) -> Option<Kept> {
        let sealed = self.keeper.kept()?;
        let record = self.unseal(&sealed)?;
        let (now, asked_at) = (self.now(), Timestamp::from_millis(record.asked_at));
        let life = Duration::from_secs(record.life);
        // The clock was set back since, or was wrong then: nobody knows how old it is.
        if asked_at > now || life > LONGEST_LIFE {
            return None;
        }
        let mut header = HeaderValue::from_str(&record.header).ok()?;
        header.set_sensitive(true);
        let api = record.api.map(|api| address::base(&api)).transpose().ok()?;
        let facts = TokenFacts {
            scopes: record.scopes,
            expires_in: life,
            tenant: record.tenant,
            api: api.as_ref().map(address::host),
        };
        Some(Kept { fresh: Fresh { header, api, facts }, age: now.since(asked_at), sealed: Sealed(sealed.into()) })
    }

    /// Keeps a token that was asked for at this moment.
    pub(crate) fn put(&self, fresh: &Fresh, asked_at: Timestamp) -> Option<Sealed> {
        let record = Record {
            asked_at: asked_at.millis(),
            life: fresh.facts.expires_in.as_secs(),
            header: fresh.header.to_str().ok()?.to_owned(),
            api: fresh.api.as_ref().map(ToString::to_string),
            scopes: fresh.facts.scopes.clone(),
            tenant: fresh.facts.tenant.clone(),
        };
        let sealed = self.seal(serde_json::to_vec(&record).ok()?)?;
        self.keeper.keep(&sealed);
        Some(Sealed(sealed.into()))
    }

    /// Keeps it no longer.
    pub(crate) fn discard(&self, sealed: &Sealed) {
        self.keeper.discard(&sealed.0);
    }

    fn seal(&self, mut record: Vec<u8>) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let with = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(with, Aad::from([VERSION]), &mut record).ok()?;
        Some([&[VERSION], nonce.as_slice(), &record].concat())
    }

    fn unseal(&self, kept: &[u8]) -> Option<Record> {
        let (nonce, record) = kept.strip_prefix(&[VERSION])?.split_at_checked(NONCE_LEN)?;
        let (nonce, mut record) = (Nonce::try_assume_unique_for_key(nonce).ok()?, record.to_vec());
        serde_json::from_slice(self.key.open_in_place(nonce, Aad::from([VERSION]), &mut record).ok()?).ok()
    }
}

/// Each part with its length in front of it: no two bindings are the same bytes.
fn key(binding: &Binding<'_>) -> Option<LessSafeKey> {
    let measured = |parts: &mut dyn Iterator<Item = &str>| {
        parts.flat_map(|part| [&(part.len() as u64).to_be_bytes(), part.as_bytes()].concat()).collect::<Vec<u8>>()
    };
    let secrets = measured(&mut binding.secrets.iter().map(|secret| secret.expose()));
    let told = measured(&mut binding.told.iter().copied());
    let drawn = Salt::new(HKDF_SHA256, b"dncsync: a kept token").extract(&secrets);
    let info = [told.as_slice()];
    let key = drawn.expand(&info, &CHACHA20_POLY1305).ok()?;
    Some(LessSafeKey::new(UnboundKey::from(key)))
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}
