//! Style sheet, icons, favicon, robots.txt.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::asset::{FAVICON, ICONS, ROBOTS};
use crate::failure::Failure;
use crate::visit::Visit;

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// `GET /estatico/{hash}/{name}`: the hash is of the content, so copies never go stale.
///
/// # Errors
/// [`Failure::NotFound`] for another hash or name.
pub async fn file(
    req: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let visit = Visit::glance(&req)?;
    let assets = &visit.state.assets;
    let (hash, name) = path.into_inner();
    let (kind, plain, compressed) = match name.as_str() {
        "tequio.css" => (
            "text/css; charset=utf-8",
            assets.css.as_str(),
            &assets.css_brotli,
        ),
        "iconos.svg" => ("image/svg+xml", ICONS, &assets.icons_brotli),
        _ => return Err(Failure::NotFound),
    };
    if hash != assets.hash {
        return Err(Failure::NotFound);
    }
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, FOREVER))
        .insert_header((header::VARY, "accept-encoding"));
    if visit.takes_brotli() {
        response.insert_header((header::CONTENT_ENCODING, "br"));
        return Ok(response.body(compressed.clone()));
    }
    Ok(response.body(plain.to_owned()))
}

/// `GET /favicon.svg`.
pub async fn favicon() -> HttpResponse {
    std::future::ready(()).await;
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
        .insert_header((header::CACHE_CONTROL, A_DAY))
        .body(FAVICON)
}

/// `GET /robots.txt`.
pub async fn robots() -> HttpResponse {
    std::future::ready(()).await;
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, A_DAY))
        .body(ROBOTS)
}
