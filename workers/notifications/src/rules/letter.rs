//! Letters about somebody's account, and about things that they look after: which event asks for one, and what it says. What only its reader
//! may know (a link, a code) is asked of identity at the moment of writing; no event and no table carries it.

use super::address::greeting;
use super::html::{Part, page};
use kirana_contracts::letter::{InvoiceLetter, LetterSecret};
use kirana_events::{EventData, Letter, PersonEvent};
use kirana_kernel::{Id, Timestamp};

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Is this your address?
    Verification,
    /// Somebody registered with an address that has an account.
    AddressClaimed,
    /// A new password.
    PasswordReset,
    /// An account that somebody else has prepared.
    Invitation,
    /// A code, by e-mail or text message.
    Code,
    /// A password was changed.
    PasswordChanged,
    /// A device of a store that somebody manages.
    DeviceTrouble,
    /// An invoice that its buyer asked for.
    Invoice,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Verification,
        Self::AddressClaimed,
        Self::PasswordReset,
        Self::Invitation,
        Self::Code,
        Self::PasswordChanged,
        Self::DeviceTrouble,
        Self::Invoice,
    ];

    /// Its name in tables and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verification => "verification",
            Self::AddressClaimed => "address_claimed",
            Self::PasswordReset => "password_reset",
            Self::Invitation => "invitation",
            Self::Code => "code",
            Self::PasswordChanged => "password_changed",
            Self::DeviceTrouble => "device_trouble",
            Self::Invoice => "invoice",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A letter that an event asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What it is about.
    pub kind: Kind,
    /// Whose account.
    pub user_id: Id,
    /// How to address them.
    pub name: String,
    /// The address of their account.
    pub address: String,
    /// With what identity is asked for the secret that it says.
    pub ticket: Option<Id>,
    /// What it says of a thing; nobody's secret.
    pub words: Option<String>,
}

/// The letter that an event asks for, if it does.
#[must_use]
pub fn wanted(data: &EventData) -> Option<Wanted> {
    let secret = |kind, to: &Letter| Wanted {
        kind,
        user_id: to.user_id,
        name: to.name.clone(),
        address: to.email.clone(),
        ticket: Some(to.ticket),
        words: None,
    };
    let plain = |kind, to: &PersonEvent| Wanted {
        kind,
        user_id: to.user_id,
        name: to.name.clone(),
        address: to.email.clone(),
        ticket: None,
        words: None,
    };
    match data {
        EventData::VerificationRequested(to) => Some(secret(Kind::Verification, to)),
        EventData::AddressClaimed(to) => Some(plain(Kind::AddressClaimed, to)),
        EventData::PasswordResetRequested(to) => Some(secret(Kind::PasswordReset, to)),
        EventData::StaffInvited(to) => Some(secret(Kind::Invitation, to)),
        EventData::OneTimeCodeRequested(to) => Some(secret(Kind::Code, to)),
        EventData::PasswordChanged(to) => Some(plain(Kind::PasswordChanged, to)),
        _ => None,
    }
}

/// The letter about an invoice that its buyer asked for: the order's id stands before the words, as the link needs it.
#[must_use]
pub fn of_invoice(asked: &InvoiceLetter) -> Wanted {
    Wanted {
        kind: Kind::Invoice,
        user_id: asked.user_id,
        name: asked.name.clone(),
        address: asked.email.clone(),
        ticket: None,
        words: Some(format!("{} {}", asked.order_id, asked.words)),
    }
}

/// By which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// E-mail.
    Letter,
    /// A text message to a telephone.
    Text,
}

/// A message as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// By which way.
    pub medium: Medium,
    /// An e-mail address, or a telephone number.
    pub to: String,
    /// The subject: our own words only, so that nobody else's are in a header.
    pub title: &'static str,
    /// The words.
    pub text: String,
    /// The same as HTML; nothing for a text message.
    pub html: String,
}

fn until(expires_at: Timestamp) -> String {
    let text = expires_at.to_string();
    format!("{} UTC", text.get(..16).unwrap_or(&text).replace('T', " "))
}

/// What a letter says; nothing for one that should say a secret, or words of its own, and has none. `url` is where its links lead.
#[must_use]
pub fn write(
    kind: Kind,
    (name, address): (&str, &str),
    url: &str,
    secret: Option<&LetterSecret>,
    words: Option<&str>,
) -> Option<Message> {
    use Part::{Link, Says, Shows};
    let says = |text: &str| Says(text.to_owned());
    let (title, parts) = match (kind, secret) {
        (Kind::Verification, Some(LetterSecret { secret, expires_at, .. })) => {
            let asks = format!(
                "somebody registered with this address. If it was you, say so here until {}:",
                until(*expires_at)
            );
            let link = format!("{url}/verify-email?token={secret}");
            let not = says("If it was not, do nothing: without you the address is not theirs.");
            ("Is this your address?", vec![Says(asks), Link(link), not])
        }
        (Kind::AddressClaimed, _) => {
            let text = "somebody tried to register with your address. You have an account already: log in, or ask for a \
                        new password if you forgot yours. If it was not you, do nothing.";
            ("You have an account already", vec![says(text)])
        }
        (Kind::PasswordReset, Some(LetterSecret { secret, expires_at, .. })) => {
            let asks = format!(
                "somebody asked for a new password for your account. To set one until {}, go here:",
                until(*expires_at)
            );
            let link = format!("{url}/reset-password?token={secret}");
            let or = says("Where an app asks you for the code itself, it is this:");
            let not = says("If it was not you, do nothing: your password stays as it is.");
            ("A new password", vec![Says(asks), Link(link), or, Shows(secret.clone()), not])
        }
        (Kind::Invitation, Some(LetterSecret { secret, expires_at, .. })) => {
            let asks = format!(
                "you are invited to work with us. To choose a password and begin, go here until {}:",
                until(*expires_at)
            );
            let link = format!("{url}/dashboard/join?token={secret}");
            let or = says("Where an app asks you for the code itself, it is this:");
            ("You are invited", vec![Says(asks), Link(link), or, Shows(secret.clone())])
        }
        (Kind::Code, Some(LetterSecret { secret, expires_at, phone })) => {
            let text =
                format!("your code is {secret}, until {}. Nobody of us will ever ask you for it.", until(*expires_at));
            if let Some(phone) = phone {
                // Short, and without a name: each text message costs by its length, and by letters that are not Latin.
                let text = format!("Kirana: {text}");
                let to = phone.clone();
                return Some(Message { medium: Medium::Text, to, title: "Your code", text, html: String::new() });
            }
            ("Your code", vec![Says(text)])
        }
        (Kind::PasswordChanged, _) => {
            let text = "your password was changed, and all other sessions were ended. If it was not you, ask for a new \
                        password at once.";
            ("Your password was changed", vec![says(text)])
        }
        (Kind::DeviceTrouble, _) => {
            // Its name is a person's, and its words may be the device's own: a line of each.
            let words: String = words?.split_whitespace().collect::<Vec<_>>().join(" ");
            ("A device needs somebody", vec![says("a device of your store needs somebody."), Says(words)])
        }
        (Kind::Invoice, _) => {
            let (order, words) = words?.split_once(' ')?;
            let order: Id = order.parse().ok()?;
            let asked =
                "you asked for your invoice. It is there for whoever is logged in to your account, to read and as PDF:";
            let not = "It is not in this letter itself, as letters lie in many places.";
            let link = format!("{url}/orders/{order}/receipt");
            ("Your invoice", vec![says(asked), Says(words.to_owned()), Link(link), says(not)])
        }
        _ => return None,
    };
    let mut whole = vec![Says(format!("{},", greeting(name)))];
    whole.extend(parts);
    let text = whole.iter().map(Part::text).collect::<Vec<_>>().join("\n\n") + "\n";
    let html = page(title, &whole);
    Some(Message { medium: Medium::Letter, to: address.to_owned(), title, text, html })
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: Timestamp = Timestamp::from_millis(1_763_631_000_000);

    fn secret(phone: Option<&str>) -> LetterSecret {
        LetterSecret { secret: "abc.def".into(), expires_at: END, phone: phone.map(str::to_owned) }
    }

    fn letter() -> Letter {
        let id = Id::new(Timestamp::from_millis(1), [1; 10]);
        Letter { user_id: id, name: "Mali".into(), email: "mali@example.com".into(), ticket: id }
    }

    #[test]
    fn a_letter_says_its_secret_and_until_when() {
        let wanted = wanted(&EventData::VerificationRequested(letter())).unwrap();
        assert_eq!(wanted.ticket, Some(letter().ticket));
        let write = |secret| write(wanted.kind, (&wanted.name, &wanted.address), "https://x", secret, None);
        assert_eq!(write(None), None, "a letter without its secret is none");
        let message = write(Some(&secret(None))).unwrap();
        assert_eq!((message.medium, message.to.as_str()), (Medium::Letter, "mali@example.com"));
        for body in [&message.text, &message.html] {
            assert!(body.contains("https://x/verify-email?token=abc.def"), "{body}");
            assert!(body.contains("2025-11-20 09:30 UTC") && body.contains("Mali,"), "{body}");
        }
    }

    #[test]
    fn a_text_message_goes_to_a_telephone_and_names_nobody() {
        let message =
            write(Kind::Code, ("Mali", "mali@example.com"), "https://x", Some(&secret(Some("+66812345678"))), None);
        let message = message.unwrap();
        assert_eq!((message.medium, message.to.as_str()), (Medium::Text, "+66812345678"));
        assert!(message.text.contains("your code is abc.def") && !message.text.contains("Mali"), "{}", message.text);
        assert!(message.text.len() <= 160, "it is one message and no two");
    }

    #[test]
    fn no_name_gets_into_a_header_or_out_of_its_paragraph() {
        for name in ["Mali\r\nBcc: eve@example.com", "<script>alert(1)</script>", "\"><a href=x>", "O'Neil & <b>"] {
            for kind in Kind::ALL {
                let words = format!("{} It is warm", letter().user_id);
                let message =
                    write(kind, (name, "mali@example.com"), "https://x", Some(&secret(None)), Some(&words)).unwrap();
                assert!(!message.title.contains(['\r', '\n', '<']) && message.to == "mali@example.com");
                assert!(!message.text.contains("Bcc") && !message.text.contains('\r'), "{}", message.text);
                for tag in ["<script", "<a href=x", "<b>"] {
                    assert!(!message.html.contains(tag), "{}", message.html);
                }
            }
        }
        let message = write(Kind::PasswordChanged, ("O'Neil & Sons", "a@b.c"), "https://x", None, None).unwrap();
        assert!(message.text.starts_with("O'Neil & Sons,") && message.html.contains("<p>O&#39;Neil &amp; Sons,</p>"));
    }

    #[test]
    fn what_a_device_says_is_one_line_and_no_tag() {
        let words = "The fridge: too warm.\r\n\r\nBcc: eve@example.com <script>";
        let write = |words| write(Kind::DeviceTrouble, ("Noi", "noi@example.com"), "https://x", None, words);
        assert_eq!(write(None), None);
        let message = write(Some(words)).unwrap();
        assert!(message.text.contains("\n\nThe fridge: too warm. Bcc: eve@example.com <script>\n"), "{}", message.text);
        assert!(!message.html.contains("<script") && message.title == "A device needs somebody");
    }

    #[test]
    fn an_invoice_is_a_link_for_who_logs_in() {
        let Letter { user_id, name, email, .. } = letter();
        let words = "Invoice 12 of 110.00 THB".to_owned();
        let wanted = of_invoice(&InvoiceLetter { user_id, name, email, order_id: user_id, words });
        let write = |words: &str| write(wanted.kind, ("Mali", "mali@example.com"), "https://x", None, Some(words));
        let message = write(wanted.words.as_deref().unwrap()).unwrap();
        assert!(message.text.contains(&format!("https://x/orders/{user_id}/receipt")), "{}", message.text);
        assert!(message.text.contains("\n\nInvoice 12 of 110.00 THB\n\n"), "{}", message.text);
        assert_eq!((write("../sign-out Invoice 12"), write("")), (None, None), "no other link");
    }

    #[test]
    fn kinds_are_read_as_they_are_written() {
        assert!(Kind::ALL.iter().all(|kind| Kind::from_name(kind.name()) == Some(*kind)));
    }
}
