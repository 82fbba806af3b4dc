//! How long a day of many records takes, and how long requests wait meanwhile. Measured on request, in release:
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
        let report = house.custody.run_day().unwrap();
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
    house.custody.run_day().unwrap();
    let on = |days: i64| {
        house.move_to(house.today().saturating_add(jiff::Span::new().days(days)));
        house.custody.confirm_clock(house.today()).unwrap();
    };
    on(62);
    assert_eq!(house.custody.run_day().unwrap().forecast, RECORDS as u64);
    on(15);
    let begun = Instant::now();
    let warnings = house.custody.warnings().unwrap();
    eprintln!("list of {} warnings: {:?}", warnings.len(), begun.elapsed());
    let custody = house.custody.clone();
    house
        .custody
        .write_blocking("warned", move |tx| warnings.iter().try_for_each(|warning| custody.warned(tx, warning)))
        .unwrap();
    on(13);
    let (report, took, waits) = day_under_load(&house);
    tell("sweep of ten thousand records", took, &waits);
    assert_eq!(report.erased, RECORDS as u64);
    assert!(took <= Duration::from_secs(15), "{took:?}");
}
