//! Records that somebody else wrote: what is right passes, and whatever is changed in it is found.

mod lies;
mod mutations;
mod naive;
mod packs;
mod papers;
mod proofs;
mod story;
mod writer;
