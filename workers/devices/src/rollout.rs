//! Roll-outs go on: once a minute, stage by stage, as long as few enough fail.

use crate::api::firmware::trusted;
use crate::api::hub::hub_of;
use crate::db::rollouts::{self, Plan, Rollout};
use crate::db::{self, Device};
use crate::rules::stages::{Next, next};
use kirana_devices::hub::{CommandView, DeviceStatus, Issue};
use kirana_devices::kind::DeviceKind;
use kirana_edge::db::Db;
use kirana_edge::{Problem, Result, clock, log};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use worker::Env;

/// Devices that are sent something in one go: the next minute sends to the next ones.
const AT_ONCE: usize = 100;
/// How long a command of a roll-out waits for its device, in seconds.
const WAIT: u32 = 3 * 24 * 3600;

/// Looks at every roll-out that runs.
pub async fn go_on(env: &Env) {
    let ids = match Db::of(env) {
        Ok(db) => rollouts::running(&db).await,
        Err(problem) => Err(problem),
    };
    for id in ids.unwrap_or_default() {
        if let Err(problem) = step(env, id).await {
            log::error(
                "a roll-out could not go on",
                &[("rollout", &id.to_string()), ("problem", &problem.to_string())],
            );
        }
    }
}

/// One step of one.
///
/// # Errors
/// 503 while a hub does not answer: what was sent is written down, and the rest has its turn in a minute.
pub async fn step(env: &Env, id: Id) -> Result<()> {
    let db = Db::of(env)?;
    let rollout = rollouts::get(&db, id).await?;
    let mut parts = rollouts::parts(&db, id).await?;
    let now = clock::now();
    for part in parts.iter_mut().filter(|part| part.state == "sent") {
        let device = db::device(&db, part.device_id).await?;
        let state = match (&rollout.plan.configuration, &part.reference) {
            (Some(_), Some(version)) => {
                let status: DeviceStatus =
                    hub_of(env, device.store_number).get(&format!("/devices/{}/status", device.id)).await?;
                let took = version.parse().is_ok_and(|version: i64| status.reported_version >= version);
                if took { "done" } else { late(part.sent_at, now) }
            }
            (None, Some(command)) => {
                let commands: Vec<CommandView> =
                    hub_of(env, device.store_number).get(&format!("/devices/{}/commands", device.id)).await?;
                match commands.iter().find(|one| one.id.to_string() == *command).map(|one| one.state.as_str()) {
                    Some("done") => "done",
                    Some("queued" | "sent" | "accepted") => "sent",
                    _ => "failed",
                }
            }
            _ => "failed",
        };
        if state != part.state {
            rollouts::moved(&db, id, part.device_id, state, None, now).await?;
            state.clone_into(&mut part.state);
        }
    }
    let stage = match next(parts.iter().map(|part| (part.stage, part.state.as_str())), rollout.plan.tolerance) {
        Next::Send(stage) => stage,
        Next::Wait => return Ok(()),
        Next::Halt => return rollouts::end(&db, id, "halted").await,
        Next::Done => return rollouts::end(&db, id, "done").await,
    };
    let what = What::of(env, &rollout).await?;
    let turn = parts.iter().filter(|part| part.stage == stage && part.state == "waiting").take(AT_ONCE);
    for part in turn {
        let device = db::device(&db, part.device_id).await?;
        match what.send(env, &rollout, &device).await {
            Ok(reference) => {
                rollouts::moved(&db, id, device.id, "sent", Some(&reference), now).await?;
                let detail = format!("{} by roll-out {id}", what.name());
                db::note(&db, device.id, &rollout.created_by, "rolled_out", &detail, now).await?;
            }
            Err(problem) if problem.status >= 500 => return Err(problem),
            // It is revoked, or its queue is full: this device has not got it.
            Err(_) => rollouts::moved(&db, id, device.id, "failed", None, now).await?,
        }
    }
    Ok(())
}

/// What devices are sent.
enum What<'a> {
    Configuration(&'a Value),
    Command { name: &'a str, args: Value, ttl: u32 },
}

impl<'a> What<'a> {
    /// Of a roll-out. A firmware is looked at anew: who takes its maker's key away stops it.
    async fn of(env: &Env, rollout: &'a Rollout) -> Result<Self> {
        let Plan { configuration, firmware, command, .. } = &rollout.plan;
        if let Some(config) = configuration {
            return Ok(Self::Configuration(config));
        }
        if let Some(command) = command {
            return Ok(Self::Command { name: &command.name, args: command.args.clone(), ttl: command.ttl });
        }
        let kind = DeviceKind::from_name(&rollout.kind).ok_or_else(|| Problem::internal("a kind that is none"))?;
        let manifest = trusted(env, kind, firmware.as_deref().unwrap_or_default()).await?;
        Ok(Self::Command { name: "update_firmware", args: json!(manifest), ttl: WAIT })
    }

    const fn name(&self) -> &str {
        match self {
            Self::Configuration(_) => "configuration",
            Self::Command { name, .. } => name,
        }
    }

    /// Sends it to a device; answers the version of the configuration, or the command.
    async fn send(&self, env: &Env, rollout: &Rollout, device: &Device) -> Result<String> {
        #[derive(Deserialize)]
        struct Version {
            version: i64,
        }
        let hub = hub_of(env, device.store_number).repeatable();
        let path = format!("/devices/{}", device.id);
        match self {
            Self::Configuration(config) => {
                let told: Version = hub.post(&format!("{path}/configuration"), config).await?;
                Ok(told.version.to_string())
            }
            Self::Command { name, args, ttl } => {
                let id = command_id(rollout.id, device.id);
                let by = rollout.created_by.clone();
                let issue = Issue { id, name: (*name).to_owned(), args: args.clone(), ttl: *ttl, by };
                let told: CommandView = hub.post(&format!("{path}/commands"), &issue).await?;
                Ok(told.id.to_string())
            }
        }
    }
}

/// A configuration that a device does not take for days has failed there.
fn late(sent_at: Option<i64>, now: Timestamp) -> &'static str {
    let sent = Timestamp::from_millis(sent_at.unwrap_or(0));
    if now.since(sent) > Duration::from_secs(WAIT.into()) { "failed" } else { "sent" }
}

/// The same command for the same device, however often it is sent.
fn command_id(rollout: Id, device: Id) -> Id {
    crate::api::hub::id_of(&format!("rollout {rollout} {device}"))
}
