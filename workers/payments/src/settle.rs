//! The one place where what a gateway says changes a payment or a refund: decided by the rules on what was read, written in one batch that
//! holds only if nobody wrote in between, with the notice that said it, the money in the ledger and the event that tells of it.

use crate::db::notices::{self, Noted};
use crate::db::{self, Change, Payment};
use crate::refunds::{self, Refund};
use crate::rules::status::Status;
use crate::rules::step::{Seen, Source, Step, step};
use crate::{SOURCE, ledger};
use kirana_edge::db::{Db, Statement, require_one_change, required_change_missing};
use kirana_edge::{Problem, Result, clock, log, outbox};
use kirana_events::{EventData, PaymentEvent};
use kirana_kernel::{Id, Money, Timestamp};

/// How often somebody else may write in between.
const TRIES: u32 = 8;

/// What was seen of a payment, with the gateway's own ids.
#[derive(Clone, Debug)]
pub struct Sight<'a> {
    /// What.
    pub seen: Seen,
    /// By whom.
    pub source: Source,
    /// The gateway's id of the payment.
    pub reference: Option<&'a str>,
    /// The gateway's id of what refunds are of.
    pub transaction: Option<&'a str>,
    /// Why nobody knows, where nobody does.
    pub doubt: Option<String>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is as the gateway says now; or it was before.
    Done,
    /// The gateway has to be asked: nothing was written.
    Look,
}

/// What is told of a payment.
#[must_use]
pub fn event(payment: &Payment, amount: Money, refund_id: Option<Id>, reason: Option<String>) -> PaymentEvent {
    PaymentEvent {
        payment_id: payment.id,
        order_id: payment.order_id,
        customer_id: payment.customer_id,
        amount,
        gateway: payment.gateway.clone(),
        refund_id,
        reason,
    }
}

fn told(payment: &Payment, data: EventData) -> Result<Statement> {
    let (subject, store) = (payment.id.to_string(), Some(payment.store_id));
    outbox::caused_by(SOURCE.name, &payment.inner.request_id, None, subject, store, data)
}

/// The one movement of money in: it is captured.
fn captured(payment: &Payment, amount: Money, now: Timestamp) -> Result<Vec<Statement>> {
    ledger::captured(payment, amount, now)
}

/// The one movement of money out: a refund is done.
fn refunded(payment: &Payment, refund: Id, amount: Money, now: Timestamp) -> Result<Vec<Statement>> {
    ledger::refunded(payment, refund, amount, now)
}

/// What a step writes, and how it is called in the table of notices.
fn effect(payment: &Payment, next: &Step, sight: &Sight<'_>, now: Timestamp) -> Result<(Vec<Statement>, &'static str)> {
    let change = Change {
        reference: sight.reference,
        transaction: sight.transaction,
        doubt: sight.doubt.as_deref(),
        ..Change::default()
    };
    let pending = || told(payment, EventData::PaymentPending(event(payment, payment.amount, None, None)));
    Ok(match next {
        Step::Rest | Step::Look => {
            let learns = sight.source == Source::Answer
                && (payment.doubt != sight.doubt || (payment.reference.is_none() && sight.reference.is_some()));
            let keep = Change { transaction: None, failure: payment.failure.as_deref(), ..change };
            (if learns { db::advance(payment, payment.status, &keep, now) } else { Vec::new() }, "nothing new")
        }
        Step::Become(status) => {
            let mut statements = db::advance(payment, *status, &change, now);
            if *status != Status::Unknown {
                statements.push(pending()?);
            }
            (statements, "applied")
        }
        Step::Tell => {
            let mut statements = db::advance(payment, payment.status, &change, now);
            statements.push(pending()?);
            (statements, "told again")
        }
        Step::Authorise(money) => {
            let change = Change { authorised: Some(money.amount), ..change };
            let mut statements = db::advance(payment, Status::Authorised, &change, now);
            statements.push(pending()?);
            (statements, "applied")
        }
        Step::Capture(money) => {
            let change = Change { captured: Some(money.amount), ..change };
            let mut statements = db::advance(payment, Status::Completed, &change, now);
            statements.extend(captured(payment, *money, now)?);
            statements.push(told(payment, EventData::PaymentCompleted(event(payment, *money, None, None)))?);
            (statements, "applied")
        }
        Step::End(status, reason) => {
            let change = Change { failure: Some(reason), ..change };
            let mut statements = db::advance(payment, *status, &change, now);
            let data = EventData::PaymentFailed(event(payment, payment.amount, None, Some(reason.clone())));
            statements.push(told(payment, data)?);
            (statements, "applied")
        }
        Step::Flag(why) => {
            let change = Change { flag: Some(why), failure: payment.failure.as_deref(), ..Change::default() };
            (db::advance(payment, payment.status, &change, now), why)
        }
    })
}

/// Holds what was seen against a payment, and writes what follows, with the notice that said it.
///
/// # Errors
/// 404 for no payment, 409 for what the books refuse, 503 when others write without end, 500 when the database refuses.
pub async fn payment(
    db: &Db,
    id: Id,
    sight: &Sight<'_>,
    noted: Option<&Noted<'_>>,
    more: &[Statement],
) -> Result<Settled> {
    for _ in 0..TRIES {
        let payment = db::by_id(db, id).await?.ok_or_else(|| Problem::not_found("there is no such payment"))?;
        let next = step(&payment.known(), &sight.seen, sight.transaction, sight.source);
        if next == Step::Look {
            return Ok(Settled::Look);
        }
        let now = clock::now();
        let (mut statements, result) = effect(&payment, &next, sight, now)?;
        if let Step::Flag(why) = next {
            log::error("a payment needs a person", &[("payment", &id.to_string()), ("why", why)]);
        }
        if !statements.is_empty() {
            statements.extend_from_slice(more);
        }
        if let Some(noted) = noted {
            statements.splice(0..0, notices::note(noted, Some(id), result, now));
        }
        if statements.is_empty() {
            return Ok(Settled::Done);
        }
        match db.batch(statements).await {
            Ok(_) => return Ok(Settled::Done),
            Err(error) if required_change_missing(&error) => {}
            Err(error) if kirana_books::below_zero(&error) => return Err(db::insufficient(&payment)),
            Err(error) if kirana_books::broken_key(&error) => {
                return Err(Problem::conflict("amount_mismatch", "the books have it with another amount"));
            }
            Err(error) => return Err(error.into()),
        }
        if let Some(noted) = noted
            && notices::is_noted(db, noted.gateway, noted.event_id).await?
        {
            return Ok(Settled::Done);
        }
    }
    Err(Problem::unavailable("the payment is being changed by others; ask again"))
}

/// Completes a refund, once, with the notice that said it; `reference` is the gateway's own id of it, where it told one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn refund(
    db: &Db,
    payment: &Payment,
    refund: &Refund,
    reference: Option<&str>,
    noted: Option<&Noted<'_>>,
) -> Result<()> {
    let (now, id) = (clock::now(), kirana_edge::db::id(&refund.id)?);
    let amount = Money::new(refund.amount, payment.amount.currency);
    let mut statements = noted.map(|noted| notices::note(noted, Some(payment.id), "applied", now)).unwrap_or_default();
    statements.extend(refunds::complete_refund(id, reference, payment.id, refund.amount, now));
    statements.extend(refunded(payment, id, amount, now)?);
    let data = EventData::RefundCompleted(event(payment, amount, Some(id), Some(refund.reason.clone())));
    statements.push(told(payment, data)?);
    match db.batch(statements).await {
        // A notice that came before, or a refund that is completed already: well done.
        Err(error) if required_change_missing(&error) => match noted {
            Some(noted) => note(db, noted, Some(payment.id), "nothing new").await,
            None => Ok(()),
        },
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// Leaves a refund to a person, once, and tells of it.
///
/// # Errors
/// 500 when the database refuses.
pub async fn refund_failed(db: &Db, payment: &Payment, refund: &Refund, failure: &str) -> Result<()> {
    let (id, amount) = (kirana_edge::db::id(&refund.id)?, Money::new(refund.amount, payment.amount.currency));
    let data = EventData::RefundFailed(event(payment, amount, Some(id), Some(failure.to_owned())));
    let statements = vec![refunds::fail(refund, failure), require_one_change(), told(payment, data)?];
    match db.batch(statements).await {
        Err(error) if required_change_missing(&error) => Ok(()),
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// Notes a notice that changes nothing, once.
///
/// # Errors
/// 500 when the database refuses.
pub async fn note(db: &Db, noted: &Noted<'_>, payment: Option<Id>, result: &str) -> Result<()> {
    match db.batch(notices::note(noted, payment, result, clock::now())).await {
        Err(error) if !required_change_missing(&error) => Err(error.into()),
        _ => Ok(()),
    }
}
