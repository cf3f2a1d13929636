//! What a lying city does: it holds its own keys, and those of its members, and nobody else's.
//!
//! What it writes into its own log stands there for all; it must mean nothing wherever it reaches
//! beyond that city. What it sends around the log must change nothing at all.

mod lie;

use serde_json::{Value, json};
use tequio_engine::receive::Received;
use tequio_protocol::activity::Act;

use crate::{
    city::City,
    dice::Dice,
    hand::{Author, Hand},
    network::{Flight, Letter},
    template::{CITIES, MEMBERS, TOPICS},
    world::{Did, Violation, World},
};
use lie::Pretext;

/// Largest number that a document may hold.
const HUGE: i64 = 9_007_199_254_740_991;

/// Writes something into its own log.
pub fn write(world: &mut World, dice: &mut Dice) -> Did {
    let Some(liar) = world.liar else {
        return Ok("nobody lies".to_owned());
    };
    let topic = dice.below(TOPICS.len());
    let hand = Hand::of(&world.cities[liar], topic, world.time_in(liar));
    let lie = dice.pick(lie::LIES).unwrap();
    let object = (lie.tell)(&Pretext::find(world, &hand, liar, dice), dice);
    let body = hand.write(&dice.word(), &object);
    let (received, _) = world.receive(liar, vec![body])?;
    Ok(format!(
        "{} writes {}: {received:?}",
        CITIES[liar], lie.name
    ))
}

fn far_from(world: &World, liar: usize, dice: &mut Dice) -> usize {
    (liar + 1 + dice.below(world.cities.len() - 1)) % world.cities.len()
}

/// Shows two cities two histories.
pub fn equivocate(world: &mut World, dice: &mut Dice) -> Did {
    let Some(liar) = world.liar else {
        return Ok("nobody lies".to_owned());
    };
    let topic = dice.below(TOPICS.len());
    let hand = Hand::of(&world.cities[liar], topic, world.time_in(liar));
    let own = Author::of(liar, MEMBERS[0]);
    for to in (0..world.cities.len()).filter(|to| *to != liar) {
        let word = dice.word();
        let thread = hand.thread(&format!("{}/o/{word}", hand.base_url), &own, &word);
        let object = own.act(&word, hand.at, Act::Create(Box::new(thread)));
        let body = hand.write(&word, &object);
        if dice.percent(50) {
            world.receive(to, vec![body])?;
        } else {
            let letter = Letter::Entry(body);
            world.flights.push(Flight {
                from: liar,
                to,
                letter,
            });
        }
    }
    world.has_equivocated = true;
    Ok(format!("{} shows two histories", CITIES[liar]))
}

/// Says that logs reach further than they do.
pub fn exaggerate(world: &mut World, dice: &mut Dice) -> Did {
    let Some(liar) = world.liar else {
        return Ok("nobody lies".to_owned());
    };
    let topic = dice.below(TOPICS.len());
    let mut heads = world.heads_of(liar, topic);
    let reach = *dice.pick(&[HUGE, 1000, 1]).unwrap();
    for head in heads["tq:heads"].as_array_mut().into_iter().flatten() {
        head["tq:seq"] = json!(reach);
        head["tq:digest"] = json!(tequio_domain::Digest::new([7; 32]).to_multibase());
    }
    let to = far_from(world, liar, dice);
    let letter = Letter::Heads(heads.to_string());
    let flight = Flight {
        from: liar,
        to,
        letter,
    };
    let answer = world.deliver(&flight, dice)?;
    Ok(format!(
        "{} tells {} that logs reach to {reach}: {answer:?}",
        CITIES[liar], CITIES[to]
    ))
}

/// Sends an entry that it has changed. No head may move.
pub fn tamper(world: &mut World, dice: &mut Dice) -> Did {
    let Some(liar) = world.liar else {
        return Ok("nobody lies".to_owned());
    };
    let to = far_from(world, liar, dice);
    let bodies: Vec<String> = world
        .entries_of(liar)
        .into_iter()
        .map(|entry| entry.body)
        .collect();
    let Some(body) = dice.pick(&bodies) else {
        return Ok("there is nothing to change".to_owned());
    };
    let (changed, how) = change(body, dice);
    if changed == *body {
        return Ok("the change changed nothing".to_owned());
    }
    let before = state_of(&world.cities[to]);
    let (received, _) = world.receive(to, vec![changed])?;
    if state_of(&world.cities[to]) != before || !matches!(received, Received::Refused(_)) {
        return Err(Violation(format!(
            "{} took an entry with {how}: {received:?}",
            CITIES[to]
        )));
    }
    Ok(format!("{} refuses an entry with {how}", CITIES[to]))
}

fn state_of(city: &City) -> Vec<tequio_store::log::Log> {
    city.read(tequio_store::log::all)
}

/// A proven entry with one thing in it changed.
fn change(body: &str, dice: &mut Dice) -> (String, &'static str) {
    let mut value: Value = serde_json::from_str(body).unwrap();
    match dice.below(5) {
        0 => {
            let seq = value["tq:seq"].as_i64().unwrap_or(0);
            value["tq:seq"] = json!(seq + 1);
            (value.to_string(), "another number")
        }
        1 => {
            value["published"] = json!("2031-01-01T00:00:00Z");
            (value.to_string(), "another time")
        }
        2 => {
            value["object"]["published"] = json!("2031-01-01T00:00:00Z");
            (value.to_string(), "another activity")
        }
        3 => {
            let other = CITIES[dice.below(CITIES.len())];
            let group = format!(
                "https://{other}.example/t/{}",
                TOPICS[dice.below(TOPICS.len())]
            );
            value["actor"] = json!(group);
            (value.to_string(), "another group")
        }
        _ => {
            value["tq:more"] = json!(true);
            (value.to_string(), "something more")
        }
    }
}

/// What a lying city serves instead of a page.
pub fn serve(world: &World, liar: usize, mut items: Vec<String>, dice: &mut Dice) -> Vec<String> {
    match dice.below(4) {
        0 => items.truncate(dice.below(items.len() + 1)),
        1 => items.reverse(),
        2 => {
            let topic = dice.below(TOPICS.len());
            items = world.cities[liar].bodies(liar, topic, 0, 4);
        }
        _ => {
            if let Some(last) = items.last_mut() {
                *last = change(last, dice).0;
            }
        }
    }
    items
}
