//! Profile `admin`: the DNC groups of the Admin API, as NICE's developer portal documents them. What the documents leave
//! open is marked in `docs/cxone.md`, and read leniently here.

pub(crate) mod calls;
pub(crate) mod decode;
pub(crate) mod digits;
pub(crate) mod ends;
pub(crate) mod records;
pub(crate) mod results;
pub(crate) mod sign_in;
pub(crate) mod tenant;
