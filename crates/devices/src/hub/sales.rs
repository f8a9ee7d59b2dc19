//! Sales at machines: what happens at the machine and what the platform's own workers answer move a sale along its table
//! ([`crate::sale`]); each move asks for what comes next. The order holds the stock from the moment the product is chosen, and calling it off
//! gives back whatever was paid: the money is where it always is.

mod answers;

use super::answer::Issue;
use super::devices::Device;
use super::events::text;
use super::session::{Moment, Output};
use super::takings::Tender;
use super::work::{Call, Target};
use super::{Hub, Refusal, Result};
use crate::frame::AckState;
use crate::sale::{Input, State};
use kirana_kernel::{Id, Timestamp};
use kirana_sql::{Sql, values};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

/// How long somebody may take to pay.
const PAY_WITHIN: Duration = Duration::from_secs(120);
/// How long a machine may take to hand out.
const VEND_WITHIN: Duration = Duration::from_secs(90);
/// How long words for its display are worth anything, in seconds.
const WORDS_LAST: u32 = 60;

/// A sale.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sale {
    slot: String,
    sku: String,
    state: State,
    /// The order that holds its stock.
    #[serde(default)]
    order: Option<Id>,
    /// What it costs.
    #[serde(default)]
    total: Value,
    /// Payments that were begun: each has a key of its own.
    #[serde(default)]
    payments: u32,
    /// When it was last looked at whether it is paid.
    #[serde(default)]
    looks: u32,
    /// Why it is called off.
    #[serde(default)]
    reason: Option<String>,
    /// Until when it may stay where it is.
    until: Timestamp,
}

#[derive(Deserialize)]
struct Row {
    device: Id,
    session: String,
    body: String,
}

impl<S: Sql> Hub<S> {
    fn sale(&self, device: Id, session: &str) -> Result<Option<Sale>> {
        let row: Option<Row> = self.sql.first(
            "SELECT device, session, body FROM sales WHERE device = ?1 AND session = ?2",
            values![device.to_string(), session],
        )?;
        Ok(row.map(|row| serde_json::from_str(&row.body)).transpose()?)
    }

    fn save_sale(&self, device: Id, session: &str, sale: &Sale) -> Result<()> {
        let due = (!sale.state.is_over()).then_some(sale.until.millis());
        Ok(self.sql.run(
            "INSERT OR REPLACE INTO sales (device, session, state, due, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            values![device.to_string(), session, sale.state.name(), due, serde_json::to_string(sale)?],
        )?)
    }

    /// Something happened to a sale at its machine.
    pub(super) fn sale_event(&self, device: &Device, name: &str, data: &Value, moment: &Moment) -> Result<Vec<Output>> {
        let session = text(data, "session", 64)?;
        if !session.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            let message = "expected letters, digits, - and _".into();
            return Err(Refusal::Invalid { path: "data.session".into(), message });
        }
        if name == "sale_selected" {
            return self.select(device, &session, &text(data, "slot", 20)?, moment);
        }
        let Some(mut sale) = self.sale(device.id, &session)? else {
            return Err(Refusal::Unknown(format!("there is no sale {session}")));
        };
        match name {
            "sale_paid" => {
                // A token of the card reader; or none, and the customer's telephone pays what the machine then shows as a QR code.
                let mut body = json!({"order_id": sale.order, "gateway": text(data, "gateway", 40)?});
                for (name, longest) in [("token", 300), ("return_url", 500)] {
                    if data.get(name).is_some() {
                        body[name] = text(data, name, longest)?.into();
                    }
                }
                if sale.state != State::Unpaid {
                    return Ok(Vec::new());
                }
                sale.payments += 1;
                let key = format!("vend-pay-{}-{session}-{}", device.id, sale.payments);
                self.go(device, &session, &mut sale, Input::PaymentBegun, moment)?;
                let path = "/api/v1/payments/initiate".to_owned();
                self.ask_for(device, &session, "pay", Target::Payments, ("POST", path, body), Some(key), moment.now)?;
                Ok(Vec::new())
            }
            "sale_cancelled" => {
                sale.reason.get_or_insert_with(|| "the customer changed their mind at the machine".into());
                self.go(device, &session, &mut sale, Input::GivenUp, moment)
            }
            "sale_result" => match text(data, "outcome", 40)?.as_str() {
                "vended" => self.vended(device, &session, sale, moment),
                "motor_failed" | "jammed" | "empty" => {
                    let outcome = data["outcome"].as_str().unwrap_or_default();
                    self.not_vended(device, &session, sale, outcome, moment)
                }
                _ => {
                    let message = "expected vended, motor_failed, jammed or empty".into();
                    Err(Refusal::Invalid { path: "data.outcome".into(), message })
                }
            },
            _ => Ok(Vec::new()),
        }
    }

    fn select(&self, device: &Device, session: &str, slot: &str, moment: &Moment) -> Result<Vec<Output>> {
        if self.sale(device.id, session)?.is_some() {
            // Told twice: it is under way.
            return Ok(Vec::new());
        }
        let column = self.slot(device.id, slot)?;
        if column.count == 0 || column.blocked == 1 {
            let why = if column.blocked == 1 { "blocked" } else { "sold_out" };
            return self.say(device, json!({"session": session, "state": "refused", "code": why}), moment);
        }
        let sale = Sale {
            slot: slot.into(),
            sku: column.sku.clone(),
            state: State::Placing,
            order: None,
            total: Value::Null,
            payments: 0,
            looks: 0,
            reason: None,
            until: moment.now + PAY_WITHIN,
        };
        self.save_sale(device.id, session, &sale)?;
        let line = json!({"variant_sku": column.sku, "quantity": 1, "modifiers": column.modifiers()?});
        let body = json!({"store_id": device.store_id, "lines": [line], "fulfilment": "vending", "note": format!("column {slot}")});
        let key = format!("vend-order-{}-{session}", device.id);
        let call = ("POST", "/api/v1/orders".to_owned(), body);
        self.ask_for(device, session, "place", Target::Orders, call, Some(key), moment.now)?;
        Ok(Vec::new())
    }

    #[allow(clippy::too_many_arguments)] // a call, and which step of which sale it is
    fn ask_for(
        &self,
        device: &Device,
        session: &str,
        step: &str,
        target: Target,
        (method, path, body): (&str, String, Value),
        key: Option<String>,
        at: Timestamp,
    ) -> Result<()> {
        let sale = Some((session.to_owned(), step.to_owned()));
        self.ask(&Call { target, device: device.id, sale, method: method.into(), path, body, key }, at)
    }

    /// Words for the machine's display: a command that may come too late.
    fn say(&self, device: &Device, words: Value, moment: &Moment) -> Result<Vec<Output>> {
        let issue = Issue { id: moment.id(), name: "sale".into(), args: words, ttl: WORDS_LAST, by: "platform".into() };
        match self.issue_to(device, &issue, moment) {
            Err(Refusal::Conflict(..)) => Ok(Vec::new()),
            other => other,
        }
    }

    /// Moves a sale and asks for what comes next. What makes no difference any more changes nothing.
    fn go(
        &self,
        device: &Device,
        session: &str,
        sale: &mut Sale,
        input: Input,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        let Some(next) = sale.state.next(input) else { return Ok(Vec::new()) };
        sale.state = next;
        let order = sale.order.map(|order| format!("/api/v1/orders/{order}")).unwrap_or_default();
        let outputs = match next {
            State::Placing => Vec::new(),
            State::Unpaid => {
                sale.until = moment.now + PAY_WITHIN;
                let state = if input == Input::Declined { "declined" } else { "price" };
                let words = json!({"session": session, "state": state, "total": sale.total, "order_id": sale.order});
                self.say(device, words, moment)?
            }
            State::Paying => {
                sale.until = moment.now + PAY_WITHIN;
                sale.looks = 0;
                Vec::new()
            }
            State::Vending => {
                sale.until = moment.now + VEND_WITHIN;
                let args = json!({"session": session, "slot": sale.slot, "sku": sale.sku});
                let ttl = u32::try_from(VEND_WITHIN.as_secs()).unwrap_or(90);
                let issue = Issue { id: moment.id(), name: "vend".into(), args, ttl, by: "platform".into() };
                self.issue_to(device, &issue, moment)?
            }
            State::HandingOver => {
                sale.until = moment.now + Duration::from_secs(3600);
                self.taken(device.id, &sale.slot)?;
                self.step_order(device, session, "preparing", &order, moment)?;
                self.say(device, json!({"session": session, "state": "done"}), moment)?
            }
            State::CallingOff => {
                sale.until = moment.now + Duration::from_secs(3600);
                let body = json!({"reason": sale.reason.clone().unwrap_or_else(|| "nobody paid in time".into())});
                let call = ("POST", format!("{order}/cancel"), body);
                self.ask_for(device, session, "call_off", Target::Orders, call, None, moment.now)?;
                let words = json!({"session": session, "state": "called_off", "reason": sale.reason});
                self.say(device, words, moment)?
            }
            State::Done => {
                self.took(device.id, Tender::Cashless, sale.total["amount"].as_i64().unwrap_or(0), moment.now)?;
                Vec::new()
            }
            State::CalledOff | State::Refused => Vec::new(),
        };
        self.save_sale(device.id, session, sale)?;
        Ok(outputs)
    }

    fn step_order(&self, device: &Device, session: &str, to: &str, order: &str, moment: &Moment) -> Result<()> {
        let call = ("PUT", format!("{order}/status"), json!({"status": to}));
        self.ask_for(device, session, to, Target::Orders, call, None, moment.now)
    }

    fn vended(&self, device: &Device, session: &str, mut sale: Sale, moment: &Moment) -> Result<Vec<Output>> {
        if matches!(sale.state, State::CallingOff | State::CalledOff) {
            let words = format!("sale {session} was handed out after its money was given back");
            self.tell_fault(device, "vended_after_refund", &words, Some(json!({"order_id": sale.order})), moment)?;
            self.taken(device.id, &sale.slot)?;
            return Ok(Vec::new());
        }
        self.go(device, session, &mut sale, Input::Vended, moment)
    }

    fn not_vended(
        &self,
        device: &Device,
        session: &str,
        mut sale: Sale,
        why: &str,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        if sale.state != State::Vending {
            return Ok(Vec::new());
        }
        sale.reason = Some(format!("the machine did not hand it out: {why}"));
        self.sql.run(
            "UPDATE slots SET blocked = 1 WHERE device = ?1 AND slot = ?2",
            values![device.id.to_string(), sale.slot.as_str()],
        )?;
        let data = json!({"session": session, "slot": sale.slot, "order_id": sale.order});
        self.tell_fault(device, "not_vended", &format!("column {}: {why}", sale.slot), Some(data), moment)?;
        self.go(device, session, &mut sale, Input::NotVended, moment)
    }

    /// The machine acknowledged its command to hand out.
    pub(super) fn vend_acknowledged(
        &self,
        device: &Device,
        args: &Value,
        state: AckState,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        let session = args["session"].as_str().unwrap_or_default();
        let Some(sale) = self.sale(device.id, session)? else { return Ok(Vec::new()) };
        match state {
            AckState::Done => self.vended(device, session, sale, moment),
            AckState::Accepted => Ok(Vec::new()),
            AckState::Failed | AckState::Rejected => self.not_vended(device, session, sale, "motor_failed", moment),
        }
    }
}
