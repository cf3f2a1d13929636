//! `/temas/{topic}/nueva-ficha`: a knowledge object is added, with files.
//!
//! The form arrives in parts. What must stay true: no byte of a file is taken before the form's token
//! was checked; files received with a form that has problems are kept, and the form names them.

use actix_multipart::{Field as Part, Multipart};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use futures::{SinkExt, StreamExt, TryStreamExt, channel::mpsc};
use i18n_embed_fl::fl;
use tequio_domain::{Audience, Digest, Invalid, KnowledgeKind, License, Oid, text};
use tequio_engine::upload::{self, Uploaded};
use tequio_engine::{Error as EngineError, knowledge};
use tequio_protocol::html;
use tequio_store::page::post;
use tequio_store::topic::Topic;

use super::{compose, part};
use crate::failure::Failure;
use crate::form::{self, FORM_BYTES, Fields};
use crate::texts::Texts;
use crate::view::form::{Choice, Field, ObjectForm, Problem, Select};
use crate::view::{Link, Trusted};
use crate::visit::{Section, Visit};

/// Chunks on their way from the network to the disk.
const CHUNKS_IN_FLIGHT: usize = 4;

/// `GET /temas/{topic}/nueva-ficha?adapta={oid}`.
///
/// # Errors
/// [`Failure::SignIn`]; [`Failure::NotFound`].
pub async fn form(
    visit: Visit,
    req: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    visit.member()?;
    let topic = compose::find(&visit, slug.into_inner()).await?;
    let mut draft = Draft::default();
    draft
        .fields
        .push("adapts", Fields::of_query(&req).get("adapta").to_owned());
    page(&visit, &topic, draft, StatusCode::OK).await
}

/// `POST /temas/{topic}/nueva-ficha`, `multipart/form-data`.
///
/// # Errors
/// [`Failure::NotFound`]; [`Failure::TooLarge`] for a form beyond all limits; faults of ours.
pub async fn send(
    visit: Visit,
    req: HttpRequest,
    slug: web::Path<String>,
    parts: Multipart,
) -> Result<HttpResponse, Failure> {
    let mut draft = receive(&visit, parts).await?;
    draft.fields.remember(&req);
    if let Some(failure) = draft.failure.take() {
        return Err(failure);
    }
    let signed = visit.sender(&draft.fields)?;
    let topic = compose::find(&visit, slug.into_inner()).await?;
    if draft.fields.is_preview() {
        return page(&visit, &topic, draft, StatusCode::OK).await;
    }
    let fields = &draft.fields;
    if draft.files.is_empty() && fields.get("body").trim().is_empty() && draft.problems.is_empty() {
        let invalid = Invalid::new("body", "body-or-file");
        draft.problems.push(form::problem(&visit.t, &invalid));
    }
    if let Err(invalid) = text::title(fields.get("title")) {
        draft.problems.insert(0, form::problem(&visit.t, &invalid));
    }
    if !draft.problems.is_empty() {
        return page(&visit, &topic, draft, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let title = fields.get("title").to_owned();
    let new = knowledge::NewKnowledge {
        topic: topic.slug.clone(),
        kind: kind(fields),
        audience: Audience::parse(fields.get("audience")),
        license: License::parse(fields.get("license")).unwrap_or(License::CcBy),
        title: title.clone(),
        summary: fields.get("abstract").to_owned(),
        body: fields.get("body").to_owned(),
        files: draft.files.clone(),
        adaptation_of: Oid::from_short(fields.get("adapts")),
    };
    let moment = visit.state.moment()?;
    match knowledge::add(visit.state.engine(), &signed.member, moment, new).await {
        Ok(oid) => Ok(visit.done(&part::knowledge_href(&oid.to_string(), &title), "published")),
        Err(EngineError::Invalid(invalid)) => {
            draft.problems.push(form::problem(&visit.t, &invalid));
            page(&visit, &topic, draft, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(other) => Err(other.into()),
    }
}

/// A form that is being filled.
#[derive(Debug, Default)]
struct Draft {
    fields: Fields,
    files: Vec<Uploaded>,
    problems: Vec<Problem>,
    /// A fault of ours at one of the files; told once the whole form is read, so that its texts come
    /// back.
    failure: Option<Failure>,
}

/// A case study when it adapts something, otherwise a process: what is written most.
fn kind(fields: &Fields) -> KnowledgeKind {
    let usual = if fields.get("adapts").is_empty() {
        KnowledgeKind::Process
    } else {
        KnowledgeKind::CaseStudy
    };
    KnowledgeKind::parse(fields.get("kind")).unwrap_or(usual)
}

async fn receive(visit: &Visit, mut parts: Multipart) -> Result<Draft, Failure> {
    let mut draft = Draft::default();
    let mut room = FORM_BYTES;
    while let Some(mut part) = parts.try_next().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            let value = read_text(&mut part, &mut room).await?;
            draft.fields.push(&name, value);
            continue;
        }
        visit.sender(&draft.fields)?;
        let file_name = part
            .content_disposition()
            .and_then(|about| about.get_filename());
        let file_name = file_name.unwrap_or_default().to_owned();
        if file_name.is_empty() {
            while part.try_next().await.map_err(unreadable)?.is_some() {}
        } else if draft.files.len() >= text::ATTACHMENTS_MAX {
            return Err(Failure::TooLarge);
        } else {
            keep_file(visit, &mut draft, &file_name, part).await?;
        }
    }
    let kept: Vec<String> = draft.fields.all("kept").map(str::to_owned).collect();
    for kept in kept.iter().take(text::ATTACHMENTS_MAX - draft.files.len()) {
        draft.files.extend(keep_again(visit, kept).await?);
    }
    Ok(draft)
}

fn unreadable(_error: actix_multipart::MultipartError) -> Failure {
    Failure::BadRequest
}

async fn read_text(part: &mut Part, room: &mut usize) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.try_next().await.map_err(unreadable)? {
        *room = room.checked_sub(chunk.len()).ok_or(Failure::TooLarge)?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Streams a file into the store. The part stays on this thread; a channel carries its bytes.
async fn keep_file(
    visit: &Visit,
    draft: &mut Draft,
    name: &str,
    part: Part,
) -> Result<(), Failure> {
    let (mut sender, receiver) = mpsc::channel(CHUNKS_IN_FLIGHT);
    let mut part = part.fuse();
    let pump = async {
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(|error| std::io::Error::other(error.to_string()));
            if sender.send(chunk).await.is_err() {
                // The store has stopped listening and says why.
                break;
            }
        }
        drop(sender);
        // Whatever is left of a refused file, so that the rest of the form can be read.
        while part.next().await.is_some_and(|chunk| chunk.is_ok()) {}
    };
    let moment = visit.state.moment()?;
    let (kept, ()) = futures::join!(
        upload::put(visit.state.engine(), moment, name, receiver),
        pump
    );
    match kept {
        Ok(file) => draft.files.push(file),
        Err(error) => match file_problem(&visit.t, name, error) {
            Ok(problem) => draft.problems.push(problem),
            Err(failure) => draft.failure = Some(failure),
        },
    }
    Ok(())
}

fn file_problem(t: &Texts, name: &str, error: EngineError) -> Result<Problem, Failure> {
    let text = match error {
        EngineError::Invalid(_) => fl!(t, "need-file-kind", name = name),
        EngineError::TooLarge => {
            let megabytes = (text::FILE_MAX / 1_048_576).to_string();
            fl!(t, "need-file-size", name = name, megabytes = megabytes)
        }
        other => return Err(other.into()),
    };
    Ok(Problem {
        field: "file",
        text,
    })
}

/// A file received with an earlier attempt: `{digest}/{name}`. One that is gone is left out.
async fn keep_again(visit: &Visit, kept: &str) -> Result<Option<Uploaded>, Failure> {
    let Some((hex, name)) = kept.split_once('/') else {
        return Ok(None);
    };
    let Some(digest) = Digest::from_hex(hex) else {
        return Ok(None);
    };
    let open = match visit.state.store().files().get(&digest).await {
        Ok(open) => open,
        Err(tequio_store::Error::NotFound) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let moment = visit.state.moment()?;
    match upload::put(visit.state.engine(), moment, name, open.bytes).await {
        Ok(file) => Ok(Some(file)),
        Err(EngineError::Invalid(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

async fn page(
    visit: &Visit,
    topic: &Topic,
    draft: Draft,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let t = &visit.t;
    let Draft {
        fields,
        files,
        problems,
        failure: _,
    } = draft;
    let topic = compose::topic_link(visit, topic);
    let origin = origin(visit, fields.get("adapts")).await?;
    let heading = match origin {
        Some(_) => fl!(t, "object-adapt-heading"),
        None => fl!(t, "object-heading"),
    };
    let mut f = visit.frame(heading.clone(), Section::Library);
    f.unlisted = true;
    let kept_files = files.iter().map(|file| Choice {
        value: format!("{}/{}", file.digest(), file.name()),
        label: format!("{} · {}", file.name(), t.size(file.size_bytes())),
        selected: true,
    });
    let view = ObjectForm {
        f,
        heading,
        adapts: if origin.is_some() {
            fields.get("adapts").to_owned()
        } else {
            String::new()
        },
        origin,
        preview: fields
            .is_preview()
            .then(|| Trusted::from(html::markdown(fields.get("body")))),
        action: format!("{}/nueva-ficha", topic.href),
        title: Field::new("title", fields.get("title")).with(&problems),
        body: Field::new("body", fields.get("body")).with(&problems),
        asks_file: true,
        file: Field::new("file", "").with(&problems),
        files_hint: fl!(
            t,
            "hint-files",
            files = text::ATTACHMENTS_MAX.to_string(),
            megabytes = (text::FILE_MAX / 1_048_576).to_string()
        ),
        kept_files: kept_files.collect(),
        summary: Field::new("abstract", fields.get("abstract")).with(&problems),
        selects: selects(t, &fields),
        publish: fl!(t, "object-publish"),
        cancel_href: format!("{}/biblioteca", topic.href),
        problems,
        topic,
    };
    Ok(visit.fresh(status, view.render()?))
}

/// The object that is adapted, as a link.
async fn origin(visit: &Visit, short: &str) -> Result<Option<Link>, Failure> {
    let Some(oid) = Oid::from_short(short) else {
        return Ok(None);
    };
    let held = visit
        .state
        .store()
        .read(move |conn| post::by_oid(conn, &oid.to_string()))
        .await?;
    Ok(held.map(|row| Link::new(part::knowledge_href(&row.oid, &row.title), row.title)))
}

fn selects(t: &Texts, fields: &Fields) -> Vec<Select> {
    let (chosen_kind, chosen_license) = (kind(fields), fields.get("license"));
    let chosen_audience = fields.get("audience");
    let license = License::parse(chosen_license).unwrap_or(License::CcBy);
    let kinds = KnowledgeKind::ALL.iter().map(|kind| Choice {
        value: kind.as_str().to_owned(),
        label: t.knowledge_kind(*kind),
        selected: *kind == chosen_kind,
    });
    let audiences = Audience::ALL.iter().map(|audience| Choice {
        value: audience.as_str().to_owned(),
        label: t.audience(*audience),
        selected: audience.as_str() == chosen_audience
            || (chosen_audience.is_empty() && *audience == chosen_kind.usual_audience()),
    });
    let licenses = License::ALL.iter().map(|offered| Choice {
        value: offered.as_str().to_owned(),
        label: t.license(*offered),
        selected: *offered == license,
    });
    vec![
        Select {
            name: "license",
            label: fl!(t, "field-license"),
            options: licenses.collect(),
        },
        Select {
            name: "kind",
            label: fl!(t, "field-kind-object"),
            options: kinds.collect(),
        },
        Select {
            name: "audience",
            label: fl!(t, "field-audience"),
            options: audiences.collect(),
        },
    ]
}
