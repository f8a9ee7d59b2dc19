//! The kitchen: stations and their tickets, and a promise learned from how fast the store has been.

use super::{load, save};
use crate::command::Context;
use crate::memory::Memory;
use crate::{Refusal, Result};
use kirana_contracts::order::{Order, Ticket};
use kirana_contracts::store_state::{Actor, Bump, KitchenSettings};
use kirana_events::OrderNews;
use kirana_kernel::{Id, OrderStatus, Timestamp};
use kirana_sql::{Sql, values};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::time::Duration;

/// How long a piece takes until the store has made some.
const FIRST_GUESS_MS: i64 = 90_000;
/// What the newest order counts against all before it, in per cent.
const NEWEST_PERCENT: i64 = 20;
/// No order teaches more or less than this a piece: a ticket that was forgotten overnight is no lesson.
const LESSON_MS: std::ops::RangeInclusive<i64> = 5_000..=1_200_000;

/// How fast the store has been.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    ms_per_piece: i64,
}

fn document<T: DeserializeOwned>(sql: &impl Sql, name: &str) -> Result<Option<T>> {
    #[derive(Deserialize)]
    struct Row {
        document: String,
    }
    let row: Option<Row> = sql.first("SELECT document FROM settings WHERE name = ?1", values![name])?;
    Ok(row.map(|row| serde_json::from_str(&row.document)).transpose()?)
}

fn keep(sql: &impl Sql, name: &str, document: &impl Serialize) -> Result<()> {
    Ok(sql.run(
        "INSERT OR REPLACE INTO settings (name, document) VALUES (?1, ?2)",
        values![name, serde_json::to_string(document)?],
    )?)
}

/// How the kitchen works.
pub fn settings(sql: &impl Sql, memory: &Memory) -> Result<Rc<KitchenSettings>> {
    if let Some(known) = memory.read(|kept| kept.kitchen.clone())? {
        return Ok(known);
    }
    let settings = Rc::new(document::<KitchenSettings>(sql, "kitchen")?.unwrap_or_default());
    memory.learn(|kept| kept.kitchen = Some(settings.clone()))?;
    Ok(settings)
}

/// How fast the store has been, if it has made something.
fn pace(sql: &impl Sql, memory: &Memory) -> Result<Option<i64>> {
    let known = memory.read(|kept| kept.pace)?;
    let pace = match known {
        Some(pace) => pace,
        None => {
            let pace = document::<Pace>(sql, "pace")?;
            memory.learn(|kept| kept.pace = Some(pace))?;
            pace
        }
    };
    Ok(pace.map(|pace| pace.ms_per_piece))
}

/// Sets how the kitchen works. Slots that are taken keep their orders: their length cannot change while there are any.
pub fn configure<S: Sql>(context: &mut Context<'_, S>, new: &KitchenSettings) -> Result<()> {
    let refuse = |path: &str, message: &str| Err(Refusal::Invalid { path: path.into(), message: message.into() });
    if !(5..=120).contains(&new.slot_minutes) {
        return refuse("slot_minutes", "expected 5 to 120");
    }
    if new.slot_capacity.is_some_and(|capacity| !(1..=10_000).contains(&capacity)) {
        return refuse("slot_capacity", "expected 1 to 10000");
    }
    if !(1..=100).contains(&new.hands) {
        return refuse("hands", "expected 1 to 100");
    }
    if new.stations.len() > 20 || new.stations.iter().any(|station| station.name.trim().is_empty()) {
        return refuse("stations", "expected at most 20 stations, each with a name");
    }
    if new.slot_minutes != settings(context.sql, context.memory)?.slot_minutes {
        #[derive(Deserialize)]
        struct Row {
            taken: i64,
        }
        let now = context.now().millis();
        let taken: Option<Row> = context
            .sql
            .first("SELECT SUM(taken) AS taken FROM slots WHERE start > ?1 HAVING taken > 0", values![now])?;
        if let Some(row) = taken {
            return Err(Refusal::Conflict(format!(
                "{} orders are scheduled: change the length of slots when they are done",
                row.taken
            )));
        }
    }
    context.memory.change(|kept| kept.kitchen = None)?;
    keep(context.sql, "kitchen", new)
}

/// When an order of so many pieces will be ready, by what is before it and how fast the store has been.
pub fn promise<S: Sql>(context: &Context<'_, S>, pieces: i64, pickup_at: Option<Timestamp>) -> Result<Timestamp> {
    let ready = ready_at(context.sql, context.memory, context.now(), pieces)?;
    Ok(pickup_at.map_or(ready, |wanted| wanted.max(ready)))
}

/// When so many pieces would be ready that are ordered now.
pub fn ready_at<S: Sql>(sql: &S, memory: &Memory, now: Timestamp, pieces: i64) -> Result<Timestamp> {
    #[derive(Deserialize)]
    struct Ahead {
        pieces: Option<i64>,
    }
    let ahead: Option<Ahead> = sql.first(
        "SELECT SUM(pieces) AS pieces FROM orders WHERE status IN ('confirmed', 'preparing', 'ready', 'dispatched')
           AND status IN ('confirmed', 'preparing')",
        values![],
    )?;
    let ahead = ahead.and_then(|row| row.pieces).unwrap_or(0);
    let pace = pace(sql, memory)?.unwrap_or(FIRST_GUESS_MS);
    let hands = settings(sql, memory)?.hands;
    Ok(now + wait(ahead + pieces, pace, hands))
}

/// Whole minutes, at least one.
fn wait(pieces: i64, ms_per_piece: i64, hands: i64) -> Duration {
    let ms = (pieces.saturating_mul(ms_per_piece) / hands.max(1)).clamp(60_000, 24 * 3_600_000);
    Duration::from_secs(u64::try_from((ms + 59_999) / 60_000).unwrap_or(1) * 60)
}

/// Learns from an order that is ready.
pub fn learn<S: Sql>(context: &Context<'_, S>, order: &Order) -> Result<()> {
    let began = order.timeline.iter().find(|entry| entry.to == OrderStatus::Preparing).map(|entry| entry.at);
    let Some(began) = began else { return Ok(()) };
    let pieces = order.pieces().max(1);
    let took = (context.now().millis() - began.millis()) / pieces;
    let lesson = took.clamp(*LESSON_MS.start(), *LESSON_MS.end());
    let known = pace(context.sql, context.memory)?.unwrap_or(lesson);
    let ms_per_piece = (known * (100 - NEWEST_PERCENT) + lesson * NEWEST_PERCENT) / 100;
    if ms_per_piece == known && known != lesson {
        return Ok(());
    }
    let pace = Pace { ms_per_piece };
    context.memory.change(|kept| kept.pace = Some(Some(pace)))?;
    keep(context.sql, "pace", &pace)
}

/// What each station has to do with an order.
pub fn tickets_of(settings: &KitchenSettings, order: &Order) -> Vec<Ticket> {
    let Some(first) = settings.stations.first() else { return Vec::new() };
    settings
        .stations
        .iter()
        .map(|station| {
            let lines = (1..)
                .zip(&order.lines)
                .filter(|(_, line)| {
                    let maker = settings.stations.iter().find(|of| of.products.contains(&line.product_id));
                    line.quantity > 0 && maker.unwrap_or(first).name == station.name
                })
                .map(|(number, _)| number)
                .collect();
            Ticket { station: station.name.clone(), lines, bumped_at: None }
        })
        .filter(|ticket: &Ticket| !ticket.lines.is_empty())
        .collect()
}

/// A station is done, or begins: a confirmed order is being made from the first bump on, and ready with the last.
pub fn bump<S: Sql>(context: &mut Context<'_, S>, id: Id, actor: &Actor, bump: &Bump) -> Result<Order> {
    let order = load(context, id)?;
    match order.status {
        OrderStatus::Confirmed => super::status::move_by_asking(context, order, OrderStatus::Preparing, actor, None),
        OrderStatus::Preparing => done(context, order, actor, bump),
        OrderStatus::Ready => {
            Err(Refusal::Conflict("this order is ready: recall it to make something of it again".into()))
        }
        from => Err(Refusal::Transition { from, to: OrderStatus::Preparing }),
    }
}

fn done<S: Sql>(context: &mut Context<'_, S>, mut order: Order, actor: &Actor, bump: &Bump) -> Result<Order> {
    let now = context.now();
    let wanted = |ticket: &Ticket| bump.station.as_ref().is_none_or(|station| *station == ticket.station);
    if bump.station.is_some() && !order.tickets.iter().any(wanted) {
        return Err(no_station(&order));
    }
    for ticket in order.tickets.iter_mut().filter(|ticket| wanted(ticket) && ticket.bumped_at.is_none()) {
        ticket.bumped_at = Some(now);
    }
    if order.tickets.iter().all(|ticket| ticket.bumped_at.is_some()) {
        return super::status::move_by_asking(context, order, OrderStatus::Ready, actor, None);
    }
    let text = format!("{} is done", bump.station.as_deref().unwrap_or("a station"));
    tell(context, order, actor, text)
}

/// A station is not done after all.
pub fn recall<S: Sql>(context: &mut Context<'_, S>, id: Id, actor: &Actor, bump: &Bump) -> Result<Order> {
    let mut order = load(context, id)?;
    if !matches!(order.status, OrderStatus::Ready | OrderStatus::Preparing) {
        return Err(Refusal::Transition { from: order.status, to: OrderStatus::Preparing });
    }
    let wanted = |ticket: &Ticket| bump.station.as_ref().is_none_or(|station| *station == ticket.station);
    if bump.station.is_some() && !order.tickets.iter().any(wanted) {
        return Err(no_station(&order));
    }
    for ticket in order.tickets.iter_mut().filter(|ticket| wanted(ticket)) {
        ticket.bumped_at = None;
    }
    if order.status == OrderStatus::Ready {
        return super::status::move_by_asking(context, order, OrderStatus::Preparing, actor, Some("recalled".into()));
    }
    tell(context, order, actor, "recalled".into())
}

fn no_station(order: &Order) -> Refusal {
    let names: Vec<_> = order.tickets.iter().map(|ticket| ticket.station.as_str()).collect();
    let message = if names.is_empty() {
        "this store has one kitchen without stations: leave `station` out".into()
    } else {
        format!("expected one of {}", names.join(", "))
    };
    Refusal::Invalid { path: "station".into(), message }
}

fn tell<S: Sql>(context: &mut Context<'_, S>, mut order: Order, actor: &Actor, text: String) -> Result<Order> {
    let status = order.status;
    super::note(&mut order, context.now(), Some(status), actor, Some(text.clone()));
    let order = save(context, order)?;
    context.tell(OrderNews::Became(OrderStatus::Preparing), &order, Some(&text), None);
    Ok(order.into_order())
}

#[cfg(test)]
mod tests {
    use super::wait;
    use std::time::Duration;

    #[test]
    fn promises_are_whole_minutes() {
        assert_eq!(wait(1, 10_000, 1), Duration::from_secs(60));
        assert_eq!(wait(3, 90_000, 1), Duration::from_secs(300), "four and a half minutes");
        assert_eq!(wait(3, 90_000, 3), Duration::from_secs(120));
        assert_eq!(wait(i64::MAX, 90_000, 1), Duration::from_secs(24 * 3600));
    }
}
