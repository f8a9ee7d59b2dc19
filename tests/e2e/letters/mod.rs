//! Letters and text messages leave by providers: each once, later when they are not taken, never when they are of no use any more.

mod peer;
mod sdks;

use crate::wanted;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kirana_tests::platform::SECRET;
use kirana_tests::{Client, Platform, eventually};
use peer::{Event, Mood, Peer};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

const PASSWORD: &str = "correct horse battery";
const MINUTE: Duration = Duration::from_secs(60);

/// A token of Postmark, an account of Twilio: of the tests.
fn secrets() -> String {
    json!({
        "postmark": "a-token-of-the-test",
        "twilio": {"account_sid": "AC0123", "auth_token": "an-auth-token"},
        "webhooks": {"postmark": "kirana:a-password-of-the-test"},
    })
    .to_string()
}

/// A platform whose letters go to a provider of the test.
struct Post {
    platform: Mutex<Platform>,
    nobody: Client,
    admin: Client,
    peer: Peer,
}

impl Post {
    fn open(name: &str) -> Self {
        let (peer, secrets) = (Peer::start(), secrets());
        let vars = [
            ("LETTER_CHANNEL", "postmark"),
            ("LETTER_FROM", "Kirana <hello@kirana.example>"),
            ("LETTER_API", &peer.url),
            ("TEXT_CHANNEL", "twilio"),
            ("TEXT_FROM", "+15005550006"),
            ("TEXT_API", &peer.url),
            ("PROVIDER_SECRETS", &secrets),
            ("LETTER_RETRY_SECONDS", "1"),
        ];
        let platform = Platform::start_with(name, &vars).unwrap();
        let nobody = platform.client();
        let email = "admin@letters.example";
        let admin = json!({"secret": SECRET, "email": email, "password": PASSWORD});
        let session = nobody.post("/api/v1/auth/bootstrap", &admin).unwrap().expect(201).unwrap();
        let admin = nobody.with_login(session["access_token"].as_str().unwrap(), email, PASSWORD);
        Self { platform: Mutex::new(platform), nobody, admin, peer }
    }

    /// Lets cron triggers fire.
    fn tick(&self) {
        self.platform.lock().unwrap().tick().unwrap();
    }

    /// Somebody registers, and is written to: their id.
    fn register(&self, email: &str) -> String {
        let who = json!({"email": email, "password": PASSWORD, "name": "Mali"});
        let session = self.nobody.post("/api/v1/auth/register", &who).unwrap().expect(201).unwrap();
        session["user"]["id"].as_str().unwrap().to_owned()
    }

    /// Somebody with an account and no letter yet, signed in: their id, and a client that is them.
    fn account(&self, email: &str) -> (String, Client) {
        let user = json!({"email": email, "password": PASSWORD, "name": "Ploy", "roles": ["customer"]});
        let id =
            self.admin.post("/api/v1/users", &user).unwrap().expect(201).unwrap()["id"].as_str().unwrap().to_owned();
        let login = json!({"email": email, "password": PASSWORD});
        let session = self.nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap();
        (id, self.nobody.with_token(session["access_token"].as_str().unwrap()))
    }

    /// The letters to somebody.
    fn letters(&self, user: &str) -> Result<Vec<Value>, String> {
        let all = self.admin.all("/api/v1/notifications/letters?limit=100").map_err(|error| error.to_string())?;
        Ok(all.into_iter().filter(|letter| letter["user_id"] == user).collect())
    }

    /// Waits until the last letter to somebody is that far, with cron firing meanwhile.
    fn until(&self, user: &str, state: &str) -> Value {
        eventually(&format!("the letter to be {state}"), 2 * MINUTE, || {
            self.tick();
            let letters = self.letters(user)?;
            letters.iter().find(|letter| letter["state"] == state).cloned().ok_or_else(|| json!(letters).to_string())
        })
        .unwrap()
    }
}

/// One platform for all who do not kill it.
static SHARED: LazyLock<Post> = LazyLock::new(|| Post::open("letters"));

fn new_email(who: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{who}-{}@letters.example", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Everything that lies in the databases of a platform, as text.
fn databases(name: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/e2e").join(name).join("v3/d1");
    let (mut text, mut folders) = (String::new(), vec![root]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                text.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap_or_default()));
            }
        }
    }
    text
}

#[test]
fn a_letter_goes_out_with_its_link_and_nothing_of_it_is_kept() {
    if !wanted() {
        return;
    }
    let (post, email) = (&*SHARED, new_email("plain"));
    let user = post.register(&email);
    let letter = post.until(&user, "sent");
    assert_eq!((&letter["channel"], &letter["kind"]), (&json!("postmark"), &json!("verification")));
    assert!(letter["address"].is_null(), "{letter}");
    assert!(letter["provider_id"].as_str().unwrap().starts_with("number-0-"), "{letter}");
    let asked = post.peer.asked(&email);
    assert_eq!(asked.len(), 1);
    let token = asked[0].text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap();
    let mac = token.split_once('.').unwrap().1;
    assert!(mac.len() == 64 && !databases("letters").contains(mac), "the secret of a letter is at rest");
    post.nobody.post("/api/v1/auth/verify-email", &json!({"token": token})).unwrap().expect(204).unwrap();
    // There is no outbox to read letters from.
    post.admin.get(&format!("/api/v1/notifications/outbox?address={email}")).unwrap().expect(404).unwrap();
    assert_eq!(post.nobody.get("/api/v1/notifications/letters").unwrap().status, 401);
    let (_, customer) = post.account(&new_email("curious"));
    assert_eq!(customer.get("/api/v1/notifications/letters?state=failed").unwrap().status, 403);
    let path = format!("/api/v1/notifications/letters/{}/retry", letter["id"].as_str().unwrap());
    assert_eq!(customer.post(&path, &json!({})).unwrap().status, 403);
    assert_eq!(post.admin.post(&path, &json!({})).unwrap().expect(409).unwrap()["code"], "letter_is_done");
    assert_eq!(post.admin.get("/api/v1/notifications/letters?state=lost").unwrap().status, 400);
}

#[test]
fn a_code_goes_to_a_telephone_whose_number_is_kept_sealed_only() {
    if !wanted() {
        return;
    }
    let (post, email) = (&*SHARED, new_email("texted"));
    let (user, me) = post.account(&email);
    let phone = "+66812340001";
    me.post("/api/v1/auth/factors/sms/enrol", &json!({"phone": phone})).unwrap().expect(202).unwrap();
    assert_eq!(post.until(&user, "sent")["channel"], "twilio");
    let asked = post.peer.asked(phone);
    assert_eq!(asked.len(), 1);
    let code = &asked[0].text.split("your code is ").nth(1).unwrap()[..6];
    assert!(!databases("letters").contains(phone));
    me.post("/api/v1/auth/factors/sms/confirm", &json!({"code": code})).unwrap().expect(200).unwrap();
}

#[test]
fn what_a_provider_fails_to_take_is_tried_again_until_it_does() {
    if !wanted() {
        return;
    }
    let (post, email) = (&*SHARED, new_email("twice"));
    post.peer.set(&email, Mood::FailsFirst(2));
    let user = post.register(&email);
    let letter = post.until(&user, "sent");
    assert_eq!((letter["attempts"].as_u64(), post.peer.asked(&email).len(), post.peer.taken(&email)), (Some(3), 3, 1));
    assert_eq!(letter["reason"], json!(null));
}

#[test]
fn a_bad_address_is_given_up_at_once_shown_and_tried_again_when_somebody_says_so() {
    if !wanted() {
        return;
    }
    let (post, email) = (&*SHARED, new_email("refused"));
    post.peer.set(&email, Mood::Refuses);
    let user = post.register(&email);
    let letter = post.until(&user, "failed");
    let failed = post.admin.all("/api/v1/notifications/letters?state=failed&limit=100").unwrap();
    assert!(failed.iter().any(|one| one["id"] == letter["id"]) && failed.iter().all(|one| one["state"] == "failed"));
    assert_eq!((letter["attempts"].as_u64(), &letter["address"]), (Some(1), &json!(email)));
    let reason = letter["reason"].as_str().unwrap();
    assert!(reason.contains("406") && !reason.contains('@'), "{reason}");
    let text = post.peer.asked(&email)[0].text.clone();
    let token = text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap();
    let mac = token.split_once('.').unwrap().1;
    assert!(
        !letter.to_string().contains(mac) && !databases("letters").contains(mac),
        "the secret of a letter is at rest"
    );
    // Given up is given up.
    post.tick();
    assert_eq!(post.peer.asked(&email).len(), 1);

    post.peer.set(&email, Mood::Takes);
    let path = format!("/api/v1/notifications/letters/{}/retry", letter["id"].as_str().unwrap());
    let again = post.admin.post(&path, &json!({})).unwrap().expect(202).unwrap();
    assert_eq!((&again["state"], &again["attempts"]), (&json!("pending"), &json!(0)));
    post.until(&user, "sent");
    assert_eq!(post.peer.asked(&email)[1].text, text, "it says the same");
    assert_eq!(post.admin.post(&path, &json!({})).unwrap().status, 409, "once");
}

#[test]
fn an_address_that_bounces_is_written_to_no_more_until_somebody_says_so() {
    if !wanted() {
        return;
    }
    let (post, email) = (&*SHARED, new_email("bounces"));
    let (user, _) = post.account(&email);
    let forgot = || {
        let asked = post.nobody.post("/api/v1/auth/forgot-password", &json!({"email": email})).unwrap();
        asked.expect(202).unwrap();
    };
    forgot();
    let number = post.until(&user, "sent")["provider_id"].as_str().unwrap().to_owned();
    let basic = |secret: &str| post.nobody.with_header("authorization", &format!("Basic {}", STANDARD.encode(secret)));
    let postmark = basic("kirana:a-password-of-the-test");
    let path = "/api/v1/webhooks/letters/postmark";
    let mut notice =
        json!({"RecordType": "Bounce", "Type": "HardBounce", "MessageID": number, "Email": email, "Inactive": true});
    let listed = || {
        let all = post.admin.all("/api/v1/notifications/unreachable?limit=100").unwrap();
        all.into_iter().find(|one| one["user_id"] == json!(user))
    };
    for stranger in [&post.nobody, &basic("kirana:another"), &basic("")] {
        assert_eq!(stranger.post(path, &notice).unwrap().expect(401).unwrap()["code"], "bad_signature");
    }
    postmark.post("/api/v1/webhooks/letters/resend", &notice).unwrap().expect(404).unwrap();
    postmark.post(path, &json!({"x": 1})).unwrap().expect(400).unwrap();
    // What may still arrive, what is about something else, and what is no letter of ours.
    for (name, value) in
        [("Type", json!("SoftBounce")), ("RecordType", json!("Delivery")), ("MessageID", json!("number-x"))]
    {
        let mut other = notice.clone();
        (other["Inactive"], other[name]) = (json!(name != "Type"), value);
        postmark.post(path, &other).unwrap().expect(204).unwrap();
        assert_eq!(listed(), None, "{name}");
    }
    notice["Email"] = json!(email.to_uppercase());
    for _ in 0..2 {
        postmark.post(path, &notice).unwrap().expect(204).unwrap();
    }
    let shown = listed().unwrap();
    assert_eq!(
        (&shown["address"], &shown["reason"], &shown["provider"]),
        (&json!(email), &json!("HardBounce"), &json!("postmark"))
    );
    post.nobody.get("/api/v1/notifications/unreachable").unwrap().expect(401).unwrap();

    forgot();
    let letter = post.until(&user, "failed");
    assert!(letter["reason"].as_str().unwrap().contains("HardBounce"), "{letter}");
    assert_eq!(post.peer.asked(&email).len(), 1, "nobody was asked to send it");

    let own = format!("/api/v1/notifications/unreachable/{user}");
    post.admin.send("DELETE", &own, None, None).unwrap().expect(204).unwrap();
    post.admin.send("DELETE", &own, None, None).unwrap().expect(404).unwrap();
    let retry = format!("/api/v1/notifications/letters/{}/retry", letter["id"].as_str().unwrap());
    post.admin.post(&retry, &json!({})).unwrap().expect(202).unwrap();
    eventually("the letter to go out", MINUTE, || {
        post.tick();
        if post.peer.asked(&email).len() == 2 { Ok(()) } else { Err("not yet".to_owned()) }
    })
    .unwrap();
}

#[test]
fn who_is_forgotten_is_written_to_no_more() {
    if !wanted() {
        return;
    }
    let (post, email) = (&*SHARED, new_email("forgotten"));
    let (user, me) = post.account(&email);
    post.peer.set(&email, Mood::FailsFirst(usize::MAX));
    me.post("/api/v1/auth/factors/mail/enrol", &json!({})).unwrap().expect(202).unwrap();
    assert_eq!(post.until(&user, "pending")["address"], json!(email));
    me.send("DELETE", &format!("/api/v1/users/{user}"), None, None).unwrap().expect(204).unwrap();
    eventually("the letter to be forgotten", MINUTE, || {
        let letters = post.letters(&user)?;
        if letters.is_empty() { Ok(()) } else { Err(json!(letters).to_string()) }
    })
    .unwrap();
    assert_eq!(post.peer.taken(&email), 0);
}

#[test]
fn one_that_is_not_answered_holds_up_nobody_else() {
    if !wanted() {
        return;
    }
    let post = &*SHARED;
    let position = |event: &Event| post.peer.events().iter().position(|one| one == event);
    let wait = |what: &str, event: Event| {
        eventually(what, MINUTE, || position(&event).ok_or_else(|| format!("{event:?} is not there"))).unwrap()
    };
    // On a slow machine another's letter may take longer than a line is held: then once more.
    let overtaken = (0..4).any(|_| {
        let (hole, other) = (new_email("hole"), new_email("other"));
        post.peer.set(&hole, Mood::IsSilent);
        post.register(&hole);
        wait("the silent one to be asked", Event::Asked(hole.clone()));
        post.register(&other);
        let taken = wait("another's letter to be taken", Event::Taken(other));
        let given_up = wait("the silent one to be given up", Event::GivenUp(hole.clone()));
        post.peer.set(&hole, Mood::Takes);
        taken < given_up
    });
    assert!(overtaken, "letters wait for one that is not answered");
}

#[test]
fn a_code_that_expired_while_its_provider_was_down_is_not_sent() {
    if !wanted() {
        return;
    }
    let (post, email) = (Post::open("late-letters"), new_email("late"));
    let (user, me) = post.account(&email);
    post.peer.set(&email, Mood::FailsFirst(usize::MAX));
    me.post("/api/v1/auth/factors/mail/enrol", &json!({})).unwrap().expect(202).unwrap();
    eventually("the code to be tried", MINUTE, || {
        let letters = post.letters(&user)?;
        let tried = letters.iter().any(|letter| letter["state"] == "pending" && letter["reason"].is_string());
        if tried { Ok(()) } else { Err(json!(letters).to_string()) }
    })
    .unwrap();
    // Ten minutes pass while nothing runs.
    let mut before = 0;
    post.platform
        .lock()
        .unwrap()
        .kill_then(|state| {
            before = post.peer.asked(&email).len();
            sdks::node(&["-e", PASS_TEN_MINUTES], &[("STATE", state.to_str().unwrap_or_default())]);
            Ok(())
        })
        .unwrap();
    post.peer.set(&email, Mood::Takes);
    let letter = post.until(&user, "expired");
    assert_eq!((post.peer.asked(&email).len(), post.peer.taken(&email)), (before, 0), "{letter}");
    assert_eq!(letter["address"], json!(null));
}

/// Tickets of identity become ten minutes older.
const PASS_TEN_MINUTES: &str = r#"
const { readdirSync } = require("node:fs");
const { join } = require("node:path");
const { DatabaseSync } = require("node:sqlite");
const root = join(process.env.STATE, "v3/d1");
let changed = 0;
for (const name of readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".sqlite"))) {
  const db = new DatabaseSync(join(root, name));
  if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'tickets'").get()) {
    changed += Number(db.prepare("UPDATE tickets SET created_at = created_at - 601000, expires_at = expires_at - 601000").run().changes);
  }
  db.close();
}
if (!changed) throw new Error("no ticket was there");
"#;

#[test]
fn a_letter_is_sent_once_though_its_event_comes_three_times() {
    if !wanted() {
        return;
    }
    let post = Post::open("letters-again");
    post.platform.lock().unwrap().restart_in(Some("duplicate=3,delay=1,at_once=1,consumer=0.3")).unwrap();
    let emails: Vec<_> = (0..8).map(|_| new_email("again")).collect();
    let users: Vec<_> = emails.iter().map(|email| post.register(email)).collect();
    for user in &users {
        post.until(user, "sent");
    }
    // What was late has come as well, once identity has heard of all.
    let log = || post.platform.lock().unwrap().faults().unwrap().len();
    let mut quiet = log();
    eventually("the queues to be quiet", 2 * MINUTE, || {
        post.tick();
        let now = log();
        let was = std::mem::replace(&mut quiet, now);
        if was == now { Ok(()) } else { Err(format!("{now} faults")) }
    })
    .unwrap();
    for email in &emails {
        assert_eq!(post.peer.asked(email).len(), 1, "{email}");
    }
}
