//! The public notice as HTML: every clause once, escaped, in order.

use super::{COUNTY, changed, county};
use crate::{Notice, anchor, cookies, detail, html, summary};
use std::collections::BTreeSet;

fn shipped() -> Notice {
    crate::read(include_str!("../../../../notices/segfl.toml")).unwrap().notice.unwrap()
}

fn ids(html: &str) -> Vec<&str> {
    html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

fn targets(html: &str) -> Vec<&str> {
    html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn every_clause_has_its_anchor_once_and_every_link_arrives() {
    for notice in [county(), shipped()] {
        let page = html(&notice);
        let whole = format!("{}{}", page.summary, page.detail);
        let all = ids(&whole);
        let once: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), once.len());
        for target in targets(&whole) {
            assert!(once.contains(target), "{target}");
        }
        let mut clauses = vec!["notice".to_owned(), "notice.backup_window".to_owned(), "controller".to_owned()];
        clauses.extend(notice.contacts().iter().map(|x| format!("contact.{}", x.id)));
        clauses.extend(notice.subjects().iter().map(|x| format!("subject.{}", x.id)));
        clauses.extend(notice.fields().iter().map(|x| format!("field.{}", x.id)));
        clauses.extend(notice.purposes().iter().map(|x| format!("purpose.{}", x.id)));
        clauses.extend(notice.events().iter().map(|x| format!("event.{}", x.id)));
        clauses.extend(notice.kinds().iter().map(|x| format!("kind.{}.keep", x.id)));
        clauses.extend(
            notice.kinds().iter().flat_map(|x| x.fields.iter().map(|(f, _)| format!("kind.{}.fields.{f}", x.id))),
        );
        clauses.extend(notice.recipients().iter().map(|x| format!("recipient.{}", x.id)));
        clauses.extend(notice.cookies().iter().map(|x| format!("cookie.{}", x.id)));
        clauses.extend(notice.stores().iter().map(|x| format!("store.{}", x.id)));
        clauses.extend(notice.texts().iter().map(|x| format!("text.{}", x.id)));
        clauses.extend(notice.rights().iter().map(|x| format!("right.{}", x.id)));
        clauses.extend(notice.disclosures().iter().map(|x| format!("disclosure.{}", x.id)));
        clauses.extend(notice.decisions().iter().map(|x| format!("decision.{}", x.id)));
        clauses.extend(notice.change().map(|_| "change".to_owned()));
        for clause in clauses {
            assert!(notice.says(&clause) && once.contains(anchor(&clause).as_str()), "{clause}");
        }
    }
}

#[test]
fn the_summary_says_what_why_and_until_when() {
    insta::assert_snapshot!(summary(&county()).replace("><", ">\n<"), @r##"
<div class="clause" id="text-in-short">
<p>We hold what you send us \ &quot;as it is&quot;.</p>
</div>
<ul>
<li>Questions, requests, objections and complaints: <a href="#contact-officer">Data protection officer</a>, <a href="mailto:privacy@county.example">privacy@county.example</a>
</li>
<li>To complain further: <a href="#contact-regulator">Information Commissioner</a>, <a href="https://ico.org.uk/make-a-complaint/">https://ico.org.uk/make-a-complaint/</a>
</li>
</ul>
<table>
<caption>What we hold, why, and until when</caption>
<thead>
<tr>
<th scope="col">What</th>
<th scope="col">Why</th>
<th scope="col">Until when</th>
</tr>
</thead>
<tbody>
<tr>
<th scope="row">
<a href="#kind-enquiry">Your enquiry and how to reach you</a>
</th>
<td data-label="Why">
<ul>
<li>Answer what you ask us.</li>
<li>Show you what we hold about you.</li>
</ul>
</td>
<td data-label="Until when">90 days after we closed your enquiry, at the latest 12 months after we received it.</td>
</tr>
<tr>
<th scope="row">
<a href="#kind-staff">Who works at our desk</a>
</th>
<td data-label="Why">Run the desk.</td>
<td data-label="Until when">30 days after you left our staff, at the latest 13 months after you last signed in.</td>
</tr>
</tbody>
</table>
"##);
}

#[test]
fn every_cookie_is_on_the_page_of_its_own_and_in_the_notice() {
    let notice = shipped();
    let (own, whole) = (cookies(&notice), detail(&notice));
    assert_eq!(own.matches("<tr class=\"clause\"").count(), notice.cookies().len());
    for cookie in notice.cookies() {
        for page in [&own, &whole] {
            for words in [cookie.name.as_str(), cookie.words.as_str(), cookie.lifetime().as_str()] {
                assert!(page.contains(words), "{words}");
            }
        }
    }
}

/// The small notice with six kinds, of which all but `staff` are held to show them.
fn many() -> Notice {
    let mut text = COUNTY.to_owned();
    for n in 0..4 {
        let kind = format!(
            "\n\n[[kind]]\nid = \"more-{n}\"\nwords = \"More {n}\"\nsubject = \"enquirer\"\nfields = {{ name = \"required\" }}\n\
             source = {{ default = \"you\" }}\npurposes = [\"answer-enquiries\", \"show-you\"]\n\
             keep = \"12 months after enquiry.received\"\nthen = \"erase\"\n"
        );
        text.push_str(&kind);
    }
    crate::read(&text.replace(
        "purposes = [\"answer-enquiries\", \"show-you\"]\nkeep = \"earliest",
        "purposes = [\"show-you\"]\nkeep = \"earliest",
    ))
    .unwrap()
    .notice
    .unwrap()
}

#[test]
fn what_nearly_all_kinds_are_held_for_stands_once_below_the_table() {
    let page = summary(&many());
    let (table, below) = page.split_once("</table>").unwrap();
    assert_eq!(table.matches("Show you what we hold").count(), 1, "as the only purpose of one");
    assert_eq!(below.matches("Show you what we hold").count(), 1);
    assert!(below.contains("Not for: <a href=\"#kind-staff\">"), "{below}");
}

#[test]
fn the_detail_leads_back_to_what_nearly_all_kinds_are_held_for() {
    let page = detail(&many());
    let start = page.find("<h2 id=\"kinds\">").unwrap();
    let kinds = &page[start..start + page[start..].find("<h2 id=\"purposes").unwrap()];
    assert!(kinds.contains("<a href=\"#shared\">"));
    assert_eq!(kinds.matches(">Show you what we hold").count(), 1, "as the only purpose of one");
    assert_eq!(kinds.matches(">Answer what you ask us").count(), 4);
}

#[test]
fn the_summary_says_whom_to_write_to_and_where_to_complain() {
    let page = summary(&shipped());
    let (above, _) = page.split_once("<table>").unwrap();
    for words in
        ["href=\"mailto:privacy@segfl.example\"", "href=\"https://ico.org.uk/make-a-complaint/\"", "#contact-officer"]
    {
        assert!(above.contains(words), "{words}: {above}");
    }
    assert!(!summary(&changed("id = \"officer\"", "id = \"helper\"").notice.unwrap()).contains("#contact-officer"));
}

#[test]
fn a_kind_says_everything_about_itself() {
    let page = detail(&county());
    let start = page.find("<section class=\"clause\" id=\"kind-enquiry\">").unwrap();
    let kind = &page[start..start + page[start..].find("</section>").unwrap()];
    insta::assert_snapshot!(kind.replace("><", ">\n<"), @r##"
<section class="clause" id="kind-enquiry">
<h3>Your enquiry and how to reach you</h3>
<dl>
<div>
<dt>Whose data</dt>
<dd>
<span id="subject-enquirer">People who ask us something.</span>
</dd>
</div>
<div>
<dt>What</dt>
<dd id="kind-enquiry-fields">Full name, E-mail address, What it is about. Optional: Message.</dd>
</div>
<div>
<dt>Why</dt>
<dd>
<ul>
<li>
<a href="#purpose-answer-enquiries">Answer what you ask us.</a> (our legitimate interests)</li>
<li>
<a href="#purpose-show-you">Show you what we hold about you.</a> (a duty the law gives us)</li>
</ul>
</dd>
</div>
<div>
<dt>Where from</dt>
<dd>
<ul>
<li>What it is about: our staff</li>
<li>Everything else: you</li>
</ul>
</dd>
</div>
<div>
<dt>Until when</dt>
<dd id="kind-enquiry-keep">90 days after we closed your enquiry, at the latest 12 months after we received it. Then we erase it. We warn you 14 days before.</dd>
</div>
<div>
<dt>Who receives it</dt>
<dd>
<a href="#recipient-mail-relay">Example Mail Limited</a>
</dd>
</div>
</dl>
"##);
}

#[test]
fn hostile_words_stay_words() {
    let hostile = "<script>alert(\\\"x\\\")</script>&'";
    for (from, around) in [
        ("Your enquiry and how to reach you", ""),
        ("County Grid for Learning Limited", ""),
        ("Data protection officer", ""),
        ("People who ask us something", ""),
        ("E-mail address", ""),
        ("Answer what you ask us.", ""),
        ("Answering people who write to us", ""),
        ("we closed your enquiry", ""),
        ("our last answer", ""),
        ("default = \"you\"", "default = "),
        ("Example Mail Limited", ""),
        ("Keeps a member of staff signed in.", ""),
        ("Sealed copies of the database", ""),
        ("Ask our officer", ""),
        ("version = \"2026-11\"", "version = "),
    ] {
        let to = if around.is_empty() { hostile.to_owned() } else { format!("{around}\"{hostile}\"") };
        let to = if from == "Ask our officer" { to.replace('\\', "") } else { to };
        let page = html(&changed(from, &to).notice.unwrap());
        let whole = format!("{}{}", page.summary, page.detail);
        assert!(!whole.contains("<script"), "{from}");
        assert!(whole.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;"), "{from}");
    }
}

#[test]
fn tags_open_and_close_in_order() {
    for notice in [county(), shipped()] {
        let page = html(&notice);
        for fragment in [page.summary, page.detail] {
            let mut open: Vec<&str> = Vec::new();
            for tag in fragment.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()) {
                let name = tag.split(' ').next().unwrap();
                match name.strip_prefix('/') {
                    Some(name) => assert_eq!(open.pop(), Some(name)),
                    None if name == "br" => {}
                    None => open.push(name),
                }
            }
            assert_eq!(open, [""; 0]);
        }
    }
}
