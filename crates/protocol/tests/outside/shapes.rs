//! Shapes at the edge: what is taken, what is Other, what is refused.

use serde_json::{Value, json};
use tequio_protocol::activity::PUBLIC;
use tequio_protocol::html;
use tequio_protocol::outside::{
    ADDRESSED_MAX, Announced, CONTENT_MAX, FLAGGED_MAX, MENTIONS_MAX, OutsideAct, OutsideActivity,
    OutsideActor, OutsidePost,
};

const ACTOR: &str = "https://a.example/u/x";
const POST: &str = "https://a.example/p/1";

fn activity(kind: &str, object: Value) -> Value {
    json!({ "id": "https://a.example/a/1", "type": kind, "actor": ACTOR, "object": object })
}

fn note() -> Value {
    json!({ "id": POST, "type": "Note", "attributedTo": ACTOR, "content": "<p>Hola</p>" })
}

fn actor() -> Value {
    json!({ "id": ACTOR, "type": "Person", "preferredUsername": "x", "inbox": "https://a.example/in" })
}

fn with(mut document: Value, member: &str, value: Value) -> Value {
    document[member] = value;
    document
}

fn post(document: &Value) -> OutsidePost {
    OutsidePost::read(document).unwrap()
}

fn act(document: &Value) -> OutsideAct {
    OutsideActivity::read(document).unwrap().act
}

/// No absolute http(s) addresses, or too long, or with blanks and controls.
fn no_ids() -> Vec<Value> {
    vec![
        json!("u/x"),
        json!("acct:x@a.example"),
        json!("ftp://a.example/x"),
        json!("javascript:alert(1)"),
        json!("data:text/html,x"),
        json!("https://"),
        json!("HTTPS://a.example/u/x"),
        json!("https://A.example/u/x"),
        json!("https://a.example:443/u/x"),
        json!("https://a.example:/u/x"),
        json!("https://x@a.example/u/x"),
        json!("https:a.example/u/x"),
        json!("https:///a.example/u/x"),
        json!("https://a.example\\@b.example/u/x"),
        json!("https://a.example./u/x"),
        json!("https://0x7f.1/u/x"),
        json!("https://a\"b.example/u/x"),
        json!("https://a.example/\u{0}"),
        json!("https://a.example/\nx"),
        json!("https://a.example/u x"),
        json!(" https://a.example/x"),
        json!(format!("https://a.example/{}", "x".repeat(2000))),
        json!(7),
        json!(true),
        json!(["https://a.example/u/x"]),
        json!({}),
        json!({ "id": ["https://a.example/u/x"] }),
    ]
}

#[test]
fn what_is_no_id_is_never_taken_for_one() {
    for wrong in no_ids() {
        let like = activity("Like", json!(POST));
        assert!(OutsideActivity::read(&with(like.clone(), "actor", wrong.clone())).is_err());
        assert!(OutsideActivity::read(&with(like.clone(), "id", wrong.clone())).is_err());
        assert_eq!(act(&with(like, "object", wrong.clone())), OutsideAct::Other);
        assert!(OutsidePost::read(&with(note(), "id", wrong.clone())).is_err());
        assert!(OutsidePost::read(&with(note(), "inReplyTo", wrong.clone())).is_err());
        assert!(OutsideActor::read(&with(actor(), "id", wrong.clone())).is_err());
        assert!(OutsideActor::read(&with(actor(), "inbox", wrong.clone())).is_err());
        let shared = with(actor(), "endpoints", json!({ "sharedInbox": wrong }));
        assert_eq!(OutsideActor::read(&shared).unwrap().shared_inbox, "");
    }
}

#[test]
fn an_object_with_an_id_stands_for_its_id_but_not_as_the_own_id() {
    let embedded = json!({ "id": ACTOR, "type": "Person" });
    let like = with(activity("Like", note()), "actor", embedded.clone());
    let read = OutsideActivity::read(&like).unwrap();
    assert_eq!(read.actor, ACTOR);
    assert_eq!(
        read.act,
        OutsideAct::Like {
            object: POST.into()
        }
    );
    assert!(OutsideActivity::read(&with(like, "id", json!({ "id": POST }))).is_err());
    assert!(OutsidePost::read(&with(note(), "id", json!({ "id": POST }))).is_err());
    assert!(OutsideActor::read(&with(actor(), "id", embedded)).is_err());
}

#[test]
fn an_activity_without_an_id_is_read_without_one() {
    for none in [Value::Null, json!("")] {
        let like = with(activity("Like", json!(POST)), "id", none);
        assert_eq!(OutsideActivity::read(&like).unwrap().id, "");
    }
}

#[test]
fn of_several_authors_the_person_is_taken_else_the_first() {
    let group = json!({ "type": "Group", "id": "https://a.example/g" });
    let person = json!({ "type": "Person", "id": ACTOR });
    let listed = with(note(), "attributedTo", json!([group, person]));
    assert_eq!(post(&listed).attributed_to, ACTOR);
    let plain = with(note(), "attributedTo", json!([POST, ACTOR]));
    assert_eq!(post(&plain).attributed_to, POST);
    for wrong in [json!([]), json!([[ACTOR]]), json!(7), Value::Null] {
        assert!(OutsidePost::read(&with(note(), "attributedTo", wrong)).is_err());
    }
}

#[test]
fn what_cannot_be_understood_is_other_and_costs_no_delivery() {
    let no_author = json!({ "id": POST, "type": "Note", "content": "x" });
    for (kind, object) in [
        ("Create", json!(POST)),
        ("Create", no_author),
        ("Create", with(note(), "type", json!("Playlist"))),
        ("Update", json!(ACTOR)),
        ("Announce", json!([activity("Like", json!(POST))])),
        (
            "Announce",
            activity("Like", json!(POST))
                .get("nothing")
                .cloned()
                .unwrap_or_default(),
        ),
        ("Undo", json!(7)),
        (
            "Undo",
            with(
                activity("Like", json!(POST)),
                "actor",
                json!("https://b.example/y"),
            ),
        ),
        ("Add", json!(POST)),
        ("Flag", json!([])),
        ("Accept", activity("Join", json!(POST))),
        ("EmojiReact", json!([])),
        ("Travel", json!(POST)),
    ] {
        assert_eq!(act(&activity(kind, object)), OutsideAct::Other, "{kind}");
    }
}

#[test]
fn a_document_that_is_no_activity_is_refused() {
    for wrong in [
        json!(null),
        json!([activity("Like", json!(POST))]),
        json!("Like"),
        json!({}),
        json!({ "type": "Like", "object": POST }),
        json!({ "actor": ACTOR, "object": POST }),
    ] {
        assert!(OutsideActivity::read(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn activities_are_three_deep_at_most() {
    let like = activity("Like", json!(POST));
    let undo = activity("Undo", like);
    let announce = activity("Announce", undo);
    let OutsideAct::Announce(Announced::Activity(inner, _)) = act(&announce) else {
        panic!("not read");
    };
    assert!(matches!(inner.act, OutsideAct::Undo(_)));

    let fourth = activity("Announce", announce);
    let OutsideAct::Announce(Announced::Activity(inner, _)) = act(&fourth) else {
        panic!("not read");
    };
    // The Undo that stands third has its Like too deep to be looked at.
    let OutsideAct::Announce(Announced::Activity(undo, _)) = inner.act else {
        panic!("not read");
    };
    assert_eq!(undo.act, OutsideAct::Other);
}

#[test]
fn the_inside_of_an_undo_has_the_actor_of_the_undo() {
    let mut like = activity("Like", json!(POST));
    like.as_object_mut().unwrap().remove("actor");
    assert!(matches!(act(&activity("Undo", like)), OutsideAct::Undo(_)));
}

#[test]
fn lists_are_cut_but_the_public_collection_is_not_lost() {
    let ids: Vec<String> = (0..300).map(|n| format!("https://a.example/{n}")).collect();
    let mut to = ids.clone();
    to.push("as:Public".into());
    let read = post(&with(note(), "to", json!(to)));
    assert_eq!(read.addressed.len(), ADDRESSED_MAX);
    assert!(read.is_public());

    let tags: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "type": "Mention", "href": id }))
        .collect();
    assert_eq!(
        post(&with(note(), "tag", json!(tags))).mentions.len(),
        MENTIONS_MAX
    );
    let OutsideAct::Flag { objects, .. } = act(&activity("Flag", json!(ids))) else {
        panic!("no Flag");
    };
    assert_eq!(objects.len(), FLAGGED_MAX);
}

#[test]
fn the_public_collection_is_spelled_one_way() {
    for spelled in [
        json!("Public"),
        json!(["as:Public"]),
        json!({ "id": PUBLIC }),
        json!(PUBLIC),
    ] {
        let read = post(&with(with(note(), "to", spelled.clone()), "cc", spelled));
        assert_eq!(read.addressed, [PUBLIC]);
    }
    let nearly = post(&with(note(), "to", json!(format!("{PUBLIC}ity"))));
    assert!(!nearly.is_public());
}

#[test]
fn reactions_count_as_their_thumb() {
    let like = OutsideAct::Like {
        object: POST.into(),
    };
    let dislike = OutsideAct::Dislike {
        object: POST.into(),
    };
    for (kind, content, expected) in [
        ("Like", json!(null), &like),
        ("Like", json!("🔥"), &like),
        ("Like", json!("👎"), &dislike),
        ("EmojiReact", json!("👍🏽"), &like),
        ("EmojiReact", json!("👎"), &dislike),
        ("EmojiReact", json!("🔥"), &OutsideAct::Other),
        ("Dislike", json!("👍"), &dislike),
    ] {
        let vote = with(activity(kind, json!(POST)), "content", content);
        assert_eq!(&act(&vote), expected, "{vote}");
    }
}

#[test]
fn text_put_into_the_html_cannot_become_markup() {
    let nasty = "\"><script>x</script><b onclick='x'>&lt;";
    let mut question = with(note(), "type", json!("Question"));
    question["oneOf"] = json!([{ "name": nasty }]);
    question["attachment"] = json!([
        { "type": "Image", "url": "https://a.example/'\"<b>.png", "name": nasty },
        { "type": "Link", "href": "javascript:alert(1)", "name": "x" },
        { "type": "PropertyValue", "name": "Web", "value": nasty },
    ]);
    let mut event = with(note(), "type", json!("Event"));
    event["location"] = json!({ "name": nasty, "address": nasty, "url": "javascript:x" });
    event["startTime"] = json!(nasty);
    for document in [question, event] {
        let html = post(&document).html;
        for markup in ["<script", "<b", "onclick='", "javascript:"] {
            assert!(!html.contains(markup), "{html}");
        }
        let shown = html::plain_text(&html);
        assert!(shown.contains("<script>x</script>"), "{shown}");
    }
}

#[test]
fn an_image_in_the_text_becomes_a_link_and_an_emoji_its_name() {
    for (content, shown) in [
        (
            "<img src=\"https://a.example/f.jpg?a=1&amp;b=2\" alt=\"Un &lt;filtro&gt;\">",
            "<a href=\"https://a.example/f.jpg?a=1&amp;b=2\">Un &lt;filtro&gt;</a>",
        ),
        (
            "<IMG alt='' src=https://a.example/f.jpg >",
            "<a href=\"https://a.example/f.jpg\">f.jpg</a>",
        ),
        (
            "<a href=\"https://b.example/\"><img src=\"https://a.example/f.jpg\" alt=\"Foto\"/></a>",
            "<a href=\"https://b.example/\">Foto</a>",
        ),
        (
            "<img class=\"emoji\" alt=\":gota:\" src=\"https://a.example/g.png\">",
            ":gota:",
        ),
        ("<img src=\"data:image/png;base64,AA\" alt=\"x\">", "x"),
        (
            "<img src=\"/f.jpg\" alt='\"><script>'>",
            "&quot;&gt;&lt;script&gt;",
        ),
        (
            "<imgx src=\"https://a.example/\">",
            "<imgx src=\"https://a.example/\">",
        ),
        ("2 < 3 <img", "2 < 3 <img"),
    ] {
        assert_eq!(post(&with(note(), "content", json!(content))).html, shown);
    }
}

#[test]
fn a_link_that_the_text_has_is_not_repeated() {
    let content = "<p><a href=\"https://b.example/x\">b</a></p>";
    let mut document = with(note(), "content", json!(content));
    document["attachment"] = json!([{ "type": "Link", "href": "https://b.example/x" }]);
    assert_eq!(post(&document).html, content);
    document["attachment"] = json!([{ "type": "Link", "href": "https://b.example/" }]);
    assert!(post(&document).html.contains("href=\"https://b.example/\""));
}

#[test]
fn the_url_of_a_page_elsewhere_is_its_link() {
    let page = with(note(), "type", json!("Page"));
    let elsewhere = post(&with(page.clone(), "url", json!("https://b.example/x")));
    assert_eq!(elsewhere.url, POST);
    assert!(elsewhere.html.contains("href=\"https://b.example/x\""));
    let here = post(&with(page, "url", json!("https://a.example/pagina")));
    assert_eq!(here.url, "https://a.example/pagina");
    assert!(!here.html.contains("href"));
}

#[test]
fn texts_are_cut_between_characters() {
    let long = "ñ".repeat(CONTENT_MAX);
    let mut document = with(note(), "content", json!(long));
    document["name"] = json!(long);
    document["summary"] = json!(long);
    document["source"] = json!({ "content": long, "mediaType": "text/markdown" });
    document["sensitive"] = json!(true);
    let read = post(&document);
    assert_eq!(read.html.len(), CONTENT_MAX);
    assert_eq!(read.title.chars().count(), 200);
    assert!(read.title.ends_with('…'));
    assert_eq!(read.warning.chars().count(), 500);
    assert_eq!(read.source, "");
}

#[test]
fn titles_and_names_are_one_visible_line() {
    let name = json!("  Agua\n\u{202e}potable\u{0} ");
    assert_eq!(
        post(&with(note(), "name", name.clone())).title,
        "Agua potable"
    );
    let read = OutsideActor::read(&with(actor(), "name", name)).unwrap();
    assert_eq!(read.display_name, "Agua potable");
}

#[test]
fn a_name_that_cannot_stand_in_a_handle_is_refused() {
    for wrong in [
        "",
        "x@b.example",
        "x/y",
        "x y",
        "x\n",
        "x\u{202e}",
        "<b>",
        &"x".repeat(129),
    ] {
        let document = with(actor(), "preferredUsername", json!(wrong));
        assert!(OutsideActor::read(&document).is_err(), "{wrong}");
    }
    for right in ["x", "x.y-z_1", "María"] {
        let document = with(actor(), "preferredUsername", json!(right));
        assert_eq!(OutsideActor::read(&document).unwrap().name, right);
    }
}

#[test]
fn a_shared_inbox_elsewhere_is_not_taken() {
    let document = with(
        actor(),
        "sharedInbox",
        json!("https://victim.example/inbox"),
    );
    assert_eq!(OutsideActor::read(&document).unwrap().shared_inbox, "");
    let endpoints = json!({ "sharedInbox": "https://a.example:8443/inbox" });
    let document = with(actor(), "endpoints", endpoints);
    assert_eq!(OutsideActor::read(&document).unwrap().shared_inbox, "");
}

#[test]
fn a_language_that_is_no_tag_is_none() {
    for (said, expected) in [
        (json!("es"), "es"),
        (json!({ "identifier": "nah-MX" }), "nah-MX"),
        (json!("und"), ""),
        (json!("español"), ""),
        (json!("es\" onload"), ""),
        (json!(["es"]), ""),
    ] {
        assert_eq!(post(&with(note(), "language", said)).language, expected);
    }
    let of_map = with(
        note(),
        "contentMap",
        json!({ "und": "x", "pt-BR": "<p>Hola</p>" }),
    );
    assert_eq!(post(&of_map).language, "pt-BR");
}
