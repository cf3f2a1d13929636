//! Making a post: what threads, comments and knowledge objects have in common.

use tequio_domain::Oid;
use tequio_protocol::{
    activity::{Act, Attachment, Content, Detail, Links, actor::object_uri, content::context_uri},
    html,
};
use tequio_store::outside::server;
use url::Url;

use crate::{Engine, Error, Member, Moment, ledger::ruling::must_not_be_banned};

/// A checked post that has no identity yet.
pub(crate) struct Draft {
    /// Empty for comments.
    pub(crate) title: String,
    /// Markdown.
    pub(crate) source: String,
    /// The group of the thread; `None`: the post opens one here.
    pub(crate) audience: Option<String>,
    /// Files.
    pub(crate) attachments: Vec<Attachment>,
    /// What is particular to its kind.
    pub(crate) detail: Detail,
    /// Its thread; a post that opens one gets its own.
    pub(crate) links: Links,
}

impl Engine {
    /// A member publishes a draft in a topic; it stands in this city's log.
    pub(crate) async fn publish(
        &self,
        member: &Member,
        moment: Moment,
        topic_id: i64,
        draft: Draft,
    ) -> Result<Oid, Error> {
        let pen = self.pen(topic_id, moment).await?;
        let signer = self.signer(&member.person_uri).await?;
        let oid = moment.object_oid(&pen.base_url);
        let audience = draft.audience.unwrap_or_else(|| pen.group.uri.clone());
        let mut links = draft.links;
        links
            .context
            .get_or_insert_with(|| context_uri(&audience, oid));
        let content = Content {
            id: object_uri(&pen.base_url, oid),
            attributed_to: member.person_uri.clone(),
            audience,
            published: moment.now(),
            updated: None,
            title: draft.title,
            content: html::markdown(&draft.source).into_string(),
            source: draft.source,
            language: member.locale.as_str().to_owned(),
            attachments: draft.attachments,
            detail: draft.detail,
            links,
        };
        let account_id = member.account_id;
        let told = content.links.mentions.clone();
        let act = Act::Create(Box::new(content));
        self.store()
            .write(move |tx| {
                must_not_be_banned(tx.conn(), topic_id, &signer.uri, moment.now())?;
                // Before the entry, so that it is brought there.
                for mention in &told {
                    if let Some(host) = host_of(&mention.href) {
                        server::ensure(tx, &host)?;
                    }
                }
                pen.write_as_member(tx, account_id, &signer, act)
            })
            .await?;
        Ok(oid)
    }
}

/// The server of an actor, as `outside_server` names it.
fn host_of(id: &str) -> Option<String> {
    let url = Url::parse(id).ok()?;
    let name = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    })
}
