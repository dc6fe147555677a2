//! Pictures: their size from the header, and small copies of them, within bounds of pixels and memory.

use crate::thumbnails::Thumbnail;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::path::Path;

/// The longest side of a picture that is decoded.
const LONGEST_SIDE: u32 = 16_384;
/// The most pixels of one that is decoded.
const MOST_PIXELS: u64 = 64_000_000;
/// The most bytes that decoding one may take.
const MOST_MEMORY: u64 = 320 << 20;

/// Width and height in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dimensions {
    pub width: u32,
    pub height: u32,
}

/// Whether pictures of this size and type have small copies.
pub fn may_be_shrunk(media_type: &str, size: Dimensions) -> bool {
    let pixels = u64::from(size.width) * u64::from(size.height);
    let side = size.width.max(size.height);
    format(media_type).is_some() && pixels > 0 && pixels <= MOST_PIXELS && side <= LONGEST_SIDE
}

fn format(media_type: &str) -> Option<ImageFormat> {
    match media_type {
        "image/png" => Some(ImageFormat::Png),
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/gif" => Some(ImageFormat::Gif),
        "image/webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// The size of a picture, as its header says; nothing is decoded.
pub(crate) fn dimensions(path: &Path, media_type: &str) -> Option<Dimensions> {
    let format = format(media_type)?;
    let file = BufReader::new(File::open(path).ok()?);
    // A hostile header is the business of nobody but itself.
    let read = std::panic::catch_unwind(move || reader(file, format).into_dimensions().ok());
    let (width, height) = read.ok()??;
    Some(Dimensions { width, height })
}

fn reader<R: BufRead + Seek>(from: R, format: ImageFormat) -> ImageReader<R> {
    let mut reader = ImageReader::with_format(from, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    reader
}

/// A small copy: its bytes, or none when the picture is broken or too large. Of a moving picture it is the beginning.
pub(crate) fn shrink<R: BufRead + Seek>(from: R, media_type: &str, size: Thumbnail) -> Option<Vec<u8>> {
    let format = format(media_type)?;
    let mut decoder = reader(from, format).into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if !may_be_shrunk(media_type, Dimensions { width, height }) {
        return None;
    }
    let turned = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    let most = size.height();
    if picture.height() > most || picture.width() > most * 8 {
        picture = picture.thumbnail(most * 8, most);
    }
    if let Some(turned) = turned {
        picture.apply_orientation(turned);
    }
    let mut out = Cursor::new(Vec::new());
    match (format, size) {
        (_, Thumbnail::Jpeg) => on_white(picture).write_to(&mut out, ImageFormat::Jpeg).ok()?,
        (ImageFormat::Jpeg, _) => {
            DynamicImage::ImageRgb8(picture.into_rgb8()).write_to(&mut out, ImageFormat::Jpeg).ok()?
        }
        _ => DynamicImage::ImageRgba8(picture.into_rgba8()).write_to(&mut out, ImageFormat::Png).ok()?,
    }
    Some(out.into_inner())
}

/// A picture without transparency.
fn on_white(picture: DynamicImage) -> DynamicImage {
    let mut picture = picture.into_rgba8();
    for pixel in picture.pixels_mut() {
        let [.., alpha] = pixel.0;
        for part in &mut pixel.0[..3] {
            let sum = u16::from(*part) * u16::from(alpha) + 255 * (255 - u16::from(alpha));
            *part = (sum / 255) as u8;
        }
        pixel.0[3] = 255;
    }
    DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(picture).into_rgb8())
}
