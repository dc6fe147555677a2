//! What a path may look like, so that no router or disk ever reads it in two ways.

use model::{Error, Result};
use percent_encoding::percent_decode_str;

/// Longer than any path of ours.
const LONGEST: usize = 8 << 10;

/// Refuses paths that are too long, or have `.` or `..` as a segment, control characters, or bytes that are not UTF-8,
/// encoded or not.
pub(crate) fn check(path: &str) -> Result<()> {
    if path.len() > LONGEST {
        return Err(Error::TooLarge { what: "path", limit: LONGEST as u64 });
    }
    // Nearly every path has neither dots nor percent signs.
    if path.bytes().any(|b| b == b'%' || b == b'.' || !(0x20..0x7f).contains(&b)) {
        check_segments(path)
    } else {
        Ok(())
    }
}

fn check_segments(path: &str) -> Result<()> {
    for segment in path.split('/') {
        let Ok(text) = percent_decode_str(segment).decode_utf8() else {
            return Err(Error::malformed("path", "is not UTF-8"));
        };
        if text.chars().any(char::is_control) {
            return Err(Error::malformed("path", "has control characters"));
        }
        if text == "." || text == ".." {
            return Err(Error::malformed("path", "has a segment of dots"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_with_one_reading_pass() {
        for good in ["/", "", "/api/table/tbl1/record", "/a//b/", "/files/a..b.txt", "/%C3%A9%20%2F", "/..."] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["/..", "/a/../b", "/a/%2e%2E/b", "/.%2e", "/./a", "/a%00", "/%0d%0a", "/%ff", "/%7f", "/%C2%85"] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(matches!(check(&"/a".repeat(5000)), Err(Error::TooLarge { what: "path", .. })));
    }
}
