//! Compiles the numbering plans that `rlibphonenumber` carries into the table of `src/numbering/table.rs`.
//!
//! It asks the library that is linked, as a build-dependency of the same version (Cargo.lock holds one): a new version
//! brings a new table. Where its metadata holds something that was not thought of here, the build fails.

mod compile;
mod language;
mod metadata;
mod parsing;
mod pattern;
mod prefix;
#[allow(dead_code, reason = "some of it is for the walk only")]
#[path = "../src/numbering/word.rs"]
mod word;
mod words;
mod write;

use std::path::Path;

#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "so a build script speaks with Cargo")]
fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/numbering/word.rs");
    let table = compile::table(&metadata::codes());
    let directory = std::env::var_os("OUT_DIR").expect("Cargo says where");
    write::write(&table, Path::new(&directory)).expect("the table can be written");
}
