//! Answering, and noting something beside an enquiry.

use super::super::enquiry::{EnquiryRow, Sort, add_message, add_message_for};
use super::act::{Act, BESIDES, back};
use super::{ANSWER, duty, letters, page};
use crate::App;
use crate::face::Form;
use crate::web::session::{Session, Staff};
use crate::web::{Answer, Stop};
use axum::extract::{Form as Sent, Path, State as Given};
use custody::{Error, Record};
use notice::{Ask, Fields, Notice};
use store::Tx;

/// `POST /staff/enquiries/{reference}/answer`.
pub(super) async fn answer(
    Given(app): Given<App>,
    Staff(session): Staff,
    Path(reference): Path<String>,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    write(&app, session, &reference, &sent, Sort::Answer).await
}

/// `POST /staff/enquiries/{reference}/note`.
pub(super) async fn note(
    Given(app): Given<App>,
    Staff(session): Staff,
    Path(reference): Path<String>,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    write(&app, session, &reference, &sent, Sort::Note).await
}

/// The form of an answer or a note; `None` where the notice does not cover it.
pub(super) fn form(notice: &Notice, sort: Sort) -> Option<Form> {
    let form = Form::for_kind(notice, sort.kind())?.without(&["answered-by"]).besides(&BESIDES);
    Some(form.reword("message", "Your answer").reword("note", "Your note"))
}

async fn write(app: &App, session: Session, reference: &str, sent: &[(String, String)], sort: Sort) -> Answer {
    let notice = app.notice()?;
    notice.allow(&Ask { actor: &session.role, purpose: ANSWER, kind: sort.kind(), fields: Fields::All })?;
    let act = Act::read(&notice, session.clone(), reference, sent)?;
    let mut form = form(&notice, sort).ok_or_else(|| Stop::Closed(vec![format!("kind.{}", sort.kind())]))?;
    form.fill(sent).map_err(|_| Stop::Bad("desk-form"))?;
    if !form.check() {
        return page::again(app, &session, &act, sort, form).await;
    }
    let (reference, purpose) = (act.reference.clone(), act.purpose.clone());
    let done = if sort == Sort::Note { "noted" } else { "answered" };
    // Whoever works on an enquiry may note something beside it; a request is answered by the officer.
    let duty = if sort == Sort::Note { |_: &str| ANSWER } else { duty };
    act.once(app, "write_enquiry", duty, move |app, tx, act, row| {
        if sort == Sort::Note {
            add_note(app, tx, act, row, form.value("note"))
        } else {
            add_answer(app, tx, act, row, form.value("message"))
        }
    })
    .await?;
    Ok(back(&reference, &purpose, done))
}

fn add_note(app: &App, tx: &mut Tx<'_>, act: &Act, row: &EnquiryRow, text: &str) -> Result<(), Error> {
    let record = Record::new().with("note", text);
    add_message(app, tx, row, Sort::Note, &record, &act.actor).map(|_| ())
}

/// An answer to an enquiry that a colleague closed meanwhile opens it again, and what was typed is not lost.
fn add_answer(app: &App, tx: &mut Tx<'_>, act: &Act, row: &EnquiryRow, text: &str) -> Result<(), Error> {
    let record = Record::new().with("message", text).with("answered-by", act.own_name(app, tx)?);
    add_message_for(app, tx, row, Sort::Answer, &record, &act.actor, duty(&row.topic))?;
    letters::answered(app, tx, row, &act.actor)
}
