//! ZIP archives that are given away: a person's download with proofs, an auditor's pack. The same content gives the same bytes.
//!
//! The last file, `manifest.json`, names every other with its SHA-256: `{"what": "…", "files": {"NAME": "HEX"}}`. It is no
//! seal, since whoever changes a file can change it too: it tells a torn transfer from a whole one, and which file was torn.

use std::collections::BTreeMap;
use std::io::{Result, Seek, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The name of the manifest.
pub const MANIFEST: &str = "manifest.json";

/// An archive that is being written. Names are given in the order in which they shall stand.
pub struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    sums: BTreeMap<String, String>,
}

impl<W: Write + Seek> Archive<W> {
    /// An empty one.
    pub fn new(out: W) -> Self {
        Self { zip: ZipWriter::new(out), sums: BTreeMap::new() }
    }

    /// Adds a file. Its time is the format's first, its rights are its owner's.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.sums.insert(name.to_owned(), hex(&vault::sha256(bytes)));
        self.write(name, bytes)
    }

    /// Adds the manifest, which says what the archive is, and ends it.
    pub fn finish(mut self, what: &str) -> Result<W> {
        let manifest = serde_json::json!({ "what": what, "files": self.sums });
        self.write(MANIFEST, format!("{manifest:#}\n").as_bytes())?;
        Ok(self.zip.finish()?)
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o600);
        self.zip.start_file(name, options)?;
        self.zip.write_all(bytes)
    }
}

/// Bytes as small hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read};

    fn packed() -> Vec<u8> {
        let mut archive = Archive::new(Cursor::new(Vec::new()));
        archive.add("one/a.txt", b"abc").expect("added");
        archive.add("b.txt", b"").expect("added");
        archive.finish("a test").expect("finished").into_inner()
    }

    #[test]
    fn the_same_content_gives_the_same_bytes() {
        assert_eq!(packed(), packed());
    }

    #[test]
    fn the_manifest_stands_last_and_names_every_file_with_its_sum() {
        let mut zip = zip::ZipArchive::new(Cursor::new(packed())).expect("an archive");
        let mut text = String::new();
        zip.by_index(2).expect("the last").read_to_string(&mut text).expect("text");
        let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(manifest["files"]["one/a.txt"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(manifest["files"].as_object().expect("files").len(), 2);
    }
}
