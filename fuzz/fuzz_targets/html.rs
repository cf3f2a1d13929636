//! Any text as HTML and as Markdown: nothing that runs or loads comes through, and sanitising twice
//! changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tequio_protocol::html::{self, SafeHtml};

fuzz_target!(|text: &str| {
    let safe = html::sanitize(text);
    // An empty link of three bytes gets an end, `rel` and its host.
    assert!(safe.as_str().len() <= 1000 + 20 * text.len());
    check(&safe);
    check(&html::markdown(text));
    check(&html::from_text(text));
});

/// Tags that run or load something, or let a reader enter something.
const FORBIDDEN: [&str; 8] = [
    "script", "img", "style", "iframe", "object", "svg", "form", "input",
];

fn check(safe: &SafeHtml) {
    let html = safe.as_str();
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let tag = tag.to_ascii_lowercase();
        let name = tag.trim_start_matches('/').split(' ').next();
        assert!(!FORBIDDEN.contains(&name.unwrap_or_default()), "{html}");
        // Names stand outside quotes, values inside.
        let mut parts = tag.split('"');
        while let Some(names) = parts.next() {
            let value = parts.next().unwrap_or_default();
            for forbidden in [" on", " style", " src"] {
                assert!(!names.contains(forbidden), "{html}");
            }
            if names.ends_with(" href=") {
                // Readers of addresses leave these out, the sanitiser's and the browser's.
                let value = value.trim_start().replace(['\t', '\n'], "");
                let schemes = ["http:", "https:", "mailto:"];
                assert!(schemes.iter().any(|it| value.starts_with(it)), "{html}");
            }
        }
    }
    assert!(!html.contains(html::is_bidi_control));
    assert_eq!(&html::sanitize(html), safe);
    let _text = safe.to_plain_text();
}
