//! The pages' questions to servers outside, answered by the part that talks to them.

use futures::FutureExt;
use futures::future::BoxFuture;
use tequio_engine::{Member, handshake::Refused};
use tequio_federation::{Federation, Found as Known, JoinError, LookupError};
use tequio_web::outside::{Found, KindCount, NotFound, NotJoined, Outside, Pulling};

/// Asks by [`Federation`].
pub(crate) struct Elsewhere(pub(crate) Federation);

impl Outside for Elsewhere {
    fn look_up(
        &self,
        account_id: i64,
        asked: String,
    ) -> BoxFuture<'static, Result<Found, NotFound>> {
        let federation = self.0.clone();
        async move {
            match federation.look_up(account_id, &asked).await {
                Ok(Known::Actor(actor)) => Ok(Found::Actor(actor)),
                Ok(Known::Post { post, author }) => Ok(Found::Post(post, author)),
                // What is in the network was looked for here before, and is not.
                Ok(Known::Network(_)) => Err(NotFound::Unknown),
                Err(error) => Err(cause(error)),
            }
        }
        .boxed()
    }

    fn join(&self, admin: Member, link: String) -> BoxFuture<'static, Result<String, NotJoined>> {
        let federation = self.0.clone();
        async move { federation.join(&admin, &link).await.map_err(not_joined) }.boxed()
    }

    fn counts(&self) -> Vec<KindCount> {
        let counts = self.0.outside_counts();
        let counts = counts.into_iter().map(|count| KindCount {
            kind: count.kind,
            received: count.received,
            taken: count.taken,
        });
        counts.collect()
    }

    fn pulling(&self) -> Vec<Pulling> {
        let pulling = self.0.pulling().into_iter().map(|log| Pulling {
            city: log.city,
            topic: log.topic,
            from: log.from,
            missing: log.missing,
            per_s: log.per_s,
        });
        pulling.collect()
    }
}

fn not_joined(error: JoinError) -> NotJoined {
    match error {
        JoinError::NotALink => NotJoined::NotALink,
        JoinError::ForAnother(city) => NotJoined::ForAnother(city),
        JoinError::NoCity(cause) => NotJoined::NoCity(cause),
        JoinError::NotTaken(cause) => NotJoined::NotTaken(cause),
        JoinError::Unseen(_) => NotJoined::Unseen,
        JoinError::Refused(Refused::OtherNetwork) => NotJoined::OtherNetwork,
        JoinError::Refused(Refused::Itself | Refused::OtherKeys) => NotJoined::OtherKeys,
        JoinError::Refused(why) => {
            tracing::error!(%why, "this city could not join another one");
            NotJoined::Ours
        }
    }
}

fn cause(error: LookupError) -> NotFound {
    match error {
        LookupError::NotAName => NotFound::NotUnderstood,
        LookupError::NotAllowed => NotFound::NotAllowed,
        LookupError::NotFound => NotFound::Unknown,
        LookupError::Unreachable => NotFound::NoAnswer,
        LookupError::NotActivityPub => NotFound::NotSocial,
        LookupError::TooOften { retry_after_s } => NotFound::TooOften { retry_after_s },
        LookupError::Fault => NotFound::Ours,
    }
}
