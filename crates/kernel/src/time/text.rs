//! The one form in which we write moments, `2026-11-20T09:30:00.000Z`, there and back without a detour: an order has a dozen of
//! them and is read and written with every command. What has another form is left to chrono.

const DAY_MS: i64 = 86_400_000;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;
/// Days in 400 years.
const ERA: i64 = 146_097;

/// The text of a moment in the years 0 to 9999.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // single digits
pub fn write(millis: i64) -> Option<[u8; 24]> {
    let (year, month, day) = date(millis.div_euclid(DAY_MS));
    if !(0..=9_999).contains(&year) {
        return None;
    }
    let time = millis.rem_euclid(DAY_MS);
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let mut put = |from: usize, to: usize, number: i64| {
        let mut left = number;
        for place in (from..to).rev() {
            text[place] = b'0' + (left % 10) as u8;
            left /= 10;
        }
    };
    put(0, 4, year);
    put(5, 7, month);
    put(8, 10, day);
    put(11, 13, time / 3_600_000);
    put(14, 16, time / 60_000 % 60);
    put(17, 19, time / 1_000 % 60);
    put(20, 23, time % 1_000);
    Some(text)
}

/// The moment of such a text; nothing of any other, or of a date that there is not.
pub fn read(text: &[u8]) -> Option<i64> {
    let text: &[u8; 24] = text.try_into().ok()?;
    let signs = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')];
    if signs.iter().any(|(place, sign)| text[*place] != *sign) {
        return None;
    }
    let number = |from: usize, to: usize| {
        text[from..to]
            .iter()
            .try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let days = day_number(year, month, day);
    if hour > 23 || minute > 59 || second > 59 || date(days) != (year, month, day) {
        return None;
    }
    Some(days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000 + number(20, 23)?)
}

/// The date of a day counted from 1970-01-01 (Hinnant's `civil_from_days`): years begin in March, so that leap days come last.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

/// The day of a date, counted from 1970-01-01 (Hinnant's `days_from_civil`).
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH
}
