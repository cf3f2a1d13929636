//! What a member's search finds outside.

use serde_json::json;

use super::city::{City, Network};
use super::peer::{Peer, page};
use crate::{Found, LookupError};

const MEMBER: i64 = 7;

async fn city() -> City {
    City::found(&Network::new(), "managua").await
}

/// `name@host` at a peer.
fn at(peer: &Peer, name: &str) -> String {
    format!("{name}@{}", peer.base.trim_start_matches("http://"))
}

fn known(peer: &Peer, name: &str, kind: &str) -> String {
    let id = peer.actor(kind, &format!("/u/{name}"));
    let account = format!("acct:{}", at(peer, name));
    peer.finger(&account, &account, &id);
    id
}

async fn ask(city: &City, text: &str) -> Result<Found, LookupError> {
    city.federation.look_up(MEMBER, text).await
}

fn id_of(found: Result<Found, LookupError>) -> String {
    match found {
        Ok(Found::Actor(actor)) => actor.id,
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn a_name_and_an_address_lead_to_an_actor_which_is_kept() {
    let (city, peer) = (city().await, Peer::start("masto"));
    let id = known(&peer, "alicia", "Person");
    let name = at(&peer, "alicia");
    for text in [
        format!("@{name}"),
        name.clone(),
        format!(" acct:{name} "),
        id.clone(),
    ] {
        assert_eq!(id_of(ask(&city, &text).await), id, "{text}");
    }
    let asked = id.clone();
    let row = city
        .store()
        .read(move |conn| tequio_store::outside::actor::by_uri(conn, &asked))
        .await
        .unwrap()
        .unwrap();
    let host = peer.base.trim_start_matches("http://");
    assert_eq!((row.name.as_str(), row.host.as_str()), ("alicia", host));
    let before = peer.times_asked_at_all();
    assert_eq!(id_of(ask(&city, &name).await), id);
    assert_eq!(peer.times_asked_at_all(), before, "the answer is kept");
}

#[actix_web::test]
async fn an_exclamation_mark_means_the_group_of_that_name() {
    let (city, peer) = (city().await, Peer::start("lemmy"));
    let person = peer.actor("Person", "/u/agua");
    let group = peer.actor("Group", "/c/agua");
    let account = format!("acct:{}", at(&peer, "agua"));
    let link = |href: &str, kind: &str| {
        json!({ "rel": "self", "type": "application/activity+json", "href": href,
                "properties": { "https://www.w3.org/ns/activitystreams#type": kind } })
    };
    let links = json!([link(&person, "Person"), link(&group, "Group")]);
    peer.finger(&account, &account, &person);
    let mut url = url::Url::parse(&peer.at("/.well-known/webfinger")).unwrap();
    url.query_pairs_mut().append_pair("resource", &account);
    let said = json!({ "subject": account, "links": links }).to_string();
    peer.say(url.as_str(), 200, "application/jrd+json", said);
    let name = at(&peer, "agua");
    assert_eq!(id_of(ask(&city, &format!("!{name}")).await), group);
    assert_eq!(id_of(ask(&city, &format!("@{name}")).await), person);
}

#[actix_web::test]
async fn a_name_on_one_host_and_its_actor_on_another_must_agree() {
    let (city, small, big) = (city().await, Peer::start("small"), Peer::start("big"));
    let actor = big.actor("Person", "/u/ana");
    let (alias, own) = (at(&small, "ana"), at(&big, "ana"));
    let (of_alias, of_own) = (format!("acct:{alias}"), format!("acct:{own}"));
    // The small host sends to the big one, which knows nothing of it.
    small.finger(&of_alias, &of_alias, &actor);
    assert_eq!(ask(&city, &alias).await, Err(LookupError::NotFound));
    // The big one has its own name for it.
    let city = self::city().await;
    big.finger(&of_own, &of_own, &actor);
    assert_eq!(ask(&city, &alias).await, Err(LookupError::NotActivityPub));
    // Both call it by the name on the small host.
    let city = self::city().await;
    big.finger(&of_own, &of_alias, &actor);
    assert_eq!(id_of(ask(&city, &alias).await), actor);
    assert_eq!(id_of(ask(&city, &own).await), actor);
}

#[actix_web::test]
async fn a_host_that_claims_anothers_name_is_not_believed() {
    let (city, liar, bank) = (city().await, Peer::start("liar"), Peer::start("bank"));
    known(&bank, "tesoro", "Person");
    let forged = liar.actor("Person", "/u/tesoro");
    let subject = format!("acct:{}", at(&bank, "tesoro"));
    let name = at(&liar, "tesoro");
    liar.finger(&format!("acct:{name}"), &subject, &forged);
    assert_eq!(ask(&city, &name).await, Err(LookupError::NotActivityPub));
}

#[actix_web::test]
async fn a_posts_address_leads_to_the_post_and_its_author() {
    let (city, peer) = (city().await, Peer::start("lemmy"));
    let author = peer.actor("Person", "/u/marisol");
    let (id, group) = (peer.at("/post/101"), peer.at("/c/agua"));
    peer.serve(&page(&id, &author, &group, "¿Qué filtro usan?"));
    // People copy the address of the page.
    peer.say(&peer.at("/pagina/101"), 302, "text/html", id.clone());
    for text in [id.clone(), peer.at("/pagina/101")] {
        let Ok(Found::Post { post, author: by }) = ask(&city, &text).await else {
            panic!("no post at {text}");
        };
        assert_eq!(
            (post.id, post.title.as_str()),
            (id.clone(), "¿Qué filtro usan?")
        );
        assert_eq!(by.id, author);
    }
}

#[actix_web::test]
async fn what_is_not_found_says_why() {
    let (city, peer) = (city().await, Peer::start("x"));
    let stranger = Peer::start("other");
    let author = stranger.actor("Person", "/u/ana");
    let (html, stolen, private) = (peer.at("/page"), peer.at("/post/1"), peer.at("/post/2"));
    peer.say(&html, 200, "text/html", "<p>Hola".into());
    peer.serve(&page(&stolen, &author, &peer.at("/c/agua"), "De otra"));
    let own = peer.actor("Person", "/u/bea");
    let mut letter = page(&private, &own, &peer.at("/c/agua"), "Carta");
    letter["to"] = json!([author]);
    letter["cc"] = json!([]);
    peer.serve(&letter);
    let gone = peer.at("/post/3");
    peer.bury(&gone);
    let dead = Peer::start("dead");
    dead.stop().await;
    let dead_name = at(&dead, "ana");
    for (text, why) in [
        ("ana", LookupError::NotAName),
        ("", LookupError::NotAName),
        ("http://[", LookupError::NotAName),
        ("ftp://x.example/", LookupError::NotAllowed),
        ("http://10.0.0.1/u/ana", LookupError::NotAllowed),
        (html.as_str(), LookupError::NotActivityPub),
        (stolen.as_str(), LookupError::NotActivityPub),
        (private.as_str(), LookupError::NotActivityPub),
        (gone.as_str(), LookupError::NotFound),
        (dead_name.as_str(), LookupError::Unreachable),
    ] {
        assert_eq!(ask(&city, text).await, Err(why), "{text}");
    }
    let nobody = at(&peer, "nobody");
    let city = self::city().await;
    assert_eq!(ask(&city, &nobody).await, Err(LookupError::NotFound));
}

#[actix_web::test]
async fn what_belongs_to_the_network_is_looked_for_here() {
    let network = Network::new();
    let city = City::found(&network, "managua").await;
    for other in ["managua", "panama"] {
        let base = network.base_url(other);
        let host = base.trim_start_matches("http://");
        for text in [format!("{base}/u/ana"), format!("@ana@{host}")] {
            assert_eq!(ask(&city, &text).await, Ok(Found::Network(text.clone())));
        }
    }
}

#[actix_web::test]
async fn a_member_asks_so_often_and_others_still_may() {
    let (city, peer) = (city().await, Peer::start("x"));
    let mut refused = 0;
    for n in 0..15 {
        if let Err(LookupError::TooOften { retry_after_s }) =
            ask(&city, &peer.at(&format!("/{n}"))).await
        {
            assert!(retry_after_s >= 1);
            refused += 1;
        }
    }
    assert_eq!(refused, 5);
    let other = city.federation.look_up(MEMBER + 1, &peer.at("/99")).await;
    assert_eq!(other, Err(LookupError::NotFound));
}
