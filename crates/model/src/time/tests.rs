use super::*;
use proptest::prelude::*;

#[test]
fn an_instant_is_written_as_in_javascript() {
    let cases = [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_742_034_600_007, "2025-03-15T10:30:00.007Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        (-62_167_219_200_001, "-000001-12-31T23:59:59.999Z"),
        (253_402_300_800_000, "+010000-01-01T00:00:00.000Z"),
        (Instant::FURTHEST, "+275760-09-13T00:00:00.000Z"),
        (-Instant::FURTHEST, "-271821-04-20T00:00:00.000Z"),
    ];
    for (ms, text) in cases {
        assert_eq!(Instant(ms).to_iso(), text);
        assert_eq!(Instant::parse(text), Some(Instant(ms)), "{text}");
    }
}

#[test]
fn every_instant_can_be_written() {
    for ms in [i64::MIN, i64::MAX] {
        assert!(Instant(ms).to_iso().ends_with('Z'));
    }
    for day in [i32::MIN, i32::MAX] {
        assert!(Day(day).to_iso().len() > 10);
    }
}

#[test]
fn iso_text_is_read_and_nothing_rolls_over() {
    let at = |text: &str| Reading::Found(Instant::parse(text).expect("a plain instant"));
    let cases = [
        ("2025-03-15", at("2025-03-15T00:00:00.000Z")),
        ("2025-03-15T10:30", at("2025-03-15T10:30:00.000Z")),
        ("2025-03-15T10:30Z", at("2025-03-15T10:30:00.000Z")),
        (" 2025-03-15 10:30:05 ", at("2025-03-15T10:30:05.000Z")),
        ("2025-03-15T10:30:05.1Z", at("2025-03-15T10:30:05.100Z")),
        ("2025-03-15T10:30:05.123456789+01:00", at("2025-03-15T09:30:05.123Z")),
        ("2025-03-15T10:30:05-0530", at("2025-03-15T16:00:05.000Z")),
        ("2025-03-15T23:30:00-01", at("2025-03-16T00:30:00.000Z")),
        ("2024-02-29", at("2024-02-29T00:00:00.000Z")),
        ("2026-02-30", Reading::Impossible),
        ("2025-02-29T10:00:00Z", Reading::Impossible),
        ("2025-13-01", Reading::Impossible),
        ("2025-00-01", Reading::Impossible),
        ("2025-03-15T24:00:00Z", Reading::Impossible),
        ("2025-03-15T10:60Z", Reading::Impossible),
        ("2025-03-15T10:30+24:00", Reading::Impossible),
        ("2025-3-15", Reading::Unreadable),
        ("2025-03-15T", Reading::Unreadable),
        ("2025-03-15T10", Reading::Unreadable),
        ("2025-03-15T10:30:05.Z", Reading::Unreadable),
        ("2025-03-15T10:30Zx", Reading::Unreadable),
        ("next week", Reading::Unreadable),
        ("", Reading::Unreadable),
        ("2025-03-1é", Reading::Unreadable),
    ];
    for (text, expected) in cases {
        assert_eq!(Instant::read(text), expected, "{text}");
    }
    assert_eq!(Day::parse("2025-03-15T10:30"), None, "a day has no time");
}

#[test]
fn a_zone_is_known_by_its_name_in_any_case() {
    let cases = [
        ("Europe/Berlin", Some("Europe/Berlin")),
        ("europe/berlin", Some("Europe/Berlin")),
        ("utc", Some("UTC")),
        ("UTC", Some("UTC")),
        ("Asia/Kolkata", Some("Asia/Kolkata")),
        ("Mars/Olympus", None),
        ("+02:00", None),
        ("", None),
    ];
    for (given, name) in cases {
        assert_eq!(Zone::parse(given).as_ref().map(Zone::name), name, "{given}");
    }
    let zone: Zone = serde_json::from_str("\"america/new_york\"").unwrap();
    assert_eq!(serde_json::to_string(&zone).unwrap(), "\"America/New_York\"");
    assert!(serde_json::from_str::<Zone>("\"nowhere\"").is_err());
}

#[test]
fn a_day_starts_and_ends_where_the_clocks_of_the_zone_say() {
    let cases = [
        ("UTC", "2025-03-15", "2025-03-15T00:00:00.000Z", "2025-03-15T23:59:59.999Z"),
        ("America/New_York", "2025-03-15", "2025-03-15T04:00:00.000Z", "2025-03-16T03:59:59.999Z"),
        // 23 and 25 hours.
        ("Europe/Berlin", "2025-03-30", "2025-03-29T23:00:00.000Z", "2025-03-30T21:59:59.999Z"),
        ("Europe/Berlin", "2025-10-26", "2025-10-25T22:00:00.000Z", "2025-10-26T22:59:59.999Z"),
        // Midnight does not exist: the clocks jump to one o'clock.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z", "2018-11-05T01:59:59.999Z"),
        // The clocks jump from 23:30 to 00:30.
        ("America/Toronto", "1919-03-31", "1919-03-31T04:30:00.000Z", "1919-04-01T03:59:59.999Z"),
        // The hour before midnight comes twice.
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00.000Z", "2018-02-18T02:59:59.999Z"),
        // The day after a day that was left out.
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00.000Z", "2011-12-31T09:59:59.999Z"),
    ];
    for (zone, day, start, end) in cases {
        let (zone, day) = (Zone::parse(zone).unwrap(), Day::parse(day).unwrap());
        assert_eq!(zone.start_of(day).to_iso(), start, "start of {} in {}", day.to_iso(), zone.name());
        assert_eq!(zone.end_of(day).to_iso(), end, "end of {} in {}", day.to_iso(), zone.name());
        assert_eq!(zone.day_of(zone.start_of(day)), day);
        assert_eq!(zone.day_of(zone.end_of(day)), day);
    }
}

#[test]
fn a_period_is_a_range_of_local_days() {
    use PeriodMode::*;
    // A Saturday in Berlin, but still Friday in UTC.
    let now = Instant::parse("2025-03-14T23:30:00Z").unwrap();
    let june = Instant::parse("2024-06-30T22:30:00Z").unwrap();
    let cases = [
        (Today, "2025-03-15", "2025-03-15"),
        (Tomorrow, "2025-03-16", "2025-03-16"),
        (Yesterday, "2025-03-14", "2025-03-14"),
        (OneWeekAgo, "2025-03-08", "2025-03-08"),
        (OneWeekFromNow, "2025-03-22", "2025-03-22"),
        (OneMonthAgo, "2025-02-15", "2025-02-15"),
        (OneMonthFromNow, "2025-04-15", "2025-04-15"),
        (DaysAgo(0), "2025-03-15", "2025-03-15"),
        (DaysAgo(15), "2025-02-28", "2025-02-28"),
        (DaysFromNow(17), "2025-04-01", "2025-04-01"),
        (CurrentWeek, "2025-03-10", "2025-03-16"),
        (LastWeek, "2025-03-03", "2025-03-09"),
        (NextWeek, "2025-03-17", "2025-03-23"),
        (CurrentMonth, "2025-03-01", "2025-03-31"),
        (LastMonth, "2025-02-01", "2025-02-28"),
        (NextMonth, "2025-04-01", "2025-04-30"),
        (CurrentYear, "2025-01-01", "2025-12-31"),
        (LastYear, "2024-01-01", "2024-12-31"),
        (NextYear, "2026-01-01", "2026-12-31"),
        (PastWeek, "2025-03-08", "2025-03-15"),
        (PastMonth, "2025-02-15", "2025-03-15"),
        (PastYear, "2024-03-15", "2025-03-15"),
        (ComingWeek, "2025-03-15", "2025-03-22"),
        (ComingMonth, "2025-03-15", "2025-04-15"),
        (ComingYear, "2025-03-15", "2026-03-15"),
        (PastDays(3), "2025-03-12", "2025-03-15"),
        (ComingDays(3), "2025-03-15", "2025-03-18"),
        (ExactDay(june), "2024-07-01", "2024-07-01"),
        (Month(june), "2024-07-01", "2024-07-31"),
        (Year(june), "2024-01-01", "2024-12-31"),
        (Between { start: june, end: now }, "2024-07-01", "2025-03-15"),
    ];
    let zone = Zone::parse("Europe/Berlin").unwrap();
    for (mode, first, last) in cases {
        let range = Period { mode, zone: zone.clone() }.range(now);
        assert_eq!((range.first.to_iso().as_str(), range.last.to_iso().as_str()), (first, last), "{mode:?}");
        assert_eq!((range.start, range.end), (zone.start_of(range.first), zone.end_of(range.last)));
    }
    let alone = Period { mode: ExactInstant(june), zone }.range(now);
    assert_eq!((alone.start, alone.end), (june, june));
}

#[test]
fn months_clamp_and_counts_saturate() {
    let months = [("2025-03-31", -1, "2025-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2024-02-29", 12, "2025-02-28")];
    for (day, by, expected) in months {
        assert_eq!(Day::parse(day).unwrap().plus_months(by).to_iso(), expected);
    }
    let now = Instant::now();
    for mode in [PeriodMode::DaysAgo(u32::MAX), PeriodMode::ComingDays(u32::MAX), PeriodMode::PastDays(u32::MAX)] {
        for zone in [Zone::utc(), Zone::parse("Asia/Tokyo").unwrap()] {
            let range = Period { mode, zone }.range(now);
            assert!(range.start <= range.end && range.first <= range.last);
        }
    }
    for instant in [Instant(i64::MIN), Instant(i64::MAX)] {
        Period { mode: PeriodMode::ExactDay(instant), zone: Zone::parse("Asia/Tokyo").unwrap() }.range(now);
    }
    assert_eq!(Day(0).plus_months(i64::MAX).plus_months(i64::MIN).plus_days(i64::MIN), Day(-Day::FURTHEST));
}

#[test]
fn dates_are_shown_and_read_in_their_format() {
    let now = Instant::parse("2025-03-15T10:30:00Z").unwrap();
    let instant = Instant::parse("2025-03-05T19:05:00Z").unwrap();
    let cases = [
        ("YYYY-MM-DD", TimeFormat::None, "UTC", "2025-03-05"),
        ("M/D/YYYY", TimeFormat::H12, "UTC", "3/5/2025 07:05 PM"),
        ("D/M/YYYY", TimeFormat::H24, "Europe/Berlin", "5/3/2025 20:05"),
        ("YYYY/MM/DD", TimeFormat::H24, "Asia/Tokyo", "2025/03/06 04:05"),
        ("YYYY-MM", TimeFormat::None, "UTC", "2025-03"),
        ("MM-DD", TimeFormat::None, "UTC", "03-05"),
        ("YYYY", TimeFormat::None, "UTC", "2025"),
        ("DD", TimeFormat::None, "UTC", "05"),
    ];
    for (date, time, zone, text) in cases {
        let format = DateFormat { date: date.to_owned(), time, zone: Zone::parse(zone).unwrap() };
        assert!(format.is_sound());
        assert_eq!(format.format(instant), text);
        let read = format.parse(text, now).expect(text);
        assert_eq!(format.format(read), text, "reads back");
    }
    let format = DateFormat { date: "D/M/YYYY".to_owned(), time: TimeFormat::H24, zone: Zone::utc() };
    let read = |text: &str| format.read(text, now).map(Instant::to_iso);
    assert_eq!(read("05/03/2025"), Reading::Found("2025-03-05T00:00:00.000Z".to_owned()));
    assert_eq!(read("5/3/2025 12:30 AM"), Reading::Found("2025-03-05T00:30:00.000Z".to_owned()));
    assert_eq!(read("31/2/2025"), Reading::Impossible);
    assert_eq!(read("5/3/2025 25:00"), Reading::Impossible);
    assert_eq!(read("2025-03-05"), Reading::Unreadable);
    assert_eq!(read("5/3/2025 soon"), Reading::Unreadable);
    assert!(!DateFormat { date: "--".to_owned(), ..DateFormat::default() }.is_sound());
}

proptest! {
    #[test]
    fn our_calendar_is_that_of_the_library(ms in -377_705_000_000_000i64..253_402_200_000_000) {
        let theirs = jiff::Timestamp::from_millisecond(ms).unwrap();
        let instant = Instant(ms);
        prop_assert_eq!(Instant::parse(&instant.to_iso()), Some(instant));
        let civil = theirs.to_zoned(jiff::tz::TimeZone::UTC).date();
        let (year, month, day) = instant.utc_day().civil();
        prop_assert_eq!((year, month as i8, day as i8), (i32::from(civil.year()), civil.month(), civil.day()));
        prop_assert_eq!(Day::from_civil(year, month, day), Some(instant.utc_day()));
        prop_assert_eq!(instant.utc_day().weekday() as i8, civil.weekday().to_monday_zero_offset());
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,40}", digits in "[0-9:T+.Z -]{0,40}") {
        for text in [text, digits] {
            let _ = (Instant::read(&text), Day::parse(&text), Zone::parse(&text));
            let format = DateFormat { date: text.clone(), ..DateFormat::default() };
            let _ = (format.format(Instant(0)), format.read(&text, Instant(0)), read_clock(&text));
        }
    }
}
