//! The one table that is printed.

use std::fmt::Write as _;

use super::client::Figures;

/// Rows of name and figures.
#[derive(Debug, Default)]
pub struct Table(Vec<[String; 6]>);

impl Table {
    /// A row of requests.
    pub fn requests(&mut self, name: &str, figures: Figures) {
        self.push([
            name.to_owned(),
            format!("{:.0}/s", figures.per_second),
            format!("{:.2}", figures.p50_ms),
            format!("{:.2}", figures.p99_ms),
            format!("{:.0}", figures.server_us),
            figures.count.to_string(),
        ]);
    }

    /// A row of one figure.
    pub fn figure(&mut self, name: &str, figure: String) {
        let none = String::new;
        self.push([name.to_owned(), figure, none(), none(), none(), none()]);
    }

    fn push(&mut self, row: [String; 6]) {
        println!("{}", row.join("  "));
        self.0.push(row);
    }

    /// The table as Markdown.
    pub fn text(&self) -> String {
        let head = ["what", "figure", "p50 ms", "p99 ms", "server CPU µs", "n"];
        let mut text = String::from("\n");
        for cells in [head.map(str::to_owned), ["---"; 6].map(str::to_owned)]
            .iter()
            .chain(&self.0)
        {
            writeln!(text, "| {} |", cells.join(" | ")).unwrap();
        }
        text
    }
}
