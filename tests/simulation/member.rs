//! What members do: one command for each thing that the engine lets them do.

use actix_web::web::Bytes;
use futures::stream;
use tequio_domain::{KnowledgeKind, License, Locale, Oid, ThreadKind};
use tequio_engine::{
    Member, account, comment, follow,
    knowledge::{self, NewKnowledge},
    outside::door::{self, Door},
    post, thread, upload,
    vote::{self, Vote},
};
use tequio_protocol::activity::actor::object_uri;

use crate::{
    book::{Effect, Kind, Post},
    dice::Dice,
    template::{CITIES, TOPICS, base_url},
    world::{Did, Violation, World, unless_refused},
};

/// Opens a thread.
pub fn open_thread(world: &mut World, dice: &mut Dice) -> Did {
    let (city, who) = world.anybody(dice);
    let (topic, title, word) = (dice.below(TOPICS.len()), dice.word(), dice.word());
    let kind = *dice.pick(&[Kind::Question, Kind::Conversation]).unwrap();
    let new = thread::NewThread {
        topic: TOPICS[topic].to_owned(),
        kind: match kind {
            Kind::Question => ThreadKind::Question,
            Kind::Conversation | Kind::Comment | Kind::Knowledge => ThreadKind::Conversation,
        },
        title: title.clone(),
        body: word.clone(),
    };
    let moment = world.moment(city, dice);
    let opened = thread::open(world.cities[city].engine(), &who, moment, new);
    let oid = match unless_refused(world.wait(opened))? {
        Ok(oid) => oid,
        // A city that showed two histories of its log holds it, once it is told.
        Err(why) if world.liar == Some(city) && world.has_equivocated => {
            return Ok(format!("{} cannot open a thread: {why}", CITIES[city]));
        }
        Err(why) => return Err(Violation(why)),
    };
    let post = Post {
        title,
        ..new_post(&who, city, topic, oid, kind, word)
    };
    Ok(confirm_post(world, post))
}

/// Answers anything that is here.
pub fn add_comment(world: &mut World, dice: &mut Dice) -> Did {
    let (city, who) = world.anybody(dice);
    let Some(parent) = world.book.choose(dice, |_| true) else {
        return nothing();
    };
    let word = dice.word();
    let moment = world.moment(city, dice);
    let added = comment::add(world.cities[city].engine(), &who, moment, parent.oid, &word);
    match unless_refused(world.wait(added))? {
        Ok(oid) => {
            let mut post = Post {
                parent: Some(parent.uri.clone()),
                ..new_post(&who, city, parent.topic, oid, Kind::Comment, word)
            };
            // A lying city may have put the same outside post into another topic.
            post.topic = world.topic_in(city, &post.uri).unwrap_or(post.topic);
            Ok(format!("{}, to {}", confirm_post(world, post), parent.uri))
        }
        Err(why) => Ok(format!(
            "{} cannot answer {}: {why}",
            CITIES[city], parent.uri
        )),
    }
}

/// Adds to the library: now and then an adaptation, now and then with a file.
pub fn add_knowledge(world: &mut World, dice: &mut Dice) -> Did {
    let (city, who) = world.anybody(dice);
    let origin = dice
        .percent(50)
        .then(|| world.book.choose(dice, |post| post.kind == Kind::Knowledge))
        .flatten();
    let topic = dice.below(TOPICS.len());
    let (title, word) = (dice.word(), dice.word());
    let mut files = Vec::new();
    if dice.percent(30) {
        files.push(put_file(world, city, dice)?);
    }
    let post = Post {
        title: title.clone(),
        files: files.iter().map(|file| file.digest().to_hex()).collect(),
        ..new_post(
            &who,
            city,
            topic,
            Oid::of_uri(""),
            Kind::Knowledge,
            word.clone(),
        )
    };
    let new = NewKnowledge {
        topic: TOPICS[topic].to_owned(),
        kind: KnowledgeKind::Tool,
        audience: None,
        license: License::CcBy,
        title,
        summary: String::new(),
        body: word,
        files,
        adaptation_of: origin.map(|origin| origin.oid),
    };
    let moment = world.moment(city, dice);
    let added = knowledge::add(world.cities[city].engine(), &who, moment, new);
    match unless_refused(world.wait(added))? {
        Ok(oid) => {
            let uri = object_uri(&base_url(CITIES[city]), oid);
            Ok(confirm_post(world, Post { oid, uri, ..post }))
        }
        Err(why) => Ok(format!("{} cannot add to the library: {why}", CITIES[city])),
    }
}

fn put_file(world: &World, city: usize, dice: &mut Dice) -> Result<upload::Uploaded, Violation> {
    // Few texts, so that cities bring the same file.
    let text = format!("ciudad;costo\nquito;{}\n", dice.below(5));
    let bytes = stream::iter([Ok::<_, std::io::Error>(Bytes::from(text))]);
    let moment = world.moment(city, dice);
    let put = upload::put(world.cities[city].engine(), moment, "costos.csv", bytes);
    unless_refused(world.wait(put))?.map_err(Violation)
}

/// An author gives a post new texts.
pub fn edit(world: &mut World, dice: &mut Dice) -> Did {
    let Some((city, who, post)) = own_post(world, dice, |_| true) else {
        return nothing();
    };
    let (title, word) = (dice.word(), dice.word());
    let edit = post::Edit {
        title: title.clone(),
        summary: String::new(),
        body: word.clone(),
    };
    let moment = world.moment(city, dice);
    let edited = post::edit(world.cities[city].engine(), &who, moment, post.oid, edit);
    if let Some(why) = must_obey(world, &post, unless_refused(world.wait(edited))?)? {
        return Ok(format!("{} may not edit {}: {why}", CITIES[city], post.uri));
    }
    let title = if post.kind == Kind::Comment {
        String::new()
    } else {
        title
    };
    let uri = post.uri.clone();
    world.confirm(city, post.topic, Effect::Edit { uri, title, word });
    Ok(format!("{} edits {}", CITIES[city], post.uri))
}

/// An author deletes a post.
pub fn delete(world: &mut World, dice: &mut Dice) -> Did {
    let Some((city, who, post)) = own_post(world, dice, |_| true) else {
        return nothing();
    };
    let moment = world.moment(city, dice);
    let deleted = post::delete(world.cities[city].engine(), &who, moment, post.oid);
    if let Some(why) = must_obey(world, &post, unless_refused(world.wait(deleted))?)? {
        return Ok(format!(
            "{} may not delete {}: {why}",
            CITIES[city], post.uri
        ));
    }
    let uri = post.uri.clone();
    world.confirm(city, post.topic, Effect::Delete { uri });
    Ok(format!("{} deletes {}", CITIES[city], post.uri))
}

/// An asker accepts an answer, or takes that back.
pub fn accept(world: &mut World, dice: &mut Dice) -> Did {
    let Some((city, who, post)) = own_post(world, dice, |post| post.kind == Kind::Question) else {
        return nothing();
    };
    let answer = dice
        .percent(80)
        .then(|| world.book.choose(dice, |other| other.parent.is_some()))
        .flatten();
    let moment = world.moment(city, dice);
    let comment = answer.as_ref().map(|answer| answer.oid);
    let accepted = post::accept(world.cities[city].engine(), &who, moment, post.oid, comment);
    match unless_refused(world.wait(accepted))? {
        Ok(()) => {
            let (uri, answer) = (post.uri.clone(), answer.map(|answer| answer.uri));
            let told = format!("{} accepts {answer:?} for {uri}", CITIES[city]);
            world.confirm(city, post.topic, Effect::Accept { uri, answer });
            Ok(told)
        }
        Err(why) => Ok(format!("{} cannot accept an answer: {why}", CITIES[city])),
    }
}

/// A member finds something useful, or not any more.
pub fn set_useful(world: &mut World, dice: &mut Dice) -> Did {
    let (city, who) = world.anybody(dice);
    let Some(post) = world.book.choose(dice, |_| true) else {
        return nothing();
    };
    let vote = *dice
        .pick(&[Vote::Useful, Vote::Useful, Vote::None])
        .unwrap();
    let moment = world.moment(city, dice);
    let voted = vote::set_useful(world.cities[city].engine(), &who, moment, post.oid, vote);
    match unless_refused(world.wait(voted))? {
        Ok(()) => {
            let key = (city, who.person_uri().to_owned(), post.uri.clone());
            match vote {
                Vote::Useful => world.book.votes.insert(key),
                Vote::None => world.book.votes.remove(&key),
            };
            Ok(format!("{} votes {vote:?} on {}", CITIES[city], post.uri))
        }
        Err(why) => Ok(format!(
            "{} cannot vote on {}: {why}",
            CITIES[city], post.uri
        )),
    }
}

/// A city writes the tallies that are due.
pub fn flush_tallies(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let count = flush(world, city, dice)?;
    Ok(format!("{} writes {count} tallies", CITIES[city]))
}

/// Writes the tallies that are due; answers how many objects were looked at.
pub fn flush(world: &World, city: usize, dice: &mut Dice) -> Result<usize, Violation> {
    let moment = world.moment(city, dice);
    let flushed = vote::flush_tallies(world.cities[city].engine(), moment);
    unless_refused(world.wait(flushed))?.map_err(Violation)
}

/// A member takes another name.
pub fn change_profile(world: &mut World, dice: &mut Dice) -> Did {
    let (city, who) = world.anybody(dice);
    let name = dice.word();
    let profile = account::Profile {
        display_name: name.clone(),
        post: String::new(),
        summary: String::new(),
        locale: Locale::Es,
    };
    let moment = world.moment(city, dice);
    let changed = account::change_profile(world.cities[city].engine(), &who, moment, profile);
    unless_refused(world.wait(changed))?.map_err(Violation)?;
    let told = format!("{} is now called {name}", who.person_uri());
    world.book.names.insert(who.person_uri().to_owned(), name);
    Ok(told)
}

/// A member follows a topic, or does not any more. Nobody else learns it.
pub fn follow_topic(world: &mut World, dice: &mut Dice) -> Did {
    let (city, who) = world.anybody(dice);
    let topic = dice.below(TOPICS.len());
    let key = (city, who.person_uri().to_owned(), topic);
    let moment = world.moment(city, dice);
    let engine = world.cities[city].engine();
    if dice.percent(70) {
        let done = world.wait(follow::follow(engine, &who, moment, TOPICS[topic]));
        unless_refused(done)?.map_err(Violation)?;
        world.book.follows.insert(key);
        return Ok(format!("{} follows {}", who.person_uri(), TOPICS[topic]));
    }
    let done = world.wait(follow::unfollow(engine, &who, TOPICS[topic]));
    unless_refused(done)?.map_err(Violation)?;
    world.book.follows.remove(&key);
    Ok(format!(
        "{} does not follow {}",
        who.person_uri(),
        TOPICS[topic]
    ))
}

/// An administrator opens the door for posts from outside, or closes it.
pub fn set_door(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let door = *dice.pick(&[Door::Open, Door::Open, Door::Closed]).unwrap();
    let admin = world.cities[city].members[0].clone();
    let set = world.wait(door::set(world.cities[city].engine(), &admin, door));
    unless_refused(set)?.map_err(Violation)?;
    Ok(format!("{}'s door is {door:?}", CITIES[city]))
}

fn nothing() -> Did {
    Ok("nothing to do".to_owned())
}

fn new_post(who: &Member, city: usize, topic: usize, oid: Oid, kind: Kind, word: String) -> Post {
    Post {
        uri: object_uri(&base_url(CITIES[city]), oid),
        oid,
        author: who.person_uri().to_owned(),
        home: city,
        topic,
        kind,
        parent: None,
        title: String::new(),
        word,
        answer: None,
        is_deleted: false,
        files: Vec::new(),
    }
}

fn confirm_post(world: &mut World, post: Post) -> String {
    let told = format!("{} posts {:?} {}", CITIES[post.home], post.kind, post.uri);
    world.confirm(post.home, post.topic, Effect::Post(Box::new(post)));
    told
}

/// A living post of a member, with its city and its author.
fn own_post(
    world: &World,
    dice: &mut Dice,
    is_fit: impl Fn(&Post) -> bool,
) -> Option<(usize, Member, Post)> {
    let author_of = |post: &Post| {
        let members = &world.cities[post.home].members;
        members
            .iter()
            .find(|member| member.person_uri() == post.author)
            .cloned()
    };
    let post = world.book.choose(dice, |post| {
        !post.is_deleted && is_fit(post) && author_of(post).is_some()
    })?;
    let who = author_of(&post)?;
    Some((post.home, who, post))
}

/// What an author may do to a post of theirs is done: the city has confirmed it. Only a lying city's own
/// people may find that somebody else was there before, and whoever answered something that it is not here
/// any more or not again yet.
fn must_obey(
    world: &World,
    post: &Post,
    answer: Result<(), String>,
) -> Result<Option<String>, Violation> {
    // Where two histories end a log, what was answered there hangs in the air.
    let hangs = world.has_equivocated && post.parent.is_some();
    let is_excused =
        hangs || world.liar == Some(post.home) || world.book.set_back.contains(&post.home);
    match answer {
        Ok(()) => Ok(None),
        Err(why) if is_excused => Ok(Some(why)),
        Err(why) => Err(Violation(format!(
            "the author of {} is refused: {why}",
            post.uri
        ))),
    }
}
