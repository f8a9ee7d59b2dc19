//! The books against what gateways report.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use kirana_books::report_parts::{self, MOST_PARTS};
use kirana_books::{exceptions, name, post_all, records};
use kirana_edge::db::Db;
use kirana_edge::{Caller, FieldError, Json, Problem, Result, clock};
use kirana_kernel::{Currency, Role};
use kirana_ledger::reconcile::{
    FeeSchedule, Notation, OurRecord, ReadError, Reconciliation, RecordKind, Report, Terms, generic, paypal, postings,
    razorpay, reconcile as compare, stripe,
};
use kirana_ledger::report::Period;
use kirana_ledger::{Name, TaxName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use worker::Env;

/// Whose file it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ReportFormat {
    /// Stripe's itemised balance change from activity, or itemised payouts.
    Stripe,
    /// Razorpay's settlement recon.
    Razorpay,
    /// PayPal's settlement report or transaction detail report.
    Paypal,
    /// Any other, by a mapping.
    Generic {
        /// Which column is what.
        mapping: Box<generic::Mapping>,
    },
}

/// Where fees and payouts of the report are posted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportPostings {
    /// The bank account that payouts come to.
    #[schema(example = "main")]
    pub bank: String,
    /// The tax on fees, where the gateway tells it.
    pub fee_tax: TaxName,
}

/// Which part of a file this is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportPart {
    /// What all parts of one file say, and no other file of this gateway: 1 to 64 letters, digits, `-`, `_` or `.`.
    #[schema(example = "2026-11-01")]
    pub of: String,
    /// The how manyth: the last one is sent last.
    #[schema(minimum = 1, maximum = 8)]
    pub number: u32,
    /// How many there are.
    #[schema(minimum = 1, maximum = 8)]
    pub count: u32,
}

/// A gateway's report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconcileRequest {
    /// The gateway, as payments name it.
    #[schema(example = "stripe")]
    pub gateway: String,
    /// Whose file it is.
    pub format: ReportFormat,
    /// The file, as text; or a part of it.
    pub csv: String,
    /// Which part, of a file that is too long for one request: it may be cut anywhere. Nothing of it is read before the last part is there.
    #[serde(default)]
    pub part: Option<ReportPart>,
    /// What it covers.
    pub window: Period,
    /// How far our time and the gateway's may be apart, in seconds; two hours if not given.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 604_800)]
    pub date_tolerance_s: Option<i64>,
    /// How long after a payment its money should be ours, in seconds; not looked at if not given.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub settles_within_s: Option<i64>,
    /// What was agreed that it takes for each payment, one for each currency: another fee is an exception. Fees are not looked at in a currency
    /// without.
    #[serde(default)]
    pub fees: Vec<FeeSchedule>,
    /// How far a fee may be from what was agreed, in minor units: gateways round where they please. 0 if not given.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000)]
    pub fee_tolerance: Option<i64>,
    /// Where its fees and payouts are posted, each once; nowhere if not given.
    #[serde(default)]
    pub post: Option<ReportPostings>,
}

/// What came of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReconcileAnswer {
    /// Rows of the report.
    pub rows: usize,
    /// Lines that move no money and were passed over.
    pub passed_over: usize,
    /// Fees and payouts of it that are in the books.
    pub postings: usize,
    /// What our clearing account has more than the gateway, per currency, in minor units: all of it explained by what follows, once
    /// fees and payouts are posted.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub differences: BTreeMap<Currency, i64>,
    /// What agrees and what does not.
    pub reconciliation: Reconciliation,
}

/// Holds our payments and refunds against a gateway's report. What does not agree is kept until somebody has decided about it; the same
/// report once more finds the same. A file that cannot be read whole is not used at all.
///
/// # Errors
/// 422 `unreadable_report` with the cells, `too_long`, `invalid_body`.
#[utoipa::path(post, path = "/api/v1/payments/reconcile", tag = "books", request_body = ReconcileRequest,
    responses((status = 200, body = ReconcileAnswer), (status = 202), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn reconcile(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(mut body): Json<ReconcileRequest>,
) -> Result<Response> {
    caller.require(&[Role::Admin])?;
    let (db, now) = (Db::of(&env)?, clock::now());
    let terms = terms(&body, now)?;
    let parts = body.part.take().map(|part| checked(&terms, &part).map(|of| (of, part))).transpose()?;
    if let Some((of, part)) = &parts {
        db.batch(report_parts::keep(of, part.number, &body.csv, now)).await?;
        if part.number < part.count {
            return Ok(StatusCode::ACCEPTED.into_response());
        }
        body.csv = report_parts::whole(&db, of, part.count).await?.map_err(|numbers| missing(&numbers))?;
    }
    let report = read(&body).map_err(unreadable)?;
    let ours = expecting(records::of_gateway(&db, &terms).await?, &body.fees)?;
    let reconciliation = compare(&ours, &report.rows, &terms)?;
    let mut statements = exceptions::keep(terms.gateway.as_str(), &reconciliation.exceptions, now)?;
    let mut posted = 0;
    if let Some(ReportPostings { bank, fee_tax }) = &body.post {
        let events = postings(&report.rows, &terms.gateway, &named("post.bank", bank)?, fee_tax)?;
        posted = events.len();
        statements.extend(post_all(&events)?);
    }
    statements.extend(parts.map(|(of, _)| report_parts::forget(&of)));
    if !statements.is_empty() {
        db.batch(statements).await.map_err(kirana_books::refused)?;
    }
    Ok(Json(ReconcileAnswer {
        rows: report.rows.len(),
        passed_over: report.passed_over,
        postings: posted,
        differences: reconciliation.differences()?,
        reconciliation,
    })
    .into_response())
}

/// What the parts of a file are kept under.
fn checked(terms: &Terms, part: &ReportPart) -> Result<String> {
    if !(1..=MOST_PARTS).contains(&part.count) {
        return Err(Problem::invalid_field("part.count", format!("expected 1 to {MOST_PARTS} parts")));
    }
    if !(1..=part.count).contains(&part.number) {
        return Err(Problem::invalid_field("part.number", format!("expected 1 to {}, the last", part.count)));
    }
    Ok(format!("{}/{}", terms.gateway, named("part.of", &part.of)?))
}

fn missing(numbers: &[u32]) -> Problem {
    let numbers: Vec<_> = numbers.iter().map(u32::to_string).collect();
    Problem::conflict(
        "parts_missing",
        format!("send these parts first, and then the last again: {}", numbers.join(", ")),
    )
}

fn named(field: &str, text: &str) -> Result<Name> {
    name(text).map_err(|problem| Problem::invalid_field(field, problem.detail))
}

fn terms(body: &ReconcileRequest, now: kirana_kernel::Timestamp) -> Result<Terms> {
    if body.window.until <= body.window.from {
        return Err(Problem::invalid_field(
            "window.until",
            format!("expected a time after {}, its beginning", body.window.from),
        ));
    }
    let date_tolerance_s = body.date_tolerance_s.unwrap_or(7_200);
    if !(0..=604_800).contains(&date_tolerance_s) {
        return Err(Problem::invalid_field("date_tolerance_s", "expected 0 to 604800, a week"));
    }
    let fee_tolerance = body.fee_tolerance.unwrap_or(0);
    if !(0..=1_000).contains(&fee_tolerance) {
        return Err(Problem::invalid_field("fee_tolerance", "expected 0 to 1000 minor units"));
    }
    Ok(Terms {
        gateway: named("gateway", &body.gateway)?,
        window: body.window.clone(),
        date_tolerance_s,
        fee_tolerance,
        settles_within_s: body.settles_within_s,
        as_of: now,
    })
}

/// What the gateway should take for each payment, where that was agreed for its currency.
fn expecting(mut ours: Vec<OurRecord>, fees: &[FeeSchedule]) -> Result<Vec<OurRecord>> {
    for (index, schedule) in fees.iter().enumerate() {
        let twice = fees[..index].iter().any(|other| other.fixed.currency == schedule.fixed.currency);
        if twice || !(0..=1_000_000_000).contains(&schedule.fixed.amount) {
            let path = format!("fees[{index}].fixed");
            return Err(Problem::invalid_field(path, "expected one for each currency, of 0 or more minor units"));
        }
    }
    for record in ours.iter_mut().filter(|record| record.kind == RecordKind::Payment) {
        let agreed = fees.iter().find(|schedule| schedule.fixed.currency == record.amount.currency);
        record.expected_fee = agreed.map(|schedule| schedule.fee(record.amount)).transpose()?;
    }
    Ok(ours)
}

fn read(body: &ReconcileRequest) -> Result<Report, ReadError> {
    let bytes = body.csv.as_bytes();
    match &body.format {
        ReportFormat::Stripe => stripe::read(bytes, Notation::Point),
        ReportFormat::Razorpay => razorpay::read(bytes),
        ReportFormat::Paypal => paypal::read(bytes),
        ReportFormat::Generic { mapping } => generic::read(bytes, mapping),
    }
}

fn unreadable(error: ReadError) -> Problem {
    let problem = Problem::unprocessable("unreadable_report", error.to_string());
    let errors = match error {
        ReadError::File(_) => Vec::new(),
        ReadError::Rows(rows) => {
            let field = |row: kirana_ledger::reconcile::RowFault| FieldError {
                path: format!("csv[{}].{}", row.line, row.column),
                message: format!("found {:?}, expected {}", row.found, row.expected),
            };
            rows.into_iter().map(field).collect()
        }
    };
    Problem { errors, ..problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::{Money, Timestamp};
    use kirana_ledger::Rate;

    fn record(kind: RecordKind, amount: i64, currency: &str) -> OurRecord {
        OurRecord {
            id: "p".into(),
            kind,
            reference: None,
            order_reference: None,
            amount: Money::new(amount, currency.parse().unwrap()),
            at: Timestamp::from_millis(0),
            expected_fee: None,
        }
    }

    #[test]
    fn a_payment_should_cost_what_was_agreed_for_its_currency() {
        let schedule = |rate, fixed: i64, currency: &str| FeeSchedule {
            rate: Rate(rate),
            fixed: Money::new(fixed, currency.parse().unwrap()),
            tax: Rate(70_000),
        };
        let ours = vec![
            record(RecordKind::Payment, 10_000, "THB"),
            record(RecordKind::Payment, 10_000, "SEK"),
            record(RecordKind::Refund, 10_000, "THB"),
        ];
        let fees = |ours: Vec<OurRecord>| -> Vec<_> {
            ours.iter().map(|one| one.expected_fee.map(|fee| fee.amount)).collect()
        };
        let agreed = expecting(ours.clone(), &[schedule(30_000, 100, "THB")]).unwrap();
        assert_eq!(fees(agreed), [Some(428), None, None], "300 and 100, and 28 of tax");
        assert_eq!(fees(expecting(ours.clone(), &[]).unwrap()), [None, None, None]);
        for wrong in [[schedule(1, 1, "THB"), schedule(2, 2, "THB")], [schedule(1, 1, "THB"), schedule(1, -1, "SEK")]] {
            assert_eq!(expecting(ours.clone(), &wrong).unwrap_err().errors[0].path, "fees[1].fixed");
        }
    }
}
