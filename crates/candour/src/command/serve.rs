//! `candour serve`, and the loops that it shares with the demo.

use super::settings::{Settings, TlsFiles};
use super::{Cannot, Outcome, logs};
use crate::web::connections;
use crate::web::tls::Tls;
use crate::{App, jobs};
use clap::Args;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Serves the portal.
#[derive(Args)]
pub(super) struct Serve {
    /// The configuration file
    #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
    config: PathBuf,
}

impl Serve {
    pub(super) fn run(self) -> Outcome {
        let settings = Settings::read(&self.config)?;
        logs::start(tracing::Level::INFO, settings.log);
        let (listen, address) = (settings.listen.clone(), settings.address.clone());
        let tls = settings.tls.as_ref().map(load).transpose()?;
        raise_open_files();
        let app = settings.open(true)?;
        if app.custody().in_force(app.today()).is_err() {
            return Err(Cannot("no notice is published. Publish one: candour notice publish FILE".to_owned()));
        }
        runtime()?.block_on(async move {
            let listener = TcpListener::bind(&listen)
                .await
                .map_err(|error| Cannot(format!("cannot listen on {listen}: {error}")))?;
            println!("Candour is at {address}/ (listening on {})", listener.local_addr()?);
            until_stopped(app, listener, tls).await
        })
    }
}

/// As many open files as the system lets us have: each connection is one.
fn raise_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it is not allowed, connections wait for each other sooner.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// The runtime: a worker for each core; blocking work has threads of its own.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Cannot> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn load(files: &TlsFiles) -> Result<Arc<Tls>, Cannot> {
    Ok(Arc::new(Tls::load(&files.certificate, &files.key)?))
}

/// Serves until the process is told to stop, with the minute's and the mail's loops beside.
pub(super) async fn until_stopped(app: App, listener: TcpListener, tls: Option<Arc<Tls>>) -> Outcome {
    crate::mail::recover(&app)?;
    let minutes = tokio::spawn(minutes(app.clone()));
    let letters = tokio::spawn(letters(app.clone()));
    let certificates = tokio::spawn(certificates(tls.clone()));
    let log = tokio::spawn(publish(app.clone()));
    let scrub = tokio::spawn(scrub(app.clone()));
    connections::serve(listener, tls, crate::web::router(&app), stopped()).await;
    for task in [minutes, letters, certificates, log, scrub] {
        task.abort();
    }
    // What was acknowledged last is under a checkpoint too. Where it cannot be, the next start does it.
    if let Err(error) = app.custody().publish_log() {
        tracing::error!(code = "log-not-published", cause = %error);
    }
    app.custody().store().clone().close();
    Ok(ExitCode::SUCCESS)
}

async fn minutes(app: App) {
    let mut interval = tokio::time::interval(Duration::from_mins(1));
    loop {
        interval.tick().await;
        let app = app.clone();
        let done = tokio::task::spawn_blocking(move || crate::day::minute(&app)).await;
        match done {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(code = "day-failed", cause = %error),
            Err(_) => {
                tracing::error!(code = "day-failed", cause = "the day's run stopped because of a fault in the program");
            }
        }
    }
}

/// Each minute: a certificate that was renewed on disk.
async fn certificates(tls: Option<Arc<Tls>>) {
    let Some(tls) = tls else { return };
    let mut interval = tokio::time::interval(Duration::from_mins(1));
    loop {
        interval.tick().await;
        match tls.look_again() {
            Ok(true) => tracing::info!(code = "certificate", cause = "the files of the certificate have changed"),
            Ok(false) => {}
            Err(error) => tracing::error!(code = "certificate-unusable", cause = %error),
        }
    }
}

async fn letters(app: App) {
    let mut interval = tokio::time::interval(Duration::from_secs(1));
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        interval.tick().await;
        if let Err(error) = crate::mail::deliver(&app).await {
            tracing::error!(code = "mail-queue", cause = %error);
        }
    }
}

/// Each second: the log is published, where something was added to it. Only a process that may write in the data folder does.
async fn publish(app: App) {
    let mut interval = tokio::time::interval(Duration::from_secs(1));
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        interval.tick().await;
        let app = app.clone();
        let done = tokio::task::spawn_blocking(move || jobs::PUBLISH.run(&app, |app| app.custody().publish_log()));
        if let Ok(Err(error)) = done.await {
            tracing::error!(code = "log-not-published", cause = %error);
        }
    }
}

/// Each minute it is looked whether today's scrub was done. It is long, so it has a loop of its own.
async fn scrub(app: App) {
    let mut interval = tokio::time::interval(Duration::from_mins(1));
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        interval.tick().await;
        let app = app.clone();
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || crate::day::scrub(&app)).await {
            tracing::error!(code = "scrub-failed", cause = %error);
        }
    }
}

async fn stopped() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
