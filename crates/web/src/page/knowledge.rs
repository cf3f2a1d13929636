//! `/biblioteca/{oid}-{slug}`: a knowledge object with its files, versions, adaptations and comments.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{Audience, Digest, KnowledgeKind, License, ObjectKind, Oid, Timestamp};
use tequio_engine::knowledge::file_url;
use tequio_protocol::html::SafeHtml;
use tequio_store::object::detail::{self, Attachment};
use tequio_store::page::list::{self, KnowledgeCard, KnowledgeFilter, Slice};
use tequio_store::page::place::PersonName;
use tequio_store::page::post::{self, Version};
use tequio_store::{Conn, Error as StoreError};

use super::comments::{self, Asked, Conversation, Draft, POSTS};
use super::part::{self, Mixed, Words};
use super::thread::moved;
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::texts::Texts;
use crate::view::library::{Download, Fact, Knowledge, Version as VersionView};
use crate::view::{Link, Trusted};
use crate::visit::{Section, Visit};

/// Most adaptations shown.
const ADAPTATIONS_MAX: i64 = 50;

struct Rows {
    held: Conversation,
    detail: detail::Knowledge,
    attachments: Vec<Attachment>,
    here: Vec<String>,
    versions: Vec<Version>,
    /// Title and text of an old version.
    old: Option<(i32, String, String)>,
    origin: Option<KnowledgeCard>,
    adaptations: Vec<KnowledgeCard>,
    files: Vec<(i64, i64)>,
}

/// `GET /biblioteca/{oid}-{slug}?pagina=&responder=`.
///
/// # Errors
/// [`Failure::NotFound`]; [`Failure::Moved`] for another slug.
pub async fn show(
    visit: Visit,
    req: HttpRequest,
    segment: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let fields = Fields::of_query(&req);
    let (oid, _) = form::oid(&segment)?;
    let draft = Draft::of_query(&fields);
    visit
        .show(render(&visit, oid, Some(&segment), fields.page(), draft))
        .await
}

/// `GET /biblioteca/{oid}/v/{version}`.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn version(
    visit: Visit,
    path: web::Path<(String, i32)>,
) -> Result<HttpResponse, Failure> {
    let (segment, version) = path.into_inner();
    let (oid, _) = form::oid(&segment)?;
    visit
        .show(async {
            let rows = load(&visit, oid, 1, &Draft::default(), Some(version)).await?;
            Ok(view(&visit, &rows, 1, &Draft::default()).render()?)
        })
        .await
}

/// The page; `segment` is what the address said, to be put right.
pub(super) async fn render(
    visit: &Visit,
    oid: Oid,
    segment: Option<&str>,
    page: i64,
    draft: Draft,
) -> Result<String, Failure> {
    let rows = load(visit, oid, page, &draft, None).await?;
    let root = &rows.held.root;
    let right = part::segment(&root.oid, &root.title);
    if segment.is_some_and(|segment| segment != right) {
        return Err(Failure::Moved(moved(
            visit,
            &format!("/biblioteca/{right}"),
        )));
    }
    Ok(view(visit, &rows, page, &draft).render()?)
}

async fn load(
    visit: &Visit,
    oid: Oid,
    page: i64,
    draft: &Draft,
    version: Option<i32>,
) -> Result<Rows, Failure> {
    let asked = Asked {
        oid,
        page,
        account_id: visit
            .signed
            .as_ref()
            .map(|signed| signed.member.account_id()),
        answering: draft.answering(),
    };
    Ok(visit
        .state
        .store()
        .read(move |conn| read(conn, asked, version))
        .await?)
}

fn read(conn: &mut Conn, asked: Asked, version: Option<i32>) -> Result<Rows, StoreError> {
    let held = comments::read(conn, asked, ObjectKind::Knowledge)?;
    let root = &held.root;
    if !root.is_shown() {
        return Err(StoreError::NotFound);
    }
    let detail = detail::knowledge(conn, root.id)?.ok_or(StoreError::NotFound)?;
    let old = match version.filter(|version| *version != root.version) {
        Some(version) => {
            let text = post::version_text(conn, root.id, version)?;
            let (title, html) = text.ok_or(StoreError::NotFound)?;
            Some((version, title, html))
        }
        None => None,
    };
    let attachments = detail::attachments(conn, root.id)?;
    let digests: Vec<String> = attachments.iter().map(|row| row.digest.clone()).collect();
    let filter = KnowledgeFilter {
        adaptation_of: Some(root.uri.clone()),
        ..KnowledgeFilter::default()
    };
    let adaptations = list::knowledge(conn, &filter, Slice::first(ADAPTATIONS_MAX))?;
    let ids: Vec<i64> = adaptations.iter().map(|row| row.id).collect();
    Ok(Rows {
        here: post::held_files(conn, &digests)?,
        versions: post::versions(conn, root.id)?,
        origin: match detail.adaptation_of.as_deref() {
            Some(uri) => list::knowledge_by_uri(conn, uri)?,
            None => None,
        },
        files: list::file_counts(conn, &ids)?,
        adaptations,
        attachments,
        old,
        detail,
        held,
    })
}

fn view(visit: &Visit, rows: &Rows, page: i64, draft: &Draft) -> Knowledge {
    let t = &visit.t;
    let held = &rows.held;
    let root = &held.root;
    let words = Words {
        t,
        places: &held.places,
        own: visit.state.city(),
    };
    let short = part::short(&root.oid);
    let href = held.href();
    let (title, html) = match &rows.old {
        Some((_, title, html)) => (title.clone(), html.clone()),
        None => (root.title.clone(), root.html.clone()),
    };
    let mut f = visit.frame(title.clone(), Section::Library);
    f.description.clone_from(&rows.detail.summary);
    f.alternate = Some(root.uri.clone());
    f.unlisted = rows.old.is_some();
    let topic = words.topic_link(root.topic_id);
    let opening = held.opening(visit, &words);
    let page_rows = i64::try_from(POSTS).unwrap_or(1);
    Knowledge {
        kind: kind_name(t, &rows.detail),
        old_version: rows.old.as_ref().map(|(version, _, _)| {
            Link::new(&href, fl!(t, "knowledge-old", number = version.to_string()))
        }),
        summary: rows.detail.summary.clone(),
        files: downloads(t, rows),
        body: Trusted::from(SafeHtml::from_stored(html)),
        useful: opening.useful,
        can_vote: opening.can_vote,
        is_voted: held.is_root_voted(),
        vote_action: opening.vote_action,
        vote_note: opening.vote_note,
        adapt_href: Some(format!("{}/nueva-ficha?adapta={short}", topic.href)),
        edit_href: opening.edit_href,
        delete_href: opening.delete_href,
        origin: rows
            .origin
            .as_ref()
            .map(|row| Link::new(part::knowledge_href(&row.oid, &row.title), &row.title)),
        adaptations: words.object_rows(&rows.adaptations, &rows.files, Mixed::OneTopic),
        citation: citation(visit, &words, rows, &title),
        comments_heading: t.comments(root.comment_count),
        posts: held.posts(visit, &words),
        paging: words.paging(page, held.total(), page_rows, |page| {
            comments::page_href(&href, usize::try_from(page).unwrap_or(1))
        }),
        reply: held.reply(visit, draft),
        facts: facts(&words, rows, &topic),
        author: words.person_card(&author(rows), ""),
        versions: versions(&words, rows, &short),
        origin_href: opening.origin_href,
        title,
        topic,
        f,
    }
}

fn author(rows: &Rows) -> PersonName {
    let root = &rows.held.root;
    PersonName {
        id: 0,
        city: root.city.clone(),
        name: root.author_name.clone(),
        display_name: root.author.clone(),
        post: root.author_post.clone(),
    }
}

fn kind_name(t: &Texts, detail: &detail::Knowledge) -> String {
    KnowledgeKind::parse(&detail.kind)
        .map(|kind| t.knowledge_kind(kind))
        .unwrap_or_default()
}

fn downloads(t: &Texts, rows: &Rows) -> Vec<Download> {
    let download = |row: &Attachment| {
        let digest = Digest::from_hex(&row.digest)?;
        let ending = row
            .name
            .rsplit_once('.')
            .map_or("", |(_, ending)| ending)
            .to_uppercase();
        let mut note = vec![ending, t.size(row.size_bytes)];
        if !rows.here.contains(&row.digest) {
            note.push(fl!(t, "file-elsewhere"));
        }
        note.retain(|part| !part.is_empty());
        Some(Download {
            href: file_url("", digest, &row.name),
            name: row.name.clone(),
            note: note.join(" · "),
        })
    };
    rows.attachments.iter().filter_map(download).collect()
}

fn versions(words: &Words<'_>, rows: &Rows, short: &str) -> Vec<VersionView> {
    let shown = rows
        .old
        .as_ref()
        .map_or(rows.held.root.version, |(version, _, _)| *version);
    rows.versions
        .iter()
        .map(|row| VersionView {
            href: format!("/biblioteca/{short}/v/{}", row.version),
            label: fl!(
                words.t,
                "knowledge-version",
                number = row.version.to_string()
            ),
            made: words.when(row.made_at),
            current: row.version == shown,
        })
        .collect()
}

fn facts(words: &Words<'_>, rows: &Rows, topic: &Link) -> Vec<Fact> {
    let (t, root, detail) = (words.t, &rows.held.root, &rows.detail);
    let city = words.home(&root.city, &root.author_name);
    let fact = |name: String, value: String, href: &str| Fact {
        name,
        value,
        href: href.to_owned(),
    };
    let audience = Audience::parse(&detail.audience).map(|audience| t.audience(audience));
    let license = License::parse(&detail.license);
    let license_href: HashMap<License, &str> = HashMap::from([
        (
            License::CcBy,
            "https://creativecommons.org/licenses/by/4.0/deed",
        ),
        (
            License::CcBySa,
            "https://creativecommons.org/licenses/by-sa/4.0/deed",
        ),
        (
            License::Cc0,
            "https://creativecommons.org/publicdomain/zero/1.0/deed",
        ),
    ]);
    let mut facts = vec![
        fact(fl!(t, "fact-kind"), kind_name(t, detail), ""),
        fact(fl!(t, "fact-audience"), audience.unwrap_or_default(), ""),
        fact(fl!(t, "fact-city"), city.name, &city.href),
        fact(fl!(t, "fact-topic"), topic.label.clone(), &topic.href),
        fact(
            fl!(t, "fact-published"),
            words.when(root.created_at).text,
            "",
        ),
        fact(
            fl!(t, "fact-license"),
            license
                .map(|license| t.license(license))
                .unwrap_or_default(),
            license
                .and_then(|license| license_href.get(&license).copied())
                .unwrap_or_default(),
        ),
        fact(fl!(t, "fact-version"), root.version.to_string(), ""),
    ];
    if !rows.adaptations.is_empty() {
        let count = rows.adaptations.len().to_string();
        facts.push(fact(fl!(t, "fact-adaptations"), count, "#adaptaciones"));
    }
    facts
}

fn citation(visit: &Visit, words: &Words<'_>, rows: &Rows, title: &str) -> String {
    let root = &rows.held.root;
    let version = rows
        .old
        .as_ref()
        .map_or(root.version, |(version, _, _)| *version);
    let made = rows.versions.iter().find(|row| row.version == version);
    let made_at = Timestamp::from_micros(made.map_or(root.created_at, |row| row.made_at));
    let href = format!(
        "{}/biblioteca/{}/v/{version}",
        visit.state.base_url(),
        part::short(&root.oid)
    );
    fl!(
        words.t,
        "citation",
        author = root.author.as_str(),
        year = made_at.calendar().year.to_string(),
        title = title,
        version = version.to_string(),
        city = words.home(&root.city, &root.author_name).name,
        network = visit.frame("", Section::Elsewhere).network_name,
        href = href
    )
}
