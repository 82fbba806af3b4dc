//! Clocks that lie: destruction waits, nothing opens that was closed, and a typed date lets it go on.

use crate::house::{COLUMNS, Enquiry, House};
use custody::{Actor, Custody, Error, Ground, Guard, HoldingId, New, Parts, PersonId, Record};
use jiff::{SignedDuration, Span};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const HOUR: i64 = 60;

fn jump(house: &House, minutes: i64) {
    house.custody.store().clock().jump(SignedDuration::from_mins(minutes));
}

fn is_open(house: &House) -> bool {
    house.custody.witness().unwrap() == Guard::Open
}

fn confirm(house: &House) {
    house.custody.confirm_clock(house.today()).unwrap();
}

fn closed(house: &House, count: usize) -> Vec<Enquiry> {
    let made: Vec<Enquiry> = (0..count).map(|n| house.enquire(&format!("person{n}@oakfield.example"))).collect();
    for one in &made {
        house.note(one, "enquiry.closed");
    }
    made
}

/// Gives every warning that is due, as the day's run does.
pub(crate) fn warn_all(house: &House) -> usize {
    let warnings = house.custody.warnings().unwrap();
    let count = warnings.len();
    house.write(move |custody, tx| warnings.iter().try_for_each(|one| custody.warned(tx, one))).unwrap();
    count
}

#[test]
fn an_hour_either_way_never_stops() {
    for first in [HOUR, -HOUR] {
        let house = House::new();
        for minutes in [first, -first, first, -first] {
            jump(&house, minutes);
            assert!(is_open(&house), "{minutes}");
        }
    }
}

#[test]
fn a_clock_that_gains_more_than_an_hour_stops_at_once_however_often_it_is_looked_at() {
    for steps in [1, 2, 8] {
        let house = House::new();
        for _ in 1..=steps {
            house.custody.witness().unwrap();
            jump(&house, 47 * HOUR / steps);
        }
        assert!(!is_open(&house), "47 hours in {steps} steps");
        // Time that really passes changes nothing about it.
        house.custody.store().clock().pass(Duration::from_hours(24));
        assert!(!is_open(&house));
        confirm(&house);
        assert!(is_open(&house));
        jump(&house, HOUR);
        assert!(is_open(&house), "what is gained is counted from the confirmation");
        jump(&house, 1);
        assert!(!is_open(&house));
    }
}

#[test]
fn a_confirmation_by_another_process_is_seen() {
    let house = House::new();
    jump(&house, 30 * HOUR);
    assert!(!is_open(&house));
    let root = vault::Root::load(&house.keys.path().join("root.key")).unwrap();
    let keyring = vault::Keyring::open_beside(vec![house.keys.path().join("keyring")], root).unwrap();
    let beside = Custody::new(Parts {
        store: house.database.store().clone(),
        keyring,
        journal: house.keys.path().join("journal"),
        columns: store::columns(COLUMNS).unwrap(),
        evidence: house.keys.path().join("evidence"),
        origin: crate::house::ORIGIN.to_owned(),
    });
    beside.unwrap().confirm_clock(house.today()).unwrap();
    assert!(is_open(&house));
}

#[test]
fn a_date_that_the_clock_does_not_say_confirms_nothing() {
    let house = House::new();
    jump(&house, 400 * 24 * HOUR);
    for typed in ["2026-11-23", "2027-12-27", "2027-12-29"] {
        let refused = house.custody.confirm_clock(law::parse_iso(typed).unwrap());
        assert!(matches!(refused, Err(Error::NotToday(today)) if law::iso(today) == "2027-12-28"), "{refused:?}");
        assert!(!is_open(&house));
    }
    house.custody.confirm_clock(law::parse_iso("2027-12-28").unwrap()).unwrap();
    assert!(is_open(&house));
}

#[test]
fn a_clock_that_goes_back_stops_and_opens_nothing_that_was_closed() {
    let house = House::new();
    let enquiry = closed(&house, 1).remove(0);
    // Held, so that it is closed and still there.
    let officer = house.officer();
    let (person, ground) = (enquiry.person, enquiry.ground);
    house
        .write(move |custody, tx| {
            let until = tx.today().saturating_add(Span::new().days(300));
            custody.place_hold(tx, &officer, person, ground, custody::HoldReason::Claim, until)
        })
        .unwrap();
    house.pass_days(90);
    assert!(house.open(&enquiry).is_err());
    jump(&house, -60 * 24 * HOUR);
    assert!(!is_open(&house));
    assert!(house.open(&enquiry).is_err(), "due means closed, whatever the clock says now");
    // Somebody finds that the clock was wrong before: from here on it is right.
    confirm(&house);
    assert!(is_open(&house));
}

#[test]
fn a_clock_that_is_set_right_again_needs_nobody() {
    let house = House::new();
    jump(&house, 400 * 24 * HOUR);
    assert!(!is_open(&house));
    jump(&house, -400 * 24 * HOUR);
    assert!(is_open(&house));
}

#[test]
fn three_days_without_power_need_a_confirmed_date_and_no_officer() {
    let house = House::new();
    let gone = closed(&house, 120);
    house.pass_days(80);
    assert_eq!(warn_all(&house), 120);
    house.pass_days(8);
    // The power goes for three days, over the day on which they fall due.
    house.custody.store().clock().pass(Duration::from_hours(72));
    let house = house.restart();
    assert!(!is_open(&house));
    assert!(house.run_day().unwrap().stopped);
    assert!(gone.iter().all(|one| house.count("holding", one.person) == 1));
    confirm(&house);
    let report = house.run_day().unwrap();
    assert_eq!((report.erased, report.waiting), (120, 0), "more than a day's budget: they were forecast");
    assert_eq!(report.epochs, 3, "the keys that ended meanwhile");
}

/// The program stops, and begins again so many minutes later by the clock.
fn stop_for(house: House, minutes: i64) -> House {
    jump(&house, minutes);
    house.restart()
}

#[test]
fn a_clock_that_is_set_on_between_stops_adds_up_and_stops_within_a_week() {
    for (minutes, starts) in [(48 * HOUR - 1, 1), (30 * HOUR, 3), (24 * HOUR, 6), (12 * HOUR, 15)] {
        let mut house = House::new();
        let mut open = 0;
        loop {
            house = stop_for(house, minutes);
            if !is_open(&house) {
                break;
            }
            open += 1;
            assert!(open <= starts, "{minutes} minutes at a time: open after {open}");
        }
        assert!(!is_open(&house), "looking again changes nothing");
        confirm(&house);
        assert!(is_open(&house), "a confirmed date settles it");
        house = stop_for(house, 24 * HOUR);
        assert!(is_open(&house));
    }
}

#[test]
fn a_machine_that_is_off_every_night_never_stops() {
    let mut house = House::new();
    for night in 0..30 {
        house = stop_for(house, 16 * HOUR);
        assert!(is_open(&house), "night {night}");
        for _ in 0..8 {
            house.custody.store().clock().pass(Duration::from_hours(1));
            assert!(is_open(&house), "day {night}");
        }
    }
}

#[test]
fn an_hour_gained_at_each_start_adds_up_too() {
    let mut house = House::new();
    let mut starts = 0;
    loop {
        // Within what is believed while it runs, and then a new beginning.
        jump(&house, 59);
        if !is_open(&house) {
            break;
        }
        house = house.restart();
        starts += 1;
        assert!(starts < 24 * 8);
    }
}

#[test]
fn a_day_that_a_jumped_clock_wrote_down_does_not_stand_in_for_days_to_come() {
    let house = House::new();
    jump(&house, 400 * 24 * HOUR);
    house.write(Custody::day_done).unwrap();
    jump(&house, -400 * 24 * HOUR);
    assert!(!house.custody.ran_on(house.today()).unwrap());
}

#[test]
fn while_the_clock_jumps_under_load_nothing_is_destroyed_and_nothing_falls_due_early() {
    let house = House::new();
    let (stop, custody) = (AtomicBool::new(false), house.custody.clone());
    let allowed = house.allow("desk", "answer-enquiries", "enquiry");
    let begun = house.today();
    let taken = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut taken = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let (it, allowed) = (custody.clone(), allowed.clone());
                let one = custody.write_blocking("enquire", move |tx| {
                    let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
                    let holding = HoldingId::draw(tx.random());
                    let record = Record::new().with("name", "Priya Example").with("email", "priya@oakfield.example");
                    let new = New { person, holding, ground, record: &record, events: &["enquiry.received"] };
                    it.take(tx, &allowed, &Actor::system("desk"), &new)?;
                    it.note(tx, person, ground, "enquiry.closed")?;
                    Ok::<_, Error>(Enquiry { person, ground, holding })
                });
                taken.push(one.unwrap());
            }
            taken
        });
        for days in [400, -400, -400, 400, 1, -1, 400, -400] {
            jump(&house, days * 24 * HOUR);
            house.custody.witness().unwrap();
            assert_eq!(house.run_day().unwrap().erased, 0);
            std::thread::sleep(Duration::from_millis(20));
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    assert!(is_open(&house), "the clock is right again");
    assert!(taken.len() > 8);
    // The day's budget could have taken fifty of them, had any been dated back.
    assert_eq!(house.pass_days(2), 0);
    let earliest = begun.saturating_add(Span::new().days(90));
    for one in &taken {
        let person = one.person;
        let held = house.write(move |custody, tx| custody.holdings(tx, person)).unwrap();
        assert!(held[0].due_on.is_some_and(|due| due >= earliest), "{:?}", held[0].due_on);
    }
}
