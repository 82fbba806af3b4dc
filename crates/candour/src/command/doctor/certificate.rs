//! The certificate, where TLS ends in the program.

use super::{Line, der};
use crate::command::settings::Settings;
use crate::web::tls;
use law::Timestamp;
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;

/// How long before its end a certificate ought to have been renewed, in days.
const SOON_DAYS: i64 = 14;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Whether the files can be read, belong together, speak for the public address and are valid for a while.
pub(super) fn look(settings: &Settings, now: Timestamp) -> Line {
    let Some(files) = &settings.tls else {
        return Line::ok("certificate", "None here: TLS ends at a proxy in front.");
    };
    match tls::chain(&files.certificate, &files.key) {
        Ok(chain) => judge(&chain[0], host(&settings.address), now),
        Err(fault) => Line::problem("certificate", format!("{fault}."), "Mend the files under [tls]."),
    }
}

fn judge(certificate: &CertificateDer<'_>, host: &str, now: Timestamp) -> Line {
    let Some(end) = der::not_after(certificate) else {
        return Line::problem("certificate", "Its end cannot be read.", "Have it issued again.");
    };
    let (left, day) = (end.as_millisecond() - now.as_millisecond(), law::words(law::london_day(end)));
    if left < 0 {
        return Line::problem("certificate", format!("It ended on {day}."), "Renew it; it is taken over in a minute.");
    }
    if !speaks_for(certificate, host) {
        let says = format!("It does not speak for {host}, which is the public address.");
        return Line::problem("certificate", says, "Have one issued for that name.");
    }
    if left < SOON_DAYS * DAY_MS {
        let mend = "Look why it was not renewed; a new one is taken over within a minute.";
        return Line::warning("certificate", format!("It ends on {day}."), mend);
    }
    Line::ok("certificate", format!("It speaks for {host} until {day}."))
}

fn speaks_for(certificate: &CertificateDer<'_>, host: &str) -> bool {
    let Ok(name) = ServerName::try_from(host) else { return false };
    ParsedCertificate::try_from(certificate).is_ok_and(|parsed| verify_server_name(&parsed, &name).is_ok())
}

/// The host of the public address.
fn host(address: &str) -> &str {
    let place = address.split_once("://").map_or(address, |(_, place)| place);
    match place.strip_prefix('[').and_then(|place| place.split_once(']')) {
        Some((host, _)) => host,
        None => place.split_once(':').map_or(place, |(host, _)| host),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;
    use rcgen::{CertificateParams, KeyPair};

    fn verdict(host: &str, now: &str) -> Verdict {
        let mut params = CertificateParams::new(vec!["portal.segfl.example".to_owned()]).expect("a name");
        params.not_after = rcgen::date_time_ymd(2026, 12, 7);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        judge(certificate.der(), host, now.parse().expect("an instant")).verdict
    }

    #[test]
    fn a_certificate_is_judged_by_its_name_and_its_end() {
        assert_eq!(verdict("portal.segfl.example", "2026-11-23T00:00:00Z"), Verdict::Ok);
        assert_eq!(verdict("portal.segfl.example", "2026-11-23T00:00:01Z"), Verdict::Warning);
        assert_eq!(verdict("portal.segfl.example", "2026-12-07T00:00:01Z"), Verdict::Problem);
        assert_eq!(verdict("www.segfl.example", "2026-11-01T00:00:00Z"), Verdict::Problem);
    }

    #[test]
    fn the_host_of_an_address_stands_between_scheme_and_port() {
        assert_eq!(host("https://portal.segfl.example"), "portal.segfl.example");
        assert_eq!(host("https://127.0.0.1:8443"), "127.0.0.1");
        assert_eq!(host("https://[::1]:8443"), "::1");
    }
}
