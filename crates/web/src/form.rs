//! What a form sent: names and texts, kept whatever is wrong with them.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures::future::LocalBoxFuture;
use tequio_domain::Oid;

use crate::failure::Failure;
use crate::texts::Texts;
use crate::view::form::Problem;

/// Most bytes of a form without files. Room for a text far over its limit, so that it can be given
/// back with the limit's name.
pub const FORM_BYTES: usize = 512 * 1024;

/// The fields of a form.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`, or a query.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(bytes).take(200);
        Self(
            pairs
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// Of a request's query.
    #[must_use]
    pub fn of_query(req: &HttpRequest) -> Self {
        Self::parse(req.query_string().as_bytes())
    }

    /// The first value of a field; empty when it is missing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(held, _)| held == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(held, _)| held == name)
            .map(|(_, value)| value.as_str())
    }

    /// Adds a value.
    pub fn push(&mut self, name: &str, value: String) {
        self.0.push((name.to_owned(), value));
    }

    /// The number of a page: from 1; anything else is the first.
    #[must_use]
    pub fn page(&self) -> i64 {
        self.get("pagina")
            .parse()
            .ok()
            .filter(|page| (1..=100_000).contains(page))
            .unwrap_or(1)
    }

    /// Whether a preview was asked for, not publication.
    #[must_use]
    pub fn is_preview(&self) -> bool {
        self.get("do") == "preview"
    }

    /// Keeps them with the request, for the page of a failure of ours: it gives back what was typed.
    pub fn remember(&self, req: &HttpRequest) {
        req.extensions_mut().insert(self.clone());
    }

    /// Where to go afterwards: a path of this site, or `otherwise`.
    #[must_use]
    pub fn back(&self, otherwise: &str) -> String {
        let back = self.get("volver");
        let is_ours = back.starts_with('/')
            && !back.starts_with("//")
            && !back.starts_with("/\\")
            && back.bytes().all(|byte| byte.is_ascii_graphic());
        if is_ours {
            back.to_owned()
        } else {
            otherwise.to_owned()
        }
    }
}

impl FromRequest for Fields {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = req
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let is_form =
            kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let bytes = web::Bytes::from_request(req, payload);
        let req = req.clone();
        Box::pin(async move {
            if !is_form {
                return Err(Failure::BadRequest);
            }
            let bytes = bytes
                .await
                .map_err(|error| Failure::of_status(error.as_response_error().status_code()))?;
            let fields = Self::parse(&bytes);
            fields.remember(&req);
            Ok(fields)
        })
    }
}

/// A problem of a form, for an invalid value. The field `answer` and the like have no input: they
/// belong to the whole form.
#[must_use]
pub fn problem(t: &Texts, invalid: &tequio_domain::Invalid) -> Problem {
    Problem {
        field: invalid.field,
        text: t.need(invalid),
    }
}

/// The identity at the start of `{oid}` or `{oid}-{slug}`, and the slug.
///
/// # Errors
/// [`Failure::NotFound`] when it is none.
pub fn oid(segment: &str) -> Result<(Oid, &str), Failure> {
    let (short, slug) = segment.split_once('-').unwrap_or((segment, ""));
    Ok((Oid::from_short(short).ok_or(Failure::NotFound)?, slug))
}

#[cfg(test)]
mod tests {
    use super::{Fields, oid};
    use tequio_domain::Oid;

    #[test]
    fn the_way_back_never_leads_to_another_site() {
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "",
            "/a b",
            "/a\r\nb",
        ] {
            let mut fields = Fields::default();
            fields.push("volver", bad.to_owned());
            assert_eq!(fields.back("/"), "/", "{bad}");
        }
        let fields = Fields::parse(b"volver=%2Ftemas%2Ffinanzas%3Fpagina%3D2");
        assert_eq!(fields.back("/"), "/temas/finanzas?pagina=2");
    }

    #[test]
    fn page_numbers_are_from_one() {
        for (query, page) in [
            ("", 1),
            ("pagina=3", 3),
            ("pagina=0", 1),
            ("pagina=-1", 1),
            ("pagina=x", 1),
        ] {
            assert_eq!(Fields::parse(query.as_bytes()).page(), page, "{query}");
        }
    }

    #[test]
    fn segments_hold_an_identity_and_a_slug() {
        let id = Oid::of_uri("https://a.example/1");
        let segment = format!("{}-como-cobrar", id.short());
        assert_eq!(oid(&segment).unwrap(), (id, "como-cobrar"));
        assert!(oid("como-cobrar").is_err());
    }
}
