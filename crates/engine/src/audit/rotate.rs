//! Another key for the log: both sign that it takes over.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dncsync_core::event::Event;
use dncsync_core::log_key::PublicKey;
use dncsync_store::Store;

use super::{Trail, keys};
use crate::trouble::Trouble;
use crate::world::World;

impl Trail {
    /// The key that signs.
    pub(crate) fn key(&self) -> &PublicKey {
        self.key.public()
    }

    /// Signs with another key from now on: one in `to`, made there where there is none; without `to` it takes the place of the old
    /// one in the state directory.
    ///
    /// # Errors
    /// Where the key of the log lies elsewhere and `to` is not said, or a file cannot be written.
    pub(crate) fn rotate(mut self, store: &mut Store, to: Option<&Path>, world: &World) -> Result<Self, Trouble> {
        if to.is_none() && self.record.key.is_some() {
            let todo = "say where the new key is to lie: --to FILE";
            return Err(Trouble::input("audit.key", "the log's key lies in a file of yours", todo));
        }
        let own = keys::path(store.directory(), None);
        let waiting = keys::waiting(&own);
        let path = to.unwrap_or(&waiting);
        let name = self.key.public().name().to_owned();
        let new = keys::next(path, &name, || world.secret())?;
        let (old, next) = (self.key.public().to_string(), new.public().to_string());
        let statement = format!("dncsync key rotation\n{name}\n{old}\n{next}\n");
        let event = Event::KeyRotated {
            old: old.clone(),
            new: next.clone(),
            old_signature: STANDARD.encode(self.key.sign(&statement)),
            new_signature: STANDARD.encode(new.sign(&statement)),
        };
        // What is there is signed by the key that was in use when it happened.
        self.write_out(store, world)?;
        store.rotate(&old, &next, world.now(), &event)?;
        if to.is_none() {
            keys::take_over(&own, &next)?;
        }
        self.key = new;
        self.write_out(store, world)?;
        Ok(self)
    }
}
