// Miniflare, loaded so that it starts in half of the time.
//
// It writes the configuration for workerd, in which all WASM is, into a buffer that grows by four kilobytes at a time, and
// each time it copies everything there is: seconds, and gigabytes copied. Here the buffer grows by what everything takes. And when workerd
// has died, what the next one is given is what the last one was, so it is kept rather than made anew.
// Should another version of Miniflare be written differently, it starts as slowly as it wants to.
import { createRequire, enableCompileCache, registerHooks } from "node:module";

const quicker = [
  ["MIN_SINGLE_SEGMENT_GROWTH = 4096", "MIN_SINGLE_SEGMENT_GROWTH = 64 << 20"],
  // Ports are taken over only by a workerd that stands in for one that died.
  ["= serializeConfig(config2)", "= (reusePorts && this.keptConfig) || (this.keptConfig = serializeConfig(config2))"],
];

enableCompileCache();
const hooks = registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith("/miniflare/dist/src/index.js") || !loaded.source) return loaded;
    return { ...loaded, source: quicker.reduce((source, [slow, quick]) => source.replace(slow, quick), `${Buffer.from(loaded.source)}`) };
  },
});

// Not imported: what is imported, Node reads twice more to learn which kind of module it is and what it gives.
export const { Log, LogLevel, Miniflare } = createRequire(import.meta.url)("miniflare");

hooks.deregister();
