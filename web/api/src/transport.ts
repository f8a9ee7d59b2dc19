//! How a call travels: with the caller's token, renewed once where it was refused; again where that is safe.

import { noAnswer, problemOf, retryAfter } from "./problem.ts";
import type { Sessions } from "./session.ts";

/** How often a call is tried in all. */
const TRIES = 3;
/** Longer than this nobody waits before a screen: the problem is shown instead, with its `retryAfter`. */
const LONGEST_WAIT_MS = 5_000;

export interface Travel {
  fetch?: (request: Request) => Promise<Response>;
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  random?: () => number;
}

/** May this call be made twice? Reads may; others when they carry a key by which the API knows the second. */
export function repeatable(request: Request): boolean {
  return request.method === "GET" || request.method === "HEAD" || request.headers.has("idempotency-key");
}

/** A `fetch` that answers with success or throws a `Problem`. An abort stays an abort. */
export function transport(sessions: Sessions, travel: Travel = {}): (request: Request) => Promise<Response> {
  const send = travel.fetch ?? ((request: Request) => globalThis.fetch(request));
  const wait = travel.wait ?? pause;
  const random = travel.random ?? Math.random;

  /** Once, with a token; and once more with a new one where it was refused. */
  async function signed(request: Request): Promise<Response> {
    const own = request.headers.has("authorization");
    const token = own ? undefined : await sessions.token();
    const again = token ? request.clone() : undefined;
    if (token) request.headers.set("authorization", `Bearer ${token}`);
    const response = await send(request);
    if (response.status !== 401 || !token || !again || (await asksForProof(response))) return response;
    const renewed = await sessions.renew(token);
    if (!renewed) return response;
    again.headers.set("authorization", `Bearer ${renewed.accessToken}`);
    return send(again);
  }

  return async (request) => {
    const may = repeatable(request);
    for (let tried = 1; ; tried++) {
      const last = !may || tried === TRIES;
      const attempt = last ? request : request.clone();
      // Full jitter: who fails together does not come back together.
      let delay = random() * 300 * 2 ** tried;
      try {
        const response = await signed(attempt);
        if (response.ok || response.status === 304 || response.status === 101) return response;
        const told = retryAfter(response.headers.get("retry-after"));
        if (last || ![429, 502, 503, 504].includes(response.status)) throw await problemOf(response);
        if (told !== undefined) delay = told * 1000 + random() * 250;
        if (delay > LONGEST_WAIT_MS) throw await problemOf(response);
      } catch (error) {
        // What fetch throws is a TypeError; problems and aborts go on as they are.
        if (!(error instanceof TypeError)) throw error;
        if (last) throw noAnswer(error);
      }
      await wait(delay, request.signal);
    }
  };
}

/** A step-up or a second factor is asked for: a new token would not help. */
async function asksForProof(response: Response): Promise<boolean> {
  const header = response.headers.get("www-authenticate") ?? "";
  return header.includes("insufficient_user_authentication");
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
