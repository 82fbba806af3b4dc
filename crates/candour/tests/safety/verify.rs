//! `candour verify` and `candour export pack`.

use crate::house::{House, Story, close, word};
use crate::support::{assert_exit, candour, complained, said};
use candour::archive::Archive;
use law::Clock;
use std::path::{Path, PathBuf};
use std::process::Output;

fn packed(house: &House) -> PathBuf {
    let pack = house.path("audit.zip");
    assert_exit(&house.run(&["export", "pack", "--to", word(&pack)], &[]), 0);
    pack
}

fn log(place: &Path, more: &[&str]) -> Output {
    candour(&[&["verify", "log", word(place)], more].concat(), &[])
}

fn flip(file: &Path, at: usize) {
    let mut bytes = std::fs::read(file).expect("a file");
    bytes[at] ^= 1;
    std::fs::write(file, bytes).expect("written");
}

#[test]
fn a_pack_and_its_log_are_verified_without_the_installation() {
    let story = Story::told();
    let pack = packed(&story.house);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let moved = elsewhere.path().join("audit.zip");
    std::fs::rename(&pack, &moved).expect("moved");
    let export = candour(&["verify", "export", word(&moved)], &[]);
    assert_exit(&export, 0);
    for part in [
        "Verified: the auditor's pack",
        "https://portal.segfl.example/log/key",
        "Sweeps that stand alike",
        "daily checkpoints",
    ] {
        assert!(said(&export).contains(part), "{part} is missing in {}", said(&export));
    }
    assert!(!said(&export).contains("Not comparable"), "{}", said(&export));
    assert_exit(&log(&moved, &[]), 0);
    // Records of the last day alone: the log is whole all the same.
    let late = elsewhere.path().join("late.zip");
    let today = law::iso(Clock::system().today());
    assert_exit(&story.house.run(&["export", "pack", "--to", word(&late), "--from", &today], &[]), 0);
    let export = candour(&["verify", "export", word(&late)], &[]);
    assert_exit(&export, 0);
    assert!(said(&export).contains("Not comparable"), "{}", said(&export));
    // With a key that was named, nothing has to be compared.
    let key = std::fs::read_to_string(story.house.path("evidence/log.vkey")).expect("a key");
    let named = log(&story.house.path("evidence"), &["--key", key.trim(), "--format", "json"]);
    assert_exit(&named, 0);
    let json: serde_json::Value = serde_json::from_slice(&named.stdout).expect("JSON");
    assert_eq!((json["verified"].as_bool(), json["findings"].as_array().map(Vec::len)), (Some(true), Some(0)));
    assert!(!said(&named).contains("Compare it"), "{}", said(&named));
    let other = "portal.segfl.example/log+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_exit(&log(&story.house.path("evidence"), &["--key", other]), 2);
}

#[test]
fn packs_of_the_same_evidence_hold_the_same_log() {
    let house = House::published();
    let one = packed(&house);
    let first = std::fs::read(&one).expect("a pack");
    assert_exit(&house.run(&["export", "pack", "--to", word(&one)], &[]), 2);
    assert_eq!(std::fs::read(&one).expect("a pack"), first, "a pack was overwritten");
}

#[test]
fn a_changed_log_is_refused_with_file_and_index() {
    let story = Story::told();
    let bundle = std::fs::read_dir(story.house.path("evidence/tile/entries")).expect("entries");
    let folder = bundle.flatten().map(|entry| entry.path()).find(|path| path.is_dir()).expect("a growing bundle");
    let file = std::fs::read_dir(folder).expect("entries").flatten().next().expect("a bundle").path();
    flip(&file, 40);
    let refused = log(&story.house.path("evidence"), &["--format", "json"]);
    assert_exit(&refused, 1);
    let json: serde_json::Value = serde_json::from_slice(&refused.stdout).expect("JSON");
    let first = &json["findings"][0];
    assert!(first["file"].as_str().is_some_and(|file| file.starts_with("tile/entries/")), "{json}");
    assert_eq!((first["index"].as_u64(), json["verified"].as_bool()), (Some(0), Some(false)), "{json}");
    flip(&file, 40);
    assert_exit(&log(&story.house.path("evidence"), &[]), 0);
    std::fs::remove_file(&file).expect("removed");
    assert_exit(&log(&story.house.path("evidence"), &[]), 1);
}

#[test]
fn a_changed_pack_is_refused() {
    let story = Story::told();
    let pack = packed(&story.house);
    let unpacked = story.house.path("unpacked");
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&pack).expect("a pack")).expect("an archive");
    archive.extract(&unpacked).expect("unpacked");
    let verify = || candour(&["verify", "export", word(&unpacked)], &[]);
    assert_exit(&verify(), 0);
    // A record that is taken away together with its line in the manifest is missed by the log.
    let runs = unpacked.join("records/runs.jsonl");
    let text = std::fs::read_to_string(&runs).expect("runs");
    let kept: String = text.split_inclusive('\n').filter(|line| !line.contains("\"sweep\"")).collect();
    assert_ne!(kept, text);
    std::fs::write(&runs, &kept).expect("written");
    let told = verify();
    assert_exit(&told, 1);
    assert!(said(&told).contains("records/runs.jsonl: It is not what the manifest says"), "{}", said(&told));
    let manifest = unpacked.join("manifest.json");
    let sums = std::fs::read_to_string(&manifest).expect("a manifest");
    let sum = |text: &str| candour::archive::hex(&vault::sha256(text.as_bytes()));
    std::fs::write(&manifest, sums.replace(&sum(&text), &sum(&kept))).expect("written");
    let told = verify();
    assert_exit(&told, 1);
    assert!(said(&told).contains("no run was recorded"), "{}", said(&told));
    // A notice that an entry names.
    std::fs::write(&runs, &text).expect("written");
    std::fs::write(&manifest, &sums).expect("written");
    let notice = std::fs::read_dir(unpacked.join("notices")).expect("notices").flatten().next().expect("one").path();
    std::fs::remove_file(notice).expect("removed");
    assert!(said(&verify()).contains("which is not there"));
}

/// A pack, unpacked: what whoever holds it can change together with its manifest.
struct Unpacked(PathBuf);

impl Unpacked {
    fn of(story: &Story, name: &str) -> Self {
        let (pack, folder) = (packed(&story.house), story.house.path(name));
        let mut archive = zip::ZipArchive::new(std::fs::File::open(&pack).expect("a pack")).expect("an archive");
        archive.extract(&folder).expect("unpacked");
        std::fs::remove_file(pack).expect("removed");
        Self(folder)
    }

    fn verify(&self) -> Output {
        candour(&["verify", "export", word(&self.0)], &[])
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).expect("a file")
    }

    /// Another text for a file, and the manifest made anew; what is said of it.
    fn with(&self, name: &str, text: &str) -> String {
        let (was, manifest) = (self.read(name), self.read("manifest.json"));
        let mut sums: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
        sums["files"][name] = candour::archive::hex(&vault::sha256(text.as_bytes())).into();
        std::fs::write(self.0.join(name), text).expect("written");
        std::fs::write(self.0.join("manifest.json"), sums.to_string()).expect("written");
        let told = self.verify();
        std::fs::write(self.0.join(name), was).expect("written");
        std::fs::write(self.0.join("manifest.json"), manifest).expect("written");
        assert_exit(&told, 1);
        said(&told)
    }
}

#[test]
fn invented_and_emptied_records_are_refused_whatever_the_manifest_says() {
    let story = Story::told();
    let told = Unpacked::of(&story, "before").with("records/runs.jsonl", "");
    assert!(told.contains("no run was recorded"), "{told}");
    assert_exit(&story.house.run(&["restore", word(&story.copy), "--replace"], &[]), 0);
    assert_exit(&story.house.run(&["clock", "confirm", &law::iso(Clock::system().today())], &[]), 0);
    let pack = Unpacked::of(&story, "pack");
    let told = pack.verify();
    assert_exit(&told, 0);
    for part in [
        "Restores that stand alike in the records and in the log: 1.",
        "Confirmed dates that stand alike in the records and in the log: 1.",
        "Nothing in the log vouches for README.txt, records/forecast.jsonl, records/refusals.jsonl, records/releases.jsonl, \
         records/sweeps.jsonl: ",
    ] {
        assert!(said(&told).contains(part), "{part} is missing in {}", said(&told));
    }
    for (name, text, finding) in [
        ("checkpoints.txt", "", "those of later days are missing"),
        ("checkpoints.txt", "not a note\n", "does not continue"),
        ("records/restores.jsonl", "", "none was recorded"),
        ("records/confirmations.jsonl", "", "none was recorded"),
        ("records/refusals.jsonl", "not even json\n", "is not what the program writes"),
        ("records/forecast.jsonl", "\n", "is not what the program writes"),
        ("records/covers.json", "{\"from\":null,\"until\":0,\"more\":1}", "not what the program writes"),
    ] {
        let told = pack.with(name, text);
        assert!(told.contains(finding), "{finding} is missing in {told}");
    }
    for (name, line, finding) in [
        (
            "records/epochs.jsonl",
            r#"{"day":"2020-01-01","closed_on":"2020-01-02","destroyed_on":"2020-01-14"}"#,
            "the log does not tell of it",
        ),
        (
            "records/confirmations.jsonl",
            r#"{"n":9,"at":1582977600000,"day":"2020-02-29","witnessed_on":null}"#,
            "the log does not tell of it",
        ),
        (
            "records/releases.jsonl",
            r#"{"id":"00","reason":"x","up_to":1,"used":0,"asked_on":"2020-01-01","ends_on":"2020-02-30"}"#,
            "is not what the program writes",
        ),
        (
            "records/restores.jsonl",
            r#"{"at":1582977600000,"day":"2020-02-29","copy_day":"2020-02-01","until_day":"2020-04-01","finished":1,"leaves":0,"erased":0,"shut":0,"closed":0,"applied":0}"#,
            "the log does not tell of it",
        ),
    ] {
        let told = pack.with(name, &format!("{}{line}\n", pack.read(name)));
        assert!(told.contains(finding), "{finding} is missing in {told}");
    }
}

#[test]
fn what_unpacks_to_more_than_any_genuine_file_is_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let bomb = folder.path().join("bomb.zip");
    for (name, size) in [("manifest.json", 129 << 20), ("log/checkpoint", 2 << 20)] {
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&bomb).expect("a file"));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("begun");
        std::io::copy(&mut std::io::Read::take(std::io::repeat(b'['), size), &mut zip).expect("written");
        zip.finish().expect("finished");
        let told = candour(&["verify", "export", word(&bomb)], &[]);
        assert_exit(&told, 2);
        assert!(complained(&told).contains("larger than any such file that is genuine"), "{}", complained(&told));
    }
}

#[test]
fn what_a_terminal_would_obey_is_written_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path().join("pack");
    for name in ["checkpoint", "log.vkey", "proofs/\u{1b}[2J\u{202e}"] {
        let file = at.join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(file, "x").expect("written");
    }
    let key = ledger::Signer::from_seed("portal.segfl.example/log", &[1; 32]).expect("a name").verifier().to_string();
    let told = candour(&["verify", "export", word(&at), "--key", &key], &[]);
    assert_exit(&told, 1);
    assert!(said(&told).contains(r"refused: proofs/\u{1b}[2J\u{202e}: "), "{}", said(&told));
    assert!(!said(&told).contains(['\u{1b}', '\u{202e}']), "{:?}", said(&told));
}

#[test]
fn an_older_checkpoint_signed_or_typed_in_must_be_continued() {
    let house = House::published();
    packed(&house);
    let evidence = house.path("evidence");
    let old = std::fs::read_to_string(evidence.join("checkpoint")).expect("a checkpoint");
    let was = |name: &str, text: &str| {
        std::fs::write(house.path(name), text).expect("written");
        house.path(name)
    };
    let (signed, lines) = (was("signed", &old), old.lines().take(3).collect::<Vec<_>>().join("\n"));
    // Something more is done.
    assert_exit(&house.run(&["backup"], &[]), 0);
    std::fs::remove_file(house.path("audit.zip")).expect("removed");
    packed(&house);
    let continued = log(&evidence, &["--was", word(&signed)]);
    assert_exit(&continued, 0);
    assert!(said(&continued).contains("It continues the checkpoint"), "{}", said(&continued));
    assert_exit(&log(&evidence, &["--was", word(&was("typed", &format!("  {lines}  \n\n")))]), 0);
    let root = lines.lines().nth(2).expect("a root");
    let other = lines.replace(root, &format!("{}{}", if root.starts_with('A') { "B" } else { "A" }, &root[1..]));
    let rewritten = log(&evidence, &["--was", word(&was("other", &other))]);
    assert_exit(&rewritten, 1);
    assert!(said(&rewritten).contains("history was rewritten"), "{}", said(&rewritten));
    let size = lines.lines().nth(1).expect("a size");
    let longer = lines.replacen(&format!("\n{size}\n"), "\n99999\n", 1);
    assert!(said(&log(&evidence, &["--was", word(&was("longer", &longer))])).contains("some were taken away"));
    assert_exit(&log(&evidence, &["--was", word(&was("none", "Dear madam,\n"))]), 2);
}

#[test]
fn what_cannot_be_looked_at_is_answered_with_2_and_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let (letter, missing) = (at("letter", "Dear madam,\n"), folder.path().join("missing"));
    for words in [["log", word(&missing)], ["log", word(&letter)], ["proof", word(&letter)], ["export", word(&letter)]]
    {
        let output = candour(&[&["verify"][..], &words].concat(), &[]);
        assert_exit(&output, 2);
        assert_eq!(complained(&output).lines().count(), 1, "{}", complained(&output));
    }
}

/// The proofs of one person, the checkpoint they stand under, and the key.
fn proofs(story: &Story) -> (Vec<String>, String, String) {
    let app = story.house.open(Clock::system());
    let (custody, person) = (app.custody().clone(), story.kept.person);
    let proofs =
        custody.store().clone().read_blocking("proofs", move |tx| custody.proofs(tx, person, None)).expect("proofs");
    let key = app.custody().log_key().expect("a key");
    close(&story.house, app);
    let checkpoint = proofs.first().expect("a proof").file.checkpoint.clone();
    (proofs.iter().map(|proof| proof.file.encode()).collect(), checkpoint, key)
}

#[test]
fn a_proof_is_told_in_words_with_what_it_cannot_show() {
    let story = Story::told();
    let (proofs, _, key) = proofs(&story);
    let file = story.house.path("receipt.txt");
    // As it comes in a letter, quoted.
    let quoted = format!("> {}", proofs[0].replace('\n', "\n> "));
    std::fs::write(&file, format!("Dear Priya Example,\n\n{quoted}\nRegards\n")).expect("written");
    let verify = |more: &[&str]| candour(&[&["verify", "proof", word(&file)], more].concat(), &[]);
    let without = verify(&[]);
    assert_exit(&without, 2);
    assert!(complained(&without).contains("https://portal.segfl.example/log/key"), "{}", complained(&without));
    let shown = verify(&["--key", &key]);
    assert_exit(&shown, 0);
    for part in ["A record was taken: ", "Under the notice ", "Entry ", "It cannot show that nobody kept a copy"] {
        assert!(said(&shown).contains(part), "{part} is missing in {}", said(&shown));
    }
    let evidence = story.house.path("evidence");
    let inside = verify(&["--log", word(&evidence)]);
    assert_exit(&inside, 0);
    assert!(said(&inside).contains("It continues the checkpoint"), "{}", said(&inside));
    std::fs::write(&file, proofs[0].replacen("index ", "index 1", 1)).expect("written");
    assert_exit(&verify(&["--key", &key]), 1);
}

#[test]
fn a_persons_download_is_verified_and_a_changed_one_is_refused() {
    let story = Story::told();
    let (proofs, checkpoint, key) = proofs(&story);
    let digest = notice::read(crate::house::NOTICE).expect("a notice").notice.expect("whole").digest();
    let made = |name: &str, proofs: &[String], notice: &str| {
        let file = story.house.path(name);
        let mut archive = Archive::new(std::fs::File::create(&file).expect("a file"));
        archive.add("export.json", b"{}").expect("added");
        archive.add("checkpoint", checkpoint.as_bytes()).expect("added");
        archive.add("log.vkey", format!("{key}\n").as_bytes()).expect("added");
        archive.add(&format!("notices/{digest}.toml"), notice.as_bytes()).expect("added");
        for (n, proof) in proofs.iter().enumerate() {
            archive.add(&format!("proofs/{n}.tlog-proof"), proof.as_bytes()).expect("added");
        }
        archive.finish("a download").expect("finished");
        candour(&["verify", "export", word(&file)], &[])
    };
    let whole = made("whole.zip", &proofs, crate::house::NOTICE);
    assert_exit(&whole, 0);
    assert!(said(&whole).contains("proofs under one checkpoint"), "{}", said(&whole));
    assert!(said(&whole).contains("Nothing in the log vouches for export.json: "), "{}", said(&whole));
    assert_exit(&made("other.zip", &proofs, &crate::house::NOTICE.replace("SEGfL", "SEGL")), 1);
    let changed = [proofs[0].replacen("index ", "index 1", 1)];
    assert_exit(&made("changed.zip", &changed, crate::house::NOTICE), 1);
}
