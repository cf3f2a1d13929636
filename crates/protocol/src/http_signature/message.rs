//! Signatures by RFC 9421 (HTTP Message Signatures) with `Content-Digest` (RFC 9530).
//!
//! Start at [`parse`]. Of several labels exactly one may be acceptable: others (of a proxy, say) are
//! passed over when they lack what we require, and two acceptable ones are refused, so that it never
//! depends on us which one was meant.
//!
//! What must stay true: the fields are read by the grammar of structured fields (RFC 9651) and must be
//! spelled as that grammar writes them, so that one value has one spelling: no member twice, no
//! padding left out, no space too many.

use sfv::{BareItem, Dictionary, FieldType as _, InnerList, ListEntry, Parser};
use tequio_domain::Timestamp;

use super::headers::Headers;
use super::{Algorithm, Parsed, Request, SignatureError, params};
use crate::digest::sha256;

/// Longest header of signatures, in bytes.
const MAX_HEADER_BYTES: usize = 8 * 1024;
/// Most signatures on one request.
const MAX_LABELS: usize = 4;
/// Most components that one signature covers.
const MAX_COVERED: usize = 32;
/// Longest signature, in bytes: of an RSA key of 8192 bits.
const MAX_SIGNATURE_BYTES: usize = 1024;

/// What one member of `Signature-Input` says, checked for form.
struct Input {
    key_id: String,
    algorithm: Option<Algorithm>,
    /// Names of what is covered, in order, each once.
    covered: Vec<String>,
    created: i64,
    expires: Option<i64>,
    /// The member's value as written: the last line of what is signed.
    text: String,
}

pub(super) fn parse(
    request: &Request<'_>,
    headers: Headers<'_>,
    now: Timestamp,
) -> Result<Parsed, SignatureError> {
    let inputs = dictionary(headers.one("signature-input")?)?;
    let mut signatures = dictionary(headers.one("signature")?)?;
    let is_pair = inputs.len() == signatures.len()
        && inputs.len() <= MAX_LABELS
        && inputs.keys().all(|label| signatures.contains_key(label));
    if !is_pair {
        return Err(SignatureError::Grammar(
            "Signature and Signature-Input do not name the same one to four labels",
        ));
    }
    let (label, input) = the_acceptable(&inputs, request.has_body())?;
    let signature = match signatures.swap_remove(label) {
        Some(ListEntry::Item(item)) if item.params.is_empty() => bytes(item.bare_item),
        Some(_) | None => None,
    };
    let signature = signature
        .filter(|bytes| !bytes.is_empty() && bytes.len() <= MAX_SIGNATURE_BYTES)
        .ok_or(SignatureError::Parameter("signature"))?;
    headers.host(request.hosts)?;
    let signed_at = headers.signed_at(Some(input.created), input.expires, now)?;
    let signed_text = base(request, headers, &input.covered, &input.text)?;
    if request.has_body() || headers.is_there("content-digest") {
        check_digest(headers.one("content-digest")?, request.body)?;
    }
    Ok(Parsed {
        key_id: input.key_id,
        algorithm: input.algorithm,
        signature,
        signed_text,
        signed_at,
    })
}

/// Reads a dictionary that is spelled as RFC 9651 §4.1 writes it.
fn dictionary(text: &str) -> Result<Dictionary, SignatureError> {
    if text.len() > MAX_HEADER_BYTES {
        return Err(SignatureError::Grammar("it is too long"));
    }
    let read: Option<Dictionary> = Parser::new(text).parse().ok();
    read.filter(|read| read.serialize().as_deref() == Some(text))
        .ok_or(SignatureError::Grammar(
            "it is no dictionary of structured fields in its one spelling",
        ))
}

/// The one label with everything that we require; when there is none, what the first one lacks.
fn the_acceptable(
    inputs: &Dictionary,
    has_body: bool,
) -> Result<(&sfv::Key, Input), SignatureError> {
    let mut found = None;
    let mut lack = None;
    for (label, entry) in inputs {
        match input(entry, has_body) {
            Ok(_) if found.is_some() => return Err(SignatureError::Ambiguous),
            Ok(input) => found = Some((label, input)),
            Err(error) => {
                lack.get_or_insert(error);
            }
        }
    }
    found.ok_or_else(|| lack.unwrap_or(SignatureError::Grammar("it names no signature")))
}

fn input(entry: &ListEntry, has_body: bool) -> Result<Input, SignatureError> {
    let ListEntry::InnerList(list) = entry else {
        return Err(SignatureError::Grammar("a label has no list of components"));
    };
    let covered = covered(list)?;
    check_coverage(&covered, has_body)?;
    for name in list.params.keys() {
        if !matches!(
            name.as_str(),
            "keyid" | "alg" | "created" | "expires" | "nonce" | "tag"
        ) {
            return Err(SignatureError::Grammar("it has an unknown parameter"));
        }
    }
    let text = |name: &'static str| match list.params.get(name) {
        None => Ok(None),
        Some(BareItem::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(SignatureError::Parameter(name)),
    };
    let seconds = |name: &'static str| match list.params.get(name) {
        None => Ok(None),
        Some(BareItem::Integer(seconds)) => Ok(Some(i64::from(*seconds))),
        Some(_) => Err(SignatureError::Parameter(name)),
    };
    text("nonce")?;
    text("tag")?;
    let algorithm = match text("alg")? {
        None => None,
        Some("rsa-v1_5-sha256") => Some(Algorithm::Rsa),
        Some("ed25519") => Some(Algorithm::Ed25519),
        Some(_) => return Err(SignatureError::Parameter("alg")),
    };
    Ok(Input {
        key_id: params::key_id(text("keyid")?, "keyid")?.to_owned(),
        algorithm,
        covered,
        created: seconds("created")?.ok_or(SignatureError::Parameter("created"))?,
        expires: seconds("expires")?,
        text: vec![ListEntry::InnerList(list.clone())]
            .serialize()
            .unwrap_or_default(),
    })
}

/// The names of the components, which may have no parameters: those change what is signed.
fn covered(list: &InnerList) -> Result<Vec<String>, SignatureError> {
    let mut names: Vec<String> = Vec::with_capacity(list.items.len());
    for item in &list.items {
        let name = match &item.bare_item {
            BareItem::String(name) if item.params.is_empty() => name.as_str(),
            _ => return Err(SignatureError::Component),
        };
        let is_known = matches!(
            name,
            "@method"
                | "@target-uri"
                | "@authority"
                | "@scheme"
                | "@request-target"
                | "@path"
                | "@query"
        );
        let is_field = !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let is_new = names.len() < MAX_COVERED && !names.iter().any(|earlier| earlier == name);
        if !is_new || !(is_known || is_field) {
            return Err(SignatureError::Component);
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn check_coverage(covered: &[String], has_body: bool) -> Result<(), SignatureError> {
    let covers = |name: &str| covered.iter().any(|own| own == name);
    let target = covers("@request-target") || (covers("@path") && covers("@query"));
    let whole = covers("@target-uri") || (target && (covers("@authority") || covers("host")));
    for (name, is_covered) in [
        ("@method", covers("@method")),
        ("@target-uri", whole),
        ("content-digest", !has_body || covers("content-digest")),
    ] {
        if !is_covered {
            return Err(SignatureError::NotCovered(name));
        }
    }
    Ok(())
}

/// The signature base (RFC 9421 §2.5); `params` is the value of `@signature-params`.
pub(super) fn base(
    request: &Request<'_>,
    headers: Headers<'_>,
    covered: &[String],
    params: &str,
) -> Result<String, SignatureError> {
    request.check_visible()?;
    let mut text = String::new();
    for name in covered {
        let value = component(request, headers, name)?;
        text.push_str(&format!("\"{name}\": {value}\n"));
    }
    text.push_str("\"@signature-params\": ");
    text.push_str(params);
    Ok(text)
}

fn component(
    request: &Request<'_>,
    headers: Headers<'_>,
    name: &str,
) -> Result<String, SignatureError> {
    let (path, query) = match request.target.split_once('?') {
        Some((path, query)) => (path, query),
        None => (request.target, ""),
    };
    Ok(match name {
        "@method" => request.method.to_owned(),
        "@scheme" => request.scheme.to_owned(),
        "@authority" => authority(request.scheme, headers.one("host")?),
        "@target-uri" => {
            let authority = authority(request.scheme, headers.one("host")?);
            format!("{}://{authority}{}", request.scheme, request.target)
        }
        "@request-target" => request.target.to_owned(),
        "@path" => path.to_owned(),
        "@query" => format!("?{query}"),
        field => headers.one(field)?.to_owned(),
    })
}

/// Host in lower case, without the port that goes without saying (RFC 9421 §2.2.3).
fn authority(scheme: &str, host: &str) -> String {
    let usual = if scheme == "http" { ":80" } else { ":443" };
    let host = host.to_ascii_lowercase();
    host.strip_suffix(usual).map_or(host.clone(), str::to_owned)
}

/// The SHA-256 in a `Content-Digest` header (RFC 9530) must be that of the body; digests by other
/// functions beside it are ignored.
fn check_digest(header: &str, body: &[u8]) -> Result<(), SignatureError> {
    let claimed = match dictionary(header)?.swap_remove("sha-256") {
        Some(ListEntry::Item(item)) if item.params.is_empty() => bytes(item.bare_item),
        Some(_) | None => None,
    };
    if claimed.ok_or(SignatureError::Digest)? == sha256(body).as_bytes() {
        Ok(())
    } else {
        Err(SignatureError::BodyChanged)
    }
}

fn bytes(item: BareItem) -> Option<Vec<u8>> {
    match item {
        BareItem::ByteSequence(bytes) => Some(bytes),
        BareItem::Decimal(_)
        | BareItem::Integer(_)
        | BareItem::String(_)
        | BareItem::Boolean(_)
        | BareItem::Token(_)
        | BareItem::Date(_)
        | BareItem::DisplayString(_) => None,
    }
}
