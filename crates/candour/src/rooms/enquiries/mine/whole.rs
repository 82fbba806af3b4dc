//! Everything, with proofs: one archive of the copy in both forms, a proof of each act that stands in our log, and what is needed
//! to check them without us. `candour verify export` checks it whole.
//!
//! | file | what |
//! |---|---|
//! | `README.txt` | what this is, how it is checked, what it cannot prove |
//! | `export.json`, `export.html` | the copy, for programs and for people |
//! | `proofs/N-EFFECT.tlog-proof` | C2SP tlog-proof: the entry, what opens it, its way to the checkpoint |
//! | `checkpoint`, `log.vkey` | the signed checkpoint of all proofs, and the key that verifies it |
//! | `notices/DIGEST.toml` | every notice that an entry names |
//! | `manifest.json` | the SHA-256 of each file |

use super::download::{Made, made, name};
use crate::App;
use crate::archive::Archive;
use crate::face::render;
use crate::web::session::You;
use crate::web::{Answer, Stop};
use askama::Template;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use custody::{Error, PersonId, Proof, Published};
use ledger::{Extra, Leaf};
use std::collections::BTreeSet;
use std::io::Cursor;

/// `GET /enquiries/mine/download.zip`.
pub(super) async fn zip(State(app): State<App>, You(session): You) -> Answer {
    let person = session.person;
    let made = made(&app, session).await?;
    let title = name(&made, "zip");
    let it = app.clone();
    // Compressing and publishing take their time: beside the workers that answer.
    let packed = tokio::task::spawn_blocking(move || pack(&it, &made, person));
    let bytes = packed.await.map_err(|_| Stop::Fault("archive"))??;
    Ok(([(CONTENT_TYPE, "application/zip".to_owned()), title], bytes).into_response())
}

/// What the log shows of a person.
struct Shown {
    proofs: Vec<Proof>,
    checkpoint: String,
    key: String,
    notices: Vec<Published>,
}

fn pack(app: &App, made: &Made, person: PersonId) -> Result<Vec<u8>, Stop> {
    let shown = shown(app, person)?;
    let readme = Readme {
        organisation: &made.notice.controller().name,
        address: app.address(),
        proofs: shown.proofs.len(),
        key: &shown.key,
    };
    let mut archive = Archive::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, bytes: &[u8]| archive.add(name, bytes).map_err(|_| Stop::Fault("archive"));
    add("README.txt", render(&readme).as_bytes())?;
    add("export.json", &made.json)?;
    add("export.html", made.html.as_bytes())?;
    add("checkpoint", shown.checkpoint.as_bytes())?;
    add("log.vkey", format!("{}\n", shown.key).as_bytes())?;
    for notice in &shown.notices {
        add(&format!("notices/{}.toml", notice.digest), notice.text.as_bytes())?;
    }
    for (n, proof) in shown.proofs.iter().enumerate() {
        add(&format!("proofs/{:04}-{}.tlog-proof", n + 1, word(proof)), proof.file.encode().as_bytes())?;
    }
    let done = archive.finish("everything that is held for an enquiry, with proofs");
    Ok(done.map_err(|_| Stop::Fault("archive"))?.into_inner())
}

/// Proofs of everything until now: what was opened for this very copy gets its entry, and a checkpoint covers it.
fn shown(app: &App, person: PersonId) -> Result<Shown, Error> {
    let custody = app.custody();
    custody.publish_now()?;
    let it = custody.clone();
    let proofs = custody.store().read_blocking("proofs", move |tx| it.proofs(tx, person, None))?;
    let named: BTreeSet<[u8; 32]> = proofs.iter().filter_map(leaf).map(|leaf| leaf.notice).collect();
    let notices = custody.history()?.into_iter().filter(|one| named.contains(&one.digest.0)).collect();
    let checkpoint = match proofs.first() {
        Some(proof) => proof.file.checkpoint.clone(),
        None => custody.checkpoint()?.unwrap_or_default(),
    };
    Ok(Shown { proofs, checkpoint, key: custody.log_key()?, notices })
}

/// The entry that a proof carries.
fn leaf(proof: &Proof) -> Option<Leaf> {
    Leaf::decode(&Extra::decode(&proof.file.extra).ok()?.leaf).ok()
}

/// What was done, as files are named.
fn word(proof: &Proof) -> &'static str {
    leaf(proof).map_or("unknown", |leaf| leaf.effect.word())
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/whole.txt")]
struct Readme<'a> {
    organisation: &'a str,
    address: &'a str,
    proofs: usize,
    key: &'a str,
}
