//! Fees of an order, each with a tax class of its own.

use crate::context::OrderContext;
use crate::priced::FeeKind;
use kirana_kernel::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is asked besides the goods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FeeRules {
    /// The tax class of delivery.
    pub delivery_tax_class: String,
    /// From this sum of lines after discounts on, delivery costs nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_free_from: Option<Money>,
    /// What is asked for small orders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub small_order: Option<SmallOrderFee>,
}

/// What is asked for a small order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SmallOrderFee {
    /// Below this sum of lines after discounts.
    pub below: Money,
    /// How much.
    pub amount: Money,
    /// Its tax class.
    pub tax_class: String,
}

/// One fee with its class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fee<'a> {
    pub kind: FeeKind,
    pub amount: Money,
    pub tax_class: &'a str,
}

impl FeeRules {
    /// All amounts in them.
    pub(crate) fn amounts(&self) -> impl Iterator<Item = Money> {
        let small = self.small_order.iter().flat_map(|fee| [fee.below, fee.amount]);
        self.delivery_free_from.into_iter().chain(small)
    }

    /// The same fees, all of one tax class: where one rate counts for everything.
    #[must_use]
    pub fn taxed_as(&self, class: &str) -> Self {
        let small_order = self.small_order.clone().map(|fee| SmallOrderFee { tax_class: class.into(), ..fee });
        Self { delivery_tax_class: class.into(), small_order, ..self.clone() }
    }

    /// The fees of an order whose lines come to `net` minor units.
    pub(crate) fn of<'a>(&'a self, order: &OrderContext, net: i64) -> Vec<Fee<'a>> {
        let free = self.delivery_free_from.is_some_and(|from| net >= from.amount);
        let delivery = order.delivery_fee.filter(|fee| !fee.is_zero() && !free).map(|amount| Fee {
            kind: FeeKind::Delivery,
            amount,
            tax_class: &self.delivery_tax_class,
        });
        let small = self.small_order.as_ref().filter(|fee| net < fee.below.amount && !fee.amount.is_zero());
        let small = small.map(|fee| Fee { kind: FeeKind::SmallOrder, amount: fee.amount, tax_class: &fee.tax_class });
        delivery.into_iter().chain(small).collect()
    }
}
