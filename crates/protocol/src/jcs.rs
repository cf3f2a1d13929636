//! Canonical JSON (JCS, RFC 8785): one document, one text, so that it can be hashed and signed.
//!
//! Start at [`canonicalize`]; [`digest`] and [`digest_without`] are what proofs use. What must stay
//! true: the output depends on the document alone, neither on the order in which a map keeps its
//! members nor on how a number was written.

use std::cmp::Ordering;
use std::fmt::Write as _;

use serde_json::{Map, Number, Value};
use tequio_domain::Digest;

use crate::digest::sha256;
use crate::json::MAX_NUMBER;

/// The canonical text of `value`.
///
/// Numbers are written as ECMAScript writes the nearest double. A document that came through
/// [`crate::json::parse`] loses nothing by that; an integer of our own beyond ±(2^53 − 1) would.
#[must_use]
pub fn canonicalize(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

/// The SHA-256 of the canonical text of `value`.
#[must_use]
pub fn digest(value: &Value) -> Digest {
    sha256(canonicalize(value).as_bytes())
}

/// The SHA-256 of the canonical text of `object` without its member `omitted` (of the outermost
/// object only). Nothing is cloned for it.
#[must_use]
pub fn digest_without(object: &Map<String, Value>, omitted: &str) -> Digest {
    let mut out = String::with_capacity(1024);
    write_object(&mut out, object, Some(omitted));
    sha256(out.as_bytes())
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_string(out, text),
        Value::Array(items) => write_array(out, items),
        Value::Object(members) => write_object(out, members, None),
    }
}

fn write_array(out: &mut String, items: &[Value]) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_value(out, item);
    }
    out.push(']');
}

fn write_object(out: &mut String, object: &Map<String, Value>, omitted: Option<&str>) {
    let mut members: Vec<(&String, &Value)> = object
        .iter()
        .filter(|(key, _)| Some(key.as_str()) != omitted)
        .collect();
    members.sort_by(|(a, _), (b, _)| utf16_order(a, b));
    out.push('{');
    for (index, (key, value)) in members.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(out, key);
        out.push(':');
        write_value(out, value);
    }
    out.push('}');
}

/// Order by UTF-16 code units (RFC 8785 §3.2.3). It differs from the order of Rust's strings only
/// where a character beyond U+FFFF meets one from U+E000 on.
fn utf16_order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() || b.is_ascii() {
        return a.cmp(b);
    }
    a.encode_utf16().cmp(b.encode_utf16())
}

fn write_number(out: &mut String, number: &Number) {
    let exact = number
        .as_i64()
        .filter(|integer| integer.unsigned_abs() <= MAX_NUMBER);
    match (exact, number.as_f64()) {
        (Some(integer), _) => write_display(out, integer),
        (None, Some(double)) if double.is_finite() => {
            out.push_str(ryu_js::Buffer::new().format_finite(double));
        }
        // A `Number` is always finite; were it not, JSON has no other word for it.
        (None, _) => out.push_str("null"),
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    // Each piece ends with at most one character that needs an escape.
    for piece in text.split_inclusive(needs_escape) {
        match piece.chars().next_back().filter(|last| needs_escape(*last)) {
            Some(last) => {
                out.push_str(piece.strip_suffix(last).unwrap_or_default());
                write_escape(out, last);
            }
            None => out.push_str(piece),
        }
    }
    out.push('"');
}

fn needs_escape(character: char) -> bool {
    character < ' ' || character == '"' || character == '\\'
}

fn write_escape(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\u{c}' => out.push_str("\\f"),
        '\r' => out.push_str("\\r"),
        other => write_display(out, format_args!("\\u{:04x}", u32::from(other))),
    }
}

/// Writing to a `String` cannot fail.
fn write_display(out: &mut String, value: impl std::fmt::Display) {
    write!(out, "{value}").ok();
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn double(bits: u64) -> String {
        canonicalize(&json!(f64::from_bits(bits)))
    }

    #[test]
    fn the_example_of_the_rfc_has_its_canonical_form() {
        let text = r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#;
        // Not by our reader, to which 1E30 is too large.
        let document: Value = serde_json::from_str(text).unwrap();
        let expected = r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#;
        assert_eq!(canonicalize(&document), expected);
    }

    #[test]
    fn members_are_ordered_by_utf16_units() {
        // RFC 8785 §3.2.3; the emoji (D83D DE00) stands before U+FB33, against UTF-8 order.
        let document = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control",
            "\u{f6}": "Latin Small Letter O With Diaeresis"
        });
        let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\
            \"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\
            \"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
        assert_eq!(canonicalize(&document), expected);
    }

    #[test]
    fn doubles_are_written_as_ecmascript_writes_them() {
        // RFC 8785 appendix B.
        for (bits, expected) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(double(bits), expected, "{bits:016x}");
        }
    }

    #[test]
    fn equal_numbers_have_one_form_however_they_are_written() {
        for text in ["10", "10.0", "1e1", "1.0E+1", "100e-1"] {
            assert_eq!(
                canonicalize(&crate::json::parse(text.as_bytes()).unwrap()),
                "10",
                "{text}"
            );
        }
        assert_eq!(canonicalize(&crate::json::parse(b"-0").unwrap()), "0");
        assert_eq!(canonicalize(&json!(u64::MAX)), "18446744073709552000");
        assert_eq!(
            canonicalize(&json!(-9_007_199_254_740_991_i64)),
            "-9007199254740991"
        );
    }

    #[test]
    fn control_characters_are_escaped_and_nothing_else() {
        let text = "\u{0}\u{1f}\u{7f}\u{8}\u{c}\r\t</script>\u{2028}ñ";
        let expected = "\"\\u0000\\u001f\u{7f}\\b\\f\\r\\t</script>\u{2028}ñ\"";
        assert_eq!(canonicalize(&json!(text)), expected);
        assert_eq!(canonicalize(&json!("")), "\"\"");
    }

    #[test]
    fn a_member_is_left_out_at_the_top_only() {
        let document = json!({"a": {"proof": 1}, "proof": 2, "z": 3});
        let left = json!({"a": {"proof": 1}, "z": 3});
        assert_eq!(
            digest_without(document.as_object().unwrap(), "proof"),
            digest(&left)
        );
        assert_eq!(
            digest_without(left.as_object().unwrap(), "proof"),
            digest(&left)
        );
    }
}
