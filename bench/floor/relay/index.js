// Behind the front: a gateway and a worker that have nothing to do.
export default { fetch: () => new Response("hi") };
