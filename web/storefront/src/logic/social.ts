//! Signing in with another provider's word: the browser goes there and comes back with a code that is good with our verifier only (PKCE).

import { Problem, take } from "@kirana/api";
import { http, sessions } from "../api.ts";

const KEPT = "kirana.social";

const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** Goes to the provider; `to` is where one was going. */
export async function begin(provider: string, to: string): Promise<void> {
  const [verifier, state] = [random(), random()];
  sessionStorage.setItem(KEPT, JSON.stringify({ verifier, state, to }));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  const query = new URLSearchParams({
    return_to: `${location.origin}/sign-in`,
    state,
    code_challenge: base64url(digest),
    code_challenge_method: "S256",
  });
  location.assign(`/api/v1/oauth/login/${encodeURIComponent(provider)}?${query}`);
}

/** What is kept of a sign-in that was begun here, as long as nobody has come back. */
function begun(): { verifier: string; state: string; to: string } | undefined {
  const text = sessionStorage.getItem(KEPT);
  return text ? JSON.parse(text) : undefined;
}

/** Where one was going: to be asked for before `finish`, which forgets it. It is needed whatever comes of that, such as a second factor. */
export const going = (): string | undefined => begun()?.to;

/** Back with a code: a session. What is kept is good once, however it ends. */
export async function finish(code: string, state: string): Promise<void> {
  const kept = begun();
  sessionStorage.removeItem(KEPT);
  // A code that this page has not asked for is somebody else's.
  if (!kept || kept.state !== state) throw new Problem(400, "invalid_code", "Bad Request", "This sign-in was not begun here: begin again.");
  const session = await take(http.POST("/api/v1/oauth/session", { body: { code, code_verifier: kept.verifier } }));
  sessions.accept(session as Parameters<typeof sessions.accept>[0]);
}
