//! Whole cities on loopback, and one city against bad requests.

pub mod city;
mod collections;
mod echo;
mod exchange;
mod hostile;
mod last_leg;
mod pair;
mod reading;
mod receiver;
mod refusal;
