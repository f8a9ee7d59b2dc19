//! How somebody signed in, in the words of ID tokens (RFC 8176).

use kirana_edge::access_token::Method;

/// The words for these methods; `mfa` stands beside them where there are two factors.
#[must_use]
pub fn amr(methods: &[Method]) -> Vec<&'static str> {
    let mut words = Vec::new();
    for method in methods {
        let word = match method {
            Method::Pwd => "pwd",
            // A code that came by letter is a one-time password as well: the list has no word for the way it came.
            Method::Otp | Method::Mail => "otp",
            Method::Sms => "sms",
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if methods.contains(&Method::Pwd) && words.len() > 1 {
        words.push("mfa");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_rfc_8176s() {
        assert_eq!(amr(&[]), Vec::<&str>::new());
        assert_eq!(amr(&[Method::Pwd]), ["pwd"]);
        assert_eq!(amr(&[Method::Pwd, Method::Otp]), ["pwd", "otp", "mfa"]);
        assert_eq!(amr(&[Method::Pwd, Method::Mail]), ["pwd", "otp", "mfa"]);
        assert_eq!(amr(&[Method::Pwd, Method::Sms]), ["pwd", "sms", "mfa"]);
        assert_eq!(amr(&[Method::Otp, Method::Mail]), ["otp"], "one factor, shown in two ways");
    }
}
