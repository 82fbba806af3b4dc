//! Tests across modules, on one small notice without findings.

mod allowing;
mod catalogue;
mod comparing;
mod contradicting;
mod covering;
mod generated;
mod keeping;
mod lawful;
mod reading;
mod rendering;
mod rendering_formats;
mod saying;
mod unreadable;

use crate::Notice;

/// The crate's reader, without what the law and the notice itself hold against a county that says little: `lawful` and
/// `contradicting` ask for that.
fn read(text: &str) -> Result<crate::Read, crate::NoNotice> {
    let mut gaps = crate::read(text)?;
    gaps.findings.retain(|finding| finding.code.starts_with(['N', 'C']));
    Ok(gaps)
}

const COUNTY: &str = include_str!("tests/county.toml");

fn county() -> Notice {
    let read = read(COUNTY).unwrap();
    assert_eq!(read.findings, []);
    read.notice.unwrap()
}

/// Reads the county's notice with one text replaced by another.
fn changed(from: &str, to: &str) -> crate::Read {
    assert_eq!(COUNTY.matches(from).count(), 1, "{from:?} must stand once");
    read(&COUNTY.replace(from, to)).unwrap()
}
