//! A second process on the same folder.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use store::Error;

use crate::{chain, writer};

/// A process that has the folder open, and keeps it.
fn keeper(folder: &std::path::Path) -> Child {
    let mut process: Command = writer::waiting_process(folder);
    let mut keeper = process.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the process starts");
    let lines = BufReader::new(keeper.stdout.as_mut().expect("its lines")).lines();
    lines.map_while(Result::ok).find(|line| line.starts_with("ack ")).expect("it has the folder");
    keeper
}

#[test]
fn a_second_process_is_refused_until_the_first_is_gone_however_it_goes() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    for expected in 1..=2 {
        let mut keeper = keeper(&data);
        let refused = chain::open(&data).err().expect("the folder is in use");
        assert_eq!(refused, Error::Locked(data.clone()));
        assert_eq!(refused.to_string(), format!("another process is using {}; stop it first", data.display()));
        keeper.kill().expect("killed");
        keeper.wait().expect("gone");
        let store = chain::open(&data).expect("the folder is free");
        assert_eq!(chain::check(&store), Ok(expected), "what the first acknowledged is there");
        store.close();
    }
}
