//! What this city may do now, as tasks with buttons.

use std::collections::BTreeSet;

use i18n_embed_fl::fl;
use tequio_domain::CitySlug;
use tequio_domain::ledger::{OpenOffer, Reply, Until};
use tequio_protocol::activity::ledger::Say;

use super::{Book, words};
use crate::form::Fields;
use crate::view::Link;
use crate::view::acta::{Button, Task};
use crate::visit::Visit;

/// All tasks of the viewer's city, with what was typed in one of them; none for whoever does not speak
/// for it.
pub(super) fn all(visit: &Visit, book: &Book, fields: &Fields) -> Vec<Task> {
    let tasks = open(visit, book).into_iter();
    tasks.map(|task| refilled(task, fields)).collect()
}

/// A task with what was typed, when the form that came back is its own.
pub(super) fn refilled(mut task: Task, fields: &Fields) -> Task {
    if task.act.is_empty() || task.act != fields.get("acto") {
        return task;
    }
    fields.get("note").clone_into(&mut task.note);
    let seen = seen(fields);
    for (place, item) in task.items.iter_mut().enumerate() {
        item.is_seen = seen.contains(&place);
    }
    task
}

/// Places of the items whose boxes were ticked.
pub(super) fn seen(fields: &Fields) -> BTreeSet<usize> {
    let ticked = fields.all("item");
    ticked.filter_map(|place| place.parse().ok()).collect()
}

fn open(visit: &Visit, book: &Book) -> Vec<Task> {
    let Ok(own) = CitySlug::parse(visit.state.city()) else {
        return Vec::new();
    };
    if !Book::speaks(visit) {
        return Vec::new();
    }
    let (t, state) = (&visit.t, &book.acta.state);
    if state.founding.is_none() {
        return founding(visit, book, &own).into_iter().collect();
    }
    let mut tasks = Vec::new();
    let holds = state.coordinator().is_some_and(|term| term.city == own);
    for offer in &state.offers {
        if holds {
            tasks.push(pending(visit, book, offer));
        } else if offer.to == own && offer.answer.is_none() {
            tasks.push(answer(visit, book, offer));
        }
    }
    if holds && state.offers.is_empty() {
        let offer = (fl!(t, "task-offer"), fl!(t, "task-offer-what"));
        tasks.push(form(book, "traspaso", offer, fl!(t, "task-offer-do")));
    }
    tasks.extend(proposals(visit, book, &own));
    if holds {
        tasks.extend(departures(visit, book));
        let members = (fl!(t, "task-members"), fl!(t, "task-members-what"));
        tasks.push(form(
            book,
            "integrantes",
            members,
            fl!(t, "task-members-do"),
        ));
        let schedule = (fl!(t, "task-schedule"), fl!(t, "task-schedule-what"));
        tasks.push(form(book, "calendario", schedule, fl!(t, "members-do")));
    }
    tasks
}

fn founding(visit: &Visit, book: &Book, own: &CitySlug) -> Option<Task> {
    let t = &visit.t;
    let found = (fl!(t, "task-found"), fl!(t, "task-found-what"));
    (book.acta.founder == own.as_str())
        .then(|| form(book, "fundar", found, fl!(t, "task-found-do")))
}

/// Something that is done on a page of its own.
fn form(book: &Book, segment: &str, (heading, what): (String, String), label: String) -> Task {
    Task {
        heading,
        what,
        link: Some(Link::new(format!("{}/{segment}", book.href()), label)),
        ..Task::default()
    }
}

/// The coordinator's own open offer.
fn pending(visit: &Visit, book: &Book, offer: &OpenOffer) -> Task {
    let t = &visit.t;
    let city = book.city(visit, &offer.to);
    let withdraw = Button {
        word: "withdraw",
        label: fl!(t, "task-withdraw-do"),
        class: "button-2",
    };
    let seal = Button {
        word: "seal",
        label: fl!(t, "task-seal-do"),
        class: "",
    };
    let (heading, what, buttons) = match offer.answer {
        None => (
            fl!(t, "task-waiting", city = city.as_str()),
            fl!(t, "task-waiting-what"),
            vec![withdraw],
        ),
        Some((Reply::Accept, _)) => (
            fl!(t, "task-seal", city = city.as_str()),
            fl!(t, "task-seal-what", city = city.as_str()),
            vec![seal, withdraw],
        ),
        Some((Reply::Reject, _)) => (
            fl!(t, "task-rejected", city = city.as_str()),
            fl!(t, "task-rejected-what"),
            vec![withdraw],
        ),
    };
    Task {
        heading,
        what,
        act: offer.at.digest.to_hex(),
        buttons,
        ..Task::default()
    }
}

/// An offer to this city.
fn answer(visit: &Visit, book: &Book, offer: &OpenOffer) -> Task {
    let t = &visit.t;
    let offered = book.acta.find(offer.at.digest);
    Task {
        heading: fl!(
            t,
            "task-answer",
            city = book.city(visit, &offer.at.city),
            number = offer.term.to_string()
        ),
        what: fl!(
            t,
            "task-answer-what",
            start = t.date(offer.period.start),
            end = t.date(offer.period.end)
        ),
        act: offer.at.digest.to_hex(),
        items: offered.map_or_else(Vec::new, |offered| super::item_rows(t, offered)),
        buttons: vec![
            Button {
                word: "accept",
                label: fl!(t, "task-accept-do"),
                class: "",
            },
            Button {
                word: "reject",
                label: fl!(t, "task-reject-do"),
                class: "button-2",
            },
        ],
        ..Task::default()
    }
}

/// Proposals of this term that wait for this city's approval, or that it may now put into effect.
fn proposals(visit: &Visit, book: &Book, own: &CitySlug) -> Vec<Task> {
    let (t, acta) = (&visit.t, &book.acta);
    let (Some(term), Some(founding)) = (acta.state.coordinator(), &acta.state.founding) else {
        return Vec::new();
    };
    let quorum = founding.quorum;
    let mut tasks = Vec::new();
    for proposed in &acta.acts {
        let Say::Propose(plan) = &proposed.act.say else {
            continue;
        };
        let is_open = plan.term == term.number && proposed.at.city == term.city;
        let is_done = acta.acts.iter().any(|act| {
            matches!(&act.act.say, Say::Change { proposal, .. } if *proposal == proposed.id)
                && acta.refusal(&act.at).is_none()
        });
        if !is_open || is_done {
            continue;
        }
        let approvals = acta.approvals(proposed);
        let what = words::what(visit, book, &plan.what);
        let count = approvals.len().saturating_add(1);
        let need = quorum.of(term.electors.len());
        let button = if term.city == *own {
            (count >= need).then(|| ("enact", fl!(t, "task-enact-do")))
        } else if term.electors.contains_key(own)
            && approvals.iter().all(|approval| approval.at.city != *own)
        {
            Some(("approve", fl!(t, "task-approve-do")))
        } else {
            continue;
        };
        tasks.push(Task {
            heading: fl!(t, "task-proposal", what = what),
            what: fl!(
                t,
                "task-proposal-what",
                count = count.to_string(),
                of = term.electors.len(),
                need = need.to_string()
            ),
            act: proposed.at.digest.to_hex(),
            buttons: button.map(primary).into_iter().collect(),
            ..Task::default()
        });
    }
    tasks
}

fn primary((word, label): (&'static str, String)) -> Button {
    Button {
        word,
        label,
        class: "",
    }
}

/// Cities that left and are still counted.
fn departures(visit: &Visit, book: &Book) -> Vec<Task> {
    let (t, acta) = (&visit.t, &book.acta);
    let recorded = |city: &CitySlug| {
        acta.acts.iter().any(|act| {
            matches!(&act.act.say, Say::RecordLeave { city: left, .. } if left == city)
                && acta.refusal(&act.at).is_none()
        })
    };
    let left =
        acta.state.members.iter().filter(|(city, member)| {
            matches!(member.until, Some(Until::Left(_))) && !recorded(city)
        });
    let tasks = left.filter_map(|(city, _)| {
        let leave = acta
            .acts
            .iter()
            .find(|act| act.at.city == *city && act.act.say == Say::Leave)?;
        Some(Task {
            heading: fl!(t, "task-departure", city = book.city(visit, city)),
            what: fl!(t, "task-departure-what"),
            act: leave.at.digest.to_hex(),
            buttons: vec![Button {
                word: "record-leave",
                label: fl!(t, "task-departure-do"),
                class: "button-2",
            }],
            ..Task::default()
        })
    });
    tasks.collect()
}
