//! The program through its real router, on a real database, with a clock that stands still until it is moved.

#![expect(clippy::panic, reason = "a page that is not what a test expects is shown whole")]

mod support;

mod ask;
mod coverage;
mod demo;
mod desk;
mod evidence;
mod faults;
mod guard;
mod house;
mod mine;
mod notice_2018;
mod publishing;
mod receipts;
mod residue;
mod retention;
mod site;
mod smtp;
mod staff;
