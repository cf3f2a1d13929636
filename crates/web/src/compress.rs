//! Brotli, at the level that costs about as much as rendering the page.

use std::io::Write as _;

use brotli::CompressorWriter;

/// Compressed bytes. Level 5 and a window of 4 MiB: for pages of tens of kilobytes.
#[must_use]
pub fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4);
    {
        let mut writer = CompressorWriter::new(&mut out, 16 * 1024, 5, 22);
        // Writing into a Vec does not fail.
        if writer.write_all(bytes).is_err() {
            return bytes.to_vec();
        }
    }
    out
}
