#![no_main]

#[path = "../properties/core.rs"]
#[allow(dead_code, reason = "each target asks its own share")]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::log_key(bytes));
