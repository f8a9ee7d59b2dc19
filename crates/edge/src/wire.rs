//! HTTP between scripts, as the runtime has it. Bodies cross in one piece: a stream between JavaScript and WASM takes a promise, a
//! reader and a turn of both queues for each of its chunks.

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use worker::js_sys::{self, Array, Uint8Array};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Env, Request, Response, ResponseBody, WebSocket, web_sys, worker_sys};

/// Asks the worker behind a service binding. Its answer's body stays where it is until somebody reads it.
///
/// # Errors
/// When the worker cannot be reached, or threw.
pub async fn ask(env: &Env, binding: &str, request: &Request) -> worker::Result<Response> {
    let service: worker_sys::Fetcher = env.service(binding)?.into_rpc();
    let answer = JsFuture::from(service.fetch(request.inner())?).await?;
    Ok(answer.dyn_into::<web_sys::Response>()?.into())
}

/// The whole body of an answer.
///
/// # Errors
/// When the line breaks before it is here.
pub async fn bytes(response: &Response) -> worker::Result<Vec<u8>> {
    match response.body() {
        ResponseBody::Empty => Ok(Vec::new()),
        ResponseBody::Body(bytes) => Ok(bytes.clone()),
        ResponseBody::Stream(stream) => {
            let whole = web_sys::Response::new_with_opt_readable_stream(Some(stream))?;
            let buffer = JsFuture::from(whole.array_buffer()?).await?;
            Ok(Uint8Array::new(&buffer).to_vec())
        }
    }
}

/// The whole body of an answer, as text.
///
/// # Errors
/// As [`bytes`], and when it is no UTF-8.
pub async fn text(response: &Response) -> worker::Result<String> {
    String::from_utf8(bytes(response).await?).map_err(|error| worker::Error::RustError(error.to_string()))
}

/// A request as axum takes it, its body with it.
///
/// # Errors
/// When the line breaks before the body is here.
pub async fn incoming(request: &web_sys::Request) -> worker::Result<http::Request<Body>> {
    let mut builder = http::Request::builder().method(&*request.method()).uri(request.url());
    if let Some(headers) = builder.headers_mut() {
        for (name, value) in pairs(&request.headers())? {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
                headers.append(name, value);
            }
        }
    }
    let body = match request.body() {
        Some(_) => {
            let buffer = JsFuture::from(request.array_buffer()?).await?;
            Body::from(Bytes::from(Uint8Array::new(&buffer).to_vec()))
        }
        None => Body::empty(),
    };
    Ok(builder.body(body)?)
}

/// Headers as names and values, in one crossing.
fn pairs(headers: &web_sys::Headers) -> worker::Result<Vec<(String, String)>> {
    let text = js_sys::JSON::stringify(&Array::from(headers))?;
    Ok(serde_json::from_str(&String::from(text))?)
}

/// An answer as the runtime takes it.
///
/// # Errors
/// When a header is refused, or the body ends before its end.
pub async fn outgoing(response: http::Response<Body>) -> worker::Result<web_sys::Response> {
    if response.extensions().get::<WebSocket>().is_some() {
        return worker::response_to_wasm(response);
    }
    let (parts, body) = response.into_parts();
    let headers = web_sys::Headers::new()?;
    for (name, value) in &parts.headers {
        headers.append(name.as_str(), &String::from_utf8_lossy(value.as_bytes()))?;
    }
    let init = web_sys::ResponseInit::new();
    init.set_status(parts.status.as_u16());
    init.set_headers(JsValue::from(headers).as_ref());
    let bytes = to_bytes(body, usize::MAX).await.map_err(|error| worker::Error::RustError(error.to_string()))?;
    // Nothing, for what may have no body at all (204, 304) and for what has none.
    let body = (!bytes.is_empty()).then(|| Uint8Array::from(&*bytes));
    Ok(web_sys::Response::new_with_opt_js_u8_array_and_init(body.as_ref(), &init)?)
}
