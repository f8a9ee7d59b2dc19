//! Time zones, asked of the runtime: it carries the whole IANA database, which would double this script's size.

use chrono::NaiveDateTime;
use kirana_kernel::Timestamp;
use worker::js_sys::{Date, Function, Object, Reflect};

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
