//! The keys of the log: what signs its checkpoints, and what others check them with.
//!
//! Ed25519 (RFC 8032), in the spellings of C2SP's signed notes (<https://c2sp.org/signed-note>), which existing tools read.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};

/// What stands before the bytes of a key: the kind of signature, by the table of signed-note.
const ED25519_KIND: u8 = 1;

/// What a private key begins with in a file.
const PRIVATE: &str = "PRIVATE+KEY+";

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no key of a log")]
pub struct NoKey;

/// A key that signs. Its debug form shows the public half.
pub struct LogKey {
    pair: Ed25519KeyPair,
    seed: [u8; 32],
    public: PublicKey,
}

impl LogKey {
    /// A new log's key: the log is named after it.
    pub fn first(seed: [u8; 32]) -> Self {
        let nameless = Self::named("", seed);
        let name = Sha256::digest(nameless.public.key).into_iter().take(8).map(|byte| format!("{byte:02x}"));
        Self::named(&format!("dncsync-{}", name.collect::<String>()), seed)
    }

    /// A key of the log of this name.
    pub fn named(name: &str, seed: [u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("32 bytes are a seed");
        let mut key = [0; 32];
        key.copy_from_slice(pair.public_key().as_ref());
        Self { pair, seed, public: PublicKey { name: name.to_owned(), key } }
    }

    /// Reads what [`LogKey::to_text`] wrote, or another tool for signed notes.
    ///
    /// # Errors
    /// [`NoKey`] where it is none.
    pub fn read(text: &str) -> Result<Self, NoKey> {
        let rest = text.trim_end().strip_prefix(PRIVATE).ok_or(NoKey)?;
        let (name, hash, seed) = take_apart(rest)?;
        let key = Self::named(name, seed);
        if key.public.hash_text() == hash { Ok(key) } else { Err(NoKey) }
    }

    /// The secret as text, for its file and nothing else.
    pub fn to_text(&self) -> String {
        let Self { seed, public, .. } = self;
        format!("{PRIVATE}{}+{}+{}\n", public.name, public.hash_text(), encoded(seed))
    }

    /// What others check its signatures with.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The signature of a text: 64 bytes, always the same.
    pub fn sign(&self, text: &str) -> Vec<u8> {
        self.pair.sign(text.as_bytes()).as_ref().to_vec()
    }

    /// A text, which ends with a line end, and its signature as a signed note.
    pub fn note(&self, text: &str) -> String {
        let mut signature = self.public.hash().to_vec();
        signature.extend(self.sign(text));
        format!("{text}\n\u{2014} {} {}\n", self.public.name, STANDARD.encode(signature))
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.public)
    }
}

/// A key that checks signatures: `NAME+HASH+KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    key: [u8; 32],
}

impl PublicKey {
    /// Reads what its `Display` wrote.
    ///
    /// # Errors
    /// [`NoKey`] where it is none.
    pub fn read(text: &str) -> Result<Self, NoKey> {
        let (name, hash, key) = take_apart(text.trim_end())?;
        let public = Self { name: name.to_owned(), key };
        if public.hash_text() == hash { Ok(public) } else { Err(NoKey) }
    }

    /// The log's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether this is its signature of a text.
    pub fn signed(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.key).verify(text.as_bytes(), signature).is_ok()
    }

    /// The text of a note that it signed alone; `None` where it did not.
    pub fn open<'a>(&self, note: &'a str) -> Option<&'a str> {
        let (text, line) = note.strip_suffix('\n')?.rsplit_once("\n\n\u{2014} ")?;
        let text = &note[..text.len() + 1];
        let bytes = STANDARD.decode(line.strip_prefix(&self.name)?.strip_prefix(' ')?).ok()?;
        let signature = bytes.strip_prefix(&self.hash())?;
        self.signed(text, signature).then_some(text)
    }

    /// The first four bytes of SHA-256(name ‖ line end ‖ kind ‖ key).
    fn hash(&self) -> [u8; 4] {
        let digest = Sha256::new().chain_update(&self.name).chain_update([b'\n', ED25519_KIND]).chain_update(self.key);
        let digest = digest.finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    fn hash_text(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.hash()))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.hash_text(), encoded(&self.key))
    }
}

fn encoded(key: &[u8; 32]) -> String {
    let mut bytes = vec![ED25519_KIND];
    bytes.extend_from_slice(key);
    STANDARD.encode(bytes)
}

/// `NAME+HASH+KEY`. Base64 may hold a plus as well: the name has none, nor white space.
fn take_apart(text: &str) -> Result<(&str, &str, [u8; 32]), NoKey> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else { return Err(NoKey) };
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err(NoKey);
    }
    let bytes = STANDARD.decode(key).map_err(|_| NoKey)?;
    match bytes.split_first() {
        Some((&ED25519_KIND, key)) => Ok((name, hash, key.try_into().map_err(|_| NoKey)?)),
        _ => Err(NoKey),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys and the note of the tests of Go's golang.org/x/mod/sumdb/note.
    const GO_PRIVATE: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const GO_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const GO_TEXT: &str =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const GO_SIGNED: &str = "\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn keys_and_notes_are_those_of_go() {
        let key = LogKey::read(GO_PRIVATE).expect("a key");
        assert_eq!(key.public().to_string(), GO_PUBLIC);
        assert_eq!(key.to_text().trim_end(), GO_PRIVATE);
        let note = key.note(GO_TEXT);
        assert_eq!(note, format!("{GO_TEXT}{GO_SIGNED}"));
        assert_eq!(PublicKey::read(GO_PUBLIC).expect("a key").open(&note), Some(GO_TEXT));
    }

    #[test]
    fn a_note_of_somebody_else_is_not_opened() {
        let (ours, theirs) = (LogKey::first([7; 32]), LogKey::first([8; 32]));
        let note = ours.note("one\n");
        assert_eq!(ours.public().open(&note), Some("one\n"));
        assert_eq!(theirs.public().open(&note), None);
        assert_eq!(ours.public().open(&note.replace("one", "two")), None);
        assert_eq!(LogKey::named(ours.public().name(), [8; 32]).public().open(&note), None);
    }

    #[test]
    fn a_key_shows_its_public_half_only() {
        let key = LogKey::first([7; 32]);
        assert_eq!(format!("{key:?}"), format!("LogKey({})", key.public()));
        for wrong in ["", "a+b", "PRIVATE+KEY+a+00000000+AQ==", &key.public().to_string()] {
            assert_eq!(LogKey::read(wrong).err(), Some(NoKey), "{wrong}");
        }
    }
}
