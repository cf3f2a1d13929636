//! The tequio program.
fn main() {}
