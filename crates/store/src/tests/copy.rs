//! Copies of the database file.

use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::test::database_file;

fn file() -> Database {
    database_file(MIGRATIONS).expect("a fresh database")
}

/// The leaves of a copy, opened as a database of its own.
fn copied(path: &std::path::Path) -> Vec<i64> {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("candour.db");
    std::fs::copy(path, &own).unwrap();
    let store = Store::open(settings(Engine::sqlite(own), MIGRATIONS)).expect("the copy opens");
    leaves(&store)
}

#[test]
fn a_copy_taken_under_load_is_of_one_moment() {
    const ENOUGH: i64 = 200;
    let store = file();
    let folder = tempfile::tempdir().unwrap();
    let (next, copies) = (AtomicI64::new(0), AtomicI64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while copies.load(Ordering::SeqCst) < 3 || next.load(Ordering::SeqCst) < ENOUGH {
                    // Two rows at once, so that a copy of two moments would hold one without the other.
                    let n = 2 * next.fetch_add(1, Ordering::SeqCst);
                    let both = store.write_blocking("add", move |tx| {
                        add_leaf(tx, n)?;
                        add_leaf(tx, n + 1)
                    });
                    assert_eq!(both, Ok(1), "the writer goes on");
                }
            });
        }
        for copy in 0..3 {
            let path = folder.path().join(format!("{copy}.db"));
            let before = leaves(&store);
            assert_eq!(store.copy_to(&path), Ok(()));
            let found = copied(&path);
            assert!(before.iter().all(|leaf| found.binary_search(leaf).is_ok()), "copy {copy} lacks a row");
            assert!(found.chunks(2).all(|pair| matches!(pair, [one, other] if one + 1 == *other)), "{found:?}");
            copies.fetch_add(1, Ordering::SeqCst);
        }
    });
}

#[test]
fn a_copy_has_every_row_and_the_schema_of_its_original() {
    let store = file();
    store.write_blocking("add", |tx| (1..=40).map(|idx| add_leaf(tx, idx)).sum::<Result<u64>>()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("candour.db");
    store.copy_to(&path).unwrap();
    let copy = Store::open(settings(Engine::sqlite(&path), MIGRATIONS)).unwrap();
    assert_eq!(leaves(&copy), leaves(&store));
    assert_eq!(copy.live_schema(), store.live_schema());
    assert_eq!(copy.schema(), store.schema());
}

#[test]
fn a_copy_has_nothing_of_a_deleted_row() {
    let store = file();
    let secret = b"Quernstone Primary, room eleven, ask for the caretaker";
    store.write_blocking("add", |tx| tx.execute(&ADD_LEAF, &[1_i64.into(), secret.into()])).unwrap();
    store.write_blocking("delete", |tx| tx.execute(&crate::delete_by("log_leaf", &["idx"]), &[Val::Int(1)])).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db");
    store.copy_to(&path).unwrap();
    assert!(!std::fs::read(path).unwrap().windows(secret.len()).any(|window| window == secret));
}

#[test]
fn a_copy_overwrites_nothing() {
    let store = file();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db");
    for there in ["", "an older copy"] {
        std::fs::write(&path, there).unwrap();
        assert!(matches!(store.copy_to(&path), Err(Error::Other(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), there);
    }
}

#[test]
fn a_copy_that_fails_leaves_no_file() {
    let store = file();
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("missing").join("copy.db");
    let refused = store.copy_to(&nowhere).unwrap_err().to_string();
    assert!(refused.starts_with(&format!("{} cannot be written", nowhere.display())), "{refused}");

    std::fs::write(store.path(), [b'x'; 8192]).unwrap();
    let path = folder.path().join("copy.db");
    assert_eq!(store.copy_to(&path), Err(Error::Corrupt));
    assert!(!path.exists());
}

#[cfg(unix)]
#[test]
fn a_copy_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db");
    file().copy_to(&path).unwrap();
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}
