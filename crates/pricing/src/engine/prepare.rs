//! Rules made ready once, so that a cart touches only those that look at its goods.

use crate::context::CartLine;
use crate::menu::Fault;
use crate::rules::{Promotion, Selector};
use crate::share::sort;
use kirana_kernel::{Currency, Id};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Active promotions, ordered and indexed by what they look at.
#[derive(Clone, Debug, Default)]
pub struct RuleBook {
    pub(super) rules: Vec<Rule>,
    slots: usize,
    variants: BTreeMap<String, Vec<usize>>,
    products: BTreeMap<Id, Vec<usize>>,
    categories: BTreeMap<String, Vec<usize>>,
}

/// A promotion with what was worked out about it.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub promotion: Promotion,
    pub currency: Option<Currency>,
    /// The number of its first selector among those of all rules; the others follow.
    pub first_slot: usize,
    /// For each selector: does it mean everything, and what it leaves out.
    pub scopes: Vec<Scope>,
}

#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub all: bool,
    pub except: Vec<String>,
}

impl RuleBook {
    /// Makes promotions ready, in whatever order they come.
    ///
    /// # Errors
    /// Every fault of every promotion, by its place in the list, and ids that occur twice.
    pub fn new(promotions: Vec<Promotion>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        for (index, promotion) in promotions.iter().enumerate() {
            let at = |fault: Fault| Fault { path: format!("promotions[{index}].{}", fault.path), ..fault };
            faults.extend(promotion.faults().into_iter().map(at));
        }
        let ids: BTreeSet<Id> = promotions.iter().map(|promotion| promotion.id).collect();
        if ids.len() < promotions.len() {
            faults.push(Fault { path: "promotions".into(), message: "expected each id once".into() });
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let rank =
            |place: usize| promotions.get(place).map(|promotion| (std::cmp::Reverse(promotion.priority), promotion.id));
        let mut order: Vec<usize> = (0..promotions.len()).collect();
        sort(&mut order, &|a, b| rank(a).cmp(&rank(b)));
        let mut book = Self::default();
        let mut promotions: Vec<Option<Promotion>> = promotions.into_iter().map(Some).collect();
        for place in order {
            if let Some(promotion) = promotions.get_mut(place).and_then(Option::take) {
                book.add(promotion);
            }
        }
        Ok(book)
    }

    /// How many promotions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The promotions in the order in which they are tried.
    pub fn promotions(&self) -> impl Iterator<Item = &Promotion> {
        self.rules.iter().map(|rule| &rule.promotion)
    }

    fn add(&mut self, promotion: Promotion) {
        let first_slot = self.slots;
        let mut scopes = Vec::new();
        for selector in promotion.benefit.selectors() {
            self.index(selector);
            let except = selector.except_variants.clone();
            scopes.push(Scope { all: selector.is_all(), except });
        }
        let currency = promotion.amounts().first().map(|(_, money)| money.currency);
        self.rules.push(Rule { promotion, currency, first_slot, scopes });
    }

    fn index(&mut self, selector: &Selector) {
        let slot = self.slots;
        self.slots += 1;
        for sku in &selector.variants {
            self.variants.entry(sku.clone()).or_default().push(slot);
        }
        for product in &selector.products {
            self.products.entry(*product).or_default().push(slot);
        }
        for category in &selector.categories {
            self.categories.entry(category.clone()).or_default().push(slot);
        }
    }

    /// Which lines each selector names, by its number; those that mean everything name none.
    pub(super) fn named(&self, lines: &[&CartLine]) -> Vec<Vec<usize>> {
        let mut named = vec![Vec::new(); self.slots];
        for (index, line) in lines.iter().enumerate() {
            let slots = [
                self.variants.get(&line.variant_sku),
                self.products.get(&line.product_id),
                self.categories.get(&line.category),
            ];
            for slot in slots.into_iter().flatten().flatten() {
                if let Some(lines) = named.get_mut(*slot)
                    && lines.last() != Some(&index)
                {
                    lines.push(index);
                }
            }
        }
        named
    }
}

impl Rule {
    /// The lines of its selectors, in the canonical order of lines; `every` are all of them.
    pub fn chosen<'a>(
        &self,
        named: &'a [Vec<usize>],
        every: &'a [usize],
        lines: &[&CartLine],
    ) -> Vec<Cow<'a, [usize]>> {
        let of = |(place, scope): (usize, &Scope)| {
            let named = named.get(self.first_slot + place).map_or(&[][..], Vec::as_slice);
            let some = if scope.all { every } else { named };
            if scope.except.is_empty() {
                return Cow::Borrowed(some);
            }
            let kept = |index: &usize| lines.get(*index).is_some_and(|line| !scope.except.contains(&line.variant_sku));
            Cow::Owned(some.iter().copied().filter(kept).collect())
        };
        self.scopes.iter().enumerate().map(of).collect()
    }
}
