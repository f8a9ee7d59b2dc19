//! Photos of products: they lie in R2 under the hash of what they are, so that a browser asks for each once.

use crate::db;
use crate::rules::photo;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use kirana_edge::{Caller, Json, Path, Problem, Query, Result};
use kirana_kernel::{Id, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::{Bucket, Env, HttpMetadata};

/// Where a photo is now.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Photo {
    /// Its address.
    pub photo: String,
}

/// Which of its photos.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The hash of the photo, as it stands in its address; the present one if absent.
    pub v: Option<String>,
}

fn bucket(env: &Env) -> Result<Bucket> {
    Ok(env.bucket("PHOTOS")?)
}

fn none() -> Problem {
    Problem::not_found("this product has no such photo")
}

/// A product's photo. Under the address that the menu names it never changes, and may be kept for good.
///
/// # Errors
/// 404 where there is none.
#[utoipa::path(get, path = "/api/v1/products/{id}/photo", tag = "catalog",
    params(("id" = Id, Path, description = "The product"), Which),
    responses((status = 200, description = "JPEG, PNG or WebP", content_type = "image/webp", body = Vec<u8>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Path(id): Path<Id>, Query(which): Query<Which>) -> Result<Response> {
    let present = db::photo(&env, id).await?.ok_or_else(none)?;
    // Whoever holds an older menu sees the picture that there is now, and does not keep it.
    let keep =
        if which.v.as_deref() == Some(present.as_str()) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let object = bucket(&env)?.get(photo::key(id, &present)).execute().await?.ok_or_else(none)?;
    let bytes = object.body().ok_or_else(none)?.bytes().await?;
    let kind = photo::kind(&bytes).ok_or_else(none)?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], bytes).into_response())
}

/// Gives a product its photo: JPEG, PNG or WebP, of 512 kB at most.
///
/// # Errors
/// 404 for a product that is not sold, 413, 415 `unsupported_media_type` for what is no such picture, whatever it is called.
#[utoipa::path(put, path = "/api/v1/products/{id}/photo", tag = "catalog", params(("id" = Id, Path, description = "The product")),
    request_body(content = Vec<u8>, content_type = "image/webp", description = "The picture itself"),
    responses((status = 200, body = Photo), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem)))]
#[worker::send]
pub async fn set(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Photo>> {
    caller.require(&[Role::Admin])?;
    let called = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(kind) = photo::kind(&body).filter(|kind| *kind == called) else {
        let detail =
            format!("expected one of {} that is what it is called; this is called {called}", photo::KINDS.join(", "));
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
    };
    if body.len() > photo::MAX_BYTES {
        let detail = format!("a photo may have {} bytes at most", photo::MAX_BYTES);
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail));
    }
    let before = db::photo(&env, id).await?;
    let hash = photo::hash(&body);
    let metadata = HttpMetadata { content_type: Some(kind.to_owned()), ..HttpMetadata::default() };
    let bucket = bucket(&env)?;
    // Named before it is there it would be a gap in the menu.
    bucket.put(photo::key(id, &hash), body.to_vec()).http_metadata(metadata).execute().await?;
    db::set_photo(&env, id, Some(&hash)).await?;
    if let Some(before) = before.filter(|before| *before != hash) {
        bucket.delete(photo::key(id, &before)).await?;
    }
    Ok(Json(Photo { photo: photo::address(id, &hash) }))
}

/// Takes a product's photo away; without one there is nothing to do.
///
/// # Errors
/// 404 for a product that is not sold.
#[utoipa::path(delete, path = "/api/v1/products/{id}/photo", tag = "catalog", params(("id" = Id, Path, description = "The product")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn remove(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<StatusCode> {
    caller.require(&[Role::Admin])?;
    if let Some(before) = db::photo(&env, id).await? {
        db::set_photo(&env, id, None).await?;
        bucket(&env)?.delete(photo::key(id, &before)).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
