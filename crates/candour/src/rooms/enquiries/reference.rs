//! References: how people name an enquiry in a letter or on the telephone. `ENQ-` and eight characters in two groups,
//! of an alphabet without letters and digits that are taken for each other; random, so that none tells of another.

use rand_core::RngCore;

/// 32 characters: without I, L, O and U (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Draws one: `ENQ-7K3M-Q9TX`.
pub(crate) fn draw(rng: &mut impl RngCore) -> String {
    let mut bytes = [0; 8];
    rng.fill_bytes(&mut bytes);
    written(bytes.map(|byte| ALPHABET[usize::from(byte & 31)]))
}

/// Reads what a person typed: in any case, with or without `ENQ` and hyphens, with O for 0 and I or L for 1.
pub(crate) fn parse(typed: &str) -> Option<String> {
    let mut symbols =
        typed.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect::<Vec<_>>();
    if typed.len() > 40 || !typed.is_ascii() {
        return None;
    }
    if symbols.len() == 11 && symbols.starts_with(b"ENQ") {
        symbols.drain(..3);
    }
    let symbols: [u8; 8] = symbols.try_into().ok()?;
    let symbols = symbols.map(|symbol| match symbol {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    });
    symbols.iter().all(|symbol| ALPHABET.contains(symbol)).then(|| written(symbols))
}

fn written(symbols: [u8; 8]) -> String {
    let text: String = symbols.map(char::from).iter().collect();
    format!("ENQ-{}-{}", &text[..4], &text[4..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    #[test]
    fn a_reference_is_read_as_people_type_it() {
        for typed in ["ENQ-7K3M-Q9T0", "enq-7k3m-q9to", " ENQ 7K3M Q9T0 ", "7k3mq9t0"] {
            assert_eq!(parse(typed).as_deref(), Some("ENQ-7K3M-Q9T0"), "{typed}");
        }
        assert_eq!(parse("ENQ-1111-0000"), parse("enq-lili-oooo"));
    }

    #[test]
    fn what_is_no_reference_is_not_read() {
        for typed in ["", "ENQ", "ENQ-7K3M-Q9T", "ENQ-7K3M-Q9TXX", "ENQ-7K3M-Q9TU", "ÉNQ-7K3M-Q9TX", &"7".repeat(100)]
        {
            assert_eq!(parse(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn a_drawn_reference_is_read_again(seed: [u8; 32]) {
            let drawn = draw(&mut ChaCha20Rng::from_seed(seed));
            prop_assert_eq!(parse(&drawn), Some(drawn));
        }
    }
}
