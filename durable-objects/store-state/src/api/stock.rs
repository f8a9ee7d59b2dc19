//! Calls about stock.

use super::{Call, id, no_call, told};
use kirana_contracts::stock::{
    CountLine, ItemBarcodes, LeaseRequest, LeaseSales, Movement, QuarantineRequest, QuarantineResolution, ReceiptBatch,
    StockSetup, TagRead, TransferIn, TransferLine, TransferOut,
};
use kirana_edge::{Problem, Result};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;

/// `POST /leases/{id}/sales`: who reports, and what.
#[derive(Deserialize)]
struct LeaseReport {
    device_id: Id,
    sales: LeaseSales,
}

/// `POST /leases/{id}/extend`: until when it is needed.
#[derive(Deserialize)]
struct Extension {
    until: Timestamp,
}

/// `POST /variances/{id}`: what somebody found.
#[derive(Deserialize)]
struct Resolution {
    resolution: String,
}

/// Answers a call about stock.
pub fn answer(call: &Call<'_>, verb: &str, segments: &[&str]) -> Result<String> {
    let store = call.store;
    let moment = call.moment.clone();
    let now = moment.now;
    match (verb, segments) {
        ("GET", ["stock"]) => told(store.levels()),
        ("GET", ["stock", ..]) => told(store.level(&segments[1..].join("/"))),
        ("GET", ["standing"]) => told(store.standing(now)),
        ("GET", ["batches"]) => told(store.batches(call.text("sku"))),
        ("GET", ["journal"]) => {
            told(store.journal(call.number("after").unwrap_or(0), call.number("limit").unwrap_or(100)))
        }
        ("GET", ["journal", "newest"]) => {
            told(store.newest_in_journal(call.number("before"), call.number("limit").unwrap_or(100)))
        }
        ("GET", ["journal", "proof"]) => told(store.prove_journal()),
        ("GET", ["barcodes"]) => told(store.barcodes()),
        ("POST", ["barcodes"]) => told(store.set_barcodes(moment, &call.read::<ItemBarcodes>()?)),
        ("GET", ["barcodes", gtin]) => told(store.by_barcode(gtin)),
        ("GET", ["usage"]) => told(store.usage(now)),
        ("GET", ["variances"]) => told(store.variances(call.text("all").is_some())),
        ("POST", ["variances", number]) => {
            let number = number.parse().map_err(|_| Problem::not_found("there is no such variance"))?;
            told(store.resolve_variance(moment, number, &call.read::<Resolution>()?.resolution))
        }
        ("POST", ["setup"]) => told(store.setup(moment, &call.read::<StockSetup>()?)),
        ("POST", ["movements"]) => {
            told(store.move_stock(moment, &call.actor, call.key.as_ref(), &call.read::<Movement>()?))
        }
        ("POST", ["receipts"]) => {
            told(store.receive_all(moment, &call.actor, call.key.as_ref(), &call.read::<ReceiptBatch>()?))
        }
        ("POST", ["tags"]) => told(store.track_tags(moment, &call.actor, &call.read::<Vec<TagRead>>()?)),
        ("POST", ["transfers", "out"]) => told(store.transfer_out(moment, &call.actor, &call.read::<TransferOut>()?)),
        ("POST", ["transfers", "in"]) => told(store.transfer_in(moment, &call.actor, &call.read::<TransferIn>()?)),
        ("GET", ["quarantines"]) => told(store.quarantines(call.text("all").is_some())),
        ("POST", ["quarantines"]) => told(store.quarantine(moment, &call.read::<QuarantineRequest>()?)),
        ("POST", ["quarantines", quarantine]) => {
            let outcome = call.read::<QuarantineResolution>()?.outcome;
            told(store.end_quarantine(moment, &call.actor, id(quarantine)?, outcome))
        }
        ("POST", ["sold-out"]) => told(store.sold_out(&call.read::<Vec<String>>()?)),
        ("GET", ["stocktakes"]) => told(store.stocktakes()),
        ("POST", ["stocktakes"]) => told(store.open_stocktake(moment, &call.actor, call.key.as_ref())),
        ("GET", ["stocktakes", stocktake]) => told(store.stocktake(id(stocktake)?)),
        ("POST", ["stocktakes", stocktake, "lines"]) => {
            told(store.count_stock(moment, id(stocktake)?, &call.read::<Vec<CountLine>>()?))
        }
        ("POST", ["stocktakes", stocktake, "approve"]) => {
            told(store.approve_stocktake(moment, &call.actor, id(stocktake)?))
        }
        ("POST", ["stocktakes", stocktake, "discard"]) => told(store.discard_stocktake(moment, id(stocktake)?)),
        ("POST", ["leases"]) => told(store.grant_lease(moment, call.key.as_ref(), &call.read::<LeaseRequest>()?)),
        ("GET", ["leases", lease]) => told(store.lease(id(lease)?)),
        ("POST", ["leases", lease, "extend"]) => {
            told(store.extend_lease(moment, id(lease)?, call.read::<Extension>()?.until))
        }
        ("POST", ["leases", lease, "release"]) => {
            let lines = call.read::<Vec<TransferLine>>()?;
            told(store.release_of_lease(moment, call.key.as_ref(), id(lease)?, &lines))
        }
        ("POST", ["leases", lease, "sales"]) => {
            let report: LeaseReport = call.read()?;
            told(store.report_lease(moment, id(lease)?, report.device_id, &report.sales))
        }
        _ => Err(no_call(verb, segments)),
    }
}
