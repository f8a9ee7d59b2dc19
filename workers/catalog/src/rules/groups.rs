//! What a modifier group may be, and which variants have it.

use super::changes::Kept;
use super::product::{MAX_PRICE, slug};
use kirana_contracts::menu::{Modifier, ModifierGroup};
use kirana_edge::FieldError;
use kirana_kernel::{Currency, Money};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Options of a group at most.
pub const MAX_OPTIONS: usize = 100;

/// What may be chosen of one group at most: a line takes 20 pieces of one option.
const MAX_CHOSEN: i64 = 100;

/// A modifier group as somebody wants it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupRequest {
    /// Such as `Choose your topping`, 1 to 100 characters.
    pub name: String,
    /// How many must be chosen.
    #[schema(minimum = 0, maximum = 100)]
    pub min: i64,
    /// How many may be chosen, no less than `min`.
    #[schema(minimum = 1, maximum = 100)]
    pub max: i64,
    /// What can be chosen, in the order it is shown; 1 to 100.
    #[schema(min_items = 1, max_items = 100)]
    pub options: Vec<OptionRequest>,
    /// Skus of the menu's variants that have the group. If not given: those of before, none for a new one.
    #[serde(default)]
    pub variants: Option<Vec<String>>,
}

/// An option of a group as somebody wants it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionRequest {
    /// Such as `Grass Jelly`, 1 to 100 characters.
    pub name: String,
    /// That of an option there is, to give it another name. Without it, the sku is made of the names.
    #[serde(default)]
    pub sku: Option<String>,
    /// Of one, in the menu's currency.
    pub price: Money,
    /// May only adults have it? Then so is whatever it is chosen with.
    #[serde(default)]
    pub age_restricted: bool,
    /// Is it chosen until somebody chooses otherwise? No more than `max` of a group are.
    #[serde(default)]
    pub preselected: bool,
}

impl GroupRequest {
    /// A group as it is, to be made another.
    #[must_use]
    pub fn of(group: &ModifierGroup) -> Self {
        let ModifierGroup { name, min, max, modifiers, .. } = group.clone();
        let options = modifiers.into_iter().map(OptionRequest::of).collect();
        Self { name, min, max, options, variants: None }
    }
}

impl OptionRequest {
    fn of(modifier: Modifier) -> Self {
        let Modifier { sku, name, price, age_restricted, preselected } = modifier;
        Self { name, sku: Some(sku), price, age_restricted, preselected }
    }
}

/// The menu that a group is on.
#[derive(Clone, Copy, Debug)]
pub struct OnMenu<'a> {
    /// What its prices are in.
    pub currency: Currency,
    /// All its groups.
    pub groups: &'a [ModifierGroup],
    /// All its products.
    pub products: &'a [Kept],
}

impl OnMenu<'_> {
    /// Skus of the variants that have a group, in the order of the menu.
    #[must_use]
    pub fn variants_with(&self, id: &str) -> Vec<String> {
        let variants = self.sold().flat_map(|kept| &kept.product.variants);
        variants.filter(|one| one.modifier_groups.iter().any(|group| group == id)).map(|one| one.sku.clone()).collect()
    }

    /// Names of the products that have a group.
    #[must_use]
    pub fn products_with(&self, id: &str) -> Vec<String> {
        let has =
            |kept: &&Kept| kept.product.variants.iter().any(|one| one.modifier_groups.iter().any(|group| group == id));
        self.sold().filter(has).map(|kept| kept.product.name.clone()).collect()
    }

    /// The menu's products once these variants have the group, and no others do.
    #[must_use]
    pub fn attached(&self, id: &str, variants: &[String]) -> Vec<Kept> {
        let mut products = self.products.to_vec();
        for variant in products.iter_mut().filter(|kept| !kept.retired).flat_map(|kept| &mut kept.product.variants) {
            let has = variant.modifier_groups.iter().any(|group| group == id);
            match (has, variants.contains(&variant.sku)) {
                (false, true) => variant.modifier_groups.push(id.to_owned()),
                (true, false) => variant.modifier_groups.retain(|group| group != id),
                _ => {}
            }
        }
        products
    }

    fn sold(&self) -> impl Iterator<Item = &Kept> {
        self.products.iter().filter(|kept| !kept.retired)
    }

    /// What else on the menu is called by this sku: another group's option, or a variant.
    fn has_elsewhere(&self, group: &str, sku: &str) -> bool {
        let others = self.groups.iter().filter(|other| other.id != group);
        others.flat_map(|other| &other.modifiers).any(|one| one.sku == sku)
            || self.products.iter().flat_map(|kept| &kept.product.variants).any(|one| one.sku == sku)
    }
}

/// The group with this id as it is wanted; `before` is what it was. An option keeps its sku: recipes and overrides hang on it.
///
/// # Errors
/// Everything that is wrong, with the way to it.
pub fn read(
    request: &GroupRequest,
    id: &str,
    before: Option<&ModifierGroup>,
    menu: OnMenu<'_>,
) -> Result<ModifierGroup, Vec<FieldError>> {
    let mut faults = Vec::new();
    let mut fault = |path: String, message: String| faults.push(FieldError { path, message });
    let long = |text: &str| text.trim().is_empty() || text.chars().count() > 100 || slug(text).is_empty();
    let words = "expected 1 to 100 characters, with a letter or a digit";
    if long(&request.name) {
        fault("name".into(), words.into());
    }
    if !(0..=MAX_CHOSEN).contains(&request.min) {
        fault("min".into(), format!("expected 0 to {MAX_CHOSEN}"));
    }
    if request.max < request.min.max(1) || request.max > MAX_CHOSEN {
        fault("max".into(), format!("expected {} to {MAX_CHOSEN}: no less than min", request.min.clamp(1, MAX_CHOSEN)));
    }
    if !(1..=MAX_OPTIONS).contains(&request.options.len()) {
        fault("options".into(), format!("expected 1 to {MAX_OPTIONS} options"));
    }
    let preselected = request.options.iter().filter(|option| option.preselected).count();
    if i64::try_from(preselected).is_ok_and(|count| count > request.max) {
        fault(
            "options".into(),
            format!("{preselected} are preselected: expected {} at most, which is max", request.max),
        );
    }
    let mut skus = BTreeSet::new();
    let mut modifiers = Vec::new();
    for (at, option) in request.options.iter().enumerate().take(MAX_OPTIONS) {
        let path = format!("options[{at}]");
        if long(&option.name) {
            fault(format!("{path}.name"), words.into());
        }
        let sku = option.sku.clone().unwrap_or_else(|| format!("{}/{}", slug(&request.name), slug(&option.name)));
        let known = before.is_some_and(|before| before.modifiers.iter().any(|old| old.sku == sku));
        if option.sku.is_some() && !known {
            fault(format!("{path}.sku"), format!("this group has no option {sku}: leave it out for a new one"));
        } else if !known && menu.has_elsewhere(id, &sku) {
            fault(format!("{path}.name"), format!("{sku} is on the menu already: expected another name"));
        }
        if !skus.insert(sku.clone()) {
            fault(path.clone(), format!("{sku} stands here twice"));
        }
        if option.price.currency != menu.currency {
            fault(format!("{path}.price.currency"), format!("the menu is in {}", menu.currency));
        }
        if !(0..=MAX_PRICE).contains(&option.price.amount) {
            fault(format!("{path}.price.amount"), format!("expected 0 to {MAX_PRICE} minor units"));
        }
        let OptionRequest { price, age_restricted, preselected, .. } = *option;
        modifiers.push(Modifier { sku, name: option.name.trim().into(), price, age_restricted, preselected });
    }
    for (at, sku) in request.variants.iter().flatten().enumerate() {
        if !menu.sold().any(|kept| kept.product.variants.iter().any(|variant| variant.sku == *sku)) {
            fault(format!("variants[{at}]"), format!("expected a variant of the menu; found {sku}"));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(ModifierGroup {
        id: id.to_owned(),
        name: request.name.trim().into(),
        min: request.min,
        max: request.max,
        modifiers,
    })
}

#[cfg(test)]
mod tests {
    use super::super::product::{self, ProductRequest};
    use super::*;
    use kirana_kernel::{Id, Timestamp};
    use serde_json::{Value, json};

    fn tea(groups: &[&str]) -> Kept {
        let request: ProductRequest = serde_json::from_value(json!({"name": "Tea", "category": "Tea", "variants": [
            {"name": "S", "price": {"amount": 1, "currency": "THB"}}, {"name": "L", "price": {"amount": 2, "currency": "THB"}}]}))
        .unwrap();
        let mut product = product::read(&request, None, Currency::THB, &[]).unwrap();
        product.variants[0].modifier_groups = groups.iter().map(ToString::to_string).collect();
        Kept { id: Id::new(Timestamp::from_millis(1), [1; 10]), retired: false, product }
    }

    fn toppings() -> Value {
        json!({"name": "Toppings", "min": 0, "max": 2, "options": [
            {"name": "Grass Jelly", "price": {"amount": 2000, "currency": "THB"}, "preselected": true},
            {"name": "Rum", "price": {"amount": 4000, "currency": "THB"}, "age_restricted": true}]})
    }

    fn request(value: Value) -> GroupRequest {
        serde_json::from_value(value).unwrap()
    }

    fn on<'a>(groups: &'a [ModifierGroup], products: &'a [Kept]) -> OnMenu<'a> {
        OnMenu { currency: Currency::THB, groups, products }
    }

    #[test]
    fn skus_outlive_names() {
        let first = read(&request(toppings()), "7", None, on(&[], &[])).unwrap();
        let skus = |group: &ModifierGroup| group.modifiers.iter().map(|one| one.sku.clone()).collect::<Vec<_>>();
        assert_eq!(skus(&first), ["toppings/grass-jelly", "toppings/rum"]);
        assert_eq!(first.modifiers.iter().map(|one| one.age_restricted).collect::<Vec<_>>(), [false, true]);
        let mut renamed = GroupRequest::of(&first);
        renamed.name = "Extras".into();
        renamed.options[0].name = "Black Jelly".into();
        renamed.options.push(OptionRequest { sku: None, name: "Pearls".into(), ..renamed.options[0].clone() });
        let groups = [first];
        let second = read(&renamed, "7", Some(&groups[0]), on(&groups, &[])).unwrap();
        assert_eq!(skus(&second), ["toppings/grass-jelly", "toppings/rum", "extras/pearls"]);
    }

    #[test]
    fn each_fault_is_named() {
        let paths = |change: Value| {
            let mut wanted = toppings();
            wanted.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let other = [read(&request(toppings()), "8", None, on(&[], &[])).unwrap()];
            let mut faults = match read(
                &request(wanted),
                "7",
                Some(&ModifierGroup { id: "7".into(), ..other[0].clone() }),
                on(&other, &[tea(&[])]),
            ) {
                Ok(_) => Vec::new(),
                Err(faults) => faults,
            };
            faults.drain(..).map(|fault| fault.path).collect::<Vec<_>>()
        };
        assert!(paths(json!({})).is_empty());
        assert_eq!(paths(json!({"name": "!"})), ["name"]);
        assert_eq!(paths(json!({"min": -1})), ["min"]);
        assert_eq!(paths(json!({"min": 3})), ["max"]);
        assert_eq!(paths(json!({"max": 0})), ["max", "options"], "one is preselected");
        assert_eq!(paths(json!({"max": 101})), ["max"]);
        assert_eq!(paths(json!({"options": []})), ["options"]);
        let option = |change: Value| {
            let mut option = json!({"name": "Pearls", "price": {"amount": 1, "currency": "THB"}});
            option.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            paths(json!({"options": [option]}))
        };
        assert!(option(json!({})).is_empty());
        assert_eq!(option(json!({"name": " "})), ["options[0].name"]);
        assert_eq!(option(json!({"sku": "toppings/pearls"})), ["options[0].sku"], "no option it had");
        assert_eq!(option(json!({"price": {"amount": 1, "currency": "USD"}})), ["options[0].price.currency"]);
        assert_eq!(option(json!({"price": {"amount": -1, "currency": "THB"}})), ["options[0].price.amount"]);
        assert_eq!(paths(json!({"variants": ["tea/s", "tea/xl"]})), ["variants[1]"]);
        let twice = json!({"name": "Pearls", "price": {"amount": 1, "currency": "THB"}});
        assert_eq!(paths(json!({"options": [twice, twice]})), ["options[1]"]);
    }

    #[test]
    fn a_new_option_takes_no_sku_of_others() {
        let other = [read(&request(toppings()), "8", None, on(&[], &[])).unwrap()];
        let fault =
            |wanted: Value| read(&request(wanted), "7", None, on(&other, &[tea(&[])])).unwrap_err()[0].path.clone();
        assert_eq!(fault(toppings()), "options[0].name", "of another group");
        let like_tea = json!({"name": "Tea", "min": 0, "max": 1, "options": [{"name": "S", "price": {"amount": 0, "currency": "THB"}}]});
        assert_eq!(fault(like_tea), "options[0].name", "of a variant");
    }

    #[test]
    fn variants_get_and_lose_it() {
        let products = [tea(&["1", "7"])];
        let menu = on(&[], &products);
        assert_eq!((menu.variants_with("7"), menu.products_with("7")), (vec!["tea/s".into()], vec!["Tea".into()]));
        let moved = menu.attached("7", &["tea/l".into()]);
        let groups: Vec<_> = moved[0].product.variants.iter().map(|one| one.modifier_groups.clone()).collect();
        assert_eq!(groups, [vec!["1".to_owned()], vec!["7".to_owned()]]);
        assert_eq!(menu.attached("7", &["tea/s".into()]), products, "the same is no change");
    }
}
