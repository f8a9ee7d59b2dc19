//! `cargo xtask cost`: a real day through the public API with everything counted that Cloudflare would bill, at list prices.
//!
//! What is counted is what the scripts that ship asked of their bindings; the processor's time is workerd's own, with the counting in
//! it, and so an upper bound. Prices are in `prices.json`.

mod bill;
mod counts;
mod day;
mod forecast;

use anyhow::Result;
use bill::Bill;
use day::Day;

/// Replays the day and prints what it costs.
pub fn run(mut words: impl Iterator<Item = String>) -> Result<()> {
    let (mut most, mut statements) = (usize::MAX, 10);
    while let Some(word) = words.next() {
        match (word.as_str(), words.next().map(|value| value.parse())) {
            ("--orders", Some(Ok(orders))) => most = orders,
            ("--statements", Some(Ok(some))) => statements = some,
            _ => anyhow::bail!("cost takes --orders and --statements, each with a number, not `{word}`"),
        }
    }
    let mut day = Day::open()?;
    let idle = day.idle()?;
    let before = day.counts()?;
    let orders = day.replay(most)?;
    let after = day.counts()?;
    let counts = after.since(&before);
    let bill = Bill::of(&counts);
    bill.print(orders);
    counts.print_dearest(orders, statements);
    forecast::print(&counts, &bill, &Bill::of(&idle), orders);
    Ok(())
}
