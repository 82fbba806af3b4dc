//! One page over HTTP, as few lines as will do.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::stop::Stop;

const PATIENCE: Duration = Duration::from_secs(30);

/// Fetches a page and answers its body as it crossed the wire: compressed when `gzip` is set. Anything but 200 is an error.
pub(crate) fn fetch(address: &str, path: &str, gzip: bool) -> Result<Vec<u8>, Stop> {
    let unread = |error: std::io::Error| Stop::No(format!("{path} could not be fetched: {error}."));
    let answer = exchange(address, path, gzip).map_err(unread)?;
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let (Some(end), true) = (end, answer.starts_with(b"HTTP/1.") && answer.get(8..13) == Some(b" 200 ")) else {
        return Err(Stop::No(format!("{path} was not answered with 200.")));
    };
    Ok(answer[end + 4..].to_vec())
}

/// HTTP/1.0: the answer is never in chunks and ends with the connection.
fn exchange(address: &str, path: &str, gzip: bool) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let encoding = if gzip { "gzip" } else { "identity" };
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\nAccept-Encoding: {encoding}\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}
