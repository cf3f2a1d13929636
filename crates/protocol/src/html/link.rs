//! Links that say where they lead.

use url::Url;

use super::piece::{Piece, pieces, tag_name, unescape};

/// Adds `data-host="…"` to every web link whose text does not name its host (in ASCII form, so that
/// look-alike letters show). `html` is sanitised. Of links inside one another, which only broken markup
/// makes, the outer one stays.
pub(super) fn show_hosts(html: &str) -> String {
    if !html.contains("<a ") {
        return html.to_owned();
    }
    let mut out = String::with_capacity(html.len() + 64);
    let mut open: Option<OpenLink> = None;
    let mut depth: usize = 0;
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag) if tag_name(tag) == "a" => {
                let is_end = tag.starts_with("</");
                if !is_end {
                    depth += 1;
                }
                if depth == 1 {
                    if let Some(link) = open.take() {
                        link.close(&mut out);
                    }
                    out.push_str(tag);
                    if !is_end {
                        open = OpenLink::new(tag, out.len());
                    }
                }
                if is_end {
                    depth = depth.saturating_sub(1);
                }
            }
            Piece::Tag(tag) => out.push_str(tag),
            Piece::Text(text) => {
                out.push_str(text);
                if let Some(link) = &mut open {
                    link.text.push_str(text);
                }
            }
        }
    }
    if let Some(link) = open {
        link.close(&mut out);
    }
    out
}

struct OpenLink {
    host: String,
    /// Where the opening tag ends, in bytes of the output.
    tag_end: usize,
    text: String,
}

impl OpenLink {
    fn new(tag: &str, tag_end: usize) -> Option<Self> {
        let (_, after) = tag.split_once(" href=\"")?;
        let (href, _) = after.split_once('"')?;
        let url = Url::parse(&unescape(href)).ok()?;
        Some(Self {
            host: url.host_str()?.to_owned(),
            tag_end,
            text: String::new(),
        })
    }

    fn close(self, out: &mut String) {
        if !self.text.contains(&self.host) {
            // A host may have quotes in it: the URL standard forbids only what ends a host.
            let host = self.host.replace('&', "&amp;").replace('"', "&quot;");
            let host = host.replace('<', "&lt;").replace('>', "&gt;");
            out.insert_str(self.tag_end - 1, &format!(" data-host=\"{host}\""));
        }
    }
}
