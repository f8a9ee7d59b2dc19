//! Whoever hears of an event can read it.
#![allow(clippy::unwrap_used, missing_docs)]

use kirana_events::{ReadData, Subscriber};

#[test]
fn everybody_reads_what_it_hears_of() {
    let readers: [(Subscriber, ReadData); 11] = [
        (Subscriber::Orders, orders::events::READS),
        (Subscriber::Payments, payments::events::READS),
        (Subscriber::Inventory, inventory::events::READS),
        (Subscriber::Notifications, notifications::events::READS),
        (Subscriber::Loyalty, loyalty::events::READS),
        (Subscriber::Analytics, analytics::events::READS),
        (Subscriber::Catalog, catalog::events::READS),
        (Subscriber::Customers, customers::events::READS),
        (Subscriber::Sso, sso::events::READS),
        (Subscriber::Pricing, pricing::events::READS),
        (Subscriber::Devices, devices::events::READS),
    ];
    for (subscriber, read) in readers {
        for event_type in subscriber.wants() {
            // Null is no payload of any: a type that is known says so.
            let error = read(event_type, "null").unwrap_err().to_string();
            assert!(!error.contains("is not known here"), "{subscriber} hears of {event_type} and cannot read it");
        }
        assert!(read("NothingEverHappened", "{}").unwrap_err().to_string().contains("is not known here"));
    }
}
