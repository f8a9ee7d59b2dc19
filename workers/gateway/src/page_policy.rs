//! The policy of pages that pay at a gateway whose form is a script of its own: what that needs is let in there, and nowhere else.
//!
//! Files say what a page may load (`web/assemble.mjs`), which is nothing from elsewhere. A deployment that takes payments by Stripe names
//! it in `PAYMENT_SCRIPTS`; then pages under `/pay/`, when a browser loads one, may load Stripe's script, ask its API and show its frames,
//! as Stripe's security guide lists them.

/// Under which addresses an app pays.
const PAY: &str = "/pay/";

/// What Stripe's form needs, by directive.
const STRIPE: [(&str, &str); 4] = [
    ("script-src", "https://js.stripe.com https://*.js.stripe.com"),
    ("frame-src", "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com"),
    ("connect-src", "https://api.stripe.com"),
    ("img-src", "https://*.stripe.com"),
];

/// The policy of a page at this path, where it is another than its file says: for a deployment with these scripts of gateways,
/// separated by spaces.
#[must_use]
pub fn of_page(path: &str, scripts: &str, policy: &str) -> Option<String> {
    let named = scripts.split_whitespace().any(|name| name == "stripe");
    (named && path.starts_with(PAY)).then(|| with(policy, &STRIPE))
}

/// A policy with more sources; a directive that it does not have is added with nothing but them.
fn with(policy: &str, more: &[(&str, &str)]) -> String {
    let mut directives: Vec<String> =
        policy.split(';').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect();
    for (name, sources) in more {
        let is_it = |one: &&mut String| one.split_whitespace().next() == Some(name);
        match directives.iter_mut().find(is_it) {
            Some(directive) => {
                directive.push(' ');
                directive.push_str(sources);
            }
            None => directives.push(format!("{name} {sources}")),
        }
    }
    directives.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSED: &str = "default-src 'none'; script-src 'self'; img-src 'self' data:; connect-src 'self'";

    #[test]
    fn a_payment_page_lets_in_what_the_deployment_names() {
        let opened = of_page("/pay/0199f6a1", "stripe", CLOSED).unwrap();
        assert_eq!(
            opened,
            "default-src 'none'; script-src 'self' https://js.stripe.com https://*.js.stripe.com; \
             img-src 'self' data: https://*.stripe.com; connect-src 'self' https://api.stripe.com; \
             frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com"
        );
        assert!(!opened.contains("unsafe"));
    }

    #[test]
    fn every_other_page_and_deployment_stays_closed() {
        for (path, scripts) in [("/pay/0199f6a1", ""), ("/", "stripe"), ("/payments", "stripe"), ("/pay/1", "stripes")]
        {
            assert_eq!(of_page(path, scripts, CLOSED), None, "{path} {scripts}");
        }
    }
}
