//! The kinds of devices, and what each may say and be told: a fridge that claims a sale is refused, whatever key it has.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// A fridge or freezer with a thermometer and a door.
    Fridge,
    /// A menu board.
    Tv,
    /// A reader of RFID tags at a gate or a shelf.
    Rfid,
    /// A vending machine.
    Vm,
    /// A vending machine of the second generation: more columns, a lift.
    Vm20,
    /// A kitchen display.
    Kds,
    /// A receipt printer.
    Printer,
    /// A scale.
    Scale,
}

/// What a kind of device may do.
#[derive(Clone, Copy, Debug)]
pub struct Abilities {
    /// Names of measured values.
    pub metrics: &'static [&'static str],
    /// Types of events beside those that every device has.
    pub events: &'static [&'static str],
    /// Commands beside those that every device takes.
    pub commands: &'static [&'static str],
}

/// Events that every device may tell.
pub const COMMON_EVENTS: [&str; 2] = ["fault", "log"];

/// Commands that every device takes.
pub const COMMON_COMMANDS: [&str; 4] = ["identify", "restart", "update_firmware", "send_logs"];

/// Values that every device may measure.
pub const COMMON_METRICS: [&str; 3] = ["battery", "signal", "uptime"];

impl DeviceKind {
    /// Every kind.
    pub const ALL: [Self; 8] =
        [Self::Fridge, Self::Tv, Self::Rfid, Self::Vm, Self::Vm20, Self::Kds, Self::Printer, Self::Scale];

    /// Its name in the API, tables and frames.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fridge => "fridge",
            Self::Tv => "tv",
            Self::Rfid => "rfid",
            Self::Vm => "vm",
            Self::Vm20 => "vm20",
            Self::Kds => "kds",
            Self::Printer => "printer",
            Self::Scale => "scale",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Does it sell on its own?
    #[must_use]
    pub const fn sells(self) -> bool {
        matches!(self, Self::Vm | Self::Vm20)
    }

    /// What it may do.
    #[must_use]
    pub const fn abilities(self) -> Abilities {
        match self {
            Self::Fridge => Abilities {
                metrics: &["temperature", "humidity", "door"],
                events: &["door_opened", "door_closed"],
                commands: &["defrost"],
            },
            Self::Tv => {
                Abilities { metrics: &["brightness"], events: &["playlist_shown"], commands: &["show", "screenshot"] }
            }
            Self::Rfid => Abilities { metrics: &["power"], events: &["tags_read", "shelf_read"], commands: &["scan"] },
            Self::Vm | Self::Vm20 => Abilities {
                metrics: &["temperature", "door"],
                events: &[
                    "sale_selected",
                    "sale_paid",
                    "sale_cancelled",
                    "sale_result",
                    "cash_sold",
                    "cash_counted",
                    "restocked",
                ],
                commands: &["vend", "sale", "unlock", "test_motor"],
            },
            Self::Kds => Abilities { metrics: &["brightness"], events: &["bumped", "recalled"], commands: &["show"] },
            Self::Printer => Abilities { metrics: &["paper"], events: &["printed", "paper_low"], commands: &["print"] },
            Self::Scale => Abilities { metrics: &["grams"], events: &["weighed"], commands: &["tare"] },
        }
    }

    /// May it measure this?
    #[must_use]
    pub fn measures(self, metric: &str) -> bool {
        COMMON_METRICS.contains(&metric) || self.abilities().metrics.contains(&metric)
    }

    /// May it tell this?
    #[must_use]
    pub fn tells(self, event: &str) -> bool {
        COMMON_EVENTS.contains(&event) || self.abilities().events.contains(&event)
    }

    /// Does it take this command?
    #[must_use]
    pub fn takes(self, command: &str) -> bool {
        COMMON_COMMANDS.contains(&command) || self.abilities().commands.contains(&command)
    }

    /// What it takes, for messages to whoever asked for something else.
    #[must_use]
    pub fn commands(self) -> String {
        let all: Vec<_> = COMMON_COMMANDS.iter().chain(self.abilities().commands).copied().collect();
        all.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_speaks_of_its_own_only() {
        for kind in DeviceKind::ALL {
            assert_eq!(DeviceKind::from_name(kind.name()), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.name()));
            assert_eq!(kind.tells("sale_result"), kind.sells(), "{}", kind.name());
            assert_eq!(kind.takes("vend"), kind.sells());
            assert!(kind.tells("fault") && kind.takes("restart") && kind.measures("battery"));
        }
        assert!(!DeviceKind::Fridge.tells("tags_read"));
    }
}
