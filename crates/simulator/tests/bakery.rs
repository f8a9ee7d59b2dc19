//! A few weeks of a real bakery's till: every line is accounted for, every day is proved, and what breaks the store is noticed.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use kirana_simulator::Sabotage;
use kirana_simulator::bakery::{DayReport, Summary, file, goods, replay};
use kirana_store_core::sabotage::Guard;
use std::collections::BTreeSet;

const WEEKS: usize = 3;

fn till() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/sales_bakery.csv")).unwrap()
}

fn weeks(sabotage: Sabotage) -> Result<(Vec<DayReport>, Summary), String> {
    let mut days = Vec::new();
    let summary = replay(&till(), Some(WEEKS * 7), sabotage, |day| days.push(day.clone()))?;
    Ok((days, summary))
}

#[test]
fn the_whole_file_is_known() {
    let days = file::read(&till()).unwrap();
    let transactions: Vec<_> = days.iter().flat_map(|day| &day.transactions).collect();
    let lines: usize = transactions.iter().map(|transaction| transaction.items.len()).sum();
    assert_eq!((days.len(), transactions.len(), lines), (159, 9_531, 21_293));
    let names: BTreeSet<&String> = transactions.iter().flat_map(|transaction| &transaction.items).collect();
    for name in names {
        let times = goods::KINDS.iter().flat_map(|kind| kind.names).filter(|known| *known == name).count();
        assert_eq!(times + usize::from(goods::made(name).is_some()), 1, "`{name}` is in the table of goods once");
    }
}

#[test]
fn every_line_is_sold_or_refused_and_every_day_is_proved() {
    let file = file::read(&till()).unwrap();
    let (days, summary) = weeks(Sabotage::None).unwrap();
    assert_eq!(days.len(), WEEKS * 7);
    for (day, of_file) in days.iter().zip(&file) {
        let lines: usize = of_file.transactions.iter().map(|transaction| transaction.items.len()).sum();
        assert_eq!((&day.date, day.transactions), (&of_file.date, of_file.transactions.len() as u64));
        assert_eq!((day.lines, day.sold + day.refused), (lines as u64, lines as u64), "{}", day.date);
        assert_eq!(day.refused == 0, day.ran_out.is_empty(), "{}: what was refused ran out", day.date);
        assert!(day.wasted >= 0 && day.wasted_pieces >= 0 && day.lost >= 0 && day.on_hand >= 0, "{day}");
    }
    let sum = |of: fn(&DayReport) -> i64| days.iter().map(of).sum::<i64>();
    assert_eq!(sum(|day| day.wasted), summary.sum.wasted);
    assert_eq!(sum(|day| day.wasted_pieces), summary.sum.wasted_pieces);
    assert_eq!(sum(|day| day.lost), summary.sum.lost);
    assert!(summary.sum.wasted > 0 && summary.sum.refused > 0, "a bakery without waste and stock-outs is not real");
    assert!(summary.waste_percent() < 50.0 && summary.stock_out_percent() < 25.0, "the reorder rule plans:\n{summary}");
    // What was delivered is sold, wasted or there.
    assert!(summary.sum.delivered > summary.sum.wasted + summary.sum.on_hand);
    assert_eq!(weeks(Sabotage::None).unwrap(), (days, summary), "the same file is the same run");
}

#[test]
fn a_store_that_oversells_or_keeps_what_is_too_old_is_noticed() {
    for (guard, notice) in
        [(Guard::ReservationCheck, "should be there and none held"), (Guard::ExpirySweep, "passed their date")]
    {
        let wrong = weeks(Sabotage::Core(guard)).unwrap_err();
        assert!(wrong.contains(notice), "{guard:?}: {wrong}");
    }
}

#[test]
fn a_name_that_nobody_knows_is_told() {
    let text = "Date,Time,Transaction,Item\n2016-10-30,09:58:11,1,Unicorn\n";
    let wrong = replay(text, None, Sabotage::None, |_| ()).unwrap_err();
    assert_eq!(wrong, "2016-10-30: the table of goods has no `Unicorn`");
    assert!(replay("Date,Time,Transaction,Item\n", None, Sabotage::None, |_| ()).is_err());
}
