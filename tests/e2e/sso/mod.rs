//! Single sign-on (S4): the platform as a provider of OpenID Connect, as a browser and a client meet it.

mod clients;
mod codes;
mod consent;
mod keys;
mod leaving;
mod openid;
mod pages;
mod requests;
mod social;
mod tokens;

use crate::shared;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as B64};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

const PASSWORD: &str = "correct horse battery";

/// Where answers go. Nobody listens there: the tests read the address and go nowhere.
const CALLBACK: &str = "https://tool.example/callback";

/// The example of RFC 7636.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What came back.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: BTreeMap<String, String>,
    text: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The hidden field of the page's form.
    fn ticket(&self) -> String {
        let field = self.text.split("name=\"ticket\" value=\"").nth(1).unwrap_or_else(|| panic!("no form: {self:?}"));
        field.split('"').next().unwrap().to_owned()
    }

    /// The parameters of the address that the browser is led to, which begins as it must.
    fn answer(&self, uri: &str) -> BTreeMap<String, String> {
        let location = self.header("location");
        assert_eq!(self.status, 303, "{self:?}");
        let query =
            location.strip_prefix(uri).and_then(|rest| rest.strip_prefix('?')).unwrap_or_else(|| panic!("{location}"));
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }
}

/// A browser: it keeps cookies, and goes where it is told only when it is told.
struct Browser {
    agent: ureq::Agent,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // On a busy machine a pooled connection may end just as it is used again.
            .max_idle_connections(0);
        Self { agent: config.build().into(), cookies: BTreeMap::new() }
    }

    fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], form: Option<&[(&str, &str)]>) -> Reply {
        let url = format!("{}{path}", shared().nobody.url());
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match form {
            Some(form) => {
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
                request = request.header("content-type", "application/x-www-form-urlencoded");
                self.agent.run(request.body(body.into_bytes()).unwrap())
            }
            None => self.agent.run(request.body(()).unwrap()),
        }
        .unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            for must in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
                assert!(rest.contains(must), "{rest}");
            }
            assert!(name.starts_with("__Host-") && !rest.contains("Domain"), "{name}={rest}");
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
        }
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        Reply { status: response.status().as_u16(), headers, text: response.body_mut().read_to_string().unwrap() }
    }

    /// Goes to the authorization endpoint, as a client sends it there.
    fn authorize(&mut self, params: &[(&str, &str)]) -> Reply {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
        self.send("GET", &format!("/api/v1/oauth/authorize?{query}"), &[("accept", "text/html")], None)
    }

    fn submit(&mut self, step: &str, form: &[(&str, &str)]) -> Reply {
        self.send("POST", &format!("/api/v1/oauth/{step}"), &[("accept", "text/html")], Some(form))
    }

    /// Signs in on the page that is shown.
    fn sign_in(&mut self, page: &Reply, email: &str) -> Reply {
        let form = [
            ("ticket", page.ticket()),
            ("email", email.into()),
            ("password", PASSWORD.into()),
            ("action", "sign_in".into()),
        ];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.submit("sign-in", &form)
    }

    /// Agrees on the page that is shown.
    fn allow(&mut self, page: &Reply) -> Reply {
        self.submit("consent", &[("ticket", &page.ticket()), ("action", "allow")])
    }
}

/// A client that is registered.
#[derive(Clone)]
struct Tool {
    id: String,
    secret: Option<String>,
}

impl Tool {
    fn new(client_type: &str, scope: &str) -> Self {
        let client = json!({"client_name": "Accounts & Co", "client_type": client_type, "redirect_uris": [CALLBACK], "scope": scope});
        Self::made(&client)
    }

    /// A client, as an admin says it.
    fn made(client: &Value) -> Self {
        let made = shared().admin.post("/api/v1/oauth/clients", client).unwrap().expect(201).unwrap();
        let text = |name: &str| made[name].as_str().map(str::to_owned);
        Self { id: text("client_id").unwrap(), secret: text("client_secret") }
    }

    /// A whole request to sign in.
    fn request(&self, changes: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        let challenge = B64.encode(Sha256::digest(VERIFIER));
        let whole = [
            ("client_id", self.id.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid email"),
            ("state", "a state & more"),
            ("nonce", "a-nonce"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        let changed = |name: &str| changes.iter().any(|(changed, _)| *changed == name);
        let kept = whole.iter().filter(|(name, _)| !changed(name));
        kept.chain(changes).map(|(name, value)| (*name, (*value).to_owned())).collect()
    }

    fn ask(&self, browser: &mut Browser, changes: &[(&'static str, &str)]) -> Reply {
        let request = self.request(changes);
        browser.authorize(&request.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
    }

    /// The code that somebody gets who signs in and agrees.
    fn code(&self, browser: &mut Browser, email: &str, changes: &[(&'static str, &str)]) -> String {
        let page = self.ask(browser, changes);
        let page = browser.sign_in(&page, email);
        browser.allow(&page).answer(CALLBACK)["code"].clone()
    }

    /// Asks an endpoint for clients, with the secret in the header.
    fn post(&self, endpoint: &str, form: &[(&str, &str)]) -> Reply {
        let path = format!("/api/v1/oauth/{endpoint}");
        match &self.secret {
            Some(secret) => {
                let basic = format!("Basic {}", STANDARD.encode(format!("{}:{secret}", self.id)));
                Browser::new().send("POST", &path, &[("authorization", &basic)], Some(form))
            }
            None => {
                let with_id: Vec<_> = form.iter().copied().chain([("client_id", self.id.as_str())]).collect();
                Browser::new().send("POST", &path, &[], Some(&with_id))
            }
        }
    }

    fn redeem(&self, code: &str) -> Reply {
        self.redeem_with(code, CALLBACK, VERIFIER)
    }

    fn redeem_with(&self, code: &str, uri: &str, verifier: &str) -> Reply {
        let form =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", uri), ("code_verifier", verifier)];
        self.post("token", &form)
    }

    fn refresh(&self, token: &Value) -> Reply {
        self.post("token", &[("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())])
    }
}

/// Who an access token opens: the status, and what is said.
fn userinfo(token: &Value) -> (u16, Value) {
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    let reply = Browser::new().send("GET", "/api/v1/oauth/userinfo", &[("authorization", &bearer)], None);
    (reply.status, reply.json())
}

/// Somebody new with an account: the address.
fn account(who: &str, roles: &[&str]) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let email = format!("{who}-{}@sso.example", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut user = json!({"email": email, "password": PASSWORD, "name": format!("The {who}"), "roles": roles});
    if roles.iter().any(|role| ["staff", "manager"].contains(role)) {
        user["stores"] = json!([shared().store]);
    }
    shared().admin.post("/api/v1/users", &user).unwrap().expect(201).unwrap();
    email
}

/// An OAuth refusal: its status and `error`.
fn error(reply: &Reply) -> (u16, String) {
    (reply.status, reply.json()["error"].as_str().unwrap_or_default().to_owned())
}
