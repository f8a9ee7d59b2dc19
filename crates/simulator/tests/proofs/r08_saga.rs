//! R8: every step of an order × an error, a refused statement, a crash before and after the commit, the step again, its undo, its undo again, silence, and
//! success that comes late. It ends made and paid, or undone: no money kept without goods, no stock held without an order.

use crate::desk::{DAY, Desk, id, line};
use crate::{Proof, ensure, prove};
use kirana_kernel::{Id, OrderStatus};
use kirana_store_core::sabotage::Guard;

/// What moves an order forward.
#[derive(Clone, Copy, Debug)]
enum Act {
    Place,
    Pay,
    Begin,
    Ready,
    HandOver,
}

const WAY: [Act; 5] = [Act::Place, Act::Pay, Act::Begin, Act::Ready, Act::HandOver];

/// What goes wrong with a step.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The process dies after so many statements; whoever asked asks again.
    Crash(u32),
    /// The database refuses a statement after so many, and the process lives on; whoever asked asks again.
    Refused(u32),
    /// It is asked for three times.
    Again,
    /// It is done, and the order is called off; the process dies after so many statements of that, and it is asked for again.
    Undo(u32),
    /// Nobody does it.
    Silence,
    /// It is done when nobody waits for it any more.
    Late,
}

struct Run {
    desk: Desk,
    order: Option<Id>,
}

impl Run {
    fn act(&mut self, act: Act) {
        // A refusal is an answer: what was asked for too late or twice changes nothing.
        match (act, self.order) {
            (Act::Place, _) => {
                let placed = self.desk.place("key", vec![line("tea", 2)]);
                self.order = placed.ok().map(|order| order.id).or(self.order);
            }
            (Act::Pay, Some(order)) => drop(self.desk.pay(order, id(9, 1), 200)),
            (Act::Begin, Some(order)) => drop(self.desk.go(order, OrderStatus::Preparing)),
            (Act::Ready, Some(order)) => drop(self.desk.go(order, OrderStatus::Ready)),
            (Act::HandOver, Some(order)) => drop(self.desk.go(order, OrderStatus::Collected)),
            (_, None) => {}
        }
    }

    /// Answers whether the process died on the way.
    fn act_and_crash(&mut self, statements: u32, act: impl Fn(&mut Self)) -> bool {
        self.desk.doom.after(statements);
        act(self);
        let died = self.desk.restart();
        if died {
            act(self);
        }
        died
    }

    /// Answers whether the database refused anything.
    fn act_refused(&mut self, statements: u32, act: impl Fn(&mut Self)) -> bool {
        self.desk.doom.stumble_after(statements);
        act(self);
        let refused = !self.desk.doom.steady();
        if refused {
            act(self);
        }
        refused
    }

    fn call_off(&mut self) {
        if let Some(order) = self.order {
            let _ = self.desk.go(order, OrderStatus::Cancelled);
        }
    }
}

/// Answers whether there was something to go wrong: a crash or a refusal that comes after the command is none.
fn run(at: usize, fault: Fault) -> Result<bool, String> {
    let mut run = Run { desk: Desk::open(10), order: None };
    WAY[..at].iter().for_each(|act| run.act(*act));
    let act = WAY[at];
    let (mut goes_on, mut happened) = (true, true);
    match fault {
        Fault::Crash(statements) => happened = run.act_and_crash(statements, |run| run.act(act)),
        Fault::Refused(statements) => happened = run.act_refused(statements, |run| run.act(act)),
        Fault::Again => (0..3).for_each(|_| run.act(act)),
        Fault::Undo(statements) => {
            run.act(act);
            happened = run.act_and_crash(statements, Run::call_off);
            run.call_off();
        }
        Fault::Silence => goes_on = false,
        Fault::Late => {
            run.desk.pass(30 * DAY);
            run.act(act);
        }
    }
    if goes_on {
        WAY[at + 1..].iter().for_each(|act| run.act(*act));
    }
    // Whatever is still open ends by itself; payments does its part.
    let mut created = 0;
    for _ in 0..8 {
        created += run.desk.hear().iter().filter(|event| event.type_name() == "OrderCreated").count();
        run.desk.pass(10 * DAY);
    }
    ensure(created == usize::from(run.order.is_some()), || format!("{created} orders were created"))?;
    ends_well(&run.desk, run.order)?;
    Ok(happened)
}

fn ends_well(desk: &Desk, order: Option<Id>) -> Proof {
    desk.sound()?;
    let (on_hand, free) = desk.free("cup");
    ensure(on_hand == free, || format!("{} cups are held for ever", on_hand - free))?;
    let Some(order) = order else { return ensure(on_hand == 10, || "nothing was ordered, and cups are gone".into()) };
    let order = desk.store.order(order).map_err(|refusal| refusal.to_string())?;
    let captured: i64 = desk.captured.get(&order.id).map_or(0, |payments| payments.values().sum());
    let kept = captured - desk.returned.get(&order.id).copied().unwrap_or(0);
    match order.status {
        // Made, and paid for: on the counter it may wait.
        OrderStatus::Completed | OrderStatus::Ready => {
            ensure(kept == 200, || format!("it is {} and {kept} of 200 is kept", order.status))?;
            ensure(on_hand == 8, || format!("it is {} and {on_hand} cups are left", order.status))
        }
        OrderStatus::Cancelled | OrderStatus::Expired | OrderStatus::Refunded => {
            ensure(kept == 0, || format!("it is {} and {kept} is kept", order.status))
        }
        other => Err(format!("it is {other} for ever")),
    }
}

fn every_step_and_every_fault() -> Proof {
    let mut runs = 0;
    for (at, act) in WAY.iter().enumerate() {
        let told = |fault: Fault| move |wrong| format!("{act:?} × {fault:?}: {wrong}");
        for fault in [Fault::Again, Fault::Silence, Fault::Late] {
            run(at, fault).map_err(told(fault))?;
            runs += 1;
        }
        for fault in [Fault::Crash as fn(u32) -> Fault, Fault::Refused, Fault::Undo] {
            let mut statements = 0;
            while run(at, fault(statements)).map_err(told(fault(statements)))? {
                statements += 1;
                runs += 1;
            }
        }
    }
    println!("{runs} runs");
    ensure(runs > 100, || format!("only {runs} runs"))
}

#[test]
fn every_step_ends_well_whatever_happens() {
    prove(
        every_step_and_every_fault,
        &[Guard::ReleaseOfHeldStock, Guard::Idempotency, Guard::PaymentDeadline, Guard::NobodyMakesIt],
    );
}
