//! The same story on the local disk and in a bucket, which is in memory here.

use crate::remote::Remote;
use crate::{Blobs, Dimensions, Fit, Format, Hash, Home, LONGEST_SIDE, Place, Shape, Stored, Thumbnail};
use bytes::Bytes;
use image::{DynamicImage, ImageFormat, RgbaImage};
use object_store::memory::InMemory;
use std::collections::HashSet;
use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

fn both(folder: &TempDir) -> [Blobs; 2] {
    let local = Blobs::open(&Place::Folder(folder.path().join("blobs")), folder.path()).expect("a folder");
    let bucket = Home::Remote(Remote::over(Arc::new(InMemory::new()), "some/prefix/"));
    [local, Blobs::with_parts(bucket, &folder.path().join("parts")).expect("a bucket")]
}

async fn put(blobs: &Blobs, name: &str, bytes: &[u8]) -> Stored {
    let mut upload = blobs.begin().expect("an upload");
    for piece in bytes.chunks(1 << 20) {
        upload.write(Bytes::copy_from_slice(piece)).await.expect("room");
    }
    upload.finish(name).await.expect("stored")
}

async fn read(blobs: &Blobs, stored: &Stored, range: std::ops::Range<u64>) -> Option<Bytes> {
    let reading = blobs.read(stored.hash, stored.size, range).await.ok()?;
    reading.whole().await.ok()
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgba8(RgbaImage::from_pixel(width, height, image::Rgba([10, 20, 30, 255])));
    let picture = if format == ImageFormat::Jpeg { picture.into_rgb8().into() } else { picture };
    picture.write_to(&mut out, format).expect("a picture");
    out.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_come_back_whole_and_in_parts() {
    let folder = TempDir::new().expect("a folder");
    let large: Vec<u8> = (0..20_000_000_u32).map(|n| (n % 251) as u8).collect();
    for blobs in both(&folder) {
        for bytes in [&b""[..], b"a", &large] {
            let stored = put(&blobs, "a.bin", bytes).await;
            assert_eq!((stored.hash, stored.size), (Hash::of(bytes), bytes.len() as u64));
            assert!(read(&blobs, &stored, 0..stored.size).await.expect("bytes") == bytes);
        }
        let stored = put(&blobs, "a.bin", &large).await;
        assert_eq!(read(&blobs, &stored, 10_000_000..10_000_005).await.expect("bytes"), large[10_000_000..10_000_005]);
        assert_eq!(read(&blobs, &stored, 7..7).await.expect("nothing"), Bytes::new());
        let longer = Stored { size: stored.size + 1, ..stored };
        assert!(read(&blobs, &longer, 0..5).await.is_none(), "bytes of another length are an error");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_refers_to_is_swept_when_it_is_old() {
    let folder = TempDir::new().expect("a folder");
    for blobs in both(&folder) {
        let (kept, loose) = (put(&blobs, "", b"kept").await, put(&blobs, "", b"loose").await);
        let sweep = |before: SystemTime| {
            let blobs = blobs.clone();
            let kept = HashSet::from([kept.hash]);
            tokio::task::spawn_blocking(move || blobs.sweep(&kept, before).expect("swept"))
        };
        let hour = Duration::from_secs(3600);
        assert_eq!(sweep(SystemTime::now() - hour).await.expect("done"), 0, "all are young");
        assert_eq!(sweep(SystemTime::now() + hour).await.expect("done"), 1);
        assert!(read(&blobs, &kept, 0..4).await.is_some() && read(&blobs, &loose, 0..5).await.is_none());
        let again = put(&blobs, "", b"loose").await;
        assert!(read(&blobs, &again, 0..5).await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_put_while_a_sweep_goes_on_are_there_afterwards() {
    let folder = TempDir::new().expect("a folder");
    let [blobs, _] = both(&folder);
    let old = || {
        let (hash, blobs) = (Hash::of(b"the same"), blobs.clone());
        let path = folder.path().join("blobs").join(hash.path());
        let file = std::fs::File::open(path).expect("the file");
        file.set_modified(SystemTime::now() - Duration::from_secs(7200)).expect("an old file");
        tokio::task::spawn_blocking(move || {
            blobs.sweep(&HashSet::new(), SystemTime::now() - Duration::from_secs(3600)).expect("swept")
        })
    };
    put(&blobs, "", b"the same").await;
    for _ in 0..50 {
        let sweeping = old();
        let stored = put(&blobs, "", b"the same").await;
        sweeping.await.expect("done");
        assert!(read(&blobs, &stored, 0..8).await.is_some(), "what was just put is there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_have_a_size_and_small_copies() {
    let folder = TempDir::new().expect("a folder");
    for blobs in both(&folder) {
        for (format, media) in [
            (ImageFormat::Png, "image/png"),
            (ImageFormat::Jpeg, "image/jpeg"),
            (ImageFormat::Gif, "image/gif"),
            (ImageFormat::WebP, "image/webp"),
        ] {
            let stored = put(&blobs, "a", &picture(300, 150, format)).await;
            assert_eq!((stored.media_type, stored.dimensions), (media, Some(Dimensions { width: 300, height: 150 })));
            for (size, height) in [(Thumbnail::Small, 56), (Thumbnail::Large, 150)] {
                // The second one is the one that was kept.
                for _ in 0..2 {
                    let made = blobs.thumbnail(stored.hash, media, size).await.expect("made").expect("a copy").0;
                    let small = image::load_from_memory(&made).expect("a picture");
                    assert_eq!(small.height(), height, "{media}");
                }
            }
        }
        let stored = put(&blobs, "a", &picture(300, 400, ImageFormat::Png)).await;
        let (made, told) =
            blobs.thumbnail(stored.hash, "image/png", Thumbnail::Jpeg).await.expect("made").expect("a copy");
        assert_eq!((told, image::load_from_memory(&made).expect("a picture").height()), ("image/jpeg", 160));
        let broken = put(&blobs, "a", &picture(300, 150, ImageFormat::Png)[..200]).await;
        assert_eq!(broken.dimensions, Some(Dimensions { width: 300, height: 150 }));
        for _ in 0..2 {
            assert!(blobs.thumbnail(broken.hash, "image/png", Thumbnail::Small).await.expect("told").is_none());
        }
    }
}

#[test]
fn a_picture_of_too_many_pixels_is_not_decoded() {
    for (width, height, may) in
        [(8000, 8000, true), (8001, 8000, false), (16_385, 1, false), (65_535, 65_535, false), (0, 5, false)]
    {
        assert_eq!(crate::may_be_shrunk("image/png", Dimensions { width, height }), may, "{width} x {height}");
    }
    assert!(!crate::may_be_shrunk("image/svg+xml", Dimensions { width: 1, height: 1 }));
}

/// A chunk of RIFF.
fn chunk(name: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    let mut all = [&name[..], &(bytes.len() as u32).to_le_bytes(), bytes].concat();
    all.resize(all.len().next_multiple_of(2), 0);
    all
}

/// A moving WebP of one pixel and this many frames.
fn moving(frames: usize) -> Vec<u8> {
    let mut still = Cursor::new(Vec::new());
    let pixel = DynamicImage::ImageRgba8(RgbaImage::from_pixel(1, 1, image::Rgba([10, 20, 30, 255])));
    pixel.write_to(&mut still, ImageFormat::WebP).expect("a picture");
    // Behind `RIFF`, a length and `WEBP` is the one chunk of a still picture.
    let still = &still.into_inner()[12..];
    let frame = chunk(b"ANMF", &[&[0; 12][..], &[1, 0, 0, 0], still].concat());
    let mut parts =
        [b"WEBP".to_vec(), chunk(b"VP8X", &[0b10, 0, 0, 0, 0, 0, 0, 0, 0, 0]), chunk(b"ANIM", &[0; 6])].concat();
    parts.extend(frame.repeat(frames));
    chunk(b"RIFF", &parts)
}

/// A JPEG whose list of properties leads back to itself.
fn circular() -> Vec<u8> {
    let jpeg = picture(30, 20, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0II*\0".to_vec();
    // The list begins at 8, has one property that lies at 8 as well, and goes on at 8.
    exif.extend([8, 0, 0, 0, 1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0]);
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

/// A PNG that says it is of one pixel and has many millions behind that.
fn dense() -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    let large = DynamicImage::ImageLuma8(image::GrayImage::new(4000, 2000));
    large.write_to(&mut png, ImageFormat::Png).expect("a picture");
    let mut one = Cursor::new(Vec::new());
    DynamicImage::ImageLuma8(image::GrayImage::new(1, 1)).write_to(&mut one, ImageFormat::Png).expect("a picture");
    // Signature and header of the one, all else of the other.
    [&one.into_inner()[..33], &png.into_inner()[33..]].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_a_picture_that_is_worked_at_without_end_is_not() {
    let folder = TempDir::new().expect("a folder");
    let [blobs, _] = both(&folder);
    for (name, media, bytes) in [
        ("10,000 frames", "image/webp", moving(10_000)),
        ("a circle of properties", "image/jpeg", circular()),
        ("more pixels than it says", "image/png", dense()),
        ("a header alone", "image/webp", moving(1)[..40].to_vec()),
    ] {
        let stored = put(&blobs, "a", &bytes).await;
        assert_eq!((stored.media_type, stored.size), (media, bytes.len() as u64), "{name}");
        if let Some((small, _)) = blobs.thumbnail(stored.hash, media, Thumbnail::Small).await.expect("told") {
            let small = image::load_from_memory(&small).expect("a picture");
            assert!(small.width() <= 30 && small.height() <= 20, "{name}");
        }
    }
    let good = put(&blobs, "a", &picture(30, 20, ImageFormat::Png)).await;
    let small = blobs.thumbnail(good.hash, "image/png", Thumbnail::Small).await.expect("told");
    assert!(small.is_some(), "the workers live");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_has_the_shape_that_is_asked_for_within_bounds() {
    let folder = TempDir::new().expect("a folder");
    let shape = |width, height, fit| Shape { width, height, fit, format: None, quality: 75 };
    for blobs in both(&folder) {
        let stored = put(&blobs, "a.png", &picture(300, 200, ImageFormat::Png)).await;
        let cases = [
            (shape(Some(30), None, Fit::Clip), (30, 20)),
            (shape(None, Some(40), Fit::Clip), (60, 40)),
            (shape(Some(100), Some(100), Fit::Clip), (100, 67)),
            (shape(Some(100), Some(100), Fit::Crop), (100, 100)),
            (shape(Some(100), Some(100), Fit::Scale), (100, 100)),
            (shape(Some(600), Some(600), Fit::Max), (300, 200)),
            (shape(Some(1_000_000), Some(1), Fit::Scale), (LONGEST_SIDE, 1)),
            (shape(None, None, Fit::Clip), (300, 200)),
        ];
        for (asked, expected) in cases {
            let made = blobs.shaped(stored.hash, "image/png", asked).await.expect("made").expect("a picture");
            let shown = image::load_from_memory(&made.0).expect("a picture");
            assert_eq!(((shown.width(), shown.height()), made.1), (expected, "image/png"), "{asked:?}");
            let again = blobs.shaped(stored.hash, "image/png", asked).await.expect("made").expect("a picture");
            assert_eq!(again.0.as_ptr(), made.0.as_ptr(), "it is kept: {asked:?}");
        }
        for (format, media) in [(Format::Jpeg, "image/jpeg"), (Format::WebP, "image/webp")] {
            let asked = Shape { format: Some(format), ..shape(Some(30), None, Fit::Clip) };
            let made = blobs.shaped(stored.hash, "image/png", asked).await.expect("made").expect("a picture");
            assert_eq!(made.1, media);
        }
        // A line of pixels is cut before it becomes larger.
        let line = put(&blobs, "l.png", &picture(1, 16_000, ImageFormat::Png)).await;
        let asked = shape(Some(64), Some(64), Fit::Crop);
        assert!(blobs.shaped(line.hash, "image/png", asked).await.expect("made").is_some());
        for (media, bytes) in [("image/png", dense()), ("image/webp", moving(10_000)), ("text/plain", b"x".to_vec())] {
            let stored = put(&blobs, "a", &bytes).await;
            let made = blobs.shaped(stored.hash, media, asked).await.expect("told");
            assert!(made.is_none() || media == "image/webp" || media == "image/png", "{media}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_given_up_leaves_nothing() {
    let folder = TempDir::new().expect("a folder");
    let [blobs, _] = both(&folder);
    let mut upload = blobs.begin().expect("an upload");
    upload.write(Bytes::from_static(b"half")).await.expect("room");
    drop(upload);
    let parts = || std::fs::read_dir(folder.path().join("blobs/part")).expect("a folder").count();
    // Its thread ends when it sees that nobody sends any more.
    while parts() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(put(&blobs, "", b"whole").await.size == 5 && parts() == 0);
}

#[test]
fn a_place_is_a_bucket_or_a_folder() {
    assert_eq!(Place::parse("s3://bucket/prefix"), Ok(Place::Bucket("s3://bucket/prefix".to_owned())));
    assert_eq!(Place::parse("file:///srv/files"), Ok(Place::Folder("/srv/files".into())));
    assert_eq!(Place::parse("files"), Ok(Place::Folder("files".into())));
    for wrong in ["", "gs://bucket", "https://example.com/x", "file://"] {
        assert!(Place::parse(wrong).is_err(), "{wrong}");
    }
}
