// Twenty rows of ten thousand, by an index, from D1.
export default {
  async fetch(request, { DB }) {
    const from = new URL(request.url).searchParams.get("from") ?? "0";
    const { results } = await DB.prepare("SELECT id, name, price FROM products WHERE id > ? ORDER BY id LIMIT 20").bind(Number(from)).all();
    return Response.json(results);
  },
};
