//! What only the engine in the program itself has: its files, its one writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::{Connection, OpenFlags};

use super::*;
use crate::test::database_file;

fn spawn_add(store: &Store, idx: i64) -> tokio::task::JoinHandle<Result<u64>> {
    let store = store.clone();
    tokio::spawn(async move { store.write("add", move |tx| add_leaf(tx, idx)).await })
}

fn file() -> Database {
    database_file(MIGRATIONS).expect("a fresh database")
}

#[test]
fn a_full_disk_is_told_and_outlived() {
    let store = file();
    let fill = |size: usize| {
        store.write_blocking("fill", move |tx| tx.execute(&ADD_LEAF, &[1_i64.into(), vec![1_u8; size].into()]))
    };
    store.write_blocking("shrink", |tx| tx.raw("PRAGMA max_page_count = 1")).unwrap();
    assert_eq!(fill(1_000_000), Err(Error::Full));
    assert!(Error::Full.is_unavailable());
    assert_eq!(leaves(&store), [0_i64; 0]);
    assert_eq!(store.health(), Ok(()));
    store.write_blocking("grow", |tx| tx.raw("PRAGMA max_page_count = 100000")).unwrap();
    assert_eq!(fill(1_000_000), Ok(1));
    assert_eq!(leaves(&store.reopen().unwrap()), [1]);
}

#[tokio::test]
async fn a_full_disk_hits_only_the_calls_that_do_not_fit() {
    let store = file();
    store.write("shrink", |tx| tx.raw("PRAGMA max_page_count = 1")).await.unwrap();
    let (gate, open) = Gate::shut();
    let (waits, small, large) =
        tokio::join!(store.write("wait", move |_| gate.pass()), store.write("small", |tx| add_leaf(tx, 1)), async {
            drop(open);
            store.write("large", |tx| tx.execute(&ADD_LEAF, &[2_i64.into(), vec![1_u8; 1_000_000].into()])).await
        },);
    waits.unwrap();
    assert_eq!(small, Ok(1));
    assert_eq!(large, Err(Error::Full));
    assert_eq!(leaves(&store), [1]);
}

#[test]
fn a_locked_database_is_busy_and_then_works_again() {
    let store = file();
    let other = Connection::open_with_flags(store.path(), OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(store.write_blocking("add", |tx| add_leaf(tx, 1)), Err(Error::Busy));
    assert_eq!(store.health(), Err(Error::Busy));
    assert_eq!(leaves(&store), [0_i64; 0]);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(store.write_blocking("add", |tx| add_leaf(tx, 1)), Ok(1));
    assert_eq!(store.health(), Ok(()));
}

#[tokio::test]
async fn a_full_queue_is_busy_at_once_and_what_it_took_is_done() {
    let store = file();
    let (gate, open) = Gate::shut();
    let held = tokio::spawn({
        let store = store.store().clone();
        async move { store.write("wait", move |_| gate.pass()).await }
    });
    let writes: Vec<_> = (0..2_000)
        .map(|idx| {
            let store = store.store().clone();
            tokio::spawn(async move { store.write("add", move |tx| add_leaf(tx, idx)).await })
        })
        .collect();
    tokio::task::yield_now().await;
    drop(open);
    held.await.unwrap().unwrap();
    let mut answers = Vec::new();
    for write in writes {
        answers.push(write.await.unwrap());
    }
    let done = answers.iter().filter(|answer| **answer == Ok(1)).count();
    let busy = answers.iter().filter(|answer| **answer == Err(Error::Busy)).count();
    assert_eq!(done + busy, 2_000);
    assert!(busy > 0);
    assert_eq!(leaves(&store).len(), done);
}

#[test]
fn the_log_is_cut_to_nothing_between_transactions() {
    let store = file();
    let log = format!("{}-wal", store.path().display());
    store.write_blocking("add", |tx| add_leaf(tx, 1)).unwrap();
    assert_ne!(std::fs::metadata(&log).unwrap().len(), 0);
    store.truncate_log().unwrap();
    assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);

    store.write_blocking("add", |tx| add_leaf(tx, 2)).unwrap();
    let asker = store.store().clone();
    let while_read = store.read_blocking("read", move |tx| {
        tx.all(&LIST_LEAVES, &[Val::Int(0)])?;
        asker.truncate_log()
    });
    assert_eq!(while_read, Err(Error::Busy));
    assert_eq!(store.truncate_log(), Ok(()));
}

#[test]
fn a_deleted_value_is_in_no_file_of_the_database() {
    let store = file();
    let secret = b"Quernstone Primary, room eleven, ask for the caretaker";
    let folder = store.path().parent().unwrap().to_owned();
    let stands = || {
        std::fs::read_dir(&folder).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(secret.len()).any(|window| window == secret)
        })
    };
    store.write_blocking("add", |tx| tx.execute(&ADD_LEAF, &[1_i64.into(), secret.into()])).unwrap();
    assert!(stands());
    store.write_blocking("delete", |tx| tx.execute(&crate::delete_by("log_leaf", &["idx"]), &[Val::Int(1)])).unwrap();
    store.truncate_log().unwrap();
    assert!(!stands());
}

#[test]
fn a_file_that_is_no_database_is_told_to_be_restored() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("candour.db");
    std::fs::write(&path, [b'x'; 4096]).unwrap();
    let refused = Store::open(settings(Engine::sqlite(&path), MIGRATIONS)).err().expect("no database");
    assert_eq!(refused, Error::Corrupt);
}

#[test]
fn a_closure_that_drops_the_last_handle_ends_the_store_without_waiting_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep").join("candour.db");
    let store = Store::open(settings(Engine::sqlite(&path), MIGRATIONS)).unwrap();
    let last = std::sync::Arc::new(Mutex::new(None));
    let taken = std::sync::Arc::clone(&last);
    let (gate, open) = Gate::shut();
    let (reply, answer) = channel();
    let waiting = std::thread::spawn({
        let store = store.clone();
        move || {
            store.write_blocking("drop", move |_| {
                gate.pass()?;
                drop(taken.lock().unwrap().take());
                reply.send(()).map_err(|_| Error::Missing)
            })
        }
    });
    *last.lock().unwrap() = Some(store);
    drop(open);
    answer.recv().unwrap();
    waiting.join().unwrap().unwrap();
    assert!(path.exists());
}

#[tokio::test]
async fn what_was_acknowledged_stands_in_a_copy_of_the_files_as_a_crash_leaves_them() {
    let store = file();
    let (gate, open) = Gate::shut();
    let first = tokio::spawn({
        let store = store.store().clone();
        async move { store.write("wait", move |_| gate.pass()).await }
    });
    let writes: Vec<_> = (0..300).map(|idx| spawn_add(&store, idx)).collect();
    tokio::task::yield_now().await;
    drop(open);
    first.await.unwrap().unwrap();
    for write in writes {
        write.await.unwrap().unwrap();
    }

    let copy = file();
    let place = copy.path();
    copy.store().clone().close();
    for end in ["", "-wal"] {
        let from = format!("{}{end}", store.path().display());
        std::fs::copy(from, format!("{}{end}", place.display())).unwrap();
    }
    assert_eq!(leaves(&copy.reopen().unwrap()).len(), 300);
}

#[tokio::test]
async fn calls_run_again_one_by_one_when_the_engine_gives_up_their_transaction() {
    let store = file();
    let runs = Arc::new(AtomicU32::new(0));
    let (gate, open) = Gate::shut();
    let counted = Arc::clone(&runs);
    let (waits, good, bad) = tokio::join!(
        store.write("wait", move |_| gate.pass()),
        store.write("good", move |tx| {
            counted.fetch_add(1, Ordering::SeqCst);
            add_leaf(tx, 1)
        }),
        async {
            let bad = store.write("bad", |tx| {
                add_leaf(tx, 2)?;
                tx.raw("ROLLBACK")
            });
            drop(open);
            bad.await
        },
    );
    waits.unwrap();
    assert_eq!(good, Ok(1));
    assert_eq!(bad, Err(Error::Io));
    assert!((1..=2).contains(&runs.load(Ordering::SeqCst)));
    assert_eq!(store.write("later", |tx| add_leaf(tx, 3)).await, Ok(1));
    assert_eq!(leaves(&store), [1, 3]);
}

#[test]
fn the_writer_syncs_deletes_for_good_and_checks_foreign_keys() {
    let store = file();
    let mode: String = Connection::open_with_flags(store.path(), OpenFlags::SQLITE_OPEN_READ_ONLY)
        .unwrap()
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
    let opener = crate::sqlite::Opener { path: store.path(), patience: std::time::Duration::ZERO };
    let writer = opener.writer().unwrap();
    let pragma = |name: &str| -> i64 { writer.pragma_query_value(None, name, |row| row.get(0)).unwrap() };
    assert_eq!(["synchronous", "secure_delete", "foreign_keys", "temp_store"].map(pragma), [2, 1, 1, 2]);
}

#[cfg(unix)]
#[test]
fn the_folder_and_its_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data").join("candour.db");
    let _store = Store::open(settings(Engine::sqlite(&path), MIGRATIONS)).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&path.with_file_name("candour.db-wal")), 0o600);
}

#[test]
fn what_the_engine_finds_wrong_is_told_by_its_place_and_not_by_its_value() {
    let store = file();
    let path = store.path();
    store.write_blocking("place", |tx| tx.execute(&PLACE, &[1_i64.into(), [0xab_u8; 32].into()])).unwrap();
    assert_eq!(store.check(), Ok(Vec::new()));
    store.store().clone().close();
    let mut bytes = std::fs::read(&path).unwrap();
    // Once in its table and once in the index.
    let places: Vec<usize> = (0..bytes.len() - 32).filter(|at| bytes[*at..at + 32] == [0xab; 32]).collect();
    assert_eq!(places.len(), 2);
    bytes[places[0]] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let store = store.reopen().unwrap();
    assert_eq!(store.check(), Ok(vec!["row 1 missing from index segment_commitment".to_owned()]));
}
