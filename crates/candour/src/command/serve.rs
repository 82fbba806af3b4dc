//! `candour serve`, and the loops that it shares with the demo.

use super::settings::Settings;
use super::{Cannot, Outcome};
use crate::App;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
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
        logs(tracing::Level::INFO);
        let settings = Settings::read(&self.config)?;
        let (listen, address) = (settings.listen.clone(), settings.address.clone());
        let app = settings.open(true)?;
        if app.custody().in_force(app.today()).is_err() {
            return Err(Cannot(
                "no notice is published. Publish one: candour notice publish notices/segfl.toml".to_owned(),
            ));
        }
        runtime()?.block_on(async move {
            let listener = TcpListener::bind(&listen)
                .await
                .map_err(|error| Cannot(format!("cannot listen on {listen}: {error}")))?;
            println!("Candour is at {address}/ (listening on {listen})");
            until_stopped(app, listener).await
        })
    }
}

/// The runtime: a worker for each core; blocking work has threads of its own.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Cannot> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Logs to standard error: codes and causes, never personal data.
pub(super) fn logs(level: tracing::Level) {
    // A second call, as in tests, changes nothing.
    let _ = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level).with_target(false).try_init();
}

/// Serves until the process is told to stop, with the minute's and the mail's loops beside.
pub(super) async fn until_stopped(app: App, listener: TcpListener) -> Outcome {
    crate::mail::recover(&app)?;
    let minutes = tokio::spawn(minutes(app.clone()));
    let letters = tokio::spawn(letters(app.clone()));
    axum::serve(listener, crate::web::router(&app)).with_graceful_shutdown(stopped()).await?;
    minutes.abort();
    letters.abort();
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
