//! JSON-LD in the terms of the Data Privacy Vocabulary, version 2 (W3C community group, <https://w3id.org/dpv>).
//!
//! One process for each kind and purpose, so that each has one purpose, one legal basis and one storage condition. Clauses
//! are nodes with their anchors as relative addresses. The vocabulary has the articles of the GDPR for the EU only: they
//! stand here under `dpv:hasApplicableLaw` of the United Kingdom, and what it has no term for is a node of its own with its
//! article in words (recognised legitimate interests, complaint to the controller). Cookies, automatic acts, disclosures
//! and prose are left out: they are no processes in it.

use crate::html::anchor;
use crate::{Basis, Contact, Field, Kind, Notice, Purpose, Recipient, Right, Subject};
use serde_json::{Value, json};

pub(super) fn linked(notice: &Notice) -> String {
    let mut graph = vec![whole(notice), controller(notice)];
    graph.extend(notice.subjects().iter().map(subject));
    graph.extend(notice.fields().iter().map(field));
    graph.extend(notice.purposes().iter().map(purpose));
    graph.extend(notice.recipients().iter().map(recipient));
    graph.extend(notice.rights().iter().map(right));
    for kind in notice.kinds() {
        graph.extend(kind.purposes.iter().filter_map(|id| Some(process(kind, notice.purpose(id)?, notice))));
    }
    let document = json!({ "@context": context(&notice.head().language), "@graph": graph });
    format!("{document:#}\n")
}

fn context(language: &str) -> Value {
    json!({
        "@language": language,
        "dct": "http://purl.org/dc/terms/",
        "dpv": "https://w3id.org/dpv#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "legal-gb": "https://w3id.org/dpv/legal/gb#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    })
}

fn node(clause: &str) -> String {
    format!("#{}", anchor(clause))
}

fn reference(clause: &str) -> Value {
    json!({ "@id": node(clause) })
}

fn term(term: &str) -> Value {
    json!({ "@id": term })
}

/// The notice and its processes.
fn whole(notice: &Notice) -> Value {
    let head = notice.head();
    let processes = notice.kinds().iter().flat_map(|kind| {
        let known = kind.purposes.iter().filter_map(|id| notice.purpose(id));
        known.map(|purpose| json!({ "@id": process_id(kind, purpose) }))
    });
    let mut whole = json!({
        "@id": node("notice"),
        "@type": "dpv:PrivacyNotice",
        "dct:identifier": notice.digest().to_string(),
        "dct:hasVersion": head.version,
        "dct:valid": { "@type": "xsd:date", "@value": head.effective.to_string() },
        "dpv:hasApplicableLaw": [term("legal-gb:law-GDPR"), term("legal-gb:law-DPA")],
        "dpv:hasDataController": reference("controller"),
        "dpv:hasProcess": processes.collect::<Vec<_>>(),
        "dpv:hasRight": rights(notice, None),
    });
    if let Some(before) = head.supersedes {
        whole["dct:replaces"] = json!(before.to_string());
    }
    whole
}

fn controller(notice: &Notice) -> Value {
    let controller = notice.controller();
    let mut entity = json!({
        "@id": node("controller"),
        "@type": "dpv:DataController",
        "dpv:hasName": controller.name,
        "dpv:hasAddress": controller.address,
    });
    if let Some(officer) = notice.contact("officer") {
        entity["dpv:hasDataProtectionOfficer"] = contact(officer);
    }
    entity
}

fn contact(contact: &Contact) -> Value {
    let ways = [&contact.email, &contact.post, &contact.web];
    json!({
        "@id": node(&format!("contact.{}", contact.id)),
        "@type": "dpv:DataProtectionOfficer",
        "dpv:hasName": contact.role,
        "dpv:hasContact": ways.into_iter().flatten().collect::<Vec<_>>(),
    })
}

fn subject(subject: &Subject) -> Value {
    let kind = if subject.children { json!(["dpv:DataSubject", "dpv:Child"]) } else { json!("dpv:DataSubject") };
    json!({ "@id": node(&format!("subject.{}", subject.id)), "@type": kind, "skos:prefLabel": subject.words })
}

fn field(field: &Field) -> Value {
    let kind = if field.special { "dpv:SpecialCategoryPersonalData" } else { "dpv:PersonalData" };
    json!({
        "@id": node(&format!("field.{}", field.id)),
        "@type": kind,
        "skos:prefLabel": field.label,
        "dct:subject": field.category,
    })
}

fn purpose(purpose: &Purpose) -> Value {
    json!({
        "@id": node(&format!("purpose.{}", purpose.id)),
        "@type": "dpv:Purpose",
        "skos:prefLabel": purpose.words,
    })
}

fn recipient(recipient: &Recipient) -> Value {
    let kind = match recipient.role.as_deref() {
        Some("processor") => "dpv:DataProcessor",
        Some("controller" | "joint-controller") => "dpv:DataController",
        Some(_) => "dpv:ThirdParty",
        None => "dpv:Recipient",
    };
    let mut entity = json!({
        "@id": node(&format!("recipient.{}", recipient.id)),
        "@type": kind,
        "dpv:hasName": recipient.name,
    });
    if let Some(country) = &recipient.country {
        let at = if country == "GB" { "dpv:hasCountry" } else { "dpv:hasThirdCountry" };
        entity[at] = json!({ "@type": "dpv:Country", "dct:identifier": country });
    }
    entity
}

fn right(right: &Right) -> Value {
    json!({
        "@id": node(&format!("right.{}", right.id)),
        "@type": ["dpv:DataSubjectRight", "dpv:ActiveRight"],
        "skos:prefLabel": right.words,
        "skos:broader": right_term(&right.id),
    })
}

/// The article of a right. A complaint to the controller has none in the vocabulary (Art 77 is one to the authority).
fn right_term(right: &str) -> Value {
    term(match right {
        "access" => "eu-gdpr:A15",
        "rectification" => "eu-gdpr:A16",
        "erasure" => "eu-gdpr:A17",
        "restriction" => "eu-gdpr:A18",
        "portability" => "eu-gdpr:A20",
        "objection" => "eu-gdpr:A21",
        "human-review" => "eu-gdpr:A22",
        _ => "dpv:DataSubjectRight",
    })
}

/// Rights of a kind, or of the whole notice.
fn rights(notice: &Notice, kind: Option<&Kind>) -> Vec<Value> {
    let covers = |right: &&Right| kind.is_none_or(|kind| right.kinds.is_empty() || right.kinds.contains(&kind.id));
    notice.rights().iter().filter(covers).map(|right| reference(&format!("right.{}", right.id))).collect()
}

fn process_id(kind: &Kind, purpose: &Purpose) -> String {
    format!("{}--{}", node(&format!("kind.{}", kind.id)), purpose.id)
}

fn process(kind: &Kind, purpose: &Purpose, notice: &Notice) -> Value {
    let fields: Vec<&Field> = kind.fields.iter().filter_map(|(id, _)| notice.field(id)).collect();
    let receives = |id: &&String| notice.recipient(id).is_some_and(|one| one.purposes.contains(&purpose.id));
    let recipients = kind.recipients.iter().filter(receives);
    let mut process = json!({
        "@id": process_id(kind, purpose),
        "@type": ["dpv:Process", "dpv:PersonalDataProcess"],
        "skos:prefLabel": kind.words,
        "dpv:hasDataController": reference("controller"),
        "dpv:hasDataSubject": reference(&format!("subject.{}", kind.subject)),
        "dpv:hasPurpose": reference(&format!("purpose.{}", purpose.id)),
        "dpv:hasPersonalData": fields.iter().map(|field| reference(&format!("field.{}", field.id))).collect::<Vec<_>>(),
        "dpv:hasDataSource": sources(kind),
        "dpv:hasStorageCondition": storage(kind, notice),
        "dpv:hasRecipient": recipients.map(|id| reference(&format!("recipient.{id}"))).collect::<Vec<_>>(),
        "dpv:hasRight": rights(notice, Some(kind)),
    });
    let mut bases: Vec<Value> = legal_basis(purpose).into_iter().collect();
    if fields.iter().any(|field| field.special) {
        bases.extend(purpose.condition.as_deref().and_then(special_basis));
    }
    if !bases.is_empty() {
        process["dpv:hasLegalBasis"] = json!(bases);
    }
    process
}

/// Every source that a field of the kind has, each once.
fn sources(kind: &Kind) -> Vec<Value> {
    let mut sources: Vec<&str> = kind.fields.iter().filter_map(|(field, _)| kind.source_of(field)).collect();
    sources.sort_unstable();
    sources.dedup();
    sources.into_iter().map(|words| json!({ "@type": "dpv:DataSource", "skos:prefLabel": words })).collect()
}

/// The retention in words and as the file writes it, and what happens then.
fn storage(kind: &Kind, notice: &Notice) -> Value {
    let duration = json!({
        "@id": node(&format!("kind.{}.keep", kind.id)),
        "@type": ["dpv:StorageDuration", "dpv:UntilEventDuration"],
        "skos:prefLabel": kind.keep.words(notice),
        "skos:notation": kind.keep.to_string(),
    });
    if kind.keep == crate::Keep::Unstated {
        return json!([]);
    }
    json!([duration, { "@type": "dpv:StorageDeletion" }])
}

fn legal_basis(purpose: &Purpose) -> Option<Value> {
    Some(match purpose.basis {
        Basis::Contract => term("eu-gdpr:A6-1-b"),
        Basis::LegalObligation => term("eu-gdpr:A6-1-c"),
        Basis::LegitimateInterests => term("eu-gdpr:A6-1-f"),
        Basis::PublicTask => term("eu-gdpr:A6-1-e"),
        Basis::RecognisedLegitimateInterest => {
            json!({ "@type": "dpv:LegalBasis", "skos:prefLabel": purpose.basis.article() })
        }
        Basis::Unstated => return None,
        Basis::VitalInterests => term("eu-gdpr:A6-1-d"),
    })
}

/// The condition of Art 9(2).
fn special_basis(condition: &str) -> Option<Value> {
    Some(term(match condition {
        "employment" => "eu-gdpr:A9-2-b",
        "vital-interests" => "eu-gdpr:A9-2-c",
        "legal-claims" => "eu-gdpr:A9-2-f",
        "substantial-public-interest" => "eu-gdpr:A9-2-g",
        "health-or-social-care" => "eu-gdpr:A9-2-h",
        "public-health" => "eu-gdpr:A9-2-i",
        "archiving" => "eu-gdpr:A9-2-j",
        _ => return None,
    }))
}
