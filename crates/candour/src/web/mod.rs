//! The web frame: one router over all rooms, its limits and headers, and how a handler says that it stops.

pub(crate) mod bucket;
mod callers;
pub mod connections;
pub mod cookie;
mod frame;
mod patience;
mod request;
pub mod session;
mod stop;
pub mod tls;
pub mod token;

pub(crate) use frame::compressed;
pub use frame::{OUTSIDE, router};
pub use stop::{Answer, Page, Stop, page};
