//! How old what is on hand is, and how soon it passes its date.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Days since it came in, up to which a bucket goes; the last one has no end.
const AGES: [i64; 6] = [1, 3, 7, 30, 90, i64::MAX];

/// What came in within a span of days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgeBucket {
    /// More days ago than this; 0 for the first.
    pub after_days: i64,
    /// At most so many days ago; absent for the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to_days: Option<i64>,
    /// What it is worth, in minor units.
    pub value: i64,
}

/// What will pass its date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Expiring {
    /// Within a day, what has passed it included: worth so much, in minor units.
    pub within_1_day: i64,
    /// Within three days, those of the first included.
    pub within_3_days: i64,
    /// Within seven days, those of the others included.
    pub within_7_days: i64,
}

/// Ages and dates of some stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ageing {
    /// All of it, by age.
    pub ages: Vec<AgeBucket>,
    /// What of it passes its date soon.
    pub expiring: Expiring,
    /// All of it.
    pub value: i64,
}

impl Default for Ageing {
    fn default() -> Self {
        let mut after_days = 0;
        let ages = AGES
            .iter()
            .map(|&up_to| {
                let bucket = AgeBucket { after_days, up_to_days: (up_to < i64::MAX).then_some(up_to), value: 0 };
                after_days = up_to;
                bucket
            })
            .collect();
        Self { ages, expiring: Expiring::default(), value: 0 }
    }
}

impl Ageing {
    /// Adds stock that came in at most `age_days` ago (91 for before 90 days) and passes its date within `left_days`, where
    /// that is soon.
    pub fn add(&mut self, age_days: i64, left_days: Option<i64>, value: i64) {
        if let Some(bucket) =
            self.ages.iter_mut().find(|bucket| bucket.up_to_days.is_none_or(|up_to| age_days <= up_to))
        {
            bucket.value += value;
        }
        self.value += value;
        let Some(left_days) = left_days else { return };
        let expiring = &mut self.expiring;
        for (days, sum) in
            [(1, &mut expiring.within_1_day), (3, &mut expiring.within_3_days), (7, &mut expiring.within_7_days)]
        {
            if left_days <= days {
                *sum += value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cent_is_in_one_bucket() {
        let mut ageing = Ageing::default();
        for (age, value) in [(1, 1), (3, 2), (3, 4), (7, 8), (30, 16), (90, 32), (91, 64)] {
            ageing.add(age, None, value);
        }
        let values: Vec<_> = ageing.ages.iter().map(|bucket| bucket.value).collect();
        assert_eq!((values, ageing.value), (vec![1, 6, 8, 16, 32, 64], 127));
        assert_eq!((ageing.ages[0].after_days, ageing.ages[5].after_days, ageing.ages[5].up_to_days), (0, 90, None));
    }

    #[test]
    fn what_passes_its_date_sooner_is_in_the_later_spans_too() {
        let mut ageing = Ageing::default();
        for (left, value) in [(Some(1), 1), (Some(3), 2), (Some(7), 4), (None, 8)] {
            ageing.add(1, left, value);
        }
        assert_eq!(ageing.expiring, Expiring { within_1_day: 1, within_3_days: 3, within_7_days: 7 });
    }
}
