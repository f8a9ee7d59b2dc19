//! The edge's cache for what everybody may read of catalogue and stores: a hit costs no call to a worker.
//!
//! What is kept is kept under a version. Whoever changes something through this gateway makes a new version, so that the next
//! read through the same isolate sees it, and a second later ([`near`]) every other of the same of Cloudflare's places; elsewhere, and for
//! what events change, it is [`KEPT`] and that second old at most. What a customer pays is never read from here: quotes ask the catalogue
//! itself.

mod near;

use crate::metrics;
use crate::policy::{Access, Class, Route};
use crate::reply::Whole;
use kirana_edge::{Result, clock, log, wire};
pub use near::Answer;
use sha2::{Digest, Sha256};
use worker::{Cache, Context, Response};

/// Seconds that an answer is kept at the edge.
const KEPT: u32 = 9;

/// What callers are told: their own copy is good for some seconds, and for longer while they ask whether it still is.
const FOR_CALLERS: &str = "public, max-age=5, stale-while-revalidate=30";

/// Whose public reads are kept.
const OF: [&str; 2] = ["CATALOG", "STORES"];

/// Is what this route answers kept?
#[must_use]
pub fn applies(route: &Route) -> bool {
    // Photos are kept by browsers for good, by their own name: here they would push everything else out.
    let is_photo = route.path.ends_with("/photo");
    route.method == "GET"
        && route.class == Class::Browse
        && route.access == Access::Public
        && OF.contains(&route.to)
        && !is_photo
}

/// May what this route does change what is kept?
#[must_use]
pub fn outdates(route: &Route) -> bool {
    route.method != "GET" && OF.contains(&route.to)
}

/// Where the present version is written.
const VERSION: &str = "https://edge-cache.kirana/version";

async fn version(cache: &Cache) -> Result<String> {
    if let Some(known) = cache.get(VERSION, false).await? {
        return Ok(wire::text(&known).await?);
    }
    renew(cache).await
}

async fn renew(cache: &Cache) -> Result<String> {
    let new = clock::new_id().to_string();
    let response = Response::ok(&new)?;
    response.headers().set("cache-control", "max-age=86400")?;
    cache.put(VERSION, response).await?;
    Ok(new)
}

/// What was changed is to be seen by whoever reads next.
pub async fn outdate() {
    near::forget();
    if let Err(problem) = renew(&Cache::default()).await {
        log::error("the edge's cache has no new version", &[("problem", &problem.to_string())]);
    }
    // Once more: somebody may have read the old version meanwhile.
    near::forget();
}

/// The place of an answer: taken before the worker is asked, so that what changes meanwhile is not kept as new.
pub struct Place {
    key: String,
    path: String,
    generation: u64,
}

/// What is kept for a path with its query, or the place for it.
pub enum Found {
    /// It is here.
    Answer(Answer),
    /// Nobody has asked for it lately.
    Nothing(Place),
}

/// Looks into this isolate's memory, then into the cache of the place.
///
/// # Errors
/// When the runtime refuses.
pub async fn find(route: &Route, path: &str) -> Result<Found> {
    if let Some(answer) = near::find(path, clock::now()) {
        metrics::count_cache(route, true);
        return Ok(Found::Answer(answer));
    }
    let (cache, generation) = (Cache::default(), near::generation());
    let key = format!("https://edge-cache.kirana/{}{path}", version(&cache).await?);
    let found = cache.get(&key, false).await?;
    metrics::count_cache(route, found.is_some());
    let Some(found) = found else { return Ok(Found::Nothing(Place { key, path: path.to_owned(), generation })) };
    let (body, now) = (wire::bytes(&found).await?, clock::now());
    let answer = Answer::new(body, found.headers(), now)?;
    near::keep(path, generation, answer.clone(), now);
    Ok(Found::Answer(answer))
}

/// Keeps an answer, and gives it an `ETag` if its worker gave none. One that is not kept comes back as it is.
///
/// # Errors
/// When the runtime refuses.
pub async fn keep(place: Place, answer: Response, context: &Context) -> Result<std::result::Result<Answer, Response>> {
    if answer.status_code() != 200 {
        return Ok(Err(answer));
    }
    let headers = answer.headers().clone();
    let body = wire::bytes(&answer).await?;
    if headers.get("etag")?.is_none() {
        headers.set("etag", &format!("\"{}\"", hex(&Sha256::digest(&body)[..12])))?;
    }
    headers.set("cache-control", &format!("max-age={KEPT}"))?;
    let (kept, now) = (Response::from_bytes(body.clone())?.with_headers(headers.clone()), clock::now());
    let answer = Answer::new(body, &headers, now)?;
    near::keep(&place.path, place.generation, answer.clone(), now);
    context.wait_until(async move {
        if let Err(error) = Cache::default().put(&place.key, kept).await {
            log::error("an answer could not be kept", &[("error", &error.to_string())]);
        }
    });
    Ok(Ok(answer))
}

/// The answer as its caller gets it: nothing, if what they have is what there is.
pub fn for_caller(answer: Answer, if_none_match: Option<&str>) -> Whole {
    let is_known = if_none_match.is_some_and(|known| matches(known, &answer.etag));
    let Answer { body, mut headers, .. } = answer;
    if is_known {
        headers.retain(|(name, _)| name != "content-type" && name != "content-length");
    }
    let (status, body) = if is_known { (304, None) } else { (200, Some(body)) };
    let mut whole = Whole { status, headers, body };
    whole.set("cache-control", FOR_CALLERS);
    whole
}

/// Does an `If-None-Match` name this tag (RFC 9110, weak comparison)?
fn matches(if_none_match: &str, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    if_none_match.trim() == "*" || if_none_match.split(',').any(|known| bare(known) == bare(etag))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::ROUTES;

    #[test]
    fn only_what_everybody_may_read_is_kept() {
        let kept: Vec<_> = ROUTES.iter().filter(|route| applies(route)).map(|route| route.path).collect();
        assert!(kept.contains(&"/api/v1/stores/{id}/menu") && kept.contains(&"/api/v1/products/search"), "{kept:?}");
        assert!(ROUTES.iter().filter(|route| applies(route)).all(|route| route.access == Access::Public));
        assert!(ROUTES.iter().any(outdates));
    }

    #[test]
    fn tags_are_compared_as_the_rfc_says() {
        for known in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*", "\"b\",W/\"a\""] {
            assert!(matches(known, "\"a\""), "{known}");
        }
        for other in ["", "\"b\"", "a", "\"aa\""] {
            assert!(!matches(other, "\"a\""), "{other}");
        }
    }
}
