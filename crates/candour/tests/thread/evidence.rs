//! The log for everybody, the archive with proofs, and the officers' pages about both.

use super::desk::{Clerk, asked, whose};
use super::mine;
use super::support::{Browser, House};
use axum::body::Body;
use axum::http::header;
use ledger::{Checkpoint, ProofFile, TileId, Verifier};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use tower::ServiceExt;

store::statements! {
    INSERT_CHECK_UP = "INSERT INTO check_up (person_id, holding_id, why, day) \
        SELECT person_id, holding_id, $2, $3 FROM holding WHERE person_id = $1 AND kind = 'enquiry'";
    INSERT_RESTORED = "INSERT INTO restored (at, day, copy_day, until_day, finished, leaves, erased, shut, closed, applied) \
        VALUES (1, $1, $2, $3, 1, 12, 3, 2, 1, 4)";
    COUNT_KIND = "SELECT count(*) FROM holding WHERE person_id = $1 AND kind = $2";
    SPOIL = "UPDATE holding SET sealed = $2 WHERE person_id = $1 AND kind = 'enquiry'";
}

async fn run(house: &House, statement: &'static store::Statement, values: Vec<store::Val>) {
    let done = house.app.custody().store().write("run", move |tx| tx.execute(statement, &values));
    done.await.expect("done");
}

async fn verifier(house: &House) -> Verifier {
    let key = Browser::default().get(house, "/log/key").await.expect(200).body;
    key.trim_end().parse().expect("a key")
}

/// The bytes of an answer, which need not be text.
async fn bytes(house: &House, browser: &Browser, path: &str) -> (u16, header::HeaderMap, Vec<u8>) {
    let request = browser.request("GET", path).header("sec-fetch-site", "same-origin").body(Body::empty());
    let response = house.router.clone().oneshot(request.expect("a request")).await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = axum::body::to_bytes(response.into_body(), 1 << 24).await.expect("a body");
    (status, headers, body.to_vec())
}

#[tokio::test]
async fn the_newest_checkpoint_stands_at_its_address_and_is_signed_with_the_key_beside_it() {
    let house = House::new();
    let mut visitor = Browser::default();
    asked(&house).await;
    let size = house.publish_log().await;
    let note = visitor.get(&house, "/log/checkpoint").await.expect(200);
    assert_eq!(note.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    let checkpoint = Checkpoint::open(&note.body, &verifier(&house).await).expect("signed");
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("portal.segfl.example/log", size));
    let page = visitor.get(&house, "/log").await.expect(200).says("portal.segfl.example/log");
    let page =
        page.says(note.body.lines().nth(2).expect("a root")).says("href=\"/receipt\"").says("What it cannot prove");
    assert!(page.body.contains(&format!("23 Nov: {size}.")), "{}", page.body);
}

#[tokio::test]
async fn tiles_of_hashes_are_served_and_entries_are_not() {
    let house = House::new();
    for _ in 0..3 {
        asked(&house).await;
    }
    let size = house.publish_log().await;
    let visitor = Browser::default();
    let log = verifier(&house).await;
    let note = Browser::default().get(&house, "/log/checkpoint").await.body;
    let checkpoint = Checkpoint::open(&note, &log).expect("signed");
    let mut tiles: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for id in ledger::needed(size) {
        let (status, headers, body) = bytes(&house, &visitor, &format!("/log/{}", id.path())).await;
        assert_eq!(bytes(&house, &visitor, &format!("/log/{}", id.bundle_path())).await.0, 404, "{}", id.bundle_path());
        assert_eq!(status, 200, "{}", id.path());
        let keep = headers[header::CACHE_CONTROL].to_str().expect("text").to_owned();
        assert_eq!(keep.contains("immutable"), !id.path().contains(".p/"), "{}: {keep}", id.path());
        tiles.insert(id.path(), body);
    }
    let root =
        ledger::tiles::root(size, &mut |id: TileId| tiles.get(&id.path()).cloned().ok_or(ledger::Malformed::Length))
            .expect("a root");
    assert_eq!(root, checkpoint.root);
    for path in
        ["tile/entries/000", "tile/entries/000.p/1", "tile/0/999", "tile/9/000", "tile/0/../../../keyring", "tile/"]
    {
        assert_eq!(bytes(&house, &visitor, &format!("/log/{path}")).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn the_archive_with_proofs_is_checked_without_us() {
    let house = House::new();
    let mut asked = mine::asked(&house, "Aoife Brennan", "aoife.brennan@hillside.example").await;
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.open(&house, &asked.reference).await.expect(200);
    assert_eq!(
        asked.browser.get(&house, "/enquiries/mine/download.zip").await.expect(303).location,
        "/enquiries/mine/code?act=download"
    );
    asked.prove(&house, "download", 1).await;
    asked
        .browser
        .get(&house, "/enquiries/mine/download")
        .await
        .expect(200)
        .says("href=\"/enquiries/mine/download.zip\"");
    let (status, headers, body) = bytes(&house, &asked.browser, "/enquiries/mine/download.zip").await;
    assert_eq!((status, &headers[header::CONTENT_TYPE]), (200, &header::HeaderValue::from_static("application/zip")));
    let named = format!("attachment; filename=\"segfl-{}.zip\"", asked.reference);
    assert_eq!(headers[header::CONTENT_DISPOSITION], named);
    let said = verified(&body);
    assert_eq!(said.0, Some(0), "{}", said.1);
    let mut changed = body.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    assert_ne!(verified(&changed).0, Some(0), "a changed archive is not accepted");
    let files = unpacked(body);

    let text = |name: &str| String::from_utf8(files[name].clone()).expect("text");
    let manifest: serde_json::Value = serde_json::from_str(&text("manifest.json")).expect("JSON");
    let sums = manifest["files"].as_object().expect("files");
    assert_eq!(sums.len() + 1, files.len(), "{:?}", files.keys());
    for (name, sum) in sums {
        assert_eq!(sum.as_str(), Some(candour::archive::hex(&vault::sha256(&files[name])).as_str()), "{name}");
    }
    assert!(text("export.json").contains("Aoife Brennan") && text("export.html").contains("Aoife Brennan"));
    assert!(text("README.txt").contains("What this cannot prove"));
    let log: Verifier = text("log.vkey").trim_end().parse().expect("a key");
    assert_eq!(log, verifier(&house).await);
    let mut effects: Vec<&str> = Vec::new();
    for (name, proof) in files.iter().filter(|(name, _)| name.starts_with("proofs/")) {
        let proof = String::from_utf8(proof.clone()).expect("text");
        let shown = ledger::verify_receipt(&proof, &log).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(ProofFile::parse(&proof).expect("a proof").checkpoint, text("checkpoint"), "{name}");
        assert!(!shown.reveals.is_empty(), "{name} opens nothing");
        let notice = candour::archive::hex(&shown.leaf.notice);
        let notice = notice::read(&text(&format!("notices/{notice}.toml"))).expect("a notice").notice.expect("whole");
        assert_eq!(notice.digest().0, shown.leaf.notice, "{name}");
        effects.push(shown.leaf.effect.word());
    }
    for effect in ["take", "opened"] {
        assert!(effects.contains(&effect), "{effect}: {effects:?}");
    }
    // The opening by the desk, and that of this very copy, are among them.
    let openings = effects.iter().filter(|effect| **effect == "opened").count();
    assert!(openings >= 2, "{effects:?}");
}

/// What the command says of an archive, without a configuration.
fn verified(archive: &[u8]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("export.zip");
    std::fs::write(&path, archive).expect("written");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_candour"));
    let said = command.args(["verify", "export"]).arg(&path).current_dir(folder.path()).output().expect("ran");
    (said.status.code(), format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr)))
}

fn unpacked(body: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(body)).expect("an archive");
    let mut files = BTreeMap::new();
    for n in 0..zip.len() {
        let mut file = zip.by_index(n).expect("a file");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("whole");
        files.insert(file.name().expect("a name").into_owned(), bytes);
    }
    files
}

#[tokio::test]
async fn officers_and_operators_see_whether_the_evidence_stands_and_nobody_else_does() {
    let house = House::new();
    asked(&house).await;
    let size = house.publish_log().await;
    let note = Browser::default().get(&house, "/log/checkpoint").await.expect(200).body;
    for role in ["officer", "operator"] {
        let mut clerk = Clerk::hire(&house, role, "Tomos Pugh").await;
        let page = clerk.get(&house, "/staff/evidence").await.expect(200);
        let page = page.says(&format!("The log stands: {size} entries")).says(note.lines().nth(2).expect("a root"));
        page.says("Copy made").says("Never").says("candour export pack").says("/staff/evidence/month/2026-11");
    }
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.get(&house, "/staff/evidence").await.expect(404);
    desk.get(&house, "/staff/evidence/month/2026-11").await.expect(404);
    assert_eq!(Browser::default().get(&house, "/staff/evidence").await.expect(303).location, "/staff/sign-in");
    let page = desk.get(&house, "/staff/retention").await.expect(200).says("Copy made");
    assert!(!page.body.contains("/staff/evidence"), "{}", page.body);
}

#[tokio::test]
async fn the_months_report_prints_the_checkpoint_at_its_end_and_what_ran() {
    let house = House::new();
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    let reference = asked(&house).await;
    officer.get(&house, &format!("/staff/enquiries/{reference}?for=answer-enquiries")).await;
    house.post_letters().await;
    house.publish_log().await;
    let november = Browser::default().get(&house, "/log/checkpoint").await.expect(200).body;
    house.pass_days(9).await;
    asked(&house).await;
    house.publish_log().await;
    let december = Browser::default().get(&house, "/log/checkpoint").await.expect(200).body;
    assert_ne!(november, december);
    // A session ends after a day.
    let mut officer = Clerk::hire(&house, "officer", "Ruth Adler").await;
    let page = officer.get(&house, "/staff/evidence/month/2026-12").await.expect(200).says("Report of December 2026");
    let page = page.says("So far, until Wednesday 2 December 2026").says(december.lines().nth(2).expect("a root"));
    page.says("Nothing was forecast, deleted or kept back")
        .says("No notice was published")
        .says("No copy took the place of the database");
    let page =
        officer.get(&house, "/staff/evidence/month/2026-11").await.expect(200).says("Version 2026-11, published on");
    assert!(!page.body.contains("So far") && !page.body.contains(december.lines().nth(2).expect("a root")));
    for wrong in ["2027-01", "2026-13", "november", "2026-11-01"] {
        officer.get(&house, &format!("/staff/evidence/month/{wrong}")).await.expect(404);
    }
}

#[tokio::test]
async fn what_a_restore_left_is_decided_by_an_officer_after_a_question() {
    let house = House::new();
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    let references = [asked(&house).await, asked(&house).await];
    for reference in &references {
        let (person, _) = whose(&house, reference).await;
        run(&house, &INSERT_CHECK_UP, vec![person.into(), "intent".into(), "2026-11-23".into()]).await;
    }
    let mut operator = Clerk::hire(&house, "operator", "Grace Adeyemi").await;
    let page = operator.get(&house, "/staff/evidence").await.expect(200).says("2 records wait for an officer");
    assert!(!page.body.contains("name=\"decision\""), "{}", page.body);
    for (n, (decision, title, done)) in
        [("keep", "Keep this record?", "kept"), ("erase", "Erase this record?", "erased")].into_iter().enumerate()
    {
        let page = officer.get(&house, "/staff/evidence").await.expect(200).says("Its deletion had begun");
        let page = page.says(&references[0]).says(&references[1]);
        let record = record_of(&page.body, &references[n]);
        let form = [("record", record.as_str()), ("decision", decision)];
        operator.post(&house, "/staff/evidence/check", &form).await.expect(404);
        operator.post(&house, "/staff/evidence/check/settle", &form).await.expect(404);
        let page = officer.post(&house, "/staff/evidence/check", &form).await.expect(200).says(title);
        assert_eq!((page.hidden("record"), page.hidden("decision")), (record.clone(), decision.to_owned()));
        let (person, _) = whose(&house, &references[n]).await;
        let settled = officer.post(&house, "/staff/evidence/check/settle", &form).await.expect(303);
        assert_eq!(settled.location, format!("/staff/evidence?done={done}"));
        assert_eq!(count(&house, person).await, i64::from(decision == "keep"));
        let again = officer.post(&house, "/staff/evidence/check/settle", &form).await.expect(303);
        assert_eq!(again.location, "/staff/evidence?done=not");
        if n == 0 {
            // The other still waits: it stands in the list that the next round reads.
            run(&house, &INSERT_CHECK_UP, vec![person.into(), "replaced".into(), "2026-11-23".into()]).await;
        }
    }
    for wrong in [vec![], vec![("record", "AAAA"), ("decision", "keep")], vec![("record", ""), ("decision", "sell")]] {
        officer.post(&house, "/staff/evidence/check", &wrong).await.expect(400);
    }
}

#[tokio::test]
async fn a_record_whose_value_was_lost_is_kept_without_it_and_nobody_is_promised_a_letter() {
    let house = House::new();
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    let reference = asked(&house).await;
    let (person, _) = whose(&house, &reference).await;
    run(&house, &INSERT_CHECK_UP, vec![person.into(), "replaced".into(), "2026-11-23".into()]).await;
    let page = officer.get(&house, "/staff/evidence").await.expect(200).says(">Keep it without its value</button>");
    let page = page.says("the name and the address are gone too").says("cannot be written to");
    let record = record_of(&page.body, &reference);
    let ask = |decision| [("record", record.as_str()), ("decision", decision)];
    let page = officer.post(&house, "/staff/evidence/check", &ask("keep")).await.expect(200);
    let page = page.says("Keep this record without its value?").says("with nothing in it");
    assert!(!page.body.contains("opens again"), "{}", page.body);
    let page = officer.post(&house, "/staff/evidence/check", &ask("erase")).await.expect(200);
    page.says("Erase this record?").says("None is sent");
}

async fn count(house: &House, person: custody::PersonId) -> i64 {
    let store = house.app.custody().store();
    let read = store.read("count", move |tx| tx.one(&COUNT_KIND, &[person.into(), "enquiry".into()])?.get::<i64>(0));
    read.await.expect("counted")
}

/// The hidden name of a record in the row that speaks of an enquiry.
fn record_of(page: &str, reference: &str) -> String {
    let row = page.split("<tr>").find(|row| row.contains(reference)).expect("a row");
    let from = row.find("name=\"record\" value=\"").expect("a form") + "name=\"record\" value=\"".len();
    row[from..].split('"').next().expect("a value").to_owned()
}

#[tokio::test]
async fn a_restore_is_told_and_the_schedule_says_until_when_it_waits() {
    let house = House::new();
    let days = ["2026-11-23", "2026-11-20", "2026-12-10"];
    run(&house, &INSERT_RESTORED, days.map(store::Val::from).to_vec()).await;
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    officer
        .get(&house, "/staff/retention")
        .await
        .expect(200)
        .says("Nothing is destroyed by schedule before Thursday 10 December 2026");
    let page = officer
        .get(&house, "/staff/evidence")
        .await
        .expect(200)
        .says("a copy of Friday 20 November 2026 took the place");
    page.says("3 erased, 2 replaced values shut");
    officer.get(&house, "/staff/evidence/month/2026-11").await.expect(200).says("12 entries of the log came back");
}

#[tokio::test]
async fn damage_shows_on_the_page_and_says_what_to_do() {
    let house = House::new();
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    let (person, _) = whose(&house, &asked(&house).await).await;
    scrub(&house).await;
    let page = officer.get(&house, "/staff/evidence").await.expect(200).says("The log stands");
    assert!(!page.body.contains("Damage"), "{}", page.body);
    run(&house, &SPOIL, vec![person.into(), vec![7u8; 200].into()]).await;
    house.pass_days(1).await;
    scrub(&house).await;
    let mut officer = Clerk::hire(&house, "officer", "Ruth Adler").await;
    let page = officer.get(&house, "/staff/evidence").await.expect(200).says("Damage was found in one place.");
    page.says("restore a copy").says("“candour scrub” on the server");
    officer
        .get(&house, "/staff/retention")
        .await
        .expect(200)
        .says("See the evidence")
        .says("damage was found in one place");
}

/// Looks at everything, as the program does once a day.
async fn scrub(house: &House) {
    let app = house.app.clone();
    tokio::task::spawn_blocking(move || {
        candour::day::run(&app)?;
        app.custody().publish_now()?;
        candour::day::scrub(&app)
    })
    .await
    .expect("no panic")
    .expect("looked");
}
