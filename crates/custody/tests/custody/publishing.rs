//! Publishing: order, plan, drafts, approval and rehearsal.

use crate::house::{Enquiry, House, NOTICE, publish};
use custody::{Actor, Approval, DraftId, DraftState, Error, Ground, Plan, Rehearsal};
use law::Date;
use ledger::{Domain, Effect, Leaf, Reveal};
use notice::Notice;

store::statements! {
    /// The ground of an officer's own record.
    FIND_GROUND = "SELECT ground FROM holding WHERE person_id = $1 AND kind = 'staff'";
    /// What dies with an officer's record: what they did with drafts.
    DELETE_ACTS = "DELETE FROM draft_act WHERE person_id = $1";
    /// Every leaf of the log.
    LIST_LEAVES = "SELECT leaf FROM log_leaf ORDER BY idx";
    /// A holding that was never sealed: for counting alone.
    INSERT_COUNTED = "INSERT INTO holding (person_id, holding_id, kind, ground, taken_on, due_on, notice_digest, version, sealed) \
        VALUES ($1, $2, 'enquiry', $2, $3, $4, $5, 1, $2)";
    /// Its clock.
    INSERT_COUNTED_CLOCK = "INSERT INTO clock (person_id, ground, event, day) VALUES ($1, $2, 'enquiry.received', $3)";
}

const KEEP: &str = "earliest of 90 days after enquiry.closed, 12 months after enquiry.received";

fn day(text: &str) -> Date {
    law::parse_iso(text).unwrap()
}

fn read(text: &str) -> Notice {
    notice::read(text).unwrap().notice.unwrap()
}

/// The shipped notice as another version, in force by its own words from a day.
fn version(name: &str, effective: &str) -> String {
    NOTICE.replacen("version = \"2026-11\"", &format!("version = \"{name}\""), 1).replacen(
        "effective = 2026-11-01",
        &format!("effective = {effective}"),
        1,
    )
}

/// One that keeps enquiries for a shorter time.
fn shorter(name: &str, effective: &str) -> String {
    version(name, effective).replace(KEEP, "earliest of 10 days after enquiry.closed, 40 days after enquiry.received")
}

/// One that keeps them longer: people are told.
fn longer(name: &str, effective: &str) -> String {
    version(name, effective).replace(KEEP, "earliest of 1 year after enquiry.closed, 2 years after enquiry.received")
}

impl House {
    fn version_on(&self, day: &str) -> String {
        self.custody.in_force(self::day(day)).unwrap().head().version.clone()
    }

    fn draft(&self, text: &str, author: Option<&Actor>) -> DraftId {
        let (custody, text, author) = (self.custody.clone(), text.to_owned(), author.cloned());
        let read = notice::read(&text).unwrap();
        self.custody
            .write_blocking("draft", move |tx| {
                let id = DraftId::draw(tx.random());
                custody.make_draft(tx, id, &text, &read, author.as_ref())?;
                // A form that is sent twice makes one draft.
                custody.make_draft(tx, id, "other", &read, author.as_ref())?;
                Ok::<_, custody::Error>(id)
            })
            .unwrap()
    }

    fn rehearse(&self, id: DraftId) -> Rehearsal {
        let notice = read(&self.find(id).text);
        let rehearsal = self.custody.rehearse(&notice, &self.custody.plan(&notice).unwrap()).unwrap();
        let (custody, kept) = (self.custody.clone(), rehearsal.clone());
        self.custody.write_blocking("note", move |tx| custody.note_rehearsal(tx, id, &kept)).unwrap();
        rehearsal
    }

    fn find(&self, id: DraftId) -> custody::Draft {
        let custody = self.custody.clone();
        self.custody.store().read_blocking("draft", move |tx| custody.draft(tx, id)).unwrap()
    }

    fn approve(&self, id: DraftId, officer: &Actor) -> Approval {
        self.try_approve(id, officer).unwrap()
    }

    fn try_approve(&self, id: DraftId, officer: &Actor) -> Result<Approval, Error> {
        let proposal = self.custody.propose(&self.find(id)).unwrap();
        let officer = officer.clone();
        let approval = self.write(move |custody, tx| custody.approve_draft(tx, &proposal, &officer));
        self.custody.reload_notices().unwrap();
        approval
    }

    /// An officer leaves: the clock of their record starts.
    fn let_go(&self, officer: &Actor) {
        let person = officer.person.unwrap();
        self.write(move |custody, tx| {
            let row = tx.one(&FIND_GROUND, &[person.into()])?;
            custody.note(tx, person, Ground(row.get(0)?), "staff.left")
        })
        .unwrap();
    }

    /// What a notice would do that took effect on a day whatever it says.
    fn rehearse_on(&self, text: &str, effective_on: &str) -> Rehearsal {
        let notice = read(text);
        let plan = Plan { effective_on: day(effective_on), ..self.custody.plan(&notice).unwrap() };
        self.custody.rehearse(&notice, &plan).unwrap()
    }

    /// The last leaf of an effect.
    fn last_leaf(&self, effect: Effect) -> Leaf {
        let read = self.custody.store().read_blocking("leaves", |tx| tx.all(&LIST_LEAVES, &[]));
        let mut leaves = read.unwrap().into_iter().map(|row| Leaf::decode(&row.get::<Vec<u8>>(0).unwrap()).unwrap());
        leaves.rfind(|leaf| leaf.effect == effect).unwrap()
    }

    fn due(&self, enquiry: &Enquiry) -> Option<Date> {
        let (custody, person) = (self.custody.clone(), enquiry.person);
        let held = self.custody.store().read_blocking("held", move |tx| custody.holdings(tx, person)).unwrap();
        held[0].due_on
    }
}

#[test]
fn a_notice_published_later_for_an_earlier_day_puts_the_other_aside() {
    let house = House::new();
    publish(&house.custody, &version("b", "2026-12-14"));
    assert_eq!(house.version_on("2026-12-14"), "b");
    publish(&house.custody, &version("c", "2026-12-10"));
    assert_eq!(house.version_on("2026-12-09"), "2026-11");
    assert_eq!(house.version_on("2026-12-10"), "c");
    assert_eq!(house.version_on("2026-12-14"), "c", "b was taken back");
    let aside: Vec<bool> = house.custody.history().unwrap().iter().map(|one| one.aside).collect();
    assert_eq!(aside, [false, true, false]);
}

#[test]
fn a_significant_difference_waits_and_another_does_not() {
    let house = House::new();
    let plan = |text: &str| house.custody.plan(&read(text)).unwrap();
    assert_eq!(plan(&version("s", "2026-11-01")).effective_on, day("2026-11-23"));
    assert_eq!(plan(&version("s", "2026-12-24")).effective_on, day("2026-12-24"));
    let longer = |effective| plan(&longer("l", effective));
    assert!(longer("2026-11-01").difference.is_significant());
    assert_eq!(longer("2026-11-01").effective_on, day("2026-12-07"), "fourteen days, as the notice in force promises");
    assert_eq!(longer("2026-12-24").effective_on, day("2026-12-24"));
}

#[test]
fn taking_back_what_has_not_begun_need_not_wait() {
    let house = House::new();
    house.custody.publish_planned(&longer("l", "2026-12-24"), &read(&longer("l", "2026-12-24")), "officer").unwrap();
    let back = read(&version("back", "2026-11-01"));
    assert_eq!(house.custody.plan(&back).unwrap().effective_on, house.today());
    // What follows the one to come is compared with that.
    let after = read(&version("after", "2026-12-25"));
    assert_eq!(house.custody.plan(&after).unwrap().follows.unwrap().notice.head().version, "l");
}

#[test]
fn whoever_made_a_draft_does_not_approve_it_and_another_does() {
    let house = House::new();
    let (author, other) = (house.officer(), house.officer());
    let id = house.draft(&version("s", "2026-11-01"), Some(&author));
    assert_eq!(house.approve(id, &other), Approval::Unrehearsed);
    house.rehearse(id);
    assert_eq!(house.approve(id, &author), Approval::Own);
    assert_eq!(house.find(id).state, DraftState::Open);
    assert_eq!(house.approve(id, &other), Approval::From(house.today()));
    assert_eq!(house.version_on("2026-11-23"), "s");
    assert_eq!(house.approve(id, &other), Approval::Over);
    assert_eq!(house.find(id).state, DraftState::Published);
    let published = house.custody.published_on(house.today()).unwrap();
    assert_eq!((published.approved_by.as_str(), published.significant), ("officer", false));
    house.custody.verify_log().unwrap();
}

#[test]
fn a_rehearsal_against_a_notice_that_is_followed_no_more_has_to_be_repeated() {
    let house = House::new();
    let id = house.draft(&version("s", "2026-11-01"), None);
    house.rehearse(id);
    publish(&house.custody, &version("b", "2026-11-01"));
    let officer = house.officer();
    assert_eq!(house.approve(id, &officer), Approval::Stale);
    house.rehearse(id);
    assert_eq!(house.approve(id, &officer), Approval::From(house.today()));
}

#[test]
fn a_significant_notice_is_replaced_by_another_before_its_day() {
    let house = House::new();
    let (author, other) = (house.officer(), house.officer());
    let first = house.draft(&longer("l", "2026-11-01"), Some(&author));
    house.rehearse(first);
    assert_eq!(house.approve(first, &other), Approval::From(day("2026-12-07")));
    house.move_to(day("2026-11-26"));
    let longest = longer("m", "2026-11-01").replace("2 years after enquiry.received", "3 years after enquiry.received");
    let longest = longest.replace("1 year after enquiry.closed", "2 years after enquiry.closed");
    let second = house.draft(&longest, Some(&author));
    let rehearsal = house.rehearse(second);
    let l = house.custody.history().unwrap()[1].digest;
    assert_eq!((rehearsal.effective_on, rehearsal.against), (day("2026-12-10"), l), "of its day, and what stands then");
    assert_eq!(house.approve(second, &other), Approval::From(day("2026-12-10")));
    assert_eq!(house.version_on("2026-12-09"), "l");
    assert_eq!(house.version_on("2026-12-10"), "m");
    let published = house.custody.history().unwrap()[2].clone();
    assert_eq!((published.follows, published.significant), (Some(l), true));
}

#[test]
fn what_people_are_told_is_compared_with_what_they_last_heard_of() {
    let house = House::new();
    house.custody.publish_planned(&longer("l", "2027-03-01"), &read(&longer("l", "2027-03-01")), "operator").unwrap();
    // The same, sooner: it differs from what is in force, and says nothing that people had not heard.
    let plan = house.custody.plan(&read(&longer("m", "2026-11-01"))).unwrap();
    assert_eq!(plan.follows.as_ref().unwrap().notice.head().version, "2026-11");
    assert_eq!(plan.heard.as_ref().unwrap().notice.head().version, "l");
    assert_eq!(plan.effective_on, day("2026-12-07"));
    assert!(plan.difference.is_significant() && !plan.news.is_significant() && plan.is_significant());
}

#[test]
fn a_rehearsal_stands_for_its_day_and_the_day_after_and_for_one_first_day() {
    let house = House::new();
    let (author, other) = (house.officer(), house.officer());
    let later = house.draft(&shorter("s", "2026-12-24"), Some(&author));
    let now = house.draft(&version("t", "2026-11-01"), Some(&author));
    house.rehearse(later);
    house.rehearse(now);
    house.move_to(day("2026-11-24"));
    assert_eq!(house.approve(now, &other), Approval::Stale, "it would be in force from another day");
    house.move_to(day("2026-11-25"));
    assert_eq!(house.approve(later, &other), Approval::Stale, "two days are too long");
    house.rehearse(later);
    house.move_to(day("2026-11-26"));
    assert_eq!(house.approve(later, &other), Approval::From(day("2026-12-24")));
}

#[test]
fn what_was_published_since_a_proposal_is_not_overlooked() {
    let house = House::new();
    let (author, other) = (house.officer(), house.officer());
    let id = house.draft(&shorter("s", "2026-11-01"), Some(&author));
    house.rehearse(id);
    let proposal = house.custody.propose(&house.find(id)).unwrap();
    publish(&house.custody, &version("b", "2026-11-01"));
    let approval = house.write(move |custody, tx| custody.approve_draft(tx, &proposal, &other));
    assert_eq!(approval.unwrap(), Approval::Stale);
}

#[test]
fn only_an_officer_who_works_here_approves_and_only_what_one_made_who_does() {
    let house = House::new();
    let (author, other, third) = (house.officer(), house.officer(), house.officer());
    let id = house.draft(&shorter("s", "2026-11-01"), Some(&author));
    house.rehearse(id);
    for nobody in [Actor::system("officer"), Actor::staff("desk", other.person.unwrap())] {
        assert!(matches!(house.try_approve(id, &nobody), Err(Error::Refused(_))));
    }
    house.let_go(&other);
    assert!(matches!(house.try_approve(id, &other), Err(Error::Refused(_))), "who has left approves nothing");
    house.let_go(&author);
    assert_eq!(house.approve(id, &third), Approval::AuthorLeft);
    // Their record is erased, and they are invited again: nothing says any more that the draft is theirs.
    let person = author.person.unwrap();
    house.write(move |_, tx| Ok(tx.execute(&DELETE_ACTS, &[person.into()])?)).unwrap();
    assert_eq!(house.approve(id, &third), Approval::AuthorLeft);
    assert_eq!(house.version_on("2026-12-31"), "2026-11");
}

#[test]
fn the_log_proves_who_drafted_and_who_published_what() {
    let house = House::new();
    let (author, other) = (house.officer(), house.officer());
    let text = shorter("s", "2026-11-01");
    let detail = Reveal { r: [0; 32], domain: Domain::Detail, payload: read(&text).digest().0.to_vec() }.commitment();
    let id = house.draft(&text, Some(&author));
    house.custody.await_index().unwrap();
    let made = house.last_leaf(Effect::NoticeDrafted);
    assert_eq!((made.detail, made.clauses), (Some(detail), vec!["notice".to_owned()]));
    house.rehearse(id);
    house.approve(id, &other);
    house.custody.await_index().unwrap();
    let published = house.last_leaf(Effect::NoticePublished);
    assert_eq!(published.detail, Some(detail));
    assert!(made.actor.is_some() && published.actor.is_some() && made.actor != published.actor);
    house.draft(&version("o", "2026-12-01"), None);
    house.custody.await_index().unwrap();
    assert_eq!(house.last_leaf(Effect::NoticeDrafted).actor, None, "the operator at the command line");
    house.custody.verify_log().unwrap();
}

#[test]
fn a_withdrawn_or_misshapen_draft_is_not_published() {
    let house = House::new();
    let officer = house.officer();
    let id = house.draft(&shorter("s", "2026-11-01"), None);
    let (custody, person) = (house.custody.clone(), officer.person.unwrap());
    assert!(house.custody.write_blocking("withdraw", move |tx| custody.withdraw_draft(tx, id, person)).unwrap());
    assert_eq!(house.approve(id, &officer), Approval::Over);
    let misshapen = house.draft("[notice]\nid = \"x\"\n", None);
    assert!(house.find(misshapen).digest.is_none());
    assert_eq!(house.approve(misshapen, &officer), Approval::Misshapen);
    assert_eq!(house.version_on("2026-12-31"), "2026-11");
}

#[test]
fn what_was_taken_before_keeps_the_stricter_of_both_terms() {
    let house = House::new();
    let old = house.enquire("old@oakfield.example");
    publish(&house.custody, &longer("l", "2026-11-24"));
    house.move_to(day("2026-11-24"));
    let new = house.enquire("new@oakfield.example");
    assert_eq!(house.due(&old), Some(day("2027-11-23")), "as it was promised");
    assert_eq!(house.due(&new), Some(day("2028-11-24")));
    house.move_to(day("2026-11-25"));
    publish(&house.custody, &shorter("s", "2026-11-25"));
    assert_eq!(house.due(&old), Some(day("2027-01-02")), "forty days after it was received");
    assert_eq!(house.due(&new), Some(day("2027-01-03")));
}

#[test]
fn a_rehearsal_counts_people_and_records_by_kind_and_day_and_writes_nothing() {
    let house = House::new();
    for email in ["a@oakfield.example", "b@oakfield.example"] {
        house.enquire(email);
    }
    let closed = house.enquire("c@oakfield.example");
    house.note(&closed, "enquiry.closed");
    let rehearsal = house.rehearse_on(&shorter("s", "2026-11-01"), "2026-12-01");
    assert_eq!(rehearsal.total(), (3, 3));
    let days: Vec<_> = rehearsal.by_day().map(|one| (one.day.unwrap(), one.people, one.holdings)).collect();
    assert_eq!(days, [(day("2026-12-03"), 1, 1), (day("2027-01-02"), 2, 2)]);
    let kinds: Vec<_> = rehearsal.by_kind().map(|one| (one.kind.as_deref().unwrap(), one.people)).collect();
    assert_eq!(kinds, [("enquiry", 3)]);
    assert_eq!(house.due(&closed), Some(day("2027-02-21")));
    // Nothing falls due by a notice before it is in force.
    let later = house.rehearse_on(&shorter("s", "2026-11-01"), "2026-12-20");
    assert_eq!(later.by_day().next().unwrap().day, Some(day("2026-12-20")));
    assert_eq!(house.rehearse_on(NOTICE, "2026-12-01").total(), (0, 0));
}

#[test]
fn a_rehearsal_says_what_then_happens() {
    let house = House::new();
    let enquiry = house.enquire("a@oakfield.example");
    let dropping = version("d", "2026-12-01").replace("\"enquiry\"", "\"question\"");
    let rehearsal = house.rehearse_on(&dropping, "2026-12-01");
    let [all] = rehearsal.by_day().collect::<Vec<_>>()[..] else { panic!("{rehearsal:?}") };
    assert_eq!((all.day, all.people), (Some(day("2026-12-01")), 1));
    publish(&house.custody, &dropping);
    house.move_to(day("2026-11-30"));
    assert!(house.open(&enquiry).is_ok());
    house.move_to(day("2026-12-01"));
    assert_eq!(house.due(&enquiry), Some(day("2026-12-01")));
}

#[test]
#[ignore = "measures: a hundred thousand records"]
fn a_hundred_thousand_records_are_rehearsed_within_seconds() {
    let house = House::new();
    let digest = read(NOTICE).digest();
    for _ in 0..100 {
        house
            .custody
            .store()
            .write_blocking("fill", move |tx| {
                let today = tx.today();
                for _ in 0..1_000 {
                    let (person, holding): ([u8; 16], [u8; 16]) = (tx.bytes(), tx.bytes());
                    let values = [person.into(), holding.into(), today.into(), today.into(), digest.0.into()];
                    tx.execute(&INSERT_COUNTED, &values)?;
                    tx.execute(&INSERT_COUNTED_CLOCK, &[person.into(), holding.into(), today.into()])?;
                }
                Ok::<_, store::Error>(())
            })
            .unwrap();
    }
    let clock = law::Clock::system();
    let begun = clock.steady_ms();
    let rehearsal = house.rehearse_on(&shorter("s", "2026-11-01"), "2026-12-01");
    let took = clock.steady_ms() - begun;
    assert_eq!(rehearsal.total(), (100_000, 100_000));
    eprintln!("100,000 records rehearsed in {took} ms");
    assert!(took < 30_000, "{took} ms");
}
