//! When a promotion runs, by the clock on the store's wall. Whoever asks passes the store's local date and time: this crate
//! knows no time zones.

use chrono::{Datelike, NaiveDateTime, NaiveTime, Weekday};
use kirana_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The date and time on a wall whose clock is so many seconds ahead of UTC.
#[must_use]
pub fn on_the_wall(moment: Timestamp, utc_offset: i64) -> NaiveDateTime {
    chrono::DateTime::from_timestamp(moment.seconds() + utc_offset, 0).map(|time| time.naive_utc()).unwrap_or_default()
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    /// The first of ISO 8601.
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The fifth.
    Friday,
    /// The sixth.
    Saturday,
    /// The seventh.
    Sunday,
}

impl Day {
    const fn of(day: Weekday) -> Self {
        match day {
            Weekday::Mon => Self::Monday,
            Weekday::Tue => Self::Tuesday,
            Weekday::Wed => Self::Wednesday,
            Weekday::Thu => Self::Thursday,
            Weekday::Fri => Self::Friday,
            Weekday::Sat => Self::Saturday,
            Weekday::Sun => Self::Sunday,
        }
    }
}

/// Hours of a week, such as a happy hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklyWindow {
    /// The days on which it begins; none means each day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
    /// When it begins, in the store's local time.
    #[serde(with = "wall::time")]
    #[schema(value_type = String, example = "17:00:00")]
    pub from: NaiveTime,
    /// The first moment after it. Not after `from`: it ends on the next day, and one from 22:00 to 22:00 lasts a whole day.
    #[serde(with = "wall::time")]
    #[schema(value_type = String, example = "19:00:00")]
    pub until: NaiveTime,
}

impl WeeklyWindow {
    /// Does it run at this local time? What runs past midnight belongs to the day on which it began.
    #[must_use]
    pub fn contains(&self, local: NaiveDateTime) -> bool {
        let on = |day: Weekday| self.days.is_empty() || self.days.contains(&Day::of(day));
        let (today, time) = (local.weekday(), local.time());
        if self.from < self.until {
            return on(today) && self.from <= time && time < self.until;
        }
        (on(today) && self.from <= time) || (on(today.pred()) && time < self.until)
    }
}

/// A stretch of the calendar, such as a festival.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DateWindow {
    /// When it begins, in the store's local time.
    #[serde(with = "wall::date_time")]
    #[schema(value_type = String, example = "2027-04-13T00:00:00")]
    pub from: NaiveDateTime,
    /// The first moment after it.
    #[serde(with = "wall::date_time")]
    #[schema(value_type = String, example = "2027-04-16T00:00:00")]
    pub until: NaiveDateTime,
}

impl DateWindow {
    /// Does it run at this local time?
    #[must_use]
    pub fn contains(&self, local: NaiveDateTime) -> bool {
        self.from <= local && local < self.until
    }
}

/// Times on a wall as JSON has them, `17:00:00` and `2027-04-13T00:00:00`: to the second, read by hand. What reads any format of
/// dates would be a tenth of a script.
mod wall {
    use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

    /// Numbers of so many digits with this between them.
    fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[u32; N]> {
        let mut numbers = [0; N];
        let mut parts = text.split(between);
        for (number, digits) in numbers.iter_mut().zip(digits) {
            let part =
                parts.next().filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))?;
            *number = part.parse().ok()?;
        }
        parts.next().is_none().then_some(numbers)
    }

    fn read_time(text: &str) -> Option<NaiveTime> {
        let [hour, minute, second] = numbers(text, ':', [2, 2, 2])?;
        NaiveTime::from_hms_opt(hour, minute, second)
    }

    fn write_time(time: NaiveTime) -> String {
        format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
    }

    /// A time of the day.
    pub mod time {
        use super::{NaiveTime, read_time, write_time};
        use serde::{Deserialize, Deserializer, Serializer, de::Error};

        pub fn serialize<S: Serializer>(time: &NaiveTime, to: S) -> Result<S::Ok, S::Error> {
            to.serialize_str(&write_time(*time))
        }

        pub fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<NaiveTime, D::Error> {
            let text = String::deserialize(from)?;
            read_time(&text).ok_or_else(|| D::Error::custom("expected a time such as 17:00:00"))
        }
    }

    /// A date and a time.
    pub mod date_time {
        use super::{Datelike, NaiveDate, NaiveDateTime, numbers, read_time, write_time};
        use serde::{Deserialize, Deserializer, Serializer, de::Error};

        pub fn serialize<S: Serializer>(at: &NaiveDateTime, to: S) -> Result<S::Ok, S::Error> {
            let time = write_time(at.time());
            to.serialize_str(&format!("{:04}-{:02}-{:02}T{time}", at.year(), at.month(), at.day()))
        }

        pub fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<NaiveDateTime, D::Error> {
            let text = String::deserialize(from)?;
            let read = || {
                let (date, time) = text.split_once('T')?;
                let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
                let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
                Some(date.and_time(read_time(time)?))
            };
            read()
                .ok_or_else(|| D::Error::custom("expected a date and time such as 2027-04-13T00:00:00, without a zone"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_happy_hour_ends_when_it_says() {
        let hour: WeeklyWindow =
            serde_json::from_str(r#"{"days":["friday"],"from":"17:00:00","until":"19:00:00"}"#).unwrap();
        assert!(hour.contains(at("2026-11-27T17:00:00")), "a Friday");
        assert!(hour.contains(at("2026-11-27T18:59:59.999")));
        assert!(!hour.contains(at("2026-11-27T19:00:00")));
        assert!(!hour.contains(at("2026-11-27T16:59:59")));
        assert!(!hour.contains(at("2026-11-28T17:30:00")), "a Saturday");
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_began() {
        let night: WeeklyWindow =
            serde_json::from_str(r#"{"days":["friday"],"from":"22:00:00","until":"02:00:00"}"#).unwrap();
        assert!(night.contains(at("2026-11-27T23:00:00")));
        assert!(night.contains(at("2026-11-28T01:59:00")), "Saturday's first hours are Friday's night");
        assert!(!night.contains(at("2026-11-27T01:00:00")), "Friday's first hours are Thursday's night");
        assert!(!night.contains(at("2026-11-28T22:30:00")));
    }

    #[test]
    fn a_festival_ends_with_its_last_day() {
        let festival: DateWindow =
            serde_json::from_str(r#"{"from":"2027-04-13T00:00:00","until":"2027-04-16T00:00:00"}"#).unwrap();
        assert!(festival.contains(at("2027-04-13T00:00:00")) && festival.contains(at("2027-04-15T23:59:59")));
        assert!(!festival.contains(at("2027-04-16T00:00:00")) && !festival.contains(at("2027-04-12T23:59:59")));
    }
}
