//! Exceptions, each with its sentence.

use super::exception::{Exception, ExceptionKind};
use super::record::{OurRecord, Terms};
use super::row::GatewayRow;
use kirana_kernel::{Money, MoneyError, Timestamp};

/// Seconds as people say them: `3 h`, `2 days`.
pub(super) fn span(seconds: i64) -> String {
    match seconds {
        172_800.. => format!("{} days", seconds / 86_400),
        3_600.. => format!("{} h", seconds / 3_600),
        60.. => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

fn minus(money: Money) -> Money {
    Money::new(money.amount.saturating_neg(), money.currency)
}

/// What all exceptions have.
fn exception(kind: ExceptionKind, terms: &Terms, record: Option<&OurRecord>, row: Option<&GatewayRow>) -> Exception {
    let reference = match (row, record) {
        (Some(row), _) => row.reference(),
        (None, Some(record)) => record.reference.clone().unwrap_or_else(|| record.id.clone()),
        (None, None) => String::new(),
    };
    let thing = match (record, row) {
        (Some(record), _) => record.id.clone(),
        (None, Some(row)) if !row.id.is_empty() => row.id.clone(),
        _ => reference.clone(),
    };
    Exception {
        id: format!("{}/{}/{thing}", kind.name(), terms.gateway),
        kind,
        reference,
        record: record.map(|record| record.id.clone()),
        lines: row.map(|row| row.line).into_iter().collect(),
        ours: record.map(OurRecord::signed),
        theirs: row.map(|row| row.gross),
        differences: Vec::new(),
        explanation: String::new(),
        resolutions: kind.resolutions(),
    }
}

pub(super) fn missing_at_gateway(record: &OurRecord, terms: &Terms) -> Exception {
    let (word, gateway) = (record.kind.word(), &terms.gateway);
    let known = match &record.reference {
        Some(reference) => format!("under {reference}"),
        None => "as the gateway never told its id of it".to_owned(),
    };
    let explanation = format!(
        "The {word} {} of {} on {} is not in the report of {gateway}. Look for it there {known}: \
         if it did not happen, reverse it and ask to be paid.",
        record.id, record.amount, record.at
    );
    let exception = exception(ExceptionKind::MissingAtGateway, terms, Some(record), None);
    Exception { differences: vec![record.signed()], explanation, ..exception }
}

/// `known_order`: an order that we have another payment for.
pub(super) fn missing_with_us(row: &GatewayRow, terms: &Terms, known_order: Option<&str>) -> Exception {
    let gateway = &terms.gateway;
    let hint = match (known_order, row.order_references.first()) {
        (Some(order), _) => format!("Order {order} has another payment: the customer may have paid twice."),
        (None, Some(order)) => format!("It names {order}: its webhook was probably lost, record it."),
        (None, None) => "It names no order: ask the gateway who paid for what.".to_owned(),
    };
    let explanation = format!(
        "{gateway} has {} of {} on {}, and we have nothing like it. {hint}",
        row.reference(),
        row.gross,
        row.at
    );
    let exception = exception(ExceptionKind::MissingWithUs, terms, None, Some(row));
    Exception { differences: vec![minus(row.gross)], explanation, ..exception }
}

pub(super) fn amount_differs(record: &OurRecord, row: &GatewayRow, terms: &Terms) -> Result<Exception, MoneyError> {
    let (ours, theirs) = (record.signed(), row.gross);
    let more = ours.minus(theirs)?;
    let explanation = format!(
        "We have {ours} for {} and {} has {theirs}: {more} between them. A capture of a part, or a change of the order after it was paid, \
         is the usual reason.",
        record.id, terms.gateway
    );
    let exception = exception(ExceptionKind::AmountDiffers, terms, Some(record), Some(row));
    Ok(Exception { differences: vec![more], explanation, ..exception })
}

pub(super) fn currency_differs(record: &OurRecord, row: &GatewayRow, terms: &Terms) -> Exception {
    let (ours, theirs) = (record.signed(), row.gross);
    let explanation = format!(
        "We have {ours} for {} and {} has {theirs}. Either the wrong currency was sent, or the gateway converted it: \
         correct ours to what it holds.",
        record.id, terms.gateway
    );
    let exception = exception(ExceptionKind::CurrencyDiffers, terms, Some(record), Some(row));
    Exception { differences: vec![ours, minus(theirs)], explanation, ..exception }
}

/// `first` is the row that was matched, or the one that is listed already.
pub(super) fn duplicated(first: &GatewayRow, row: &GatewayRow, terms: &Terms) -> Exception {
    let same_line = !row.id.is_empty() && first.id == row.id;
    let hint = if same_line {
        "Both lines have the same id: the file has a part twice, or two files overlap. Read it again without."
    } else {
        "The lines have ids of their own: the customer was charged twice. Give one back."
    };
    let explanation = format!(
        "{} is in the report of {} on line {} and again, with {}, on line {}. {hint}",
        row.reference(),
        terms.gateway,
        first.line,
        row.gross,
        row.line
    );
    let exception = exception(ExceptionKind::DuplicatedAtGateway, terms, None, Some(row));
    // A line that was read twice moved nothing a second time.
    let differences = if same_line { Vec::new() } else { vec![minus(row.gross)] };
    Exception { lines: vec![first.line, row.line], differences, explanation, ..exception }
}

pub(super) fn wrong_fee(
    record: &OurRecord,
    row: &GatewayRow,
    expected: Money,
    terms: &Terms,
) -> Result<Exception, MoneyError> {
    let taken = row.whole_fee()?;
    let more = taken.minus(expected)?;
    let (size, way, todo) = match more.amount < 0 {
        true => (minus(more), "less", "Set the agreed fee right, unless the gateway takes the rest later."),
        false => (more, "more", "Claim it, or set the agreed fee right."),
    };
    let explanation = format!(
        "{} took {taken} for {}, a payment of {}, and {expected} was agreed: {size} {way}. {todo}",
        terms.gateway, record.id, record.amount
    );
    let exception = exception(ExceptionKind::WrongFee, terms, Some(record), Some(row));
    Ok(Exception { ours: Some(expected), theirs: Some(taken), explanation, ..exception })
}

pub(super) fn refund_without_payment(row: &GatewayRow, terms: &Terms) -> Exception {
    let of = match row.related.first() {
        Some(payment) => format!("of {payment}, a payment that we do not have"),
        None => "that names no payment".to_owned(),
    };
    let explanation = format!(
        "{} gave back {} on {} as {}, a refund {of}. Somebody may have made it in the gateway's own pages, or it belongs to another \
         shop with the same account.",
        terms.gateway,
        minus(row.gross),
        row.at,
        row.reference()
    );
    let exception = exception(ExceptionKind::RefundWithoutPayment, terms, None, Some(row));
    Exception { differences: vec![minus(row.gross)], explanation, ..exception }
}

/// `until` is when it was settled, or now where it is not.
pub(super) fn settled_late(
    record: &OurRecord,
    row: &GatewayRow,
    until: Timestamp,
    within: i64,
    terms: &Terms,
) -> Exception {
    let (took, agreed) = (span(Terms::apart(until, row.at)), span(within));
    let what = match row.settled_at {
        Some(at) => format!("was settled on {at}, after {took}"),
        None => format!("is not settled after {took}"),
    };
    let explanation = format!(
        "{} of {} {what}; {agreed} was agreed. A reserve, a holiday, or a bank account that refuses payouts: look at {}'s payouts.",
        record.id, record.amount, terms.gateway
    );
    let exception = exception(ExceptionKind::SettledLate, terms, Some(record), Some(row));
    Exception { explanation, ..exception }
}

pub(super) fn date_differs(record: &OurRecord, row: &GatewayRow, terms: &Terms) -> Exception {
    let explanation = format!(
        "We have {} on {} and {} has it on {}, {} apart. A time zone that was read wrongly shifts all rows alike; one row by itself \
         was captured at another time than we were told.",
        record.id,
        record.at,
        terms.gateway,
        row.at,
        span(Terms::apart(record.at, row.at))
    );
    let exception = exception(ExceptionKind::DateDiffers, terms, Some(record), Some(row));
    Exception { explanation, ..exception }
}

pub(super) fn unknown_movement(row: &GatewayRow, terms: &Terms) -> Exception {
    let explanation = format!(
        "{} moved {} on {} as {} on line {}, which is no payment, refund, dispute, fee or payout. Ask what it is for.",
        terms.gateway,
        row.gross,
        row.at,
        row.reference(),
        row.line
    );
    let exception = exception(ExceptionKind::UnknownMovement, terms, None, Some(row));
    Exception { differences: vec![minus(row.gross)], explanation, ..exception }
}
