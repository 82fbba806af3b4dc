//! Connections: accepted up to a number, a part of it for each address, given a time for each silence, and let finish when
//! the program stops. HTTP/2 is spoken where TLS has negotiated it, and nowhere else.

use super::callers::Callers;
use super::patience::Patient;
use super::tls::Tls;
use axum::Router;
use axum::extract::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

/// How much one server takes, and how long it waits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at a time; more wait in the system's queue.
    pub most: usize,
    /// Connections of one address at a time; more are closed. Not for this machine's own: there a proxy speaks for all.
    pub each: usize,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long the first byte of a connection may take.
    pub first: Duration,
    /// How long nothing may move, how long the head of a request may take, and how long a connection is kept on which
    /// nobody asks for anything.
    pub idle: Duration,
    /// How long what has begun is waited for at the end.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            most: 4_096,
            each: 256,
            handshake: Duration::from_secs(10),
            first: Duration::from_secs(10),
            idle: Duration::from_mins(1),
            farewell: Duration::from_secs(30),
        }
    }
}

/// Serves until told to stop, over TLS where there is a certificate; then lets what has begun finish.
pub async fn serve(listener: TcpListener, tls: Option<Arc<Tls>>, router: Router, stopped: impl Future<Output = ()>) {
    serve_within(Limits::default(), listener, tls, router, stopped).await;
}

/// The same within other limits.
pub async fn serve_within(
    limits: Limits,
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    router: Router,
    stopped: impl Future<Output = ()>,
) {
    let (room, callers) = (Arc::new(Semaphore::new(limits.most)), Callers::new(limits.each));
    let (end, ending) = watch::channel(());
    let mut stopped = pin!(stopped);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            () = &mut stopped => break,
        };
        let Some((stream, address, place)) = accepted else { continue };
        // Whoever has too many is not answered: an answer would cost more than they do.
        let Some(caller) = callers.enter(address) else { continue };
        let house = House { limits, tls: tls.clone(), router: router.clone(), ending: ending.clone() };
        tokio::spawn(async move {
            house.greet(stream).await;
            drop((caller, place));
        });
    }
    drop((listener, ending));
    // Each connection holds an end of it. Who is still reading after that is cut off.
    if end.send(()).is_ok() {
        let _ = timeout(limits.farewell, end.closed()).await;
    }
}

/// The next connection, once there is room for it.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> Option<(TcpStream, IpAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, from)) => Some((stream, from.ip(), place)),
        Err(error) => {
            // Gone before it was accepted is nothing; out of file handles passes when connections end.
            if !matches!(error.kind(), std::io::ErrorKind::ConnectionAborted | std::io::ErrorKind::ConnectionReset) {
                tracing::error!(code = "accept", cause = %error);
                sleep(Duration::from_secs(1)).await;
            }
            None
        }
    }
}

/// What a connection is met with.
struct House {
    limits: Limits,
    tls: Option<Arc<Tls>>,
    router: Router,
    ending: watch::Receiver<()>,
}

impl House {
    async fn greet(self, stream: TcpStream) {
        // Only speed depends on it.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else { return self.speak(stream, false).await };
        // Scanners and mistaken clients fail here all day; nobody needs a line for each.
        if let Ok(Ok(stream)) = timeout(self.limits.handshake, tls.acceptor().accept(stream)).await {
            let two = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            self.speak(stream, two).await;
        }
    }

    /// Answers until the client goes, nobody asks for anything, or the program stops; then what has begun may finish.
    async fn speak(mut self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, two: bool) {
        let Limits { first, idle, farewell, .. } = self.limits;
        let asked = Arc::new(Notify::new());
        let stream = TokioIo::new(Patient::new(stream, first, idle, Arc::clone(&asked)));
        let heard = Arc::clone(&asked);
        let answers = self.router.map_request(move |request: Request<_>| {
            heard.notify_one();
            request
        });
        let builder = builder(two, idle);
        let mut connection = pin!(builder.serve_connection(stream, TowerToHyperService::new(answers)));
        loop {
            tokio::select! {
                // What goes wrong on a connection is the client's to notice.
                _ = connection.as_mut() => return,
                () = asked.notified() => {}
                () = sleep(idle) => break,
                _ = self.ending.changed() => break,
            }
        }
        connection.as_mut().graceful_shutdown();
        let _ = timeout(farewell, connection).await;
    }
}

fn builder(two: bool, idle: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(idle);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(idle / 3).keep_alive_timeout(idle / 3);
    if two { builder.http2_only() } else { builder.http1_only() }
}
