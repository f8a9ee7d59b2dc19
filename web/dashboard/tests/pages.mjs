// Every page of the dashboard, and as whom it is looked at.

/** Pages with the world's own ids in their addresses. */
export async function pagesOf(nobody, { store }) {
  const owner = "owner@kirana.example";
  const admin = "admin@kirana.example";
  const manager = await nobody.login("manager@kirana.example");
  const recent = await manager.get(`/orders?store_id=${store.id}&limit=50`);
  const told = recent.items.find((order) => order.payment.refunded.amount > 0) ?? recent.items[0];
  const counts = await manager.get(`/stocktakes?store_id=${store.id}`);
  const purchases = await manager.get(`/purchase-orders?store_id=${store.id}&limit=100`);
  const manager_ = "manager@kirana.example";
  const s = `/${store.id}`;
  return [
    { name: "sign-in", who: null, path: "/sign-in" },
    { name: "today", who: owner, path: `${s}/today` },
    { name: "today-day", who: owner, path: `${s}/today?day=${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}` },
    { name: "today-all", who: owner, path: "/all/today" },
    { name: "today-staff", who: "staff@kirana.example", path: `${s}/today` },
    { name: "orders", who: owner, path: `${s}/orders` },
    { name: "order", who: owner, path: `${s}/orders/${told.id}` },
    { name: "kitchen", who: "staff@kirana.example", path: `${s}/kitchen` },
    { name: "stock", who: manager_, path: `${s}/stock` },
    { name: "stock-item", who: manager_, path: `${s}/stock/items/fresh-milk` },
    { name: "batches", who: manager_, path: `${s}/stock/batches?until=7` },
    { name: "receive", who: manager_, path: `${s}/stock/receive`, act: scanned },
    { name: "counts", who: owner, path: `${s}/stock/counts` },
    { name: "count", who: owner, path: `${s}/stock/counts/${counts[0].id}` },
    { name: "transfers", who: owner, path: `${s}/stock/transfers` },
    { name: "purchases", who: owner, path: `${s}/stock/purchases` },
    { name: "purchase", who: owner, path: `${s}/stock/purchases/${purchases.items.at(-1).id}` },
    { name: "suppliers", who: admin, path: `${s}/stock/suppliers`, act: (page) => page.getByRole("button", { name: "Siam Dairy" }).first().click({ timeout: 2000 }).catch(() => {}) },
    { name: "journal", who: owner, path: `${s}/stock/journal` },
    { name: "nothing", who: admin, path: `${s}/nothing` },
  ];
}

/** Two codes and a label, as a scanner types them. */
async function scanned(page) {
  const field = page.getByRole("combobox", { name: "Scan or type" });
  for (const code of ["cup-medium", "fresh-milk", "(17)261231(10)SD-9"]) {
    await field.fill(code);
    await field.press("Enter");
  }
}
