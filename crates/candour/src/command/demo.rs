//! `candour demo`: the whole portal with made-up people, on this machine, in a folder that goes when it stops.

use super::settings::Log;
use super::{Cannot, Outcome, logs, serve};
use crate::App;
use crate::app::{Places, Start};
use crate::mail::Mailer;
use crate::rooms::demo;
use clap::Args;
use law::Clock;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tracing::Level;

/// Runs a demonstration with made-up people and a clock that you can move.
#[derive(Args)]
pub(super) struct Demo {
    /// Where to listen; port 0 takes one that is free
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A folder to keep: a demonstration that stands there goes on. Without it, everything goes when the program stops
    #[arg(long)]
    data: Option<PathBuf>,
    /// Says more in the log
    #[arg(long)]
    verbose: bool,
}

impl Demo {
    pub(super) fn run(self) -> Outcome {
        logs::start(if self.verbose { Level::INFO } else { Level::WARN }, Log::Text);
        // Held until the end: dropping it removes the folder.
        let temporary =
            if self.data.is_none() { Some(tempfile::Builder::new().prefix("candour-demo-").tempdir()?) } else { None };
        let folder = self.data.as_deref().or(temporary.as_ref().map(tempfile::TempDir::path)).unwrap_or(Path::new("."));
        let app = open(folder)?;
        demo::settle(&app)?;
        let served = serve::runtime()?.block_on(self.serve(app));
        if let Some(folder) = temporary {
            folder.close()?;
        }
        served
    }

    async fn serve(&self, app: App) -> Outcome {
        let cannot =
            |error| Cannot(format!("cannot listen on {}: {error}. Choose another with --listen.", self.listen));
        let listener = TcpListener::bind(self.listen).await.map_err(cannot)?;
        let listening = listener.local_addr()?;
        if !listening.ip().is_loopback() {
            eprintln!(
                "Warning: {listening} can be reached from other machines, and everybody there may act as staff of this demonstration."
            );
        }
        let address = format!("http://{listening}");
        app.listening_at(address.clone());
        println!("Candour is at {address}/");
        if let Some(demo) = app.demo() {
            println!("Staff: {address}{}", demo.staff_path());
        }
        println!("This is a demonstration with made-up people. Do not type anything about real ones.");
        serve::until_stopped(app, listener, None).await
    }
}

/// Opens the program below one folder.
fn open(folder: &Path) -> Result<App, Cannot> {
    Ok(App::start(Start {
        places: Places::below(folder),
        clock: Clock::system(),
        seed: None,
        mailer: Mailer::page(),
        address: String::new(),
        demo: true,
        serving: true,
        patience: crate::app::PATIENCE,
    })?)
}
