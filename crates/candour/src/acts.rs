//! The automatic acts: whatever the program does to people without a person who decides it. Each carries out a `[[decision]]`
//! of the notice, or says why it is none.

/// An automatic act that a person may feel.
pub struct Act {
    /// Its name: `due`.
    pub id: &'static str,
    /// The files that do it, below `crates`.
    pub at: &'static [&'static str],
    /// The decision that it carries out.
    pub decision: Option<&'static str>,
    /// Why it is none, where it carries out none.
    pub no_decision: Option<&'static str>,
}

const fn carries_out(id: &'static str, decision: &'static str, at: &'static [&'static str]) -> Act {
    Act { id, at, decision: Some(decision), no_decision: None }
}

const fn decides_nothing(id: &'static str, reason: &'static str, at: &'static [&'static str]) -> Act {
    Act { id, at, decision: None, no_decision: Some(reason) }
}

/// Every automatic act.
pub static ALL: &[Act] = &[
    carries_out("close-and-erase-what-is-due", "delete-when-due", &["custody/src/standing.rs", "custody/src/sweep.rs"]),
    carries_out(
        "erase-what-is-withdrawn",
        "delete-what-you-withdraw",
        &["custody/src/withdraw.rs", "custody/src/sweep.rs"],
    ),
    carries_out("rest-sign-in", "limit-tries", &["candour/src/rooms/staff/door.rs"]),
    carries_out(
        "limit-enquiries",
        "limit-tries",
        &["candour/src/rooms/enquiries/limit.rs", "candour/src/rooms/enquiries/sent.rs"],
    ),
    carries_out("limit-messages", "limit-tries", &["candour/src/rooms/enquiries/mine/page.rs"]),
    decides_nothing(
        "limit-links-and-codes",
        "it guards a person's own mailbox and enquiry against others, and ends by itself: the next is sent the next day",
        &["candour/src/rooms/enquiries/find.rs", "candour/src/rooms/enquiries/mine/proof.rs"],
    ),
    decides_nothing(
        "slow-a-flood",
        "it counts requests and knows nobody; a minute later the same request is taken",
        &[
            "candour/src/rooms/enquiries/find.rs",
            "candour/src/rooms/enquiries/limit.rs",
            "candour/src/rooms/staff/door.rs",
            "candour/src/web/bucket.rs",
        ],
    ),
    decides_nothing(
        "end-a-session",
        "nothing held changes, the notice's cookie says how long, and the same person begins another",
        &["candour/src/web/session.rs"],
    ),
    decides_nothing(
        "end-a-link-or-a-code",
        "the letter says until when, and another is sent to whoever asks",
        &[
            "candour/src/day.rs",
            "candour/src/rooms/enquiries/enquiry.rs",
            "candour/src/rooms/enquiries/mine/change.rs",
            "candour/src/rooms/enquiries/mine/proof.rs",
            "candour/src/rooms/enquiries/draft.rs",
        ],
    ),
    decides_nothing(
        "end-what-a-copy-brought-back",
        "an operator put the copy back; nothing held changes, and whoever comes again gets another way in",
        &["candour/src/rooms/restored.rs"],
    ),
    decides_nothing(
        "end-an-invitation",
        "its letter says until when, nothing is held of whoever did not come, and an operator invites again",
        &["candour/src/day.rs", "candour/src/rooms/staff/members.rs", "candour/src/rooms/staff/rows.rs"],
    ),
    decides_nothing(
        "stop-trying-a-letter",
        "it is left for a person to decide, on the page of the mail",
        &["candour/src/mail/deliver.rs", "candour/src/mail/mod.rs"],
    ),
    decides_nothing(
        "refuse-what-the-notice-does-not-allow",
        "the notice was decided by people; nothing is done, and the clause is said",
        &["custody/src/permit.rs"],
    ),
    decides_nothing(
        "forget-old-counts",
        "counts, and the votes of officers on a release, which bind nothing after its end",
        &["custody/src/retention.rs", "custody/src/rows.rs"],
    ),
];
