//! A provider is asked to take a message: with a deadline, and behind a breaker, so that one that does not answer costs little.

use crate::rules::channel::Provider;
use crate::rules::letter::Message;
use crate::rules::wire::{Call, Reply, Verdict};
use futures_util::future::{Either, select};
use kirana_edge::breaker::Breaker;
use kirana_edge::{clock, log, wire};
use kirana_kernel::Id;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;
use worker::{AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

/// How long a provider may take.
const DEADLINE: Duration = Duration::from_secs(8);

/// Tries in a row of a message that the provider knows again.
const TRIES: u32 = 3;

/// The longest pause between those.
const MAX_PAUSE: Duration = Duration::from_millis(300);

/// What came of it.
pub enum Outcome {
    /// It was asked, or need not be.
    Verdict(Verdict),
    /// It has not answered others lately, and was not asked.
    NotAsked,
}

/// How one call ended.
enum End {
    Answer { status: u16, error_type: Option<String>, body: String },
    Silence,
    Broken,
}

thread_local! {
    /// One for each provider, in each isolate.
    static BREAKERS: RefCell<BTreeMap<&'static str, Breaker>> = const { RefCell::new(BTreeMap::new()) };
}

fn lets_through(provider: &'static str) -> bool {
    BREAKERS.with_borrow_mut(|breakers| breakers.entry(provider).or_default().lets_through(clock::now()))
}

fn learn(provider: &'static str, answered: bool) {
    let opened = BREAKERS.with_borrow_mut(|breakers| {
        let breaker = breakers.entry(provider).or_default();
        let was_open = breaker.is_open();
        breaker.learn(answered, clock::now());
        breaker.is_open() && !was_open
    });
    if opened {
        log::error("a breaker opened", &[("provider", provider)]);
    }
}

/// Asks a provider to take a message, whose id is `id`. At once again only where it knows the message by that.
pub async fn send(provider: &Provider, message: &Message, id: Id) -> Outcome {
    let name = provider.name();
    if !lets_through(name) {
        return Outcome::NotAsked;
    }
    let mut tries = 1;
    loop {
        let call = match provider.call(message, id, clock::now()) {
            Ok(call) => call,
            Err(reason) => return Outcome::Verdict(Verdict::Refused(reason)),
        };
        let end = once(&call).await;
        let verdict = match &end {
            Ok(End::Answer { status, error_type, body }) => {
                learn(name, *status < 500);
                provider.judge(Reply { status: *status, error_type: error_type.as_deref(), body })
            }
            Ok(End::Silence) => {
                learn(name, false);
                let seconds = DEADLINE.as_secs();
                Verdict::Later(format!("{name} did not answer within {seconds} seconds; it may have taken it"))
            }
            Ok(End::Broken) | Err(_) => {
                learn(name, false);
                Verdict::Later(format!("{name} could not be reached"))
            }
        };
        let fault = matches!(&end, Ok(End::Broken)) || matches!(&end, Ok(End::Answer { status: 500.., .. }));
        if !fault || !provider.is_idempotent() || tries == TRIES {
            return Outcome::Verdict(verdict);
        }
        // Full jitter: what failed together does not come back together.
        Delay::from(MAX_PAUSE * (u32::from_le_bytes(clock::random()) % 1_000) / 1_000).await;
        tries += 1;
    }
}

fn request(call: &Call) -> worker::Result<Request> {
    let headers = Headers::new();
    for (name, value) in &call.headers {
        headers.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(Some(call.body.as_str().into()));
    // What proves who we are goes nowhere else.
    init.with_redirect(RequestRedirect::Manual);
    Request::new_with_init(&call.url, &init)
}

async fn once(call: &Call) -> worker::Result<End> {
    let request = request(call)?;
    let controller = AbortController::default();
    let signal = controller.signal();
    let asked = async {
        let answer = Fetch::Request(request).send_with_signal(&signal).await?;
        let error_type = answer.headers().get("x-amzn-errortype")?;
        Ok::<_, worker::Error>((answer.status_code(), error_type, wire::text(&answer).await?))
    };
    let ended = match select(pin!(asked), pin!(Delay::from(DEADLINE))).await {
        Either::Left((Ok((status, error_type, body)), _)) => Some(End::Answer { status, error_type, body }),
        Either::Left((Err(_), _)) => Some(End::Broken),
        Either::Right(_) => None,
    };
    Ok(ended.unwrap_or_else(|| {
        // The line is not held any longer.
        controller.abort();
        End::Silence
    }))
}
