//! Databases that answer with what was must let nobody in who is out (proof R13).
#![allow(clippy::disallowed_methods)] // the clock: never runs as WASM

use super::Ordeal;
use super::load::insist;
use kirana_tests::{Answer, Client, eventually};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PASSWORD: &str = "correct horse battery";

/// How long the gateway may take to hear of it: half a second, and as often as it was told what was.
const HEARD_OF: Duration = Duration::from_secs(10);

/// How long somebody asks again who was told what was.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long everything is tried afterwards.
const TRIED_FOR: Duration = Duration::from_secs(4);

/// Somebody of the store, logged in twice.
struct Staff<'a> {
    ordeal: &'a Ordeal,
    id: String,
    /// The sessions' refresh tokens.
    refresh: [Value; 2],
    /// The sessions' access tokens.
    at_work: [Client; 2],
}

impl<'a> Staff<'a> {
    fn hire(ordeal: &'a Ordeal, email: &str) -> Self {
        let (admin, nobody) = (&ordeal.chain.admin, &ordeal.chain.nobody);
        let user = json!({"email": email, "password": PASSWORD, "name": "Somchai", "roles": ["staff"], "stores": [ordeal.store]});
        let made = insist(|| admin.post("/api/v1/users", &user));
        // Told twice, it is there already.
        assert!([201, 409].contains(&made.status), "{}", made.body);
        let login = json!({"email": email, "password": PASSWORD, "on": {"device_name": "till"}});
        let sessions = [(); 2].map(|()| insist(|| nobody.post("/api/v1/auth/login", &login)).expect(200).unwrap());
        let at_work = [0, 1].map(|at| nobody.with_token(sessions[at]["access_token"].as_str().unwrap()));
        let id = sessions[0]["user"]["id"].as_str().unwrap().to_owned();
        Self { ordeal, id, refresh: sessions.map(|session| session["refresh_token"].clone()), at_work }
    }

    fn tickets(&self, client: &Client) -> u16 {
        insist(|| client.get(&format!("/api/v1/stores/{}/kitchen/tickets", self.ordeal.store))).status
    }

    fn refreshed(&self, session: usize) -> Option<Answer> {
        let body = json!({"refresh_token": self.refresh[session]});
        self.ordeal.chain.nobody.post("/api/v1/auth/refresh-token", &body).ok()
    }

    /// Waits until the old token is refused, and then tries it and new ones for a while.
    fn stays_out(&self, session: usize) -> Result<(), String> {
        let token = &self.at_work[session];
        eventually("the token to be refused", HEARD_OF, || match self.tickets(token) {
            401 => Ok(()),
            status => Err(format!("it was answered {status}")),
        })
        .map_err(|error| error.to_string())?;
        let begun = Instant::now();
        while begun.elapsed() < TRIED_FOR {
            let again = self.tickets(token);
            if again != 401 {
                return Err(format!("the old token was answered {again} after it was refused"));
            }
            if let Some(answer) = self.refreshed(session).filter(|answer| answer.status == 200) {
                let new = self.ordeal.chain.nobody.with_token(answer.body["access_token"].as_str().unwrap());
                let status = self.tickets(&new);
                if status == 200 {
                    return Err("a new token is as good as the old one was".into());
                }
            }
        }
        Ok(())
    }
}

/// Who was dismissed, and a session that was ended.
pub fn who_is_out_stays_out(ordeal: &Ordeal, who: &str) -> Result<(), String> {
    let staff = Staff::hire(ordeal, &format!("{who}@stale.example"));
    for client in &staff.at_work {
        assert_eq!(staff.tickets(client), 200);
    }
    // One session ends from the other; its refresh token has been looked up before, and was good.
    let looked_up = staff.refreshed(1).map(|answer| answer.status);
    let sessions = insist(|| staff.at_work[0].get("/api/v1/auth/sessions")).expect(200).unwrap();
    let ended = sessions.as_array().unwrap().iter().find(|one| one["current"] == false);
    let ended = ended.and_then(|one| one["id"].as_str()).ok_or("there is no other session")?;
    let path = format!("/api/v1/auth/sessions/{ended}");
    let gone = insist(|| staff.at_work[0].send("DELETE", &path, None, None));
    assert!([204, 404].contains(&gone.status), "{}", gone.body);
    staff.stays_out(1).map_err(|wrong| format!("ended session (looked up: {looked_up:?}): {wrong}"))?;
    if staff.refreshed(1).is_some_and(|answer| answer.status == 200) {
        return Err("an ended session has new tokens".into());
    }
    // And then its user works here no more.
    let place = format!("/api/v1/stores/{}/staff/{}", ordeal.store, staff.id);
    eventually("them to be dismissed", PATIENCE, || {
        let gone = insist(|| ordeal.chain.admin.send("DELETE", &place, None, None));
        // Who was read as they were a while ago has changed since: the admin looks again.
        if [204, 404].contains(&gone.status) { Ok(()) } else { Err(format!("{} {}", gone.status, gone.body)) }
    })
    .unwrap();
    staff.stays_out(0).map_err(|wrong| format!("dismissed: {wrong}"))
}
