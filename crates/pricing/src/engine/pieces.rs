//! Promotions that count pieces: buy-X-get-Y, and bundles.

use super::benefit::{Effect, Left, Most, above_zero, at_most};
use crate::priced::Reason;
use crate::rules::{BundlePart, WHOLE_BP};
use crate::share::{half_up, sort, split};
use kirana_kernel::Money;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Pieces that were picked so far, by line.
struct Picked<'a> {
    lines: &'a [Left],
    count: Vec<i64>,
    off: Vec<i128>,
}

impl<'a> Picked<'a> {
    fn new(lines: &'a [Left]) -> Self {
        Self { lines, count: vec![0; lines.len()], off: vec![0; lines.len()] }
    }

    fn free(&self, index: usize) -> i64 {
        self.lines.get(index).map_or(0, |line| line.free) - self.count.get(index).copied().unwrap_or(0)
    }

    /// Picks that many more of a line; gives a part of what they cost. A line's pieces cost the same; what cannot be divided
    /// is given so that all of them come to what the line costs.
    fn pick(&mut self, index: usize, count: i64, percent_bp: u32) -> i128 {
        let (Some(line), Some(picked)) = (self.lines.get(index), self.count.get_mut(index)) else { return 0 };
        let first = |count: i64| {
            let part = i128::from(line.cost) * i128::from(count) * i128::from(percent_bp);
            half_up(part, i128::from(line.pieces.max(1)) * i128::from(WHOLE_BP))
        };
        let before = *picked;
        *picked += count;
        first(*picked) - first(before)
    }

    fn take_off(&mut self, picks: &[(usize, i128)], amounts: Vec<i128>) {
        for ((index, _), amount) in picks.iter().zip(amounts) {
            if let Some(off) = self.off.get_mut(*index) {
                *off += amount;
            }
        }
    }

    fn effect(self, uses: i64, most: Most, more: Vec<(usize, i64)>) -> Effect {
        let within = self.off.iter().zip(self.lines).map(|(off, line)| (*off).min(line.room())).collect();
        let off = above_zero(at_most(most.per_order, within).into_iter().enumerate());
        let taken = self.count.into_iter().enumerate().chain(more).filter(|(_, count)| *count > 0).collect();
        Effect { off, uses: u32::try_from(uses).unwrap_or(u32::MAX), taken }
    }
}

/// By what one piece costs, without dividing.
fn by_piece(lines: &[Left], one: usize, other: usize) -> Ordering {
    let (Some(a), Some(b)) = (lines.get(one), lines.get(other)) else { return Ordering::Equal };
    (i128::from(a.cost) * i128::from(b.pieces)).cmp(&(i128::from(b.cost) * i128::from(a.pieces)))
}

fn pieces_of(chosen: &[Cow<'_, [usize]>], place: usize, lines: &[Left]) -> Vec<usize> {
    let some = chosen.get(place).into_iter().flat_map(|some| some.iter()).copied();
    some.filter(|index| lines.get(*index).is_some_and(|line| line.free > 0)).collect()
}

/// For each `buy` pieces `get` others for less, the cheapest that leave enough to be bought.
pub(super) fn buy_get(
    (buy, get, percent_bp): (u32, u32, u32),
    chosen: &[Cow<'_, [usize]>],
    lines: &[Left],
    most: Most,
) -> Result<Effect, Reason> {
    let (buy, get) = (i64::from(buy), i64::from(get));
    let (mut bought, mut given) = (pieces_of(chosen, 0, lines), pieces_of(chosen, 1, lines));
    let count = |some: &[usize]| some.iter().filter_map(|index| Some(lines.get(*index)?.free)).sum::<i64>();
    let either: Vec<usize> = given.iter().copied().filter(|index| !bought.contains(index)).collect();
    // As many uses as there are distinct pieces for (Hall's condition for two sets).
    let (to_buy, to_get) = (count(&bought), count(&given));
    let uses = (to_buy / buy).min(to_get / get).min((to_buy + count(&either)) / (buy + get)).min(i64::from(most.uses));
    if uses == 0 {
        return Err(Reason::NotEnough);
    }
    sort(&mut given, &|a, b| by_piece(lines, a, b).then(a.cmp(&b)));
    sort(&mut bought, &|a, b| by_piece(lines, b, a).then(a.cmp(&b)));
    let mut spare = to_buy - uses * buy;
    let mut picked = Picked::new(lines);
    let mut queue = given.into_iter().peekable();
    for _ in 0..uses {
        let (mut need, mut picks) = (get, Vec::new());
        while need > 0 {
            let Some(index) = queue.peek().copied() else { break };
            let shared = bought.contains(&index);
            let count = need.min(picked.free(index)).min(if shared { spare } else { i64::MAX });
            if count == 0 {
                queue.next();
                continue;
            }
            spare -= if shared { count } else { 0 };
            need -= count;
            picks.push((index, picked.pick(index, count, percent_bp)));
        }
        let amounts = at_most(most.per_use, picks.iter().map(|(_, amount)| *amount).collect());
        picked.take_off(&picks, amounts);
    }
    let (mut need, mut paid) = (uses * buy, Vec::new());
    for index in bought {
        let count = need.min(picked.free(index));
        need -= count;
        paid.push((index, count));
    }
    Ok(picked.effect(uses, most, paid))
}

/// Bundles at a fixed price, as long as each costs less than its pieces do.
pub(super) fn bundle(
    parts: &[BundlePart],
    price: Money,
    chosen: &[Cow<'_, [usize]>],
    lines: &[Left],
    most: Most,
) -> Result<Effect, Reason> {
    let mut choices: Vec<Vec<usize>> = (0..parts.len()).map(|place| pieces_of(chosen, place, lines)).collect();
    for choice in &mut choices {
        sort(choice, &|a, b| by_piece(lines, b, a).then(a.cmp(&b)));
    }
    let mut picked = Picked::new(lines);
    let (mut uses, mut why) = (0, Reason::NotEnough);
    while uses < i64::from(most.uses) {
        let before = picked.count.clone();
        let mut picks = Vec::new();
        let complete = parts.iter().zip(&choices).all(|(part, choice)| {
            let mut need = i64::from(part.pieces);
            for index in choice {
                let count = need.min(picked.free(*index));
                if count > 0 {
                    need -= count;
                    picks.push((*index, picked.pick(*index, count, WHOLE_BP)));
                }
                if need == 0 {
                    return true;
                }
            }
            false
        });
        let costs: Vec<i128> = picks.iter().map(|(_, cost)| *cost).collect();
        let saved = costs.iter().sum::<i128>() - i128::from(price.amount);
        if !complete || saved <= 0 {
            picked.count = before;
            why = if complete { Reason::NothingLeft } else { Reason::NotEnough };
            break;
        }
        picked.take_off(&picks, split(saved.min(most.per_use), &costs));
        uses += 1;
    }
    if uses == 0 { Err(why) } else { Ok(picked.effect(uses, most, Vec::new())) }
}
