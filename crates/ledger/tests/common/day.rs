//! A day at a gateway: payments and refunds with known faults among them, and the file in which the gateway tells of it.

#![allow(clippy::unwrap_used, reason = "clippy takes only functions marked as tests for tests")]

use super::common::{NOVEMBER, at, name};
use kirana_kernel::{Currency, Money, Timestamp};
use kirana_ledger::reconcile::{ExceptionKind, FeeSchedule, GatewayRow, OurRecord, RecordKind, RowKind, Terms};
use kirana_ledger::{Period, Rate};
use std::collections::BTreeSet;

/// SplitMix64: the same seed is the same day.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn between(&mut self, from: i64, until: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(until - from).unwrap())).unwrap()
    }

    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for place in (1..all.len()).rev() {
            all.swap(place, usize::try_from(self.below(place as u64 + 1)).unwrap());
        }
    }
}

pub const TOLERANCE_S: i64 = 600;
const SECONDS: i64 = 86_400;

#[derive(Default)]
pub struct Day {
    pub records: Vec<OurRecord>,
    pub rows: Vec<GatewayRow>,
    /// What is wrong: the kind, and our record or the gateway's reference.
    pub faults: BTreeSet<(ExceptionKind, String)>,
    pub open: BTreeSet<String>,
    pub by_order: usize,
    /// Rows that stand in the file a second time under the same id.
    pub copies: BTreeSet<String>,
}

pub fn terms() -> Terms {
    Terms {
        gateway: name("stripe"),
        window: Period { name: "day".into(), from: at(0), until: at(SECONDS * 1_000) },
        date_tolerance_s: TOLERANCE_S,
        fee_tolerance: 1,
        settles_within_s: Some(3 * SECONDS),
        as_of: at(20 * SECONDS * 1_000),
    }
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_millis(NOVEMBER + second * 1_000)
}

fn schedule(currency: Currency) -> FeeSchedule {
    FeeSchedule { rate: Rate(29_000), fixed: Money::new(30, currency), tax: Rate(0) }
}

pub fn row(id: &str, kind: RowKind, reference: &str, gross: Money, fee: i64, moment: i64) -> GatewayRow {
    GatewayRow {
        line: 0,
        id: id.to_owned(),
        kind,
        references: vec![reference.to_owned()],
        related: Vec::new(),
        order_references: Vec::new(),
        gross,
        fee: Money::new(fee, gross.currency),
        fee_tax: Money::zero(gross.currency),
        at: second(moment),
        settled_at: Some(second(moment + 2 * SECONDS)),
        settlement: None,
    }
}

/// A day of `count` payments; `in_two`: some captures are told as the whole hold, and what of it was not captured.
pub fn day(seed: u64, count: u64, in_two: bool) -> Day {
    let mut random = Random(seed);
    let mut day = Day::default();
    // Payments that stay whole, so that one thing is wrong with each at most.
    let mut victims: Vec<u64> = (0..count).filter(|number| number % 3 == 1).collect();
    random.shuffle(&mut victims);
    let mut faults = Vec::new();
    for kind in [
        ExceptionKind::MissingAtGateway,
        ExceptionKind::MissingWithUs,
        ExceptionKind::AmountDiffers,
        ExceptionKind::CurrencyDiffers,
        ExceptionKind::DuplicatedAtGateway,
        ExceptionKind::WrongFee,
        ExceptionKind::RefundWithoutPayment,
        ExceptionKind::SettledLate,
        ExceptionKind::DateDiffers,
        ExceptionKind::UnknownMovement,
    ] {
        for _ in 0..random.between(2, 9) {
            faults.push((victims.pop().unwrap(), kind));
        }
    }
    for number in 0..count {
        let fault = faults.iter().find(|(victim, _)| *victim == number).map(|(_, kind)| *kind);
        payment(&mut day, &mut random, number, fault);
    }
    let thb = |amount| Money::new(amount, Currency::THB);
    day.rows.push(row("txn_payout", RowKind::Settlement, "po_1", thb(-1_234_567), 0, SECONDS - 5));
    day.rows.push(row("txn_fee", RowKind::Fee, "fee_1", thb(-9_900), 0, SECONDS - 5));
    if in_two {
        for place in 0..day.rows.len() {
            // Not where there are two of them: which one a correction is of, nobody can tell.
            let once =
                |day: &Day| day.rows.iter().filter(|row| row.references == day.rows[place].references).count() == 1;
            if place % 101 == 0 && day.rows[place].kind == RowKind::Payment && once(&day) {
                correct(&mut day, place, random.between(1, 9_000));
            }
        }
    }
    random.shuffle(&mut day.rows);
    random.shuffle(&mut day.records);
    day
}

fn correct(day: &mut Day, place: usize, more: i64) {
    let payment = &mut day.rows[place];
    let moment = (payment.at.millis() - NOVEMBER) / 1_000;
    let currency = payment.gross.currency;
    payment.gross = Money::new(payment.gross.amount + more, currency);
    let id = format!("{}_rest", payment.id);
    let reference = payment.references[0].clone();
    let back = row(&id, RowKind::PaymentReversal, &reference, Money::new(-more, currency), 0, moment);
    day.rows.push(back);
}

fn payment(day: &mut Day, random: &mut Random, number: u64, fault: Option<ExceptionKind>) {
    let currency: Currency = if random.below(10) == 0 { "JPY" } else { "THB" }.parse().unwrap();
    let amount = Money::new(random.between(100, 500_000), currency);
    // The first and last minutes belong to two reports; nothing is put wrong there.
    let edge = fault.is_none() && number.is_multiple_of(50);
    let inside = 2 * TOLERANCE_S..SECONDS - 2 * TOLERANCE_S;
    let moment = if edge { random.between(0, TOLERANCE_S) } else { random.between(inside.start, inside.end) };
    let expected = schedule(currency).fee(amount).unwrap();
    let (id, reference, order) = (format!("cap-{number}"), format!("pi_{number}"), format!("order-{number}"));
    let nameless = fault.is_none() && !edge && number % 97 == 2;
    day.records.push(OurRecord {
        id: id.clone(),
        kind: RecordKind::Payment,
        reference: (!nameless).then(|| reference.clone()),
        order_reference: Some(order.clone()),
        amount,
        at: second(moment),
        expected_fee: Some(expected),
    });
    let (moment, fee) = (moment + random.between(-120, 120), expected.amount + random.between(-1, 2));
    let mut told = row(&format!("txn_{number}"), RowKind::Payment, &reference, amount, fee, moment);
    told.order_references = vec![order];
    if edge && random.below(2) == 0 {
        day.open.insert(id);
        return;
    }
    day.by_order += usize::from(nameless);
    let unknown = |day: &mut Day, reference: String, kind| day.faults.insert((kind, reference));
    match fault {
        None => refund(day, random, number, &told, moment),
        Some(kind @ ExceptionKind::MissingAtGateway) => {
            day.faults.insert((kind, id));
            return;
        }
        Some(kind @ ExceptionKind::MissingWithUs) => {
            day.records.pop();
            unknown(day, reference, kind);
        }
        Some(kind @ ExceptionKind::AmountDiffers) => {
            let off = random.between(1, amount.amount);
            told.gross =
                Money::new(if random.below(2) == 0 { amount.amount - off } else { amount.amount + off }, currency);
            day.faults.insert((kind, id));
        }
        Some(kind @ ExceptionKind::CurrencyDiffers) => {
            let other = Currency::USD;
            (told.gross, told.fee) = (Money::new(amount.amount, other), Money::new(fee, other));
            told.fee_tax = Money::zero(other);
            day.faults.insert((kind, id));
        }
        Some(kind @ ExceptionKind::DuplicatedAtGateway) => {
            let mut second = told.clone();
            if random.below(2) == 0 {
                second.id.push_str("_again");
            } else {
                day.copies.insert(second.id.clone());
            }
            day.rows.push(second);
            unknown(day, reference, kind);
        }
        Some(kind @ ExceptionKind::WrongFee) => {
            let off = random.between(2, 500);
            told.fee =
                Money::new(if random.below(2) == 0 { expected.amount + off } else { expected.amount - off }, currency);
            day.faults.insert((kind, id));
        }
        Some(kind @ ExceptionKind::RefundWithoutPayment) => {
            let back = Money::new(-random.between(1, 9_000), currency);
            let mut foreign =
                row(&format!("txn_x{number}"), RowKind::Refund, &format!("re_x{number}"), back, 0, moment);
            foreign.related = vec![format!("pi_unknown{number}")];
            day.rows.push(foreign);
            unknown(day, format!("re_x{number}"), kind);
        }
        Some(kind @ ExceptionKind::SettledLate) => {
            let never = random.below(2) == 0;
            told.settled_at = (!never).then(|| second(moment + random.between(3 * SECONDS + 1, 9 * SECONDS)));
            day.faults.insert((kind, id));
        }
        Some(kind @ ExceptionKind::DateDiffers) => {
            // Still on the same day, whichever way it went.
            let off = random.between(TOLERANCE_S + 121, 7_200);
            let shifted = if moment > SECONDS / 2 { moment - off } else { moment + off };
            (told.at, told.settled_at) = (second(shifted), Some(second(shifted + 2 * SECONDS)));
            day.faults.insert((kind, id));
        }
        Some(kind @ ExceptionKind::UnknownMovement) => {
            let moved = Money::new(random.between(-9_000, 9_000), currency);
            day.rows.push(row(&format!("txn_o{number}"), RowKind::Other, &format!("other_{number}"), moved, 0, moment));
            unknown(day, format!("other_{number}"), kind);
        }
    }
    day.rows.push(told);
}

/// Some payments are given back in part, and some of those refunds come back.
fn refund(day: &mut Day, random: &mut Random, number: u64, payment: &GatewayRow, moment: i64) {
    if random.below(25) != 0 || day.records.last().is_some_and(|record| record.reference.is_none()) {
        return;
    }
    let amount = Money::new(random.between(1, payment.gross.amount + 1), payment.gross.currency);
    let reference = format!("re_{number}");
    let mut told = row(
        &format!("txn_r{number}"),
        RowKind::Refund,
        &reference,
        Money::new(-amount.amount, amount.currency),
        0,
        moment + 60,
    );
    told.related.clone_from(&payment.references);
    day.rows.push(told);
    day.records.push(OurRecord {
        id: format!("refund-{number}"),
        kind: RecordKind::Refund,
        reference: Some(reference),
        order_reference: None,
        amount,
        at: second(moment + 50),
        expected_fee: None,
    });
}
