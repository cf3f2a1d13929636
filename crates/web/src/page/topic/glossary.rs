//! `/temas/{topic}/glosario`: the words of a topic, and what they are called in each city.

use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_store::Conn;
use tequio_store::topic::{self, GlossaryTerm};

use super::super::part::{self, Words};
use super::{Part, read};
use crate::failure::Failure;
use crate::view::topic::{Letter, OtherLabel, Term, TopicGlossary};
use crate::visit::Visit;

/// `GET /temas/{topic}/glosario`.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn show(visit: Visit, slug: web::Path<String>) -> Result<HttpResponse, Failure> {
    visit
        .show(async {
            let terms = |conn: &mut Conn, id| Ok(topic::glossary(conn, id)?);
            let (head, terms) = read(&visit, slug.into_inner(), terms).await?;
            let t = &visit.t;
            let view = TopicGlossary {
                f: head.frame(&visit),
                topic: head.view(&visit, Part::Glossary),
                letters: letters(&head.words(&visit), &terms),
                empty: part::empty(
                    fl!(t, "glossary-empty-what"),
                    fl!(t, "glossary-empty-why"),
                    None,
                ),
            };
            Ok(view.render()?)
        })
        .await
}

/// A label in `glossary_term.also`.
#[derive(serde::Deserialize)]
struct Label {
    label: String,
    #[serde(default)]
    cities: Vec<String>,
}

/// Terms under their letters, in the order of the Spanish alphabet.
fn letters(words: &Words<'_>, terms: &[GlossaryTerm]) -> Vec<Letter> {
    let mut sorted: Vec<(Vec<u32>, Term)> = terms
        .iter()
        .map(|row| {
            let also: Vec<Label> = serde_json::from_str(&row.also).unwrap_or_default();
            let also = also.into_iter().map(|label| {
                let cities: Vec<String> = label
                    .cities
                    .iter()
                    .map(|slug| words.chip(slug).name)
                    .collect();
                OtherLabel {
                    label: label.label,
                    cities: cities.join(", "),
                }
            });
            let term = Term {
                slug: row.slug.clone(),
                name: row.name.clone(),
                english: row.name_en.clone(),
                definition: row.definition.clone(),
                also: also.collect(),
            };
            (spanish_order(&row.name), term)
        })
        .collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let mut letters: Vec<Letter> = Vec::new();
    for (_, term) in sorted {
        let name: String = term
            .name
            .chars()
            .take(1)
            .flat_map(fold)
            .flat_map(char::to_uppercase)
            .collect();
        match letters.last_mut().filter(|letter| letter.name == name) {
            Some(letter) => letter.terms.push(term),
            None => letters.push(Letter {
                name,
                terms: vec![term],
            }),
        }
    }
    letters
}

/// Lower case, without accents but with ñ.
fn fold(c: char) -> Option<char> {
    let lower = c.to_lowercase().next()?;
    Some(match lower {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        other => other,
    })
}

/// A key that sorts words as a Spanish dictionary does: ñ after n.
fn spanish_order(word: &str) -> Vec<u32> {
    word.chars()
        .filter_map(fold)
        .map(|c| {
            if c == 'ñ' {
                u32::from('n') * 2 + 1
            } else {
                u32::from(c) * 2
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::spanish_order;

    #[test]
    fn words_sort_as_in_a_spanish_dictionary() {
        let mut words = vec![
            "ñandú", "orden", "nube", "ámbito", "zona", "amparo", "año", "anual",
        ];
        words.sort_by_key(|word| spanish_order(word));
        assert_eq!(
            words,
            [
                "ámbito", "amparo", "anual", "año", "nube", "ñandú", "orden", "zona"
            ]
        );
    }
}
