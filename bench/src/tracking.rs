//! Customers who follow their orders over sockets: what an open one costs, and how long it takes until a change is told.

use crate::Bench;
use crate::process;
use crate::world::World;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tungstenite::Message;
use tungstenite::stream::MaybeTlsStream;

/// Orders that are followed, and how many follow each: a family.
const ORDERS: usize = 40;
const EACH: usize = 5;

/// What following comes to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tracking {
    /// Sockets that were open.
    pub sockets: usize,
    /// Kilobytes of workerd's memory for each.
    pub kilobytes: Option<f64>,
    /// Milliseconds from a bump in the kitchen until each follower of the order was told.
    pub median: f64,
    pub p99: f64,
}

type Socket = tungstenite::WebSocket<MaybeTlsStream<std::net::TcpStream>>;

/// The next status that a socket tells.
fn told(socket: &mut Socket) -> Result<String> {
    loop {
        match socket.read()? {
            Message::Text(text) => {
                let said: Value = serde_json::from_str(text.as_str())?;
                return Ok(said["order"]["status"].as_str().unwrap_or("snapshot").to_owned());
            }
            Message::Close(why) => bail!("closed: {why:?}"),
            _ => {}
        }
    }
}

/// Follows orders of one store while its kitchen makes them.
pub fn measure(bench: &Bench) -> Result<()> {
    eprintln!("  bench: {} followers of {ORDERS} orders", ORDERS * EACH);
    let world = &bench.world;
    let store = world.chain.open_another("Watched", 1_000_000)?;
    let token = world.greet()?;
    let guest = world.chain.nobody.with_token(&token);
    let mut orders = Vec::new();
    for _ in 0..ORDERS {
        let body = json!({"order": World::tea(&store), "payment": {"gateway": "sandbox", "token": "tok_success"}});
        let bought = guest.post("/api/v1/checkout", &body)?.expect(201)?;
        orders.push(bought["order"]["id"].as_str().context("no id")?.to_owned());
    }
    for order in &orders {
        world.confirmed(&token, order)?;
    }
    world.rest()?;
    let before = process::memory(world.platform.workerd());
    let mut followed: Vec<(String, Vec<Socket>)> = Vec::new();
    for order in orders {
        let follow = |_| -> Result<Socket> {
            let address = guest.socket(&format!("/api/v1/orders/{order}/track"))?;
            let (mut socket, _) = tungstenite::connect(address)?;
            if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
                stream.set_read_timeout(Some(Duration::from_secs(30)))?;
            }
            anyhow::ensure!(told(&mut socket)? == "snapshot", "no snapshot");
            Ok(socket)
        };
        let sockets = (0..EACH).map(follow).collect::<Result<Vec<_>>>()?;
        followed.push((order, sockets));
    }
    let after = process::memory(world.platform.workerd());
    let mut lags = Vec::new();
    for (order, sockets) in &mut followed {
        for status in ["preparing", "ready"] {
            let begun = Instant::now();
            let path = format!("/api/v1/stores/{store}/kitchen/tickets/{order}/bump");
            world.chain.manager.post(&path, &json!({}))?.expect(200)?;
            for socket in sockets.iter_mut() {
                while told(socket)? != status {}
                lags.push(begun.elapsed().as_secs_f64() * 1_000.0);
            }
        }
    }
    lags.sort_by(f64::total_cmp);
    let sockets = ORDERS * EACH;
    let each = |(before, after): (f64, f64)| {
        (after - before).max(0.0) * 1_024.0 / f64::from(u32::try_from(sockets).unwrap_or(1))
    };
    let tracking = Tracking {
        sockets,
        kilobytes: before.zip(after).map(each),
        median: lags[lags.len() / 2],
        p99: lags[lags.len() * 99 / 100],
    };
    bench.report.borrow_mut().tracking = Some(tracking);
    Ok(())
}
