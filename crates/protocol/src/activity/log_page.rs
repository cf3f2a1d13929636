//! Pages of a log: entries, each in exactly the bytes in which it was made.

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::Value;
use serde_json::value::RawValue;

/// Entries of a page.
pub const PAGE_ENTRIES: i64 = 100;

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(rename = "orderedItems", borrow)]
    items: Vec<&'a RawValue>,
}

/// The bytes of each entry exactly as they stand in the page; of the first [`PAGE_ENTRIES`] of them. What they
/// are is for others to judge.
///
/// # Errors
/// When it is no page, in the words of the JSON library.
pub fn read(bytes: &[u8]) -> Result<Vec<String>, serde_json::Error> {
    // The library would take a list for the members in their order.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(serde_json::Error::custom("a page is an object"));
    }
    let page: Page<'_> = serde_json::from_slice(bytes)?;
    let entries = usize::try_from(PAGE_ENTRIES).unwrap_or(usize::MAX);
    let items = page.items.iter().take(entries);
    Ok(items.map(|item| item.get().to_owned()).collect())
}

/// A page with the bytes of these entries as they are. `head` says all else of it, in one member at least;
/// `None` when it does not.
#[must_use]
pub fn write(head: &Value, entries: &[String]) -> Option<String> {
    let members = head.as_object().filter(|members| !members.is_empty())?;
    let head = serde_json::to_string(members).ok()?;
    let open = head.strip_suffix('}')?;
    let length = entries.iter().map(|entry| entry.len() + 1).sum::<usize>();
    let mut text = String::with_capacity(open.len() + length + 32);
    text.push_str(open);
    text.push_str(",\"orderedItems\":[");
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(entry);
    }
    text.push_str("]}");
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{PAGE_ENTRIES, read, write};

    #[test]
    fn entries_keep_their_bytes() {
        let entries = ["{ \"a\":1.0 }".to_owned(), "{\"b\":\"\\u00e1\"}".to_owned()];
        let page = write(&json!({ "type": "OrderedCollectionPage" }), &entries).unwrap();
        assert_eq!(read(page.as_bytes()).unwrap(), entries);
        assert_eq!(write(&json!({}), &entries), None);
        assert_eq!(write(&json!([1]), &entries), None);
    }

    #[test]
    fn no_more_than_a_hundred_are_taken() {
        let entries = vec!["{}".to_owned(); 150];
        let page = write(&json!({ "type": "OrderedCollectionPage" }), &entries).unwrap();
        let taken = read(page.as_bytes()).unwrap().len();
        assert_eq!(i64::try_from(taken), Ok(PAGE_ENTRIES));
    }

    #[test]
    fn what_has_no_items_is_no_page() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"orderedItems":1}"#,
            r#"{"orderedItems":[1}"#,
            r#"[[{}]]"#,
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
