//! What was read, in few lines for people: `⇐` stands before what it answers, `→` before who may read it.

use std::fmt::Write;

use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_protocol::activity::PUBLIC;
use tequio_protocol::html;
use tequio_protocol::outside::{
    Announced, OutsideAct, OutsideActivity, OutsideActor, OutsidePost, Undone,
};

/// The document as an actor, a post or an activity, by its type.
pub fn of(value: &Value) -> String {
    if let Ok(actor) = OutsideActor::read(value) {
        return of_actor(&actor);
    }
    if let Ok(post) = OutsidePost::read(value) {
        return of_post(&post);
    }
    match OutsideActivity::read(value) {
        Ok(activity) => of_activity(&activity),
        Err(malformed) => format!("refused: {malformed}\n"),
    }
}

fn of_activity(activity: &OutsideActivity) -> String {
    let mut text = String::new();
    writeln!(
        text,
        "{} {} by {}{}{}",
        activity.kind,
        or_dash(&activity.id),
        activity.actor,
        at("", activity.published),
        addressed(&activity.addressed),
    )
    .unwrap();
    text.push_str(&indented(&of_act(&activity.act)));
    text
}

fn of_act(act: &OutsideAct) -> String {
    match act {
        OutsideAct::Create(post) | OutsideAct::Update(post) => of_post(post),
        OutsideAct::UpdateActor(actor) => of_actor(actor),
        OutsideAct::Announce(Announced::Post(post)) => of_post(post),
        OutsideAct::Announce(Announced::Activity(activity, body)) => {
            assert_eq!(OutsideActivity::read(body).as_ref(), Ok(&**activity));
            of_activity(activity)
        }
        OutsideAct::Announce(Announced::Id(id)) => format!("announces {id}\n"),
        OutsideAct::Undo(undone) => match &**undone {
            Undone::Activity(activity) => of_activity(activity),
            Undone::Id(id) => format!("undoes {id}\n"),
        },
        OutsideAct::Delete { .. }
        | OutsideAct::Like { .. }
        | OutsideAct::Dislike { .. }
        | OutsideAct::Lock { .. }
        | OutsideAct::Add { .. }
        | OutsideAct::Remove { .. }
        | OutsideAct::Block { .. }
        | OutsideAct::Flag { .. }
        | OutsideAct::Follow { .. }
        | OutsideAct::Accept { .. }
        | OutsideAct::Reject { .. }
        | OutsideAct::Other => format!("{act:?}\n"),
    }
}

fn of_post(post: &OutsidePost) -> String {
    let mut text = String::new();
    write!(text, "{} {} by {}", post.kind, post.id, post.attributed_to).unwrap();
    if let Some(parent) = &post.in_reply_to {
        write!(text, " ⇐ {parent}").unwrap();
    }
    text.push_str(&at("", post.published));
    text.push_str(&at("changed ", post.updated));
    if post.url != post.id {
        write!(text, " page {}", post.url).unwrap();
    }
    writeln!(text, "{}", addressed(&post.addressed)).unwrap();
    for (name, value) in [
        ("title", &post.title),
        ("language", &post.language),
        ("warning", &post.warning),
        ("source", &post.source),
    ] {
        if !value.is_empty() {
            writeln!(text, "  {name}: {value:?}").unwrap();
        }
    }
    if let Some(audience) = &post.audience {
        writeln!(text, "  audience: {audience}").unwrap();
    }
    if !post.mentions.is_empty() {
        writeln!(text, "  mentions: {}", post.mentions.join(" ")).unwrap();
    }
    let shown = html::sanitize(&post.html).into_string();
    writeln!(text, "  shown: {}", shown.replace('\n', "⏎")).unwrap();
    text
}

fn of_actor(actor: &OutsideActor) -> String {
    format!(
        "{} {} @{} {:?}{} page {}\n  inbox {} shared {} outbox {}\n  {}\n",
        actor.kind,
        actor.id,
        actor.name,
        actor.display_name,
        at("changed ", actor.updated),
        actor.url,
        actor.inbox,
        or_dash(&actor.shared_inbox),
        or_dash(&actor.outbox),
        html::sanitize(&actor.summary).into_string().trim(),
    )
}

fn at(word: &str, moment: Option<Timestamp>) -> String {
    moment.map_or_else(String::new, |moment| {
        format!(" {word}{}", moment.to_rfc3339())
    })
}

fn addressed(ids: &[String]) -> String {
    let names = ids.iter().map(|id| if id == PUBLIC { "all" } else { id });
    match names.collect::<Vec<_>>() {
        names if names.is_empty() => String::new(),
        names => format!(" → {}", names.join(" ")),
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
