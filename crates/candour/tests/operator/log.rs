//! The log: a line for each request, and nobody in it.

use crate::support::{House, header};

/// What no line may hold, wherever a visitor puts it.
const CANARY: &str = "tamsin-ferreday";

#[test]
fn nothing_that_a_visitor_sends_stands_in_the_log() {
    for form in ["text", "json"] {
        let (house, _) = House::made();
        let server = house.serve(&[("CANDOUR_LOG", form)]);
        let headers = format!(
            "X-Request-Id: {CANARY}\r\nUser-Agent: {CANARY}\r\nReferer: https://{CANARY}.example/\r\nX-Forwarded-For: {CANARY}\r\n\
             Cookie: __Host-candour-staff={CANARY}\r\n"
        );
        for path in ["/nothing", "/enquiries", "/staff/join", "/staff/enquiries", "/privacy"] {
            server.get(&format!("{path}/{CANARY}?name={CANARY}"), &headers);
            server.post(&format!("{path}/{CANARY}"), &format!("email={CANARY}@oakwood.example&text={CANARY}"));
        }
        let sent = format!("topic=broadband&name={CANARY}&email={CANARY}%40oakwood.example&message={CANARY}");
        let page = server.post("/enquiries/check", &sent);
        let note = page.split("name=\"form\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form");
        let accepted = server.post("/enquiries", &format!("form={note}"));
        assert!(accepted.starts_with("HTTP/1.1 303"), "{accepted}");
        for path in ["/enquiries", "/enquiries/check", "/enquiries/find", "/staff/sign-in"] {
            server.post(path, &format!("{sent}&reference={CANARY}&password={CANARY}&code={CANARY}"));
        }
        server.ask(&format!("{CANARY} / HTTP/1.1\r\nHost: {CANARY}\r\nConnection: close\r\n\r\n"));
        server.ask(&format!("GET /{CANARY} nonsense\r\n\r\n"));
        let log = server.end();
        assert!(log.matches("request").count() >= 15, "{log}");
        let canary = CANARY.split('-').any(|word| log.to_lowercase().contains(word));
        assert!(!canary, "{log}");
        assert!(!log.contains("127.0.0.1"), "{log}");
    }
}

#[test]
fn every_request_has_one_line_under_the_number_that_its_answer_and_its_page_carry() {
    let (house, _) = House::made();
    let server = house.serve(&[("CANDOUR_LOG", "json")]);
    let found = server.get("/staff/join/0123", "X-Request-Id: mine\r\n");
    let lost = server.get("/nowhere", "");
    let log = server.end();
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let requests: Vec<_> = lines.iter().filter(|line| line["code"] == "request").collect();
    assert_eq!(requests.len(), 2, "{log}");
    for (line, answer) in requests.iter().zip([&found, &lost]) {
        let number = header(answer, "x-request-id").expect("a number");
        assert_eq!((number.len(), number.split('-').count()), (14, 3), "{number}");
        assert_eq!(line["span"]["id"], number);
        assert_eq!(line["method"], "GET");
        assert!(line["status"].is_u64() && line["ms"].is_i64() && line["timestamp"].is_string(), "{line}");
    }
    assert_eq!((&requests[0]["route"], &requests[1]["route"]), (&"/staff/join/{token}".into(), &"none".into()));
    assert_eq!((&requests[1]["status"], &requests[1]["stop"]), (&404.into(), &"not-found".into()));
    let number = header(&lost, "x-request-id").expect("a number");
    assert!(lost.contains(&format!("quote the number {number}")), "{lost}");
}

#[test]
fn the_header_that_keeps_browsers_on_tls_follows_the_public_address() {
    let (house, _) = House::made();
    let server = house.serve(&[]);
    assert!(header(&server.get("/", ""), "strict-transport-security").is_some());
    drop(server);
    let server = house.serve(&[("CANDOUR_ADDRESS", "http://127.0.0.1:8080")]);
    assert!(header(&server.get("/", ""), "strict-transport-security").is_none());
}
