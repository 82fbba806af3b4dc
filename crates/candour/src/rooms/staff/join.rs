//! Joining: an invited person gives a name and an address, chooses a password and connects an authenticator app.

use super::door::Door;
use super::members::role_words;
use super::sign_in::{digits, with_code};
use super::square::Square;
use super::totp::{SECRET, Secret};
use super::{FEATURE, PURPOSE, password, rows};
use crate::App;
use crate::face::{Clause, Form, Shell};
use crate::web::session;
use crate::web::token::{Token, base64, unbase64};
use crate::web::{Answer, Stop, page as rendered};
use askama::Template;
use axum::extract::{Form as Sent, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use custody::{Actor, Custody, Ground, HoldingId, New, PersonId, Record, Result};
use law::Timestamp;
use notice::{Allowed, Ask, Fields, Notice};
use store::Tx;

/// What the sealed secret is bound to.
const LABEL: &str = "staff-join";
/// The hidden field in which the sealed secret travels, so that nothing stands in a row before somebody has joined.
const HIDDEN: &str = "authenticator";

/// Who is invited.
struct Invited {
    token: [u8; 32],
    person: PersonId,
    ground: Ground,
    until: Timestamp,
    role: String,
}

#[derive(Template)]
#[template(path = "rooms/staff/join.html")]
struct JoinPage<'a> {
    shell: Shell<'a>,
    form: Form,
    role: &'a str,
    until: String,
    link: &'a str,
    square: Option<Square>,
    groups: String,
    sealed: String,
}

#[derive(Template)]
#[template(path = "rooms/staff/over.html")]
struct OverPage<'a> {
    shell: Shell<'a>,
}

/// `GET /staff/join/{token}`.
pub(super) async fn page(State(app): State<App>, Path(token): Path<String>) -> Answer {
    let notice = app.notice()?;
    let Some(invited) = find(&app, &token).await? else { return Ok(over(&app, &notice)) };
    let secret = Secret::draw(&mut app.custody().store().random());
    shown(&app, &notice, &invited, &secret, questions(&notice)?)
}

/// `POST /staff/join/{token}`.
pub(super) async fn join(
    State(app): State<App>,
    Path(token): Path<String>,
    Sent(answers): Sent<Vec<(String, String)>>,
) -> Answer {
    let notice = app.notice()?;
    let Some(invited) = find(&app, &token).await? else { return Ok(over(&app, &notice)) };
    let mut form = questions(&notice)?;
    form.fill(&answers).map_err(|_| Stop::Bad("join-form"))?;
    let kept = answers.iter().find(|(name, _)| name == HIDDEN).and_then(|(_, sealed)| unseal(&app, &invited, sealed));
    let Some(secret) = kept else {
        form.check();
        form.fail("totp", "This page stood open too long. Scan the new square and type the code it gives");
        let secret = Secret::draw(&mut app.custody().store().random());
        return wrong(&app, &notice, &invited, &secret, form);
    };
    let step = secret.step_of(&digits(form.value("totp")), app.clock().now());
    let Some(step) = judge(&mut form, &notice, step) else {
        return wrong(&app, &notice, &invited, &secret, form);
    };
    let hash = password::hash(&app, form.value("password").to_owned()).await?;
    let joining = Joining::new(&app, &notice, &invited, &form, &secret, hash, step)?;
    match app.custody().write("join_staff", move |tx| joining.run(tx)).await? {
        Joined::Over => Ok(over(&app, &notice)),
        Joined::Taken => {
            form.fail("email", "Somebody on the staff signs in with this address already");
            wrong(&app, &notice, &invited, &secret, form)
        }
        Joined::In(token) => {
            let mut response = Redirect::to("/staff").into_response();
            session::give(&app, &mut response, session::STAFF, &token)?;
            Ok(response)
        }
    }
}

/// Checks every answer, and says what only this page can find wrong. The step, when nothing is.
fn judge(form: &mut Form, notice: &Notice, step: Option<i64>) -> Option<i64> {
    form.check();
    let names = [notice.controller().short.as_str(), "candour"];
    let answered = |form: &Form, id| form.question(id).is_some_and(|question| question.error.is_none());
    if answered(form, "password")
        && let Some(fault) = password::fault(form.value("password"), form.value("email"), &names)
    {
        form.fail("password", fault);
    }
    if answered(form, "totp") && step.is_none() {
        form.fail("totp", "That code does not match. Type the six digits that your app shows now");
    }
    step.filter(|_| !form.wrong())
}

/// What the transaction of joining needs. Has no `Debug`.
struct Joining {
    custody: Custody,
    door: Door,
    staff: Allowed,
    sign_in: Allowed,
    token: [u8; 32],
    person: PersonId,
    ground: Ground,
    role: String,
    entry: Record,
    proof: Record,
    email: String,
    step: i64,
}

/// What came of it.
enum Joined {
    /// A session has begun.
    In(Token),
    /// The invitation was used or ended meanwhile.
    Over,
    /// The address belongs to somebody else on the staff.
    Taken,
}

impl Joining {
    fn new(
        app: &App,
        notice: &Notice,
        invited: &Invited,
        form: &Form,
        secret: &Secret,
        hash: String,
        step: i64,
    ) -> std::result::Result<Self, Stop> {
        let ask =
            |kind, fields| notice.allow(&Ask { actor: "you", purpose: PURPOSE, kind, fields: Fields::Named(fields) });
        Ok(Self {
            custody: app.custody().clone(),
            door: Door::open(app, notice)?,
            staff: ask("staff", &["name", "email"])?,
            sign_in: ask("sign-in", &["password", "totp"])?,
            token: invited.token,
            person: invited.person,
            ground: invited.ground,
            role: invited.role.clone(),
            entry: Record::new().with("name", form.value("name")).with("email", form.value("email")),
            proof: Record::new().with("password", hash).with("totp", secret.text().as_str()),
            email: form.value("email").to_owned(),
            step,
        })
    }

    /// Uses the invitation, takes both holdings and begins a session: all of it or nothing.
    fn run(&self, tx: &mut Tx<'_>) -> Result<Joined> {
        let now = tx.now().as_millisecond();
        if tx.optional(&rows::FIND_INVITATION, &[self.token.into(), now.into()])?.is_none() {
            return Ok(Joined::Over);
        }
        if self.door.find(tx, &self.email)?.is_some() {
            return Ok(Joined::Taken);
        }
        tx.execute(&rows::DELETE_INVITATION, &[self.token.into()])?;
        tx.execute(&rows::JOIN, &[self.person.into(), self.ground.into(), self.step.into()])?;
        self.take(tx, &self.staff, &self.entry, &["staff.joined", "staff.last-sign-in"])?;
        self.take(tx, &self.sign_in, &self.proof, &[])?;
        Ok(Joined::In(session::begin(tx, session::STAFF, self.person, self.ground, &self.role)?))
    }

    fn take(&self, tx: &mut Tx<'_>, allowed: &Allowed, record: &Record, events: &[&str]) -> Result<HoldingId> {
        let holding = HoldingId::draw(tx.random());
        let new = New { person: self.person, holding, ground: self.ground, record, events };
        self.custody.take(tx, allowed, &Actor::you(self.person), &new)
    }
}

async fn find(app: &App, token: &str) -> std::result::Result<Option<Invited>, Stop> {
    let Some(token) = Token::parse(token).map(|token| token.hash()) else { return Ok(None) };
    let found = app.custody().store().read("find_invitation", move |tx| {
        let now = tx.now().as_millisecond();
        let Some(row) = tx.optional(&rows::FIND_INVITATION, &[token.into(), now.into()])? else { return Ok(None) };
        let until = Timestamp::from_millisecond(row.get(2)?).map_err(|_| store::Error::Nonsense("invitation.until"))?;
        let (person, ground) = (PersonId(row.get(0)?), Ground(row.get(1)?));
        Ok::<_, store::Error>(Some(Invited { token, person, ground, until, role: row.get(3)? }))
    });
    Ok(found.await?)
}

/// The questions of both kinds; the role is the invitation's to say.
fn questions(notice: &Notice) -> std::result::Result<Form, Stop> {
    let form = Form::for_kind(notice, "staff").map(|form| form.without(&["role"]));
    let form =
        form.and_then(|form| form.and(notice, "sign-in")).ok_or_else(|| Stop::Closed(FEATURE.missing(notice)))?;
    let mut form =
        with_code(form).reword("email", "Work e-mail address").reword("password", "Password").besides(&[HIDDEN]);
    if let Some(email) = form.question_mut("email") {
        email.hint = Some("You sign in with it.".to_owned());
    }
    if let Some(password) = form.question_mut("password") {
        password.hint = Some(
            "At least 8 characters, of any sort: your app is the second lock. Three or four words are good.".to_owned(),
        );
        password.autocomplete = Some("new-password");
        password.max = password::MAX;
    }
    Ok(form)
}

/// Seals the secret with the invitation it was drawn for, to come back with the form.
fn seal(app: &App, invited: &Invited, secret: &Secret) -> Result<String> {
    let plain = zeroize::Zeroizing::new([secret.bytes(), &invited.token].concat());
    Ok(base64(&app.custody().seal_note(LABEL, &plain, &mut app.custody().store().random())?))
}

fn unseal(app: &App, invited: &Invited, sealed: &str) -> Option<Secret> {
    let plain = app.custody().open_note(LABEL, &unbase64(sealed)?).ok()?;
    let (secret, token) = plain.split_at_checked(SECRET)?;
    vault::equal(token, &invited.token).then(|| Secret::from_bytes(secret))?
}

fn wrong(app: &App, notice: &Notice, invited: &Invited, secret: &Secret, mut form: Form) -> Answer {
    // By the time the rest is mended the code is another.
    form.set("totp", "");
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(app, notice, invited, secret, form)?).into_response())
}

fn shown(app: &App, notice: &Notice, invited: &Invited, secret: &Secret, form: Form) -> Answer {
    let shell = app.shell(notice, "Join us", "").wrong(form.wrong());
    let clauses = ["kind.staff", "kind.staff.keep", "kind.sign-in", "kind.sign-in.keep", "cookie.staff-session"];
    let (link, text) = (secret.link(&notice.controller().short), secret.text());
    let groups: Vec<&str> = (0..text.len()).step_by(4).filter_map(|at| text.get(at..at + 4)).collect();
    let until = law::london_time(invited.until);
    Ok(rendered(&JoinPage {
        shell: shell.stands_on(Clause::of(notice, &clauses)),
        form,
        role: role_words(&invited.role),
        until: format!("{} on {}", until.strftime("%H:%M"), law::words(until.date())),
        link: &link,
        square: Square::of(&link),
        groups: groups.join(" "),
        sealed: seal(app, invited, secret)?,
    }))
}

/// One page for an invitation that is used, ended or was never made: it does not say which.
fn over(app: &App, notice: &Notice) -> Response {
    let shell = app.shell(notice, "This invitation is over", "");
    (StatusCode::GONE, rendered(&OverPage { shell })).into_response()
}
