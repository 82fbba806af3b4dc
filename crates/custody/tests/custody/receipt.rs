//! The receipt of an erasure: given before, provable for good, and complete when no copy opens what was erased.

use crate::house::{Enquiry, House};
use custody::{Custody, Decided, Error, HoldReason, Receipt, ReceiptState};
use jiff::Span;
use law::Date;
use ledger::{Effect, Leaf, Verifier};
use std::cell::RefCell;

store::statements! {
    @list pub(crate),
    COUNT_LEAVES_LIKE = "SELECT leaf FROM log_leaf WHERE idx >= $1 ORDER BY idx";
    LIST_STATES = "SELECT state FROM receipt WHERE person_id = $1";
}

fn key(house: &House) -> Verifier {
    house.custody.log_key().unwrap().parse().unwrap()
}

/// How many leaves of the log are of this effect.
fn leaves(house: &House, effect: Effect) -> usize {
    house.custody.await_index().unwrap();
    let rows = house.custody.store().read_blocking("leaves", |tx| tx.all(&COUNT_LEAVES_LIKE, &[0i64.into()])).unwrap();
    let of = |row: &store::Row| Leaf::decode(&row.get::<Vec<u8>>(0).unwrap()).unwrap().effect;
    rows.iter().filter(|row| of(row) == effect).count()
}

fn states(house: &House, enquiry: &Enquiry) -> Vec<String> {
    let person = enquiry.person;
    let rows = house.custody.store().read_blocking("states", move |tx| tx.all(&LIST_STATES, &[person.into()])).unwrap();
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}

fn next_day(house: &House) {
    house.move_to(house.today().tomorrow().unwrap());
    house.custody.witness().unwrap();
}

fn withdraw(house: &House, enquiry: &Enquiry) {
    let (person, ground) = (enquiry.person, enquiry.ground);
    house.write(move |custody, tx| custody.withdraw(tx, person, ground, "enquiry")).unwrap();
}

fn receipt(custody: &Custody, decided: &Decided, state: ReceiptState) -> Result<Receipt, Error> {
    let (custody, decided) = (custody.clone(), decided.clone());
    custody.clone().write_blocking("receipt", move |tx| {
        let receipt = custody.receipt(tx, &decided)?;
        custody.receipted(tx, &decided, state)?;
        Ok::<_, Error>(receipt)
    })
}

/// Runs the day, gives every receipt, and says what was decided.
fn run(house: &House, given: &RefCell<Vec<(Decided, Receipt)>>) -> u64 {
    let receipts = |custody: &Custody, all: Vec<Decided>| {
        for decided in all {
            let receipt = receipt(custody, &decided, ReceiptState::Written)?;
            given.borrow_mut().push((decided, receipt));
        }
        Ok(())
    };
    house.custody.run_day(&receipts).unwrap().erased
}

#[test]
fn a_receipt_is_given_before_the_erasure_and_proves_that_it_was_decided() {
    let house = House::new();
    let enquiry = house.enquire("ada@oakfield.example");
    withdraw(&house, &enquiry);
    let given = RefCell::default();
    for _ in 0..6 {
        next_day(&house);
        assert_eq!(run(&house, &given), 0);
    }
    next_day(&house);
    let stood = RefCell::new(0);
    let receipts = |custody: &Custody, all: Vec<Decided>| {
        *stood.borrow_mut() = house.count("holding", enquiry.person);
        let [decided] = all.as_slice() else { panic!("one ground") };
        given.borrow_mut().push((decided.clone(), receipt(custody, decided, ReceiptState::Written)?));
        Ok(())
    };
    assert_eq!(house.custody.run_day(&receipts).unwrap().erased, 1);
    assert_eq!((*stood.borrow(), house.count("holding", enquiry.person)), (1, 0));
    let given = given.into_inner();
    let [(decided, receipt)] = given.as_slice() else { panic!("one receipt") };
    assert_eq!((decided.person, decided.ground, decided.holding), (enquiry.person, enquiry.ground, enquiry.holding));
    assert_eq!((decided.kind.as_str(), decided.holdings, decided.withdrawn), ("enquiry", 1, true));
    assert_eq!((decided.due_on, receipt.epoch), (house.today(), house.today()));
    let window = house.custody.in_force(house.today()).unwrap().head().window();
    assert_eq!(receipt.gone_by, window.after(house.today()).unwrap());
    let shown = ledger::verify_receipt(&receipt.proof, &key(&house)).unwrap();
    assert_eq!((shown.leaf.effect, shown.leaf.count), (Effect::EraseDecided, 1));
    assert_eq!(shown.leaf.clauses, ["kind.enquiry", "purpose.delete-on-time"]);
    let day = law::iso(house.today());
    assert_eq!(shown.reveals[0].payload, [&enquiry.ground.0[..], day.as_bytes()].concat());
    assert!(states(&house, &enquiry).is_empty(), "it dies with the ground");
    house.custody.verify_log().unwrap();
}

#[test]
fn the_destruction_of_the_days_key_completes_the_receipt() {
    let house = House::new();
    let enquiry = house.enquire("ada@oakfield.example");
    withdraw(&house, &enquiry);
    let given = RefCell::default();
    for _ in 0..7 {
        next_day(&house);
        run(&house, &given);
    }
    let Receipt { epoch, gone_by, .. } = given.borrow()[0].1.clone();
    assert!(house.custody.completion(epoch).unwrap().is_none());
    let mut completed: Option<Date> = None;
    while house.today() < gone_by {
        next_day(&house);
        run(&house, &given);
        house.custody.publish_now().unwrap();
        let Some(proof) = house.custody.completion(epoch).unwrap() else { continue };
        let shown = ledger::verify_receipt(&proof.encode(), &key(&house)).unwrap();
        assert_eq!(shown.leaf.effect, Effect::EpochDestroyed);
        assert_eq!(shown.leaf.clauses, [format!("epoch.{}", law::iso(epoch))]);
        completed = completed.or(Some(house.today()));
    }
    assert!(completed.is_some_and(|day| day <= gone_by), "{completed:?}");
}

#[test]
fn what_falls_due_has_a_receipt_too_and_one_for_all_on_its_ground() {
    let house = House::new();
    let enquiry = house.enquire("ada@oakfield.example");
    let (person, ground) = (enquiry.person, enquiry.ground);
    let allowed = house.allow("desk", "answer-enquiries", "enquiry");
    house
        .write(move |custody, tx| {
            let (record, holding) = (
                custody::Record::new().with("name", "Ada").with("email", "ada@oakfield.example"),
                custody::HoldingId(tx.bytes()),
            );
            let new = custody::New { person, holding, ground, record: &record, events: &[] };
            custody.take(tx, &allowed, &custody::Actor::system("desk"), &new)
        })
        .unwrap();
    house.note(&enquiry, "enquiry.closed");
    let given = RefCell::default();
    for _ in 0..90 {
        next_day(&house);
        run(&house, &given);
    }
    let given = given.into_inner();
    let [(decided, _)] = given.as_slice() else { panic!("one receipt, not {}", given.len()) };
    assert_eq!((decided.holdings, decided.withdrawn), (2, false));
    assert_eq!(house.count("holding", person), 0);
    assert_eq!(leaves(&house, Effect::EraseDecided), 1);
}

#[test]
fn a_receipt_that_cannot_be_given_keeps_the_data_until_it_can() {
    let house = House::new();
    let enquiry = house.enquire("ada@oakfield.example");
    withdraw(&house, &enquiry);
    for _ in 0..7 {
        next_day(&house);
    }
    let refuse = |_: &Custody, _: Vec<Decided>| Err(Error::from(store::Error::Busy));
    assert!(house.custody.run_day(&refuse).is_err());
    assert_eq!((house.count("holding", enquiry.person), states(&house, &enquiry)), (1, vec!["decided".to_owned()]));
    let given = RefCell::default();
    assert_eq!(run(&house, &given), 1);
    assert_eq!(given.borrow().len(), 1, "the same decision");
    assert_eq!(leaves(&house, Effect::EraseDecided), 1);
}

#[test]
fn while_nothing_can_be_published_nothing_is_erased() {
    let house = House::new();
    let enquiry = house.enquire("ada@oakfield.example");
    withdraw(&house, &enquiry);
    for _ in 0..7 {
        next_day(&house);
    }
    let folder = house.keys.path().join("evidence");
    std::fs::write(&folder, "in the way").unwrap();
    assert!(house.run_day().is_err());
    assert_eq!(house.count("holding", enquiry.person), 1);
    std::fs::remove_file(&folder).unwrap();
    assert_eq!(house.run_day().unwrap().erased, 1);
}

#[test]
fn nobody_to_write_to_is_noted_and_erased_all_the_same() {
    let house = House::new();
    let enquiry = house.enquire("ada@oakfield.example");
    withdraw(&house, &enquiry);
    for _ in 0..7 {
        next_day(&house);
    }
    let noted = |custody: &Custody, all: Vec<Decided>| {
        for decided in all {
            receipt(custody, &decided, ReceiptState::Nobody)?;
            assert_eq!(states(&house, &enquiry), ["nobody"]);
        }
        Ok(())
    };
    assert_eq!(house.custody.run_day(&noted).unwrap().erased, 1);
}

#[test]
fn what_is_held_back_after_its_decision_is_decided_and_written_to_again_on_the_day_it_goes() {
    let house = House::new();
    let officer = house.officer();
    let enquiry = house.enquire("ada@oakfield.example");
    withdraw(&house, &enquiry);
    for _ in 0..7 {
        next_day(&house);
    }
    let (person, ground) = (enquiry.person, enquiry.ground);
    let given: RefCell<Vec<Receipt>> = RefCell::default();
    // A hold is placed between the letter and the erasure.
    let held = |custody: &Custody, all: Vec<Decided>| {
        for decided in all {
            given.borrow_mut().push(receipt(custody, &decided, ReceiptState::Written)?);
        }
        let actor = officer.clone();
        house.write(move |custody, tx| {
            let until = tx.today().saturating_add(Span::new().days(10));
            custody.place_hold(tx, &actor, person, ground, HoldReason::Claim, until)
        })?;
        Ok(())
    };
    assert_eq!(house.custody.run_day(&held).unwrap().erased, 0);
    assert_eq!((given.borrow().len(), states(&house, &enquiry)), (1, vec!["written".to_owned()]));
    let again = RefCell::default();
    let mut erased = 0;
    for _ in 0..20 {
        next_day(&house);
        erased += run(&house, &again);
    }
    // Copies of the days between are sealed under later keys than the first receipt named.
    assert_eq!((erased, again.borrow().len()), (1, 1));
    assert!(again.borrow()[0].1.gone_by > given.borrow()[0].gone_by);
    assert_eq!(leaves(&house, Effect::EraseDecided), 2);
}

#[test]
fn a_receipt_waits_for_its_leaf_to_be_published() {
    let house = House::new();
    let enquiry = house.enquire("ada@oakfield.example");
    let decided = Decided {
        person: enquiry.person,
        ground: enquiry.ground,
        kind: "enquiry".to_owned(),
        holding: enquiry.holding,
        holdings: 1,
        due_on: house.today(),
        withdrawn: false,
    };
    assert!(matches!(receipt(&house.custody, &decided, ReceiptState::Written), Err(Error::Gone)), "nothing is decided");
}
