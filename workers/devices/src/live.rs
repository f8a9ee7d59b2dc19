//! What whoever looks at a store's devices is told as it happens.

use kirana_contracts::live::{DeviceNews, LiveMessage, devices_topic};
use kirana_edge::{call, log, principal};
use kirana_events::{Event, EventData};
use worker::Env;

/// What an event says to who looks; nothing where it changes nothing that is looked at.
#[must_use]
pub fn message(event: &Event) -> Option<LiveMessage> {
    let (told, online) = match &event.data {
        EventData::DeviceOnline(told) => (told, Some(true)),
        EventData::DeviceOffline(told) => (told, Some(false)),
        EventData::DeviceError(told) => (told, None),
        // What devices measure comes too often to be told to everybody who looks: a page asks for the one it is about.
        _ => return None,
    };
    let device = DeviceNews {
        device_id: told.device_id,
        name: told.name.clone(),
        online,
        code: told.code.clone(),
        detail: told.detail.clone(),
        at: told.at,
    };
    Some(LiveMessage::Device { event: event.data.type_name().to_owned(), device })
}

/// Tells the store's topic. It is told before the registry has it, and again when the event comes again; what is not told is seen when a
/// page asks the next time, so that no event waits for it.
pub async fn tell(env: &Env, event: &Event) {
    let (Some(store), Some(message)) = (event.store_id, message(event)) else { return };
    let topic = call::object(env, "LIVE_TOPIC", devices_topic(store), &principal::service("devices"));
    let told: kirana_edge::Result<bool> = topic.post("/publish", &message).await;
    if let Err(problem) = told {
        log::error("the devices' topic was not told", &[("problem", &problem.to_string())]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_events::DeviceEvent;
    use kirana_kernel::{Id, Timestamp};

    fn told(data: fn(DeviceEvent) -> EventData) -> Option<(String, DeviceNews)> {
        let at = Timestamp::from_millis(1_763_631_000_000);
        let of = DeviceEvent {
            code: Some("too_warm".into()),
            ..DeviceEvent::of(Id::new(at, [1; 10]), "fridge", "Fridge 1", at)
        };
        let event = Event {
            id: Id::new(at, [2; 10]),
            version: kirana_events::VERSION,
            occurred_at: at,
            source: "hub".into(),
            store_id: Some(Id::new(at, [3; 10])),
            subject: "device".into(),
            correlation_id: "request".into(),
            causation_id: None,
            data: data(of),
        };
        match message(&event)? {
            LiveMessage::Device { event, device } => Some((event, device)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn who_looks_hears_who_is_there_and_what_is_wrong() {
        let (event, device) = told(EventData::DeviceOnline).unwrap();
        assert_eq!((event.as_str(), device.online, device.name.as_str()), ("DeviceOnline", Some(true), "Fridge 1"));
        assert_eq!(told(EventData::DeviceOffline).unwrap().1.online, Some(false));
        let (event, device) = told(EventData::DeviceError).unwrap();
        assert_eq!((event.as_str(), device.online, device.code.as_deref()), ("DeviceError", None, Some("too_warm")));
        assert!(told(EventData::DeviceDataReceived).is_none());
    }
}
