//! Set-up, build, dev, test, replay.
fn main() {}
