//! Dated legal rules as data: civil days, periods, working days and the clock.
//!
//! **Purpose.** One place that answers "what day is it in London", "which day is 90 days after that one" and "by which
//! working day must an answer go out". Everything else asks here, so that a date promised on a page, a date stored in a
//! row and a date printed in a letter are the same date.
//!
//! **In scope.** The [`Clock`] that the whole program is given; Europe/London civil days and their instants
//! ([`london_day`], [`london_start`], [`london_time`]); calendar periods ([`Period`]); bank holidays of England and
//! Wales and working days ([`is_working_day`], [`add_working_days`]); the spelling of dates ([`words`],
//! [`short_words`], [`iso`], [`parse_iso`]); the law pack ([`Pack`]): what the law demands of a notice, from which day, and
//! where that stands.
//!
//! **Out of scope.** What a notice promises (crate `notice`), whether a holding is due (crate `custody`), holidays of
//! other nations, times of day in law.
//!
//! **Invariants.**
//! - The system clock, and how much time passed, are read in one file, `clock.rs`.
//! - Duties are counted in civil days of Europe/London, events are instants; nothing converts between them elsewhere.
//! - Calendar arithmetic never panics and never wraps: past the calendar's range the answer is `None`.
//! - No working day is promised outside the published table of bank holidays.
//! - A rule of law stands in the pack with its citation, its commencement and its source, and nowhere else.
//!
//! ```
//! use law::{Clock, Period, add_working_days, parse_iso, words};
//!
//! let clock = Clock::fixed("2026-12-24T09:00:00Z".parse()?);
//! let keep: Period = "90 days".parse()?;
//! assert_eq!(keep.after(clock.today()).map(words).as_deref(), Some("Wednesday 24 March 2027"));
//!
//! // Christmas Day is a Friday and Boxing Day falls on a Saturday, so Monday is a bank holiday too.
//! assert_eq!(Some(add_working_days(clock.today(), 1)?), parse_iso("2026-12-29"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clock;
mod day;
mod pack;
mod period;
mod working;

pub use clock::Clock;
pub use day::{iso, london_day, london_start, london_time, parse_iso, short_words, words};
pub use jiff::Timestamp;
pub use jiff::civil::Date;
pub use pack::{Adequate, Law, Limit, Pack, Provision, Regulator, Times};
pub use period::{NotPeriod, Period, Unit};
pub use working::{PastTable, add_working_days, is_working_day};
