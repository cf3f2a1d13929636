//! What is lacking, log by log.

use tequio_store::peer::{self, Head};
use tequio_store::{Conn, Error, fork, key_word};

use crate::Inner;

/// A log about which there is something to fetch.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) head: Head,
    pub(crate) reason: Reason,
}

/// What is to be fetched; the greater, the more there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// Entries up to this one.
    More(i64),
    /// Two histories differ at this entry, and it is not known yet where they part.
    Parts(i64),
    /// A sibling says that it can prove two histories.
    IsForked,
}

/// Everything that is lacking, by log.
pub(crate) async fn list(inner: &Inner) -> Result<Vec<Wanted>, Error> {
    let (heads, forks, disputed) = inner.engine.store().read(read).await?;
    let told = inner.claims.forks();
    let mut all = Vec::new();
    for head in heads {
        let open = forks.iter().find(|fork| fork.log_id == head.log_id);
        let target = target(inner, &head);
        let reason = if told.contains(&head.log_id) {
            Reason::IsForked
        } else if let Some(fork) = open {
            Reason::Parts(fork.seq)
        } else if target > head.head_seq && !disputed.contains(&head.group_uri) {
            Reason::More(target)
        } else {
            continue;
        };
        all.push(Wanted { head, reason });
    }
    Ok(all)
}

/// How far a log of another city is known or said to reach; what is frozen ends where it is.
pub(crate) fn target(inner: &Inner, head: &Head) -> i64 {
    if head.is_self || head.is_frozen {
        return head.head_seq;
    }
    head.known_seq.max(inner.claims.furthest(&head.group_uri))
}

/// Where two histories of a log differ, while it is not known where they part.
pub(crate) async fn open_fork(inner: &Inner, log_id: i64) -> Result<Option<i64>, Error> {
    let read = move |conn: &mut Conn| fork::of_log(conn, log_id);
    let held = inner.engine.store().read(read).await?;
    Ok(held.filter(|fork| !fork.is_exact).map(|fork| fork.seq))
}

type Lacking = (Vec<Head>, Vec<fork::Fork>, Vec<String>);

fn read(conn: &mut Conn) -> Result<Lacking, Error> {
    let mut forks = fork::all(conn)?;
    forks.retain(|fork| !fork.is_exact);
    let words = key_word::all(conn)?;
    // Siblings that spoke later may contradict what was taken: then nothing more is, by either word.
    let disputed = words
        .chunk_by(|a, b| a.group_uri == b.group_uri)
        .filter(|words| words.iter().any(|word| !same_key(word, words)))
        .filter_map(|words| words.first())
        .map(|word| word.group_uri.clone())
        .collect();
    Ok((peer::heads(conn)?, forks, disputed))
}

fn same_key(word: &key_word::KeyWord, words: &[key_word::KeyWord]) -> bool {
    words
        .iter()
        .all(|other| other.public_key == word.public_key)
}
