//! What scripts answer each other, and who they say is asking.

use crate::{Sample, told};
use kirana_contracts::delivery_zone::DeliveryZone;
use kirana_contracts::letter::LetterSecret;
use kirana_contracts::live::{DeviceNews, LiveMessage};
use kirana_contracts::menu::{Allergen, Menu, MenuProduct, MenuVariant, Modifier, ModifierGroup, Nutrition, Tax};
use kirana_contracts::order::{
    AgeProof, DeliverTo, Discount, Fee, FeeKind, Order, OrderLine, OrderModifier, OrderPromotion, Party,
    PaymentSummary, Promise, TaxAmount, Ticket, TimelineEntry, Totals, Weight,
};
use kirana_contracts::revocation::{Revocation, Revocations, Revoked};
use kirana_contracts::staff::{Candidate, StaffMember};
use kirana_contracts::stock::{
    Barcode, Batch, JournalEntry, JournalProof, Lease, LeaseLine, Move, MoveKind, Moved, OfflineOutcome, OfflineResult,
    Quarantine, QuarantineOutcome, QuarantinedBatch, ReceiptsTaken, StockLevel, Stocktake, StocktakeLine,
    StocktakeStatus, TagsMoved, TransferPart, Usage, Variance,
};
use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::{Progress, Slot, SlotTable};
use kirana_contracts::tax::{ComponentRounding, TaxComponent, TaxRounding, TaxTable};
use kirana_edge::{FieldError, Principal, Problem};
use kirana_kernel::{Currency, Fulfilment, Id, Money, OrderStatus, Position, Role, Timestamp};
use std::collections::BTreeMap;

pub fn time() -> Timestamp {
    Timestamp::from_millis(1_763_631_000_123)
}

pub fn id(number: u8) -> Id {
    Id::new(time(), [number; 10])
}

pub fn money() -> Money {
    Money::new(4_500, Currency::THB)
}

pub fn customer() -> Party {
    Party { id: id(3), name: "Mali".into() }
}

/// A line with everything that a line can have.
pub fn line() -> OrderLine {
    let plain = OrderLine {
        variant_sku: "golden-bubble-milk-tea/medium".into(),
        product_id: id(7),
        name: "Golden Bubble Milk Tea, Medium".into(),
        quantity: 2,
        unit_price: money(),
        modifiers: vec![OrderModifier {
            sku: "extra-toppings/grass-jelly".into(),
            name: "Grass Jelly".into(),
            quantity: 1,
            price: money(),
        }],
        total: money(),
        discounts: vec![Discount { promotion_id: id(11), name: "Happy hour".into(), amount: money() }],
        tax_class: "food".into(),
        cancelled: 1,
        weight: Some(Weight { price_per_kg: money(), estimated_grams: 500, final_grams: Some(520) }),
        substitute: None,
        age_restricted: true,
    };
    OrderLine { substitute: Some(Box::new(plain.clone())), ..plain }
}

pub fn totals() -> Totals {
    let tax = TaxAmount { class: "food".into(), name: "CGST".into(), rate_ppm: 25_000, on: money(), amount: money() };
    Totals {
        subtotal: money(),
        discount: Some(money()),
        fees: vec![Fee { kind: FeeKind::Delivery, amount: money(), tax_class: "service".into() }],
        tax: money(),
        tax_inclusive: true,
        tax_rate_bp: 700,
        taxes: vec![tax],
        tip: Some(money()),
        total: money(),
    }
}

/// The taxes of a place.
pub fn tax_table() -> TaxTable {
    let component = TaxComponent { name: "CGST".into(), rate_ppm: 25_000 };
    TaxTable {
        place: "IN-MH".into(),
        inclusive: true,
        rounding: TaxRounding::Invoice,
        components: ComponentRounding::Separately,
        classes: BTreeMap::from([("food".to_owned(), vec![component])]),
    }
}

/// What a promotion took off an order.
pub fn promotion() -> OrderPromotion {
    OrderPromotion {
        promotion_id: id(11),
        campaign_id: id(12),
        name: "Happy hour".into(),
        coupon: Some("MONSOON".into()),
        amount: money(),
        uses: 1,
    }
}

/// Where an order is brought.
pub fn deliver_to() -> DeliverTo {
    let position = Some(Position { latitude: 13.5, longitude: 100.5 });
    DeliverTo { address: "Rama I Road 12".into(), position }
}

/// An order with everything that an order can have.
pub fn order() -> Order {
    Order {
        id: id(1),
        version: 2,
        status: OrderStatus::Confirmed,
        pickup_number: "A-017".into(),
        store_id: id(5),
        store_number: 17,
        customer: customer(),
        fulfilment: Fulfilment::DineIn,
        lines: vec![line()],
        totals: totals(),
        tax_table: Some(tax_table()),
        promotions: vec![promotion()],
        claim_id: Some(id(13)),
        payment: PaymentSummary {
            payment_id: Some(id(2)),
            payments: vec![id(2)],
            tender: Some("cash".into()),
            promised: Some(Promise { payment_id: id(2), amount: money() }),
            paid: money(),
            refunded: money(),
            last_failure: Some("the card was declined".into()),
        },
        note: Some("less ice".into()),
        table: Some("4".into()),
        deliver_to: Some(deliver_to()),
        pickup_at: Some(time()),
        slot: Some(time()),
        promised_at: Some(time()),
        tickets: vec![Ticket { station: "bar".into(), lines: vec![1], bumped_at: Some(time()) }],
        placed_at: time(),
        pay_by: time(),
        due_at: Some(time()),
        age: Some(age()),
        timeline: vec![TimelineEntry {
            at: time(),
            version: 2,
            from: Some(OrderStatus::Placed),
            to: OrderStatus::Confirmed,
            actor: customer(),
            role: Role::Customer,
            reason: Some("paid".into()),
        }],
    }
}

pub fn part() -> TransferPart {
    TransferPart {
        sku: "milk".into(),
        quantity: 900,
        value: 1_800,
        expires_at: Some(time()),
        supplier: Some("Market".into()),
        lot: Some("L-7".into()),
        origin: Some("TH".into()),
        certification: Some("Thai FDA 10-1-00001".into()),
    }
}

fn level() -> StockLevel {
    StockLevel {
        sku: "milk".into(),
        name: "Milk".into(),
        unit: "ml".into(),
        on_hand: 900,
        reserved: 100,
        quarantined: 0,
        available: 800,
        low_stock_threshold: 50,
        value: 1_800,
    }
}

fn moves() -> Vec<Move> {
    vec![Move { batch: 7, sku: "milk".into(), quantity: -100, value: -200 }]
}

fn stocktake() -> Stocktake {
    Stocktake {
        id: id(11),
        status: StocktakeStatus::Approved,
        opened_at: time(),
        counted_by: customer(),
        approved_by: Some(Party { id: id(12), name: "Noi".into() }),
        lines: vec![StocktakeLine { sku: "milk".into(), counted: 890, expected: 900, variance: -10, value: -20 }],
    }
}

fn toppings() -> ModifierGroup {
    ModifierGroup {
        id: "extra-toppings".into(),
        name: "Extra toppings".into(),
        min: 0,
        max: 3,
        modifiers: vec![Modifier {
            sku: "extra-toppings/grass-jelly".into(),
            name: "Grass Jelly".into(),
            price: money(),
            age_restricted: true,
            preselected: true,
        }],
    }
}

fn menu() -> Menu {
    Menu {
        store_id: id(5),
        currency: Currency::THB,
        tax: Tax { name: "VAT".into(), rate_bp: 700, inclusive: true },
        products: vec![MenuProduct {
            id: id(7),
            name: "Golden Bubble Milk Tea".into(),
            description: "With pearls".into(),
            category: "Milk tea".into(),
            age_restricted: false,
            tax_class: "food".into(),
            tags: vec!["vegan".into()],
            allergens: Some(vec![Allergen::Milk, Allergen::Soya]),
            photo: Some("/api/v1/products/0/photo?v=1".into()),
            variants: vec![MenuVariant {
                sku: "golden-bubble-milk-tea/medium".into(),
                name: "Medium".into(),
                price: money(),
                list_price: None,
                price_reason: None,
                by_weight: true,
                modifier_groups: vec!["extra-toppings".into()],
                nutrition: Some(Nutrition {
                    energy_kcal: 320,
                    fat_mg: 6_500,
                    saturated_mg: 4_000,
                    carbohydrates_mg: 58_000,
                    sugars_mg: 34_000,
                    protein_mg: 3_000,
                    salt_mg: 150,
                    caffeine_mg: Some(45),
                }),
            }],
        }],
        modifier_groups: vec![toppings()],
        sold_out: Vec::new(),
        sold_out_modifiers: vec![toppings()],
    }
}

fn store() -> StoreInfo {
    StoreInfo {
        id: id(5),
        number: 17,
        name: "Siam".into(),
        franchisee_id: id(6),
        currency: Currency::THB,
        time_zone: "Asia/Bangkok".into(),
        day: "2025-11-20".into(),
        utc_offset: 25_200,
        country: "TH".into(),
        tax: Tax { name: "VAT".into(), rate_bp: 700, inclusive: true },
        legal_age: 20,
        accepts_orders: false,
        pause_reason: Some("a pipe burst".into()),
        fulfilments: vec![Fulfilment::Pickup, Fulfilment::Delivery],
        minimum_order: Some(money()),
        position: Some(Position { latitude: 13.7465, longitude: 100.5348 }),
        delivery_zones: vec![zone()],
    }
}

pub fn zone() -> DeliveryZone {
    let corner = |latitude, longitude| Position { latitude, longitude };
    DeliveryZone {
        id: id(20),
        name: "Old town".into(),
        polygon: vec![corner(13.7, 100.4), corner(13.7, 100.6), corner(13.8, 100.5)],
        radius_m: Some(3_000),
        fee: money(),
        minimum_order: Some(money()),
        priority: 1,
    }
}

fn device_news() -> DeviceNews {
    DeviceNews {
        device_id: id(14),
        name: "Fridge 1".into(),
        online: Some(true),
        code: Some("too_warm".into()),
        detail: Some("9.5 °C for ten minutes".into()),
        at: time(),
    }
}

pub fn age() -> AgeProof {
    AgeProof { min_age: 20, good_until: time() }
}

fn principal() -> Principal {
    Principal {
        id: id(3),
        name: "Mali".into(),
        roles: vec![Role::Customer, Role::Owner],
        stores: vec![id(5)],
        franchisee: Some(id(6)),
        session: Some(id(13)),
        version: 4,
        from: None,
    }
}

fn problem() -> Problem {
    let mut problem = Problem::conflict("out_of_stock", "no pearls are left").with("short", vec!["pearls"]);
    problem.errors.push(FieldError { path: "lines[0]".into(), message: "expected fewer".into() });
    problem
}

pub fn all() -> Vec<Sample> {
    let secret = LetterSecret { secret: "123456".into(), expires_at: time(), phone: Some("+66812345678".into()) };
    let revoked = [
        Revoked::Session { id: id(13) },
        Revoked::User { id: id(3), version: 4 },
        Revoked::Key { id: id(14) },
        Revoked::Proof { id: id(13), since: 1_763_631_000 },
    ];
    let entries = (1..).zip(revoked).map(|(number, revoked)| Revocation { number, at: time(), revoked }).collect();
    let answers = vec![
        told("principal", &principal()),
        told("order", &order()),
        told("live-snapshot", &LiveMessage::Snapshot { orders: vec![order()] }),
        told("live-device", &LiveMessage::Device { event: "DeviceError".into(), device: device_news() }),
        told("live-changed", &LiveMessage::Changed { event: "OrderReady".into(), order: Box::new(order()) }),
        told("letter-secret", &secret),
        told("revocations", &Revocations { entries }),
        told("menu", &menu()),
        told("store-info", &store()),
        told(
            "store-slots",
            &SlotTable {
                slot_minutes: 15,
                soonest: time(),
                slots: vec![Slot { begins: time(), left: Some(3) }, Slot { begins: time(), left: None }],
            },
        ),
        told("staff-candidate", &Candidate { user_id: id(3), roles: vec![Role::Staff], stores: vec![id(5)] }),
        told(
            "staff-member",
            &StaffMember {
                user_id: id(3),
                name: "Lek".into(),
                email: "lek@example.com".into(),
                roles: vec![Role::Staff],
                since: time(),
            },
        ),
    ];
    let stock = vec![
        told("stock-level", &level()),
        told("stock-moved", &Moved { entry: 3, moves: moves(), level: level() }),
        told(
            "stock-batch",
            &Batch {
                id: 7,
                sku: "milk".into(),
                on_hand: 900,
                reserved: 100,
                suspect: true,
                value: 1_800,
                received_at: time(),
                expires_at: Some(time()),
                supplier: Some("Market".into()),
                lot: Some("L-7".into()),
                origin: Some("TH".into()),
                certification: Some("Thai FDA 10-1-00001".into()),
            },
        ),
        told(
            "stock-quarantine",
            &Quarantine {
                id: id(21),
                at: time(),
                reason: "the fridge was warm".into(),
                batches: vec![QuarantinedBatch { batch: 7, sku: "milk".into(), quantity: 900, held: 100 }],
                outcome: Some(QuarantineOutcome::Released),
                resolved_at: Some(time()),
                resolved_by: Some("Noi".into()),
            },
        ),
        told(
            "stock-journal-entry",
            &JournalEntry {
                id: 3,
                at: time(),
                kind: MoveKind::TransferOut,
                actor: "Noi".into(),
                reference: Some(id(11).to_string()),
                reason: Some("stocktake".into()),
                moves: moves(),
            },
        ),
        told("outbox-progress", &Progress { last: 9, acknowledged: 7, waiting: 2, oldest_at: Some(time()) }),
        told("receipts-taken", &ReceiptsTaken { receipts: 3, items_added: 1, cost: 110 }),
        told("stock-barcode", &Barcode { gtin: "04006381333931".into(), sku: "milk".into() }),
        told("stock-journal-proof", &JournalProof { entries: 3, batches: 2, differences: vec!["batch 7".into()] }),
        told(
            "stock-usage",
            &Usage {
                sku: "milk".into(),
                available: 800,
                used: 100,
                days: 3,
                cover_tenths: Some(240),
                missing: Some(5),
            },
        ),
        told(
            "stock-tags-moved",
            &TagsMoved {
                moves: moves(),
                unchanged: vec!["a".into()],
                unknown: vec!["z".into()],
                held: vec!["b".into()],
            },
        ),
        told("stock-transfer-part", &part()),
        told("stocktake", &stocktake()),
        told(
            "lease",
            &Lease {
                id: id(14),
                device_id: id(15),
                until: time(),
                lines: vec![LeaseLine { sku: "cup".into(), leased: 5, sold: 2 }],
                ended: true,
            },
        ),
        told(
            "offline-result",
            &OfflineResult { key: "till-1-1".into(), outcome: OfflineOutcome::AppliedShort, order_id: id(1) },
        ),
        told(
            "variance",
            &Variance {
                id: 1,
                at: time(),
                sku: "cup".into(),
                quantity: 2,
                reference: id(1).to_string(),
                resolved_at: Some(time()),
                resolution: Some("a cup of our own".into()),
            },
        ),
    ];
    answers.into_iter().chain(stock).chain([told("problem", &problem())]).collect()
}
