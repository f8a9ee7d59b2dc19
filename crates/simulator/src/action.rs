//! What can happen. A script is drawn whole from its seed, without a look at the world, so that it can be cut down: numbers
//! that name an order or a lease are taken modulo how many there are.

use crate::Random;
use kirana_kernel::{OrderStatus, Role};
use serde::{Deserialize, Serialize};

/// A line of an order: which sellable, how many pieces, how many extra pearls with each.
pub type Wish = (u8, i64, i64);

/// What becomes of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Money {
    /// Captured, as much as is due.
    Whole,
    /// Captured, a part of it.
    Part,
    /// A part of it from somebody's gift balance, if that holds so much.
    Gift,
    /// A part of it with somebody's points, if there are so many.
    Points,
    /// Promised in cash for the hand-over, as much as is due.
    Promised,
    /// The gateway is at it.
    Pending,
    /// Refused.
    Failed,
    /// Given back, all of it.
    Back,
    /// Given back, a part of it.
    SomeBack,
    /// What was told before is told again.
    Again,
}

/// What becomes of gift cards and points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wallet {
    /// A card is sold.
    Sell,
    /// Somebody makes what a card holds their own; once more where it is gone.
    Redeem,
    /// A card is taken back; once more where it is gone.
    Void,
    /// Points are credited.
    Earn,
    /// Points pass their date.
    Expire,
    /// What moved money before is told again.
    Again,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the fields say what they are
pub enum Action {
    /// A buyer orders; the same key twice is the same intention.
    Place { store: u8, key: u8, lines: Vec<Wish>, slot: Option<u8>, coupon: bool },
    /// A gateway tells of a payment.
    Pay { order: u16, money: Money, part: i64 },
    /// Gift cards and points.
    Wallet { store: u8, number: u16, wallet: Wallet, amount: i64 },
    /// Somebody moves an order.
    Move { order: u16, to: OrderStatus, role: Role },
    /// The kitchen bumps a ticket, or takes that back.
    Bump { order: u16, recall: bool },
    /// Pieces are taken off a line.
    CancelItems { order: u16, line: u8, quantity: i64, by_customer: bool },
    /// Other lines.
    Edit { order: u16, lines: Vec<Wish> },
    /// Something else instead of a line, and the customer's answer.
    Substitute { order: u16, line: u8, answer: Option<bool> },
    /// Goods come in.
    Receive { store: u8, item: u8, quantity: i64, cost: i64, hours: Option<i64>, again: bool },
    /// The count was wrong.
    Adjust { store: u8, item: u8, delta: i64 },
    /// Goods are lost.
    Spoil { store: u8, item: u8, quantity: i64 },
    /// Goods come back from an order.
    Return { order: u16, item: u8, quantity: i64 },
    /// Goods leave for the other store.
    Send { store: u8, item: u8, quantity: i64 },
    /// Goods arrive there; told once more where they have arrived.
    Arrive { transfer: u16, resend_out: bool },
    /// A stocktake begins, or one is counted, or approved.
    Count { store: u8, stocktake: u16, item: u8, off_by: i64, approve: bool },
    /// A device leases stock.
    Lease { store: u8, item: u8, quantity: i64, minutes: i64 },
    /// A device reports what it sold of a lease.
    Report { lease: u16, sold: i64, finished: bool },
    /// A counter tells what it sold without a line; sequence numbers come twice and out of order.
    Offline { store: u8, seq: u8, count: u8, lines: Vec<Wish> },
    /// What a store has of an item is suspect.
    Quarantine { store: u8, item: u8 },
    /// Somebody looks at suspect goods; told once more where somebody has.
    Judge { quarantine: u16, spoilt: bool },
    /// Time passes, and what is due is done.
    Wait { seconds: i64 },
    /// The clock jumps, and nothing is done.
    Jump { seconds: i64 },
    /// Packs are sent: some are lost, some come twice, some acknowledgements are lost.
    Relay { store: u8, faults: u64 },
    /// The process dies so many statements into the next command; then its client asks again, or does not.
    Crash { after: u32, retry: bool },
    /// The database refuses one statement, so many after now, and the process lives on; whoever asked asks again.
    Stumble { after: u32 },
}

impl Action {
    /// The script of a seed.
    #[must_use]
    pub fn script(seed: u64, steps: usize) -> Vec<Self> {
        let mut random = Random::new(seed);
        (0..steps).map(|_| Self::draw(&mut random)).collect()
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // small numbers all
    fn draw(random: &mut Random) -> Self {
        let store = random.below(2) as u8;
        let item = random.below(4) as u8;
        let order = random.below(1 << 12) as u16;
        match random.below(112) {
            0..=21 => Self::Place {
                store,
                key: random.below(120) as u8,
                lines: wishes(random),
                slot: random.one_in(2).then(|| random.below(2) as u8),
                coupon: random.one_in(3),
            },
            22..=37 => Self::Pay {
                order,
                money: match random.below(15) {
                    0..=5 => Money::Whole,
                    6 => Money::Part,
                    7 => Money::Pending,
                    8 => Money::Failed,
                    9 => Money::Back,
                    10 => Money::SomeBack,
                    11 => Money::Promised,
                    12 => Money::Gift,
                    13 => Money::Points,
                    _ => Money::Again,
                },
                part: random.between(1, 150),
            },
            38..=46 => Self::Move {
                order,
                to: OrderStatus::ALL[random.below(OrderStatus::ALL.len())],
                role: [Role::Customer, Role::Staff, Role::Manager, Role::Rider][random.below(4)],
            },
            47..=52 => Self::Bump { order, recall: random.one_in(6) },
            53..=55 => Self::CancelItems {
                order,
                line: random.between(0, 3) as u8,
                quantity: random.between(0, 3),
                by_customer: random.one_in(2),
            },
            56..=57 => Self::Edit { order, lines: wishes(random) },
            58..=59 => Self::Substitute {
                order,
                line: random.between(0, 3) as u8,
                answer: [None, Some(true), Some(false)][random.below(3)],
            },
            60..=63 => Self::Receive {
                store,
                item,
                quantity: random.between(0, 60),
                cost: random.between(0, 500),
                hours: random.one_in(2).then(|| random.between(-1, 60)),
                again: random.one_in(4),
            },
            64 => Self::Adjust { store, item, delta: random.between(-20, 10) },
            65 => Self::Spoil { store, item, quantity: random.between(0, 15) },
            66 => Self::Return { order, item, quantity: random.between(0, 40) },
            67..=68 => Self::Send { store, item, quantity: random.between(0, 20) },
            69..=70 => Self::Arrive { transfer: random.below(1 << 8) as u16, resend_out: random.one_in(3) },
            71..=73 => Self::Count {
                store,
                stocktake: random.below(8) as u16,
                item,
                off_by: random.between(-6, 3),
                approve: random.one_in(2),
            },
            74 => Self::Lease { store, item, quantity: random.between(0, 12), minutes: random.between(-5, 600) },
            75..=76 => {
                Self::Report { lease: random.below(64) as u16, sold: random.between(0, 14), finished: random.one_in(4) }
            }
            77..=79 => Self::Offline {
                store,
                seq: random.between(1, 30) as u8,
                count: random.between(1, 3) as u8,
                lines: wishes(random),
            },
            80..=86 => Self::Wait { seconds: random.between(1, 1_200) },
            87 => Self::Wait { seconds: random.between(3_600, 100_000) },
            88 => Self::Jump { seconds: random.between(-30, 600) },
            89..=95 => Self::Relay { store, faults: random.bits() },
            96..=99 => Self::Crash { after: random.between(0, 16) as u32, retry: !random.one_in(4) },
            102 => Self::Quarantine { store, item },
            105..=111 => Self::Wallet {
                store,
                number: order,
                wallet: [
                    Wallet::Sell,
                    Wallet::Sell,
                    Wallet::Redeem,
                    Wallet::Redeem,
                    Wallet::Void,
                    Wallet::Earn,
                    Wallet::Earn,
                    Wallet::Expire,
                    Wallet::Again,
                    Wallet::Again,
                ][random.below(10)],
                amount: random.between(1, 300),
            },
            103..=104 => Self::Judge { quarantine: random.below(16) as u16, spoilt: random.one_in(2) },
            _ => Self::Stumble { after: random.between(0, 12) as u32 },
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn wishes(random: &mut Random) -> Vec<Wish> {
    (0..=random.below(2)).map(|_| (random.below(3) as u8, random.between(1, 4), random.between(0, 2))).collect()
}
