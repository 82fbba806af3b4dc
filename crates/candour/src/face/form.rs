//! The form engine: questions come from the notice, answers are kept as typed, errors are said in words.
//!
//! A page asks what a kind of the notice holds, in the notice's order; it cannot ask for more. What a person typed is never
//! lost: a page with errors shows every answer again, except a secret.

use super::{Html, part};
use askama::Template;
use notice::{Field, Notice, Shape};

mod rule;

/// One question of a form.
#[derive(Clone)]
pub struct Question {
    /// Field of the notice, name of the input and its anchor on the page.
    pub id: String,
    /// As the notice calls the field.
    pub label: String,
    /// Help below the label.
    pub hint: Option<String>,
    /// Whether an answer is needed.
    pub required: bool,
    /// What is accepted.
    pub shape: Shape,
    /// Longest accepted answer, in characters.
    pub max: usize,
    /// The answer as typed, with line ends as `\n`.
    pub value: String,
    /// What is wrong with it, in one sentence without a full stop, as on the page.
    pub error: Option<String>,
    /// HTML `autocomplete` token; `None` where the answer is not about the person who types.
    pub autocomplete: Option<&'static str>,
    /// What is said when a needed answer is missing: "Enter your name".
    pub missing: String,
}

/// Several questions on one page.
#[derive(Clone, Default)]
pub struct Form {
    /// In the order in which they are asked.
    pub questions: Vec<Question>,
    besides: Vec<&'static str>,
}

/// An answer came to a question that the page did not ask, or came twice: the request was not made by the page's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The form held an answer to a question that this page does not ask.")]
pub struct Unasked;

/// How an answer on a check page is changed.
#[derive(Clone, Copy)]
pub enum Change<'a> {
    /// A submit button of the form with this id: it sends `change=FIELD`, so that the answers travel in the body.
    Button(&'a str),
    /// A link to the page with the questions; the field's anchor is added.
    Link(&'a str),
}

impl Form {
    /// The questions for a kind, in the notice's order; `None` where the notice does not cover the kind.
    #[must_use]
    pub fn for_kind(notice: &Notice, kind: &str) -> Option<Self> {
        Self::default().and(notice, kind)
    }

    /// Asks for a further kind on the same page; `None` where the notice does not cover it. A field is asked once.
    #[must_use]
    pub fn and(mut self, notice: &Notice, kind: &str) -> Option<Self> {
        if !notice.covers(&format!("kind.{kind}")) {
            return None;
        }
        for (id, required) in &notice.kind(kind)?.fields {
            if self.question(id).is_none() {
                self.questions.push(Question::new(notice.field(id)?, *required));
            }
        }
        Some(self)
    }

    /// Without the fields that the page sets itself, such as who answered.
    #[must_use]
    pub fn without(mut self, ids: &[&str]) -> Self {
        self.questions.retain(|question| !ids.contains(&question.id.as_str()));
        self
    }

    /// With inputs that the page writes and reads itself, such as the sealed earlier answers: [`Form::fill`] passes them by.
    #[must_use]
    pub fn besides(mut self, names: &[&'static str]) -> Self {
        self.besides.extend_from_slice(names);
        self
    }

    /// Takes what was typed. Questions without an answer are emptied: a form sends all its inputs.
    pub fn fill(&mut self, answers: &[(String, String)]) -> Result<(), Unasked> {
        let mut filled = self.clone();
        for question in &mut filled.questions {
            question.value.clear();
            question.error = None;
        }
        let mut seen: Vec<&str> = Vec::with_capacity(answers.len());
        for (id, answer) in answers {
            if seen.contains(&id.as_str()) {
                return Err(Unasked);
            }
            seen.push(id);
            if filled.besides.contains(&id.as_str()) {
                continue;
            }
            let question = filled.questions.iter_mut().find(|question| question.id == *id).ok_or(Unasked)?;
            question.value = answer.replace("\r\n", "\n");
        }
        *self = filled;
        Ok(())
    }

    /// Trims and checks every answer; true when nothing is wrong.
    pub fn check(&mut self) -> bool {
        for question in &mut self.questions {
            if question.shape != Shape::Secret {
                question.value = question.value.trim().to_owned();
            }
            question.error = rule::error(question);
        }
        !self.wrong()
    }

    /// Whether a question has an error; give it to [`super::Shell::wrong`].
    pub fn wrong(&self) -> bool {
        self.questions.iter().any(|question| question.error.is_some())
    }

    /// The question with this id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }

    /// The question with this id, for a page that changes its hint, its value or its token.
    pub fn question_mut(&mut self, id: &str) -> Option<&mut Question> {
        self.questions.iter_mut().find(|question| question.id == id)
    }

    /// Words a question for this page: the notice's label of a field need not be how it is asked.
    #[must_use]
    pub fn reword(mut self, id: &str, label: &str) -> Self {
        if let Some(question) = self.question_mut(id) {
            label.clone_into(&mut question.label);
            question.missing = rule::missing(label, &question.shape);
        }
        self
    }

    /// The answer to a question; empty when not given or not asked.
    pub fn value(&self, id: &str) -> &str {
        self.question(id).map_or("", |question| &question.value)
    }

    /// The answers that were given, in order.
    pub fn values(&self) -> Vec<(String, String)> {
        let given = self.questions.iter().filter(|question| !question.value.is_empty());
        given.map(|question| (question.id.clone(), question.value.clone())).collect()
    }

    /// The answers to the fields of one kind that were given, in the kind's order.
    pub fn values_of(&self, notice: &Notice, kind: &str) -> Vec<(String, String)> {
        let fields = notice.kind(kind).map_or(&[][..], |kind| &kind.fields);
        let given = fields.iter().map(|(id, _)| (id.clone(), self.value(id).to_owned()));
        given.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Puts an answer where a question stands.
    pub fn set(&mut self, id: &str, value: impl Into<String>) {
        if let Some(question) = self.question_mut(id) {
            question.value = value.into();
        }
    }

    /// Says what only the page could find wrong, such as a password that does not match.
    pub fn fail(&mut self, id: &str, error: impl Into<String>) {
        if let Some(question) = self.question_mut(id) {
            question.error = Some(error.into());
        }
    }

    /// The error summary, to stand above the heading; nothing when nothing is wrong.
    pub fn summary(&self) -> Html {
        part(&Summary { form: self })
    }

    /// All questions with their inputs, to stand inside the page's `<form method="post" novalidate>`.
    pub fn fields(&self) -> Html {
        part(&Fields { questions: &self.questions.iter().collect::<Vec<_>>() })
    }

    /// One question with its input, for a page that sets them apart; nothing when it is not asked.
    pub fn field(&self, id: &str) -> Html {
        part(&Fields { questions: &self.question(id).into_iter().collect::<Vec<_>>() })
    }

    /// The check-answers list.
    pub fn answers(&self, change: Change<'_>) -> Html {
        part(&Answers { form: self, change })
    }
}

impl Question {
    /// The question that a field of the notice asks.
    #[must_use]
    pub fn new(field: &Field, required: bool) -> Self {
        Self {
            id: field.id.clone(),
            label: field.label.clone(),
            hint: field.hint.clone(),
            required,
            shape: field.shape.clone(),
            max: field.max,
            value: String::new(),
            error: None,
            autocomplete: autocomplete(field),
            missing: rule::missing(&field.label, &field.shape),
        }
    }

    /// The answer as a check page shows it: the label of a choice, never a secret.
    pub fn shown(&self) -> &str {
        match &self.shape {
            _ if self.value.is_empty() => "Not given",
            Shape::Secret => "Given",
            Shape::Choice(options) => label_of(options, &self.value),
            _ => &self.value,
        }
    }

    /// Ids of the hint, the limit and the error, for `aria-describedby`.
    fn described_by(&self) -> String {
        let parts = [("hint", self.hint.is_some()), ("limit", self.is_message()), ("error", self.error.is_some())];
        let ids = parts.iter().filter(|(_, shown)| *shown).map(|(part, _)| format!("{}-{part}", self.id));
        ids.collect::<Vec<_>>().join(" ")
    }

    fn is_message(&self) -> bool {
        self.shape == Shape::Message
    }

    fn options(&self) -> Option<&[(String, String)]> {
        match &self.shape {
            Shape::Choice(options) => Some(options),
            _ => None,
        }
    }

    fn input_type(&self) -> &'static str {
        match self.shape {
            Shape::Date => "date",
            Shape::Email => "email",
            Shape::Secret => "password",
            Shape::Telephone => "tel",
            _ => "text",
        }
    }

    /// A one-time code is asked with the digits' keyboard.
    fn numeric(&self) -> bool {
        self.autocomplete == Some("one-time-code")
    }

    /// The value as an input may hold it: a secret is typed again.
    fn held(&self) -> &str {
        if self.shape == Shape::Secret { "" } else { &self.value }
    }

    /// Width of an input whose answer is short, in characters: as wide as its answer.
    fn size(&self) -> Option<usize> {
        match self.shape {
            _ if self.numeric() => Some(8),
            Shape::Postcode => Some(10),
            Shape::Date | Shape::Telephone => Some(20),
            _ => None,
        }
    }
}

/// The label of a code among the options of a choice; the code itself when it is none of them.
pub(super) fn label_of<'a>(options: &'a [(String, String)], code: &'a str) -> &'a str {
    options.iter().find(|(one, _)| one == code).map_or(code, |(_, label)| label)
}

/// WCAG 2.2, 1.3.5: the purpose of an input about the person who types.
fn autocomplete(field: &Field) -> Option<&'static str> {
    match (field.id.as_str(), &field.shape) {
        ("totp", _) => Some("one-time-code"),
        (_, Shape::Email) => Some("email"),
        (_, Shape::Telephone) => Some("tel"),
        (_, Shape::School) => Some("organization"),
        (_, Shape::Role) => Some("organization-title"),
        (_, Shape::Postcode) => Some("postal-code"),
        (_, Shape::Secret) => Some("current-password"),
        ("name", _) => Some("name"),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "face/form/summary.html")]
struct Summary<'a> {
    form: &'a Form,
}

#[derive(Template)]
#[template(path = "face/form/fields.html")]
struct Fields<'a> {
    questions: &'a [&'a Question],
}

#[derive(Template)]
#[template(path = "face/form/answers.html")]
struct Answers<'a> {
    form: &'a Form,
    change: Change<'a>,
}

#[cfg(test)]
mod tests;
