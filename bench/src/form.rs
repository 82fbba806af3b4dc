//! What a form asks, read from its page, and the body that answers it.

/// A control of a form: its name, and the value it brings along.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Control {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The controls of a page: inputs and text areas, of a choice only its first value.
pub(crate) fn controls(html: &str) -> Vec<Control> {
    let mut found: Vec<Control> = Vec::new();
    let mut select = None;
    let html = html.replace(['\n', '\r', '\t'], " ");
    for tag in html.split('<').filter_map(|part| part.split('>').next()) {
        let name = attribute(tag, "name");
        let control = match tag.split_whitespace().next() {
            Some("input" | "textarea") => name.map(|name| (name, attribute(tag, "value").unwrap_or_default())),
            Some("select") => {
                select = name;
                None
            }
            // The first option often says "choose one" and has an empty value.
            Some("option") => attribute(tag, "value")
                .filter(|value| !value.is_empty())
                .and_then(|value| Some((select.take()?, value))),
            _ => None,
        };
        if let Some((name, value)) = control
            && found.iter().all(|known| known.name != name)
        {
            found.push(Control { name: name.to_owned(), value: plain(value) });
        }
    }
    found
}

/// A form's body: names and values, each percent-encoded.
pub(crate) fn body(controls: &[Control]) -> String {
    let pairs: Vec<String> =
        controls.iter().map(|one| format!("{}={}", encoded(&one.name), encoded(&one.value))).collect();
    pairs.join("&")
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// The characters that the pages escape.
fn plain(value: &str) -> String {
    let known = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    known.into_iter().fold(value.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(name: &str, value: &str) -> Control {
        Control { name: name.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn each_control_is_found_once_and_a_choice_brings_its_first_value() {
        let page = r#"<form><input type="radio" name="topic" value="broadband"><input type="radio" name="topic" value="other">
            <input id="x" name="email"><textarea name="message" rows="3"></textarea>
            <select name="role"><option value="">Choose</option><option value="head">Head</option><option value="it">IT</option></select>
            <input type="hidden" name="form" value="a&#39;b+/="><button>Continue</button></form>"#;
        let expected = [
            control("topic", "broadband"),
            control("email", ""),
            control("message", ""),
            control("role", "head"),
            control("form", "a'b+/="),
        ];
        assert_eq!(controls(page), expected);
    }

    #[test]
    fn a_body_carries_any_text() {
        assert_eq!(body(&[control("a", "1 & 2"), control("b", "é\n")]), "a=1%20%26%202&b=%C3%A9%0A");
    }
}
