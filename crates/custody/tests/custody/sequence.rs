//! Leaves on their way into the log: at once where transactions write one after the other, by a sequencer where they write side
//! by side. What is asked here holds on either engine.

use crate::house::{House, MIGRATIONS, custody_beside};
use law::Timestamp;
use ledger::{Effect, Leaf};
use store::{Settings, Store};

store::statements! {
    @list pub(crate),
    COUNT_WAITING = "SELECT count(*) FROM outbox";
    COUNT_WITHOUT_INDEX = "SELECT count(*) FROM trail WHERE idx IS NULL";
    COUNT_TILES = "SELECT count(*) FROM log_tile";
    FIND_LEAF = "SELECT leaf FROM log_leaf WHERE idx = $1";
}

fn count(house: &House, statement: &'static store::Statement) -> u64 {
    house.custody.store().read_blocking("count", |tx| tx.one(statement, &[])?.get::<u64>(0)).unwrap()
}

#[test]
fn after_sequencing_every_leaf_has_its_index_and_full_tiles_stand() {
    let house = House::new();
    let enquiries: Vec<_> = (0..300).map(|n| house.enquire(&format!("person{n}@oakfield.example"))).collect();
    let waiting = count(&house, &COUNT_WAITING);
    assert_eq!(waiting > 0, !house.custody.store().is_only_writer());
    assert_eq!(house.custody.sequence().unwrap(), waiting);
    assert_eq!(count(&house, &COUNT_WAITING), 0);
    assert_eq!(count(&house, &COUNT_WITHOUT_INDEX), 0);
    assert_eq!(count(&house, &COUNT_TILES), 1);
    let (size, root) = house.custody.verify_log().unwrap();
    assert!(size >= 300);
    assert_eq!(house.custody.sequence().unwrap(), 0);
    assert_eq!(house.custody.verify_log().unwrap(), (size, root));
    assert!(house.open(&enquiries[0]).is_ok());
}

#[test]
fn the_journal_names_the_leaf_of_each_erasure_though_others_wait() {
    let house = House::new();
    let going: Vec<_> = (0..3).map(|n| house.enquire(&format!("going{n}@oakfield.example"))).collect();
    for enquiry in &going {
        house.note(enquiry, "enquiry.closed");
    }
    house.pass_days(89);
    house.enquire("waiting@oakfield.example");
    assert_eq!(house.pass_days(1), 3);
    let entries = vault::Journal::read(&house.keys.path().join("journal")).unwrap();
    let indices: Vec<u64> = entries.iter().filter_map(|entry| entry.leaf).collect();
    assert_eq!(indices.len(), 3);
    for idx in indices {
        let leaf = house
            .custody
            .store()
            .read_blocking("find_leaf", move |tx| tx.one(&FIND_LEAF, &[idx.into()])?.get::<Vec<u8>>(0));
        assert_eq!(Leaf::decode(&leaf.unwrap()).unwrap().effect, Effect::Erase);
    }
    for enquiry in &going {
        assert_eq!(house.count("outbox", enquiry.person), 0);
    }
    house.custody.verify_log().unwrap();
}

#[test]
fn one_process_at_a_time_gives_leaves_their_index_and_another_when_it_is_gone() {
    let house = House::new();
    if house.custody.store().is_only_writer() {
        return;
    }
    let beside = tempfile::tempdir().unwrap();
    let engine = match house.database.engine() {
        store::Engine::Postgres { url, .. } => store::Engine::postgres(url, beside.path()),
        file @ store::Engine::Sqlite { .. } => file,
    };
    let clock = law::Clock::fixed(house.custody.store().clock().now());
    let settings = Settings {
        engine,
        clock: clock.clone(),
        seed: Some([4; 32]),
        migrations: MIGRATIONS,
        alone: false,
        patience: std::time::Duration::from_secs(5),
        readers: 1,
    };
    let other = custody_beside(Store::open(settings).unwrap(), house.keys.path()).unwrap();
    house.enquire("one@oakfield.example");
    assert!(house.custody.sequence().unwrap() > 0);
    house.enquire("other@oakfield.example");
    assert_eq!(other.sequence().unwrap(), 0, "the first holds the lease");
    clock.move_to(Timestamp::from_millisecond(clock.now().as_millisecond() + 6_000).unwrap());
    assert!(other.sequence().unwrap() > 0, "it has not been renewed");
    house.enquire("third@oakfield.example");
    assert_eq!(house.custody.sequence().unwrap(), 0);
    other.verify_log().unwrap();
}
