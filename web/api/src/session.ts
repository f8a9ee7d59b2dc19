//! Who is signed in: the tokens, kept where every tab of the app finds them, and renewed once however many calls wait for it.

import { noAnswer, type Problem, problemOf } from "./problem.ts";
import type { components } from "./schema.ts";

export type User = components["schemas"]["User"];
type SessionAnswer = components["schemas"]["Session"];

/** A session as it is kept. */
export interface Session {
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since 1970 at which the access token ends, by this device's clock. */
  endsAt: number;
  sessionId: string;
  user: User;
}

/** Where a session is kept: `localStorage`, or a map in tests. */
export interface Keep {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** An access token is renewed this long before it ends, so that no call sets off with one that dies on the way. */
const EARLY_MS = 20_000;

export class Sessions {
  #listeners = new Set<() => void>();
  #renewal: Promise<Session | null> | undefined;
  #seen: { text: string | null; session: Session | null } = { text: null, session: null };

  constructor(
    readonly baseUrl = "",
    private readonly keep: Keep = memory(),
    private readonly key = "kirana.session",
    private readonly now: () => number = Date.now,
    private readonly fetch: typeof globalThis.fetch = (...args) => globalThis.fetch(...args),
  ) {
    // Another tab signed in or out.
    globalThis.addEventListener?.("storage", (event) => {
      if ((event as StorageEvent).key === this.key) this.#tell();
    });
  }

  /** The session as it is kept now; the same object while it is the same, so that React may compare it. */
  get current(): Session | null {
    const text = this.keep.getItem(this.key);
    if (text !== this.#seen.text) this.#seen = { text, session: text ? (JSON.parse(text) as Session) : null };
    return this.#seen.session;
  }

  /** Calls `listener` whenever somebody signs in or out; returns what ends that. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Keeps what a login, a registration or a refresh answered. */
  accept(answer: SessionAnswer): Session {
    const session: Session = {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token,
      endsAt: this.now() + answer.expires_in * 1000,
      sessionId: answer.session_id,
      user: answer.user,
    };
    this.keep.setItem(this.key, JSON.stringify(session));
    this.#tell();
    return session;
  }

  /** The user is called or reached otherwise now. */
  rename(user: User): void {
    const session = this.current;
    if (!session) return;
    this.keep.setItem(this.key, JSON.stringify({ ...session, user }));
    this.#tell();
  }

  /** Forgets the session on this device. `POST /auth/logout` ends it everywhere. */
  forget(): void {
    // The answer to a logout may have emptied the keep already (`Clear-Site-Data`); whoever was told of a session is to hear that it ended.
    const told = this.#seen.session !== null;
    if (this.keep.getItem(this.key) === null && !told) return;
    this.keep.removeItem(this.key);
    this.#tell();
  }

  /** A token that is good for a while yet, or nothing when nobody is signed in. */
  async token(): Promise<string | undefined> {
    const session = this.current;
    if (!session) return undefined;
    if (session.endsAt - this.now() > EARLY_MS) return session.accessToken;
    return (await this.renew(session.accessToken))?.accessToken;
  }

  /** New tokens in the place of `stale`; null when the session has ended. One renewal at a time, over all tabs. */
  renew(stale: string): Promise<Session | null> {
    this.#renewal ??= this.#locked(() => this.#refresh(stale)).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #locked(work: () => Promise<Session | null>): Promise<Session | null> {
    const locks = globalThis.navigator?.locks;
    return locks ? await locks.request(this.key, work) : await work();
  }

  async #refresh(stale: string): Promise<Session | null> {
    const session = this.current;
    // Another tab was faster, or signed out.
    if (!session || session.accessToken !== stale) return session;
    let response: Response;
    try {
      response = await this.fetch(`${this.baseUrl}/api/v1/auth/refresh-token`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ refresh_token: session.refreshToken }),
      });
    } catch (cause) {
      throw noAnswer(cause);
    }
    if (response.ok) return this.accept((await response.json()) as SessionAnswer);
    const problem: Problem = await problemOf(response);
    // Only a refusal ends a session: a server that is busy does not sign anybody out.
    if (response.status !== 401 && response.status !== 422) throw problem;
    this.forget();
    return null;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** A keep that forgets with the page. */
export function memory(): Keep {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
