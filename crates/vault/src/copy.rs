//! A copy of the data: one stream, sealed part by part under a key of its own, which comes from the key of the day's epoch. When
//! that day's key is destroyed, no copy of the day opens any more.
//!
//! ```text
//! candour copy 1⏎ 2026-11-23⏎ id (32 bytes)      the head, in clear
//! number (8) last (1) length (4) ciphertext      a part; part 0 is the manifest, the others are the stream
//! ```
//!
//! Numbers are big-endian. Every part but the last seals 256 KiB of the stream; `last` is 1 on the last one and 0 before it. Each
//! ciphertext is bound to the day, the id, its number and whether it is the last, so that nothing can be cut off, moved, doubled,
//! left out or brought from another copy unseen. The key comes from the epoch key and the id, which is random: no two copies share
//! one. Writing and reading hold one part in memory.

use std::io::{self, Read, Write};

use jiff::civil::Date;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::key::{Associated, Key, OVERHEAD};
use crate::{EpochKey, Error, Keyring, Result, day};

const PROGRAM: &[u8] = b"candour copy ";
const FORMAT: &[u8] = b"1\n";
/// A day and the end of its line.
const DAY: usize = 11;
const ID: usize = 32;
const HEAD: usize = PROGRAM.len() + FORMAT.len() + DAY + ID;
const FRAME: usize = 13;
/// How much of the stream a part seals, in bytes.
const PART: usize = 256 * 1024;

/// What stands in clear at the beginning of a copy. It is not authenticated until a part opens.
pub struct CopyHead {
    day: Date,
    id: [u8; ID],
}

impl CopyHead {
    /// Reads the head alone, without keys, for a list of copies.
    pub fn read(input: &mut impl Read) -> Result<CopyHead> {
        let mut bytes = Vec::with_capacity(HEAD);
        input.take(HEAD as u64).read_to_end(&mut bytes).map_err(failed("read"))?;
        let begins = |with: &[u8], text: &[u8]| with.iter().zip(text).all(|(a, b)| a == b);
        if !begins(PROGRAM, &bytes) {
            return Err(Error::CopyForeign);
        }
        if !begins(FORMAT, bytes.get(PROGRAM.len()..).unwrap_or_default()) {
            return Err(Error::CopyFormat);
        }
        if bytes.len() < HEAD {
            return Err(Error::CopyCut);
        }
        let (line, id) = bytes[PROGRAM.len() + FORMAT.len()..].split_at(DAY);
        let day = str::from_utf8(line).ok().and_then(|line| day::read(line.strip_suffix('\n')?));
        Ok(CopyHead { day: day.ok_or(Error::CopyForeign)?, id: id.try_into().map_err(|_| Error::CopyForeign)? })
    }

    /// The epoch under whose key the copy opens.
    pub fn day(&self) -> Date {
        self.day
    }

    fn bytes(&self) -> Vec<u8> {
        [PROGRAM, FORMAT, self.day.to_string().as_bytes(), b"\n", &self.id].concat()
    }

    fn associated(&self, number: u64, last: bool) -> Associated {
        Associated::new("copy")
            .part(self.day.to_string().as_bytes())
            .part(&self.id)
            .part(&number.to_be_bytes())
            .part(&[u8::from(last)])
    }
}

/// Seals a stream as a copy. What is written is a copy only after [`CopyWriter::finish`]; before, it is one that was cut off.
pub struct CopyWriter<W, R> {
    out: W,
    rng: R,
    head: CopyHead,
    key: Key,
    /// How much a part seals.
    part: usize,
    /// The part that comes next.
    number: u64,
    /// What of it is known.
    plain: Zeroizing<Vec<u8>>,
}

impl<W: Write, R: CryptoRng> CopyWriter<W, R> {
    /// Writes the head and the manifest, which is at most 256 KiB.
    pub fn new(out: W, key: &EpochKey, manifest: &[u8], rng: R) -> Result<CopyWriter<W, R>> {
        CopyWriter::in_parts(PART, out, key, manifest, rng)
    }

    fn in_parts(part: usize, mut out: W, key: &EpochKey, manifest: &[u8], mut rng: R) -> Result<CopyWriter<W, R>> {
        if manifest.len() > PART {
            return Err(Error::malformed("the manifest of a copy is longer than 256 KiB"));
        }
        let mut id = [0; ID];
        rng.fill_bytes(&mut id);
        let head = CopyHead { day: key.day(), id };
        out.write_all(&head.bytes()).map_err(failed("write"))?;
        // The manifest is the first part. Both allocations are made once: one that grows leaves plaintext behind.
        let plain = Zeroizing::new(Vec::with_capacity(PART));
        let mut copy = CopyWriter { out, rng, key: key.copy_key(&id), head, part, number: 0, plain };
        copy.plain.extend_from_slice(manifest);
        copy.seal(false)?;
        Ok(copy)
    }

    /// Writes the last part and gives the other end back, which is flushed and not synced.
    pub fn finish(mut self) -> Result<W> {
        self.seal(true)?;
        self.out.flush().map_err(failed("write"))?;
        Ok(self.out)
    }

    fn seal(&mut self, last: bool) -> Result<()> {
        let sealed = self.key.seal(&self.plain, &self.head.associated(self.number, last), &mut self.rng);
        let length = u32::try_from(sealed.len()).expect("a part is 256 KiB at most");
        let frame = [&self.number.to_be_bytes()[..], &[u8::from(last)], &length.to_be_bytes()].concat();
        self.out.write_all(&frame).and_then(|()| self.out.write_all(&sealed)).map_err(failed("write"))?;
        self.number += 1;
        self.plain.clear();
        Ok(())
    }
}

impl<W: Write, R: CryptoRng> Write for CopyWriter<W, R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full part waits for the next byte: only then is it known not to be the last.
        if self.plain.len() == self.part && !bytes.is_empty() {
            self.seal(false)?;
        }
        let taken = bytes.len().min(self.part - self.plain.len());
        self.plain.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Opens a copy as a stream. Every byte that it gives is authenticated; that the copy is whole is known at its end, so what was
/// read of one that fails is thrown away. As a [`Read`] it fails with an [`Error`] inside.
pub struct CopyReader<I> {
    input: I,
    head: CopyHead,
    key: Key,
    /// The part that comes next.
    number: u64,
    /// The part that is being read, from `at` on.
    plain: Zeroizing<Vec<u8>>,
    at: usize,
    ended: bool,
}

impl<I: Read> CopyReader<I> {
    /// Reads the head and opens the manifest; [`Error::EpochGone`] when the keyring holds no key for the copy's day.
    pub fn open(mut input: I, keyring: &Keyring) -> Result<(Zeroizing<Vec<u8>>, CopyReader<I>)> {
        let head = CopyHead::read(&mut input)?;
        let key = keyring.key(head.day)?.copy_key(&head.id);
        let plain = Zeroizing::new(Vec::new());
        let mut copy = CopyReader { input, head, key, number: 0, plain, at: 0, ended: false };
        copy.next()?;
        Ok((std::mem::take(&mut copy.plain), copy))
    }

    /// The head of this copy.
    pub fn head(&self) -> &CopyHead {
        &self.head
    }

    /// Writes the rest of the stream to `out` and says how many bytes it was. The copy is whole if this succeeds.
    pub fn unpack(mut self, out: &mut impl Write) -> Result<u64> {
        let mut length = 0;
        loop {
            out.write_all(&self.plain[self.at..]).map_err(failed("unpack"))?;
            length += (self.plain.len() - self.at) as u64;
            if self.ended {
                return Ok(length);
            }
            self.next()?;
        }
    }

    /// Opens the next part. After a failure none ever opens: the number that is awaited has been passed.
    fn next(&mut self) -> Result<()> {
        (self.plain, self.at) = (Zeroizing::new(Vec::new()), 0);
        let mut frame = [0; FRAME];
        self.fill(&mut frame)?;
        let [number @ .., last, l0, l1, l2, l3] = frame;
        let (number, length) = (u64::from_be_bytes(number), u32::from_be_bytes([l0, l1, l2, l3]) as usize);
        if number != self.number {
            return Err(Error::CopyOrder { expected: self.number, found: number });
        }
        let changed = || Error::CopyChanged { part: number };
        // The manifest is never the last part. A part that says it is longer is not ours, and is not read into memory.
        if last > 1 || (number == 0 && last == 1) || !(OVERHEAD..=OVERHEAD + PART).contains(&length) {
            return Err(changed());
        }
        let mut sealed = vec![0; length];
        self.fill(&mut sealed)?;
        let associated = self.head.associated(number, last == 1);
        let plain = self.key.open(&sealed, &associated, "a part of a copy").map_err(|_| changed())?;
        if last == 1 && self.input.read(&mut [0]).map_err(failed("read"))? > 0 {
            return Err(Error::CopyLonger);
        }
        (self.plain, self.number, self.ended) = (plain, number + 1, last == 1);
        Ok(())
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.input.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Error::CopyCut,
            _ => failed("read")(error),
        })
    }
}

impl<I: Read> Read for CopyReader<I> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.at == self.plain.len() && !self.ended {
            self.next()?;
        }
        let given = bytes.len().min(self.plain.len() - self.at);
        bytes[..given].copy_from_slice(&self.plain[self.at..][..given]);
        self.at += given;
        Ok(given)
    }
}

fn failed(what: &'static str) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Stream { what, source }
}

#[cfg(test)]
mod tests;
