//! Stripe from end to end, against localstripe: our requests, its answers, its signed notices. It knows no keys of idempotency, takes
//! no `return_url`, and tells no amount of what was captured; what it says of these is in docs/gateways.md.

use super::{header, id, known, money, python, root, stripe};
use kirana_gateways::{
    Action, Answer, Call, Capture, Charge, Failure, Gateway, Headers, NoticeKind, Outcome, Reason, Received, Request,
    State, stripe as s,
};
use kirana_kernel::Timestamp;
use kirana_tests::Client;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A notice as it came.
struct Came {
    headers: Headers,
    body: Vec<u8>,
}

struct LocalStripe {
    child: Child,
    url: String,
    gateway: Gateway,
    notices: Receiver<Came>,
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn came(stream: &mut TcpStream) -> Option<Came> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut line, mut headers) = (String::new(), Vec::new());
    reader.read_line(&mut line).ok()?;
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let headers = Headers::from_iter(headers);
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").ok()?;
    Some(Came { headers, body })
}

impl LocalStripe {
    fn start() -> Option<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut command = Command::new(python()?);
        command.args(["tests/gateways/local_stripe.py", &port.to_string()]).current_dir(root());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n");

        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let hook = format!("http://{}/", listener.local_addr().unwrap());
        let (sender, notices) = channel();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                if let Some(came) = came(&mut stream)
                    && sender.send(came).is_err()
                {
                    break;
                }
            }
        });
        let url = format!("http://127.0.0.1:{port}");
        let config = serde_json::json!({"url": hook, "secret": "an old secret"});
        Client::new(&url).post("/_config/webhooks/kirana", &config).unwrap();
        Some(Self { child, gateway: stripe(&url), url, notices })
    }

    /// Sends a request as a worker does.
    fn send(&self, request: &Request) -> kirana_tests::client::Answer {
        let headers = request.headers.iter();
        let client = headers.fold(Client::new(&self.url), |client, (name, value)| client.with_header(name, value));
        let body = Some(request.body.as_str()).filter(|_| header(request, "content-type").is_some());
        let path = request.url.strip_prefix(&self.url).unwrap();
        client.send(request.method.as_str(), path, body, None).unwrap()
    }

    fn ask(&self, call: &Call) -> Result<Outcome, Failure> {
        let answer = self.send(&self.gateway.request(call, None).unwrap());
        let headers = Headers::from_iter(answer.headers);
        self.gateway.parse(call, &Answer { status: answer.status, headers: &headers, body: answer.text.as_bytes() })
    }

    /// The next notice, which must be genuine.
    fn told(&self) -> kirana_gateways::Notice {
        let came = self.notices.recv_timeout(Duration::from_secs(20)).unwrap();
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
        let now = Timestamp::from_millis(i64::try_from(now).unwrap());
        let mut other = came.body.clone();
        other[10] ^= 1;
        assert!(self.gateway.receive(&came.headers, &other, now).is_err(), "changed on its way");
        let late = Timestamp::from_millis(now.millis() + 302_000);
        assert!(self.gateway.receive(&came.headers, &came.body, late).is_err(), "replayed later");
        match self.gateway.receive(&came.headers, &came.body, now) {
            Ok(Received::Genuine(notice)) => notice,
            other => panic!("{other:?}"),
        }
    }
}

fn charge(method: Option<&str>) -> Charge {
    Charge { method: method.map(str::to_owned), ..Charge::new(id("payment"), money(4500, "THB")) }
}

fn refund(of: &str, amount: i64) -> Call {
    Call::Refund { known: known(of, ""), refund: id("refund"), amount: money(amount, "THB"), notice_url: None }
}

#[test]
fn money_is_taken_told_and_given_back_in_parts() {
    let Some(local) = LocalStripe::start() else { return };
    let taken = local.ask(&Call::Charge(charge(Some("pm_card_visa")))).unwrap();
    assert_eq!((&taken.state, taken.ours), (&State::Captured(money(4500, "THB")), Some(id("payment"))));
    let reference = taken.reference.clone().unwrap();
    assert_eq!(local.ask(&Call::Look(known(&reference, ""))), Ok(taken));
    let notice = local.told();
    assert_eq!((notice.kind, notice.amount), (NoticeKind::Captured, Some(money(4500, "THB"))));
    assert_eq!((notice.payment, notice.reference.as_ref()), (Some(id("payment")), Some(&reference)));
    for part in [1000, 500] {
        let back = local.ask(&refund(&reference, part)).unwrap();
        assert_eq!((&back.state, back.ours), (&State::Refunded(money(part, "THB")), Some(id("refund"))));
        let look = Call::LookRefund { known: known(&reference, ""), refund: id("refund"), reference: back.reference };
        assert_eq!(local.ask(&look).unwrap().state, State::Refunded(money(part, "THB")));
    }
}

#[test]
fn money_is_held_and_taken_or_given_free() {
    let Some(local) = LocalStripe::start() else { return };
    let held = Call::Charge(Charge { capture: Capture::Manual, ..charge(Some("pm_card_visa")) });
    let reference = |call: &Call| {
        let outcome = local.ask(call).unwrap();
        assert_eq!(outcome.state, State::Authorised(money(4500, "THB")));
        outcome.reference.unwrap()
    };
    let of = known(&reference(&held), "");
    let capture = Call::Capture { known: of, capture: id("refund"), amount: money(3000, "THB"), is_final: true };
    assert!(matches!(local.ask(&capture).unwrap().state, State::Captured(_)));
    assert_eq!(local.told().kind, NoticeKind::Captured);
    let of = known(&reference(&held), "");
    assert_eq!(local.ask(&Call::Void(of.clone())).unwrap().state, State::Cancelled);
    assert_eq!(local.ask(&Call::Look(of.clone())).unwrap().state, State::Cancelled);
    assert!(matches!(local.ask(&Call::Void(of)), Err(Failure::Refused(_))), "once");
}

#[test]
fn banks_refuse_and_ask() {
    let Some(local) = LocalStripe::start() else { return };
    let declined = local.ask(&Call::Charge(charge(Some("pm_card_chargeCustomerFail")))).unwrap();
    let State::Refused(refusal) = declined.state else { panic!("{declined:?}") };
    assert_eq!((refusal.reason, refusal.code.as_str()), (Reason::Declined, "card_declined"));
    let notice = local.told();
    assert_eq!((notice.kind, notice.payment), (NoticeKind::Failed, Some(id("payment"))));
    assert_eq!(notice.refusal.unwrap().code, "card_declined");

    // A card whose bank asks (3-D Secure), typed into the browser's form: to localstripe directly, never through us.
    let form = "type=card&card[number]=4000002760003184&card[exp_month]=12&card[exp_year]=2030&card[cvc]=123";
    let form_client = Client::new(&local.url)
        .with_header("content-type", "application/x-www-form-urlencoded")
        .with_header("authorization", "Bearer sk_test_of_the_tests");
    let card = form_client.send("POST", "/v1/payment_methods", Some(form), None).unwrap().expect(200).unwrap();
    let asked = local.ask(&Call::Charge(charge(card["id"].as_str()))).unwrap();
    let State::ActionRequired(Action::ClientSecret(secret)) = &asked.state else { panic!("{asked:?}") };
    let reference = asked.reference.unwrap();
    let consent = format!("client_secret={}&success=true", secret.expose());
    let path = format!("/v1/payment_intents/{reference}/_authenticate");
    form_client.send("POST", &path, Some(&consent), None).unwrap().expect(200).unwrap();
    let taken = local.ask(&Call::Look(known(&reference, ""))).unwrap();
    assert_eq!(taken.state, State::Captured(money(4500, "THB")));
    assert_eq!(local.told().kind, NoticeKind::Captured);

    let unknown = local.ask(&Call::Look(known("pi_nobody", "")));
    assert!(matches!(&unknown, Err(Failure::Refused(refusal)) if refusal.reason == Reason::NotFound), "{unknown:?}");
}

#[test]
fn a_customer_keeps_a_card_and_is_charged_when_not_there() {
    let Some(local) = LocalStripe::start() else { return };
    let Gateway::Stripe(config) = &local.gateway else { panic!() };
    let read = |request: &Request| {
        let answer = local.send(request);
        let headers = Headers::from_iter(answer.headers);
        (answer.status, headers, answer.text)
    };
    let (status, headers, text) = read(&s::customer(config, id("user")));
    let customer = s::read_customer(&Answer { status, headers: &headers, body: text.as_bytes() }).unwrap();
    assert!(customer.starts_with("cus_"), "{customer}");
    let saved = || {
        let (status, headers, text) = read(&s::saved_methods(config, &customer).unwrap());
        s::read_saved_methods(&Answer { status, headers: &headers, body: text.as_bytes() }).unwrap()
    };
    assert_eq!(saved(), []);
    // Paid with and kept; the shim beside this file does what Stripe's documents say.
    let keeping = Charge { customer: Some(customer.clone()), save_method: true, ..charge(Some("pm_card_visa")) };
    assert_eq!(local.ask(&Call::Charge(keeping)).unwrap().state, State::Captured(money(4500, "THB")));
    let kept = saved();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(read(&s::forget_method(config, &kept[0].reference).unwrap()).0, 200);
    assert_eq!(saved(), []);
    let attach = "/v1/payment_methods/pm_card_visa/attach";
    Client::new(&local.url)
        .with_header("content-type", "application/x-www-form-urlencoded")
        .with_header("authorization", "Bearer sk_test_of_the_tests")
        .send("POST", attach, Some(&format!("customer={customer}")), None)
        .unwrap()
        .expect(200)
        .unwrap();
    let kept = saved().into_iter().next().unwrap();
    assert_eq!((kept.brand.as_str(), kept.last4.as_str()), ("visa", "4242"));
    let charge = Charge { customer: Some(customer.clone()), off_session: true, ..charge(Some(&kept.reference)) };
    assert_eq!(local.ask(&Call::Charge(charge)).unwrap().state, State::Captured(money(4500, "THB")));
    assert_eq!(read(&s::forget_method(config, &kept.reference).unwrap()).0, 200);
    assert_eq!(saved(), []);
    for _ in 0..2 {
        let (status, headers, text) = read(&s::forget_customer(config, &customer).unwrap());
        assert_eq!(
            s::read_forgotten(&Answer { status, headers: &headers, body: text.as_bytes() }),
            Ok(()),
            "and again"
        );
    }
}
