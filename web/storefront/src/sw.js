// The service worker: the app opens without a line, with the menus that were looked at. Nothing of anybody's own is kept: only files of
// the app, and what everybody may read of stores and their menus.

const SHELL = __SHELL__;
const FILES = "kirana-files-__VERSION__";
const READ = "kirana-read-1";
/** How many answers of the API are kept, the oldest go first. */
const KEPT = 60;
/** A line that takes longer than this to say the same as the day before is not waited for when there is something to show. */
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(FILES)
      .then((cache) => cache.addAll(SHELL))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("kirana-") && name !== FILES && name !== READ;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/** What everybody may read. */
const isPublic = (path) => /^\/api\/v1\/stores(\/nearby|\/[^/]+(\/menu)?)?$/.test(path);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (isPublic(url.pathname)) event.respondWith(freshOrKept(request, event));
  else if (/^\/(api|docs|dashboard|metrics|\.well-known)(\/|$)/.test(url.pathname)) return;
  else if (request.mode === "navigate") event.respondWith(page(request));
  else event.respondWith(file(request));
});

/** The page of every address is the same. */
async function page(request) {
  try {
    const fresh = await fetch(request);
    if (fresh.ok) return fresh;
  } catch {
    // No line: below.
  }
  return (await caches.match("/", { cacheName: FILES })) ?? Response.error();
}

/** Files of the build have their content's hash in their names: what is kept is right. */
async function file(request) {
  return (await caches.match(request, { cacheName: FILES })) ?? fetch(request);
}

async function freshOrKept(request, event) {
  const cache = await caches.open(READ);
  // A token is no part of what everybody may read.
  const name = new Request(request.url);
  const asked = fetch(request).then(async (fresh) => {
    if (fresh.ok) event.waitUntil(keep(cache, name, fresh.clone()));
    return fresh;
  });
  const kept = await cache.match(name);
  if (!kept) return asked;
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  return Promise.race([asked.then((fresh) => (fresh.status >= 500 ? kept : fresh)).catch(() => kept), late]);
}

async function keep(cache, name, response) {
  await cache.delete(name);
  await cache.put(name, response);
  const names = await cache.keys();
  for (const old of names.slice(0, Math.max(0, names.length - KEPT))) await cache.delete(old);
}
