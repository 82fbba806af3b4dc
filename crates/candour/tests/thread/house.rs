//! What holds for the whole house: nothing is forgotten in a list, and every answer keeps the frame's promises.

use super::support::{Browser, House, NOTICE};
use axum::body::Body;
use axum::http::{Request, header};
use candour::web::session;
use notice::Notice;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use store::Class;

/// The longest body that is taken, in bytes.
const BODY: usize = 64 * 1024;

pub(crate) fn shipped() -> Notice {
    notice::read(NOTICE).expect("a notice").notice.expect("a whole notice")
}

/// The Rust files of the crates that have statements, features and letters: name and text.
pub(crate) fn sources() -> Vec<(String, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of all crates");
    let mut files = Vec::new();
    let mut folders = vec![crates.join("candour/src"), crates.join("custody/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(crates).expect("below").display().to_string();
                files.push((name, std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    files
}

/// What follows each occurrence of a mark, outside comments.
pub(crate) fn after<'t>(text: &'t str, mark: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(mark).filter_map(move |(at, _)| {
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        (!text[line..at].contains("//")).then(|| &text[at + mark.len()..])
    })
}

/// Names of the statements that a file declares.
fn declared(text: &str) -> Vec<&str> {
    let blocks = after(text, "statements! {").map(|rest| rest.split("\n}").next().unwrap_or_default());
    let names = blocks.flat_map(str::lines).filter_map(|line| line.trim().split_once(" = ")).map(|(name, _)| name);
    names
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit()))
        .collect()
}

/// The lists of clauses that a file writes down, and what follows each.
fn clause_lists(text: &str) -> Vec<(Vec<&str>, &str)> {
    let lists =
        after(text, "clauses: &[").filter(|rest| !rest.starts_with("&str")).filter_map(|rest| rest.split_once(']'));
    lists.map(|(list, rest)| (list.split('"').skip(1).step_by(2).collect(), rest)).collect()
}

#[test]
fn every_statement_keeps_the_rules_of_portability() {
    for statement in candour::migrations::statements() {
        let broken = store::portability(statement.text());
        assert!(broken.is_empty(), "{}: {}", statement.name(), broken.join("; "));
    }
}

#[test]
fn the_engine_understands_every_statement() {
    let database = store::test::database(candour::migrations::MIGRATIONS).expect("a database");
    for statement in candour::migrations::statements() {
        assert_eq!(database.understand(statement), Ok(()), "{}", statement.name());
    }
}

#[test]
fn every_statement_in_the_source_is_in_the_list_that_is_held_to_the_rules() {
    let mut listed: BTreeMap<&str, usize> = BTreeMap::new();
    for statement in candour::migrations::statements() {
        *listed.entry(statement.name()).or_default() += 1;
    }
    let sources = sources();
    for (file, text) in &sources {
        for name in declared(text) {
            let left = listed.get_mut(name).filter(|left| **left > 0);
            *left.unwrap_or_else(|| {
                panic!("{file}: add the statements of this module to the list of its room: {name} is in none")
            }) -= 1;
        }
    }
    let ghosts: Vec<_> = listed.into_iter().filter(|(_, left)| *left > 0).collect();
    assert!(ghosts.is_empty(), "listed twice, or this test does not find them in the source: {ghosts:?}");
}

#[tokio::test]
async fn every_column_is_classified_and_every_classified_column_is_there() {
    let house = House::new();
    let columns = store::columns(candour::migrations::COLUMNS).expect("columns.toml reads");
    let live = house.app.custody().store().catalogue().expect("a catalogue");
    assert_eq!(store::unclassified(&columns, &live), [""; 0]);
}

#[test]
fn every_column_about_a_person_stands_on_clauses_that_the_shipped_notice_covers() {
    let notice = shipped();
    let columns = store::columns(candour::migrations::COLUMNS).expect("columns.toml reads");
    for (table, _) in columns.tables() {
        for (column, class) in columns.of_table(table) {
            let (Class::Linked { clauses, .. } | Class::Sealed { clauses }) = class else { continue };
            for clause in clauses.iter().filter(|clause| *clause != "every kind") {
                assert!(notice.covers(clause), "{table}.{column} stands on {clause}, which the notice does not cover");
            }
        }
    }
}

#[test]
fn every_feature_stands_on_clauses_or_says_why_it_needs_none() {
    let notice = shipped();
    for feature in candour::rooms::features() {
        assert_eq!(feature.missing(&notice), [""; 0], "{}", feature.id);
        assert_eq!(
            feature.clauses.is_empty(),
            feature.no_personal_data.is_some_and(|reason| !reason.is_empty()),
            "the feature {}: name its clauses, or say why it touches no personal data",
            feature.id
        );
    }
}

#[test]
fn every_list_of_clauses_in_the_source_is_covered_by_the_shipped_notice() {
    let notice = shipped();
    let mut found = 0;
    for (file, text) in sources() {
        for (clauses, rest) in clause_lists(&text) {
            found += clauses.len();
            for clause in &clauses {
                assert!(notice.covers(clause), "{file} stands on {clause}, which the notice does not cover");
            }
            // What a job is that names nothing is completed by each job; a test of the jobs looks at them.
            let reason = rest.trim_start_matches([',', ' ', '\n']).starts_with("no_personal_data: Some(");
            let excused = reason || file.ends_with("src/jobs.rs");
            assert!(excused || !clauses.is_empty(), "{file}: a letter or feature names no clause and no reason");
        }
    }
    let of_features: usize = candour::rooms::features().iter().map(|feature| feature.clauses.len()).sum();
    let of_jobs: usize = candour::jobs::ALL.iter().map(|job| job.clauses.len()).sum();
    assert!(found > of_features + of_jobs, "letters name clauses too, but this test found none in the source");
}

#[test]
fn every_cookie_that_the_program_sets_is_in_the_notice_and_no_other() {
    let notice = shipped();
    let declared: BTreeSet<&str> = notice.cookies().iter().map(|cookie| cookie.id.as_str()).collect();
    let set: BTreeSet<&str> = session::COOKIES.iter().copied().collect();
    assert_eq!(
        declared, set,
        "declare each cookie that the program sets as a [[cookie]] of the notice, list it in session::COOKIES, and no other"
    );
    for cookie in notice.cookies() {
        let name = &cookie.id;
        assert_eq!(
            cookie.minutes.map(i64::from),
            Some(session::longest_minutes(name)),
            "{name}: let the notice's lifetime and the longest life in web/session.rs be the same"
        );
        let ours = cookie.setter == "us" && cookie.host.is_none() && cookie.name.starts_with("__Host-");
        assert!(
            ours,
            "{name}: a cookie of ours is set by \"us\", names no host, and begins with __Host- so that it keeps to ours"
        );
    }
    let constants = sources()
        .iter()
        .flat_map(|(_, text)| after(text, "pub const ").map(str::to_owned).collect::<Vec<_>>())
        .filter(|rest| {
            rest.split_once(": &str = \"").is_some_and(|(name, id)| {
                !name.contains(' ') && id.split('"').next().is_some_and(|id| id.ends_with("-session"))
            })
        })
        .count();
    assert_eq!(constants, set.len(), "add the id of every cookie to session::COOKIES");
    for (file, text) in sources() {
        let sets = after(&text, "SET_COOKIE").next().is_some() || text.to_lowercase().contains("\"set-cookie\"");
        assert!(!sets || file.ends_with("web/cookie.rs"), "{file}: cookies are set by web::cookie::set alone");
        let begins = after(&text, "cookie::set(").next().is_some();
        assert!(!begins || file.ends_with("web/session.rs"), "{file}: a session gives its cookie with session::give");
    }
}

/// The text of a constant of a file.
fn constant<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.split_once(&format!("const {name}: &str = \""))?.1.split('"').next()
}

/// Every address of the source that answers a plain GET.
pub(crate) fn addresses() -> BTreeSet<String> {
    let routes = sources().into_iter().flat_map(|(_, text)| {
        let paths = after(&text, ".route(").filter_map(|rest| {
            let (path, method) = rest.trim_start().split_once(',')?;
            let path =
                path.strip_prefix('"').map_or_else(|| constant(&text, path), |literal| literal.strip_suffix('"'))?;
            method.trim_start().starts_with("get(").then(|| path.to_owned())
        });
        paths.collect::<Vec<_>>()
    });
    routes.filter(|path| !path.contains('{')).collect()
}

#[tokio::test]
async fn every_address_without_a_parameter_answers_with_a_page_or_leads_to_one() {
    let house = House::new();
    house.publish_log().await;
    let addresses = addresses();
    for page in super::site::PAGES {
        assert!(addresses.contains(page), "{page}");
    }
    for path in addresses {
        let status = Browser::default().get(&house, &path).await.status.as_u16();
        assert!(matches!(status, 200 | 303), "{path} answers {status}");
    }
}

#[tokio::test]
async fn no_page_runs_a_script_carries_a_style_or_loads_from_elsewhere() {
    let house = House::new();
    let door = house.app.demo().expect("the demonstration").staff_path();
    let mut readers = vec![Browser::default()];
    for role in ["desk", "officer", "operator"] {
        let mut colleague = Browser::default();
        colleague.post(&house, &door, &[("role", role)]).await.expect(303);
        readers.push(colleague);
    }
    for mut reader in readers {
        for path in addresses().into_iter().chain(["/nowhere".to_owned()]) {
            assert_self_contained(&path, &reader.get(&house, &path).await.body);
        }
    }
}

fn assert_self_contained(path: &str, page: &str) {
    for forbidden in ["<script", " style=\"", " onclick=", " onload=", "<iframe", "<base", "javascript:"] {
        assert!(!page.contains(forbidden), "{path} contains {forbidden}");
    }
    for mark in [
        " src=\"",
        " srcset=\"",
        " action=\"",
        " formaction=\"",
        "<link rel=\"stylesheet\" href=\"",
        "<link rel=\"icon\" href=\"",
    ] {
        for target in page.split(mark).skip(1).filter_map(|rest| rest.split('"').next()) {
            let own = target.starts_with('/') && !target.starts_with("//");
            assert!(own || target.starts_with("data:"), "{path} loads or sends elsewhere: {target}");
        }
    }
}

#[tokio::test]
async fn every_page_carries_the_headers_of_the_frame() {
    let house = House::new();
    let mut visitor = Browser::default();
    let sheet = visitor.get(&house, candour::face::style::path()).await.headers;
    assert_eq!(sheet["x-content-type-options"], "nosniff", "the style sheet is no page and needs no more");
    for path in ["/", "/enquiries/new", "/nowhere", "/robots.txt", "/staff"] {
        let headers = visitor.get(&house, path).await.headers;
        assert_framed(path, &headers);
    }
    let foreign = visitor.send(&house, cross_site("/enquiries")).await;
    assert_framed("a foreign form", &foreign.headers);
}

fn assert_framed(what: &str, headers: &header::HeaderMap) {
    let is = |name: &str, value: &str| {
        let found = headers.get(name).and_then(|found| found.to_str().ok());
        assert_eq!(found, Some(value), "{what}: {name}");
    };
    is("x-content-type-options", "nosniff");
    is("x-frame-options", "DENY");
    is("referrer-policy", "same-origin");
    is("cross-origin-opener-policy", "same-origin");
    is("cross-origin-resource-policy", "same-origin");
    let policy = headers["content-security-policy"].to_str().expect("text");
    for part in
        ["default-src 'none'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"]
    {
        assert!(policy.split("; ").any(|one| one == part), "{what}: {part} is missing in {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{what}: {policy}");
    assert!(headers.contains_key(header::CACHE_CONTROL), "{what} does not say whether it may be kept");
}

fn cross_site(path: &str) -> Request<Body> {
    let request = Browser::default().request("POST", path).header("sec-fetch-site", "cross-site");
    let form = request.header(header::ORIGIN, "https://elsewhere.example").header(header::CONTENT_TYPE, FORM);
    form.body(Body::from("name=x")).expect("a request")
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_form_from_another_site_is_refused_with_a_page() {
    let house = House::new();
    let mut visitor = Browser::default();
    visitor.send(&house, cross_site("/enquiries")).await.expect(403).says("This form was sent from another site");
    let old_browser = visitor.request("POST", "/enquiries").header(header::ORIGIN, "https://elsewhere.example");
    let old_browser = old_browser.header(header::CONTENT_TYPE, FORM).body(Body::from("name=x")).expect("a request");
    visitor.send(&house, old_browser).await.expect(403).says("This form was sent from another site");
}

#[tokio::test]
async fn an_unknown_address_is_a_page_with_the_organisations_face() {
    let house = House::new();
    let mut visitor = Browser::default();
    for path in ["/nowhere", "/enquiries/new/", "/../etc/passwd", "/privacy/versions/1"] {
        visitor.get(&house, path).await.expect(404).says("Page not found").says("SEGfL").says("<footer");
    }
    visitor.post(&house, "/privacy", &[]).await.expect(404).says("Page not found");
}

#[tokio::test]
async fn more_than_a_form_can_hold_is_refused_with_a_page() {
    let house = House::new();
    let mut visitor = Browser::default();
    let large = "a".repeat(BODY);
    visitor.post(&house, "/enquiries", &[("message", &large)]).await.expect(413).says("more than we can take");
}
