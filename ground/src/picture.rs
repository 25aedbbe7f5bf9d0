//! A picture that somebody sends: read within bounds and drawn anew, so that nothing of the file is kept but what it shows:
//! no place, no camera, no hidden content.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder, imageops::FilterType,
    metadata::Orientation,
};

/// The largest file, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;
/// The most pixels to a side.
const LONGEST: u32 = 8_000;
/// The most memory that reading it may take, in bytes.
const MEMORY: u64 = 256 * 1024 * 1024;
/// A portrait's size at the most, in pixels: 35 × 49 mm at 350 dpi.
pub const PORTRAIT: Size = Size { width: 480, height: 672 };
/// The size of a picture of a place or a thing.
pub const SCENE: Size = Size { width: 1_280, height: 1_280 };
/// The qualities that are tried, of 100, until the picture is small enough.
const QUALITIES: [u8; 4] = [82, 60, 40, 20];
/// The most bytes that are kept, as the database says too.
const MOST: usize = 400_000;

/// How large a picture is drawn at the most, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

const BROKEN: &str = "照片无法读取，请换一张 JPG 或 PNG";

/// Reads a picture and draws it anew as a JPEG of at most that size: upright as its camera noted, white where it is
/// transparent.
///
/// # Errors
/// Why it cannot be used, in Chinese.
pub fn redraw(bytes: &[u8], size: Size) -> Result<Vec<u8>, String> {
    if bytes.len() > LARGEST {
        return Err("照片不能超过 8 MB".to_owned());
    }
    let photo = on_white(read(bytes)?);
    let Size { width, height } = size;
    let photo = if photo.width() > width || photo.height() > height {
        photo.resize(width, height, FilterType::Triangle)
    } else {
        photo
    };
    let photo = photo.to_rgb8();
    for quality in QUALITIES {
        let mut out = Vec::new();
        JpegEncoder::new_with_quality(&mut out, quality).encode_image(&photo).map_err(broken)?;
        if out.len() <= MOST {
            return Ok(out);
        }
    }
    Err(BROKEN.to_owned())
}

fn broken<E>(_: E) -> String {
    BROKEN.to_owned()
}

/// The picture within bounds, turned as its camera says that it was held.
fn read(bytes: &[u8]) -> Result<DynamicImage, String> {
    let reader = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(broken);
    if !matches!(reader()?.format(), Some(ImageFormat::Jpeg | ImageFormat::Png)) {
        return Err("请上传 JPG 或 PNG 格式的照片".to_owned());
    }
    let (width, height) = reader()?.into_dimensions().map_err(broken)?;
    if width.max(height) > LONGEST {
        return Err(format!(
            "照片有 {width} × {height} 像素，长和宽都不能超过 {LONGEST} 像素；请在手机或电脑上缩小后再传"
        ));
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(LONGEST), Some(LONGEST), Some(MEMORY));
    let mut reader = reader()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    // A photo whose notes cannot be read is taken as it lies.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut photo = DynamicImage::from_decoder(decoder).map_err(broken)?;
    photo.apply_orientation(orientation);
    Ok(photo)
}

/// The picture on white paper, where it is transparent.
fn on_white(photo: DynamicImage) -> DynamicImage {
    if !photo.color().has_alpha() {
        return photo;
    }
    let mut photo = photo.into_rgba8();
    for pixel in photo.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let over = |colour: u8| {
            let shown = (u16::from(colour) * u16::from(alpha) + 255 * u16::from(255 - alpha)) / 255;
            u8::try_from(shown).unwrap_or(255)
        };
        pixel.0 = [over(red), over(green), over(blue), 255];
    }
    DynamicImage::ImageRgba8(photo)
}

#[cfg(test)]
mod tests {
    use image::{GenericImageView, Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    /// Red above, blue below, on white.
    fn figure() -> DynamicImage {
        DynamicImage::ImageRgb8(RgbImage::from_fn(300, 420, |_, y| match y {
            0..60 => Rgb([230, 20, 20]),
            360.. => Rgb([20, 20, 230]),
            _ => Rgb([255, 255, 255]),
        }))
    }

    /// A JPEG with notes of its camera: how it was held, and where.
    fn held(picture: &DynamicImage, orientation: u8) -> Vec<u8> {
        let mut jpeg = Cursor::new(Vec::new());
        picture.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        let jpeg = jpeg.into_inner();
        let mut notes = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        notes.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        notes.extend(b"GPS 31.2, 120.6");
        let length = u16::try_from(notes.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xFF, 0xE1], &length, &notes, &jpeg[2..]].concat()
    }

    #[test]
    fn a_photo_stands_upright_however_the_camera_was_held() {
        // What turns the upright figure into the one that lies in the file.
        for (orientation, back) in (1..=8).zip([1, 2, 3, 4, 5, 8, 7, 6]) {
            let mut lying = figure();
            lying.apply_orientation(Orientation::from_exif(back).unwrap());
            let kept = redraw(&held(&lying, orientation), PORTRAIT).unwrap();
            let drawn = image::load_from_memory(&kept).unwrap();
            assert_eq!((drawn.width(), drawn.height()), (300, 420), "{orientation}");
            let [above, below] = [20, 400].map(|y| drawn.get_pixel(150, y).0);
            assert!(above[0] > 180 && above[2] < 90 && below[2] > 180 && below[0] < 90, "{orientation}");
            for note in [&b"Exif"[..], b"GPS"] {
                assert!(!kept.windows(note.len()).any(|part| part == note), "{orientation}");
            }
        }
    }

    #[test]
    fn what_is_transparent_is_white() {
        let picture =
            RgbaImage::from_fn(300, 420, |x, _| Rgba(if x < 150 { [0, 0, 0, 0] } else { [10, 120, 10, 255] }));
        let mut sent = Cursor::new(Vec::new());
        DynamicImage::ImageRgba8(picture).write_to(&mut sent, ImageFormat::Png).unwrap();
        let drawn = image::load_from_memory(&redraw(&sent.into_inner(), PORTRAIT).unwrap()).unwrap();
        assert!(drawn.get_pixel(20, 200).0[..3].iter().all(|colour| *colour > 245));
        assert!(drawn.get_pixel(280, 200).0[0] < 60);
    }

    #[test]
    fn too_many_pixels_are_named_with_the_limit() {
        let mut sent = Cursor::new(Vec::new());
        DynamicImage::ImageLuma8(image::GrayImage::new(9_000, 40)).write_to(&mut sent, ImageFormat::Png).unwrap();
        let says = redraw(&sent.into_inner(), PORTRAIT).unwrap_err();
        assert!(says.contains("9000 × 40 像素") && says.contains("8000 像素"), "{says}");
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let picture = RgbImage::from_fn(width, height, |x, y| Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 90]));
        DynamicImage::ImageRgb8(picture).write_to(&mut out, ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn a_photo_is_drawn_anew_and_small() {
        let mut sent = png(2_000, 3_000);
        sent.extend_from_slice(b"GPS 31.2, 120.6");
        let kept = redraw(&sent, PORTRAIT).unwrap();
        assert!(kept.starts_with(&[0xFF, 0xD8]) && kept.len() < 400_000, "{} bytes", kept.len());
        assert!(!kept.windows(3).any(|part| part == b"GPS"));
        let drawn = image::load_from_memory(&kept).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (448, 672));
    }

    #[test]
    fn a_scene_is_kept_larger_than_a_portrait() {
        let drawn = image::load_from_memory(&redraw(&png(3_000, 2_000), SCENE).unwrap()).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (1_280, 853));
    }

    #[test]
    fn noise_is_kept_small_too() {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_le_bytes()[3]
        };
        let picture = RgbImage::from_fn(480, 672, |_, _| Rgb([next(), next(), next()]));
        let mut sent = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(picture).write_to(&mut sent, ImageFormat::Png).unwrap();
        assert!(redraw(&sent.into_inner(), PORTRAIT).unwrap().len() <= MOST);
    }

    #[test]
    fn what_is_no_photo_is_refused() {
        for bytes in [&b""[..], b"GIF89a", b"<svg/>", b"%PDF-1.7", &png(20, 20)[..60]] {
            assert!(redraw(bytes, PORTRAIT).is_err());
        }
        // A few bytes that say they are a picture of gigabytes.
        let mut bomb = png(8, 8);
        bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
        assert!(redraw(&bomb, PORTRAIT).is_err());
    }
}
