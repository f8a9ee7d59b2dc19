//! Stripe's codes, in our words ("Decline codes", "Error codes").

use crate::outcome::Reason;

/// What a `decline_code`, or else a `code`, means.
pub(super) fn reason(code: &str) -> Reason {
    match code {
        "insufficient_funds" => Reason::InsufficientFunds,
        "expired_card" => Reason::Expired,
        "incorrect_number"
        | "invalid_number"
        | "incorrect_cvc"
        | "invalid_cvc"
        | "incorrect_zip"
        | "incorrect_pin"
        | "incorrect_address"
        | "invalid_account"
        | "invalid_expiry_month"
        | "invalid_expiry_year"
        | "invalid_pin" => Reason::WrongDetails,
        "authentication_required" | "authentication_not_handled" => Reason::AuthenticationRequired,
        "payment_intent_authentication_failure" | "setup_intent_authentication_failure" => Reason::AuthenticationFailed,
        "fraudulent" | "lost_card" | "stolen_card" | "pickup_card" | "merchant_blacklist" | "restricted_card"
        | "security_violation" | "highest_risk_level" => Reason::Suspicious,
        "card_velocity_exceeded" | "withdrawal_count_limit_exceeded" | "pin_try_exceeded" => Reason::LimitExceeded,
        "card_not_supported"
        | "currency_not_supported"
        | "transaction_not_allowed"
        | "service_not_allowed"
        | "not_permitted"
        | "offline_pin_required"
        | "online_or_offline_pin_required"
        | "testmode_decline"
        | "payment_method_not_available" => Reason::NotSupported,
        "payment_method_customer_decline" => Reason::Cancelled,
        "payment_method_provider_timeout" | "payment_intent_payment_attempt_expired" => Reason::TimedOut,
        "processing_error" | "issuer_not_available" | "reenter_transaction" | "try_again_later" | "approve_with_id" => {
            Reason::ProcessingError
        }
        "invalid_amount" | "amount_too_small" | "amount_too_large" => Reason::AmountOutOfRange,
        "" => Reason::Other,
        _ => Reason::Declined,
    }
}

/// What the `code` of a refused call means.
pub(super) fn of_call(code: &str) -> Reason {
    match code {
        "resource_missing" => Reason::NotFound,
        "charge_already_refunded"
        | "charge_already_captured"
        | "charge_disputed"
        | "charge_expired_for_capture"
        | "payment_intent_unexpected_state"
        | "payment_intent_incompatible_payment_method"
        | "charge_not_refundable" => Reason::WrongState,
        "amount_too_small" | "amount_too_large" => Reason::AmountOutOfRange,
        _ => Reason::BadCall,
    }
}
