//! As much of DER (X.690) as it takes to read until when a certificate is valid (RFC 5280 section 4.1).

use law::Timestamp;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The last instant at which a certificate is valid.
pub(super) fn not_after(certificate: &[u8]) -> Option<Timestamp> {
    let (certificate, _) = expect(SEQUENCE, certificate)?;
    let (body, _) = expect(SEQUENCE, certificate)?;
    let (tag, _, after_version) = element(body)?;
    let body = if tag == VERSION { after_version } else { body };
    // Serial number, algorithm, issuer.
    let (_, _, body) = element(body)?;
    let (_, _, body) = element(body)?;
    let (_, _, body) = element(body)?;
    let (validity, _) = expect(SEQUENCE, body)?;
    let (_, _, rest) = element(validity)?;
    let (tag, digits, _) = element(rest)?;
    instant(tag, std::str::from_utf8(digits).ok()?)
}

fn expect(wanted: u8, input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(input)?;
    (tag == wanted).then_some((content, rest))
}

/// One element: its tag, its content, and what follows.
fn element(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, short], rest) = input.split_first_chunk::<2>()?;
    let (length, rest) = match short {
        0..=0x7f => (usize::from(short), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(short - 0x80))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `261123090000Z` or `20261123090000Z`. Two digits of a year from 50 on are of the last century.
fn instant(tag: u8, digits: &str) -> Option<Timestamp> {
    let whole = match tag {
        UTC_TIME if digits.get(..2)? >= "50" => format!("19{digits}"),
        UTC_TIME => format!("20{digits}"),
        GENERALIZED_TIME => digits.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| whole.get(from..to);
    let (day, time) = ([part(0, 4)?, part(4, 6)?, part(6, 8)?], [part(8, 10)?, part(10, 12)?, part(12, 14)?]);
    format!("{}T{}Z", day.join("-"), time.join(":")).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};

    fn certificate(year: i32) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["portal.segfl.example".to_owned()]).expect("a name");
        params.not_after = rcgen::date_time_ymd(year, 12, 5);
        let key = KeyPair::generate().expect("a key");
        params.self_signed(&key).expect("a certificate").der().to_vec()
    }

    #[test]
    fn the_end_of_a_certificate_is_read_in_both_forms() {
        for (year, end) in [(2026, "2026-12-05T00:00:00Z"), (2061, "2061-12-05T00:00:00Z")] {
            assert_eq!(not_after(&certificate(year)), end.parse().ok());
        }
    }

    #[test]
    fn a_certificate_that_is_cut_short_is_none() {
        let whole = certificate(2026);
        for length in 0..whole.len() {
            assert_eq!(not_after(&whole[..length]), None);
        }
        assert_eq!(not_after(b"Dear madam,"), None);
    }
}
