//! Findings for people at a terminal, and for programs.

use crate::{Finding, Severity};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt::Write;
use std::ops::Range;

/// Longest stretch of the file shown with one finding, in bytes; a longer one is named by its line alone.
const LONGEST: usize = 64 * 1024;

/// Renders findings as a compiler would, with the lines they speak of. `text` is the file they were found in.
pub fn report(file_name: &str, text: &str, findings: &[Finding]) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let renderer = Renderer::plain();
    let mut report = String::new();
    for finding in findings {
        let group = level(finding.severity).primary_title(&finding.why).id(finding.code);
        let group = match snippet(file_name, text, finding) {
            Some(lines) => group.element(lines),
            None => group.element(Level::NOTE.message(format!("{file_name}, line {}", finding.line))),
        };
        let group = group
            .element(Level::HELP.message(&finding.mend))
            .element(Level::NOTE.message(format!("rests on {}", finding.rests_on)));
        report.push_str(&renderer.render(&[group]));
        report.push_str("\n\n");
    }
    report.push_str(&total(findings));
    report
}

/// Findings as one JSON object: `{"findings": [{"code", "severity", "line", "column", "clause", "why", "mend",
/// "rests_on"}]}`.
pub fn json(findings: &[Finding]) -> String {
    let value = serde_json::json!({ "findings": findings });
    format!("{value:#}\n")
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    }
}

type Lines<'a> = Snippet<'a, annotate_snippets::Annotation<'a>>;

fn snippet<'a>(file_name: &'a str, text: &'a str, finding: &Finding) -> Option<Lines<'a>> {
    let first = finding.beside.clone().unwrap_or(finding.place.clone());
    let hull = first.start.min(finding.place.start)..first.end.max(finding.place.end);
    let shown = around(text, hull)?;
    let within = |place: &Range<usize>| place.start - shown.start..place.end - shown.start;
    let above = text[shown.start..finding.place.start].matches('\n').count();
    let source = Snippet::source(&text[shown.clone()])
        .line_start(finding.line.saturating_sub(above))
        .path(file_name)
        .annotation(AnnotationKind::Primary.span(within(&finding.place)));
    let first = finding.beside.iter();
    Some(first.fold(source, |source, first| {
        source.annotation(AnnotationKind::Context.span(within(first)).label("first declared here"))
    }))
}

/// The whole lines around a place, if they are of this text and few enough to show.
fn around(text: &str, place: Range<usize>) -> Option<Range<usize>> {
    text.get(place.clone())?;
    let start = text[..place.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[place.end..].find('\n').map_or(text.len(), |at| place.end + at);
    (end - start <= LONGEST).then_some(start..end)
}

fn total(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let mut total = String::new();
    let kinds = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "remark")];
    for (n, name) in kinds.map(|(severity, name)| (count(severity), name)) {
        let plural = if n == 1 { "" } else { "s" };
        let comma = if total.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(total, "{comma}{n} {name}{plural}");
    }
    total.push('\n');
    total
}
