//! Passwords: argon2id (RFC 9106) with 19 MiB and two passes, off the runtime, a few at a time.

use crate::App;
use crate::web::Stop;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use rand_core::RngCore;

/// Longest password, in characters.
pub(super) const MAX: usize = 128;
/// Shortest password, in characters. NIST SP 800-63B-4 section 3.1.1.2 takes eight where a second factor is used.
const MIN: usize = 8;
/// Shortest part of an address that a password must not contain: shorter ones stand in many words.
const PART: usize = 3;

/// A fingerprint of no password, as dear to check as a real one: for those who are not there.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGF0IGhvbWU$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What is wrong with a new password, in one sentence without a full stop. `names` are words that anybody would try:
/// the name of the organisation and of the program.
pub(super) fn fault(password: &str, email: &str, names: &[&str]) -> Option<&'static str> {
    let lower = password.to_lowercase();
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    let holds = |word: &str| word.chars().count() >= PART && lower.contains(&word.to_lowercase());
    if password.chars().count() < MIN {
        Some("Password must be 8 characters or more")
    } else if password.chars().count() > MAX {
        Some("Password must be 128 characters or fewer")
    } else if COMMON.lines().any(|common| common == lower) || same(&lower) {
        Some("Choose a password that fewer people use")
    } else if holds(&local) {
        Some("Choose a password without the name of your e-mail address")
    } else if names.iter().any(|name| holds(name)) {
        Some("Choose a password without our name")
    } else {
        None
    }
}

/// The fingerprint of a new password, as a PHC string.
pub(super) async fn hash(app: &App, password: String) -> Result<String, Stop> {
    let mut salt = [0; 16];
    app.custody().store().random().fill_bytes(&mut salt);
    let hash = move || Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    let hash = off_runtime(app, hash).await?.map_err(|_| Stop::Fault("password-hash"))?;
    Ok(hash.to_string())
}

/// Whether a password has this fingerprint. Without one it takes as long, and the answer is no.
pub(super) async fn verify(app: &App, password: String, hash: Option<String>) -> Result<bool, Stop> {
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    let same = move || Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok();
    Ok(off_runtime(app, same).await? && known)
}

/// Runs what is dear on a thread of its own, a few at the same time.
async fn off_runtime<T: Send + 'static>(app: &App, f: impl FnOnce() -> T + Send + 'static) -> Result<T, Stop> {
    let _turn = app.hashing().acquire().await.map_err(|_| Stop::Unavailable)?;
    tokio::task::spawn_blocking(f).await.map_err(|_| Stop::Fault("password-hash"))
}

/// One character, again and again.
fn same(password: &str) -> bool {
    let mut characters = password.chars();
    let first = characters.next();
    characters.all(|character| Some(character) == first)
}

/// The commonest passwords of eight characters or more, in lower case, one a line.
const COMMON: &str = include_str!("common.txt");

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(password: &str) -> Option<&'static str> {
        super::fault(password, "Tomos.Pugh@segfl.example", &["SEGfL", "candour"])
    }

    #[test]
    fn length_is_counted_in_characters_at_both_ends() {
        assert!(fault("seven77").is_some());
        assert_eq!(fault("eight ch"), None);
        assert_eq!(fault("dŵr a thân"), None);
        assert_eq!(fault(&"ŵâ".repeat(64)), None);
        assert!(fault(&"ŵâ".repeat(65)).is_some());
    }

    #[test]
    fn nobody_is_told_what_to_compose_a_password_of() {
        for good in ["rain rain rain", "alllowercase", "4815162342", "the-kettle-sings"] {
            assert_eq!(fault(good), None, "{good}");
        }
    }

    #[test]
    fn what_everybody_would_try_is_refused() {
        for bad in
            ["password1", "PassWord123", "qwertyuiop", "aaaaaaaaaaaa", "my SEGFL desk", "Candour26!", "tomos.pugh7"]
        {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_short_address_does_not_forbid_half_the_dictionary() {
        assert_eq!(super::fault("kettle sings", "t@segfl.example", &["SEGfL"]), None);
    }

    #[test]
    fn the_list_is_in_order_in_lower_case_and_long_enough_to_matter() {
        assert!(COMMON.lines().is_sorted());
        assert!(COMMON.lines().all(|word| word.to_lowercase() == word && word.chars().count() >= MIN));
    }

    #[test]
    fn nobody_is_as_dear_to_check_as_somebody() {
        let somebody =
            Argon2::default().hash_password_with_salt(b"kettle sings", b"sixteen bytes ok").unwrap().to_string();
        let shape = |text: &str| text.rsplitn(3, '$').map(str::len).take(2).collect::<Vec<_>>();
        let cost = |text: &str| text.rsplitn(3, '$').last().map(str::to_owned);
        assert_eq!(cost(&somebody).as_deref(), Some("$argon2id$v=19$m=19456,t=2,p=1"));
        assert_eq!(cost(&somebody), cost(NOBODY));
        assert_eq!(shape(&somebody)[0], shape(NOBODY)[0]);
        assert!(Argon2::default().verify_password(b"kettle sings", somebody.as_str()).is_ok());
        assert_eq!(
            Argon2::default().verify_password(b"", NOBODY),
            Err(argon2::password_hash::Error::PasswordInvalid),
            "it is read and compared, not refused unread"
        );
    }
}
