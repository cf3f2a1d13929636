//! Forms as they stand in a page of ours.
//!
//! Reads the HTML that our templates make (attributes in double quotes), not HTML at large.

use url::form_urlencoded::Serializer;

const BOUNDARY: &str = "----tequio-e2e-4f1c9d";

/// A form with what would be sent.
#[derive(Debug, Clone)]
pub struct Form {
    /// Path.
    pub action: String,
    is_multipart: bool,
    names: Vec<String>,
    values: Vec<(String, String)>,
    files: Vec<(String, String, Vec<u8>)>,
}

impl Form {
    /// All forms of a page that are sent by POST.
    #[must_use]
    pub fn all(html: &str) -> Vec<Self> {
        html.split("<form ")
            .skip(1)
            .filter_map(|rest| {
                let (inside, _) = rest.split_once("</form>")?;
                let (head, body) = inside.split_once('>')?;
                (attribute(head, "method")? == "post").then(|| Self::read(head, body))
            })
            .collect()
    }

    fn read(head: &str, body: &str) -> Self {
        let mut form = Self {
            action: attribute(head, "action").unwrap_or_default(),
            is_multipart: head.contains("multipart/form-data"),
            names: Vec::new(),
            values: Vec::new(),
            files: Vec::new(),
        };
        for piece in body.split('<').skip(1) {
            let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
            form.read_tag(tag, text, body);
        }
        form
    }

    fn read_tag(&mut self, tag: &str, text: &str, body: &str) {
        let (element, _) = tag.split_once(' ').unwrap_or((tag, ""));
        let Some(name) = attribute(tag, "name") else {
            return;
        };
        let value = attribute(tag, "value").unwrap_or_default();
        let kind = attribute(tag, "type").unwrap_or_default();
        let is_checked = tag.ends_with(" checked");
        let is_first = !self.has(&name);
        self.names.push(name.clone());
        match element {
            "input" if kind == "file" => {}
            "input" if matches!(kind.as_str(), "radio" | "checkbox") && !is_checked => {}
            "input" => self.values.push((name, value)),
            "textarea" => self
                .values
                .push((name, unescape(text.trim_start_matches('\n')))),
            "select" => self.values.push((name.clone(), selected(body, &name))),
            // As if the first button had been pressed.
            "button" if is_first => self.values.push((name, value)),
            _ => {}
        }
    }

    /// Whether it has a field or button of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|held| held == name)
    }

    /// What a field holds.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(held, _)| held == name)
            .map(|(_, value)| value.as_str())
    }

    /// Writes into a field, or presses another button.
    ///
    /// # Panics
    /// When it has no such field.
    pub fn set(&mut self, name: &str, value: &str) {
        assert!(
            self.has(name),
            "{} has no field {name}: {:?}",
            self.action,
            self.names
        );
        self.remove(name);
        self.values.push((name.to_owned(), value.to_owned()));
    }

    /// Ticks one of the boxes that share a name.
    ///
    /// # Panics
    /// When it has no such box.
    pub fn tick(&mut self, name: &str, value: &str) {
        assert!(self.has(name), "{} has no box {name}", self.action);
        self.values.push((name.to_owned(), value.to_owned()));
    }

    /// Takes a field away, as no browser would.
    pub fn remove(&mut self, name: &str) {
        self.values.retain(|(held, _)| held != name);
    }

    /// Chooses a file.
    ///
    /// # Panics
    /// When it has no such field.
    pub fn attach(&mut self, field: &str, name: &str, bytes: &[u8]) {
        assert!(
            self.has(field) && self.is_multipart,
            "{} takes no {field}",
            self.action
        );
        self.files
            .push((field.to_owned(), name.to_owned(), bytes.to_vec()));
    }

    /// Content type and body.
    #[must_use]
    pub fn encode(&self) -> (String, Vec<u8>) {
        if !self.is_multipart {
            let body = Serializer::new(String::new())
                .extend_pairs(&self.values)
                .finish();
            return (
                "application/x-www-form-urlencoded".to_owned(),
                body.into_bytes(),
            );
        }
        let mut body = Vec::new();
        for (name, value) in &self.values {
            let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"");
            body.extend(format!("{head}\r\n\r\n{value}\r\n").into_bytes());
        }
        for (field, name, bytes) in &self.files {
            let head = format!(
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{field}\"; \
                 filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n"
            );
            body.extend(head.into_bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
        (format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }
}

/// The chosen option of a select, or the first.
fn selected(body: &str, name: &str) -> String {
    let Some((_, rest)) = body.split_once(&format!("<select id=\"{name}\"")) else {
        return String::new();
    };
    let (inside, _) = rest.split_once("</select>").unwrap_or((rest, ""));
    let mut options = inside.split("<option ").skip(1);
    let chosen = options.clone().find(|option| {
        option
            .split('>')
            .next()
            .is_some_and(|tag| tag.ends_with(" selected"))
    });
    chosen
        .or_else(|| options.next())
        .and_then(|option| attribute(option, "value"))
        .unwrap_or_default()
}

/// The value of an attribute in a tag.
#[must_use]
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let mark = format!("{name}=\"");
    let at = tag.match_indices(&mark).find(|(at, _)| {
        *at == 0
            || tag
                .as_bytes()
                .get(at - 1)
                .is_some_and(u8::is_ascii_whitespace)
    })?;
    let rest = tag.get(at.0 + mark.len()..)?;
    rest.split('"').next().map(unescape)
}

/// Text of HTML.
#[must_use]
pub fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::Form;

    const PAGE: &str = r#"<form method="get" action="/buscar"><input name="q"></form>
<form class="form" method="post" action="/temas/a/nueva"><input type="hidden" name="csrf" value="t">
<input type="radio" name="kind" value="question" checked><input type="radio" name="kind" value="other">
<input type="checkbox" name="kept" value="x">
<select id="license" name="license"><option value="a">A</option><option value="b" selected>B</option></select>
<textarea id="body" name="body" required>
&lt;uno&gt; &amp;amp;</textarea><button name="do" value="publish">P</button><button name="do" value="preview">V</button></form>"#;

    #[test]
    fn a_form_is_sent_as_it_stands() {
        let forms = Form::all(PAGE);
        assert_eq!(forms.len(), 1);
        let mut form = forms.into_iter().next().unwrap();
        assert_eq!(form.action, "/temas/a/nueva");
        assert_eq!(form.value("body"), Some("<uno> &amp;"));
        form.set("kind", "other");
        let (_, body) = form.encode();
        let body = String::from_utf8(body).unwrap();
        assert_eq!(
            body,
            "csrf=t&license=b&body=%3Cuno%3E+%26amp%3B&do=publish&kind=other"
        );
    }
}
