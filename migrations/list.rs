// Every migration, oldest first: the one list, included by the program and by the tests of the crates beneath it.
&[
    store::Migration { number: 1, name: "thread", text: include_str!("0001_thread.sql") },
    store::Migration { number: 2, name: "lease", text: include_str!("0002_lease.sql") },
    store::Migration { number: 3, name: "guard", text: include_str!("0003_guard.sql") },
    store::Migration { number: 4, name: "publishing", text: include_str!("0004_publishing.sql") },
    store::Migration { number: 5, name: "evidence", text: include_str!("0005_evidence.sql") },
]
