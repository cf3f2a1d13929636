//! Pages and forms as a browser meets them: good paths and bad ones, on a city with one topic.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a failing test may panic"
)]

mod accounts;
mod acta;
mod browser;
mod curation;
mod elsewhere;
mod erasing;
mod for_topic;
mod mesh;
mod outside;
mod outsiders;
mod reading;
mod recovery;
mod writing;
