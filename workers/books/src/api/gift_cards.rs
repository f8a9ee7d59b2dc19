//! Gift cards: sold at the counter, redeemed by whoever has the code, spent with `POST /payments/initiate`.

use super::royalties::idempotency_key;
use crate::codes;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_books::gift_cards::{self as cards, CardStatus, GiftBalance, GiftCard};
use kirana_books::{below_zero, closed};
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::audit::{self, Entry};
use kirana_edge::db::{Db, constraint, required_change_missing};
use kirana_edge::{
    Caller, Json, Page, PageQuery, Path, Principal, Problem, Query, RequestId, Result, call, clock, principal,
};
use kirana_kernel::{Id, Money, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// The most that a card may hold, in minor units.
const MOST: i64 = 100_000_000;

/// A card that is sold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftCardSale {
    /// Who sells it. The card is in the store's currency.
    pub store_id: Id,
    /// What was paid for it, in minor units.
    #[schema(minimum = 1, maximum = 100_000_000, example = 50_000)]
    pub amount: i64,
    /// `cash`, which is in the store's drawer then, or who runs the terminal that was paid at.
    #[schema(example = "card_terminal")]
    pub paid_with: String,
}

/// A card with its code.
#[derive(Debug, Serialize, ToSchema)]
pub struct SoldGiftCard {
    /// What is printed on it. It is told to whoever sells the card, and kept nowhere.
    #[schema(example = "KQ4P-9M2X-T7HD-7K2M")]
    pub code: String,
    /// The card.
    #[serde(flatten)]
    pub card: GiftCard,
}

/// The store, if the caller works there.
async fn theirs(env: &Env, caller: &Principal, store: Id) -> Result<StoreInfo> {
    let info: StoreInfo =
        call::service(env, "STORES", &principal::service("books")).get(&format!("/internal/stores/{store}")).await?;
    let may = caller.is_chain() || caller.may_work_in(info.id, info.franchisee_id);
    if may { Ok(info) } else { Err(Problem::not_found("there is no such store")) }
}

/// Sells a gift card: the money is in the drawer or with the terminal, and the card holds it. The same key once more answers the same
/// card and code.
///
/// # Errors
/// 404 for a store that is not the caller's, 422 `invalid_body` or `idempotency_key_reused`.
#[utoipa::path(post, path = "/api/v1/gift-cards", tag = "books", request_body = GiftCardSale,
    params(("Idempotency-Key" = String, Header, description = "New for each card, the same for each repetition")),
    responses((status = 201, body = SoldGiftCard), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn sell(
    State(env): State<Env>,
    Caller(caller): Caller,
    headers: HeaderMap,
    Json(sale): Json<GiftCardSale>,
) -> Result<(StatusCode, Json<SoldGiftCard>)> {
    caller.require(&[Role::Staff, Role::Manager, Role::Owner, Role::Admin])?;
    let key = idempotency_key(&headers)?;
    if !(1..=MOST).contains(&sale.amount) {
        return Err(Problem::invalid_field("amount", format!("expected 1 to {MOST} minor units")));
    }
    cards::tender(&sale.paid_with, sale.store_id)
        .map_err(|problem| Problem::invalid_field("paid_with", problem.detail))?;
    let store = theirs(&env, &caller, sale.store_id).await?;
    let db = Db::of(&env)?;
    let fingerprint = format!("{} {} {}", sale.store_id, sale.amount, sale.paid_with);
    let card = match cards::by_key(&db, caller.id, key).await? {
        Some(card) => card,
        None => {
            let id = clock::new_id();
            let code = codes::of(&env, id)?;
            let card = GiftCard {
                id,
                code_end: codes::end(&code),
                store_id: store.id,
                amount: Money::new(sale.amount, store.currency),
                paid_with: sale.paid_with,
                status: CardStatus::Sold,
                sold_at: clock::now(),
                redeemed_at: None,
                voided_at: None,
                redeemed_by: None,
                fingerprint: fingerprint.clone(),
            };
            match db.batch(cards::sell(&card, &codes::hash(&code), caller.id, key)?).await {
                Ok(_) => card,
                // The same call came twice at once.
                Err(error) if constraint(&error, "gift_cards.idempotency_key") => cards::by_key(&db, caller.id, key)
                    .await?
                    .ok_or_else(|| Problem::internal("a key without its card"))?,
                Err(error) => return Err(error.into()),
            }
        }
    };
    if card.fingerprint != fingerprint {
        return Err(Problem::unprocessable("idempotency_key_reused", "this Idempotency-Key was used for another card"));
    }
    let code = codes::printed(&codes::of(&env, card.id)?);
    Ok((StatusCode::CREATED, Json(SoldGiftCard { code, card })))
}

/// Which cards.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GiftCardsQuery {
    /// Of this store.
    pub store_id: Id,
    /// Whose code ends so.
    #[param(example = "7K2M")]
    pub code_end: Option<String>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The cards that a store sold, the newest first, without their codes.
///
/// # Errors
/// 400 `invalid_query` or `invalid_cursor`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/gift-cards", tag = "books", params(GiftCardsQuery),
    responses((status = 200, body = Page<GiftCard>), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<GiftCardsQuery>,
) -> Result<Json<Page<GiftCard>>> {
    caller.require(&[Role::Staff, Role::Manager, Role::Owner, Role::Admin])?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after()?);
    let store = theirs(&env, &caller, query.store_id).await?;
    let end = query.code_end.as_deref().map(codes::normal);
    let found = cards::of_store(&Db::of(&env)?, store.id, end.as_deref(), before, limit + 1).await?;
    Ok(Json(Page::of(found, limit, |card| card.id.to_string())))
}

/// Takes back a card that nobody has redeemed: whoever paid for it gets the money back the same way.
///
/// # Errors
/// 404 for what is not the caller's, 409 `not_voidable` for a card that was redeemed, or whose money is not in the drawer any more.
#[utoipa::path(post, path = "/api/v1/gift-cards/{id}/void", tag = "books", params(("id" = Id, Path, description = "The card")),
    responses((status = 200, body = GiftCard), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[worker::send]
pub async fn void(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
) -> Result<Json<GiftCard>> {
    caller.require(&[Role::Manager, Role::Owner, Role::Admin])?;
    let (db, now) = (Db::of(&env)?, clock::now());
    let unknown = || Problem::not_found("there is no such gift card");
    let card = cards::by_id(&db, id).await?.ok_or_else(unknown)?;
    theirs(&env, &caller, card.store_id).await.map_err(|_| unknown())?;
    if card.status == CardStatus::Sold {
        let entry = Entry {
            action: "gift_card.voided",
            object: id.to_string(),
            before: Some(serde_json::to_string(&card)?),
            ..Entry::default()
        };
        audit::note(&env, "books", &caller, &request_id, entry).await?;
    }
    match db.batch(cards::void(&card, caller.id, now)?).await {
        Err(error) if below_zero(&error) && !required_change_missing(&error) => {
            let detail = format!("the store's drawer holds less than {}: it was banked or spent", card.amount);
            return Err(Problem::conflict("not_voidable", detail));
        }
        Err(error) if !required_change_missing(&error) => return Err(error.into()),
        _ => {}
    }
    let card = cards::by_id(&db, id).await?.ok_or_else(unknown)?;
    if card.status == CardStatus::Voided {
        return Ok(Json(card));
    }
    Err(Problem::conflict("not_voidable", "the card was redeemed: what is left of it is its owner's gift balance"))
}

/// A code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftCode {
    /// As it is printed; lower case, spaces and hyphens do not matter.
    #[schema(example = "KQ4P-9M2X-T7HD-7K2M")]
    pub code: String,
}

/// Makes a card's balance the caller's own, once. Whoever redeems their own card again is answered the same.
///
/// # Errors
/// 404 for no such code, 409 `already_redeemed` or `gift_card_voided`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/gift-cards/redeem", tag = "books", request_body = GiftCode,
    responses((status = 200, body = GiftBalance), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn redeem(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<GiftCode>,
) -> Result<Json<GiftBalance>> {
    let code = codes::normal(&body.code);
    if !codes::is_one(&code) {
        return Err(Problem::invalid_field("code", format!("expected {} letters and digits", codes::LETTERS)));
    }
    let (db, now, hash) = (Db::of(&env)?, clock::now(), codes::hash(&code));
    let unknown = || Problem::not_found("there is no gift card with this code");
    let card = cards::by_code(&db, &hash).await?.ok_or_else(unknown)?;
    if card.status == CardStatus::Sold {
        match db.batch(cards::redeem(&card, caller.id, now)?).await {
            Err(error) if !required_change_missing(&error) && !closed(&error) => return Err(error.into()),
            _ => {}
        }
    }
    // Whoever came at the same moment may have been first.
    let card = cards::by_code(&db, &hash).await?.ok_or_else(unknown)?;
    match card.status {
        CardStatus::Redeemed if card.redeemed_by == Some(caller.id) => Ok(Json(cards::balance(&db, caller.id).await?)),
        CardStatus::Redeemed => {
            Err(Problem::conflict("already_redeemed", "this gift card was redeemed; its balance is somebody's"))
        }
        CardStatus::Voided => Err(Problem::conflict("gift_card_voided", "this gift card was taken back by the store")),
        CardStatus::Sold => Err(Problem::unavailable("the card could not be redeemed now; ask again")),
    }
}

/// The caller's gift balance, and how it came to be.
///
/// # Errors
/// 401.
#[utoipa::path(get, path = "/api/v1/gift-balance", tag = "books", responses((status = 200, body = GiftBalance)))]
#[worker::send]
pub async fn balance(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<GiftBalance>> {
    Ok(Json(cards::balance(&Db::of(&env)?, caller.id).await?))
}
