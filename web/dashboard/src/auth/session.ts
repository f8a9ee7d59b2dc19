//! Who is signed in, for React.

import { useSyncExternalStore } from "react";
import { http, type Schemas, sessions } from "../api/index.ts";

/** The signed-in user, or null. */
export function useUser(): Schemas["User"] | null {
  return useSyncExternalStore(sessions.subscribe, () => sessions.current)?.user ?? null;
}

/**
 * Ends the session: on this device at once, everywhere by the API, also when nobody answers now. It is forgotten first: the API's answer
 * has the browser clear what it keeps, and then nobody would be told.
 */
export async function signOut(): Promise<void> {
  const token = await sessions.token().catch(() => sessions.current?.accessToken);
  sessions.forget();
  if (!token) return;
  try {
    await http.POST("/api/v1/auth/logout", { headers: { authorization: `Bearer ${token}` } });
  } catch {
    // The line may be down: the session ends by itself when its tokens do.
  }
}
