//! What one published notice changed: compared once for each pair, for what was published never changes.

use crate::App;
use crate::rooms::notices::off_workers;
use crate::web::Stop;
use custody::Published;
use notice::{Difference, Digest};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// By the digests of the old notice and the new.
type Known = HashMap<(Digest, Digest), Arc<Difference>>;

/// The differences that were asked for. There are as many as published notices.
#[derive(Clone, Default)]
pub(super) struct Differences(Arc<Mutex<Known>>);

impl Differences {
    /// What a published notice changed: the notice it was compared with, and the difference. `None` for the first.
    pub(super) async fn of(&self, app: &App, new: &Published) -> Result<Option<(Published, Arc<Difference>)>, Stop> {
        let history = app.custody().history()?;
        let place = history.iter().position(|one| one.digest == new.digest).unwrap_or_default();
        let followed = new.follows.and_then(|old| history.iter().find(|one| one.digest == old));
        let old = followed.or(place.checked_sub(1).and_then(|before| history.get(before)));
        let Some(old) = old.cloned() else { return Ok(None) };
        let difference = self.between(&old, new).await?;
        Ok(Some((old, difference)))
    }

    async fn between(&self, old: &Published, new: &Published) -> Result<Arc<Difference>, Stop> {
        let pair = (old.digest, new.digest);
        let known = self.with(|all| all.get(&pair).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let (before, after) = (old.notice.clone(), new.notice.clone());
        let difference = Arc::new(off_workers(move || notice::diff(&before, &after)).await?);
        self.with(|all| all.insert(pair, difference.clone()));
        Ok(difference)
    }

    /// A map of whole entries is whole whatever panicked beside it.
    fn with<T>(&self, f: impl FnOnce(&mut Known) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
