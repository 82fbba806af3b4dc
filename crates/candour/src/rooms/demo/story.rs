//! The five months before the demonstration begins, lived through once: the clock stands at each moment while what happened
//! then is done through the verbs that the pages use. Letters of that time have long been erased, so none is written.

use super::people::{ASKED, Asked, Colleague, STAFF, Then};
use super::staff::employed;
use crate::rooms::enquiries::enquiry::{self, NewEnquiry, Sort, State};
use crate::{App, day};
use custody::{Actor, Error, Ground, PersonId, Record};
use jiff::Span;
use law::{Date, Timestamp};
use notice::Notice;
use store::Tx;

/// The notice that ships with the program.
const NOTICE: &str = include_str!("../../../../../notices/segfl.toml");

/// The line of the shipped notice that says from when it is in force.
const EFFECTIVE: &str = "effective = ";

/// How many days before the first enquiry the story begins.
const BEFORE: i64 = 3;

const MINUTE_MS: i64 = 60 * 1_000;

/// Makes the demonstration's data, or goes on with what stands in its folder, on the day it was left.
pub fn settle(app: &App) -> Result<(), Error> {
    if !app.custody().history()?.is_empty() {
        return go_on(app);
    }
    let now = app.clock().now();
    let told = tell(app, law::london_day(now));
    // The moment that the story took is not worth a second way to set a clock.
    app.clock().move_to(now);
    told?;
    // From here on the days are the program's own.
    day::run(app).map(drop)
}

/// The clock stands where it was left: the demonstration's people do not age while it is not looked at, and time that was seen
/// to pass does not come back.
fn go_on(app: &App) -> Result<(), Error> {
    if let Some(mark) = app.custody().last_mark()? {
        app.clock().move_to(mark);
    }
    Ok(())
}

/// Lives through the story.
fn tell(app: &App, today: Date) -> Result<(), Error> {
    let begin = today.saturating_sub(Span::new().days(ASKED[0].ago + BEFORE));
    stand_at(app, begin, 0)?;
    publish(app, begin)?;
    hire(app)?;
    let people = meet(app);
    for Moment { day, minute, asked, then } in moments(today) {
        stand_at(app, day, minute)?;
        let (it, who) = (app.clone(), people[asked]);
        app.custody().write_blocking("tell_demo", move |tx| match then {
            None => ask(&it, tx, who, &ASKED[asked]),
            Some(then) => follow(&it, tx, who, then),
        })?;
    }
    stand_at(app, today.saturating_sub(Span::new().days(1)), 0)?;
    sign_in(app)?;
    warn(app)
}

/// Publishes the shipped notice; where it comes into force later, also the same text with an earlier day, for the time
/// until then.
fn publish(app: &App, begin: Date) -> Result<(), Error> {
    if read(NOTICE)?.head().effective > begin {
        put_in_force(app, &dated(begin))?;
    }
    put_in_force(app, NOTICE)
}

/// The shipped notice as it would have read earlier.
fn dated(begin: Date) -> String {
    let lines = NOTICE.lines().map(|line| match line {
        line if line.starts_with(EFFECTIVE) => format!("{EFFECTIVE}{}\n", law::iso(begin)),
        line if line.starts_with("version = ") => format!("version = \"{}\"\n", begin.strftime("%Y-%m")),
        line => format!("{line}\n"),
    });
    lines.collect()
}

fn put_in_force(app: &App, text: &str) -> Result<(), Error> {
    app.custody().publish(text, &read(text)?, "operator")?;
    Ok(())
}

fn read(text: &str) -> Result<Notice, Error> {
    let read = notice::read(text).map_err(|_| Error::Nonsense("the shipped notice cannot be read"))?;
    read.notice.ok_or(Error::Nonsense("the shipped notice is not whole"))
}

fn hire(app: &App) -> Result<(), Error> {
    let it = app.clone();
    app.custody()
        .write_blocking("hire_demo", move |tx| STAFF.iter().try_for_each(|one| employed(&it, tx, one).map(drop)))
}

/// Everybody on the staff was at work yesterday.
fn sign_in(app: &App) -> Result<(), Error> {
    let it = app.clone();
    app.custody().write_blocking("sign_in_demo", move |tx| {
        STAFF.iter().try_for_each(|one| {
            let (person, ground) = employed(&it, tx, one)?;
            it.custody().note(tx, person, ground, "staff.last-sign-in")
        })
    })
}

/// A person and a ground for each who asked.
fn meet(app: &App) -> Vec<(PersonId, Ground)> {
    let mut rng = app.custody().store().random();
    ASKED.iter().map(|_| (PersonId::draw(&mut rng), Ground::draw(&mut rng))).collect()
}

/// Something that happened.
struct Moment {
    day: Date,
    minute: i64,
    /// Whose enquiry: its place in [`ASKED`].
    asked: usize,
    /// What followed it; `None` where it came in.
    then: Option<&'static Then>,
}

/// Everything that happened, in order.
fn moments(today: Date) -> Vec<Moment> {
    let mut moments = Vec::new();
    for (asked, one) in ASKED.iter().enumerate() {
        let first = (one.ago, None);
        let all = std::iter::once(first).chain(one.then.iter().map(|(ago, then)| (*ago, Some(then))));
        // What follows on the same day follows at a later minute.
        for ((ago, then), n) in all.zip(0..) {
            let minute = n * 60 + i64::try_from(asked).unwrap_or_default();
            moments.push(Moment { day: working(today.saturating_sub(Span::new().days(ago))), minute, asked, then });
        }
    }
    moments.sort_by_key(|moment| (moment.day, moment.minute));
    moments
}

/// The day itself, or the last working day before it: schools and the desk rest at weekends.
fn working(day: Date) -> Date {
    let mut day = day;
    while let (Ok(false), Ok(yesterday)) = (law::is_working_day(day), day.yesterday()) {
        day = yesterday;
    }
    day
}

fn ask(app: &App, tx: &mut Tx<'_>, (person, ground): (PersonId, Ground), asked: &Asked) -> Result<(), Error> {
    let contact = Record::new()
        .with("name", asked.name)
        .with("email", asked.email)
        .with("school", asked.school)
        .with("role", asked.role)
        .with("telephone", asked.telephone);
    let message = Record::new().with("message", asked.message);
    enquiry::receive(app, tx, &NewEnquiry { person, ground, topic: asked.topic.to_owned(), contact, message })?;
    Ok(())
}

fn follow(app: &App, tx: &mut Tx<'_>, (person, ground): (PersonId, Ground), then: &Then) -> Result<(), Error> {
    let row = enquiry::by_ground(tx, person, ground)?.ok_or(Error::Gone)?;
    let [desk, officer, ..]: &[Colleague; 4] = &STAFF;
    let (colleague, purpose) =
        if row.topic == enquiry::PRIVACY { (officer, "handle-rights") } else { (desk, "answer-enquiries") };
    match then {
        Then::Answer(text) => {
            let record = Record::new().with("message", *text).with("answered-by", colleague.name);
            let actor = Actor::staff(colleague.role, employed(app, tx, colleague)?.0);
            enquiry::add_message_for(app, tx, &row, Sort::Answer, &record, &actor, purpose)?;
        }
        Then::Note(text) => {
            let actor = Actor::staff(desk.role, employed(app, tx, desk)?.0);
            enquiry::add_message(app, tx, &row, Sort::Note, &Record::new().with("note", *text), &actor)?;
        }
        Then::Write(text) => {
            let record = Record::new().with("message", *text);
            enquiry::add_message(app, tx, &row, Sort::Message, &record, &Actor::system("desk"))?;
        }
        Then::Close => {
            app.custody().note(tx, person, ground, enquiry::CLOSED)?;
            enquiry::set_state(tx, &row, State::Closed)?;
        }
    }
    Ok(())
}

/// Whoever was due a warning before today has had it.
fn warn(app: &App) -> Result<(), Error> {
    let (custody, warnings) = (app.custody().clone(), app.custody().warnings()?);
    app.custody().write_blocking("warn_demo", move |tx| warnings.iter().try_for_each(|one| custody.warned(tx, one)))
}

/// Sets the clock to a minute after nine o'clock on a day.
fn stand_at(app: &App, day: Date, minute: i64) -> Result<(), Error> {
    let at = law::london_start(day).as_millisecond() + (9 * 60 + minute) * MINUTE_MS;
    app.clock().move_to(
        Timestamp::from_millisecond(at).map_err(|_| Error::Nonsense("a day of the demonstration is no date"))?,
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        law::parse_iso("2026-11-23").unwrap()
    }

    #[test]
    fn what_happened_to_an_enquiry_happened_in_order_and_before_today() {
        let mut last = vec![None; ASKED.len()];
        for moment in moments(today()) {
            let at = Some((moment.day, moment.minute));
            assert!(moment.day < today());
            assert!(last[moment.asked] < at, "{}", ASKED[moment.asked].name);
            assert_eq!(moment.then.is_none(), last[moment.asked].is_none());
            last[moment.asked] = at;
        }
    }

    #[test]
    fn everybody_is_made_up() {
        let addresses = ASKED.iter().map(|one| one.email).chain(STAFF.iter().map(|one| one.email));
        for email in addresses {
            assert!(email.ends_with(".example"), "{email}");
        }
        for one in &ASKED {
            let drama = one.telephone.is_empty()
                || one.telephone.starts_with("01632 960")
                || one.telephone.starts_with("020 7946 0");
            assert!(drama, "{} is not among the numbers that nobody has", one.telephone);
        }
    }

    #[test]
    fn the_notice_of_the_story_is_the_shipped_one_but_for_its_day() {
        let begin = law::parse_iso("2026-06-20").unwrap();
        let read = notice::read(&dated(begin)).unwrap();
        let notice = read.notice.unwrap();
        assert_eq!((notice.head().effective, notice.head().version.as_str()), (begin, "2026-06"));
        assert_eq!(dated(begin).lines().count(), NOTICE.lines().count());
    }
}
