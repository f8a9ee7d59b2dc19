//! PayPal's issues, in our words (its OpenAPI documents of orders and payments name them all).

use crate::outcome::Reason;

/// Why the payer's money was not taken or given back, where an issue says that: an outcome, and no failure of the call.
pub(super) fn refused(issue: &str) -> Option<Reason> {
    Some(match issue {
        "INSTRUMENT_DECLINED"
        | "TRANSACTION_REFUSED"
        | "PAYER_CANNOT_PAY"
        | "PAYMENT_SOURCE_DECLINED_BY_PROCESSOR"
        | "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING"
        | "AUTHORIZATION_DENIED"
        | "DECLINED_DUE_TO_RELATED_TXN" => Reason::Declined,
        "PAYER_ACCOUNT_RESTRICTED" | "PAYER_ACCOUNT_LOCKED_OR_CLOSED" | "COMPLIANCE_VIOLATION" => Reason::Suspicious,
        "CARD_EXPIRED" => Reason::Expired,
        "TRANSACTION_LIMIT_EXCEEDED" | "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED" => Reason::LimitExceeded,
        "REFUND_FAILED_INSUFFICIENT_FUNDS" => Reason::InsufficientFunds,
        _ => return None,
    })
}

/// Is the same call, or one like it, on its way?
pub(super) fn in_flight(issue: &str) -> bool {
    matches!(issue, "PREVIOUS_REQUEST_IN_PROGRESS" | "ORDER_COMPLETION_IN_PROGRESS")
}

/// Why a call was refused.
pub(super) fn of_call(issue: &str, status: u16) -> Reason {
    match issue {
        "RESOURCE_NOT_FOUND" | "INVALID_RESOURCE_ID" | "CAPTURE_ID_NOT_FOUND" => Reason::NotFound,
        // The invoice is our payment's id: its money was taken before.
        "DUPLICATE_INVOICE_ID"
        | "ORDER_ALREADY_CAPTURED"
        | "ORDER_ALREADY_AUTHORIZED"
        | "ORDER_ALREADY_COMPLETED"
        | "ORDER_COMPLETED_OR_VOIDED"
        | "ORDER_EXPIRED"
        | "ORDER_NOT_APPROVED"
        | "PAYER_ACTION_REQUIRED"
        | "AUTHORIZATION_ALREADY_CAPTURED"
        | "AUTHORIZATION_EXPIRED"
        | "AUTHORIZATION_VOIDED"
        | "CANNOT_BE_VOIDED"
        | "PREVIOUSLY_CAPTURED"
        | "PREVIOUSLY_VOIDED"
        | "MAX_CAPTURE_COUNT_EXCEEDED"
        | "CAPTURE_FULLY_REFUNDED"
        | "CAPTURE_STATUS_NOT_VALID"
        | "PENDING_CAPTURE"
        | "MAX_NUMBER_OF_REFUNDS_EXCEEDED"
        | "PARTIAL_REFUND_NOT_ALLOWED"
        | "REFUND_NOT_ALLOWED"
        | "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK"
        | "REFUND_TIME_LIMIT_EXCEEDED"
        | "TRANSACTION_DISPUTED" => Reason::WrongState,
        "REFUND_AMOUNT_EXCEEDED"
        | "REFUND_AMOUNT_TOO_LOW"
        | "MAX_CAPTURE_AMOUNT_EXCEEDED"
        | "AUTHORIZATION_AMOUNT_EXCEEDED"
        | "MAX_VALUE_EXCEEDED" => Reason::AmountOutOfRange,
        "CURRENCY_NOT_SUPPORTED" | "CURRENCY_NOT_SUPPORTED_FOR_COUNTRY" => Reason::NotSupported,
        _ if status == 404 => Reason::NotFound,
        _ => Reason::BadCall,
    }
}
