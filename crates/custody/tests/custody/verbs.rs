//! Take, open, amend, erase: what opens, when, and for whom.

use crate::house::{COLUMNS, Enquiry, House, NOTICE, in_memory, publish};
use custody::{Actor, Error, Ground, Guard, HoldingId, New, PersonId, Record};
use law::Date;
use notice::{Ask, Fields};
use proptest::prelude::*;

fn clause_of(result: Result<String, Error>) -> String {
    match result {
        Err(Error::Refused(refusal)) => refusal.clause,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn what_is_taken_opens_for_a_covered_purpose_and_leaves_a_row_and_a_leaf() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    assert_eq!(house.open(&enquiry).unwrap(), "priya@oakfield.example");
    assert_eq!(house.open(&enquiry).unwrap(), "priya@oakfield.example");
    assert_eq!(house.count("opening", enquiry.person), 1, "one row per holding, actor, purpose and day");
    let (size, _) = house.custody.verify_log().unwrap();
    assert!(size >= 2, "the publishing and the taking");
    assert_eq!(house.count("outbox", enquiry.person), 0);
    assert_eq!(house.count("trail", enquiry.person), 1);
}

#[test]
fn a_holding_does_not_open_on_its_due_day_swept_or_not() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    house.note(&enquiry, "enquiry.closed");
    let due = house.today().saturating_add(jiff::Span::new().days(90));
    house.move_to(due.yesterday().unwrap());
    assert!(house.open(&enquiry).is_ok());
    house.move_to(due);
    assert_eq!(clause_of(house.open(&enquiry)), "kind.enquiry.keep");
    assert_eq!(house.count("holding", enquiry.person), 1, "not swept, and closed all the same");
}

#[test]
fn an_enquiry_that_nobody_closes_ends_at_its_backstop() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    house.move_to(law::parse_iso("2027-11-23").unwrap());
    assert_eq!(clause_of(house.open(&enquiry)), "kind.enquiry.keep");
}

#[test]
fn the_sweep_erases_every_row_of_what_is_due_and_only_that() {
    let house = House::new();
    let (gone, kept) = (house.enquire("gone@oakfield.example"), house.enquire("kept@oakfield.example"));
    house.note(&gone, "enquiry.closed");
    house.open(&gone).unwrap();
    assert_eq!(house.pass_days(91), 1);
    let columns = store::columns(COLUMNS).unwrap();
    for (table, dies_with) in columns.tables() {
        if dies_with != store::DiesWith::Never {
            let table: &'static str = table.to_owned().leak();
            assert_eq!(house.count(table, gone.person), 0, "{table} still names the erased person");
        }
    }
    assert!(matches!(house.open(&gone), Err(Error::Gone)));
    assert!(house.open(&kept).is_ok());
    house.custody.verify_log().unwrap();
}

#[test]
fn a_second_sweep_on_the_same_day_erases_nothing_more() {
    let house = House::new();
    let enquiry = house.enquire("gone@oakfield.example");
    house.note(&enquiry, "enquiry.closed");
    house.pass_days(91);
    assert_eq!(house.run_day().unwrap().erased, 0);
}

#[test]
fn a_withdrawn_enquiry_is_closed_at_once_and_destroyed_after_seven_days() {
    let house = House::new();
    let enquiry = house.enquire("gone@oakfield.example");
    let (custody, person, ground) = (house.custody.clone(), enquiry.person, enquiry.ground);
    house.custody.write_blocking("withdraw", move |tx| custody.withdraw(tx, person, ground, "enquiry")).unwrap();
    assert_eq!(clause_of(house.open(&enquiry)), "kind.enquiry.keep");
    assert_eq!(house.pass_days(6), 0);
    assert_eq!(house.pass_days(1), 1);
}

#[test]
fn a_cancelled_withdrawal_opens_again() {
    let house = House::new();
    let enquiry = house.enquire("kept@oakfield.example");
    let (custody, person, ground) = (house.custody.clone(), enquiry.person, enquiry.ground);
    house
        .custody
        .write_blocking("withdraw", move |tx| {
            custody.withdraw(tx, person, ground, "enquiry")?;
            custody.cancel_withdrawal(tx, person, ground, "enquiry")
        })
        .unwrap();
    assert!(house.open(&enquiry).is_ok());
    assert_eq!(house.pass_days(10), 0);
}

#[test]
fn nobody_opens_another_persons_holding_as_their_own() {
    let house = House::new();
    let (mine, yours) = (house.enquire("mine@oakfield.example"), house.enquire("yours@oakfield.example"));
    assert!(matches!(house.open_as("you", "show-you", mine.person, yours.holding), Err(Error::Gone)));
    assert!(matches!(house.open_as("desk", "answer-enquiries", mine.person, yours.holding), Err(Error::Gone)));
    let (custody, allowed) = (house.custody.clone(), house.allow("you", "show-you", "enquiry"));
    let refused = house.custody.write_blocking("open", move |tx| {
        custody.permit(tx, &allowed, &Actor::you(mine.person), yours.person, yours.holding).map(|_| ())
    });
    assert!(matches!(refused, Err(Error::Gone)));
}

#[test]
fn an_actor_whom_the_purpose_does_not_name_is_refused() {
    let house = House::new();
    let notice = house.custody.in_force(house.today()).unwrap();
    let ask = Ask { actor: "operator", purpose: "answer-enquiries", kind: "enquiry", fields: Fields::All };
    assert!(notice.allow(&ask).is_err());
}

#[test]
fn only_the_permitted_fields_come_back() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    let notice = house.custody.in_force(house.today()).unwrap();
    let fields = Fields::Named(&["email"]);
    let allowed = notice.allow(&Ask { actor: "desk", purpose: "answer-enquiries", kind: "enquiry", fields }).unwrap();
    let (custody, person, holding) = (house.custody.clone(), enquiry.person, enquiry.holding);
    let opened = house
        .custody
        .write_blocking("open", move |tx| {
            let permit = custody.permit(tx, &allowed, &Actor::system("desk"), person, holding)?;
            let opened = custody.open(tx, &permit)?;
            Ok::<_, Error>(opened.record.iter().map(|(field, _)| field.to_owned()).collect::<Vec<_>>())
        })
        .unwrap();
    assert_eq!(opened, ["email"]);
}

#[test]
fn a_field_that_the_kind_does_not_have_is_not_taken() {
    let house = House::new();
    let (custody, allowed) = (house.custody.clone(), house.allow("desk", "answer-enquiries", "enquiry"));
    let taken = house.custody.write_blocking("take", move |tx| {
        let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
        let record = Record::new().with("name", "A").with("email", "a@b.example").with("shoe-size", "42");
        let holding = HoldingId::draw(tx.random());
        let new = New { person, holding, ground, record: &record, events: &["enquiry.received"] };
        custody.take(tx, &allowed, &Actor::system("desk"), &new).map(|_| String::new())
    });
    assert_eq!(clause_of(taken), "kind.enquiry.fields.shoe-size");
}

#[test]
fn an_amended_value_is_gone_and_the_rest_stays() {
    let house = House::new();
    let enquiry = house.enquire("old@oakfield.example");
    assert_eq!(house.amend(&enquiry, "new@oakfield.example").unwrap(), 2);
    assert_eq!(house.open(&enquiry).unwrap(), "new@oakfield.example");
}

#[test]
fn the_turn_wraps_every_key_anew_and_old_epochs_close_and_die() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    house.pass_days(1);
    assert!(house.open(&enquiry).is_ok());
    house.pass_days(20);
    let keyring = std::fs::read_dir(house.keys.path().join("keyring")).unwrap();
    let slots =
        keyring.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|end| end == "slot")).count();
    // A closed epoch's key goes W − 2 = 12 days after closing.
    assert_eq!(slots, 13, "today's and the twelve that copies may still need");
    assert!(house.open(&enquiry).is_ok());
}

#[test]
fn a_kind_that_a_newer_notice_no_longer_covers_is_closed_at_once_and_destroyed_by_its_forecast_alone() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    publish(&house.custody, &without_enquiries());
    let (custody, person) = (house.custody.clone(), enquiry.person);
    let held = house.custody.store().read_blocking("held", move |tx| custody.holdings(tx, person)).unwrap();
    assert!(held[0].standing.due);
    // Recorded by the next day's run, and destroyed seven days after it: the day's budget does not take it.
    assert_eq!(house.pass_days(7), 0);
    assert_eq!(house.pass_days(1), 1);
}

/// The shipped notice with kinds of enquiries that say no end: their errors close them.
fn without_enquiries() -> String {
    let text = NOTICE.replace("version = \"2026-11\"", "version = \"2026-12\"");
    let blocks = text.split("\n[[").map(|block| {
        let open_ended = |line: &&str| !(block.starts_with("kind]]\nid = \"enquiry") && line.starts_with("keep ="));
        block.lines().filter(open_ended).collect::<Vec<_>>().join("\n")
    });
    blocks.collect::<Vec<_>>().join("\n[[")
}

#[test]
fn a_clock_that_jumps_four_hundred_days_destroys_nothing_until_a_week_after_a_person_confirms() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    house.note(&enquiry, "enquiry.closed");
    house.move_to(house.today().saturating_add(jiff::Span::new().days(400)));
    assert!(matches!(house.custody.witness().unwrap(), Guard::Stopped { .. }));
    assert!(house.run_day().unwrap().stopped);
    assert_eq!(house.count("holding", enquiry.person), 1);
    house.custody.confirm_clock(house.today()).unwrap();
    assert_eq!(house.run_day().unwrap().erased, 0);
    assert_eq!(house.pass_days(6), 0);
    assert_eq!(house.pass_days(1), 1);
}

#[test]
fn a_legal_hold_keeps_what_is_due_and_lets_go_on_its_last_day() {
    let house = House::new();
    let enquiry = house.enquire("held@oakfield.example");
    house.note(&enquiry, "enquiry.closed");
    hold(&house, &enquiry, 120);
    assert_eq!(house.pass_days(100), 0);
    assert_eq!(clause_of(house.open(&enquiry)), "kind.enquiry.keep");
    assert_eq!(house.pass_days(21), 1);
}

#[test]
fn two_openings_of_one_day_are_one_row_that_names_every_field() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    let notice = house.custody.in_force(house.today()).unwrap();
    for field in ["name", "email"] {
        let fields = Fields::Named(&[field]);
        let allowed =
            notice.allow(&Ask { actor: "desk", purpose: "answer-enquiries", kind: "enquiry", fields }).unwrap();
        let (custody, person, holding) = (house.custody.clone(), enquiry.person, enquiry.holding);
        house
            .custody
            .write_blocking("open", move |tx| {
                let permit = custody.permit(tx, &allowed, &Actor::system("desk"), person, holding)?;
                custody.open(tx, &permit).map(|_| ())
            })
            .unwrap();
    }
    let (custody, person) = (house.custody.clone(), enquiry.person);
    let seen = house.custody.store().read_blocking("see", move |tx| custody.holdings(tx, person)).unwrap();
    assert_eq!(seen[0].openings.len(), 1);
    assert_eq!(seen[0].openings[0].fields, ["email", "name"]);
}

#[test]
fn a_purpose_that_the_person_objected_to_opens_nothing_and_others_do() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    let person = enquiry.person;
    house
        .custody
        .store()
        .write_blocking("object", move |tx| {
            let day = law::iso(tx.today());
            tx.execute(&INSERT_OBJECTION, &[person.into(), "answer-enquiries".into(), day.into()]).map(|_| ())
        })
        .unwrap();
    assert_eq!(clause_of(house.open(&enquiry)), "purpose.answer-enquiries");
    assert!(house.open_as("you", "show-you", person, enquiry.holding).is_ok());
}

#[test]
fn a_restricted_holding_opens_for_the_persons_rights_only() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    let (person, holding) = (enquiry.person, enquiry.holding);
    house
        .custody
        .store()
        .write_blocking("restrict", move |tx| {
            let day = law::iso(tx.today());
            tx.execute(&INSERT_RESTRICTION, &[person.into(), holding.into(), day.into()]).map(|_| ())
        })
        .unwrap();
    assert_eq!(clause_of(house.open(&enquiry)), "kind.enquiry.keep");
    assert!(house.open_as("you", "show-you", person, holding).is_ok());
}

#[test]
fn an_event_that_the_notice_does_not_declare_is_refused() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    let (custody, person, ground) = (house.custody.clone(), enquiry.person, enquiry.ground);
    let noted = house.custody.write_blocking("note", move |tx| custody.note(tx, person, ground, "enquiry.colsed"));
    assert_eq!(clause_of(noted.map(|()| String::new())), "event.enquiry.colsed");
}

#[test]
fn refusals_of_every_day_since_the_last_run_become_evidence_once() {
    let house = House::new();
    let refusal = notice::Refusal {
        clause: "purpose.answer-enquiries".into(),
        actor: "operator".into(),
        purpose: "answer-enquiries".into(),
        kind: "enquiry".into(),
        why: "not in its by".into(),
    };
    house.pass_days(1);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(house.custody.count_refusal(refusal)).unwrap();
    let (before, _) = house.custody.verify_log().unwrap();
    let done = |house: &House| {
        let custody = house.custody.clone();
        house.custody.write_blocking("day_done", move |tx| custody.day_done(tx)).unwrap();
        house.custody.verify_log().unwrap().0
    };
    house.move_to(house.today().saturating_add(jiff::Span::new().days(3)));
    assert_eq!(done(&house), before + 1, "three days later, the day that was missed is not lost");
    assert_eq!(done(&house), before + 1, "and is not told twice");
}

store::statements! {
    /// An objection, as the rights room will write it.
    INSERT_OBJECTION = "INSERT INTO objection (person_id, purpose, day) VALUES ($1, $2, $3)";
    /// A restriction, as the rights room will write it.
    INSERT_RESTRICTION = "INSERT INTO restriction (person_id, holding_id, day) VALUES ($1, $2, $3)";
    /// A legal hold, as the officer's room will write it.
    INSERT_HOLD = "INSERT INTO legal_hold (person_id, holding_id, reason, authorised_by, from_day, until_day) \
        VALUES ($1, $2, 'claim', 'officer', $3, $4)";
}

fn hold(house: &House, enquiry: &Enquiry, days: i64) {
    let (person, holding) = (enquiry.person, enquiry.holding);
    house
        .custody
        .store()
        .write_blocking("hold", move |tx| {
            let until = tx.today().saturating_add(jiff::Span::new().days(days));
            let today = law::iso(tx.today());
            let values = [person.into(), holding.into(), today.into(), law::iso(until).into()];
            tx.execute(&INSERT_HOLD, &values).map(|_| ())
        })
        .unwrap();
}

#[test]
fn a_warning_is_given_once_for_each_due_day() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    house.note(&enquiry, "enquiry.closed");
    house.move_to(house.today().saturating_add(jiff::Span::new().days(76)));
    let warnings = house.custody.warnings().unwrap();
    assert_eq!(warnings.len(), 1);
    let (custody, warning) = (house.custody.clone(), warnings[0].clone());
    house.custody.write_blocking("warned", move |tx| custody.warned(tx, &warning)).unwrap();
    assert!(house.custody.warnings().unwrap().is_empty());
}

#[test]
fn a_person_sees_every_holding_and_every_linked_row() {
    let house = House::new();
    let enquiry = house.enquire("priya@oakfield.example");
    house.open(&enquiry).unwrap();
    let (custody, person) = (house.custody.clone(), enquiry.person);
    let (holdings, linked) = house
        .custody
        .store()
        .read_blocking("see", move |tx| Ok::<_, Error>((custody.holdings(tx, person)?, custody.linked(tx, person)?)))
        .unwrap();
    assert_eq!(holdings.len(), 1);
    assert_eq!(holdings[0].openings[0].actor, "desk");
    assert_eq!(holdings[0].due_on, Some(law::parse_iso("2027-11-23").unwrap()));
    let tables: Vec<&str> = linked.iter().map(|row| row.table.as_str()).collect();
    for table in ["clock", "opening", "holding", "trail"] {
        assert!(tables.contains(&table), "{table} is left out of {tables:?}");
    }
}

#[test]
fn the_log_derives_again_over_several_tiles() {
    let house = House::new();
    for n in 0..300 {
        house.enquire(&format!("person{n}@oakfield.example"));
    }
    let (size, _) = house.custody.verify_log().unwrap();
    assert_eq!(size, 301);
}

#[derive(Clone, Debug)]
enum Step {
    Enquire,
    Close(usize),
    Withdraw(usize),
    Cancel(usize),
    Amend(usize),
    Days(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Enquire),
        2 => (0usize..8).prop_map(Step::Close),
        1 => (0usize..8).prop_map(Step::Withdraw),
        1 => (0usize..8).prop_map(Step::Cancel),
        2 => (0usize..8).prop_map(Step::Amend),
        2 => (1u32..40).prop_map(Step::Days),
    ]
}

/// What the model knows of an enquiry.
struct Known {
    enquiry: Enquiry,
    email: String,
    backstop: Date,
    due: Date,
    destroy: Option<Date>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Random histories against a model: who is readable when, and nobody is lost or kept too long.
    #[test]
    fn over_random_histories_exactly_what_is_not_due_or_withdrawn_opens(steps in proptest::collection::vec(step(), 1..25)) {
        in_memory();
        let house = House::new();
        let mut known: Vec<Known> = Vec::new();
        for (n, step) in steps.into_iter().enumerate() {
            let today = house.today();
            let open = |one: &Known| one.due > today && one.destroy.is_none();
            match step {
                Step::Enquire => {
                    let email = format!("person{n}@oakfield.example");
                    let due = law::Period { count: 12, unit: law::Unit::Month }.after(today).unwrap();
                    known.push(Known { enquiry: house.enquire(&email), email, backstop: due, due, destroy: None });
                }
                Step::Close(i) => if let Some(one) = known.get_mut(i).filter(|one| open(one)) {
                    house.note(&one.enquiry, "enquiry.closed");
                    // Closing again moves the clock on, never beyond the backstop.
                    one.due = one.backstop.min(today.saturating_add(jiff::Span::new().days(90)));
                },
                Step::Withdraw(i) => if let Some(one) = known.get_mut(i).filter(|one| open(one)) {
                    let (custody, person, ground) = (house.custody.clone(), one.enquiry.person, one.enquiry.ground);
                    one.destroy = Some(house.custody.write_blocking("withdraw", move |tx| custody.withdraw(tx, person, ground, "enquiry")).unwrap());
                },
                Step::Cancel(i) => if let Some(one) = known.get_mut(i).filter(|one| one.destroy.is_some_and(|day| day > today) && one.due > today) {
                    let (custody, person, ground) = (house.custody.clone(), one.enquiry.person, one.enquiry.ground);
                    house.custody.write_blocking("cancel", move |tx| custody.cancel_withdrawal(tx, person, ground, "enquiry")).unwrap();
                    one.destroy = None;
                },
                Step::Amend(i) => if let Some(one) = known.get_mut(i).filter(|one| open(one)) {
                    one.email = format!("amended{n}@oakfield.example");
                    house.amend(&one.enquiry, &one.email).unwrap();
                },
                Step::Days(days) => { house.pass_days(days); }
            }
            let today = house.today();
            for one in &known {
                let should_open = one.due > today && one.destroy.is_none();
                match house.open(&one.enquiry) {
                    Ok(email) => { prop_assert!(should_open); prop_assert_eq!(&email, &one.email); }
                    Err(Error::Refused(_)) => prop_assert!(!should_open),
                    Err(Error::Gone) => prop_assert!(one.due <= today || one.destroy.is_some_and(|day| day <= today)),
                    Err(other) => prop_assert!(false, "{other}"),
                }
            }
        }
        house.custody.verify_log().unwrap();
    }
}
