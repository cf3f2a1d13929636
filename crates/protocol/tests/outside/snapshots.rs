//! Every document, read and written down: `snapshots/`, one file per program.

use tequio_protocol::outside::OutsideActivity;

use crate::{documents, programs, summary};

#[test]
fn every_document_is_read_as_written_down() {
    for program in programs() {
        let text: String = documents(&program)
            .iter()
            .map(|document| format!("# {}\n{}\n", document.name, summary::of(&document.value)))
            .collect();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(program.as_str(), text);
        });
    }
}

#[test]
fn no_document_of_fourteen_programs_and_more_is_refused() {
    assert!(programs().len() >= 14);
    for program in programs() {
        for document in documents(&program) {
            let read = summary::of(&document.value);
            let is_tombstone = document.value["type"] == "Tombstone";
            assert!(
                is_tombstone || !read.starts_with("refused"),
                "{}: {read}",
                document.name
            );
        }
    }
}

#[test]
fn an_activity_of_an_unknown_kind_is_other() {
    for name in ["lemmy/warn_1.0", "mastodon/move", "peertube/view"] {
        let document = crate::document(name);
        let activity = OutsideActivity::read(&document.value).unwrap();
        assert_eq!(
            activity.act,
            tequio_protocol::outside::OutsideAct::Other,
            "{name}"
        );
    }
}
