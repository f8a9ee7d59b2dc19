//! Fraud rules, pure: what is known of an attempt to pay and how often the same was seen go in; a verdict and every rule's reason come out.
//!
//! The strictest rule that fires decides, so the order of rules means nothing, and one more rule never makes a verdict milder. What is
//! not known (a card's fingerprint, a country) fires no rule: the reason says so. docs/gateways.md says what stands behind each signal.

mod assess;
mod rules;

pub use assess::{Assessment, Facts, Finding, Seen, assess};
pub use rules::{Count, Place, Rule, RuleFault, RuleSet, Signal, Test, Then};
