//! Changed and made-up files of every format: what opens is what was sealed, and nothing panics.

#[path = "../../../fuzz/src/vault_read.rs"]
mod vault_read;

use proptest::prelude::*;
use vault_read::{changed, copy_read, journal_read, recovery_read, whole_code, whole_copy, whole_recovery};

/// A few lines of a journal, most of them as it writes them.
fn journal() -> impl Strategy<Value = String> {
    let line = (1..5u8, "[ab]", "(erase|hold|replace)", "((intent|did) 2026-11-2[0-9]|done (-|[0-9]))")
        .prop_map(|(seq, letter, effect, rest)| format!("{seq} {} {effect} {rest}\n", letter.repeat(64)));
    prop::collection::vec(prop_oneof![9 => line, 1 => "pruned 1 [1-3]\n"], 0..5).prop_map(|lines| lines.concat())
}

#[test]
fn what_is_whole_opens() {
    copy_read(&whole_copy());
    recovery_read(&whole_recovery());
    recovery_read(whole_code().as_bytes());
    recovery_read(whole_code().to_lowercase().as_bytes());
}

#[test]
fn a_copy_that_is_cut_anywhere_is_refused() {
    let copy = whole_copy();
    (0..copy.len()).for_each(|length| copy_read(&copy[..length]));
}

#[test]
fn a_copy_of_which_any_bit_turns_is_refused() {
    for bit in 0..whole_copy().len() * 8 {
        let mut bytes = whole_copy();
        bytes[bit / 8] ^= 1 << (bit % 8);
        copy_read(&bytes);
    }
}

proptest! {
    #[test]
    fn a_copy_with_changes_is_refused(changes in prop::collection::vec(any::<u8>(), 3..12), end in any::<[u8; 4]>()) {
        let bytes = changed(&whole_copy(), &changes);
        copy_read(&bytes);
        copy_read(&[&bytes[..], &end].concat());
    }

    #[test]
    fn a_journal_goes_on_or_is_refused(text in journal(), torn in "[0-9a-f ]{0,9}") {
        journal_read(text.as_bytes());
        journal_read((text + &torn).as_bytes());
    }

    #[test]
    fn any_bytes_are_answered(bytes: Vec<u8>) {
        copy_read(&bytes);
        journal_read(&bytes);
        recovery_read(&bytes);
    }

    #[test]
    fn a_code_with_one_slip_is_refused_or_the_same(at in 0..29usize, letter in "[ -~]") {
        let mut code = whole_code();
        code.replace_range(at..=at, &letter);
        recovery_read(code.as_bytes());
    }
}

proptest! {
    // Each works out a key from words, which is meant to take long.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_recovery_copy_with_a_change_gives_the_same_key_or_none(at: u16, bits in 1..=255u8) {
        let [high, low] = at.to_be_bytes();
        recovery_read(&changed(&whole_recovery(), &[high, low, bits]));
    }
}
