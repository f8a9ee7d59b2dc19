//! `/metrics` for Prometheus. Each isolate counts for itself and hands over what it counted every second or so, after an answer
//! has gone out; the object `metrics` adds up. What stores and payments do is asked of the workers that know it.

use crate::policy::Route;
use futures_util::future::join_all;
use kirana_contracts::metrics::Series;
use kirana_edge::{Problem, Result, call, clock, log, principal};
use kirana_kernel::Timestamp;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;
use worker::{Context, Env, Request, Response};

/// How often an isolate hands over.
const EVERY: Duration = Duration::from_secs(1);

/// Upper bounds of the classes of durations, in milliseconds.
const BUCKETS: [u64; 12] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000];

/// Workers that count things of their own: `GET /internal/metrics`.
const TELL: [&str; 4] = ["ANALYTICS", "PAYMENTS", "DEAD_LETTERS", "DEVICES"];

/// Every name: its type, and what it means.
pub const KINDS: &[(&str, &str, &str)] = &[
    ("kirana_http_requests_total", "counter", "Requests answered, by route, class, worker and status."),
    ("kirana_http_request_duration_seconds", "histogram", "Time until an answer, by class and worker."),
    ("kirana_edge_cache_total", "counter", "Looks into the edge's cache, by worker and result."),
    ("kirana_orders_total", "counter", "Orders by store and what became of them, as events told it."),
    ("kirana_payments", "gauge", "Payments by gateway and status."),
    ("kirana_outbox_waiting", "gauge", "Events that some subscriber has not acknowledged, by worker."),
    ("kirana_dead_letters", "gauge", "Events that failed and wait for somebody."),
    ("kirana_devices", "gauge", "Devices that may speak, by kind and whether they are there."),
    ("kirana_device_events_total", "counter", "Events that devices told, by kind."),
    ("kirana_device_troubles_total", "counter", "Times that something was wrong with a device, by kind."),
    ("kirana_device_absences_total", "counter", "Times that a device was not there, by kind."),
];

thread_local! { static COUNTED: RefCell<Counted> = RefCell::default() }

/// Answers by route, and the time they took: series with their labels are made of it when it is handed over, and not for each answer.
#[derive(Default)]
struct Answers {
    /// How many, by the status.
    statuses: BTreeMap<u16, f64>,
    /// How many took up to each of [`BUCKETS`], and how many in all; and the seconds of all.
    within: [f64; BUCKETS.len() + 1],
    seconds: f64,
}

/// What this isolate counted and has not handed over.
#[derive(Default)]
struct Counted {
    series: Series,
    /// By the method and the path of the route, as the table has them; its class and its worker.
    answers: BTreeMap<(&'static str, &'static str), (&'static str, &'static str, Answers)>,
    handed_over: Option<Timestamp>,
}

impl Counted {
    /// Takes all that was counted, as series.
    fn take(&mut self) -> Series {
        let mut series = std::mem::take(&mut self.series);
        for ((method, path), (class, to, answers)) in std::mem::take(&mut self.answers) {
            let worker = name_of(to);
            for (status, count) in answers.statuses {
                let status = status.to_string();
                let labels =
                    [("method", method), ("route", path), ("class", class), ("worker", &worker), ("status", &status)];
                series.add("kirana_http_requests_total", &labels, count);
            }
            let of = [("class", class), ("worker", worker.as_str())];
            for (bound, count) in BUCKETS.iter().zip(answers.within).filter(|(_, count)| *count > 0.0) {
                let le = seconds(*bound);
                series.add("kirana_http_request_duration_seconds_bucket", &[of[0], of[1], ("le", &le)], count);
            }
            let all = answers.within[BUCKETS.len()];
            series.add("kirana_http_request_duration_seconds_bucket", &[of[0], of[1], ("le", "+Inf")], all);
            series.add("kirana_http_request_duration_seconds_sum", &of, answers.seconds);
            series.add("kirana_http_request_duration_seconds_count", &of, all);
        }
        series
    }
}

/// Counts an answer. What is no route is one series, whatever its path: paths are made up outside.
pub fn count(route: Option<&'static Route>, status: u16, took: Duration) {
    let (method, path, class, to) = route
        .map_or(("any", "none", "none", "GATEWAY"), |route| (route.method, route.path, route.class.name(), route.to));
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    COUNTED.with_borrow_mut(|counted| {
        let (_, _, answers) = counted.answers.entry((method, path)).or_insert_with(|| (class, to, Answers::default()));
        *answers.statuses.entry(status).or_default() += 1.0;
        let bounds = BUCKETS.iter().map(|bound| millis <= *bound).chain([true]);
        for (count, _) in answers.within.iter_mut().zip(bounds).filter(|(_, within)| *within) {
            *count += 1.0;
        }
        answers.seconds += took.as_secs_f64();
    });
}

/// Counts a look into the edge's cache.
pub fn count_cache(route: &Route, hit: bool) {
    let labels = [("worker", worker_name(route)), ("result", if hit { "hit" } else { "miss" }.to_owned())];
    let labels = [(labels[0].0, labels[0].1.as_str()), (labels[1].0, labels[1].1.as_str())];
    COUNTED.with_borrow_mut(|counted| counted.series.add("kirana_edge_cache_total", &labels, 1.0));
}

#[allow(clippy::cast_precision_loss)] // below a minute
fn seconds(millis: u64) -> String {
    (millis as f64 / 1_000.0).to_string()
}

/// A worker's name as people know it, such as `dead-letters`.
pub fn worker_name(route: &Route) -> String {
    name_of(route.to)
}

fn name_of(binding: &str) -> String {
    binding.to_ascii_lowercase().replace('_', "-")
}

/// Hands over what was counted, when it is time, after the answer.
pub fn hand_over(env: &Env, context: &Context) {
    let now = clock::now();
    let due = COUNTED.with_borrow_mut(|counted| {
        let waits = counted.handed_over.is_some_and(|last| now.since(last) < EVERY);
        if waits || counted.answers.is_empty() {
            return None;
        }
        counted.handed_over = Some(now);
        Some(counted.take())
    });
    let Some(series) = due else { return };
    let env = env.clone();
    context.wait_until(async move {
        if let Err(problem) = add(&env, &series).await {
            log::error("what was counted could not be handed over", &[("problem", &problem.to_string())]);
            COUNTED.with_borrow_mut(|counted| counted.series.merge(series));
        }
    });
}

async fn add(env: &Env, series: &Series) -> Result<Series> {
    call::object(env, "METRICS", "all".into(), &principal::service("gateway")).post("/add", series).await
}

/// `GET /metrics`, for who has the token.
///
/// # Errors
/// 401 without it.
pub async fn answer(request: &Request, env: &Env) -> Result<Response> {
    let token = env.secret("METRICS_TOKEN")?.to_string();
    let given = request.headers().get("authorization")?.unwrap_or_default();
    let given = given.strip_prefix("Bearer ").unwrap_or_default();
    // Hashes are compared, so that the time it takes says nothing of the token.
    if digest(given) != digest(&token) {
        return Err(Problem::unauthorized(
            "unauthenticated",
            "send the METRICS_TOKEN of this deployment as a bearer token",
        ));
    }
    let mine = COUNTED.with_borrow_mut(Counted::take);
    let mut series = add(env, &mine).await?;
    let caller = principal::service("gateway");
    let told = join_all(TELL.map(|worker| {
        let caller = caller.clone();
        async move { call::service(env, worker, &caller).get::<Series>("/internal/metrics").await }
    }));
    for (worker, told) in TELL.iter().zip(told.await) {
        match told {
            Ok(told) => series.merge(told),
            Err(problem) => {
                log::error("a worker tells no metrics", &[("worker", worker), ("problem", &problem.to_string())])
            }
        }
    }
    let mut response = Response::ok(series.text(KINDS))?;
    response.headers_mut().set("content-type", "text/plain; version=0.0.4; charset=utf-8")?;
    Ok(response)
}

fn digest(text: &str) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_answered_is_handed_over_as_series_once() {
        count(None, 404, Duration::from_millis(7));
        count(None, 404, Duration::from_secs(60));
        let Series(series) = COUNTED.with_borrow_mut(Counted::take);
        let requests =
            r#"kirana_http_requests_total{method="any",route="none",class="none",worker="gateway",status="404"}"#;
        assert_eq!(series.get(requests), Some(&2.0));
        let bucket = |le: &str| {
            let name = "kirana_http_request_duration_seconds_bucket";
            series.get(&format!(r#"{name}{{class="none",worker="gateway",le="{le}"}}"#)).copied()
        };
        assert_eq!(
            [bucket("0.005"), bucket("0.01"), bucket("30"), bucket("+Inf")],
            [None, Some(1.0), Some(1.0), Some(2.0)]
        );
        assert!(COUNTED.with_borrow_mut(Counted::take).0.is_empty());
    }

    /// Alerts and dashboard speak of what is counted.
    #[test]
    fn whatever_is_looked_at_is_counted() {
        let known = |name: &str| {
            let bare = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
            KINDS.iter().any(|(kind, _, _)| *kind == bare || *kind == name)
        };
        for text in
            [include_str!("../../../ops/prometheus/kirana.rules.yml"), include_str!("../../../ops/grafana/kirana.json")]
        {
            let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != ':');
            let names: Vec<_> = words.filter(|word| word.starts_with("kirana_")).collect();
            assert!(names.len() > 5);
            for name in names {
                assert!(known(name), "{name}");
            }
        }
    }
}
