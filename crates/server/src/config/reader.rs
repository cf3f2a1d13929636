//! Reading a table key by key, gathering problems instead of stopping at the first.

use std::str::FromStr;

use tequio_domain::CitySlug;
use toml::{Table, Value};

use super::Problem;

/// A table being read. Keys that nobody asked for are problems too.
pub(super) struct Reader {
    table: Table,
    problems: Vec<Problem>,
    known: Vec<&'static str>,
}

impl Reader {
    pub(super) fn new(table: Table) -> Self {
        Self {
            table,
            problems: Vec::new(),
            known: Vec::new(),
        }
    }

    pub(super) fn problem(&mut self, key: &str, cure: &str) {
        self.problems.push(Problem {
            key: key.to_owned(),
            cure: cure.to_owned(),
        });
    }

    /// All problems, with the keys that are not known.
    pub(super) fn finish(mut self) -> Result<(), Vec<Problem>> {
        let unknown: Vec<String> = self.table.keys().cloned().collect();
        for key in unknown {
            let known = self.known.join(", ");
            self.problem(&key, &format!("is not a known key; known are: {known}"));
        }
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(self.problems)
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) if !text.trim().is_empty() => Some(text),
            _ => {
                self.problem(key, "must be a text in quotes");
                None
            }
        }
    }

    /// A text, or with `_file` at the end of the key the path of a file that holds it.
    pub(super) fn secret(&mut self, key: &'static str) -> Option<String> {
        let file_key: &'static str = match key {
            "database_url" => "database_url_file",
            other => other,
        };
        let direct = self.text(key);
        let Some(path) = self.text(file_key) else {
            return direct;
        };
        if direct.is_some() {
            self.problem(
                file_key,
                &format!("cannot stand beside {key}; keep one of them"),
            );
        }
        match std::fs::read_to_string(&path) {
            Ok(text) => Some(text.trim().to_owned()),
            Err(error) => {
                self.problem(file_key, &format!("{path} cannot be read: {error}"));
                None
            }
        }
    }

    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        match self.take(key) {
            None => false,
            Some(Value::Boolean(flag)) => flag,
            Some(_) => {
                self.problem(key, "must be true or false");
                false
            }
        }
    }

    pub(super) fn choice(
        &mut self,
        key: &'static str,
        choices: &'static [&'static str],
        default: &'static str,
    ) -> &'static str {
        let Some(value) = self.take(key) else {
            return default;
        };
        let found = choices.iter().find(|choice| value.as_str() == Some(choice));
        if found.is_none() {
            self.problem(key, &format!("must be one of: {}", choices.join(", ")));
        }
        found.copied().unwrap_or(default)
    }

    pub(super) fn number<T: TryFrom<i64>>(
        &mut self,
        key: &'static str,
        min: i64,
        max: i64,
        default: T,
    ) -> T {
        let Some(value) = self.take(key) else {
            return default;
        };
        let fits = value
            .as_integer()
            .filter(|number| (min..=max).contains(number));
        match fits.and_then(|number| T::try_from(number).ok()) {
            Some(number) => number,
            None => {
                self.problem(key, &format!("must be a whole number from {min} to {max}"));
                default
            }
        }
    }

    pub(super) fn parsed<T: FromStr>(&mut self, key: &'static str, need: &str, default: T) -> T {
        let Some(text) = self.text(key) else {
            return default;
        };
        match text.parse() {
            Ok(value) => value,
            Err(_) => {
                self.problem(key, need);
                default
            }
        }
    }

    pub(super) fn optional<T: FromStr>(&mut self, key: &'static str, need: &str) -> Option<T> {
        let value = self.text(key)?.parse().ok();
        if value.is_none() {
            self.problem(key, need);
        }
        value
    }

    pub(super) fn list<T: FromStr>(&mut self, key: &'static str, need: &str) -> Vec<T> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let values = value.as_array().map(|values| {
            values
                .iter()
                .map(|value| value.as_str()?.parse().ok())
                .collect::<Option<Vec<T>>>()
        });
        match values.flatten() {
            Some(values) => values,
            None => {
                self.problem(key, need);
                Vec::new()
            }
        }
    }

    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Table> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let rows = value.as_array().map(|rows| {
            rows.iter()
                .map(|row| row.as_table().cloned())
                .collect::<Option<Vec<Table>>>()
        });
        match rows.flatten() {
            Some(rows) => rows,
            None => {
                self.problem(key, "must be written as [[siblings]] with city and url");
                Vec::new()
            }
        }
    }
}

/// Stands in for a city that could not be read: the problem is already noted.
#[expect(clippy::unreachable, reason = "the literal is a slug")]
pub(super) fn no_city() -> CitySlug {
    match CitySlug::parse("none") {
        Ok(slug) => slug,
        Err(_) => unreachable!("the literal is a slug"),
    }
}
