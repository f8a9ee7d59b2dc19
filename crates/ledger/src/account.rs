//! The chart of accounts. An account is a kind and whose it is: `sales:<store>`, `gateway:stripe`, `tax:TH/vat`.

use crate::name::{Name, TaxName};
use kirana_kernel::Id;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// What an account is in the books; its natural side follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountType {
    /// What the chain has or is owed. Grows by debits.
    Asset,
    /// What the chain owes. Grows by credits.
    Liability,
    /// What is the owners'. Grows by credits.
    Equity,
    /// What was earned. Grows by credits.
    Income,
    /// What was used up. Grows by debits.
    Expense,
}

impl AccountType {
    /// Does a debit make it more?
    #[must_use]
    pub const fn is_debit(self) -> bool {
        matches!(self, Self::Asset | Self::Expense)
    }

    /// Is it closed into equity at the end of a period?
    #[must_use]
    pub const fn is_temporary(self) -> bool {
        matches!(self, Self::Income | Self::Expense)
    }
}

/// One line of the chart: what all accounts of a kind have in common.
#[derive(Debug, PartialEq, Eq)]
pub struct Chart {
    /// The kind's name, what stands before the colon.
    pub name: &'static str,
    /// Its type.
    pub account_type: AccountType,
    /// Whose it is: what stands after the colon.
    pub owner: &'static str,
    /// May its balance on its natural side be below zero?
    pub may_be_negative: bool,
    /// What its balance says.
    pub meaning: &'static str,
}

/// The text is no account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no account: expected a kind of the chart, a colon and whose it is, such as gateway:stripe")]
pub struct AccountError(String);

/// Makes the type of accounts and the chart out of one table.
macro_rules! chart {
    ($($variant:ident($payload:ty) $name:literal $type:ident $owner:literal $negative:ident $meaning:literal;)*) => {
        /// An account. In JSON and in tables a text, such as `gateway:stripe`.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Account {
            $(#[doc = $meaning] $variant($payload),)*
        }

        /// The chart of accounts, in the order of a balance sheet and a profit and loss statement.
        pub const CHART: &[Chart] = &[$(Chart {
            name: $name,
            account_type: AccountType::$type,
            owner: $owner,
            may_be_negative: chart!(@$negative),
            meaning: $meaning,
        },)*];

        impl Account {
            /// What all accounts of its kind have in common.
            #[must_use]
            pub const fn chart(&self) -> &'static Chart {
                match self {
                    $(Self::$variant(_) => const { &Chart {
                        name: $name,
                        account_type: AccountType::$type,
                        owner: $owner,
                        may_be_negative: chart!(@$negative),
                        meaning: $meaning,
                    } },)*
                }
            }
        }

        impl fmt::Display for Account {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant(owner) => write!(formatter, concat!($name, ":{}"), owner),)*
                }
            }
        }

        impl FromStr for Account {
            type Err = AccountError;

            fn from_str(text: &str) -> Result<Self, AccountError> {
                let wrong = || AccountError(text.chars().take(200).collect());
                match text.split_once(':') {
                    $(Some(($name, owner)) => owner.parse().map(Self::$variant).map_err(|_| wrong()),)*
                    _ => Err(wrong()),
                }
            }
        }
    };
    (@floor) => { false };
    (@free) => { true };
}

chart! {
    Bank(Name) "bank" Asset "bank account" free "Money at the bank.";
    Gateway(Name) "gateway" Asset "gateway" free "Clearing: captured, and not yet paid out to the bank.";
    Disputed(Name) "disputed" Asset "gateway" floor "Taken back by the gateway while a dispute is open.";
    RiderCash(Id) "rider-cash" Asset "rider" floor "Cash that a rider collected and has not handed over.";
    StoreCash(Id) "store-cash" Asset "store" floor "Cash in a store's drawers.";
    InputTax(TaxName) "input-tax" Asset "place/tax" free "Tax in what was bought, to be set off.";
    Authorised(Name) "authorised" Asset "gateway" floor "Memorandum: held on cards and not captured.";
    AuthorisedFor(Id) "authorised-for" Liability "store" floor "Memorandum: the other side of `authorised`.";
    Deposits(Id) "deposits" Liability "store" free "Paid for orders that are not completed. Below zero: completed and not paid yet.";
    CustomerBalance(Id) "customer-balance" Liability "customer" floor "A customer's gift balance, or that of a card that nobody has redeemed.";
    Points(Id) "points" Liability "customer" floor "What a customer's points are worth.";
    Tax(TaxName) "tax" Liability "place/tax" free "Owed to a tax authority.";
    Tips(Id) "tips" Liability "store" free "Tips that are owed to the people of a store.";
    Franchisee(Id) "franchisee" Liability "franchisee" free "Owed to a franchisee. Below zero: the franchisee owes.";
    MarketingFund(Name) "marketing-fund" Liability "fund" free "Held for marketing, to be spent on nothing else.";
    RetainedEarnings(Name) "retained-earnings" Equity "entity" free "Results of closed periods.";
    Sales(Id) "sales" Income "store" free "Net sales: after discounts, without tax and tips.";
    FeeIncome(Id) "fees" Income "store" free "Delivery and other fees, without tax.";
    RoyaltyIncome(Id) "royalties" Income "franchisee" free "Royalties of a franchisee.";
    Rounding(Id) "rounding" Income "store" free "Rounding to coins and of sums; a loss when below zero.";
    GatewayFees(Name) "gateway-fees" Expense "gateway" free "What a gateway takes for its work.";
    GatewayDifferences(Name) "gateway-differences" Expense "gateway" free "Differences to a gateway's report that were accepted.";
    DisputeLosses(Id) "dispute-losses" Expense "store" free "Disputes that were lost.";
    LoyaltyCost(Id) "loyalty-cost" Expense "store" free "What points cost.";
    CashDifferences(Id) "cash-differences" Expense "store" free "Cash that was missing; below zero: too much.";
    FranchiseCost(Id) "franchise-cost" Expense "store" free "A franchised store's takings that are its franchisee's.";
}

impl Account {
    /// Its type.
    #[must_use]
    pub const fn account_type(&self) -> AccountType {
        self.chart().account_type
    }

    /// A balance of debits less credits, seen from its natural side: above zero is usual.
    #[must_use]
    pub const fn natural(&self, debits_less_credits: i64) -> i64 {
        // Balances are within 2^53, so that negating one is safe; the saturation is for the compiler.
        if self.account_type().is_debit() { debits_less_credits } else { debits_less_credits.saturating_neg() }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_as_they_are_written() {
        let store = "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44";
        for chart in CHART {
            let owner = match chart.owner {
                "place/tax" => "US-NY/state",
                "store" | "rider" | "customer" | "franchisee" => store,
                _ => "stripe",
            };
            let text = format!("{}:{owner}", chart.name);
            let account: Account = text.parse().unwrap();
            assert_eq!((account.to_string(), account.chart()), (text, chart));
        }
    }

    #[test]
    fn what_is_no_account_says_so() {
        for text in ["", "sales", "sales:", "sales:stripe", "gateway:a b", "tax:TH", "nothing:stripe", "gateway:a:b"] {
            let fault = text.parse::<Account>().unwrap_err().to_string();
            assert!(fault.starts_with(&format!("{text:?} is no account: expected")), "{fault}");
        }
    }
}
