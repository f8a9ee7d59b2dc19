//! The world of a run: two stores, and everything that was promised to anybody.

use crate::Report;
use crate::faults::{Doom, Mortal};
use crate::money::Treasury;
use crate::opening::{opening, settings, setup};
use crate::sabotage::Sabotage;
use crate::subscribers::Subscribers;
use kirana_contracts::order::{Order, Party};
use kirana_contracts::stock::{Lease, Move, Movement, QuarantineOutcome, Receipt, TransferPart};
use kirana_contracts::store_state::{Actor, Idempotency, KitchenSettings, PaymentOutcome};
use kirana_events::Pack;
use kirana_kernel::{Id, Role, Timestamp};
use kirana_store_core::{Moment, Refusal, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

/// Stock items of both stores.
pub const ITEMS: [&str; 4] = ["cup", "pearls", "milk", "mango"];
/// What can be ordered: milk tea, mango juice, a mango.
pub const SELLABLES: [&str; 3] = ["milk-tea", "mango-juice", "mango"];
/// Orders that a slot takes.
pub const SLOT_CAPACITY: i64 = 2;
/// How long stock is held for an order that is not paid.
pub const DEADLINE: Duration = Duration::from_secs(600);

/// A store, its process, and what listens to it.
pub struct Place {
    /// The process that runs.
    pub store: Store<Mortal>,
    /// Its database.
    pub disk: Mortal,
    /// Whether it will die.
    pub doom: Rc<Doom>,
    /// Who listens.
    pub subscribers: Subscribers,
    /// Packs that were sent and have not arrived.
    pub under_way: Vec<Pack>,
    /// How many rows it had written when it was last looked at.
    pub looked_at: Option<u64>,
}

/// A transfer as its documents have it.
pub struct Transfer {
    /// The document.
    pub id: Id,
    /// Where it came from.
    pub from: usize,
    /// What left.
    pub lines: Vec<(String, i64)>,
    /// What the store said left.
    pub parts: Vec<TransferPart>,
    /// What the other store said arrived.
    pub arrived: Option<Vec<Move>>,
}

/// Everything.
pub struct World {
    /// The stores.
    pub places: Vec<Place>,
    /// Now.
    pub now: Timestamp,
    /// Draws the seeds of moments.
    count: u64,
    /// Orders as they were last answered, in the order of their placing; the store with each.
    pub orders: Vec<(usize, Order)>,
    /// The order that each key was answered with, and when that was placed.
    pub keys: BTreeMap<(usize, u8), (Id, Timestamp)>,
    /// What gateways told, to be told again.
    pub told: Vec<(usize, Id, PaymentOutcome)>,
    /// Those of them that no store has answered.
    pub unheard: BTreeSet<usize>,
    /// Payments that an order has in its sum.
    pub counted: BTreeSet<Id>,
    /// Money that was told captured and given back, by order.
    pub money: BTreeMap<Id, (i64, i64)>,
    /// The books, and who keeps money, points and coupons.
    pub treasury: Treasury,
    /// Receipts that were answered, to be told again.
    pub receipts: Vec<(usize, Idempotency, Receipt)>,
    /// Transfers.
    pub transfers: Vec<Transfer>,
    /// Stocktakes that were opened.
    pub stocktakes: Vec<(usize, Id)>,
    /// Leases.
    pub leases: Vec<(usize, Lease)>,
    /// Goods that were suspect, and what was decided of them.
    pub quarantines: Vec<(usize, Id, Option<QuarantineOutcome>)>,
    /// The order that each offline sale became.
    pub offline: BTreeMap<(usize, u8), Id>,
    /// A crash that waits for the next command: statements, and whether its client asks again.
    pub crash: Option<(u32, bool)>,
    /// A statement that the database will refuse, so many after the next command or relay begins.
    pub stumble: Option<u32>,
    /// Does a new process stand on the database for each command, which has nothing in memory?
    pub forgetful: bool,
    /// What is broken on purpose.
    pub sabotage: Sabotage,
    /// Is everything checked after each step?
    pub thorough: bool,
    /// Does every event that was told count for the digest, to the byte?
    pub listening: bool,
    /// For the closing figures.
    pub report: Report,
}

impl World {
    /// Two stores with recipes and some stock.
    ///
    /// # Errors
    /// When they cannot be opened.
    pub fn open(sabotage: Sabotage) -> Result<Self, crate::Failure> {
        let fault = |error: &dyn std::fmt::Display| crate::Failure { step: 0, wrong: error.to_string() };
        let mut places = Vec::new();
        for number in 1..=2 {
            let doom = Rc::new(Doom::default());
            doom.keep_failed_writes.set(sabotage == Sabotage::Rollback);
            let disk = Mortal::new(doom.clone()).map_err(|error| fault(&error))?;
            let store = Store::open(disk.clone(), settings(number)).map_err(|error| fault(&error))?;
            let (subscribers, under_way) = (Subscribers::default(), Vec::new());
            places.push(Place { store, disk, doom, subscribers, under_way, looked_at: None });
        }
        let mut world = Self {
            places,
            now: Timestamp::from_millis(1_795_000_000_000),
            count: 0,
            orders: Vec::new(),
            keys: BTreeMap::new(),
            told: Vec::new(),
            unheard: BTreeSet::new(),
            counted: BTreeSet::new(),
            money: BTreeMap::new(),
            treasury: Treasury::new(sabotage),
            receipts: Vec::new(),
            transfers: Vec::new(),
            stocktakes: Vec::new(),
            leases: Vec::new(),
            quarantines: Vec::new(),
            offline: BTreeMap::new(),
            crash: None,
            stumble: None,
            forgetful: false,
            sabotage,
            thorough: false,
            listening: false,
            report: Report::default(),
        };
        for place in 0..2 {
            let moment = world.moment();
            let store = &world.places[place].store;
            store.setup(moment, &setup()).map_err(|refusal| fault(&refusal))?;
            let kitchen = KitchenSettings { slot_capacity: Some(SLOT_CAPACITY), ..KitchenSettings::default() };
            let moment = world.moment();
            world.places[place].store.configure_kitchen(moment, &kitchen).map_err(|refusal| fault(&refusal))?;
            for (index, sku) in ITEMS.iter().enumerate() {
                let tomorrow = world.now + Duration::from_secs(24 * 3_600);
                let movement = Movement::Receive(opening(sku, tomorrow, index > 0));
                let moment = world.moment();
                let actor =
                    Actor { party: Party { id: world.id_of_nobody(), name: "opening".into() }, role: Role::Manager };
                let store = &world.places[place].store;
                store.move_stock(moment, &actor, None, &movement).map_err(|refusal| fault(&refusal))?;
            }
        }
        Ok(world)
    }

    /// From now on every event that was told is read to its end and counts for the digest, to the byte.
    pub fn listen(&mut self) {
        self.listening = true;
        self.places.iter_mut().for_each(|place| place.subscribers.thorough = true);
    }

    fn id_of_nobody(&self) -> Id {
        Id::new(self.now, [0; 10])
    }

    /// The time and the random numbers of the next command.
    pub fn moment(&mut self) -> Moment {
        self.count += 1;
        self.report.commands += 1;
        let mut random = crate::Random::new(self.count.wrapping_mul(0xA24B_AED4_963E_E407));
        let mut seed = [0; 32];
        for chunk in seed.chunks_mut(8) {
            chunk.copy_from_slice(&random.bits().to_le_bytes());
        }
        Moment { now: self.now, seed, request_id: String::new() }
    }

    /// Gives a store a command. A crash that waits happens in it; then a new process stands on what was committed, and the
    /// client asks again or has no answer.
    ///
    /// # Errors
    /// A fault of the store that no crash explains.
    pub fn command<T>(
        &mut self,
        place: usize,
        command: impl Fn(&Store<Mortal>, Moment) -> Result<T, Refusal>,
    ) -> Result<Option<Result<T, Refusal>>, String> {
        self.anew(place)?;
        let moment = self.moment();
        let (crash, stumble) = (self.crash.take(), self.stumble.take());
        if let Some((after, _)) = crash {
            self.places[place].doom.after(after);
        }
        if let Some(after) = stumble {
            self.places[place].doom.stumble_after(after);
        }
        let answer = command(&self.places[place].store, moment.clone());
        if stumble.is_some() && !self.places[place].doom.steady() {
            // Whoever asked was told of a fault, which says nothing of what was done, and asks again as itself.
            self.restart(place)?;
            let moment = self.moment();
            return self.places_answer(command(&self.places[place].store, moment)).map(Some);
        }
        if !self.restart(place)? {
            if let Err(Refusal::Fault(fault)) = &answer {
                return Err(format!("store {place} is at fault: {fault}"));
            }
            return Ok(Some(answer));
        }
        if crash.is_some_and(|(_, retry)| retry) {
            // Its client has no answer, and asks again as itself.
            let moment = self.moment();
            return self.places_answer(command(&self.places[place].store, moment)).map(Some);
        }
        Ok(None)
    }

    #[allow(clippy::unused_self, clippy::type_complexity)]
    fn places_answer<T>(&self, answer: Result<T, Refusal>) -> Result<Result<T, Refusal>, String> {
        match answer {
            Err(Refusal::Fault(fault)) => Err(format!("at fault after a restart: {fault}")),
            other => Ok(other),
        }
    }

    /// A new process with nothing in memory, if each is to have one.
    pub fn anew(&mut self, place: usize) -> Result<(), String> {
        if self.forgetful {
            let here = &mut self.places[place];
            let store = Store::open(here.disk.clone(), settings(place + 1));
            here.store = store.map_err(|refusal| refusal.to_string())?;
        }
        Ok(())
    }

    /// A new process, if the old one died.
    pub fn restart(&mut self, place: usize) -> Result<bool, String> {
        let number = place + 1;
        let here = &mut self.places[place];
        if !here.doom.revive() {
            return Ok(false);
        }
        self.report.crashes += 1;
        here.store = Store::open(here.disk.clone(), settings(number)).map_err(|refusal| refusal.to_string())?;
        Ok(true)
    }

    /// Adds what was said to the digest.
    pub fn hear(&mut self, said: &str) {
        listen(&mut self.report.digest, said);
    }

    /// The closing figures.
    #[must_use]
    pub fn report(&self) -> Report {
        let orders = self.keys.len() as u64;
        let events = self.places.iter().map(|place| place.subscribers.effects).sum();
        Report { orders, events, ..self.report }
    }
}

/// Adds to a digest (FNV-1a).
pub fn listen(digest: &mut u64, said: &str) {
    for byte in said.bytes() {
        *digest = (*digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
}
