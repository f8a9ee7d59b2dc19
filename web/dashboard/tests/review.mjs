// A payment that a person has to look at: as no sandbox payment is by itself, the chain has a rule for it while it is made.

// biome-ignore-all lint/suspicious/noThenProperty: what a rule asks for is called so by the API

/** The modifiers that a variant cannot go without. */
function choices(menu, sku) {
  const variant = menu.products.flatMap((product) => product.variants).find((one) => one.sku === sku);
  const groups = menu.modifier_groups.filter((group) => variant.modifier_groups.includes(group.id) && group.min > 0);
  return groups.flatMap((group) => group.modifiers.slice(0, group.min).map((one) => ({ sku: one.sku })));
}

/** What fires for this order and for no smaller one; and one that is about it and sees nothing, so that there is a reason of both kinds. */
const rulesFor = ({ store_id, totals: { total } }) => [
  {
    name: "large-order",
    test: "amount",
    over: { [total.currency]: total.amount - 1 },
    then: "review",
    gateways: ["sandbox"],
    stores: [store_id],
  },
  { name: "abroad", test: "country_mismatch", one: "card", other: "store", then: "step_up", gateways: ["sandbox"], stores: [store_id] },
];

/** An order; what the store has too little of by now comes in first. */
async function placed(nobody, buyer, wanted) {
  const place = () => buyer.ask("POST", "/orders", wanted, [201, 409]);
  const answer = await place();
  if (answer.code !== "out_of_stock") return answer;
  const manager = await nobody.login("manager@kirana.example");
  for (const { sku, wanted: quantity } of answer.short)
    await manager.post("/inventory/stock-movement", {
      store_id: wanted.store_id,
      kind: "receive",
      sku,
      quantity: quantity * 5,
      cost: quantity,
    });
  return buyer.post("/orders", wanted);
}

/** Orders so many cups and pays for them; the payment waits for a person. The chain's rules are then what they were. */
export async function paymentToReview(nobody, store, { cups = 4, customer = "customer@kirana.example" } = {}) {
  const [buyer, admin] = [await nobody.login(customer), await nobody.login("admin@kirana.example")];
  const menu = await buyer.get(`/stores/${store.id}/menu`);
  const sku = "golden-bubble-milk-tea/medium";
  const lines = [{ variant_sku: sku, quantity: cups, modifiers: choices(menu, sku) }];
  const order = await placed(nobody, buyer, { store_id: store.id, lines });
  const { rules } = await admin.get("/payments/risk-rules");
  const others = rules.filter(({ name }) => !["large-order", "abroad"].includes(name));
  await admin.put("/payments/risk-rules", { rules: [...others, ...rulesFor(order)] });
  try {
    const payment = await buyer.post("/payments/initiate", { order_id: order.id, gateway: "sandbox", token: "tok_success" });
    if (payment.review !== "open") throw new Error(`the payment is ${payment.status}, and waits for nobody`);
    return { order, payment };
  } finally {
    await admin.put("/payments/risk-rules", { rules: others });
  }
}
