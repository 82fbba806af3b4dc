//! Lower-case hexadecimal, for the two text files of this crate.

/// `bytes` as text, allocated once so that a secret leaves no half-written copy behind.
pub(crate) fn write(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// Fills `bytes` from `text`; `None` unless it is exactly as many lower-case digits.
pub(crate) fn read(text: &str, bytes: &mut [u8]) -> Option<()> {
    if text.len() != bytes.len() * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(())
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut back = vec![0; 256];
        assert_eq!(super::read(&super::write(&bytes), &mut back), Some(()));
        assert_eq!(back, bytes);
        for text in ["0", "000", "0G", "0A", "é"] {
            assert_eq!(super::read(text, &mut [0]), None, "{text}");
        }
    }
}
