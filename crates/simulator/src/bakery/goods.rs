//! What the bakery sells and how long it keeps. The file has names only: everything else here is assumed, sensibly, by kind.

use kirana_contracts::stock::{Ingredient, IssuePolicy, Recipe, StockItem, StockSetup, Unit};

/// Goods of one kind. Money is in pence; quantities are pieces, grams or millilitres.
pub struct Kind {
    /// What a customer pays for a piece.
    pub price: i64,
    /// What the bakery pays for a pack.
    pub pack_price: i64,
    /// What a pack holds.
    pub pack: i64,
    /// Days that it can be sold, the day of its delivery included; `None` keeps.
    pub good_for: Option<i64>,
    /// Days that a delivery should last.
    pub cover: i64,
    /// What should be left over as a reserve: the item's threshold.
    pub reserve: i64,
    /// Packs that come when it is new.
    pub first: i64,
    /// How the file calls them.
    pub names: &'static [&'static str],
}

/// What a drink is made of is delivered and kept as stock of its own: a kind each, with its unit.
pub struct Supply {
    /// The stock item.
    pub sku: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// Delivered and kept like this.
    pub kind: Kind,
}

/// A sellable that is made of supplies.
pub struct Made {
    /// How the file calls it.
    pub name: &'static str,
    /// What a customer pays.
    pub price: i64,
    /// What one takes.
    pub takes: &'static [(&'static str, i64)],
}

const fn kind(
    price: i64,
    (pack, pack_price): (i64, i64),
    good_for: Option<i64>,
    (cover, reserve, first): (i64, i64, i64),
    names: &'static [&'static str],
) -> Kind {
    Kind { price, pack_price, pack, good_for, cover, reserve, first, names }
}

/// price, (pack, its price), good for days, (cover in days, reserve, packs at first), names
#[rustfmt::skip]
pub const KINDS: &[Kind] = &[
    // Baked in the night, sold for a day.
    kind(320, (1, 90), Some(1), (1, 4, 40), &["Bread"]),
    kind(350, (1, 100), Some(1), (1, 0, 6), &["Farm House", "Scandinavian", "Baguette", "Toast", "Focaccia", "The BART"]),
    // Made in the morning, sold for a day.
    kind(580, (1, 210), Some(1), (1, 1, 8), &["Sandwich", "Soup", "Spanish Brunch"]),
    kind(650, (1, 250), Some(1), (1, 0, 3), &[
        "Chicken Stew", "Hearty & Seasonal", "Salad", "Frittata", "Keeping It Local", "Tartine", "The Nomad", "Vegan Feast",
        "Mighty Protein", "Tacos/Fajita", "Argentina Night", "Pintxos", "Mortimer", "Brioche and salami", "Chicken sand",
        "Bacon", "Olum & polenta", "Polenta", "Extra Salami or Feta", "Hack the stack", "Lemon and coconut", "Crepes",
    ]),
    // Pastry is good for two days, cake for four.
    kind(230, (1, 60), Some(2), (2, 2, 12), &["Pastry", "Medialuna"]),
    kind(250, (1, 70), Some(2), (2, 0, 6), &["Muffin", "Scone", "Empanadas", "Bread Pudding"]),
    kind(280, (1, 80), Some(4), (3, 2, 15), &["Cake"]),
    kind(290, (1, 85), Some(4), (3, 0, 4), &[
        "Brownie", "Bakewell", "Vegan mincepie", "Victorian Sponge", "Raspberry shortbread sandwich", "Panatone",
        "Half slice Monster",
    ]),
    // Biscuits and sweets.
    kind(200, (6, 360), Some(14), (7, 4, 3), &["Cookies", "Alfajores", "Tiffin", "Fudge", "Truffles", "Jammie Dodgers"]),
    kind(220, (6, 400), Some(28), (14, 0, 1), &[
        "Kids biscuit", "Caramel bites", "Chocolates", "Bare Popcorn", "Raw bars", "Crisps", "Cherry me Dried fruit",
        "Pick and Mix Bowls", "Drinking chocolate spoons", "Christmas common",
    ]),
    // Cold drinks: pressed ones for three days, bottled ones for half a year.
    kind(290, (1, 110), Some(3), (2, 1, 6), &["Juice", "Smoothies"]),
    kind(180, (12, 720), Some(180), (14, 6, 2), &["Coke", "Mineral water", "My-5 Fruit Shoot", "Ella's Kitchen Pouches"]),
    // The larder, eggs for two weeks.
    kind(180, (6, 420), Some(14), (10, 0, 1), &["Eggs", "Duck egg"]),
    kind(420, (6, 1_200), Some(180), (14, 1, 1), &[
        "Jam", "Granola", "Muesli", "Honey", "Dulce de Leche", "Gingerbread syrup", "Coffee granules", "Chimichurri Oil", "Spread",
    ]),
    // Things keep.
    kind(900, (5, 2_000), None, (28, 1, 1), &[
        "Tshirt", "Postcard", "Valentine's card", "Basket", "Nomad bag", "Art Tray", "Fairy Doors", "Bowl Nic Pitt", "Siblings",
    ]),
];

/// Beans, milk and what else the bar needs.
pub const SUPPLIES: &[Supply] = &[
    Supply { sku: "coffee-beans", unit: Unit::G, kind: kind(0, (1_000, 1_400), Some(60), (7, 1_000, 8), &[]) },
    Supply { sku: "milk", unit: Unit::Ml, kind: kind(0, (2_000, 150), Some(5), (2, 3_000, 10), &[]) },
    Supply { sku: "tea-bags", unit: Unit::Piece, kind: kind(0, (80, 400), Some(365), (14, 20, 4), &[]) },
    Supply { sku: "cocoa", unit: Unit::G, kind: kind(0, (1_000, 900), Some(365), (14, 300, 2), &[]) },
];

/// What is made at the bar; and what is sold and uses up nothing: lines that the till left without a name, a booking by hand,
/// a voucher, an afternoon's course.
pub const MADE: &[Made] = &[
    Made { name: "Coffee", price: 250, takes: &[("coffee-beans", 18), ("milk", 120)] },
    Made { name: "Tea", price: 200, takes: &[("tea-bags", 1), ("milk", 20)] },
    Made { name: "Hot chocolate", price: 290, takes: &[("cocoa", 25), ("milk", 200)] },
    Made { name: "NONE", price: 0, takes: &[] },
    Made { name: "Adjustment", price: 0, takes: &[] },
    Made { name: "Gift voucher", price: 1_000, takes: &[] },
    Made { name: "Afternoon with the baker", price: 3_500, takes: &[] },
];

/// The sku of a name: `Ella's Kitchen Pouches` is `ella-s-kitchen-pouches`.
#[must_use]
pub fn sku(name: &str) -> String {
    let sign = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    name.chars().map(sign).collect()
}

/// How goods of this name are kept, unless they are made of supplies.
#[must_use]
pub fn kind_of(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.names.contains(&name))
}

/// How it is made, if it is made of supplies.
#[must_use]
pub fn made(name: &str) -> Option<&'static Made> {
    MADE.iter().find(|made| made.name == name)
}

/// A stock item as the store is told of it.
#[must_use]
pub fn item(sku: &str, name: &str, unit: Unit, kind: &Kind) -> StockItem {
    StockItem {
        sku: sku.into(),
        name: name.into(),
        unit,
        low_stock_threshold: kind.reserve,
        policy: IssuePolicy::Fefo,
        piece_size: None,
        near_expiry_hours: 0,
        cover_days: Some(kind.cover),
    }
}

/// The recipes of what is made, and the supplies.
#[must_use]
pub fn bar() -> StockSetup {
    let part = |(sku, quantity): &(&str, i64)| Ingredient {
        sku: (*sku).into(),
        quantity: *quantity,
        measure: None,
        yield_percent: None,
    };
    StockSetup {
        items: SUPPLIES.iter().map(|supply| item(supply.sku, supply.sku, supply.unit, &supply.kind)).collect(),
        recipes: MADE
            .iter()
            .map(|made| Recipe { sku: sku(made.name), ingredients: made.takes.iter().map(part).collect() })
            .collect(),
    }
}
