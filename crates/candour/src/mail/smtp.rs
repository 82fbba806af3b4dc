//! Mail through a server.

use super::Outgoing;
use super::deliver::Outcome;
use crate::command::Cannot;

/// A mail server.
pub struct Smtp {}

impl Smtp {
    /// Sets it up; nothing is connected yet.
    pub fn new(_host: &str, _port: u16, _security: &str, _credentials: Option<(String, String)>, _from: &str) -> Result<Self, Cannot> {
        Ok(Self {})
    }

    pub(super) async fn send(&self, _letter: &Outgoing) -> Outcome {
        Outcome::Later
    }
}
