use proptest::collection::{hash_map, vec};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::jcs;

fn refused(text: &str) -> JsonError {
    parse(text.as_bytes()).unwrap_err()
}

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

#[test]
fn an_ordinary_document_is_read_as_it_stands() {
    let text = "\n{\"a\":[1,-2.5,true,null,\"ñ\\u00f1\\ud83d\\ude00\"],\"b\":{}} ";
    let expected = json!({"a": [1, -2.5, true, null, "ññ😀"], "b": {}});
    assert_eq!(parse(text.as_bytes()).unwrap(), expected);
}

#[test]
fn a_member_given_twice_is_refused_at_any_depth() {
    let twice = JsonError::DuplicateKey("id".into());
    assert_eq!(refused(r#"{"id":1,"id":1}"#), twice);
    assert_eq!(refused(r#"[{"x":{"id":1,"b":2,"id":3}}]"#), twice);
}

#[test]
fn duplicates_that_differ_only_by_escapes_are_refused() {
    assert_eq!(
        refused(r#"{"id":1,"\u0069d":2}"#),
        JsonError::DuplicateKey("id".into())
    );
    assert_eq!(
        refused(r#"{"/":1,"\/":2}"#),
        JsonError::DuplicateKey("/".into())
    );
    assert_eq!(
        refused(r#"{"😀":1,"\ud83d\ude00":2}"#),
        JsonError::DuplicateKey("😀".into())
    );
}

#[test]
fn keys_equal_only_after_unicode_normalization_are_different() {
    assert!(parse("{\"\u{f1}\":1,\"n\u{303}\":2}".as_bytes()).is_ok());
}

#[test]
fn numbers_are_accepted_up_to_what_a_double_names() {
    let text = "[9007199254740991,-9007199254740991,9007199254740991.0,9.007199254740991e15]";
    assert!(parse(text.as_bytes()).is_ok());
    for text in [
        "9007199254740992",
        "-9007199254740992",
        "9007199254740992.0",
        "1e16",
        "-1e300",
        "18446744073709551615",
        "18446744073709551616",
        "123456789012345678901234567890",
        "1e400",
        "-1e999999999999",
    ] {
        assert_eq!(
            refused(&format!("{{\"n\":{text}}}")),
            JsonError::NumberTooLarge,
            "{text}"
        );
    }
}

#[test]
fn decimal_numbers_become_the_nearest_double() {
    for text in [
        "-71.184902",
        "25.273962",
        "0.1",
        "333333333.33333329",
        "5e-324",
        "0.30000000000000004",
    ] {
        let expected: f64 = text.parse().unwrap();
        assert_eq!(
            parse(text.as_bytes()).unwrap().as_f64(),
            Some(expected),
            "{text}"
        );
    }
}

#[test]
fn sixty_four_levels_are_accepted_and_one_more_is_not() {
    assert!(parse(nested(64).as_bytes()).is_ok());
    assert_eq!(refused(&nested(65)), JsonError::TooDeep);
    assert_eq!(refused(&"[".repeat(1_000_000)), JsonError::TooDeep);
    assert_eq!(refused(&"{\"a\":".repeat(65)), JsonError::TooDeep);
}

#[test]
fn a_document_over_one_mebibyte_is_refused_by_its_size() {
    let fits = format!("\"{}\"", "a".repeat(MAX_BYTES - 2));
    assert!(parse(fits.as_bytes()).is_ok());
    assert_eq!(
        refused(&format!("{fits} ")),
        JsonError::TooLarge(MAX_BYTES + 1)
    );
}

#[test]
fn bytes_that_are_not_utf8_are_refused() {
    assert_eq!(parse(b"\"\xff\"").unwrap_err(), JsonError::NotUtf8);
    assert_eq!(parse(b"\"\xed\xa0\x80\"").unwrap_err(), JsonError::NotUtf8);
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    let JsonError::Syntax { line, column, .. } = refused("{\n\"a\" 1}") else {
        panic!("place")
    };
    assert_eq!((line, column), (2, 5));
    for text in [
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "NaN",
        "Infinity",
        "'a'",
        "nul",
        "\"\n\"",
        "\"\t\"",
        "\"\\x\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "1 2",
        "{} {}",
        "\u{feff}{}",
        "{1:2}",
        "// c\n1",
        "\u{a0}1",
    ] {
        assert!(
            matches!(refused(text), JsonError::Syntax { .. }),
            "{text:?} {:?}",
            refused(text)
        );
    }
}

fn document() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        (-1e15..1e15).prop_map(Value::from),
        (-1.0..1.0).prop_map(Value::from),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            hash_map(".{0,6}", inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

#[test]
fn a_number_is_one_value_however_it_is_written() {
    for (text, expected) in [
        ("[1,1.0,10e-1,0.1e1]", "[1,1,1,1]"),
        ("[0,-0,0.0,-0.0,0e9]", "[0,0,0,0,0]"),
        ("[9007199254740991.0,-2e3]", "[9007199254740991,-2000]"),
    ] {
        assert_eq!(parse(text.as_bytes()), parse(expected.as_bytes()));
    }
}

proptest! {
    #[test]
    fn any_document_within_the_limits_is_read_like_serde_reads_it(value in document()) {
        let text = serde_json::to_vec(&value).unwrap();
        let serde: Value = serde_json::from_slice(&text).unwrap();
        prop_assert_eq!(
            jcs::canonicalize(&parse(&text).unwrap()),
            jcs::canonicalize(&serde)
        );
    }

    #[test]
    fn what_is_accepted_from_damaged_text_is_what_serde_reads(
        value in document(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut text = serde_json::to_vec(&value).unwrap();
        let at = at.index(text.len());
        text[at] = byte;
        if let Ok(read) = parse(&text) {
            let serde: Value = serde_json::from_slice(&text).unwrap();
            prop_assert_eq!(jcs::canonicalize(&read), jcs::canonicalize(&serde));
            // Whoever has only the canonical form reads the same.
            prop_assert_eq!(parse(jcs::canonicalize(&read).as_bytes()).unwrap(), read);
        }
    }

    #[test]
    fn a_canonical_form_reads_back_to_itself(value in document()) {
        let canonical = jcs::canonicalize(&value);
        let read = parse(canonical.as_bytes()).unwrap();
        prop_assert_eq!(jcs::canonicalize(&read), canonical);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200)) {
        parse(&bytes).ok();
    }
}
