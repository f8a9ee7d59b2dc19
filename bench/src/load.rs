//! Load: so many connections that each ask again as soon as they were answered (closed loop), or so many calls a second whether
//! the platform keeps up or not (open loop).
//!
//! In an open loop a call's time runs from the moment at which it was due, not from the moment at which it was sent: a platform that
//! stalls is charged for everybody who waited meanwhile (what is called coordinated omission is not left out).

use anyhow::{Context, Result};
use hdrhistogram::Histogram;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// One connection, kept open, and what it says of its caller.
pub struct Caller {
    agent: ureq::Agent,
    url: String,
}

/// A call to be made.
#[derive(Clone, Debug, Default)]
pub struct Ask<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub token: Option<&'a str>,
    pub key: Option<&'a str>,
    /// One header more.
    pub header: Option<(&'a str, &'a str)>,
    pub body: Option<&'a str>,
}

impl<'a> Ask<'a> {
    /// A read.
    pub fn get(path: &'a str) -> Self {
        Self { method: "GET", path, ..Self::default() }
    }

    /// A write of JSON.
    pub fn post(path: &'a str, body: &'a str) -> Self {
        Self { method: "POST", path, body: Some(body), ..Self::default() }
    }

    /// The same as somebody.
    pub const fn by(self, token: &'a str) -> Self {
        Self { token: Some(token), ..self }
    }

    /// The same with an `Idempotency-Key`.
    pub const fn once(self, key: &'a str) -> Self {
        Self { key: Some(key), ..self }
    }
}

impl Caller {
    /// Somebody who asks at this address.
    pub fn new(url: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .max_idle_connections(1)
            // The server closes what was idle for five seconds: what is nearly that old is not used again.
            .max_idle_age(Duration::from_secs(3))
            .build();
        Self { agent: config.into(), url: url.to_owned() }
    }

    /// Asks, and expects to be answered with this status; answers the body.
    pub fn expect(&self, status: u16, ask: &Ask) -> Result<String> {
        let (answered, body) = self.ask(ask)?;
        anyhow::ensure!(answered == status, "{} {}: {answered}, not {status}: {body:.400}", ask.method, ask.path);
        Ok(body)
    }

    /// Asks; answers the status and the body.
    pub fn ask(&self, ask: &Ask) -> Result<(u16, String)> {
        let mut request = ureq::http::Request::builder().method(ask.method).uri(format!("{}{}", self.url, ask.path));
        if let Some(token) = ask.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = ask.key {
            request = request.header("idempotency-key", key);
        }
        if let Some((name, value)) = ask.header {
            request = request.header(name, value);
        }
        let mut response = match ask.body {
            Some(body) => {
                let request = request.header("content-type", "application/json");
                self.agent.run(request.body(body.as_bytes().to_vec())?)
            }
            None => self.agent.run(request.body(())?),
        }
        .with_context(|| format!("{} {}", ask.method, ask.path))?;
        let body = response.body_mut().read_to_string()?;
        Ok((response.status().as_u16(), body))
    }
}

/// What is done again and again: by which caller, and for the how-manieth time.
pub type Act<'a> = &'a (dyn Fn(&Caller, u64) -> Result<()> + Sync);

/// What a run came to.
pub struct Run {
    /// Of each call, or each whole act: microseconds.
    pub latency: Histogram<u64>,
    /// How long it took.
    pub span: Duration,
    /// How many failed, and how the first did.
    pub failed: (u64, Option<String>),
}

impl Run {
    /// Acts a second that did not fail.
    pub fn rate(&self) -> f64 {
        self.latency.len() as f64 / self.span.as_secs_f64()
    }

    /// Milliseconds within which this share of the acts was done.
    pub fn within(&self, share: f64) -> f64 {
        self.latency.value_at_quantile(share) as f64 / 1_000.0
    }
}

/// Up to a minute, to three digits.
fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 60_000_000, 3)?)
}

/// When each next act is due.
enum Pace {
    AtOnce,
    Every(Duration),
}

/// So many connections, each of which acts again as soon as it can.
pub fn closed(url: &str, connections: usize, span: Duration, act: Act) -> Result<Run> {
    run(url, connections, span, &Pace::AtOnce, act)
}

/// So many acts a second, over as many connections as it takes up to `connections`.
pub fn open(url: &str, rate: f64, connections: usize, span: Duration, act: Act) -> Result<Run> {
    run(url, connections, span, &Pace::Every(Duration::from_secs_f64(1.0 / rate)), act)
}

fn run(url: &str, connections: usize, span: Duration, pace: &Pace, act: Act) -> Result<Run> {
    let (count, first) = (AtomicU64::new(0), Mutex::new((0_u64, None)));
    let begun = Instant::now();
    let due = |number: u64| match pace {
        Pace::AtOnce => Instant::now(),
        Pace::Every(gap) => begun + gap.mul_f64(number as f64),
    };
    let one = || -> Result<Histogram<u64>> {
        let (caller, mut latency) = (Caller::new(url), histogram()?);
        loop {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let due = due(number);
            if due.duration_since(begun) >= span {
                return Ok(latency);
            }
            if let Some(early) = due.checked_duration_since(Instant::now()) {
                std::thread::sleep(early);
            }
            match act(&caller, number) {
                Ok(()) => latency.saturating_record(u64::try_from(due.elapsed().as_micros())?.max(1)),
                Err(error) => {
                    let mut first = first.lock().map_err(|_| anyhow::anyhow!("a caller died"))?;
                    first.0 += 1;
                    first.1.get_or_insert_with(|| format!("{error:#}"));
                }
            }
        }
    };
    let mut latency = histogram()?;
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..connections).map(|_| scope.spawn(one)).collect();
        all.into_iter().try_for_each(|one| {
            latency.add(one.join().map_err(|_| anyhow::anyhow!("a caller died"))??)?;
            anyhow::Ok(())
        })
    })?;
    let failed = first.into_inner().map_err(|_| anyhow::anyhow!("a caller died"))?;
    Ok(Run { latency, span: begun.elapsed(), failed })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// A server of one connection at a time that stalls once.
    fn stalling(answers: usize, stall_at: usize, stall: Duration) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            for number in 0..answers {
                let mut bytes = [0; 1024];
                if stream.read(&mut bytes).unwrap_or(0) == 0 {
                    return;
                }
                if number == stall_at {
                    std::thread::sleep(stall);
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").unwrap();
            }
        });
        url
    }

    #[test]
    fn who_waited_behind_a_stall_is_counted() {
        let url = stalling(200, 50, Duration::from_millis(300));
        let ask = |caller: &Caller, _: u64| caller.expect(200, &Ask::get("/")).map(drop);
        // A hundred are due in a second; some thirty of them while the server stalls.
        let run = open(&url, 100.0, 1, Duration::from_secs(1), &ask).unwrap();
        assert_eq!((run.latency.len(), run.failed.0), (100, 0));
        let late = run.latency.iter_recorded().filter(|at| at.value_iterated_to() > 50_000);
        let late: u64 = late.map(|at| at.count_since_last_iteration()).sum();
        assert!(late >= 15, "{late} of those who waited");
    }

    #[test]
    fn what_fails_is_no_throughput() {
        let url = stalling(10, 100, Duration::ZERO);
        let ask = |caller: &Caller, number: u64| {
            anyhow::ensure!(number < 5, "no more");
            caller.expect(200, &Ask::get("/")).map(drop)
        };
        let run = open(&url, 50.0, 1, Duration::from_millis(160), &ask).unwrap();
        assert_eq!((run.latency.len(), run.failed.0), (5, 3));
        assert_eq!(run.failed.1.as_deref(), Some("no more"));
    }
}
