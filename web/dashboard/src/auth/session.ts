//! Who is signed in, for React.

import { useSyncExternalStore } from "react";
import { http, type Schemas, sessions } from "../api/index.ts";

/** The signed-in user, or null. */
export function useUser(): Schemas["User"] | null {
  return useSyncExternalStore(sessions.subscribe, () => sessions.current)?.user ?? null;
}

/** Ends the session everywhere; on this device also when nobody answers. */
export async function signOut(): Promise<void> {
  try {
    await http.POST("/api/v1/auth/logout");
  } catch {
    // The line may be down: what is kept here is forgotten in any case.
  }
  sessions.forget();
}
