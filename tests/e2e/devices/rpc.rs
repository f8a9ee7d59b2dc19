//! The calls of Connect, by the client of npm that nobody changed.

use super::{Device, run};
use crate::{shared, wanted};

#[test]
fn the_connect_client_of_npm_calls_in_both_formats() {
    if !wanted() {
        return;
    }
    let device = Device::claimed("fridge");
    let _line = device.connected();
    let vars = [
        ("API", shared().nobody.url().to_owned()),
        ("TOKEN", shared().manager.token().unwrap()),
        ("DEVICE", device.id.clone()),
        ("FOREIGN", "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44".to_owned()),
    ];
    let vars: Vec<_> = vars.iter().map(|(name, value)| (*name, value.as_str())).collect();
    run(&std::env::var("KIRANA_NODE").unwrap(), "connect.mjs", &vars);
    assert_eq!(device.status()["events"], 4, "what is refused is counted, so that it does not stand in the way");
}
