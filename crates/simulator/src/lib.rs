//! A simulator that tries to break a store.
//!
//! A run is a script of [`Action`]s drawn from a seed: two stores, their buyers, kitchens, gateways, devices and subscribers,
//! under a clock that jumps. Processes crash between any two statements and are started again on what was committed; packs
//! and acknowledgements are lost, repeated and reordered. After every step the [`audit`] compares what the stores say with
//! what was promised to anybody. The same seed is the same run, to the byte. A script that fails is cut down to the few
//! actions that still fail.
//!
//! The core is the one that ships, over rusqlite in place of a Durable Object's SQLite.

pub mod action;
mod audit;
pub mod bakery;
pub mod faults;
mod money;
mod opening;
mod perform;
mod random;
mod sabotage;
mod script;
mod subscribers;
mod touched;
mod world;

pub use action::Action;
pub use random::Random;
pub use sabotage::{Lapse, Sabotage};
pub use script::{Failure, shrink};
pub use world::World;

/// Runs one seed for so many steps; answers how many commands the stores were given, and a digest of all they said.
///
/// # Errors
/// The [`Failure`], with the step at which it showed.
pub fn run(seed: u64, steps: usize, sabotage: Sabotage) -> Result<Report, Failure> {
    play(&Action::script(seed, steps), sabotage, &|_| {})
}

/// Runs one seed twice; every event that anybody was told, with the whole order in it, must be the same to the byte.
///
/// # Errors
/// As [`run`], and when the second run said something else.
pub fn run_twice(seed: u64, steps: usize, sabotage: Sabotage) -> Result<Report, Failure> {
    let script = Action::script(seed, steps);
    let [once, again] = [(); 2].map(|()| play(&script, sabotage, &World::listen));
    let (once, again) = (once?, again?);
    if once == again {
        return Ok(once);
    }
    Err(Failure { step: steps, wrong: format!("the same seed was {once:?}, and then {again:?}") })
}

/// Runs one seed without crashes twice: once by processes that live, and once by a new process for each command, which has nothing
/// in memory. Every event that anybody was told must be the same to the byte. (Crashes are left out as they come after so many
/// statements, of which a process with a memory needs fewer; and coupons, as whether one is there again for the next depends on when a store's word of
/// it arrives, and how often something is sent is up to the process.)
///
/// # Errors
/// As [`run`], and when what a process has in memory makes a difference.
pub fn run_forgetful(seed: u64, steps: usize) -> Result<Report, Failure> {
    let mut script = Action::script(seed, steps);
    script.retain(|action| !matches!(action, Action::Crash { .. } | Action::Stumble { .. }));
    for action in &mut script {
        if let Action::Place { coupon, .. } = action {
            *coupon = false;
        }
    }
    let [lives, forgets] = [false, true].map(|forgetful| {
        play(&script, Sabotage::None, &|world| {
            world.listen();
            world.forgetful = forgetful;
        })
    });
    let (lives, forgets) = (lives?, forgets?);
    if lives == forgets {
        return Ok(lives);
    }
    Err(Failure { step: steps, wrong: format!("with a memory it was {lives:?}, and without {forgets:?}") })
}

/// Runs a script with every check after each step, not only those of what the step can have touched.
///
/// # Errors
/// As [`run`].
pub fn replay(script: &[Action], sabotage: Sabotage) -> Result<Report, Failure> {
    play(script, sabotage, &|world| world.thorough = true)
}

fn play(script: &[Action], sabotage: Sabotage, prepare: &dyn Fn(&mut World)) -> Result<Report, Failure> {
    sabotage.begin();
    let result = World::open(sabotage).and_then(|mut world| {
        prepare(&mut world);
        for (step, action) in script.iter().enumerate() {
            world.perform(step, action).and_then(|()| world.audit(step)).map_err(|wrong| Failure { step, wrong })?;
        }
        world.settle().map_err(|wrong| Failure { step: script.len(), wrong })?;
        Ok(world.report())
    });
    Sabotage::None.begin();
    result
}

/// What came of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Commands that the stores were given.
    pub commands: u64,
    /// Orders that were accepted.
    pub orders: u64,
    /// Crashes in the middle of a command.
    pub crashes: u64,
    /// Events that took effect.
    pub events: u64,
    /// Of everything that the stores said: the same seed gives the same.
    pub digest: u64,
}
