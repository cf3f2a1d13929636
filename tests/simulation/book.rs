//! What was confirmed to people, and so must be there in the end.
//!
//! A confirmed act is an [`Event`] of the log in which it stands; [`Book::posts`] is what all events
//! together say. When a city is set back and nobody else holds the end of its log, [`Book::forget`]
//! takes back what was lost with it: that is the only loss there may be.

use std::collections::{BTreeMap, BTreeSet};

use tequio_domain::Oid;

use crate::dice::Dice;

/// A post as it must be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// ActivityPub id.
    pub uri: String,
    /// Identity.
    pub oid: Oid,
    /// Actor.
    pub author: String,
    /// City in whose log it stands, by index.
    pub home: usize,
    /// Topic, by index.
    pub topic: usize,
    /// What it is.
    pub kind: Kind,
    /// What it answers.
    pub parent: Option<String>,
    /// Title, as shown; empty for comments.
    pub title: String,
    /// A word of its text.
    pub word: String,
    /// Id of the accepted answer.
    pub answer: Option<String>,
    /// Whether it is a tombstone.
    pub is_deleted: bool,
    /// SHA-256 of its files, hex.
    pub files: Vec<String>,
}

/// What a post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A thread that asks.
    Question,
    /// A thread that does not.
    Conversation,
    /// A comment.
    Comment,
    /// A knowledge object.
    Knowledge,
}

/// What a confirmed act did.
#[derive(Debug, Clone)]
pub enum Effect {
    /// A new post.
    Post(Box<Post>),
    /// New texts.
    Edit {
        uri: String,
        title: String,
        word: String,
    },
    /// Another accepted answer, or none.
    Accept { uri: String, answer: Option<String> },
    /// A tombstone.
    Delete { uri: String },
    /// The post is back, as it was.
    Restore { uri: String },
    /// Somebody from outside left: all of theirs in this log are tombstones.
    Farewell { actor: String },
}

#[derive(Debug, Clone)]
struct Event {
    home: usize,
    topic: usize,
    seq: i64,
    effect: Effect,
}

/// All that was confirmed.
#[derive(Debug, Default)]
pub struct Book {
    events: Vec<Event>,
    /// By home and id: two cities may attest one outside post.
    posts: BTreeMap<(usize, String), Post>,
    /// Who voted for what: city, voter, id of the post.
    pub votes: BTreeSet<(usize, String, String)>,
    /// Cities that were set back, whose votes and names are not known any more.
    pub set_back: BTreeSet<usize>,
    /// Who follows what: city, member, topic.
    pub follows: BTreeSet<(usize, String, usize)>,
    /// The newest name of each member who chose one, by actor.
    pub names: BTreeMap<String, String>,
}

impl Book {
    /// An act was confirmed; `seq` is the entry of `home`'s log in which it stands.
    pub fn confirm(&mut self, home: usize, topic: usize, seq: i64, effect: Effect) {
        apply(&mut self.posts, home, topic, &effect);
        self.events.push(Event {
            home,
            topic,
            seq,
            effect,
        });
    }

    /// Nobody holds the entries of this log after `seq` any more.
    pub fn forget(&mut self, home: usize, topic: usize, seq: i64) {
        self.events
            .retain(|event| (event.home, event.topic) != (home, topic) || event.seq <= seq);
        self.posts.clear();
        for event in &self.events {
            apply(&mut self.posts, event.home, event.topic, &event.effect);
        }
    }

    /// All posts, in a fixed order.
    pub fn posts(&self) -> impl Iterator<Item = &Post> {
        self.posts.values()
    }

    /// A post of this log.
    pub fn post(&self, home: usize, uri: &str) -> Option<&Post> {
        self.posts.get(&(home, uri.to_owned()))
    }

    /// One of the posts of which this is true. The choice hangs on the posts and not on their number,
    /// so that a shorter history chooses alike.
    pub fn choose(&self, dice: &mut Dice, is_fit: impl Fn(&Post) -> bool) -> Option<Post> {
        let throw = dice.next();
        let rank = |post: &&Post| {
            let seed = post.uri.bytes().fold(throw, |sum, byte| {
                sum.wrapping_mul(31).wrapping_add(u64::from(byte))
            });
            Dice::new(seed).next()
        };
        let fit = self.posts.values().filter(|post| is_fit(post));
        fit.min_by_key(rank).cloned()
    }
}

fn apply(posts: &mut BTreeMap<(usize, String), Post>, home: usize, topic: usize, effect: &Effect) {
    let mut change = |uri: &String, how: &dyn Fn(&mut Post)| {
        if let Some(post) = posts.get_mut(&(home, uri.clone())) {
            how(post);
        }
    };
    match effect {
        Effect::Post(post) => {
            posts.insert((home, post.uri.clone()), (**post).clone());
        }
        Effect::Edit { uri, title, word } => change(uri, &|post| {
            post.title.clone_from(title);
            post.word.clone_from(word);
        }),
        Effect::Accept { uri, answer } => change(uri, &|post| post.answer.clone_from(answer)),
        Effect::Delete { uri } => change(uri, &|post| post.is_deleted = true),
        Effect::Restore { uri } => change(uri, &|post| post.is_deleted = false),
        Effect::Farewell { actor } => {
            for post in posts.values_mut() {
                if (post.home, post.topic) == (home, topic) && post.author == *actor {
                    post.is_deleted = true;
                }
            }
        }
    }
}
