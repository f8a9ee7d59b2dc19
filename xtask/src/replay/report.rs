//! The closing table.

use super::after::After;
use super::drive::Outcome;
use super::file::{Line, Order};
use super::prices::{LISTS, Prices};

/// Differing lines, refusals and violations printed at most, of each.
const SHOWN: usize = 20;

/// Prints the table and what it does not explain; answers whether everything adds up.
pub fn print(orders: &[Order], prices: &Prices, outcome: &Outcome, after: &After, seconds: f64) -> bool {
    let lines: Vec<(usize, u32, &Line)> = orders
        .iter()
        .zip(&prices.list_of)
        .flat_map(|(order, list)| order.lines.iter().map(move |line| (*list, order.number, line)))
        .collect();
    let sum: i64 = lines.iter().map(|(.., line)| line.total).sum();
    let refused: usize = outcome.refused.values().map(|(count, _)| count).sum();
    let all = orders.len();
    let rows = [
        ("orders accepted", format!("{} of {all}", outcome.accepted), outcome.accepted == all),
        ("calls refused", refused.to_string(), refused == 0),
        ("orders paid, as the history has it", format!("{} of {all}", after.confirmed), after.confirmed == all),
        (
            "lines that cost what the file says",
            format!("{} of {}", outcome.reconciled, lines.len()),
            outcome.reconciled == lines.len(),
        ),
        (
            "revenue of the orders, file's sum",
            format!("{}, {}", dollars(outcome.revenue), dollars(sum)),
            outcome.revenue == sum,
        ),
        ("money captured for them", dollars(after.captured), after.captured == sum),
        ("stock left of what was exactly enough", after.available.to_string(), after.available == 0),
        ("events not yet delivered", after.undelivered.to_string(), after.undelivered == 0),
        ("dead letters", after.dead.to_string(), after.dead == 0),
        ("invariants that do not hold", after.violations.len().to_string(), after.violations.is_empty()),
    ];
    println!();
    for (what, value, holds) in &rows {
        println!("  {} {what:<40} {value}", if *holds { "✓" } else { "✗" });
    }
    println!("    {:<40} {:.1}", "orders a second, placed and paid", outcome.accepted as f64 / seconds.max(0.001));
    for (code, (count, order)) in &outcome.refused {
        println!("  refused: {count} × {code}, first order {order}");
    }
    outcome.differing.iter().chain(&after.violations).take(SHOWN).for_each(|what| println!("  {what}"));
    explain(&lines, prices);
    rows.iter().all(|(.., holds)| *holds)
}

fn explain(lines: &[(usize, u32, &Line)], prices: &Prices) {
    for (list, known) in LISTS.iter().enumerate() {
        let orders = prices.list_of.iter().filter(|of| **of == list).count();
        println!(
            "  price list {}: {orders} orders; chicken {}, guacamole {}",
            known.name,
            dollars(known.chicken),
            dollars(known.guacamole)
        );
    }
    let odd: Vec<_> = lines.iter().filter(|(list, _, line)| !prices.explains(*list, line)).collect();
    println!("  lines whose price no list explains, sold as variants of their own: {}", odd.len());
    for (list, order, line) in odd {
        let (cents, base) = (prices.without_guacamole(*list, line), prices.base(*list, &line.item).unwrap_or_default());
        let (name, item) = (LISTS[*list].name, &line.item);
        println!(
            "    line {}, order {order}: {item} at {}, list {name} has {}",
            line.number,
            dollars(cents),
            dollars(base)
        );
    }
}

fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02} USD", cents / 100, cents % 100)
}
