//! What must hold for any bytes as a sealed copy, a journal, a recovery copy or a recovery code. The fuzz targets call this, and
//! so do the tests of the crate `vault`.

use std::fs;

use jiff::civil::Date;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tempfile::TempDir;
use vault::{CopyReader, CopyWriter, Effect, Journal, Keyring, RecoveryCode, Root, recovery};

const TODAY: Date = jiff::civil::date(2026, 11, 23);
const MANIFEST: &[u8] = b"{\"format\":1}";
const STREAM: &[u8] = &[7; 700];

/// Keys, and one of each file that they open.
struct Whole {
    folder: TempDir,
    keyring: Keyring,
    copy: Vec<u8>,
    code: RecoveryCode,
    recovery: Vec<u8>,
}

thread_local! {
    // Not for the whole process: then its folder would stay behind.
    static WHOLE: Whole = whole().expect("a folder and keys");
}

fn whole() -> vault::Result<Whole> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let root = Root::create(&folder.path().join("root.key"), &mut rng)?;
    let code = RecoveryCode::generate(&mut rng);
    recovery::write(&root, &code, &folder.path().join("recovery"), &mut rng)?;
    let mut keyring = Keyring::open(vec![folder.path().join("keyring")], root)?;
    keyring.begin(TODAY, &mut rng)?;
    let mut copy = CopyWriter::new(Vec::new(), &*keyring.key(TODAY)?, MANIFEST, rng)?;
    std::io::Write::write_all(&mut copy, STREAM).expect("memory");
    let (copy, recovery) = (copy.finish()?, fs::read(folder.path().join("recovery")).expect("it was written"));
    Ok(Whole { folder, keyring, copy, code, recovery })
}

/// A copy that opens.
pub(crate) fn whole_copy() -> Vec<u8> {
    WHOLE.with(|whole| whole.copy.clone())
}

/// A recovery copy that opens.
pub(crate) fn whole_recovery() -> Vec<u8> {
    WHOLE.with(|whole| whole.recovery.clone())
}

/// Its code.
pub(crate) fn whole_code() -> String {
    WHOLE.with(|whole| whole.code.text().to_string())
}

/// Bytes that were written are turned where `changes` says: two bytes for the place, one for the bits.
pub(crate) fn changed(whole: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % bytes.len();
        bytes[at] ^= change[2];
    }
    bytes
}

/// Opens bytes as a copy. Panics where they are not the copy that was made, and open.
pub(crate) fn copy_read(bytes: &[u8]) {
    WHOLE.with(|whole| {
        let mut stream = Vec::new();
        let opened = CopyReader::open(bytes, &whole.keyring).and_then(|(manifest, reader)| {
            assert_eq!(&manifest[..], MANIFEST, "a manifest that nobody sealed");
            reader.unpack(&mut stream)
        });
        assert!(STREAM.starts_with(&stream), "bytes that nobody sealed");
        assert_eq!(opened.is_ok(), bytes == whole.copy, "a copy opens as a whole, or not");
    });
}

/// Reads bytes as a journal, and goes on with what stands in it. Panics where a line is lost on the way.
pub(crate) fn journal_read(bytes: &[u8]) {
    let path = WHOLE.with(|whole| whole.folder.path().join("journal"));
    fs::write(&path, bytes).expect("a file");
    let Ok(entries) = Journal::read(&path) else {
        assert!(Journal::open(&path).is_err(), "what is not read is not written on");
        return;
    };
    let mut journal = Journal::open(&path).expect("what is read is written on");
    journal.did(&[([7; 32], Effect::Hold, TODAY)]).expect("a line");
    let grown = Journal::read(&path).expect("what was written is read");
    assert_eq!((&grown[..entries.len()], grown.len()), (&entries[..], entries.len() + 1));
    journal.prune(Date::MAX).expect("a shorter one");
    let open: Vec<_> = grown.into_iter().filter(|entry| !entry.done || entry.day >= Date::MAX).collect();
    assert_eq!(Journal::read(&path).expect("what was pruned is read"), open, "only what is done is forgotten");
}

/// Reads bytes as a recovery copy, and as a code. Panics where another root key comes out, or a slip is let through.
pub(crate) fn recovery_read(bytes: &[u8]) {
    WHOLE.with(|whole| match recovery::read(bytes, &whole.code) {
        Ok(root) => {
            let opened = Keyring::open_beside(vec![whole.folder.path().join("keyring")], root);
            assert!(opened.and_then(|keyring| keyring.key(TODAY)).is_ok(), "a root key that nobody drew");
        }
        Err(_) => assert_ne!(bytes, whole.recovery, "what was made does not open"),
    });
    let Ok(typed) = std::str::from_utf8(bytes) else { return };
    match RecoveryCode::parse(typed) {
        Ok(code) => {
            let letters = |text: &str| text.replace([' ', '-', '\r', '\n', '\t'], "").to_ascii_uppercase();
            assert_eq!(letters(&code.text()), letters(typed), "a slip was let through");
        }
        Err(_) => assert_ne!(typed, whole_code(), "what was made is not read"),
    }
}
