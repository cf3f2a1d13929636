//! Whole cities on loopback, and one city against bad requests.

pub mod city;
mod exchange;
mod handed_over;
mod lemmy;
mod lookup;
mod mastodon;
mod origin;
mod pair;
mod peer;
mod reading;
mod refusal;
mod relayed;
mod world;
