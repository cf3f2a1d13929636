//! What was confirmed is there, and nothing else.

use std::collections::BTreeMap;

use tequio_domain::Digest;
use tequio_store::{
    account,
    object::{self, Object, detail},
    outside, person, topic,
};

use crate::{
    book::Post,
    city::{City, city_of},
    template::TOPICS,
    world::{Violation, World},
};

/// An object as a city shows it.
struct Shown {
    row: Object,
    author: String,
    parent: Option<String>,
    answer: Option<String>,
    files: Vec<String>,
}

/// Looks at what was confirmed, in every city.
pub(super) fn check(world: &World) -> Result<(), Violation> {
    for city in &world.cities {
        let shown = shown_in(city);
        for post in world.book.posts().filter(|post| is_bound(world, post)) {
            let held = shown.get(&(post.home, post.uri.clone()));
            is_as_confirmed(city, post, held).map_err(|what| {
                Violation(format!(
                    "{}: what was confirmed of {} does not hold: {what}",
                    city.slug, post.uri
                ))
            })?;
        }
        for ((home, uri), held) in &shown {
            may_be_here(world, *home, uri, held)
                .map_err(|what| Violation(format!("{}: {uri}: {what}", city.slug)))?;
        }
        names_are_kept(world, city)?;
        follows_are_kept(world, city)?;
        votes_are_counted(world, city, &shown)?;
        files_are_here(world, city, &shown)?;
    }
    Ok(())
}

/// Whether a promise about a post can be held to: a liar may do with its own people's posts as it likes,
/// and what hangs on a log with two histories hangs in the air.
fn is_bound(world: &World, post: &Post) -> bool {
    if world.liar == Some(post.home) {
        return false;
    }
    let mut parent = post.parent.clone();
    while let Some(uri) = &parent {
        let mut held = world.book.posts().filter(|other| other.uri == *uri);
        let Some(above) = held.next() else {
            return false;
        };
        if world.has_equivocated && world.liar == Some(above.home) {
            return false;
        }
        parent = above.parent.clone();
    }
    true
}

fn shown_in(city: &City) -> BTreeMap<(usize, String), Shown> {
    let homes = city.log_ids().iter().map(|((home, _), id)| (*id, *home));
    let homes: BTreeMap<i64, usize> = homes.collect();
    let rows = city.read(|conn| {
        let mut rows = Vec::new();
        for slug in TOPICS {
            let topic = topic::by_slug(conn, slug)?;
            for row in object::snapshot::page(conn, topic.id, 0, 500)? {
                let thread = detail::thread(conn, row.id)?;
                rows.push(Shown {
                    row: object::by_id(conn, row.id)?,
                    author: row.author_uri,
                    parent: row.parent_uri,
                    answer: thread.and_then(|thread| thread.answer_uri),
                    files: row.attachments.into_iter().map(|file| file.0).collect(),
                });
            }
        }
        Ok(rows)
    });
    rows.into_iter()
        .filter_map(|shown| {
            Some((
                (*homes.get(&shown.row.log_id)?, shown.row.uri.clone()),
                shown,
            ))
        })
        .collect()
}

fn is_as_confirmed(city: &City, post: &Post, held: Option<&Shown>) -> Result<(), String> {
    let Some(held) = held else {
        let waits = city.read(tequio_store::entry::count_waiting);
        return Err(format!("it is not here ({waits} entries wait)"));
    };
    if held.row.deleted_at.is_some() != post.is_deleted {
        return Err(format!("deleted: {}", held.row.deleted_at.is_some()));
    }
    let same = |name: &str, shown: &str, confirmed: &str| {
        if shown == confirmed {
            Ok(())
        } else {
            Err(format!("its {name} is {shown}, not {confirmed}"))
        }
    };
    same("author", &held.author, &post.author)?;
    let parent = post.parent.as_deref().unwrap_or_default();
    same("parent", held.parent.as_deref().unwrap_or_default(), parent)?;
    if post.is_deleted {
        return same("text", &held.row.html, "");
    }
    same("title", &held.row.title, &post.title)?;
    same(
        "text",
        held.row.html.trim(),
        &format!("<p>{}</p>", post.word),
    )?;
    let answer = post.answer.as_deref().unwrap_or_default();
    same("answer", held.answer.as_deref().unwrap_or_default(), answer)?;
    if held.files == post.files {
        Ok(())
    } else {
        Err(format!("its files are {:?}", held.files))
    }
}

/// Whether something may be shown: confirmed, or the liar's own people's, or said by the liar of people
/// outside in its own group.
fn may_be_here(world: &World, home: usize, uri: &str, held: &Shown) -> Result<(), String> {
    if world.liar != Some(home) {
        return match world.book.post(home, uri) {
            Some(_) => Ok(()),
            None => Err("nobody confirmed it".to_owned()),
        };
    }
    match city_of(&held.author) {
        None => Ok(()),
        Some(city) if city == home => Ok(()),
        Some(_) => Err(format!("the liar's log speaks for {}", held.author)),
    }
}

fn names_are_kept(world: &World, city: &City) -> Result<(), Violation> {
    for (uri, name) in &world.book.names {
        let home = city_of(uri).unwrap_or_default();
        if world.liar == Some(home) || world.book.set_back.contains(&home) {
            continue;
        }
        let asked = uri.clone();
        let held = city.read(move |conn| person::by_uri(conn, &asked));
        // A member who never wrote anything is known at home only.
        let is_known = held.filter(|held| city.index == home || held.display_name == *name);
        let has_written = world.book.posts().any(|post| post.author == *uri);
        match is_known {
            Some(held) if held.display_name == *name => {}
            None if !has_written => {}
            Some(_) | None => {
                return Err(Violation(format!(
                    "{}: {uri} is not called {name}",
                    city.slug
                )));
            }
        }
    }
    Ok(())
}

/// What a member follows is known in their city and survives what happens to it.
fn follows_are_kept(world: &World, city: &City) -> Result<(), Violation> {
    if world.book.set_back.contains(&city.index) {
        return Ok(());
    }
    for member in &city.members {
        for (topic, slug) in TOPICS.into_iter().enumerate() {
            let id = member.account_id();
            let held = city.read(move |conn| {
                let topic = topic::by_slug(conn, slug)?;
                account::follows(conn, id, topic.id)
            });
            let key = (city.index, member.person_uri().to_owned(), topic);
            if held != world.book.follows.contains(&key) {
                let who = member.person_uri();
                return Err(Violation(format!("{who} follows {slug}: {held}")));
            }
        }
    }
    Ok(())
}

/// Each city's tally is the number of its people's votes. Not looked at where a lying city has put the
/// same outside post into its own log, or two histories decide what there is to vote on.
fn votes_are_counted(
    world: &World,
    city: &City,
    shown: &BTreeMap<(usize, String), Shown>,
) -> Result<(), Violation> {
    for ((home, uri), held) in shown {
        let is_alone = shown.keys().filter(|(_, other)| other == uri).count() == 1;
        let is_sure = !(world.has_equivocated && world.liar == Some(*home));
        if !is_alone || !is_sure {
            continue;
        }
        for voters in &world.cities {
            let is_unknown = world.book.set_back.contains(&voters.index);
            if world.liar != Some(voters.index) && !is_unknown {
                is_told(world, city, voters, held)?;
            }
        }
    }
    Ok(())
}

fn is_told(world: &World, city: &City, voters: &City, held: &Shown) -> Result<(), Violation> {
    let (id, uri) = (held.row.id, held.row.uri.clone());
    let topic = city
        .log_ids()
        .iter()
        .find(|(_, id)| **id == held.row.log_id);
    let topic = topic.map_or(0, |((_, topic), _)| *topic);
    let log_id = city.log_ids()[&(voters.index, topic)];
    let told = city.read(move |conn| object::tally_of(conn, id, log_id));
    let votes = world.book.votes.iter();
    let promised = votes.filter(|(place, _, of)| *place == voters.index && *of == uri);
    let promised = i64::try_from(promised.count()).unwrap();
    if told == promised {
        return Ok(());
    }
    let asked = uri.clone();
    let counted = voters.read(move |conn| {
        Ok(account::count_votes(conn, &asked)? + outside::vote::count(conn, &asked)?)
    });
    Err(Violation(format!(
        "{}: {promised} people of {} voted for {uri}, it counts {counted} and tells {told}",
        city.slug, voters.slug
    )))
}

fn files_are_here(
    world: &World,
    city: &City,
    shown: &BTreeMap<(usize, String), Shown>,
) -> Result<(), Violation> {
    for held in shown.values() {
        if world.liar.is_some() && city_of(&held.author) == world.liar {
            continue;
        }
        for file in &held.files {
            let digest = Digest::from_hex(file).unwrap();
            let files = city.engine().store().files();
            if !world.wait(files.exists(&digest)).unwrap_or(false) {
                return Err(Violation(format!(
                    "{}: the file {file} of {} is not here",
                    city.slug, held.row.uri
                )));
            }
        }
    }
    Ok(())
}
