// One object that takes an order: what is there is looked at, less is there, and the order is kept; all durable before it answers.
import { DurableObject } from "cloudflare:workers";

export class Store extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS stock (sku TEXT PRIMARY KEY, left INTEGER NOT NULL) WITHOUT ROWID");
    this.sql.exec("CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID");
    this.sql.exec("INSERT OR IGNORE INTO stock VALUES ('cup', 1000000000)");
  }

  async fetch(request) {
    const order = await request.json();
    const { left } = this.sql.exec("SELECT left FROM stock WHERE sku = 'cup'").one();
    if (left < order.quantity) return Response.json({ error: "out of stock" }, { status: 409 });
    const id = crypto.randomUUID();
    this.sql.exec("UPDATE stock SET left = left - ? WHERE sku = 'cup'", order.quantity);
    this.sql.exec("INSERT INTO orders VALUES (?, ?)", id, JSON.stringify(order));
    return Response.json({ id, status: "placed" }, { status: 201 });
  }
}

export default {
  fetch: (request, { STORE }) => STORE.get(STORE.idFromName(request.headers.get("x-store") ?? "one")).fetch(request),
};
