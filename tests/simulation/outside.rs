//! What people outside the network do here.

use serde_json::{Value, json};
use tequio_domain::Oid;
use tequio_engine::outside::{Heard, Taken};
use tequio_protocol::{
    activity::actor::group_uri,
    outside::{OutsideAct, OutsidePost, Undone},
};

use crate::{
    book::{Effect, Kind, Post},
    city::city_of,
    dice::Dice,
    network::{Flight, Letter},
    template::{CITIES, TOPICS, base_url},
    world::{Did, Violation, World, unless_refused},
};

/// Somebody outside opens a conversation in a group.
pub fn open_thread(world: &mut World, dice: &mut Dice) -> Did {
    let (city, topic) = (world.any_city(dice), dice.below(TOPICS.len()));
    let (id, title, word) = (dice.word(), dice.word(), dice.word());
    let published = world.time_in(city).to_rfc3339();
    let group = group_uri(&base_url(CITIES[city]), TOPICS[topic]);
    says(world, dice, city, |who| {
        let page = who.page(&who.id(&id), &group, &title, &word, &published);
        who.act(&format!("create-{id}"), "Create", page)
    })
}

/// Somebody outside answers something, and tells whatever city.
pub fn add_comment(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let Some(parent) = world.book.choose(dice, |_| true) else {
        return Ok("nothing to answer".to_owned());
    };
    let (id, word) = (dice.word(), dice.word());
    let published = world.time_in(city).to_rfc3339();
    says(world, dice, city, |who| {
        let note = who.note(&who.id(&id), &parent.uri, &word, &published);
        who.act(&format!("create-{id}"), "Create", note)
    })
}

/// Somebody outside gives a comment another text, and tells whatever city.
pub fn edit(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let found = world.book.choose(dice, |post| {
        city_of(&post.author).is_none() && post.parent.is_some() && !post.is_deleted
    });
    let Some(post) = found else {
        return Ok("nothing to edit".to_owned());
    };
    let place = world
        .strangers
        .iter()
        .position(|who| who.uri == post.author);
    let Some(who) = place.map(|place| world.strangers[place].clone()) else {
        return Ok("nobody to edit".to_owned());
    };
    let (id, word) = (dice.word(), dice.word());
    let updated = world.time_in(city).to_rfc3339();
    let parent = post.parent.clone().unwrap_or_default();
    let mut note = who.note(&post.uri, &parent, &word, &updated);
    note["updated"] = json!(updated);
    let body = who.act(&format!("update-{id}"), "Update", note);
    tell(world, city, who.says(&body), dice)
}

/// Somebody outside deletes a post, and tells whatever city.
pub fn delete(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let found = world.book.choose(dice, |post| {
        city_of(&post.author).is_none() && !post.is_deleted
    });
    let Some(post) = found else {
        return Ok("nothing to delete".to_owned());
    };
    let Some(who) = world.strangers.iter().find(|who| who.uri == post.author) else {
        return Ok("nobody to delete".to_owned());
    };
    let heard = who.says(&who.act(
        &format!("delete-{}", dice.word()),
        "Delete",
        json!(post.uri),
    ));
    tell(world, city, heard, dice)
}

/// Somebody outside takes a deletion back, and tells whatever city.
pub fn undelete(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let found = world.book.choose(dice, |post| {
        city_of(&post.author).is_none() && post.is_deleted
    });
    let author = found.and_then(|post| {
        let who = world.strangers.iter().find(|who| who.uri == post.author);
        who.filter(|who| !who.is_gone)
            .map(|who| (who.clone(), post))
    });
    let Some((who, post)) = author else {
        return Ok("nothing to bring back".to_owned());
    };
    let delete = who.act(
        &format!("delete-{}", dice.word()),
        "Delete",
        json!(post.uri),
    );
    let heard = who.says(&who.act(&format!("undo-{}", dice.word()), "Undo", delete));
    tell(world, city, heard, dice)
}

/// Somebody outside likes something, or takes it back.
pub fn like(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let Some(post) = world.book.choose(dice, |_| true) else {
        return Ok("nothing to like".to_owned());
    };
    let (id, is_like) = (dice.word(), dice.percent(70));
    says(world, dice, city, |who| {
        let kind = if is_like { "Like" } else { "Dislike" };
        who.act(&format!("like-{id}"), kind, json!(post.uri))
    })
}

/// Somebody outside is called something else.
pub fn rename(world: &mut World, dice: &mut Dice) -> Did {
    let (city, place) = (world.any_city(dice), dice.below(world.strangers.len()));
    let (id, name) = (dice.word(), dice.word());
    if world.strangers[place].is_gone {
        return Ok("they are gone".to_owned());
    }
    world.strangers[place].rename(name);
    let who = &world.strangers[place];
    let heard = who.says(&who.act(&format!("rename-{id}"), "Update", who.document()));
    tell(world, city, heard, dice)
}

/// Somebody outside deletes their account and tells all cities, now or later.
pub fn leave(world: &mut World, dice: &mut Dice) -> Did {
    let place = dice.below(world.strangers.len());
    if world.strangers[place].is_gone {
        return Ok("they are gone".to_owned());
    }
    world.strangers[place].is_gone = true;
    let who = &world.strangers[place];
    let heard = who.says(&who.act("bye", "Delete", json!(who.uri)));
    for to in 0..world.cities.len() {
        let letter = Letter::HandOver(Box::new(heard.clone()));
        world.flights.push(Flight {
            from: to,
            to,
            letter,
        });
    }
    Ok(format!("{} leaves", heard.author.id))
}

/// Somebody who is not gone says something to a city.
fn says(
    world: &mut World,
    dice: &mut Dice,
    city: usize,
    what: impl FnOnce(&crate::stranger::Stranger) -> Value,
) -> Did {
    let here: Vec<_> = world.strangers.iter().filter(|who| !who.is_gone).collect();
    let Some(who) = dice.pick(&here) else {
        return Ok("nobody outside is left".to_owned());
    };
    let heard = who.says(&what(who));
    tell(world, city, heard, dice)
}

/// An authenticated activity comes to a city, which hands it over when it belongs elsewhere.
fn tell(world: &mut World, city: usize, heard: Heard, dice: &mut Dice) -> Did {
    let (told, home) = take(world, city, &heard, dice)?;
    if let Some(to) = home.filter(|to| *to < world.cities.len()) {
        let letter = Letter::HandOver(Box::new(heard));
        let from = city;
        world.flights.push(Flight { from, to, letter });
    }
    Ok(told)
}

/// An authenticated activity comes to a city. Answers what became of it, and the city that it should
/// be handed over to.
pub fn take(
    world: &mut World,
    city: usize,
    heard: &Heard,
    dice: &mut Dice,
) -> Result<(String, Option<usize>), Violation> {
    let told = format!("{} hears {}", CITIES[city], heard.activity.id);
    let moment = world.moment(city, dice);
    let engine = world.cities[city].engine();
    let taken = world.wait(engine.take_outside(heard.clone(), moment));
    Ok(match unless_refused(taken)?.map_err(Violation)? {
        Taken::Done => {
            confirm(world, city, heard);
            (format!("{told}: done"), None)
        }
        Taken::Repeated => (format!("{told}: repeated"), None),
        Taken::Nothing(why) => (format!("{told}: nothing, {why}"), None),
        Taken::HandOver { group } => (format!("{told}: to be handed over"), city_of(&group)),
    })
}

fn confirm(world: &mut World, city: usize, heard: &Heard) {
    let actor = &heard.activity.actor;
    match &heard.activity.act {
        OutsideAct::Create(post) => confirm_post(world, city, post),
        OutsideAct::Update(post) => {
            let Some(topic) = world.book.post(city, &post.id).map(|held| held.topic) else {
                return;
            };
            let (uri, word, title) = (post.id.clone(), word_of(post), post.title.clone());
            world.confirm(city, topic, Effect::Edit { uri, title, word });
        }
        OutsideAct::Delete { object, .. } if object == actor => {
            for topic in 0..TOPICS.len() {
                let actor = actor.clone();
                world.confirm(city, topic, Effect::Farewell { actor });
            }
            world
                .book
                .votes
                .retain(|(place, voter, _)| (*place, voter) != (city, actor));
        }
        OutsideAct::Delete { object, .. } => {
            if let Some(topic) = world.book.post(city, object).map(|held| held.topic) {
                let uri = object.clone();
                world.confirm(city, topic, Effect::Delete { uri });
            }
        }
        OutsideAct::Undo(undone) => {
            let Undone::Activity(undone) = undone.as_ref() else {
                return;
            };
            let OutsideAct::Delete { object, .. } = &undone.act else {
                return;
            };
            if let Some(topic) = world.book.post(city, object).map(|held| held.topic) {
                let uri = object.clone();
                world.confirm(city, topic, Effect::Restore { uri });
            }
        }
        OutsideAct::Like { object } => {
            let vote = (city, actor.clone(), object.clone());
            world.book.votes.insert(vote);
        }
        OutsideAct::Dislike { object } => {
            let vote = (city, actor.clone(), object.clone());
            world.book.votes.remove(&vote);
        }
        _ => {}
    }
}

fn confirm_post(world: &mut World, city: usize, post: &OutsidePost) {
    let topic = world.topic_in(city, &post.id);
    let Some(topic) = topic else { return };
    let new = Post {
        uri: post.id.clone(),
        oid: Oid::of_uri(&post.id),
        author: post.attributed_to.clone(),
        home: city,
        topic,
        kind: match post.in_reply_to {
            None => Kind::Conversation,
            Some(_) => Kind::Comment,
        },
        parent: post.in_reply_to.clone(),
        title: post.title.clone(),
        word: word_of(post),
        answer: None,
        is_deleted: false,
        files: Vec::new(),
    };
    world.confirm(city, topic, Effect::Post(Box::new(new)));
}

fn word_of(post: &OutsidePost) -> String {
    let text = post.html.trim_start_matches("<p>");
    text.trim_end_matches("</p>").to_owned()
}
