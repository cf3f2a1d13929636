//! Whole cities on loopback, and one city against bad requests.

pub mod city;
mod exchange;
mod lookup;
mod pair;
mod peer;
mod reading;
mod refusal;
