//! What a reader, a group and a moderator must find in what each program sends: one table.

use tequio_protocol::html;
use tequio_protocol::outside::{OutsideAct, OutsideActivity, OutsidePost};

use crate::document;

/// One document with a post, and what must be found in it.
struct Expected {
    document: &'static str,
    kind: &'static str,
    author: &'static str,
    answers: Option<&'static str>,
    title: &'static str,
    is_public: bool,
    /// A part of the sanitised HTML.
    shows: &'static str,
}

const OURS: Option<&str> = Some("https://san-salvador.example/o/7f3a91c2");
const THREAD: Option<&str> = Some("https://oaxaca.tequio.example/t/agua/p/01JZ7Q3K");

/// A public comment without a title that answers a post of ours.
const fn comment(
    document: &'static str,
    author: &'static str,
    answers: Option<&'static str>,
    shows: &'static str,
) -> Expected {
    Expected {
        document,
        kind: "Note",
        author,
        answers,
        title: "",
        is_public: true,
        shows,
    }
}

/// A public opening post.
const fn opening(
    document: &'static str,
    kind: &'static str,
    author: &'static str,
    title: &'static str,
    shows: &'static str,
) -> Expected {
    Expected {
        document,
        kind,
        author,
        answers: None,
        title,
        is_public: true,
        shows,
    }
}

/// A message for one member.
const fn message(
    document: &'static str,
    kind: &'static str,
    author: &'static str,
    shows: &'static str,
) -> Expected {
    Expected {
        document,
        kind,
        author,
        answers: None,
        title: "",
        is_public: false,
        shows,
    }
}

#[rustfmt::skip]
const COMMENTS: [Expected; 16] = [
    comment("lemmy/create_note_to_our_group", "https://lemmy.example/u/marisol", THREAD, "Yo uso grava"),
    comment("lemmy/create_note_to_our_group_1.0", "https://lemmy.example/u/marisol", THREAD, "Yo uso grava"),
    comment("piefed/create_note_to_our_group", "https://piefed.example/u/Rigo", THREAD, "zeolita"),
    comment("mbin/create_note_to_our_group", "https://mbin.example/u/lucha", THREAD, "manguera porosa"),
    comment("nodebb/create_reply", "https://nodebb.example/uid/7", OURS, "<strong>grava</strong>"),
    comment("discourse/create_reply_to_our_post", "https://discourse.example/ap/actor/1fa4a2211b4e290f2a066de6b84187ec", OURS, "agua de lluvia"),
    comment("mastodon/create_reply", "https://mastodon.example/users/alice", OURS, "filtramos con arena"),
    comment("misskey/create_note", "https://misskey.example/users/9abcde0123", OURS, "buen filtro"),
    comment("pleroma/create_note", "https://pleroma.example/users/pia", OURS, ">filtro</a>"),
    comment("gotosocial/create_note", "https://gts.example/users/gael", OURS, "gracias"),
    comment("friendica/create_note", "https://friendica.example/profile/fer", OURS, "de acuerdo<br>"),
    comment("hubzilla/create_note", "https://hubzilla.example/channel/rio", OURS, "<strong>grava</strong>"),
    comment("ghost/create_note", "https://ghost.example/.ghost/activitypub/users/index", OURS, "gracias"),
    comment("bookwyrm/create_reply", "https://bookwyrm.example/user/rocio", OURS, "Gracias"),
    comment("wordpress/create_comment_reply", "https://wordpress.example/?author=1", Some("https://san-salvador.example/o/respuesta1"), "¡Gracias!"),
    comment("peertube/create_comment", "https://peertube.example/accounts/tomas", Some("https://peertube.example/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d"), "¡Gracias!"),
];

#[rustfmt::skip]
const OPENINGS: [Expected; 16] = [
    opening("lemmy/create_page_to_our_group", "Page", "https://lemmy.example/u/marisol", "¿Qué filtro usan antes de la cisterna?", "https://ejemplo.mx/filtro</a>"),
    opening("lemmy/create_page_image_no_body", "Page", "https://lemmy.example/u/marisol", "Foto de la cisterna", ">Cisterna de 5000 litros</a>"),
    opening("piefed/create_event_to_our_group", "Event", "https://piefed.example/u/Rigo", "Taller de cisternas", "📅 2026-04-01 16:00–18:00 UTC"),
    opening("piefed/create_question_poll_to_our_group", "Question", "https://piefed.example/u/Rigo", "¿Cuántos litros almacenan?", "<li>menos de 1000</li><li>más de 1000</li>"),
    opening("mbin/create_page_link_source_is_string_content_null", "Page", "https://mbin.example/u/lucha", "Un enlace útil", "https://ejemplo.mx/riego</a>"),
    opening("mbin/create_microblog_note_titleless_opening_post", "Note", "https://mbin.example/u/lucha", "", "Hoy llovió"),
    opening("nodebb/create_article_in_our_group", "Article", "https://nodebb.example/uid/7", "Turbidez en ocho pozos", "Los resultados"),
    opening("mastodon/create_question", "Question", "https://mastodon.example/users/alice", "", "<li>Sábado</li><li>Domingo</li>"),
    opening("misskey/create_question", "Question", "https://misskey.example/users/9abcde0123", "", "<li>Arena</li><li>Grava</li>"),
    opening("peertube/create_video", "Video", "https://peertube.example/accounts/tomas", "Cómo hacer un filtro de arena", "<strong>lento</strong>"),
    opening("mobilizon/create_event", "Event", "https://mobilizon.example/@vale", "Limpieza del río", "📍 Puente viejo, Calle al río, 01101, San Salvador, El Salvador"),
    opening("mobilizon/create_article_post", "Article", "https://mobilizon.example/@vale", "Acta 1", "Acta"),
    opening("wordpress/create_article", "Article", "https://wordpress.example/?author=1", "Crecida del río", ">El río en mayo</a>"),
    opening("ghost/create_article", "Article", "https://ghost.example/.ghost/activitypub/users/index", "El agua que no vemos", ">agua.jpg</a>"),
    opening("writefreely/create_article", "Article", "https://wf.example/api/collections/diario", "La lluvia", ">#lluvia</a>"),
    opening("bookwyrm/create_review_native", "Review", "https://bookwyrm.example/user/rocio", "Un libro de pozos", "https://bookwyrm.example/book/9</a>"),
];

#[rustfmt::skip]
const MESSAGES: [Expected; 7] = [
    message("lemmy/chat_message_0.19", "ChatMessage", "https://lemmy.example/u/marisol", "Hola"),
    message("lemmy/private_message_1.0_note", "Note", "https://lemmy.example/u/marisol", "Hola"),
    message("piefed/private_message_note", "Note", "https://piefed.example/u/Rigo", "Hola"),
    message("mbin/chat_message", "ChatMessage", "https://mbin.example/u/lucha", "Hola"),
    message("nodebb/create_private_note", "Note", "https://nodebb.example/uid/7", "Hola"),
    message("mastodon/create_direct", "Note", "https://mastodon.example/users/alice", "Mensaje privado"),
    message("pleroma/create_chat_message", "ChatMessage", "https://pleroma.example/users/pia", "hola"),
];

fn created(name: &str) -> OutsidePost {
    let activity = OutsideActivity::read(&document(name).value).unwrap();
    match activity.act {
        OutsideAct::Create(post) => *post,
        other => panic!("{name}: {other:?}"),
    }
}

fn check(expected: &Expected) {
    let name = expected.document;
    let post = created(name);
    assert_eq!(post.kind, expected.kind, "{name}");
    assert_eq!(post.attributed_to, expected.author, "{name}");
    assert_eq!(post.in_reply_to.as_deref(), expected.answers, "{name}");
    assert_eq!(post.title, expected.title, "{name}");
    assert_eq!(post.is_public(), expected.is_public, "{name}");
    let shown = html::sanitize(&post.html).into_string();
    assert!(shown.contains(expected.shows), "{name}: {shown}");
}

#[test]
fn a_comment_of_sixteen_programs_answers_what_its_author_answered() {
    COMMENTS.iter().for_each(check);
}

#[test]
fn opening_posts_have_title_author_and_all_that_they_say() {
    OPENINGS.iter().for_each(check);
}

#[test]
fn a_message_for_one_member_is_not_public() {
    MESSAGES.iter().for_each(check);
}

#[test]
fn a_vote_in_a_poll_is_neither_a_comment_nor_a_message() {
    for name in ["mastodon/vote", "misskey/vote", "pleroma/answer"] {
        let activity = OutsideActivity::read(&document(name).value).unwrap();
        assert_eq!(activity.act, OutsideAct::Other, "{name}");
    }
}

#[test]
fn a_content_warning_is_found_and_an_abstract_is_none() {
    assert_eq!(
        created("mastodon/create_image_hashtag_cw").warning,
        "Agua turbia"
    );
    for name in [
        "nodebb/create_article_in_our_group",
        "mbin/create_page_to_our_group",
        "misskey/create_quote",
    ] {
        assert_eq!(created(name).warning, "", "{name}");
    }
}

#[test]
fn only_markdown_is_taken_as_source() {
    assert_eq!(
        created("lemmy/create_page_to_our_group").source,
        "Busco un filtro **barato**."
    );
    for name in [
        "friendica/create_note",
        "misskey/create_note",
        "pleroma/create_note",
        "mbin/create_page_link_source_is_string_content_null",
    ] {
        assert_eq!(created(name).source, "", "{name}");
    }
}
