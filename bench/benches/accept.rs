//! An enquiry accepted, through the router and without a network in front of it: allowed, sealed, durable, with its evidence.
//! On both engines, one at a time and thirty-two at a time; PostgreSQL is a server of its own on the same disk.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use candour::App;
use candour::app::{Places, Start};
use candour::mail::Mailer;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::Engine;
use tower::ServiceExt;

const NOTICE: &str = include_str!("../../notices/segfl.toml");
const TYPED: &str = "topic=broadband&name=Priya+Example&school=Oakfield+School\
    &message=Our+line+has+been+slow+since+Monday.+Is+there+a+fault%3F&email=priya";

fn house(folder: &Path, engine: Engine) -> Router {
    let app = App::start(Start {
        places: Places { engine, ..Places::below(folder) },
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
    let custody = app.custody().clone();
    // As a server does each second. The benchmark's end is its end.
    std::thread::spawn(move || {
        while !custody.store().is_only_writer() && custody.sequence().is_ok() {
            std::thread::sleep(Duration::from_secs(1));
        }
    });
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

/// How many are sent at the same time.
const TOGETHER: u64 = 32;

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
async fn accept_together(router: &Router, times: u64) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..times {
        let mut forms = Vec::new();
        for _ in 0..TOGETHER {
            forms.push(checked(router).await);
        }
        let begun = Instant::now();
        let sent: Vec<_> = forms
            .into_iter()
            .map(|form| {
                let router = router.clone();
                tokio::spawn(async move { post(&router, "/enquiries", form).await })
            })
            .collect();
        for answer in sent {
            let (status, page) = answer.await.expect("no panic");
            assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        }
        spent += begun.elapsed();
    }
    spent
}

fn bench(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let server = scratch::Server::start(scratch::Kind::Durable).expect("a PostgreSQL server; see cargo xtask setup");
    for name in ["SQLite", "PostgreSQL"] {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let engine = match name {
            "SQLite" => Engine::sqlite(data.join("candour.db")),
            _ => Engine::postgres(server.url("postgres"), data),
        };
        let router = house(folder.path(), engine);
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(1)).bench_function("accept an enquiry", |bencher| {
            bencher.iter_custom(|times| runtime.block_on(accept(&router, times)));
        });
        group.throughput(Throughput::Elements(TOGETHER)).bench_function("accept 32 at a time", |bencher| {
            bencher.iter_custom(|times| runtime.block_on(accept_together(&router, times)));
        });
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
