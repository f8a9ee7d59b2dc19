// A gateway's own SDK makes the calls that this platform makes, against a server on this machine which keeps what it is asked: one line
// of JSON on the output, by the name of the call. What is to be asked stands in calls.json, for both sides.
//
// A test of sdk.rs has TypeScript read it: the types of Stripe's and PayPal's SDKs are generated from their published API descriptions, so no name and no
// shape stands here that those do not know. What follows `@ts-expect-error` is seen to be refused.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import https from "node:https";
import net from "node:net";
import {
  CheckoutPaymentIntent,
  Client,
  Environment,
  OrdersController,
  PaymentsController,
  PaypalExperienceUserAction,
  PaypalWalletContextShippingPreference,
} from "@paypal/paypal-server-sdk";
import Razorpay from "razorpay";
import Stripe from "stripe";

/** @type {Record<string, string>} */
const given = JSON.parse(readFileSync(new URL("calls.json", import.meta.url), "utf8"));
const { payment, refund, user, back, key_id, key_secret, secret_key } = given;

/** @typedef {{ method?: string, path?: string, headers: import("node:http").IncomingHttpHeaders, body: string }} Asked */

/** @type {Asked[]} */
const tokens = [];
/** @type {Asked | null} */
let asked = null;
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  asked = { method: request.method, path: request.url, headers: request.headers, body };
  const token = request.url === "/v1/oauth2/token";
  const answer = token ? { access_token: "a-token", token_type: "Bearer", expires_in: 300 } : { id: "x", object: "x", data: [], items: [] };
  if (token) tokens.push(asked);
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
}).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = /** @type {net.AddressInfo} */ (server.address());

/** @param {Record<string, () => Promise<unknown>>} calls */
async function keep(calls) {
  /** @type {Record<string, Asked | null>} */
  const kept = {};
  for (const [name, call] of Object.entries(calls)) {
    asked = null;
    await call();
    kept[name] = asked;
  }
  return kept;
}

/** @type {Record<string, () => Record<string, () => Promise<unknown>>>} */
const ways = {
  stripe() {
    const stripe = new Stripe(secret_key, { host: "127.0.0.1", port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
    const metadata = { kirana_payment: payment };
    /** @type {Stripe.PaymentIntentCreateParams} */
    const one = { amount: 4500, currency: "thb", capture_method: "automatic", metadata };
    /** @param {string} idempotencyKey */
    const key = (idempotencyKey) => ({ idempotencyKey });
    const intents = stripe.paymentIntents;
    // @ts-expect-error A name that Stripe does not know.
    void (() => intents.create({ ...one, payment_methd: "pm_1" }));
    // @ts-expect-error A text where it wants a number.
    void (() => intents.create({ ...one, amount: "4500" }));
    return {
      charge: () => intents.create({ ...one, payment_method: "pm_1", confirm: true, return_url: back, description: given.description }, key(payment)),
      without_method: () => intents.create(one, key(payment)),
      held: () => intents.create({ ...one, capture_method: "manual", customer: "cus_1", setup_future_usage: "on_session", payment_method: "pm_1", confirm: true }, key(payment)),
      off_session: () => intents.create({ ...one, customer: "cus_1", payment_method: "pm_1", confirm: true, off_session: true }, key(payment)),
      challenge: () => intents.create({ ...one, payment_method: "pm_1", confirm: true, payment_method_options: { card: { request_three_d_secure: "any" } } }, key(payment)),
      yen: () => intents.create({ ...one, amount: 45, currency: "jpy" }, key(payment)),
      complete: () => intents.confirm("pi_1", { payment_method: "pm_2", return_url: back }, key(refund)),
      look: () => intents.retrieve("pi_1"),
      find: () => intents.search({ query: `metadata["kirana_payment"]:"${payment}"` }),
      capture: () => intents.capture("pi_1", { amount_to_capture: 3000 }, key(refund)),
      capture_part: () => intents.capture("pi_1", { amount_to_capture: 1000, final_capture: false }, key(refund)),
      void: () => intents.cancel("pi_1"),
      refund: () => stripe.refunds.create({ payment_intent: "pi_1", amount: 1000, metadata: { ...metadata, kirana_refund: refund } }, key(refund)),
      look_refund: () => stripe.refunds.retrieve("re_1"),
      customer: () => stripe.customers.create({ metadata: { kirana_user: user } }, key(`${user}-customer`)),
      saved: () => stripe.paymentMethods.list({ customer: "cus_1", type: "card", limit: 20 }),
      card: () => stripe.paymentMethods.retrieve("pm_1"),
      forget: () => stripe.paymentMethods.detach("pm_1"),
      forget_customer: () => stripe.customers.del("cus_1"),
      connected: () => intents.retrieve("pi_1", {}, { stripeAccount: "acct_1" }),
    };
  },
  razorpay() {
    const razorpay = new Razorpay({ key_id, key_secret });
    // @ts-expect-error Where it asks is its own; no type tells of it.
    razorpay.api.rq.defaults.baseURL = `http://127.0.0.1:${port}`;
    const order = { amount: 4500, currency: "INR", receipt: payment, notes: { kirana_payment: payment, description: given.description } };
    const notes = { kirana_payment: payment, kirana_refund: refund };
    // @ts-expect-error Without its amount.
    void (() => razorpay.orders.create({ currency: "INR", receipt: payment }));
    return {
      charge: () => razorpay.orders.create({ ...order, payment_capture: true }),
      held: () => razorpay.orders.create({ ...order, payment_capture: false }),
      look: () => razorpay.payments.fetch("pay_1"),
      look_order: () => razorpay.orders.fetchPayments("order_1"),
      find: () => razorpay.orders.all({ receipt: payment }),
      capture: () => razorpay.payments.capture("pay_1", 4500, "INR"),
      refund: () => razorpay.payments.refund("pay_1", { amount: 1000, receipt: refund, notes }),
      look_refund: () => razorpay.refunds.fetch("rfnd_1"),
      find_refund: () => razorpay.payments.fetchMultipleRefund("pay_1", { count: 100 }),
    };
  },
  paypal() {
    // The SDK knows PayPal's addresses only: its connections are led to the server on this machine.
    class Here extends https.Agent {
      createConnection() {
        return net.connect(port, "127.0.0.1");
      }
    }
    const client = new Client({
      clientCredentialsAuthCredentials: { oAuthClientId: "app", oAuthClientSecret: "app-secret" },
      environment: Environment.Sandbox,
      httpClientOptions: { httpsAgent: new Here() },
    });
    const [orders, payments] = [new OrdersController(client), new PaymentsController(client)];
    const prefer = "return=representation";
    const [userAction, shippingPreference] = [PaypalExperienceUserAction.PayNow, PaypalWalletContextShippingPreference.NoShipping];
    /** @param {string} value */
    const amount = (value) => ({ currencyCode: "THB", value });
    /**
     * @param {CheckoutPaymentIntent} intent
     * @returns {import("@paypal/paypal-server-sdk").OrderRequest}
     */
    const order = (intent) => ({
      intent,
      purchaseUnits: [{ customId: payment, invoiceId: payment, description: given.description, amount: amount("45.00") }],
      paymentSource: { paypal: { experienceContext: { returnUrl: back, cancelUrl: back, userAction, shippingPreference } } },
    });
    const { Capture, Authorize } = CheckoutPaymentIntent;
    // @ts-expect-error A name that PayPal does not know.
    void (() => orders.createOrder({ body: { ...order(Capture), intend: Capture } }));
    return {
      charge: () => orders.createOrder({ body: order(Capture), paypalRequestId: payment, prefer }),
      held: () => orders.createOrder({ body: order(Authorize), paypalRequestId: payment, prefer }),
      complete: () => orders.captureOrder({ id: "O1", paypalRequestId: refund, prefer, body: {} }),
      complete_held: () => orders.authorizeOrder({ id: "O1", paypalRequestId: refund, prefer, body: {} }),
      look: () => orders.getOrder({ id: "O1" }),
      capture: () => payments.captureAuthorizedPayment({ authorizationId: "A1", paypalRequestId: refund, prefer, body: { amount: amount("10.00"), finalCapture: false, invoiceId: refund } }),
      void: () => payments.voidPayment({ authorizationId: "A1", prefer }),
      refund: () => payments.refundCapturedPayment({ captureId: "C1", paypalRequestId: refund, prefer, body: { amount: amount("10.00"), customId: refund, invoiceId: refund } }),
      look_refund: () => payments.getRefund({ refundId: "R1" }),
    };
  },
};

const kept = await keep(ways[process.argv[2] ?? ""]());
if (tokens.length) kept.token = tokens[0];
server.closeAllConnections();
server.close();
console.log(JSON.stringify(kept));
