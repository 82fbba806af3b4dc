//! How long a day of many records takes, and how long requests wait meanwhile; how fast the log grows, is published, and
//! proves. Measured on request, in release:
//! `cargo test --release -p custody --test custody speed -- --ignored --nocapture --test-threads 1`.

#![expect(clippy::disallowed_methods, reason = "a measurement reads how much time passed")]
#![expect(clippy::print_stderr, reason = "a measurement is told to whoever asked for it")]

use crate::house::House;
use custody::{Actor, Error, Ground, HoldingId, New, PersonId, Record};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use vault::{Bound, HoldingKeys, Keyring, Root};

const KEYS: u64 = 1_000_000;
const RECORDS: usize = 10_000;

store::statements! {
    INSERT_KEY = "INSERT INTO data_key (person_id, holding_id, epoch, wrapped) VALUES ($1, $2, $3, $4)";
    INSERT_LEAF = "INSERT INTO outbox (person_id, n, leaf, actor_id, actor_n) VALUES ($1, $2, $3, NULL, NULL)";
}

/// Fills the keyring's table with keys of nobody's holdings: the turn looks at nothing else.
fn fill(house: &House, keys: u64) {
    let root = Root::load(&house.keys.path().join("root.key")).unwrap();
    let keyring = Keyring::open_beside(vec![house.keys.path().join("keyring")], root).unwrap();
    let key = keyring.key(keyring.current().unwrap()).unwrap();
    let epoch = law::iso(key.day());
    for _ in 0..keys / 10_000 {
        let (key, epoch) = (key.clone(), epoch.clone());
        house
            .custody
            .store()
            .write_blocking("fill", move |tx| {
                for _ in 0..10_000 {
                    let (person, holding) = (PersonId::draw(tx.random()), HoldingId::draw(tx.random()));
                    let bound = Bound { person: &person.0, holding: &holding.0, kind: "", version: 0 };
                    let keys = HoldingKeys::generate(tx.random());
                    let wrapped = key.wrap(&keys, &bound, tx.random());
                    tx.execute(&INSERT_KEY, &[person.into(), holding.into(), epoch.as_str().into(), wrapped.into()])?;
                }
                Ok::<_, store::Error>(())
            })
            .unwrap();
    }
}

/// Runs a day while enquiries come in; gives its report, its length, and how long enquiries took, sorted.
fn day_under_load(house: &House) -> (custody::DayReport, Duration, Vec<Duration>) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let load = scope.spawn(|| {
            let mut waits = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let begun = Instant::now();
                house.enquire("load@oakfield.example");
                waits.push(begun.elapsed());
                std::thread::sleep(Duration::from_millis(5));
            }
            waits.sort();
            waits
        });
        let begun = Instant::now();
        let report = house.run_day().unwrap();
        let took = begun.elapsed();
        over.store(true, Ordering::Relaxed);
        (report, took, load.join().unwrap())
    })
}

fn tell(what: &str, took: Duration, waits: &[Duration]) {
    let at = |share: usize| waits.get(waits.len() * share / 1_000).copied().unwrap_or_default();
    eprintln!(
        "{what}: {took:?}; {} enquiries meanwhile, p50 {:?}, p99 {:?}, longest {:?}",
        waits.len(),
        at(500),
        at(990),
        waits.last().copied().unwrap_or_default()
    );
}

#[test]
#[ignore = "a measurement: see the head of this file"]
fn a_million_keys_turn_in_twenty_seconds_and_requests_go_on() {
    let house = House::new();
    fill(&house, KEYS);
    house.custody.truncate_log().unwrap();
    house.move_to(house.today().tomorrow().unwrap());
    house.custody.witness().unwrap();
    let (report, took, waits) = day_under_load(&house);
    tell("turn of a million keys", took, &waits);
    assert!(report.turned >= KEYS);
    assert!(took <= Duration::from_secs(20), "{took:?}");
    let p99 = waits[waits.len() * 99 / 100];
    assert!(p99 <= Duration::from_millis(50), "{p99:?}");
}

#[test]
#[ignore = "a measurement: see the head of this file"]
fn ten_thousand_forecast_records_are_swept_in_fifteen_seconds() {
    let house = House::new();
    let (custody, allowed) = (house.custody.clone(), house.allow("desk", "answer-enquiries", "enquiry"));
    for _ in 0..RECORDS / 100 {
        let (custody, allowed) = (custody.clone(), allowed.clone());
        house
            .custody
            .write_blocking("enquire", move |tx| {
                for _ in 0..100 {
                    let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
                    let holding = HoldingId::draw(tx.random());
                    let record = Record::new().with("name", "Priya Example").with("email", "priya@oakfield.example");
                    let new = New { person, holding, ground, record: &record, events: &["enquiry.received"] };
                    custody.take(tx, &allowed, &Actor::system("desk"), &new)?;
                    custody.note(tx, person, ground, "enquiry.closed")?;
                }
                Ok::<_, Error>(())
            })
            .unwrap();
    }
    house.run_day().unwrap();
    let on = |days: i64| {
        house.move_to(house.today().saturating_add(jiff::Span::new().days(days)));
        house.custody.confirm_clock(house.today()).unwrap();
    };
    on(62);
    assert_eq!(house.run_day().unwrap().forecast, RECORDS as u64);
    on(15);
    let begun = Instant::now();
    let warnings = house.custody.warnings().unwrap();
    eprintln!("list of {} warnings: {:?}", warnings.len(), begun.elapsed());
    let custody = house.custody.clone();
    house
        .custody
        .write_blocking("warned", move |tx| warnings.iter().try_for_each(|warning| custody.warned(tx, warning)))
        .unwrap();
    // In steps of a week at the most: what a longer one makes due waits.
    on(6);
    on(7);
    let (report, took, waits) = day_under_load(&house);
    tell("sweep of ten thousand records", took, &waits);
    assert_eq!(report.erased, RECORDS as u64);
    assert!(took <= Duration::from_secs(15), "{took:?}");
}

/// A leaf of a usual size, about nobody.
fn leaf() -> Vec<u8> {
    let clauses = vec!["kind.enquiry".to_owned(), "purpose.answer-enquiries".to_owned()];
    let (outcome, notice, holding) = (ledger::Outcome::Done, [7; 32], Some([9; 32]));
    let effect = ledger::Effect::Take;
    ledger::Leaf { effect, hour: 498_660, notice, clauses, outcome, count: 1, holding, actor: None, detail: None }
        .encode()
        .unwrap()
}

/// Appends this many leaves in one transaction.
fn append(house: &House, from: u64, count: u64) {
    let leaf = leaf();
    let values = move |n: u64| [[0xff; 16].into(), n.into(), leaf.as_slice().into()];
    house
        .custody
        .write_blocking("append", move |tx| {
            (from..from + count).try_for_each(|n| tx.execute(&INSERT_LEAF, &values(n)).map(|_| ())).map_err(Error::from)
        })
        .unwrap();
}

#[test]
#[ignore = "a measurement: see the head of this file"]
fn three_thousand_leaves_a_second_are_appended_of_one_client_and_ten_thousand_of_sixty_four() {
    // In memory, so that it is the program that is measured: on a disk one client waits for its sync each time.
    crate::house::in_memory();
    let house = House::new();
    let next = std::sync::atomic::AtomicU64::new(1);
    for (clients, least) in [(1, 3_000.0), (64, 10_000.0)] {
        let begun = Instant::now();
        let rounds = 10_000 / clients;
        std::thread::scope(|scope| {
            for _ in 0..clients {
                scope.spawn(|| (0..rounds).for_each(|_| append(&house, next.fetch_add(1, Ordering::Relaxed), 1)));
            }
        });
        house.custody.await_index().unwrap();
        let second = f64::from(clients * rounds) / begun.elapsed().as_secs_f64();
        eprintln!(
            "{clients} clients: {second:.0} leaves a second, each with its index; a leaf has {} bytes",
            leaf().len()
        );
        if house.custody.store().is_only_writer() {
            assert!(second >= least, "{second}");
        }
    }
    house.custody.verify_log().unwrap();
}

#[test]
#[ignore = "a measurement: see the head of this file"]
fn one_persons_proofs_among_a_million_leaves_take_a_fifth_of_a_second() {
    let house = House::new();
    let enquiries: Vec<_> = (0..80).map(|n| house.enquire(&format!("ada{n}@oakfield.example"))).collect();
    let (custody, allowed) = (house.custody.clone(), house.allow("desk", "answer-enquiries", "enquiry"));
    let (person, first) = (PersonId([3; 16]), enquiries.len() as u64);
    let took = |what: &str, begun: Instant| eprintln!("{what}: {:?}", begun.elapsed());
    // Eighty records of one person, with an opening each, far from one another in the log.
    for n in 0..80u64 {
        for chunk in 0..5 {
            append(&house, first + n * 12_500 + chunk * 2_500, 2_500);
        }
        let (custody, allowed) = (custody.clone(), allowed.clone());
        house
            .custody
            .write_blocking("take", move |tx| {
                let (ground, holding) = (Ground::draw(tx.random()), HoldingId::draw(tx.random()));
                let record = Record::new().with("name", "Ada Example").with("email", "ada@oakfield.example");
                let new = New { person, holding, ground, record: &record, events: &["enquiry.received"] };
                let actor = Actor::system("desk");
                custody.take(tx, &allowed, &actor, &new)?;
                let permit = custody.permit(tx, &allowed, &actor, person, holding)?;
                custody.open(tx, &permit).map(|_| ())
            })
            .unwrap();
        house.custody.cut_segment().unwrap();
    }
    let begun = Instant::now();
    let size = house.custody.publish_now().unwrap();
    took(&format!("publishing a log of {size} leaves for the first time"), begun);
    for count in [1, 100, 1_000] {
        append(&house, 2_000_000 + count * 10, count);
        let begun = Instant::now();
        house.custody.publish_log().unwrap();
        took(&format!("publishing {count} more"), begun);
    }
    let begun = Instant::now();
    for _ in 0..1_000 {
        house.custody.publish_log().unwrap();
    }
    took("publishing nothing a thousand times", begun);
    let mut waits: Vec<Duration> = (0..20)
        .map(|_| {
            let (custody, begun) = (custody.clone(), Instant::now());
            let proofs = house.custody.store().read_blocking("proofs", move |tx| custody.proofs(tx, person, None));
            assert_eq!(proofs.unwrap().len(), 160);
            begun.elapsed()
        })
        .collect();
    waits.sort();
    eprintln!("160 proofs of one person: p50 {:?}, longest {:?}", waits[10], waits[19]);
    assert!(waits[19] <= Duration::from_millis(200), "{waits:?}");
}
