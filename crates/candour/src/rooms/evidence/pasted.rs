//! What people paste: a proof as it came out of a letter, quoted, wrapped or with more around it than it needs.

/// The first line of every proof (C2SP tlog-proof).
const HEAD: &str = "c2sp.org/tlog-proof@v1";

/// What begins a line of signature in a signed note.
const SIGNED: &str = "\u{2014}";

/// The proof in a pasted text, in the lines that its format has: what stands before and after it is left out, marks of quoting
/// and blanks at the ends go, and lines that were wrapped on the way are joined. `None` where there is no proof.
pub(crate) fn join(pasted: &str) -> Option<String> {
    let mut lines = pasted.lines().map(plain).skip_while(|line| *line != HEAD).peekable();
    let mut proof = vec![lines.next()?.to_owned()];
    let extra = part(&mut lines, |line| line.starts_with("index ")).concat();
    proof.extend((!extra.is_empty()).then(|| spaced(&extra, "extra")));
    // The hashes, an empty line, and the three lines of the checkpoint: each is short enough to stay whole.
    proof.extend(part(&mut lines, |line| line.starts_with(SIGNED)).into_iter().map(str::to_owned));
    let signature = part(&mut lines, |line| line.is_empty() || line.starts_with("--")).join(" ");
    let mut words = signature.split_whitespace();
    let (mark, name) = (words.next()?, words.next()?);
    proof.push(format!("{mark} {name} {}", words.collect::<String>()));
    Some(proof.join("\n") + "\n")
}

/// A line without marks of quoting and without blanks at its ends.
fn plain(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || c == '>' || c == '\u{feff}')
}

/// The lines up to the one that ends this part, which stays.
fn part<'l>(
    lines: &mut std::iter::Peekable<impl Iterator<Item = &'l str>>,
    end: impl Fn(&str) -> bool,
) -> Vec<&'l str> {
    let mut taken = Vec::new();
    while let Some(line) = lines.next_if(|line| !end(line)) {
        taken.push(line);
    }
    taken
}

/// "extra AAAA" from "extraAAAA" or "extra AAAA": joining wrapped lines may have eaten the blank.
fn spaced(line: &str, word: &str) -> String {
    match line.strip_prefix(word) {
        Some(rest) => format!("{word} {}", rest.split_whitespace().collect::<String>()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::join;

    const PROOF: &str = "c2sp.org/tlog-proof@v1\nextra QUJDREVGR0hJSktMTU5PUA==\nindex 7\nAAAA=\nBBBB=\n\nportal.example/log\n9\nCCCC=\n\n\u{2014} portal.example/log DDDDEEEE=\n";

    #[test]
    fn a_proof_is_found_in_whatever_stands_around_it() {
        assert_eq!(join(PROOF).as_deref(), Some(PROOF));
        let letter = format!("Dear all,\r\n-----\r\n{}-----\r\nRegards", PROOF.replace('\n', "\r\n"));
        assert_eq!(join(&letter).as_deref(), Some(PROOF));
        let quoted = PROOF.replace('\n', "  \n> ");
        assert_eq!(join(&format!("> {quoted}")).as_deref(), Some(PROOF));
    }

    #[test]
    fn lines_that_were_wrapped_on_the_way_are_joined() {
        let wrapped = PROOF.replace("QUJDREVG", "QUJDREVG\n").replace(" DDDD", "\nDDDD\n").replace("extra ", "extra\n");
        assert_eq!(join(&wrapped).as_deref(), Some(PROOF));
    }

    #[test]
    fn what_holds_no_proof_is_none() {
        for text in
            ["", "Hello", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\nindex 1\n", "c2sp.org/tlog-proof@v2\n"]
        {
            assert_eq!(join(text), None, "{text}");
        }
    }
}
