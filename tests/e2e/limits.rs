//! How much of it: rate limits, what is left out first when there is too much, and workers that do not answer (R15, R16, S15).
#![allow(clippy::disallowed_methods)] // the clock: never runs as WASM

use crate::wanted;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Answer, Chain, Client, Platform, eventually};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A client at an address, as Cloudflare would say it.
fn at(platform: &Platform, address: &str) -> Client {
    platform.client().with_header("cf-connecting-ip", address)
}

fn log_in(client: &Client, email: &str) -> Answer {
    client.post("/api/v1/auth/login", &json!({"email": email, "password": "not the password"})).unwrap()
}

/// So many calls, by twenty at once.
fn many(count: usize, call: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    let (next, answers) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                while let Some(number) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < count) {
                    let answer = call(number);
                    answers.lock().unwrap().push(answer);
                }
            });
        }
    });
    answers.into_inner().unwrap()
}

#[test]
fn guesses_are_counted_to_the_last_one_by_address_and_by_account() {
    if !wanted() {
        return;
    }
    let platform =
        Platform::start_limited("guesses", &[("PROOF_LIMIT", "30/300"), ("ACCOUNT_LIMIT", "20/900")]).unwrap();
    // A thousand accounts from one address: thirty are looked at, to the one, and one more every ten seconds.
    let begun = Instant::now();
    let thief = at(&platform, "203.0.113.1");
    let answers = many(1_000, |number| log_in(&thief, &format!("victim-{number}@example.com")));
    let again = begun.elapsed().as_secs() as usize / 10 + 1;
    let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!((30..=30 + again).contains(&looked_at) && looked_at + refused.len() == 1_000, "{looked_at}");
    for answer in refused {
        assert_eq!(
            (answer.content_type.as_str(), &answer.body["code"]),
            ("application/problem+json", &json!("too_many_requests"))
        );
        let wait: u32 = answer.headers["retry-after"].parse().unwrap();
        assert!((1..=300).contains(&wait));
        assert_eq!(answer.headers["ratelimit-policy"], "\"proof\";q=30;w=300");
        assert!(answer.headers["ratelimit"].starts_with("\"proof\";r=0;t="), "{}", answer.headers["ratelimit"]);
    }
    // From elsewhere nothing is wrong, and one sees what is left.
    let elsewhere = log_in(&at(&platform, "203.0.113.2"), "victim-1@example.com");
    assert_eq!((elsewhere.status, elsewhere.headers["ratelimit"].as_str()), (401, "\"proof\";r=29;t=10"));

    // One account from a thousand addresses, and one that does not exist: both are left alone after twenty, in the same words.
    Chain::open(&platform, 10).unwrap();
    let spread = |email: &str| {
        let begun = Instant::now();
        let from = |number: usize| at(&platform, &format!("198.18.{}.{}", number / 250, number % 250));
        let answers = many(1_000, |number| log_in(&from(number), email));
        let again = begun.elapsed().as_secs() as usize / 45 + 1;
        let words = |status: u16| -> BTreeSet<String> {
            let these = answers.iter().filter(|answer| answer.status == status);
            these.map(|answer| format!("{} {}", answer.body["code"], answer.body["detail"])).collect()
        };
        let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
        let refused = answers.iter().filter(|answer| answer.status == 429).count();
        assert_eq!(looked_at + refused, 1_000, "{email}");
        assert!(looked_at <= 20 + again, "{email}: {looked_at}");
        (looked_at, words(401))
    };
    let ((known, said), (unknown, said_of_nobody)) = (spread("admin@example.com"), spread("nobody@example.com"));
    // Those who run the chain have logged in before.
    assert!(known >= 1 && unknown >= 20, "{known} {unknown}");
    assert_eq!(said, said_of_nobody);
    assert_eq!(said.len(), 1, "{said:?}");
}

#[test]
fn who_reads_without_end_is_asked_to_wait() {
    if !wanted() {
        return;
    }
    let platform = Platform::start_limited("reader", &[]).unwrap();
    let (reader, other) = (at(&platform, "203.0.113.9"), at(&platform, "203.0.113.10"));
    // On several lines, so that a busy machine reads more than its share within a minute as well.
    let (asked, refused) = (AtomicUsize::new(0), Mutex::new(None));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while refused.lock().unwrap().is_none() {
                    let number = asked.fetch_add(1, Ordering::Relaxed);
                    if number >= 12_000 {
                        break;
                    }
                    let answer = reader.get("/api/v1/products").unwrap();
                    if answer.status == 429 {
                        refused.lock().unwrap().get_or_insert((number, answer));
                    }
                }
            });
        }
    });
    // The count begins anew with each minute.
    let (number, answer) = refused.into_inner().unwrap().expect("it goes on for ever");
    // Of those that are on their way together, one that was numbered later may come first.
    assert!(number + 8 >= 1_200, "{number}");
    assert_eq!((answer.headers["retry-after"].as_str(), &answer.body["code"]), ("60", &json!("too_many_requests")));
    assert_eq!(other.get("/api/v1/products").unwrap().status, 200);
}

#[test]
fn whoever_buys_gets_through_a_crowd_that_browses() {
    if !wanted() {
        return;
    }
    let platform = Platform::start_with("crowd", &[("MAX_IN_FLIGHT", "8")]).unwrap();
    let chain = Chain::open(&platform, 200).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let (done, served, left_out) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let answer = chain.nobody.get("/api/v1/products").unwrap();
                    match answer.status {
                        200 => served.fetch_add(1, Ordering::Relaxed),
                        _ => {
                            assert_eq!(
                                (answer.status, &answer.body["code"]),
                                (503, &json!("overloaded")),
                                "{}",
                                answer.body
                            );
                            assert_eq!(answer.headers["retry-after"], "2");
                            left_out.fetch_add(1, Ordering::Relaxed)
                        }
                    };
                }
            });
        }
        let crowded = eventually("a crowd", Duration::from_secs(30), || match left_out.load(Ordering::Relaxed) {
            0..20 => Err("room for all".to_owned()),
            _ => Ok(()),
        });
        let wish = json!({"store_id": chain.store, "lines": [golden_bubble(1)]});
        let orders: Vec<_> =
            (0..20).map(|_| customer.post("/api/v1/orders", &wish).map(|answer| answer.status)).collect();
        done.store(true, Ordering::Relaxed);
        crowded.unwrap();
        assert!(orders.iter().all(|status| status.as_ref().is_ok_and(|status| *status == 201)), "{orders:?}");
    });
    // And when the crowd has gone, there is room at once.
    assert!(served.into_inner() > 20);
    assert_eq!(chain.nobody.get("/api/v1/products").unwrap().status, 200);
}

#[test]
fn stores_and_gateways_get_through_four_times_the_load_and_all_is_as_before_when_it_is_over() {
    if !wanted() {
        return;
    }
    let platform = Platform::start_with("load", &[("MAX_IN_FLIGHT", "8")]).unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let tickets = format!("/api/v1/stores/{}/kitchen/tickets", chain.store);
    let browses = || chain.nobody.get("/api/v1/products").unwrap();
    let looks = || customer.get("/api/v1/auth/me").unwrap();
    let works = || chain.staff.get(&tickets).unwrap();
    // Signed by nobody: it is looked at, and that is what counts here.
    let tells = || chain.nobody.post("/api/v1/webhooks/sandbox", &json!({})).unwrap();
    let unloaded = [works().status, tells().status];
    let (done, left_out) = (AtomicBool::new(false), [AtomicUsize::new(0), AtomicUsize::new(0)]);
    std::thread::scope(|scope| {
        let crowd: [&(dyn Fn() -> Answer + Sync); 2] = [&browses, &looks];
        for number in 0..32 {
            let (left_out, call, done) = (&left_out[number % 2], crowd[number % 2], &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let answer = call();
                    if answer.status == 200 {
                        continue;
                    }
                    let (code, wait) = (&answer.body["code"], answer.headers["retry-after"].as_str());
                    assert_eq!((answer.status, code, wait), (503, &json!("overloaded"), "2"), "{}", answer.body);
                    left_out.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let crowded = eventually("a crowd of both kinds", Duration::from_secs(60), || {
            let counts = [&left_out[0], &left_out[1]].map(|count| count.load(Ordering::Relaxed));
            if counts.iter().all(|count| *count >= 20) { Ok(()) } else { Err(format!("{counts:?}")) }
        });
        let served: Vec<_> = (0..20).map(|_| [works().status, tells().status]).collect();
        done.store(true, Ordering::Relaxed);
        crowded.unwrap();
        assert!(served.iter().all(|statuses| *statuses == unloaded), "{served:?}");
    });
    for (what, answer) in [("browsing", browses()), ("an account", looks()), ("the store", works())] {
        assert_eq!(answer.status, 200, "{what} after the crowd: {}", answer.body);
    }
    assert_eq!(tells().status, unloaded[1]);
}

#[test]
fn a_worker_that_does_not_answer_is_asked_once_a_second_and_its_neighbours_go_on() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("breaker").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    platform.restart_in(Some("down=ANALYTICS,down_for=6")).unwrap();
    let path = format!("/api/v1/analytics/sales?store_id={}&from=2026-01-01&to=2026-01-02", chain.store);
    let figures = || chain.admin.get(&path).unwrap();
    let begun = Instant::now();
    let mut asked = 0;
    let answer = eventually("it to answer again", Duration::from_secs(30), || {
        asked += 1;
        let answer = figures();
        if answer.status < 500 {
            return Ok(answer);
        }
        assert_eq!((answer.status, answer.headers["retry-after"].as_str()), (503, "1"), "{}", answer.body);
        assert_eq!(chain.nobody.get("/api/v1/stores").unwrap().status, 200, "others are not touched");
        Err(answer.body.to_string())
    });
    assert_eq!(answer.unwrap().status, 200);
    let seconds = begun.elapsed().as_secs() as usize;
    let reached = platform.faults().unwrap().iter().filter(|line| line["fault"] == "service: down").count();
    // Five until it opens, and one a second from then on.
    assert!(reached >= 5 && reached <= 5 + seconds + 1, "{reached} in {seconds} s");
    assert!(asked > 2 * reached, "{asked} calls, of which {reached} went through");
    assert!(seconds < 6 + 10, "closed {seconds} s after it broke");
    assert!((0..20).all(|_| figures().status == 200));
}
