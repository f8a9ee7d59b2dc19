//! The words of the pages: signing in, a second factor, agreeing, what one has agreed to, the way out, and what to do when
//! something is wrong.

use crate::api::identity::User;
use crate::api::page::STYLE;
use crate::db::consents::Consent;
use crate::rules::code::GRANT_LIFETIME;
use crate::rules::redirect::origin;
use crate::rules::scope::{self, Scope};

/// Makes a text safe between tags and in attributes.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn whole(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title} · Kirana</title><style>{STYLE}</style></head>\n<body><main>\n<h1>{title}</h1>\n{body}\n\
         <footer><a href=\"/api/v1/oauth/account\">What you have allowed, and signing out</a></footer>\n</main></body>\n</html>\n"
    )
}

fn alert(fault: Option<&str>) -> String {
    fault.map(|fault| format!("<p role=\"alert\" id=\"fault\">{}</p>\n", safe(fault))).unwrap_or_default()
}

/// The client that asks, as a page shows it: what it calls itself, and where the answer goes, which it cannot invent.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Where the answer goes.
    pub redirect_uri: &'a str,
}

impl Asker<'_> {
    fn sentence(self, wants: &str) -> String {
        format!("<p><strong>{}</strong> ({}) {wants}</p>\n", safe(self.name), safe(&origin(self.redirect_uri)))
    }
}

/// Address and password.
#[must_use]
pub fn sign_in(asker: Asker<'_>, ticket: &str, email: &str, fault: Option<&str>) -> String {
    let described = if fault.is_some() { " aria-describedby=\"fault\"" } else { "" };
    let body = format!(
        "{}{}<form method=\"post\" action=\"/api/v1/oauth/sign-in\">\n\
         <input type=\"hidden\" name=\"ticket\" value=\"{}\">\n\
         <label for=\"email\">E-mail address</label>\n\
         <input type=\"email\" id=\"email\" name=\"email\" autocomplete=\"username\" required autofocus value=\"{}\"{described}>\n\
         <label for=\"password\">Password</label>\n\
         <input type=\"password\" id=\"password\" name=\"password\" autocomplete=\"current-password\" required{described}>\n\
         <button class=\"main\" name=\"action\" value=\"sign_in\">Sign in</button>\n\
         <button name=\"action\" value=\"cancel\" formnovalidate>Cancel</button>\n</form>",
        asker.sentence("asks you to sign in with your Kirana account."),
        alert(fault),
        safe(ticket),
        safe(email),
    );
    whole("Sign in", &body)
}

fn kind_in_words(kind: &str) -> &'static str {
    match kind {
        "totp" => "Authenticator app",
        "mail" => "Code by e-mail",
        "sms" => "Code by text message",
        _ => "Recovery code",
    }
}

/// A second factor.
#[must_use]
pub fn second_factor(asker: Asker<'_>, ticket: &str, kinds: &[String], chosen: &str, says: Option<&str>) -> String {
    let choice = |kind: &String| {
        let checked = if kind == chosen { " checked" } else { "" };
        let kind = safe(kind);
        let words = kind_in_words(&kind);
        format!(
            "<label class=\"choice\"><input type=\"radio\" name=\"kind\" value=\"{kind}\" required{checked}> {words}</label>\n"
        )
    };
    let choices: String = kinds.iter().map(choice).collect();
    let sent = kinds.iter().any(|kind| kind == "mail" || kind == "sms");
    let send = "<button name=\"action\" value=\"send\" formnovalidate>Send me a code</button>\n";
    let body = format!(
        "{}{}<form method=\"post\" action=\"/api/v1/oauth/sign-in\">\n\
         <input type=\"hidden\" name=\"ticket\" value=\"{}\">\n\
         <fieldset><legend>How you prove that it is you</legend>\n{choices}</fieldset>\n\
         <label for=\"code\">Code</label>\n\
         <input type=\"text\" id=\"code\" name=\"code\" autocomplete=\"one-time-code\" autocapitalize=\"none\" spellcheck=\"false\" required autofocus>\n\
         <button class=\"main\" name=\"action\" value=\"code\">Go on</button>\n{}\
         <button name=\"action\" value=\"cancel\" formnovalidate>Cancel</button>\n</form>",
        asker.sentence("asks you to sign in. Your account has a second factor."),
        alert(says),
        safe(ticket),
        if sent { send } else { "" },
    );
    whole("One more step", &body)
}

/// Whether somebody agrees.
#[must_use]
pub fn consent(asker: Asker<'_>, ticket: &str, user: &User, scopes: &[Scope]) -> String {
    let list: String = scopes.iter().map(|scope| format!("<li>{}</li>\n", scope.in_words())).collect();
    let body = format!(
        "{}<ul>\n{list}</ul>\n\
         <p class=\"who\">You are signed in as {} ({}). This ends after {} days, or when you take it back.</p>\n\
         <form method=\"post\" action=\"/api/v1/oauth/consent\">\n\
         <input type=\"hidden\" name=\"ticket\" value=\"{}\">\n\
         <button class=\"main\" name=\"action\" value=\"allow\">Allow</button>\n\
         <button name=\"action\" value=\"deny\">Do not allow</button>\n\
         <button name=\"action\" value=\"switch\">Sign in as somebody else</button>\n</form>",
        asker.sentence("would like to:"),
        safe(&user.name),
        safe(&user.email),
        GRANT_LIFETIME.as_secs() / 86_400,
        safe(ticket),
    );
    whole("Do you allow this?", &body)
}

fn signed_in_as(user: &User) -> String {
    format!("<p class=\"who\">You are signed in as {} ({}).</p>\n", safe(&user.name), safe(&user.email))
}

const SIGN_OUT: &str = "<button class=\"main\" name=\"action\" value=\"sign_out\">Sign out</button>\n";

/// What somebody has agreed to, each with a button that takes it back, and the way out.
#[must_use]
pub fn account(ticket: &str, user: &User, consents: &[Consent]) -> String {
    let row = |consent: &Consent| {
        let may = scope::parse(&consent.scope).into_iter().map(Scope::in_words).collect::<Vec<_>>().join("; ");
        format!(
            "<li><strong>{0}</strong> may {may}, since {1}.\n\
             <button name=\"withdraw\" value=\"{2}\" aria-label=\"Take back from {0}\">Take back</button></li>\n",
            safe(&consent.client_name),
            safe(consent.agreed_at.to_string().split('T').next().unwrap_or_default()),
            consent.client_id,
        )
    };
    let rows: String = consents.iter().map(row).collect();
    let list = if rows.is_empty() {
        "<p>You have allowed nothing to anybody.</p>\n".to_owned()
    } else {
        format!("<h2>What you have allowed</h2>\n<ul>\n{rows}</ul>\n")
    };
    let body = format!(
        "{}<form method=\"post\" action=\"/api/v1/oauth/account\">\n\
         <input type=\"hidden\" name=\"ticket\" value=\"{}\">\n{list}\
         <p>Signing out here ends what every tool was given since you signed in.</p>\n{SIGN_OUT}</form>",
        signed_in_as(user),
        safe(ticket),
    );
    whole("Your account", &body)
}

/// Whether somebody wants to be signed out, as a client has asked.
#[must_use]
pub fn leave(ticket: &str, user: &User, asker: Option<&str>) -> String {
    let asks = asker.map(|name| format!("<p><strong>{}</strong> asks to sign you out.</p>\n", safe(name)));
    let body = format!(
        "{}{}<form method=\"post\" action=\"/api/v1/oauth/account\">\n\
         <input type=\"hidden\" name=\"ticket\" value=\"{}\">\n{SIGN_OUT}</form>\n\
         <p>If you did not want that, close this page.</p>",
        asks.unwrap_or_default(),
        signed_in_as(user),
        safe(ticket),
    );
    whole("Do you want to sign out?", &body)
}

/// Nobody is signed in in this browser.
#[must_use]
pub fn signed_out() -> String {
    whole(
        "You are signed out",
        "<p>Nobody is signed in in this browser. You sign in again from the tool that you want to use.</p>",
    )
}

/// Something is wrong that cannot be told to the client.
#[must_use]
pub fn lost(what: &str) -> String {
    let body = format!(
        "<p role=\"alert\">{}</p>\n<p>Go back to where you came from and try again from there.</p>",
        safe(what)
    );
    whole("This did not work", &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::{Id, Timestamp};

    fn user(name: &str) -> User {
        User {
            id: Id::new(Timestamp::from_millis(1), [1; 10]),
            email: name.into(),
            email_verified: true,
            name: name.into(),
            roles: vec![],
            stores: vec![],
            franchisee_id: None,
        }
    }

    fn agreed(client_name: &str) -> Consent {
        let (client_id, agreed_at) =
            (Id::new(Timestamp::from_millis(1), [2; 10]), Timestamp::from_millis(1_763_631_000_000));
        Consent { client_id, client_name: client_name.into(), scope: "openid email".into(), agreed_at }
    }

    #[test]
    fn what_one_has_agreed_to_is_seen_with_a_way_back_and_a_way_out() {
        let page = account("t", &user("Ada"), &[agreed("The tool")]);
        for words in [
            "<strong>The tool</strong> may recognise you when you come back; see your e-mail address, since 2025-11-20",
            "name=\"withdraw\" value=\"00000000-0001-",
            "Take back from The tool",
            "value=\"sign_out\"",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(account("t", &user("Ada"), &[]).contains("nothing to anybody"));
        assert!(leave("t", &user("Ada"), Some("The tool")).contains("value=\"sign_out\""));
        let asker = Asker { name: "Tool", redirect_uri: "https://tool.example/cb" };
        let (ada, kinds) = (user("Ada"), ["totp".to_owned()]);
        for page in [
            sign_in(asker, "t", "", None),
            second_factor(asker, "t", &kinds, "totp", None),
            consent(asker, "t", &ada, &Scope::ALL),
            account("t", &ada, &[]),
            leave("t", &ada, None),
            signed_out(),
            lost("x"),
        ] {
            assert!(page.contains("href=\"/api/v1/oauth/account\""), "no way out: {page}");
        }
    }

    #[test]
    fn who_agrees_reads_to_what_for_whom_and_for_how_long() {
        let asker = Asker { name: "The tool", redirect_uri: "https://tool.example/cb" };
        let page = consent(asker, "ticket", &user("Ada"), &Scope::ALL);
        for words in ["The tool", "tool.example", "Ada", "ends after 30 days, or when you take it back"] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }

    #[test]
    fn whatever_somebody_is_called_it_is_text() {
        let nasty = "<script>alert(1)</script>\"' onload=x";
        let asker = Asker { name: nasty, redirect_uri: "https://tool.example/cb" };
        let user = user(nasty);
        for page in [
            sign_in(asker, nasty, nasty, Some(nasty)),
            second_factor(asker, nasty, &[nasty.to_owned()], "totp", Some(nasty)),
            consent(asker, nasty, &user, &Scope::ALL),
            account(nasty, &user, &[agreed(nasty)]),
            leave(nasty, &user, Some(nasty)),
            lost(nasty),
        ] {
            assert!(
                !page.contains("<script") && !page.contains("\"' onload") && page.contains("&lt;script&gt;"),
                "{page}"
            );
        }
    }

    #[test]
    fn every_field_has_a_label_and_every_page_a_language() {
        let asker = Asker { name: "Tool", redirect_uri: "https://tool.example/cb" };
        let kinds = ["totp".to_owned(), "mail".to_owned()];
        for page in [sign_in(asker, "t", "", None), second_factor(asker, "t", &kinds, "totp", None)] {
            assert!(page.contains("<html lang=\"en\">") && page.contains("width=device-width"), "{page}");
            for field in page.split("<input").skip(1).filter(|field| field.contains(" id=\"")) {
                let id = field.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                assert!(page.contains(&format!("<label for=\"{id}\"")), "{id}");
            }
        }
        let page = sign_in(asker, "t", "", None);
        let field = page.split("<input").find(|field| field.contains("name=\"password\"")).unwrap();
        assert!(field.contains("type=\"password\"") && field.contains("autocomplete=\"current-password\""), "{field}");
        assert!(second_factor(asker, "t", &kinds, "totp", None).contains("value=\"send\""));
        assert!(!second_factor(asker, "t", &kinds[..1], "totp", None).contains("value=\"send\""));
    }
}
