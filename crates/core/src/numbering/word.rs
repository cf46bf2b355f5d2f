//! What the words of the table mean. The build script writes them by this file, and the walk reads them by it.
//!
//! A word below [`LEAF`] is a node: eleven words from that place on, one for each digit and one for the end of the digits.
//! Any other has its kind in the upper three bits and what belongs to it in the others.

/// The numbers that the table judges have at least so many digits, calling code included...
pub(crate) const FEWEST_DIGITS: usize = 5;
/// ...and at most so many: what E.164 allows. The few longer ones that plans know are the library's.
pub(crate) const MOST_DIGITS: usize = 15;
/// So many first digits of a number with a plus are looked up at once.
pub(crate) const HEAD: usize = 4;
/// Words of a node; the last one is for the end of the digits.
pub(crate) const NODE: u32 = 11;

const SHIFT: u32 = 29;
/// Valid with exactly `k` more digits, whatever they are, for each bit `k`.
pub(crate) const LEAF: u32 = 1 << SHIFT;
/// Something is done to the number: which act, by index.
pub(crate) const ACT: u32 = 2 << SHIFT;
/// Ask the library.
pub(crate) const SLOW: u32 = 3 << SHIFT;
/// No such calling code.
pub(crate) const FOREIGN: u32 = 4 << SHIFT;
/// A calling code begins after so many digits.
pub(crate) const RESTART: u32 = 5 << SHIFT;
/// The bits that tell the kind.
pub(crate) const KIND: u32 = 7 << SHIFT;
