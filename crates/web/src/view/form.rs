//! Forms: fields with what was typed and what is wrong with it.

use askama::Template;
use i18n_embed_fl::fl;

use super::{Frame, Link, Trusted};
use crate::form::Fields;
use crate::texts::Texts;

/// One input.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Name and id.
    pub name: &'static str,
    /// Label, where the template has none of its own.
    pub label: String,
    /// Hint, may be empty.
    pub hint: String,
    /// `text`, `password`, `date`; `long` for a text of several paragraphs.
    pub kind: &'static str,
    /// `autocomplete` value.
    pub autocomplete: &'static str,
    /// Whether it must be filled.
    pub is_required: bool,
    /// What was typed.
    pub value: String,
    /// What is wrong.
    pub problem: Option<String>,
}

impl Field {
    /// A field with a value.
    #[must_use]
    pub fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            value: value.into(),
            kind: "text",
            autocomplete: "off",
            ..Self::default()
        }
    }

    /// With a label and a hint.
    #[must_use]
    pub fn labelled(mut self, label: String, hint: String) -> Self {
        self.label = label;
        self.hint = hint;
        self
    }

    /// Where the coordination says why, for all to read.
    #[must_use]
    pub fn reason(t: &Texts, fields: &Fields) -> Self {
        Self::new("note", fields.get("note"))
            .labelled(fl!(t, "field-reason"), fl!(t, "hint-reason"))
            .required()
    }

    /// That must be filled.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// For a password: never shown again.
    #[must_use]
    pub fn secret(mut self, autocomplete: &'static str) -> Self {
        self.kind = "password";
        self.autocomplete = autocomplete;
        self.value = String::new();
        self
    }

    /// With the first problem that names it.
    #[must_use]
    pub fn with(mut self, problems: &[Problem]) -> Self {
        self.problem = problems
            .iter()
            .find(|problem| problem.field == self.name)
            .map(|p| p.text.clone());
        self
    }
}

/// Something to correct.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// Id of the field; empty for the whole form.
    pub field: &'static str,
    /// Names the field and what is needed.
    pub text: String,
}

/// One choice of a select.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Value sent.
    pub value: String,
    /// Text shown.
    pub label: String,
    /// Whether it is chosen.
    pub selected: bool,
}

/// A drop-down.
#[derive(Debug, Clone, Default)]
pub struct Select {
    /// Name and id.
    pub name: &'static str,
    /// Label.
    pub label: String,
    /// Choices.
    pub options: Vec<Choice>,
}

/// The box at the end of a page where a comment is written.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// `Escribir una respuesta`.
    pub heading: String,
    /// Where it goes; `None` for visitors.
    pub action: Option<String>,
    /// Short oid of the post answered.
    pub parent: String,
    /// Whether the coordination closed the thread.
    pub is_closed: bool,
    /// Whether what would be answered is deleted, removed or hidden: then there is no box.
    pub is_gone: bool,
    /// The post answered, unless it is the opening one.
    pub to: Option<Link>,
    /// The text.
    pub body: Field,
    /// Rendered text, when asked for.
    pub preview: Option<Trusted>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// A page where a thread is written, or a thread or comment edited.
#[derive(Debug, Template)]
#[template(path = "compose.html")]
pub struct Compose {
    /// Around it.
    pub f: Frame,
    /// Where it belongs.
    pub topic: Link,
    /// Heading.
    pub heading: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Rendered text, when asked for.
    pub preview: Option<Trusted>,
    /// Where the form goes.
    pub action: String,
    /// Whether question or conversation is asked.
    pub asks_kind: bool,
    /// Which is chosen.
    pub is_question: bool,
    /// Whether there is a title.
    pub asks_title: bool,
    /// Title.
    pub title: Field,
    /// Text.
    pub body: Field,
    /// Label of the button.
    pub publish: String,
    /// Where one goes without saving.
    pub cancel_href: String,
    /// What publishing means.
    pub note: String,
}

/// A page where a knowledge object is written or edited.
#[derive(Debug, Template)]
#[template(path = "object_form.html")]
pub struct ObjectForm {
    /// Around it.
    pub f: Frame,
    /// Where it belongs.
    pub topic: Link,
    /// Heading.
    pub heading: String,
    /// The object that it adapts.
    pub origin: Option<Link>,
    /// Short oid of that object, or empty.
    pub adapts: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Rendered text, when asked for.
    pub preview: Option<Trusted>,
    /// Where the form goes.
    pub action: String,
    /// Title.
    pub title: Field,
    /// Text.
    pub body: Field,
    /// Whether files can be added.
    pub asks_file: bool,
    /// Files.
    pub file: Field,
    /// What files are taken.
    pub files_hint: String,
    /// Files of an earlier attempt: sealed value and name.
    pub kept_files: Vec<Choice>,
    /// Abstract.
    pub summary: Field,
    /// Kind, audience, licence.
    pub selects: Vec<Select>,
    /// Label of the button.
    pub publish: String,
    /// Where one goes without saving.
    pub cancel_href: String,
}

/// A question before something that cannot be undone.
#[derive(Debug, Template)]
#[template(path = "confirm.html")]
pub struct Confirm {
    /// Around it.
    pub f: Frame,
    /// The question.
    pub heading: String,
    /// What will happen.
    pub what: String,
    /// What it is about.
    pub body: Option<Trusted>,
    /// Where yes goes.
    pub action: String,
    /// Label of yes.
    pub submit: String,
    /// Where no goes.
    pub cancel_href: String,
}

/// Something went wrong; what was typed is kept.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Around it.
    pub f: Frame,
    /// HTTP status.
    pub status: u16,
    /// What happened.
    pub heading: String,
    /// What to do.
    pub what: String,
    /// What was typed: label and text.
    pub typed: Vec<Typed>,
    /// Ways on; the current one is the main one.
    pub next: Vec<Link>,
}

/// A text that was typed and could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Name of the field, as shown.
    pub label: String,
    /// The text.
    pub value: String,
}
