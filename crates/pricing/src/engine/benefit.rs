//! What a promotion takes off which line, from what others left of them.

use super::pieces;
use crate::priced::Reason;
use crate::rules::{Benefit, BulkMeasure, Caps, MAX_USES, Promotion, Tier, WHOLE_BP};
use crate::share::{round_together, split};
use std::borrow::Cow;

/// A line while promotions take from it.
#[derive(Clone, Debug)]
pub(super) struct Left {
    /// What it still costs.
    pub cost: i64,
    /// Below this it may not come.
    pub floor: i64,
    /// Its pieces; none for goods sold by weight.
    pub pieces: i64,
    /// Pieces that no buy-X-get-Y and no bundle has taken.
    pub free: i64,
    /// Its grams; none for goods sold by the piece.
    pub grams: i64,
}

impl Left {
    /// What can still be taken off it.
    pub fn room(&self) -> i128 {
        i128::from((self.cost - self.floor).max(0))
    }
}

/// What a promotion does.
#[derive(Debug, Default)]
pub(super) struct Effect {
    /// What comes off which line, above zero.
    pub off: Vec<(usize, i64)>,
    /// How often it is used.
    pub uses: u32,
    /// How many pieces of which line are taken.
    pub taken: Vec<(usize, i64)>,
}

/// Caps in minor units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most {
    pub per_use: i128,
    pub per_order: i128,
    pub uses: u32,
}

impl Most {
    fn of(caps: &Caps) -> Self {
        let amount = |cap: Option<kirana_kernel::Money>| cap.map_or(i128::MAX, |cap| i128::from(cap.amount));
        Self { per_use: amount(caps.per_use), per_order: amount(caps.per_order), uses: caps.uses.unwrap_or(MAX_USES) }
    }

    /// For what is used once in an order.
    fn once(self) -> i128 {
        self.per_use.min(self.per_order)
    }
}

/// What `promotion` does with the lines its selectors chose.
pub(super) fn effect(promotion: &Promotion, chosen: &[Cow<'_, [usize]>], lines: &[Left]) -> Result<Effect, Reason> {
    let most = Most::of(&promotion.caps);
    let first = chosen.first().map_or(&[][..], |some| some);
    let (on, off) = match &promotion.benefit {
        Benefit::Percentage { percent_bp, .. } => {
            (Cow::Borrowed(first), percentage(first, lines, *percent_bp, most.once()))
        }
        Benefit::AmountOff { amount, .. } => {
            let rooms: Vec<i128> = first.iter().filter_map(|index| Some(lines.get(*index)?.room())).collect();
            let amount = i128::from(amount.amount).min(most.once()).min(rooms.iter().sum());
            (Cow::Borrowed(first), split(amount, &rooms))
        }
        Benefit::AmountOffEach { amount, .. } => {
            let on = only(first, lines, |line| line.pieces);
            let wish = |line: &Left| (i128::from(amount.amount) * i128::from(line.pieces)).min(line.room());
            let wishes = on.iter().filter_map(|index| lines.get(*index).map(wish)).collect();
            (Cow::Owned(on), at_most(most.once(), wishes))
        }
        Benefit::BulkTiers { measure, tiers, .. } => {
            let count = |line: &Left| match measure {
                BulkMeasure::Pieces => line.pieces,
                BulkMeasure::Grams => line.grams,
            };
            let on = only(first, lines, count);
            let sum: i64 = on.iter().filter_map(|index| lines.get(*index).map(count)).sum();
            let reached = |tier: &&Tier| tier.from <= sum;
            let tier = tiers.iter().rev().find(reached).ok_or(Reason::NotEnough)?;
            let off = percentage(&on, lines, tier.percent_bp, most.once());
            (Cow::Owned(on), off)
        }
        Benefit::BuyGet { buy, get, percent_bp, .. } => {
            return pieces::buy_get((*buy, *get, *percent_bp), chosen, lines, most).and_then(finish);
        }
        Benefit::Bundle { parts, price } => return pieces::bundle(parts, *price, chosen, lines, most).and_then(finish),
    };
    if on.is_empty() {
        return Err(Reason::NotEnough);
    }
    finish(Effect { off: above_zero(on.iter().copied().zip(off)), uses: 1, taken: Vec::new() })
}

fn finish(effect: Effect) -> Result<Effect, Reason> {
    if effect.off.is_empty() { Err(Reason::NothingLeft) } else { Ok(effect) }
}

/// What comes off which line, where anything does: never more than a line costs.
pub(super) fn above_zero(amounts: impl Iterator<Item = (usize, i128)>) -> Vec<(usize, i64)> {
    let mut off = Vec::with_capacity(amounts.size_hint().1.unwrap_or(0));
    off.extend(
        amounts.filter_map(|(index, amount)| Some((index, i64::try_from(amount).ok().filter(|some| *some > 0)?))),
    );
    off
}

/// A part of what each line still costs, as far as there is room; rounded once over all of them.
fn percentage(on: &[usize], lines: &[Left], percent_bp: u32, most: i128) -> Vec<i128> {
    let whole = i128::from(WHOLE_BP);
    let wish = |line: &Left| (i128::from(line.cost) * i128::from(percent_bp)).min(line.room() * whole);
    let wishes: Vec<i128> = on.iter().filter_map(|index| lines.get(*index).map(wish)).collect();
    let off = round_together(&wishes, whole);
    if off.iter().sum::<i128>() > most { split(most, &wishes) } else { off }
}

/// Amounts that are cut down in proportion when together they are more than `most`.
pub(super) fn at_most(most: i128, amounts: Vec<i128>) -> Vec<i128> {
    if amounts.iter().sum::<i128>() > most { split(most, &amounts) } else { amounts }
}

fn only(on: &[usize], lines: &[Left], count: impl Fn(&Left) -> i64) -> Vec<usize> {
    on.iter().copied().filter(|index| lines.get(*index).is_some_and(|line| count(line) > 0)).collect()
}
