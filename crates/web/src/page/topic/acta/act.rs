//! `POST /temas/{topic}/acta/hacer`: a task is done.

use actix_web::{HttpResponse, web};
use i18n_embed_fl::fl;
use tequio_domain::ledger::Reply;
use tequio_domain::{CitySlug, Digest};
use tequio_engine::ledger::hand_over::{self, Answer, Speech};
use tequio_engine::ledger::{membership, takeover};
use tequio_engine::{Engine, Error as EngineError, Member, Moment};

use super::{Book, acta_href, again, task::seen, words};
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::view::form::Problem;
use crate::visit::Visit;

/// Does what a button of the acta says, and goes back there.
///
/// # Errors
/// [`Failure::NotFound`] for members and for what is not there; what the ledger would refuse comes
/// back as a page that says why.
pub async fn send(
    visit: Visit,
    slug: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let admin = visit.admin()?.member.clone();
    let slug = slug.into_inner();
    let word = fields.get("do").to_owned();
    let done = Deed {
        engine: visit.state.engine(),
        admin: &admin,
        moment: visit.state.moment()?,
        speech: Speech {
            topic: slug.clone(),
            note: fields.get("note").to_owned(),
        },
    };
    let on_takeover = matches!(word.as_str(), "endorse" | "certify");
    match done.run(&word, &fields).await {
        Ok(()) if on_takeover => Ok(visit.done(&format!("{}/relevo", acta_href(&slug)), "acta")),
        Ok(()) => Ok(visit.done(&acta_href(&slug), "acta")),
        Err(Wrong::Unknown) => Err(Failure::BadRequest),
        Err(Wrong::Engine(error)) => {
            let problems = problems(&visit, &slug, error).await?;
            if on_takeover {
                super::takeover::again(&visit, slug, &fields, problems).await
            } else {
                again(&visit, slug, &fields, problems).await
            }
        }
    }
}

/// One task on its way.
struct Deed<'a> {
    engine: &'a Engine,
    admin: &'a Member,
    moment: Moment,
    speech: Speech,
}

enum Wrong {
    /// No task of ours.
    Unknown,
    Engine(EngineError),
}

impl From<EngineError> for Wrong {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl Deed<'_> {
    async fn run(self, word: &str, fields: &Fields) -> Result<(), Wrong> {
        let named = || Digest::from_hex(fields.get("acto")).ok_or(Wrong::Unknown);
        let answer = |reply| {
            Ok::<_, Wrong>(Answer {
                offer: named()?,
                reply,
                seen: seen(fields),
            })
        };
        let Self {
            engine,
            admin,
            moment,
            speech,
        } = self;
        match word {
            "withdraw" => hand_over::withdraw(engine, admin, moment, speech).await?,
            "seal" => hand_over::seal(engine, admin, moment, speech).await?,
            "accept" => {
                let answer = answer(Reply::Accept)?;
                hand_over::answer(engine, admin, moment, speech, answer).await?;
            }
            "reject" => {
                let answer = answer(Reply::Reject)?;
                hand_over::answer(engine, admin, moment, speech, answer).await?;
            }
            "endorse" => takeover::endorse(engine, admin, moment, speech, named()?).await?,
            "certify" => takeover::certify(engine, admin, moment, speech).await?,
            "approve" => membership::approve(engine, admin, moment, speech, named()?).await?,
            "enact" => membership::enact(engine, admin, moment, speech, named()?).await?,
            "record-leave" => {
                let city = who_left(engine, &speech.topic, named()?).await?;
                membership::record_leave(engine, admin, moment, speech, city).await?;
            }
            _ => return Err(Wrong::Unknown),
        }
        Ok(())
    }
}

/// The city of a `Leave`.
async fn who_left(engine: &Engine, topic: &str, leave: Digest) -> Result<CitySlug, EngineError> {
    let topic = topic.to_owned();
    let read = move |conn: &mut tequio_store::Conn| tequio_engine::ledger::read(conn, &topic);
    let acta = engine.store().read(read).await?;
    let act = acta.find(leave).ok_or(EngineError::NotFound)?;
    Ok(act.at.city.clone())
}

/// What went wrong, for people; faults of ours stay failures.
pub(in crate::page) async fn problems(
    visit: &Visit,
    slug: &str,
    error: EngineError,
) -> Result<Vec<Problem>, Failure> {
    let whole = |text| vec![Problem { field: "", text }];
    match error {
        EngineError::Ledger(reason) => {
            let book = Book::open(visit, slug.to_owned()).await?;
            let why = words::reason(visit, &book, &reason);
            Ok(whole(fl!(visit.t, "acta-not-done", why = why)))
        }
        EngineError::Invalid(invalid) => Ok(vec![form::problem(&visit.t, &invalid)]),
        EngineError::Forbidden(_) => Ok(whole(fl!(visit.t, "acta-not-now"))),
        other => Err(other.into()),
    }
}
