//! What is told to whom when something happened.

use kirana_edge::db::{Statement, stmt};
use kirana_edge::{Result, params};
use kirana_events::{Event, EventData, ReadData, SessionRevoked, reads};
use kirana_kernel::{Id, OrderStatus, Role, Timestamp};

/// The events that it hears of.
pub const READS: ReadData = reads!(
    OrderCreated,
    OrderConfirmed,
    OrderReady,
    OrderDispatched,
    OrderCancelled,
    OrderRefunded,
    OrderOverdue,
    PaymentFailed,
    RefundFailed,
    CustomerRegistered,
    VerificationRequested,
    AddressClaimed,
    PasswordResetRequested,
    PasswordChanged,
    OneTimeCodeRequested,
    StaffInvited,
    CustomerErased,
    LoginFailed,
    SessionRevoked,
    PointsEarned,
    CampaignActivated,
    CampaignDeactivated,
    DeviceOffline,
    DeviceError
);

/// A message to one person.
struct Message {
    to: Id,
    title: String,
    body: String,
}

/// Stores the message of an event, once.
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
    let once = match &event.data {
        // Once a day: who tries passwords by the hundred shall not fill somebody's list.
        EventData::LoginFailed(_) => Some(format!("login failed {}", day(event.occurred_at))),
        _ => None,
    };
    Ok(vec![tell(event, message.to, &message.title, &message.body, once.as_deref())])
}

/// Tells somebody, once for an event; where a cause is given, once for that, however many events come of it.
pub fn tell(event: &Event, to: Id, title: &str, body: &str, once: Option<&str>) -> Statement {
    stmt(
        "INSERT OR IGNORE INTO notifications (user_id, id, title, body, cause, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![to, event.id, title, body, once, event.occurred_at],
    )
}

fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// Who bought at a till without a line, or from a machine, is nobody that could be told.
fn of_nobody(data: &EventData) -> bool {
    let (EventData::OrderCreated(event)
    | EventData::OrderConfirmed(event)
    | EventData::OrderReady(event)
    | EventData::OrderDispatched(event)
    | EventData::OrderCancelled(event)
    | EventData::OrderRefunded(event)) = data
    else {
        return false;
    };
    let by_a_machine = event.order.timeline.first().is_some_and(|entry| entry.role == Role::Device);
    event.order.payment.tender.is_some() || by_a_machine
}

fn message(data: &EventData) -> Option<Message> {
    let told = |to, title: String, body: String| Some(Message { to, title, body });
    match data {
        EventData::OrderCreated(event) => {
            let order = &event.order;
            told(
                order.customer.id,
                format!("Order {}", order.pickup_number),
                format!("We have it. Please pay {} to have it made.", order.totals.total),
            )
        }
        EventData::OrderConfirmed(event) => {
            let order = &event.order;
            told(
                order.customer.id,
                format!("Order {} is paid", order.pickup_number),
                format!("{} received. The kitchen has it now.", order.payment.paid),
            )
        }
        EventData::OrderReady(event) => {
            let order = &event.order;
            told(
                order.customer.id,
                format!("Order {} is ready", order.pickup_number),
                "It is waiting for you on the counter.".into(),
            )
        }
        EventData::OrderDispatched(event) => {
            let order = &event.order;
            told(
                order.customer.id,
                format!("Order {} is on its way", order.pickup_number),
                "A rider has it and is coming to you.".into(),
            )
        }
        EventData::OrderCancelled(event) => {
            let order = &event.order;
            let why =
                if order.status == OrderStatus::Expired { "It was not paid in time." } else { "It was called off." };
            told(order.customer.id, format!("Order {} is cancelled", order.pickup_number), why.into())
        }
        EventData::OrderRefunded(event) => {
            let order = &event.order;
            told(
                order.customer.id,
                format!("Order {} is refunded", order.pickup_number),
                format!("{} is on its way back to you.", order.payment.refunded),
            )
        }
        EventData::OrderOverdue(event) if event.reason.as_deref() == Some("make") => {
            let order = &event.order;
            told(
                order.customer.id,
                format!("Order {} takes longer", order.pickup_number),
                "It should be ready by now, and the store knows. We are sorry.".into(),
            )
        }
        EventData::PaymentFailed(payment) => {
            let why = payment.reason.clone().unwrap_or_default();
            told(
                payment.customer_id,
                "Your payment failed".into(),
                format!("{why}. You can try again with another method."),
            )
        }
        EventData::RefundFailed(payment) => told(
            payment.customer_id,
            "Your money takes longer to come back".into(),
            format!("{} could not be sent back by itself. The store has been told, and somebody sees to it.", payment.amount),
        ),
        EventData::CustomerRegistered(customer) => {
            told(customer.customer_id, format!("Welcome, {}", customer.name), "Good to have you here.".into())
        }
        EventData::LoginFailed(failed) => told(
            failed.user_id?,
            "Somebody could not log in to your account".into(),
            format!("A wrong {} was given. If it was not you, nothing is lost; a second factor keeps it so.", failed.wrong),
        ),
        EventData::SessionRevoked(session) if session.reason == SessionRevoked::REUSED => told(
            session.user_id,
            "We ended one of your sessions".into(),
            "Somebody used an old token of it, so it may have been stolen. Log in again, and change your password if you \
             do not know why."
                .into(),
        ),
        EventData::PointsEarned(points) => told(
            points.customer_id,
            format!("{} points", points.points),
            format!("You have earned {} points.", points.points),
        ),
        EventData::CampaignActivated(campaign) => told(
            campaign.maker_id?,
            format!("{} has begun", campaign.name),
            "Its offers are given from now on. You can see what they take off in the campaign's usage.".into(),
        ),
        EventData::CampaignDeactivated(campaign) if campaign.reason == "paused" => told(
            campaign.maker_id?,
            format!("{} is paused", campaign.name),
            "Its offers are not given until it is scheduled again.".into(),
        ),
        EventData::CampaignDeactivated(campaign) => told(
            campaign.maker_id?,
            format!("{} has ended", campaign.name),
            "Its offers are given no more. Quotes that promised them are kept to for ten minutes.".into(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_events::CampaignEvent;

    #[test]
    fn who_made_a_campaign_hears_when_it_begins_and_ends() {
        let maker = Id::new(Timestamp::from_millis(1), [1; 10]);
        let campaign = |reason: &str, maker_id| CampaignEvent {
            campaign_id: Id::new(Timestamp::from_millis(2), [2; 10]),
            name: "Monsoon".into(),
            reason: reason.into(),
            maker_id,
        };
        for (data, title) in [
            (EventData::CampaignActivated(campaign("scheduled", Some(maker))), "Monsoon has begun"),
            (EventData::CampaignDeactivated(campaign("paused", Some(maker))), "Monsoon is paused"),
            (EventData::CampaignDeactivated(campaign("ended", Some(maker))), "Monsoon has ended"),
            (EventData::CampaignDeactivated(campaign("scheduled", Some(maker))), "Monsoon has ended"),
        ] {
            let message = message(&data).unwrap();
            assert_eq!((message.to, message.title.as_str()), (maker, title));
        }
        // By a version that did not say who made it.
        assert!(message(&EventData::CampaignActivated(campaign("scheduled", None))).is_none());
    }
}
