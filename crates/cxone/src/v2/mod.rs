//! Profile `v2`: `/api/v2/dnc`, as the tutorial shows it.

pub(crate) mod calls;
pub(crate) mod decode;
pub(crate) mod items;
pub(crate) mod plain;
pub(crate) mod scope;
pub(crate) mod sign_in;
