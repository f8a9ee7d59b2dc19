import { describe, expect, test } from "vitest";
import { createApi, take } from "./client.ts";
import { isProblem, Problem, retryAfter } from "./problem.ts";
import type { Sessions } from "./session.ts";
import { memory } from "./session.ts";

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
const session = (n: number) => ({
  access_token: `a${n}`,
  refresh_token: `r${n}`,
  expires_in: 600,
  session_id: "s",
  user: { id: "u", name: "Mali" },
});
const accept = (sessions: Sessions, n: number) => sessions.accept(session(n) as unknown as Parameters<Sessions["accept"]>[0]);

/** An API whose answers come from `answers`, one a call; and what it was asked. */
function scripted(answers: Array<(request: Request) => Response | Promise<Response>>) {
  const asked: Request[] = [];
  const waits: number[] = [];
  const api = createApi({
    baseUrl: "https://shop.example",
    keep: memory(),
    random: () => 0,
    wait: async (ms) => void waits.push(ms),
    fetch: async (request) => {
      asked.push(request);
      const answer = answers.shift();
      if (!answer) throw new Error("one call too many");
      return answer(request);
    },
  });
  return { api, asked, waits };
}

describe("a read", () => {
  test("waits for as long as it was told and is asked again", async () => {
    const { api, waits, asked } = scripted([() => json({}, 429, { "retry-after": "2" }), () => json({ items: [] })]);
    expect(await take(api.http.GET("/api/v1/stores"))).toEqual({ items: [] });
    expect(waits).toEqual([2000]);
    expect(asked).toHaveLength(2);
  });

  test("is not waited for when the wait is long: the problem says how long", async () => {
    const { api } = scripted([
      () => json({ code: "rate_limited", title: "Too Many Requests", detail: "slower" }, 429, { "retry-after": "60" }),
    ]);
    const error = await take(api.http.GET("/api/v1/stores")).catch((error: unknown) => error);
    expect(isProblem(error, "rate_limited") && error.retryAfter).toBe(60);
  });

  test("that gets no answer three times is a problem that says so", async () => {
    const fail = () => Promise.reject(new TypeError("failed to fetch"));
    const { api, asked } = scripted([fail, fail, fail]);
    const error = await take(api.http.GET("/api/v1/stores")).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).isOffline).toBe(true);
    expect(asked).toHaveLength(3);
  });
});

describe("something that changes things", () => {
  test("is not repeated by itself", async () => {
    const { api, asked } = scripted([() => json({ code: "unavailable" }, 503)]);
    await expect(take(api.http.POST("/api/v1/socket-tickets"))).rejects.toMatchObject({ code: "unavailable", status: 503 });
    expect(asked).toHaveLength(1);
  });

  test("is repeated under the key it came with", async () => {
    const { api, asked } = scripted([() => Promise.reject(new TypeError("line down")), () => json({ id: "o" }, 201)]);
    const body = { store_id: "s", lines: [] };
    await take(api.http.POST("/api/v1/orders", { params: { header: { "Idempotency-Key": "k-1" } }, body }));
    expect(asked.map((request) => request.headers.get("idempotency-key"))).toEqual(["k-1", "k-1"]);
    expect(await asked[1]?.json()).toEqual(body);
  });

  test("says which fields are at fault, and whatever else the answer says", async () => {
    const errors = [{ path: "lines[0].quantity", message: "1 to 1000" }];
    const { api } = scripted([() => json({ code: "invalid_body", detail: "no", errors, min_age: 20 }, 422)]);
    const error = (await take(api.http.POST("/api/v1/quotes", { body: { store_id: "s", lines: [] } })).catch(
      (error: unknown) => error,
    )) as Problem;
    expect(error.field("lines[0].quantity")).toBe("1 to 1000");
    expect(error.more).toEqual({ min_age: 20 });
  });
});

describe("a token", () => {
  test("that is refused is renewed once for all who wait", async () => {
    let refreshes = 0;
    const answers = (request: Request) =>
      request.headers.get("authorization") === "Bearer a2" ? json({ ok: true }) : json({ code: "unauthenticated" }, 401);
    const { api } = scripted([answers, answers, answers, answers]);
    const fetch = async () => {
      refreshes += 1;
      await Promise.resolve();
      return json(session(2));
    };
    Object.assign(api.sessions, { fetch });
    accept(api.sessions, 1);
    await Promise.all([take(api.http.GET("/api/v1/auth/me")), take(api.http.GET("/api/v1/auth/me"))]);
    expect(refreshes).toBe(1);
    expect(api.sessions.current?.refreshToken).toBe("r2");
  });

  test("that cannot be renewed ends the session on this device", async () => {
    const { api } = scripted([() => json({ code: "unauthenticated" }, 401)]);
    Object.assign(api.sessions, { fetch: async () => json({ code: "invalid_refresh_token" }, 401) });
    accept(api.sessions, 1);
    let told = 0;
    api.sessions.subscribe(() => (told += 1));
    await expect(take(api.http.GET("/api/v1/auth/me"))).rejects.toMatchObject({ status: 401 });
    expect(api.sessions.current).toBeNull();
    expect(told).toBe(1);
  });

  test("that the browser has emptied away is forgotten aloud all the same", () => {
    const keep = memory();
    const sessions = createApi({ keep }).sessions;
    accept(sessions, 1);
    expect(sessions.current).not.toBeNull();
    keep.removeItem("kirana.session");
    let told = 0;
    sessions.subscribe(() => (told += 1));
    sessions.forget();
    expect([told, sessions.current]).toEqual([1, null]);
    sessions.forget();
    expect(told).toBe(1);
  });

  test("is kept while the server is busy", async () => {
    const { api } = scripted([() => json({ code: "unauthenticated" }, 401)]);
    Object.assign(api.sessions, { fetch: async () => json({ code: "unavailable" }, 503) });
    accept(api.sessions, 1);
    await expect(take(api.http.GET("/api/v1/auth/me"))).rejects.toMatchObject({ status: 503 });
    expect(api.sessions.current).not.toBeNull();
  });

  test("is not renewed where a fresh proof is asked for", async () => {
    const header = { "www-authenticate": 'Bearer error="insufficient_user_authentication", max_age=300' };
    const { api, asked } = scripted([() => json({ code: "step_up_required" }, 401, header)]);
    accept(api.sessions, 1);
    await expect(take(api.http.GET("/api/v1/auth/me"))).rejects.toMatchObject({ code: "step_up_required" });
    expect(asked).toHaveLength(1);
  });
});

test("Retry-After may be a date", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(retryAfter("Thu, 01 Jan 2026 00:00:30 GMT", now)).toBe(30);
  expect(retryAfter("soon", now)).toBeUndefined();
});
