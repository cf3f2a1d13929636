//! A history: what a seed makes happen, and how it ended.
//!
//! A [`Plan`] is drawn from the seed alone. Each [`Step`] has its own time and its own chance, so that
//! what is left when others are taken out ([`crate::shrink`]) goes on as much as it can as before.

use std::fmt::Write;

use crate::{
    command::{By, COMMANDS},
    dice::Dice,
    quiet,
    template::{self, Template},
    world::{Violation, World},
};

/// What shall happen.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// How many cities.
    pub cities: usize,
    /// The one that lies.
    pub liar: Option<usize>,
    /// One after the other.
    pub steps: Vec<Step>,
}

/// One thing that shall happen.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Place in [`COMMANDS`].
    pub command: usize,
    /// Its chance.
    pub seed: u64,
    /// Microseconds.
    pub at: i64,
}

/// A history as it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// One line for each step that was taken.
    pub lines: Vec<String>,
    /// What was wrong, if anything.
    pub violation: Option<Violation>,
    /// The state of all topics in each city at the end.
    pub digests: Vec<String>,
}

impl Plan {
    /// What a seed makes happen.
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let cities = 3 + dice.below(2);
        let liar = dice.percent(40).then(|| dice.below(cities));
        let weights = weights(&mut dice, liar);
        let total: usize = weights.iter().sum();
        let count = 20 + dice.below(60);
        let mut at = template::FIRST_MICROS;
        let steps = (0..count)
            .map(|_| {
                // From a millisecond to some minutes.
                at += 1000 << dice.below(18);
                Step {
                    command: weighted(&weights, dice.below(total)),
                    seed: dice.next(),
                    at,
                }
            })
            .collect();
        Self {
            seed,
            cities,
            liar,
            steps,
        }
    }

    /// Lets it happen.
    pub fn run(&self, template: &Template) -> History {
        let mut world = World::new(template, self.cities, self.liar);
        let mut history = History {
            lines: Vec::new(),
            violation: None,
            digests: Vec::new(),
        };
        for step in &self.steps {
            world.now = step.at;
            let command = &COMMANDS[step.command];
            let did = (command.run)(&mut world, &mut Dice::new(step.seed));
            let (line, violation) = match did {
                Ok(line) => (line, None),
                Err(violation) => (format!("WRONG: {violation}"), Some(violation)),
            };
            history.lines.push(format!("{}: {line}", command.name));
            if violation.is_some() {
                history.violation = violation;
                return history;
            }
        }
        match quiet::settle(&mut world, &mut Dice::new(self.seed)) {
            Ok(digests) => history.digests = digests,
            Err(violation) => history.violation = Some(violation),
        }
        history
    }
}

/// Each seed lets some things happen more often than others, and some not at all: so that rare
/// things meet each other.
fn weights(dice: &mut Dice, liar: Option<usize>) -> Vec<usize> {
    let mut weights: Vec<usize> = COMMANDS
        .iter()
        .map(|command| command.weight * [0, 1, 1, 1, 4][dice.below(5)])
        .collect();
    for (weight, command) in weights.iter_mut().zip(COMMANDS) {
        if liar.is_none() && command.by == By::Liar {
            *weight = 0;
        }
    }
    // Something always happens.
    weights[0] += 2;
    weights[1] += 2;
    weights
}

fn weighted(weights: &[usize], mut throw: usize) -> usize {
    for (place, weight) in weights.iter().enumerate() {
        if throw < *weight {
            return place;
        }
        throw -= weight;
    }
    0
}

impl History {
    /// For people.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (number, line) in (1..).zip(&self.lines) {
            writeln!(text, "{number:4}. {line}").unwrap();
        }
        if let Some(violation) = &self.violation {
            writeln!(text, "      {violation}").unwrap();
        }
        text
    }
}
