//! The square that a phone scans (QR code, ISO/IEC 18004), as the path of an inline SVG.

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the square, as the standard asks.
const QUIET: i32 = 4;

/// A square to scan. Has no `Debug`: what it encodes is a secret.
pub(super) struct Square {
    /// Modules on each side, the quiet zone included.
    pub(super) size: i32,
    /// SVG path data: each run of dark modules in a row is one stroke, a module wide.
    pub(super) path: String,
}

impl Square {
    /// The square of a text; `None` where the text is too long for one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let path = (0..code.size()).map(|y| row(&code, y)).collect();
        Some(Self { size: code.size() + 2 * QUIET, path })
    }
}

/// One row: `M4 4.5h7m1 0h2`, dark runs drawn and light ones skipped.
fn row(code: &QrCode, y: i32) -> String {
    let mut path = format!("M{QUIET} {}.5", y + QUIET);
    let mut x = 0;
    while x < code.size() {
        let dark = code.get_module(x, y);
        let run = (x..code.size()).take_while(|at| code.get_module(*at, y) == dark).count();
        path.push_str(if dark { "h" } else { "m" });
        path.push_str(&run.to_string());
        path.push_str(if dark { "" } else { " 0" });
        x += i32::try_from(run).unwrap_or(i32::MAX);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_draws_the_modules_of_the_square() {
        let text = "otpauth://totp/SEGfL:staff?secret=AAAA";
        let (square, code) = (Square::of(text).unwrap(), QrCode::encode_text(text, QrCodeEcc::Medium).unwrap());
        let modules = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let dark = modules.filter(|(x, y)| code.get_module(*x, *y)).count();
        let strokes = square.path.split('h').skip(1).map(|rest| rest.split(['m', 'M']).next().unwrap_or_default());
        assert_eq!(strokes.map(|run| run.parse::<usize>().unwrap()).sum::<usize>(), dark);
        assert_eq!(square.size, code.size() + 8);
    }

    #[test]
    fn the_square_of_a_secret_takes_little_room() {
        let link = format!("otpauth://totp/SEGfL:staff?secret={}&issuer=SEGfL", "A2".repeat(16));
        assert!(Square::of(&link).unwrap().path.len() < 3_500);
    }

    #[test]
    fn a_text_without_end_has_no_square() {
        assert!(Square::of(&"a".repeat(5_000)).is_none());
    }
}
