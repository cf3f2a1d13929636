mod handover;
mod membership;
mod model;
mod property;
mod settled;
mod takeover;
mod world;
