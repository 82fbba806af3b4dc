//! A certificate of the program's own, through a real client.

use crate::support::{House, exchange, header};
use axum::Router;
use axum::routing::get;
use candour::web::connections;
use candour::web::tls::Tls;
use rcgen::{CertificateParams, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

const NAME: &str = "portal.segfl.example";

const REQUEST: &str = "GET /privacy HTTP/1.1\r\nHost: portal.segfl.example\r\nConnection: close\r\n\r\n";

/// An authority, and the files of what it issued last.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let root = params.self_signed(&key).expect("a certificate").der().clone();
        let authority = Self { issuer: Issuer::new(params, key), root, folder: tempfile::tempdir().expect("a folder") };
        authority.issue();
        authority
    }

    /// Issues a certificate for the portal and gives its bytes.
    fn issue(&self) -> CertificateDer<'static> {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![NAME.to_owned()]).expect("parameters");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        std::fs::write(self.chain(), certificate.pem()).expect("written");
        std::fs::write(self.key(), key.serialize_pem()).expect("written");
        certificate.der().clone()
    }

    pub(crate) fn chain(&self) -> PathBuf {
        self.folder.path().join("chain.pem")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// A client that trusts this authority and nobody else, and speaks this version alone.
    pub(crate) fn client(
        &self,
        place: &str,
        version: &'static rustls::SupportedProtocolVersion,
    ) -> StreamOwned<ClientConnection, TcpStream> {
        self.client_of(place, version, &[])
    }

    /// The same, asking for these protocols (RFC 7301).
    pub(crate) fn client_of(
        &self,
        place: &str,
        version: &'static rustls::SupportedProtocolVersion,
        protocols: &[&[u8]],
    ) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).expect("a root");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ClientConfig::builder_with_provider(provider).with_protocol_versions(&[version]).expect("versions");
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        let name = ServerName::try_from(NAME).expect("a name");
        let connection = ClientConnection::new(Arc::new(config), name).expect("a client");
        StreamOwned::new(connection, TcpStream::connect(place).expect("a connection"))
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

#[test]
fn a_browser_is_answered_over_both_versions_and_told_to_stay_with_them() {
    let (house, authority) = (House::made().0, Authority::new());
    let (chain, key) = (authority.chain(), authority.key());
    let server = house.serve(&[("CANDOUR_TLS_CERTIFICATE", text(&chain)), ("CANDOUR_TLS_KEY", text(&key))]);
    for (version, spoken) in
        [(&rustls::version::TLS12, ProtocolVersion::TLSv1_2), (&rustls::version::TLS13, ProtocolVersion::TLSv1_3)]
    {
        let mut client = authority.client(&server.place, version);
        let answer = exchange(&mut client, REQUEST);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(header(&answer, "strict-transport-security"), Some("max-age=31536000"));
        assert_eq!(client.conn.protocol_version(), Some(spoken));
    }
    // Whoever speaks in clear is not answered.
    assert!(!server.get("/privacy", "").contains("HTTP/1.1 200"));
}

#[test]
fn a_certificate_that_cannot_be_used_is_said_before_anything_is_served() {
    let (house, authority) = (House::made().0, Authority::new());
    let (old, key) = (house.path("old.pem"), authority.key());
    std::fs::copy(authority.chain(), &old).expect("copied");
    authority.issue();
    let config = house.path("house/candour.toml");
    let files = [("CANDOUR_TLS_CERTIFICATE", text(&old)), ("CANDOUR_TLS_KEY", text(&key))];
    let output = crate::support::candour(&["serve", "--config", text(&config)], &files);
    crate::support::assert_exit(&output, 2);
    let sentence = crate::support::complained(&output);
    assert!(sentence.contains("does not belong to the certificate"), "{sentence}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_taken_over_without_a_restart_and_half_a_pair_is_not() {
    let authority = Authority::new();
    let first = authority.issue();
    let tls = Arc::new(Tls::load(&authority.chain(), &authority.key()).expect("a certificate"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let place = listener.local_addr().expect("an address").to_string();
    let router = Router::new().route("/privacy", get(|| async { "here" }));
    tokio::spawn(connections::serve(listener, Some(Arc::clone(&tls)), router, std::future::pending()));
    let shown = || {
        let mut client = authority.client(&place, &rustls::version::TLS13);
        assert!(exchange(&mut client, REQUEST).ends_with("here"));
        client.conn.peer_certificates().expect("a certificate")[0].clone().into_owned()
    };
    assert!(tokio::task::block_in_place(shown) == first);
    assert!(!tls.look_again().expect("the same"));

    let key = std::fs::read(authority.key()).expect("a key");
    let second = authority.issue();
    let whole = std::fs::read(authority.key()).expect("a key");
    std::fs::write(authority.key(), key).expect("written");
    assert!(tls.look_again().is_err(), "the new certificate with the old key");
    assert!(tokio::task::block_in_place(shown) == first);

    std::fs::write(authority.key(), whole).expect("written");
    assert!(tls.look_again().expect("a new pair"));
    assert!(tokio::task::block_in_place(shown) == second);
}
