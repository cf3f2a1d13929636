//! How much one city bears: a real `tequio serve` process, asked and written to over the network.
//!
//! `cargo build --release && cargo bench -p tequio-tests --bench load` prints one table; README.md
//! beside this file keeps the figures. Start at [`main`]: each section is one function of
//! [`load::sections`]. The sibling city is this process ([`load::sibling`]), so that finding each
//! other, pulling and signatures are the real thing. Nothing is asserted about speed; whatever is
//! answered wrongly stops the program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a program for the terminal; it may panic"
)]

mod load {
    pub mod client;
    pub mod machine;
    pub mod sections;
    pub mod server;
    pub mod sibling;
    pub mod siege;
    pub mod stage;
    pub mod table;
}

use load::{sections, siege, stage::Stage, table::Table};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut table = Table::default();
    sections::cold_start(&mut table).await;
    let mut stage = Stage::set().await;
    sections::pulled(&stage, &mut table);
    sections::start_with_data(&mut stage, &mut table).await;
    sections::reading(&stage, &mut table).await;
    sections::reading_while_written(&stage, &mut table).await;
    sections::accepting(&stage, &mut table).await;
    sections::commenting(&stage, &mut table).await;
    sections::memory(&stage, &mut table);
    siege::siege(&stage, &mut table).await;
    stage.server.stop().await;
    println!("{}", table.text());
}
