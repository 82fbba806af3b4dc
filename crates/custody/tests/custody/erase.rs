//! Erasing one person at once: everything in one transaction, judged as the sweep judges, and fast.
//!
//! The figure: `cargo test -p custody --release --test custody erase -- --ignored --nocapture`.

#![expect(clippy::disallowed_methods, reason = "a measurement reads how much time passed")]
#![expect(clippy::print_stderr, reason = "a measurement is told to whoever asked for it")]

use crate::house::{House, in_memory};
use custody::{Actor, Error, Ground, HoldingId, New, PersonId, Record};
use std::time::{Duration, Instant};
use vault::{Effect, Journal};

/// A person with so many enquiries of about 200 bytes on a ground each; the records with their grounds.
fn person_with(house: &House, count: usize) -> (PersonId, Vec<(Ground, HoldingId)>) {
    let allowed = house.allow("desk", "answer-enquiries", "enquiry");
    house
        .write(move |custody, tx| {
            let person = PersonId::draw(tx.random());
            let mut held = Vec::new();
            for _ in 0..count {
                let (ground, holding) = (Ground::draw(tx.random()), HoldingId::draw(tx.random()));
                let record = Record::new().with("name", "x".repeat(140)).with("email", "priya@oakfield.example");
                let new = New { person, holding, ground, record: &record, events: &["enquiry.received"] };
                custody.take(tx, &allowed, &Actor::system("desk"), &new)?;
                held.push((ground, holding));
            }
            Ok((person, held))
        })
        .unwrap()
}

fn withdraw(house: &House, person: PersonId, held: &[(Ground, HoldingId)]) {
    let held = held.to_vec();
    house
        .write(move |custody, tx| {
            held.iter().try_for_each(|(ground, _)| custody.withdraw(tx, person, *ground, "enquiry").map(|_| ()))
        })
        .unwrap();
}

/// Seven days on, witnessed and not swept.
fn on_their_day(house: &House) {
    for _ in 0..7 {
        house.move_to(house.today().tomorrow().unwrap());
        house.custody.witness().unwrap();
    }
}

#[test]
fn a_person_whose_withdrawals_are_ripe_is_erased_at_once_with_a_leaf_and_a_line_for_each() {
    let house = House::new();
    let (person, held) = person_with(&house, 90);
    let stays = house.enquire("stays@oakfield.example");
    withdraw(&house, person, &held);
    assert_eq!(house.custody.erase_person(person).unwrap(), 0, "not before the day");
    on_their_day(&house);
    let before = house.custody.verify_log().unwrap().0;
    assert_eq!(house.custody.erase_person(person).unwrap(), 90);
    assert_eq!(house.custody.verify_log().unwrap().0, before + 90);
    for table in ["holding", "data_key", "trail", "clock", "withdrawal", "outbox", "forecast"] {
        assert_eq!(house.count(table, person), 0, "{table}");
    }
    let lines = Journal::read(&house.keys.path().join("journal")).unwrap();
    let erased: Vec<_> = lines.iter().filter(|line| line.effect == Effect::Erase).collect();
    assert_eq!(erased.len(), 90);
    assert!(erased.iter().zip(before..).all(|(line, index)| line.done && line.leaf == Some(index)));
    assert!(house.open(&stays).is_ok());
    assert_eq!(house.custody.erase_person(person).unwrap(), 0);
}

#[test]
fn what_may_not_go_stays_with_what_hangs_on_it() {
    let house = House::new();
    let (person, held) = person_with(&house, 4);
    withdraw(&house, person, &held[..2]);
    on_their_day(&house);
    assert_eq!(house.custody.erase_person(person).unwrap(), 2);
    assert_eq!(house.count("holding", person), 2);
    assert_eq!(house.count("clock", person), 2, "the linked rows of the grounds that stay");
    for (_, holding) in &held[2..] {
        assert!(house.open_as("desk", "answer-enquiries", person, *holding).is_ok());
    }
    for (_, holding) in &held[..2] {
        let opened = house.open_as("desk", "answer-enquiries", person, *holding);
        assert!(matches!(opened, Err(Error::Gone)));
    }
}

#[test]
#[ignore = "a measurement: see the head of this file"]
fn a_person_with_eighty_records_is_erased_in_a_millisecond_and_a_half() {
    in_memory();
    let house = House::new();
    let people: Vec<_> = (0..400).map(|_| person_with(&house, 80)).collect();
    for (person, held) in &people {
        withdraw(&house, *person, held);
    }
    on_their_day(&house);
    let mut took: Vec<Duration> = Vec::new();
    for (person, _) in &people {
        let begun = Instant::now();
        assert_eq!(house.custody.erase_person(*person).unwrap(), 80);
        took.push(begun.elapsed());
    }
    took.sort();
    let at = |share: usize| took[took.len() * share / 1_000];
    eprintln!("erase one person of 80 records: p50 {:?}, p99 {:?}, longest {:?}", at(500), at(990), at(999));
}
