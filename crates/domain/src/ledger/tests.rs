mod handover;
mod membership;
mod property;
mod settled;
mod takeover;
mod world;
