//! A claim is looked at before it is followed: the sibling that says a log reaches to some entry is asked
//! for that very entry. Its group's proof makes the claim a fact (`log.known_seq`), which the pages of this city
//! show and a restart does not forget; without it the claim is gone.

use serde_json::Value;
use tequio_engine::receive::Received;
use tequio_store::peer::Head;
use tequio_store::{Conn, log};

use super::page::{PAGE_ENTRIES, fetch_page};
use super::source::Source;
use super::{Stuck, blame};
use crate::Inner;

/// Asks for the entries that the furthest claims are about, until one holds or none is left. Claims of less than a
/// page are not worth the way: the next page shows them.
pub(super) async fn check(inner: &Inner, head: &mut Head) -> Result<(), Stuck> {
    while let Some((city, seq)) = inner.claims.furthest_of(&head.group_uri)
        && seq > head.known_seq.max(head.head_seq + PAGE_ENTRIES)
    {
        let Some(sibling) = inner.siblings.by_city(&city) else {
            inner.claims.refute(&head.group_uri, &city, head.head_seq);
            continue;
        };
        let source = Source {
            city,
            base_url: sibling.base_url.clone(),
        };
        match last_of(inner, head, seq, &source).await {
            Ok(Received::Gap { .. }) => {
                let log_id = head.log_id;
                let read = move |conn: &mut Conn| log::by_id(conn, log_id);
                head.known_seq = inner.engine.store().read(read).await?.known_seq;
                if head.known_seq < seq {
                    blame(inner, head, &source, &Stuck::NothingNew).await;
                }
            }
            // A key that we do not know yet, perhaps: pulling in order will tell.
            Ok(_) => return Ok(()),
            Err(error) if error.is_the_end() || error.is_fault() => {
                blame(inner, head, &source, &error).await;
            }
            // It is out of reach now; the claim stands, and others may have the entries.
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

/// Fetches entry `seq` and hands it to the engine.
async fn last_of(inner: &Inner, head: &Head, seq: i64, source: &Source) -> Result<Received, Stuck> {
    let number = (seq - 1) / PAGE_ENTRIES + 1;
    let page = fetch_page(inner, head, number, &source.base_url).await?;
    let place = usize::try_from((seq - 1) % PAGE_ENTRIES).unwrap_or(0);
    let body = page.bodies.into_iter().nth(place);
    let body = body
        .filter(|body| is_number(body, seq))
        .ok_or(Stuck::NothingNew)?;
    Ok(inner.engine.receive(vec![body], inner.now()).await?)
}

/// Whether an entry says that it has this number.
fn is_number(body: &str, seq: i64) -> bool {
    let value = tequio_protocol::json::parse(body.as_bytes());
    value.is_ok_and(|value| value.get("tq:seq").and_then(Value::as_i64) == Some(seq))
}
