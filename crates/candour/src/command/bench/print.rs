//! The results for people: a table on standard output, in Markdown, so that it can stand in a document as it is.

use super::Report;
use super::figures::{Figures, Latency};
use super::gb1::Comparison;
use std::fmt::Write as _;

const HEAD: &str = "| what | clients | operations | a second | p50 | p95 | p99 | longest | CPU for each | wrong answers |\n\
    |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n";

/// The whole report.
pub(super) fn table(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a String does not fail, here and below.
    let _ = writeln!(
        text,
        "Candour {} on {}, {} processors, seed {}, commits durable, evidence on.\n",
        report.program, report.engine, report.processors, report.seed
    );
    if let Some(shapes) = &report.shapes {
        let _ = writeln!(text, "{} people.\n", shapes.people);
        text.push_str(HEAD);
        for one in &shapes.measured {
            row(&mut text, &format!("{}: {}", one.shape, one.part), one.clients, &one.figures);
        }
        for one in &shapes.measured {
            for (fact, value) in &one.facts {
                let _ =
                    writeln!(text, "\n{}, clients {}: {} {value:.0}.", one.shape, one.clients, fact.replace('_', " "));
            }
        }
    }
    if let Some(comparison) = &report.gb1 {
        compared(&mut text, comparison);
    }
    text
}

fn compared(text: &mut String, comparison: &Comparison) {
    let Comparison { records, people, load_seconds, seconds, correct_percent, .. } = comparison;
    let _ = writeln!(text, "GB-1: {records} records about {people} people, loaded in {load_seconds:.1} s.\n");
    text.push_str("| workload | mix | operations | seconds | correct |\n|---|---|---:|---:|---:|\n");
    for one in &comparison.workloads {
        let (workload, mix) = (one.workload, one.mix);
        let _ = writeln!(
            text,
            "| {workload} | {mix} | {} | {:.2} | {:.2} % |",
            one.operations, one.seconds, one.correct_percent
        );
    }
    let _ = writeln!(text, "| together | | | {seconds:.2} | {correct_percent:.2} % |\n");
    if let Some(bytes) = comparison.bytes_for_a_byte {
        let _ = writeln!(text, "Bytes stored for each byte of data: {bytes:.1}.\n");
    }
    text.push_str(HEAD);
    for one in &comparison.workloads {
        for (part, figures) in &one.parts {
            row(text, &format!("{} ({}): {part}", one.workload, one.mix), 1, figures);
        }
    }
    text.push('\n');
    for note in comparison.notes {
        let _ = writeln!(text, "- {note}");
    }
}

fn row(text: &mut String, what: &str, clients: u64, figures: &Figures) {
    let latency = figures.latency.as_ref();
    let times: [fn(&Latency) -> f64; 4] = [|one| one.p50_us, |one| one.p95_us, |one| one.p99_us, |one| one.max_us];
    let times = times.map(|of| latency.map_or_else(|| "–".to_owned(), |latency| time(of(latency))));
    let Figures { operations, per_second, cpu_us, wrong, .. } = figures;
    let _ = writeln!(
        text,
        "| {what} | {clients} | {operations} | {per_second:.0} | {} | {} | {wrong} of {} |",
        times.join(" | "),
        time(*cpu_us),
        figures.checked
    );
}

/// "85 µs", "1.20 ms", "2.1 s".
fn time(micros: f64) -> String {
    if micros < 1_000.0 {
        format!("{micros:.0} µs")
    } else if micros < 1_000_000.0 {
        format!("{:.2} ms", micros / 1_000.0)
    } else {
        format!("{:.1} s", micros / 1_000_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn a_time_is_told_in_the_unit_that_people_read() {
        assert_eq!([85.0, 1_204.0, 2_100_000.0].map(time), ["85 µs", "1.20 ms", "2.1 s"]);
    }
}
