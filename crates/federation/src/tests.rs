//! Whole cities on loopback, and one city against bad requests.

pub mod city;
mod exchange;
mod hostile;
mod pair;
mod reading;
mod refusal;
