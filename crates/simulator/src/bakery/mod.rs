//! A real bakery's till over again, on the core that ships: every transaction of the file is an order at its time, placed, paid,
//! made and handed over; goods expire by the core's own timers; each night the core's usage and the platform's reorder rule say
//! what the bakehouse brings before the doors open. After each day the books are proved.
//!
//! The file says what was bought, not what there was: what is refused here was to be had there. How goods are kept, priced and
//! delivered is in one table, [`goods`].

pub mod file;
pub mod goods;
mod night;
mod report;
mod shop;

pub use report::{DayReport, Summary};

use crate::Sabotage;
use file::{Day, Transaction};
use kirana_kernel::Timestamp;
use night::Books;
use shop::Shop;
use std::time::Duration;

/// Every so many days, and on the last, every order is looked at as well.
const WHOLE_EVERY: usize = 7;
/// When the delivery comes, after midnight.
const MORNING: Duration = Duration::from_secs(5 * 3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// The last midnight.
fn midnight(at: Timestamp) -> Timestamp {
    const DAY_MS: i64 = 24 * 3_600 * 1_000;
    Timestamp::from_millis(at.millis().div_euclid(DAY_MS) * DAY_MS)
}

/// Replays so many days of a file, or all; tells of each day when it is over.
///
/// # Errors
/// What is wrong with the file; what must never be, with the day.
pub fn replay(
    text: &str,
    days: Option<usize>,
    sabotage: Sabotage,
    mut tell: impl FnMut(&DayReport),
) -> Result<Summary, String> {
    let all = file::read(text)?;
    let days = &all[..days.unwrap_or(all.len()).min(all.len())];
    let Some(first) = days.first() else { return Err("the file has no day".into()) };
    sabotage.begin();
    let result = (|| {
        let mut shop = Shop::open(first.begins)?;
        let (mut books, mut summary) = (Books::default(), Summary::default());
        summary.sum.delivered = shop.fill_the_bar()?;
        for (index, day) in days.iter().enumerate() {
            let whole = index % WHOLE_EVERY == WHOLE_EVERY - 1 || index == days.len() - 1;
            let report = live(&mut shop, &mut books, day, whole).map_err(|wrong| format!("{}: {wrong}", day.date))?;
            summary.add(&report);
            tell(&report);
        }
        summary.simulated_seconds = shop.now.since(first.begins).as_secs();
        summary.commands = shop.commands;
        summary.journal_entries = books.entries.unsigned_abs();
        Ok(summary)
    })();
    Sabotage::None.begin();
    result
}

/// One day, from the midnight before to the midnight after.
fn live(shop: &mut Shop, books: &mut Books, day: &Day, whole: bool) -> Result<DayReport, String> {
    let lines = day.transactions.iter().map(|transaction| transaction.items.len() as u64).sum();
    let transactions = day.transactions.len() as u64;
    let mut report = DayReport { date: day.date.clone(), transactions, lines, ..DayReport::default() };
    shop.pass(day.begins)?;
    let planned = shop.plan()?;
    let opens = day.begins + MORNING;
    let (night, shift): (Vec<&Transaction>, Vec<_>) = day.transactions.iter().partition(|sale| sale.at < opens);
    for transaction in night {
        shop.pass(transaction.at)?;
        shop.serve(transaction, &mut report)?;
    }
    shop.pass(opens)?;
    for (sku, packs) in planned {
        report.delivered += shop.receive(&sku, packs)?;
    }
    for name in shift.iter().flat_map(|transaction| &transaction.items) {
        report.delivered += shop.introduce(name)?;
    }
    for transaction in shift {
        shop.pass(transaction.at)?;
        shop.serve(transaction, &mut report)?;
    }
    shop.pass(day.begins + DAY)?;
    shop.close(books, &mut report, whole)?;
    Ok(report)
}
