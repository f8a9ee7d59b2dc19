//! What the people who lead a store are told of its devices, and how seldom. The hub damps what comes and goes before it tells
//! (`kirana_devices::health`); here the same trouble of the same device is one message an hour, however often it is told, and a store
//! whose line is down is one letter and not one for each of its devices.

use kirana_events::{Event, EventData};
use kirana_kernel::Id;

/// Something that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The store whose managers are told.
    pub store: Id,
    /// In short.
    pub title: String,
    /// In full.
    pub body: String,
    /// Whatever has the same cause is told once.
    pub cause: String,
    /// The cause of its letter, if it is worth one.
    pub letter: Option<String>,
}

/// An hour, in milliseconds.
const HOUR: i64 = 3_600_000;

/// What is wrong, in short; whether it is worth a letter. What a device makes up by itself is one of them, whatever it calls it: a
/// device that is broken, or somebody else's, does not choose how much is written to people.
const KNOWN: [(&str, &str, bool); 12] = [
    ("cold_chain_breach", "the cold chain is broken", true),
    ("too_warm", "too warm", true),
    ("too_cold", "too cold", true),
    ("door_open", "the door is open", false),
    ("flapping", "it comes and goes", true),
    ("not_vended", "it did not hand out", true),
    ("vended_after_refund", "it handed out what was given back", true),
    ("sale_stuck", "a sale does not go on", true),
    ("cash_differs", "its cash is not what it sold", true),
    ("tags_missing", "goods are missing", true),
    ("not_applied", "what it told was not taken", false),
    ("key_refused", "somebody tried to be it", false),
];

/// What an event says to the people who lead a store, if it does.
#[must_use]
pub fn trouble(event: &Event) -> Option<Trouble> {
    let (store, hour) = (event.store_id?, event.occurred_at.millis().div_euclid(HOUR));
    match &event.data {
        // Somebody took it out of service, and knows.
        EventData::DeviceOffline(told) if told.code.is_some() => None,
        EventData::DeviceOffline(told) => Some(Trouble {
            store,
            title: format!("{} is not there", told.name),
            body: format!(
                "The {} {} has not been heard of for two heartbeats, at {}. See whether it has power and a line; whether others of the \
                 store are there is in the view of all devices.",
                told.kind, told.name, told.at
            ),
            cause: format!("device {} offline {hour}", told.device_id),
            letter: Some(format!("devices offline {store} {hour}")),
        }),
        EventData::DeviceError(told) => {
            let code = told.code.as_deref().unwrap_or_default();
            // Whoever gave the command sees what became of it.
            if code.starts_with("command_") {
                return None;
            }
            let known = KNOWN.iter().find(|(known, _, _)| *known == code);
            let (code, short, letter) = known.copied().unwrap_or(("fault", "it says that something is wrong", false));
            let detail = told.detail.clone().unwrap_or_default();
            let cause = format!("device {} {code} {hour}", told.device_id);
            Some(Trouble {
                store,
                title: format!("{}: {short}", told.name),
                body: format!("The {} {} told at {}: {detail}", told.kind, told.name, told.at),
                letter: letter.then(|| cause.clone()),
                cause,
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_events::DeviceEvent;
    use kirana_kernel::Timestamp;
    use std::collections::BTreeSet;

    fn id(number: u8) -> Id {
        Id::new(Timestamp::from_millis(1), [number; 10])
    }

    fn told(device: u8, code: Option<&str>, minute: i64, data: fn(DeviceEvent) -> EventData) -> Event {
        let at = Timestamp::from_millis(1_763_629_200_000 + minute * 60_000);
        let event = DeviceEvent {
            code: code.map(str::to_owned),
            detail: code.map(|code| format!("{code} happened")),
            ..DeviceEvent::of(id(device), "fridge", "The fridge", at)
        };
        Event {
            id: id(200),
            version: kirana_events::VERSION,
            occurred_at: at,
            source: "hub-7".into(),
            store_id: Some(id(9)),
            subject: id(device).to_string(),
            correlation_id: String::new(),
            causation_id: None,
            data: data(event),
        }
    }

    fn causes(events: impl Iterator<Item = Event>) -> (usize, usize) {
        let told: Vec<_> = events.filter_map(|event| trouble(&event)).collect();
        let letters: BTreeSet<_> = told.iter().filter_map(|one| one.letter.clone()).collect();
        (told.iter().map(|one| one.cause.clone()).collect::<BTreeSet<_>>().len(), letters.len())
    }

    #[test]
    fn a_store_without_a_line_is_one_letter_an_hour() {
        let gone = |minutes: i64| (0..100_u8).map(move |device| told(device, None, minutes, EventData::DeviceOffline));
        assert_eq!(causes(gone(0)), (100, 1));
        assert_eq!(causes(gone(0).chain(gone(59)).chain(gone(60))), (200, 2));
        assert_eq!(causes([told(1, Some("revoked"), 0, EventData::DeviceOffline)].into_iter()), (0, 0));
    }

    #[test]
    fn who_cries_all_the_time_is_heard_once_an_hour() {
        let cries = (0..6_000).map(|n| told(1, Some(&format!("made-up-{n}")), n / 100, EventData::DeviceError));
        assert_eq!(causes(cries), (1, 0), "one kind of trouble, and no letter");
        let known = KNOWN.iter().map(|(code, _, _)| told(1, Some(code), 5, EventData::DeviceError));
        assert_eq!(causes(known), (KNOWN.len(), KNOWN.iter().filter(|(_, _, letter)| *letter).count()));
        assert_eq!(causes([told(1, Some("command_failed"), 0, EventData::DeviceError)].into_iter()), (0, 0));
        assert_eq!(causes([told(1, None, 0, EventData::DeviceOnline)].into_iter()), (0, 0));
    }

    #[test]
    fn a_breach_says_what_and_where() {
        let one = trouble(&told(3, Some("cold_chain_breach"), 0, EventData::DeviceError)).unwrap();
        assert_eq!((one.title.as_str(), one.store), ("The fridge: the cold chain is broken", id(9)));
        assert!(one.body.contains("cold_chain_breach happened") && one.letter == Some(one.cause));
    }
}
