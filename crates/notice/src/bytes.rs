//! From the bytes of a file to its text: a notice is UTF-8.

use crate::read::{LARGEST, NoNotice, Read, read, too_large};

/// Reads a notice from the bytes of a file, which may begin with a byte order mark of UTF-8.
///
/// Refused with one sentence: what is larger than 1 MiB (before anything is looked at), UTF-16, UTF-32, and any other
/// encoding, with the place of the first byte that is not UTF-8. Everything else as [`read`].
pub fn read_bytes(bytes: &[u8]) -> Result<Read, NoNotice> {
    if bytes.len() > LARGEST {
        return Err(too_large());
    }
    if let Some(name) = wide_encoding(bytes) {
        return Err(no_text(&format!("the file is written in {name}, but a notice is UTF-8; save it as UTF-8"), ""));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => read(text),
        Err(error) => {
            let before = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            let sentence =
                "the file is not UTF-8 from this place on (it may be Latin-1 or Windows-1252); save it as UTF-8";
            Err(no_text(sentence, before))
        }
    }
}

/// A refusal at the end of the text that could be read.
fn no_text(sentence: &str, before: &str) -> NoNotice {
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    NoNotice { sentence: sentence.to_owned(), line, column }
}

/// The name of an encoding with wide units, by its mark or by the zero byte beside the first letter: no TOML begins so.
fn wide_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, _, ..] | [_, 0, 0, 0, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => Some("UTF-16"),
        _ => None,
    }
}
