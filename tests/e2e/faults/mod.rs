//! Queues, databases and objects that fail, on the scripts that ship: what is promised holds all the same (proofs R11, R13),
//! and without its guards it does not.

mod authorisation;
mod figures;
mod load;

use crate::wanted;
use figures::{Wrong, settle};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use load::{insist, stories};
use serde_json::json;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Consumers that fail three times in ten, each message three times and out of order, soon in the dead letters.
const QUEUES: &str = "consumer=0.3,duplicate=3,delay=2,at_once=1,retries=3";

/// Databases and objects that lose what was asked or what they answered, answer what was, or have too much to do.
const LINES: &str = "d1=0.05,stale=0.2,object=0.1";

struct Ordeal {
    platform: Platform,
    chain: Chain,
    who: (String, Client),
    store: String,
}

impl Ordeal {
    /// A chain that was opened on a good day, and then.
    fn begin(name: &str, faults: &str) -> Self {
        let mut platform = Platform::start(name).unwrap();
        let chain = Chain::open(&platform, 1_000).unwrap();
        let (who, store) = (chain.customer().unwrap(), chain.store.clone());
        platform.restart_in(Some(faults)).unwrap();
        Self { platform, chain, who, store }
    }

    /// Somebody else in another store, in another world.
    fn again(&mut self, faults: &str) {
        self.platform.restart_in(None).unwrap();
        self.store = self.chain.open_another("Thonglor", 1_000).unwrap();
        self.who = self.chain.customer().unwrap();
        self.platform.restart_in(Some(faults)).unwrap();
    }

    /// So many orders, each asked for once; answers how many were accepted.
    fn ask(&self, count: usize) -> usize {
        let wish = json!({"store_id": self.store, "lines": [golden_bubble(1)]});
        let asked = (0..count).filter_map(|_| self.who.1.post("/api/v1/orders", &wish).ok());
        asked.filter(|answer| answer.status == 201).count()
    }

    /// People's stories, while the cron triggers fire every few seconds rather than every minute: what was lost is asked after by them.
    fn stories(&mut self, count: usize) -> Vec<String> {
        let Self { platform, chain, who, store } = self;
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    platform.tick().unwrap();
                    std::thread::sleep(Duration::from_secs(3));
                }
            });
            let told = std::panic::catch_unwind(AssertUnwindSafe(|| stories(chain, &who.1, store, count)));
            done.store(true, Ordering::Relaxed);
            told.unwrap_or_else(|why| std::panic::resume_unwind(why))
        })
    }

    fn settle(&mut self, orders: &[String]) -> Result<(), Wrong> {
        settle(&mut self.platform, &self.chain, &self.who, &self.store, orders)
    }

    /// How often each fault happened.
    fn faults(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for line in self.platform.faults().unwrap() {
            *counts.entry(line["fault"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        counts
    }
}

#[test]
fn r11_every_event_takes_effect_once_whatever_the_queues_do() {
    if !wanted() {
        return;
    }
    let mut ordeal = Ordeal::begin("faulty-queues", QUEUES);
    let mut orders = ordeal.stories(12);
    ordeal.platform.kill_and_restart().unwrap();
    orders.extend(ordeal.stories(12));
    ordeal.settle(&orders).unwrap();
    let faults = ordeal.faults();
    assert!(faults["consumer before"] > 5 && faults["consumer after"] > 5, "{faults:?}");
}

#[test]
fn r13_nothing_is_done_twice_behind_broken_lines() {
    if !wanted() {
        return;
    }
    let mut ordeal = Ordeal::begin("broken-lines", LINES);
    let mut orders = ordeal.stories(18);
    // Faults are drawn by chance: so many orders that one of them was tried again.
    for _ in 0..8 {
        if second_tries(&ordeal.platform).unwrap() > 0 {
            break;
        }
        orders.extend(ordeal.stories(12));
    }
    ordeal.settle(&orders).unwrap();
    let faults = ordeal.faults();
    for fault in ["d1 not done", "d1 done and lost", "d1 stale", "object: not heard of", "object: overloaded"] {
        assert!(faults.get(fault).is_some_and(|count| *count > 0), "{fault}: {faults:?}");
    }
    manners(&ordeal.platform).unwrap();
}

/// Not even when databases answer with what was half of the time, and lose what they were asked.
#[test]
fn r13_who_is_out_stays_out_though_databases_tell_what_was() {
    if !wanted() {
        return;
    }
    let ordeal = Ordeal::begin("stale-databases", "stale=0.6,d1=0.1");
    for round in 0..4 {
        authorisation::who_is_out_stays_out(&ordeal, &format!("somchai-{round}")).unwrap();
    }
    let faults = ordeal.faults();
    assert!(faults.get("d1 stale").is_some_and(|count| *count > 20), "{faults:?}");
}

/// The faults are put around the scripts by the runner of tests, when it starts: what ships has no trace of them. And nothing
/// that ships reads from KV, which may be a minute behind.
#[test]
fn what_ships_knows_nothing_of_faults_and_keeps_nothing_in_kv() {
    if !wanted() {
        return;
    }
    let scripts = kirana_tests::platform::configs().unwrap();
    assert!(scripts.len() > 10);
    for config in scripts {
        let text = std::fs::read_to_string(&config).unwrap();
        assert!(!text.contains("kv_namespaces"), "{}", config.display());
        let main = text.lines().find_map(|line| line.strip_prefix("main = \"")?.strip_suffix('"')).unwrap();
        let main = config.with_file_name("").join(main);
        for file in ["index.js", "index_bg.wasm"] {
            let bytes = std::fs::read(main.with_file_name(file)).unwrap();
            let traces = [b"fault: ", b"sabotag"];
            let found = bytes.windows(7).any(|bytes| traces.iter().any(|trace| bytes == *trace));
            assert!(!found, "{}", main.display());
        }
    }
}

/// The switches take away, from the scripts that ship, what the proofs above rest on; each must be missed.
#[test]
fn without_its_guards_none_of_that_holds() {
    if !wanted() {
        return;
    }
    // Nobody remembers what was applied.
    let mut ordeal = Ordeal::begin("no-guards", &format!("{QUEUES},sabotage=inbox"));
    let mut orders = ordeal.stories(6);
    let mut settled = ordeal.settle(&orders);
    // Faults are drawn by chance: so many orders that one of their messages came twice after it was applied.
    for _ in 0..8 {
        if settled.is_err() {
            break;
        }
        orders.extend(ordeal.stories(6));
        settled = ordeal.settle(&orders);
    }
    let wrong = settled.unwrap_err();
    assert!(matches!(&wrong, Wrong::Beyond(text) if text.starts_with("analytics")), "{wrong:?}");

    // The gateway hears of nothing that was revoked.
    ordeal.again("stale=0.6,sabotage=revocations");
    let wrong = authorisation::who_is_out_stays_out(&ordeal, "anong").unwrap_err();
    assert!(wrong.contains("the token to be refused"), "{wrong}");

    // A second try is another order.
    ordeal.again("object=0.4,sabotage=keys");
    let accepted = ordeal.ask(30);
    let there = eventually("more orders than were accepted", Duration::from_secs(60), || {
        let history = insist(|| ordeal.who.1.get("/api/v1/orders?limit=100")).body;
        let there = history["items"].as_array().unwrap().len();
        if there > accepted { Ok(there) } else { Err(format!("{there} of {accepted}")) }
    });
    there.unwrap();
    manners(&ordeal.platform).unwrap();

    // What has too much to do does not say so, and is asked again; a stub is kept after it failed.
    ordeal.again("object=0.4,sabotage=patience");
    ordeal.ask(30);
    assert!(manners(&ordeal.platform).unwrap_err().contains("though the object is overloaded"));
    ordeal.again("object=0.4,sabotage=stubs");
    ordeal.ask(10);
    assert!(manners(&ordeal.platform).unwrap_err().contains("a broken stub is used again"));
}

/// How calls to objects are tried again: once at most, never of one that has too much to do, never through the same stub.
fn manners(platform: &Platform) -> Result<(), String> {
    if second_tries(platform)? > 0 { Ok(()) } else { Err("nothing was tried again".into()) }
}

/// How many orders were tried again, each at most once, and none that an overloaded object refused.
fn second_tries(platform: &Platform) -> Result<usize, String> {
    let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut second_tries = 0;
    for line in platform.faults().unwrap() {
        let fault = line["fault"].as_str().unwrap().to_owned();
        if fault == "object: a broken stub is used again" {
            return Err(format!("{line}"));
        }
        // Orders are placed once for each request of a client: what comes again with the same id was tried again here.
        if line["call"] == "POST /orders" {
            calls.entry(line["id"].as_str().unwrap().to_owned()).or_default().push(fault);
        }
    }
    for (id, tries) in &calls {
        second_tries += usize::from(tries.len() > 1);
        if tries.len() > 2 {
            return Err(format!("request {id} was tried {} times: {tries:?}", tries.len()));
        }
        if tries[..tries.len() - 1].iter().any(|fault| fault == "object: overloaded") {
            return Err(format!("request {id} was tried again though the object is overloaded: {tries:?}"));
        }
    }
    Ok(second_tries)
}
