//! Events on their way out: kept until every subscriber has acknowledged, as `kirana_events` says.

use super::devices::Device;
use super::session::Moment;
use super::{Hub, Result};
use kirana_events::{
    Ack, DeviceEvent, Event, EventData, MAX_PACK_BYTES, MAX_PACK_EVENTS, Pack, PackedEvent, Subscriber, VERSION,
    resend_after,
};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// Whoever hears of devices.
pub const SUBSCRIBERS: [Subscriber; 2] = [Subscriber::Devices, Subscriber::Notifications];

#[derive(Deserialize)]
struct Row {
    seq: u64,
    #[serde(rename = "type")]
    name: String,
    body: String,
}

#[derive(Default, Deserialize)]
struct Cursor {
    acked: u64,
    sent: u64,
    attempts: u32,
    next_at: i64,
}

impl<S: Sql> Hub<S> {
    /// Writes an event in the transaction of what it tells.
    pub(super) fn tell(&self, device: &Device, data: EventData, moment: &Moment) -> Result<()> {
        let id = moment.id();
        let event = Event {
            id,
            version: VERSION,
            occurred_at: moment.now,
            source: self.source.clone(),
            store_id: Some(device.store_id),
            subject: device.id.to_string(),
            correlation_id: id.to_string(),
            causation_id: None,
            data,
        };
        let name = event.data.type_name();
        match self.together.tell(name, serde_json::to_string(&event)?) {
            Some(body) => Ok(self.sql.run("INSERT INTO outbox (type, body) VALUES (?1, ?2)", values![name, body])?),
            None => Ok(()),
        }
    }

    /// Tells that something is wrong with a device, and writes it into its log.
    pub(super) fn tell_fault(
        &self,
        device: &Device,
        code: &str,
        detail: &str,
        data: Option<Value>,
        moment: &Moment,
    ) -> Result<()> {
        self.note(device.id, moment, "error", &format!("{code}: {detail}"))?;
        let event = DeviceEvent {
            code: Some(code.into()),
            detail: Some(detail.into()),
            data,
            ..DeviceEvent::of(device.id, device.kind.name(), &device.name, moment.now)
        };
        self.tell(device, EventData::DeviceError(event), moment)
    }

    fn cursor(&self, subscriber: Subscriber) -> Result<Cursor> {
        let row = self.sql.first(
            "SELECT acked, sent, attempts, next_at FROM outbox_cursor WHERE subscriber = ?1",
            values![subscriber.name()],
        )?;
        Ok(row.unwrap_or_default())
    }

    fn last(&self) -> Result<u64> {
        #[derive(Deserialize)]
        struct Last {
            last: Option<u64>,
        }
        let row: Option<Last> = self.sql.first("SELECT MAX(seq) AS last FROM outbox", values![])?;
        Ok(row.and_then(|row| row.last).unwrap_or(0))
    }

    /// For each subscriber that is due, what it has not acknowledged; counted as sent.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn packs_due(&self, now: Timestamp) -> Result<Vec<Pack>> {
        self.whole(|| {
            let (mut packs, last) = (Vec::new(), self.last()?);
            for subscriber in SUBSCRIBERS {
                let cursor = self.cursor(subscriber)?;
                if cursor.acked >= last || (cursor.sent > cursor.acked && cursor.next_at > now.millis()) {
                    continue;
                }
                let rows: Vec<Row> = self.sql.query(
                    "SELECT seq, type, body FROM outbox WHERE seq > ?1 ORDER BY seq LIMIT 100",
                    values![i64::try_from(cursor.acked).unwrap_or(0)],
                )?;
                let (mut events, mut bytes, mut upto) = (Vec::new(), 0, cursor.acked);
                for row in rows {
                    bytes += row.body.len();
                    if events.len() == MAX_PACK_EVENTS || (bytes > MAX_PACK_BYTES && !events.is_empty()) {
                        break;
                    }
                    upto = row.seq;
                    if subscriber.hears(&row.name) {
                        events.push(PackedEvent { seq: row.seq, event: RawValue::from_string(row.body)?.into() });
                    }
                }
                let empty = events.is_empty();
                let next_at = (now + resend_after(cursor.attempts)).millis();
                self.sql.run(
                    "INSERT OR REPLACE INTO outbox_cursor (subscriber, acked, sent, attempts, next_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                    values![
                        subscriber.name(),
                        number(if empty { upto } else { cursor.acked }),
                        number(upto.max(cursor.sent)),
                        i64::from(cursor.attempts + 1),
                        next_at
                    ],
                )?;
                if !empty {
                    let source = self.source.clone();
                    packs.push(Pack { source, subscriber, after: cursor.acked, upto, replay: false, events });
                }
            }
            Ok(packs)
        })
    }

    /// A subscriber has everything up to a number. Late and repeated words change nothing.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn acknowledge(&self, ack: Ack) -> Result<()> {
        self.whole(|| {
            self.sql.run(
                "UPDATE outbox_cursor SET acked = ?2, attempts = 0, next_at = 0 WHERE subscriber = ?1 AND acked < ?2 AND sent >= ?2",
                values![ack.subscriber.name(), number(ack.upto)],
            )?;
            Ok(self.sql.run("DELETE FROM outbox WHERE seq <= (SELECT MIN(acked) FROM outbox_cursor)", values![])?)
        })
    }

    pub(super) fn outbox_due(&self) -> Result<Option<Timestamp>> {
        let last = self.last()?;
        let mut next: Option<i64> = None;
        for subscriber in SUBSCRIBERS {
            let cursor = self.cursor(subscriber)?;
            if cursor.acked < last {
                next = Some(next.map_or(cursor.next_at, |at| at.min(cursor.next_at)));
            }
        }
        Ok(next.map(Timestamp::from_millis))
    }

    /// How many events wait for somebody.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn outbox_depth(&self) -> Result<u64> {
        #[derive(Deserialize)]
        struct Depth {
            depth: u64,
        }
        let row: Option<Depth> = self.sql.first("SELECT COUNT(*) AS depth FROM outbox", values![])?;
        Ok(row.map_or(0, |row| row.depth))
    }
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
