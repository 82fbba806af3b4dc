//! An enquiry accepted, through the router and without a network: allowed, sealed, durable, with its evidence.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use candour::App;
use candour::app::{Places, Start};
use candour::mail::Mailer;
use criterion::{Criterion, criterion_group, criterion_main};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tower::ServiceExt;

const NOTICE: &str = include_str!("../../notices/segfl.toml");
const TYPED: &str = "topic=broadband&name=Priya+Example&school=Oakfield+School\
    &message=Our+line+has+been+slow+since+Monday.+Is+there+a+fault%3F&email=priya";

fn house(folder: &std::path::Path) -> Router {
    let app = App::start(Start {
        places: Places::below(folder),
        clock: law::Clock::system(),
        seed: None,
        mailer: Mailer::page(),
        address: "https://portal.segfl.example".to_owned(),
        // Elsewhere the number of enquiries is limited.
        demo: true,
        serving: true,
        patience: candour::app::PATIENCE,
    })
    .expect("started");
    let notice = notice::read(NOTICE).expect("a notice").notice.expect("a whole notice");
    app.custody().publish(NOTICE, &notice, "officer").expect("published");
    candour::web::router(&app)
}

async fn post(router: &Router, path: &str, body: String) -> (StatusCode, String) {
    let request = Request::post(path)
        .header(header::HOST, "portal.segfl.example")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .expect("a request");
    let response = router.clone().oneshot(request).await.expect("an answer");
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

/// The sealed form that the check page carries, of another person each time.
async fn checked(router: &Router) -> String {
    static PEOPLE: AtomicU64 = AtomicU64::new(0);
    let person = PEOPLE.fetch_add(1, Ordering::Relaxed);
    let (_, page) = post(router, "/enquiries/check", format!("{TYPED}{person}%40oakfield.example")).await;
    let form = page.split("name=\"form\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    format!("form={}", form.expect("the check page carries the form"))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
async fn accept(router: &Router, times: u64) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..times {
        let form = checked(router).await;
        let begun = Instant::now();
        let (status, page) = post(router, "/enquiries", form).await;
        spent += begun.elapsed();
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    }
    spent
}

fn bench(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let router = house(folder.path());
    criterion.bench_function("accept an enquiry", |bencher| {
        bencher.iter_custom(|times| runtime.block_on(accept(&router, times)));
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
