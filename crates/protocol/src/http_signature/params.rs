//! The parameters of a `Signature` header: `keyId="…",algorithm="…",headers="…",signature="…"`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::SignatureError;

/// Longest `Signature` header, in bytes: an 8192-bit signature has 1368 characters.
const MAX_HEADER_BYTES: usize = 8 * 1024;
const MAX_KEY_ID_BYTES: usize = 2048;
const MAX_COVERED: usize = 32;

/// What the header says, checked for form.
pub(super) struct Params<'a> {
    pub key_id: &'a str,
    /// Names of what is covered, lower case, in order, each once.
    pub covered: Vec<&'a str>,
    pub signature: Vec<u8>,
    /// Seconds since the Unix epoch.
    pub created: Option<i64>,
    /// Seconds since the Unix epoch.
    pub expires: Option<i64>,
}

#[derive(Default)]
struct Raw<'a> {
    key_id: Option<&'a str>,
    algorithm: Option<&'a str>,
    headers: Option<&'a str>,
    signature: Option<&'a str>,
    created: Option<&'a str>,
    expires: Option<&'a str>,
}

/// Reads the header's value.
///
/// Stricter than the draft: unknown parameters are refused, and `created` and `expires` must be
/// covered, so that no unsigned byte of the header means anything.
pub(super) fn read(header: &str) -> Result<Params<'_>, SignatureError> {
    if header.len() > MAX_HEADER_BYTES {
        return Err(SignatureError::Grammar("it is too long"));
    }
    let raw = split(header)?;
    if raw
        .algorithm
        .is_some_and(|name| name != "rsa-sha256" && name != "hs2019")
    {
        return Err(SignatureError::Parameter("algorithm"));
    }
    let covered = covered(raw.headers.ok_or(SignatureError::Parameter("headers"))?)?;
    for (value, pseudo, name) in [
        (raw.created, "(created)", "created"),
        (raw.expires, "(expires)", "expires"),
    ] {
        // Draft §2.3: these two do not exist for the older algorithm names.
        if value.is_some() != covered.contains(&pseudo)
            || (value.is_some() && raw.algorithm == Some("rsa-sha256"))
        {
            return Err(SignatureError::Parameter(name));
        }
    }
    Ok(Params {
        key_id: key_id(raw.key_id, "keyId")?,
        covered,
        signature: signature(raw.signature)?,
        created: raw
            .created
            .map(|text| seconds(text, "created"))
            .transpose()?,
        expires: raw
            .expires
            .map(|text| seconds(text, "expires"))
            .transpose()?,
    })
}

fn split(header: &str) -> Result<Raw<'_>, SignatureError> {
    let mut raw = Raw::default();
    let mut rest = header.trim_matches([' ', '\t']);
    loop {
        let (name, after) = rest
            .split_once('=')
            .ok_or(SignatureError::Grammar("a parameter has no value"))?;
        let (value, quoted, after) = value(after)?;
        set(&mut raw, name, value, quoted)?;
        let after = after.trim_start_matches([' ', '\t']);
        if after.is_empty() {
            return Ok(raw);
        }
        rest = after
            .strip_prefix(',')
            .ok_or(SignatureError::Grammar(
                "parameters are not separated by commas",
            ))?
            .trim_start_matches([' ', '\t']);
    }
}

/// A quoted string without escapes, or a number: the value, whether quoted, and what follows.
fn value(text: &str) -> Result<(&str, bool, &str), SignatureError> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, after) = quoted
            .split_once('"')
            .ok_or(SignatureError::Grammar("a quote is not closed"))?;
        if value.contains('\\') {
            return Err(SignatureError::Grammar("escapes are not accepted"));
        }
        return Ok((value, true, after));
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (value, after) = text.split_at_checked(end).unwrap_or((text, ""));
    Ok((value, false, after))
}

fn set<'a>(
    raw: &mut Raw<'a>,
    name: &str,
    value: &'a str,
    quoted: bool,
) -> Result<(), SignatureError> {
    let (slot, name, text) = match name {
        "keyId" => (&mut raw.key_id, "keyId", true),
        "algorithm" => (&mut raw.algorithm, "algorithm", true),
        "headers" => (&mut raw.headers, "headers", true),
        "signature" => (&mut raw.signature, "signature", true),
        "created" => (&mut raw.created, "created", false),
        "expires" => (&mut raw.expires, "expires", false),
        _ => return Err(SignatureError::Grammar("it has an unknown parameter")),
    };
    if slot.is_some() || quoted != text {
        return Err(SignatureError::Parameter(name));
    }
    *slot = Some(value);
    Ok(())
}

/// The id of a key: an http(s) URL. `name` is that of the parameter.
pub(super) fn key_id<'a>(
    text: Option<&'a str>,
    name: &'static str,
) -> Result<&'a str, SignatureError> {
    let acceptable = |text: &&str| {
        text.len() <= MAX_KEY_ID_BYTES
            && Url::parse(text).is_ok_and(|url| {
                matches!(url.scheme(), "https" | "http")
                    && url.has_host()
                    && url.username().is_empty()
                    && url.password().is_none()
            })
    };
    text.filter(acceptable)
        .ok_or(SignatureError::Parameter(name))
}

fn covered(list: &str) -> Result<Vec<&str>, SignatureError> {
    let names: Vec<&str> = list.split(' ').take(MAX_COVERED + 1).collect();
    let well_formed = names.iter().enumerate().all(|(index, name)| {
        let pseudo = matches!(*name, "(request-target)" | "(created)" | "(expires)");
        let field = !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        (pseudo || field) && !names.iter().take(index).any(|earlier| earlier == name)
    });
    if well_formed && names.len() <= MAX_COVERED {
        Ok(names)
    } else {
        Err(SignatureError::Parameter("headers"))
    }
}

fn signature(text: Option<&str>) -> Result<Vec<u8>, SignatureError> {
    text.and_then(|text| STANDARD.decode(text).ok())
        .filter(|bytes| !bytes.is_empty())
        .ok_or(SignatureError::Parameter("signature"))
}

fn seconds(digits: &str, name: &'static str) -> Result<i64, SignatureError> {
    let plausible = !digits.is_empty() && digits.len() <= 12;
    let seconds = if plausible { digits.parse().ok() } else { None };
    seconds.ok_or(SignatureError::Parameter(name))
}
