//! What other workers answer of a sale, and what becomes of one that stays too long where it is.

use super::{Row, Sale};
use crate::hub::devices::Device;
use crate::hub::session::{Moment, Output};
use crate::hub::work::Target;
use crate::hub::{Hub, Result};
use crate::sale::{Input, State};
use kirana_sql::{Sql, values};
use serde_json::{Value, json};
use std::time::Duration;

impl<S: Sql> Hub<S> {
    /// A worker answered a call of a sale.
    pub(in crate::hub) fn sale_answered(
        &self,
        device: &Device,
        session: &str,
        step: &str,
        answer: &std::result::Result<Value, (u16, String)>,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        let Some(mut sale) = self.sale(device.id, session)? else { return Ok(Vec::new()) };
        let order = sale.order.map(|order| format!("/api/v1/orders/{order}")).unwrap_or_default();
        match (step, answer) {
            ("place", Ok(order)) => {
                sale.order = order["id"].as_str().and_then(|id| id.parse().ok());
                sale.total = order["totals"]["total"].clone();
                self.go(device, session, &mut sale, Input::Placed, moment)
            }
            ("place", Err((_, words))) => {
                let outputs =
                    self.say(device, json!({"session": session, "state": "refused", "detail": words}), moment)?;
                self.go(device, session, &mut sale, Input::NotPlaced, moment)?;
                Ok(outputs)
            }
            ("pay", Ok(payment)) => {
                let mut outputs = Vec::new();
                match payment["status"].as_str() {
                    Some("failed" | "cancelled") => {
                        return self.go(device, session, &mut sale, Input::Declined, moment);
                    }
                    Some("requires_action") => {
                        let words = json!({"session": session, "state": "action", "action": payment["action"]});
                        outputs = self.say(device, words, moment)?;
                    }
                    _ => {}
                }
                self.look(device, session, &order, Duration::from_millis(300), moment)?;
                Ok(outputs)
            }
            ("pay", Err(_)) => self.go(device, session, &mut sale, Input::Declined, moment),
            ("look", Ok(found)) => self.looked(device, session, &mut sale, found, &order, moment),
            ("preparing", Ok(_)) => self.step_order(device, session, "ready", &order, moment).map(|()| Vec::new()),
            ("ready", Ok(_)) => self.step_order(device, session, "collected", &order, moment).map(|()| Vec::new()),
            ("collected", Ok(_)) => self.go(device, session, &mut sale, Input::HandedOver, moment),
            ("call_off", Ok(_)) => self.go(device, session, &mut sale, Input::OrderCalledOff, moment),
            // It is over already: not paid in time, or called off by a person.
            ("call_off", Err((409, _))) => self.go(device, session, &mut sale, Input::OrderGone, moment),
            (_, Err((_, words))) => {
                let data = json!({"session": session, "order_id": sale.order});
                self.tell_fault(device, "sale_stuck", &format!("{step}: {words}"), Some(data), moment)?;
                Ok(Vec::new())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Looks in a moment whether the order is paid.
    fn look(&self, device: &Device, session: &str, order: &str, wait: Duration, moment: &Moment) -> Result<()> {
        let call = ("GET", order.to_owned(), Value::Null);
        self.ask_for(device, session, "look", Target::Orders, call, None, moment.now + wait)
    }

    fn looked(
        &self,
        device: &Device,
        session: &str,
        sale: &mut Sale,
        found: &Value,
        order: &str,
        moment: &Moment,
    ) -> Result<Vec<Output>> {
        match found["status"].as_str() {
            Some("confirmed" | "preparing" | "ready") => self.go(device, session, sale, Input::Paid, moment),
            Some("placed") if !matches!(sale.state, State::Unpaid | State::Paying) => Ok(Vec::new()),
            // The failure of this payment, not of one before: those are counted by the payments that the order knows.
            Some("placed") if found["payment"]["last_failure"].is_string() && sale.looks > 0 && sale.payments <= 1 => {
                self.go(device, session, sale, Input::Declined, moment)
            }
            Some("placed") => {
                sale.looks += 1;
                self.save_sale(device.id, session, sale)?;
                let wait = Duration::from_millis(if sale.looks < 20 { 500 } else { 3000 });
                self.look(device, session, order, wait, moment).map(|()| Vec::new())
            }
            _ => self.go(device, session, sale, Input::OrderGone, moment),
        }
    }

    /// Sales that stay too long where they are.
    pub(in crate::hub) fn sales_due(&self, moment: &Moment) -> Result<Vec<Output>> {
        let rows: Vec<Row> = self.sql.query(
            "SELECT device, session, body FROM sales WHERE due <= ?1 ORDER BY due LIMIT 50",
            values![moment.now.millis()],
        )?;
        let mut outputs = Vec::new();
        for row in rows {
            let Some(device) = self.find(row.device)? else { continue };
            let mut sale: Sale = serde_json::from_str(&row.body)?;
            match sale.state {
                State::Unpaid | State::Paying => {
                    sale.reason = Some("nobody paid in time".into());
                    outputs.extend(self.go(&device, &row.session, &mut sale, Input::GivenUp, moment)?);
                }
                State::Vending => {
                    outputs.extend(self.not_vended(&device, &row.session, sale, "the machine said nothing", moment)?);
                }
                // The calls of these are made until somebody answers; a person should know that it takes so long.
                _ => {
                    let data = json!({"session": row.session, "order_id": sale.order});
                    self.tell_fault(&device, "sale_stuck", sale.state.name(), Some(data), moment)?;
                    sale.until = moment.now + Duration::from_secs(3600);
                    self.save_sale(device.id, &row.session, &sale)?;
                }
            }
        }
        Ok(outputs)
    }
}
