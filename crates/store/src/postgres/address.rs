//! Where the server is, and how a connection to it is made: which of several hosts, encrypted or not, with which limits.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::LIMIT;
use super::fault::unreached;
use crate::error::{Error, Result};

/// How long one host may take to be reached, so that the next has its turn within [`LIMIT`].
const ONE_HOST: Duration = Duration::from_secs(2);

/// The longest statement. A transaction is meant to take a second at most; the program's own wait ends a second later.
const STATEMENT: Duration = Duration::from_secs(4);

/// The longest pause between two statements of a transaction: beyond it the program is dead or hangs.
const PAUSE: Duration = Duration::from_secs(30);

/// Where the server is. It has no `Debug`: it may carry a password.
pub(crate) struct Address {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Address {
    /// Reads `postgresql://…`. `sslrootcert=FILE` is taken out of it: it names the authority that signed the server's
    /// certificate; without it the system's authorities count. A certificate is always checked, as with `verify-full`.
    pub(crate) fn read(url: &str, patience: Duration) -> Result<Self> {
        let (url, authority) = without_authority(url);
        let url = url.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require");
        // The driver's own sentence may quote the address, and so a password.
        let unread =
            |_| Error::Unfit("the database's address cannot be read; write postgresql://user@host/name".to_owned());
        let mut config: Config = url.parse().map_err(unread)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(Error::Unfit("the database's address names no host".to_owned()));
        }
        let hosts = config.get_hosts().len().max(config.get_hostaddrs().len());
        if config.get_ports().len() > 1 && config.get_ports().len() != hosts {
            return Err(Error::Unfit("the database's address does not name one port for each host".to_owned()));
        }
        let mode = encryption(&config, authority.is_some())?;
        let options = [config.get_options().unwrap_or_default(), &options(patience)].join(" ");
        config
            .ssl_mode(mode)
            .options(options.trim())
            .application_name("candour")
            .connect_timeout(ONE_HOST)
            .tcp_user_timeout(LIMIT)
            .keepalives_idle(LIMIT)
            .keepalives_interval(Duration::from_secs(1))
            .keepalives_retries(3)
            // A standby may lag: what is erased, revoked or permitted is never asked of one.
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        let tls = MakeRustlsConnect::new(client(mode, authority.as_deref())?);
        Ok(Self { config, tls })
    }

    /// Makes a connection and the task that drives it, on the runtime that this is run on.
    pub(crate) async fn connect(&self, limit: Duration) -> Result<(Client, JoinHandle<()>)> {
        let made = tokio::time::timeout(limit, self.config.connect(self.tls.clone())).await;
        let (client, connection) = made.map_err(|_| Error::Unavailable)?.map_err(|error| unreached(&error))?;
        // What ends a connection is told to the statement that waits on it.
        let driven = tokio::spawn(async move { drop(connection.await) });
        Ok((client, driven))
    }
}

/// What every session is set to, beside what the server's administrator chose.
fn options(patience: Duration) -> String {
    let lock = patience.min(STATEMENT).as_millis().max(1);
    let (statement, pause) = (STATEMENT.as_millis(), PAUSE.as_millis());
    format!(
        "-c default_transaction_isolation=serializable -c statement_timeout={statement} -c lock_timeout={lock} \
         -c idle_in_transaction_session_timeout={pause} -c plan_cache_mode=force_generic_plan -c enable_seqscan=off \
         -c jit=off -c client_min_messages=warning -c timezone=UTC"
    )
}

/// On this machine a connection is encrypted when that is asked for; to any other it always is.
fn encryption(config: &Config, has_authority: bool) -> Result<SslMode> {
    let is_here = config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
        && config.get_hosts().iter().all(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback()),
        });
    match config.get_ssl_mode() {
        SslMode::Disable if is_here => Ok(SslMode::Disable),
        SslMode::Disable => Err(Error::Unfit(
            "the connection to a database on another machine is always encrypted; take sslmode=disable out of its address"
                .to_owned(),
        )),
        SslMode::Prefer if is_here && !has_authority => Ok(SslMode::Disable),
        _ => Ok(SslMode::Require),
    }
}

fn client(mode: SslMode, authority: Option<&str>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match authority {
        _ if mode == SslMode::Disable => {}
        Some(file) => trust(&mut roots, file)?,
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Other(format!("encryption cannot be set up: {error}")))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn trust(roots: &mut RootCertStore, file: &str) -> Result<()> {
    let unread = || Error::Unfit(format!("{} holds no certificate that can be read", Path::new(file).display()));
    let certificates = CertificateDer::pem_file_iter(file).map_err(|_| unread())?;
    for certificate in certificates {
        roots.add(certificate.map_err(|_| unread())?).map_err(|_| unread())?;
    }
    if roots.is_empty() { Err(unread()) } else { Ok(()) }
}

/// The address without `sslrootcert=FILE`, and that file.
fn without_authority(url: &str) -> (String, Option<String>) {
    const NAME: &str = "sslrootcert=";
    let Some(at) = url.find(NAME) else {
        return (url.to_owned(), None);
    };
    let (before, from) = url.split_at(at);
    let value = &from[NAME.len()..];
    let (file, after) = value.split_at(value.find(['&', ' ']).unwrap_or(value.len()));
    // `?a&sslrootcert=b`, `?sslrootcert=b&a` and `?sslrootcert=b` leave `?a`, `?a` and nothing.
    let rest = if before.ends_with('?') { after.trim_start_matches('&') } else { after };
    let joined = format!("{before}{rest}");
    (joined.trim_end_matches(['?', '&', ' ']).to_owned(), Some(decoded(file)))
}

/// `%2F` as `/`, as in every address.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match escaped {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> Result<SslMode> {
        Address::read(url, LIMIT).map(|address| address.config.get_ssl_mode())
    }

    #[test]
    fn another_machine_is_never_spoken_to_in_clear() {
        assert_eq!(mode("postgresql://u@db.example/x"), Ok(SslMode::Require));
        assert_eq!(mode("postgresql://u@localhost,db.example/x"), Ok(SslMode::Require));
        assert_eq!(mode("postgresql://u@db.example/x?sslmode=verify-full"), Ok(SslMode::Require));
        assert!(matches!(mode("postgresql://u@db.example/x?sslmode=disable"), Err(Error::Unfit(_))));
    }

    #[test]
    fn this_machine_is_spoken_to_as_asked() {
        for here in
            ["postgresql://u@localhost/x", "postgresql://u@127.0.0.1/x", "postgresql:///x?host=/run/postgresql&user=u"]
        {
            assert_eq!(mode(here), Ok(SslMode::Disable), "{here}");
        }
        assert_eq!(mode("postgresql://u@localhost/x?sslmode=require"), Ok(SslMode::Require));
    }

    #[test]
    fn the_file_of_the_authority_is_taken_out_of_the_address() {
        for (url, rest) in [
            ("postgresql://h/x?sslrootcert=%2Fa%20b", "postgresql://h/x"),
            ("postgresql://h/x?user=u&sslrootcert=/a%20b", "postgresql://h/x?user=u"),
            ("postgresql://h/x?sslrootcert=/a%20b&user=u", "postgresql://h/x?user=u"),
        ] {
            assert_eq!(without_authority(url), (rest.to_owned(), Some("/a b".to_owned())));
        }
        assert_eq!(without_authority("postgresql://h/x"), ("postgresql://h/x".to_owned(), None));
    }

    #[test]
    fn an_address_that_cannot_be_used_is_refused_without_being_quoted() {
        for url in ["postgresql://u:secret@h:port/x", "postgresql:///x", "mysql://u:secret@h/x", "", "host=h secret"] {
            let refused = Address::read(url, LIMIT).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(refused.starts_with("the database's address") && !refused.contains("secret"), "{url}: {refused}");
        }
        let refused = Address::read("postgresql://db.example/x?sslrootcert=/nowhere.pem", LIMIT).err();
        assert_eq!(refused, Some(Error::Unfit("/nowhere.pem holds no certificate that can be read".to_owned())));
    }
}
