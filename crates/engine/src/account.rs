//! Accounts: asked for, made, approved, closed; profiles and passwords. Who administers: [`office`].

pub mod office;
pub mod reset;

use tequio_domain::{AccountState, Invalid, Locale, MemberName, OFFICE, Role, Timestamp, text};
use tequio_protocol::{
    activity::{Act, Activity, Card, actor::person_uri, proof_key_id},
    keys::Ed25519PrivateKey,
    proof,
};
use tequio_store::{Conn, Tx, account, log, person, recovery, setting, topic};

use crate::{
    Engine, Error, Member, Moment, found::add_actor_key, materialize::person_row,
    outside::profile::Announcement, password,
};

/// What a new account needs.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Name in addresses: 2–30 of a–z, 0–9, `_`.
    pub name: String,
    /// Name shown.
    pub display_name: String,
    /// Post held in the city; may be empty.
    pub post: String,
    /// At least 12 characters.
    pub password: String,
    /// Language of the interface.
    pub locale: Locale,
}

/// A changed profile.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Name shown.
    pub display_name: String,
    /// Post held in the city.
    pub post: String,
    /// What the member says of themselves.
    pub summary: String,
    /// Language of the interface.
    pub locale: Locale,
}

const SETUP_TOKEN: &str = "setup_token";

/// A visitor asks for an account: pending until an administrator decides.
///
/// # Errors
/// [`Error::Invalid`] naming the field.
pub async fn register(engine: &Engine, moment: Moment, new: NewAccount) -> Result<(), Error> {
    create(engine, moment, new, Role::Member, AccountState::Pending)
        .await
        .map(drop)
}

/// An administrator makes an account that may be used at once.
///
/// # Errors
/// [`Error::Invalid`] naming the field; [`Error::Forbidden`].
pub async fn create_for(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    new: NewAccount,
) -> Result<Member, Error> {
    admin.require_admin()?;
    create(engine, moment, new, Role::Member, AccountState::Active).await
}

/// The operator of the machine makes an account: command line and demonstration.
///
/// # Errors
/// [`Error::Invalid`] naming the field.
pub async fn create_as_operator(
    engine: &Engine,
    moment: Moment,
    new: NewAccount,
    role: Role,
) -> Result<Member, Error> {
    create(engine, moment, new, role, AccountState::Active).await
}

/// A member by name, for the operator of the machine.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::WrongCredentials`] when the account is not active.
pub async fn member(engine: &Engine, name: &str) -> Result<Member, Error> {
    let name = name.to_owned();
    let held = engine
        .store()
        .read(move |conn| account::by_name(conn, &name))
        .await?;
    Member::of(&held.ok_or(Error::NotFound)?)
}

/// Whether the instance still waits for its first administrator.
///
/// # Errors
/// The database's.
pub async fn needs_setup(engine: &Engine) -> Result<bool, Error> {
    let any = engine
        .store()
        .read(|conn| account::any_with_role(conn, Role::Admin.as_str()))
        .await?;
    Ok(!any)
}

/// A one-time token for the first administrator; a new one replaces the old. Only its digest is kept.
///
/// # Errors
/// The database's.
pub async fn new_setup_token(engine: &Engine, moment: Moment) -> Result<String, Error> {
    let token = tequio_domain::Digest::new(moment.bytes("setup")).to_hex();
    let digest = tequio_protocol::digest::sha256(token.as_bytes()).to_hex();
    engine
        .store()
        .write(move |tx| setting::put(tx, SETUP_TOKEN, &digest))
        .await?;
    Ok(token)
}

/// The first administrator, with the one-time token.
///
/// # Errors
/// [`Error::Invalid`] naming the field, `token` among them; [`Error::NotFound`] when there is an
/// administrator already.
pub async fn set_up(
    engine: &Engine,
    moment: Moment,
    token: &str,
    new: NewAccount,
) -> Result<Member, Error> {
    if !needs_setup(engine).await? {
        return Err(Error::NotFound);
    }
    let digest = tequio_protocol::digest::sha256(token.trim().as_bytes()).to_hex();
    let asked = digest.clone();
    engine
        .store()
        .read(move |conn| check_setup_token(conn, &asked))
        .await?;
    let made = prepare(engine, moment, new, Role::Admin, AccountState::Active).await?;
    // Looked at again where it is used up: of two at once, one comes too late.
    engine
        .store()
        .write(move |tx| {
            check_setup_token(tx.conn(), &digest)?;
            setting::remove(tx, SETUP_TOKEN)?;
            made.keep(tx, &moment)
        })
        .await
}

fn check_setup_token(conn: &mut Conn, digest: &str) -> Result<(), Error> {
    if setting::get(conn, SETUP_TOKEN)?.as_deref() == Some(digest) {
        Ok(())
    } else {
        Err(Invalid::new("token", "wrong-token").into())
    }
}

/// An administrator lets a pending account in, refuses it (then nothing of it stays, and its name
/// is free again), closes an account, or opens it again.
///
/// # Errors
/// [`Error::Forbidden`]; also for one's own account and for [`AccountState::Pending`].
pub async fn set_state(
    engine: &Engine,
    admin: &Member,
    account_id: i64,
    state: AccountState,
) -> Result<(), Error> {
    admin.require_admin()?;
    if admin.account_id == account_id {
        return Err(Error::Forbidden("change your own account's state"));
    }
    // Only a new account waits: its person is not shown, and one that has acted is.
    if state == AccountState::Pending {
        return Err(Error::Forbidden("make an account wait again"));
    }
    let (city, by) = (engine.identity().city.to_string(), admin.account_id);
    engine
        .store()
        .write(move |tx| {
            office::still_administers(tx.conn(), by)?;
            let row = account::by_id(tx.conn(), account_id)?;
            let was_pending = row.state == AccountState::Pending.as_str();
            if was_pending && state != AccountState::Active {
                return Ok(account::remove(tx, &row)?);
            }
            if was_pending {
                show(tx, &row, &city)?;
            }
            account::set_state(tx, account_id, state.as_str())?;
            if state != AccountState::Active {
                account::end_sessions(tx, account_id, "")?;
            }
            Ok(())
        })
        .await
}

/// Makes the person of an account visible: pending ones are nobody's business.
pub(crate) fn show(tx: &mut Tx<'_>, row: &account::Account, city: &str) -> Result<(), Error> {
    let (card, card_uri) = card_of(row)?;
    Ok(person::put(
        tx,
        &person_row(row.id, city, &card, &card_uri),
    )?)
}

/// Changes a member's profile: a new card, in every log of ours that has the old one.
///
/// # Errors
/// [`Error::Invalid`] naming the field.
pub async fn change_profile(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    profile: Profile,
) -> Result<(), Error> {
    let display_name = text::display_name(&profile.display_name)?;
    let post = text::profile_line(&profile.post, "post")?;
    let summary = text::profile_line(&profile.summary, "summary")?;
    let signer = engine.signer(&member.person_uri).await?;
    let mut card = Card {
        id: member.person_uri.clone(),
        name: member.name.clone(),
        display_name,
        post,
        summary,
        public_key: signer.key.public().to_multibase(),
        updated: moment.now(),
    };
    let base_url = engine.identity().base_url.clone();
    let pens = engine.pens(moment).await?;
    let (id, city) = (member.account_id, engine.identity().city.to_string());
    let here = engine.clone();
    engine
        .store()
        .write(move |tx| {
            card.updated = later_than_held(tx.conn(), &card)?;
            let (signed, card_uri) = sign_card(&base_url, &moment, &card, &signer.key)?;
            account::set_locale(tx, id, profile.locale.as_str())?;
            let published = account::by_id(tx.conn(), id)?.created_at;
            account::set_card(tx, id, &signed)?;
            person::put(tx, &person_row(id, &city, &card, &card_uri))?;
            for pen in &pens {
                if log::author_key(tx.conn(), pen.log_id, &card.id)?.is_some() {
                    pen.put_card(tx, id, &card.id)?;
                }
            }
            let announcement = Announcement {
                card,
                member: signer,
                published: Timestamp::from_micros(published),
                moment,
            };
            announcement.queue(tx, &here)
        })
        .await
}

/// The time of a new card: now, but later than that of the card that is shown, however the clock was
/// set. Of a member's cards, which stand in several logs, every city shows the latest.
fn later_than_held(conn: &mut Conn, card: &Card) -> Result<Timestamp, Error> {
    let held = person::by_uri(conn, &card.id)?.map(|held| held.updated_at.saturating_add(1));
    Ok(held.map_or(card.updated, |held| {
        card.updated.max(Timestamp::from_micros(held))
    }))
}

/// Changes a member's password and ends all sessions but the one of `keep_token`.
///
/// # Errors
/// [`Error::Invalid`] for `password` (the new one) or `current_password`.
pub async fn change_password(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    current: &str,
    new: &str,
    keep_token: &str,
) -> Result<(), Error> {
    let new = text::password(new)?;
    let id = member.account_id;
    let held = engine
        .store()
        .read(move |conn| account::by_id(conn, id))
        .await?;
    if !password::verify(current, Some(held.password_hash)).await? {
        return Err(Invalid::new("current_password", "wrong-password").into());
    }
    let hash = password::hash(new, &moment).await?;
    let keep = tequio_protocol::digest::sha256(keep_token.as_bytes()).to_hex();
    engine
        .store()
        .write(move |tx| {
            account::set_password_hash(tx, id, &hash)?;
            account::end_sessions(tx, id, &keep)?;
            Ok(())
        })
        .await
}

async fn create(
    engine: &Engine,
    moment: Moment,
    new: NewAccount,
    role: Role,
    state: AccountState,
) -> Result<Member, Error> {
    let made = prepare(engine, moment, new, role, state).await?;
    engine.store().write(move |tx| made.keep(tx, &moment)).await
}

/// Checks a new account and hashes its password.
async fn prepare(
    engine: &Engine,
    moment: Moment,
    new: NewAccount,
    role: Role,
    state: AccountState,
) -> Result<Made, Error> {
    let name = MemberName::parse(new.name.trim())?;
    let display_name = text::display_name(&new.display_name)?;
    let post = text::profile_line(&new.post, "post")?;
    let hash = password::hash(text::password(&new.password)?, &moment).await?;
    let identity = engine.identity();
    let uri = person_uri(&identity.base_url, name.as_str());
    Ok(Made {
        name: name.as_str().to_owned(),
        uri,
        base_url: identity.base_url.clone(),
        city: identity.city.to_string(),
        hash,
        role,
        state,
        locale: new.locale,
        display_name,
        post,
    })
}

/// A checked new account on its way into the tables.
struct Made {
    name: String,
    uri: String,
    base_url: String,
    city: String,
    hash: String,
    role: Role,
    state: AccountState,
    locale: Locale,
    display_name: String,
    post: String,
}

impl Made {
    fn keep(self, tx: &mut Tx<'_>, moment: &Moment) -> Result<Member, Error> {
        if is_taken(tx.conn(), &self.name)? {
            return Err(Invalid::new("name", "name-taken").into());
        }
        // While own logs come back, whose names they hold is not known.
        if !recovery::held(tx.conn())?.is_empty() {
            return Err(Error::Held);
        }
        // Somebody whose account was lost with a database: what they wrote stands, under a key that
        // nobody has any more. Whoever took the name would seem to have written it.
        if person::by_name(tx.conn(), &self.city, &self.name)?.is_some() {
            return Err(Invalid::new("name", "name-lost").into());
        }
        let public_key = add_actor_key(tx, &self.uri, moment.now())?;
        let key = setting::actor_key(tx.conn(), &self.uri)?.ok_or(Error::NotFound)?;
        let key = Ed25519PrivateKey::from_multibase(&key.private_key).map_err(Error::internal)?;
        let card = Card {
            id: self.uri.clone(),
            name: self.name.clone(),
            display_name: self.display_name,
            post: self.post,
            summary: String::new(),
            public_key,
            updated: moment.now(),
        };
        let (signed, _) = sign_card(&self.base_url, moment, &card, &key)?;
        let row = account::Account {
            id: tx.next_id()?,
            name: self.name,
            person_uri: self.uri,
            password_hash: self.hash,
            role: self.role.as_str().to_owned(),
            state: self.state.as_str().to_owned(),
            locale: self.locale.as_str().to_owned(),
            card: signed,
            created_at: moment.now().micros(),
        };
        account::add(tx, &row)?;
        if self.state != AccountState::Pending {
            show(tx, &row, &self.city)?;
        }
        Member::of(&account::Account {
            state: AccountState::Active.as_str().to_owned(),
            ..row
        })
    }
}

/// Members, groups and the office share one name space; a group's name has `_` where its slug has `-`.
fn is_taken(conn: &mut Conn, name: &str) -> Result<bool, Error> {
    if name == OFFICE || account::by_name(conn, name)?.is_some() {
        return Ok(true);
    }
    match topic::by_slug(conn, &name.replace('_', "-")) {
        Ok(_) => Ok(true),
        Err(tequio_store::Error::NotFound) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// The signed `Update` of a person, as text, and its id.
pub(crate) fn sign_card(
    base_url: &str,
    moment: &Moment,
    card: &Card,
    key: &Ed25519PrivateKey,
) -> Result<(String, String), Error> {
    let activity = Activity {
        id: format!("{base_url}/a/{}", moment.oid("card")),
        actor: card.id.clone(),
        published: card.updated,
        act: Act::Card(Box::new(card.clone())),
    };
    let mut value = activity.to_value();
    proof::sign(&mut value, key, &proof_key_id(&card.id), card.updated).map_err(Error::internal)?;
    Ok((
        serde_json::to_string(&value).map_err(Error::internal)?,
        activity.id,
    ))
}

/// The card of an account, read back.
pub(crate) fn card_of(row: &account::Account) -> Result<(Card, String), Error> {
    let value: serde_json::Value = serde_json::from_str(&row.card).map_err(Error::internal)?;
    let activity = Activity::read(&value).map_err(Error::internal)?;
    match activity.act {
        Act::Card(card) => Ok((*card, activity.id)),
        Act::Create(_)
        | Act::Update(_)
        | Act::Delete { .. }
        | Act::Attest(_)
        | Act::Tally { .. }
        | Act::Rekey { .. }
        | Act::Ledger(_)
        | Act::Erase(_) => Err(Error::internal("an account's card is not a card")),
    }
}
