//! R6: one key, one effect, whatever happens between the effect and its answer.

use crate::desk::{DAY, Desk, line};
use crate::{Proof, ensure, prove};
use kirana_store_core::Refusal;
use kirana_store_core::sabotage::Guard;

/// The process dies at each statement of the command in turn; the client asks again until it has an answer.
fn killed_between_effect_and_answer() -> Proof {
    for statements in 0..60 {
        let mut desk = Desk::open(10);
        desk.doom.after(statements);
        let first = desk.place("key", vec![line("tea", 1)]);
        let died = desk.restart();
        let answer = desk.place("key", vec![line("tea", 1)]).map_err(|refusal| refusal.to_string())?;
        let again = desk.place("key", vec![line("tea", 1)]).map_err(|refusal| refusal.to_string())?;
        ensure(answer == again, || format!("{statements}: two answers to one key"))?;
        if let Ok(first) = &first {
            ensure(*first == answer, || format!("{statements}: the answer is another after a restart"))?;
        }
        ensure(desk.free("cup") == (10, 9), || format!("{statements}: {:?} cups", desk.free("cup")))?;
        desk.sound()?;
        if !died {
            return ensure(statements > 5, || "the command has hardly a statement".into());
        }
    }
    Err("the command never ends".into())
}

#[test]
fn a_kill_between_effect_and_answer_changes_nothing() {
    prove(killed_between_effect_and_answer, &[Guard::Idempotency]);
}

fn keys_are_their_owners() -> Proof {
    let mut desk = Desk::open(10);
    let order = desk.place("key", vec![line("tea", 1)]).unwrap();
    let other_body = desk.place("key", vec![line("tea", 2)]);
    ensure(other_body == Err(Refusal::KeyReused), || format!("another body: {other_body:?}"))?;
    let moment = desk.moment();
    let other = desk.store.place(moment, &Desk::command("somebody else", "key", vec![line("tea", 1)])).unwrap();
    ensure(other.order.id != order.id && !other.replayed, || "a key of another answered".into())?;
    // A key that is forgotten is a new one.
    desk.pass(8 * DAY);
    let later = desk.place("key", vec![line("tea", 1)]).unwrap();
    ensure(later.id != order.id, || "a key is remembered for ever".into())?;
    desk.sound()
}

#[test]
fn a_key_belongs_to_one_caller_one_body_and_one_week() {
    prove(keys_are_their_owners, &[Guard::Idempotency]);
}
