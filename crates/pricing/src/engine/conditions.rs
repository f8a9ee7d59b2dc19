//! Is a promotion for this order? The first reason why not.

use super::prepare::Rule;
use crate::context::OrderContext;
use crate::priced::Reason;
use crate::rules::{Conditions, Stacking};
use kirana_kernel::{Id, Money};

/// What has been applied so far, as far as it keeps others out.
#[derive(Debug, Default)]
pub(super) struct Taken<'a> {
    /// The last that was applied.
    last: Option<Id>,
    /// One that goes with no other.
    exclusive: Option<Id>,
    groups: Vec<(&'a str, Id)>,
}

impl<'a> Taken<'a> {
    /// Who keeps a promotion out that stacks so.
    pub fn excludes(&self, stacking: &Stacking) -> Option<Reason> {
        let by = self.exclusive.or(match stacking {
            Stacking::Stackable => None,
            Stacking::Exclusive => self.last,
            Stacking::ExclusiveIn { group } => self.groups.iter().find(|(taken, _)| taken == group).map(|(_, by)| *by),
        });
        by.map(|by| Reason::Excluded { by })
    }

    /// Notes that one was applied.
    pub fn note(&mut self, id: Id, stacking: &'a Stacking) {
        self.last = Some(id);
        match stacking {
            Stacking::Stackable => {}
            Stacking::Exclusive => self.exclusive = Some(id),
            Stacking::ExclusiveIn { group } => self.groups.push((group, id)),
        }
    }
}

/// Why this order is none for the rule, before its goods are looked at.
pub(super) fn who_and_when(rule: &Rule, order: &OrderContext) -> Option<Reason> {
    let Conditions { hours, dates, stores, franchisees, segments, first_order, coupon, .. } =
        &rule.promotion.conditions;
    let shown = |code: &String| order.coupons.iter().any(|shown| shown.eq_ignore_ascii_case(code));
    let is_other = !segments.is_empty() && !order.segments.iter().any(|segment| segments.contains(segment));
    let checks = [
        (rule.currency.is_some_and(|currency| currency != order.currency), Reason::OtherCurrency),
        (!stores.is_empty() && !stores.contains(&order.store_id), Reason::OtherStore),
        (
            !franchisees.is_empty() && !order.franchisee_id.is_some_and(|id| franchisees.contains(&id)),
            Reason::OtherFranchisee,
        ),
        (!dates.is_empty() && !dates.iter().any(|window| window.contains(order.local)), Reason::OutsideDates),
        (!hours.is_empty() && !hours.iter().any(|window| window.contains(order.local)), Reason::OutsideHours),
        (is_other && segments.iter().any(|segment| order.unknown_segments.contains(segment)), Reason::UnknownSegment),
        (is_other, Reason::OtherSegment),
        (*first_order && !order.first_order, Reason::NotFirstOrder),
        (coupon.as_ref().is_some_and(|code| !shown(code)), Reason::CouponMissing),
        (order.used_up.contains(&rule.promotion.id), Reason::UsedUp),
    ];
    checks.into_iter().find_map(|(fails, reason)| fails.then_some(reason))
}

/// Is the order too small, by list prices?
pub(super) fn below_minimum(rule: &Rule, list: i64) -> Option<Reason> {
    let minimum = rule.promotion.conditions.min_subtotal?;
    (list < minimum.amount)
        .then(|| Reason::BelowMinimum { missing: Money::new(minimum.amount - list, minimum.currency) })
}
