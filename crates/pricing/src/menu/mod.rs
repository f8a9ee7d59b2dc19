//! What lines cost by a menu, before promotions, fees and taxes: modifiers, pieces, weight.

use kirana_contracts::menu::{Menu, MenuVariant, Modifier, ModifierGroup};
use kirana_contracts::order::{OrderLine, OrderModifier, Weight};
use kirana_contracts::quote::LineRequest;
use kirana_kernel::{Money, MoneyError};

/// Pieces in one line at most.
pub const MAX_QUANTITY: i64 = 1_000;

/// Lines in one order at most.
pub const MAX_LINES: usize = 100;

/// One thing that is wrong with what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The way to the field, such as `lines[0].modifiers[1].sku`.
    pub path: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

fn fault(path: String, message: impl Into<String>) -> Fault {
    Fault { path, message: message.into() }
}

/// A line as it stands on a menu, before promotions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuLine {
    /// By its list price.
    pub line: OrderLine,
    /// The category of its product.
    pub category: String,
    /// What one costs otherwise, where its price moves by itself and is another now.
    pub list_price: Option<Money>,
    /// Why it does.
    pub price_reason: Option<String>,
}

/// Looks up these lines on this menu.
///
/// # Errors
/// Every fault of every line.
pub fn lines(menu: &Menu, lines: &[LineRequest]) -> Result<Vec<MenuLine>, Vec<Fault>> {
    if lines.is_empty() || lines.len() > MAX_LINES {
        return Err(vec![fault("lines".into(), format!("expected 1 to {MAX_LINES} lines"))]);
    }
    let (mut priced, mut faults) = (Vec::new(), Vec::new());
    for (index, line) in lines.iter().enumerate() {
        match price(menu, line, index) {
            Ok(line) => priced.push(line),
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(priced) } else { Err(faults) }
}

fn price(menu: &Menu, line: &LineRequest, index: usize) -> Result<MenuLine, Vec<Fault>> {
    let at = |field: &str| format!("lines[{index}].{field}");
    let mut faults = Vec::new();
    if !(1..=MAX_QUANTITY).contains(&line.quantity) {
        faults.push(fault(at("quantity"), format!("expected 1 to {MAX_QUANTITY}")));
    }
    let found = menu.products.iter().find_map(|product| {
        product.variants.iter().find(|variant| variant.sku == line.variant_sku).map(|variant| (product, variant))
    });
    let Some((product, variant)) = found else {
        faults.push(fault(at("variant_sku"), format!("{} is not on this store's menu", line.variant_sku)));
        return Err(faults);
    };
    let groups: Vec<&ModifierGroup> =
        menu.modifier_groups.iter().filter(|group| variant.modifier_groups.contains(&group.id)).collect();
    let mut chosen = Vec::new();
    for (position, request) in line.modifiers.iter().enumerate() {
        let path = format!("lines[{index}].modifiers[{position}]");
        if !(1..=20).contains(&request.quantity) {
            faults.push(fault(format!("{path}.quantity"), "expected 1 to 20"));
        }
        match groups.iter().find_map(|group| group.modifiers.iter().find(|modifier| modifier.sku == request.sku)) {
            Some(modifier) => chosen.push((modifier, request.quantity)),
            None => faults
                .push(fault(format!("{path}.sku"), format!("{} cannot be chosen with {}", request.sku, variant.sku))),
        }
    }
    faults.extend(groups.iter().filter_map(|group| choice_fault(group, &chosen, index)));
    if !faults.is_empty() {
        return Err(faults);
    }
    let weight = weight(variant, line, index)?;
    let total = match &weight {
        Some(weight) => weight.price(),
        None => line_total(variant, &chosen, line.quantity),
    };
    let total = total.map_err(|error| vec![fault(at("quantity"), error.to_string())])?;
    let age_restricted = product.age_restricted || chosen.iter().any(|(modifier, _)| modifier.age_restricted);
    let line = OrderLine {
        variant_sku: variant.sku.clone(),
        product_id: product.id,
        name: format!("{}, {}", product.name, variant.name),
        quantity: line.quantity,
        unit_price: variant.price,
        modifiers: chosen
            .into_iter()
            .map(|(modifier, quantity)| OrderModifier {
                sku: modifier.sku.clone(),
                name: modifier.name.clone(),
                quantity,
                price: modifier.price,
            })
            .collect(),
        total,
        discounts: Vec::new(),
        tax_class: product.tax_class.clone(),
        cancelled: 0,
        weight,
        substitute: None,
        age_restricted,
    };
    let (list_price, price_reason) = (variant.list_price, variant.price_reason.clone());
    Ok(MenuLine { line, category: product.category.clone(), list_price, price_reason })
}

/// Grams in one line at most.
pub const MAX_GRAMS: i64 = 50_000;

/// How a line is weighed, if its variant is sold by weight.
fn weight(variant: &MenuVariant, line: &LineRequest, index: usize) -> Result<Option<Weight>, Vec<Fault>> {
    let at = |field: &str| format!("lines[{index}].{field}");
    match (variant.by_weight, line.grams) {
        (false, None) => Ok(None),
        (false, Some(_)) => {
            Err(vec![fault(at("grams"), format!("{} is sold by the piece: leave `grams` out", variant.sku))])
        }
        (true, Some(grams)) if (1..=MAX_GRAMS).contains(&grams) && line.quantity == 1 && line.modifiers.is_empty() => {
            Ok(Some(Weight { price_per_kg: variant.price, estimated_grams: grams, final_grams: None }))
        }
        (true, Some(grams)) if (1..=MAX_GRAMS).contains(&grams) => Err(vec![fault(
            at("quantity"),
            format!("{} is sold by weight: expected a quantity of 1, no modifiers, and `grams`", variant.sku),
        )]),
        (true, _) => {
            Err(vec![fault(at("grams"), format!("{} is sold by weight: expected 1 to {MAX_GRAMS}", variant.sku))])
        }
    }
}

/// Was more or less chosen of a group than it allows?
fn choice_fault(group: &ModifierGroup, chosen: &[(&Modifier, i64)], index: usize) -> Option<Fault> {
    let count: i64 = chosen
        .iter()
        .filter(|(modifier, _)| group.modifiers.iter().any(|of| of.sku == modifier.sku))
        .map(|(_, quantity)| quantity)
        .sum();
    let wanted = match (group.min, group.max) {
        (min, max) if (min..=max).contains(&count) => return None,
        (min, max) if min == max => format!("exactly {min}"),
        (min, max) => format!("{min} to {max}"),
    };
    let skus: Vec<_> = group.modifiers.iter().map(|modifier| modifier.sku.as_str()).collect();
    Some(fault(
        format!("lines[{index}].modifiers"),
        format!("\"{}\" takes {wanted} of {}; {count} chosen", group.name, skus.join(", ")),
    ))
}

fn line_total(variant: &MenuVariant, chosen: &[(&Modifier, i64)], quantity: i64) -> Result<Money, MoneyError> {
    let mut piece = variant.price;
    for (modifier, count) in chosen {
        piece = piece.plus(modifier.price.times(*count)?)?;
    }
    piece.times(quantity)
}

#[cfg(test)]
mod tests;
