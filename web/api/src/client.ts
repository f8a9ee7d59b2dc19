//! The API's client: paths and bodies are checked by the types of its OpenAPI document.

import createFetchClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.ts";
import { type Keep, memory, Sessions } from "./session.ts";
import { type Travel, transport } from "./transport.ts";

export type Schemas = components["schemas"];

export interface Api {
  /** Calls by method and path: `take(api.http.GET("/api/v1/stores"))`. What is no success is thrown as a `Problem`. */
  http: Client<paths>;
  sessions: Sessions;
}

/** `baseUrl` is empty for the page's own origin. */
export function createApi(options: { baseUrl?: string; keep?: Keep; key?: string } & Travel = {}): Api {
  const sessions = new Sessions(options.baseUrl ?? "", options.keep ?? memory(), options.key);
  const baseUrl = options.baseUrl || globalThis.location?.origin || "";
  const http = createFetchClient<paths>({ baseUrl, fetch: transport(sessions, options) });
  return { http, sessions };
}

/** What a call answered. Failures have been thrown already. */
export async function take<T>(call: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  return (await call).data as NonNullable<T>;
}

/** The same with the answer's headers, such as `X-Cart-Token`. */
export async function takeWith<T>(call: Promise<{ data?: T; response: Response }>): Promise<{ data: NonNullable<T>; headers: Headers }> {
  const { data, response } = await call;
  return { data: data as NonNullable<T>, headers: response.headers };
}
