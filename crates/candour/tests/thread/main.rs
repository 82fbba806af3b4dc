//! The program through its real router, on a real database, with a clock that stands still until it is moved.

mod support;

mod ask;
mod demo;
mod desk;
mod faults;
mod house;
mod mine;
mod residue;
mod retention;
mod site;
mod smtp;
mod staff;
