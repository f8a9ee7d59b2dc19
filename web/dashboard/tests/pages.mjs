// Every page of the dashboard, and as whom it is looked at.

/** Pages with the world's own ids in their addresses. */
export async function pagesOf(nobody, { store }) {
  const owner = "owner@kirana.example";
  const admin = "admin@kirana.example";
  const manager = await nobody.login("manager@kirana.example");
  const recent = await manager.get(`/orders?store_id=${store.id}&limit=50`);
  const told = recent.items.find((order) => order.payment.refunded.amount > 0) ?? recent.items[0];
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
    { name: "nothing", who: admin, path: `${s}/nothing` },
  ];
}
