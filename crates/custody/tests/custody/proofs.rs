//! Proofs that people are given: checked offline, with nothing but the key of the log.

use crate::house::{Enquiry, House};
use custody::{Ground, PersonId, Proof};
use ledger::{Domain, Effect, Receipt, Verifier};

fn proofs(house: &House, person: PersonId, ground: Option<Ground>) -> Vec<Proof> {
    let custody = house.custody.clone();
    house.custody.store().read_blocking("proofs", move |tx| custody.proofs(tx, person, ground)).unwrap()
}

/// What the proofs show to somebody who has the key alone.
fn shown(house: &House, proofs: &[Proof]) -> Vec<Receipt> {
    let key: Verifier = house.custody.log_key().unwrap().parse().unwrap();
    proofs.iter().map(|proof| ledger::verify_receipt(&proof.file.encode(), &key).unwrap()).collect()
}

fn effects(receipts: &[Receipt]) -> Vec<Effect> {
    receipts.iter().map(|receipt| receipt.leaf.effect).collect()
}

fn busy(house: &House, others: u64) -> Enquiry {
    for n in 0..others {
        house.enquire(&format!("other{n}@oakfield.example"));
    }
    house.enquire("ada@oakfield.example")
}

#[test]
fn a_person_has_a_proof_of_every_act_and_every_opening() {
    let house = House::new();
    let enquiry = busy(&house, 300);
    house.amend(&enquiry, "ada@hillside.example").unwrap();
    house.open(&enquiry).unwrap();
    house.custody.publish_now().unwrap();
    busy(&house, 20);
    house.open_as("you", "show-you", enquiry.person, enquiry.holding).unwrap();
    house.custody.publish_now().unwrap();
    let proofs = proofs(&house, enquiry.person, None);
    let receipts = shown(&house, &proofs);
    assert_eq!(effects(&receipts), [Effect::Take, Effect::Amend, Effect::Opened, Effect::Opened]);
    for (proof, receipt) in proofs.iter().zip(&receipts) {
        assert_eq!(proof.holding, enquiry.holding);
        let [reveal] = receipt.reveals.as_slice() else { panic!("one reveal") };
        if receipt.leaf.effect == Effect::Opened {
            assert_eq!((reveal.domain, receipt.opening), (Domain::Opening, Some((0, 1))));
            assert!(String::from_utf8_lossy(&reveal.payload).contains("2026-11-23"));
        } else {
            assert_eq!((reveal.domain, &reveal.payload[..]), (Domain::Holding, &enquiry.holding.0[..]));
        }
    }
    assert_eq!(proofs[0].what, "take, 2026-11-23 09:00 UTC");
    assert_eq!(proofs[2].what, "opened by desk for answer-enquiries, 2026-11-23");
}

#[test]
fn an_opening_is_proved_within_its_segment() {
    let house = House::new();
    let enquiries: Vec<_> = (0..9).map(|n| house.enquire(&format!("person{n}@oakfield.example"))).collect();
    for enquiry in &enquiries {
        house.open(enquiry).unwrap();
    }
    house.custody.publish_now().unwrap();
    let mut places = Vec::new();
    for enquiry in &enquiries {
        let receipts = shown(&house, &proofs(&house, enquiry.person, None));
        let (place, size) = receipts[1].opening.unwrap();
        assert_eq!(size, 9);
        places.push(place);
    }
    places.sort_unstable();
    assert_eq!(places, (0..9).collect::<Vec<_>>());
}

#[test]
fn what_is_not_published_yet_is_left_out() {
    let house = House::new();
    let enquiry = house.enquire("ada@oakfield.example");
    assert!(proofs(&house, enquiry.person, None).is_empty());
    house.custody.publish_log().unwrap();
    house.open(&enquiry).unwrap();
    house.amend(&enquiry, "ada@hillside.example").unwrap();
    assert_eq!(effects(&shown(&house, &proofs(&house, enquiry.person, None))), [Effect::Take]);
}

#[test]
fn one_ground_has_its_own_proofs_and_nobody_elses() {
    let house = House::new();
    let (one, other) = (house.enquire("ada@oakfield.example"), house.enquire("ben@oakfield.example"));
    house.custody.publish_now().unwrap();
    assert_eq!(proofs(&house, one.person, Some(one.ground)).len(), 1);
    assert!(proofs(&house, one.person, Some(other.ground)).is_empty());
    assert!(proofs(&house, other.person, Some(one.ground)).is_empty());
}

#[test]
fn staff_have_proofs_of_what_they_did() {
    let house = House::new();
    let officer = house.officer();
    let (person, ground) = {
        let enquiry = house.enquire("ada@oakfield.example");
        (enquiry.person, enquiry.ground)
    };
    let actor = officer.clone();
    house
        .write(move |custody, tx| {
            let until = tx.today().saturating_add(jiff::Span::new().days(30));
            custody.place_hold(tx, &actor, person, ground, custody::HoldReason::ALL[0], until)
        })
        .unwrap();
    house.custody.publish_now().unwrap();
    let receipts = shown(&house, &proofs(&house, officer.person.unwrap(), None));
    assert_eq!(effects(&receipts), [Effect::Take, Effect::Hold]);
    let [reveal] = receipts[1].reveals.as_slice() else { panic!("one reveal") };
    assert_eq!(reveal.domain, Domain::Actor);
    assert!(!holds(&reveal.payload, &person.0), "not about whom");
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn a_proof_with_a_changed_bit_shows_nothing() {
    let house = House::new();
    let enquiry = house.enquire("ada@oakfield.example");
    house.open(&enquiry).unwrap();
    house.custody.publish_now().unwrap();
    let key: Verifier = house.custody.log_key().unwrap().parse().unwrap();
    for proof in proofs(&house, enquiry.person, None) {
        let text = proof.file.encode();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let shown = String::from_utf8(bytes).ok().and_then(|text| ledger::verify_receipt(&text, &key).ok());
            assert!(shown.is_none(), "byte {at}");
        }
    }
}
