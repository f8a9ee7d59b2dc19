//! A gateway is asked: with a deadline, behind a breaker of its own, and nowhere else than where its account says. What is not
//! answered is unknown, never a failure.

use futures_util::future::{Either, select};
use kirana_edge::breaker::Breaker;
use kirana_edge::{clock, log, wire};
use kirana_gateways::paypal::{AccessToken, postback, read_postback, read_token};
use kirana_gateways::stripe::{self, CardFacts};
use kirana_gateways::{Answer, Call, Doubt, Failure, Gateway, Headers, Invalid, Outcome, Reason, Request, Secret};
use kirana_kernel::Timestamp;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;
use worker::{AbortController, Delay, Env, Fetch, RequestInit, RequestRedirect};

/// How long a gateway may take: with a token and a second step still within what a caller of ours waits.
const DEADLINE: Duration = Duration::from_secs(8);

/// How long is waited for what a card is known by.
const MOMENT: Duration = Duration::from_millis(1_500);

/// How long before its end a token is not used any more.
const TOKEN_MARGIN: Duration = Duration::from_secs(60);

/// The binding with the client certificate that Swish knows us by.
const SWISH_BINDING: &str = "SWISH_CERTIFICATE";

/// What came back.
struct Came {
    status: u16,
    headers: Headers,
    body: Vec<u8>,
}

thread_local! {
    /// One for each gateway, in each isolate.
    static BREAKERS: RefCell<BTreeMap<&'static str, Breaker>> = const { RefCell::new(BTreeMap::new()) };
    /// PayPal's token, whose it is, and until when it is used.
    static TOKEN: RefCell<Option<(String, AccessToken, Timestamp)>> = const { RefCell::new(None) };
}

/// Can this be asked of this gateway at all? Nothing is sent.
///
/// # Errors
/// What the gateway has not, or what is missing.
pub fn check(gateway: &Gateway, call: &Call) -> Result<(), Invalid> {
    let blank = AccessToken { secret: Secret::new("none"), seconds: 0 };
    gateway.request(call, Some(&blank)).map(|_| ())
}

/// Asks.
///
/// # Errors
/// [`Failure`]: refused, and nothing happened; or unknown.
pub async fn ask(env: &Env, gateway: &Gateway, call: &Call) -> Result<Outcome, Failure> {
    let answer = async {
        let token = token(env, gateway).await?;
        let request = gateway.request(call, token.as_ref()).map_err(|invalid| {
            log::error("a call that cannot be written", &[("gateway", gateway.name()), ("why", &invalid.to_string())]);
            Failure::refused(Reason::BadCall, "")
        })?;
        let came = send(env, gateway, &request).await?;
        gateway.parse(call, &came.answer())
    }
    .await;
    if let Err(failure) = &answer {
        if matches!(failure, Failure::Unknown(Doubt::Credentials)) {
            TOKEN.take();
        }
        log::error("a gateway did not do it", &[("gateway", gateway.name()), ("failure", &failure.to_string())]);
    }
    answer
}

/// What a card is known by, whatever its token: Stripe alone says it. It is asked for a moment only, as no payment waits for it: fraud
/// rules do without.
pub async fn card(env: &Env, gateway: &Gateway, token: &str) -> CardFacts {
    let Gateway::Stripe(config) = gateway else { return CardFacts::default() };
    let Ok(request) = stripe::card(config, token) else { return CardFacts::default() };
    if BREAKERS.with_borrow(|breakers| breakers.get(gateway.name()).is_some_and(Breaker::is_open)) {
        return CardFacts::default();
    }
    match select(pin!(once(env, gateway, &request)), pin!(Delay::from(MOMENT))).await {
        Either::Left((Ok(Some(came)), _)) => stripe::read_card(&came.answer()).unwrap_or_default(),
        _ => CardFacts::default(),
    }
}

/// Asks something beside payments: who keeps which methods. What is not done is logged.
///
/// # Errors
/// [`Failure`]: refused, or unknown.
pub async fn exchange<T>(
    env: &Env,
    gateway: &Gateway,
    request: Result<Request, Invalid>,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let answer = async {
        let request = request.map_err(|_| Failure::refused(Reason::BadCall, ""))?;
        read(&send(env, gateway, &request).await?.answer())
    }
    .await;
    if let Err(failure) = &answer {
        log::error("a gateway did not do it", &[("gateway", gateway.name()), ("failure", &failure.to_string())]);
    }
    answer
}

/// Did PayPal send this notice? It is asked, with the notice as it came.
///
/// # Errors
/// [`Failure`]: nobody knows yet; PayPal sends the notice again.
pub async fn is_genuine(env: &Env, gateway: &Gateway, headers: &Headers, body: &[u8]) -> Result<bool, Failure> {
    let (Gateway::PayPal(config), Some(token)) = (gateway, token(env, gateway).await?) else { return Ok(false) };
    let Ok(request) = postback(config, &token, headers, body) else { return Ok(false) };
    read_postback(&send(env, gateway, &request).await?.answer())
}

/// The access token that a gateway wants, if it wants one; kept in memory for less than its time.
async fn token(env: &Env, gateway: &Gateway) -> Result<Option<AccessToken>, Failure> {
    let (Gateway::PayPal(config), Some(request)) = (gateway, gateway.token()) else { return Ok(None) };
    let now = clock::now();
    let kept = TOKEN.with_borrow(|kept| {
        let (whose, token, until) = kept.as_ref()?;
        (*whose == config.client_id && now < *until).then(|| token.clone())
    });
    if kept.is_some() {
        return Ok(kept);
    }
    let token = read_token(&send(env, gateway, &request).await?.answer())?;
    let lives = Duration::from_secs(token.seconds.into()).saturating_sub(TOKEN_MARGIN);
    TOKEN.replace(Some((config.client_id.clone(), token.clone(), now + lives)));
    Ok(Some(token))
}

impl Came {
    fn answer(&self) -> Answer<'_> {
        Answer { status: self.status, headers: &self.headers, body: &self.body }
    }
}

fn learn(name: &'static str, answered: bool) {
    let opened = BREAKERS.with_borrow_mut(|breakers| {
        let breaker = breakers.entry(name).or_default();
        let was_open = breaker.is_open();
        breaker.learn(answered, clock::now());
        breaker.is_open() && !was_open
    });
    if opened {
        log::error("a breaker opened", &[("gateway", name)]);
    }
}

/// Sends a request if the breaker lets it through, and learns from what came.
async fn send(env: &Env, gateway: &Gateway, request: &Request) -> Result<Came, Failure> {
    let name = gateway.name();
    let through = BREAKERS.with_borrow_mut(|breakers| breakers.entry(name).or_default().lets_through(clock::now()));
    if !through {
        return Err(Failure::Unknown(Doubt::Busy { retry_after: Some(1) }));
    }
    let came = once(env, gateway, request).await;
    learn(name, matches!(&came, Ok(Some(came)) if came.status < 500));
    came.ok().flatten().ok_or(Failure::no_answer())
}

/// None after the deadline.
async fn once(env: &Env, gateway: &Gateway, request: &Request) -> worker::Result<Option<Came>> {
    let headers = worker::Headers::new();
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(request.method.as_str().to_owned().into()).with_headers(headers);
    if !request.body.is_empty() {
        init.with_body(Some(request.body.as_str().into()));
    }
    // What proves who we are goes nowhere else.
    init.with_redirect(RequestRedirect::Manual);
    let request = worker::Request::new_with_init(&request.url, &init)?;
    let controller = AbortController::default();
    let signal = controller.signal();
    let certificate = matches!(gateway, Gateway::Swish(_)).then(|| env.service(SWISH_BINDING).ok()).flatten();
    let asked = async {
        let answer = match certificate {
            Some(certificate) => worker::Response::try_from(certificate.fetch_request(request).await?)?,
            None => Fetch::Request(request).send_with_signal(&signal).await?,
        };
        let headers = Headers::from_iter(answer.headers().entries());
        Ok::<_, worker::Error>(Came { status: answer.status_code(), headers, body: wire::bytes(&answer).await? })
    };
    match select(pin!(asked), pin!(Delay::from(DEADLINE))).await {
        Either::Left((came, _)) => came.map(Some),
        Either::Right(_) => {
            // The line is not held any longer.
            controller.abort();
            Ok(None)
        }
    }
}
