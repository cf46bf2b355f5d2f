//! What must hold of the readers of keys, whatever the bytes.

use dncsync_core::log_key::{LogKey, PublicKey};

/// A key, public or not.
pub(crate) fn log_key(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(key) = PublicKey::read(text) {
        assert_eq!(key.to_string(), text.trim_end(), "one spelling");
    }
    if let Ok(key) = LogKey::read(text) {
        assert!(!format!("{key:?}").contains("PRIVATE"));
        assert_eq!(key.to_text().trim_end(), text.trim_end(), "one spelling");
    }
}
