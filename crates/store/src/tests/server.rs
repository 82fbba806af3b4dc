//! What only a server can do: be stopped, hang, be killed, be replaced by its standby, be set up to lose rows. Each test has
//! one of its own, as the program finds it: on the machine's disk, with every sync.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use scratch::{Kind, Server};

use super::*;

statements! {
    @list pub(crate),
    /// How often a leaf stands.
    COUNT_LEAF = "SELECT count(*) FROM log_leaf WHERE idx = $1";
}

/// The longest that a caller may wait: the limit, with a margin for a busy machine.
const AT_MOST: Duration = Duration::from_millis(5_900);

fn server(kind: Kind) -> Server {
    Server::start(kind).unwrap_or_else(|sentence| panic!("this test needs a PostgreSQL server: {sentence}"))
}

fn open(url: &str, folder: &std::path::Path) -> Result<Store> {
    Store::open(Settings { patience: Duration::from_secs(10), ..settings(Engine::postgres(url, folder), MIGRATIONS) })
}

#[expect(clippy::disallowed_methods, reason = "a test measures how long its caller waits")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}

/// Writes a leaf once, whatever happens: the same request is sent again until it is answered. Gives how often its outcome was
/// unknown.
fn insist(store: &Store, person: [u8; 16], idx: i64) -> Result<u64> {
    let key = [idx.to_be_bytes(), idx.to_be_bytes()].concat().try_into().unwrap_or([0; 16]);
    let mut unknown = 0;
    loop {
        let answer = store.write_blocking("insist", move |tx| {
            if tx.once(person, key)?.is_none() {
                add_leaf(tx, idx)?;
                tx.done(person, key, "accepted")?;
            }
            Ok::<_, Error>(())
        });
        match answer {
            Ok(()) => return Ok(unknown),
            Err(Error::Unknown) => unknown += 1,
            Err(error) if error.is_unavailable() => {}
            Err(error) => return Err(error),
        }
    }
}

#[test]
fn after_a_failover_no_acknowledged_write_is_lost_and_none_is_there_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut primary = server(Kind::Durable);
    let standby = primary.standby(Kind::Durable).unwrap();
    let store = open(&primary.url_with(&standby, "postgres"), folder.path()).unwrap();
    let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let writers: Vec<_> = (0..6_u8)
        .map(|writer| {
            let (store, stop, acknowledged) = (store.clone(), Arc::clone(&stop), Arc::clone(&acknowledged));
            thread::spawn(move || {
                let (mut mine, mut unknown) = (Vec::new(), 0);
                for n in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    let idx = i64::from(writer) * 1_000_000 + n;
                    unknown += insist(&store, [writer; 16], idx).unwrap();
                    mine.push(idx);
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
                (mine, unknown)
            })
        })
        .collect();
    let reach = |count: u64| {
        while acknowledged.load(Ordering::SeqCst) < count {
            thread::sleep(Duration::from_millis(5));
        }
    };
    reach(300);
    primary.kill().unwrap();
    standby.promote().unwrap();
    // What the old primary demanded of a standby, the new one does not demand of nobody.
    standby.sql("ALTER SYSTEM RESET synchronous_standby_names").unwrap();
    standby.sql("SELECT pg_reload_conf()").unwrap();
    reach(acknowledged.load(Ordering::SeqCst) + 300);
    stop.store(true, Ordering::SeqCst);
    let mut all = 0;
    let mut unknown = 0;
    for writer in writers {
        let (mine, not_known) = writer.join().unwrap();
        all += mine.len();
        unknown += not_known;
        for idx in mine {
            let count = store.read_blocking("count", move |tx| tx.one(&COUNT_LEAF, &[idx.into()])?.get::<i64>(0));
            assert_eq!(count, Ok(1), "{idx} was acknowledged");
        }
    }
    assert_eq!(leaves(&store).len(), all, "what stands is what was acknowledged");
    println!("{all} acknowledged, {unknown} unknown outcomes resolved, none lost, none twice");
}

#[test]
fn a_commit_that_the_standby_does_not_confirm_is_not_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let primary = server(Kind::Quick);
    let mut standby = primary.standby(Kind::Quick).unwrap();
    let store = open(&primary.url("postgres"), folder.path()).unwrap();
    assert_eq!(insist(&store, [1; 16], 1), Ok(0));
    standby.kill().unwrap();
    let (answer, took) = timed(|| store.write_blocking("add", |tx| add_leaf(tx, 2)));
    assert_eq!(answer, Err(Error::Unknown));
    assert!(took < AT_MOST, "{took:?}");
    primary.sql("ALTER SYSTEM RESET synchronous_standby_names").unwrap();
    primary.sql("SELECT pg_reload_conf()").unwrap();
    assert_eq!(insist(&store, [1; 16], 3), Ok(0));
}

#[test]
fn a_server_that_is_stopped_is_told_in_bounded_time_and_found_again_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = server(Kind::Quick);
    let store = open(&server.url("postgres"), folder.path()).unwrap();
    assert_eq!(store.write_blocking("add", |tx| add_leaf(tx, 1)), Ok(1));
    assert_eq!(leaves(&store), [1]);
    server.stop().unwrap();

    let (answer, took) = timed(|| store.write_blocking("add", |tx| add_leaf(tx, 2)));
    assert_eq!(answer, Err(Error::Unavailable));
    assert!(took < AT_MOST, "{took:?}");
    assert!(Error::Unavailable.is_unavailable());
    let (answers, took) = timed(|| {
        [
            store.write_blocking("add", |tx| add_leaf(tx, 3)),
            store.read_blocking("read", |tx| tx.all(&LIST_LEAVES, &[Val::Int(0)]).map(|_| 0)),
            store.health().map(|()| 0),
            store.truncate_log().map(|()| 0),
        ]
    });
    assert_eq!(answers, [const { Err::<u64, _>(Error::Unavailable) }; 4]);
    assert!(took < Duration::from_secs(1), "once it is known to be down, nobody waits: {took:?}");

    server.restart().unwrap();
    assert_eq!(store.write_blocking("add", |tx| add_leaf(tx, 4)), Ok(1));
    assert_eq!(leaves(&store), [1, 4]);
    assert_eq!(store.health(), Ok(()));
}

#[test]
fn a_short_absence_of_the_server_is_not_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = server(Kind::Quick);
    let store = open(&server.url("postgres"), folder.path()).unwrap();
    for idx in 0..3 {
        assert_eq!(store.write_blocking("add", move |tx| add_leaf(tx, idx)), Ok(1));
        server.stop().unwrap();
        let waiting = thread::spawn({
            let store = store.clone();
            move || store.write_blocking("add", move |tx| add_leaf(tx, idx + 10))
        });
        server.restart().unwrap();
        assert_eq!(waiting.join().unwrap(), Ok(1));
    }
    assert_eq!(leaves(&store).len(), 6);
}

#[test]
fn a_server_that_hangs_is_told_in_bounded_time() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(Kind::Quick);
    let store = open(&server.url("postgres"), folder.path()).unwrap();
    assert_eq!(store.write_blocking("add", |tx| add_leaf(tx, 1)), Ok(1));
    server.freeze().unwrap();
    let callers: Vec<_> = (0..24)
        .map(|idx| {
            let store = store.clone();
            thread::spawn(move || timed(|| store.write_blocking("add", move |tx| add_leaf(tx, idx))))
        })
        .collect();
    let answers: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
    server.wake().unwrap();
    for (answer, took) in answers {
        assert!(answer.as_ref().is_err_and(Error::is_unavailable), "{answer:?}");
        assert!(took < AT_MOST, "{took:?}");
    }
    assert_eq!(insist(&store, [1; 16], 30), Ok(0));
}

#[test]
fn two_programs_on_two_machines_do_not_both_believe_that_they_are_alone() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = server(Kind::Quick);
    let url = server.url("postgres");
    let first = open(&url, here.path()).unwrap();
    assert!(first.is_alone() && !first.is_only_writer());
    assert!(matches!(open(&url, there.path()), Err(Error::Locked(_))));
    let beside = Settings { alone: false, ..settings(Engine::postgres(&url, there.path()), MIGRATIONS) };
    let beside = Store::open(beside).unwrap();
    assert!(!beside.is_alone());
    assert_eq!(beside.write_blocking("add", |tx| add_leaf(tx, 1)), Ok(1));
    first.close();
    let second = open(&url, there.path()).unwrap();
    assert!(second.is_alone() && !beside.is_alone());
    assert_eq!(leaves(&second), [1]);
}

#[test]
fn a_lock_that_was_lost_with_its_connection_is_taken_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = server(Kind::Quick);
    let store = open(&server.url("postgres"), folder.path()).unwrap();
    server.stop().unwrap();
    until(|| !store.is_alone());
    server.restart().unwrap();
    until(|| store.is_alone());
}

fn until(so: impl Fn() -> bool) {
    for _ in 0..400 {
        if so() {
            return;
        }
        thread::sleep(Duration::from_millis(25));
    }
    panic!("it never became so");
}

#[test]
fn a_server_that_may_lose_rows_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = server(Kind::Quick);
    let refused = |url: &str| match open(url, folder.path()) {
        Err(Error::Unfit(sentence)) => sentence,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was taken"),
    };
    server.sql("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'").unwrap();
    assert!(refused(&server.url("latin")).contains("ENCODING 'UTF8'"));
    server.sql("ALTER ROLE candour SET synchronous_commit = off").unwrap();
    assert!(refused(&server.url("postgres")).contains("set synchronous_commit to on"));
    server.sql("ALTER ROLE candour RESET synchronous_commit").unwrap();
    assert!(refused(&server.url("nowhere")).contains("\"nowhere\" does not exist"));
    server.restart_with(&["fsync=off"]).unwrap();
    assert!(refused(&server.url("postgres")).contains("set fsync"));
    server.forget_checksums().unwrap();
    assert!(refused(&server.url("postgres")).contains("pg_checksums --enable"));
}

#[test]
fn a_connection_is_encrypted_and_the_servers_certificate_checked() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = server(Kind::Quick);
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let port = server.encrypt(&made.cert.pem(), &made.signing_key.serialize_pem()).unwrap();
    let url = |authority: &rcgen::CertifiedKey<rcgen::KeyPair>| {
        let file = folder.path().join("authority.pem");
        std::fs::write(&file, authority.cert.pem()).unwrap();
        format!("postgresql://candour@localhost:{port}/postgres?hostaddr=127.0.0.1&sslrootcert={}", file.display())
    };
    let store = open(&url(&made), folder.path()).unwrap();
    assert_eq!(store.write_blocking("add", |tx| add_leaf(tx, 1)), Ok(1));
    let encrypted = server.sql("SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a ON a.pid = s.pid WHERE s.ssl AND a.application_name = 'candour'");
    assert_ne!(encrypted.unwrap().trim(), "0");
    store.close();
    assert!(open(&url(&other), folder.path()).is_err(), "another authority signed it");
}

#[test]
fn dead_rows_are_taken_out_of_the_tables_that_lost_some() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(Kind::Quick);
    let store = open(&server.url("postgres"), folder.path()).unwrap();
    for idx in 0..50 {
        store.write_blocking("add", move |tx| add_leaf(tx, idx)).unwrap();
    }
    store.write_blocking("delete", |tx| tx.execute(&crate::delete_by("log_leaf", &["idx"]), &[Val::Int(7)])).unwrap();
    store.truncate_log().unwrap();
    let dead = "SELECT n_dead_tup, vacuum_count > 0 FROM pg_stat_user_tables WHERE relname = 'log_leaf'";
    server.until(dead, "0|t").unwrap();
    store.truncate_log().unwrap();
    assert_eq!(leaves(&store).len(), 49);
}
