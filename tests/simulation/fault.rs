//! What the network and the machines do: letters late, lost, twice; cuts; crashes; clocks; backups.

use crate::{
    dice::Dice,
    network::Letter,
    recovery,
    template::CITIES,
    world::{Did, World},
};

/// A courier goes one round.
pub fn push(world: &mut World, dice: &mut Dice) -> Did {
    let (from, to) = world.two_cities(dice);
    if world.is_cut(from, to) {
        return Ok(format!("{} does not reach {}", CITIES[from], CITIES[to]));
    }
    let count = world.push(from, to, dice)?;
    if dice.percent(50) {
        world.keep_cursor(from, to);
    }
    Ok(format!("{} pushes {count} to {}", CITIES[from], CITIES[to]))
}

/// A heartbeat.
pub fn send_heads(world: &mut World, dice: &mut Dice) -> Did {
    let (from, to) = world.two_cities(dice);
    if world.is_cut(from, to) {
        return Ok(format!("{} does not reach {}", CITIES[from], CITIES[to]));
    }
    world.send_heads(from, to);
    Ok(format!("{} tells {} its heads", CITIES[from], CITIES[to]))
}

/// A city pulls what it lacks.
pub fn pull(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let count = world.pull(city, dice)?;
    Ok(format!("{} pulls {count}", CITIES[city]))
}

/// A city fetches files.
pub fn mirror(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let count = world.mirror(city, dice)?;
    Ok(format!("{} fetches {count} files", CITIES[city]))
}

/// Something that was on its way arrives, in whatever order; now and then it will come once more.
pub fn arrive(world: &mut World, dice: &mut Dice) -> Did {
    if world.flights.is_empty() {
        return Ok("nothing is on its way".to_owned());
    }
    let place = dice.below(world.flights.len());
    let flight = world.flights[place].clone();
    let (from, to) = (flight.from, flight.to);
    if world.is_cut(from, to) {
        return Ok(format!("{} does not reach {}", CITIES[from], CITIES[to]));
    }
    if dice.percent(70) {
        world.flights.remove(place);
    }
    let answer = world.deliver(&flight, dice)?;
    let what = match flight.letter {
        Letter::Entry(_) => "an entry",
        Letter::Heads(_) => "heads",
        Letter::HandOver(_) => "an act from outside",
    };
    Ok(format!(
        "{what} of {} arrives late in {}: {answer:?}",
        CITIES[from], CITIES[to]
    ))
}

/// Two cities lose sight of each other, or one of all.
pub fn cut(world: &mut World, dice: &mut Dice) -> Did {
    let (one, other) = world.two_cities(dice);
    if dice.percent(30) {
        for far in (0..world.cities.len()).filter(|far| *far != one) {
            world.cuts.insert((one.min(far), one.max(far)));
        }
        return Ok(format!("{} is cut off", CITIES[one]));
    }
    world.cuts.insert((one.min(other), one.max(other)));
    Ok(format!("{} and {} are cut off", CITIES[one], CITIES[other]))
}

/// A cut heals, or all.
pub fn heal(world: &mut World, dice: &mut Dice) -> Did {
    if dice.percent(30) {
        world.cuts.clear();
        return Ok("everybody reaches everybody".to_owned());
    }
    let (one, other) = world.two_cities(dice);
    world.cuts.remove(&(one.min(other), one.max(other)));
    Ok(format!(
        "{} and {} reach each other",
        CITIES[one], CITIES[other]
    ))
}

/// A city's process is killed and started again.
pub fn crash(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let now = world.time_in(city).micros();
    world.cities[city].crash(now);
    Ok(format!("{} crashes", CITIES[city]))
}

/// A city's clock goes wrong, also backwards, or right again.
pub fn skew(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    let minutes = *dice.pick(&[-600, -7, 0, 0, 7, 600]).unwrap();
    world.cities[city].skew_s = minutes * 60;
    Ok(format!("{}'s clock is {minutes} min off", CITIES[city]))
}

/// A city's database is copied.
pub fn back_up(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    world.cities[city].back_up();
    Ok(format!("{} makes a backup", CITIES[city]))
}

/// A city's database is set back to its backup, and it recovers from its siblings.
pub fn restore(world: &mut World, dice: &mut Dice) -> Did {
    let city = world.any_city(dice);
    if world.cities[city].backup.is_none() {
        return Ok(format!("{} has no backup", CITIES[city]));
    }
    let count = recovery::set_back(world, city)?;
    Ok(format!(
        "{} is set back and gets {count} of its own entries again",
        CITIES[city]
    ))
}
