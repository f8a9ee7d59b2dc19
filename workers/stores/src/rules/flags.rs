//! Feature flags: what there is to be turned on and off, and for whom it is on.
//!
//! A flag is known here by name, with what it does and how it stands while nobody has said anything. What somebody said counts from
//! narrow to wide: for the store, for its franchisee, for the chain. What is said is a part of all customers in per cent, and the same
//! customer is always in or always out: growing the part only adds people.

use kirana_edge::FieldError;
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A flag as the code knows it.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Its name, as the apps ask for it.
    pub name: &'static str,
    /// What is there when it is on.
    pub description: &'static str,
    /// For how many per cent of all customers it is on while nobody has said anything.
    pub default_percent: u8,
}

/// Every flag. One that has done its work is taken out here and where it is asked for; what was said of it is then passed over.
pub const FLAGS: &[Flag] = &[
    Flag {
        name: "loyalty-card",
        description: "Customers see their points and their tier on their account's page of the storefront.",
        default_percent: 100,
    },
    Flag {
        name: "reviews",
        description: "The storefront shows what customers say of products, and asks them how it was.",
        default_percent: 100,
    },
    Flag { name: "tips", description: "The storefront's cart asks whether to add a tip.", default_percent: 100 },
];

/// The flag of this name.
#[must_use]
pub fn flag(name: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.name == name)
}

/// For whom something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FlagScope {
    /// Every store.
    Chain,
    /// Every store of a franchisee.
    Franchisee,
    /// One store.
    Store,
}

impl FlagScope {
    /// Its name, as it is kept.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Franchisee => "franchisee",
            Self::Store => "store",
        }
    }
}

/// What somebody said of a flag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlagSetting {
    /// For whom.
    pub scope: FlagScope,
    /// The franchisee or the store; absent for the chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<Id>,
    /// For how many per cent of all customers it is on: 0 for nobody, 100 for everybody.
    #[schema(maximum = 100)]
    pub percent: u8,
    /// Who said so.
    pub changed_by: Id,
    /// When.
    pub changed_at: Timestamp,
}

/// What an admin says of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FlagChange {
    /// For whom.
    pub scope: FlagScope,
    /// The franchisee or the store; absent for the chain.
    #[serde(default)]
    pub subject_id: Option<Id>,
    /// For how many per cent of all customers it is on; absent to say nothing any more, so that what is said more widely counts.
    #[serde(default)]
    #[schema(maximum = 100)]
    pub percent: Option<u8>,
}

impl FlagChange {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut fault =
            |path: &str, message: &str| faults.push(FieldError { path: path.into(), message: message.into() });
        match (self.scope, self.subject_id) {
            (FlagScope::Chain, Some(_)) => fault("subject_id", "expected none for the chain"),
            (FlagScope::Franchisee, None) => fault("subject_id", "expected the franchisee that it is said for"),
            (FlagScope::Store, None) => fault("subject_id", "expected the store that it is said for"),
            _ => {}
        }
        if self.percent.is_some_and(|percent| percent > 100) {
            fault("percent", "expected 0 to 100, or none to say nothing any more");
        }
        faults
    }
}

/// Where somebody is who asks for flags.
#[derive(Clone, Copy, Debug, Default)]
pub struct Whereabouts {
    /// The store they look at.
    pub store: Option<Id>,
    /// Whose it is.
    pub franchisee: Option<Id>,
}

/// For how many per cent of all customers a flag is on at a place: the narrowest that was said, else its default.
#[must_use]
pub fn percent_at(flag: &Flag, settings: &[FlagSetting], place: Whereabouts) -> u8 {
    let counts = |setting: &&FlagSetting| match setting.scope {
        FlagScope::Chain => true,
        FlagScope::Franchisee => setting.subject_id.is_some() && setting.subject_id == place.franchisee,
        FlagScope::Store => setting.subject_id.is_some() && setting.subject_id == place.store,
    };
    settings.iter().filter(counts).max_by_key(|setting| setting.scope).map_or(flag.default_percent, |one| one.percent)
}

/// Is a flag on for somebody, where it is on for this part of all? Who is not signed in has what everybody has, and no part of it.
#[must_use]
pub fn is_on(flag: &Flag, percent: u8, customer: Option<Id>) -> bool {
    match (percent, customer) {
        (0, _) => false,
        (100.., _) => true,
        (_, None) => false,
        (percent, Some(customer)) => place_of(flag.name, customer) < u64::from(percent) * 100,
    }
}

/// Where somebody stands in the line of all customers, 0 to 9999: by flag, so that it is not always the same people who try first.
fn place_of(name: &str, customer: Id) -> u64 {
    // FNV-1a, and the last step of MurmurHash3 over it, whose every bit depends on every bit: ids of one day begin alike.
    let text = format!("{name}/{customer}");
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (mixed ^ (mixed >> 33)) % 10_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(number: u64) -> Id {
        let mut random = [0; 10];
        random[2..].copy_from_slice(&number.to_be_bytes());
        Id::new(Timestamp::from_millis(1_763_631_000_000), random)
    }

    fn said(scope: FlagScope, subject: Option<Id>, percent: u8) -> FlagSetting {
        FlagSetting { scope, subject_id: subject, percent, changed_by: id(0), changed_at: Timestamp::from_millis(1) }
    }

    #[test]
    fn names_are_sorted_once_and_fit_an_address() {
        assert!(FLAGS.windows(2).all(|pair| pair[0].name < pair[1].name));
        let fits = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(FLAGS.iter().all(|flag| fits(flag.name) && flag.default_percent <= 100));
        assert!(flag("tips").is_some() && flag("tip").is_none());
    }

    #[test]
    fn the_narrowest_counts() {
        let tips = flag("tips").unwrap();
        let (store, franchisee) = (id(1), id(2));
        let place = Whereabouts { store: Some(store), franchisee: Some(franchisee) };
        let mut settings = Vec::new();
        assert_eq!(percent_at(tips, &settings, place), 100);
        settings.push(said(FlagScope::Chain, None, 50));
        assert_eq!(percent_at(tips, &settings, place), 50);
        settings.insert(0, said(FlagScope::Store, Some(store), 0));
        settings.push(said(FlagScope::Franchisee, Some(franchisee), 70));
        assert_eq!(percent_at(tips, &settings, place), 0);
        assert_eq!(percent_at(tips, &settings, Whereabouts { store: Some(id(3)), ..place }), 70);
        assert_eq!(percent_at(tips, &settings, Whereabouts::default()), 50);
    }

    #[test]
    fn a_change_says_for_whom() {
        let change = |scope, subject_id, percent| {
            FlagChange { scope, subject_id, percent }.faults().into_iter().map(|fault| fault.path).collect::<Vec<_>>()
        };
        assert!(change(FlagScope::Chain, None, None).is_empty());
        assert!(change(FlagScope::Store, Some(id(1)), Some(100)).is_empty());
        assert_eq!(change(FlagScope::Chain, Some(id(1)), None), ["subject_id"]);
        assert_eq!(change(FlagScope::Franchisee, None, Some(101)), ["subject_id", "percent"]);
    }

    #[test]
    fn a_part_is_that_part_and_each_flag_has_its_own() {
        let (tips, reviews) = (flag("tips").unwrap(), flag("reviews").unwrap());
        let count = |percent| (0..10_000).filter(|number| is_on(tips, percent, Some(id(*number)))).count();
        for percent in [5_u8, 25, 50, 90] {
            let (found, expected) = (count(percent), usize::from(percent) * 100);
            assert!(found.abs_diff(expected) < 200, "{percent} %: {found}");
        }
        let both = (0..10_000)
            .filter(|number| is_on(tips, 50, Some(id(*number))) && is_on(reviews, 50, Some(id(*number))))
            .count();
        assert!(both.abs_diff(2_500) < 200, "{both}");
        assert!(!is_on(tips, 99, None) && is_on(tips, 100, None) && !is_on(tips, 0, Some(id(1))));
    }

    proptest! {
        #[test]
        fn who_is_in_stays_in_while_it_grows(number: u64, percent in 0..100_u8) {
            let tips = flag("tips").unwrap();
            let now = is_on(tips, percent, Some(id(number)));
            prop_assert_eq!(now, is_on(tips, percent, Some(id(number))));
            prop_assert!(!now || is_on(tips, percent + 1, Some(id(number))));
        }
    }
}
