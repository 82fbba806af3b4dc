//! Tests across modules, on one small notice without findings.

mod allowing;
mod keeping;
mod reading;
mod rendering;

use crate::{Notice, Read, read};

const COUNTY: &str = include_str!("tests/county.toml");

fn county() -> Notice {
    let read = read(COUNTY).unwrap();
    assert_eq!(read.findings, []);
    read.notice.unwrap()
}

/// Reads the county's notice with one text replaced by another.
fn changed(from: &str, to: &str) -> Read {
    assert_eq!(COUNTY.matches(from).count(), 1, "{from:?} must stand once");
    read(&COUNTY.replace(from, to)).unwrap()
}
