//! Topics, cities, people and the network, as pages show them.

use diesel::dsl::count_star;
use diesel::{BoolExpressionMethods, ExpressionMethods, HasQuery, QueryDsl, RunQueryDsl};

use crate::city::{self, City};
use crate::object::alive;
use crate::schema::{glossary_term, object, person, topic};
use crate::{Conn, Error};

/// A topic without its long texts.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = topic)]
pub struct TopicName {
    /// Row key.
    pub id: i64,
    /// `saneamiento`.
    pub slug: String,
    /// Name, Spanish.
    pub name_es: String,
    /// Name, English.
    pub name_en: String,
    /// One sentence, Spanish.
    pub summary_es: String,
    /// One sentence, English.
    pub summary_en: String,
}

/// What nearly every page needs to name topics and cities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// All topics, in order.
    pub topics: Vec<TopicName>,
    /// All cities, in order.
    pub cities: Vec<City>,
}

/// How much there is of a kind in a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindCount {
    /// Topic.
    pub topic_id: i64,
    /// Text of `domain::ObjectKind`.
    pub kind: String,
    /// Live objects.
    pub count: i64,
}

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = person)]
pub struct PersonName {
    /// Row key.
    pub id: i64,
    /// City; empty = from outside the network.
    pub city: String,
    /// Name in addresses; from outside: `name@host`.
    pub name: String,
    /// Name shown.
    pub display_name: String,
    /// Post held.
    pub post: String,
}

/// All topics and cities.
///
/// # Errors
/// The database's.
pub fn places(conn: &mut Conn) -> Result<Places, Error> {
    let topics = TopicName::query()
        .order_by((topic::position, topic::id))
        .load(conn)?;
    Ok(Places {
        topics,
        cities: city::all(conn)?,
    })
}

/// Live threads and knowledge objects by topic.
///
/// # Errors
/// The database's.
pub fn kind_counts(conn: &mut Conn) -> Result<Vec<KindCount>, Error> {
    let rows: Vec<(i64, String, i64)> = object::table
        .filter(alive().and(object::kind.ne("comment")))
        .group_by((object::topic_id, object::kind))
        .select((object::topic_id, object::kind, count_star()))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(topic_id, kind, count)| KindCount {
            topic_id,
            kind,
            count,
        })
        .collect())
}

/// How many words a topic's glossary has.
///
/// # Errors
/// The database's.
pub fn count_terms(conn: &mut Conn, topic_id: i64) -> Result<i64, Error> {
    Ok(glossary_term::table
        .filter(glossary_term::topic_id.eq(topic_id))
        .count()
        .get_result(conn)?)
}

/// The people who wrote in a topic and how much, the most active first.
///
/// # Errors
/// The database's.
pub fn contributors(
    conn: &mut Conn,
    topic_id: i64,
    slice: super::list::Slice,
) -> Result<Vec<(PersonName, i64)>, Error> {
    let counts: Vec<(i64, i64)> = object::table
        .filter(object::topic_id.eq(topic_id).and(alive()))
        .group_by(object::author_id)
        .select((object::author_id, count_star()))
        .order_by((count_star().desc(), object::author_id))
        .limit(slice.limit)
        .offset(slice.offset)
        .load(conn)?;
    let ids: Vec<i64> = counts.iter().map(|(id, _)| *id).collect();
    let people = PersonName::query()
        .filter(person::id.eq_any(&ids))
        .load(conn)?;
    Ok(counts
        .into_iter()
        .filter_map(|(id, count)| {
            people
                .iter()
                .find(|person| person.id == id)
                .map(|person| (person.clone(), count))
        })
        .collect())
}

/// How many people wrote in a topic.
///
/// # Errors
/// The database's.
pub fn count_contributors(conn: &mut Conn, topic_id: i64) -> Result<i64, Error> {
    use diesel::AggregateExpressionMethods;
    Ok(object::table
        .filter(object::topic_id.eq(topic_id).and(alive()))
        .select(diesel::dsl::count(object::author_id).aggregate_distinct())
        .get_result(conn)?)
}

/// How much the people of each city wrote in a topic; those from outside are left out.
///
/// # Errors
/// The database's.
pub fn city_counts(conn: &mut Conn, topic_id: i64) -> Result<Vec<(String, i64)>, Error> {
    Ok(object::table
        .inner_join(person::table)
        .filter(
            object::topic_id
                .eq(topic_id)
                .and(alive())
                .and(person::city.ne("")),
        )
        .group_by(person::city)
        .select((person::city, count_star()))
        .load(conn)?)
}

/// The people of a city by name, at most `limit`.
///
/// # Errors
/// The database's.
pub fn people_of(conn: &mut Conn, city: &str, limit: i64) -> Result<Vec<PersonName>, Error> {
    Ok(PersonName::query()
        .filter(person::city.eq(city).and(person::city.ne("")))
        .order_by((person::display_name, person::id))
        .limit(limit)
        .load(conn)?)
}

/// How many people each city has.
///
/// # Errors
/// The database's.
pub fn people_counts(conn: &mut Conn) -> Result<Vec<(String, i64)>, Error> {
    Ok(person::table
        .filter(person::city.ne(""))
        .group_by(person::city)
        .select((person::city, count_star()))
        .load(conn)?)
}
