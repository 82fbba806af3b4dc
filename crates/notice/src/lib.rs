//! The notice language: one TOML file in which an organisation says what personal data it holds, about whom, why, from
//! where, until when and for whom, and which is at the same time the configuration of the program that holds it.
//!
//! In scope: reading a file with all its findings at once ([`read`]), the model ([`Notice`]), the canonical form
//! ([`print()`]) and its [`Digest`], the one question custody asks ([`Notice::allow`]), the retention algebra ([`Keep`])
//! and the public notice as HTML ([`summary`], [`detail`], [`cookies`]).
//!
//! Out of scope: publishing, comparing two notices, the law's checklist by date, personal data, clocks, files, networks.
//!
//! Invariants
//! - A [`Notice`] is made by [`read`] alone. A file with an error of shape (code `N…`) makes none.
//! - An error of coverage (code `C…`) closes its clause: [`Notice::covers`] is false and [`Notice::allow`] refuses. No
//!   option opens it again.
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
mod check;
mod clauses;
mod codes;
mod digest;
mod entry;
mod finding;
mod gathered;
mod html;
mod keep;
mod model;
mod print;
mod read;
mod report;
mod sections;
#[cfg(test)]
mod tests;

pub use allow::{Allowed, Ask, Fields, Refusal};
pub use digest::NoDigest;
pub use finding::{Finding, Severity};
pub use html::{Html, anchor, cookies, detail, html, summary};
pub use keep::NoKeep;
pub use model::*;
pub use print::print;
pub use read::{NoNotice, Read, read};
pub use report::{json, report};
