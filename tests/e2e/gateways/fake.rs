//! A gateway of the tests, on this machine: it speaks as Stripe does and moves no money. It keeps keys of idempotency as Stripe does,
//! counts for each how often it took money, and can charge and not answer, fall silent, or refuse to give back. The real peer, localstripe,
//! knows no keys.

use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

/// What its notices are signed with.
pub const SECRET: &str = "a notice secret of the tests";

#[derive(Default)]
struct State {
    intents: BTreeMap<String, Value>,
    /// What a key was answered: the intent or the refund.
    keys: BTreeMap<String, Value>,
    /// How often money was taken, by our payment.
    taken: BTreeMap<String, u32>,
    /// How often money was given back, by our refund.
    given: BTreeMap<String, u32>,
    asked: usize,
    refusals: u32,
    refusal: String,
}

/// The gateway, until this process ends.
pub struct Fake {
    pub url: String,
    state: Arc<Mutex<State>>,
    dark: Arc<AtomicBool>,
}

struct Call {
    line: String,
    key: String,
    form: BTreeMap<String, String>,
}

impl Fake {
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (state, dark) = (Arc::<Mutex<State>>::default(), Arc::new(AtomicBool::new(false)));
        let shared = (Arc::clone(&state), Arc::clone(&dark));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (state, dark) = shared.clone();
                std::thread::spawn(move || answer(stream, &state, &dark).ok());
            }
        });
        Self { url, state, dark }
    }

    /// From now on it says nothing, or speaks again.
    pub fn set_dark(&self, dark: bool) {
        self.dark.store(dark, Ordering::SeqCst);
    }

    /// It refuses the next so many refunds, with this code.
    pub fn refuse_refunds(&self, times: u32, code: &str) {
        let mut state = self.state.lock().unwrap();
        (state.refusals, state.refusal) = (times, code.to_owned());
    }

    /// How many calls it has heard.
    pub fn asked(&self) -> usize {
        self.state.lock().unwrap().asked
    }

    /// How often it took money for each payment.
    pub fn taken(&self) -> BTreeMap<String, u32> {
        self.state.lock().unwrap().taken.clone()
    }

    /// How often it gave back for each refund.
    pub fn given(&self) -> BTreeMap<String, u32> {
        self.state.lock().unwrap().given.clone()
    }

    /// The customer has done what their bank asked, or the bank is done: as nobody told us yet.
    pub fn succeed(&self, reference: &str) {
        let mut state = self.state.lock().unwrap();
        let intent = state.intents.get_mut(reference).unwrap();
        intent["status"] = json!("succeeded");
        intent["amount_received"] = intent["amount"].clone();
        let payment = intent["metadata"]["kirana_payment"].as_str().unwrap().to_owned();
        *state.taken.entry(payment).or_default() += 1;
    }
}

#[allow(clippy::disallowed_methods)] // never runs as WASM
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The header of a notice.
pub fn signature(body: &str, secret: &str, time: u64) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    format!("t={time},v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// A notice about a PaymentIntent, as Stripe writes it.
pub fn notice(event: &str, kind: &str, intent: &Value) -> Value {
    json!({"id": event, "object": "event", "type": format!("payment_intent.{kind}"), "livemode": false,
        "data": {"object": intent}})
}

/// A PaymentIntent, as Stripe writes it.
pub fn intent(id: &str, payment: Option<&str>, amount: i64, status: &str) -> Value {
    let metadata = payment.map_or_else(|| json!({}), |payment| json!({"kirana_payment": payment}));
    json!({"id": id, "object": "payment_intent", "status": status, "amount": amount, "currency": "thb",
        "amount_capturable": if status == "requires_capture" { amount } else { 0 },
        "amount_received": if status == "succeeded" { amount } else { 0 },
        "client_secret": format!("{id}_secret_of_the_tests"), "metadata": metadata, "last_payment_error": null, "next_action": null})
}

fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Call> {
    let (mut line, mut length, mut key) = (String::new(), 0, String::new());
    stream.read_line(&mut line)?;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header)?;
        match header.trim().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap_or(0)
            }
            Some((name, value)) if name.eq_ignore_ascii_case("idempotency-key") => key = value.trim().to_owned(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let line = line.trim().trim_end_matches(" HTTP/1.1").to_owned();
    Ok(Call { line, key, form: form_urlencoded::parse(&body).into_owned().collect() })
}

/// What it does with a call: the status, the answer, and whether the line falls silent after it was done.
fn done(call: &Call, state: &mut State) -> (u16, Value, bool) {
    let missing = (404, json!({"error": {"type": "invalid_request_error", "code": "resource_missing"}}), false);
    let text = |name: &str| call.form.get(name).cloned().unwrap_or_default();
    let amount = |name: &str| text(name).parse::<i64>().ok();
    let (method, path) = call.line.split_once(' ').unwrap();
    if method == "POST"
        && let Some(before) = state.keys.get(&call.key).filter(|_| !call.key.is_empty())
    {
        return (200, before.clone(), false);
    }
    if (method, path) == ("POST", "/v1/payment_intents") {
        let payment = text("metadata[kirana_payment]");
        let id = format!("pi_{}", state.intents.len() + 1);
        let how = text("payment_method");
        let status = match how.as_str() {
            _ if text("capture_method") == "manual" => "requires_capture",
            "pm_pending" => "processing",
            "pm_asks" => "requires_action",
            _ if call.form.contains_key("payment_method_options[card][request_three_d_secure]") => "requires_action",
            _ => "succeeded",
        };
        let made = intent(&id, Some(&payment), amount("amount").unwrap(), status);
        if status == "succeeded" {
            *state.taken.entry(payment).or_default() += 1;
        }
        state.intents.insert(id, made.clone());
        state.keys.insert(call.key.clone(), made.clone());
        return (200, made, how == "pm_charges_and_is_silent");
    }
    if let Some(query) = path.strip_prefix("/v1/payment_intents/search?") {
        let found: Vec<_> = state
            .intents
            .values()
            .filter(|intent| {
                intent["metadata"]["kirana_payment"].as_str().is_some_and(|payment| query.contains(payment))
            })
            .cloned()
            .collect();
        return (200, json!({"object": "search_result", "data": found}), false);
    }
    // What a card is known by stands in the token that the tests made up: `pm_7_of_fingerprint`.
    if let Some((_, card)) = path.strip_prefix("/v1/payment_methods/").and_then(|token| token.split_once("_of_")) {
        return (200, json!({"type": "card", "card": {"fingerprint": card, "country": "TH"}}), false);
    }
    if (method, path) == ("POST", "/v1/refunds") {
        if state.refusals > 0 {
            state.refusals -= 1;
            let code = state.refusal.clone();
            return (400, json!({"error": {"type": "invalid_request_error", "code": code}}), false);
        }
        let id = text("metadata[kirana_refund]");
        *state.given.entry(id.clone()).or_default() += 1;
        let refund = json!({"id": format!("re_{}", state.keys.len()), "object": "refund", "status": "succeeded",
            "amount": amount("amount").unwrap(), "currency": "thb", "payment_intent": text("payment_intent"),
            "metadata": {"kirana_refund": id, "kirana_payment": text("metadata[kirana_payment]")}});
        state.keys.insert(call.key.clone(), refund.clone());
        return (200, refund, false);
    }
    let Some(rest) = path.strip_prefix("/v1/payment_intents/") else { return missing };
    let (id, step) = rest.split_once('/').unwrap_or((rest, ""));
    let Some(intent) = state.intents.get_mut(id) else { return missing };
    match step {
        "capture" => {
            intent["status"] = json!("succeeded");
            intent["amount_received"] = json!(amount("amount_to_capture").unwrap());
            let payment = intent["metadata"]["kirana_payment"].as_str().unwrap().to_owned();
            let intent = intent.clone();
            *state.taken.entry(payment).or_default() += 1;
            state.keys.insert(call.key.clone(), intent.clone());
            (200, intent, false)
        }
        "cancel" if intent["status"] == "succeeded" || intent["status"] == "canceled" => {
            (400, json!({"error": {"type": "invalid_request_error", "code": "payment_intent_unexpected_state"}}), false)
        }
        "cancel" => {
            intent["status"] = json!("canceled");
            (200, intent.clone(), false)
        }
        _ => (200, intent.clone(), false),
    }
}

fn answer(stream: TcpStream, state: &Mutex<State>, dark: &AtomicBool) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let call = read(&mut stream)?;
    state.lock().unwrap().asked += 1;
    if dark.load(Ordering::SeqCst) {
        // Until the other side goes away.
        stream.read_to_end(&mut Vec::new()).ok();
        return Ok(());
    }
    let (status, answer, silent) = done(&call, &mut state.lock().unwrap());
    if silent {
        // It is done, and the answer gets lost.
        return Ok(());
    }
    let answer = answer.to_string();
    write!(
        stream.get_mut(),
        "HTTP/1.1 {status} Of The Tests\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
        answer.len()
    )
}
