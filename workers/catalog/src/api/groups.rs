//! Modifier groups of a menu, and their options, one at a time.

use crate::rules::changes::{self, Kept};
use crate::rules::groups::{self, GroupRequest, OnMenu, OptionRequest};
use crate::{db, events, menus};
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::menu::ModifierGroup;
use kirana_edge::{Caller, FieldError, Json, Path, Problem, Query, RequestId, Result, clock};
use kirana_kernel::{Id, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// A modifier group of a menu, and what has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupOnMenu {
    /// The menu.
    pub menu_id: Id,
    /// The group.
    pub group: ModifierGroup,
    /// Skus of the variants that have it, in the order of the menu.
    pub variants: Vec<String>,
}

/// Which menu's groups.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GroupQuery {
    /// The menu.
    pub menu_id: Id,
}

/// A modifier group to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// The menu it is put on, at its end.
    pub menu_id: Id,
    /// What it is.
    pub group: GroupRequest,
}

/// A menu with everything on it, as one change finds it.
struct Whole {
    id: Id,
    row: menus::MenuRow,
    products: Vec<Kept>,
}

impl Whole {
    async fn read(env: &Env, id: Id) -> Result<Option<Self>> {
        let Some(row) = menus::menu(env, id).await? else { return Ok(None) };
        Ok(Some(Self { id, row, products: db::kept_of_menu(env, id).await? }))
    }

    fn on_menu(&self) -> OnMenu<'_> {
        OnMenu { currency: self.row.currency, groups: &self.row.modifier_groups, products: &self.products }
    }

    fn group(&self, id: &str) -> Result<&ModifierGroup> {
        self.row.modifier_groups.iter().find(|group| group.id == id).ok_or_else(unknown)
    }

    /// Puts `after` in the place of the group with the id, at the end where there is none, or takes it away; and tells what it changes.
    async fn save(
        &self,
        env: &Env,
        request_id: &RequestId,
        id: &str,
        after: Option<&ModifierGroup>,
        products: &[Kept],
    ) -> Result<()> {
        let before = &self.row.modifier_groups;
        let mut groups = before.clone();
        let at = groups.iter().position(|group| group.id == id);
        match (at.and_then(|at| groups.get_mut(at)), at, after) {
            (Some(place), _, Some(after)) => *place = after.clone(),
            (Some(_), Some(at), None) => drop(groups.remove(at)),
            (_, _, Some(after)) => groups.push(after.clone()),
            (_, _, None) => {}
        }
        let changed: Vec<_> = products.iter().filter(|kept| !self.products.contains(kept)).cloned().collect();
        if groups == *before && changed.is_empty() {
            return Ok(());
        }
        let told = changes::of_menu(self.id, (&self.products, before), (products, &groups));
        let told = events::tell(told, None, request_id)?;
        menus::set_groups(env, (self.id, self.row.version), &groups, &changed, told).await
    }

    /// Makes the group what is wanted.
    async fn make(
        &self,
        env: &Env,
        request_id: &RequestId,
        id: &str,
        wanted: &GroupRequest,
    ) -> std::result::Result<GroupOnMenu, Failed> {
        let before = self.row.modifier_groups.iter().find(|group| group.id == id);
        let group = groups::read(wanted, id, before, self.on_menu())?;
        let variants = wanted.variants.clone().unwrap_or_else(|| self.on_menu().variants_with(id));
        let products = self.on_menu().attached(id, &variants);
        self.save(env, request_id, id, Some(&group), &products).await?;
        let after = OnMenu { products: &products, ..self.on_menu() };
        Ok(GroupOnMenu { menu_id: self.id, variants: after.variants_with(id), group })
    }
}

/// Why a group is not what is wanted: what was sent is wrong, or something else is.
enum Failed {
    Faults(Vec<FieldError>),
    Other(Problem),
}

impl From<Vec<FieldError>> for Failed {
    fn from(faults: Vec<FieldError>) -> Self {
        Self::Faults(faults)
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Other(problem)
    }
}

impl Failed {
    /// As a problem, with the ways to the faults as the caller's body has them.
    fn problem(self, way: impl Fn(String) -> String) -> Problem {
        match self {
            Self::Other(problem) => problem,
            Self::Faults(mut faults) => {
                faults.iter_mut().for_each(|fault| fault.path = way(std::mem::take(&mut fault.path)));
                Problem::invalid_fields(faults)
            }
        }
    }
}

fn unknown() -> Problem {
    Problem::not_found("there is no such modifier group on this menu")
}

/// The modifier groups of a menu, each with the variants that have it.
///
/// # Errors
/// 404 for a menu that is not there.
#[utoipa::path(get, path = "/api/v1/modifier-groups", tag = "catalog", params(GroupQuery),
    responses((status = 200, body = Vec<GroupOnMenu>), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<GroupQuery>,
) -> Result<Json<Vec<GroupOnMenu>>> {
    caller.require(&[Role::Admin])?;
    let whole = Whole::read(&env, query.menu_id).await?;
    let whole = whole.ok_or_else(|| Problem::not_found("there is no such menu"))?;
    let on_menu = |group: &ModifierGroup| GroupOnMenu {
        menu_id: whole.id,
        variants: whole.on_menu().variants_with(&group.id),
        group: group.clone(),
    };
    Ok(Json(whole.row.modifier_groups.iter().map(on_menu).collect()))
}

/// Makes a modifier group, puts it on a menu and, if it says so, on variants of it.
///
/// # Errors
/// 409 `menu_changed` when somebody else changed the menu at the same moment, 422 `invalid_body` naming each fault, also for a menu
/// that is not there.
#[utoipa::path(post, path = "/api/v1/modifier-groups", tag = "catalog", request_body = NewGroup,
    responses((status = 201, body = GroupOnMenu), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(body): Json<NewGroup>,
) -> Result<(StatusCode, Json<GroupOnMenu>)> {
    caller.require(&[Role::Admin])?;
    let whole = Whole::read(&env, body.menu_id).await?;
    let whole = whole.ok_or_else(|| Problem::invalid_field("menu_id", "there is no such menu"))?;
    let made = whole.make(&env, &request_id, &clock::new_id().to_string(), &body.group).await;
    let made = made.map_err(|failed| failed.problem(|path| format!("group.{path}")))?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Makes a modifier group another: its options, how many are chosen, and which variants have it. Options keep their skus.
///
/// # Errors
/// 404, 409 `menu_changed`, 422 `invalid_body` naming each fault.
#[utoipa::path(put, path = "/api/v1/modifier-groups/{menu_id}/{id}", tag = "catalog",
    params(("menu_id" = Id, Path, description = "The menu"), ("id" = String, Path, description = "The group's id on the menu")),
    request_body = GroupRequest,
    responses((status = 200, body = GroupOnMenu), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
#[worker::send]
pub async fn change(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((menu, id)): Path<(Id, String)>,
    Json(body): Json<GroupRequest>,
) -> Result<Json<GroupOnMenu>> {
    caller.require(&[Role::Admin])?;
    let whole = Whole::read(&env, menu).await?.ok_or_else(unknown)?;
    whole.group(&id)?;
    whole.make(&env, &request_id, &id, &body).await.map(Json).map_err(|failed| failed.problem(|path| path))
}

/// Takes a modifier group off its menu. One that variants have stays: take it off them first.
///
/// # Errors
/// 404, 409 `in_use` with the names of the `products` that have it, or `menu_changed`.
#[utoipa::path(delete, path = "/api/v1/modifier-groups/{menu_id}/{id}", tag = "catalog",
    params(("menu_id" = Id, Path, description = "The menu"), ("id" = String, Path, description = "The group's id on the menu")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[worker::send]
pub async fn remove(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((menu, id)): Path<(Id, String)>,
) -> Result<StatusCode> {
    caller.require(&[Role::Admin])?;
    let whole = Whole::read(&env, menu).await?.ok_or_else(unknown)?;
    whole.group(&id)?;
    let products = whole.on_menu().products_with(&id);
    if !products.is_empty() {
        let detail = format!("{} products have this group: take it off their variants first", products.len());
        return Err(Problem::conflict("in_use", detail).with("products", products));
    }
    whole.save(&env, &request_id, &id, None, &whole.products).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts an option at the end of a group.
///
/// # Errors
/// 404, 409 `menu_changed`, 422 `invalid_body` naming each fault.
#[utoipa::path(post, path = "/api/v1/modifier-groups/{menu_id}/{id}/options", tag = "catalog",
    params(("menu_id" = Id, Path, description = "The menu"), ("id" = String, Path, description = "The group's id on the menu")),
    request_body = OptionRequest,
    responses((status = 201, body = GroupOnMenu), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
#[worker::send]
pub async fn add_option(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((menu, id)): Path<(Id, String)>,
    Json(body): Json<OptionRequest>,
) -> Result<(StatusCode, Json<GroupOnMenu>)> {
    caller.require(&[Role::Admin])?;
    let whole = Whole::read(&env, menu).await?.ok_or_else(unknown)?;
    let mut wanted = GroupRequest::of(whole.group(&id)?);
    let at = wanted.options.len();
    wanted.options.push(body);
    let made = whole.make(&env, &request_id, &id, &wanted).await;
    Ok((StatusCode::CREATED, Json(made.map_err(|failed| failed.problem(|path| of_option(path, at)))?)))
}

/// Makes an option another. It keeps its sku and its place.
///
/// # Errors
/// 404, 409 `menu_changed`, 422 `invalid_body` naming each fault.
#[utoipa::path(put, path = "/api/v1/modifier-groups/{menu_id}/{id}/options/{sku}", tag = "catalog",
    params(("menu_id" = Id, Path, description = "The menu"), ("id" = String, Path, description = "The group's id on the menu"),
        ("sku" = String, Path, description = "The option, such as `extra-toppings%2Fgrass-jelly`")),
    request_body = OptionRequest,
    responses((status = 200, body = GroupOnMenu), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
#[worker::send]
pub async fn change_option(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((menu, id, sku)): Path<(Id, String, String)>,
    Json(body): Json<OptionRequest>,
) -> Result<Json<GroupOnMenu>> {
    caller.require(&[Role::Admin])?;
    let whole = Whole::read(&env, menu).await?.ok_or_else(unknown)?;
    let mut wanted = GroupRequest::of(whole.group(&id)?);
    let at = place(&wanted, &sku)?;
    if body.sku.as_ref().is_some_and(|other| *other != sku) {
        return Err(Problem::invalid_field("sku", format!("expected {sku}, or none: an option keeps its sku")));
    }
    if let Some(option) = wanted.options.get_mut(at) {
        *option = OptionRequest { sku: Some(sku), ..body };
    }
    let made = whole.make(&env, &request_id, &id, &wanted).await;
    made.map(Json).map_err(|failed| failed.problem(|path| of_option(path, at)))
}

/// Takes an option out of a group; orders that were made with it keep it.
///
/// # Errors
/// 404, 409 `menu_changed`, 422 `invalid_body` for the last one.
#[utoipa::path(delete, path = "/api/v1/modifier-groups/{menu_id}/{id}/options/{sku}", tag = "catalog",
    params(("menu_id" = Id, Path, description = "The menu"), ("id" = String, Path, description = "The group's id on the menu"),
        ("sku" = String, Path, description = "The option, such as `extra-toppings%2Fgrass-jelly`")),
    responses((status = 200, body = GroupOnMenu), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
#[worker::send]
pub async fn remove_option(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((menu, id, sku)): Path<(Id, String, String)>,
) -> Result<Json<GroupOnMenu>> {
    caller.require(&[Role::Admin])?;
    let whole = Whole::read(&env, menu).await?.ok_or_else(unknown)?;
    let mut wanted = GroupRequest::of(whole.group(&id)?);
    wanted.options.remove(place(&wanted, &sku)?);
    whole.make(&env, &request_id, &id, &wanted).await.map(Json).map_err(|failed| failed.problem(|path| path))
}

fn place(group: &GroupRequest, sku: &str) -> Result<usize> {
    let at = group.options.iter().position(|option| option.sku.as_deref() == Some(sku));
    at.ok_or_else(|| Problem::not_found("this group has no such option"))
}

/// The way to a fault of one option, as the body of that option has it.
fn of_option(path: String, at: usize) -> String {
    path.strip_prefix(&format!("options[{at}].")).map_or(path.clone(), str::to_owned)
}
