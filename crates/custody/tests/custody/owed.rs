//! What a transaction owes the journal is there when it answers, and a crash between the two loses nothing.

use crate::house::{House, custody_beside};
use custody::{Actor, Custody, Error, HoldReason, Parts};
use vault::{Effect, Entry, Journal};

store::statements! {
    COUNT_OWED = "SELECT count(*) FROM journal_outbox";
}

fn lines(house: &House) -> Vec<Entry> {
    Journal::read(&house.keys.path().join("journal")).unwrap()
}

fn effects(house: &House) -> Vec<Effect> {
    lines(house).iter().map(|entry| entry.effect).collect()
}

fn owed(house: &House) -> i64 {
    let rows = house.custody.store().read_blocking("owed", |tx| tx.one(&COUNT_OWED, &[])?.get::<i64>(0));
    rows.unwrap()
}

#[test]
fn every_effect_that_a_restore_must_not_undo_has_its_line_before_it_is_answered() {
    let house = House::new();
    let (enquiry, officer) = (house.enquire("a@oakfield.example"), house.officer());
    let (person, ground, holding) = (enquiry.person, enquiry.ground, enquiry.holding);
    assert_eq!(effects(&house), [Effect::Notice]);
    house.amend(&enquiry, "b@oakfield.example").unwrap();
    let until = house.today().saturating_add(jiff::Span::new().days(20));
    house.write(move |custody, tx| custody.place_hold(tx, &officer, person, ground, HoldReason::Claim, until)).unwrap();
    house.write(move |custody, tx| custody.object(tx, person, "answer-enquiries", &Actor::you(person))).unwrap();
    house.write(move |custody, tx| custody.unobject(tx, person, "answer-enquiries", &Actor::you(person))).unwrap();
    house.write(move |custody, tx| custody.restrict(tx, person, holding, &Actor::you(person))).unwrap();
    house.write(move |custody, tx| custody.unrestrict(tx, person, holding, &Actor::you(person))).unwrap();
    house.write(move |custody, tx| custody.withdraw(tx, person, ground, "enquiry")).unwrap();
    house.write(move |custody, tx| custody.cancel_withdrawal(tx, person, ground, "enquiry")).unwrap();
    let expected = [
        Effect::Notice,
        Effect::Replace,
        Effect::Hold,
        Effect::Object,
        Effect::Unobject,
        Effect::Restrict,
        Effect::Unrestrict,
        Effect::Withdraw,
        Effect::Keep,
    ];
    assert_eq!(effects(&house), expected);
    let version = [&holding.0[..], &1u64.to_be_bytes()].concat();
    assert_eq!(lines(&house)[1].hash, vault::sha256(&version), "the version that was replaced");
    assert_eq!(lines(&house)[2].hash, vault::sha256(&holding.0));
    assert_eq!(lines(&house)[3].hash, vault::sha256(&[&person.0[..], b"answer-enquiries"].concat()));
    assert_eq!(lines(&house)[7].hash, vault::sha256(&ground.0));
    assert!(lines(&house).iter().all(|entry| entry.done && entry.day == house.today()));
}

#[test]
fn what_was_refused_owes_nothing() {
    let house = House::new();
    let enquiry = house.enquire("a@oakfield.example");
    let person = enquiry.person;
    let refused = house.write(move |custody, tx| custody.object(tx, person, "sell-it", &Actor::you(person)));
    assert!(matches!(refused, Err(Error::Refused(_))));
    assert_eq!(effects(&house), [Effect::Notice]);
}

#[test]
fn the_minute_takes_out_what_stands_in_the_journal_and_writes_nothing_twice() {
    let house = House::new();
    house.amend(&house.enquire("a@oakfield.example"), "b@oakfield.example").unwrap();
    assert_eq!(owed(&house), 2);
    assert_eq!(house.custody.settle_owed().unwrap(), 0, "nothing was late");
    assert_eq!(owed(&house), 0);
    assert_eq!(effects(&house), [Effect::Notice, Effect::Replace]);
}

#[test]
fn a_start_writes_what_a_crash_left() {
    let house = House::new();
    let enquiry = house.enquire("a@oakfield.example");
    // A process beside the one that has the journal leaves its row, as a crash would.
    let beside = custody_beside(house.database.store().clone(), house.keys.path()).unwrap();
    let person = enquiry.person;
    let object = {
        let custody = beside.clone();
        beside.write_blocking("object", move |tx| custody.object(tx, person, "answer-enquiries", &Actor::you(person)))
    };
    assert!(object.unwrap());
    drop(beside);
    assert_eq!(effects(&house), [Effect::Notice]);
    let house = house.restart();
    assert!(effects(&house).contains(&Effect::Object));
}

#[test]
fn what_another_process_owes_is_written_by_the_minute_of_who_has_the_journal() {
    let house = House::new();
    let enquiry = house.enquire("a@oakfield.example");
    let beside = custody_beside(house.database.store().clone(), house.keys.path()).unwrap();
    let person = enquiry.person;
    let custody = beside.clone();
    beside
        .write_blocking("object", move |tx| custody.object(tx, person, "answer-enquiries", &Actor::you(person)))
        .unwrap();
    assert_eq!(house.custody.settle_owed().unwrap(), 1);
    assert_eq!(effects(&house), [Effect::Notice, Effect::Object]);
    assert_eq!(owed(&house), 0);
}

#[test]
fn an_effect_whose_line_cannot_be_written_is_done_and_says_so() {
    let house = House::new();
    let enquiry = house.enquire("a@oakfield.example");
    let House { custody, keys, database } = house;
    custody.settle_owed().unwrap();
    drop(custody);
    let broken = loop {
        let root = vault::Root::load(&keys.path().join("root.key")).unwrap();
        match vault::Keyring::open(vec![keys.path().join("keyring")], root) {
            Err(vault::Error::Locked { .. }) => std::thread::yield_now(),
            keyring => {
                let (evidence, origin) = (keys.path().join("evidence"), crate::house::ORIGIN.to_owned());
                let journal = keys.path().join("journal");
                let columns = store::columns(crate::house::COLUMNS).unwrap();
                let store = database.store().clone();
                break Custody::new(Parts { store, keyring: keyring.unwrap(), journal, columns, evidence, origin })
                    .unwrap();
            }
        }
    };
    // After the start the journal's place becomes a folder, so no line can be written there.
    std::fs::remove_file(keys.path().join("journal")).unwrap();
    std::fs::create_dir(keys.path().join("journal")).unwrap();
    let (custody, person) = (broken.clone(), enquiry.person);
    let answer =
        broken.write_blocking("object", move |tx| custody.object(tx, person, "answer-enquiries", &Actor::you(person)));
    assert!(matches!(answer, Err(Error::Journal(_))), "{:?}", answer.err().map(|error| error.to_string()));
    let house = House { custody: broken, keys, database };
    assert_eq!(house.count("objection", person), 1, "it is done");
    assert!(matches!(house.open(&enquiry), Err(Error::Refused(_))));
    assert_eq!(owed(&house), 1, "and the minute tries again");
}

#[tokio::test]
async fn an_answer_on_the_runtime_waits_for_the_line_too() {
    let house = House::new();
    let enquiry = house.enquire("a@oakfield.example");
    let (custody, person) = (house.custody.clone(), enquiry.person);
    let object = house
        .custody
        .write("object", move |tx| custody.object(tx, person, "answer-enquiries", &Actor::you(person)))
        .await;
    assert!(object.unwrap());
    assert_eq!(effects(&house), [Effect::Notice, Effect::Object]);
}
