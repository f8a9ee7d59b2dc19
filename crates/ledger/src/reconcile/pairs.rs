//! Which row belongs to which record.

use super::record::{OurRecord, RecordKind, Terms};
use super::row::{GatewayRow, RowKind};
use kirana_kernel::MoneyError;
use std::collections::{BTreeMap, BTreeSet};

/// Do a record and a row agree well enough?
type Alike<'a> = &'a dyn Fn(&OurRecord, &GatewayRow) -> bool;

/// Who belongs to whom, by their places.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// Record and row.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Pairs that only our own id brought together, among them.
    pub(super) by_order: usize,
    /// Records without a row.
    pub(super) lone_records: Vec<usize>,
    /// Rows without a record.
    pub(super) lone_rows: Vec<usize>,
    /// A row that says again what another said: that one, and it.
    pub(super) again: Vec<(usize, usize)>,
}

/// Rows in which a payment and what was taken off it again are one: gateways tell a capture of a part as two.
///
/// # Errors
/// [`MoneyError`].
pub(super) fn whole_payments(rows: &[GatewayRow]) -> Result<Vec<GatewayRow>, MoneyError> {
    let mut whole: Vec<GatewayRow> = Vec::with_capacity(rows.len());
    let mut payments: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind != RowKind::PaymentReversal) {
        if row.kind == RowKind::Payment {
            row.references.iter().for_each(|reference| payments.entry(reference).or_default().push(whole.len()));
        }
        whole.push(row.clone());
    }
    for reversal in rows.iter().filter(|row| row.kind == RowKind::PaymentReversal) {
        let places = reversal.references.iter().find_map(|reference| payments.get(reference.as_str()));
        // Of several captures the first that is large enough.
        let fits = |place: &&usize| {
            whole.get(**place).is_some_and(|payment| {
                payment.gross.currency == reversal.gross.currency && payment.gross.amount + reversal.gross.amount >= 0
            })
        };
        let place = places.and_then(|places| places.iter().find(fits)).copied();
        match place.and_then(|place| whole.get_mut(place)) {
            Some(payment) => {
                payment.gross = payment.gross.plus(reversal.gross)?;
                payment.fee = payment.fee.plus(reversal.fee)?;
                payment.fee_tax = payment.fee_tax.plus(reversal.fee_tax)?;
            }
            None => whole.push(reversal.clone()),
        }
    }
    Ok(whole)
}

/// Pairs records with rows: by the gateway's id, those that agree before those that do not; then, where the gateway never told its id, by
/// ours with the same amount at about the same time.
pub(super) fn pair(records: &[OurRecord], rows: &[GatewayRow], terms: &Terms) -> Pairs {
    let mut pairing = Pairing::new(records, rows);
    let mut groups: BTreeMap<(RecordKind, &str), Vec<usize>> = BTreeMap::new();
    let mut nameless = Vec::new();
    for (place, record) in records.iter().enumerate() {
        match &record.reference {
            Some(reference) => groups.entry((record.kind, reference)).or_default().push(place),
            None => nameless.push(place),
        }
    }
    for (key, group) in groups {
        pairing.group(key, group);
    }
    pairing.by_order(nameless, terms);
    pairing.rest()
}

struct Pairing<'a> {
    records: &'a [OurRecord],
    rows: &'a [GatewayRow],
    by_reference: BTreeMap<(RecordKind, &'a str), Vec<usize>>,
    by_order: BTreeMap<(RecordKind, &'a str), Vec<usize>>,
    taken: BTreeSet<usize>,
    pairs: Pairs,
}

impl<'a> Pairing<'a> {
    fn new(records: &'a [OurRecord], rows: &'a [GatewayRow]) -> Self {
        let index = |names: fn(&GatewayRow) -> &Vec<String>| {
            let mut index: BTreeMap<(RecordKind, &str), Vec<usize>> = BTreeMap::new();
            for (place, row) in rows.iter().enumerate() {
                let Some(kind) = row.kind.record() else { continue };
                names(row).iter().for_each(|name| index.entry((kind, name)).or_default().push(place));
            }
            index
        };
        let (by_reference, by_order) = (index(|row| &row.references), index(|row| &row.order_references));
        Self { records, rows, by_reference, by_order, taken: BTreeSet::new(), pairs: Pairs::default() }
    }

    fn take(&mut self, record: usize, row: usize) {
        self.taken.insert(row);
        self.pairs.pairs.push((record, row));
    }

    /// The records and rows of one reference.
    fn group(&mut self, key: (RecordKind, &str), mut group: Vec<usize>) {
        let rows: Vec<usize> = self.by_reference.get(&key).cloned().unwrap_or_default();
        let (records, all) = (self.records, self.rows);
        let alike: [Alike<'_>; 3] = [
            &|record, row| record.signed() == row.gross,
            &|record, row| record.amount.currency == row.gross.currency,
            &|_, _| true,
        ];
        for alike in alike {
            group.retain(|place| {
                let fits = |row: &usize| {
                    !self.taken.contains(row)
                        && records.get(*place).zip(all.get(*row)).is_some_and(|(record, row)| alike(record, row))
                };
                let found = rows.iter().copied().find(fits);
                if let Some(row) = found {
                    self.take(*place, row);
                }
                found.is_none()
            });
        }
        self.pairs.lone_records.extend(group);
        // Every record has its row: what is left says it again.
        let Some(first) = rows.iter().copied().find(|row| self.taken.contains(row)) else { return };
        for row in rows {
            if self.taken.insert(row) {
                self.pairs.again.push((first, row));
            }
        }
    }

    fn by_order(&mut self, nameless: Vec<usize>, terms: &Terms) {
        for place in nameless {
            let found = self.records.get(place).and_then(|record| {
                let order = record.order_reference.as_deref()?;
                let rows = self.by_order.get(&(record.kind, order))?;
                rows.iter().copied().find(|row| {
                    !self.taken.contains(row)
                        && self.rows.get(*row).is_some_and(|row| {
                            row.gross == record.signed() && Terms::apart(row.at, record.at) <= terms.date_tolerance_s
                        })
                })
            });
            match found {
                Some(row) => {
                    self.take(place, row);
                    self.pairs.by_order += 1;
                }
                None => self.pairs.lone_records.push(place),
            }
        }
    }

    /// Rows that nobody took; of those with one reference the first is missing with us, the others say it again.
    fn rest(mut self) -> Pairs {
        let mut first: BTreeMap<(RecordKind, &str), usize> = BTreeMap::new();
        for (place, row) in self.rows.iter().enumerate() {
            let Some(kind) = row.kind.record().filter(|_| !self.taken.contains(&place)) else { continue };
            let Some(reference) = row.references.first() else {
                self.pairs.lone_rows.push(place);
                continue;
            };
            match first.get(&(kind, reference.as_str())) {
                Some(earlier) if row.kind != RowKind::PaymentReversal => self.pairs.again.push((*earlier, place)),
                _ => {
                    first.insert((kind, reference), place);
                    self.pairs.lone_rows.push(place);
                }
            }
        }
        self.pairs
    }
}
