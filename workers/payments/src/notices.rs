//! What a notice that is proved changes: a payment, a refund, or nothing.

use crate::db::notices::Noted;
use crate::db::{self, Payment, due};
use crate::gateways::SANDBOX;
use crate::rules::status::RefundStatus;
use crate::rules::step::{Seen, Source};
use crate::settle::{self, Settled, Sight};
use crate::sweep::{self, Turn};
use crate::{ledger, refunds, work};
use kirana_edge::db::Db;
use kirana_edge::{Result, clock};
use kirana_gateways::{Failure, Notice, NoticeKind, Outcome, Reason, Refusal, State};
use kirana_kernel::Money;
use worker::Env;

/// What became of a notice.
pub enum Taken {
    /// It is noted, with its effect.
    Noted,
    /// Nobody knows what it is about.
    Unknown,
}

/// Works a notice off that is proved.
///
/// # Errors
/// 500 when the database refuses: it was not worked off, and the gateway sends it again.
pub async fn take(env: &Env, db: &Db, gateway: &str, notice: &Notice) -> Result<Taken> {
    let kind = format!("{:?}", notice.kind);
    let noted = Noted { gateway, event_id: &notice.event_id, kind: &kind };
    match notice.kind {
        NoticeKind::Other => settle::note(db, &noted, None, "nothing of ours").await.map(|()| Taken::Noted),
        NoticeKind::Refunded | NoticeKind::RefundPending | NoticeKind::RefundFailed => {
            of_refund(db, notice, &noted).await
        }
        _ => of_payment(env, db, notice, &noted).await,
    }
}

/// The payment that a notice is about. One that is another gateway's is none.
async fn find(db: &Db, notice: &Notice, gateway: &str) -> Result<Option<Payment>> {
    let ours = match notice.payment {
        Some(id) => db::by_id(db, id).await?,
        None => None,
    };
    let found = match ours {
        Some(payment) => Some(payment),
        None => due::by_reference(db, gateway, notice.reference.as_deref(), notice.transaction.as_deref()).await?,
    };
    Ok(found.filter(|payment| payment.gateway == gateway))
}

async fn of_payment(env: &Env, db: &Db, notice: &Notice, noted: &Noted<'_>) -> Result<Taken> {
    let Some(payment) = find(db, notice, noted.gateway).await? else { return Ok(Taken::Unknown) };
    let seen = match notice.kind {
        NoticeKind::RefundedInAll => match refunded_elsewhere(db, &payment, notice.amount).await? {
            true => Seen::Flagged("refunded_elsewhere"),
            false => Seen::Nothing,
        },
        // The sandbox says why in words of its own.
        NoticeKind::Failed if noted.gateway == SANDBOX => {
            Seen::Failed(notice.refusal.as_ref().map(|refusal| refusal.code.clone()).unwrap_or_default())
        }
        _ => Seen::from(notice),
    };
    // What a dispute names is the dispute's.
    let disputes = matches!(notice.kind, NoticeKind::Disputed | NoticeKind::DisputeWon | NoticeKind::DisputeLost);
    let named = !disputes && notice.kind != NoticeKind::RefundedInAll;
    let sight = Sight {
        seen,
        source: Source::Notice,
        reference: notice.reference.as_deref().filter(|_| named),
        transaction: notice.transaction.as_deref().filter(|_| named),
        doubt: None,
    };
    let posted = ledger::disputed(&payment, notice, clock::now())?;
    let settled = match settle::payment(db, payment.id, &sight, Some(noted), &posted).await {
        // Another amount than it was told with first, or decided both ways: the books keep what they have, and a person looks.
        Err(problem) if !posted.is_empty() && problem.status == 409 => {
            let flag = Sight { seen: Seen::Flagged("amount_mismatch"), ..sight };
            settle::payment(db, payment.id, &flag, Some(noted), &[]).await?
        }
        other => other?,
    };
    if settled == Settled::Done {
        if notice.kind == NoticeKind::Approved && !payment.status.is_settled() {
            sweep::pursue(env, &payment, Turn::AtOnce).await?;
        }
        return Ok(Taken::Noted);
    }
    // Due before it is noted: whatever happens now, somebody looks.
    db.batch(vec![due::soon(payment.id, clock::now())]).await?;
    settle::note(db, noted, Some(payment.id), "looked").await?;
    sweep::look_at(env, &payment).await?;
    Ok(Taken::Noted)
}

/// Has more gone back than we asked for?
async fn refunded_elsewhere(db: &Db, payment: &Payment, told: Option<Money>) -> Result<bool> {
    let Some(told) = told.filter(|told| told.currency == payment.amount.currency) else { return Ok(false) };
    Ok(told.amount > refunds::asked_for(db, payment.id).await?)
}

async fn of_refund(db: &Db, notice: &Notice, noted: &Noted<'_>) -> Result<Taken> {
    let Some(refund) = refunds::refund(db, notice.refund, notice.about.as_deref()).await? else {
        // Made at the gateway itself, or told of before our own call was answered.
        return match find(db, notice, noted.gateway).await? {
            Some(payment) if notice.refund.is_none() && notice.kind == NoticeKind::Refunded => {
                elsewhere(db, &payment, noted).await.map(|()| Taken::Noted)
            }
            _ => Ok(Taken::Unknown),
        };
    };
    let payment = db::by_id(db, kirana_edge::db::id(&refund.payment_id)?).await?;
    let Some(payment) = payment.filter(|payment| payment.gateway == noted.gateway) else { return Ok(Taken::Unknown) };
    let amount = Money::new(refund.amount, payment.amount.currency);
    let stale = notice.refund.is_some_and(|told| {
        let told = told.to_string();
        told != refund.attempt_id && told != refund.id
    });
    match notice.kind {
        NoticeKind::Refunded if notice.amount.is_none_or(|told| told == amount) => {
            settle::refund(db, &payment, &refund, notice.about.as_deref(), Some(noted)).await?;
        }
        NoticeKind::Refunded => flagged(db, &payment, "amount_mismatch", noted).await?,
        NoticeKind::RefundFailed if refund.status == RefundStatus::Completed => {
            // The bank sent it back: the books say that it went.
            flagged(db, &payment, "refund_taken_back", noted).await?;
        }
        NoticeKind::RefundFailed if !stale => {
            let refusal = notice.refusal.clone().unwrap_or_else(|| Refusal::new(Reason::Other, ""));
            let answer: Result<Outcome, Failure> = Ok(Outcome {
                state: State::RefundRefused(refusal),
                ours: None,
                reference: None,
                transaction: None,
                amount: None,
            });
            work::apply(db, &payment, &refund, amount, &answer, clock::now()).await?;
            settle::note(db, noted, Some(payment.id), "applied").await?;
        }
        _ => settle::note(db, noted, Some(payment.id), "nothing new").await?,
    }
    Ok(Taken::Noted)
}

async fn elsewhere(db: &Db, payment: &Payment, noted: &Noted<'_>) -> Result<()> {
    flagged(db, payment, "refunded_elsewhere", noted).await
}

async fn flagged(db: &Db, payment: &Payment, why: &'static str, noted: &Noted<'_>) -> Result<()> {
    let seen = Seen::Flagged(why);
    let sight = Sight { seen, source: Source::Notice, reference: None, transaction: None, doubt: None };
    settle::payment(db, payment.id, &sight, Some(noted), &[]).await.map(|_| ())
}
