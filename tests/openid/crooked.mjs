// A provider that says whatever it is told to: what a genuine one says, or one thing wrong. Its authorization endpoint is not
// visited: whoever holds the question makes up the answer.
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from "jose";

const base64url = (text) => Buffer.from(text).toString("base64url");

async function pair(alg) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { alg, privateKey, jwk: { ...jwk, kid, use: "sig", alg }, kid };
}

export class Crooked {
  /** What the next ID token says beside or in place of what it should, and how it is signed. */
  next = {};

  /** What its metadata says in place of what it should. */
  metadata = {};

  static async start(port, clientId) {
    const self = new Crooked();
    self.issuer = `http://127.0.0.1:${port}`;
    self.clientId = clientId;
    self.rsa = await pair("RS256");
    self.ec = await pair("ES256");
    self.foreign = await pair("RS256");
    self.server = createServer(async (request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(await self.#answer(request)));
    }).listen(port, "127.0.0.1");
    await once(self.server, "listening");
    return self;
  }

  async #answer(request) {
    if (request.url === "/.well-known/openid-configuration") {
      return {
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/authorize`,
        token_endpoint: `${this.issuer}/token`,
        jwks_uri: `${this.issuer}/jwks`,
        authorization_response_iss_parameter_supported: true,
        ...this.metadata,
      };
    }
    if (request.url === "/jwks") return { keys: [this.rsa.jwk, this.ec.jwk] };
    let body = "";
    for await (const chunk of request) body += chunk;
    this.asked = new URLSearchParams(body);
    return { access_token: "opaque", token_type: "Bearer", id_token: await this.#idToken() };
  }

  async #idToken() {
    const { claims = {}, sign = this.rsa, forge } = this.next;
    const now = Math.floor(Date.now() / 1000);
    const said = {
      iss: this.issuer, aud: this.clientId, sub: "crooked-7", nonce: this.nonce, iat: now, exp: now + 300,
      email: "crooked@social.example", email_verified: true, name: "Crooked", ...claims,
    };
    const header = { alg: sign.alg, kid: sign.kid };
    if (!forge) return new SignJWT(said).setProtectedHeader(header).sign(sign.privateKey);
    const message = (alg) => `${base64url(JSON.stringify({ alg, kid: this.rsa.kid }))}.${base64url(JSON.stringify(said))}`;
    if (forge === "none") return `${message("none")}.`;
    if (forge === "confused") {
      const signed = message("HS256");
      return `${signed}.${createHmac("sha256", JSON.stringify(this.rsa.jwk)).update(signed).digest("base64url")}`;
    }
    const genuine = await new SignJWT(said).setProtectedHeader(header).sign(sign.privateKey);
    const [head, , signature] = genuine.split(".");
    return `${head}.${base64url(JSON.stringify({ ...said, sub: "somebody-else" }))}.${signature}`;
  }
}
