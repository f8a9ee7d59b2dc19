//! What to order from whom, out of what is missing.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What a supplier asks for a pack of a stock item.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Offer {
    /// The supplier.
    pub supplier_id: String,
    /// The stock item.
    pub sku: String,
    /// What a pack holds, in the item's unit.
    pub pack_size: i64,
    /// Packs at least.
    pub min_packs: i64,
    /// Of one pack, in minor units.
    pub pack_price: i64,
}

/// Packs of one item to order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The stock item.
    pub sku: String,
    /// How many packs.
    pub packs: i64,
    /// By whose offer.
    pub offer: Offer,
}

/// Packs to order by supplier: what is missing less what is on order, in whole packs, at least the supplier's minimum, from
/// whoever asks the least for it. What nobody offers is left out.
#[must_use]
pub fn propose(
    missing: &BTreeMap<String, i64>,
    on_order: &BTreeMap<String, i64>,
    offers: &[Offer],
) -> BTreeMap<String, Vec<Wanted>> {
    let mut by_supplier: BTreeMap<String, Vec<Wanted>> = BTreeMap::new();
    for (sku, missing) in missing {
        let open = missing - on_order.get(sku).copied().unwrap_or(0);
        if open <= 0 {
            continue;
        }
        let packs = |offer: &Offer| ((open + offer.pack_size - 1) / offer.pack_size).max(offer.min_packs);
        let price = |offer: &Offer| i128::from(packs(offer)) * i128::from(offer.pack_price);
        let best =
            offers.iter().filter(|offer| offer.sku == *sku).min_by_key(|offer| (price(offer), &offer.supplier_id));
        if let Some(offer) = best {
            let wanted = Wanted { sku: sku.clone(), packs: packs(offer), offer: offer.clone() };
            by_supplier.entry(offer.supplier_id.clone()).or_default().push(wanted);
        }
    }
    by_supplier
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(supplier: &str, sku: &str, pack_size: i64, min_packs: i64, pack_price: i64) -> Offer {
        Offer { supplier_id: supplier.into(), sku: sku.into(), pack_size, min_packs, pack_price }
    }

    #[test]
    fn whole_packs_from_whoever_asks_the_least() {
        let missing = [("tea".to_owned(), 1_200), ("cup".to_owned(), 90), ("salt".to_owned(), 5)].into();
        let on_order = [("cup".to_owned(), 40)].into();
        let offers = [offer("a", "tea", 1_000, 1, 300), offer("b", "tea", 500, 1, 190), offer("a", "cup", 50, 3, 100)];
        let found = propose(&missing, &on_order, &offers);
        let packs: Vec<_> = found
            .iter()
            .flat_map(|(supplier, lines)| {
                lines.iter().map(move |line| (supplier.as_str(), line.sku.as_str(), line.packs))
            })
            .collect();
        // Tea: two packs of a cost 600, three of b 570. Cups: 50 are open, one pack would do, three are the least.
        assert_eq!(packs, [("a", "cup", 3), ("b", "tea", 3)]);
        let all_on_order = [("tea".to_owned(), 1_200), ("cup".to_owned(), 90)].into();
        assert!(propose(&missing, &all_on_order, &offers).is_empty(), "asked again, nothing is ordered twice");
    }
}
