use law::Timestamp;

use super::*;
use crate::{delete_by, select_by, select_without};

#[test]
fn what_was_acknowledged_stands_after_reopening() {
    let store = fresh();
    store.write_blocking("add", |tx| add_leaf(tx, 1)).unwrap();
    assert_eq!(leaves(&store.reopen().unwrap()), [1]);
}

#[tokio::test]
async fn a_failing_call_does_not_take_its_neighbours() {
    let store = fresh();
    let (gate, open) = Gate::shut();
    let (waits, good, bad, also_good) = tokio::join!(
        store.write("wait", move |_| gate.pass()),
        store.write("good", |tx| add_leaf(tx, 1)),
        store.write("bad", |tx| {
            add_leaf(tx, 2)?;
            add_leaf(tx, 2)
        }),
        async {
            drop(open);
            store.write("also_good", |tx| add_leaf(tx, 3)).await
        },
    );
    waits.unwrap();
    assert_eq!((good, also_good), (Ok(1), Ok(1)));
    let name = "log_leaf.idx".to_owned();
    assert_eq!(bad, Err(Error::Constraint { name }));
    assert_eq!(leaves(&store), [1, 3]);
}

#[tokio::test]
async fn a_panicking_call_does_not_take_its_neighbours_nor_the_writer() {
    let store = fresh();
    let (gate, open) = Gate::shut();
    let (waits, good, bad, also_good) = tokio::join!(
        store.write("wait", move |_| gate.pass()),
        store.write("good", |tx| add_leaf(tx, 1)),
        store.write("bad", |tx| {
            add_leaf(tx, 2)?;
            fault()
        }),
        async {
            drop(open);
            store.write("also_good", |tx| add_leaf(tx, 3)).await
        },
    );
    waits.unwrap();
    assert_eq!((good, also_good), (Ok(1), Ok(1)));
    assert_eq!(bad, Err(Error::Panicked("bad")));
    assert_eq!(store.write("later", |tx| add_leaf(tx, 4)).await, Ok(1));
    assert_eq!(leaves(&store), [1, 3, 4]);
}

#[test]
fn the_error_of_a_closure_may_be_any_type_that_holds_ours() {
    #[derive(Debug, PartialEq)]
    enum Refusal {
        Clause(&'static str),
        Store(Error),
    }
    impl From<Error> for Refusal {
        fn from(error: Error) -> Self {
            Self::Store(error)
        }
    }
    let store = fresh();
    let refused = store.write_blocking("refuse", |tx| {
        add_leaf(tx, 1)?;
        Err::<(), _>(Refusal::Clause("kind.enquiry"))
    });
    assert_eq!(refused, Err(Refusal::Clause("kind.enquiry")));
    let missing = store
        .read_blocking("find", |tx| Ok::<_, Refusal>(tx.one(&FIND_EPOCH, &["2026-11-23".into()])?.get::<String>(0)?));
    assert_eq!(missing, Err(Refusal::Store(Error::Missing)));
    assert_eq!(leaves(&store), [0_i64; 0]);
}

#[test]
fn parameters_are_bound_by_the_number_in_their_name() {
    let store = fresh();
    store.write_blocking("add", |tx| tx.execute(&ADD_LEAF_BACKWARDS, &[5_i64.into(), [9_u8; 32].into()])).unwrap();
    let leaf = store.read_blocking("list", |tx| tx.one(&LIST_LEAVES, &[Val::Int(0)])?.get::<[u8; 32]>(1));
    assert_eq!(leaf, Ok([9; 32]));
}

#[test]
fn a_wrong_number_of_parameters_is_refused_by_name() {
    let refused = fresh().write_blocking("add", |tx| tx.execute(&ADD_LEAF, &[5_i64.into()])).unwrap_err();
    assert_eq!(refused.to_string(), "ADD_LEAF was given 1 parameters, which is not what it takes");
}

#[test]
fn changed_rows_are_counted_after_the_last_returned_row() {
    let store = fresh();
    let counts = store.write_blocking("count", |tx| {
        for idx in 0..5 {
            add_leaf(tx, idx)?;
        }
        let changed = tx.execute(&CHANGE_LEAF, &[1_i64.into(), [1_u8; 32].into()])?;
        let queried = tx.execute(&LIST_LEAVES, &[Val::Int(0)])?;
        let returned = tx.all(&CHANGE_LEAF, &[3_i64.into(), [2_u8; 32].into()])?.len();
        Ok::<_, Error>((changed, queried, returned))
    });
    assert_eq!(counts, Ok((4, 0, 2)));
}

#[test]
fn more_rows_than_one_make_no_sense_where_one_was_asked_for() {
    let store = fresh();
    let found = store.write_blocking("find", |tx| {
        add_leaf(tx, 1)?;
        add_leaf(tx, 2)?;
        tx.one(&LIST_LEAVES, &[Val::Int(0)]).map(|_| ())
    });
    assert!(matches!(found, Err(Error::Nonsense(_))));
}

#[test]
fn a_value_that_does_not_convert_makes_no_sense() {
    let store = fresh();
    store.write_blocking("add", |tx| add_leaf(tx, 1)).unwrap();
    let read = |convert: fn(&crate::Row) -> Result<()>| {
        store.read_blocking("read", move |tx| convert(&tx.one(&LIST_LEAVES, &[Val::Int(0)])?))
    };
    assert!(matches!(read(|row| row.get::<String>(0).map(drop)), Err(Error::Nonsense(_))));
    assert!(matches!(read(|row| row.get::<[u8; 16]>(1).map(drop)), Err(Error::Nonsense(_))));
    assert!(matches!(read(|row| row.get::<i64>(2).map(drop)), Err(Error::Nonsense(_))));
    assert_eq!(read(|row| row.get::<Option<Vec<u8>>>(1).map(drop)), Ok(()));
}

#[test]
fn an_answer_is_kept_once_for_each_person_and_key() {
    let store = fresh();
    let (person, key) = ([1; 16], [2; 16]);
    let answers = store.write_blocking("do", move |tx| {
        let before = tx.once(person, key)?;
        tx.done(person, key, "accepted")?;
        Ok::<_, Error>((before, tx.once(person, key)?, tx.once([3; 16], key)?))
    });
    assert_eq!(answers, Ok((None, Some("accepted".to_owned()), None)));
    let again = store.write_blocking("do_again", move |tx| tx.done(person, key, "accepted"));
    assert!(matches!(again, Err(Error::Constraint { .. })));
}

#[test]
fn time_stands_still_in_a_transaction_and_its_day_is_londons() {
    let store = fresh();
    let summer_night: Timestamp = "2027-06-30T23:30:00Z".parse().unwrap();
    store.clock().move_to(summer_night);
    let clock = store.clock().clone();
    let times = store.write_blocking("tell", move |tx| {
        let before = tx.now();
        clock.move_to("2027-08-01T00:00:00Z".parse().map_err(|_| Error::Missing)?);
        Ok::<_, Error>((before, tx.now(), law::iso(tx.today())))
    });
    assert_eq!(times, Ok((summer_night, summer_night, "2027-07-01".to_owned())));
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_two_transactions_never_the_same() {
    let draw = |store: &Database| store.write_blocking("draw", |tx| Ok::<_, Error>(tx.bytes::<16>())).unwrap();
    let (one, other) = (fresh(), fresh());
    let (first, second) = (draw(&one), draw(&one));
    assert_ne!(first, second);
    assert_eq!((draw(&other), draw(&other)), (first, second));
}

#[test]
fn a_read_transaction_sees_one_moment_and_writes_nothing() {
    let store = fresh();
    let writer = store.store().clone();
    let seen = store.read_blocking("read", move |tx| {
        let before = tx.all(&LIST_LEAVES, &[Val::Int(0)])?.len();
        writer.write_blocking("meanwhile", |tx| add_leaf(tx, 9).or(Ok::<_, Error>(0)))?;
        Ok::<_, Error>((before, tx.all(&LIST_LEAVES, &[Val::Int(0)])?.len()))
    });
    assert_eq!(seen, Ok((0, 0)));
    assert_eq!(leaves(&store), [9]);
    store.read_blocking("write", |tx| add_leaf(tx, 10)).unwrap_err();
    assert_eq!(leaves(&store), [9]);
}

#[test]
fn statements_made_of_names_run_and_made_of_anything_else_do_not() {
    let store = fresh();
    store.write_blocking("add", |tx| add_leaf(tx, 4)).unwrap();
    let found = store.read_blocking("select", |tx| {
        let statement = select_by("log_leaf", &["leaf".to_owned(), "idx".to_owned()], &["idx"]);
        tx.one(&statement, &[Val::Int(4)])?.get::<i64>(1)
    });
    assert_eq!(found, Ok(4));
    for bad in [
        delete_by("log_leaf; DROP TABLE epoch", &["idx"]),
        delete_by("log_leaf", &["idx = idx OR idx"]),
        delete_by("log_leaf", &[]),
        select_by("log_leaf", &["*"], &["idx"]),
        select_by::<&str>("log_leaf", &[], &["idx"]),
        select_by("log_leaf", &["idx"], &[]),
        select_without("log_leaf", &["idx"], "epoch e", "idx"),
        select_without("log_leaf", &[], "epoch", "idx"),
    ] {
        let refused = store.write_blocking("bad", move |tx| tx.execute(&bad, &[Val::Int(4)]));
        assert!(matches!(refused, Err(Error::Portability(_))));
    }
    let deleted = store.write_blocking("delete", |tx| tx.execute(&delete_by("log_leaf", &["idx"]), &[Val::Int(4)]));
    assert_eq!(deleted, Ok(1));
}

#[test]
fn rows_to_which_nothing_belongs_are_found_within_their_bounds() {
    let store = fresh();
    store.write_blocking("add", |tx| (1..=9).map(|idx| add_leaf(tx, idx)).sum::<Result<u64>>()).unwrap();
    let place = |tx: &mut Tx<'_>, idx: i64| tx.execute(&PLACE, &[idx.into(), [0_u8; 32].into()]);
    store
        .write_blocking("place", move |tx| [2, 3, 5].map(|idx| place(tx, idx)).into_iter().sum::<Result<u64>>())
        .unwrap();
    let found = |from: i64, to: i64, most: i64| {
        store.read_blocking("without", move |tx| {
            let statement = select_without("log_leaf", &["idx"], "segment", "idx");
            let rows = tx.all(&statement, &[from.into(), to.into(), most.into()])?;
            rows.iter().map(|row| row.get::<i64>(0)).collect::<Result<Vec<_>>>()
        })
    };
    assert_eq!(found(0, 9, 20), Ok(vec![1, 4, 6, 7, 8, 9]));
    assert_eq!(found(1, 8, 20), Ok(vec![4, 6, 7, 8]));
    assert_eq!(found(0, 9, 2).map(|rows| rows.len()), Ok(2));
}

#[test]
fn a_statement_for_one_engine_fails_the_first_time_it_runs() {
    let refused = fresh().read_blocking("bad", |tx| tx.execute(&crate::Statement::new("BAD", "SELECT random()"), &[]));
    let sentence = "BAD: `random` is not portable: pass random bytes as a parameter".to_owned();
    assert_eq!(refused, Err(Error::Portability(sentence)));
}

#[test]
fn several_statements_run_in_order_and_stop_at_the_first_that_fails() {
    let store = fresh();
    let all = |from: i64| (from..from + 100).map(|idx| (&ADD_LEAF, vec![idx.into(), [7_u8; 32].into()]));
    let counted = store.write_blocking("all", move |tx| tx.execute_all(&all(0).collect::<Vec<_>>()));
    assert_eq!(counted, Ok(100));
    let refused = store.write_blocking("all", move |tx| {
        let change = (&CHANGE_LEAF, vec![50_i64.into(), [1_u8; 32].into()]);
        let twice: Vec<_> = all(100).chain([change]).chain(all(0)).chain(all(200)).collect();
        tx.execute_all(&twice)
    });
    assert_eq!(refused, Err(Error::Constraint { name: "log_leaf.idx".to_owned() }));
    assert_eq!(leaves(&store).len(), 100);
}

#[test]
fn after_a_statement_that_failed_nothing_is_kept_whatever_the_closure_says() {
    let store = fresh();
    let name = "log_leaf.idx".to_owned();
    let passed_over = store.write_blocking("pass_over", |tx| {
        add_leaf(tx, 1)?;
        drop(add_leaf(tx, 1));
        assert!(tx.all(&LIST_LEAVES, &[Val::Int(0)]).is_err(), "nothing runs any more");
        assert!(add_leaf(tx, 2).is_err());
        Ok::<_, Error>(())
    });
    assert_eq!(passed_over, Err(Error::Constraint { name }));
    assert_eq!(leaves(&store), [0_i64; 0]);
}

#[test]
fn counting_at_the_same_time_loses_nothing() {
    let store = fresh();
    let count = |store: Store| {
        for _ in 0..50 {
            store.write_blocking("count", |tx| tx.execute(&COUNT, &["2026-11-23".into()])).unwrap();
        }
    };
    let counters: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn({
                let store = store.store().clone();
                move || count(store)
            })
        })
        .collect();
    for counter in counters {
        counter.join().unwrap();
    }
    let counted = store.read_blocking("read", |tx| tx.one(&READ_COUNT, &["2026-11-23".into()])?.get::<i64>(0));
    assert_eq!(counted, Ok(200));
}

#[test]
fn two_decisions_that_rest_on_each_other_are_not_made_side_by_side() {
    let store = fresh();
    for round in 0..20_i64 {
        let (one, other) = (round * 2, round * 2 + 1);
        store.write_blocking("both", move |tx| add_leaf(tx, one).and_then(|_| add_leaf(tx, other))).unwrap();
        // Each takes its own away only while the other's stands.
        let take = |mine: i64, others: i64| {
            let store = store.store().clone();
            std::thread::spawn(move || {
                store.write_blocking("take", move |tx| {
                    let stands = tx.all(&LIST_LEAVES, &[Val::Int(one)])?.iter().any(|row| row.get(0) == Ok(others));
                    if stands { tx.execute(&crate::delete_by("log_leaf", &["idx"]), &[mine.into()]) } else { Ok(0) }
                })
            })
        };
        let taken: u64 =
            [take(one, other), take(other, one)].map(|thread| thread.join().unwrap().unwrap()).iter().sum();
        assert_eq!(taken, 1, "one of the two always stands");
    }
}
