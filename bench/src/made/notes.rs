//! Notes as people and programs write them: most rows have a short one, many none, a few need quoting.

use std::fmt::Write;

use fastrand::Rng;

/// In a thousand rows.
const NONE: u32 = 350;
const QUOTED: u32 = 50;

const NAMES: [&str; 8] = ["Miller", "O'Neill", "García", "Müller", "Nguyen", "Smith", "Okafor", "Lindström"];

/// The note of the next row, in place of what `note` held.
pub(crate) fn note(dice: &mut Rng, note: &mut String) {
    note.clear();
    let lot = dice.u32(..1000);
    if lot < NONE {
        return;
    }
    let (name, ticket) = (NAMES[dice.usize(..NAMES.len())], dice.u32(10_000..1_000_000));
    let told = if lot < NONE + QUOTED {
        match ticket % 3 {
            0 => write!(note, "Called at {}, asked to be taken off the list", ticket % 12 + 1),
            1 => write!(note, "Said: \"never again\" (agent {})", ticket % 400),
            _ => write!(note, "{name}, ticket {ticket}"),
        }
    } else {
        match ticket % 5 {
            0 => write!(note, "Opt-out via IVR"),
            1 => write!(note, "State DNC registry sync"),
            2 => write!(note, "ticket {ticket}"),
            3 => write!(note, "letter of {name}"),
            _ => write!(note, "agent {} at 2026-{:02}-{:02}", ticket % 400, ticket % 12 + 1, ticket % 28 + 1),
        }
    };
    told.expect("a string takes every word");
}
