use super::*;

#[test]
fn a_second_opening_of_the_same_folder_is_refused() {
    let store = fresh();
    let again = || Store::open(settings(store.engine(), MIGRATIONS));
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
        ..settings(store.engine(), MIGRATIONS)
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
fn a_database_is_copied_here_and_a_server_by_its_own_tools() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db");
    let answer = fresh().copy_to(&path).map_err(|error| error.to_string());
    assert_eq!(path.exists(), !crate::test::is_postgres());
    if crate::test::is_postgres() {
        assert!(answer.unwrap_err().contains("candour restore --recovered"));
    } else {
        assert_eq!(answer, Ok(()));
    }
}
