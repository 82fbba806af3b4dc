//! The residue test: an enquiry full of canaries goes through the whole program, and nothing of it ever stands in a file;
//! once it is withdrawn, not even its sealed bytes do. On a server the files belong to somebody else; custody's own residue
//! tests ask the tables there.

use super::desk::{Clerk, whose};
use super::support::{Browser, Folder, House};
use std::path::{Path, PathBuf};
use store::Val;

/// What is typed: each value is unlike anything else on the machine.
const CANARIES: [(&str, &str); 6] = [
    ("name", "Canary Quillfeather-4471"),
    ("email", "quillfeather.8830@oakfield.example"),
    ("school", "Zephyrbrook Academy 7719"),
    ("role", "Keeper of the Switchgear 5502"),
    ("telephone", "01632 960 4417"),
    ("message", "The marmalade router 9064 hums in the boiler room."),
];
const AGAIN: &str = "Now the umbrella switch 3318 hums as well.";
const ANSWER: &str = "We have oiled the pangolin cable 6127.";
const NOTE: &str = "Caller sounded like a walrus 2095.";

fn all() -> impl Iterator<Item = &'static str> {
    CANARIES.iter().map(|(_, value)| *value).chain([AGAIN, ANSWER, NOTE])
}

fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push((path.clone(), std::fs::read(path).expect("a file")));
        }
    }
    found
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn assert_no_canary(house: &House, when: &str) {
    for (path, bytes) in files_below(house.folder.path()) {
        for canary in all() {
            assert!(!holds(&bytes, canary.as_bytes()), "{when}: {canary:?} stands in {}", path.display());
        }
    }
}

/// Sealed records, reveals and wrapped keys of a person, as they stand.
fn sealed(house: &House, person: custody::PersonId) -> Vec<Vec<u8>> {
    let read = move |tx: &mut store::Tx<'_>| {
        let mut all = Vec::new();
        for (table, column) in [("holding", "sealed"), ("data_key", "wrapped"), ("trail", "sealed")] {
            for row in tx.all(&store::select_by(table, &[column], &["person_id"]), &[Val::from(person)])? {
                all.push(row.get(0)?);
            }
        }
        Ok::<_, store::Error>(all)
    };
    house.app.custody().store().read_blocking("sealed", read).expect("read")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_typed_ever_stands_in_a_file_and_once_withdrawn_not_even_its_sealed_bytes() {
    let house = House::in_folder(Folder::with_file());
    let mut visitor = Browser::default();
    let form = [&[("topic", "broadband")], &CANARIES[..]].concat();
    let check = visitor.post(&house, "/enquiries/check", &form).await.expect(200);
    assert_no_canary(&house, "checked");
    let sent = visitor.post(&house, "/enquiries", &[("form", &check.hidden("form"))]).await.expect(303);
    let reference = sent.location.rsplit('/').next().expect("a reference").to_owned();
    assert_no_canary(&house, "sent");

    let letters = house.letters().await;
    assert_no_canary(&house, "written to");
    let link =
        letters[0].2.split_whitespace().find(|word| word.contains("/enquiries/link/")).expect("a link").to_owned();
    let link = link.strip_prefix("https://portal.segfl.example").expect("our address").to_owned();
    visitor.post(&house, &link, &[]).await.expect(303);
    let mine = visitor.get(&house, "/enquiries/mine").await.expect(200);
    let again = [("key", mine.hidden("key")), ("message", AGAIN.to_owned())];
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    visitor.post(&house, "/enquiries/mine/write", &again).await.expect(303);
    visitor.get(&house, "/enquiries/mine/data").await.expect(200).says(AGAIN);
    assert_no_canary(&house, "written again and looked at");

    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.open(&house, &reference).await.says("Quillfeather-4471");
    desk.act(&house, &reference, "answer", &[("message", ANSWER)]).await.expect(303);
    desk.act(&house, &reference, "note", &[("note", NOTE)]).await.expect(303);
    house.letters().await;
    assert_no_canary(&house, "answered and noted");

    let house = house.restart();
    desk.open(&house, &reference).await.says("pangolin cable 6127");
    house.pass_days(2).await;
    assert_no_canary(&house, "turned and started again");

    let (person, ground) = whose(&house, &reference).await;
    let custody = house.app.custody().clone();
    let withdrawing = house.app.custody().write("withdraw", move |tx| custody.withdraw(tx, person, ground, "enquiry"));
    withdrawing.await.expect("withdrawn");
    house.pass_days(6).await;
    let noted = sealed(&house, person);
    assert!(noted.len() >= 12, "the enquiry, two messages, an answer and a note stand, {} values", noted.len());
    let before = files_below(house.folder.path());
    assert!(
        noted.iter().all(|bytes| before.iter().any(|(_, file)| holds(file, bytes))),
        "the search finds what stands"
    );

    house.pass_days(1).await;
    for (path, bytes) in files_below(house.folder.path()) {
        for gone in &noted {
            assert!(!holds(&bytes, gone), "sealed bytes of the erased stand in {}", path.display());
        }
    }
    assert_eq!(
        sealed(&house, person).len(),
        3,
        "the letter with the receipt: its record, its key, and that it was taken"
    );
    assert_no_canary(&house, "erased");
    house.pass_days(8).await;
    assert!(sealed(&house, person).is_empty(), "and that goes too");
    assert_no_canary(&house, "the receipt erased");
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(404);
}
