// The floor: the least that workerd can do. This script answers "hi", and leads to the others as the gateway does.
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/hello") return new Response("hi");
    const upstream = pathname === "/rows" ? env.ROWS : pathname === "/orders" ? env.DURABLE : env.RELAY;
    return upstream.fetch(request);
  },
};
