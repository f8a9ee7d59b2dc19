//! Which checks a statement calls for, by the table that it writes.

/// What statements can have touched of a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Items, batches, or what is held of them.
    pub goods: bool,
    /// Orders, leases, what is held for them, or timers.
    pub owners: bool,
}

impl Touched {
    /// Everything.
    pub const ALL: Self = Self { goods: true, owners: true };

    /// Either of two.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self { goods: self.goods || other.goods, owners: self.owners || other.owners }
    }

    /// By a statement: one that writes anything unknown touches everything.
    #[must_use]
    pub fn by(statement: &str) -> Self {
        let mut words = statement.split_ascii_whitespace();
        let table = match words.next() {
            Some("SELECT" | "WITH") => return Self::default(),
            Some("UPDATE") => words.find(|word| !["OR", "FAIL"].contains(word)),
            Some("DELETE") => words.nth(1),
            Some("INSERT") => words.find(|word| *word == "INTO").and_then(|_| words.next()),
            _ => None,
        };
        match table {
            // Triggers write items with their batches.
            Some("items" | "batches") => Self { goods: true, owners: false },
            Some("orders" | "leases" | "timers") => Self { goods: false, owners: true },
            Some(
                "journal" | "outbox" | "idempotency" | "counters" | "slots" | "settings" | "stocktakes" | "variances"
                | "device_sales" | "recipes" | "quarantines",
            ) => Self::default(),
            _ => Self::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_calls_for_the_checks_of_its_table() {
        let goods = Touched { goods: true, owners: false };
        assert_eq!(Touched::by("UPDATE batches SET reserved = 1"), goods);
        assert_eq!(Touched::by("UPDATE OR FAIL batches SET reserved = 1"), goods);
        assert_eq!(
            Touched::by("INSERT OR REPLACE INTO timers (due) VALUES (1)"),
            Touched { goods: false, owners: true }
        );
        assert_eq!(Touched::by("DELETE FROM outbox WHERE seq <= ?1"), Touched::default());
        assert_eq!(Touched::by("SELECT document FROM orders"), Touched::default());
        assert_eq!(Touched::by("INSERT INTO reservations (owner) VALUES (1)"), Touched::ALL);
        assert_eq!(Touched::by("INSERT INTO what_comes_later VALUES (1)"), Touched::ALL);
        assert_eq!(Touched::by("-- A migration\nUPDATE outbox SET seq = 1"), Touched::ALL);
    }
}
