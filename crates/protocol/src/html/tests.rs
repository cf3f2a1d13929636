use proptest::prelude::*;

use super::*;

fn rendered(text: &str) -> String {
    markdown(text).into_string()
}

fn clean(html: &str) -> String {
    sanitize(html).into_string()
}

#[test]
fn ordinary_markdown_is_rendered() {
    let html = rendered(
        "# Agua\n\nUn *texto* con **énfasis**, ~~error~~ y `código`.\n\n- uno\n- dos\n\n> cita",
    );
    assert_eq!(
        html,
        "<h2>Agua</h2>\n<p>Un <em>texto</em> con <strong>énfasis</strong>, <del>error</del> y \
         <code>código</code>.</p>\n<ul>\n<li>uno</li>\n<li>dos</li>\n</ul>\n<blockquote>\n<p>cita</p>\n\
         </blockquote>\n"
    );
}

#[test]
fn tables_keep_their_alignment() {
    let html = rendered("| a | b |\n|---|--:|\n| 1 | 2 |");
    assert!(html.contains("<th align=\"right\">b</th>"), "{html}");
    assert!(html.contains("<td align=\"right\">2</td>"), "{html}");
}

#[test]
fn links_are_marked_and_show_their_host() {
    let html = rendered("[aquí](https://evil.example/x?a=1&b=2)");
    assert_eq!(
        html,
        "<p><a href=\"https://evil.example/x?a=1&amp;b=2\" rel=\"nofollow noopener ugc\" \
         data-host=\"evil.example\">aquí</a></p>\n"
    );
    let html = rendered("ver https://a.example/x");
    assert!(
        html.contains(
            "<a href=\"https://a.example/x\" rel=\"nofollow noopener ugc\">https://a.example/x</a>"
        ),
        "{html}"
    );
}

#[test]
fn hosts_with_look_alike_letters_are_shown_in_ascii() {
    let html = clean("<a href=\"https://аpple.example/\">apple.example</a>");
    assert!(
        html.contains("data-host=\"xn--pple-43d.example\""),
        "{html}"
    );
}

#[test]
fn a_foreign_host_attribute_is_replaced() {
    let html = clean("<a data-host=\"bank.example\" href=\"https://evil.example/\">entrar</a>");
    assert!(
        html.contains("data-host=\"evil.example\"") && !html.contains("bank"),
        "{html}"
    );
}

#[test]
fn html_in_markdown_is_text() {
    let html = rendered("<script>alert(1)</script> <b onclick=x>hola</b>\n\n<div>\nx\n</div>");
    assert!(
        html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{html}"
    );
    assert!(
        html.contains("&lt;b onclick=x&gt;hola&lt;/b&gt;") && html.contains("&lt;div&gt;"),
        "{html}"
    );
}

#[test]
fn an_image_becomes_a_link() {
    let html = rendered("![plano](https://a.example/p.png)");
    assert!(
        html.contains("href=\"https://a.example/p.png\"") && html.contains(">plano</a>"),
        "{html}"
    );
    let html = rendered(
        "[![plano](https://a.example/p.png)](https://b.example/) ![](https://c.example/p.png)",
    );
    assert!(
        html.contains("b.example") && html.contains(">plano</a>"),
        "{html}"
    );
    assert!(
        !html.contains("<img") && !html.contains("c.example"),
        "{html}"
    );
}

#[test]
fn links_that_run_or_stay_relative_lose_their_target() {
    for href in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "/o/1",
        "//evil.example/",
        "#x",
        "",
    ] {
        let html = clean(&format!("<a href=\"{href}\">x</a>"));
        assert!(!html.contains("href"), "{href:?}: {html}");
    }
    assert!(!rendered("[x](javascript:alert(1)) <javascript:alert(1)>").contains("href"));
    assert!(clean("<a href=\"mailto:a@b.example\">x</a>").contains("href=\"mailto:a@b.example\""));
}

#[test]
fn nothing_active_or_loading_survives() {
    for html in [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example></sCrIpT>",
        "<img src=x onerror=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<svg onload=alert(1)>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<object data=x></object><embed src=x>",
        "<video src=x autoplay></video><audio src=x>",
        "<form action=//evil.example><input name=x><button>ok</button></form>",
        "<p style=\"background:url(//evil.example)\" onclick=\"x\" class=\"admin\" id=\"main\">x</p>",
        "<base href=//evil.example><meta http-equiv=refresh content=0><link rel=stylesheet href=x>",
        "<style>@import '//evil.example'</style>",
        "<template><script>x</script></template><noscript><p title=\"</noscript><img src=x onerror=x>\">",
        "<a href=\"https://a.example/\" target=_blank ping=//evil.example onclick=x>x</a>",
        "<!--<img src=x>--><![CDATA[<script>x</script>]]><?php x ?>",
    ] {
        let clean = clean(html).to_ascii_lowercase();
        for bad in [
            "<script",
            "<img",
            "<svg",
            "<style",
            "<iframe",
            "<object",
            "<embed",
            "<video",
            "<audio",
            "<form",
            "<input",
            "<button",
            "<base",
            "<meta",
            "<link",
            "<template",
            "<noscript",
            "<math",
            "<!--",
            "<?",
            " on",
            " style=",
            " class=",
            " id=",
            " ping",
            " target",
            " src",
        ] {
            assert!(!clean.contains(bad), "{bad} in {clean}");
        }
    }
}

#[test]
fn bidi_controls_are_removed_however_they_are_written() {
    for text in ["a\u{202e}b", "a&#x202e;b", "a&rlm;b\u{2066}\u{61c}"] {
        assert_eq!(clean(&format!("<p>{text}</p>")), "<p>ab</p>", "{text:?}");
    }
    assert_eq!(rendered("a\u{202e}b &#x202e;"), "<p>ab </p>\n");
    assert!(!clean("<a href=\"https://a.example/\u{202e}gpj\">x</a>").contains('\u{202e}'));
}

#[test]
fn plain_text_has_the_words_and_the_lines() {
    let html = "<h2>T&iacute;tulo</h2><p>uno <b>d</b>os<br>tres &lt;b&gt; &amp;lt;</p><ul><li>a</li>\n<li>b</li></ul>\
                <table><tr><td>1</td><td>2</td></tr></table><script>no</script>";
    assert_eq!(
        plain_text(html),
        "Título\nuno dos\ntres <b> &lt;\na\nb\n1 2"
    );
    assert_eq!(plain_text(""), "");
    assert_eq!(plain_text("sin marcas"), "sin marcas");
}

#[test]
fn hostile_sizes_are_survived_in_bounded_time() {
    for text in [
        ">".repeat(20_000),
        "[".repeat(20_000),
        "*a ".repeat(10_000),
        "![".repeat(10_000),
        "`".repeat(20_000),
        "- ".repeat(5_000),
        "[a](".repeat(5_000),
        "<".repeat(20_000),
        "|a".repeat(10_000) + "\n" + &"|-".repeat(10_000),
    ] {
        rendered(&text);
    }
    for html in [
        "<div>",
        "<blockquote>",
        "<a href=https://a.example>",
        "<table><tr><td>",
        "&",
        "<",
    ] {
        clean(&html.repeat(5_000));
    }
}

#[test]
fn plain_text_becomes_paragraphs() {
    let html = from_text(" uno & <b>dos</b>\u{202e}\n\n\"tres\"\r\n");
    assert_eq!(
        html.as_str(),
        "<p>uno &amp; &lt;b&gt;dos&lt;/b&gt;</p><p>\"tres\"</p>"
    );
    assert_eq!(from_text("  \n").as_str(), "");
}

proptest! {
    #[test]
    fn html_made_from_text_is_already_sane(text in "(.|[<>&\"' \n]|\u{a0}){0,40}") {
        let html = from_text(&text).into_string();
        prop_assert_eq!(clean(&html), html);
    }

    #[test]
    fn escaped_markdown_renders_as_the_text_itself(text in "[a-z*_`<>&#!\\[\\]()|~.1-]{1,40}") {
        prop_assert_eq!(markdown(&escape_markdown(&text)).to_plain_text(), text);
    }

    #[test]
    fn sanitizing_twice_changes_nothing(text in "[<>/a-z=\"' &;#!\\[\\]()*|\n-]{0,120}") {
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once);
    }

    #[test]
    fn rendered_markdown_is_already_sane(text in "(.|[*_`>|~#\\[\\]()!<\n-]|https://a\\.example/){0,120}") {
        let html = rendered(&text);
        prop_assert_eq!(clean(&html), html);
    }

    #[test]
    fn text_in_a_paragraph_comes_back_as_text(text in "[a-z<>&\"' ñ]{0,40}") {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        let words: Vec<&str> = text.split_whitespace().collect();
        prop_assert_eq!(plain_text(&format!("<p>{escaped}</p>")), words.join(" "));
    }
}

#[test]
fn formatting_left_open_does_not_multiply() {
    let open: String = (0..200).map(|n| format!("<b lang=a{n}>")).collect();
    let html = format!("<p>{open}{}", "<p>x".repeat(300));
    let safe = sanitize(&html);
    assert!(safe.as_str().len() < 4 * html.len());
    assert!(safe.to_plain_text().ends_with("x\nx"));
}

#[test]
fn a_link_left_open_does_not_multiply() {
    let address = format!("https://a.example/{}", "x".repeat(1500));
    let html = format!("<a href=\"{address}\">{}", "<p>x".repeat(300));
    assert!(sanitize(&html).as_str().len() < 4 * html.len());
    let two = sanitize(
        "<a href=\"https://a.example/\">a.example<a href=\"https://b.example/\">b.example",
    );
    assert!(two.as_str().contains("a.example</a><a "), "{two:?}");
}

#[test]
fn formatting_keeps_its_names() {
    let html = "<p><STRONG>a</STRONG> <em lang=\"es\">b</em> <font>c</font> <code/>d</code></p>";
    let safe = "<p><strong>a</strong> <em lang=\"es\">b</em> c <code>d</code></p>";
    assert_eq!(sanitize(html).as_str(), safe);
}

#[test]
fn what_stands_too_deep_is_cut_off() {
    for piece in [
        "<ul><li>",
        "<q>",
        "<b>x",
        "<q><table></q></table>",
        "<blockquote>y",
    ] {
        let html = format!("<p>first</p>{}", piece.repeat(10_000));
        let safe = sanitize(&html);
        assert!(safe.as_str().starts_with("<p>first</p>"), "{piece}");
        assert!(safe.as_str().matches('<').count() < 5000, "{piece}");
        assert_eq!(sanitize(safe.as_str()), safe, "{piece}");
    }
    let quotes = markdown(&"> ".repeat(5_000)).into_string();
    assert!(quotes.matches("<blockquote>").count() <= 500);
}

#[test]
fn long_flat_text_is_not_cut() {
    let html = "<p>a <a href=\"https://a.example/\">b</a><br>c".repeat(2_000);
    assert_eq!(sanitize(&html).as_str().matches("</a>").count(), 2_000);
}

#[test]
fn controls_are_removed_from_text_and_addresses() {
    let html = "a\u{b}&#24;b\u{ffff}\n\tc <a href=\"\u{18}https://a.example/\">a.example</a>";
    let safe = sanitize(html);
    assert!(
        safe.as_str()
            .starts_with("ab\n\tc <a href=\"https://a.example/\"")
    );
}

#[test]
fn a_host_with_quotes_stays_inside_its_attribute() {
    let html = "<a href='https://a\"onmouseover=alert(1)x=\"/'>x</a>";
    let safe = sanitize(html);
    assert!(
        safe.as_str()
            .contains(" data-host=\"a&quot;onmouseover=alert(1)x=&quot;\">x</a>"),
        "{safe:?}"
    );
    assert_eq!(sanitize(safe.as_str()), safe);
}

#[test]
fn links_do_not_nest() {
    for html in [
        "<a  |\n>-|\n<a |\n> cita <b>x</b></a> y</a>",
        "<a href=\"https://a.example/\"><div><a href=\"https://b.example/\">x</a></div>",
        "<a <a><a <a>x",
    ] {
        let safe = sanitize(html);
        let mut open = 0;
        for tag in safe.as_str().split('<') {
            open += i32::from(tag.starts_with("a ")) - i32::from(tag.starts_with("/a>"));
            assert!((0..=1).contains(&open), "{safe:?}");
        }
        assert_eq!(sanitize(safe.as_str()), safe);
    }
}
