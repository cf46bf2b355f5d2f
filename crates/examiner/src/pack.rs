//! Where the files of a pack come from.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Where the files of a pack come from: a directory, or the state that dncsync would export.
pub trait Pack {
    /// Names of all files, as `docs/audit.md` has them, with `/` between, in any order.
    ///
    /// # Errors
    /// Where they cannot be listed.
    fn names(&self) -> io::Result<Vec<String>>;

    /// One file, to be read once from its beginning.
    ///
    /// # Errors
    /// Where it cannot be opened.
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>>;
}

/// A pack in a directory.
#[derive(Clone, Debug)]
pub struct Directory(PathBuf);

impl Directory {
    /// The pack that lies there.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Pack for Directory {
    /// Whatever is no directory is a file here, links to directories as well: what is no part of a pack is told.
    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        let mut below = vec![(self.0.clone(), String::new())];
        while let Some((directory, prefix)) = below.pop() {
            for entry in fs::read_dir(directory)? {
                let entry = entry?;
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                if entry.file_type()?.is_dir() {
                    below.push((entry.path(), format!("{name}/")));
                } else {
                    names.push(name);
                }
            }
        }
        Ok(names)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let path = name.split('/').fold(self.0.clone(), |path, part| path.join(part));
        // A pipe would be waited for without end.
        if !fs::metadata(&path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{} is no file", path.display())));
        }
        Ok(Box::new(File::open(path)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_a_pack() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir_all(directory.path().join("tile/0/x001")).unwrap();
        fs::write(directory.path().join("tile/0/x001/000"), "hashes").unwrap();
        fs::write(directory.path().join("log.jsonl"), "").unwrap();
        let pack = Directory::at(directory.path());
        let mut names = pack.names().unwrap();
        names.sort();
        assert_eq!(names, ["log.jsonl", "tile/0/x001/000"]);
        let mut found = String::new();
        pack.open("tile/0/x001/000").unwrap().read_to_string(&mut found).unwrap();
        assert_eq!(found, "hashes");
        assert!(pack.open("tile").is_err());
    }
}
