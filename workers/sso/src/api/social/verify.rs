//! Signatures of other providers, by the platform's own cryptography (Web Cryptography): RSA in WASM would be a tenth of the script.

use crate::rules::id_token::{Algorithm, Parts};
use kirana_edge::{Problem, Result};
use serde_json::{Map, Value};
use worker::js_sys::{Array, Function, JSON, Promise, Reflect, Uint8Array, global};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::wasm_bindgen_futures::JsFuture;

const RSA: &str = r#"{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-256"}"#;
const EC: &str = r#"{"name":"ECDSA","namedCurve":"P-256","hash":"SHA-256"}"#;

/// Is the token signed with the secret half of this key? A key that is none has signed nothing.
///
/// # Errors
/// 500 when the runtime has no such cryptography.
pub async fn is_signed(key: &Map<String, Value>, parts: &Parts) -> Result<bool> {
    let fault = |error: JsValue| Problem::internal(format!("{error:?}"));
    let (algorithm, members): (_, &[&str]) = match parts.algorithm {
        Algorithm::Rs256 => (RSA, &["kty", "n", "e"]),
        Algorithm::Es256 => (EC, &["kty", "crv", "x", "y"]),
    };
    // What else a key says of itself, the rules have looked at.
    let jwk: Map<_, _> = key
        .iter()
        .filter(|(name, _)| members.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let jwk = JSON::parse(&serde_json::to_string(&jwk)?).map_err(fault)?;
    let algorithm = JSON::parse(algorithm).map_err(fault)?;
    let crypto = Reflect::get(&global(), &"crypto".into()).map_err(fault)?;
    let subtle = Reflect::get(&crypto, &"subtle".into()).map_err(fault)?;
    let usages = Array::of1(&"verify".into());
    let import = Array::of5(&"jwk".into(), &jwk, &algorithm, &JsValue::FALSE, &usages);
    let Ok(key) = call(&subtle, "importKey", &import).await else { return Ok(false) };
    let (signature, message) = (bytes(&parts.signature), bytes(parts.message.as_bytes()));
    let verify = Array::of4(&algorithm, &key, &signature, &message);
    let answer = call(&subtle, "verify", &verify).await.map_err(fault)?;
    Ok(answer.is_truthy())
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

async fn call(of: &JsValue, name: &str, arguments: &Array) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(of, &name.into())?.dyn_into()?;
    let promise: Promise = Reflect::apply(&function, of, arguments)?.dyn_into()?;
    JsFuture::from(promise).await
}
