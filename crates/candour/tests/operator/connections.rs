//! Clients that hold a connection and ask for nothing: each loses its place, and the next one is answered.

use crate::support::exchange;
use crate::tls::Authority;
use axum::Router;
use axum::routing::get;
use candour::web::connections::{Limits, serve_within};
use candour::web::tls::Tls;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

const REQUEST: &str = "GET /small HTTP/1.1\r\nHost: portal.segfl.example\r\nConnection: close\r\n\r\n";

/// More than the buffers of the system hold.
const LARGE: usize = 64 << 20;

/// The first bytes of HTTP/2 (RFC 9113 section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// One place, and little patience.
fn limits() -> Limits {
    let short = Duration::from_millis(300);
    Limits { most: 1, each: 1, handshake: Duration::from_secs(5), first: short, idle: short, farewell: short }
}

/// Serves on a port of its own; gives its place.
async fn open(tls: Option<Arc<Tls>>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let place = listener.local_addr().expect("an address").to_string();
    let router =
        Router::new().route("/small", get(|| async { "here" })).route("/large", get(|| async { "x".repeat(LARGE) }));
    tokio::spawn(serve_within(limits(), listener, tls, router, std::future::pending()));
    place
}

fn connect(place: &str) -> TcpStream {
    let stream = TcpStream::connect(place).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_mins(1))).expect("set");
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_nothing_or_half_a_sentence_or_hears_nothing_loses_its_place() {
    let place = open(None).await;
    let pipelined = "GET /large HTTP/1.1\r\nHost: portal.segfl.example\r\n\r\n".repeat(3);
    for said in [&b""[..], b"G", b"P", &PREFACE[..10], b"GET /small HTTP/1.1\r\nHost: po", pipelined.as_bytes()] {
        let place = place.clone();
        tokio::task::block_in_place(move || {
            let mut silent = connect(&place);
            silent.write_all(said).expect("sent");
            let answer = exchange(&mut connect(&place), REQUEST);
            assert!(answer.ends_with("here"), "after {said:?}: {answer}");
            drop(silent);
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_not_spoken_in_clear() {
    let place = open(None).await;
    tokio::task::block_in_place(|| {
        let mut client = connect(&place);
        client.write_all(&[PREFACE, &frame(4, 0, 0, &[])].concat()).expect("sent");
        let mut answer = Vec::new();
        let _ = client.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{answer:?}");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_http_2_client_that_only_answers_pings_or_takes_no_answer_loses_its_place() {
    let authority = Authority::new();
    let tls = Arc::new(Tls::load(&authority.chain(), &authority.key()).expect("a certificate"));
    let place = open(Some(tls)).await;
    // A window of nothing (RFC 9113 section 6.5.2), and GET /: an answer that is never taken.
    let no_window = frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]);
    let asks = frame(1, 5, 1, &[&[0x82, 0x87, 0x04, 6][..], b"/small", &[0x41, 9], b"localhost"].concat());
    for said in [frame(4, 0, 0, &[]), [no_window, asks].concat()] {
        let (place, authority) = (&place, &authority);
        tokio::task::block_in_place(move || {
            let mut client = authority.client_of(place, &rustls::version::TLS13, &[b"h2"]);
            client.write_all(&[PREFACE, &said].concat()).expect("sent");
            assert!(answers_pings(&mut client) > 0, "it was closed before it was asked whether it is there");
            let answer = exchange(&mut authority.client(place, &rustls::version::TLS13), REQUEST);
            assert!(answer.ends_with("here"), "{answer}");
        });
    }
}

/// A frame (RFC 9113 section 4.1) on a stream below 256.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("a short frame");
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// Answers pings until the connection ends; how many.
fn answers_pings(client: &mut (impl Read + Write)) -> usize {
    let mut pings = 0;
    let mut head = [0; 9];
    while client.read_exact(&mut head).is_ok() {
        let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        if client.read_exact(&mut payload).is_err() {
            break;
        }
        let answer = match (head[3], head[4]) {
            (4, 0) => frame(4, 1, 0, &[]),
            (6, 0) => frame(6, 1, 0, &payload),
            _ => continue,
        };
        pings += usize::from(head[3] == 6);
        if client.write_all(&answer).and_then(|()| client.flush()).is_err() {
            break;
        }
    }
    pings
}
