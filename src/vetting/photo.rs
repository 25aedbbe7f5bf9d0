//! A candidate's photo: read within bounds and drawn anew, so that nothing of the file that was sent is kept but what it
//! shows: no place, no camera, no hidden content.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder, imageops::FilterType};

/// The largest file, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;
/// The most pixels to a side.
const LONGEST: u32 = 8_000;
/// The most memory that reading it may take, in bytes.
const MEMORY: u64 = 256 * 1024 * 1024;
/// The size it is drawn in at the most: 35 × 49 mm at 350 dpi.
const SIZE: (u32, u32) = (480, 672);
/// The qualities that are tried, of 100, until the picture is small enough.
const QUALITIES: [u8; 4] = [82, 60, 40, 20];
/// The most bytes that are kept, as the database says too.
const MOST: usize = 400_000;

/// Reads a photo and draws it anew as a JPEG of at most 480 × 672.
///
/// # Errors
/// Why it cannot be used, in Chinese.
pub fn redraw(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    const BROKEN: &str = "照片无法读取，请换一张 JPG 或 PNG";
    if bytes.len() > LARGEST {
        return Err("照片不能超过 8 MB");
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| BROKEN)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png)) {
        return Err("请上传 JPG 或 PNG 格式的照片");
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(LONGEST), Some(LONGEST), Some(MEMORY));
    reader.limits(limits);
    let photo = reader.decode().map_err(|_| BROKEN)?;
    let (width, height) = SIZE;
    let photo = if photo.width() > width || photo.height() > height {
        photo.resize(width, height, FilterType::Triangle)
    } else {
        photo
    };
    let photo = photo.to_rgb8();
    for quality in QUALITIES {
        let mut out = Vec::new();
        JpegEncoder::new_with_quality(&mut out, quality).encode_image(&photo).map_err(|_| BROKEN)?;
        if out.len() <= MOST {
            return Ok(out);
        }
    }
    Err(BROKEN)
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, RgbImage};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 90]));
        DynamicImage::ImageRgb8(picture).write_to(&mut out, ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn a_photo_is_drawn_anew_and_small() {
        let mut sent = png(2_000, 3_000);
        sent.extend_from_slice(b"GPS 31.2, 120.6");
        let kept = redraw(&sent).unwrap();
        assert!(kept.starts_with(&[0xFF, 0xD8]) && kept.len() < 400_000, "{} bytes", kept.len());
        assert!(!kept.windows(3).any(|part| part == b"GPS"));
        let drawn = image::load_from_memory(&kept).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (448, 672));
    }

    #[test]
    fn noise_is_kept_small_too() {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_le_bytes()[3]
        };
        let picture = RgbImage::from_fn(480, 672, |_, _| image::Rgb([next(), next(), next()]));
        let mut sent = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(picture).write_to(&mut sent, ImageFormat::Png).unwrap();
        assert!(redraw(&sent.into_inner()).unwrap().len() <= MOST);
    }

    #[test]
    fn what_is_no_photo_is_refused() {
        for bytes in [&b""[..], b"GIF89a", b"<svg/>", b"%PDF-1.7", &png(20, 20)[..60]] {
            assert!(redraw(bytes).is_err());
        }
        // A few bytes that say they are a picture of gigabytes.
        let mut bomb = png(8, 8);
        bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
        assert!(redraw(&bomb).is_err());
    }
}
