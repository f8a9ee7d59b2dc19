// Every page of the dashboard, and as whom it is looked at. `ready` is what has to be there just before.

import { paymentToReview } from "./review.mjs";

/** The one title of each page; of those that are about something, that it has one. */
const TITLES = {
  "sign-in": "Sign in",
  today: "Today",
  "today-day": "Today",
  "today-all": "Today",
  "today-chain": "Today",
  "today-staff": "Today",
  orders: "Orders",
  order: /^Order /,
  kitchen: "Kitchen",
  stock: "Stock",
  "stock-item": /milk/i,
  batches: "Batches",
  receive: "Receive goods",
  counts: "Counts",
  count: "Count",
  transfers: "Transfers",
  purchases: "Purchase orders",
  purchase: /\w/,
  suppliers: "Suppliers",
  journal: "Journal",
  "journal-proof": "Journal",
  "receive-unknown": "Receive goods",
  "stock-barcodes": /milk/i,
  menu: "Menu",
  modifiers: "Modifiers",
  products: "The chain's products",
  import: "Import a menu",
  menus: "The chain's menus",
  groups: "The chain's modifiers",
  group: "The chain's modifiers",
  "group-new": "The chain's modifiers",
  price: "Menu",
  product: "The chain's products",
  "product-new": "The chain's products",
  devices: "Devices",
  "devices-all": "Devices",
  device: "Fridge behind the counter",
  "device-new": "Devices",
  "cold-chain": "Cold chain",
  shifts: "Shifts",
  "shifts-staff": "Shifts",
  reviews: "Reviews",
  join: "You are invited",
  people: "People",
  rights: "People",
  invitations: "Invitations",
  "people-all": "People",
  "people-chain": "People",
  invite: "Invitations",
  customers: "Customers",
  customer: /\w/,
  segments: "Segments",
  unreachable: "Letters that come back",
  campaigns: "Campaigns",
  campaign: /\w/,
  offer: /\w/,
  payments: "Payments",
  refunds: "Refunds",
  review: "Payments to review",
  "review-decide": "Payments to review",
  "risk-rules": "Fraud rules",
  "risk-rule": "Fraud rules",
  exceptions: "Reconciliation",
  ledger: "Ledger",
  "account-statement": /\w/,
  royalties: "Royalties",
  "royalties-owner": "Royalties",
  "royalty-statement": /^Royalty statement/,
  "royalty-draw": "Royalties",
  audit: "Audit",
  rollouts: "Roll-outs",
  rollout: /\w/,
  settings: "Store and hours",
  "settings-kitchen": "Kitchen",
  "settings-fees": "Fees",
  "settings-zones": "Delivery zones",
  "settings-taxes": "Taxes",
  "settings-keys": "API keys",
  "settings-flags": "Feature flags",
  "settings-apps": "Integrations",
  account: "Account and security",
  palette: "Orders",
  foreign: "Today",
  nothing: "There is no such page",
};

/** A roll-out to look at: the world has none, so one is begun for a menu board, and halted. */
async function rolloutOf(nobody, admin, store) {
  const { items } = await admin.get("/devices/rollouts?limit=100");
  if (items.length > 0) return items[0];
  const { device, claim } = await admin.post("/devices", { store_id: store.id, kind: "tv", name: "Menu board" });
  await nobody.post("/devices/claim", { code: claim.code });
  const plan = { kind: "tv", store_id: store.id, stages: [50, 100], tolerance: 10, configuration: { brightness: 80 } };
  const made = await admin.post("/devices/rollouts", plan);
  await admin.post(`/devices/rollouts/${made.id}/halt`);
  await admin.post(`/devices/${device.id}/revoke`);
  return made;
}

/** Pages with the world's own ids in their addresses. */
export async function pagesOf(nobody, { store }) {
  const owner = "owner@kirana.example";
  const admin = "admin@kirana.example";
  const manager = await nobody.login("manager@kirana.example");
  const recent = await manager.get(`/orders?store_id=${store.id}&limit=50`);
  const told = recent.items.find((order) => order.payment.refunded.amount > 0) ?? recent.items[0];
  const counts = await manager.get(`/stocktakes?store_id=${store.id}`);
  const purchases = await manager.get(`/purchase-orders?store_id=${store.id}&limit=100`);
  const campaigns = await (await nobody.login(owner)).get("/campaigns?limit=100");
  const campaign = campaigns.items.find((one) => one.name === "Loy Krathong" && one.status === "active") ?? campaigns.items[0];
  const manager_ = "manager@kirana.example";
  const s = `/${store.id}`;
  const { items: devices } = await manager.get(`/devices?store_id=${store.id}`);
  const fridge = devices.find((one) => one.kind === "fridge");
  const rollout = await rolloutOf(nobody, await nobody.login(admin), store);
  const royalties = await (await nobody.login(owner)).get(`/franchisees/${store.franchisee_id}/royalties?limit=1`);
  const [statement] = royalties.items;
  const pages = [
    { name: "sign-in", who: null, path: "/sign-in" },
    { name: "today", who: owner, path: `${s}/today` },
    { name: "today-day", who: owner, path: `${s}/today?day=${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}` },
    { name: "today-all", who: owner, path: "/all/today" },
    { name: "today-chain", who: admin, path: "/all/today" },
    { name: "today-staff", who: "staff@kirana.example", path: `${s}/today` },
    { name: "orders", who: owner, path: `${s}/orders` },
    { name: "order", who: owner, path: `${s}/orders/${told.id}` },
    { name: "kitchen", who: "staff@kirana.example", path: `${s}/kitchen` },
    { name: "stock", who: manager_, path: `${s}/stock` },
    { name: "stock-item", who: manager_, path: `${s}/stock/items/fresh-milk` },
    { name: "batches", who: manager_, path: `${s}/stock/batches?until=7` },
    { name: "receive", who: manager_, path: `${s}/stock/receive`, act: scanned },
    { name: "receive-unknown", who: manager_, path: `${s}/stock/receive`, act: strange },
    {
      name: "stock-barcodes",
      who: manager_,
      path: `${s}/stock/items/fresh-milk`,
      act: (page) => page.getByRole("button", { name: /^(Set|Change) barcodes$/ }).click(),
    },
    { name: "counts", who: owner, path: `${s}/stock/counts` },
    { name: "count", who: owner, path: `${s}/stock/counts/${counts[0].id}` },
    { name: "transfers", who: owner, path: `${s}/stock/transfers` },
    { name: "purchases", who: owner, path: `${s}/stock/purchases` },
    { name: "purchase", who: owner, path: `${s}/stock/purchases/${purchases.items.at(-1).id}` },
    {
      name: "suppliers",
      who: admin,
      path: `${s}/stock/suppliers`,
      act: (page) =>
        page
          .getByRole("button", { name: "Siam Dairy" })
          .first()
          .click({ timeout: 2000 })
          .catch(() => {}),
    },
    { name: "journal", who: owner, path: `${s}/stock/journal` },
    {
      name: "journal-proof",
      who: owner,
      path: `${s}/stock/journal`,
      act: async (page) => {
        await page.getByRole("button", { name: "Prove the books" }).click();
        await page.getByText("The books are what the journal says").waitFor();
      },
    },
    { name: "menu", who: manager_, path: `${s}/menu` },
    { name: "modifiers", who: manager_, path: `${s}/menu/modifiers` },
    { name: "products", who: admin, path: `${s}/menu/products` },
    { name: "import", who: admin, path: `${s}/menu/import`, act: pasted },
    { name: "menus", who: admin, path: `${s}/menu/menus` },
    { name: "groups", who: admin, path: `${s}/menu/groups` },
    {
      name: "group",
      who: admin,
      path: `${s}/menu/groups?q=extra+toppings`,
      act: (page) => page.getByRole("button", { name: "Extra toppings" }).first().click(),
    },
    {
      name: "group-new",
      who: admin,
      path: `${s}/menu/groups`,
      act: (page) => page.getByRole("button", { name: "New group" }).click(),
    },
    {
      name: "price",
      who: manager_,
      path: `${s}/menu?q=matcha`,
      act: (page) => page.getByRole("button", { name: "Price of Matcha Latte, Medium" }).first().click(),
    },
    {
      name: "product",
      who: admin,
      path: `${s}/menu/products?q=matcha+latte`,
      act: (page) => page.getByRole("button", { name: "Matcha Latte" }).first().click(),
    },
    {
      name: "product-new",
      who: admin,
      path: `${s}/menu/products`,
      act: (page) => page.getByRole("button", { name: "New product" }).click(),
    },
    { name: "devices", who: manager_, path: `${s}/devices` },
    { name: "devices-all", who: admin, path: "/all/devices" },
    { name: "device", who: manager_, path: `${s}/devices/${fridge.id}` },
    { name: "device-new", who: manager_, path: `${s}/devices`, act: claiming },
    { name: "cold-chain", who: manager_, path: `${s}/devices/cold-chain` },
    { name: "shifts", who: manager_, path: `${s}/people/shifts` },
    { name: "shifts-staff", who: "staff@kirana.example", path: `${s}/people/shifts` },
    { name: "reviews", who: manager_, path: `${s}/reviews` },
    { name: "join", who: null, path: "/join?token=abc" },
    { name: "people", who: manager_, path: `${s}/people` },
    {
      name: "rights",
      who: admin,
      path: `${s}/people`,
      act: async (page) => {
        await page.getByRole("table", { name: "Staff" }).getByRole("button", { name: "Nok", exact: true }).first().click();
        await page.getByRole("dialog").getByLabel("Roles").first().waitFor();
      },
    },
    { name: "invitations", who: manager_, path: `${s}/people/invitations` },
    { name: "people-all", who: owner, path: "/all/people" },
    { name: "people-chain", who: admin, path: "/all/people" },
    {
      name: "invite",
      who: owner,
      path: "/all/people/invitations",
      act: (page) => page.getByRole("button", { name: "Invite somebody" }).click(),
    },
    { name: "customers", who: admin, path: `${s}/customers` },
    { name: "customer", who: admin, path: `${s}/customers/${told.customer.id}` },
    { name: "segments", who: admin, path: `${s}/customers/segments` },
    { name: "unreachable", who: admin, path: `${s}/customers/unreachable` },
    { name: "campaigns", who: owner, path: `${s}/campaigns` },
    {
      name: "campaign",
      who: owner,
      path: `${s}/campaigns/${campaign.id}`,
      act: (page) => page.getByRole("button", { name: "Look" }).click(),
    },
    {
      name: "offer",
      who: owner,
      path: `${s}/campaigns/${campaign.id}`,
      act: (page) => page.getByRole("button", { name: "Add an offer" }).click(),
    },
    { name: "payments", who: owner, path: `${s}/money` },
    { name: "refunds", who: owner, path: `${s}/money/refunds` },
    { name: "review", who: manager_, path: `${s}/money/review`, ready: () => toReview(nobody, store) },
    {
      name: "review-decide",
      who: manager_,
      path: `${s}/money/review`,
      ready: () => toReview(nobody, store),
      act: (page) =>
        page
          .getByRole("button", { name: /^Approve/ })
          .first()
          .click(),
    },
    { name: "risk-rules", who: admin, path: `${s}/money/review/rules` },
    {
      name: "risk-rule",
      who: admin,
      path: `${s}/money/review/rules`,
      act: (page) =>
        page
          .getByRole("table", { name: "Fraud rules" })
          .or(page.locator(".cards"))
          .getByRole("button", { name: /^Very large/ })
          .first()
          .click(),
    },
    { name: "exceptions", who: admin, path: `${s}/money/exceptions` },
    { name: "ledger", who: owner, path: `${s}/money/ledger` },
    {
      name: "account-statement",
      who: owner,
      path: `${s}/money/ledger/${encodeURIComponent(`sales:${store.id}`)}?currency=${store.currency}`,
    },
    { name: "royalties", who: admin, path: `${s}/money/royalties` },
    { name: "royalties-owner", who: owner, path: "/all/money/royalties" },
    { name: "royalty-statement", who: owner, path: `/all/money/royalties/${statement.period.name}` },
    {
      name: "royalty-draw",
      who: admin,
      path: `${s}/money/royalties`,
      act: (page) => page.getByRole("button", { name: "Draw a statement" }).click(),
    },
    { name: "audit", who: admin, path: `${s}/audit` },
    { name: "rollouts", who: admin, path: `${s}/devices/rollouts` },
    { name: "rollout", who: admin, path: `${s}/devices/rollouts/${rollout.id}` },
    { name: "settings", who: owner, path: `${s}/settings` },
    { name: "settings-kitchen", who: owner, path: `${s}/settings/kitchen` },
    { name: "settings-fees", who: owner, path: `${s}/settings/fees` },
    { name: "settings-zones", who: owner, path: `${s}/settings/zones` },
    { name: "settings-taxes", who: admin, path: `${s}/settings/taxes` },
    { name: "settings-keys", who: owner, path: `${s}/settings/keys` },
    { name: "settings-flags", who: admin, path: `${s}/settings/flags` },
    { name: "settings-apps", who: admin, path: `${s}/settings/apps` },
    { name: "account", who: owner, path: `${s}/account` },
    { name: "palette", who: owner, path: `${s}/orders`, act: (page) => page.keyboard.press("Control+k") },
    { name: "foreign", who: "foreign@kirana.example", path: "/all/today" },
    { name: "nothing", who: admin, path: `${s}/nothing` },
  ];
  return pages.map((page) => ({ ...page, title: TITLES[page.name] }));
}

/** Something waits for a person. It does so for some minutes only: it is made when it is looked at, unless one is there still. */
async function toReview(nobody, store) {
  const manager = await nobody.login("manager@kirana.example");
  const { items } = await manager.get(`/payments/assessments?store_id=${store.id}&review=open`);
  if (items.length === 0) await paymentToReview(nobody, store);
}

/** Two codes and a label, as a scanner types them. */
async function scanned(page) {
  const field = page.getByRole("combobox", { name: "Scan or type" });
  for (const code of ["cup-medium", "fresh-milk", "(17)261231(10)SD-9"]) {
    await field.fill(code);
    await field.press("Enter");
  }
}

/** A barcode that is on no good. */
async function strange(page) {
  const field = page.getByRole("combobox", { name: "Scan or type" });
  await field.fill("4006381333931");
  await field.press("Enter");
  await page.getByRole("button", { name: "Give this code to a good" }).click();
}

/** A device that waits for its code to be read. */
async function claiming(page) {
  await page.getByRole("button", { name: "Add a device" }).click();
  await page.getByRole("textbox", { name: /^Name/ }).fill("Scale at the bar");
  await page.getByRole("button", { name: "Show its code" }).click();
  await page.locator("[data-claim]").waitFor();
}

/** A menu with two faults. */
async function pasted(page) {
  const menu = {
    name: "Brunch",
    currency: "THB",
    items: [
      { name: "Pandan toast", category: "Toast", variants: [{ name: "One", price: 65 }] },
      { name: "Iced lime tea", category: "Tea", variants: [{ name: "One", price: -1, modifier_groups: ["ice"] }] },
    ],
    modifier_groups: {},
  };
  await page.getByLabel("The menu as JSON").fill(JSON.stringify(menu, null, 2));
}
