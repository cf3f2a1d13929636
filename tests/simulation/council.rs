//! Who coordinates a topic, and what the coordination rules.
//!
//! What it comes to is in the state that all cities must agree on ([`crate::invariant`]): verdicts, terms,
//! members, and what is in force. Most acts here are refused, as they should be: it is nobody's turn.

use std::collections::BTreeSet;

use tequio_domain::{
    CitySlug, Digest, Timestamp,
    ledger::{Period, Reply},
};
use tequio_engine::{
    Error, Member,
    ledger::{
        self, Acta,
        curation::{self, Issue},
        hand_over::{self, Answer, NextTerm, Speech},
        ruling::{self, Ban},
        takeover,
    },
};
use tequio_protocol::activity::ledger::{Ruling, Say};

use crate::{
    book::Post,
    city::city_of,
    dice::Dice,
    template::{CITIES, TOPICS},
    world::{Did, Violation, World, unless_refused},
};

/// A city that speaks about a topic.
struct Floor {
    city: usize,
    topic: usize,
    admin: Member,
}

impl Floor {
    fn any(world: &World, dice: &mut Dice) -> Self {
        let city = world.any_city(dice);
        Self {
            city,
            topic: dice.below(TOPICS.len()),
            admin: world.cities[city].members[0].clone(),
        }
    }

    /// Who holds the seat, as far as this city knows; now and then another, who thinks so.
    fn seat(world: &World, dice: &mut Dice) -> Self {
        let mut floor = Self::any(world, dice);
        let held = floor
            .acta(world)
            .state
            .coordinator()
            .map(|term| term.city.clone());
        let place = held.and_then(|held| place_of(&held));
        if let Some(place) = place.filter(|place| *place < world.cities.len())
            && dice.percent(90)
        {
            floor.city = place;
            floor.admin = world.cities[place].members[0].clone();
        }
        floor
    }

    /// The same topic, and another city.
    fn by(&self, world: &World, city: usize) -> Self {
        Self {
            city,
            topic: self.topic,
            admin: world.cities[city].members[0].clone(),
        }
    }

    fn acta(&self, world: &World) -> Acta {
        let topic = TOPICS[self.topic];
        let store = world.cities[self.city].engine().store();
        store
            .read_blocking(move |conn| ledger::read(conn, topic))
            .unwrap()
    }

    /// To whom this city has offered the term that comes, last, and in which entry.
    fn offer(&self, world: &World) -> Option<(usize, Digest)> {
        let acta = self.acta(world);
        let last = acta.state.coordinator()?.number;
        let mut acts = acta.acts.iter().rev();
        acts.find_map(|act| match &act.act.say {
            Say::Offer { offer, .. } if offer.term > last && acta.refusal(&act.at).is_none() => {
                Some((place_of(&offer.to)?, act.at.digest))
            }
            _ => None,
        })
        .filter(|(to, _)| *to < world.cities.len())
    }

    /// This city's newest candidacy.
    fn candidacy(&self, world: &World) -> Option<Digest> {
        let acta = self.acta(world);
        let mut acts = acta.acts.iter().rev();
        let own = acts
            .find(|act| act.at.city.as_str() == CITIES[self.city] && act.act.say.word() == "stand");
        own.map(|act| act.at.digest)
    }

    fn speech(&self) -> Speech {
        Speech {
            topic: TOPICS[self.topic].to_owned(),
            note: "Así quedó.".to_owned(),
        }
    }

    fn told(&self, what: &str, answer: Result<(), Error>) -> Did {
        let (city, topic) = (CITIES[self.city], TOPICS[self.topic]);
        Ok(match unless_refused(answer)? {
            Ok(()) => format!("{city} {what} of {topic}"),
            Err(why) => format!("{city} may not: it {what} of {topic}: {why}"),
        })
    }
}

/// The couriers go a few rounds between two cities that reach each other: much gets lost on the way.
fn reach(world: &mut World, from: usize, to: usize, dice: &mut Dice) -> Result<(), Violation> {
    if !world.is_cut(from, to) {
        for _ in 0..4 {
            world.push(from, to, dice)?;
        }
    }
    Ok(())
}

fn place_of(city: &CitySlug) -> Option<usize> {
    CITIES.iter().position(|slug| *slug == city.as_str())
}

/// The planned time of a term: nothing is decided by it.
fn period() -> Period {
    let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
    Period {
        start: at("2026-04-01T00:00:00Z"),
        end: at("2026-10-01T00:00:00Z"),
    }
}

/// A hand-over, as far as it gets: it is offered, answered, sealed, each of which reaches the other city or
/// does not.
pub fn hand_on(world: &mut World, dice: &mut Dice) -> Did {
    let floor = Floor::seat(world, dice);
    let mut told = Vec::new();
    for _ in 0..3 {
        if seal(world, dice, &floor)?.is_ok() {
            told.push(floor.told("seals the hand-over", Ok(()))?);
            break;
        }
        let Some((to, offered)) = floor.offer(world) else {
            told.push(offer(world, dice, &floor)?);
            continue;
        };
        reach(world, floor.city, to, dice)?;
        let other = floor.by(world, to);
        told.push(answer(world, dice, &other, offered)?);
        reach(world, to, floor.city, dice)?;
    }
    Ok(told.join("; "))
}

type Answered = Result<Result<(), String>, Violation>;

fn seal(world: &World, dice: &mut Dice, floor: &Floor) -> Answered {
    let (engine, moment) = (
        world.cities[floor.city].engine(),
        world.moment(floor.city, dice),
    );
    let done = hand_over::seal(engine, &floor.admin, moment, floor.speech());
    unless_refused(world.wait(done))
}

fn answer(world: &World, dice: &mut Dice, floor: &Floor, offer: Digest) -> Did {
    let reply = *dice
        .pick(&[Reply::Accept, Reply::Accept, Reply::Reject])
        .unwrap();
    let (engine, moment) = (
        world.cities[floor.city].engine(),
        world.moment(floor.city, dice),
    );
    let answer = Answer {
        offer,
        reply,
        seen: BTreeSet::new(),
    };
    let done = hand_over::answer(engine, &floor.admin, moment, floor.speech(), answer);
    floor.told("answers the offer", world.wait(done))
}

fn offer(world: &World, dice: &mut Dice, floor: &Floor) -> Did {
    let (engine, moment) = (
        world.cities[floor.city].engine(),
        world.moment(floor.city, dice),
    );
    let step = 1 + dice.below(world.cities.len() - 1);
    let to = (floor.city + step) % world.cities.len();
    let to = CitySlug::parse(CITIES[to]).unwrap();
    let next = NextTerm::new(to, period());
    let done = hand_over::offer(engine, &floor.admin, moment, floor.speech(), next);
    floor.told("offers the term", world.wait(done))
}

/// The coordinator takes an offer back.
pub fn withdraw(world: &mut World, dice: &mut Dice) -> Did {
    let floor = Floor::seat(world, dice);
    let (engine, moment) = (
        world.cities[floor.city].engine(),
        world.moment(floor.city, dice),
    );
    let done = hand_over::withdraw(engine, &floor.admin, moment, floor.speech());
    floor.told("takes back the offer", world.wait(done))
}

/// A city stands for the seat, others endorse it, it shows its majority: as far as it gets.
pub fn take_over(world: &mut World, dice: &mut Dice) -> Did {
    let floor = Floor::any(world, dice);
    let mut told = Vec::new();
    let (engine, moment) = (
        world.cities[floor.city].engine(),
        world.moment(floor.city, dice),
    );
    let stood = takeover::stand(engine, &floor.admin, moment, floor.speech(), period());
    told.push(floor.told("stands for the seat", world.wait(stood))?);
    for city in 0..world.cities.len() {
        let Some(candidacy) = floor.candidacy(world) else {
            break;
        };
        if dice.percent(10) {
            continue;
        }
        if city != floor.city {
            reach(world, floor.city, city, dice)?;
        }
        let other = floor.by(world, city);
        let (engine, moment) = (world.cities[city].engine(), world.moment(city, dice));
        let done = takeover::endorse(engine, &other.admin, moment, other.speech(), candidacy);
        told.push(other.told("endorses a candidacy", world.wait(done))?);
        if city != floor.city {
            reach(world, city, floor.city, dice)?;
        }
    }
    let (engine, moment) = (
        world.cities[floor.city].engine(),
        world.moment(floor.city, dice),
    );
    let done = takeover::certify(engine, &floor.admin, moment, floor.speech());
    told.push(floor.told("shows its majority", world.wait(done))?);
    Ok(told.join("; "))
}

/// A city's software says what it has seen.
pub fn acknowledge(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let (engine, moment) = (world.cities[city].engine(), world.moment(city, dice));
    let done = world.wait(takeover::acknowledge_due(engine, moment));
    Ok(match unless_refused(done)? {
        Ok(_) => format!("{} acknowledges", CITIES[city]),
        Err(why) => format!("{} cannot acknowledge: {why}", CITIES[city]),
    })
}

/// The coordination rules about a post.
pub fn rule(world: &mut World, dice: &mut Dice) -> Did {
    let floor = Floor::seat(world, dice);
    let topic = floor.topic;
    let Some(post) = world.book.choose(dice, |post| post.topic == topic) else {
        return Ok("nothing to rule about".to_owned());
    };
    let ruling = dice.pick(&Ruling::ABOUT_POSTS).unwrap().clone();
    let told = format!("rules {} about {}", ruling.word(), post.uri);
    let (engine, moment) = (
        world.cities[floor.city].engine(),
        world.moment(floor.city, dice),
    );
    let about = (post.oid, ruling);
    let done = ruling::rule(engine, &floor.admin, moment, "Así quedó.", about);
    floor.told(&told, world.wait(done))
}

/// The coordination bans somebody from outside, or lets them write again. Members are left alone: what
/// their authors may do is watched elsewhere.
pub fn ban(world: &mut World, dice: &mut Dice) -> Did {
    let floor = Floor::seat(world, dice);
    let outside = |post: &Post| city_of(&post.author).is_none();
    let Some(post) = world.book.choose(dice, outside) else {
        return Ok("nobody to ban".to_owned());
    };
    let person_uri = post.author;
    let (engine, moment) = (
        world.cities[floor.city].engine(),
        world.moment(floor.city, dice),
    );
    let topic = TOPICS[floor.topic];
    if dice.percent(40) {
        let about = (topic, person_uri);
        let done = ruling::unban(engine, &floor.admin, moment, "Así quedó.", about);
        return floor.told("lifts a ban", world.wait(done));
    }
    let until = dice.percent(50).then(|| moment.now().plus_seconds(3600));
    let ban = Ban {
        topic: topic.to_owned(),
        person_uri,
        until,
    };
    let done = ruling::ban(engine, &floor.admin, moment, "Así quedó.", ban);
    floor.told("bans a stranger", world.wait(done))
}

/// The coordination ranks its priorities.
pub fn rank(world: &mut World, dice: &mut Dice) -> Did {
    let floor = Floor::seat(world, dice);
    let topic = floor.topic;
    let about = world
        .book
        .choose(dice, |post| post.topic == topic)
        .map(|post| post.oid);
    let issues = vec![Issue {
        name: dice.word(),
        about,
    }];
    let (engine, moment) = (
        world.cities[floor.city].engine(),
        world.moment(floor.city, dice),
    );
    let done = curation::set_priorities(engine, &floor.admin, moment, floor.speech(), issues);
    floor.told("ranks the priorities", world.wait(done))
}

/// Nobody coordinates one term twice: the terms of each city's acta are numbered from 1 without a gap.
pub fn check(world: &World) -> Result<(), Violation> {
    for city in 0..world.cities.len() {
        for topic in 0..TOPICS.len() {
            let admin = world.cities[city].members[0].clone();
            let acta = Floor { city, topic, admin }.acta(world);
            let numbers: Vec<u32> = acta.state.terms.iter().map(|term| term.number).collect();
            let expected: Vec<u32> = (1..).take(numbers.len()).collect();
            if numbers != expected {
                return Err(Violation(format!(
                    "{} has the terms {numbers:?}",
                    CITIES[city]
                )));
            }
        }
    }
    Ok(())
}
