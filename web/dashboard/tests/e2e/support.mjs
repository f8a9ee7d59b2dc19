// One platform, one world and one browser for the tests of a file.

import { after, before } from "node:test";
import { launch, serve, windowOf } from "../browser.mjs";
import { Client } from "../client.mjs";
import { world } from "../world.mjs";

export const platform = process.env.KIRANA_URL;
if (!platform) throw new Error("KIRANA_URL says where the platform is, such as http://127.0.0.1:8787");

export const stage = {};

/** Sets the stage before a file's tests, and takes it down after them. */
export function withBrowser() {
  before(async () => {
    stage.known = await world(platform);
    stage.nobody = new Client(platform);
    stage.served = await serve(platform);
    stage.browser = await launch();
  });
  after(async () => {
    await stage.browser?.close();
    await stage.served?.close();
  });
}

/** A window in which somebody is signed in. */
export const as = (who, options) => windowOf(stage.browser, stage.served.url, platform, `${who}@kirana.example`, options);

/** The modifiers that a variant cannot go without. */
function choices(menu, sku) {
  const variant = menu.products.flatMap((product) => product.variants).find((one) => one.sku === sku);
  const groups = menu.modifier_groups.filter((group) => variant.modifier_groups.includes(group.id) && group.min > 0);
  return groups.flatMap((group) => group.modifiers.slice(0, group.min).map((one) => ({ sku: one.sku })));
}

/** An order that a customer has placed and paid, and that the kitchen has been told of. */
export async function paidOrder(more = {}) {
  const { store } = stage.known;
  const mali = await stage.nobody.login("customer@kirana.example");
  const menu = await mali.get(`/stores/${store.id}/menu`);
  const sku = "golden-bubble-milk-tea/medium";
  const order = await mali.post("/orders", {
    store_id: store.id,
    lines: [{ variant_sku: sku, quantity: 1, modifiers: choices(menu, sku) }],
    ...more,
  });
  await mali.post("/payments/initiate", { order_id: order.id, gateway: "sandbox", token: "tok_success" });
  const end = Date.now() + 20_000;
  for (;;) {
    const now = await mali.get(`/orders/${order.id}`);
    if (now.status === "confirmed") return now;
    if (Date.now() > end) throw new Error(`order ${order.id} is ${now.status}, not confirmed`);
    await new Promise((done) => setTimeout(done, 200));
  }
}
