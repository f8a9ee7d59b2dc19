//! R2: a cart is what a list of wishes says, whatever is put into it.
#![allow(clippy::unwrap_used, missing_docs)]

use kirana_contracts::quote::{LineRequest, ModifierRequest};
use kirana_pricing::{MAX_LINES, MAX_QUANTITY};
use orders::rules::cart::{CartError, add};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked for: a variant and a set of choices, or a bag of so many grams.
type Wish = (u8, BTreeSet<u8>);

fn line(variant: u8, choices: &[u8], quantity: i64, grams: Option<i64>) -> LineRequest {
    let modifiers = choices.iter().map(|sku| ModifierRequest { sku: format!("m{sku}"), quantity: 1 }).collect();
    LineRequest { variant_sku: format!("v{variant}"), quantity, modifiers, grams }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_cart_is_what_a_list_of_wishes_says(
        deeds in proptest::collection::vec(
            (0..60_u8, Just(vec![0_u8, 1, 2]).prop_shuffle(), 0..4_usize, 1..400_i64, proptest::bool::weighted(0.2)),
            1..200,
        )
    ) {
        let (mut cart, mut pieces, mut bags) = (Vec::new(), BTreeMap::<Wish, i64>::new(), 0_usize);
        for (variant, order, chosen, quantity, weighed) in deeds {
            // In whatever order they were made.
            let choices: Vec<u8> = order.into_iter().filter(|choice| usize::from(*choice) < chosen).collect();
            let before = cart.len();
            if weighed {
                let full = before >= MAX_LINES;
                let put = add(&mut cart, line(variant, &[], 1, Some(300)));
                prop_assert_eq!(put, if full { Err(CartError::TooManyLines) } else { Ok(()) });
                bags += usize::from(!full);
            } else {
                let wish: Wish = (variant, choices.iter().copied().collect());
                let had = pieces.get(&wish).copied();
                let expected = match had {
                    Some(had) if had + quantity > MAX_QUANTITY => Err(CartError::TooManyPieces),
                    None if before >= MAX_LINES => Err(CartError::TooManyLines),
                    _ => Ok(()),
                };
                let put = add(&mut cart, line(variant, &choices, quantity, None));
                prop_assert_eq!(&put, &expected);
                if put.is_ok() {
                    *pieces.entry(wish).or_default() += quantity;
                }
            }
            prop_assert_eq!(cart.len(), pieces.len() + bags);
            let sum: i64 = cart.iter().filter(|line| line.grams.is_none()).map(|line| line.quantity).sum();
            prop_assert_eq!(sum, pieces.values().sum::<i64>());
            prop_assert!(cart.len() <= MAX_LINES && cart.iter().all(|line| line.quantity <= MAX_QUANTITY));
        }
    }
}
