//! R17: fifty counters without a line, two hundred sales each, clocks ten minutes off, told together, in any order, and again.

use crate::desk::{Desk, baht, id, line, totals};
use crate::{Proof, ensure, prove};
use kirana_contracts::stock::{OfflineBatch, OfflineOutcome, OfflineSale};
use kirana_kernel::{Role, Timestamp};
use kirana_simulator::Random;
use kirana_store_core::sabotage::Guard;
use std::collections::BTreeSet;

const DEVICES: u64 = 50;
const SALES: u64 = 200;

fn batches(random: &mut Random, now: Timestamp) -> Vec<OfflineBatch> {
    let mut batches = Vec::new();
    for device in 0..DEVICES {
        let off = random.between(-600, 600);
        let sale = |seq: u64| {
            let lines = vec![line("tea", 1)];
            let minutes = i64::try_from(SALES - seq).unwrap();
            OfflineSale {
                key: format!("sale-{seq}"),
                seq,
                sold_at: Timestamp::from_millis(now.millis() - minutes * 60_000 + off * 1_000),
                totals: totals(&lines),
                lines,
                tender: "cash".into(),
            }
        };
        for from in (1..=SALES).step_by(50) {
            let sales: Vec<_> = (from..from + 50).map(sale).collect();
            let batch = OfflineBatch { store_id: id(3, 0), store_number: 7, device_id: id(20, device), sales };
            // One in three is sent twice: its answer was lost.
            if random.one_in(3) {
                batches.push(batch.clone());
            }
            batches.push(batch);
        }
    }
    // All reconnect together.
    for index in (1..batches.len()).rev() {
        batches.swap(index, random.below(index + 1));
    }
    batches
}

fn told_once() -> Proof {
    // Cups for all but a hundred of the sales: those are accepted, and shown to the staff.
    let sold = i64::try_from(DEVICES * SALES).unwrap();
    let mut desk = Desk::open(sold - 100);
    let mut random = Random::new(17);
    let (mut orders, mut short, mut cash) = (BTreeSet::new(), 0, 0);
    for batch in batches(&mut random, desk.now) {
        let moment = desk.moment();
        let results = desk.store.offline_sales(&moment, &crate::desk::actor(Role::Device), &batch);
        for result in results.map_err(|refusal| refusal.to_string())? {
            if result.outcome == OfflineOutcome::Duplicate {
                ensure(orders.contains(&result.order_id), || "a duplicate of nothing".into())?;
                continue;
            }
            ensure(orders.insert(result.order_id), || "one order for two sales".into())?;
            short += i64::from(result.outcome == OfflineOutcome::AppliedShort);
            cash += desk.store.order(result.order_id).unwrap().payment.paid.amount;
        }
    }
    ensure(orders.len() as u64 == DEVICES * SALES, || format!("{} orders", orders.len()))?;
    ensure(baht(cash) == baht(sold * 100), || format!("the drawers have {cash}"))?;
    for device in 0..DEVICES {
        let counted = desk.store.offline_sales_counted(id(20, device)).unwrap();
        ensure(counted == (SALES, Vec::new()), || format!("counter {device} has told {counted:?}"))?;
    }
    let missing: i64 =
        desk.store.variances(true).unwrap().iter().filter(|found| found.sku == "cup").map(|found| found.quantity).sum();
    ensure((missing, short) == (100, 100), || {
        format!("{missing} cups are shown as missing, {short} sales were short")
    })?;
    ensure(desk.free("cup") == (0, 0), || format!("{:?} cups", desk.free("cup")))?;
    desk.sound()
}

#[test]
fn fifty_counters_come_back_at_once() {
    prove(told_once, &[Guard::OfflineOnce]);
}
