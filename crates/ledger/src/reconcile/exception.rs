//! What does not agree, in words that a person can act on.

use kirana_kernel::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How something does not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionKind {
    /// We have it, the report does not.
    MissingAtGateway,
    /// The report has it, we do not.
    MissingWithUs,
    /// Both have it, with other amounts.
    AmountDiffers,
    /// Both have it, in other currencies.
    CurrencyDiffers,
    /// The report has it more often than we do.
    DuplicatedAtGateway,
    /// The fee is not what was agreed.
    WrongFee,
    /// A refund of a payment that we do not know.
    RefundWithoutPayment,
    /// The money came later than agreed, or is not there yet.
    SettledLate,
    /// Both have it, at times that are too far apart.
    DateDiffers,
    /// The gateway moved money for a reason that is none of those.
    UnknownMovement,
}

/// What can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReconciliationResolution)]
pub enum Resolution {
    /// Look it up at the gateway, and ask it where that does not help.
    AskGateway,
    /// It may be in the next report.
    Wait,
    /// Record what the gateway has: its webhook was lost. The event is posted with the gateway's id as key.
    RecordIt,
    /// It did not happen: reverse our transaction, and ask the customer to pay.
    ReverseOurs,
    /// Reverse our transaction and post it as the gateway has it.
    CorrectOurs,
    /// Give the customer back what was taken too often.
    RefundCustomer,
    /// Ask the gateway for what it took too much.
    ClaimFromGateway,
    /// Accept the difference: `difference_accepted` takes it out of clearing.
    AcceptDifference,
    /// Find the payment, or the store's other system that made it, and link them.
    LinkPayment,
    /// Nothing to post: read the report again without its second copy, or set the agreed terms right.
    CorrectInput,
}

/// Something that does not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exception {
    /// The same for the same thing each time it is looked at: `<kind>/<gateway>/<record or row>`.
    pub id: String,
    /// How it does not agree.
    pub kind: ExceptionKind,
    /// The gateway's reference, or ours where it has none.
    pub reference: String,
    /// Our record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The lines of the report.
    pub lines: Vec<u64>,
    /// What we have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<Money>,
    /// What the gateway has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Money>,
    /// What our books have more than the gateway for it, per currency; below zero: less. Nothing where only fees or times differ, as fees
    /// are posted by the report.
    pub differences: Vec<Money>,
    /// What it is and what to look at, in a sentence or two.
    pub explanation: String,
    /// What can be done, the likeliest first.
    pub resolutions: Vec<Resolution>,
}

impl Resolution {
    /// What to do, for documents and lists.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::AskGateway => "look it up at the gateway, ask it",
            Self::Wait => "wait for the next report",
            Self::RecordIt => "record it by the gateway's id",
            Self::ReverseOurs => "reverse ours, ask to be paid",
            Self::CorrectOurs => "reverse ours, post it as it is",
            Self::RefundCustomer => "give the customer the surplus back",
            Self::ClaimFromGateway => "claim it from the gateway",
            Self::AcceptDifference => "accept: `difference_accepted`",
            Self::LinkPayment => "find the payment, link it",
            Self::CorrectInput => "read again without copies, or set the terms right",
        }
    }
}

impl ExceptionKind {
    /// All of them, in the order of docs/ledger.md.
    pub const ALL: [Self; 10] = [
        Self::MissingAtGateway,
        Self::MissingWithUs,
        Self::AmountDiffers,
        Self::CurrencyDiffers,
        Self::DuplicatedAtGateway,
        Self::WrongFee,
        Self::RefundWithoutPayment,
        Self::SettledLate,
        Self::DateDiffers,
        Self::UnknownMovement,
    ];

    /// What it means, for documents and lists.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::MissingAtGateway => "we have it, the report does not",
            Self::MissingWithUs => "the report has it, we do not",
            Self::AmountDiffers => "both have it, with other amounts",
            Self::CurrencyDiffers => "both have it, in other currencies",
            Self::DuplicatedAtGateway => "the report has it more often than we do",
            Self::WrongFee => "the fee is not what was agreed",
            Self::RefundWithoutPayment => "a refund of a payment that we do not know",
            Self::SettledLate => "the money came later than agreed, or is not there yet",
            Self::DateDiffers => "both have it, at times that are too far apart",
            Self::UnknownMovement => "the gateway moved money for a reason that is none of its known ones",
        }
    }

    /// The word in ids and tables, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MissingAtGateway => "missing_at_gateway",
            Self::MissingWithUs => "missing_with_us",
            Self::AmountDiffers => "amount_differs",
            Self::CurrencyDiffers => "currency_differs",
            Self::DuplicatedAtGateway => "duplicated_at_gateway",
            Self::WrongFee => "wrong_fee",
            Self::RefundWithoutPayment => "refund_without_payment",
            Self::SettledLate => "settled_late",
            Self::DateDiffers => "date_differs",
            Self::UnknownMovement => "unknown_movement",
        }
    }

    /// What can be done about one of its kind, the likeliest first.
    #[must_use]
    pub fn resolutions(self) -> Vec<Resolution> {
        use Resolution::*;
        match self {
            Self::MissingAtGateway => vec![AskGateway, Wait, ReverseOurs],
            Self::MissingWithUs => vec![RecordIt, AskGateway, RefundCustomer],
            Self::AmountDiffers => vec![CorrectOurs, AskGateway, AcceptDifference],
            Self::CurrencyDiffers => vec![CorrectOurs, AskGateway],
            Self::DuplicatedAtGateway => vec![RefundCustomer, AskGateway, CorrectInput],
            Self::WrongFee => vec![ClaimFromGateway, CorrectInput],
            Self::RefundWithoutPayment => vec![LinkPayment, RecordIt, AskGateway],
            Self::SettledLate => vec![Wait, ClaimFromGateway],
            Self::DateDiffers => vec![AskGateway, CorrectOurs],
            Self::UnknownMovement => vec![AskGateway, AcceptDifference],
        }
    }
}
