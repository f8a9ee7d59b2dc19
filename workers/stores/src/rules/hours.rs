//! When a store is open, in its own time zone.

use chrono::{Datelike, NaiveDateTime, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The hours of a week. A day without hours is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Opening spans by day.
    pub spans: Vec<Span>,
    /// Days on which it stays closed, such as `2026-12-31`, in its time zone.
    #[serde(default)]
    pub holidays: Vec<String>,
}

/// Open on one day from one time to another; one that ends at or before it begins ends the day after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// 1 is Monday, 7 is Sunday (ISO 8601).
    #[schema(minimum = 1, maximum = 7)]
    pub day: u32,
    /// Such as `09:00`.
    pub opens: String,
    /// Such as `21:30`.
    pub closes: String,
}

impl Hours {
    /// Open the whole week, from nine to nine.
    #[must_use]
    pub fn usual() -> Self {
        let spans = (1..=7).map(|day| Span { day, opens: "09:00".into(), closes: "21:00".into() }).collect();
        Self { spans, holidays: Vec::new() }
    }

    /// What is wrong with these hours, with the way to the field.
    #[must_use]
    pub fn fault(&self) -> Option<(String, &'static str)> {
        for (index, span) in self.spans.iter().enumerate() {
            if !(1..=7).contains(&span.day) {
                return Some((format!("hours.spans[{index}].day"), "expected 1 (Monday) to 7 (Sunday)"));
            }
            for (name, text) in [("opens", &span.opens), ("closes", &span.closes)] {
                if time(text).is_none() {
                    return Some((format!("hours.spans[{index}].{name}"), "expected a time such as 09:00"));
                }
            }
        }
        let wrong = self.holidays.iter().position(|day| day.parse::<chrono::NaiveDate>().is_err());
        wrong.map(|index| (format!("hours.holidays[{index}]"), "expected a day such as 2026-12-31"))
    }

    /// Is it open when its own clock shows this?
    #[must_use]
    pub fn open_at(&self, local: NaiveDateTime) -> bool {
        let (today, clock) = (local.date(), local.time());
        let Some(yesterday) = today.pred_opt() else { return false };
        let closed = |day: chrono::NaiveDate| self.holidays.iter().any(|holiday| holiday.parse() == Ok(day));
        let spans_of = |day: Weekday| self.spans.iter().filter(move |span| span.day == day.number_from_monday());
        let during = spans_of(today.weekday()).any(|span| {
            let (Some(opens), Some(closes)) = (time(&span.opens), time(&span.closes)) else { return false };
            clock >= opens && (clock < closes || closes <= opens)
        });
        let since_yesterday = spans_of(yesterday.weekday()).any(|span| {
            let (Some(opens), Some(closes)) = (time(&span.opens), time(&span.closes)) else { return false };
            closes <= opens && clock < closes
        });
        (during && !closed(today)) || (since_yesterday && !closed(yesterday))
    }
}

fn time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_open_by_its_hours() {
        let hours = Hours::usual();
        assert!(hours.open_at(at("2026-11-20T09:00:00")));
        assert!(!hours.open_at(at("2026-11-20T08:59:59")));
        assert!(!hours.open_at(at("2026-11-20T21:00:00")));
    }

    #[test]
    fn a_night_belongs_to_the_day_it_began() {
        let friday =
            Hours { spans: vec![Span { day: 5, opens: "18:00".into(), closes: "02:00".into() }], holidays: vec![] };
        assert!(friday.open_at(at("2026-11-20T23:00:00")));
        assert!(friday.open_at(at("2026-11-21T01:59:00")));
        assert!(!friday.open_at(at("2026-11-21T02:00:00")));
        let closed = Hours { holidays: vec!["2026-11-20".into()], ..friday };
        assert!(!closed.open_at(at("2026-11-21T01:00:00")));
    }

    #[test]
    fn faults_name_their_field() {
        let wrong = Hours { spans: vec![Span { day: 8, opens: "9".into(), closes: "21:00".into() }], holidays: vec![] };
        assert_eq!(wrong.fault().unwrap().0, "hours.spans[0].day");
        assert_eq!(Hours::usual().fault(), None);
    }
}
