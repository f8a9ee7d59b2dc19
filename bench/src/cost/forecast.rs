//! From a day of ten stores to chains of other sizes: dollars a month, and the limit that each would meet first.

use super::bill::Bill;
use super::counts::Counts;

/// Orders of a store on a usual day, and the share of them in its busiest hour: assumptions, as is all that follows from them.
const ORDERS_A_DAY: f64 = 300.0;
const BUSIEST_HOUR: f64 = 0.15;
/// What Cloudflare's pages give as limits: requests a second of an object, bytes of a database in D1, messages a second of a queue; and an
/// assumption: that one database in D1, which has one writer, takes a thousand rows a second.
const OBJECT_REQUESTS: f64 = 1_000.0;
const D1_BYTES: f64 = 10e9;
const QUEUE_MESSAGES: f64 = 5_000.0;
const D1_WRITES: f64 = 1_000.0;

/// Prints the forecast. `idle` is what a minute costs in which nobody orders.
pub fn print(counts: &Counts, day: &Bill, idle: &Bill, orders: usize) {
    let an_order = day.dollars() / orders as f64;
    let standing = idle.dollars() * 60.0 * 24.0 * 30.0;
    let per_order = |amounts: f64| amounts / orders as f64;
    let (database, growth) = counts
        .sizes
        .iter()
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map_or(("none", 0.0), |(name, size)| (name, per_order(*size)));
    let at_objects = per_order(counts.events("object fetch").get("store-state").copied().unwrap_or_default());
    let sent = counts.by_script("queue_sent").into_values().fold(0.0, f64::max);
    let (writer, written) = counts
        .by_script("d1_written")
        .into_iter()
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map_or(("none", 0.0), |(name, rows)| (name, per_order(rows)));
    println!("\nWhile nobody orders: {standing:.2} dollars a month for cron triggers, whatever the number of stores.");
    println!(
        "A store takes {ORDERS_A_DAY:.0} orders a day, {:.0} % of them in its busiest hour.",
        BUSIEST_HOUR * 100.0
    );
    println!(
        "\n| stores | orders a month | dollars a month | an object's requests a second | {database}'s database is full after | rows a second into {writer}'s | messages a second in one queue | first limit |"
    );
    println!("| --: | --: | --: | --: | --: | --: | --: | --- |");
    for stores in [10.0, 1_000.0, 25_000.0] {
        let month = stores * ORDERS_A_DAY * 30.0;
        let second = stores * ORDERS_A_DAY * BUSIEST_HOUR / 3_600.0;
        let object = ORDERS_A_DAY * BUSIEST_HOUR / 3_600.0 * at_objects;
        let full = D1_BYTES / (growth * month).max(1.0);
        let rows = second * written;
        let messages = second * per_order(sent);
        let first = if full < 12.0 {
            format!("{database}'s database: split by franchisee or month")
        } else if rows > D1_WRITES {
            format!("{writer}'s writes: split by franchisee")
        } else if messages > QUEUE_MESSAGES {
            "a queue: one for each region".to_owned()
        } else if object > OBJECT_REQUESTS {
            "a store's object".to_owned()
        } else {
            "none".to_owned()
        };
        println!(
            "| {stores:.0} | {month:.0} | {:.0} | {object:.2} | {full:.1} months | {rows:.1} | {messages:.2} | {first} |",
            an_order * month + standing
        );
    }
}
