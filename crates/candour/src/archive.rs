//! ZIP archives that are given away: a person's download with proofs, an auditor's pack. The same content gives the same bytes.
//!
//! The last file, `manifest.json`, names every other with its SHA-256: `{"what": "…", "files": {"NAME": "HEX"}}`. It is no
//! seal, since whoever changes a file can change it too: it tells a torn transfer from a whole one, and which file was torn.

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
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

/// A manifest that was read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What the archive says that it is.
    pub what: String,
    /// The SHA-256 of each file by its name. A name that stands twice is refused: two readers could take it for two things.
    #[serde(deserialize_with = "files")]
    pub files: BTreeMap<String, [u8; 32]>,
}

impl Manifest {
    /// The manifest from what [`Archive::finish`] wrote; `None` for anything else. It takes memory as its text does, whoever
    /// wrote it.
    pub fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }
}

fn files<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<BTreeMap<String, [u8; 32]>, D::Error> {
    struct Files;
    impl<'de> Visitor<'de> for Files {
        type Value = BTreeMap<String, [u8; 32]>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("names with their SHA-256")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> std::result::Result<Self::Value, M::Error> {
            let mut files = BTreeMap::new();
            while let Some((name, sum)) = map.next_entry::<String, String>()? {
                let sum = unhex(&sum).ok_or_else(|| M::Error::custom("no SHA-256"))?;
                if files.insert(name, sum).is_some() {
                    return Err(M::Error::custom("a name stands twice"));
                }
            }
            Ok(files)
        }
    }
    from.deserialize_map(Files)
}

/// What [`hex`] wrote of 32 bytes.
fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    (hex(&bytes) == text).then_some(bytes)
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

    #[test]
    fn a_manifest_is_what_is_written_and_nothing_else() {
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let manifest =
            |files: &str| Manifest::parse(format!("{{\"what\": \"a test\", \"files\": {{{files}}}}}").as_bytes());
        let one = manifest(&format!("\"a\": \"{sum}\"")).expect("a manifest");
        assert_eq!((one.what.as_str(), hex(&one.files["a"]).as_str()), ("a test", sum));
        for files in [
            format!("\"a\": \"{sum}\", \"a\": \"{sum}\""),
            format!("\"a\": \"{}\"", sum.to_uppercase()),
            format!("\"a\": \"{}\"", &sum[2..]),
            "\"a\": \"é\"".to_owned(),
            "\"a\": []".to_owned(),
        ] {
            assert!(manifest(&files).is_none(), "{files}");
        }
        assert!(Manifest::parse(br#"{"what": "", "files": {}, "more": [[[]]]}"#).is_none());
        assert!(Manifest::parse(b"[]").is_none());
    }
}
