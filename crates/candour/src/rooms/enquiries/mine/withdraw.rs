//! Withdraw: closed at once, destroyed after the days that custody gives, and cancelled until then with one button.

use super::super::enquiry::{Words, letter_to, mail_link};
use super::proof::{Act, demand};
use super::{Door, MINE, draw_key, find, inner_shell, open, parse_key, rows, sent};
use crate::App;
use crate::face::{Shell, countdown};
use crate::mail;
use crate::rooms::retention::on_ground;
use crate::web::session::{Session, You};
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::response::{IntoResponse, Redirect};
use custody::{WITHDRAW_DAYS, withdrawn_until};
use store::Tx;

/// The letter that says it was withdrawn, with the link to cancel.
pub(super) static LETTER: mail::Template = mail::Template {
    id: "enquiry-withdrawn",
    clauses: &["kind.enquiry", "kind.outbound-mail", "purpose.send-mail", "purpose.show-you"],
    urgent: false,
};

const CLAUSES: &[&str] = &["purpose.show-you", "purpose.delete-on-time", "store.backups"];

/// The page that says what happens.
pub(super) async fn show(State(app): State<App>, You(session): You) -> Answer {
    let running = app.clone();
    let (row, hold) = app
        .custody()
        .store()
        .read("show_withdraw", move |tx| {
            let row = open(&running, tx, &session)?;
            demand(tx, &session, Act::Withdraw)?;
            let hold = on_ground(tx, row.person, row.ground)?;
            Ok::<_, Stop>((row, hold))
        })
        .await?;
    let (notice, today) = (app.notice()?, app.today());
    let destroyed = withdrawn_until(today);
    let unreadable = notice.head().window().after(destroyed).unwrap_or(destroyed);
    Ok(page(&Ask {
        shell: inner_shell(&app, &notice, "Withdraw your enquiry", CLAUSES),
        reference: row.reference,
        hold: hold.map(|hold| hold.told()),
        days: WITHDRAW_DAYS,
        destroyed: format!("{}, {}", law::words(destroyed), countdown(destroyed, today)),
        unreadable: law::words(unreadable),
        mail: notice.kind("outbound-mail").map(|kind| kind.keep.words(&notice)),
        key: draw_key(&app),
    }))
}

/// Withdraws.
pub(super) async fn withdraw(
    State(app): State<App>,
    You(session): You,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Answer {
    let [key] = sent(&pairs, ["key"])?;
    let key = parse_key(key)?;
    let running = app.clone();
    app.custody().write("withdraw", move |tx| close(&running, tx, &session, key)).await?;
    Ok(Redirect::to(MINE).into_response())
}

/// Cancels a withdrawal: everything is as it was.
pub(super) async fn cancel(
    State(app): State<App>,
    You(session): You,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Answer {
    let [key] = sent(&pairs, ["key"])?;
    let key = parse_key(key)?;
    let running = app.clone();
    app.custody().write("cancel_withdrawal", move |tx| reopen(&running, tx, &session, key)).await?;
    Ok(Redirect::to("/enquiries/mine?done=cancelled").into_response())
}

fn close(app: &App, tx: &mut Tx<'_>, session: &Session, key: [u8; 16]) -> Result<(), Stop> {
    // A repeat finds the enquiry closed already, and the page that says so.
    let row = open(app, tx, session)?;
    if tx.once(row.person.0, key)?.is_some() {
        return Ok(());
    }
    demand(tx, session, Act::Withdraw)?;
    // Only this letter's link leads back from now on: an older one may be in other hands.
    tx.execute(&rows::DELETE_LINKS, &[row.person.into(), row.ground.into()])?;
    session.end_others(tx)?;
    // The letter first: once withdrawn, nobody opens the address again.
    let notice = app.custody().in_force(tx.today())?;
    let text = Letter {
        reference: &row.reference,
        hold: on_ground(tx, row.person, row.ground)?.map(|hold| hold.told()),
        human: crate::mail::human(&notice),
        sender: &notice.controller().short,
        days: WITHDRAW_DAYS,
        destroyed: law::words(withdrawn_until(tx.today())),
        link: mail_link(app, tx, row.person, row.ground)?,
    };
    let subject = format!("You have withdrawn your enquiry ({})", row.reference);
    let words = Words { template: &LETTER, subject, text: crate::face::render(&text) };
    letter_to(app, tx, &row, &session.actor(), "show-you", words)?;
    app.custody().withdraw(tx, row.person, row.ground, "enquiry")?;
    Ok(tx.done(row.person.0, key, "withdrawn")?)
}

fn reopen(app: &App, tx: &mut Tx<'_>, session: &Session, key: [u8; 16]) -> Result<(), Stop> {
    let (row, door) = find(app, tx, session)?;
    if tx.once(row.person.0, key)?.is_some() || !matches!(door, Door::Withdrawn(_)) {
        return Ok(());
    }
    app.custody().cancel_withdrawal(tx, row.person, row.ground, "enquiry")?;
    Ok(tx.done(row.person.0, key, "cancelled")?)
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/withdraw.html")]
struct Ask<'a> {
    shell: Shell<'a>,
    reference: String,
    hold: Option<String>,
    days: i64,
    destroyed: String,
    unreadable: String,
    mail: Option<String>,
    key: String,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/withdrawn.txt")]
struct Letter<'a> {
    reference: &'a str,
    hold: Option<String>,
    human: String,
    sender: &'a str,
    days: i64,
    destroyed: String,
    link: String,
}
