//! A city is set back to its backup and asks its siblings for what it had written since.
//!
//! The rules here are an operator's: the city does nothing before every sibling was asked, and what
//! nobody else holds is lost, which is the one loss that there may be.

use tequio_engine::receive::Received;

use crate::{
    template::TOPICS,
    world::{Violation, World},
};

/// Sets a city back and lets it recover. Answers how many of its own entries came back.
pub fn set_back(world: &mut World, city: usize) -> Result<usize, Violation> {
    let now = world.time_in(city).micros();
    // What its process had sent dies with it.
    world.flights.retain(|flight| flight.from != city);
    world.cities[city].restore(now);
    world
        .cuts
        .retain(|(one, other)| *one != city && *other != city);
    let mut count = 0;
    for topic in 0..TOPICS.len() {
        count += ask_all(world, city, topic)?;
        let held = world.cities[city].log_of(city, topic).head_seq;
        world.book.forget(city, topic, held);
    }
    world.book.set_back.insert(city);
    Ok(count)
}

fn ask_all(world: &World, city: usize, topic: usize) -> Result<usize, Violation> {
    let mut count = 0;
    for sibling in (0..world.cities.len()).filter(|sibling| *sibling != city) {
        let held = world.cities[city].log_of(city, topic).head_seq;
        let bodies = world.cities[sibling].bodies(city, topic, held, 100_000);
        if bodies.is_empty() {
            continue;
        }
        match world.receive(city, bodies)? {
            (Received::Appended { .. }, new) => count += new,
            // It had shown two histories itself.
            (_, _) if world.liar == Some(city) && world.has_equivocated => {}
            (other, _) => {
                return Err(Violation(format!("a city's own entries: {other:?}")));
            }
        }
    }
    Ok(count)
}
