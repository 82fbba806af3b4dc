use rusqlite::{Connection, OpenFlags};

use super::*;

#[test]
fn a_second_opening_of_the_same_folder_is_refused() {
    let store = fresh();
    let again = || Store::open(settings(&store.path(), MIGRATIONS));
    let refused = again().err().expect("the folder is in use");
    assert!(matches!(refused, Error::Locked(_)));
    assert!(refused.to_string().starts_with("another process is using"));
    store.store().clone().close();
    again().expect("the folder is free again").close();
}

#[test]
fn a_command_works_beside_the_process_that_has_the_folder() {
    let store = fresh();
    let command = Store::open(Settings {
        alone: false,
        patience: std::time::Duration::from_millis(100),
        ..settings(&store.path(), MIGRATIONS)
    });
    let command = command.unwrap();
    command.write_blocking("add", |tx| add_leaf(tx, 1)).unwrap();
    store.write_blocking("add", |tx| add_leaf(tx, 2)).unwrap();
    assert_eq!(leaves(&command), [1, 2]);
}

#[test]
fn a_closed_store_says_so_to_whoever_still_holds_it() {
    let store = fresh();
    store.store().clone().close();
    assert_eq!(store.write_blocking("late", |tx| add_leaf(tx, 1)), Err(Error::closed()));
    assert_eq!(store.read_blocking("late", |tx| add_leaf(tx, 1)), Err(Error::closed()));
    assert_eq!(store.health(), Err(Error::closed()));
}

#[test]
fn a_full_disk_is_told_and_outlived() {
    let store = fresh();
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
    let store = fresh();
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
    let store = fresh();
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
    let store = fresh();
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
fn readers_outlive_panics_and_errors() {
    let store = fresh();
    for _ in 0..10 {
        let panicked = store.read_blocking("panic", |_| fault());
        assert_eq!(panicked, Err(Error::Panicked("panic")));
        store.read_blocking("write", |tx| add_leaf(tx, 1)).unwrap_err();
    }
    assert_eq!(leaves(&store), [0_i64; 0]);
}

#[test]
fn readers_that_are_all_lent_make_the_next_one_wait_and_then_busy() {
    let store = fresh();
    let (inner, innermost) = (store.store().clone(), store.store().clone());
    let answer = store.read_blocking("one", move |_| {
        let innermost = innermost.clone();
        inner.read_blocking("two", move |_| innermost.read_blocking("three", |_| Ok::<_, Error>(())))
    });
    assert_eq!(answer, Err(Error::Busy));
    assert_eq!(leaves(&store), [0_i64; 0]);
}

#[test]
fn the_log_is_cut_to_nothing_between_transactions() {
    let store = fresh();
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
    let store = fresh();
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
    let refused = Store::open(settings(&path, MIGRATIONS)).err().expect("no database");
    assert_eq!(refused, Error::Corrupt);
}

#[test]
fn a_closure_that_drops_the_last_handle_ends_the_store_without_waiting_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep").join("candour.db");
    let store = Store::open(settings(&path, MIGRATIONS)).unwrap();
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
