//! The notice language: one TOML file in which an organisation says what personal data it holds, about whom, why, from
//! where, until when and for whom, and which is at the same time the configuration of the program that holds it.
//!
//! In scope: reading a file with all its findings at once ([`read`]), the model ([`Notice`]), the canonical form
//! ([`print()`]) and its [`Digest`], the one question custody asks ([`Notice::allow`]), the retention algebra ([`Keep`]),
//! the public notice as HTML ([`summary`], [`detail`], [`cookies`]), its other forms ([`render()`]), what differs between two
//! notices ([`diff`]) and the schema of the file for editors ([`schema`]).
//!
//! A notice is asked four things: whether it has the shape of one, whether it covers what it must, what the law of its day
//! holds against it ([`read`], [`read_on`]), and where it speaks against itself. [`CODES`] lists the answers.
//!
//! Out of scope: publishing, the law itself (crate `law`), personal data, clocks, files, networks.
//!
//! Invariants
//! - A [`Notice`] is made by [`read`] alone. A file with an error of shape (code `N…`) makes none.
//! - An error of coverage or law (codes `C…`, `L…`) closes its clause: [`Notice::covers`] is false and [`Notice::allow`]
//!   refuses. No option opens it again.
//! - `read(print(n))` gives `n` back, and the digest depends on nothing but what the notice says: not on comments, the
//!   order of keys, white space or line ends.
//! - No input makes this crate panic.
//!
//! ```
//! let read = notice::read(r#"
//! [notice]
//! id = "county"
//! "#)?;
//! assert!(read.notice.is_none());
//! assert_eq!(read.findings[0].code, "N03");
//! # Ok::<(), notice::NoNotice>(())
//! ```

mod allow;
mod bytes;
mod catalogue;
mod check;
mod clauses;
mod codes;
mod contradictions;
mod difference;
mod digest;
mod entry;
mod finding;
mod gathered;
mod html;
mod keep;
mod lawful;
mod model;
mod print;
mod read;
mod render;
mod report;
mod schema;
mod sections;
#[cfg(test)]
mod tests;

pub use allow::{Allowed, Ask, Fields, Refusal};
pub use bytes::read_bytes;
pub use catalogue::CODES;
pub use codes::{DIFFERENCES, in_a_row};
pub use difference::{Changed, Difference, Way, diff};
pub use digest::NoDigest;
pub use finding::{Finding, Severity};
pub use html::{Html, anchor, cookies, detail, html, summary};
pub use keep::NoKeep;
pub use model::*;
pub use print::print;
pub use read::{NoNotice, Read, read, read_on};
pub use render::{Format, json_schema, render};
pub use report::{json, report};
pub use schema::schema;
