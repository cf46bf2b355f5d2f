//! SHA-256 digests, as lower-case hexadecimal.

use std::fmt::Write;

use sha2::Digest as _;

/// A digest under way: inputs are told apart by their lengths, so that two inputs never run into one.
#[derive(Clone, Default)]
pub struct Digest(sha2::Sha256);

impl Digest {
    /// The digest of one piece of bytes.
    pub fn of(bytes: &[u8]) -> String {
        let mut digest = Self::default();
        digest.update(bytes);
        digest.finish()
    }

    /// Adds bytes as they come.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds one field of a record, with its length before it.
    pub fn field(&mut self, bytes: &[u8]) {
        self.update(&(bytes.len() as u64).to_be_bytes());
        self.update(bytes);
    }

    /// 64 hexadecimal digits.
    pub fn finish(self) -> String {
        self.0.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
