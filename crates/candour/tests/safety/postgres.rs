//! A PostgreSQL server that was recovered to a point in time: it is not served until everything was done again.

use crate::house::{DAYS, House, begin, close, enquire, nine_days_ago, open, open_on, pass_day, withdraw};
use crate::support::{assert_exit, complained, said};
use candour::App;
use candour::app::Places;
use law::Clock;
use scratch::{Kind, Server};
use store::Engine;

fn start(house: &House, server: &Server, clock: Clock) -> App {
    let engine = Engine::postgres(server.url("portal"), house.path("data"));
    open_on(Places { engine, ..house.places() }, clock).map_err(|error| error.to_string()).expect("opened")
}

#[test]
fn after_a_recovery_to_a_point_in_time_nothing_starts_until_it_was_done_again() {
    if scratch::bin().is_none() {
        eprintln!("SKIPPED: PostgreSQL is not installed here; run cargo xtask setup");
        return;
    }
    let house = House::empty();
    let mut server = Server::start(Kind::Durable).expect("a server");
    server.archive().expect("archived");
    server.sql("CREATE DATABASE portal").expect("made");
    let app = start(&house, &server, nine_days_ago());
    begin(&app);
    let [erased, objecting, kept] =
        ["one", "two", "three"].map(|name| enquire(&app, &format!("{name}@oakfield.example")));
    withdraw(&app, erased);
    let base = server.base_backup().expect("copied");
    pass_day(&app);
    server.sql("SELECT pg_create_restore_point('before')").expect("a moment");
    // What is done after the moment that is recovered stands in the journal and in the published log.
    let (custody, person) = (app.custody().clone(), objecting.person);
    let objected = app.custody().write_blocking("object", move |tx| {
        custody.object(tx, person, "answer-enquiries", &custody::Actor::you(person))
    });
    assert!(objected.expect("objected"));
    (1..DAYS).for_each(|_| pass_day(&app));
    assert!(open(&app, erased).is_err(), "who withdrew is erased");
    app.custody().publish_now().expect("published");
    close(&house, app);

    server.recover_to(&base, "before").expect("recovered");
    let environment = [("CANDOUR_DATABASE", server.url("portal"))];
    let run = |words: &[&str]| house.run(words, &environment.each_ref().map(|(name, value)| (*name, value.as_str())));
    let refused = run(&["serve"]);
    assert_exit(&refused, 2);
    assert!(complained(&refused).contains("candour restore --recovered"), "{}", complained(&refused));
    let recovered = run(&["restore", "--recovered"]);
    assert_exit(&recovered, 0);
    for part in ["Erased again: 1 record.", "set again: 1"] {
        assert!(said(&recovered).contains(part), "{part} is missing in {}", said(&recovered));
    }
    let app = start(&house, &server, Clock::system());
    assert!(open(&app, erased).is_err(), "who was erased is back");
    assert!(open(&app, objecting).is_err(), "an objection was forgotten");
    assert_eq!(open(&app, kept).expect("kept"), "three@oakfield.example");
    close(&house, app);
}
