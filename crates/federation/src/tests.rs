//! Whole cities on loopback, and one city against bad requests.

pub mod city;
mod collections;
mod echo;
mod exchange;
mod handed_over;
mod handshake;
mod hostile;
mod last_leg;
mod later;
mod lemmy;
mod lookup;
mod mastodon;
mod mesh;
mod nodebb;
mod origin;
mod pair;
mod peer;
mod reading;
mod receiver;
mod recovery;
mod refusal;
mod relayed;
mod ruled;
mod samples;
mod world;
