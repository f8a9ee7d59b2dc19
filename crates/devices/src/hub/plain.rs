//! Protocol 1: what a frame means.

use super::lines::{Frame, as_fault, told};
use super::session::{Moment, Output, Say, Session};
use super::telemetry::is_watched;
use super::{Hub, Result};
use crate::bucket::LIMITS;
use crate::fault::Fault;
use crate::frame::{Desired, FromDevice, Hello, ToDevice, text};
use crate::health::{INTERVAL, INTERVALS};
use crate::proof::{challenge_text, is_proved};
use kirana_sql::{Sql, values};

fn here(frame: &ToDevice<'_>) -> Output {
    Output::here(Say::Text(text(frame)))
}

impl<S: Sql> Hub<S> {
    /// What most frames are, which write nothing or one statement: they need no transaction. Nothing for any other.
    pub(super) fn hear_light(
        &self,
        session: &Session,
        frame: &FromDevice,
        moment: &Moment,
    ) -> Result<Option<Vec<Output>>> {
        let is_light = match frame {
            FromDevice::Heartbeat {} | FromDevice::Time { .. } => true,
            FromDevice::Telemetry(_) => !is_watched(session.kind),
            _ => false,
        };
        if !is_light || !session.is_open() || !self.speaks(session)? {
            return Ok(None);
        }
        let answer = match frame {
            FromDevice::Heartbeat {} => Ok(vec![here(&ToDevice::Heartbeat {})]),
            FromDevice::Time { sent } => Ok(vec![here(&ToDevice::Time { sent: *sent, now: moment.now.millis() })]),
            FromDevice::Telemetry(told) => self.sum_up(session.device, session.kind, told, moment).map(|_| Vec::new()),
            _ => return Ok(None),
        };
        answer.or_else(|refusal| as_fault(refusal).map(|fault| told(&fault))).map(Some)
    }

    pub(super) fn hear_frame(&self, session: &mut Session, frame: &Frame, moment: &Moment) -> Result<Vec<Output>> {
        let frame = match frame {
            Ok(frame) => frame,
            // Who has not said who it is gets no second try.
            Err(fault) => return Ok(told(&Fault { fatal: fault.fatal || !session.is_open(), ..fault.clone() })),
        };
        if let FromDevice::Hello(hello) = frame {
            return self.hello(session, hello, moment);
        }
        let Some(mut device) = self.speaker(session)?.filter(|_| session.is_open()) else {
            return Ok(told(&Fault::fatal("not_welcome", "say hello first, with a proof of this device's key")));
        };
        let answer = match frame {
            FromDevice::Hello(_) => return Ok(Vec::new()),
            // Mostly heard lightly; here behind others of the same line.
            FromDevice::Heartbeat {} => Ok(vec![here(&ToDevice::Heartbeat {})]),
            FromDevice::Time { sent } => Ok(vec![here(&ToDevice::Time { sent: *sent, now: moment.now.millis() })]),
            FromDevice::Telemetry(measured) => self.measured(&mut device, measured, moment).map(|()| Vec::new()),
            FromDevice::Reported { version, config } => self.reported(&device, *version, config).map(|()| Vec::new()),
            FromDevice::Ack(ack) => self.acknowledged(&device, ack, moment),
            FromDevice::Events(batch) => {
                if batch.first > device.upto + 1 {
                    return Ok(vec![here(&ToDevice::Resend { from: device.upto + 1 })]);
                }
                let (faults, mut outputs) = self.take_events(&mut device, batch.first, &batch.events, moment)?;
                outputs.extend(faults.iter().map(|fault| here(&ToDevice::Error(fault))));
                outputs.push(here(&ToDevice::Acked { upto: device.upto }));
                Ok(outputs)
            }
        };
        answer.or_else(|refusal| as_fault(refusal).map(|fault| told(&fault)))
    }

    fn hello(&self, session: &mut Session, hello: &Hello, moment: &Moment) -> Result<Vec<Output>> {
        let refused = |detail: &str| Ok(told(&Fault::fatal("not_welcome", detail)));
        let Some(nonce) = session.nonce.clone().filter(|_| !session.is_open()) else {
            return refused("this line has been welcomed: a challenge is answered once");
        };
        let Some(mut device) = self.find(session.device)?.filter(|device| device.revoked == 0) else {
            return refused("this device is revoked");
        };
        let asked = challenge_text(device.id, &nonce);
        if !is_proved(&device.key()?, &self.secret, device.id, &asked, &hello.proof) {
            self.note(device.id, moment, "error", "somebody without its key tried to connect as it")?;
            return refused("the proof is no signature of the challenge by this device's key");
        }
        let interval = hello.interval.unwrap_or(INTERVAL);
        if !INTERVALS.contains(&interval) {
            let detail = format!("interval: expected {} to {} seconds", INTERVALS.start(), INTERVALS.end());
            return Ok(told(&Fault::fatal("malformed", detail)));
        }
        session.interval = interval;
        let mut outputs = self.begin_line(session, &mut device, hello.firmware.as_deref(), moment)?;
        if hello.reset {
            device.upto = 0;
            self.together.forget(&device.id.to_string());
            self.sql.run("UPDATE devices SET upto = 0 WHERE id = ?1", values![device.id.to_string()])?;
        }
        let config = device.told_config()?;
        let config = serde_json::from_str(&config)?;
        let behind = device.reported_version < device.desired_version;
        outputs.push(here(&ToDevice::Welcome {
            interval,
            upto: device.upto,
            desired: behind.then_some(Desired { version: device.desired_version, config }),
            limits: LIMITS,
            now: moment.now,
        }));
        outputs.extend(self.send_waiting(&device, moment)?);
        Ok(outputs)
    }
}
