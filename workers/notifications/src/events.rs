//! What is told to whom when something happened.

use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Result, clock, params};
use kirana_events::{Event, EventData, ReadData, SessionRevoked, reads};
use kirana_kernel::{Id, OrderStatus, Role, Timestamp};

/// The events that it hears of.
pub const READS: ReadData = reads!(
    OrderCreated,
    OrderConfirmed,
    OrderReady,
    OrderDispatched,
    OrderDelivered,
    OrderCompleted,
    OrderCancelled,
    OrderRefunded,
    OrderOverdue,
    PaymentFailed,
    RefundCompleted,
    RefundFailed,
    CustomerRegistered,
    VerificationRequested,
    AddressClaimed,
    CustomerVerified,
    PasswordResetRequested,
    PasswordChanged,
    OneTimeCodeRequested,
    StaffInvited,
    CustomerErased,
    LoginFailed,
    SessionRevoked,
    PointsEarned,
    LowStockAlert,
    OutOfStock,
    DeviceOffline,
    DeviceError
);

/// A message to one person.
struct Message {
    to: Id,
    title: String,
    body: String,
    /// Is it worth an e-mail as well?
    email: bool,
}

/// Stores the messages of an event, once per event, person and channel.
///
/// # Errors
/// None.
pub fn apply(event: &Event) -> Result<Vec<Statement>> {
    if let EventData::CustomerErased(erased) = &event.data {
        return Ok(vec![stmt("DELETE FROM notifications WHERE user_id = ?1", params![erased.user_id])]);
    }
    let Some(message) = message(&event.data) else { return Ok(Vec::new()) };
    if of_nobody(&event.data) {
        return Ok(Vec::new());
    }
    let cause = match &event.data {
        // Once a day: who tries passwords by the hundred shall not fill somebody's list.
        EventData::LoginFailed(_) => format!("login failed {}", day(event.occurred_at)),
        _ => event.id.to_string(),
    };
    let channels = if message.email { &["in_app", "email"][..] } else { &["in_app"] };
    Ok(channels
        .iter()
        .map(|channel| {
            stmt(
                "INSERT OR IGNORE INTO notifications (id, user_id, channel, title, body, cause, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![clock::new_id(), message.to, *channel, &message.title, &message.body, &cause, event.occurred_at],
            )
        })
        .collect())
}

fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// Who bought at a till without a line, or from a machine, is nobody that could be told.
fn of_nobody(data: &EventData) -> bool {
    let (EventData::OrderCreated(event)
    | EventData::OrderConfirmed(event)
    | EventData::OrderReady(event)
    | EventData::OrderCompleted(event)
    | EventData::OrderCancelled(event)
    | EventData::OrderRefunded(event)) = data
    else {
        return false;
    };
    let by_a_machine = event.order.timeline.first().is_some_and(|entry| entry.role == Role::Device);
    event.order.payment.tender.is_some() || by_a_machine
}

fn message(data: &EventData) -> Option<Message> {
    let told = |to, title: String, body: String, email| Some(Message { to, title, body, email });
    match data {
        EventData::OrderCreated(event) => {
            let order = &event.order;
            told(
                order.customer.id,
                format!("Order {}", order.pickup_number),
                format!("We have it. Please pay {} to have it made.", order.totals.total),
                false,
            )
        }
        EventData::OrderConfirmed(event) => {
            let order = &event.order;
            told(
                order.customer.id,
                format!("Order {} is paid", order.pickup_number),
                format!("{} received. The kitchen has it now.", order.payment.paid),
                true,
            )
        }
        EventData::OrderReady(event) => {
            let order = &event.order;
            told(
                order.customer.id,
                format!("Order {} is ready", order.pickup_number),
                "It is waiting for you on the counter.".into(),
                false,
            )
        }
        EventData::OrderCancelled(event) => {
            let order = &event.order;
            let why =
                if order.status == OrderStatus::Expired { "It was not paid in time." } else { "It was called off." };
            told(order.customer.id, format!("Order {} is cancelled", order.pickup_number), why.into(), true)
        }
        EventData::OrderRefunded(event) => {
            let order = &event.order;
            told(
                order.customer.id,
                format!("Order {} is refunded", order.pickup_number),
                format!("{} is on its way back to you.", order.payment.refunded),
                true,
            )
        }
        EventData::OrderOverdue(event) if event.reason.as_deref() == Some("make") => {
            let order = &event.order;
            told(
                order.customer.id,
                format!("Order {} takes longer", order.pickup_number),
                "It should be ready by now, and the store knows. We are sorry.".into(),
                false,
            )
        }
        EventData::PaymentFailed(payment) => {
            let why = payment.reason.clone().unwrap_or_default();
            told(
                payment.customer_id,
                "Your payment failed".into(),
                format!("{why}. You can try again with another method."),
                false,
            )
        }
        EventData::RefundFailed(payment) => told(
            payment.customer_id,
            "Your money takes longer to come back".into(),
            format!("{} could not be sent back by itself. The store has been told, and somebody sees to it.", payment.amount),
            true,
        ),
        EventData::CustomerRegistered(customer) => {
            told(customer.customer_id, format!("Welcome, {}", customer.name), "Good to have you here.".into(), false)
        }
        EventData::LoginFailed(failed) => told(
            failed.user_id?,
            "Somebody could not log in to your account".into(),
            format!("A wrong {} was given. If it was not you, nothing is lost; a second factor keeps it so.", failed.wrong),
            false,
        ),
        EventData::SessionRevoked(session) if session.reason == SessionRevoked::REUSED => told(
            session.user_id,
            "We ended one of your sessions".into(),
            "Somebody used an old token of it, so it may have been stolen. Log in again, and change your password if you \
             do not know why."
                .into(),
            true,
        ),
        EventData::PointsEarned(points) => told(
            points.customer_id,
            format!("{} points", points.points),
            format!("You have earned {} points.", points.points),
            false,
        ),
        _ => None,
    }
}
