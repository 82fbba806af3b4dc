use super::super::fixture::{HOSTILE, assert_harmless, notice};
use super::*;
use proptest::prelude::*;

fn form() -> Form {
    let notice = notice();
    let form = Form::for_kind(&notice, "enquiry").expect("covered");
    form.and(&notice, "enquiry-message").expect("covered").without(&["answered-by"])
}

fn pairs(answers: &[(&str, &str)]) -> Vec<(String, String)> {
    answers.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect()
}

const GOOD: [(&str, &str); 4] =
    [("name", "Mary Poole"), ("email", "m.poole@school.example"), ("topic", "broadband"), ("message", "Hello\r\nyou")];

/// The error of one question when it is answered so, and all others well.
fn error(id: &str, value: &str) -> Option<String> {
    let mut answers: Vec<(&str, &str)> = GOOD.into_iter().filter(|(one, _)| *one != id).collect();
    answers.push((id, value));
    let mut form = form();
    form.fill(&pairs(&answers)).expect("asked");
    let good = form.check();
    assert_eq!(good, form.question(id).expect("asked").error.is_none(), "only {id} may be wrong");
    form.question(id).expect("asked").error.clone()
}

#[test]
fn questions_stand_in_the_notices_order_without_what_the_page_sets() {
    let ids: Vec<String> = form().questions.into_iter().map(|question| question.id).collect();
    assert_eq!(ids, ["name", "email", "telephone", "postcode", "visit", "topic", "message", "password"]);
}

#[test]
fn a_kind_that_the_notice_does_not_cover_has_no_form() {
    assert!(Form::for_kind(&notice(), "horoscope").is_none());
}

#[test]
fn good_answers_pass_and_are_trimmed() {
    let mut form = form();
    form.fill(&pairs(&GOOD)).expect("asked");
    form.set("name", "  Mary Poole \n");
    assert!(form.check());
    assert_eq!(form.value("name"), "Mary Poole");
    assert_eq!(form.value("message"), "Hello\nyou");
    assert_eq!(form.values_of(&notice(), "enquiry-message"), pairs(&[("message", "Hello\nyou")]));
    assert!(form.summary().as_str().trim().is_empty());
}

#[test]
fn a_missing_answer_is_asked_for_by_name() {
    let said = |id| error(id, " ").unwrap_or_default();
    assert_eq!(said("name"), "Enter your name");
    assert_eq!(said("email"), "Enter your e-mail address");
    assert_eq!(said("topic"), "Select a topic");
    assert_eq!(said("message"), "Enter your message");
    assert_eq!(said("telephone"), "");
    assert_eq!(rule::missing("What is it about?", &Shape::Choice(Vec::new())), "Answer “What is it about?”");
    assert_eq!(rule::missing("Enquiry topic", &Shape::Choice(Vec::new())), "Select an enquiry topic");
    assert_eq!(rule::missing("URN of your school", &Shape::Text), "Enter the URN of your school");
}

#[test]
fn an_email_address_must_be_one_that_mail_can_reach() {
    let wrong = Some("Enter an e-mail address in the correct format, like name@school.example".to_owned());
    for bad in [
        "name",
        "name@",
        "@school.example",
        "name@school",
        "a b@school.example",
        "\"a b\"@school.example",
        "Mary <m@school.example>",
        "m@[127.0.0.1]",
        "m@school.example\u{202e}",
    ] {
        assert_eq!(error("email", bad), wrong, "{bad}");
    }
    for good in ["o'neil+x@school.example", "m.poole@mail.school.example"] {
        assert_eq!(error("email", good), None, "{good}");
    }
}

#[test]
fn a_telephone_number_is_checked_lightly() {
    let wrong = Some("Enter a telephone number, like 01632 960 001 or +44 1632 960 001".to_owned());
    for bad in [
        "ask me",
        "12",
        "01632 960 001 or so",
        "1+1632",
        "ext 4",
        "01632 960 001 ext",
        "01632 960 001 ext 12345678",
        "0163296000101632960001",
    ] {
        assert_eq!(error("telephone", bad), wrong, "{bad}");
    }
    for good in ["01632 960 001", "+44 (0)1632 960-001", "07700 900123", "01632 960001 ext. 12", "01632960001x12"] {
        assert_eq!(error("telephone", good), None, "{good}");
    }
}

#[test]
fn postcodes_dates_and_choices_have_their_own_sentences() {
    assert_eq!(error("postcode", "RG1"), Some("Enter a full UK postcode, like RG1 1AA".to_owned()));
    assert_eq!(error("postcode", "éé1 1AA"), Some("Enter a full UK postcode, like RG1 1AA".to_owned()));
    assert_eq!(error("postcode", "rg1 1aa"), None);
    assert_eq!(error("visit", "2026-02-30"), Some("Enter a real date, like 2026-11-23".to_owned()));
    assert_eq!(error("visit", "2026-11-23"), None);
    assert_eq!(error("topic", "astrology"), Some("Select a topic".to_owned()));
}

#[test]
fn too_long_is_counted_in_characters() {
    assert_eq!(error("name", &"é".repeat(200)), None);
    assert_eq!(error("name", &"é".repeat(201)), Some("Name must be 200 characters or fewer".to_owned()));
    assert_eq!(error("message", &"x".repeat(4001)), Some("Your message must be 4,000 characters or fewer".to_owned()));
}

#[test]
fn control_characters_are_refused_except_lines_in_a_message() {
    assert_eq!(error("name", "Mary\nPoole"), Some("Name must not have characters that cannot be shown".to_owned()));
    assert_eq!(error("message", "one\ntwo"), None);
    assert_eq!(
        error("message", "one\u{0}two"),
        Some("Your message must not have characters that cannot be shown".to_owned())
    );
}

#[test]
fn unasked_and_repeated_answers_are_refused_and_change_nothing() {
    let mut form = form();
    form.fill(&pairs(&GOOD)).expect("asked");
    assert_eq!(form.fill(&pairs(&[("name", "x"), ("admin", "1")])), Err(Unasked));
    assert_eq!(form.fill(&pairs(&[("name", "x"), ("name", "y")])), Err(Unasked));
    assert_eq!(form.fill(&pairs(&[("answered-by", "x")])), Err(Unasked));
    assert_eq!(form.value("name"), "Mary Poole");
    let mut form = form.besides(&["sealed"]);
    assert_eq!(form.fill(&pairs(&[("sealed", "x")])), Ok(()));
}

#[test]
fn errors_are_summed_up_above_and_said_again_at_the_field() {
    let mut form = form();
    form.fill(&pairs(&[("email", "nobody"), ("topic", "other"), ("message", "x")])).expect("asked");
    assert!(!form.check());
    let summary = form.summary().to_string();
    assert!(
        summary.contains("There is a problem")
            && summary.contains("role=\"alert\"")
            && summary.contains("tabindex=\"-1\"")
    );
    assert!(summary.contains("<a href=\"#name\">Enter your name</a>"), "{summary}");
    let fields = form.fields().to_string();
    for words in [
        "id=\"email\"",
        "aria-describedby=\"email-hint email-error\" aria-invalid=\"true\"",
        "value=\"nobody\"",
        "Enter your name</p>",
        "autocomplete=\"email\"",
        "type=\"tel\"",
    ] {
        assert!(fields.contains(words), "{words} is missing: {fields}");
    }
    assert_eq!(fields.matches("aria-invalid").count(), 2);
}

#[test]
fn every_link_of_the_summary_leads_to_a_field() {
    let mut form = form();
    assert!(!form.check());
    let fields = form.fields().to_string();
    for question in form.questions.iter().filter(|question| question.error.is_some()) {
        assert_eq!(fields.matches(&format!(" id=\"{}\"", question.id)).count(), 1, "{}", question.id);
    }
}

#[test]
fn a_choice_is_a_group_with_a_legend() {
    let mut form = form();
    form.set("topic", "other");
    let html = form.field("topic").to_string();
    assert!(html.contains("<fieldset") && html.contains("<legend>Topic</legend>"), "{html}");
    assert!(html.contains("value=\"other\" checked") && html.matches("checked").count() == 1, "{html}");
}

#[test]
fn a_page_may_word_a_question_for_itself() {
    let mut form = form().reword("name", "Full name");
    assert!(!form.check());
    assert_eq!(form.question("name").expect("asked").error.as_deref(), Some("Enter your full name"));
    assert!(form.field("name").as_str().contains("<label for=\"name\">Full name</label>"));
}

#[test]
fn optional_questions_say_so() {
    assert!(form().field("telephone").as_str().contains("Telephone number (optional)"));
    assert!(!form().field("name").as_str().contains("(optional)"));
}

#[test]
fn a_message_states_its_limit() {
    let html = form().field("message").to_string();
    assert!(
        html.contains("At most 4,000 characters.") && html.contains("aria-describedby=\"message-limit\""),
        "{html}"
    );
}

#[test]
fn a_secret_is_never_written_back() {
    let mut form = form();
    form.set("password", "correct horse");
    assert!(!form.fields().as_str().contains("horse"));
    assert!(!form.answers(Change::Link("/enquiries/new")).as_str().contains("horse"));
}

#[test]
fn answers_can_be_checked_and_changed() {
    let mut form = form();
    form.fill(&pairs(&GOOD)).expect("asked");
    let html = form.answers(Change::Link("/enquiries/new")).to_string();
    assert!(
        html.contains("<a href=\"/enquiries/new#email\">Change<span class=\"hidden\"> E-mail address</span></a>"),
        "{html}"
    );
    assert!(html.contains("Broadband and network") && html.contains("Not given"), "{html}");
    let html = form.answers(Change::Button("send")).to_string();
    assert!(html.contains("form=\"send\" name=\"change\" value=\"email\""), "{html}");
}

#[test]
fn hostile_answers_are_escaped_wherever_they_stand() {
    let mut form = form();
    for question in &mut form.questions {
        question.value = HOSTILE.into();
        question.error = Some(HOSTILE.into());
        question.label = HOSTILE.into();
        question.hint = Some(HOSTILE.into());
    }
    for html in
        [form.fields(), form.summary(), form.answers(Change::Link(HOSTILE)), form.answers(Change::Button(HOSTILE))]
    {
        assert_harmless(html.as_str());
    }
}

proptest! {
    #[test]
    fn nothing_typed_is_lost(name in "[^\\p{Cc}]{0,40}", message in "[^\\p{Cc}]{0,40}(\r\n[^\\p{Cc}]{0,40}){0,3}") {
        let mut form = form();
        form.fill(&pairs(&[("name", &name), ("message", &message)])).expect("asked");
        prop_assert_eq!(form.value("name"), &name);
        let message = message.replace("\r\n", "\n");
        prop_assert_eq!(form.value("message"), &message);
        form.check();
        prop_assert_eq!(form.value("name"), name.trim());
        prop_assert_eq!(form.value("message"), message.trim());
        let shown = form.fields().to_string();
        prop_assert_eq!(unescaped(&shown).matches(form.value("name")).next().is_some(), true);
    }
}

/// The reader's view of escaped text.
fn unescaped(html: &str) -> String {
    let mut text = html.to_owned();
    for (code, character) in [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")] {
        text = text.replace(code, character);
    }
    text
}
