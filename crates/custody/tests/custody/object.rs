//! Objection and restriction: what a person says no to stays shut from the next permit on.

use crate::house::House;
use custody::{Actor, Error};
use ledger::{Effect, Leaf};

fn last_effect(house: &House) -> Effect {
    let leaves = house.custody.store().read_blocking("leaves", |tx| {
        tx.all(&store::select_by("log_leaf", &["idx", "leaf"], &["idx"]), &[0i64.into()])?;
        let rows = tx.all(&LAST_LEAF, &[])?;
        rows[0].get::<Vec<u8>>(0)
    });
    Leaf::decode(&leaves.unwrap()).unwrap().effect
}

store::statements! {
    LAST_LEAF = "SELECT leaf FROM log_leaf ORDER BY idx DESC LIMIT 1";
}

#[test]
fn an_objection_shuts_its_purpose_and_no_other_until_it_is_taken_back() {
    let house = House::new();
    let enquiry = house.enquire("a@oakfield.example");
    let (person, holding) = (enquiry.person, enquiry.holding);
    let object = move |house: &House| {
        house.write(move |custody, tx| custody.object(tx, person, "answer-enquiries", &Actor::you(person)))
    };
    assert!(object(&house).unwrap());
    house.custody.sequence().unwrap();
    assert_eq!(last_effect(&house), Effect::Object);
    assert!(!object(&house).unwrap(), "it stands already");
    assert!(matches!(house.open(&enquiry), Err(Error::Refused(_))));
    assert!(house.open_as("you", "show-you", person, holding).is_ok());
    house.write(move |custody, tx| custody.unobject(tx, person, "answer-enquiries", &Actor::you(person))).unwrap();
    house.custody.sequence().unwrap();
    assert_eq!(last_effect(&house), Effect::Unobject);
    assert!(house.open(&enquiry).is_ok());
    let again = house.write(move |custody, tx| custody.unobject(tx, person, "answer-enquiries", &Actor::you(person)));
    assert!(matches!(again, Err(Error::Gone)));
}

#[test]
fn nobody_objects_for_another_person_nor_to_a_purpose_that_is_not_declared() {
    let house = House::new();
    let (mine, other) = (house.enquire("a@oakfield.example"), house.enquire("b@oakfield.example"));
    let (person, stranger) = (mine.person, other.person);
    let foreign = house.write(move |custody, tx| custody.object(tx, person, "show-you", &Actor::you(stranger)));
    assert!(matches!(foreign, Err(Error::Gone)));
    let unknown = house.write(move |custody, tx| custody.object(tx, person, "sell-it", &Actor::you(person)));
    assert!(matches!(unknown, Err(Error::Refused(_))));
    let nobody = house.write(move |custody, tx| {
        let nobody = custody::PersonId::draw(tx.random());
        custody.object(tx, nobody, "show-you", &Actor::you(nobody))
    });
    assert!(matches!(nobody, Err(Error::Gone)), "of whom nothing is held");
}

#[test]
fn a_restricted_record_opens_for_its_persons_own_rights_until_it_is_released() {
    let house = House::new();
    let (enquiry, officer) = (house.enquire("a@oakfield.example"), house.officer());
    let (person, holding) = (enquiry.person, enquiry.holding);
    let by = officer.clone();
    assert!(house.write(move |custody, tx| custody.restrict(tx, person, holding, &by)).unwrap());
    assert!(matches!(house.open(&enquiry), Err(Error::Refused(_))));
    assert!(house.open_as("you", "show-you", person, holding).is_ok());
    let foreign = house.enquire("b@oakfield.example").holding;
    let by = officer.clone();
    let wrong = house.write(move |custody, tx| custody.restrict(tx, person, foreign, &by));
    assert!(matches!(wrong, Err(Error::Gone)), "another person's record is none of theirs");
    house.write(move |custody, tx| custody.unrestrict(tx, person, holding, &officer)).unwrap();
    assert!(house.open(&enquiry).is_ok());
}
