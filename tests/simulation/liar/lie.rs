//! What a lying city writes into its own log.
//!
//! **To add a lie**: a function of what it is told from ([`Pretext`]), and its line in [`LIES`].

use serde_json::{Value, json};
use tequio_protocol::{activity::Act, outside::OutsideActor};

use super::far_from;
use crate::{
    book::Post,
    city::city_of,
    dice::Dice,
    hand::{Author, Hand},
    template::{MEMBERS, TOPICS},
    world::World,
};

/// One kind of lie.
pub(super) struct Lie {
    /// What it is, for the history.
    pub(super) name: &'static str,
    /// What stands in the entry.
    pub(super) tell: fn(&Pretext<'_>, &mut Dice) -> Value,
}

const fn lie(name: &'static str, tell: fn(&Pretext<'_>, &mut Dice) -> Value) -> Lie {
    Lie { name, tell }
}

/// All of them.
pub(super) const LIES: &[Lie] = &[
    lie("a thread of another city's member", foreign_thread),
    lie("a deletion of another's post", |from, _| {
        let object = from.target_uri();
        from.own
            .act(&from.word, from.hand.at, Act::Delete { object })
    }),
    lie("an edit of another's post", |from, _| {
        let (uri, hand) = (from.target_uri(), from.hand);
        let comment = hand.comment(&uri, &from.own, &from.id, &from.word);
        from.own
            .act(&from.word, hand.at, Act::Update(Box::new(comment)))
    }),
    lie("an edit in its author's name", edit_as_author),
    lie("an old activity again", |from, dice| {
        again(from, from.liar, dice)
    }),
    lie("an activity of another city", |from, dice| {
        again(from, far_from(from.world, from.liar, dice), dice)
    }),
    lie("a tally", |from, dice| {
        let amount = i64::try_from(dice.below(3)).unwrap() * 1000;
        let object = from.target_uri();
        let act = Act::Tally { object, amount };
        from.hand
            .as_author()
            .unsigned(&from.word, from.hand.at, act)
    }),
    lie("another city's member as from outside", attest_member),
    lie("somebody from outside", |from, dice| {
        let mut who = dice.pick(&from.world.strangers).unwrap().clone();
        who.rename(from.word.clone());
        attest(from, &who.document())
    }),
    lie("an act from outside that never was", forged_act),
    lie("a comment that has no parent", |from, _| {
        let nowhere = format!("{}-nowhere", from.id);
        let orphan = from.hand.comment(&from.id, &from.own, &nowhere, &from.word);
        from.own
            .act(&from.word, from.hand.at, Act::Create(Box::new(orphan)))
    }),
    lie("one comment in two places", twice),
    lie("a card of its member", |from, _| {
        from.own.card(&from.word, from.hand.at)
    }),
    lie(
        "what has no meaning",
        |from, _| json!({ "type": "Create", "id": from.id, "actor": from.own.uri }),
    ),
];

/// What a lie is told from.
pub(super) struct Pretext<'a> {
    world: &'a World,
    hand: &'a Hand,
    liar: usize,
    /// A member of the lying city.
    own: Author,
    /// A member of another city.
    other: Author,
    word: String,
    /// An id that nobody used.
    id: String,
    /// Some post.
    target: Option<Post>,
}

impl<'a> Pretext<'a> {
    pub(super) fn find(world: &'a World, hand: &'a Hand, liar: usize, dice: &mut Dice) -> Self {
        let word = dice.word();
        Self {
            world,
            hand,
            liar,
            own: Author::of(liar, MEMBERS[dice.below(MEMBERS.len())]),
            other: Author::of(far_from(world, liar, dice), MEMBERS[0]),
            id: format!("{}/o/{word}", hand.base_url),
            target: world.book.choose(dice, |_| true),
            word,
        }
    }

    fn target_uri(&self) -> String {
        let held = self.target.as_ref().map(|post| post.uri.clone());
        held.unwrap_or_else(|| format!("{}/o/nowhere", self.hand.base_url))
    }
}

fn foreign_thread(from: &Pretext<'_>, _: &mut Dice) -> Value {
    let thread = from.hand.thread(&from.id, &from.other, &from.word);
    let forger = from.other.clone().signing_as(&from.own);
    forger.act(&from.word, from.hand.at, Act::Create(Box::new(thread)))
}

/// An edit that names the post's true author, with the proof of the lying group.
fn edit_as_author(from: &Pretext<'_>, _: &mut Dice) -> Value {
    let group = from.hand.as_author();
    let author = match &from.target {
        Some(post) => Author {
            uri: post.author.clone(),
            key: group.key.clone(),
        },
        None => group,
    };
    let thread = from.hand.thread(&from.target_uri(), &author, &from.word);
    author.act(&from.word, from.hand.at, Act::Update(Box::new(thread)))
}

/// What stands in some entry of a city's logs.
fn again(from: &Pretext<'_>, city: usize, dice: &mut Dice) -> Value {
    let topic = dice.below(TOPICS.len());
    let bodies = from.world.cities[city].bodies(city, topic, 0, 100_000);
    let body = dice.pick(&bodies).cloned().unwrap_or_default();
    let entry: Value = serde_json::from_str(&body).unwrap_or_default();
    entry.get("object").cloned().unwrap_or(json!({}))
}

fn attest(from: &Pretext<'_>, document: &Value) -> Value {
    let actor = OutsideActor::read(document).unwrap();
    let act = Act::Attest(Box::new(actor));
    from.hand
        .as_author()
        .unsigned(&from.word, from.hand.at, act)
}

fn attest_member(from: &Pretext<'_>, _: &mut Dice) -> Value {
    let document = json!({
        "id": from.other.uri,
        "type": "Person",
        "preferredUsername": "ana",
        "name": from.word,
        "inbox": format!("{}/inbox", from.other.uri),
    });
    attest(from, &document)
}

fn forged_act(from: &Pretext<'_>, dice: &mut Dice) -> Value {
    let who = dice.pick(&from.world.strangers).unwrap();
    let (word, at, parent) = (&from.word, from.hand.at.to_rfc3339(), from.target_uri());
    // Of a post that another city attests, or of one that nobody does.
    let theirs = from
        .target
        .as_ref()
        .filter(|post| city_of(&post.author).is_none());
    let id = theirs.map_or_else(|| who.id(word), |post| post.uri.clone());
    let (kind, object) = match dice.below(7) {
        0 => (
            "Create",
            who.page(&who.id(word), &from.hand.group, word, word, &at),
        ),
        1 => ("Create", who.note(&who.id(word), &parent, word, &at)),
        2 => ("Create", who.note(&id, &parent, word, &at)),
        3 => ("Update", who.note(&id, &parent, word, &at)),
        4 => ("Delete", json!(id)),
        5 => (
            "Undo",
            who.act(&format!("{word}-delete"), "Delete", json!(id)),
        ),
        _ => ("Delete", json!(who.uri)),
    };
    who.act(word, kind, object)
}

/// Something about one of two comments, of which there may be several already.
fn twice(from: &Pretext<'_>, dice: &mut Dice) -> Value {
    let id = format!("{}/o/twice-{}", from.hand.base_url, dice.below(2));
    let parent = from.target_uri();
    let comment = from.hand.comment(&id, &from.own, &parent, &from.word);
    let act = match dice.below(4) {
        0 => Act::Delete { object: id },
        1 => Act::Update(Box::new(comment)),
        _ => Act::Create(Box::new(comment)),
    };
    from.own.act(&from.word, from.hand.at, act)
}
