//! Nothing of the house is forgotten in a list: each job, letter, route, act and column is held against the source, and
//! stands on a clause or says why it needs none.

use super::desk::{Clerk, asked, whose};
use super::house::{addresses, after, shipped, sources};
use super::support::{Browser, House, NOTICE};
use candour::coverage::{self, State};
use candour::mail::{self, Letter};
use candour::{acts, jobs, rooms};
use custody::Error;
use std::collections::{BTreeMap, BTreeSet};
use store::Class;

/// What a function may call that does nothing by itself: it asks, waits or passes on.
const ASKS: &[&str] = &[
    "abort",
    "as_ref",
    "clock",
    "clone",
    "close",
    "custody",
    "default",
    "demo",
    "failed",
    "from_mins",
    "from_secs",
    "hands",
    "interval",
    "is_only_writer",
    "is_some_and",
    "map",
    "notice_file",
    "or_else",
    "ran_on",
    "record_now",
    "run",
    "run_or_say",
    "set_missed_tick_behavior",
    "spawn",
    "spawn_blocking",
    "stopped",
    "store",
    "tick",
    "today",
];

/// Where loops and tasks may begin, and why elsewhere than in the list of loops.
const TASKS: [&str; 4] = [
    "candour/src/command/bench/place.rs",
    "candour/src/command/serve.rs",
    "candour/src/rooms/demo/clock.rs",
    "candour/src/web/connections.rs",
];

fn source(name: &str) -> String {
    sources().into_iter().find(|(file, _)| file == name).map(|(_, text)| text).expect("a source file")
}

/// The body of a function, by the line that begins it.
fn body<'t>(text: &'t str, name: &str) -> &'t str {
    let mark = format!("fn {name}(");
    let at = text.find(&mark).unwrap_or_else(|| panic!("there is no fn {name}"));
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    let indent = " ".repeat(line.len() - line.trim_start().len());
    let rest = &text[at + mark.len()..];
    rest.split(&format!("\n{indent}}}")).next().unwrap_or(rest)
}

/// The functions that a body calls, macros apart.
fn calls(body: &str) -> BTreeSet<&str> {
    let code = body.lines().filter(|line| !line.trim_start().starts_with("//"));
    let names = code.flat_map(|line| line.match_indices('(').map(|(at, _)| &line[..at])).map(|before| {
        let from = before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |at| at + 1);
        &before[from..]
    });
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).collect()
}

/// The asynchronous functions of a file that come round again.
fn loops(text: &str) -> Vec<&str> {
    let names = after(text, "async fn ").filter_map(|rest| rest.split_once('(').map(|(name, _)| name));
    names.filter(|name| body(text, name).contains("interval(")).collect()
}

#[test]
fn whatever_runs_by_itself_is_a_job_of_the_list() {
    let (day, retention) = (source("candour/src/day.rs"), source("custody/src/retention.rs"));
    let serve = source("candour/src/command/serve.rs");
    let mut bodies =
        vec![("minute", body(&day, "minute")), ("run", body(&day, "run")), ("run_day", body(&retention, "run_day"))];
    let loops = loops(&serve);
    assert!(loops.len() >= 4, "the loops of the server are found: {loops:?}");
    bodies.extend(loops.iter().map(|name| (*name, body(&serve, name))));
    let known: BTreeSet<&str> =
        jobs::ALL.iter().flat_map(|job| job.does).copied().chain(ASKS.iter().copied()).collect();
    for (name, body) in bodies {
        for call in calls(body).into_iter().filter(|call| *call != "minute") {
            assert!(
                known.contains(call),
                "{name} calls {call}: add a job that does it to jobs::ALL and name its clauses, or say why it touches no personal data"
            );
        }
    }
    for (file, text) in sources().iter().filter(|(file, _)| !TASKS.contains(&file.as_str())) {
        for mark in ["tokio::spawn(", "thread::spawn(", "time::interval("] {
            assert!(
                after(text, mark).next().is_none(),
                "{file} runs by itself: begin it in command/serve.rs, and add its job to jobs::ALL"
            );
        }
    }
}

#[test]
fn every_job_of_the_source_is_in_the_list_and_does_what_there_is() {
    let text = source("candour/src/jobs.rs");
    let declared: BTreeSet<&str> =
        after(&text, "id: \"").filter_map(|rest| rest.split('"').next()).filter(|id| !id.is_empty()).collect();
    let listed: BTreeSet<&str> = jobs::ALL.iter().map(|job| job.id).collect();
    assert_eq!(declared, listed, "add the job to jobs::ALL");
    assert_eq!(listed.len(), jobs::ALL.len(), "two jobs have one name");
    let sources = sources();
    let is_there = |name: &str| sources.iter().any(|(_, text)| text.contains(&format!("fn {name}(")));
    for job in jobs::ALL {
        for name in job.does {
            let beside = *name == "look_again" || is_there(name);
            assert!(beside, "the job {} says that it does {name}, which is nowhere: name what does it", job.id);
        }
    }
}

/// What is noted as a run though nothing runs it but an operator's command.
const BY_HAND: [&str; 3] = ["backup", "drill", "restore"];

#[test]
fn every_run_that_custody_notes_is_a_job_of_the_list() {
    let listed: BTreeSet<&str> = jobs::ALL.iter().map(|job| job.id).collect();
    let mut noted = BTreeSet::new();
    for (file, text) in sources().iter().filter(|(file, _)| file.starts_with("custody/")) {
        for mark in ["record(tx, \"", "record_now(\"", "self.failed(\"", "const DAY: &str = \""] {
            for name in after(text, mark).filter_map(|rest| rest.split('"').next()) {
                noted.insert(name.to_owned());
                let known = listed.contains(name) || BY_HAND.contains(&name);
                assert!(known, "{file} notes runs of {name}: add that job to jobs::ALL");
            }
        }
    }
    assert!(noted.len() >= 5, "runs are found: {noted:?}");
}

#[test]
fn every_job_stands_on_clauses_or_says_why_it_needs_none() {
    let notice = shipped();
    for job in jobs::ALL {
        let reasons = [job.no_personal_data, job.never_closed];
        assert!(
            !job.clauses.is_empty() || reasons.iter().flatten().any(|reason| !reason.is_empty()),
            "the job {} names no clause: name its clauses, or say why it touches no personal data",
            job.id
        );
        assert!(
            job.no_personal_data.is_none() || job.stands_on().is_empty(),
            "the job {} touches no personal data, so it stands on no clause: take one of both out",
            job.id
        );
        assert_eq!(job.missing(&notice), [""; 0], "{}: the notice does not cover what it stands on", job.id);
    }
}

#[test]
fn the_decisions_of_the_notice_are_those_of_the_program() {
    let notice = shipped();
    let declared: BTreeSet<&str> = notice.decisions().iter().map(|decision| decision.id.as_str()).collect();
    let acts: BTreeSet<&str> = acts::ALL.iter().filter_map(|act| act.decision).collect();
    let of_jobs: BTreeSet<&str> = jobs::ALL.iter().flat_map(|job| job.decisions).copied().collect();
    for id in &declared {
        assert!(
            acts.contains(id),
            "nothing carries out decision.{id}: take it out of the notice, or add the act to acts::ALL"
        );
    }
    for id in acts.union(&of_jobs) {
        assert!(declared.contains(id), "add decision.{id} to the notice, or say in acts::ALL why it is no decision");
    }
    for act in acts::ALL {
        let reason = act.no_decision.is_some_and(|reason| !reason.is_empty());
        assert!(
            act.decision.is_some() != reason,
            "the act {} names its decision, or says why it is none: not both",
            act.id
        );
    }
    let features: BTreeSet<&str> = rooms::features().iter().flat_map(|feature| feature.clauses).copied().collect();
    for id in declared.difference(&of_jobs) {
        let clause = format!("decision.{id}");
        assert!(features.contains(clause.as_str()), "add {clause} to the clauses of the feature that carries it out");
    }
}

/// What a file says that limits, ends or forgets something by itself.
const MARKS: [&str; 9] = [
    "Err(Stop::TooOften)",
    "bucket.take(",
    "limit.admits(",
    "A_DAY: ",
    "const TRIES: ",
    "_MS: i64 = ",
    "= \"DELETE FROM code WHERE until",
    "DELETE_OLD_",
    "\"DELETE FROM staff WHERE",
];

/// Files that have such a mark for another reason.
const NO_ACT: [(&str, &str); 6] = [
    ("candour/src/command/bench/", "made-up people only"),
    ("candour/src/command/doctor/certificate.rs", "measures how long a certificate lasts"),
    ("candour/src/command/export/", "reads the log again while it grows"),
    ("candour/src/command/verify/", "measures days in what others hand in"),
    ("candour/src/rooms/demo/", "made-up people only"),
    ("custody/src/", "the guard and the lease keep the program from acting; see the acts of custody"),
];

#[test]
fn every_file_that_limits_or_ends_something_by_itself_names_its_act() {
    let named: BTreeSet<&str> = acts::ALL.iter().flat_map(|act| act.at).copied().collect();
    let sources = sources();
    for file in &named {
        assert!(sources.iter().any(|(name, _)| name == file), "acts::ALL names {file}, which is not there");
    }
    for (file, text) in &sources {
        let excused = NO_ACT.iter().any(|(place, _)| file.starts_with(place));
        let Some(mark) = MARKS.iter().find(|mark| after(text, mark).next().is_some()).filter(|_| !excused) else {
            continue;
        };
        assert!(
            named.contains(file.as_str()),
            "{file} has {mark:?}: add the act to acts::ALL and name its decision, or say why it is none"
        );
    }
}

#[test]
fn the_notice_says_the_limits_that_the_program_keeps() {
    let notice = shipped();
    let words = &notice.decision("limit-tries").expect("a decision").words;
    for (file, constant, said) in [
        ("limit.rs", "A_DAY: usize = 5;", "five enquiries a day from one address"),
        ("mine/page.rs", "A_DAY: usize = 20;", "twenty messages a day about each"),
    ] {
        let text = source(&format!("candour/src/rooms/enquiries/{file}"));
        assert!(
            text.contains(constant) && words.contains(said),
            "{file}: let the limit and the notice's words {said:?} be the same"
        );
    }
}

#[test]
fn every_letter_of_the_source_is_in_the_list_and_names_clauses() {
    let (notice, letters) = (shipped(), rooms::letters());
    let mut declared = BTreeMap::new();
    for (file, text) in sources() {
        for rest in after(&text, ": mail::Template =").chain(after(&text, ": Template = Template {")) {
            let id =
                rest.split("id: \"").nth(1).and_then(|rest| rest.split('"').next()).expect("a template names itself");
            declared.insert(id.to_owned(), file.clone());
        }
        let makes = after(&text, "Template {").filter(|rest| rest.trim_start().starts_with("id:")).count();
        let statics = after(&text, ": mail::Template =").count();
        assert_eq!(
            makes, statics,
            "{file}: declare each letter as a static mail::Template, so that its list can name it"
        );
    }
    for (id, file) in &declared {
        assert!(letters.iter().any(|one| one.id == id), "{file}: add the letter {id} to the letters of its room");
    }
    assert_eq!(declared.len(), letters.len(), "a letter stands twice in the lists of the rooms");
    for letter in letters {
        assert!(!letter.clauses.is_empty(), "the letter {} names no clause: name those that it stands on", letter.id);
        let missing: Vec<_> = letter.clauses.iter().filter(|clause| !notice.covers(clause)).collect();
        assert!(missing.is_empty(), "the letter {} stands on {missing:?}, which the notice does not cover", letter.id);
    }
}

#[tokio::test]
async fn a_letter_whose_clause_is_not_covered_is_refused() {
    let without = NOTICE.replace("\"tell-changes\"", "\"tell-otherwise\"");
    let notice = notice::read(&without).expect("a notice").notice.expect("a whole notice");
    let closed: Vec<_> = rooms::letters()
        .into_iter()
        .filter(|letter| letter.clauses.iter().any(|clause| !notice.covers(clause)))
        .collect();
    assert_eq!(closed.len(), 1, "the letter about changes");
    let house = House::new();
    let reference = asked(&house).await;
    let (person, _) = whose(&house, &reference).await;
    let closed = closed[0];
    house.app.custody().publish(&without, &notice, "officer").expect("published");
    let app = house.app.clone();
    let queued = house.app.custody().write("queue", move |tx| {
        let letter =
            Letter { template: closed, to: "priya@oakfield.example", subject: String::new(), text: String::new() };
        mail::queue(&app, tx, person, &letter)
    });
    let Err(Error::Refused(refusal)) = queued.await else {
        panic!("a letter that the notice does not cover was queued")
    };
    assert_eq!(refusal.clause, "purpose.tell-changes");
}

#[test]
fn every_route_belongs_to_a_feature() {
    for (file, text) in sources() {
        let routes = after(&text, ".route(").count();
        assert!(
            routes == 0 || text.contains("Room { feature: ") || text.contains("room(&"),
            "{file}: give its routes to a Room, whose feature names their clauses or says why they touch no personal data"
        );
        let around = after(&text, "Router::new()").next().is_some() && !text.contains("Room");
        assert!(!around, "{file}: routes reach the router through a Room alone");
    }
    let frame = source("candour/src/web/frame.rs");
    let ways = ["nest", "nest_service", "route", "route_service", "fallback_service"];
    let around: Vec<_> = calls(body(&frame, "router")).into_iter().filter(|call| ways.contains(call)).collect();
    assert!(around.is_empty(), "web/frame.rs serves something outside a Room with {around:?}: give it to a Room");
}

#[test]
fn every_room_that_asks_who_is_there_stands_on_the_cookie_that_says_so() {
    for (file, text) in sources().into_iter().filter(|(file, _)| file.ends_with("mod.rs") && file.contains("/rooms/")) {
        let folder = file.trim_end_matches("mod.rs").to_owned();
        let below: Vec<_> = sources()
            .into_iter()
            .filter(|(name, _)| name.starts_with(&folder) && !name[folder.len()..].contains('/'))
            .collect();
        for (taken, cookie) in
            [("Staff(session): Staff", "cookie.staff-session"), ("You(session): You", "cookie.enquiry-session")]
        {
            let asks = below.iter().any(|(_, text)| text.contains(taken));
            assert!(!asks || text.contains(cookie), "{file}: add {cookie} to the clauses of the feature");
        }
    }
}

#[test]
fn every_table_of_the_migrations_is_classified_with_its_clauses_or_reasons() {
    let columns = store::columns(candour::migrations::COLUMNS).expect("columns.toml reads");
    let mut tables = 0;
    for migration in candour::migrations::MIGRATIONS {
        for table in after(migration.text, "CREATE TABLE ").filter_map(|rest| rest.split_whitespace().next()) {
            tables += 1;
            let classes: Vec<_> = columns.of_table(table).collect();
            assert!(
                !classes.is_empty(),
                "add [{table}] of migration {} to columns.toml, and say of each column what it holds",
                migration.number
            );
            for (column, class) in classes {
                let says = match class {
                    Class::Impersonal { reason } => !reason.trim().is_empty(),
                    Class::Linked { clauses, words, .. } => !clauses.is_empty() && !words.is_empty(),
                    Class::Sealed { clauses } => !clauses.is_empty(),
                };
                assert!(says, "{table}.{column}: name its clause in columns.toml, or say why it is about nobody");
            }
        }
    }
    assert!(tables > 30 && candour::migrations::MIGRATIONS.len() >= 4, "{tables} tables");
}

#[test]
fn the_shipped_notice_covers_the_whole_house() {
    let lines = coverage::of(&shipped()).expect("the lists");
    for line in &lines {
        assert_eq!(
            line.state,
            State::Open,
            "{} {} stands on {:?}, which the notice does not cover",
            line.sort,
            line.id,
            line.missing
        );
        assert!(
            !line.clauses.is_empty() || line.reason.is_some(),
            "{} {} needs clauses or a reason",
            line.sort,
            line.id
        );
    }
    for (sort, _) in coverage::SORTS {
        assert!(lines.iter().any(|line| line.sort == sort), "no {sort}");
    }
}

#[tokio::test]
async fn officers_and_operators_see_what_is_covered_and_nobody_else_does() {
    let house = House::new();
    for role in ["officer", "operator"] {
        let mut clerk = Clerk::hire(&house, role, "Tomos Pugh").await;
        let page = clerk.get(&house, "/staff/coverage").await.expect(200);
        let page = page.says("covers everything that this program does").says("href=\"/privacy#kind-enquiry\"");
        page.says("deliver-mail")
            .says("enquiry-received")
            .says("staff-session")
            .says("limit-enquiries")
            .says("enquiry.topic");
    }
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.get(&house, "/staff/coverage").await.expect(404);
    assert_eq!(Browser::default().get(&house, "/staff/coverage").await.expect(303).location, "/staff/sign-in");
    assert!(addresses().contains("/staff/coverage"));
}
