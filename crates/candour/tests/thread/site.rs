//! The pages that are the same for everybody.

use super::support::{Browser, House, NOTICE};
use axum::body::Body;
use axum::http::header;
use tower::ServiceExt;

/// Every address of the room but a single version's.
pub(crate) const PAGES: [&str; 5] = ["/", "/privacy", "/privacy/history", "/cookies", "/accessibility"];

/// A second notice: the shipped one with other words, from 1 December.
fn second() -> String {
    NOTICE
        .replace("version = \"2026-11\"", "version = \"2026-12\"")
        .replace("effective = 2026-11-01", "effective = 2026-12-01")
}

fn publish(house: &House, text: &str) -> String {
    let notice = notice::read(text).expect("a notice").notice.expect("a whole notice");
    house.app.custody().publish(text, &notice, "officer").expect("published");
    notice.digest().to_string()
}

fn digest(text: &str) -> String {
    notice::read(text).expect("a notice").notice.expect("a whole notice").digest().to_string()
}

/// Ids that a page gives away, in order.
fn ids(page: &str) -> Vec<&str> {
    page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Where a page leads within the site.
fn links(page: &str) -> Vec<String> {
    let hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.filter(|href| href.starts_with('/')).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_home_page_leads_to_the_enquiry_first() {
    let house = House::new();
    let page = Browser::default().get(&house, "/").await.expect(200);
    let main = page.body.split("<main").nth(1).expect("a main part");
    assert_eq!(links(main).first().map(String::as_str), Some("/enquiries/new"));
    page.says("within 5 working days").says("/privacy#kind-enquiry-keep").says("90 days after we closed your enquiry");
}

#[tokio::test]
async fn the_home_page_says_of_a_service_only_what_the_notice_covers() {
    let covered = Browser::default().get(&House::new(), "/").await.expect(200);
    covered.says("not open here yet").says("/privacy#kind-account").says("/privacy#kind-service-contact");
    let without = NOTICE.replace("id = \"account\"", "id = \"other-account\"");
    let page = Browser::default().get(&House::under(&without), "/").await.expect(200);
    assert!(!page.body.contains("/privacy#kind-account"), "{}", page.body);
    page.says("not open here yet").says("/privacy#kind-service-contact");
}

#[tokio::test]
async fn the_notice_begins_with_a_summary_and_gives_each_clause_one_address() {
    let house = House::new();
    let page = Browser::default().get(&house, "/privacy").await.expect(200);
    let main = page.body.split("<main").nth(1).expect("a main part");
    assert!(main.split("<h2>").nth(1).is_some_and(|first| first.starts_with("In short")), "{main}");
    let mut once = ids(&page.body);
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids(&page.body).len(), "an id stands twice");
    for clause in ["kind-enquiry-keep", "purpose-show-you", "text-your-rights", "notice"] {
        assert!(once.contains(&clause), "{clause}");
    }
    page.says("in force since Sunday 1 November 2026").says(&format!("/privacy/{}", digest(NOTICE)));
}

#[tokio::test]
async fn every_published_version_keeps_its_address() {
    let house = House::new();
    let new = publish(&house, &second());
    let mut visitor = Browser::default();
    let old = format!("/privacy/{}", digest(NOTICE));
    visitor
        .get(&house, &format!("/privacy/{new}"))
        .await
        .expect(200)
        .says("comes into force on Tuesday 1 December 2026");
    visitor.get(&house, "/privacy").await.expect(200).says("Version 2026-11");
    house.pass_days(8).await;
    visitor.get(&house, "/privacy").await.expect(200).says("Version 2026-12");
    visitor.get(&house, &old).await.expect(200).says("was replaced on Tuesday 1 December 2026").says("Version 2026-11");
    let list = visitor.get(&house, "/privacy/history").await.expect(200);
    assert!(list.body.find("2026-12").expect("the new one") < list.body.find("2026-11</a>").expect("the old one"));
    list.says("In force</td>").says("Replaced on 1 December 2026").says(&old).says("officer");
}

#[tokio::test]
async fn an_address_of_no_published_version_is_no_page() {
    let house = House::new();
    let mut visitor = Browser::default();
    for path in ["/privacy/", "/privacy/1", &format!("/privacy/{}", digest(&second()))] {
        visitor.get(&house, path).await.expect(404).says("Page not found");
    }
}

#[tokio::test]
async fn the_cookie_page_lists_every_cookie_of_the_notice() {
    let house = House::new();
    let page = Browser::default().get(&house, "/cookies").await.expect(200);
    for part in ["__Host-enquiry", "30 minutes", "__Host-staff", "24 hours", "Set by", "Why without asking"] {
        assert!(page.body.contains(part), "{part} is missing");
    }
}

#[tokio::test]
async fn the_accessibility_statement_has_what_the_regulations_ask_for() {
    let house = House::new();
    let page = Browser::default().get(&house, "/accessibility").await.expect(200);
    let parts = [
        "partially compliant",
        "version 2.2, level AA",
        "desk@segfl.example",
        "EHRC",
        "EASS",
        "Prepared on Monday 23 November 2026",
    ];
    for part in parts {
        assert!(page.body.contains(part), "{part} is missing");
    }
}

#[tokio::test]
async fn reading_sets_no_cookie_and_every_link_and_place_is_there() {
    let house = House::new();
    let mut visitor = Browser::default();
    for path in PAGES {
        let page = visitor.get(&house, path).await.expect(200);
        assert_eq!(page.body.matches("<h1").count(), 1, "{path}");
        for link in links(&page.body) {
            let (to, place) = link.split_once('#').unwrap_or((&link, ""));
            let answer = visitor.get(&house, to).await.expect(200);
            assert!(place.is_empty() || ids(&answer.body).contains(&place), "{path} leads to {link}");
        }
    }
    assert_eq!(visitor.cookies(), [""; 0]);
}

#[tokio::test]
async fn robots_are_kept_out_of_letters_and_staff_pages() {
    let house = House::new();
    let robots = Browser::default().get(&house, "/robots.txt").await.expect(200);
    for path in ["/staff", "/demo", "/enquiries/link"] {
        assert!(robots.body.contains(&format!("Disallow: {path}\n")), "{path}");
    }
}

#[tokio::test]
async fn a_page_that_stands_is_not_sent_again() {
    let house = House::new();
    let mut visitor = Browser::default();
    let first = visitor.get(&house, "/privacy").await.expect(200);
    assert_eq!(first.headers[header::CACHE_CONTROL], "no-cache");
    let again = |tag: &header::HeaderValue| {
        Browser::default()
            .request("GET", "/privacy")
            .header(header::IF_NONE_MATCH, tag.clone())
            .body(Body::empty())
            .expect("a request")
    };
    let tag = first.headers[header::ETAG].clone();
    let second = visitor.send(&house, again(&tag)).await.expect(304);
    assert_eq!(second.body, "");
    publish(&house, &self::second());
    house.pass_days(8).await;
    visitor.send(&house, again(&tag)).await.expect(200).says("Version 2026-12");
}

/// Bytes of an answer as a browser takes it: header lines and compressed body.
async fn bytes(house: &House, path: &str) -> usize {
    let request = Browser::default()
        .request("GET", path)
        .header(header::ACCEPT_ENCODING, "gzip, deflate, br")
        .body(Body::empty());
    let answer = house.router.clone().oneshot(request.expect("a request")).await.expect("an answer");
    assert_eq!(answer.headers()[header::CONTENT_ENCODING], "br", "{path}");
    let lines: usize = answer.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    lines + axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body").len()
}

#[tokio::test]
async fn a_page_and_its_style_sheet_cross_the_wire_in_twelve_kilobytes() {
    let house = House::new();
    let sheet = bytes(&house, candour::face::style::path()).await;
    for path in PAGES {
        let page = bytes(&house, path).await;
        assert!(page + sheet <= 12 * 1024, "{path}: {page} and {sheet} bytes");
    }
}
