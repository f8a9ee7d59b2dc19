use super::*;
use proptest::prelude::*;
use url::Url;

fn world(address: &str) -> Result<(), Refused> {
    may_call(address, Reach::World)
}

#[test]
fn the_world_is_called_with_https() {
    for good in [
        "https://accounts.example.com/.well-known/openid-configuration",
        "https://accounts.example.com",
        "HTTPS://Accounts.Example.COM:8443/x?y=z#w",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://xn--bcher-kva.example.com/",
        "https://localhost.example.com/",
        "https://127.0.0.1.example.com/",
        "https://example.com/@x",
        "https://example.com/?to=http://10.0.0.1@y",
    ] {
        assert!(world(good).is_ok(), "{good}");
    }
    for scheme in ["http", "ftp", "ws", "wss", "gopher"] {
        assert_eq!(world(&format!("{scheme}://example.com/")), Err(Refused::Scheme), "{scheme}");
    }
    for bad in [
        "",
        "example.com",
        "//example.com/",
        "/path",
        "https:",
        "https://",
        "https:///",
        "file:///etc/passwd",
        "data:,x",
    ] {
        assert!(world(bad).is_err(), "{bad}");
    }
    assert_eq!(world(&format!("https://example.com/{}", "x".repeat(2_000))), Err(Refused::Malformed));
}

#[test]
fn no_spelling_of_an_inner_address_is_called() {
    for bad in [
        // One address in all its spellings.
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "0x7f.0x0.0x0.0x1",
        "0300.0250.1",
        "127.255.255.254",
        // What it is written with, in other letters.
        "１２７.0.0.1",
        "127。0。0。1",
        "①②⑦.0.0.1",
        "%31%32%37.0.0.1",
        "0",
        "0.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:10.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::a00:1]",
        "[64:ff9b:1::1]",
        "[100::1]",
        "[2001::1]",
        "[2001:db8::1]",
        "[2002:7f00:1::]",
        "[3fff::1]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "x.localhost",
        "printer.local",
        "metadata.google.internal",
        "db.internal.",
        "router.lan",
        "nas.home",
        "1.0.0.10.in-addr.arpa",
        "kirana",
        "kirana-identity",
        "example.com.",
        "example..com",
        "ｌｏｃａｌｈｏｓｔ",
        "lo\u{ad}calhost",
    ] {
        let address = format!("https://{bad}/");
        assert!(world(&address).is_err(), "{address}: {:?}", world(&address));
        assert!(world(&format!("https://{bad}:8443/x")).is_err(), "{bad} with a port");
    }
}

#[test]
fn who_hides_the_host_is_refused() {
    for bad in [
        "https://example.com@10.0.0.1/",
        "https://user:password@example.com/",
        "https://@example.com/",
        "https://:@example.com/",
        "https://10.0.0.1%2f@example.com/",
    ] {
        assert_eq!(world(bad), Err(Refused::Userinfo), "{bad}");
    }
    for bad in [
        "https:\\\\10.0.0.1\\",
        "https://example.com\\@10.0.0.1/",
        " https://example.com/",
        "https://example.com/\n",
        "https://exam\tple.com/",
        "https://10.0.0.1\u{0}.example.com/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://example.com:99999/",
    ] {
        assert_eq!(world(bad), Err(Refused::Malformed), "{bad:?}");
    }
    // A reader takes these for absolute URLs with a host.
    for bad in [
        "https:10.0.0.1",
        "https:/10.0.0.1/",
        "https:////10.0.0.1/",
        "https:example.com",
        "https:/x@example.com",
        "https:///x@example.com",
        "https:/a://x@example.com/",
    ] {
        assert!(world(bad).is_err(), "{bad}");
    }
}

#[test]
fn this_machine_is_called_where_the_deployment_is_on_it() {
    let here = |address: &str| may_call(address, Reach::WorldAndHere);
    for good in [
        "http://127.0.0.1:3000/jwks",
        "http://localhost:3000/",
        "http://[::1]/",
        "https://localhost/",
        "https://example.com/",
    ] {
        assert!(here(good).is_ok(), "{good}");
    }
    for bad in [
        "http://127.0.0.2/",
        "http://10.0.0.1/",
        "http://example.com/",
        "http://x.localhost/",
        "http://127.0.0.1@10.0.0.1/",
        "ftp://127.0.0.1/",
    ] {
        assert!(here(bad).is_err(), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// An IPv4 address is judged as the one that it is, and taken in one of its spellings only.
    #[test]
    fn an_address_is_what_it_is_however_it_is_written(bits in any::<u32>(), inner in 0..SPECIAL_V4.len()) {
        let (first, prefix) = SPECIAL_V4[inner];
        // Nearly all would be public otherwise: the prefix is kept, the rest is random.
        let special = u32::from_be_bytes(first) | (bits & (u32::MAX >> prefix));
        for (number, public) in [(special, false), (bits, is_public_v4(Ipv4Addr::from_bits(bits)))] {
            let [a, b, c, d] = number.to_be_bytes();
            let low = number & 0xff_ffff;
            prop_assert_eq!(world(&format!("https://{a}.{b}.{c}.{d}/")).is_ok(), public, "{}", number);
            for other in [
                format!("{a}.{b}.{c}.{d}."),
                format!("{number}"),
                format!("{number:#x}"),
                format!("0{number:o}"),
                format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
                format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
                format!("{a}.{low}"),
                format!("{a:#X}.{low:#x}"),
            ] {
                prop_assert!(world(&format!("https://{other}/")).is_err(), "{}", other);
            }
            for carried in [
                format!("::ffff:{a}.{b}.{c}.{d}"),
                format!("::{a}.{b}.{c}.{d}"),
                format!("64:ff9b::{a}.{b}.{c}.{d}"),
                format!("2002:{:x}:{:x}::1", number >> 16, number & 0xffff),
            ] {
                prop_assert!(world(&format!("https://[{carried}]/")).is_err(), "{}", carried);
            }
        }
    }

    /// What is let through is read by one who reads as browsers do (WHATWG URL) as https, without a name or a password, to the very
    /// host that stands there, which is no inner one to it either.
    #[test]
    fn what_is_let_through_is_the_same_to_every_reader(
        text in "[hH]ttps?:[/\\\\@]{0,4}[a-z0-9.@:%\\[\\]\\\\-]{1,30}[/?#@.]{0,2}[a-z0-9.@:/]{0,12}",
        slashes in any::<bool>(),
    ) {
        let text = if slashes { text.replacen(':', "://", 1) } else { text };
        if world(&text).is_ok() && !text.contains("xn--") {
            let url = Url::parse(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
            prop_assert_eq!(url.scheme(), "https");
            prop_assert!(url.username().is_empty() && url.password().is_none(), "{}", url);
            let host = match url.host() {
                Some(url::Host::Domain(name)) => Host::Name(name.to_owned()),
                Some(url::Host::Ipv4(address)) => Host::V4(address),
                Some(url::Host::Ipv6(address)) => Host::V6(address),
                None => return Err(TestCaseError::fail(format!("{text} has no host"))),
            };
            prop_assert!(host.is_public(), "{}", url);
            let begin = format!("https://{}", url.host_str().unwrap_or_default());
            prop_assert!(text.to_lowercase().starts_with(&begin) || text.contains('['), "{}", url);
            prop_assert_eq!(world(url.as_str()), Ok(()), "read once more");
        }
    }

    /// No text ends anything.
    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,60}") {
        let _ = world(&text);
    }
}
