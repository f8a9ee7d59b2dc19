// A client as its developer writes it, with the certified library: discovery, signing in with consent, the ID token's signature,
// userinfo, refreshing, introspection, revocation; and that it notices when state or issuer are not what they should be.
import assert from "node:assert/strict";
import * as client from "openid-client";
import { Browser } from "./browser.mjs";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, EMAIL, PASSWORD, STORE } = process.env;
const CALLBACK = "https://tool.example/callback";
const options = { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] };
const methods = CLIENT_SECRET ? [client.ClientSecretBasic(CLIENT_SECRET), client.ClientSecretPost(CLIENT_SECRET)] : [client.None()];

for (const method of methods) {
  const config = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, method, options);
  assert.equal(config.serverMetadata().issuer, ISSUER);
  assert.ok(config.serverMetadata().supportsPKCE());

  const verifier = client.randomPKCECodeVerifier();
  const checks = {
    pkceCodeVerifier: verifier,
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
    idTokenExpected: true,
    maxAge: 600,
  };
  const parameters = {
    redirect_uri: CALLBACK,
    scope: "openid profile email stores",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    max_age: "600",
    prompt: "consent",
    login_hint: "somebody-else@example.com",
  };
  const browser = new Browser();
  let page = await browser.open(client.buildAuthorizationUrl(config, parameters), CALLBACK);
  assert.ok(!page.text.includes("somebody-else"), "login_hint is passed over");
  page = await browser.submit(page, { email: EMAIL, password: PASSWORD, action: "sign_in" }, CALLBACK);
  assert.match(page.text, /see your roles and the stores you work in/);
  const { arrived } = await browser.submit(page, { action: "allow" }, CALLBACK);
  assert.ok(arrived, "the browser is led back");

  // An answer that was tampered with is not taken.
  for (const [name, value] of [["state", "another"], ["iss", "https://evil.example"], ["iss", null], ["state", null]]) {
    const tampered = new URL(arrived);
    if (value === null) tampered.searchParams.delete(name);
    else tampered.searchParams.set(name, value);
    await assert.rejects(client.authorizationCodeGrant(config, tampered, checks), ({ cause }) => cause.message.includes(name), `${name}=${value}`);
  }

  const tokens = await client.authorizationCodeGrant(config, arrived, checks);
  const claims = tokens.claims();
  assert.equal(claims.iss, ISSUER);
  assert.equal(claims.aud, CLIENT_ID);
  const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(info.email, EMAIL);
  assert.equal(info.email_verified, true);
  assert.equal(info.name, "The real");
  assert.deepEqual([info.roles, info.stores], [["manager"], [STORE]]);
  await assert.rejects(client.fetchUserInfo(config, tokens.access_token, "somebody-else"), { code: "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED" });

  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(refreshed.claims().sub, claims.sub);
  assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
  if (CLIENT_SECRET) {
    const known = await client.tokenIntrospection(config, refreshed.access_token);
    assert.deepEqual([known.active, known.sub, known.client_id], [true, claims.sub, CLIENT_ID]);
  }
  await client.tokenRevocation(config, refreshed.refresh_token);
  if (CLIENT_SECRET) assert.equal((await client.tokenIntrospection(config, refreshed.access_token)).active, false);
  await assert.rejects(client.fetchUserInfo(config, refreshed.access_token, claims.sub), { status: 401 });
  await assert.rejects(client.refreshTokenGrant(config, refreshed.refresh_token), { error: "invalid_grant" });

  // A code that comes again takes back what was given for it.
  const again = await browser.open(client.buildAuthorizationUrl(config, { ...parameters, prompt: "none" }), CALLBACK);
  const second = await client.authorizationCodeGrant(config, again.arrived, checks);
  await assert.rejects(client.authorizationCodeGrant(config, again.arrived, checks), { error: "invalid_grant" });
  await assert.rejects(client.fetchUserInfo(config, second.access_token, claims.sub), { status: 401 });
}
console.log(`openid-client: ${methods.length} way(s) of proving itself, all well`);
