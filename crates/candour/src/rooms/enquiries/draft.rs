//! The form between two pages: sealed, so that no answer rests in our records before it is sent, and with ids drawn
//! beforehand, so that sending it twice is received once.

use crate::App;
use crate::web::Stop;
use crate::web::token::{base64, unbase64};
use custody::{Ground, PersonId};
use notice::Notice;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// How long a sealed form may be sent: a day, in milliseconds. The answer to a repeated sending is kept longer.
const LIFE_MS: i64 = 24 * 60 * 60 * 1_000;

/// The use of the seal: no other note opens as a draft.
const LABEL: &str = "enquiry-form";

/// Checked answers on their way. Has no `Debug`.
#[derive(Serialize, Deserialize)]
pub(super) struct Draft {
    person: [u8; 16],
    ground: [u8; 16],
    /// When it was sealed, in milliseconds since 1970.
    at: i64,
    /// Digest of the notice under which it was checked.
    notice: [u8; 32],
    /// Field ids and answers, in the order of the questions.
    pub values: Vec<(String, String)>,
}

impl Draft {
    /// Draws the ids.
    pub(super) fn new(app: &App, notice: &Notice, values: Vec<(String, String)>) -> Self {
        let mut rng = app.custody().store().random();
        Self {
            person: PersonId::draw(&mut rng).0,
            ground: Ground::draw(&mut rng).0,
            at: app.clock().now().as_millisecond(),
            notice: notice.digest().0,
            values,
        }
    }

    /// Whose enquiry it will be.
    pub(super) fn person(&self) -> PersonId {
        PersonId(self.person)
    }

    /// The ground of its holdings, and the key under which it is received once.
    pub(super) fn ground(&self) -> Ground {
        Ground(self.ground)
    }

    /// As it stands in a hidden field.
    pub(super) fn seal(&self, app: &App) -> Result<String, Stop> {
        let plain = Zeroizing::new(serde_json::to_vec(self).map_err(|_| Stop::Fault("draft"))?);
        let note = app.custody().seal_note(LABEL, &plain, &mut app.custody().store().random())?;
        Ok(base64(&note))
    }

    /// Reads a hidden field; `None` when it was changed on its way, or its key is gone.
    pub(super) fn open(app: &App, text: &str) -> Option<Self> {
        let plain = app.custody().open_note(LABEL, &unbase64(text)?).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    /// What the person should know before the form is sent after all; nothing when it may be sent.
    pub(super) fn stale(&self, app: &App, notice: &Notice) -> Option<&'static str> {
        if notice.digest().0 != self.notice {
            return Some(
                "Our privacy notice has changed since you filled in this form. Please look through your answers and continue.",
            );
        }
        let age = app.clock().now().as_millisecond() - self.at;
        (age > LIFE_MS)
            .then_some("This form was open for more than a day. Please look through your answers and continue.")
    }
}
