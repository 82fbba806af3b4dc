//! N09: clauses that stand on themselves. Events may count as one another and texts may be bound to texts, but a circle of
//! them says nothing.

use crate::gathered::Gathered;
use crate::read::Parts;
use std::collections::{HashMap, HashSet};

pub(super) fn check(parts: &Parts, gathered: &mut Gathered) {
    let events =
        parts.events.iter().map(|event| (event.id.as_str(), event.counts.iter().map(String::as_str).collect()));
    report("event", "counts", &events.collect(), gathered);
    let texts = parts.texts.iter().map(|text| {
        let bound = text.clause.as_deref().and_then(|clause| clause.strip_prefix("text."));
        (text.id.as_str(), Vec::from_iter(bound))
    });
    report("text", "clause", &texts.collect(), gathered);
}

type Edges<'a> = HashMap<&'a str, Vec<&'a str>>;

/// One finding for each circle, at the clause that comes first by its id.
fn report(section: &str, key: &str, edges: &Edges, gathered: &mut Gathered) {
    let mut seen = HashSet::new();
    let mut nodes: Vec<&str> = edges.keys().copied().collect();
    nodes.sort_unstable();
    for node in nodes {
        let Some(circle) = circle_from(node, edges, &mut seen, &mut Vec::new()) else { continue };
        let clause = format!("{section}.{node}");
        let names: Vec<String> = circle.iter().map(|id| format!("`{section}.{id}`")).collect();
        let why = match names.as_slice() {
            [one] => format!("{one} stands on itself"),
            _ => format!("{} stand on one another in a circle", names.join(", ")),
        };
        let place = gathered.place(&format!("{section}.{}", circle[0]), key);
        gathered.misshapen("N09", &clause, place, why, format!("take one of them out of the `{key}` of another"));
    }
}

/// The first circle on a way from a node; `None` where each way ends. At most as deep as a section has entries.
fn circle_from<'a>(
    node: &'a str,
    edges: &Edges<'a>,
    seen: &mut HashSet<&'a str>,
    way: &mut Vec<&'a str>,
) -> Option<Vec<&'a str>> {
    if let Some(at) = way.iter().position(|before| *before == node) {
        return Some(way[at..].to_vec());
    }
    if !seen.insert(node) {
        return None;
    }
    way.push(node);
    let mut next = edges.get(node).into_iter().flatten();
    let circle = next.find_map(|next| circle_from(next, edges, seen, way));
    way.pop();
    circle
}
