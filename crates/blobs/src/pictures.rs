//! Pictures: their size from the header, and small copies of them, within bounds of pixels and memory.

use crate::shaped::{Fit, Format, LONGEST_SIDE as LONGEST, Shape};
use crate::thumbnails::Thumbnail;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
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
    let most = size.height();
    let picture = decoded(from, media_type, format, |picture| {
        let too_large = picture.height() > most || picture.width() > most * 8;
        if too_large { picture.thumbnail(most * 8, most) } else { picture }
    })?;
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

/// A picture in a shape: its bytes, or none when it is broken or too large.
pub(crate) fn reshape<R: BufRead + Seek>(from: R, media_type: &str, shape: Shape) -> Option<Vec<u8>> {
    let format = format(media_type)?;
    let picture = decoded(from, media_type, format, |picture| picture)?;
    let picture = fitted(picture, shape);
    let mut out = Cursor::new(Vec::new());
    let wanted = shape.format.unwrap_or(if format == ImageFormat::Jpeg { Format::Jpeg } else { Format::Png });
    match wanted {
        Format::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut out, shape.quality.clamp(1, 100));
            on_white(picture).write_with_encoder(encoder).ok()?;
        }
        Format::Png => DynamicImage::ImageRgba8(picture.into_rgba8()).write_to(&mut out, ImageFormat::Png).ok()?,
        Format::WebP => DynamicImage::ImageRgba8(picture.into_rgba8()).write_to(&mut out, ImageFormat::WebP).ok()?,
    }
    Some(out.into_inner())
}

/// The picture as it is to be looked at. `first` is done to it before it is turned, which costs less when it is small.
fn decoded<R: BufRead + Seek>(
    from: R,
    media_type: &str,
    format: ImageFormat,
    first: impl FnOnce(DynamicImage) -> DynamicImage,
) -> Option<DynamicImage> {
    let mut decoder = reader(from, format).into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if !may_be_shrunk(media_type, Dimensions { width, height }) {
        return None;
    }
    let turned = decoder.orientation().ok();
    let mut picture = first(DynamicImage::from_decoder(decoder).ok()?);
    if let Some(turned) = turned {
        picture.apply_orientation(turned);
    }
    Some(picture)
}

/// A picture as large as a shape says, in whole pixels and never none.
fn fitted(picture: DynamicImage, shape: Shape) -> DynamicImage {
    let (own_width, own_height) = (picture.width().max(1), picture.height().max(1));
    let bound = |side: Option<u32>| side.map(|side| side.clamp(1, LONGEST));
    // The other side follows from the proportions; a very long one is bounded as well.
    let follows = |side: u32, of: u32, other: u32| {
        let exact = f64::from(side) * f64::from(other) / f64::from(of);
        exact.round().clamp(1.0, f64::from(LONGEST)) as u32
    };
    let (width, height) = match (bound(shape.width), bound(shape.height)) {
        (None, None) => return picture,
        (Some(width), None) => (width, follows(width, own_width, own_height)),
        (None, Some(height)) => (follows(height, own_height, own_width), height),
        (Some(width), Some(height)) => (width, height),
    };
    let filter = FilterType::Triangle;
    match shape.fit {
        Fit::Scale => picture.resize_exact(width, height, filter),
        Fit::Crop => middle(&picture, width, height).resize_exact(width, height, filter),
        Fit::Max if own_width <= width && own_height <= height => picture,
        Fit::Clip | Fit::Max => picture.resize(width, height, filter),
    }
}

/// The largest part in the middle of a picture that has the proportions of width and height. It is cut out before
/// anything becomes larger: else a line of a few pixels would become a huge picture on the way.
fn middle(picture: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    let (own_width, own_height) = (u64::from(picture.width().max(1)), u64::from(picture.height().max(1)));
    let (width, height) = (u64::from(width), u64::from(height));
    let (kept_width, kept_height) = if own_width * height > own_height * width {
        ((own_height * width / height).max(1), own_height)
    } else {
        (own_width, (own_width * height / width).max(1))
    };
    let (left, top) = ((own_width - kept_width) / 2, (own_height - kept_height) / 2);
    picture.crop_imm(left as u32, top as u32, kept_width as u32, kept_height as u32)
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
