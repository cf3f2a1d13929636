//! What forms call their fields, and what they ask for.

use i18n_embed_fl::fl;
use tequio_domain::{Invalid, text};
use tequio_engine::ledger::curation::COLLECTIONS_MAX;
use tequio_engine::ledger::ruling::FEATURED_MAX;
use tequio_protocol::activity::ledger::{ITEM_MAX, ITEMS_MAX, PRIORITIES_MAX, PRIORITY_MAX};

use super::Texts;

impl Texts {
    /// The label of a form field.
    #[must_use]
    pub fn field(&self, name: &str) -> String {
        match name {
            "title" => fl!(self, "field-title"),
            "abstract" => fl!(self, "field-abstract"),
            "name" => fl!(self, "field-name"),
            "current_password" => fl!(self, "field-password-now"),
            "display_name" => fl!(self, "field-display-name"),
            "post" => fl!(self, "field-post"),
            "summary" => fl!(self, "field-summary"),
            "password" => fl!(self, "field-password"),
            "file" => fl!(self, "field-files"),
            "topic" => fl!(self, "field-topic"),
            "audience" => fl!(self, "field-audience"),
            "license" => fl!(self, "field-license"),
            "kind" => fl!(self, "field-kind-object"),
            "note" => fl!(self, "field-note"),
            "notes" => fl!(self, "field-notes"),
            "tasks" => fl!(self, "field-tasks"),
            "contacts" => fl!(self, "field-contacts"),
            "city" | "coordinator" => fl!(self, "field-city"),
            "start" => fl!(self, "field-start"),
            "end" => fl!(self, "field-end"),
            "term_days" => fl!(self, "field-term-days"),
            "quorum" => fl!(self, "field-quorum"),
            "address" => fl!(self, "erasure-address"),
            "reason" => fl!(self, "erasure-reason"),
            "until" => fl!(self, "field-until"),
            "ruling" => fl!(self, "field-ruling"),
            "issues" => fl!(self, "issues-heading"),
            "summary-es" => fl!(self, "field-summary-es"),
            "summary-en" => fl!(self, "field-summary-en"),
            "deciders-es" => fl!(self, "field-deciders-es"),
            "deciders-en" => fl!(self, "field-deciders-en"),
            "practitioners-es" => fl!(self, "field-practitioners-es"),
            "practitioners-en" => fl!(self, "field-practitioners-en"),
            _ => fl!(self, "field-text"),
        }
    }

    /// What is needed in a field, naming the field and the cure.
    #[must_use]
    pub fn need(&self, invalid: &Invalid) -> String {
        match (invalid.field, invalid.need) {
            ("password", "too-short") => {
                fl!(
                    self,
                    "need-password-short",
                    min = text::PASSWORD_MIN.to_string()
                )
            }
            ("current_password", _) => fl!(self, "need-password-now"),
            ("token", "expired-link") => fl!(self, "need-new-link"),
            ("token", _) => fl!(self, "need-token"),
            ("address", "other-city") => fl!(self, "need-own-post"),
            ("address", _) => fl!(self, "need-post-address"),
            ("sure", _) => fl!(self, "need-sure"),
            ("post", "nothing-to-erase") => fl!(self, "need-text-to-erase"),
            ("file", "too-many") => {
                fl!(
                    self,
                    "need-file-count",
                    files = text::ATTACHMENTS_MAX.to_string()
                )
            }
            ("body", "thread-closed") => fl!(self, "need-thread-open"),
            ("body", "banned") => fl!(self, "need-not-banned"),
            ("until" | "ruling" | "issues" | "items", _) | ("title", "too-many-collections") => {
                self.need_of_ruling(invalid)
            }
            ("item", _) => fl!(self, "need-each-item"),
            ("note", "missing") => fl!(self, "need-reason"),
            ("body", "body-or-file") => fl!(self, "need-body-or-file"),
            (_, "name-form") => fl!(self, "need-name-form"),
            (_, "name-taken" | "taken") => fl!(self, "need-name-taken"),
            ("end", "end-after-start") => fl!(self, "need-end-after-start"),
            (field, "day") => fl!(self, "need-day", field = self.field(field)),
            ("term_days", _) => fl!(self, "need-term-days"),
            ("words", _) => fl!(self, "need-same-keys"),
            ("city" | "coordinator", need) => self.need_of_city(need),
            (_, "name-lost") => fl!(self, "need-name-lost"),
            (_, "too-long-shown") => fl!(self, "need-too-long-shown"),
            (field, "line-too-long") => {
                fl!(
                    self,
                    "need-line-too-long",
                    field = self.field(field),
                    max = ITEM_MAX.to_string()
                )
            }
            (field, "too-many-lines") => {
                fl!(
                    self,
                    "need-too-many-lines",
                    field = self.field(field),
                    max = ITEMS_MAX.to_string()
                )
            }
            (field, "too-short") => fl!(self, "need-too-short", field = self.field(field)),
            (field, "too-long") => fl!(self, "need-too-long", field = self.field(field)),
            (field, "choice") => fl!(self, "need-choice", field = self.field(field)),
            (field, _) => fl!(self, "need-missing", field = self.field(field)),
        }
    }

    /// What is needed where a city is named.
    fn need_of_city(&self, need: &str) -> String {
        match need {
            "city-form" => fl!(self, "need-city-slug"),
            "known-already" => fl!(self, "need-unknown-city"),
            _ => fl!(self, "need-known-city"),
        }
    }

    /// What is needed where the coordination rules.
    fn need_of_ruling(&self, invalid: &Invalid) -> String {
        match (invalid.field, invalid.need) {
            ("until", "ahead") => fl!(self, "need-ahead"),
            ("ruling", "too-many-featured") => {
                fl!(self, "need-fewer-featured", max = FEATURED_MAX.to_string())
            }
            ("title", "too-many-collections") => {
                let max = COLLECTIONS_MAX.to_string();
                fl!(self, "need-fewer-collections", max = max)
            }
            ("issues", "too-many-lines") => {
                fl!(self, "need-fewer-issues", max = PRIORITIES_MAX.to_string())
            }
            ("issues", "line-too-long") => {
                fl!(self, "need-shorter-issues", max = PRIORITY_MAX.to_string())
            }
            ("items", "part-too-long") => fl!(self, "need-shorter-part"),
            ("items", _) => fl!(self, "need-fewer-collected"),
            (field, "day") => fl!(self, "need-day", field = self.field(field)),
            (field, _) => fl!(self, "need-missing", field = self.field(field)),
        }
    }
}
