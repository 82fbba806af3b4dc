//! What the guard lets be destroyed: what was forecast and warned of, what a person asked for, a day's budget, what two officers
//! release, and nothing that is held.

use crate::clock::warn_all;
use crate::house::{Enquiry, House, NOTICE, publish};
use custody::{Actor, Custody, Error, HoldReason, ReleaseReason, Unwarned, Why};
use jiff::Span;
use law::Date;

store::statements! {
    /// A day that may take nothing without a forecast.
    NO_BUDGET = "INSERT INTO budget (day, most, used) VALUES ($1, 0, 0)";
    LEFT_BUDGET = "SELECT most - used FROM budget WHERE day = $1";
    FIND_FORECAST = "SELECT due_on, recorded_on FROM forecast WHERE person_id = $1";
}

fn closed(house: &House, count: usize) -> Vec<Enquiry> {
    let made: Vec<Enquiry> = (0..count).map(|n| house.enquire(&format!("person{n}@oakfield.example"))).collect();
    for one in &made {
        house.note(one, "enquiry.closed");
    }
    made
}

fn later(day: Date, days: i64) -> Date {
    day.saturating_add(Span::new().days(days))
}

/// Many days later: somebody confirms the date.
fn away(house: &House, days: i64) {
    house.move_to(later(house.today(), days));
    house.custody.confirm_clock(house.today()).unwrap();
}

/// The same, and the week passes in which nothing goes that fell due by it.
fn away_and_a_week(house: &House, days: i64) {
    away(house, days);
    assert_eq!(house.run_day().unwrap().erased, 0);
    assert_eq!(house.pass_days(6), 0);
    house.move_to(later(house.today(), 1));
    house.custody.witness().unwrap();
}

/// Lets days pass, each with its warnings and a run.
fn pass_warned_days(house: &House, days: u32) -> u64 {
    (0..days)
        .map(|_| {
            warn_all(house);
            house.pass_days(1)
        })
        .sum()
}

fn forecast_of(house: &House, enquiry: &Enquiry) -> Option<(String, String)> {
    let person = enquiry.person;
    let row = house.write(move |_, tx| Ok(tx.optional(&FIND_FORECAST, &[person.into()])?)).unwrap();
    row.map(|row| (row.get(0).unwrap(), row.get(1).unwrap()))
}

fn refused<T>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Refused(refusal)) => refusal.why,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("not refused"),
    }
}

/// The shipped notice under another version, in force from a day, with a change.
fn changed(version: &str, effective: Date, from: &str, to: &str) -> String {
    let text = NOTICE.replace("version = \"2026-11\"", &format!("version = \"{version}\""));
    let text = text.replace("effective = 2026-11-01", &format!("effective = {}", law::iso(effective)));
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

#[test]
fn what_falls_due_within_thirty_days_is_recorded_and_keeps_the_day_it_was_first_known() {
    let house = House::new();
    let enquiry = closed(&house, 1).remove(0);
    let due = later(house.today(), 90);
    house.pass_days(59);
    assert_eq!(forecast_of(&house, &enquiry), None);
    house.pass_days(1);
    let recorded = law::iso(house.today());
    assert_eq!(forecast_of(&house, &enquiry), Some((law::iso(due), recorded.clone())));
    // It is closed again: later than was known, and beyond the horizon.
    house.note(&enquiry, "enquiry.closed");
    assert_eq!(forecast_of(&house, &enquiry), None);
    let (person, ground) = (enquiry.person, enquiry.ground);
    house.write(move |custody, tx| custody.unnote(tx, person, ground, "enquiry.closed")).unwrap();
    assert_eq!(forecast_of(&house, &enquiry), None);
}

#[test]
fn the_days_forecast_leaves_one_leaf_and_one_run() {
    let house = House::new();
    house.pass_days(1);
    let (before, _) = house.custody.verify_log().unwrap();
    let forecasts = || {
        let runs = house.write(|custody, tx| custody.runs(tx, 100)).unwrap();
        runs.iter().filter(|run| run.job == "forecast").count()
    };
    assert_eq!(forecasts(), 1);
    house.run_day().unwrap();
    assert_eq!((house.custody.verify_log().unwrap().0, forecasts()), (before, 1), "once a day");
    house.pass_days(1);
    assert_eq!(forecasts(), 2);
}

#[test]
fn what_a_notice_to_come_will_make_due_stands_in_the_forecast_from_its_publishing_on() {
    let house = House::new();
    let enquiry = closed(&house, 1).remove(0);
    let (published, first) = (house.today(), later(house.today(), 20));
    publish(&house.custody, &changed("2026-12", first, "90 days after enquiry.closed", "10 days after enquiry.closed"));
    house.custody.refresh_terms().unwrap();
    assert_eq!(forecast_of(&house, &enquiry), Some((law::iso(first), law::iso(published))));
    assert!(house.open(&enquiry).is_ok(), "it binds from its first day, and not before");
    assert_eq!(pass_warned_days(&house, 19), 0);
    assert!(house.open(&enquiry).is_ok());
    warn_all(&house);
    assert_eq!(house.count("warning", enquiry.person), 1, "people are warned of what comes");
    // On the first day of the notice it is due, forecast and warned of: no budget is needed.
    house.move_to(first);
    house.custody.witness().unwrap();
    assert!(house.open(&enquiry).is_err());
    let report = house.run_day().unwrap();
    assert_eq!(report.erased, 1);
    let left = house.write(|_, tx| Ok(tx.one(&LEFT_BUDGET, &[tx.today().into()])?.get::<i64>(0)?)).unwrap();
    assert_eq!(left, 50);
}

#[test]
fn a_day_takes_fifty_that_nobody_foresaw_however_often_it_runs() {
    let house = House::new();
    let all = closed(&house, 120);
    away_and_a_week(&house, 400);
    for (day, erased) in [(1, 50), (2, 50), (3, 20), (4, 0)] {
        assert_eq!(house.run_day().unwrap().erased, erased, "day {day}");
        let again = house.run_day().unwrap();
        assert_eq!(again.erased, 0, "a second run of day {day}");
        house.move_to(later(house.today(), 1));
        house.custody.witness().unwrap();
    }
    assert!(all.iter().all(|one| house.count("holding", one.person) == 0));
}

#[test]
fn what_waits_says_why_and_until_when() {
    let house = House::new();
    closed(&house, 120);
    away_and_a_week(&house, 400);
    let waits = |house: &House| {
        let waits = house.write(Custody::waits).unwrap();
        waits.into_iter().map(|one| (one.why, one.count, one.until.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(waits(&house), [(Why::Run, 120, false)]);
    house.run_day().unwrap();
    assert_eq!(waits(&house), [(Why::Unwarned, 70, false)]);
    house.custody.store().clock().jump(jiff::SignedDuration::from_hours(3));
    assert_eq!(waits(&house), [(Why::Clock, 70, false)]);
    let days = house.write(Custody::forecast_days).unwrap();
    assert_eq!(days.iter().map(|day| day.count).sum::<u64>(), 70);
}

#[test]
fn two_officers_release_more_and_one_does_not() {
    let house = House::new();
    closed(&house, 120);
    away_and_a_week(&house, 400);
    let [first, second] = [house.officer(), house.officer()];
    house.run_day().unwrap();
    let asker = first.clone();
    let id = house.write(move |custody, tx| custody.ask_release(tx, &asker, ReleaseReason::Backlog, 60)).unwrap();
    assert_eq!(house.run_day().unwrap().erased, 0, "one officer releases nothing");
    let why = refused(house.write(move |custody, tx| custody.vote_release(tx, &first, id)));
    assert_eq!(why, "a second officer must agree, not the same one twice");
    assert_eq!(house.run_day().unwrap().erased, 0);
    house.write(move |custody, tx| custody.vote_release(tx, &second, id)).unwrap();
    assert_eq!(house.run_day().unwrap().erased, 60);
    assert_eq!(house.run_day().unwrap().erased, 0, "what is used is used");
    let releases = house.write(Custody::releases).unwrap();
    assert_eq!((releases[0].used, releases[0].up_to, releases[0].officers), (60, 60, 2));
    house.custody.verify_log().unwrap();
}

#[test]
fn only_officers_with_a_record_release_and_a_release_ends_after_seven_days() {
    let house = House::new();
    let [first, second] = [house.officer(), house.officer()];
    for stranger in [
        Actor::system("officer"),
        Actor::staff("desk", first.person.unwrap()),
        Actor::staff("officer", custody::PersonId([9; 16])),
    ] {
        let asked =
            house.write(move |custody, tx| custody.ask_release(tx, &stranger, ReleaseReason::Backlog, 5).map(|_| ()));
        assert_eq!(refused(asked), "only an officer may do this");
    }
    let id = house.write(move |custody, tx| custody.ask_release(tx, &first, ReleaseReason::Backlog, 5)).unwrap();
    house.pass_days(7);
    let late = house.write(move |custody, tx| custody.vote_release(tx, &second, id));
    assert!(matches!(late, Err(Error::Gone)));
    assert!(house.write(Custody::releases).unwrap().is_empty());
}

#[test]
fn a_forecast_alone_destroys_nothing_that_wants_a_warning() {
    let house = House::new();
    let [warned, refused, silent] = <[Enquiry; 3]>::try_from(closed(&house, 3)).ok().unwrap();
    // One whom nobody tries to warn: a note of one, a refusal of another.
    house.pass_days(80);
    let warnings = house.custody.warnings().unwrap();
    assert_eq!(warnings.len(), 3);
    let (one, other) = (warned.person, refused.person);
    house
        .write(move |custody, tx| {
            for warning in &warnings {
                if warning.person == one {
                    custody.warned(tx, warning)?;
                } else if warning.person == other {
                    custody.not_warned(tx, warning, Unwarned::Refused)?;
                }
            }
            Ok(())
        })
        .unwrap();
    house.pass_days(9);
    house.move_to(later(house.today(), 1));
    house.custody.witness().unwrap();
    // Today may take nothing that was not foreseen.
    let today = house.today();
    house.write(move |_, tx| Ok(tx.execute(&NO_BUDGET, &[today.into()])?)).unwrap();
    let report = house.run_day().unwrap();
    assert_eq!((report.erased, report.waiting), (2, 1));
    assert_eq!(house.count("holding", silent.person), 1);
    let waits = house.write(Custody::waits).unwrap();
    assert_eq!((waits[0].why, waits[0].count), (Why::Unwarned, 1));
    // The next day has a budget.
    assert_eq!(house.pass_days(1), 1);
}

#[test]
fn a_hold_is_placed_by_an_officer_with_a_reason_and_an_end_and_can_be_lifted() {
    let house = House::new();
    let enquiry = closed(&house, 1).remove(0);
    let officer = house.officer();
    let (person, ground) = (enquiry.person, enquiry.ground);
    let place = |actor: &Actor, days: i64| {
        let (actor, until) = (actor.clone(), later(house.today(), days));
        house.write(move |custody, tx| custody.place_hold(tx, &actor, person, ground, HoldReason::CourtOrder, until))
    };
    assert_eq!(refused(place(&Actor::staff("desk", officer.person.unwrap()), 30)), "only an officer may do this");
    for days in [-1, 366] {
        assert_eq!(refused(place(&officer, days)), "a legal hold ends within twelve months");
    }
    assert_eq!(place(&officer, 200).unwrap(), 1);
    let holds = house.write(Custody::held).unwrap();
    assert_eq!((holds[0].reason.as_str(), holds[0].authorised_by.as_str()), ("court-order", "officer"));
    assert_eq!((holds[0].from.as_str(), holds[0].until.as_str()), ("2026-11-23", "2027-06-11"));
    assert!(house.open(&enquiry).is_ok(), "a hold closes nothing");
    assert_eq!(house.count("trail", person), 2, "the taking and the hold, each with its reveal");
    assert_eq!(pass_warned_days(&house, 100), 0);
    assert!(house.open(&enquiry).is_err(), "and opens nothing");
    let lifter = officer.clone();
    house.write(move |custody, tx| custody.lift_hold(tx, &lifter, person, ground)).unwrap();
    assert_eq!(forecast_of(&house, &enquiry).unwrap().1, law::iso(house.today()), "its forecast counts anew");
    assert_eq!(house.pass_days(6), 0, "another officer has a week to see it");
    assert_eq!(house.pass_days(1), 1);
    let gone = house.write(move |custody, tx| custody.lift_hold(tx, &officer, person, ground));
    assert!(matches!(gone, Err(Error::Gone)));
}

#[test]
fn a_hold_that_stands_is_prolonged_and_neither_shortened_nor_given_another_reason() {
    let house = House::new();
    let (enquiry, officer) = (house.enquire("held@oakfield.example"), house.officer());
    let (person, ground) = (enquiry.person, enquiry.ground);
    let place = |reason: HoldReason, days: i64| {
        let (actor, until) = (officer.clone(), later(house.today(), days));
        house.write(move |custody, tx| custody.place_hold(tx, &actor, person, ground, reason, until))
    };
    place(HoldReason::CourtOrder, 30).unwrap();
    assert_eq!(refused(place(HoldReason::CourtOrder, 29)), "a legal hold stands until a later day: lift it first");
    assert_eq!(refused(place(HoldReason::Claim, 60)), "a legal hold stands for another reason: lift it first");
    let holds = house.write(Custody::held).unwrap();
    assert_eq!((holds[0].reason.as_str(), holds[0].until.as_str()), ("court-order", "2026-12-23"));
    assert_eq!(house.count("trail", person), 2, "what is refused leaves no evidence of a hold");
    place(HoldReason::CourtOrder, 60).unwrap();
    let lifter = officer.clone();
    house.write(move |custody, tx| custody.lift_hold(tx, &lifter, person, ground)).unwrap();
    place(HoldReason::Claim, 1).unwrap();
    assert_eq!(house.count("trail", person), 5, "each hold and the lifting has its evidence");
    house.custody.verify_log().unwrap();
}

#[test]
fn a_withdrawal_waits_a_week_after_its_hold_was_lifted() {
    let house = House::new();
    let (enquiry, officer) = (house.enquire("held@oakfield.example"), house.officer());
    let (person, ground, until) = (enquiry.person, enquiry.ground, later(house.today(), 100));
    house
        .write(move |custody, tx| {
            custody.place_hold(tx, &officer, person, ground, HoldReason::Claim, until)?;
            custody.withdraw(tx, person, ground, "enquiry")?;
            Ok(())
        })
        .unwrap();
    assert_eq!(house.pass_days(20), 0);
    let officer = house.officer();
    house.write(move |custody, tx| custody.lift_hold(tx, &officer, person, ground)).unwrap();
    assert_eq!(house.pass_days(6), 0);
    assert_eq!(house.pass_days(1), 1);
}

#[test]
fn what_a_notice_makes_due_at_once_goes_after_a_week_and_its_warning_and_by_no_budget() {
    for tries in [true, false] {
        let house = House::new();
        let [warned, noted] = <[Enquiry; 2]>::try_from(closed(&house, 2)).ok().unwrap();
        house.pass_days(40);
        let text = changed("2027-01", house.today(), "90 days after enquiry.closed", "10 days after enquiry.closed");
        publish(&house.custody, &text);
        assert_eq!(house.run_day().unwrap().erased, 0, "a budget takes none of it");
        assert!(house.open(&warned).is_err(), "it is closed");
        assert_eq!(house.pass_days(3), 0);
        let warnings = house.custody.warnings().unwrap();
        assert_eq!(warnings.len(), 2);
        let named = later(house.today(), 7);
        assert!(warnings.iter().all(|one| one.due_on == named), "they name a day that is a week on");
        if !tries {
            assert_eq!(house.pass_days(20), 0, "without a warning, or a note that there can be none, it waits");
            continue;
        }
        house
            .write(move |custody, tx| {
                for warning in &warnings {
                    if warning.person == warned.person {
                        custody.warned(tx, warning)?;
                    } else {
                        custody.not_warned(tx, warning, Unwarned::Refused)?;
                    }
                }
                Ok(())
            })
            .unwrap();
        assert!(house.custody.warnings().unwrap().is_empty(), "once is enough");
        assert_eq!(house.pass_days(6), 0);
        assert_eq!(house.pass_days(1), 2);
        assert_eq!(house.count("holding", noted.person), 0);
    }
}

#[test]
fn a_kind_that_a_notice_shortened_still_goes_by_the_budget_on_the_day_that_was_promised() {
    let house = House::new();
    closed(&house, 1);
    house.pass_days(40);
    let text = changed("2027-01", house.today(), "90 days after enquiry.closed", "45 days after enquiry.closed");
    publish(&house.custody, &text);
    assert_eq!(house.pass_days(49), 0, "nobody is warned");
    assert_eq!(house.pass_days(1), 1);
}

#[test]
fn a_wrong_date_that_somebody_confirms_takes_a_weeks_worth_and_the_rest_waits_a_week() {
    let house = House::new();
    let taken: Vec<Enquiry> = (0..6)
        .map(|week| {
            let one = house.enquire(&format!("week{week}@oakfield.example"));
            house.note(&one, "enquiry.closed");
            house.pass_days(7);
            one
        })
        .collect();
    // The first falls due in five days; all fall due within forty.
    assert_eq!(pass_warned_days(&house, 43), 0);
    let right = house.today();
    house.custody.store().clock().jump(jiff::SignedDuration::from_hours(37 * 24));
    house.custody.confirm_clock(house.today()).unwrap();
    assert_eq!(pass_warned_days(&house, 6), 1, "the one that would have gone within a week");
    assert!(taken[1..].iter().all(|one| house.count("holding", one.person) == 1));
    // Somebody sees it: the clock is set right, and the wrong date says nothing any more.
    house.move_to(later(right, 6));
    house.custody.confirm_clock(house.today()).unwrap();
    assert_eq!(house.run_day().unwrap().erased, 0);
    assert_eq!(pass_warned_days(&house, 5), 0);
    assert_eq!(pass_warned_days(&house, 7), 1);
}

#[test]
fn a_week_after_a_jump_was_confirmed_what_fell_due_by_it_goes() {
    let house = House::new();
    closed(&house, 3);
    away(&house, 100);
    assert_eq!(house.run_day().unwrap().erased, 0);
    assert_eq!(house.pass_days(6), 0);
    assert_eq!(house.pass_days(1), 3);
}

#[test]
fn what_is_taken_on_a_held_ground_is_held_and_a_withdrawal_of_it_waits() {
    let house = House::new();
    let enquiry = house.enquire("held@oakfield.example");
    let officer = house.officer();
    let (person, ground, until) = (enquiry.person, enquiry.ground, later(house.today(), 20));
    house
        .write(move |custody, tx| custody.place_hold(tx, &officer, person, ground, HoldReason::Claimant, until))
        .unwrap();
    let allowed = house.allow("desk", "answer-enquiries", "enquiry-message");
    house
        .write(move |custody, tx| {
            let record = custody::Record::new().with("message", "One more thing.");
            let holding = custody::HoldingId::draw(tx.random());
            let new = custody::New { person, holding, ground, record: &record, events: &[] };
            custody.take(tx, &allowed, &Actor::system("desk"), &new)?;
            custody.withdraw(tx, person, ground, "enquiry")
        })
        .unwrap();
    assert_eq!(house.write(Custody::held).unwrap().len(), 2);
    assert_eq!(house.pass_days(20), 0);
    // From the day after its last it has no effect: the withdrawal destroys at once.
    assert_eq!(house.pass_days(1), 2);
}

#[test]
fn a_run_destroys_three_keys_of_past_days_and_two_officers_release_more() {
    let house = House::new();
    house.enquire("kept@oakfield.example");
    house.pass_days(10);
    let [first, second] = [house.officer(), house.officer()];
    away(&house, 30);
    assert_eq!(house.run_day().unwrap().epochs, 3);
    let id = house.write(move |custody, tx| custody.ask_release(tx, &first, ReleaseReason::OldKeys, 2)).unwrap();
    house.write(move |custody, tx| custody.vote_release(tx, &second, id)).unwrap();
    assert_eq!(house.run_day().unwrap().epochs, 5);
    assert_eq!(house.run_day().unwrap().epochs, 2, "and then there are none");
    assert_eq!(house.run_day().unwrap().epochs, 0);
}

#[test]
fn what_waits_leaves_no_intent_in_the_journal() {
    let house = House::new();
    closed(&house, 60);
    away_and_a_week(&house, 400);
    house.run_day().unwrap();
    house.run_day().unwrap();
    let mut entries = vault::Journal::read(&house.keys.path().join("journal")).unwrap();
    // The notice stays in it while the keys of its day do.
    entries.retain(|entry| entry.effect == vault::Effect::Erase);
    assert_eq!(entries.len(), 50);
    assert!(entries.iter().all(|entry| entry.done && entry.leaf.is_some()));
}
