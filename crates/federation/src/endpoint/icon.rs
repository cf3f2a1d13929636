//! A picture for every actor, where other software shows one: a pattern made of the actor's id, in the color
//! of its city. Nothing is stored, and nothing has to be uploaded.

use std::io::Write as _;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use tequio_domain::{MemberName, TopicSlug};
use tequio_protocol::activity::actor::{group_uri, person_uri};
use tequio_protocol::digest::sha256;

use crate::Inner;
use crate::problem::Problem;

/// Cells of the pattern in a row, and rows.
const CELLS: usize = 5;
/// Pixels of a cell's side.
const CELL: usize = 40;
/// Pixels around the pattern.
const MARGIN: usize = 28;
/// Pixels of a side.
const SIDE: usize = CELLS * CELL + 2 * MARGIN;
/// What the pattern is drawn on.
const PAPER: [u8; 3] = [0xf4, 0xf6, 0xf8];
/// What it is drawn in, one for each city; all dark enough to be seen on the paper.
const INKS: [[u8; 3]; 12] = [
    [0x00, 0x56, 0x6b],
    [0x0b, 0x4f, 0x8a],
    [0x5b, 0x2a, 0x86],
    [0x0a, 0x5c, 0x2e],
    [0x66, 0x40, 0x00],
    [0x9c, 0x1c, 0x1c],
    [0x1d, 0x3b, 0x6f],
    [0x7a, 0x1f, 0x5c],
    [0x2f, 0x5d, 0x50],
    [0x8a, 0x3b, 0x12],
    [0x41, 0x4d, 0x58],
    [0x4a, 0x5a, 0x00],
];

/// `/icon.png`.
pub(super) async fn of_city(inner: web::Data<Inner>) -> Result<HttpResponse, Problem> {
    answer(&inner, &format!("{}/", inner.base_url()))
}

/// `/t/{slug}/icon.png`.
pub(super) async fn of_group(
    slug: web::Path<String>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let slug = TopicSlug::parse(&slug).map_err(|_form| Problem::NotFound)?;
    answer(&inner, &group_uri(inner.base_url(), slug.as_str()))
}

/// `/u/{name}/icon.png`. Whether there is such a member is not said: the picture is a function of the name.
pub(super) async fn of_person(
    name: web::Path<String>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let name = MemberName::parse(&name).map_err(|_form| Problem::NotFound)?;
    answer(&inner, &person_uri(inner.base_url(), name.as_str()))
}

fn answer(inner: &Inner, id: &str) -> Result<HttpResponse, Problem> {
    let picture = picture(inner.city(), id).map_err(Problem::fault)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "image/png"))
        .insert_header((CACHE_CONTROL, "public, max-age=604800"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(picture))
}

/// A PNG of two colors (W3C PNG, third edition: IHDR, PLTE, IDAT, IEND).
fn picture(city: &str, id: &str) -> std::io::Result<Vec<u8>> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let side = u32::try_from(SIDE).unwrap_or_default().to_be_bytes();
    // One bit for each pixel, by a palette; deflate, no interlace.
    let header = [&side[..], &side[..], &[1, 3, 0, 0, 0]].concat();
    chunk(&mut png, b"IHDR", &header)?;
    chunk(&mut png, b"PLTE", &[PAPER, ink(city)].concat())?;
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::best());
    let cells = sha256(id.as_bytes());
    for y in 0..SIDE {
        // No filter.
        rows.write_all(&[0])?;
        rows.write_all(&row(cells.as_bytes(), y))?;
    }
    chunk(&mut png, b"IDAT", &rows.finish()?)?;
    chunk(&mut png, b"IEND", &[])?;
    Ok(png)
}

fn ink(city: &str) -> [u8; 3] {
    let [first, ..] = *sha256(city.as_bytes()).as_bytes();
    let place = usize::from(first) % INKS.len();
    INKS.get(place).copied().unwrap_or_default()
}

/// The pixels of a row, eight in a byte.
fn row(cells: &[u8], y: usize) -> Vec<u8> {
    let pixels = (0..SIDE / 8).map(|byte| {
        let bit = |n: usize| u8::from(is_inked(cells, byte * 8 + n, y)) << (7 - n);
        (0..8).map(bit).sum()
    });
    pixels.collect()
}

/// Whether a pixel is part of the pattern, whose right half mirrors the left.
fn is_inked(cells: &[u8], x: usize, y: usize) -> bool {
    let cell = |at: usize| at.checked_sub(MARGIN).map(|at| at / CELL);
    let (Some(column), Some(line)) = (cell(x), cell(y)) else {
        return false;
    };
    if column >= CELLS || line >= CELLS {
        return false;
    }
    let column = column.min(CELLS - 1 - column);
    cells
        .get(line * CELLS.div_ceil(2) + column)
        .is_some_and(|byte| byte & 1 == 1)
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(data.len()).map_err(std::io::Error::other)?;
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    png.extend_from_slice(&length.to_be_bytes());
    png.extend_from_slice(kind);
    png.extend_from_slice(data);
    png.extend_from_slice(&crc.sum().to_be_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::ZlibDecoder;

    use super::{CELL, MARGIN, SIDE, picture};

    /// The chunks of a PNG whose checksums hold.
    fn chunks(png: &[u8]) -> Vec<(String, Vec<u8>)> {
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        let (mut rest, mut found) = (&png[8..], Vec::new());
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().unwrap());
            let end = 8 + usize::try_from(length).unwrap();
            let mut crc = flate2::Crc::new();
            crc.update(&rest[4..end]);
            assert_eq!(crc.sum().to_be_bytes(), rest[end..end + 4]);
            let kind = String::from_utf8(rest[4..8].to_vec()).unwrap();
            found.push((kind, rest[8..end].to_vec()));
            rest = &rest[end + 4..];
        }
        found
    }

    fn pixels(png: &[u8]) -> Vec<u8> {
        let mut pixels = Vec::new();
        let data = chunks(png).swap_remove(2).1;
        ZlibDecoder::new(&data[..])
            .read_to_end(&mut pixels)
            .unwrap();
        pixels
    }

    #[test]
    fn it_is_a_small_png_with_a_pattern_in_the_middle() {
        let png = picture("managua", "https://managua.example/u/ana").unwrap();
        let names: Vec<String> = chunks(&png).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(names, ["IHDR", "PLTE", "IDAT", "IEND"]);
        assert!(png.len() < 1000, "{}", png.len());
        let pixels = pixels(&png);
        assert_eq!(pixels.len(), SIDE * (SIDE / 8 + 1));
        assert!(
            pixels[..(SIDE / 8 + 1) * MARGIN]
                .iter()
                .all(|byte| *byte == 0)
        );
        let middle = &pixels[(SIDE / 8 + 1) * MARGIN..];
        assert!(middle[..middle.len() - CELL].iter().any(|byte| *byte != 0));
    }

    #[test]
    fn actors_of_a_city_share_its_color_and_nothing_else() {
        let (ana, bea) = ("https://a.example/u/ana", "https://a.example/u/bea");
        let color = |png: &[u8]| chunks(png).swap_remove(1).1;
        let [first, second] = [ana, bea].map(|id| picture("managua", id).unwrap());
        assert_eq!(color(&first), color(&second));
        assert_ne!(pixels(&first), pixels(&second));
        assert_ne!(color(&first), color(&picture("panama", ana).unwrap()));
        assert_eq!(first, picture("managua", ana).unwrap());
    }
}
