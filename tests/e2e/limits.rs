//! How much of it: rate limits, what is left out first when there is too much, and workers that do not answer (R15, R16, S15).
#![allow(clippy::disallowed_methods)] // the clock: never runs as WASM

use crate::wanted;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Answer, Chain, Client, Platform, eventually};
use serde_json::json;
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

#[test]
fn guesses_are_counted_to_the_last_one_by_address_and_by_account() {
    if !wanted() {
        return;
    }
    let platform =
        Platform::start_limited("guesses", &[("PROOF_LIMIT", "30/300"), ("ACCOUNT_LIMIT", "20/900")]).unwrap();
    // A thousand accounts from one address: thirty of a hundred at once are looked at, to the one.
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let one = |number: usize| {
            let client = at(&platform, "203.0.113.1");
            move || log_in(&client, &format!("victim-{number}@example.com"))
        };
        let calls: Vec<_> = (0..100).map(|number| scope.spawn(one(number))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    // One comes back every ten seconds.
    assert!((30..=32).contains(&looked_at) && looked_at + refused.len() == 100, "{looked_at}");
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
    let spread = |email: &str| -> Vec<u16> {
        (0..25).map(|number| log_in(&at(&platform, &format!("198.51.100.{number}")), email).status).collect()
    };
    let [known, unknown] = ["admin@example.com", "nobody@example.com"].map(|email| {
        let statuses = spread(email);
        statuses.iter().position(|status| *status == 429)
    });
    assert!(known.is_some() && unknown == Some(20), "{known:?} {unknown:?}");
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
    assert!(number >= 1_200, "{number}");
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
