//! Time zones, asked of the runtime: it carries the whole IANA database, which would double a script's size.

use chrono::NaiveDateTime;
use js_sys::{Date, Function, Object, Reflect};
use kirana_kernel::Timestamp;

/// What a clock in this zone shows at a moment; none when there is no such zone.
#[must_use]
pub fn local(moment: Timestamp, zone: &str) -> Option<NaiveDateTime> {
    #[allow(clippy::cast_precision_loss)] // milliseconds stay below 2^53
    let date = Date::new(&(moment.millis() as f64).into());
    let options = Object::new();
    Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    // A zone that is none makes this throw; Sweden writes times as ISO 8601 does.
    let write: Function = Reflect::get(&date, &"toLocaleString".into()).ok()?.into();
    let text = write.call2(&date, &"sv-SE".into(), &options).ok()?.as_string()?;
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").ok()
}

/// Is this an IANA time zone?
#[must_use]
pub fn exists(zone: &str) -> bool {
    !zone.is_empty() && local(Timestamp::from_millis(0), zone).is_some()
}

/// What the clocks of a zone are ahead of UTC at moments that follow each other. The runtime takes its time for each answer, and clocks are
/// moved at full and half hours only: so it is asked once for all moments of one half hour.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offsets {
    known: Option<(i64, i64)>,
}

/// Between two moments at which clocks may be moved.
const HALF_HOUR_MS: i64 = 1_800_000;

impl Offsets {
    /// What they are ahead at a moment, in seconds; `ask` says what the clock shows then, as [`local`] does. Nothing ahead where nobody can say.
    pub fn at(&mut self, moment: Timestamp, ask: impl FnOnce(Timestamp) -> Option<NaiveDateTime>) -> i64 {
        let half_hour = moment.millis().div_euclid(HALF_HOUR_MS);
        if let Some((known, offset)) = self.known
            && known == half_hour
        {
            return offset;
        }
        let offset = ask(moment).map_or(0, |wall| wall.and_utc().timestamp() - moment.seconds());
        self.known = Some((half_hour, offset));
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Berlin in the night in which summer time ends: at 01:00 UTC its clocks go from 03:00 back to 02:00.
    fn berlin(moment: Timestamp) -> Option<NaiveDateTime> {
        let end = Timestamp::from_millis(1_792_890_000_000);
        let ahead = if moment < end { 7_200 } else { 3_600 };
        chrono::DateTime::from_timestamp(moment.seconds() + ahead, 0).map(|time| time.naive_utc())
    }

    #[test]
    fn each_moment_has_the_offset_of_its_own_time() {
        let (mut offsets, mut asked) = (Offsets::default(), 0);
        let mut found = Vec::new();
        // Every five minutes from half an hour before to half an hour after, and half a year earlier.
        for minute in (-30..30).step_by(5).chain([-259_200]) {
            let moment = Timestamp::from_millis(1_792_890_000_000 + minute * 60_000);
            let mut ask = |moment| {
                asked += 1;
                berlin(moment)
            };
            found.push(offsets.at(moment, &mut ask));
        }
        assert_eq!(found, [[7_200; 6].as_slice(), &[3_600; 6], &[7_200]].concat());
        assert_eq!(asked, 3, "once for each half hour");
        assert_eq!(Offsets::default().at(Timestamp::from_millis(0), |_| None), 0);
    }
}
