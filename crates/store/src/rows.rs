//! Between SQLite's values and ours.

use dncsync_core::timestamp::Timestamp;
use roaring::RoaringBitmap;

use crate::error::StoreError;

/// SQLite's integers are signed; our counts never come near the border.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A count back from SQLite.
pub(crate) fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A moment back from SQLite.
pub(crate) fn moment(value: Option<i64>) -> Option<Timestamp> {
    value.map(Timestamp::from_millis)
}

/// Positions as bytes.
pub(crate) fn members_to_bytes(members: &RoaringBitmap) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(members.serialized_size());
    members.serialize_into(&mut bytes).expect("a vector takes every byte");
    bytes
}

/// Positions back from SQLite.
pub(crate) fn members(bytes: &[u8]) -> Result<RoaringBitmap, StoreError> {
    RoaringBitmap::deserialize_from(bytes).map_err(|_| StoreError::Damaged("a part of a batch cannot be read"))
}
