//! Webhook signatures after Standard Webhooks: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Shortest secret, in bytes: the recommendation of Standard Webhooks is 24 to 64.
const SHORTEST: usize = 24;

/// The secret that signs webhooks. Its debug form shows nothing of it.
#[derive(Clone)]
pub struct WebhookSecret(Vec<u8>);

/// A text that cannot be the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Too few bytes to be a secret.
    #[error("the webhook secret has fewer than {SHORTEST} bytes")]
    TooShort,
    /// `whsec_` is followed by something else than base64.
    #[error("the webhook secret begins with whsec_ and what follows is not base64")]
    NotBase64,
}

impl WebhookSecret {
    /// Reads `whsec_` and base64, or plain text of at least 24 bytes.
    pub fn read(text: &str) -> Result<Self, SecretError> {
        let bytes = match text.strip_prefix("whsec_") {
            Some(encoded) => STANDARD.decode(encoded).map_err(|_| SecretError::NotBase64)?,
            None if text.len() < SHORTEST => return Err(SecretError::TooShort),
            None => text.as_bytes().to_vec(),
        };
        if bytes.is_empty() { Err(SecretError::TooShort) } else { Ok(Self(bytes)) }
    }

    /// The value of the header `webhook-signature`. `timestamp` is in seconds since 1970.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification's reference libraries.
    #[test]
    fn signs_as_the_reference_libraries_do() {
        let secret = WebhookSecret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn refuses_what_is_no_secret() {
        assert_eq!(WebhookSecret::read("short").unwrap_err(), SecretError::TooShort);
        assert_eq!(WebhookSecret::read("whsec_%%%").unwrap_err(), SecretError::NotBase64);
        assert!(WebhookSecret::read("plain text of 24 bytes..").is_ok());
    }
}
