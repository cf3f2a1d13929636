//! Style sheet, icons and small files, compiled in and addressed by their content.

use bytes::Bytes;
use tequio_protocol::digest::sha256;

use crate::compress::brotli;

const DARK: &str = include_str!("../assets/css/2-dark.css");
const DARK_ACCENT: &str = include_str!("../assets/css/2-dark-accent.css");
/// The icon sprite.
pub const ICONS: &str = include_str!("../assets/icons.svg");
/// The icon of the site.
pub const FAVICON: &str = include_str!("../assets/favicon.svg");
/// What crawlers are asked to leave alone.
pub const ROBOTS: &str = "User-agent: *\nDisallow: /ajustes\nDisallow: /admin/\nDisallow: /entrar\nDisallow: /cuenta/\nDisallow: /instalar\n";

/// The files whose address changes with their content.
#[derive(Debug, Clone)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// Its address.
    pub css_href: String,
    /// Address of the icon sprite.
    pub icons_href: String,
    /// The style sheet, compressed.
    pub css_brotli: Bytes,
    /// The icon sprite, compressed.
    pub icons_brotli: Bytes,
    /// Hash in both addresses.
    pub hash: String,
}

impl Assets {
    /// Joins the layers and names them by their content.
    #[must_use]
    pub fn build() -> Self {
        let css = style_sheet();
        let both = format!("{css}{ICONS}");
        let hash: String = sha256(both.as_bytes()).to_hex().chars().take(12).collect();
        Self {
            css_href: format!("/estatico/{hash}/tequio.css"),
            icons_href: format!("/estatico/{hash}/iconos.svg"),
            css_brotli: Bytes::from(brotli(css.as_bytes())),
            icons_brotli: Bytes::from(brotli(ICONS.as_bytes())),
            css,
            hash,
        }
    }
}

/// All layers in one file. Dark colours are written once and apply both to a dark device (unless the
/// reader chose light) and to the reader's choice of dark.
fn style_sheet() -> String {
    let layers = [
        include_str!("../assets/css/1-reset.css"),
        include_str!("../assets/css/2-tokens.css"),
        &format!(
            "@layer tokens{{@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){DARK}\
             :root:not([data-theme=light]):is([data-accent]),:root:not([data-theme=light]) \
             [data-accent]{DARK_ACCENT}}}:root[data-theme=dark]{DARK}:root[data-theme=dark],\
             :root[data-theme=dark] [data-accent]{DARK_ACCENT}}}"
        ),
        include_str!("../assets/css/3-base.css"),
        include_str!("../assets/css/4-layout.css"),
        include_str!("../assets/css/5-components.css"),
        include_str!("../assets/css/6-utilities.css"),
        include_str!("../assets/css/7-print.css"),
    ];
    squeeze(&layers.concat())
}

/// Leaves out comments and runs of white space.
fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Assets, FAVICON};

    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.039_28 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_accent_carries_text_at_seven_to_one() {
        let css = Assets::build().css;
        let mut seen = 0;
        for part in css.split("--deep: ").skip(1) {
            let deep = &part[..7];
            let pale = &part.split("--pale: ").nth(1).unwrap()[..7];
            assert!(contrast(deep, "#ffffff") >= 7.0, "{deep} on white");
            assert!(contrast(pale, "#12181e") >= 7.0, "{pale} on dark");
            assert!(contrast(pale, "#06222a") >= 7.0, "ink on {pale}");
            seen += 1;
        }
        assert_eq!(seen, 12);
    }

    #[test]
    fn style_sheet_and_icons_stay_within_their_budget() {
        let assets = Assets::build();
        assert!(assets.css_brotli.len() < 12 * 1024);
        assert!(assets.icons_brotli.len() < 6 * 1024);
        assert!(assets.css_href.contains(&assets.hash));
        assert!(!assets.css.contains("url(") && FAVICON.len() < 1024);
    }
}
