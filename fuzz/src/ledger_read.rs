//! What must hold for any bytes as a file of a published log or as a receipt. The fuzz target calls this, and so do the tests
//! of the crate `ledger`.

use ledger::{
    Checkpoint, Extra, Leaf, Malformed, ProofFile, Reveal, Signer, TileId, Verifier, decode_bundle, encode_bundle,
};

/// Reads bytes as everything that the crate `ledger` reads. Panics where something reads that is not written so, or is
/// proved without its key.
pub(crate) fn ledger_read(bytes: &[u8]) {
    if let Ok(leaf) = Leaf::decode(bytes) {
        assert_eq!(leaf.encode().as_deref(), Ok(bytes));
    }
    if let Ok(reveal) = Reveal::decode(bytes) {
        assert_eq!(reveal.encode(), bytes);
    }
    if let Ok(extra) = Extra::decode(bytes) {
        assert_eq!(extra.encode().as_deref(), Ok(bytes));
    }
    for width in [1, 2, 256] {
        if let Ok(leaves) = decode_bundle(bytes, width) {
            assert_eq!(encode_bundle(&leaves).as_deref(), Ok(bytes));
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        read_text(text);
    }
    let stranger = Signer::from_seed("learn.example/log", &[1; 32]);
    if let (Ok(stranger), Ok(text)) = (stranger, std::str::from_utf8(bytes)) {
        assert!(ledger::note::open(text, &[stranger.verifier().clone()]).is_err(), "a note is opened unsigned");
        assert!(ledger::verify_receipt(text, stranger.verifier()).is_err(), "a receipt is proved unsigned");
    }
}

fn read_text(text: &str) {
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.encode(), text);
    }
    if let Ok(file) = ProofFile::parse(text) {
        assert_eq!(file.encode(), text);
    }
    let verifier: Result<Verifier, Malformed> = text.parse();
    if let Ok(verifier) = verifier {
        assert_eq!(verifier.to_string(), text);
    }
    if let Ok(tile) = TileId::parse(text) {
        assert_eq!(tile.path(), text);
    }
    if let Ok(tile) = TileId::parse_bundle(text) {
        assert_eq!(tile.bundle_path(), text);
    }
}
