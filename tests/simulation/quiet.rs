//! After the storm: everybody reaches everybody, everything is exchanged, and then all must agree.

use crate::{
    dice::Dice,
    invariant, member,
    world::{Violation, World},
};

/// Rounds of exchange after which nothing may move any more.
const ROUNDS_MAX: usize = 20;

/// Letters that are delivered in one round.
const LETTERS_MAX: usize = 1000;

/// Lets the network come to rest and looks at everything. Answers the state of each city.
pub fn settle(world: &mut World, dice: &mut Dice) -> Result<Vec<String>, Violation> {
    world.is_quiet = true;
    world.cuts.clear();
    for city in &mut world.cities {
        city.skew_s = 0;
    }
    let mut rounds = 0;
    loop {
        let before = world.heads();
        // A minute later: votes are told soon, whatever clocks had said.
        world.now += 60_000_000;
        round(world, dice)?;
        if world.flights.is_empty() && world.heads() == before {
            break;
        }
        rounds += 1;
        if rounds > ROUNDS_MAX {
            return Err(Violation("it does not come to rest".to_owned()));
        }
    }
    invariant::check(world, dice)
}

fn round(world: &mut World, dice: &mut Dice) -> Result<(), Violation> {
    for _ in 0..LETTERS_MAX {
        if world.flights.is_empty() {
            break;
        }
        let flight = world.flights.remove(dice.below(world.flights.len()));
        world.deliver(&flight, dice)?;
    }
    for city in 0..world.cities.len() {
        while member::flush(world, city, dice)? > 0 {}
    }
    for from in 0..world.cities.len() {
        for to in (0..world.cities.len()).filter(|to| *to != from) {
            world.send_heads(from, to);
        }
    }
    for city in 0..world.cities.len() {
        world.pull(city, dice)?;
        world.mirror(city, dice)?;
    }
    Ok(())
}
