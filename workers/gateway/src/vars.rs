//! Variables of the deployment, read once: they are those of the isolate, and each look into its environment is a crossing.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use worker::Env;

thread_local! { static KNOWN: RefCell<HashMap<&'static str, Rc<str>>> = RefCell::default() }

/// The text of a variable; empty where there is none.
pub fn text(env: &Env, name: &'static str) -> Rc<str> {
    KNOWN.with_borrow_mut(|known| {
        let read = || env.var(name).map(|value| value.to_string()).unwrap_or_default().into();
        known.entry(name).or_insert_with(read).clone()
    })
}
