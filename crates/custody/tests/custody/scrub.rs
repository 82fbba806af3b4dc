//! Scrub: damage is found by a job, told with its place, and never answered silently.

use crate::house::{Enquiry, House};
use custody::{Error, Scrubbed};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use store::{Row, Val};

store::statements! {
    @list pub(crate),
    READ_SEALED = "SELECT sealed FROM holding WHERE person_id = $1 AND holding_id = $2";
    WRITE_SEALED = "UPDATE holding SET sealed = $3 WHERE person_id = $1 AND holding_id = $2";
    READ_WRAPPED = "SELECT wrapped FROM data_key WHERE person_id = $1 AND holding_id = $2";
    WRITE_WRAPPED = "UPDATE data_key SET wrapped = $3 WHERE person_id = $1 AND holding_id = $2";
    READ_TRAIL = "SELECT sealed FROM trail WHERE person_id = $1 AND holding_id = $2 AND n = 1";
    WRITE_TRAIL = "UPDATE trail SET sealed = $3 WHERE person_id = $1 AND holding_id = $2 AND n = 1";
    READ_R = "SELECT r FROM opening WHERE person_id = $1 AND holding_id = $2";
    WRITE_R = "UPDATE opening SET r = $3 WHERE person_id = $1 AND holding_id = $2";
    READ_LEAF = "SELECT leaf FROM log_leaf WHERE idx = $1";
    WRITE_LEAF = "UPDATE log_leaf SET leaf = $2 WHERE idx = $1";
    READ_TILE = "SELECT hashes FROM log_tile WHERE level = $1 AND n = $2";
    WRITE_TILE = "UPDATE log_tile SET hashes = $3 WHERE level = $1 AND n = $2";
    READ_COMMITMENT = "SELECT commitment FROM segment WHERE idx = $1 AND place = $2";
    WRITE_COMMITMENT = "UPDATE segment SET commitment = $3 WHERE idx = $1 AND place = $2";
    LOSE_COMMITMENT = "DELETE FROM segment WHERE idx = $1 AND place = $2";
    MOVE_CLOCK = "UPDATE clock SET ground = $2 WHERE person_id = $1 AND event = 'enquiry.closed'";
    MOVE_REVEAL = "UPDATE trail SET idx = $2 WHERE person_id = $1";
    RESTRICT = "INSERT INTO restriction (person_id, holding_id, day) VALUES ($1, $2, '')";
    OBJECT = "INSERT INTO objection (person_id, purpose, day) VALUES ($1, 'send-news', '')";
    LAST_SEGMENT = "SELECT max(idx) FROM segment";
    LOSE_KEY = "DELETE FROM data_key WHERE person_id = $1 AND holding_id = $2";
}

fn key(enquiry: &Enquiry) -> Vec<Val> {
    vec![enquiry.person.into(), enquiry.holding.into()]
}

fn read(house: &House, statement: &'static store::Statement, key: &[Val]) -> Vec<u8> {
    let key = key.to_vec();
    let bytes = |row: Row| row.get::<Vec<u8>>(0);
    house.custody.store().read_blocking("read", move |tx| tx.one(statement, &key).and_then(bytes)).unwrap()
}

fn write(house: &House, statement: &'static store::Statement, key: &[Val], bytes: &[u8]) {
    let values = [key, &[bytes.into()]].concat();
    house.custody.store().write_blocking("write", move |tx| tx.execute(statement, &values).map(|_| ())).unwrap();
}

fn scrub(house: &House) -> Scrubbed {
    house.custody.cut_segment().unwrap();
    house.custody.publish_log().unwrap();
    house.custody.scrub(|_| ()).unwrap()
}

fn tables(scrubbed: &Scrubbed) -> Vec<&str> {
    scrubbed.damage.iter().map(|damage| damage.table.as_str()).collect()
}

#[test]
fn a_whole_database_has_no_damage_and_everything_was_looked_at() {
    let house = House::new();
    let all: Vec<Enquiry> = (0..300).map(|n| house.enquire(&format!("person{n}@oakfield.example"))).collect();
    all.iter().take(5).for_each(|one| drop(house.open(one).unwrap()));
    house.amend(&all[0], "b@oakfield.example").unwrap();
    let scrubbed = scrub(&house);
    assert_eq!(scrubbed.damage, []);
    assert_eq!((scrubbed.holdings, scrubbed.trails, scrubbed.openings, scrubbed.tiles), (300, 301, 5, 1));
    assert_eq!(scrubbed.leaves, house.custody.verify_log().unwrap().0 - 1, "all but its own");
    let runs = house.write(|custody, tx| custody.runs(tx, 1)).unwrap();
    assert_eq!((runs[0].job.as_str(), runs[0].held, runs[0].outcome.as_str()), ("scrub", 0, "done"));
}

#[test]
fn every_flipped_bit_of_what_is_sealed_or_logged_is_found_in_its_table() {
    let house = House::new();
    let all: Vec<Enquiry> = (0..260).map(|n| house.enquire(&format!("person{n}@oakfield.example"))).collect();
    house.open(&all[3]).unwrap();
    assert_eq!(scrub(&house).damage, []);
    let of_one = key(&all[3]);
    let places: [(&str, &store::Statement, &store::Statement, Vec<Val>); 6] = [
        ("holding", &READ_SEALED, &WRITE_SEALED, of_one.clone()),
        ("data_key", &READ_WRAPPED, &WRITE_WRAPPED, of_one.clone()),
        ("trail", &READ_TRAIL, &WRITE_TRAIL, of_one.clone()),
        ("opening", &READ_R, &WRITE_R, of_one),
        ("log_leaf", &READ_LEAF, &WRITE_LEAF, vec![7i64.into()]),
        ("log_tile", &READ_TILE, &WRITE_TILE, vec![0i64.into(), 0i64.into()]),
    ];
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    for (table, get, put, key) in places {
        let (get, put): (&'static store::Statement, &'static store::Statement) = (get, put);
        let whole = read(&house, get, &key);
        for _ in 0..5 {
            let bit = rng.next_u32() as usize % (whole.len() * 8);
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            write(&house, put, &key, &flipped);
            let scrubbed = house.custody.scrub(|_| ()).unwrap();
            assert!(tables(&scrubbed).contains(&table), "{table}, bit {bit}: {:?}", scrubbed.damage);
        }
        write(&house, put, &key, &whole);
    }
    assert_eq!(house.custody.scrub(|_| ()).unwrap().damage, [], "whole again");
}

#[test]
fn a_damaged_record_is_an_error_with_a_code_for_whoever_opens_it() {
    let house = House::new();
    let (bad, good) = (house.enquire("bad@oakfield.example"), house.enquire("good@oakfield.example"));
    let mut sealed = read(&house, &READ_SEALED, &key(&bad));
    sealed[20] ^= 1;
    write(&house, &WRITE_SEALED, &key(&bad), &sealed);
    let error = house.open(&bad).unwrap_err();
    let Error::Damaged { table: "holding", key: code } = &error else { panic!("{error}") };
    assert_eq!(*code, format!("{:08x}", u32::from_be_bytes(*bad.holding.0.first_chunk().unwrap())));
    assert_eq!(house.count("opening", bad.person), 0, "what did not open was not opened");
    let found = scrub(&house).damage;
    assert_eq!((found.len(), found[0].table.as_str(), &found[0].key), (1, "holding", code));
    assert_eq!(house.open(&good).unwrap(), "good@oakfield.example");
}

#[test]
fn a_record_without_its_key_is_damaged_and_not_gone() {
    let house = House::new();
    let bad = house.enquire("bad@oakfield.example");
    let lose = key(&bad);
    house.custody.store().write_blocking("lose", move |tx| tx.execute(&LOSE_KEY, &lose).map(|_| ())).unwrap();
    assert!(matches!(house.open(&bad), Err(Error::Damaged { table: "data_key", .. })));
    assert!(tables(&scrub(&house)).contains(&"data_key"));
}

fn run(house: &House, statement: &'static store::Statement, values: &[Val]) -> u64 {
    let values = values.to_vec();
    house.custody.store().write_blocking("run", move |tx| tx.execute(statement, &values)).unwrap()
}

fn keys(scrubbed: &Scrubbed) -> Vec<(&str, &str)> {
    scrubbed.damage.iter().map(|damage| (damage.table.as_str(), damage.key.as_str())).collect()
}

#[test]
fn a_row_that_lost_what_it_dies_with_is_found_by_its_own_number() {
    let house = House::new();
    let ada = house.enquire("ada@oakfield.example");
    house.note(&ada, "enquiry.closed");
    assert_eq!(scrub(&house).damage, []);
    assert_eq!(run(&house, &MOVE_CLOCK, &[ada.person.into(), [0xab; 16].into()]), 1);
    run(&house, &RESTRICT, &[ada.person.into(), [0xcd; 16].into()]);
    run(&house, &OBJECT, &[[0xef; 16].into()]);
    run(&house, &MOVE_REVEAL, &[ada.person.into(), 9_999_i64.into()]);
    let found = scrub(&house);
    let expected = [("clock", "abababab"), ("objection", "efefefef"), ("restriction", "cdcdcdcd"), ("trail", "9999")];
    assert_eq!(keys(&found), expected, "{:?}", found.damage);
}

#[test]
fn of_many_rows_that_stand_alone_twenty_of_a_table_are_told() {
    let house = House::new();
    for n in 0..30_u8 {
        run(&house, &OBJECT, &[[n * 8 + 1; 16].into()]);
    }
    assert_eq!(tables(&scrub(&house)), ["objection"; 20]);
}

#[test]
fn a_commitment_that_changed_or_is_gone_from_its_segment_is_found_by_its_leaf() {
    let house = House::new();
    for n in 0..5 {
        house.open(&house.enquire(&format!("person{n}@oakfield.example"))).unwrap();
    }
    assert_eq!(scrub(&house).damage, []);
    let idx = house.custody.store().read_blocking("last", |tx| tx.one(&LAST_SEGMENT, &[])?.get::<i64>(0)).unwrap();
    let place = [idx.into(), 3_i64.into()];
    let whole = read(&house, &READ_COMMITMENT, &place);
    let mut turned = whole.clone();
    turned[7] ^= 1;
    write(&house, &WRITE_COMMITMENT, &place, &turned);
    let leaf = idx.to_string();
    assert!(keys(&scrub(&house)).contains(&("segment", &leaf)));
    write(&house, &WRITE_COMMITMENT, &place, &whole);
    assert_eq!(scrub(&house).damage, []);
    run(&house, &LOSE_COMMITMENT, &[idx.into(), 4_i64.into()]);
    assert!(keys(&scrub(&house)).contains(&("segment", &leaf)));
    for n in 0..4_i64 {
        run(&house, &LOSE_COMMITMENT, &[idx.into(), n.into()]);
    }
    assert!(keys(&scrub(&house)).contains(&("segment", &leaf)), "nor may all of them be gone");
}

#[test]
fn what_a_restore_put_back_has_no_damage_though_openings_were_lost() {
    let house = House::in_a_file();
    let all: Vec<Enquiry> = (0..4).map(|n| house.enquire(&format!("person{n}@oakfield.example"))).collect();
    house.open(&all[0]).unwrap();
    assert_eq!(scrub(&house).damage, []);
    let copy = crate::recover::copied(&house, "copy.db");
    house.open(&all[1]).unwrap();
    house.custody.cut_segment().unwrap();
    house.amend(&all[2], "b@oakfield.example").unwrap();
    let (person, ground) = (all[3].person, all[3].ground);
    house.write(move |custody, tx| custody.withdraw(tx, person, ground, "enquiry")).unwrap();
    assert_eq!(house.pass_days(7), 1);
    house.custody.publish_log().unwrap();
    let (house, recovered) = crate::recover::put_back(house, &copy).unwrap();
    assert!(recovered.leaves > 0 && recovered.erased == 1);
    assert_eq!(scrub(&house).damage, []);
}
