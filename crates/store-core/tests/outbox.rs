//! The outbox as it is written: what it costs, what another process finds of it, and what became of older ones.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod shop;

use kirana_contracts::stock::Movement;
use kirana_events::{Ack, Pack, Subscriber};
use kirana_kernel::{Role, Timestamp};
use kirana_sql::{Native, Sql, SqlError, Value, values};
use kirana_store_core::{Moment, Settings, Store};
use serde::de::DeserializeOwned;
use shop::{actor, item, receipt};
use std::rc::Rc;
use std::time::Duration;

/// A database that outlives the process that has it open.
#[derive(Clone)]
struct Disk(Rc<Native>);

impl Disk {
    fn new() -> Self {
        Self(Rc::new(Native::in_memory().unwrap()))
    }

    /// Rows that some work writes.
    fn rows(&self, work: impl FnOnce()) -> u64 {
        let before = self.0.rows_written();
        work();
        self.0.rows_written() - before
    }
}

impl Sql for Disk {
    fn query<T: DeserializeOwned>(&self, sql: &str, values: &[Value]) -> Result<Vec<T>, SqlError> {
        self.0.query(sql, values)
    }

    fn run(&self, sql: &str, values: &[Value]) -> Result<(), SqlError> {
        self.0.run(sql, values)
    }

    fn transaction<T, E: From<SqlError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.0.transaction(work)
    }
}

const NOW: Timestamp = Timestamp::from_millis(1_763_631_000_000);

fn open(disk: &Disk) -> Store<Disk> {
    let settings = Settings {
        source: "store-7".into(),
        payment_deadline: Duration::from_secs(600),
        complete_after: Duration::from_secs(900),
        late_after: Duration::from_secs(1_800),
        abandon_after: Duration::from_secs(72 * 3_600),
        resend_after: Duration::from_secs(60),
    };
    Store::open(disk.clone(), settings).unwrap()
}

fn moment(count: u8) -> Moment {
    Moment { now: NOW, seed: [count; 32], request_id: format!("request-{count}") }
}

/// Receives cups: one event, which only the read model of stock hears of.
fn receive(store: &Store<Disk>, count: u8) {
    store.move_stock(moment(count), &actor(Role::Manager), None, &Movement::Receive(receipt("cup", 5, 5))).unwrap();
}

fn stocked(disk: &Disk) -> Store<Disk> {
    let store = open(disk);
    let setup = kirana_contracts::stock::StockSetup {
        items: vec![item("cup", kirana_contracts::stock::Unit::Piece)],
        recipes: vec![],
    };
    store.setup(moment(0), &setup).unwrap();
    settle(&store);
    store
}

/// Everybody has everything.
fn settle(store: &Store<Disk>) {
    // Later than whatever is under way.
    for pack in store.packs_due(NOW + Duration::from_secs(3_600)).unwrap() {
        store.acknowledge(Ack { subscriber: pack.subscriber, upto: pack.upto }).unwrap();
    }
    assert_eq!(store.outbox_depth().unwrap(), 0);
}

fn for_inventory(packs: Vec<Pack>) -> Pack {
    packs.into_iter().find(|pack| pack.subscriber == Subscriber::Inventory).unwrap()
}

#[test]
fn sending_costs_nothing_and_the_last_acknowledgement_one_row() {
    let disk = Disk::new();
    let store = stocked(&disk);
    for round in 1..4 {
        let rows = disk.rows(|| receive(&store, round));
        let mut pack = None;
        assert_eq!(disk.rows(|| pack = Some(for_inventory(store.packs_due(NOW).unwrap()))), 0);
        let ack = Ack { subscriber: Subscriber::Inventory, upto: pack.unwrap().upto };
        assert_eq!(disk.rows(|| store.acknowledge(ack).unwrap()), 1);
        assert_eq!(disk.rows(|| store.acknowledge(ack).unwrap()), 0, "said twice");
        // A batch, the journal, and one row of the outbox, in the place of the last.
        assert_eq!(rows, 3, "round {round}");
    }
}

#[test]
fn another_process_sends_again_what_was_not_acknowledged_and_counts_on() {
    let disk = Disk::new();
    let first = stocked(&disk);
    receive(&first, 1);
    let sent = for_inventory(first.packs_due(NOW).unwrap());
    drop(first);
    let second = open(&disk);
    assert_eq!(for_inventory(second.packs_due(NOW).unwrap()).upto, sent.upto, "the first process may have died");
    // What the first one sent has arrived after all.
    second.acknowledge(Ack { subscriber: Subscriber::Inventory, upto: sent.upto }).unwrap();
    assert_eq!(second.outbox_depth().unwrap(), 0);
    receive(&second, 2);
    drop(second);
    let third = open(&disk);
    let next = for_inventory(third.packs_due(NOW).unwrap());
    let numbers: Vec<_> = next.events.iter().map(|event| event.seq).collect();
    assert_eq!((next.after, numbers), (sent.upto, vec![sent.upto + 1]));
    settle(&third);
    // Nothing but the number is left.
    drop(third);
    let fourth = open(&disk);
    assert!(fourth.packs_due(NOW).unwrap().is_empty());
    receive(&fourth, 3);
    assert_eq!(for_inventory(fourth.packs_due(NOW).unwrap()).upto, sent.upto + 2);
}

#[test]
fn a_backlog_takes_more_rows_and_gives_them_back() {
    let disk = Disk::new();
    let store = stocked(&disk);
    for round in 1..200 {
        receive(&store, round);
    }
    assert_eq!(store.outbox_depth().unwrap(), 199);
    drop(store);
    let store = open(&disk);
    let mut heard = 0;
    while store.outbox_depth().unwrap() > 0 {
        let pack = for_inventory(store.packs_due(NOW).unwrap());
        heard += pack.events.len();
        store.acknowledge(Ack { subscriber: pack.subscriber, upto: pack.upto }).unwrap();
    }
    assert_eq!(heard, 199);
    let rows: Vec<serde_json::Value> = disk.query("SELECT slot FROM outbox", values![]).unwrap();
    assert_eq!(rows.len(), 1);
}

/// A store as it was before events of a command were one row.
fn older(outbox: &str) -> Disk {
    const BEFORE: [&str; 7] = [
        include_str!("../src/migrations/0001_begin.sql"),
        include_str!("../src/migrations/0002_stock.sql"),
        include_str!("../src/migrations/0003_steps.sql"),
        include_str!("../src/migrations/0004_rfid.sql"),
        include_str!("../src/migrations/0005_orders.sql"),
        include_str!("../src/migrations/0006_follow.sql"),
        include_str!("../src/migrations/0007_quarantine.sql"),
    ];
    let disk = Disk::new();
    disk.run("CREATE TABLE migrations (version INTEGER PRIMARY KEY) STRICT", values![]).unwrap();
    for (version, migration) in (1_i64..).zip(BEFORE) {
        disk.run(migration, values![]).unwrap();
        disk.run("INSERT INTO migrations (version) VALUES (?1)", values![version]).unwrap();
    }
    disk.run(outbox, values![]).unwrap();
    disk
}

#[test]
fn what_waited_before_the_migration_waits_after_it() {
    let disk = older(
        "INSERT INTO outbox (seq, type, body) VALUES (41, 'StockUpdated', '{\"a\":1}'), (42, 'OrderReady', '{\"b\":\"[x]\"}');
         INSERT INTO outbox_cursor (subscriber, acked, sent) VALUES ('inventory', 40, 41), ('orders', 41, 42), ('live', 42, 42);",
    );
    let store = open(&disk);
    let packs = store.packs_due(NOW).unwrap();
    let told: Vec<_> = packs
        .iter()
        .flat_map(|pack| pack.events.iter().map(|event| (pack.subscriber.name(), event.seq, event.event.get())))
        .collect();
    let told_to = |name| told.iter().filter(move |(to, _, _)| *to == name).map(|(_, seq, body)| (*seq, *body));
    assert_eq!(told_to("inventory").collect::<Vec<_>>(), [(41, "{\"a\":1}")]);
    assert_eq!(told_to("orders").collect::<Vec<_>>(), [(42, "{\"b\":\"[x]\"}")]);
    assert_eq!(told_to("live").count(), 0);
}

#[test]
fn numbers_go_on_where_an_empty_outbox_was() {
    let cursors: Vec<_> = Subscriber::OF_STORES.iter().map(|one| format!("('{}', 42, 42)", one.name())).collect();
    let disk = older(&format!("INSERT INTO outbox_cursor (subscriber, acked, sent) VALUES {}", cursors.join(", ")));
    let store = open(&disk);
    assert_eq!(store.outbox_depth().unwrap(), 0);
    let setup = kirana_contracts::stock::StockSetup {
        items: vec![item("cup", kirana_contracts::stock::Unit::Piece)],
        recipes: vec![],
    };
    store.setup(moment(0), &setup).unwrap();
    receive(&store, 1);
    let pack = for_inventory(store.packs_due(NOW).unwrap());
    assert!(pack.events.iter().all(|event| event.seq > 42) && pack.after == 42, "{pack:?}");
}
