// Signing in with other providers: a real one, `oidc-provider`, through its own pages, and one that lies.
import assert from "node:assert/strict";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import Provider from "oidc-provider";
import { Browser } from "./browser.mjs";
import { Crooked } from "./crooked.mjs";

const { PLATFORM, LOCAL_PORT, CROOKED_PORT, SECRET, RETURN_TO, PASSWORD } = process.env;
const api = `${PLATFORM}/api/v1`;

const people = {
  mali: { email: "mali@social.example", email_verified: true, name: "Mali" },
  known: { email: "Known@social.example", email_verified: true, name: "Known there" },
  claims: { email: "known@social.example", email_verified: false, name: "Claims an address" },
  factor: { email: "factor@social.example", email_verified: true, name: "Factor" },
};
const local = new Provider(`http://127.0.0.1:${LOCAL_PORT}`, {
  clients: [{
    client_id: "kirana",
    client_secret: SECRET,
    redirect_uris: [`${api}/oauth/callback/local`],
    token_endpoint_auth_method: "client_secret_post",
  }],
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["a key of the test"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
});
await once(local.listen(Number(LOCAL_PORT), "127.0.0.1"), "listening");
const crooked = await Crooked.start(Number(CROOKED_PORT), "kirana-there");

const post = async (path, body, token) => {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${api}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null };
};
const me = async (token) => {
  const response = await fetch(`${api}/auth/me`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(response.status, 200);
  return response.json();
};
const challenge = (verifier) => createHash("sha256").update(verifier).digest("base64url");

/** The address with which an app sends its user away, and the verifier that it keeps. */
function departure(provider, changes = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const url = new URL(`${api}/oauth/login/${provider}`);
  const parameters = { return_to: RETURN_TO, state: "of the app", code_challenge: challenge(verifier), code_challenge_method: "S256", ...changes };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url, verifier };
}

/** The same, said by the app itself: where the platform tells it to send its user. */
async function preauth(provider, changes = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const wish = { provider, return_to: RETURN_TO, state: "of the app", code_challenge: challenge(verifier), code_challenge_method: "S256", ...changes };
  const { status, body } = await post("/users/customer/social-preauth", wish);
  return { status, body, url: body.authorization_url && new URL(body.authorization_url), verifier };
}

/** Signs in at the real provider as somebody; what the app gets. */
async function arrive(who, { url, verifier } = departure("local")) {
  const browser = new Browser();
  let page = await browser.open(url, RETURN_TO);
  page = await browser.submit(page, { login: who, password: "any" }, RETURN_TO);
  while (!page.arrived) page = await browser.submit(page, {}, RETURN_TO);
  assert.equal(page.arrived.searchParams.get("state"), "of the app");
  return { code: page.arrived.searchParams.get("code"), code_verifier: verifier };
}

// A new customer, of whom the provider has seen the address; and the same again.
const first = await post("/oauth/session", await arrive("mali"));
assert.equal(first.status, 200, JSON.stringify(first.body));
assert.deepEqual([first.body.user.email, first.body.user.name, first.body.user.roles], ["mali@social.example", "Mali", ["customer"]]);
assert.equal((await me(first.body.access_token)).id, first.body.user.id);
const coming = await arrive("mali");
const other = randomBytes(32).toString("base64url");
assert.equal((await post("/oauth/session", { ...coming, code_verifier: other })).body.code, "invalid_code");
assert.equal((await post("/oauth/session", coming)).body.user.id, first.body.user.id, "the same user");
assert.equal((await post("/oauth/session", coming)).body.code, "invalid_code", "a code is good once");

// An app that begins by itself gets an address for its user's browser, and ends in the same way.
const begun = await preauth("local");
assert.deepEqual([begun.status, begun.body.expires_in], [200, 600], JSON.stringify(begun.body));
assert.equal(begun.url.searchParams.get("reference"), begun.body.reference);
assert.ok(!begun.url.href.includes(challenge(begun.verifier)) && begun.url.href.startsWith(`${api}/oauth/login/local?`), begun.url.href);
const left = async (url) => {
  const response = await fetch(url, { redirect: "manual" });
  assert.equal(response.status, 303);
  assert.match(response.headers.get("set-cookie"), /^__Host-kirana-journey=/);
  return new URL(response.headers.get("location")).searchParams;
};
const [here, there] = [await left(begun.url), await left(begun.url)];
for (const [name, value] of Object.entries({ response_type: "code", code_challenge_method: "S256", client_id: "kirana" })) assert.equal(here.get(name), value);
for (const name of ["state", "nonce", "code_challenge"]) {
  assert.match(here.get(name), /^[\w-]{43}$/);
  assert.notEqual(here.get(name), there.get(name), `${name}: each browser has its own`);
}
const came = await arrive("mali", begun);
assert.equal((await post("/oauth/session", { ...came, code_verifier: other })).body.code, "invalid_code");
assert.equal((await post("/oauth/session", came)).body.user.id, first.body.user.id);
const astray = new URL(begun.url);
astray.pathname = "/api/v1/oauth/login/crooked";
for (const url of [astray, new URL(begun.url.href.slice(0, -2)), new URL(`${api}/oauth/login/local?reference=x`)]) {
  const response = await fetch(url, { redirect: "manual" });
  assert.deepEqual([response.status, (await response.json()).code, response.headers.get("location")], [400, "invalid_reference", null], url.href);
}
for (const [code, changes] of Object.entries({
  unknown_return_to: { return_to: `${RETURN_TO}/x` },
  invalid_request: { code_challenge_method: "plain" },
  invalid_body: { code_verifier: "chosen" },
  not_found: { provider: "nobody" },
})) {
  assert.equal((await preauth("local", changes)).body.code, code);
}

// Whoever has proved the address on both sides is one person; who only claims it over there is nobody here.
const logIn = async (email) => (await post("/auth/login", { email, password: PASSWORD })).body;
const known = await logIn("known@social.example");
const claimed = await post("/oauth/session", await arrive("claims"));
assert.deepEqual([claimed.status, claimed.body.code], [403, "address_not_verified"]);
assert.equal((await post("/oauth/session", await arrive("known"))).body.user.id, known.user.id);

// Who is signed in links whom they are there; nobody is two.
assert.equal((await post("/oauth/links", await arrive("claims"))).status, 401);
assert.equal((await post("/oauth/links", await arrive("claims"), known.access_token)).body.code, "already_linked", "known is linked already");
const admin = await logIn("admin@social.example");
assert.equal((await post("/oauth/links", await arrive("known"), admin.access_token)).body.code, "already_linked", "that one is known's");
assert.equal((await post("/oauth/links", await arrive("claims"), admin.access_token)).status, 204);
assert.equal((await post("/oauth/session", await arrive("claims"))).body.user.id, admin.user.id);
const links = `${api}/oauth/links`;
const authorization = { authorization: `Bearer ${admin.access_token}` };
assert.deepEqual((await (await fetch(links, { headers: authorization })).json()).map((link) => link.provider), ["local"]);
assert.equal((await fetch(`${links}/local`, { method: "DELETE", headers: authorization })).status, 204);
assert.equal((await post("/oauth/session", await arrive("claims"))).body.code, "address_not_verified", "the link is gone");

// Who has a second factor is asked for it after another provider as after a password.
const factor = await logIn("factor@social.example");
const enrolled = await post("/auth/factors/totp/enrol", {}, factor.access_token);
const bits = [...enrolled.body.secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
const counter = Buffer.alloc(8);
counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
const digest = createHmac("sha1", key).update(counter).digest();
const digits = (digest.readUInt32BE(digest[19] & 15) & 0x7fffffff) % 1_000_000;
const confirmed = await post("/auth/factors/totp/confirm", { code: `${digits}`.padStart(6, "0") }, factor.access_token);
assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
const half = await post("/oauth/session", await arrive("factor"));
assert.deepEqual([half.status, half.body.code, half.body.access_token], [401, "second_factor_required", undefined]);
const second = { login_token: half.body.login_token, kind: "recovery", code: confirmed.body.recovery_codes[0] };
assert.equal((await post("/auth/login/second-factor", second)).body.user.id, factor.user.id);

// The way out leads nowhere else.
for (const changes of [{ return_to: `${RETURN_TO}/x` }, { return_to: "https://evil.example/" }, { code_challenge_method: "plain" }, { code_challenge: "x" }]) {
  const response = await fetch(departure("local", changes).url, { redirect: "manual" });
  assert.deepEqual([response.status, response.headers.get("location")], [400, null], JSON.stringify(changes));
}
assert.equal((await fetch(departure("nobody").url, { redirect: "manual" })).status, 404);

/** Leaves for the crooked provider, and comes back with what it says. */
async function crookedly({ next = {}, answer = {}, nonce, browser = new Browser(), back = browser }) {
  const { url, verifier } = departure("crooked");
  const left = await browser.open(url, crooked.issuer);
  const asked = left.arrived.searchParams;
  assert.deepEqual([asked.get("code_challenge_method"), asked.get("response_type")], ["S256", "code"]);
  crooked.next = next;
  crooked.nonce = nonce ?? asked.get("nonce");
  const callback = new URL(asked.get("redirect_uri"));
  const said = { code: "there", state: asked.get("state"), iss: crooked.issuer, ...answer };
  for (const [name, value] of Object.entries(said)) if (value !== null) callback.searchParams.set(name, value);
  const page = await back.open(callback, RETURN_TO);
  if (page.arrived && page.arrived.searchParams.has("code")) {
    assert.equal(challenge(crooked.asked.get("code_verifier")), asked.get("code_challenge"));
  }
  return { page, callback, verifier };
}
const sessionOf = async ({ page, verifier }) => post("/oauth/session", { code: page.arrived.searchParams.get("code"), code_verifier: verifier });

// Metadata that is another issuer's, or leads into another network, is not believed; what is refused is not kept.
for (const lie of [{ issuer: "https://evil.example" }, { issuer: `${crooked.issuer}/` }, { authorization_endpoint: "http://10.0.0.1/" }]) {
  crooked.metadata = lie;
  const response = await fetch(departure("crooked").url, { redirect: "manual" });
  assert.deepEqual([response.status, response.headers.get("location")], [503, null], JSON.stringify(lie));
  assert.equal((await preauth("crooked")).status, 503, "the app hears of it before anybody is sent away");
}
crooked.metadata = {};

for (const sign of [crooked.rsa, crooked.ec]) {
  const good = await sessionOf(await crookedly({ next: { sign } }));
  assert.equal(good.body.user?.email, "crooked@social.example", `${sign.alg}: ${JSON.stringify(good.body)}`);
}
const now = Math.floor(Date.now() / 1000);
for (const [what, lie] of Object.entries({
  "another nonce": { nonce: "another" },
  "another audience": { next: { claims: { aud: "somebody" } } },
  "many audiences": { next: { claims: { aud: ["kirana-there", "somebody"] } } },
  "another issuer": { next: { claims: { iss: "https://evil.example" } } },
  "an old token": { next: { claims: { iat: now - 900, exp: now - 600 } } },
  "a token of tomorrow": { next: { claims: { iat: now + 86_400 } } },
  "another access token": { next: { claims: { at_hash: "AAAAAAAAAAAAAAAAAAAAAA" } } },
  "no signature": { next: { forge: "none" } },
  "the public key as a secret": { next: { forge: "confused" } },
  "another subject under the signature": { next: { forge: "changed" } },
  "a foreign key": { next: { sign: { ...crooked.foreign, kid: crooked.rsa.kid } } },
  "an unpublished key": { next: { sign: crooked.foreign } },
  "no issuer in the answer": { answer: { iss: null } },
  "another issuer in the answer": { answer: { iss: "https://evil.example" } },
  "no code": { answer: { code: null } },
})) {
  const { page } = await crookedly(lie);
  assert.equal(page.arrived?.searchParams.get("error"), "server_error", what);
  assert.ok(!page.arrived.searchParams.has("code"), what);
}
const denied = await crookedly({ answer: { error: "access_denied", code: null } });
assert.equal(denied.page.arrived.searchParams.get("error"), "access_denied");

// What comes back with another state, in another browser or a second time is nobody's.
for (const lie of [{ answer: { state: "another" } }, { answer: { state: null } }, { back: new Browser() }]) {
  const { page } = await crookedly(lie);
  assert.equal(page.status, 400, JSON.stringify(page));
}
const browser = new Browser();
const { callback } = await crookedly({ browser });
assert.equal((await browser.open(callback, RETURN_TO)).status, 400, "the way back is good once");
console.log("oidc-provider and a crooked one: all well");
process.exit(0);
