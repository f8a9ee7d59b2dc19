//! What goods are counted in, and how other measures become that.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a stock item is counted in. Always whole numbers: the small units are small enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Pieces.
    Piece,
    /// Grams.
    G,
    /// Millilitres.
    Ml,
}

impl Unit {
    /// Its name in tables and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Piece => "piece",
            Self::G => "g",
            Self::Ml => "ml",
        }
    }
}

/// What people measure with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Pieces.
    Piece,
    /// Grams.
    G,
    /// Kilograms: 1,000 g.
    Kg,
    /// Millilitres.
    Ml,
    /// Centilitres: 10 ml.
    Cl,
    /// Litres: 1,000 ml.
    L,
}

/// A quantity cannot be told in the unit of its stock item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// Such as litres of what is weighed.
    #[error("this item is counted in {}: {}", .0.name(), .0.measures())]
    OtherKind(Unit),
    /// Pieces of what is weighed, where nobody said how much a piece is.
    #[error("this item is counted in {} and has no piece_size: give the quantity in {}", .0.name(), .0.name())]
    NoPieceSize(Unit),
    /// More than a store can have.
    #[error("too much: expected at most 1000000000 in the item's unit")]
    TooMuch,
}

impl Unit {
    const fn measures(self) -> &'static str {
        match self {
            Self::Piece => "give pieces",
            Self::G => "give g or kg",
            Self::Ml => "give ml, cl or l",
        }
    }
}

/// No quantity of one command is larger, in the item's unit.
pub const MAX_QUANTITY: i64 = 1_000_000_000;

impl Measure {
    /// `quantity` of this measure in the unit of an item, of which a piece is `piece_size` (in that unit) where it is known.
    ///
    /// # Errors
    /// [`MeasureError`] when the measure is of another kind, or the result too large.
    pub const fn to_unit(self, quantity: i64, unit: Unit, piece_size: Option<i64>) -> Result<i64, MeasureError> {
        let factor = match (self, unit) {
            (Self::Piece, Unit::Piece) | (Self::G, Unit::G) | (Self::Ml, Unit::Ml) => 1,
            (Self::Kg, Unit::G) | (Self::L, Unit::Ml) => 1_000,
            (Self::Cl, Unit::Ml) => 10,
            (Self::Piece, Unit::G | Unit::Ml) => match piece_size {
                Some(size) => size,
                None => return Err(MeasureError::NoPieceSize(unit)),
            },
            _ => return Err(MeasureError::OtherKind(unit)),
        };
        match quantity.checked_mul(factor) {
            Some(all) if all.unsigned_abs() <= MAX_QUANTITY.unsigned_abs() => Ok(all),
            _ => Err(MeasureError::TooMuch),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_become_units() {
        assert_eq!(Measure::Kg.to_unit(3, Unit::G, None), Ok(3_000));
        assert_eq!(Measure::L.to_unit(2, Unit::Ml, None), Ok(2_000));
        assert_eq!(Measure::Cl.to_unit(75, Unit::Ml, None), Ok(750));
        assert_eq!(Measure::Piece.to_unit(4, Unit::G, Some(120)), Ok(480), "four lemons");
        assert_eq!(Measure::Piece.to_unit(4, Unit::G, None), Err(MeasureError::NoPieceSize(Unit::G)));
        assert_eq!(Measure::L.to_unit(1, Unit::G, None), Err(MeasureError::OtherKind(Unit::G)));
        assert_eq!(Measure::Kg.to_unit(i64::MAX, Unit::G, None), Err(MeasureError::TooMuch));
        assert_eq!(Measure::Kg.to_unit(1_000_001, Unit::G, None), Err(MeasureError::TooMuch));
    }
}
