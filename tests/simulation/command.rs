//! All that can happen, and how often.
//!
//! **To add a command**: write a function `fn(&mut World, &mut Dice) -> Did` in the file of its kind
//! ([`member`], [`outside`], [`liar`], [`fault`]), and its line in [`COMMANDS`]. It draws whatever it needs
//! from the dice, calls an engine through [`World::wait`], tells [`World::confirm`] what was confirmed to
//! a person, and says in one line what it did.

use crate::{
    council,
    dice::Dice,
    fault, liar, member, outside,
    world::{Did, World},
};

/// One kind of thing that happens.
pub struct Command {
    /// Its name in a history.
    pub name: &'static str,
    /// How often it happens, compared with the others.
    pub weight: usize,
    /// Who does it.
    pub by: By,
    /// Does it.
    pub run: fn(&mut World, &mut Dice) -> Did,
}

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Anybody.
    Anybody,
    /// A lying city; in a world without one it does not happen.
    Liar,
}

const fn command(
    name: &'static str,
    weight: usize,
    run: fn(&mut World, &mut Dice) -> Did,
) -> Command {
    Command {
        name,
        weight,
        by: By::Anybody,
        run,
    }
}

/// What only a lying city does.
const fn lie(name: &'static str, weight: usize, run: fn(&mut World, &mut Dice) -> Did) -> Command {
    Command {
        name,
        weight,
        by: By::Liar,
        run,
    }
}

/// All of them.
pub const COMMANDS: &[Command] = &[
    command("open a thread", 4, member::open_thread),
    command("comment", 8, member::add_comment),
    command("add to the library", 3, member::add_knowledge),
    command("edit", 4, member::edit),
    command("delete", 3, member::delete),
    command("accept an answer", 3, member::accept),
    command("vote", 4, member::set_useful),
    command("write tallies", 2, member::flush_tallies),
    command("change a profile", 1, member::change_profile),
    command("follow a topic", 1, member::follow_topic),
    command("open or close the door", 1, member::set_door),
    command("outsider opens a thread", 1, outside::open_thread),
    command("outsider comments", 3, outside::add_comment),
    command("outsider edits", 2, outside::edit),
    command("outsider deletes", 1, outside::delete),
    command("outsider undeletes", 1, outside::undelete),
    command("outsider likes", 1, outside::like),
    command("outsider renames", 1, outside::rename),
    command("outsider leaves", 1, outside::leave),
    command("hand the term on", 3, council::hand_on),
    command("take an offer back", 1, council::withdraw),
    command("take over", 2, council::take_over),
    command("acknowledge", 2, council::acknowledge),
    command("rule about a post", 3, council::rule),
    command("ban a stranger", 2, council::ban),
    command("rank priorities", 1, council::rank),
    command("push", 10, fault::push),
    command("heads", 4, fault::send_heads),
    command("pull", 4, fault::pull),
    command("mirror", 1, fault::mirror),
    command("arrive", 5, fault::arrive),
    command("cut", 2, fault::cut),
    command("heal", 2, fault::heal),
    command("crash", 2, fault::crash),
    command("skew a clock", 1, fault::skew),
    command("back up", 1, fault::back_up),
    command("restore", 1, fault::restore),
    lie("lie in the log", 8, liar::write),
    lie("equivocate", 1, liar::equivocate),
    lie("exaggerate heads", 1, liar::exaggerate),
    lie("tamper", 2, liar::tamper),
];
