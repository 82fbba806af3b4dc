//! The style sheet, and the address under which it may be cached for ever.

use std::fmt::Write;
use std::sync::OnceLock;

/// The style sheet. Serve it as `text/css; charset=utf-8` at [`path`], `Cache-Control: public, max-age=31536000, immutable`.
pub const CSS: &str = include_str!("style.css");

/// `/style-HASH.css`, HASH being the first 12 hexadecimal digits of the content's SHA-256: new content, new address.
pub fn path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, CSS.as_bytes());
        let hash = digest.as_ref().iter().take(6).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}"); // writing to a String does not fail
            hex
        });
        format!("/style-{hash}.css")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The pairs that meet on a page: foreground, background, least ratio (WCAG 2.2: 1.4.3 text, 1.4.11 marks).
    const PAIRS: [(&str, &str, f64); 22] = [
        ("ink", "paper", 4.5),
        ("ink", "sheet", 4.5),
        ("soft", "paper", 4.5),
        ("soft", "sheet", 4.5),
        ("accent", "paper", 4.5),
        ("accent", "sheet", 4.5),
        ("deep", "paper", 4.5),
        ("deep", "sheet", 4.5),
        ("on-accent", "accent", 4.5),
        ("on-accent", "deep", 4.5),
        ("bad", "paper", 4.5),
        ("bad", "sheet", 4.5),
        ("soon", "paper", 4.5),
        ("soon", "sheet", 4.5),
        ("kept", "paper", 4.5),
        ("kept", "sheet", 4.5),
        ("edge", "paper", 3.0),
        ("edge", "sheet", 3.0),
        ("focus", "paper", 3.0),
        ("focus", "sheet", 3.0),
        ("bad", "sheet", 3.0),
        ("accent", "paper", 3.0),
    ];

    /// The colours of a `:root` block: name to sRGB.
    fn colours(block: &str) -> BTreeMap<String, [u8; 3]> {
        block
            .split(';')
            .filter_map(|line| {
                let (name, value) = line.split_once(':')?;
                let name = name.trim().strip_prefix("--")?;
                let hex = value.trim().strip_prefix('#')?;
                let channel = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
                Some((name.to_owned(), [channel(0)?, channel(2)?, channel(4)?]))
            })
            .collect()
    }

    /// The blocks of tokens: light, then dark.
    fn themes() -> Vec<BTreeMap<String, [u8; 3]>> {
        CSS.split(":root {")
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(block, _)| colours(block))
            .take(2)
            .collect()
    }

    /// WCAG 2.2, relative luminance.
    fn luminance(rgb: [u8; 3]) -> f64 {
        let [r, g, b] = rgb.map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn contrast_is_computed_as_the_standard_says() {
        assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 1e-9);
        assert!((contrast([0x76, 0x76, 0x76], [255, 255, 255]) - 4.54).abs() < 0.01);
    }

    #[test]
    fn every_pair_of_colours_can_be_read_in_both_themes() {
        let themes = themes();
        assert_eq!(themes.len(), 2, "light and dark");
        for (theme, tokens) in ["light", "dark"].iter().zip(&themes) {
            for (front, back, least) in PAIRS {
                let ratio = contrast(tokens[front], tokens[back]);
                assert!(ratio >= least, "{theme}: {front} on {back} is {ratio:.2}, not {least}");
            }
        }
    }

    #[test]
    fn both_themes_have_the_same_tokens() {
        let themes = themes();
        assert!(themes[0].keys().eq(themes[1].keys()), "{:?} / {:?}", themes[0].keys(), themes[1].keys());
    }

    #[test]
    fn no_colour_stands_outside_the_tokens() {
        let rest = CSS.rsplit_once("/* end of tokens */").map_or(CSS, |(_, rest)| rest);
        assert!(!rest.contains(": #") && !rest.contains("rgb("), "a colour is not a token");
    }

    #[test]
    fn the_sheet_is_at_most_eight_kilobytes_and_loads_nothing() {
        assert!(CSS.len() <= 8 * 1024, "{} bytes", CSS.len());
        assert!(!CSS.contains("url(") && !CSS.contains("@import"));
    }

    #[test]
    fn the_address_names_the_content() {
        let hash = path().strip_prefix("/style-").and_then(|rest| rest.strip_suffix(".css"));
        assert!(hash.is_some_and(|hash| hash.len() == 12), "{}", path());
    }
}
