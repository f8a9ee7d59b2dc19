//! What a cart may hold, and how two become one.

use kirana_contracts::quote::LineRequest;
use kirana_pricing::{MAX_LINES, MAX_QUANTITY};

/// A cart takes no more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    /// Too many lines.
    #[error("a cart has at most {MAX_LINES} lines")]
    TooManyLines,
    /// Too many pieces in one line.
    #[error("a line has at most {MAX_QUANTITY} pieces")]
    TooManyPieces,
}

/// Adds a line: more of a line that asks for the same, or a new one. What is weighed is always a line of its own.
///
/// # Errors
/// [`CartError`]; the cart is as it was then.
pub fn add(lines: &mut Vec<LineRequest>, new: LineRequest) -> Result<(), CartError> {
    let same = lines.iter_mut().find(|line| new.grams.is_none() && asks_for_the_same(line, &new));
    if let Some(line) = same {
        let quantity = line.quantity.saturating_add(new.quantity);
        if quantity > MAX_QUANTITY {
            return Err(CartError::TooManyPieces);
        }
        line.quantity = quantity;
    } else if lines.len() >= MAX_LINES {
        return Err(CartError::TooManyLines);
    } else if new.quantity > MAX_QUANTITY {
        return Err(CartError::TooManyPieces);
    } else {
        lines.push(new);
    }
    Ok(())
}

/// Adds a guest's cart to a customer's: what does not fit any more is left out, the newest first.
pub fn merge(lines: &mut Vec<LineRequest>, guest: Vec<LineRequest>) {
    for line in guest {
        let _ = add(lines, line);
    }
}

/// The same variant with the same choices, in whatever order they were made.
fn asks_for_the_same(one: &LineRequest, other: &LineRequest) -> bool {
    let choices = |line: &LineRequest| {
        let mut choices: Vec<_> = line.modifiers.iter().map(|choice| (choice.sku.clone(), choice.quantity)).collect();
        choices.sort();
        choices
    };
    one.variant_sku == other.variant_sku && one.grams == other.grams && choices(one) == choices(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_contracts::quote::ModifierRequest;

    fn line(sku: &str, quantity: i64, choices: &[&str]) -> LineRequest {
        let modifiers = choices.iter().map(|sku| ModifierRequest { sku: (*sku).into(), quantity: 1 }).collect();
        LineRequest { variant_sku: sku.into(), quantity, modifiers, grams: None }
    }

    #[test]
    fn the_same_wish_is_one_line() {
        let mut lines = vec![line("tea", 1, &["jelly", "sugar"])];
        add(&mut lines, line("tea", 2, &["sugar", "jelly"])).unwrap();
        add(&mut lines, line("tea", 1, &["jelly"])).unwrap();
        assert_eq!(lines.iter().map(|line| line.quantity).collect::<Vec<_>>(), [3, 1]);
        add(&mut lines, LineRequest { grams: Some(300), ..line("mango", 1, &[]) }).unwrap();
        add(&mut lines, LineRequest { grams: Some(300), ..line("mango", 1, &[]) }).unwrap();
        assert_eq!(lines.len(), 4, "each bag has its own weight");
    }

    #[test]
    fn a_cart_is_bounded() {
        let mut lines = vec![line("tea", MAX_QUANTITY, &[])];
        assert_eq!(add(&mut lines, line("tea", 1, &[])), Err(CartError::TooManyPieces));
        for number in 1..MAX_LINES {
            add(&mut lines, line(&format!("tea-{number}"), 1, &[])).unwrap();
        }
        assert_eq!(add(&mut lines, line("juice", 1, &[])), Err(CartError::TooManyLines));
        merge(&mut lines, vec![line("juice", 1, &[]), line("tea-1", 2, &[])]);
        assert_eq!((lines.len(), lines[1].quantity), (MAX_LINES, 3));
    }
}
