//! Staff: invited, joined, signed in, signed out, gone.

use super::support::{Answer, Browser, Folder, House};
use aws_lc_rs::hmac;
use candour::rooms::staff::{self, Member, Role};
use law::Timestamp;
use std::path::Path;

const NAME: &str = "Asha Rahman";
const EMAIL: &str = "asha.rahman@segfl.example";
const PASSWORD: &str = "three kettles sing";
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

store::statements! {
    /// How the door counts.
    COUNTS = "SELECT failures, locked_until, last_step FROM staff WHERE person_id = $1";
    /// The clock events of a person.
    EVENTS = "SELECT event FROM clock WHERE person_id = $1 ORDER BY event";
    /// What is held about a person.
    KINDS = "SELECT kind FROM holding WHERE person_id = $1 ORDER BY kind";
    /// Who opened it.
    OPENINGS = "SELECT actor, purpose, fields FROM opening WHERE person_id = $1";
    /// Invitations that stand.
    INVITATIONS = "SELECT count(*) FROM invitation";
}

/// Somebody who has joined, with their authenticator.
struct Colleague {
    browser: Browser,
    secret: Vec<u8>,
}

impl House {
    fn invite(&self, role: Role) -> String {
        let invitation = staff::invite(&self.app, role).expect("invited");
        invitation.link.strip_prefix(self.app.address()).expect("our own address").to_owned()
    }

    fn wait(&self, seconds: i64) {
        let later = self.app.clock().now().as_second() + seconds;
        self.app.clock().move_to(Timestamp::from_second(later).expect("an instant"));
    }

    fn code(&self, secret: &[u8]) -> String {
        code(secret, self.app.clock().now().as_second() / 30)
    }

    async fn join(&self, role: Role, email: &str) -> Colleague {
        let (link, mut browser) = (self.invite(role), Browser::default());
        let page = browser.get(self, &link).await.expect(200);
        let secret = secret(&page);
        let form = joining(&page, NAME, email, PASSWORD, &self.code(&secret));
        let answer = browser.post(self, &link, &pairs(&form)).await.expect(303);
        assert_eq!(answer.location, "/staff");
        Colleague { browser, secret }
    }

    /// Signs in from a fresh browser.
    async fn sign_in(&self, email: &str, password: &str, code: &str) -> (Browser, Answer) {
        let mut browser = Browser::default();
        let form = [("email", email), ("password", password), ("totp", code)];
        let answer = browser.post(self, "/staff/sign-in", &form).await;
        (browser, answer)
    }

    /// Whether a browser is signed in: then the sign-in page has nothing to ask.
    async fn lets_in(&self, browser: &mut Browser) -> bool {
        browser.get(self, "/staff/sign-in").await.status == 303
    }

    fn member(&self) -> Member {
        staff::list(&self.app).expect("listed").remove(0)
    }

    /// Failures, the end of a rest, the last step.
    fn counts(&self) -> (i64, i64, i64) {
        let person = self.member().person;
        let row = self.app.custody().store().read_blocking("counts", move |tx| tx.one(&COUNTS, &[person.into()]));
        let row = row.expect("a row");
        (row.get(0).expect("failures"), row.get(1).expect("until"), row.get(2).expect("a step"))
    }

    fn texts(&self, statement: &'static store::Statement) -> Vec<String> {
        let person = self.member().person;
        let rows = self.app.custody().store().read_blocking("texts", move |tx| tx.all(statement, &[person.into()]));
        rows.expect("rows").iter().map(|row| row.get(0).expect("a text")).collect()
    }
}

fn joining(page: &Answer, name: &str, email: &str, password: &str, code: &str) -> Vec<(&'static str, String)> {
    let typed = [("name", name), ("email", email), ("password", password), ("totp", code)];
    let typed = typed.map(|(field, value)| (field, value.to_owned()));
    typed.into_iter().chain([("authenticator", page.hidden("authenticator"))]).collect()
}

/// The secret as a person types it from the page: base32 in groups.
fn secret(page: &Answer) -> Vec<u8> {
    let from = page.body.find("<code>").expect("a secret") + "<code>".len();
    let groups = page.body[from..].split('<').next().expect("a secret").replace(' ', "");
    let value = |symbol: u8| u32::from(if symbol.is_ascii_uppercase() { symbol - b'A' } else { symbol - b'2' + 26 });
    let bits: Vec<u32> = groups.bytes().flat_map(|symbol| (0..5).rev().map(move |n| value(symbol) >> n & 1)).collect();
    bits.chunks(8).map(|eight| eight.iter().fold(0u8, |byte, bit| byte << 1 | u8::from(*bit == 1))).collect()
}

/// What an authenticator app shows: written apart from the program, by RFC 6238.
fn code(secret: &[u8], step: i64) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret), &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 0xf);
    let number = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn pairs<'a>(form: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(field, value)| (*field, value.as_str())).collect()
}

#[tokio::test]
async fn somebody_invited_joins_signs_out_and_signs_in_again() {
    let house = House::new();
    let mut asha = house.join(Role::Desk, EMAIL).await;
    assert_eq!(asha.browser.cookies(), ["__Host-staff"]);
    assert!(house.lets_in(&mut asha.browser).await);
    assert_eq!(house.texts(&EVENTS), ["staff.joined", "staff.last-sign-in"]);
    assert_eq!(house.texts(&KINDS), ["sign-in", "staff"]);
    let member = house.member();
    assert_eq!((member.role.as_str(), member.state.as_str()), ("desk", "active"));

    let out = asha.browser.clone().post(&house, "/staff/sign-out", &[]).await.expect(303);
    assert_eq!(out.location, "/");
    assert!(out.headers["set-cookie"].to_str().expect("text").contains("Max-Age=0"));
    // The cookie that was kept elsewhere is worth nothing any more.
    assert!(!house.lets_in(&mut asha.browser).await);

    house.wait(30);
    let (mut browser, answer) = house.sign_in(&EMAIL.to_uppercase(), PASSWORD, &house.code(&asha.secret)).await;
    assert_eq!(answer.expect(303).location, "/staff");
    assert!(house.lets_in(&mut browser).await);
    assert_eq!(house.texts(&OPENINGS), ["doorkeeper"]);
    house.app.custody().verify_log().expect("the log continues from its head");
}

#[tokio::test]
async fn a_code_typed_in_two_groups_is_the_same_code() {
    let house = House::new();
    let asha = house.join(Role::Desk, EMAIL).await;
    house.wait(30);
    let code = house.code(&asha.secret);
    house.sign_in(EMAIL, PASSWORD, &format!(" {} {} ", &code[..3], &code[3..])).await.1.expect(303);
}

#[tokio::test]
async fn no_code_is_accepted_twice_nor_one_of_an_earlier_step() {
    let house = House::new();
    let asha = house.join(Role::Desk, EMAIL).await;
    // The code that joined is used.
    house.sign_in(EMAIL, PASSWORD, &house.code(&asha.secret)).await.1.expect(422);
    house.wait(60);
    let (before, code) = (code(&asha.secret, house.app.clock().now().as_second() / 30 - 1), house.code(&asha.secret));
    house.sign_in(EMAIL, PASSWORD, &code).await.1.expect(303);
    house.sign_in(EMAIL, PASSWORD, &code).await.1.expect(422);
    house.sign_in(EMAIL, PASSWORD, &before).await.1.expect(422);
    assert_eq!(house.counts().0, 2);
}

#[tokio::test]
async fn two_sign_ins_with_one_code_at_the_same_time_are_one() {
    let house = House::new();
    let asha = house.join(Role::Desk, EMAIL).await;
    house.wait(30);
    let code = house.code(&asha.secret);
    let (one, other) = tokio::join!(house.sign_in(EMAIL, PASSWORD, &code), house.sign_in(EMAIL, PASSWORD, &code));
    let mut answers = [one.1.status.as_u16(), other.1.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 422]);
}

/// The headers without the number of the request, which is drawn anew for each and says nothing.
fn numberless(mut headers: axum::http::HeaderMap) -> axum::http::HeaderMap {
    assert!(headers.remove("x-request-id").is_some());
    headers
}

/// What is typed is the same in every house; what is wrong with it is not. The answers are the same bytes.
#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same_byte_for_byte() {
    let right = House::new();
    let asha = right.join(Role::Desk, EMAIL).await;
    right.wait(30);
    let (code, wrong_code) = (right.code(&asha.secret), "000000");
    assert_ne!(code, wrong_code);
    let wrong_password = right.sign_in(EMAIL, "three kettles rust", &code).await.1.expect(422);
    assert_eq!(right.counts().0, 1);
    let refused = right.sign_in(EMAIL, PASSWORD, wrong_code).await.1.expect(422);
    assert_eq!(right.counts().0, 2);

    let empty = House::new();
    empty.wait(30);
    let unknown = empty.sign_in(EMAIL, PASSWORD, &code).await.1.expect(422);

    let gone = House::new();
    gone.join(Role::Desk, EMAIL).await;
    gone.wait(30);
    staff::remove(&gone.app, &gone.member()).expect("removed");
    let left = gone.sign_in(EMAIL, PASSWORD, &code).await.1.expect(422);

    let resting = House::new();
    let same = resting.join(Role::Desk, EMAIL).await;
    resting.wait(30);
    for _ in 0..5 {
        resting.sign_in(EMAIL, PASSWORD, wrong_code).await.1.expect(422);
    }
    let locked = resting.sign_in(EMAIL, PASSWORD, &resting.code(&same.secret)).await.1.expect(422);

    assert!(wrong_password.body.contains("That did not match") && wrong_password.body.contains(EMAIL));
    for (other, what) in [(refused, "code"), (unknown, "address"), (left, "left"), (locked, "resting")] {
        assert!(other.body == wrong_password.body, "{what}: {}", other.body);
        assert_eq!(numberless(other.headers), numberless(wrong_password.headers.clone()), "{what}");
    }
    assert!(!wrong_password.body.contains("kettles") && !wrong_password.body.contains(&code));
}

#[tokio::test]
async fn sign_in_rests_after_five_failures_and_longer_after_each_further_one() {
    let house = House::new();
    let asha = house.join(Role::Desk, EMAIL).await;
    house.wait(30);
    for n in 1..=4 {
        house.sign_in(EMAIL, "three kettles rust", "000000").await.1.expect(422);
        assert_eq!((house.counts().0, house.counts().1), (n, 0));
    }
    for minutes in [1, 2, 4, 8, 15, 15] {
        house.sign_in(EMAIL, "three kettles rust", "000000").await.1.expect(422);
        let (failures, until, _) = house.counts();
        assert_eq!(until - house.app.clock().now().as_millisecond(), minutes * 60_000, "after {failures} failures");
        house.wait(minutes * MINUTE - 1);
        house.sign_in(EMAIL, PASSWORD, &house.code(&asha.secret)).await.1.expect(422);
        assert_eq!(house.counts().0, failures, "a try while it rests is not even judged");
        house.wait(1);
    }
    house.sign_in(EMAIL, PASSWORD, &house.code(&asha.secret)).await.1.expect(303);
    assert_eq!((house.counts().0, house.counts().1), (0, 0));
}

#[tokio::test]
async fn tries_made_at_the_same_time_do_not_outrun_the_count() {
    let house = House::new();
    let asha = house.join(Role::Desk, EMAIL).await;
    house.wait(30);
    let code = house.code(&asha.secret);
    let tried = || house.sign_in(EMAIL, PASSWORD, "000000");
    tokio::join!(tried(), tried(), tried(), tried(), tried());
    assert_eq!(house.counts().0, 5);
    house.sign_in(EMAIL, PASSWORD, &code).await.1.expect(422);
}

#[tokio::test]
async fn a_flood_of_guesses_at_nobody_keeps_no_colleague_out() {
    let house = House::new();
    let asha = house.join(Role::Desk, EMAIL).await;
    house.wait(30);
    let code = house.code(&asha.secret);
    let tries = (0..60).map(|n| {
        let (router, email) = (house.router.clone(), format!("nobody{n}@segfl.example"));
        let form = super::support::urlencoded(&[("email", &email), ("password", PASSWORD), ("totp", "000000")]);
        let request = Browser::default()
            .request("POST", "/staff/sign-in")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(form));
        tokio::spawn(tower::ServiceExt::oneshot(router, request.expect("a request")))
    });
    for one in tries.collect::<Vec<_>>() {
        assert_eq!(one.await.expect("no panic").expect("an answer").status(), 422);
    }
    house.sign_in(EMAIL, PASSWORD, &code).await.1.expect(303);
}

#[tokio::test]
async fn a_form_that_is_not_ours_is_turned_away_and_an_empty_one_is_asked_again() {
    let house = House::new();
    let mut browser = Browser::default();
    browser.post(&house, "/staff/sign-in", &[("email", EMAIL), ("role", "officer")]).await.expect(400);
    browser.post(&house, "/staff/sign-in", &[("email", EMAIL), ("email", EMAIL)]).await.expect(400);
    let answer = browser.post(&house, "/staff/sign-in", &[("email", EMAIL), ("password", ""), ("totp", "")]).await;
    answer.expect(422).says("Enter your password").says("Enter the code from your authenticator app").says(EMAIL);
    assert!(browser.cookies().is_empty());
}

#[tokio::test]
async fn an_invitation_works_once_and_for_forty_eight_hours() {
    let house = House::new();
    let (link, late) = (house.invite(Role::Desk), house.invite(Role::Officer));
    let mut browser = Browser::default();
    let page = browser.get(&house, &link).await.expect(200).says("a member of the enquiry desk");
    let other = browser.get(&house, &late).await.expect(200).says("09:00 on Wednesday 25 November 2026");
    let form = joining(&page, NAME, EMAIL, PASSWORD, &house.code(&secret(&page)));
    browser.post(&house, &link, &pairs(&form)).await.expect(303);
    for again in [browser.get(&house, &link).await, browser.post(&house, &link, &pairs(&form)).await] {
        again.expect(410).says("This invitation is over").says("sign in");
    }
    house.wait(48 * HOUR - 1);
    browser.get(&house, &late).await.expect(200);
    house.wait(1);
    let form = joining(&other, "Tomos Pugh", "tomos.pugh@segfl.example", PASSWORD, &house.code(&secret(&other)));
    browser.post(&house, &late, &pairs(&form)).await.expect(410);
    for never in ["/staff/join/x", &format!("/staff/join/{}", "A".repeat(43))] {
        browser.get(&house, never).await.expect(410);
    }
    // Whoever did not come is forgotten with the next invitation.
    house.invite(Role::Operator);
    let states: Vec<String> =
        staff::list(&house.app).expect("listed").into_iter().map(|one| one.role + " " + &one.state).collect();
    assert_eq!(states, ["desk active", "operator invited"]);
}

#[tokio::test]
async fn joining_says_what_is_wrong_and_keeps_what_was_typed_but_not_the_secrets() {
    let house = House::new();
    let (link, mut browser) = (house.invite(Role::Desk), Browser::default());
    let page = browser.get(&house, &link).await.expect(200);
    let good = house.code(&secret(&page));
    for (email, password, code, sentence) in [
        (EMAIL, "kettles", good.as_str(), "Password must be 8 characters or more"),
        (EMAIL, "password123", &good, "Choose a password that fewer people use"),
        (EMAIL, "Asha.Rahman sings", &good, "Choose a password without the name of your e-mail address"),
        (EMAIL, "the segfl kettle", &good, "Choose a password without our name"),
        (EMAIL, PASSWORD, "000000", "That code does not match"),
        ("asha", PASSWORD, &good, "Enter an e-mail address in the correct format"),
    ] {
        let answer = browser.post(&house, &link, &pairs(&joining(&page, NAME, email, password, code))).await;
        let answer = answer.expect(422).says(sentence).says(NAME).says(email);
        assert!(
            !answer.body.contains(&format!("value=\"{password}\""))
                && !answer.body.contains(&format!("value=\"{code}\""))
        );
        assert_eq!(secret(&answer), secret(&page), "the square that was scanned stays good");
    }
    assert!(browser.cookies().is_empty());
    browser.post(&house, &link, &pairs(&joining(&page, NAME, EMAIL, PASSWORD, &good))).await.expect(303);
}

#[tokio::test]
async fn a_square_that_another_invitation_or_nobody_sealed_is_drawn_anew() {
    let house = House::new();
    let (link, other, mut browser) = (house.invite(Role::Desk), house.invite(Role::Desk), Browser::default());
    let (page, foreign) = (browser.get(&house, &link).await, browser.get(&house, &other).await);
    let good = house.code(&secret(&foreign));
    for sealed in [foreign.hidden("authenticator"), "AAAA".to_owned(), String::new()] {
        let form =
            [("name", NAME), ("email", EMAIL), ("password", PASSWORD), ("totp", &good), ("authenticator", &sealed)];
        let answer = browser.post(&house, &link, &form).await.expect(422).says("Scan the new square");
        assert!(secret(&answer) != secret(&page) && secret(&answer) != secret(&foreign));
    }
}

#[tokio::test]
async fn nobody_joins_with_the_address_of_a_colleague_but_one_who_left_may_come_back() {
    let house = House::new();
    house.join(Role::Desk, EMAIL).await;
    let (link, mut browser) = (house.invite(Role::Operator), Browser::default());
    let page = browser.get(&house, &link).await;
    let form = joining(&page, NAME, EMAIL, PASSWORD, &house.code(&secret(&page)));
    browser
        .post(&house, &link, &pairs(&form))
        .await
        .expect(422)
        .says("Somebody on the staff signs in with this address");
    assert!(browser.cookies().is_empty());

    let members = staff::list(&house.app).expect("listed");
    staff::remove(&house.app, members.iter().find(|one| one.state == "active").expect("Asha")).expect("removed");
    browser.post(&house, &link, &pairs(&form)).await.expect(303);
    house.wait(30);
    let (mut browser, answer) = house.sign_in(EMAIL, PASSWORD, &house.code(&secret(&page))).await;
    answer.expect(303);
    assert!(house.lets_in(&mut browser).await);
}

#[tokio::test]
async fn a_session_ends_after_an_hour_without_use() {
    let house = House::new();
    let mut asha = house.join(Role::Desk, EMAIL).await;
    house.wait(59 * MINUTE);
    assert!(house.lets_in(&mut asha.browser).await);
    house.wait(59 * MINUTE);
    assert!(house.lets_in(&mut asha.browser).await, "use keeps it alive");
    house.wait(HOUR);
    assert!(!house.lets_in(&mut asha.browser).await);
}

#[tokio::test]
async fn a_session_in_use_ends_after_a_day() {
    let house = House::new();
    let mut asha = house.join(Role::Desk, EMAIL).await;
    for _ in 0..47 {
        house.wait(30 * MINUTE);
        assert!(house.lets_in(&mut asha.browser).await);
    }
    house.wait(30 * MINUTE);
    assert!(!house.lets_in(&mut asha.browser).await);
}

#[tokio::test]
async fn whoever_is_removed_is_out_at_once_and_their_last_days_begin() {
    let house = House::new();
    let mut asha = house.join(Role::Desk, EMAIL).await;
    assert!(staff::remove(&house.app, &house.member()).expect("removed"));
    assert!(!staff::remove(&house.app, &house.member()).expect("removed before"));
    assert!(!house.lets_in(&mut asha.browser).await);
    house.wait(30);
    house.sign_in(EMAIL, PASSWORD, &house.code(&asha.secret)).await.1.expect(422);
    assert_eq!(house.member().state, "left");
    assert_eq!(house.texts(&EVENTS), ["staff.joined", "staff.last-sign-in", "staff.left"]);
    house.pass_days(2).await;
    assert_eq!(
        house.texts(&KINDS),
        ["outbound-mail", "staff"],
        "what proves a sign-in goes a day after, with a receipt"
    );
    house.pass_days(30).await;
    assert!(staff::list(&house.app).expect("listed").is_empty(), "and the rest after thirty");
}

#[tokio::test]
async fn an_invitation_taken_back_leaves_nothing() {
    let house = House::new();
    let link = house.invite(Role::Desk);
    assert!(staff::remove(&house.app, &house.member()).expect("removed"));
    assert!(staff::list(&house.app).expect("listed").is_empty());
    let count = house.app.custody().store().read_blocking("count", |tx| tx.one(&INVITATIONS, &[])?.get::<i64>(0));
    assert_eq!(count.expect("a count"), 0);
    Browser::default().get(&house, &link).await.expect(410);
}

#[tokio::test]
async fn no_secret_is_on_a_page_after_joining_or_in_the_data_in_clear() {
    let house = House::in_folder(Folder::with_file());
    let asha = house.join(Role::Desk, EMAIL).await;
    house.wait(30);
    let (mut browser, answer) = house.sign_in(EMAIL, PASSWORD, &house.code(&asha.secret)).await;
    let base32 = {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits: Vec<u8> = asha.secret.iter().flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1)).collect();
        let symbol =
            |five: &[u8]| char::from(alphabet[five.iter().fold(0usize, |all, bit| all << 1 | usize::from(*bit))]);
        bits.chunks(5).map(symbol).collect::<String>()
    };
    let mut pages = vec![answer.expect(303).body];
    for path in ["/staff", "/staff/sign-in", "/"] {
        pages.push(browser.get(&house, path).await.body);
    }
    assert!(
        pages.iter().all(|page| !page.contains(PASSWORD) && !page.contains(&base32[..8]) && !page.contains("argon2"))
    );

    let raw = asha.secret.as_slice();
    let secrets = [PASSWORD.as_bytes(), base32.as_bytes(), raw, b"$argon2id$", EMAIL.as_bytes(), NAME.as_bytes()];
    let data: Vec<u8> =
        files(&house.folder.path().join("data")).iter().flat_map(|file| std::fs::read(file).expect("a file")).collect();
    let holds = |part: &[u8]| data.windows(part.len()).any(|window| window == part);
    assert!(holds(b"staff.joined"), "a linked code stands in clear, so this search finds what there is");
    for secret in secrets {
        assert!(!holds(secret), "the data holds {:?}", String::from_utf8_lossy(secret));
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn sign_in_is_closed_while_the_notice_does_not_cover_it() {
    let house = House::under(&super::support::NOTICE.replace("by = [\"doorkeeper\", \"you\"]", "by = [\"you\"]"));
    house.invite(Role::Desk);
    let answer = house.sign_in(EMAIL, PASSWORD, "000000").await.1;
    answer.expect(403).says("purpose.staff-sign-in");
}

#[tokio::test]
async fn the_pages_are_small_and_need_no_script() {
    let house = House::new();
    let (link, mut browser) = (house.invite(Role::Desk), Browser::default());
    for path in [link.as_str(), "/staff/sign-in"] {
        let page = browser.get(&house, path).await.expect(200);
        assert!(page.body.len() + candour::face::style::CSS.len() < 16 * 1024, "{path}: {} bytes", page.body.len());
        assert!(!page.body.contains("<script") && !page.body.contains("style="));
        assert!(browser.cookies().is_empty());
    }
}
