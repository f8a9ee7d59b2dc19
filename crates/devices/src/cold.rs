//! The cold chain: a fridge that is too warm for some minutes is an alarm; one that stays so is a breach, and what is in it is suspect.
//! A door that is left open, and a fridge that freezes what should only be cool, are alarms too.

use kirana_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a fridge is held to: a part of its desired configuration.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Degrees Celsius.
    pub temperature_min: f64,
    /// Degrees Celsius.
    pub temperature_max: f64,
    /// Seconds beyond them until it is an alarm.
    pub alarm_after_seconds: i64,
    /// Seconds above `temperature_max` until the cold chain is broken.
    pub breach_after_seconds: i64,
    /// Seconds that the door may be open.
    pub door_after_seconds: i64,
}

impl Default for Rules {
    /// A fridge for fresh food: 0 to 5 degrees; what was above for two hours is not safe to sell.
    fn default() -> Self {
        Self {
            temperature_min: 0.0,
            temperature_max: 5.0,
            alarm_after_seconds: 600,
            breach_after_seconds: 7200,
            door_after_seconds: 300,
        }
    }
}

impl Rules {
    /// Of a configuration; what it does not say is as it usually is.
    #[must_use]
    pub fn of(config: &Value) -> Self {
        serde_json::from_value(config.clone()).unwrap_or_default()
    }
}

/// What is wrong, or right again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Alarm {
    /// Above its most for too long.
    TooWarm(f64),
    /// Below its least for too long.
    TooCold(f64),
    /// What is in it is suspect.
    Breach {
        /// Since when it was too warm.
        since: Timestamp,
        /// How warm it was at most.
        worst: f64,
    },
    /// The door is open.
    DoorOpen,
    /// As it should be.
    Recovered,
}

/// What is remembered of a fridge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Watch {
    warm_since: Option<i64>,
    cold_since: Option<i64>,
    door_since: Option<i64>,
    worst: f64,
    too_warm: bool,
    too_cold: bool,
    breach: bool,
    door_open: bool,
    last: i64,
}

/// Within this of a limit a fridge is not yet well again.
const HYSTERESIS: f64 = 0.3;

impl Watch {
    /// The alarms that are on.
    #[must_use]
    pub fn alarms(&self) -> Vec<&'static str> {
        let all = [
            (self.too_warm, "too_warm"),
            (self.too_cold, "too_cold"),
            (self.breach, "cold_chain_breach"),
            (self.door_open, "door_open"),
        ];
        all.into_iter().filter(|(on, _)| *on).map(|(_, name)| name).collect()
    }

    /// A temperature was measured. What is older than what is known says nothing.
    pub fn temperature(&mut self, rules: &Rules, value: f64, at: Timestamp) -> Vec<Alarm> {
        let at = at.millis();
        if at < self.last {
            return Vec::new();
        }
        self.last = at;
        let mut alarms = Vec::new();
        let long = |since: i64, seconds: i64| at - since >= seconds * 1000;
        if value > rules.temperature_max {
            let since = *self.warm_since.get_or_insert(at);
            self.worst = if since == at { value } else { self.worst.max(value) };
            if !self.too_warm && long(since, rules.alarm_after_seconds) {
                self.too_warm = true;
                alarms.push(Alarm::TooWarm(value));
            }
            if !self.breach && long(since, rules.breach_after_seconds) {
                self.breach = true;
                alarms.push(Alarm::Breach { since: Timestamp::from_millis(since), worst: self.worst });
            }
        } else if value <= rules.temperature_max - HYSTERESIS || !self.too_warm {
            self.warm_since = None;
            if self.too_warm {
                alarms.push(Alarm::Recovered);
            }
            (self.too_warm, self.breach) = (false, false);
        }
        if value < rules.temperature_min {
            let since = *self.cold_since.get_or_insert(at);
            if !self.too_cold && long(since, rules.alarm_after_seconds) {
                self.too_cold = true;
                alarms.push(Alarm::TooCold(value));
            }
        } else if value >= rules.temperature_min + HYSTERESIS || !self.too_cold {
            self.cold_since = None;
            if self.too_cold {
                alarms.push(Alarm::Recovered);
            }
            self.too_cold = false;
        }
        alarms
    }

    /// The door is open, or not: at an event, and with each measurement while it stays so.
    pub fn door(&mut self, rules: &Rules, open: bool, at: Timestamp) -> Option<Alarm> {
        if !open {
            self.door_since = None;
            return std::mem::take(&mut self.door_open).then_some(Alarm::Recovered);
        }
        let since = *self.door_since.get_or_insert(at.millis());
        let long = at.millis() - since >= rules.door_after_seconds * 1000;
        let new = long && !self.door_open;
        self.door_open |= new;
        new.then_some(Alarm::DoorOpen)
    }

    /// Is the door open, as far as is known?
    #[must_use]
    pub const fn door_is_open(&self) -> bool {
        self.door_since.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(1_763_631_000_000 + minutes * 60_000)
    }

    #[test]
    fn warm_is_an_alarm_and_warm_for_long_a_breach_once() {
        let (rules, mut watch) = (Rules::default(), Watch::default());
        let mut all = Vec::new();
        for minute in 0..200 {
            all.extend(watch.temperature(&rules, 8.0 + f64::from(minute == 50), at(minute.into())));
        }
        assert_eq!(all, [Alarm::TooWarm(8.0), Alarm::Breach { since: at(0), worst: 9.0 }]);
        assert_eq!(watch.alarms(), ["too_warm", "cold_chain_breach"]);
        assert_eq!(watch.temperature(&rules, 4.9, at(200)), [], "not well yet");
        assert_eq!(watch.temperature(&rules, 4.0, at(201)), [Alarm::Recovered]);
        assert!(watch.alarms().is_empty());
    }

    #[test]
    fn a_door_may_be_open_for_a_moment() {
        let (rules, mut watch) = (Rules::default(), Watch::default());
        assert_eq!(watch.door(&rules, true, at(0)), None);
        assert_eq!(watch.door(&rules, true, at(4)), None);
        assert_eq!(watch.door(&rules, true, at(5)), Some(Alarm::DoorOpen));
        assert_eq!(watch.door(&rules, true, at(9)), None);
        assert_eq!(watch.door(&rules, false, at(10)), Some(Alarm::Recovered));
        assert_eq!(watch.door(&rules, false, at(11)), None);
    }

    proptest! {
        #[test]
        fn no_breach_without_two_hours_of_warmth(values in prop::collection::vec(-5.0_f64..12.0, 1..400)) {
            let (rules, mut watch) = (Rules::default(), Watch::default());
            let mut above: Option<i64> = None;
            for (minute, value) in values.iter().enumerate() {
                let minute = i64::try_from(minute).unwrap();
                // Between the limit and well again the clock goes on only once there was an alarm.
                above = if *value > rules.temperature_max - HYSTERESIS { above.or(Some(minute)) } else { None };
                for alarm in watch.temperature(&rules, *value, at(minute)) {
                    if let Alarm::Breach { since, worst } = alarm {
                        prop_assert!(above.is_some_and(|begun| at(begun) <= since && minute - begun >= 120));
                        prop_assert!(worst > rules.temperature_max);
                    }
                }
            }
        }

        #[test]
        fn old_news_is_no_news(value in 6.0_f64..9.0) {
            let (rules, mut watch) = (Rules::default(), Watch::default());
            watch.temperature(&rules, 3.0, at(500));
            let before = watch;
            prop_assert!(watch.temperature(&rules, value, at(100)).is_empty());
            prop_assert_eq!(watch, before);
        }
    }
}
