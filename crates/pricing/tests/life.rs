//! A cart and a rule book that live: lines come, change and go, coupons are shown and taken away, rules begin and end. Whatever came before, the
//! price is that of what is there now, and all that must hold of a price holds after each step.

#![allow(clippy::unwrap_used, reason = "clippy takes only functions marked as tests for tests")]

mod common;

use common::any::{any_line, any_promotions, any_taxes};
use common::{baht, book, fees, id, order};
use kirana_kernel::Money;
use kirana_pricing::rules::{Caps, Conditions};
use kirana_pricing::{CartLine, OrderContext, Outcome, Priced, Promotion, TaxTable};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

/// What a customer, or whoever leads the campaigns, does next.
#[derive(Clone, Debug)]
enum Step {
    Add(CartLine),
    /// The line in this place, counted around.
    Remove(usize),
    Quantity(usize, i64),
    /// Of what is weighed.
    Weigh(usize, i64),
    Coupon(bool),
    Tip(i64),
    Fee(Option<i64>),
    Begin(Box<Promotion>),
    End(usize),
}

/// What is there now.
#[derive(Clone, Debug)]
struct Now {
    order: OrderContext,
    rules: Vec<Promotion>,
    taxes: TaxTable,
    /// Names are given once: of lines as of rules.
    next: u8,
}

impl Now {
    fn price(&self) -> Priced {
        kirana_pricing::price(&self.order, &book(self.rules.clone()), &fees(), &self.taxes).unwrap()
    }

    /// The line in a place, counted around.
    fn line(&mut self, place: usize) -> Option<&mut CartLine> {
        let place = place.checked_rem(self.order.lines.len())?;
        self.order.lines.get_mut(place)
    }

    fn done(mut self, step: &Step) -> Self {
        self.next = self.next.wrapping_add(1).max(1);
        match step {
            Step::Add(line) => self.order.lines.push(CartLine { id: format!("l{}", self.next), ..line.clone() }),
            Step::Remove(place) => {
                if let Some(place) = place.checked_rem(self.order.lines.len()) {
                    self.order.lines.remove(place);
                }
            }
            Step::Quantity(place, quantity) => {
                if let Some(line) = self.line(*place).filter(|line| line.grams.is_none()) {
                    line.quantity = *quantity;
                }
            }
            Step::Weigh(place, grams) => {
                if let Some(line) = self.line(*place).filter(|line| line.grams.is_some()) {
                    line.grams = Some(*grams);
                }
            }
            Step::Coupon(shown) => self.order.coupons = shown.then(|| "CODE".to_owned()).into_iter().collect(),
            Step::Tip(tip) => self.order.tip = baht(*tip),
            Step::Fee(fee) => self.order.delivery_fee = fee.map(baht),
            Step::Begin(rule) => self.rules.push(Promotion { id: id(self.next), ..(**rule).clone() }),
            Step::End(place) => {
                if let Some(place) = place.checked_rem(self.rules.len()) {
                    self.rules.remove(place);
                }
            }
        }
        self
    }
}

struct Life;

impl ReferenceStateMachine for Life {
    type State = Now;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Now> {
        (any_line(), any_taxes())
            .prop_map(|(line, taxes)| Now { order: order(vec![line]), rules: Vec::new(), taxes, next: 0 })
            .boxed()
    }

    fn transitions(_: &Now) -> BoxedStrategy<Step> {
        let rule = any_promotions().prop_filter_map("no rule", |rules| rules.into_iter().next());
        prop_oneof![
            5 => any_line().prop_map(Step::Add),
            2 => any::<usize>().prop_map(Step::Remove),
            2 => (any::<usize>(), 1..6_i64).prop_map(|(place, quantity)| Step::Quantity(place, quantity)),
            1 => (any::<usize>(), 1..5_000_i64).prop_map(|(place, grams)| Step::Weigh(place, grams)),
            1 => any::<bool>().prop_map(Step::Coupon),
            1 => (0..1_000_i64).prop_map(Step::Tip),
            1 => prop::option::of(0..5_000_i64).prop_map(Step::Fee),
            4 => rule.prop_map(|rule| Step::Begin(Box::new(rule))),
            2 => any::<usize>().prop_map(Step::End),
        ]
        .boxed()
    }

    fn apply(now: Now, step: &Step) -> Now {
        now.done(step)
    }

    /// An empty cart has no price, and no more rules than ids.
    fn preconditions(now: &Now, step: &Step) -> bool {
        now.next < u8::MAX && !(matches!(step, Step::Remove(_)) && now.order.lines.len() < 2)
    }
}

/// The price that is shown, and that of the step before.
struct Shown(Priced);

impl StateMachineTest for Shown {
    type SystemUnderTest = Self;
    type Reference = Life;

    fn init_test(now: &Now) -> Self {
        Self(now.price())
    }

    fn apply(before: Self, now: &Now, step: Step) -> Self {
        let priced = now.price();
        // Neither what is given on top nor what nobody pays for has anything to do with rules.
        if matches!(step, Step::Tip(_)) {
            assert_eq!(priced.lines, before.0.lines);
            assert_eq!(priced.totals.total.amount - priced.totals.tip.amount, total_without_tip(&before.0));
        }
        // Who shows a coupon, or buys where a rule begins that no other excludes, is told of every rule that there is.
        assert_eq!(priced.promotions.len(), now.rules.len());
        Self(priced)
    }

    fn check_invariants(shown: &Self, now: &Now) {
        let priced = &shown.0;
        whole(priced, now);
        capped(priced, now);
        without_a_past(priced, now);
    }
}

fn total_without_tip(priced: &Priced) -> i64 {
    priced.totals.total.amount - priced.totals.tip.amount
}

/// Nothing is below zero or its floor, and the parts are the whole to the minor unit.
fn whole(priced: &Priced, now: &Now) {
    let mut net = 0;
    for (asked, line) in now.order.lines.iter().zip(&priced.lines) {
        let off: i64 = line.discounts.iter().map(|discount| discount.amount.amount).sum();
        assert_eq!(line.net.amount, line.list.amount - off);
        assert!(line.net.amount >= asked.floor.amount.min(line.list.amount) && line.net.amount >= 0, "{line:?}");
        net += line.net.amount;
    }
    let fees: i64 = priced.fees.iter().map(|fee| fee.amount.amount).sum();
    let tax: i64 = priced.taxes.iter().map(|tax| tax.amount.amount).sum();
    let on_top = if now.taxes.inclusive { 0 } else { tax };
    assert_eq!(priced.totals.total.amount, net + fees + on_top + now.order.tip.amount);
}

/// No rule takes more than its caps, and none without its coupon or below the sum that it wants.
fn capped(priced: &Priced, now: &Now) {
    for one in &priced.promotions {
        let rule = now.rules.iter().find(|rule| rule.id == one.promotion).unwrap();
        let Outcome::Applied { amount, uses } = one.outcome else { continue };
        let Caps { per_use, per_order, uses: most } = &rule.caps;
        let within = |cap: &Option<Money>, times: i64| cap.is_none_or(|cap| amount.amount <= cap.amount * times);
        assert!(within(per_order, 1) && within(per_use, i64::from(uses)), "{rule:?} took {amount:?}");
        assert!(most.is_none_or(|most| uses <= most));
        assert!(rule.conditions.coupon.is_none() || !now.order.coupons.is_empty(), "{rule:?} without its coupon");
        let asked = rule.conditions.min_subtotal;
        assert!(asked.is_none_or(|asked| priced.totals.list.amount >= asked.amount), "{rule:?}");
    }
}

/// The same cart laid from its end, with rules that began in the other order, and one more that cannot apply, costs the same.
fn without_a_past(priced: &Priced, now: &Now) {
    let mut other = now.clone();
    other.order.lines.reverse();
    other.rules.reverse();
    let mut never = other.rules.first().cloned();
    if let Some(never) = &mut never {
        never.id = id(u8::MAX);
        never.conditions = Conditions { coupon: Some("NOT SHOWN".into()), ..Conditions::default() };
    }
    other.rules.extend(never);
    assert_eq!(other.price().totals, priced.totals);
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_came_before_a_price_is_that_of_what_is_there(sequential 1..30 => Shown);
}
