//! What is not as usual with the logs: being fetched, known by word only, told in two ways, badly served.

use i18n_embed_fl::fl;
use tequio_domain::Timestamp;
use tequio_store::fork::{self, Fork};
use tequio_store::key_word::{self, KeyWord};
use tequio_store::log::{self, Log};
use tequio_store::peer_fault::{self, PeerFault};
use tequio_store::{Conn, Error as StoreError};

use crate::outside::Pulling;
use crate::page::part::Words;
use crate::view::mesh::Notice;

/// What there is to say.
pub(super) struct Mesh {
    logs: Vec<Log>,
    vouched: Vec<i64>,
    words: Vec<KeyWord>,
    forks: Vec<Fork>,
    faults: Vec<PeerFault>,
}

impl Mesh {
    pub(super) fn read(conn: &mut Conn) -> Result<Self, StoreError> {
        Ok(Self {
            logs: log::all(conn)?,
            vouched: key_word::vouched(conn)?,
            words: key_word::all(conn)?,
            forks: fork::all(conn)?,
            faults: peer_fault::all(conn)?,
        })
    }

    /// Sentences, the worst first.
    pub(super) fn view(&self, words: &Words<'_>, pulling: &[Pulling]) -> Vec<Notice> {
        let forked = self.forks.iter().filter_map(|row| self.forked(words, row));
        let mut all: Vec<Notice> = forked.collect();
        all.extend(self.disputed(words));
        all.extend(self.faults.iter().map(|row| fault(words, row)));
        all.extend(pulling.iter().map(|row| pulled(words, row)));
        all.extend(
            self.vouched
                .iter()
                .filter_map(|id| self.vouched(words, *id)),
        );
        all
    }

    fn forked(&self, words: &Words<'_>, row: &Fork) -> Option<Notice> {
        let log = self.logs.iter().find(|log| log.id == row.log_id)?;
        let (city, topic) = names(words, log);
        let at = words.t.date_time(Timestamp::from_micros(row.seen_at));
        let seq = words.t.number(row.seq);
        let text = if log.city == words.own {
            fl!(
                words.t,
                "mesh-forked-own",
                topic = topic,
                seq = seq,
                date = at
            )
        } else if row.is_exact {
            fl!(
                words.t,
                "mesh-forked",
                city = city,
                topic = topic,
                seq = seq,
                date = at
            )
        } else {
            fl!(
                words.t,
                "mesh-forking",
                city = city,
                topic = topic,
                date = at
            )
        };
        Some(Notice::bad(text))
    }

    /// Groups about whose key the siblings do not agree.
    fn disputed(&self, words: &Words<'_>) -> Vec<Notice> {
        let of_group = self.words.chunk_by(|a, b| a.group_uri == b.group_uri);
        let disputes = of_group.filter(|all| {
            all.iter()
                .any(|word| all.iter().any(|other| other.public_key != word.public_key))
        });
        let mut notices = Vec::new();
        for all in disputes {
            let (Some(first), tellers) = (all.first(), tellers(words, all)) else {
                continue;
            };
            notices.push(Notice::bad(fl!(
                words.t,
                "mesh-disputed",
                city = city_name(words, &first.city),
                tellers = tellers
            )));
        }
        notices
    }

    fn vouched(&self, words: &Words<'_>, log_id: i64) -> Option<Notice> {
        let log = self.logs.iter().find(|log| log.id == log_id)?;
        let told: Vec<KeyWord> = (self.words.iter())
            .filter(|word| word.group_uri == log.group_uri)
            .cloned()
            .collect();
        let (city, topic) = names(words, log);
        let tellers = tellers(words, &told);
        Some(Notice::note(fl!(
            words.t,
            "mesh-vouched",
            city = city,
            topic = topic,
            tellers = tellers
        )))
    }
}

fn city_name(words: &Words<'_>, slug: &str) -> String {
    let city = words.places.cities.iter().find(|city| city.slug == slug);
    city.map_or_else(|| slug.to_owned(), |city| city.name.clone())
}

fn names(words: &Words<'_>, log: &Log) -> (String, String) {
    (
        city_name(words, &log.city),
        words.topic_link(log.topic_id).label,
    )
}

fn tellers(words: &Words<'_>, told: &[KeyWord]) -> String {
    let names: Vec<String> = told
        .iter()
        .map(|word| city_name(words, &word.teller))
        .collect();
    names.join(", ")
}

fn fault(words: &Words<'_>, row: &PeerFault) -> Notice {
    Notice::note(fl!(
        words.t,
        "mesh-fault",
        city = city_name(words, &row.city),
        count = row.faults,
        date = words.t.date_time(Timestamp::from_micros(row.at)),
        reason = row.reason.clone()
    ))
}

fn pulled(words: &Words<'_>, row: &Pulling) -> Notice {
    let topic = words.places.topics.iter();
    let topic = topic.into_iter().find(|topic| topic.slug == row.topic);
    let topic = topic.map_or_else(
        || row.topic.clone(),
        |topic| words.topic_link(topic.id).label,
    );
    Notice::note(fl!(
        words.t,
        "mesh-pulling",
        city = city_name(words, &row.city),
        topic = topic,
        missing = words.t.number(row.missing),
        rate = words.t.number(row.per_s),
        from = city_name(words, &row.from)
    ))
}
