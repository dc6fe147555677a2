//! Time zones as sites name them: by IANA name (facts 2), or by the city alone as in the reference ("Rome").

use model::time::{Instant, Zone};

/// The regions of the IANA database that cities are in.
const REGIONS: &[&str] =
    &["Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian", "Antarctica"];

/// The zone of a name.
pub fn find(name: &str) -> Option<Zone> {
    Zone::parse(name).or_else(|| {
        let city = name.replace(' ', "_");
        REGIONS.iter().find_map(|region| Zone::parse(&format!("{region}/{city}")))
    })
}

/// Appends a moment in a zone: `2016-09-03T18:30:00+01:00`, with milliseconds only where there are some (facts 2).
pub fn write(out: &mut Vec<u8>, zone: &Zone, ms: i64) {
    let local = zone.local(Instant(ms));
    let offset = (i64::from(local.day.0) * model::time::DAY_MS + local.ms - ms) / 60_000;
    local.day.write_iso(out);
    let (hours, minutes, seconds, fraction) =
        (local.ms / 3_600_000, local.ms / 60_000 % 60, local.ms / 1000 % 60, local.ms % 1000);
    for (before, number) in [(b'T', hours), (b':', minutes), (b':', seconds)] {
        out.push(before);
        out.extend_from_slice(&two(number));
    }
    if fraction != 0 {
        out.extend_from_slice(&[b'.', b'0' + (fraction / 100) as u8]);
        out.extend_from_slice(&two(fraction % 100));
    }
    out.push(if offset < 0 { b'-' } else { b'+' });
    out.extend_from_slice(&two(offset.abs() / 60));
    out.push(b':');
    out.extend_from_slice(&two(offset.abs() % 60));
}

/// Two digits of a number below 100.
fn two(number: i64) -> [u8; 2] {
    [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]
}

/// The moment of ISO text; where it says no zone, the site's counts.
pub fn read(zone: &Zone, text: &str) -> Option<i64> {
    let text = text.trim();
    let instant = Instant::parse(text)?;
    let time = text.find(['T', 't', ' ']).map(|at| &text[at..]);
    let names_zone = time.is_some_and(|time| time.contains(['Z', 'z', '+', '-']));
    if names_zone {
        return Some(instant.0);
    }
    let local = Zone::utc().local(instant);
    Some(zone.instant_of_local(local).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_in_the_zone_and_reads_back() {
        let london = find("Europe/London").expect("a zone");
        let cases = [
            ("2016-09-03T17:30:00Z", "2016-09-03T18:30:00+01:00"),
            ("2016-12-03T17:30:00Z", "2016-12-03T17:30:00+00:00"),
            ("2016-09-03T17:30:00.250Z", "2016-09-03T18:30:00.250+01:00"),
            ("2016-09-03T18:30:00", "2016-09-03T18:30:00+01:00"),
            ("2016-09-03", "2016-09-03T00:00:00+01:00"),
        ];
        for (given, shown) in cases {
            let ms = read(&london, given).expect("a moment");
            let mut out = Vec::new();
            write(&mut out, &london, ms);
            assert_eq!(String::from_utf8_lossy(&out), shown, "{given}");
            assert_eq!(read(&london, shown), Some(ms), "{given} reads back");
        }
        let mut out = Vec::new();
        write(&mut out, &find("America/St_Johns").expect("a zone"), 0);
        assert_eq!(String::from_utf8_lossy(&out), "1969-12-31T20:30:00-03:30");
        assert_eq!(read(&london, "tomorrow"), None);
    }

    #[test]
    fn a_city_alone_names_its_zone() {
        assert_eq!(find("Rome").expect("a zone").name(), "Europe/Rome");
        assert_eq!(find("New York").expect("a zone").name(), "America/New_York");
        assert!(find("Atlantis").is_none());
    }
}
