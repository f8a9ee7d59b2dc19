// A provider's own SDK and the platform send the same message to the same server: what it is asked must mean the same. Method,
// path, what proves who asks, type of the body, and the body, read.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { SignatureV4 } from "@smithy/signature-v4";
import { ServerClient } from "postmark";
import { Resend } from "resend";
import twilio from "twilio";

const { PLATFORM, ADMIN, PORT, PROVIDER, PASSWORD } = process.env;
const secrets = JSON.parse(process.env.SECRETS);
const from = "Kirana <hello@kirana.example>";
const region = "eu-central-1";
const base = `http://127.0.0.1:${PORT}`;

const asked = [];
const answers = {
  postmark: [200, { ErrorCode: 0, Message: "OK", MessageID: "1", SubmittedAt: "2026-11-20T09:30:00Z", To: "x" }],
  resend: [200, { id: "1" }],
  ses: [200, { MessageId: "1" }],
  twilio: [201, { sid: "SM1", status: "queued" }],
};
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  asked.push({ method: request.method, path: request.url, headers: request.headers, body });
  const [status, answer] = answers[PROVIDER];
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
}).listen(Number(PORT), "127.0.0.1");
await once(server, "listening");

/** What is asked next. */
async function next(what, deadline = Date.now() + 60_000) {
  while (!asked.length) {
    assert.ok(Date.now() < deadline, `waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return asked.shift();
}

async function post(path, body, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${PLATFORM}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  assert.ok(response.ok, `${path} answered ${response.status}: ${text}`);
  return text ? JSON.parse(text) : null;
}

const type = ({ headers }) => headers["content-type"].split(";")[0].trim();
const json = ({ body }) => JSON.parse(body);
const form = ({ body }) => [...new URLSearchParams(body)].sort();

function same(ours, theirs, header, read) {
  for (const part of ["method", "path"]) assert.equal(ours[part], theirs[part], part);
  if (header) assert.equal(ours.headers[header], theirs.headers[header], header);
  assert.equal(type(ours), type(theirs), "the type of the body");
  assert.deepEqual(read(ours), read(theirs), "the body");
}

/** Somebody registers, with a name that must be escaped; the letter that comes of it. */
async function letter() {
  const email = `sdk.${PROVIDER}+${Date.now()}@example.com`;
  await post("/auth/register", { email, password: PASSWORD, name: "O'Neil & Söhne มะลิ" });
  const ours = await next("the letter");
  return { ours, to: email, subject: "Is this your address?" };
}

/** The words, which must be in the letter whatever its form. */
function words(text, html) {
  assert.match(text, /^O'Neil & Söhne มะลิ,\n\n/);
  assert.match(text, new RegExp(`${PLATFORM}/verify-email\\?token=[0-9a-f-]{36}\\.[0-9a-f]{64}`));
  assert.match(html, /<p>O&#39;Neil &amp; Söhne มะลิ,<\/p>/);
}

const ways = {
  async postmark() {
    const { ours, to, subject } = await letter();
    const { TextBody, HtmlBody } = json(ours);
    words(TextBody, HtmlBody);
    const sdk = new ServerClient(secrets.postmark, { useHttps: false, requestHost: `127.0.0.1:${PORT}` });
    await sdk.sendEmail({ From: from, To: to, Subject: subject, TextBody, HtmlBody });
    same(ours, await next("the SDK"), "x-postmark-server-token", json);
  },
  async resend() {
    const { ours, to, subject } = await letter();
    const { text, html } = json(ours);
    words(text, html);
    const idempotencyKey = ours.headers["idempotency-key"];
    assert.match(idempotencyKey, /^[0-9a-f-]{36}$/);
    const sdk = new Resend(secrets.resend, { baseUrl: base });
    const { error } = await sdk.emails.send({ from, to, subject, text, html }, { idempotencyKey });
    assert.equal(error, null);
    const theirs = await next("the SDK");
    same(ours, theirs, "authorization", json);
    assert.equal(idempotencyKey, theirs.headers["idempotency-key"]);
  },
  async ses() {
    const { ours, to, subject } = await letter();
    const { Text, Html } = json(ours).Content.Simple.Body;
    words(Text.Data, Html.Data);
    const credentials = { accessKeyId: secrets.ses.access_key_id, secretAccessKey: secrets.ses.secret_access_key };
    const sdk = new SESv2Client({ region, endpoint: base, credentials });
    const content = (Data) => ({ Data, Charset: "UTF-8" });
    const Body = { Text: content(Text.Data), Html: content(Html.Data) };
    await sdk.send(new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: content(subject), Body } },
    }));
    same(ours, await next("the SDK"), null, json);
    // The signature is what the SDK's own signer makes of our request, and of no other.
    const signer = new SignatureV4({ credentials, region, service: "ses", sha256: sdk.config.sha256, applyChecksum: false });
    const { authorization, host } = ours.headers;
    const stamp = ours.headers["x-amz-date"];
    const signingDate = new Date(stamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
    assert.ok(Math.abs(Date.now() - signingDate) < 300_000, stamp);
    const sign = async (body) => {
      const headers = { host, "content-type": ours.headers["content-type"] };
      const request = { method: ours.method, protocol: "http:", hostname: "127.0.0.1", path: ours.path, query: {}, headers, body };
      const signed = await signer.sign(request, { signingDate });
      return signed.headers.authorization ?? signed.headers.Authorization;
    };
    assert.equal(authorization, await sign(ours.body));
    assert.notEqual(authorization, await sign(`${ours.body} `));
  },
  async twilio() {
    const email = `sdk.texted+${Date.now()}@example.com`;
    await post("/users", { email, password: PASSWORD, name: "Texted", roles: ["customer"] }, ADMIN);
    const { access_token } = await post("/auth/login", { email, password: PASSWORD });
    const phone = "+66812345678";
    await post("/auth/factors/sms/enrol", { phone }, access_token);
    const ours = await next("the text message");
    const body = new URLSearchParams(ours.body).get("Body");
    assert.match(body, /your code is \d{6}, until/);
    const { account_sid, auth_token } = secrets.twilio;
    const sdk = twilio(account_sid, auth_token);
    sdk.api.baseUrl = base;
    await sdk.messages.create({ from: "+15005550006", to: phone, body });
    same(ours, await next("the SDK"), "authorization", form);
  },
};

await ways[PROVIDER]();
assert.equal(asked.length, 0, "nothing is sent twice");
server.closeAllConnections();
server.close();
console.log(`${PROVIDER}: its SDK asks the same`);
