//! Gift cards and gift balances. A card that is sold holds its amount on an account of its own; whoever redeems it moves all of it to
//! their own account, once; what they pay with it, payments posts. The ledger lets none of these accounts fall below zero.

use crate::{name, post};
use kirana_edge::db::{Db, Statement, id, require_one_change, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Money, Timestamp};
use kirana_ledger::{BusinessEvent, Tender, What};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardStatus {
    /// Sold, and nobody has redeemed it.
    Sold,
    /// Its balance is somebody's.
    Redeemed,
    /// Taken back.
    Voided,
}

/// A card, without its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GiftCard {
    /// Its id.
    pub id: Id,
    /// The last four letters of its code.
    #[schema(example = "7K2M")]
    pub code_end: String,
    /// Who sold it.
    pub store_id: Id,
    /// What it was sold for, and holds until it is redeemed.
    pub amount: Money,
    /// `cash`, or who runs the terminal that was paid at, such as `card_terminal`.
    pub paid_with: String,
    /// How it stands.
    pub status: CardStatus,
    /// When it was sold.
    pub sold_at: Timestamp,
    /// When it was redeemed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeemed_at: Option<Timestamp>,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voided_at: Option<Timestamp>,
    /// Who has its balance.
    #[serde(skip)]
    #[schema(ignore)]
    pub redeemed_by: Option<Id>,
    /// What was asked for when it was sold.
    #[serde(skip)]
    #[schema(ignore)]
    pub fingerprint: String,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    code_end: String,
    store_id: String,
    amount: i64,
    currency: String,
    paid_with: String,
    fingerprint: String,
    sold_at: i64,
    redeemed_by: Option<String>,
    redeemed_at: Option<i64>,
    voided_at: Option<i64>,
}

impl Row {
    fn card(self) -> Result<GiftCard> {
        let status = match (self.redeemed_at, self.voided_at) {
            (Some(_), _) => CardStatus::Redeemed,
            (None, Some(_)) => CardStatus::Voided,
            (None, None) => CardStatus::Sold,
        };
        Ok(GiftCard {
            id: id(&self.id)?,
            code_end: self.code_end,
            store_id: id(&self.store_id)?,
            amount: Money::new(self.amount, self.currency.parse()?),
            paid_with: self.paid_with,
            status,
            sold_at: Timestamp::from_millis(self.sold_at),
            redeemed_at: self.redeemed_at.map(Timestamp::from_millis),
            voided_at: self.voided_at.map(Timestamp::from_millis),
            redeemed_by: self.redeemed_by.as_deref().map(id).transpose()?,
            fingerprint: self.fingerprint,
        })
    }
}

/// What a card was paid with, as the ledger knows it.
///
/// # Errors
/// 422 for a name no account can have.
pub fn tender(paid_with: &str, store: Id) -> Result<Tender> {
    Ok(if paid_with == "cash" { Tender::Cash { store } } else { Tender::Gateway { gateway: name(paid_with)? } })
}

/// The statements that sell a card: its row, and what it holds.
///
/// # Errors
/// 422 for what cannot be posted.
pub fn sell(card: &GiftCard, code_hash: &str, sold_by: Id, key: &str) -> Result<Vec<Statement>> {
    let paid_with = tender(&card.paid_with, card.store_id)?;
    let mut statements = vec![stmt(
        "INSERT INTO gift_cards (id, code_hash, code_end, store_id, amount, currency, paid_with, sold_by, idempotency_key, fingerprint, sold_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            card.id,
            code_hash,
            &card.code_end,
            card.store_id,
            card.amount.amount,
            card.amount.currency,
            &card.paid_with,
            sold_by,
            key,
            &card.fingerprint,
            card.sold_at
        ],
    )];
    let what = What::GiftBalanceBought { customer: card.id, paid_with, amount: card.amount };
    statements.extend(post(&event(card.id, card.sold_at, what))?);
    Ok(statements)
}

fn event(card: Id, at: Timestamp, what: What) -> BusinessEvent {
    BusinessEvent { key: card.to_string(), at, order: None, what }
}

/// The statements that make a card's balance somebody's: their batch fails when it was redeemed or taken back before.
///
/// # Errors
/// As [`sell`].
pub fn redeem(card: &GiftCard, customer: Id, now: Timestamp) -> Result<Vec<Statement>> {
    let mut statements = vec![
        stmt(
            "UPDATE gift_cards SET redeemed_by = ?2, redeemed_at = ?3 WHERE id = ?1 AND redeemed_at IS NULL AND voided_at IS NULL",
            params![card.id, customer, now],
        ),
        require_one_change(),
    ];
    let what = What::GiftCardRedeemed { card: card.id, customer, amount: card.amount };
    statements.extend(post(&event(card.id, now, what))?);
    Ok(statements)
}

/// The statements that take back a card that nobody has redeemed; their batch fails when somebody has.
///
/// # Errors
/// As [`sell`].
pub fn void(card: &GiftCard, by: Id, now: Timestamp) -> Result<Vec<Statement>> {
    let mut statements = vec![
        stmt(
            "UPDATE gift_cards SET voided_by = ?2, voided_at = ?3 WHERE id = ?1 AND redeemed_at IS NULL AND voided_at IS NULL",
            params![card.id, by, now],
        ),
        require_one_change(),
    ];
    let paid_back = tender(&card.paid_with, card.store_id)?;
    let what = What::GiftCardVoided { card: card.id, paid_back, amount: card.amount };
    statements.extend(post(&event(card.id, now, what))?);
    Ok(statements)
}

/// The card with this code.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_code(db: &Db, code_hash: &str) -> Result<Option<GiftCard>> {
    let row: Option<Row> = db.first("SELECT * FROM gift_cards WHERE code_hash = ?1", params![code_hash]).await?;
    row.map(Row::card).transpose()
}

/// A card.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_id(db: &Db, card: Id) -> Result<Option<GiftCard>> {
    let row: Option<Row> = db.first("SELECT * FROM gift_cards WHERE id = ?1", params![card]).await?;
    row.map(Row::card).transpose()
}

/// The card that somebody sold under a key.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_key(db: &Db, sold_by: Id, key: &str) -> Result<Option<GiftCard>> {
    let sql = "SELECT * FROM gift_cards WHERE sold_by = ?1 AND idempotency_key = ?2";
    let row: Option<Row> = db.first(sql, params![sold_by, key]).await?;
    row.map(Row::card).transpose()
}

/// A store's cards, the newest first; with the end of a code, those alone that have it.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_store(
    db: &Db,
    store: Id,
    code_end: Option<&str>,
    before: Option<Id>,
    limit: usize,
) -> Result<Vec<GiftCard>> {
    let rows: Vec<Row> = db
        .all(
            "SELECT * FROM gift_cards WHERE store_id = ?1 AND (?2 IS NULL OR code_end = ?2) AND (?3 IS NULL OR id < ?3)
             ORDER BY id DESC LIMIT ?4",
            params![store, code_end, before, limit],
        )
        .await?;
    rows.into_iter().map(Row::card).collect()
}

/// A movement of somebody's gift balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GiftMovement {
    /// When.
    pub at: Timestamp,
    /// What: `gift_card_redeemed`, `gift_balance_spent`, `payment_refunded`.
    #[schema(example = "gift_balance_spent")]
    pub kind: String,
    /// What came; below zero: what was spent.
    pub amount: Money,
    /// The order it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Id>,
}

/// Somebody's gift balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GiftBalance {
    /// What is left, in each currency that there ever was some of.
    pub balances: Vec<Money>,
    /// The last fifty movements, the newest first.
    pub movements: Vec<GiftMovement>,
}

/// Somebody's gift balance, and how it came to be.
///
/// # Errors
/// 500 when the database refuses.
pub async fn balance(db: &Db, customer: Id) -> Result<GiftBalance> {
    #[derive(Deserialize)]
    struct Held {
        currency: String,
        balance: i64,
    }
    #[derive(Deserialize)]
    struct Moved {
        at: i64,
        kind: String,
        amount: i64,
        currency: String,
        order_id: Option<String>,
    }
    let account = format!("customer-balance:{customer}");
    let held: Vec<Held> = db
        .all(
            "SELECT currency, -balance AS balance FROM ledger_balances WHERE account = ?1 ORDER BY currency",
            params![&account],
        )
        .await?;
    let moved: Vec<Moved> = db
        .all(
            "SELECT t.occurred_at AS at, t.kind, l.amount, l.currency, t.order_id FROM (
                SELECT transaction_id, amount, currency FROM ledger_lines WHERE credit = ?1
                UNION ALL SELECT transaction_id, -amount, currency FROM ledger_lines WHERE debit = ?1) l
             JOIN ledger_transactions t ON t.id = l.transaction_id ORDER BY t.occurred_at DESC, t.id DESC LIMIT 50",
            params![&account],
        )
        .await?;
    let balances =
        held.into_iter().map(|held| Ok(Money::new(held.balance, held.currency.parse()?))).collect::<Result<_>>()?;
    let movements = moved
        .into_iter()
        .map(|moved| {
            Ok(GiftMovement {
                at: Timestamp::from_millis(moved.at),
                kind: moved.kind,
                amount: Money::new(moved.amount, moved.currency.parse()?),
                order_id: moved.order_id.as_deref().map(id).transpose()?,
            })
        })
        .collect::<Result<_>>()?;
    Ok(GiftBalance { balances, movements })
}
