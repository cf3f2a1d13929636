//! `(created)` and `(expires)` in signatures of draft-cavage.

use super::*;

#[test]
fn created_may_stand_for_the_date() {
    let covered = "(request-target) (created) (expires) host digest";
    let at = now().seconds();
    let params = |created: i64, expires: i64| {
        format!("algorithm=\"hs2019\",created={created},expires={expires},")
    };
    let mut post = Post::custom(&params(at - 60, at + 60), covered);
    assert_eq!(post.check().unwrap().signed_at(), now().plus_seconds(-60));
    post.headers.retain(|(name, _)| name != "date");
    assert!(post.check().is_ok());
    let number = format!("created={}", at - 60);
    let text = post
        .get("signature")
        .replace(&number, &format!("created=\"{}\"", at - 60));
    post.set("signature", &text);
    assert!(post.check().is_ok(), "Discourse");
    for (created, expires) in [
        (at - 3601, at + 60),
        (at + 3601, at + 4000),
        (at - 60, at - 1),
    ] {
        let post = Post::custom(&params(created, expires), covered);
        assert_eq!(
            post.refusal(),
            SignatureError::OutOfTime,
            "{created} {expires}"
        );
    }
    let changed = Post::custom(&params(at, at + 60), covered);
    let mut post = changed.clone();
    post.set(
        "signature",
        &changed
            .get("signature")
            .replace(&at.to_string(), &(at + 1).to_string()),
    );
    assert_eq!(post.refusal(), SignatureError::Invalid);
}

#[test]
fn created_is_refused_where_it_means_nothing() {
    let at = now().seconds();
    let plain = "(request-target) host date digest";
    let with = "(request-target) (created) host date digest";
    for (params, covered) in [
        (format!("created={at},"), plain),
        (format!("algorithm=\"rsa-sha256\",created={at},"), with),
        ("algorithm=\"hs2019\",".to_owned(), with),
        ("created=\"soon\",".to_owned(), with),
        ("created=,".to_owned(), with),
        ("created=9999999999999,".to_owned(), with),
    ] {
        let refusal = Post::custom(&params, covered).refusal();
        assert_eq!(refusal, SignatureError::Parameter("created"), "{params}");
    }
}
