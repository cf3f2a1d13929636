//! `/archivos/{digest}/{name}`: files, served inert.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use tequio_domain::{Digest, text};
use tequio_store::{Error as StoreError, file};

use crate::failure::Failure;
use crate::visit::Visit;

/// `GET /archivos/{digest}/{name}`: always a download, never a page.
///
/// # Errors
/// [`Failure::NotFound`] when the file is not here or nothing holds it any more.
pub async fn show(
    req: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let visit = Visit::glance(&req)?;
    let (hex, name) = path.into_inner();
    let digest = Digest::from_hex(&hex).ok_or(Failure::NotFound)?;
    let name = text::file_name(&name).map_err(|_invalid| Failure::NotFound)?;
    let row = visit
        .state
        .store()
        .read(move |conn| {
            let row = file::by_digest(conn, &digest.to_hex())?;
            let is_attached = file::is_attached(conn, &digest.to_hex())?;
            row.filter(|_| is_attached).ok_or(StoreError::NotFound)
        })
        .await?;
    let etag = format!("\"{digest}\"");
    let known = req.headers().get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, etag))
            .finish());
    }
    let open = visit.state.store().files().get(&digest).await?;
    let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes())
        .map(|part| if part == "+" { "%20" } else { part })
        .collect();
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, row.media_type))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{encoded}"),
        ))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::ETAG, etag))
        .no_chunking(open.size_bytes)
        .streaming(open.bytes))
}
