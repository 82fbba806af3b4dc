//! The web frame: one router over all rooms, its limits and headers, and how a handler says that it stops.

pub(crate) mod bucket;
pub mod cookie;
mod frame;
pub mod session;
mod stop;
pub mod token;

pub(crate) use frame::compressed;
pub use frame::router;
pub use stop::{Answer, Page, Stop, page};
