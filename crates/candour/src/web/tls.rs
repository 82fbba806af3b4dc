//! TLS where no proxy stands in front: versions 1.2 and 1.3, with a certificate that is exchanged while the program runs.

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, ServerConfig};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio_rustls::TlsAcceptor;

/// The protocols that are offered, the first one preferred (RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why a certificate cannot be used: a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(String);

/// A certificate in two files, looked at again whenever it is asked.
pub struct Tls {
    files: (PathBuf, PathBuf),
    read: Mutex<[u8; 32]>,
    held: Arc<Held>,
    acceptor: TlsAcceptor,
}

impl Tls {
    /// Reads the chain and its private key, both PEM.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, Unusable> {
        let files = Files::read(certificate, key)?;
        let held = Arc::new(Held(RwLock::new(Arc::new(files.pair()?))));
        let acceptor = TlsAcceptor::from(Arc::new(config(Arc::clone(&held))?));
        let read = Mutex::new(files.digest());
        Ok(Self { files: (certificate.to_owned(), key.to_owned()), read, held, acceptor })
    }

    /// Takes over what the files hold now; whether it is something else than before. A pair that cannot be used changes
    /// nothing: half of it may just be being written.
    pub fn look_again(&self) -> Result<bool, Unusable> {
        let files = Files::read(&self.files.0, &self.files.1)?;
        // A digest and a pointer have no half-changed state, so a panic elsewhere does not spoil them.
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if *read == files.digest() {
            return Ok(false);
        }
        let pair = Arc::new(files.pair()?);
        *self.held.0.write().unwrap_or_else(PoisonError::into_inner) = pair;
        *read = files.digest();
        Ok(true)
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }
}

/// The chain in two files that fit together, the server's own certificate first.
pub(crate) fn chain(certificate: &Path, key: &Path) -> Result<Vec<CertificateDer<'static>>, Unusable> {
    Ok(Files::read(certificate, key)?.pair()?.cert)
}

fn config(held: Arc<Held>) -> Result<ServerConfig, Unusable> {
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| Unusable(format!("TLS cannot be set up: {error}")))?;
    let mut config = config.with_no_client_auth().with_cert_resolver(held);
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Both files as they were read. Has no `Debug`: it holds a private key.
struct Files<'p> {
    places: (&'p Path, &'p Path),
    certificate: Vec<u8>,
    key: zeroize::Zeroizing<Vec<u8>>,
}

impl<'p> Files<'p> {
    fn read(certificate: &'p Path, key: &'p Path) -> Result<Self, Unusable> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| Unusable(format!("{} cannot be read: {error}", path.display())))
        };
        Ok(Self { places: (certificate, key), certificate: read(certificate)?, key: read(key)?.into() })
    }

    fn digest(&self) -> [u8; 32] {
        vault::sha256(&[vault::sha256(&self.certificate), vault::sha256(&self.key)].concat())
    }

    fn pair(&self) -> Result<CertifiedKey, Unusable> {
        let (certificate, key) = (self.places.0.display(), self.places.1.display());
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<_, _>>()
            .map_err(|_| Unusable(format!("{certificate} is no certificate chain in PEM")))?;
        if chain.is_empty() {
            return Err(Unusable(format!("{certificate} holds no certificate in PEM")));
        }
        let private = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| Unusable(format!("{key} holds no private key in PEM")))?;
        CertifiedKey::from_der(chain, private, &provider()).map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                Unusable(format!("the key in {key} does not belong to the certificate in {certificate}"))
            }
            error => Unusable(format!("{certificate} and {key} cannot be used: {error}")),
        })
    }
}

/// The pair that answers now.
struct Held(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Held {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// The trait demands it; it says nothing.
impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}
