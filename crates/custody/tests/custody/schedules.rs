//! Random schedules with copies and restores against a model: after serving starts no erased or replaced value opens, no
//! objection, restriction or withdrawal is forgotten, and nobody else is lost.
//!
//! `CANDOUR_ROUNDS` says how many schedules; the seed of each is its number, and a failure prints its story.

#![expect(clippy::print_stderr, reason = "how many restores there were says whether the schedules mean anything")]

use crate::house::{Enquiry, House, in_memory};
use crate::recover::{copied, put_back};
use custody::{Actor, Error};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use std::fmt::Write as _;
use std::path::PathBuf;

/// How many schedules the short form lives through.
const ROUNDS: u64 = 100;

/// How many steps a schedule has.
const STEPS: u32 = 30;

/// What the model knows of a record.
#[expect(clippy::struct_excessive_bools, reason = "separate facts, which hold side by side")]
struct Known {
    enquiry: Enquiry,
    /// Every value it ever had, oldest first.
    values: Vec<String>,
    erased: bool,
    /// Its value was lost with a database, and nobody has given another.
    lost: bool,
    objected: bool,
    restricted: bool,
    /// The day of its withdrawal's end.
    withdrawn: Option<law::Date>,
    /// How many copies, from the newest back, have it: those older than it do not.
    taken_at: usize,
}

/// A copy with how far each record had come.
struct Copy {
    path: PathBuf,
    day: law::Date,
    records: usize,
    /// How many values each had had, and whether the last of them was lost.
    versions: Vec<(usize, bool)>,
}

struct Schedule {
    house: Option<House>,
    rng: ChaCha20Rng,
    known: Vec<Known>,
    copies: Vec<Copy>,
    story: String,
    restores: u64,
}

impl Schedule {
    fn begin(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        rng.next_u32();
        let (known, copies) = (Vec::new(), Vec::new());
        Self { house: Some(House::in_a_file()), rng, known, copies, story: format!("seed {seed}\n"), restores: 0 }
    }

    fn house(&self) -> &House {
        self.house.as_ref().unwrap()
    }

    fn below(&mut self, n: usize) -> usize {
        self.rng.next_u32() as usize % n
    }

    /// One that can still be used as its person.
    fn any(&mut self) -> Option<usize> {
        let open: Vec<usize> =
            (0..self.known.len()).filter(|n| !self.known[*n].erased && self.known[*n].withdrawn.is_none()).collect();
        if open.is_empty() { None } else { Some(open[self.below(open.len())]) }
    }

    fn step(&mut self, n: u32) {
        match self.below(12) {
            0..=2 => self.take(n),
            3 | 4 => self.amend(n),
            5 => self.object(),
            6 => self.restrict(),
            7 => self.withdraw(),
            8 | 9 => self.pass(),
            10 => self.back_up(n),
            _ => self.restore(),
        }
        self.check();
    }

    fn take(&mut self, n: u32) {
        let value = format!("taken-{n}@oakfield.example");
        let enquiry = self.house().enquire(&value);
        let taken_at = self.copies.len();
        let _ = writeln!(self.story, "take {}", self.known.len());
        self.known.push(Known {
            enquiry,
            values: vec![value],
            erased: false,
            lost: false,
            objected: false,
            restricted: false,
            withdrawn: None,
            taken_at,
        });
    }

    fn amend(&mut self, n: u32) {
        let Some(at) = self.any() else { return };
        let value = format!("amended-{n}@oakfield.example");
        let enquiry = &self.known[at].enquiry;
        let (person, holding, email) = (enquiry.person, enquiry.holding, value.clone());
        let allowed = self.house().allow("you", "show-you", "enquiry");
        let amended = self.house().write(move |custody, tx| {
            let permit = custody.permit(tx, &allowed, &Actor::you(person), person, holding)?;
            let record = custody::Record::new().with("name", "Priya Example").with("email", &email);
            custody.amend(tx, permit, &record, &[])
        });
        amended.unwrap_or_else(|error| panic!("{error}\n{}", self.story));
        self.known[at].values.push(value);
        self.known[at].lost = false;
        let _ = writeln!(self.story, "amend {at}");
    }

    fn object(&mut self) {
        let Some(at) = self.any() else { return };
        let (person, stands) = (self.known[at].enquiry.person, self.known[at].objected);
        let act = self.house().write(move |custody, tx| {
            let (purpose, you) = ("answer-enquiries", Actor::you(person));
            if stands {
                custody.unobject(tx, person, purpose, &you)
            } else {
                custody.object(tx, person, purpose, &you).map(|_| ())
            }
        });
        act.unwrap_or_else(|error| panic!("{error}\n{}", self.story));
        self.known[at].objected = !stands;
        let _ = writeln!(self.story, "object {at}: {}", !stands);
    }

    fn restrict(&mut self) {
        let Some(at) = self.any() else { return };
        let enquiry = &self.known[at].enquiry;
        let (person, holding, stands) = (enquiry.person, enquiry.holding, self.known[at].restricted);
        let act = self.house().write(move |custody, tx| {
            let you = Actor::you(person);
            if stands {
                custody.unrestrict(tx, person, holding, &you)
            } else {
                custody.restrict(tx, person, holding, &you).map(|_| ())
            }
        });
        act.unwrap_or_else(|error| panic!("{error}\n{}", self.story));
        self.known[at].restricted = !stands;
        let _ = writeln!(self.story, "restrict {at}: {}", !stands);
    }

    fn withdraw(&mut self) {
        let Some(at) = self.any() else { return };
        let (person, ground) = (self.known[at].enquiry.person, self.known[at].enquiry.ground);
        let until = self.house().write(move |custody, tx| custody.withdraw(tx, person, ground, "enquiry")).unwrap();
        self.known[at].withdrawn = Some(until);
        let _ = writeln!(self.story, "withdraw {at}");
    }

    fn pass(&mut self) {
        let days = u32::try_from(self.below(3)).unwrap() + 1;
        self.house().pass_days(days);
        let today = self.house().today();
        for one in &mut self.known {
            one.erased |= one.withdrawn.is_some_and(|until| until <= today);
        }
        let _ = writeln!(self.story, "pass {days} to {today}");
    }

    fn back_up(&mut self, n: u32) {
        let path = copied(self.house(), &format!("copy-{n}.db"));
        // As a backup does: no copy has leaves that another history may write anew.
        self.house().custody.publish_log().unwrap();
        let versions = self.known.iter().map(|one| (one.values.len(), one.lost)).collect();
        let day = self.house().today();
        self.copies.push(Copy { path, day, records: self.known.len(), versions });
        let _ = writeln!(self.story, "copy {}", self.copies.len() - 1);
    }

    /// An older copy takes the database's place. What the second before the loss had not published is lost as well: then the
    /// log is published, or it is not.
    fn restore(&mut self) {
        if self.copies.is_empty() {
            return;
        }
        let at = self.below(self.copies.len());
        let publish = self.below(4) > 0;
        let house = self.house.take().unwrap();
        if publish {
            house.custody.publish_log().unwrap();
        }
        let today = house.today();
        let copy = &self.copies[at];
        let _ = writeln!(self.story, "restore {at} of {} on {today}, published: {publish}", copy.day);
        let keys = house.keys.path().to_owned();
        match put_back(house, &copy.path) {
            Ok((house, recovered)) => {
                let _ = writeln!(self.story, "  {recovered:?}");
                // A gap of more than two days waits for a person to say what day it is.
                house.custody.confirm_clock(today).unwrap();
                self.house = Some(house);
            }
            // The key of its day is destroyed: it opens nowhere, and the schedule ends.
            Err(Error::KeyMissing(day)) => {
                assert!(!keys.join("keyring").join(format!("epoch-{day}.slot")).exists(), "{}", self.story);
                return;
            }
            Err(error) => panic!("{error}\n{}", self.story),
        }
        self.restores += 1;
        let (records, versions) = (copy.records, copy.versions.clone());
        // What was taken since is lost, with whatever was said of it.
        self.known.truncate(records);
        self.copies.retain(|other| other.records <= records);
        // A copy of the newest value brings it back, though an older one had lost it meanwhile.
        for (one, (values, lost)) in self.known.iter_mut().zip(versions) {
            one.lost = lost || one.values.len() > values;
        }
    }

    fn check(&self) {
        let Some(house) = &self.house else { return };
        for (n, one) in self.known.iter().enumerate() {
            let (person, holding) = (one.enquiry.person, one.enquiry.holding);
            let desk = house.open(&one.enquiry);
            let mine = house.open_as("you", "show-you", person, holding);
            let story = || format!("record {n}, taken after {} copies\n{}", one.taken_at, self.story);
            let newest = one.values.last().unwrap();
            for value in [&desk, &mine].into_iter().flatten() {
                assert!(value.is_empty() || value == newest, "a replaced value opened: {}", story());
            }
            let closed = one.erased || one.withdrawn.is_some();
            if closed {
                assert!(desk.is_err() && mine.is_err(), "what was erased or withdrawn opened: {}", story());
                continue;
            }
            let mine = mine.unwrap_or_else(|error| panic!("somebody was lost: {error}: {}", story()));
            assert_eq!(mine.is_empty(), one.lost, "{}", story());
            let shut = one.objected || one.restricted || one.lost;
            assert_eq!(desk.is_err(), shut, "an objection or restriction was forgotten, or invented: {}", story());
        }
    }
}

fn rounds() -> u64 {
    std::env::var("CANDOUR_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}

fn live(seeds: impl Iterator<Item = u64>) {
    in_memory();
    let (mut restores, mut schedules) = (0, 0);
    for seed in seeds {
        let mut schedule = Schedule::begin(seed);
        for n in 0..STEPS {
            if schedule.house.is_some() {
                schedule.step(n);
            }
        }
        (restores, schedules) = (restores + schedule.restores, schedules + 1);
    }
    eprintln!("{schedules} schedules, {restores} restores");
    assert!(restores >= schedules / 2, "too few restores to mean anything");
}

#[test]
fn no_restore_brings_back_what_went_nor_loses_what_stays() {
    live(0..rounds() / 2);
}

#[test]
fn no_restore_brings_back_what_went_nor_loses_what_stays_as_before() {
    live(rounds() / 2..rounds());
}
