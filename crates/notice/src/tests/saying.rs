//! What the page says of rights, disclosures, automatic acts and changes, and of what a notice leaves out.

use super::COUNTY;
use crate::{detail, html, read};

/// The detail of the small notice with some sections added.
fn page(more: &str) -> String {
    let read = read(&format!("{COUNTY}\n{more}")).unwrap();
    detail(&read.notice.unwrap_or_else(|| panic!("{:#?}", read.findings)))
}

/// The text of the clause with that anchor, without its tags.
fn said(page: &str, anchor: &str) -> String {
    let (_, rest) = page.split_once(&format!("id=\"{anchor}\">")).unwrap_or_else(|| panic!("no {anchor}"));
    let end = rest.find(if rest.starts_with("<dt>") { "</dd>" } else { "</div>" }).unwrap();
    words(&rest[..end])
}

fn words(html: &str) -> String {
    let mut words = String::new();
    for piece in html.split('<') {
        words.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
        words.push(' ');
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

const RIGHTS: &str = r#"
[[right]]
id = "access"
words = "You can see what we hold about you."
limit = "1 month"

[[right]]
id = "erasure"
words = "You can have it deleted."
limit = "1 month"
kinds = ["enquiry"]

[[right]]
id = "portability"
words = "You can take it with you"
limit = "1 month"
extension = "2 months"
fee = true
voluntary = true
"#;

#[test]
fn what_holds_for_most_rights_stands_once_and_the_others_say_their_own() {
    let page = page(RIGHTS);
    assert_eq!(page.matches("We answer within 1 month, free of charge.").count(), 1);
    assert_eq!(said(&page, "right-access"), "Access You can see what we hold about you.");
    assert_eq!(
        said(&page, "right-erasure"),
        "Erasure You can have it deleted. Only for: Your enquiry and how to reach you ."
    );
    assert_eq!(
        said(&page, "right-portability"),
        "Portability You can take it with you. We answer within 1 month, or up to 2 months later if we tell you why, and may ask a fee. The law does not oblige us to this."
    );
}

#[test]
fn grounds_of_disclosure_say_whether_people_are_told() {
    let ground = |id: &str, told: &str| {
        format!("[[disclosure]]\nid = \"{id}\"\nground = \"{id}\"\nwords = \"to whom it may concern\"\n{told}\n")
    };
    let same = page(&format!("{}{}", ground("crime", "told = true"), ground("legal-duty", "told = true")));
    assert_eq!(same.matches("We tell you, unless the law forbids it.").count(), 1);
    assert_eq!(said(&same, "disclosure-legal-duty"), "Legal duty To whom it may concern.");
    let mixed = page(&format!("{}{}", ground("crime", "told = false"), ground("legal-duty", "")));
    assert!(said(&mixed, "disclosure-crime").ends_with("We do not tell you."));
    assert!(said(&mixed, "disclosure-legal-duty").ends_with("This notice does not say whether we tell you."));
}

#[test]
fn an_automatic_act_says_who_does_it_why_it_is_fair_and_who_looks_again() {
    let decision = "[[decision]]\nid = \"close\"\nwords = \"Old enquiries are closed.\"\nby = \"desk\"\n";
    let page = page(&format!("{decision}reason = \"you can write again\"\nhuman = \"officer\"\n"));
    assert_eq!(
        said(&page, "decision-close"),
        "Old enquiries are closed. Our desk staff. It does not affect you significantly. You can write again. If you ask, a person looks at it again: Data protection officer ."
    );
}

#[test]
fn changes_say_what_is_significant_when_people_are_told_and_how() {
    let page =
        page("[change]\nsignificant = [\"purpose-added\", \"keep-longer\"]\nwait = \"14 days\"\ntell = [\"staff\"]\n");
    assert_eq!(
        said(&page, "change"),
        "Significant changes: a new purpose; data that is kept longer. We say so on this website 14 days before one takes effect. By e-mail: Our staff ."
    );
}

#[test]
fn who_gives_data_learns_whether_they_must_and_who_receives_which_of_it() {
    let notice = COUNTY
        .replace("said = [\"P06\", \"P09\"]", "obliged = \"law\"\nwithout = \"We cannot answer you\"")
        .replace(
            "role = \"processor\"",
            "role = \"controller\"\nderived = \"members\"\nfields = { enquiry = [\"name\", \"email\"] }",
        )
        .replace("contract = \"C-1\"\ncontract_until = 2027-10-31\n", "accepted = \"2026-11\"\n");
    let page = words(&detail(&read(&notice).unwrap().notice.unwrap()));
    for part in [
        "Must you give it Yes, by law. We cannot answer you.",
        "Who Those who are our members of that day.",
        "What Your enquiry and how to reach you : Full name, E-mail address",
        "Keeps to Version 2026-11 of this notice.",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn what_a_notice_leaves_out_is_said_plainly() {
    let mut silent = COUNTY.to_owned();
    for line in [
        "backup_window = \"14 days\"\n",
        "basis = \"legal-obligation\"\n",
        "purposes = [\"run-desk\"]\n",
        "source = { default = \"our staff\" }\n",
        "keep = \"earliest of 30 days after staff.left, 13 months after staff.last-sign-in\"\n",
        "role = \"processor\"\n",
        "country = \"GB\"\n",
        "lifetime = \"24 hours\"\n",
        "exception = \"strictly-necessary\"\n",
        "limit = \"14 days\"\n",
    ] {
        assert_eq!(silent.matches(line).count(), 1, "{line}");
        silent = silent.replace(line, "");
    }
    silent.push_str(
        "\n\n[[right]]\nid = \"access\"\nwords = \"See it.\"\n\n[[decision]]\nid = \"x\"\nwords = \"Y.\"\nby = \"desk\"\n\n[change]\n",
    );
    let notice = read(&silent).unwrap().notice.unwrap();
    let page = html(&notice);
    let text = words(&format!("{}{}", page.summary, page.detail));
    for part in [
        "This notice does not say when what we erase is unreadable in every copy.",
        "no basis that this notice states",
        "Why This notice does not say.",
        "Where from This notice does not say.",
        "Until when This notice does not say.",
        "In what role This notice does not say.",
        "Country This notice does not say.",
        "This notice does not say. This notice does not say.",
        "This notice does not say how long.",
        "This notice does not say within what time we answer.",
        "This notice does not say why that is fair. This notice does not say which person looks at it again.",
        "This notice does not say which changes are significant. This notice does not say how long before.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
