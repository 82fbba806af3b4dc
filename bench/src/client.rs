//! HTTP/1.1 over one connection that is kept: enough for answers with a `Content-Length`, which is what the pages have.

use std::io::{Error, ErrorKind, Result};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any browser's reader would wait.
const PATIENCE: Duration = Duration::from_secs(30);

/// Larger than any page of ours; more is not read.
const LARGEST_BODY_BYTES: usize = 1 << 20;

/// A kept connection to one host.
pub(crate) struct Client {
    host: String,
    stream: BufReader<TcpStream>,
}

/// Status and body of one answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Client {
    /// Connects to `host:port`.
    pub(crate) async fn connect(host: &str) -> Result<Self> {
        let stream = timeout(PATIENCE, TcpStream::connect(host)).await??;
        stream.set_nodelay(true)?;
        Ok(Self { host: host.to_owned(), stream: BufReader::new(stream) })
    }

    /// Fetches a page.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        self.exchange(&request).await
    }

    /// Sends a form, from the program's own pages as a browser would say.
    pub(crate) async fn post(&mut self, path: &str, body: &str) -> Result<Answer> {
        let host = &self.host;
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.exchange(&request).await
    }

    async fn exchange(&mut self, request: &str) -> Result<Answer> {
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        timeout(PATIENCE, self.answer()).await?
    }

    async fn answer(&mut self) -> Result<Answer> {
        let status = self.line().await?.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut length = 0;
        loop {
            let line = self.line().await?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if line.starts_with("transfer-encoding:") {
                return Err(broken("an answer came in chunks"));
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| broken("an answer has no length"))?;
            }
        }
        if length > LARGEST_BODY_BYTES {
            return Err(broken("an answer is too long"));
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        let body = String::from_utf8(body).map_err(|_| broken("an answer is not text"))?;
        Ok(Answer { status: status.ok_or_else(|| broken("an answer has no status"))?, body })
    }

    async fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(broken("the connection was closed"));
        }
        Ok(line.trim_end().to_owned())
    }
}

fn broken(sentence: &str) -> Error {
    Error::new(ErrorKind::InvalidData, sentence)
}
