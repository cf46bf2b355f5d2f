//! Keys as signed notes have them, and what they sign.

use ring::signature::{ED25519, UnparsedPublicKey};

use crate::finding::Finding;
use crate::spelling::{base64, from_base64, from_hex, hex};
use crate::tree::digest;

/// What stands before the bytes of an Ed25519 key.
const ED25519_KIND: u8 = 1;

/// The points of small order, without the bit that says which of two they are: such a key takes signatures that nobody made.
const OF_SMALL_ORDER: [&str; 5] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
];

/// 2^255 - 19, lowest byte first: a coordinate is smaller.
const FIELD: [u8; 32] = {
    let mut bytes = [0xFF; 32];
    (bytes[0], bytes[31]) = (0xED, 0x7F);
    bytes
};

/// A key that is trusted, or that a trusted one leads to: `NAME+HASH+KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    name: String,
    point: [u8; 32],
}

impl Key {
    /// Reads a key as `dncsync audit key` prints it.
    ///
    /// # Errors
    /// Where the text is anything else, or no key that a signature can be checked with.
    pub fn read(text: &str) -> Result<Self, Finding> {
        Self::parse(text).map_err(|what| Finding::new("the key", what))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("it is not of the form NAME+HASH+KEY".to_owned());
        };
        if name.is_empty() || name.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
            return Err("its name is empty or holds white space".to_owned());
        }
        let Some([ED25519_KIND, point @ ..]) = from_base64::<33>(key) else {
            return Err("what follows its hash is no Ed25519 key in base64".to_owned());
        };
        if is_weak(&point) {
            return Err("it is a key that takes signatures which nobody made".to_owned());
        }
        let read = Self { name: name.to_owned(), point };
        if from_hex(hash) != Some(read.hash()) {
            return Err(format!("its hash is not that of its name and key: {}", hex(&read.hash())));
        }
        Ok(read)
    }

    /// Its name, which is the origin of its checkpoints.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands before a signature: the first bytes of a hash over the name and the key.
    pub(crate) fn hash(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = digest(&[self.name.as_bytes(), b"\n", &[ED25519_KIND], &self.point].concat());
        [a, b, c, d]
    }

    /// Whether it signed this.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.point).verify(message, signature).is_ok()
    }
}

/// As `NAME+HASH+KEY`.
impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = [&[ED25519_KIND], &self.point[..]].concat();
        write!(f, "{}+{}+{}", self.name, hex(&self.hash()), base64(&key))
    }
}

/// Whether it is a point of small order, or spelt in another way than the one that it has.
fn is_weak(point: &[u8; 32]) -> bool {
    let mut coordinate = *point;
    coordinate[31] &= 0x7F;
    let small = OF_SMALL_ORDER.iter().any(|small| from_hex(small) == Some(coordinate));
    small || coordinate.iter().rev().ge(FIELD.iter().rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of signed-note's own description of the format.
    const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn a_key_is_read_in_its_one_form() {
        let key = Key::read(PETER).expect("a key");
        assert_eq!((key.name(), key.to_string().as_str()), ("PeterNeumann", PETER));
        for wrong in [
            "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumanN+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
            "PeterNeumann+c74f20a3",
            "",
        ] {
            assert!(Key::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_peter_signed_is_signed() {
        let text =
            b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let signed = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let [_, _, _, _, signature @ ..] = from_base64::<68>(signed).expect("a signature");
        let key = Key::read(PETER).expect("a key");
        assert!(key.signed(text, &signature));
        assert!(!key.signed(&text[1..], &signature));
    }

    #[test]
    fn a_key_that_anybody_can_sign_for_is_none() {
        for small in OF_SMALL_ORDER {
            let point = from_hex::<32>(small).expect("a point");
            let mut mirrored = point;
            mirrored[31] |= 0x80;
            assert!(is_weak(&point) && is_weak(&mirrored));
        }
        assert!(is_weak(&FIELD));
        assert!(is_weak(&[0xFF; 32]));
        let weak = Key { name: "log".to_owned(), point: FIELD };
        assert!(Key::read(&weak.to_string()).is_err());
    }
}
