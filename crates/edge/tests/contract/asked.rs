//! What workers ask of a store's object, of identity and of the dead letters.

use crate::told::{age, customer, deliver_to, id, line, money, part, promotion, tax_table, time, totals};
use crate::{Sample, asked};
use kirana_contracts::audit::AuditNote;
use kirana_contracts::staff::{Candidate, Decider, Reassignment};
use kirana_contracts::stock::{
    Adjustment, CountLine, Direction, Ingredient, IssuePolicy, ItemBarcodes, LeaseRequest, LeaseSales, Movement,
    OfflineBatch, OfflineSale, Receipt, ReceiptBatch, Recipe, Sold, Spoilage, StockItem, StockReturn, StockSetup,
    TagRead, TransferIn, TransferLine, TransferOut,
};
use kirana_contracts::store_state::{
    Amendment, Bump, ChangeStatus, Claim, Forget, Idempotency, KitchenSettings, PaymentOutcome, PlaceOrder, Station,
};
use kirana_edge::inbox::DeadLetter;
use kirana_events::Subscriber;
use kirana_kernel::{Fulfilment, Measure, OrderStatus, Role, Unit};

fn key() -> Idempotency {
    Idempotency { scope: id(3).to_string(), key: "my-first-order-0001".into(), fingerprint: "5d2a".into() }
}

fn claim() -> Claim {
    Claim { id: id(13), good_until: time() }
}

fn orders() -> Vec<Sample> {
    let place = PlaceOrder {
        idempotency: key(),
        store_id: id(5),
        store_number: 17,
        day: "2025-11-20".into(),
        customer: customer(),
        lines: vec![line()],
        totals: totals(),
        tax_table: Some(tax_table()),
        promotions: vec![promotion()],
        claim: Some(claim()),
        fulfilment: Fulfilment::DineIn,
        note: Some("less ice".into()),
        table: Some("4".into()),
        deliver_to: Some(deliver_to()),
        pickup_at: Some(time()),
        age: Some(age()),
        request_id: "request-1".into(),
    };
    let (payment_id, refund_id, amount) = (id(2), id(4), money());
    let outcomes = [
        ("completed", PaymentOutcome::Completed { payment_id, amount }),
        ("pending", PaymentOutcome::Pending { payment_id }),
        ("promised", PaymentOutcome::Promised { payment_id, amount }),
        ("failed", PaymentOutcome::Failed { payment_id, reason: "the card was declined".into() }),
        ("refunded", PaymentOutcome::Refunded { refund_id, amount }),
    ];
    let amendments = [
        (
            "lines",
            Amendment::Lines {
                lines: vec![line()],
                totals: Box::new(totals()),
                tax_table: Some(tax_table()),
                promotions: vec![promotion()],
                claim: Some(claim()),
                age: Some(age()),
            },
        ),
        ("cancel-items", Amendment::CancelItems { line: 1, quantity: 1, reason: "the last jelly fell".into() }),
        ("weigh", Amendment::Weigh { line: 1, grams: 520 }),
        ("propose", Amendment::Propose { line: 1, substitute: Box::new(line()) }),
        ("answer", Amendment::Answer { line: 1, accept: true }),
    ];
    let stations = vec![Station { name: "bar".into(), products: vec![id(7)] }];
    let kitchen = KitchenSettings { slot_minutes: 15, slot_capacity: Some(4), hands: 2, stations };
    let outcomes = outcomes.iter().map(|(name, outcome)| asked(&format!("payment-{name}"), outcome));
    let amendments = amendments.iter().map(|(name, change)| asked(&format!("amend-{name}"), change));
    [
        asked("place-order", &place),
        asked("idempotency", &key()),
        asked(
            "change-status",
            &ChangeStatus { to: OrderStatus::Ready, reason: Some("done".into()), document_seen: true },
        ),
        asked("bump", &Bump { station: Some("bar".into()) }),
        asked("kitchen-settings", &kitchen),
        asked("forget", &Forget { customer_id: id(3), orders: vec![id(1)] }),
    ]
    .into_iter()
    .chain(outcomes)
    .chain(amendments)
    .collect()
}

fn receipt() -> Receipt {
    Receipt {
        sku: "milk".into(),
        quantity: 2,
        measure: Some(Measure::L),
        cost: 6_000,
        supplier: Some("Market".into()),
        lot: Some("L-7".into()),
        expires_at: Some(time()),
        origin: Some("TH".into()),
        certification: Some("Thai FDA 10-1-00001".into()),
        reference: Some(id(16).to_string()),
        tags: vec!["a".into()],
    }
}

fn setup() -> StockSetup {
    StockSetup {
        items: vec![StockItem {
            sku: "milk".into(),
            name: "Milk".into(),
            unit: Unit::Ml,
            low_stock_threshold: 50,
            policy: IssuePolicy::Fifo,
            piece_size: Some(120),
            near_expiry_hours: 12,
            cover_days: Some(3),
        }],
        recipes: vec![Recipe {
            sku: "golden-bubble-milk-tea/medium".into(),
            ingredients: vec![Ingredient {
                sku: "milk".into(),
                quantity: 15,
                measure: Some(Measure::Cl),
                yield_percent: Some(90),
            }],
        }],
    }
}

fn stock() -> Vec<Sample> {
    let movements = [
        ("receive", Movement::Receive(receipt())),
        ("adjust", Movement::Adjust(Adjustment { sku: "cup".into(), delta: -1, reason: "one was missing".into() })),
        (
            "spoil",
            Movement::Spoil(Spoilage { sku: "cup".into(), quantity: 2, batch: Some(7), reason: "cracked".into() }),
        ),
        (
            "return",
            Movement::Return(StockReturn {
                order_id: id(1),
                sku: "cup".into(),
                quantity: 1,
                reason: "unopened".into(),
            }),
        ),
    ];
    let lines = vec![TransferLine { sku: "cup".into(), quantity: 2 }];
    let sale = OfflineSale {
        key: "till-1-1".into(),
        seq: 1,
        sold_at: time(),
        lines: vec![line()],
        totals: totals(),
        tender: "cash".into(),
    };
    let batch = OfflineBatch { store_id: id(5), store_number: 17, device_id: id(15), sales: vec![sale] };
    let movements = movements.iter().map(|(name, movement)| asked(&format!("move-{name}"), movement));
    [
        asked("stock-setup", &setup()),
        asked("item-barcodes", &ItemBarcodes { sku: "milk".into(), barcodes: vec!["4006381333931".into()] }),
        asked("tag-read", &TagRead { tag: "a".into(), direction: Direction::Out }),
        asked("receipt-batch", &ReceiptBatch { items: setup().items, receipts: vec![receipt()] }),
        asked("transfer-out", &TransferOut { transfer_id: id(17), lines: lines.clone() }),
        asked("transfer-in", &TransferIn { transfer_id: id(17), delivery: 1, parts: vec![part()] }),
        asked("count-line", &CountLine { sku: "cup".into(), counted: 12 }),
        asked("lease-request", &LeaseRequest { device_id: id(15), lines, until: time() }),
        asked("lease-sales", &LeaseSales { sold: vec![Sold { sku: "cup".into(), total: 2 }], finished: true }),
        asked("offline-batch", &batch),
    ]
    .into_iter()
    .chain(movements)
    .collect()
}

pub fn all() -> Vec<Sample> {
    let from = Candidate { user_id: id(3), roles: vec![Role::Customer], stores: Vec::new() };
    let letter = DeadLetter {
        subscriber: Subscriber::Loyalty,
        source: "store-17".into(),
        seq: 5,
        body: "{}".into(),
        reason: "500 internal".into(),
    };
    let by = Decider { id: id(9), role: Role::Manager };
    let reassignment = Reassignment { by, from, roles: vec![Role::Staff], stores: vec![id(5)] };
    let note = AuditNote {
        by,
        action: "oauth_client.changed".into(),
        object: id(7).to_string(),
        reason: Some("moved".into()),
        before: Some("{}".into()),
        after: Some("{}".into()),
    };
    let others =
        vec![asked("staff-reassignment", &reassignment), asked("dead-letter", &letter), asked("audit-note", &note)];
    orders().into_iter().chain(stock()).chain(others).collect()
}
