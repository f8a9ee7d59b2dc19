// A chain with a life: two weeks of sales, orders in every state, goods, suppliers, campaigns, people. Through the public API only.
// Usage: KIRANA_URL=http://127.0.0.1:8787 node tests/world.mjs

import { Client, eventually } from "./client.mjs";
import { connect, day } from "./device.mjs";

const TEA = [
  ["golden-bubble-milk-tea/medium", 9],
  ["golden-bubble-milk-tea/small", 7],
  ["assam-black-tea/medium", 5],
  ["jasmine-green-tea/small", 4],
  ["plum-green-tea/medium", 3],
  ["honey-green-tea/medium", 2],
];
const TASTE = ["choose-sweetness-level/sugar-50pc", "choose-extra-topping-s-chewy-tea/none"];

/** What stands under the bars of some goods: on a carton of milk there is another than on a box of cartons. */
export const BARCODES = { "fresh-milk": ["8850123456787", "18850123456784"], "cup-medium": ["8850987654329"] };

/** Numbers that are the same each time: a world is a seed. */
function dice(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return Math.floor((state / 4294967296) * below);
  };
}

/** The modifiers that a variant cannot go without, by the store's menu. */
function choices(menu, sku) {
  const variant = menu.products.flatMap((product) => product.variants).find((one) => one.sku === sku);
  if (!variant) return null;
  const wanted = menu.modifier_groups.filter((group) => variant.modifier_groups.includes(group.id) && group.min > 0);
  return wanted.flatMap((group) => {
    const liked = group.modifiers.filter((one) => TASTE.includes(one.sku));
    return (liked.length > 0 ? liked : group.modifiers).slice(0, group.min).map((one) => ({ sku: one.sku }));
  });
}

function lineOf(menu, roll) {
  const pool = TEA.flatMap(([sku, weight]) => Array(weight).fill(sku)).filter((sku) => choices(menu, sku));
  const sku = pool[roll(pool.length)];
  return { variant_sku: sku, quantity: 1 + (roll(4) === 0 ? 1 : 0), modifiers: choices(menu, sku) };
}

/** Two weeks of what counters sold, so that there is a last week to compare with. */
async function history(admin, store, menu, roll, perDay) {
  const sales = [];
  let seq = 0;
  for (let back = 15; back >= 0; back -= 1) {
    const weekend = [0, 6].includes(new Date(Date.now() - back * 86_400_000).getUTCDay());
    const count = Math.round(perDay * (weekend ? 1.5 : 1) * (0.8 + roll(40) / 100) * (back < 7 ? 1.12 : 1));
    const times = Array.from({ length: count }, () => Date.now() - back * 86_400_000 - roll(11 * 3600) * 1000);
    for (const at of times.filter((time) => time < Date.now()).sort((a, b) => a - b)) {
      seq += 1;
      const lines = Array.from({ length: 1 + roll(2) }, () => lineOf(menu, roll));
      const tender = ["cash", "promptpay", "card"][roll(3)];
      sales.push({ key: `till-${store.number}-${seq}`, seq, sold_at: new Date(at).toISOString(), lines, tender });
    }
  }
  sales
    .sort((a, b) => a.sold_at.localeCompare(b.sold_at))
    .forEach((sale, index) => {
      sale.seq = index + 1;
    });
  const device = `01a2${String(store.number).padStart(4, "0")}-0000-7000-8000-000000000001`;
  for (let at = 0; at < sales.length; at += 100) {
    await admin.post(`/stores/${store.id}/offline-sales`, { device_id: device, sales: sales.slice(at, at + 100) });
  }
  return sales.length;
}

/** Today's orders: each kind of them, in each state. */
async function today(people, manager, owner, store, menu, roll) {
  const made = [];
  const order = async (customer, more = {}) => {
    const lines = Array.from({ length: 1 + roll(3) }, () => lineOf(menu, roll));
    const placed = await customer.post("/orders", { store_id: store.id, lines, ...more });
    made.push(placed.id);
    return placed;
  };
  const pay = (customer, placed) => customer.post("/payments/initiate", { order_id: placed.id, gateway: "sandbox", token: "tok_success" });
  const state = async (placed, wanted) => {
    const end = Date.now() + 120_000;
    while (Date.now() < end) {
      const now = await manager.get(`/orders/${placed.id}`);
      if (now.status === wanted) return now;
      await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error(`order ${placed.id} did not become ${wanted}`);
  };
  const bump = (placed) => manager.post(`/stores/${store.id}/kitchen/tickets/${placed.id}/bump`);
  const kinds = [
    { fulfilment: "pickup" },
    { fulfilment: "dine_in", table: "7" },
    { fulfilment: "pickup", note: "Less ice, please" },
    { fulfilment: "delivery", deliver_to: { address: "88/4 Phet Kasem Road, Bang Khae, Bangkok 10160" } },
  ];
  for (let at = 0; at < 16; at += 1) {
    const customer = people[at % people.length];
    const placed = await order(customer, kinds[at % kinds.length]);
    if (at === 15) continue; // waits to be paid
    if (at === 14) {
      await customer.post(`/orders/${placed.id}/cancel`, { reason: "Changed my mind" });
      continue;
    }
    await pay(customer, placed);
    await state(placed, "confirmed");
    if (at >= 11) continue; // waits for the kitchen
    await bump(placed);
    if (at >= 8) continue; // is being made
    await bump(placed);
    if (at >= 6) continue; // is ready
    if (kinds[at % kinds.length].fulfilment === "delivery") {
      await manager.put(`/orders/${placed.id}/status`, { status: "dispatched" });
      await manager.put(`/orders/${placed.id}/status`, { status: "delivered" });
    } else {
      await manager.put(`/orders/${placed.id}/status`, { status: "collected" });
    }
    if (at === 2) {
      const [payment] = await manager.get(`/payments/order/${placed.id}`);
      await owner.post(`/payments/${payment.id}/refund`, { amount: 1500, reason: "A topping was missing" });
    }
  }
  return made;
}

async function goods(admin, manager, owner, store, other) {
  const names = ["Thai Tea Traders", "Siam Dairy", "Chao Phraya Packaging"];
  const lists = [
    [
      ["assam-tea", 1000, 62000],
      ["brown-sugar-syrup", 2000, 11000],
      ["aloe-vera", 2000, 17500],
    ],
    [
      ["fresh-milk", 5000, 29000],
      ["creamer", 2000, 23500],
    ],
    [
      ["cup-medium", 500, 88000],
      ["cup-small", 500, 74000],
    ],
  ];
  const suppliers = [];
  for (const [at, name] of names.entries()) {
    const prices = lists[at].map(([sku, pack_size, pack_price]) => ({ sku, pack_size, pack_price, min_packs: 1 }));
    const email = `orders@${name.toLowerCase().replaceAll(" ", "-")}.example`;
    suppliers.push(
      await admin.post("/suppliers", { name, email, phone: "+6621234567", prices, certifications: at === 1 ? ["HACCP"] : [] }),
    );
  }
  const days = (count) => new Date(Date.now() + count * 86_400_000).toISOString();
  const receive = (sku, quantity, cost, lot, expires) =>
    manager.post("/inventory/stock-movement", {
      store_id: store.id,
      kind: "receive",
      sku,
      quantity,
      cost,
      lot,
      expires_at: expires,
      supplier: names[1],
    });
  await receive("fresh-milk", 6000, 34800, "SD-2611", days(2));
  await receive("fresh-milk", 4000, 23200, "SD-2612", days(6));
  await receive("coffee-jelly", 2000, 18000, "CJ-77", days(1));
  await manager.post("/inventory/stock-movement", {
    store_id: store.id,
    kind: "spoil",
    sku: "fresh-milk",
    quantity: 500,
    reason: "Fridge left open",
  });
  await manager.put(`/inventory/${store.id}/aloe-vera/adjust`, { delta: -120, reason: "Spilled while portioning" });
  for (const sku of ["caramel-syrup", "cacao-powder"]) {
    const level = await manager.get(`/inventory/${store.id}/${sku}`);
    const gone = level.available - Math.round(level.low_stock_threshold * (sku === "caramel-syrup" ? 0.6 : 0));
    if (gone > 0) await manager.put(`/inventory/${store.id}/${sku}/adjust`, { delta: -gone, reason: "Sent to the opening event" });
  }
  for (const [sku, barcodes] of Object.entries(BARCODES)) await manager.put(`/inventory/${store.id}/${sku}/barcodes`, { barcodes });
  const order = (supplier, lines) => owner.post("/purchase-orders", { store_id: store.id, supplier_id: supplier.id, lines });
  const first = await order(suppliers[0], [
    { sku: "assam-tea", packs: 2 },
    { sku: "aloe-vera", packs: 1 },
  ]);
  const second = await order(suppliers[1], [
    { sku: "fresh-milk", packs: 2 },
    { sku: "creamer", packs: 3 },
  ]);
  await order(suppliers[2], [{ sku: "cup-medium", packs: 1 }]);
  for (const one of [first, second]) {
    for (const status of ["approved", "sent"]) await owner.put(`/purchase-orders/${one.id}/status`, { status });
  }
  await manager.post(`/purchase-orders/${first.id}/receive`, {
    lines: [{ sku: "assam-tea", quantity: 2000, lot: "TT-19", expires_at: days(300) }],
  });
  const count = await manager.post("/stocktakes", { store_id: store.id });
  const level = await manager.get(`/inventory/${store.id}/creamer`);
  await manager.post(`/stocktakes/${count.id}/lines`, {
    store_id: store.id,
    lines: [
      { sku: "creamer", counted: level.on_hand - 150 },
      { sku: "cup-small", counted: 902 },
    ],
  });
  await owner.post("/transfers", { from_store: store.id, to_store: other.id, lines: [{ sku: "brown-sugar-syrup", quantity: 1000 }] });
}

async function campaigns(owner) {
  const now = new Date().toISOString();
  const thb = (amount) => ({ amount, currency: "THB" });
  const made = await owner.post("/campaigns", {
    name: "Loy Krathong",
    currency: "THB",
    starts_at: now,
    ends_at: new Date(Date.now() + 9 * 86_400_000).toISOString(),
    budget: thb(500_000),
  });
  await owner.post(`/campaigns/${made.id}/offers`, {
    name: "20 % off milk tea",
    benefit: { kind: "percentage", percent_bp: 2000, on: { categories: ["Milk Tea"] } },
    total_limit: 500,
  });
  await owner.post(`/campaigns/${made.id}/offers`, {
    name: "KRATHONG takes 15 baht",
    benefit: { kind: "amount_off", amount: thb(1500) },
    conditions: { coupon: "KRATHONG", min_subtotal: thb(10_000) },
    customer_limit: 1,
  });
  const drafted = await owner.get(`/campaigns/${made.id}`);
  const { name, currency, starts_at, ends_at, budget, version } = drafted;
  await owner.put(`/campaigns/${made.id}`, { campaign: { name, currency, starts_at, ends_at, budget }, status: "scheduled", version });
  await owner.post("/campaigns", {
    name: "Student mornings",
    currency: "THB",
    starts_at: new Date(Date.now() + 5 * 86_400_000).toISOString(),
  });
}

/** What works in a store: a fridge with a day behind it, a kitchen display that is away, a printer that nobody has claimed. */
async function devices(nobody, manager, store) {
  const register = (kind, name) => manager.post("/devices", { store_id: store.id, kind, name });
  const claim = async ({ device, claim: { code } }) => ({ id: device.id, key: (await nobody.post("/devices/claim", { code })).hmac_key });
  const fridge = await claim(await register("fridge", "Fridge behind the counter"));
  await manager.put(`/devices/${fridge.id}/configuration`, {
    config: { temperature_min: 0, temperature_max: 5, alarm_after_seconds: 600, skus: ["fresh-milk", "milk-foam"] },
  });
  const line = await connect(nobody.url, fridge, day(Date.now()));
  await manager.post(`/devices/${fridge.id}/command`, { name: "identify" });
  await eventually("the fridge to do what it is told", () => line.commands.length > 0);
  line.close();
  await claim(await register("kds", "Kitchen display"));
  await register("printer", "Receipt printer");
  return fridge.id;
}

/** Who works when: this week and the next. */
async function shifts(manager, store) {
  const { items: staff } = await manager.get(`/stores/${store.id}/staff`);
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: store.time_zone, dateStyle: "short" }).format(Date.now());
  const at = (days, hour) => new Date(Date.parse(`${today}T00:00:00+07:00`) + days * 86_400_000 + hour * 3_600_000).toISOString();
  for (const [index, { user_id }] of staff.entries()) {
    for (const days of [-3, -2, -1, 0, 1, 2, 4].filter((_, turn) => (turn + index) % 3 !== 0)) {
      const from = index % 2 === 0 ? 9 : 13;
      await manager.post(`/stores/${store.id}/shifts`, {
        user_id,
        starts_at: at(days, from),
        ends_at: at(days, from + 8),
        note: index % 2 === 0 ? "Bar" : undefined,
      });
    }
  }
}

/** Two weeks of sales take more than a store begins with: what ran low is bought again, but for the two that are low for show. */
async function restock(manager, store) {
  for (const { sku, unit, available } of await manager.get(`/inventory/${store.id}`)) {
    const lot = unit === "piece" ? 500 : 8000;
    if (["caramel-syrup", "cacao-powder"].includes(sku) || available > lot / 2) continue;
    await manager.post("/inventory/stock-movement", { store_id: store.id, kind: "receive", sku, quantity: lot, cost: lot * 8 });
  }
}

/** The last two weeks that are over are closed, and what the franchise owes for each is drawn. */
async function royalties(admin, store) {
  const day = 86_400_000;
  const today = Math.floor(Date.now() / day) * day;
  const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * day;
  let before;
  await eventually("the books to have what was sold", async () => {
    const { rows } = await admin.get("/ledger/trial-balance");
    const now = rows.reduce((sum, row) => sum + row.debits, 0);
    const still = now > 0 && now === before;
    before = now;
    return still;
  });
  for (const weeks of [2, 1]) {
    const [from, until] = [monday - weeks * 7 * day, monday - (weeks - 1) * 7 * day].map((at) => new Date(at).toISOString());
    const name = `week-${from.slice(0, 10)}`;
    await admin.post(`/ledger/periods/${name}/close`, { from, until });
    await admin.post(`/franchisees/${store.franchisee_id}/royalties`, { period: { name, from, until } });
  }
}

/** What customers say of what they got. */
async function reviews(customers, manager, store) {
  const said = [
    [5, "The pearls are exactly right, and it was ready when it said."],
    [4, "Good, a little sweet at half sugar."],
    [5, undefined],
    [3, "Nice tea, but the lid leaked on the way home."],
  ];
  let turn = 0;
  for (const customer of customers) {
    const { items } = await customer.get("/orders?limit=20");
    for (const order of items.filter((one) => ["collected", "delivered", "completed"].includes(one.status)).slice(0, 2)) {
      const [rating, words] = said[turn % said.length];
      turn += 1;
      await customer.post("/reviews", { order_id: order.id, product_id: order.lines[0].product_id, rating, ...(words ? { words } : {}) });
    }
  }
  const { items } = await manager.get(`/stores/${store.id}/reviews`);
  const waiting = items.filter((one) => one.status === "waiting");
  for (const [index, one] of waiting.slice(1).entries())
    await manager.put(`/stores/${store.id}/reviews/${one.id}`, {
      status: "shown",
      ...(index === 0 ? { response: "Thank you! Come again soon." } : {}),
    });
}

/** Makes it all, unless it is there. Returns what tests want to know of it. */
export async function world(url, say = () => {}) {
  const nobody = new Client(url);
  const [admin, owner, manager] = [
    await nobody.login("admin@kirana.example"),
    await nobody.login("owner@kirana.example"),
    await nobody.login("manager@kirana.example"),
  ];
  const { items: stores } = await nobody.get("/stores?limit=100");
  const store = stores.find((one) => one.id === manager.user.stores[0]);
  const other = stores.find((one) => one.id !== store.id);
  const known = { stores, store, other, foreign: "foreign@kirana.example" };
  const people = await admin.get("/users?q=foreign@kirana.example");
  if (people.items.length > 0) return known;
  const roll = dice(7);
  say("people");
  const franchisee = await admin.post("/franchisees", { name: "Chiang Mai Leaf Co." });
  await admin.post("/users", {
    email: known.foreign,
    name: "Kamon",
    password: "kirana-demo",
    roles: ["owner"],
    franchisee_id: franchisee.id,
  });
  const customers = [await nobody.login("customer@kirana.example")];
  for (const name of ["Ploy", "Arthit", "Malee"]) {
    const email = `${name.toLowerCase()}@kirana.example`;
    await admin.post("/users", { email, name, password: "kirana-demo", roles: ["customer"] });
    customers.push(await nobody.login(email));
  }
  await admin.put("/customer-segments/students", { description: "Who showed a student card" });
  await admin.put("/customer-segments/press", { description: "Who writes about tea" });
  for (const { user } of customers.slice(0, 2)) await admin.put(`/customer-segments/students/customers/${user.id}`, {});
  await manager.post("/invitations", { email: "dao@kirana.example", name: "Dao", roles: ["staff"], stores: [store.id] });
  await owner.post("/api-keys", {
    name: "Accounting export",
    role: "owner",
    scopes: ["orders:read", "payments:read"],
    expires_at: new Date(Date.now() + 90 * 86_400_000).toISOString(),
  });
  await admin.put(`/franchisees/${store.franchisee_id}/royalty-agreement`, {
    base: "net",
    currency: store.currency,
    royalty: { type: "percentage", rate: 60_000 },
    marketing_rate: 20_000,
    fees_count: false,
    excluded_categories: [],
    excluded_tenders: ["points"],
    taxes: [{ tax: { place: "TH", tax: "vat" }, rate: 70_000 }],
  });
  await admin.put("/tax-rates/TH", {
    inclusive: true,
    rounding: "invoice",
    components: "separately",
    classes: { standard: [{ name: "VAT", rate_ppm: 70_000 }], exempt: [] },
  });
  say("goods and suppliers");
  await goods(admin, manager, owner, store, other);
  say("devices and shifts");
  await devices(nobody, manager, store);
  await shifts(manager, store);
  await admin.put(`/menus/${(await admin.get("/menus"))[0].id}/bounds`, { below_percent: 20, above_percent: 30 });
  say("campaigns");
  await campaigns(owner);
  for (const one of stores) {
    const menu = await nobody.get(`/stores/${one.id}/menu`);
    const count = await history(admin, one, menu, roll, one.id === store.id ? 14 : 2 + roll(5));
    say(`history of ${one.name}: ${count} sales`);
  }
  const menu = await nobody.get(`/stores/${store.id}/menu`);
  await manager.put(`/stores/${store.id}/kitchen/settings`, { ...(await manager.get(`/stores/${store.id}/kitchen/settings`)), hands: 2 });
  await restock(manager, store);
  say("today's orders");
  await today(customers, manager, await nobody.login("owner@kirana.example"), store, menu, roll);
  say("what is said of it, and what is sold out");
  await reviews(customers, manager, store);
  await manager.put(`/stores/${store.id}/menu/overrides`, {
    overrides: [
      { sku: "oolong-tea-latte/small", available: false },
      { sku: "oolong-tea-latte/medium", available: false },
      { sku: "matcha-latte/medium", price: { amount: 9000, currency: "THB" } },
      { sku: "extra-toppings/coffee-jelly", available: false },
      { sku: "cacoa-barry/small", hidden: true },
    ],
  });
  say("royalties");
  // A fresh proof: closing the books asks for one.
  await royalties(await nobody.login("admin@kirana.example"), store);
  return known;
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const url = process.env.KIRANA_URL;
  if (!url) throw new Error("KIRANA_URL says where the platform is, such as http://127.0.0.1:8787");
  await world(url, (what) => console.log(what));
}
