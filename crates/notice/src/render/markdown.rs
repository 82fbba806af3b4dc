//! The public notice as Markdown: the very page of the site, tag by tag, so that both say the same.

use crate::Notice;
use crate::html::html;

pub(super) fn markdown(notice: &Notice) -> String {
    let layers = html(notice);
    let mut page = Page::default();
    page.text(&format!("<h1>Privacy notice of {}</h1>", crate::html::markup::escape(&notice.controller().name)));
    page.text(&layers.summary);
    page.text(&layers.detail);
    format!("{}\n", page.markdown.trim())
}

/// Text of a notice in Markdown: shown as it stands, whatever characters it has.
pub(crate) fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>|#~&".contains(c) {
            safe.push('\\');
        }
        safe.push(c);
    }
    // Nothing may begin a list.
    let digits = safe.chars().take_while(char::is_ascii_digit).count();
    let starts_list = safe.starts_with(['-', '+', '=']) || (digits > 0 && safe[digits..].starts_with(['.', ')']));
    if starts_list {
        safe.insert(digits, '\\');
    }
    safe
}

#[derive(Default)]
struct Page {
    markdown: String,
    /// How many lists are open.
    depth: usize,
    /// Cells of the row that is open, and whether it is the head of a table.
    row: Option<Vec<String>>,
    head: bool,
    /// The address of the link that is open.
    href: Option<String>,
    /// Inside what Markdown readers make themselves: the list of parts.
    skipped: bool,
}

impl Page {
    /// Adds HTML as `crate::html` writes it: every `<` of it begins a tag, since text is escaped.
    fn text(&mut self, html: &str) {
        for piece in html.split('<').enumerate() {
            match piece {
                (0, words) => self.words(words),
                (_, piece) => {
                    let (tag, words) = piece.split_once('>').unwrap_or((piece, ""));
                    self.tag(tag);
                    self.words(words);
                }
            }
        }
    }

    fn words(&mut self, words: &str) {
        if words.is_empty() || self.skipped {
            return;
        }
        let words = unescape(words);
        if self.href.as_ref().is_some_and(|href| unescape(href) == words) {
            self.href = None;
            return self.push(&format!("<{words}>"));
        }
        self.push(&plain(&words));
    }

    fn push(&mut self, markdown: &str) {
        match self.row.as_mut().and_then(|cells| cells.last_mut()) {
            Some(cell) => cell.push_str(&markdown.replace('\n', " ")),
            None => self.markdown.push_str(markdown),
        }
    }

    fn tag(&mut self, tag: &str) {
        let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
        if name.trim_start_matches('/') == "nav" {
            self.skipped = name == "nav";
        }
        if self.skipped {
            return;
        }
        match name {
            "h1" => self.block("# "),
            "h2" => self.block("## "),
            "h3" => self.block("### "),
            "p" | "/p" | "/h1" | "/h2" | "/h3" | "section" | "/section" | "table" | "/table" if self.depth == 0 => {
                self.block("");
            }
            "caption" => self.push("**"),
            "/caption" => {
                self.push("**");
                self.block("");
            }
            "ul" | "dl" => self.depth += 1,
            "/ul" | "/dl" => self.close_list(),
            "li" => self.item(""),
            "dt" => self.item("**"),
            "/dt" => self.push(":** "),
            "p" => self.push(" "),
            "br" if self.row.is_none() => self.push(", "),
            "br" => self.push("<br>"),
            "em" | "/em" => self.push("*"),
            "a" => self.href = attribute(rest, "href").filter(|href| href.starts_with("https:")),
            "/a" => self.close_link(),
            "thead" => self.head = true,
            "tr" => self.row = Some(Vec::new()),
            "th" | "td" => self.row.iter_mut().for_each(|cells| cells.push(String::new())),
            "/tr" => self.close_row(),
            _ => {}
        }
    }

    /// Begins a new block, once.
    fn block(&mut self, mark: &str) {
        let length = self.markdown.trim_end().len();
        self.markdown.truncate(length);
        self.markdown.push_str("\n\n");
        self.markdown.push_str(mark);
    }

    /// Begins an item of a list; in a cell, which holds no list, a line of its own.
    fn item(&mut self, mark: &str) {
        if let Some(cell) = self.row.as_mut().and_then(|cells| cells.last_mut()) {
            if !cell.is_empty() {
                cell.push_str("<br>");
            }
            return;
        }
        let length = self.markdown.trim_end().len();
        let is_new = self.depth == 1 && !self.markdown[..length].lines().next_back().is_some_and(is_item);
        self.markdown.truncate(length);
        let indent = "  ".repeat(self.depth.saturating_sub(1));
        self.markdown.push_str(if is_new { "\n\n" } else { "\n" });
        self.markdown.extend([&indent, "- ", mark]);
    }

    fn close_list(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 && self.row.is_none() {
            self.block("");
        }
    }

    /// A link out of the notice is shown by its address; one within it has nowhere to go.
    fn close_link(&mut self) {
        if let Some(href) = self.href.take() {
            self.push(&format!(" (<{}>)", unescape(&href)));
        }
    }

    fn close_row(&mut self) {
        let Some(cells) = self.row.take() else {
            return;
        };
        self.push(&format!("| {} |\n", cells.join(" | ")));
        if std::mem::take(&mut self.head) {
            self.push(&format!("|{}\n", " --- |".repeat(cells.len())));
        }
    }
}

fn is_item(line: &str) -> bool {
    line.trim_start().starts_with("- ")
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

fn unescape(html: &str) -> String {
    // "&amp;" last, or "&amp;lt;" would become a bracket.
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    named.iter().fold(html.to_owned(), |text, (code, c)| text.replace(code, c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(html: &str) -> String {
        let mut page = Page::default();
        page.text(html);
        page.markdown.trim().to_owned()
    }

    #[test]
    fn a_table_a_list_and_a_link_keep_their_form() {
        let html = "<h2 id=\"x\">What</h2><p>We hold <code>a_b</code>.</p><ul><li>one</li><li>two</li></ul>\
                    <table><caption>All</caption><thead><tr><th>A</th><th>B</th></tr></thead><tbody>\
                    <tr><th>1</th><td data-label=\"B\"><ul><li>x</li><li>y|z</li></ul></td></tr></tbody></table>\
                    <dl><div><dt>Why</dt><dd><ul><li>that</li><li>this</li></ul></dd></div></dl>\
                    <p>See <a href=\"#kind-x\">it</a> and <a href=\"https://a.example\">https://a.example</a>.</p>";
        insta::assert_snapshot!(converted(html), @r"
## What

We hold a\_b.

- one
- two

**All**

| A | B |
| --- | --- |
| 1 | x<br>y\|z |

- **Why:**
  - that
  - this

See it and <https://a.example>.
");
    }

    #[test]
    fn what_looks_like_markup_stays_text() {
        assert_eq!(converted("<p># a *b* &lt;i&gt; &amp;amp; 1</p>"), "\\# a \\*b\\* \\<i\\> \\&amp; 1");
        assert_eq!(converted("<p>1. one</p><p>- two</p>"), "1\\. one\n\n\\- two");
    }
}
