//! Razorpay's reasons, in our words ("Error Codes": `reason`).

use crate::outcome::Reason;

/// What the `reason` of an error, or a payment's `error_reason`, means.
pub(super) fn reason(reason: &str) -> Reason {
    match reason {
        "insufficient_funds" | "insufficient_balance" => Reason::InsufficientFunds,
        "card_expired" => Reason::Expired,
        "incorrect_card_details"
        | "incorrect_cvv"
        | "incorrect_card_expiry_date"
        | "incorrect_cardholder_name"
        | "incorrect_card_number"
        | "card_number_invalid"
        | "invalid_vpa"
        | "incorrect_pin" => Reason::WrongDetails,
        "authentication_failed" | "incorrect_otp" | "invalid_otp" | "otp_attempts_exceeded" | "otp_expired" => {
            Reason::AuthenticationFailed
        }
        "payment_risk_check_failed" | "card_lost_or_stolen" | "debit_instrument_blocked" => Reason::Suspicious,
        "transaction_limit_exceeded" | "transaction_daily_limit_exceeded" | "transaction_daily_count_exceeded" => {
            Reason::LimitExceeded
        }
        "card_not_enrolled"
        | "card_type_invalid"
        | "international_transaction_not_allowed"
        | "debit_instrument_inactive"
        | "card_network_not_supported"
        | "currency_not_supported" => Reason::NotSupported,
        "payment_cancelled" => Reason::Cancelled,
        "payment_timed_out" | "payment_session_expired" => Reason::TimedOut,
        "gateway_technical_error" | "bank_technical_error" | "issuer_technical_error" | "server_error" => {
            Reason::ProcessingError
        }
        "" => Reason::Other,
        _ => Reason::Declined,
    }
}
