// Notices signed by the SDKs' own helpers, and forged ones, each with what the SDK itself says of it: a list of cases as JSON.
import { createHmac } from "node:crypto";
import Razorpay from "razorpay";
import utils from "razorpay/dist/utils/razorpay-utils.js";
import Stripe from "stripe";

const stripe = new Stripe("sk_test_of_the_tests");
const now = 1_800_000_000;
const intent = {
  id: "pi_1", object: "payment_intent", status: "succeeded", amount: 4500, amount_received: 4500, currency: "thb",
  metadata: { kirana_payment: "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44" }, description: "ชานม — 45฿ \u2028 \"x\" <&>",
};
const event = (more) => JSON.stringify({ id: "evt_1", object: "event", type: "payment_intent.succeeded", livemode: false, data: { object: intent }, ...more });
const flipped = (text) => {
  const bytes = Buffer.from(text);
  bytes[bytes.indexOf("4500")] ^= 1;
  return bytes.toString();
};
const [current, old, retired] = ["a new secret", "an old secret", "a secret of last year"];

function ofStripe() {
  const sign = (payload, { secret = current, timestamp = now, scheme = "v1" } = {}) =>
    stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp, scheme });
  const body = event();
  const good = sign(body);
  const cases = {
    "genuine": [body, good],
    "genuine, with the old secret": [body, sign(body, { secret: old })],
    "genuine, 300 s old": [body, sign(body, { timestamp: now - 300 })],
    "several v1, one of them good": [body, `${sign(body, { secret: retired })},${good.split(",")[1]}`],
    "v0 beside v1": [body, `${good},${sign(body, { secret: retired, scheme: "v0" }).split(",")[1]}`],
    "no signature": [body, ""],
    "no v1, v0 only": [body, sign(body, { scheme: "v0" })],
    "another secret": [body, sign(body, { secret: "guessed" })],
    "old secret after rotation": [body, sign(body, { secret: retired })],
    "one bit flipped": [flipped(body), good],
    "written anew": [JSON.stringify(JSON.parse(body), null, 2), good],
    "301 s old": [body, sign(body, { timestamp: now - 301 })],
    "another time before the same signature": [body, good.replace(`t=${now}`, `t=${now - 1}`)],
    "the signature cut short": [body, good.slice(0, -2)],
  };
  const verdict = (text, header) => [current, old].some((secret) => {
    try {
      stripe.webhooks.constructEvent(text, header, secret, 300, undefined, now * 1000);
      return true;
    } catch {
      return false;
    }
  });
  const listed = Object.entries(cases).map(([name, [text, header]]) => ({ name, text, header, theirs: verdict(text, header) }));
  // What the SDK believes, and we do not: it looks neither ahead, nor at the mode, nor at whose account it is.
  const stricter = {
    "301 s ahead": [body, sign(body, { timestamp: now + 301 })],
    "of the other mode": [event({ livemode: true }), sign(event({ livemode: true }))],
    "about another account": [event({ account: "acct_2" }), sign(event({ account: "acct_2" }))],
  };
  return [listed, Object.entries(stricter).map(([name, [text, header]]) => ({ name, text, header, theirs: verdict(text, header) }))];
}

function ofRazorpay() {
  const body = JSON.stringify({ entity: "event", account_id: "acc_1", event: "payment.captured", payload: { payment: { entity: { id: "pay_1", amount: 4500, currency: "INR", status: "captured", notes: [], description: "ชานม — 45฿" } } } });
  const sign = (text, secret = current) => createHmac("sha256", secret).update(text).digest("hex");
  const cases = {
    "genuine": [body, sign(body)],
    "genuine, with the old secret": [body, sign(body, old)],
    "no signature": [body, ""],
    "another secret": [body, sign(body, "guessed")],
    "old secret after rotation": [body, sign(body, retired)],
    "one bit flipped": [flipped(body), sign(body)],
    "written anew": [JSON.stringify(JSON.parse(body), null, 2), sign(body)],
    "the signature cut short": [body, sign(body).slice(0, -2)],
  };
  const verdict = (text, header) => [current, old].some((secret) => Razorpay.validateWebhookSignature(text, header, secret));
  return Object.entries(cases).map(([name, [text, header]]) => ({ name, text, header, theirs: verdict(text, header) }));
}

function ofTheCheckout() {
  const secret = "a secret: with ü";
  const good = createHmac("sha256", secret).update("order_1|pay_1").digest("hex");
  const cases = [["order_1", "pay_1", good], ["order_2", "pay_1", good], ["order_1", "pay_2", good], ["order_1", "pay_1", good.slice(2)], ["order_1", "pay_1", ""]];
  return cases.map(([order, payment, signature]) => ({
    order, payment, signature, theirs: utils.validatePaymentVerification({ order_id: order, payment_id: payment }, signature, secret),
  }));
}

const [same, stricter] = ofStripe();
console.log(JSON.stringify({ stripe: same, stricter, razorpay: ofRazorpay(), checkout: ofTheCheckout() }));
