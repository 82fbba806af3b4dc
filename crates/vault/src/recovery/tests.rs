//! Codes that people type, and the copies that they open.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::{ALPHABET, GROUP, GROUPS, RecoveryCode, read, write};
use crate::{Error, Root};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(11)
}

fn slip(typed: &str) -> Option<usize> {
    match RecoveryCode::parse(typed) {
        Err(Error::CodeSlip { group }) => Some(group),
        _ => None,
    }
}

#[test]
fn a_code_is_six_groups_of_four_and_is_read_however_it_is_typed() {
    let code = RecoveryCode::generate(&mut rng());
    let text = code.text();
    assert!(text.split('-').count() == GROUPS && text.split('-').all(|group| group.len() == GROUP));
    for typed in
        [text.to_string(), text.to_lowercase(), text.replace('-', " "), format!(" {}\r\n", text.replace('-', ""))]
    {
        assert_eq!(*RecoveryCode::parse(&typed).unwrap().text(), *text);
    }
}

#[test]
fn every_wrong_character_is_named_by_its_group() {
    let code = RecoveryCode::generate(&mut rng()).text();
    for (index, right) in code.char_indices().filter(|(_, letter)| *letter != '-') {
        for wrong in ALPHABET.iter().copied().chain(*b"01ILO!").map(char::from).filter(|wrong| *wrong != right) {
            let mut typed = code.to_string();
            typed.replace_range(index..=index, &wrong.to_string());
            assert_eq!(slip(&typed), Some(index / (GROUP + 1) + 1), "{typed}");
        }
    }
}

#[test]
fn characters_and_groups_that_changed_places_are_noticed() {
    let code = RecoveryCode::generate(&mut rng()).text();
    for index in 1..code.len() {
        let mut typed = code.as_bytes().to_vec();
        typed.swap(index - 1, index);
        if !typed[index - 1..=index].contains(&b'-') && typed != code.as_bytes() {
            assert_eq!(slip(str::from_utf8(&typed).unwrap()), Some(index / (GROUP + 1) + 1));
        }
    }
    let groups = code.split('-').collect::<Vec<_>>();
    for one in 0..GROUPS {
        for other in one + 1..GROUPS {
            let mut typed = groups.clone();
            typed.swap(one, other);
            assert_eq!(slip(&typed.join("-")), Some(one + 1));
        }
    }
    for typed in ["", "7KQM", &code[1..], &format!("{}2", *code), "ü-ABCD"] {
        assert!(matches!(RecoveryCode::parse(typed), Err(Error::Malformed { .. })), "{typed}");
    }
}

#[test]
fn each_recovery_copy_opens_with_its_own_code_alone() {
    let (folder, rng) = (tempfile::tempdir().unwrap(), &mut rng());
    let root = Root::create(&folder.path().join("root.key"), rng).unwrap();
    let codes = [RecoveryCode::generate(rng), RecoveryCode::generate(rng)];
    let paths = ["one", "two"].map(|name| folder.path().join(name));
    for (code, path) in codes.iter().zip(&paths) {
        write(&root, code, path, rng).unwrap();
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(write(&root, code, path, rng).is_err());
    }
    let copies = paths.map(|path| fs::read(path).unwrap());
    for (index, code) in codes.iter().enumerate() {
        let typed = RecoveryCode::parse(&code.text().to_lowercase()).unwrap();
        assert_eq!(read(&copies[index], &typed).unwrap().key().bytes(), root.key().bytes());
        assert!(matches!(read(&copies[1 - index], &typed), Err(Error::DoesNotOpen { .. })));
    }
}

#[test]
fn a_recovery_copy_that_is_cut_or_changed_does_not_open() {
    let (folder, rng) = (tempfile::tempdir().unwrap(), &mut rng());
    let (root, path) = (Root::create(&folder.path().join("root.key"), rng).unwrap(), folder.path().join("copy"));
    let code = RecoveryCode::generate(rng);
    write(&root, &code, &path, rng).unwrap();
    let whole = fs::read(path).unwrap();
    for length in 0..whole.len() - 1 {
        assert!(matches!(read(&whole[..length], &code), Err(Error::Malformed { .. })), "{length}");
    }
    let begins = whole.len() - 1 - 2 * (crate::key::OVERHEAD + crate::key::KEY_LEN);
    for at in [begins, begins + 40, whole.len() - 2] {
        let mut changed = whole.clone();
        changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
        assert!(read(&changed, &code).is_err(), "{at}");
    }
    let cheaper = String::from_utf8(whole).unwrap().replace("65536 3", "8192 1");
    assert!(matches!(read(cheaper.as_bytes(), &code), Err(Error::DoesNotOpen { .. })));
}
