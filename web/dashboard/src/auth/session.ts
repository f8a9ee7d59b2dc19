//! Who is signed in, for React.

import { useSyncExternalStore } from "react";
import { http, type Schemas, sessions } from "../api/index.ts";

/** The signed-in user, or null. */
export function useUser(): Schemas["User"] | null {
  return useSyncExternalStore(sessions.subscribe, () => sessions.current)?.user ?? null;
}

/** How somebody has set up their tools is nobody's secret: it outlives a sign-out. Saved views are the platform's. */
const KEPT = /^(mantine-color-scheme-value|kirana\.dashboard\.(?!session).*)$/;

/**
 * Ends the session: on this device at once, everywhere by the API, also when nobody answers now. The answer has the browser empty what
 * it keeps of this origin; how the tools are set up is put back.
 */
export async function signOut(): Promise<void> {
  const token = await sessions.token().catch(() => sessions.current?.accessToken);
  sessions.forget();
  if (!token) return;
  const kept = Object.entries(localStorage).filter(([key]) => KEPT.test(key));
  try {
    await http.POST("/api/v1/auth/logout", { headers: { authorization: `Bearer ${token}` } });
  } catch {
    // The line may be down: the session ends by itself when its tokens do.
  }
  for (const [key, value] of kept) localStorage.setItem(key, value);
}
