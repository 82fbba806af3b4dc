//! The accessibility statement: Public Sector Bodies (Websites and Mobile Applications) Accessibility Regulations 2018,
//! regulation 8, with the parts that the model statement asks for. It says what was checked, and what was not.

use super::public;
use crate::App;
use crate::face::Shell;
use crate::web::Answer;
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use law::Date;
use notice::Notice;

/// When the statement was last compared with the pages. It is due again a year later.
const PREPARED_ON: Date = jiff::civil::date(2026, 11, 23);

/// When it is due again.
const REVIEW_BY: Date = jiff::civil::date(2027, 11, 23);

#[derive(Template)]
#[template(path = "rooms/site/accessibility.html")]
struct Accessibility<'a> {
    shell: Shell<'a>,
    notice: &'a Notice,
}

/// `GET /accessibility`
pub(super) async fn show(State(app): State<App>, headers: HeaderMap) -> Answer {
    let notice = app.notice()?;
    let page = Accessibility { shell: app.shell(&notice, "Accessibility statement", ""), notice: &notice };
    Ok(public(&headers, &page))
}
