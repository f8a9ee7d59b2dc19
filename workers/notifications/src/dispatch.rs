//! Letters leave: whatever is due is written with what identity says now, and given to its channel.
//!
//! A letter is noted in the batch of its event (`apply`), and sent only after that: a batch may be tried twice. Who tries has it
//! to himself for a while; when he dies, somebody else tries after that, which is the one way a letter may go out twice, and not
//! where the provider knows it again.

use crate::db::{self, Due};
use crate::post::{self, Outcome};
use crate::rules::channel::{Channel, Provider, Settings, channel};
use crate::rules::delivery::{MAX_ATTEMPTS, pause};
use crate::rules::letter::{Kind, Medium, Message, wanted, write};
use crate::rules::wire::Verdict;
use futures_util::future::join_all;
use kirana_contracts::letter::LetterSecret;
use kirana_edge::db::{Db, Statement};
use kirana_edge::{Problem, Result, call, clock, log, outage, principal};
use kirana_events::{Event, EventData};
use kirana_kernel::{Id, Timestamp};
use std::time::Duration;
use worker::{Delay, Env};

/// Letters that are on their way at once: the runtime holds six lines open, and one asks identity.
const AT_ONCE: usize = 5;

/// How long one call of [`due`] begins to send more: with what is under way then, within the half minute that the runtime gives it.
const ROUNDS: Duration = Duration::from_secs(8);

/// How long a letter waits for a provider that does not answer others.
const WHILE_OPEN: Duration = Duration::from_secs(10);

/// How long a letter waits for a deployment to be mended.
const WHILE_WRONG: Duration = Duration::from_secs(60);

/// The statements that note the letter of an event, if it asks for one.
#[must_use]
pub fn apply(event: &Event) -> Vec<Statement> {
    if let EventData::CustomerErased(erased) = &event.data {
        return db::forget(erased.user_id);
    }
    wanted(&event.data).map(|wanted| db::note(&wanted, &event.id.to_string(), clock::now())).into_iter().collect()
}

/// The deployment's way of a medium.
///
/// # Errors
/// With what is wrong with the deployment, in words, without any secret.
pub fn way(env: &Env, medium: Medium) -> Result<Channel, String> {
    let var = |name: &str| env.var(name).map(|value| value.to_string()).unwrap_or_default();
    let secrets = env.secret("PROVIDER_SECRETS").map(|value| value.to_string()).unwrap_or_default();
    let [name, from, api] = match medium {
        Medium::Letter => ["LETTER_CHANNEL", "LETTER_FROM", "LETTER_API"],
        Medium::Text => ["TEXT_CHANNEL", "TEXT_FROM", "TEXT_API"],
    };
    let settings = Settings { channel: var(name), from: var(from), api: var(api), region: var("SES_REGION"), secrets };
    channel(medium, &settings)
}

/// Sends what is due. A fault is logged, and what is left is tried by whoever calls next: the next batch of events, or cron.
pub async fn due(env: &Env) {
    if let Err(problem) = rounds(env).await {
        log::error("letters could not be sent", &[("problem", &problem.to_string())]);
    }
}

async fn rounds(env: &Env) -> Result<()> {
    let (db, begun) = (Db::of(env)?, clock::now());
    while clock::now().since(begun) < ROUNDS {
        let claimed = db::claim(&db, clock::now(), AT_ONCE).await?;
        let full = claimed.len() == AT_ONCE;
        join_all(claimed.iter().map(|due| one(env, &db, due))).await;
        if !full {
            break;
        }
    }
    Ok(())
}

/// Throws away what is old.
///
/// # Errors
/// 500 when the database refuses.
pub async fn sweep(env: &Env) -> Result<()> {
    Db::of(env)?.batch(db::sweep(clock::now())).await?;
    Ok(())
}

async fn one(env: &Env, db: &Db, due: &Due) {
    let statements = match prepare(env, db, due).await {
        Ok(Ready::Message(message, Channel::Outbox)) => kept(due, &message),
        Ok(Ready::Message(message, Channel::Provider(provider))) => sent(env, due, &message, &provider).await,
        Ok(Ready::HeldBack(why)) => {
            let reason = format!("nothing is sent to this address: {why}");
            told("a letter is not sent: its address takes none", due, "");
            vec![db::failed(due, None, &reason, clock::now())]
        }
        Ok(Ready::Expired) => {
            told("a letter is not sent: what it says is good no more", due, "");
            vec![db::expired(due, clock::now())]
        }
        Ok(Ready::Wrong(reason)) => {
            log::error("letters wait for the deployment to be mended", &[("reason", &reason)]);
            vec![db::put_off(due, &reason, clock::now() + WHILE_WRONG)]
        }
        Err(problem) => {
            log::error("a letter could not be written", &[("letter", &due.id.to_string()), ("code", &problem.code)]);
            vec![db::put_off(due, "identity did not answer", clock::now() + WHILE_OPEN)]
        }
    };
    settle(db, due, statements).await;
}

/// Writes down what came of a letter. What a provider has taken and nobody knows of would be sent again: so more than once.
async fn settle(db: &Db, due: &Due, statements: Vec<Statement>) {
    for pause in [Duration::from_millis(200), Duration::from_secs(1), Duration::ZERO] {
        let Err(error) = outage::persist(true, async || db.batch(statements.clone()).await).await else { return };
        let (id, error) = (due.id.to_string(), error.to_string());
        log::error("what came of a letter could not be written down", &[("letter", &id), ("error", &error)]);
        Delay::from(pause).await;
    }
}

/// What is to be done with a letter.
enum Ready {
    Message(Message, Channel),
    HeldBack(String),
    Expired,
    Wrong(String),
}

async fn prepare(env: &Env, db: &Db, due: &Due) -> Result<Ready> {
    let secret = match due.ticket {
        Some(ticket) => match secret(env, ticket).await? {
            Some(secret) if secret.expires_at > clock::now() => Some(secret),
            // Used or too old by now: nobody waits for this letter any more.
            _ => return Ok(Ready::Expired),
        },
        None => None,
    };
    let url = env.var("PUBLIC_URL")?.to_string();
    let message = Kind::from_name(&due.kind).and_then(|kind| {
        let to = (due.name.as_str(), due.address.as_str());
        write(kind, to, url.trim_end_matches('/'), secret.as_ref(), due.words.as_deref())
    });
    let Some(message) = message else { return Ok(Ready::Wrong(format!("{} is no letter of this version", due.kind))) };
    if message.medium == Medium::Letter
        && let Some(why) = db::held_back(db, &message.to).await?
    {
        return Ok(Ready::HeldBack(why));
    }
    Ok(match way(env, message.medium) {
        Ok(channel) => Ready::Message(message, channel),
        Err(reason) => Ready::Wrong(reason),
    })
}

async fn secret(env: &Env, ticket: Id) -> Result<Option<LetterSecret>> {
    let identity = call::service(env, "IDENTITY", &principal::service("notifications"));
    match identity.get(&format!("/internal/tickets/{ticket}")).await {
        Ok(secret) => Ok(Some(secret)),
        Err(problem) if problem.status == 404 => Ok(None),
        Err(problem) => Err(Problem { detail: String::new(), ..problem }),
    }
}

fn kept(due: &Due, message: &Message) -> Vec<Statement> {
    log::info("a letter is in the outbox; this channel sends nothing", &[("title", message.title)]);
    let now = clock::now();
    let mut statements = db::keep(due, message, now);
    statements.push(db::sent(due.id, "outbox", None, now));
    statements
}

async fn sent(env: &Env, due: &Due, message: &Message, provider: &Provider) -> Vec<Statement> {
    let channel = provider.name();
    let outcome = post::send(provider, message, due.id).await;
    let now = clock::now();
    vec![match outcome {
        Outcome::NotAsked => {
            let reason = format!("{channel} does not answer: it is not asked for a moment");
            db::put_off(due, &reason, at(now, WHILE_OPEN, 1))
        }
        Outcome::Verdict(Verdict::Accepted(number)) => {
            told("a letter is sent", due, channel);
            db::sent(due.id, channel, number, now)
        }
        Outcome::Verdict(Verdict::Refused(reason)) => {
            told(&reason, due, channel);
            db::failed(due, Some(channel), &reason, now)
        }
        Outcome::Verdict(Verdict::Later(reason)) if due.attempts >= MAX_ATTEMPTS => {
            told(&reason, due, channel);
            db::failed(due, Some(channel), &format!("given up after {} tries: {reason}", due.attempts), now)
        }
        Outcome::Verdict(Verdict::Later(reason)) => {
            told(&reason, due, channel);
            let first = env.var("LETTER_RETRY_SECONDS").ok().and_then(|value| value.to_string().parse().ok());
            db::later(due, channel, &reason, at(now, Duration::from_secs(first.unwrap_or(15)), due.attempts))
        }
    }]
}

fn at(now: Timestamp, first: Duration, attempt: u32) -> Timestamp {
    now + pause(first, attempt, u32::from_le_bytes(clock::random()))
}

/// Logged: which letter and how it goes, never to whom or what it says.
fn told(what: &str, due: &Due, channel: &str) {
    let (id, tries) = (due.id.to_string(), due.attempts.to_string());
    log::info(what, &[("letter", &id), ("kind", &due.kind), ("channel", channel), ("try", &tries)]);
}
