//! What must hold for any bytes as a notice file. The fuzz target calls this, and so do the tests of the crate `notice`, over
//! the files in `corpus/notice_read`, the shipped notices and changed copies of them.

/// Reads bytes as a notice and goes on with whatever comes of it. Panics where a promise of the crate is broken.
pub(crate) fn notice_read(bytes: &[u8]) {
    let read = match notice::read_bytes(bytes) {
        Ok(read) => read,
        Err(error) => {
            assert!(error.line > 0 && error.column > 0 && !error.sentence.is_empty());
            return;
        }
    };
    let text = String::from_utf8_lossy(bytes);
    assert!(notice::report("notice.toml", &text, &read.findings).ends_with('\n'));
    let Some(notice) = read.notice else {
        assert!(!read.findings.is_empty(), "no notice and no reason");
        return;
    };
    for clause in notice.closed() {
        assert!(!notice.covers(clause), "{clause} is closed and covered");
    }
    let printed = notice::print(&notice);
    let again = notice::read(&printed).ok().and_then(|read| read.notice);
    assert!(again.as_ref() == Some(&notice), "what is printed does not read back");
    assert_eq!(again.map(|notice| notice.digest()), Some(notice.digest()));
    let page = notice::html(&notice);
    assert!(!page.summary.contains("<script") && !page.detail.contains("<script"));
}
