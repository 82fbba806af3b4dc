//! A stream that ends by itself when nothing moves on it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep};

/// A write of so many bytes is part of an answer, not one of the small frames that keep a connection.
const PART: usize = 1_024;

/// A stream, and how long it is waited for.
pub(super) struct Patient<S> {
    stream: S,
    heard: bool,
    idle: Duration,
    wait: Pin<Box<Sleep>>,
    taken: Arc<Notify>,
}

impl<S> Patient<S> {
    /// The first byte may take `first`, and each one after it `idle`; `taken` hears of each part of an answer that left.
    pub(super) fn new(stream: S, first: Duration, idle: Duration, taken: Arc<Notify>) -> Self {
        Self { stream, heard: false, idle, wait: Box::pin(sleep(first)), taken }
    }

    fn moved(&mut self) {
        self.wait.as_mut().reset(Instant::now() + self.idle);
    }

    /// What was written, or the end of patience. Before the client has said anything, what we write is no progress.
    fn written(&mut self, wrote: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let Poll::Ready(wrote) = wrote else { return self.waited(cx) };
        if self.heard && wrote.as_ref().is_ok_and(|bytes| *bytes > 0) {
            self.moved();
        }
        if wrote.as_ref().is_ok_and(|bytes| *bytes >= PART) {
            self.taken.notify_one();
        }
        Poll::Ready(wrote)
    }

    fn waited<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        ready!(self.wait.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buf) else { return self.waited(cx) };
        if buf.filled().len() > before {
            self.heard = true;
            self.moved();
        }
        Poll::Ready(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(wrote, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.written(wrote, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Pending => self.waited(cx),
            flushed @ Poll::Ready(_) => flushed,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_shutdown(cx) {
            Poll::Pending => self.waited(cx),
            shut @ Poll::Ready(_) => shut,
        }
    }
}
