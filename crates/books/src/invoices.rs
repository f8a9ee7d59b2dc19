//! Invoices and credit notes: numbered without gaps for each legal entity, in the batch that books what they are for.

use crate::stores::Place;
use kirana_contracts::order::{Order, OrderLine};
use kirana_edge::db::{Db, Statement, id, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Money, Timestamp};
use kirana_ledger::Split;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One more than the last of its series: rows are never deleted and a batch is one transaction, so that there are no gaps. Nothing where
/// the order comes to what was said last.
const ISSUE: &str = "WITH before (total) AS (SELECT total FROM ledger_invoices WHERE order_id = ?3 ORDER BY version DESC LIMIT 1),
     said (kind) AS (SELECT CASE WHEN EXISTS (SELECT 1 FROM before) THEN 'credit_note' ELSE 'invoice' END)
     INSERT INTO ledger_invoices (entity, kind, number, order_id, version, store_id, customer_id, total, body, issued_at)
     SELECT ?1, kind, COALESCE((SELECT MAX(number) FROM ledger_invoices i WHERE i.entity = ?1 AND i.kind = said.kind), 0) + 1,
        ?3, ?4, ?2, ?5, ?6, ?7, ?8 FROM said
     WHERE NOT EXISTS (SELECT 1 FROM ledger_orders WHERE order_id = ?3 AND version >= ?4)
        AND NOT EXISTS (SELECT 1 FROM before WHERE total = ?6) AND (?6 > 0 OR kind = 'credit_note')";

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceLine {
    /// What was sold.
    #[schema(example = "Golden Bubble Milk Tea, Medium")]
    pub name: String,
    /// What it is sold as; of documents that were written before it was told, none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "golden-bubble-milk-tea/medium")]
    pub sku: Option<String>,
    /// Pieces.
    pub quantity: i64,
    /// What promotions took off it.
    pub discount: Money,
    /// After discounts; with tax where prices contain it.
    pub total: Money,
    /// How it is taxed, such as `food`.
    pub tax_class: String,
}

/// What an order came to when a document was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceBody {
    /// What was sold.
    pub lines: Vec<InvoiceLine>,
    /// Do prices contain the tax?
    pub tax_inclusive: bool,
    /// Net sales, each tax, tips, fees and rounding.
    pub amounts: Split,
    /// How it was paid, where the store took the money itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tender: Option<String>,
}

/// An invoice, or a credit note that corrects one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceDocument {
    /// `invoice` or `credit_note`.
    #[schema(example = "invoice")]
    pub kind: String,
    /// Its number in the series of its kind and legal entity, without gaps.
    pub number: i64,
    /// The legal entity that sold: the franchisee.
    pub entity: Id,
    /// The store.
    pub store_id: Id,
    /// The order.
    pub order_id: Id,
    /// Who bought.
    pub customer_id: Id,
    /// When it was written.
    pub issued_at: Timestamp,
    /// What it is about: of an invoice all that is to be paid; of a credit note what is less to be paid than the document before it said.
    pub amount: Money,
    /// What the order came to when it was written.
    pub body: InvoiceBody,
}

/// The statement that writes a document of what an order comes to, where that is not what was written last.
///
/// # Errors
/// 500 when it cannot be written.
pub fn issue(order: &Order, split: &Split, place: &Place, at: Timestamp) -> Result<Statement> {
    let none = Money::zero(split.total.currency);
    let line = |line: &OrderLine| -> Result<InvoiceLine> {
        let off = Money::sum(none.currency, line.discounts.iter().map(|one| one.amount))?;
        let (name, quantity, total, tax_class) = (line.name.clone(), line.quantity, line.total, line.tax_class.clone());
        let sku = Some(line.variant_sku.clone());
        Ok(InvoiceLine { name, sku, quantity, discount: off, total, tax_class })
    };
    let body = InvoiceBody {
        lines: order.lines.iter().filter(|line| line.quantity > 0).map(line).collect::<Result<_>>()?,
        tax_inclusive: order.totals.tax_inclusive,
        amounts: split.clone(),
        tender: order.payment.tender.clone(),
    };
    let (body, total) = (serde_json::to_string(&body)?, split.total.amount);
    let customer = order.customer.id;
    Ok(stmt(ISSUE, params![place.franchisee, order.store_id, order.id, order.version, customer, total, body, at]))
}

/// The documents of an order, the invoice first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_order(db: &Db, order: Id) -> Result<Vec<InvoiceDocument>> {
    #[derive(Deserialize)]
    struct Row {
        entity: String,
        kind: String,
        number: i64,
        store_id: String,
        customer_id: String,
        body: String,
        issued_at: i64,
    }
    let sql = "SELECT entity, kind, number, store_id, customer_id, body, issued_at FROM ledger_invoices WHERE order_id = ?1 ORDER BY version LIMIT 100";
    let rows: Vec<Row> = db.all(sql, params![order]).await?;
    let (mut documents, mut before) = (Vec::with_capacity(rows.len()), None::<Money>);
    for row in rows {
        let body: InvoiceBody = serde_json::from_str(&row.body)?;
        let total = body.amounts.total;
        let amount = before.map_or(Ok(total), |before| before.minus(total))?;
        before = Some(total);
        documents.push(InvoiceDocument {
            kind: row.kind,
            number: row.number,
            entity: id(&row.entity)?,
            store_id: id(&row.store_id)?,
            order_id: order,
            customer_id: id(&row.customer_id)?,
            issued_at: Timestamp::from_millis(row.issued_at),
            amount,
            body,
        });
    }
    Ok(documents)
}

/// A document in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceSummary {
    /// `invoice` or `credit_note`.
    #[schema(example = "invoice")]
    pub kind: String,
    /// Its number in the series of its kind and legal entity.
    pub number: i64,
    /// When it was written.
    pub issued_at: Timestamp,
    /// What the order came to when it was written.
    pub total: Money,
}

/// The documents of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderInvoices {
    /// The order: `GET /orders/{id}/invoice` tells them in full, `GET /orders/{id}/invoice/pdf` on paper.
    pub order_id: Id,
    /// Its store.
    pub store_id: Id,
    /// The invoice first, then the credit notes that correct it.
    pub documents: Vec<InvoiceSummary>,
}

/// The documents of a customer's orders, the newest order first: of so many orders, those before this one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_customer(db: &Db, customer: Id, before: Option<Id>, orders: usize) -> Result<Vec<OrderInvoices>> {
    #[derive(Deserialize)]
    struct Row {
        order_id: String,
        store_id: String,
        kind: String,
        number: i64,
        total: i64,
        currency: String,
        issued_at: i64,
    }
    // Ids are hexadecimal: `g` is after each of them.
    let sql = "SELECT i.order_id, i.store_id, i.kind, i.number, i.total, json_extract(i.body, '$.amounts.total.currency') AS currency, i.issued_at
               FROM (SELECT DISTINCT order_id FROM ledger_invoices WHERE customer_id = ?1 AND order_id < ?2 ORDER BY order_id DESC LIMIT ?3) o
               CROSS JOIN ledger_invoices i ON i.order_id = o.order_id ORDER BY i.order_id DESC, i.version LIMIT 1000";
    let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let rows: Vec<Row> = db.all(sql, params![customer, before, orders]).await?;
    let mut all: Vec<OrderInvoices> = Vec::new();
    for row in rows {
        let (order_id, total) = (id(&row.order_id)?, Money::new(row.total, row.currency.parse()?));
        let issued_at = Timestamp::from_millis(row.issued_at);
        let document = InvoiceSummary { kind: row.kind, number: row.number, issued_at, total };
        match all.last_mut().filter(|last| last.order_id == order_id) {
            Some(last) => last.documents.push(document),
            None => all.push(OrderInvoices { order_id, store_id: id(&row.store_id)?, documents: vec![document] }),
        }
    }
    Ok(all)
}
