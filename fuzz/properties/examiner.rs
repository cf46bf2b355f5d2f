//! What must hold of the readers of records, whatever the bytes.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use dncsync_examiner::{Key, Pack, check, verify};

/// The first key of the log that the seeds are of.
const KEY: &str = "dncsync-5cbcdceb3d3c3793+dd2246f2+AST2fByZQtj6orrp77ZMw6R/RpyTvrdfKiitLjY3KSnz";

/// A proof or a statement.
pub(crate) fn proof(bytes: &[u8]) {
    let held = check(bytes, &key()).is_ok();
    assert!(!held || bytes.ends_with(b"}\n"), "nothing but the one form");
}

/// A pack: files, each with its name before it.
pub(crate) fn pack(bytes: &[u8]) {
    let pack = Files::of(bytes);
    let Ok(verified) = verify(&pack, &key()) else { return };
    let signed = pack.0.contains_key("checkpoint") && pack.0.contains_key("checkpoints.txt");
    assert!(signed || verified.events == 0 || !verified.findings.is_empty(), "what nobody signed does not hold");
}

fn key() -> Key {
    Key::read(KEY).expect("a key")
}

/// Names and contents, of which a zero ends the name and three the content.
struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    fn of(mut bytes: &[u8]) -> Self {
        let mut files = BTreeMap::new();
        while let Some(name_end) = bytes.iter().position(|byte| *byte == 0) {
            let (name, rest) = (String::from_utf8_lossy(&bytes[..name_end]).into_owned(), &bytes[name_end + 1..]);
            let end = rest.windows(3).position(|window| window == [0; 3]).unwrap_or(rest.len());
            files.insert(name, rest[..end].to_vec());
            bytes = rest.get(end + 3..).unwrap_or_default();
        }
        Self(files)
    }
}

impl Pack for Files {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.0.keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let content = self.0.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(content)))
    }
}
