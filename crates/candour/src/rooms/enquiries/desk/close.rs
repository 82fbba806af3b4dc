//! Closing an enquiry, which starts its clock towards deletion, and reopening it, which stops that clock.

use super::super::enquiry::{CLOSED, EnquiryRow, Sort, State, entries, set_state};
use super::act::{Act, BESIDES, back};
use super::{conversation, duty, letters};
use crate::App;
use crate::face::Form;
use crate::web::session::{Session, Staff};
use crate::web::{Answer, Stop};
use axum::extract::{Form as Sent, Path, State as Given};
use custody::Error;
use store::Tx;

/// `POST /staff/enquiries/{reference}/close`.
pub(super) async fn close(
    Given(app): Given<App>,
    Staff(session): Staff,
    Path(reference): Path<String>,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    let act = read(&app, session, &reference, &sent)?;
    let (reference, purpose) = (act.reference.clone(), act.purpose.clone());
    act.once(&app, "close_enquiry", duty, do_close).await?;
    Ok(back(&reference, &purpose, "closed"))
}

/// `POST /staff/enquiries/{reference}/reopen`.
pub(super) async fn reopen(
    Given(app): Given<App>,
    Staff(session): Staff,
    Path(reference): Path<String>,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    let act = read(&app, session, &reference, &sent)?;
    let (reference, purpose) = (act.reference.clone(), act.purpose.clone());
    act.once(&app, "reopen_enquiry", duty, |app, tx, _, row| do_reopen(app, tx, row)).await?;
    Ok(back(&reference, &purpose, "reopened"))
}

fn read(app: &App, session: Session, reference: &str, sent: &[(String, String)]) -> Result<Act, Stop> {
    let act = Act::read(&*app.notice()?, session, reference, sent)?;
    Form::default().besides(&BESIDES).fill(sent).map_err(|_| Stop::Bad("desk-form"))?;
    Ok(act)
}

fn do_close(app: &App, tx: &mut Tx<'_>, act: &Act, row: &EnquiryRow) -> Result<(), Error> {
    if row.state == State::Closed {
        return Ok(());
    }
    app.custody().note(tx, row.person, row.ground, CLOSED)?;
    set_state(tx, row, State::Closed)?;
    let due_on = conversation::held(app, tx, row)?
        .and_then(|held| held.due_on)
        .ok_or(Error::Nonsense("a closed enquiry has no end"))?;
    letters::closed(app, tx, row, &act.actor, due_on)
}

fn do_reopen(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow) -> Result<(), Error> {
    if row.state != State::Closed {
        return Ok(());
    }
    app.custody().unnote(tx, row.person, row.ground, CLOSED)?;
    let sorts: Vec<Sort> = entries(tx, row.person, row.ground)?.into_iter().map(|entry| entry.sort).collect();
    set_state(tx, row, stood(&sorts))
}

/// Where an enquiry stood before it was closed: its parts tell, oldest first.
fn stood(sorts: &[Sort]) -> State {
    match sorts.iter().rev().find(|sort| **sort != Sort::Note) {
        Some(Sort::Answer) => State::Answered,
        _ if sorts.contains(&Sort::Answer) => State::Waiting,
        _ => State::New,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reopened_enquiry_stands_where_its_parts_left_it() {
        use Sort::{Answer, Message, Note};
        assert_eq!(stood(&[Message]), State::New);
        assert_eq!(stood(&[Message, Message, Note]), State::New);
        assert_eq!(stood(&[Message, Answer, Note]), State::Answered);
        assert_eq!(stood(&[Message, Answer, Message]), State::Waiting);
    }
}
