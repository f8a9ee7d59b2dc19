//! The gateways that a deployment has, from the secret `GATEWAYS`, and what a customer is told to do.

pub mod client;
pub mod sandbox;

use hmac::{Hmac, Mac};
use kirana_edge::{Problem, Result};
use kirana_gateways::{Action, Gateway};
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::Sha256;
use std::fmt;
use utoipa::ToSchema;
use worker::Env;

/// Cash that is taken at the door: there is nobody to ask.
pub const CASH: &str = "cash_on_delivery";

/// What a customer holds with the chain: the books are asked, and nobody else.
pub const GIFT_BALANCE: &str = "gift_balance";

/// What a customer's points are worth: loyalty is asked, which holds them.
pub const POINTS: &str = "points";

/// The built-in sandbox.
pub const SANDBOX: &str = "sandbox";

/// What a deployment can take money with.
#[derive(Debug)]
pub struct Gateways {
    /// The built-in sandbox, which moves no money.
    pub sandbox: bool,
    /// Cash on delivery.
    pub cash: bool,
    /// Those with an account.
    accounts: Vec<Gateway>,
}

impl Gateways {
    /// The deployment's, read anew each time: the secret is small, and isolates live long.
    ///
    /// # Errors
    /// 500 with what is wrong with the secret, in the log, without any part of it.
    pub fn of(env: &Env) -> Result<Self> {
        let text = env.secret("GATEWAYS").map(|value| value.to_string()).unwrap_or_default();
        Self::read(&text).map_err(|fault| Problem::internal(format!("GATEWAYS: {fault}")))
    }

    /// From the secret's text: an object with an account for each gateway by its name, `"cash_on_delivery": true`, and
    /// `"sandbox": false` to switch the sandbox off. Nothing, and the random hexadecimal digits that a local deployment makes for every
    /// secret, are the sandbox alone. One with real money in it has no sandbox: anybody could pay with that.
    ///
    /// # Errors
    /// What is wrong, in words for whoever deploys, without any secret.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() || (text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            return Ok(Self { sandbox: true, cash: false, accounts: Vec::new() });
        }
        let mut fields: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| "expected a JSON object".to_owned())?;
        let mut switch = |name: &str| match fields.remove(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(_) => Err(format!("{name}: expected true or false")),
        };
        let (sandbox, cash) = (switch(SANDBOX)?, switch(CASH)?.unwrap_or(false));
        let mut accounts = Vec::new();
        let mut is_live = false;
        for (name, account) in fields {
            let Value::Object(mut account) = account else { return Err(format!("{name}: expected an object")) };
            is_live |= account.get("live") == Some(&Value::Bool(true));
            account.insert("gateway".to_owned(), Value::String(name.clone()));
            // What serde says of a value may repeat it.
            let gateway: Gateway = serde_json::from_value(Value::Object(account))
                .map_err(|_| format!("{name}: not a gateway, or not with these fields; see docs/gateways.md"))?;
            gateway.check().map_err(|fault| fault.to_string())?;
            accounts.push(gateway);
        }
        if is_live && sandbox == Some(true) {
            return Err("the sandbox moves no money: it cannot stand beside an account that is live".to_owned());
        }
        Ok(Self { sandbox: sandbox.unwrap_or(!is_live), cash, accounts })
    }

    /// The account at a gateway.
    #[must_use]
    pub fn account(&self, name: &str) -> Option<&Gateway> {
        self.accounts.iter().find(|gateway| gateway.name() == name)
    }

    /// Can money be taken with this?
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        match name {
            SANDBOX => self.sandbox,
            CASH => self.cash,
            GIFT_BALANCE | POINTS => true,
            _ => self.account(name).is_some(),
        }
    }

    /// The names of all of them, for whoever named another.
    #[must_use]
    pub fn names(&self) -> String {
        let mut names: Vec<_> = self.accounts.iter().map(Gateway::name).collect();
        names.extend(
            [(self.cash, CASH), (true, GIFT_BALANCE), (true, POINTS), (self.sandbox, SANDBOX)]
                .iter()
                .filter(|(has, _)| *has)
                .map(|(_, name)| *name),
        );
        names.join(", ")
    }

    /// What a customer can pay with.
    #[must_use]
    pub fn told(&self) -> Vec<GatewayInfo> {
        let account = |gateway: &Gateway| GatewayInfo {
            name: gateway.name().to_owned(),
            moves_money: true,
            publishable_key: match gateway {
                Gateway::Stripe(config) => Some(config.publishable_key.clone()),
                Gateway::Razorpay(config) => Some(config.key_id.clone()),
                _ => None,
            },
        };
        let built_in =
            [(GIFT_BALANCE, true, true), (POINTS, true, true), (CASH, self.cash, true), (SANDBOX, self.sandbox, false)];
        let built_in = built_in.into_iter().filter(|(_, has, _)| *has).map(|(name, _, moves_money)| GatewayInfo {
            name: name.to_owned(),
            moves_money,
            publishable_key: None,
        });
        self.accounts.iter().map(account).chain(built_in).collect()
    }

    /// What a customer is told to do, with the public key that their browser needs for it.
    #[must_use]
    pub fn action(&self, name: &str, action: &Action) -> NextAction {
        match action {
            Action::Redirect(url) => NextAction::Redirect { url: url.clone() },
            Action::ClientSecret(secret) => NextAction::ClientSecret {
                client_secret: secret.expose().to_owned(),
                publishable_key: match self.account(name) {
                    Some(Gateway::Stripe(config)) => config.publishable_key.clone(),
                    _ => String::new(),
                },
            },
            Action::Checkout(order) => NextAction::Checkout {
                order: order.clone(),
                key_id: match self.account(name) {
                    Some(Gateway::Razorpay(config)) => config.key_id.clone(),
                    _ => String::new(),
                },
            },
            Action::OpenApp(token) => NextAction::OpenApp { token: token.expose().to_owned() },
            Action::Wait => NextAction::Wait,
        }
    }
}

/// Where Swish and D2I tell us what became of a payment. The end of it is known to whoever we asked alone: Swish signs nothing.
///
/// # Errors
/// 500 when the deployment lacks `PUBLIC_URL` or `INTERNAL_KEY`.
pub fn notice_url(env: &Env, gateway: &str, payment: Id) -> Result<Option<String>> {
    if !matches!(gateway, "swish" | "d2i") {
        return Ok(None);
    }
    let url = env.var("PUBLIC_URL")?.to_string();
    let key = notice_key(env, payment)?;
    Ok(Some(format!("{}/api/v1/webhooks/{gateway}?key={key}", url.trim_end_matches('/'))))
}

/// What nobody guesses in that address.
///
/// # Errors
/// As [`notice_url`].
pub fn notice_key(env: &Env, payment: Id) -> Result<String> {
    let key = env.secret("INTERNAL_KEY")?.to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(Problem::internal)?;
    mac.update(format!("notices of payment {payment}").as_bytes());
    Ok(hex::encode(mac.finalize().into_bytes()))
}

/// Something to pay with.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct GatewayInfo {
    /// What `POST /payments/initiate` calls it.
    #[schema(example = "stripe")]
    pub name: String,
    /// Does money move? The sandbox moves none, and whoever pays should be told.
    pub moves_money: bool,
    /// What the gateway's script in a browser is begun with: it is public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publishable_key: Option<String>,
}

/// What the customer has to do. Told to whoever pays, and kept nowhere: who asks again is answered by the gateway.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NextAction {
    /// Their browser goes there.
    Redirect {
        /// Where to.
        url: String,
    },
    /// Stripe's script in their browser goes on with this.
    ClientSecret {
        /// For nobody else's eyes.
        client_secret: String,
        /// Stripe's public key of this chain.
        publishable_key: String,
    },
    /// Razorpay's checkout in their browser opens this order; what it hands back goes to `POST /payments/verify`.
    Checkout {
        /// Razorpay's order.
        order: String,
        /// Razorpay's public key of this chain.
        key_id: String,
    },
    /// The gateway's app on their phone opens this request.
    OpenApp {
        /// For nobody else's eyes.
        token: String,
    },
    /// Their phone asks them.
    Wait,
}

impl fmt::Debug for NextAction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NextAction(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRIPE: &str = r#""stripe":{"secret_key":"sk_test_1","webhook_secrets":["w"],"live":false}"#;

    #[test]
    fn an_empty_secret_is_the_sandbox_alone() {
        for text in ["", "{}", &"0a".repeat(32)] {
            let gateways = Gateways::read(text).unwrap();
            assert_eq!(
                (gateways.names().as_str(), gateways.has("stripe")),
                ("gift_balance, points, sandbox", false),
                "{text}"
            );
        }
        let without = Gateways::read(&format!("{{{STRIPE},\"cash_on_delivery\":true,\"sandbox\":false}}")).unwrap();
        assert_eq!(without.names(), "stripe, cash_on_delivery, gift_balance, points");
        assert_eq!(Gateways::read(&format!("{{{STRIPE}}}")).unwrap().names(), "stripe, gift_balance, points, sandbox");
        assert!(!Gateways::read("{\"sandbox\":false}").unwrap().has(SANDBOX));
    }

    #[test]
    fn nobody_pays_real_money_with_the_sandbox() {
        let live = STRIPE.replace("sk_test", "sk_live").replace("false", "true");
        assert_eq!(Gateways::read(&format!("{{{live}}}")).unwrap().names(), "stripe, gift_balance, points");
        assert!(Gateways::read(&format!("{{{live},\"sandbox\":true}}")).unwrap_err().contains("moves no money"));
    }

    #[test]
    fn a_wrong_configuration_says_what_is_wrong_and_no_secret() {
        for text in [
            "[]",
            "{\"stripe\":1}",
            "{\"sandbox\":1}",
            "{\"nobody\":{}}",
            "{\"stripe\":{\"secret_key\":\"sk_test_hush\",\"live\":true,\"webhook_secrets\":[\"hush\"]}}",
            "{\"stripe\":{\"secret_key\":\"sk_test_hush\",\"live\":\"hush\",\"webhook_secrets\":[\"hush\"]}}",
            "{\"stripe\":{\"secret_key\":\"sk_test_hush\",\"live\":false}}",
        ] {
            let fault = Gateways::read(text).unwrap_err();
            assert!(!fault.is_empty() && !fault.contains("hush"), "{text}: {fault}");
        }
        let debug = format!("{:?}", Gateways::read(&format!("{{{STRIPE}}}")).unwrap());
        assert!(!debug.contains("sk_test"), "{debug}");
    }
}
