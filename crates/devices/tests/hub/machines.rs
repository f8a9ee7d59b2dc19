//! What machines take and lack, and what boards show.

use crate::desk::{Desk, device, registration};
use kirana_devices::hub::{Refusal, Shown};
use kirana_devices::kind::DeviceKind;
use serde_json::{Value, json};

fn machine(desk: &mut Desk) -> usize {
    let told = registration(1, DeviceKind::Vm);
    let (place, _) = desk.welcome(&told);
    let slots = json!({"slots": {"A1": {"sku": "cola", "capacity": 8}, "A2": {"sku": "cola", "capacity": 4}, "B1": {"sku": "juice", "capacity": 6}}});
    let moment = desk.moment();
    let (_, outputs) = desk.hub.configure(told.id, &slots, &moment).unwrap();
    desk.apply(place, outputs);
    place
}

/// Codes of what was wrong since the last time.
fn faults(desk: &mut Desk) -> Vec<String> {
    let errors = desk.told().into_iter().filter(|(kind, _)| kind == "DeviceError");
    errors.map(|(_, data)| data["code"].as_str().unwrap().to_owned()).collect()
}

fn tell(desk: &mut Desk, place: usize, first: u64, events: &Value) {
    let said = desk.text(place, &json!({"type": "events", "first": first, "events": events}));
    assert!(said.iter().all(|frame| frame["type"] != "error"), "{said:?}");
}

#[test]
fn the_box_should_hold_what_was_sold_for_cash() {
    let mut desk = Desk::open();
    let place = machine(&mut desk);
    let sold = |key: &str, seq: u64, amount: i64| json!({"type": "cash_sold", "data": {"slot": "A1", "key": key, "seq": seq, "amount": amount}});
    tell(
        &mut desk,
        place,
        1,
        &json!([{"type": "restocked", "data": {"slot": "A1", "count": 8}}, sold("c-1", 1, 2000), sold("c-2", 2, 2500)]),
    );
    let takings = desk.hub.takings(device(1)).unwrap();
    assert_eq!((takings.cash_box, takings.days[0].cash, takings.days[0].cash_count), (4500, 4500, 2));
    // It has forgotten what was acknowledged, and tells one of them again under its key.
    tell(&mut desk, place, 4, &json!([sold("c-2", 2, 2500)]));
    assert_eq!(desk.hub.takings(device(1)).unwrap().cash_box, 4500);
    assert_eq!(desk.hub.slots(device(1)).unwrap()[0].count, 6);
    // Somebody empties it but for some change: all is there.
    tell(&mut desk, place, 5, &json!([{"type": "cash_counted", "data": {"amount": 4500, "left": 500}}]));
    assert_eq!(faults(&mut desk), Vec::<String>::new());
    tell(&mut desk, place, 6, &json!([sold("c-3", 3, 1000), {"type": "cash_counted", "data": {"amount": 1200}}]));
    assert_eq!(faults(&mut desk), ["cash_differs"]);
    let takings = desk.hub.takings(device(1)).unwrap();
    assert_eq!(takings.cash_box, 0);
    let counts: Vec<_> =
        takings.counts.iter().map(|count| (count.expected, count.counted, count.difference, count.left)).collect();
    assert_eq!(counts, [(1500, 1200, -300, 0), (4500, 4500, 0, 500)]);
    let refused = desk.text(
        place,
        &json!({"type": "events", "first": 8, "events": [{"type": "cash_counted", "data": {"amount": 5, "left": 6}}]}),
    );
    assert_eq!(refused[0]["code"], "event_refused");
}

#[test]
fn what_is_to_be_brought_is_what_is_missing() {
    let mut desk = Desk::open();
    let place = machine(&mut desk);
    let full = |slot: &str, count: i64| json!({"type": "restocked", "data": {"slot": slot, "count": count}});
    tell(&mut desk, place, 1, &json!([full("A1", 3), full("A2", 4), full("B1", 5)]));
    let list = desk.hub.restock(device(1)).unwrap();
    let slots: Vec<_> = list.slots.iter().map(|slot| (slot.slot.as_str(), slot.missing)).collect();
    assert_eq!(slots, [("A1", 5), ("B1", 1)]);
    let skus: Vec<_> = list.skus.iter().map(|sku| (sku.sku.as_str(), sku.missing)).collect();
    assert_eq!(skus, [("cola", 5), ("juice", 1)]);
    assert!(matches!(desk.hub.restock(device(9)), Err(Refusal::Unknown(_))));
}

#[test]
fn a_board_shows_what_is_news_and_only_of_its_own_slides() {
    let mut desk = Desk::open();
    let told = registration(2, DeviceKind::Tv);
    let (place, _) = desk.welcome(&told);
    let configure = |desk: &mut Desk, config: &Value| {
        let moment = desk.moment();
        desk.hub.configure(told.id, config, &moment).map(|(version, outputs)| {
            desk.apply(place, outputs);
            version
        })
    };
    let wrong = configure(&mut desk, &json!({"playlist": [{"type": "film"}]})).unwrap_err();
    assert!(matches!(wrong, Refusal::Invalid { path, .. } if path == "config.playlist[0]"));
    assert_eq!(configure(&mut desk, &json!({"playlist": [{"type": "text", "text": "Closed"}]})), Ok(1));
    assert!(desk.hub.boards().unwrap().is_empty(), "it follows nothing");
    assert_eq!(configure(&mut desk, &json!({"brightness": 7, "playlist": [{"type": "menu"}]})), Ok(2));
    let board = desk.hub.boards().unwrap().remove(0);
    assert_eq!(board.device, told.id);
    let show = |desk: &mut Desk, of: &[kirana_devices::playlist::Slide], price: i64| {
        let shown =
            Shown { of: of.to_vec(), playlist: json!([{"type": "menu", "items": [{"sku": "tea", "price": price}]}]) };
        let moment = desk.moment();
        desk.hub.show(told.id, &shown, &moment).map(|(version, outputs)| {
            desk.apply(place, outputs);
            version
        })
    };
    assert_eq!(show(&mut desk, &board.slides, 80), Ok(3));
    assert_eq!(show(&mut desk, &board.slides, 80), Ok(3), "no news");
    assert_eq!(show(&mut desk, &board.slides, 90), Ok(4));
    let desired = desk.sockets[place].texts.iter().rfind(|frame| frame["type"] == "desired").unwrap().clone();
    assert_eq!((&desired["version"], &desired["config"]["brightness"]), (&json!(4), &json!(7)));
    assert_eq!(desired["config"]["playlist"][0]["items"][0]["price"], 90);
    // What it shows is what it is told when it comes back, and what people see.
    desk.drop_line(place);
    assert!(desk.hub.boards().unwrap().is_empty(), "it is not there");
    let (_, said) = desk.welcome(&told);
    let welcome = &said[0];
    assert_eq!(welcome["desired"]["config"]["playlist"][0]["items"][0]["price"], 90);
    assert_eq!(desk.hub.status(told.id, None).unwrap().desired["playlist"][0]["items"][0]["price"], 90);
    // Other slides: what was made of the old ones is shown no more.
    let moment = desk.moment();
    desk.hub.configure(told.id, &json!({"playlist": [{"type": "menu", "title": "Tea"}]}), &moment).unwrap();
    let shown = Shown { of: board.slides, playlist: json!([]) };
    assert!(matches!(desk.hub.show(told.id, &shown, &moment), Err(Refusal::Conflict("other_slides", _))));
}
